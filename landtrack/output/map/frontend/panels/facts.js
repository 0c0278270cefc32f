// What is known of a feature by itself: figures, documents, fields, as they were written.

import * as Words from "../core/words.js";

/** @import { Written } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

const HEADED = new Set(["name", "land_area_m2"]); // they stand elsewhere on the card

// --- figures as they were written, and those of the project --------------------------------------

/** How a figure was written, as wording/written.py says it. @param {Written} written */
export function asWritten({ said, taken, unit, project, stated }) {
  if (Number.isNaN(taken)) {
    return Words.say("card.not_taken", { said });
  }
  const text = stated ? said : Words.say("card.unit_assumed", { said, unit: Words.say(`unit.${unit}`) });
  const told = Words.say("card.as_taken", { said: text, taken: Words.beside(taken, unit, null, true) });
  return project ? Words.say("card.of_project", { value: told, project }) : told;
}

/**
 * The amount of the project of a plot among several; none where it has none of its own.
 * @param {Table} table @param {number} row @param {string} field
 */
function ofProject(table, row, field) {
  const project = table.text("project_id", row);
  const amount = table.head.amounts?.[field]?.[project];
  const unit = field.endsWith("_cny") ? "CNY" : "m2";
  return amount === undefined ? "" : Words.say("card.of_project", { value: Words.beside(amount, unit, null, true), project });
}

/**
 * Figures of a plot: where one is not known that of its project, and beside each how it was written.
 * @param {Table} table @param {number} row @param {[label: string, value: string][]} told
 * @param {Record<string, Written>} written @returns {[string, string, string][]}
 */
export function figures(table, row, told, written) {
  const fields = Words.pick(table.cardHead.fields);
  return told.map(([label, value]) => {
    const field = fields[label];
    return [label, (field && value === Words.say("map.not_known") && ofProject(table, row, field)) || value,
      field && written[field] ? asWritten(written[field]) : ""];
  });
}

// --- the status of a plot or parcel ---------------------------------------------------------

/**
 * The documents of a plot: each with the date that follows it in the schema.
 * @param {Table} table @param {number} row @returns {[string, string][]}
 */
export function documents(table, row) {
  /** @type {[string, string][]} */
  const told = [];
  let open = false;
  for (const [name, column] of shown(table, "documents")) {
    const value = table.cell(name, row);
    if (column.type === "date" && open && value) {
      const last = told[told.length - 1];
      last[1] = Words.say("card.dated", { document: last[1], date: value });
    } else if (value) {
      told.push([Words.pick(column.label), value]);
    }
    open = column.type !== "date" && Boolean(value);
  }
  return told;
}

/** @param {Table} table @param {string} block */
function shown(table, block) {
  return Object.entries(table.head.columns).filter(([, column]) => column.show === block);
}

/** @param {Table} table @param {number} row @param {Record<string, Written>} [written] @returns {[string, string, string][]} */
export function facts(table, row, written = {}) {
  return shown(table, "facts")
    .filter(([name]) => !HEADED.has(name))
    .map(([name, column]) => /** @type {[string, string, string]} */ ([Words.pick(column.label), table.cell(name, row) || ofProject(table, row, name),
      written[name] ? asWritten(written[name]) : ""]))
    .filter(([, value, beside]) => value || beside);
}

/**
 * What was written in columns that stand nowhere else on the card.
 * @param {Table} table @param {Record<string, Written>} written @returns {[string, string][]}
 */
export function unshown(table, written) {
  return Object.entries(written).filter(([name]) => table.head.columns[name]?.show !== "facts")
    .map(([name, each]) => [Words.pick(table.head.columns[name].label), asWritten(each)]);
}
