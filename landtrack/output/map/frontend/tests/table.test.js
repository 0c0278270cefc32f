// A layer as a table, over a source that a server could be.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as Words from "../core/words.js";
import { Table, tableOf } from "../layers/table.js";
import { floats, known, parts, source, steps, texts, unsigned } from "./blocks.js";

const NAMES = ["North", "South", "Northern Works", ""];
const BLOCKS = {
  "plots/first/class": unsigned([0, 1, 1, 0]),
  "plots/columns/size": floats([10, 20.5, Number.NaN, 0]),
  "plots/columns/field.money": known([100, null, -250, 0]),
  "plots/columns/field.day": known([0, null, -1, 13149]),
  "plots/columns/rule.r-1": parts(unsigned([1, 2, 3, 4]), known([12, 8, null, null]), known([2000, -2000, null, null])),
  "plots/columns/field.kind": unsigned([0, 1, 1, 0]),
  "plots/columns/history": parts(unsigned([2, 0, 1, 1]), known([10, 20, 15, null]), unsigned([0, 1, 1, 0])),
  "plots/text/field.id": texts(["A", "B", "C", "B"]),
  "plots/text/field.name": texts(NAMES),
  "plots/text/history": texts(["No. 1", "", "No. 3", ""]),
  "plots/text/days": texts(["1970-01-11", "1970-01-21", "../1970-01-16", ""]),
};
const HEAD = {
  kind: "plots", count: 4, key: "id", packed: false, pairs: false, size: "area_m2", covered: [], search: ["id", "name"],
  filters: ["class"], classes: [{ code: "fail" }, { code: "pass" }],
  columns: {
    id: { type: "text", at: "plots/text/field.id" }, name: { type: "text", at: "plots/text/field.name" },
    money: { type: "number", at: "plots/columns/field.money", decimals: 1, grouped: true, unit: { en: "CNY" } },
    day: { type: "date", at: "plots/columns/field.day" },
    kind: { type: "said", at: "plots/columns/field.kind", words: { en: ["food", ""] }, codes: ["C13", ""] },
  },
  rules: [{ id: "r-1", at: "plots/columns/rule.r-1", decimals: 1, title: { en: "Ratio" }, unit: { en: "m" } }],
  history: { drawn: true, states: [{ code: "notified", class: 0 }, { code: "approved", class: 1 }] },
};
const made = (head = {}, blocks = BLOCKS) => new Table({ ...HEAD, ...head }, source(blocks));

before(() => Words.setup({ en: {} }, "en"));

test("classes come first, texts only when they are wanted, each block once", async () => {
  const table = made();
  await table.begin();
  assert.deepEqual([...table.classes], [0, 1, 1, 0]);
  assert.deepEqual(table.source.asked, ["plots/first/class"]);
  await Promise.all([table.loadTexts(), table.loadTexts(), table.load()]);
  assert.deepEqual([...table.source.asked].sort(), Object.keys(BLOCKS).sort());
});

test("a block that cannot be had fails what waits for it", async () => {
  const { "plots/columns/size": _, ...rest } = BLOCKS;
  await assert.rejects(made({}, rest).loadTexts(), /plots\/columns\/size is not there/);
});

test("cells in words, by the type of their column", async () => {
  const table = await made().loadTexts();
  const rows = [0, 1, 2, 3].map((row) => ["name", "money", "day", "kind", "nonsense"].map((name) => table.cell(name, row)));
  assert.deepEqual(rows, [
    ["North", "10 CNY", "1970-01-01", "food", ""], ["South", "", "", "", ""],
    ["Northern Works", "-25 CNY", "1969-12-31", "", ""], ["", "0 CNY", "2006-01-01", "food", ""],
  ]);
});

test("what is missing is NaN or null, never nought", async () => {
  const table = await made().loadTexts();
  assert.deepEqual([0, 1, 2, 3].map((row) => table.number("money", row)), [10, Number.NaN, -25, 0]);
  assert.deepEqual([0, 1, 2, 3].map((row) => table.day("day", row)), [0, null, -1, 13149]);
  assert.deepEqual([0, 1, 2, 3].map((row) => table.sizeOf(row)), [10, 20.5, Number.NaN, 0]);
  assert.ok(Number.isNaN(table.number("name", 0)));
  assert.equal(table.code("kind", 0), "C13");
});

test("what a rule says of each row: its outcome, the index, how far it is from its limit", async () => {
  const { outcomes, values, margins } = (await made().load()).rules["r-1"];
  assert.deepEqual([[...outcomes], [...values], [...margins]], [[1, 2, 3, 4], [25, 17, 0, 0], [4001, 4000, 0, 0]]);
});

test("a key is that of its first row; names of objects are keys like others", async () => {
  const table = await made().loadTexts();
  assert.deepEqual(["A", "B", "C", "D", "__proto__", "constructor"].map((key) => table.rowOf(key)), [0, 1, 2, -1, -1, -1]);
});

test("search finds in every text, not across two, and stops at most", async () => {
  const table = await made().loadTexts();
  assert.deepEqual(table.search("north", 10), [0, 2]);
  assert.deepEqual(table.search("hnor", 10), []); // "North" ends where "Northern" does not begin
  assert.deepEqual(table.search("thno", 10), []);
  assert.deepEqual(table.search("b", 10), [1, 3]);
  assert.deepEqual(table.search("north", 1), [0]);
});

test("what is read as the letters follows what stands there", async () => {
  const table = await made({ sounds: 3 }, {
    ...BLOCKS, "plots/text/field.name": texts(["海港", "港区", "GQ", "港区"]),
    "plots/text/sounds": texts(["海hai", "港gang", "区qu ou"]),
  }).loadTexts();
  assert.deepEqual(table.search("gq", 10), [2, 1, 3]);
  assert.deepEqual(table.search("gang", 10), [1, 3, 0]); // those that begin so first
  assert.deepEqual(table.search("gang", 2), [1, 3]);
  assert.deepEqual(table.search("hq", 10), []);
});

test("states of a day: the last one till then, none before the first, undated ones always", async () => {
  const table = await made().loadTexts();
  assert.deepEqual([9, 10, 19, 20].map((day) => table.stateOn(0, day)), [-1, 0, 0, 1]);
  assert.equal(table.stateOn(1, 1000), -1);
  assert.deepEqual([14, 15].map((day) => table.stateOn(2, day)), [-1, 1]);
  assert.equal(table.stateOn(3, -1000), 0);
  assert.deepEqual([...table.classesOn(12, 7)], [0, 7, 7, 0]);
});

test("a state of a track that the layer is not drawn by hides none of one that it is", async () => {
  const states = [HEAD.history.states[0], { ...HEAD.history.states[1], track: "supply", class: -1 }];
  const table = await made({ history: { drawn: true, states } }).loadTexts();
  assert.deepEqual([9, 10, 20, 99].map((day) => table.stateOn(0, day)), [-1, 0, 0, 0]);
});

test("a layer that is not drawn by its states keeps its classes where something was recorded by then", async () => {
  const table = await made({ history: { ...HEAD.history, drawn: false } }).loadTexts();
  assert.deepEqual([...table.classesOn(15, 7)], [0, 7, 1, 0]);
});

test("boxes are whole metres, in centimetres; the east lies west of the west where there is no shape", async () => {
  const boxes = parts(steps([200, 100]), steps([300, 50]), unsigned([11, 0]), unsigned([6, 0])); // of width and height one more
  const table = made({ count: 2, packed: true }, { "plots/first/class": unsigned([0, 0]), "plots/first/boxes": boxes });
  await table.begin();
  assert.deepEqual([...table.boxes], [20000, 30000, 21000, 30500, 10000, 5000, 9900, 4900]);
});

test("a layer that is not there is an error, and one on no map too", () => {
  const table = made();
  assert.equal(tableOf({ tables: new Map([["plots", table]]) }, "plots"), table);
  assert.throws(() => tableOf({ tables: new Map() }, "plots"), /there is no layer plots/);
  assert.throws(() => table.layer, /plots is on no map/);
});
