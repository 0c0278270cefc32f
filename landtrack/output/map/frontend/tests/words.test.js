// Figures and messages in the language of the page.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as Words from "../core/words.js";

const WORDS = {
  en: { "map.not_known": "not known", "unit.m2": "m²", "unit.1": "", "unit.CNY/m2": "CNY/m²", greeting: "{who} has {what}", plots: "{n} {n|plot is|plots are} left", "list.comma": ", " },
  zh: { "map.not_known": "未知", "unit.m2": "平方米", "unit.1": "", "unit.CNY/m2": "元/平方米", greeting: "{who}有{what}", plots: "余{n}个", "list.comma": "、" },
};

beforeEach(() => Words.setup(structuredClone(WORDS), "en"));

test("a page opens in the language that is asked for, else in its own", () => {
  Words.setup(WORDS, "zh");
  assert.equal(Words.current(), "zh");
  for (const hostile of ["fr", "__proto__", "constructor", ""]) {
    Words.setup(WORDS, hostile);
    assert.equal(Words.current(), "en");
  }
});

test("what is missing is an error and no blank", () => {
  assert.throws(() => Words.say("no.such.key"), /no words for no\.such\.key/);
});

test("places are filled, those that are not given stay", () => {
  assert.equal(Words.say("greeting", { who: "A", what: 3 }), "A has 3");
  assert.equal(Words.say("greeting", { who: "A" }), "A has {what}");
});

test("one is said otherwise than more", () => {
  const said = [1, "1", 0, 2, 11, "1,001"].map((n) => Words.say("plots", { n }));
  assert.deepEqual(said, ["1 plot is left", "1 plot is left", "0 plots are left", "2 plots are left", "11 plots are left", "1,001 plots are left"]);
});

test("more words may come later, in each language", () => {
  Words.add({ en: { later: "later" }, zh: { later: "后来" } });
  assert.equal(Words.say("later"), "later");
  assert.equal(Words.pick({ en: 1, zh: 2 }), 1);
});

const FIGURES = [[0, 0, "0"], [1234567, 0, "1,234,567"], [1234567, 2, "12,345.67"], [-5, 1, "-0.5"], [5, 3, "0.005"], [123456789012345678901n, 2, "1,234,567,890,123,456,789.01"]];
for (const [number, decimals, written] of FIGURES) {
  test(`${number} with ${decimals} decimals is ${written}`, () => assert.equal(Words.figure(number, decimals), written));
}

test("an attribute has no noughts at its end", () => {
  assert.equal(Words.plain(1234500, 2, true), "12,345");
  assert.equal(Words.plain(1234550, 2, false), "12345.5");
});

test("an amount halfway between two goes to the even one, on the decimals it is written with", () => {
  for (const [value, decimals, shown] of [
    [0.5, 0, "0"], [1.5, 0, "2"], [2.5, 0, "2"], [-2.5, 0, "-2"], [2.675, 2, "2.68"], [1.005, 2, "1.00"],
    [40262.5, 0, "40,262"], [1e-7, 2, "0.00"], [-1e-7, 2, "0.00"], [1e21, 0, "1,000,000,000,000,000,000,000"],
  ]) {
    assert.equal(Words.amount(value, decimals), shown, String(value));
  }
});

test("an amount that is no number is not known", () => {
  assert.equal(Words.amount(1234.56, 1, "m2"), "1,234.6 m²");
  assert.equal(Words.amount(Number.NaN, 1, "m2"), "not known");
  assert.equal(Words.amount(Infinity, 0), "not known");
});

test("the number in a figure is read without its unit", () => {
  assert.equal(Words.read("1,234.5 m²"), 1234.5);
  assert.ok(Number.isNaN(Words.read("unknown")));
});

const at = (relation, threshold, upper) => ({ relation, threshold, upper });
const BESIDE = [
  [0.6, "1", at(">=", 0.6), true, "0.600"],
  [0.59996, "1", at(">=", 0.6), false, "0.59996"],
  [2.5000001, "1", at("<=", 2.5), false, "2.5000001"],
  [0.449996, "%", at(">=", 0.45), false, "44.9996%"],
  [0.5000049, "%", at("between", 0.3, 0.5), false, "50.0005%"],
  [2499.96, "CNY/m2", at(">=", 2500), false, "2,499.96 CNY/m²"],
  [0.5985, "1", null, true, "0.598"],
];
for (const [value, unit, limit, meets, written] of BESIDE) {
  test(`${value} ${unit} is written ${written}: never on the other side of its limit`, () => {
    assert.equal(Words.beside(value, unit, limit, meets), written);
  });
}

for (const [value, written] of [[0.6, "60.0%"], [0.9995, "99.95%"], [0.00049, "0.05%"], [0.9999999999, "100.0%"], [1, "100.0%"], [0, "0.0%"], [1.2, "120.0%"], [0.99998, "99.998%"]]) {
  test(`a share of ${value} is written ${written}: a part never reads as the whole or as nothing`, () => {
    assert.equal(Words.portion(value), written);
  });
}

test("days are counted from 1970", () => {
  assert.equal(Words.day(0), "1970-01-01");
  assert.equal(Words.day(-1), "1969-12-31");
  assert.equal(Words.day(13149), "2006-01-01");
});

test("messages are put into words wherever they stand, with the numbers of a feature", () => {
  const said = {
    name: { $say: "greeting", $with: { who: { $name: 1 }, what: { $figure: 0, $decimals: 1, $in: "m2" } } },
    lines: [{ $join: "list.comma", $parts: ["a", { $pick: { en: "b", zh: "乙" } }] }, { $day: 2 }, { $line: ["x", " ", { $unit: "%" }, " "] }],
    plain: 7, none: null,
  };
  const told = { name: "plot has 12.5 m²", lines: ["a, b", "1970-01-02", "x %"], plain: 7, none: null };
  assert.deepEqual(Words.tell(said, [125, 0, 1], ["plot"]), told);
  assert.deepEqual(Words.tell({ constructor: "x" }, [], []), { constructor: "x" });
});
