// Numbers as people write them. The whole list of cases is tests/numbers.toml, by which Python
// and the page are held together; here are those whose answer shows a rule.

import assert from "node:assert/strict";
import { test } from "node:test";
import { number, read } from "../core/numbers.js";

const UNITS = {
  power: { "10^4": "万" }, introduced: ["单位", "in"], letters: { "²": "2" },
  unit: { m2: { m2: 1, "亩": 10000 / 15 }, CNY: { "元": 1 } },
  multiplier: { "万": 10000 }, money: { million: 1_000_000 }, currency: ["元", "cny"], before: ["¥"],
};

for (const [written, value] of [["12", 12], [" １２.５ ", 12.5], ["3,000", 3000], ["−0.5", -0.5], ["1.2e1", 12]]) {
  test(`${JSON.stringify(written)} is ${value}`, () => assert.equal(number(written), value));
}

for (const written of ["", "12,5", "12.", "0x0C", "9²", "1e400", "1e-400", "12 13", "NaN", "__proto__"]) {
  test(`${JSON.stringify(written)} is no number`, () => assert.ok(Number.isNaN(number(written))));
}

for (const [written, stored, value] of [["12", "m2", 12], ["12亩", "m2", 8000], ["0.8万m2", "m2", 8000], ["¥3万元", "CNY", 30000], ["3 million CNY", "CNY", 3_000_000]]) {
  test(`${written} are ${value} ${stored}`, () => assert.equal(read(UNITS, written, stored), value));
}

for (const written of ["12坪", "¥12", "12constructor", "12__proto__", "亩12"]) {
  test(`${written} is no area`, () => assert.ok(Number.isNaN(read(UNITS, written, "m2"))));
}
