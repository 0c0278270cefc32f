// Two plots side by side: what rules, figures and layers say of each.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import { over } from "./asking.js";
import * as Facts from "./facts.js";
import * as Parts from "./parts.js";
import { figuresOf, findingsOf, layersOf } from "./sections.js";

/** @import { Section, Written } from "../types.js" */
/** @import { Table } from "../layers/table.js" */
/** @typedef {[key: string, label: string, value: string | Node]} Entry a line of the comparison */

/** @param {Section[]} sections @returns {Entry[]} */
function findings(sections) {
  return findingsOf(sections).map(({ rule, finding: { name, code, value, outcome } }) => (
    [rule, name, Parts.badge(code, [value, outcome].filter((each) => each !== "–").join(" · "))]));
}

/** @param {Section[]} sections @returns {Entry[]} */
function hits(sections) {
  return layersOf(sections).flatMap((told) => [
    /** @type {Entry} */ ([told.kind, told.title, told.said]),
    ...told.classes.flatMap(({ label, lines }) => lines.filter((line) => line[3]).map(([what, value, , measure, category]) => (
      /** @type {Entry} */ ([`${told.kind}/${category}/${measure}`, [told.title, label, what].filter(Boolean).join(" · "), value])))),
  ]);
}

/** @param {Table} table @param {number} row @param {Section[]} sections @param {Record<string, Written>} written @returns {Entry[]} */
function rowsOf(table, row, sections, written) {
  const figures = Facts.figures(table, row, figuresOf(sections), written);
  return [
    ["verdict", Words.say("find.verdict"), Parts.badge(table.classOf(row).code, Words.pick(table.classOf(row).label))],
    ...findings(sections),
    ...figures.map(([label, value, beside]) => /** @type {Entry} */ ([`figure/${label}`, label, beside ? `${value} · ${beside}` : value])),
    ...hits(sections),
  ];
}

/** The table of both; a line that only one has is a dash for the other. @param {Table} table @param {number} one @param {number} other */
export async function dialog(table, one, other) {
  const [first, second] = await Promise.all([one, other].map(async (row) => rowsOf(table, row, await table.card(row), await table.written(row))));
  const right = new Map(second.map(([key, , value]) => [key, value]));
  const left = new Map(first.map(([key, , value]) => [key, value]));
  const all = [...first, ...second.filter(([key]) => !left.has(key))];
  const cell = (/** @type {string | Node | undefined} */ value) => (value instanceof Node ? element("td", {}, value) : element("td", { text: value || "–" }));
  const text = (/** @type {string | Node | undefined} */ value) => (value instanceof Node ? value.textContent : value || "–");
  return over(Words.say("card.comparison"), "", [
    element("table", {},
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }), ...[one, other].map((row) =>
        element("th", { scope: "col" }, element("b", { text: table.key(row) }), element("small", { text: table.name(row) }))))),
      element("tbody", {}, ...all.map(([key, label]) => {
        const [a, b] = [left.get(key), right.get(key)];
        return element("tr", { class: text(a) === text(b) ? "" : "lt-differs" },
          element("th", { scope: "row", text: label }), cell(a), cell(b));
      }))),
  ]);
}
