// The steps of a feature in the order of their days.

import * as Bytes from "../core/bytes.js";
import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import { Table } from "../layers/table.js";
import { section } from "./parts.js";

/**
 * A step of a feature: its day, null where it is open or not dated, undefined where only its order
 * is known; how the day was written; whether it is still to come, null where the log tells it.
 * @typedef {{
 *   day?: number | null, label: string, track?: string, code?: string, document: string, written: string, open: boolean | null,
 * }} Step
 */

/**
 * The dated steps of a row in their order, and the steps that are still to come.
 * @param {Table} table @param {number} row @returns {Step[]}
 */
function steps(table, row) {
  if (table.history && !table.head.cards) {
    return states(table, row);
  }
  const columns = Object.entries(table.head.columns);
  const recorded = table.history ? states(table, row).map((each) => ({ ...each, day: each.day ?? null })) : [];
  const dated = columns
    .filter(([, column]) => column.type === "date")
    .map(([name, column]) => {
      const before = columns[columns.findIndex(([each]) => each === name) - 1];
      const document = before && before[1].show === "documents" && before[1].type === "text" ? table.cell(before[0], row) : "";
      const day = table.day(name, row);
      return { day, label: Words.pick(column.label), document, written: "", open: day === null && isOpen(recorded, column.closes) };
    }).filter(({ day, open }) => day !== null || open !== null);
  return [...recorded, ...dated]
    .sort((one, other) => (one.day ?? Infinity) - (other.day ?? Infinity));
}

/**
 * A step without a date is open where its track is known to have begun and not to have come so
 * far; where it has, the log tells it (null); of a track that nobody recorded nothing is known.
 * @param {Step[]} recorded @param {{track: string, state: string} | null | undefined} closes
 */
function isOpen(recorded, closes) {
  const last = closes ? recorded.filter(({ track }) => track === closes.track).at(-1) : undefined;
  return last ? (last.code === closes?.state ? null : true) : false;
}

/** @param {Table} table @param {number} row @returns {Step[]} */
function states(table, row) {
  const known = table.head.history?.states ?? [];
  if (!table.history) {
    return [];
  }
  const { starts, days, states: codes, documents: papers, written } = table.history;
  /** @type {Step[]} */
  const told = [];
  for (let at = starts[row]; at < starts[row + 1]; at += 1) {
    told.push({
      day: days[at] ? Bytes.unfold(days[at] - 1) : undefined,
      label: Words.pick(known[codes[at]].label),
      track: known[codes[at]].track,
      code: known[codes[at]].code,
      document: papers ? Table.textAt(papers, at) : "",
      written: written ? dayWritten(Table.textAt(written, at)) : "",
      open: false,
    });
  }
  return told;
}

/** A day, month or year as it was stated; what was found on a day was so by then. @param {string} text */
function dayWritten(text) {
  return text.startsWith("../") ? Words.say("card.by_day", { day: text.slice(3) }) : text;
}

/** @param {Step} step */
function whenSaid({ day, written, open }) {
  return written || (typeof day === "number" ? Words.day(day) : Words.say(day !== null ? "card.undated" : open ? "card.not_yet" : "coverage.no_coverage"));
}

/** @param {Table} table @param {number} row */
export function timeline(table, row) {
  const found = steps(table, row);
  if (!found.length) {
    return null;
  }
  const told = found.map((step) => ({ ...step, when: whenSaid(step) }));
  const wide = told.some(({ when }) => when.length > Words.day(0).length);
  return section("card.timeline", element("ol", { class: wide ? "lt-steps lt-wide" : "lt-steps" }, ...told.map(({ day, label, document, when }) =>
    element("li", { class: day === null ? "lt-step lt-open" : "lt-step" },
      element("span", { class: "lt-step-day", text: when }),
      element("span", { class: "lt-step-name", text: label }),
      document ? element("span", { class: "lt-step-document", text: document }) : null))));
}
