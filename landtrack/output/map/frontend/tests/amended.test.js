// What happened since the page was drawn, put into a table and taken out again.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import * as Words from "../core/words.js";
import { amend } from "../layers/amended.js";
import { Table } from "../layers/table.js";
import { known, parts, source, texts, unsigned } from "./blocks.js";

const LOOK = { stroke: "#000000" };
const BLOCKS = () => source({
  "parcels/first/class": unsigned([0, 1, 0]),
  "parcels/columns/field.state": unsigned([0, 1, 0]),
  "parcels/columns/field.state_on": known([10, null, 30]),
  "parcels/columns/history": parts(unsigned([1, 1, 1]), known([10, 20, 30]), unsigned([0, 1, 0])),
  "parcels/text/field.id": texts(["A", "B", "C"]),
  "parcels/text/field.document_no": texts(["one", "two", "one"]),
  "parcels/text/history": texts(["one", "two", "one"]),
  "parcels/text/days": texts(["1970-01-11", "1970-01-21", "1970-01-31"]),
});
const HEAD = () => ({
  kind: "parcels", count: 3, key: "id", packed: false, pairs: false, size: "", covered: [], search: ["id", "document_no"], filters: ["class"],
  classes: ["notified", "approved"].map((code) => ({ code, label: { en: code }, count: 0, look: LOOK })),
  columns: {
    id: { type: "text", at: "parcels/text/field.id" }, document_no: { type: "text", at: "parcels/text/field.document_no" },
    state: { type: "said", at: "parcels/columns/field.state", words: { en: ["notified", "approved"] }, codes: ["notified", "approved"] },
    state_on: { type: "date", at: "parcels/columns/field.state_on" },
  },
  rules: [],
  history: { drawn: true, states: [{ track: "approval", code: "notified", class: 0 }, { track: "approval", code: "approved", class: 1 }] },
});
const NONE = { rows: new Set(), label: { en: "to be judged again" } };
const CHANGE = {
  kind: "parcels", key: "B", state: "announced", on: 40, document: "three",
  history: [["approval", "approved", 20, "1970-01-21", "two"], ["approval", "announced", 40, "1970-02-10", "three"]],
};
const news = (...features) => ({
  features, classes: { parcels: { announced: { track: "approval", label: { en: "announced" }, acquired: true, look: LOOK } } },
  clocks: { hearing: { en: "hearing" } },
  states: { approval: { approved: { en: "approved" }, announced: { en: "announced" } } },
});
const counts = ({ head }) => head.classes.map(({ code, count }) => [code, count]);

let table;
beforeEach(async () => {
  Words.setup({ en: {} }, "en");
  table = await new Table(HEAD(), BLOCKS()).loadTexts();
});

test("where nothing happened nothing is touched", () => {
  const was = table.stated;
  assert.equal(amend(table, news(), NONE), false);
  assert.equal(table.stated, was);
});

test("a step is seen in class, state, day, document, history and search", () => {
  assert.equal(amend(table, news(CHANGE), NONE), true);
  assert.deepEqual([...table.classes], [0, 2, 0]);
  assert.deepEqual(counts(table), [["notified", 2], ["approved", 0], ["announced", 1]]);
  assert.equal(table.head.classes[2].acquired, true);
  assert.deepEqual([0, 1, 2].map((row) => [table.cell("state", row), table.day("state_on", row), table.text("document_no", row)]),
    [["notified", 10, "one"], ["announced", 40, "three"], ["notified", 30, "one"]]);
  assert.deepEqual([19, 20, 39, 40].map((day) => table.stateOn(1, day)), [-1, 1, 1, 2]);
  assert.deepEqual([table.stateOn(0, 40), table.stateOn(2, 40)], [0, 0]);
  assert.deepEqual(table.search("three", 5), [1]);
  assert.deepEqual(table.search("two", 5), []);
  assert.deepEqual([...table.atRun], [0, 1, 0]); // what was judged by
});

test("states that were passed since are shown on their days, and those of another track never", () => {
  const passed = { ...CHANGE, history: [
    ["approval", "approved", 20, "1970-01-21", "two"], ["approval", "registered", 30, "1970-01-31", ""],
    ["approval", "announced", 40, "1970-02-10", "three"], ["supply", "announced", 50, "1970-02-20", ""],
  ] };
  const given = news(passed);
  given.classes.parcels.registered = { track: "approval", label: { en: "registered" }, acquired: false, look: LOOK };
  given.states.approval.registered = { en: "registered" };
  given.states.supply = { announced: { en: "announced for supply" } };
  amend(table, given, NONE);
  const seen = (day) => table.head.classes[table.classesOn(day, 99)[1]]?.code;
  assert.deepEqual([19, 20, 30, 40, 60].map(seen), [undefined, "approved", "registered", "announced", "announced"]);
});

test("what was taken back is as it was drawn", () => {
  amend(table, news(CHANGE), NONE);
  assert.equal(amend(table, news(), NONE), true);
  assert.deepEqual([...table.classes], [0, 1, 0]);
  assert.deepEqual(counts(table), [["notified", 2], ["approved", 1], ["announced", 0]]);
  assert.equal(table.cell("state", 1), "approved");
  assert.equal(table.text("document_no", 1), "two");
  assert.equal(table.stateOn(1, 40), 1);
  assert.equal(amend(table, news(), NONE), false);
});

test("a day that is shown stays, and so does a feature that the page does not have", () => {
  table.asOf = 15;
  table.classes = table.classesOn(15, 1);
  const shown = table.classes;
  amend(table, news({ ...CHANGE, key: "Z" }, CHANGE, { ...CHANGE, kind: "plots", key: "A" }), NONE);
  assert.equal(table.classes, shown);
  assert.deepEqual([...table.stated], [0, 2, 0]);
});

test("a row whose verdict may not hold any more is of no verdict", () => {
  amend(table, news(), { ...NONE, rows: new Set([2]) });
  assert.equal(table.classOf(2).code, "stale");
  assert.deepEqual(counts(table), [["notified", 1], ["approved", 1], ["stale", 1]]);
});

test("a feature whose state was taken back whole has none", () => {
  const given = news({ ...CHANGE, state: "unknown", on: null, document: "", history: [] });
  given.classes.parcels.unknown = { track: "approval", label: { en: "unknown" }, acquired: false, look: LOOK };
  amend(table, given, NONE);
  assert.equal(table.classOf(1).code, "unknown");
  assert.equal(table.cell("state", 1), "");
  assert.equal(table.day("state_on", 1), null);
  assert.equal(table.stateOn(1, 99), -1);
});

test("the statutory days that run since a step, and that none run any more, are seen", async () => {
  const head = HEAD();
  head.columns.clock = { type: "said", at: "parcels/columns/clock", words: { en: ["", "notice"] }, codes: ["", "notice"] };
  head.columns.clock_due = { type: "date", at: "parcels/columns/due" };
  const blocks = BLOCKS();
  const { load } = blocks;
  blocks.load = (name) => (name === "parcels/columns/clock" ? Promise.resolve(Uint8Array.from(unsigned([1, 0, 0])))
    : name === "parcels/columns/due" ? Promise.resolve(Uint8Array.from(known([50, null, null]))) : load(name));
  const own = await new Table(head, blocks).loadTexts();
  const clocks = () => [0, 1, 2].map((row) => [own.cell("clock", row), own.day("clock_due", row)]);
  amend(own, news({ ...CHANGE, due: ["hearing", 70] }, { ...CHANGE, key: "A", due: null }), NONE);
  assert.deepEqual(clocks(), [["", null], ["hearing", 70], ["", null]]);
  amend(own, news(), NONE);
  assert.deepEqual(clocks(), [["notice", 50], ["", null], ["", null]]);
});
