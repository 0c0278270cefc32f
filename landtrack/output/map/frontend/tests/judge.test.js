// The page as judge: how rules come out, and what is missing where they do not.

import assert from "node:assert/strict";
import { test } from "node:test";
import { PageJudge, judged } from "../layers/judge.js";

const RULE = {
  id: "r", kind: "index", relation: ">=", threshold: 2, upper: null, verified: true,
  numerator: "floor_area_m2", denominator: "land_area_m2", table: null,
};
const HALF = { floor_area_m2: 150, land_area_m2: 100 };
const outcome = (change, values = HALF, chosen = {}) => {
  const found = judged({ ...RULE, ...change }, values, chosen);
  return found.code === "unknown" ? found.missing : found.code;
};

for (const [relation, threshold, upper, code] of [
  [">=", 1.5, null, "pass"], [">=", 1.6, null, "fail"], [">", 1.5, null, "fail"], ["<=", 1.5, null, "pass"], ["<", 1.5, null, "fail"],
  ["==", 1.5, null, "pass"], ["between", 1, 1.5, "pass"], ["between", 1.6, 2, "fail"], ["between", 1, null, "fail"],
]) {
  test(`150 / 100 ${relation} ${threshold}${upper === null ? "" : `–${upper}`}: ${code}`, () => {
    assert.equal(outcome({ relation, threshold, upper }), code);
  });
}

test("what is missing is never a pass", () => {
  assert.equal(outcome({}, { land_area_m2: 100 }), "missing");
  assert.equal(outcome({}, { floor_area_m2: Number.NaN, land_area_m2: 100 }), "missing");
  assert.equal(outcome({}, { floor_area_m2: 1, land_area_m2: 0 }), "missing");
});

test("what the page cannot judge is said to be so", () => {
  for (const change of [{ kind: "sequence" }, { relation: "constructor" }, { threshold: null }]) {
    assert.equal(outcome(change), "not_in_page");
  }
});

test("a limit of a table is that of what is chosen", () => {
  const table = {
    by: ["industry", "region_class"], classification: "2017", pack: "p",
    rows: [{ key: ["C13", "1"], threshold: 1, upper: null, verified: false }, { key: ["C13", "2"], threshold: null, upper: null, verified: false }],
  };
  const chosen = (row) => ({ "industry-2017": "C13", "region_class-p": row });
  assert.equal(outcome({ table }), "choose");
  assert.equal(outcome({ table }, HALF, chosen("1")), "pass");
  assert.equal(outcome({ table }, HALF, chosen("2")), "no_limit");
  assert.equal(outcome({ table }, HALF, chosen("constructor")), "no_limit");
  assert.deepEqual(judged({ ...RULE, table }, HALF, chosen("1")).limit, { threshold: 1, upper: null, verified: false });
});

test("the verdicts come rule by rule", async () => {
  const judge = new PageJudge({ rules: [RULE, { ...RULE, id: "s", threshold: 1 }], measured: [], partial: [] }, new Map());
  const found = await judge.verdicts(HALF, {});
  assert.deepEqual(found.map(({ rule, code }) => [rule, code]), [["r", "fail"], ["s", "pass"]]);
});

test("where no plots are known nothing is said to be free", async () => {
  const judge = new PageJudge({ rules: [], measured: ["roads"], partial: [] }, new Map());
  const trial = { outline: [[0, 0], [1, 0], [1, 1]], ring: [[0, 0], [1, 0], [1, 1]], area: 0.5 };
  assert.deepEqual(await judge.surroundings(trial), { meetings: [{ what: "unknown", kind: "plots" }, { what: "unknown", kind: "roads" }], covered: null });
});
