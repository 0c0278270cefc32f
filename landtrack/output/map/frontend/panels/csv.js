// What the filters keep, as a file for spreadsheets.

import * as Words from "../core/words.js";
import * as Filters from "../layers/filters.js";
import * as Facts from "./facts.js";
import { findingsOf } from "./sections.js";

/** @import { Table } from "../layers/table.js" */
/** @import { Finding } from "../types.js" */

// --- CSV ----------------------------------------------------------------------------------

/** Text that a spreadsheet would run as a formula gets an apostrophe in front. @param {string} text */
function cell(text) {
  const safe = /^[=+\-@\t\r]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

/** @param {Table} table @param {string} name @param {number} row */
function raw(table, name, row) {
  const column = table.head.columns[name];
  if (column.type !== "number") {
    return table.cell(name, row);
  }
  const number = table.number(name, row);
  return Number.isNaN(number) ? "" : String(number);
}

/** What is said of a finding, under the words that head it. @type {[string, "value" | "limit" | "margin" | "outcome" | "reason" | "fix"][]} */
const OF_RULE = [
  ["card.value", "value"], ["card.limit", "limit"], ["card.margin", "margin"], ["card.outcome", "outcome"],
  ["find.reason", "reason"], ["find.fix", "fix"],
];

/** A measured size as it is shown in the ledger, to the hundredth. @param {number} size */
function rounded(size) {
  return Number.isNaN(size) ? "" : String(Number(size.toFixed(2)));
}

/**
 * What the rules say of rows, as their cards say it: a heading for each column, its cells by row.
 * A rule that says nothing of any of them has no column.
 * @param {Table} table @param {number[]} rows
 */
async function judged(table, rows) {
  /** @type {Map<number, Record<string, Finding>>} */
  const said = new Map();
  for (const row of rows) {
    said.set(row, Object.fromEntries(findingsOf(await table.card(row)).map(({ rule, finding }) => [rule, finding])));
  }
  const used = table.head.rules.filter(({ id }) => [...said.values()].some((each) => each[id]));
  return {
    heads: used.flatMap(({ title }) =>
      OF_RULE.map(([key]) => Words.say("find.of_rule", { rule: Words.pick(title), what: Words.say(key) }))),
    // a plus in front would make a formula of a margin
    cells: (/** @type {number} */ row) => used.flatMap(({ id }) =>
      OF_RULE.map(([, name]) => said.get(row)?.[id]?.[name].replace(/^\+/, "") ?? "")),
  };
}

/**
 * All rows that the filters keep, as CSV with the labels of the page's language; beside its
 * columns what each rule says, and how figures were written, where that is not as they are.
 * @param {Table} table
 */
export async function csv(table) {
  const { columns, key } = table.head;
  const names = [key, ...Object.keys(columns).filter((name) => name !== key)];
  const unit = (/** @type {string} */ name) => {
    const said = columns[name].unit ? Words.pick(columns[name].unit) : "";
    return said ? ` (${said})` : "";
  };
  const head = [...names.map((name) => Words.pick(columns[name].label) + unit(name)), Filters.classLabel(table)];
  if (table.size) {
    const [label, of] = Filters.SUMMED[table.head.size];
    head.push(`${Words.say(label)} (${Words.say(`unit.${of}`)})`);
  }
  const kept = Array.from({ length: table.count }, (_, row) => row).filter((row) => table.visible[row]);
  const rules = table.head.rules.length ? await judged(table, kept) : null;
  head.push(...(rules?.heads ?? []));
  const written = (table.head.cards?.written ?? []).map(([field]) => field);
  head.push(...written.map((name) => Words.say("find.as_written", { field: Words.pick(columns[name].label) })));
  const lines = [head.map(cell).join(",")];
  for (const row of kept) {
    const values = [...names.map((name) => raw(table, name, row)), Words.pick(table.classOf(row).label)];
    if (table.size) {
      values.push(rounded(table.sizeOf(row)));
    }
    values.push(...(rules?.cells(row) ?? []));
    const said = written.length ? await table.written(row) : {};
    values.push(...written.map((name) => (said[name] ? Facts.asWritten(said[name]) : "")));
    lines.push(values.map(cell).join(","));
  }
  return `\ufeff${lines.join("\r\n")}\r\n`;
}
