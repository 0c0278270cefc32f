// What the filters keep, as a file for spreadsheets.

import * as Words from "../core/words.js";
import * as Filters from "../layers/filters.js";
import * as Facts from "./facts.js";

/** @import { Table } from "../layers/table.js" */

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

/**
 * All rows that the filters keep, as CSV with the labels of the page's language; beside its
 * columns how figures were written, where that is not as they are.
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
  const written = (table.head.cards?.written ?? []).map(([field]) => field);
  head.push(...written.map((name) => Words.say("find.as_written", { field: Words.pick(columns[name].label) })));
  const lines = [head.map(cell).join(",")];
  const kept = Array.from({ length: table.count }, (_, row) => row).filter((row) => table.visible[row]);
  for (const row of kept) {
    const values = [...names.map((name) => raw(table, name, row)), Words.pick(table.classOf(row).label)];
    if (table.size) {
      values.push(Number.isNaN(table.sizeOf(row)) ? "" : String(table.sizeOf(row)));
    }
    const said = written.length ? await table.written(row) : {};
    values.push(...written.map((name) => (said[name] ? Facts.asWritten(said[name]) : "")));
    lines.push(values.map(cell).join(","));
  }
  return `\ufeff${lines.join("\r\n")}\r\n`;
}
