// Themes: what is not known is an entry of its own, and classes of numbers hold as many each.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import * as Words from "../core/words.js";
import { Table } from "../layers/table.js";
import { offered, quantiles, theme } from "../layers/themes.js";
import { floats, known, parts, source, texts, unsigned } from "./blocks.js";

const COUNT = 12;
const PALETTE = { categories: ["#1", "#2"], sequence: ["#a", "#b", "#c", "#d", "#e"], others: "#o", unknown: "#u" };
const INDEX = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100, null, null];
const WORDS = {
  "map.theme_others": "others", "map.theme_not_known": "not known", "map.theme_most": "the {count} most frequent",
  "map.theme_quantiles": "{classes} of {count}", "outcome.not_applicable": "not applicable", "find.none": "not stated", "find.verdict": "Verdict", "find.year": "(year)",
  "outcome.pass": "pass", "outcome.fail": "fail", "outcome.unknown": "unknown", "outcome.not_judged": "not judged",
};
const HEAD = () => ({
  kind: "plots", count: COUNT, key: "id", packed: false, pairs: false, size: "", covered: [], search: ["id"],
  filters: ["class", "industry", "accepted_on", "rule.far"],
  classes: [{ code: "fail", label: { en: "fail" }, count: COUNT, shape: "polygon", look: { fill: "#0", hatch: "diagonal" } }],
  columns: {
    id: { type: "text", at: "id", label: { en: "No." } },
    industry: { type: "text", at: "industry", label: { en: "Industry" } },
    accepted_on: { type: "date", at: "day", label: { en: "Day" } },
  },
  rules: [
    { id: "far", at: "far", decimals: 1, title: { en: "How far" }, unit: { en: "m" } },
    { id: "order", at: "order", decimals: 0, title: { en: "In order" }, unit: { en: "" } },
  ],
  history: null,
});
const industries = ["food", "food", "food", "steel", "steel", "paper", "glass", "", "", "", "food", "food"];
const none = Array.from({ length: COUNT }, () => null);

let table;
beforeEach(async () => {
  Words.setup({ en: WORDS }, "en");
  table = await new Table(HEAD(), source({
    "plots/first/class": unsigned(none.map(() => 0)), id: texts([..."ABCDEFGHIJKL"]), industry: texts(industries), day: known(none),
    far: parts(unsigned([...none.slice(2).map(() => 1), 3, 4]), known(INDEX), known(none)),
    order: parts(unsigned(none.map(() => 1)), known(none), known(none)),
  })).loadTexts();
});
const told = ({ classes }) => classes.map(({ label, count, look }) => [label.en, count, look.fill]);

test("offered are values that are no dates and rules that have an index", () => {
  assert.deepEqual(offered(table), [["industry", "Industry"], ["rule.far", "How far"]]);
  assert.equal(theme(table, "rule.order", PALETTE), null);
  assert.equal(theme(table, "constructor", PALETTE), null);
});

test("the most frequent values have a colour each, the others and what is not stated entries of their own", () => {
  const made = theme(table, "industry", PALETTE);
  assert.deepEqual(told(made), [["food", 5, "#1"], ["steel", 2, "#2"], ["others", 2, "#o"], ["not known", 3, "#u"]]);
  assert.deepEqual([...made.codes], [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 0, 0]);
  assert.equal(made.method, "the 2 most frequent");
});

test("an index is told in classes of as many each, from its own lowest to its own highest", () => {
  const made = theme(table, "rule.far", PALETTE);
  assert.deepEqual(told(made), [
    ["1.0 – 2.0 m", 2, "#a"], ["3.0 – 4.0 m", 2, "#b"], ["5.0 – 6.0 m", 2, "#c"], ["7.0 – 8.0 m", 2, "#d"], ["9.0 – 10.0 m", 2, "#e"],
    ["not known", 1, "#u"], ["not applicable", 1, "#o"],
  ]);
  assert.equal(made.method, "5 of 10");
  assert.ok(made.classes.every(({ count }) => count > 0));
});

test("what is not known does not look like what is", () => {
  const { classes } = theme(table, "rule.far", PALETTE);
  assert.deepEqual(classes.map(({ look }) => look.hatch), ["none", "none", "none", "none", "none", "dots", "dots"]);
});

test("values that are alike are one class", () => {
  assert.deepEqual(quantiles([1, 1, 1, 1, 1], 5), [1]);
  assert.deepEqual(quantiles([1, 1, 1, 1, 9], 5), [1, 9]);
  assert.deepEqual(quantiles([3], 5), [3]);
});

test("painted by a theme it is judged as before", () => {
  table.theme = theme(table, "industry", PALETTE);
  assert.equal(table.paint.classes.length, 4);
  assert.equal(table.classOf(0).code, "fail");
  table.theme = null;
  assert.equal(table.paint.classes, table.head.classes);
});

test("statutory days are over by the day of who looks, in their order; where none run is no unknown", async () => {
  const days = [null, 100, 101, 71, 70, 11, 10, -500];
  const head = {
    ...HEAD(), count: days.length, filters: ["class", "overdue"], rules: [],
    columns: { id: { type: "text", at: "id", label: { en: "No." } }, clock_due: { type: "date", at: "due", label: { en: "Due" } } },
  };
  const words = Object.fromEntries(["none", "within", "to_30", "to_90", "more"].map((id) => [`find.overdue_${id}`, id]));
  Words.setup({ en: { ...WORDS, ...words, "find.overdue": "Days" } }, "en");
  const late = await new Table(head, source({
    "plots/first/class": unsigned(days.map(() => 0)), id: texts([..."ABCDEFGH"]), due: known(days),
  })).loadTexts();
  mock.timers.enable({ apis: ["Date"], now: new Date(1970, 0, 1 + 100, 23, 59) });
  assert.deepEqual(offered(late), [["overdue", "Days"]]);
  const made = theme(late, "overdue", PALETTE);
  mock.timers.reset();
  assert.deepEqual(told(made), [["within", 2, "#a"], ["to_30", 2, "#b"], ["to_90", 2, "#d"], ["more", 1, "#e"], ["none", 1, "#u"]]);
  assert.deepEqual([...made.codes], [4, 0, 0, 1, 1, 2, 2, 3]);
});

test("a parcel blocks land where it lies under a plot and its state of the moment is not acquired", async () => {
  const head = {
    ...HEAD(), kind: "parcels", count: 3, pairs: true, filters: ["class", "blocking"], rules: [], columns: { id: HEAD().columns.id },
    classes: [false, true].map((acquired) => ({ ...HEAD().classes[0], acquired })),
  };
  const words = { "find.class": "Class", "find.blocking": "Blocks", "find.blocking_blocking": "yes", "find.blocking_free": "no" };
  Words.setup({ en: { ...WORDS, ...words } }, "en");
  const parcels = await new Table(head, source({
    "parcels/first/class": unsigned([0, 0, 1]), id: texts(["A", "B", "C"]),
    "parcels/columns/plots": parts(unsigned([1, 0, 2]), unsigned([0, 0, 1]), floats([5, 6, 7]), texts(["5", "6", "7"])),
  })).loadTexts();
  const blocks = () => [...theme(parcels, "blocking", PALETTE).codes].map((code) => code);
  const labels = theme(parcels, "blocking", PALETTE).classes.map(({ label, count }) => [label.en, count]);
  assert.deepEqual(labels, [["no", 2], ["yes", 1], ["not known", 0]]);
  assert.deepEqual(blocks(), [1, 0, 0]);
  parcels.classes = Uint16Array.from([1, 0, 0]);
  assert.deepEqual(blocks(), [0, 0, 1]);
});
