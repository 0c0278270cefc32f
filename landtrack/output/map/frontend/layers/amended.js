// What happened since the page was drawn, put into a table: states, their days and documents, and
// the history. What was judged stays as it was; a plot whose verdict may rest on it says so.

import * as Bytes from "../core/bytes.js";
import { Table } from "./table.js";

/** @import { Change, LayerClass, News, Titled } from "../types.js" */
/** @import { History, TextColumnData } from "./table.js" */

export const STALE = "stale";
/** Layers on whose states a verdict may rest: buildings that are gone do not count. */
export const RESTS = new Set(["buildings"]);

/**
 * A table as the page was drawn.
 * @typedef {[day: number, state: number, written: string, document: string]} Entry an entry of a history, its day as it is packed
 * @typedef {{
 *   history: History | null, columns: Table["columns"], texts: Table["texts"], changed: boolean,
 * }} Drawn
 */

/** @type {WeakMap<Table, Drawn>} */
const drawn = new WeakMap();

/** @param {Table} table @returns {Drawn} */
function asDrawn(table) {
  let known = drawn.get(table);
  if (!known) {
    known = { history: table.history, columns: { ...table.columns }, texts: { ...table.texts }, changed: false };
    drawn.set(table, known);
  }
  return known;
}

/**
 * Puts what happened into a table whose texts are loaded; all of it since the page was drawn, so
 * that what was taken back is as it was.
 * @param {Table} table @param {News} news
 * @param {{rows: Set<number>, label: Titled}} stale the rows whose verdicts may not hold any more, and how that is said
 * @returns {boolean} whether anything of it is otherwise than it was drawn, or was before
 */
export function amend(table, news, stale) {
  const known = asDrawn(table);
  /** @type {Map<number, Change>} */
  const changes = new Map();
  for (const each of news.features) {
    const row = each.kind === table.kind ? table.rowOf(each.key) : -1;
    if (row >= 0) {
      changes.set(row, each);
    }
  }
  if (!changes.size && !stale.rows.size && !known.changed) {
    return false;
  }
  known.changed = changes.size + stale.rows.size > 0;
  table.stated = classesOf(table, news, changes, stale);
  table.history = historyOf(table, known.history, news, changes);
  table.changed = null;
  table.columns = { ...known.columns };
  table.texts = { ...known.texts };
  for (const [row, change] of changes) {
    put(table, known, news, row, change);
  }
  table.lowered = {};
  table.classes = table.asOf === undefined ? table.stated : table.classes;
  const counts = new Uint32Array(table.head.classes.length);
  table.stated.forEach((code) => { counts[code] += 1; });
  table.head.classes.forEach((each, at) => { each.count = counts[at]; });
  return true;
}

/** @param {Table} table @param {News} news @param {Map<number, Change>} changes @param {{rows: Set<number>, label: Titled}} stale */
function classesOf(table, news, changes, stale) {
  const made = table.atRun.slice();
  for (const [row, { state }] of changes) {
    if (state !== null && news.classes[table.kind]?.[state]) {
      made[row] = classOf(table, news, state);
    }
  }
  for (const row of stale.rows) {
    made[row] = classAt(table, STALE, () => staleClass(table, stale.label));
  }
  return made;
}

/** The number of the class of a state. @param {Table} table @param {News} news @param {string} code */
function classOf(table, news, code) {
  const { label, acquired, look } = news.classes[table.kind][code];
  return classAt(table, code, () => ({ ...table.head.classes[0], corridor: null, label, acquired, look, code, count: 0 }));
}

/** The number of a class; one that there was none of is the last. @param {Table} table @param {string} code @param {() => LayerClass} make */
function classAt({ head: { classes } }, code, make) {
  const at = classes.findIndex((each) => each.code === code);
  return at >= 0 ? at : classes.push(make()) - 1;
}

/** @param {Table} table @param {Titled} label @returns {LayerClass} */
function staleClass({ head: { classes } }, label) {
  const { look, ...other } = classes.find(({ code }) => code === "unknown") ?? classes[0];
  return { ...other, code: STALE, label, count: 0, look: { ...look, fillOpacity: 0.35, hatch: "dots", dash: [2, 3] } };
}

/** @param {Table} table @param {History | null} known @param {News} news @param {Map<number, Change>} changes @returns {History | null} */
function historyOf(table, known, news, changes) {
  if (!changes.size) {
    return known;
  }
  table.head.history = table.head.history ?? { drawn: Object.hasOwn(news.classes, table.kind), states: [] };
  const { states } = table.head.history;
  /** @param {string} track @param {string} code */
  const stateAt = (track, code) => {
    const at = states.findIndex((each) => each.track === track && each.code === code);
    const drawnBy = news.classes[table.kind]?.[code]?.track === track;
    return at >= 0 ? at : states.push({ track, code, class: drawnBy ? classOf(table, news, code) : -1, label: news.states[track][code] }) - 1;
  };
  const starts = new Int32Array(table.count + 1);
  /** @type {Entry[]} */
  const all = [];
  for (let row = 0; row < table.count; row += 1) {
    const change = changes.get(row);
    all.push(...(change ? change.history.map(([track, code, day, at, document]) =>
      /** @type {Entry} */ ([day === null ? 0 : Bytes.fold(day) + 1, stateAt(track, code), at, document])) : entriesOf(known, row)));
    starts[row + 1] = all.length;
  }
  return {
    starts, days: Float64Array.from(all, ([day]) => day), states: Float64Array.from(all, ([, state]) => state),
    written: textColumn(all.map(([, , written]) => written)), documents: textColumn(all.map(([, , , document]) => document)),
  };
}

/** What the page was drawn with of a row. @param {History | null} known @param {number} row @returns {Entry[]} */
function entriesOf(known, row) {
  /** @type {Entry[]} */
  const found = [];
  for (let at = known?.starts[row] ?? 0; known && at < known.starts[row + 1]; at += 1) {
    found.push([known.days[at], known.states[at], known.written ? Table.textAt(known.written, at) : "", known.documents ? Table.textAt(known.documents, at) : ""]);
  }
  return found;
}

/** @param {string[]} cells @returns {TextColumnData} */
function textColumn(cells) {
  const codes = new Map([...new Set(cells)].map((text, at) => [text, at]));
  const starts = new Uint32Array(codes.size + 1);
  [...codes.keys()].forEach((text, at) => { starts[at + 1] = starts[at] + text.length; });
  return { text: [...codes.keys()].join(""), starts, rows: Uint32Array.from(cells, (text) => codes.get(text) ?? 0) };
}

/**
 * The fields that a state brings with it.
 * @param {Table} table @param {Drawn} known @param {News} news @param {number} row @param {Change} change
 */
function put(table, known, news, row, { state, on, document, due }) {
  const { columns } = table.head;
  if (columns.clock?.type === "said") {
    own(table, known, "clock")[row] = choiceAt(columns.clock, due?.[0] ?? "", due ? news.clocks[due[0]] : undefined);
    own(table, known, "clock_due")[row] = due ? Bytes.fold(due[1]) + 1 : 0;
  }
  if (state === null) {
    return;
  }
  const { state: said, state_on: day, document_no: paper } = columns;
  if (said?.type === "said") {
    own(table, known, "state")[row] = choiceAt(said, state === "unknown" ? "" : state, news.classes[table.kind]?.[state]?.label);
  }
  if (day?.type === "date") {
    own(table, known, "state_on")[row] = on === null ? 0 : Bytes.fold(on) + 1;
  }
  if (paper?.type === "text" && known.texts.document_no) {
    const text = table.texts.document_no;
    table.texts.document_no = {
      text: text.text + document, starts: Uint32Array.from([...text.starts, text.text.length + document.length]),
      rows: table.texts.document_no === known.texts.document_no ? text.rows.slice() : text.rows,
    };
    table.texts.document_no.rows[row] = text.starts.length - 1;
  }
}

/** The numbers of a column, not those that the page was drawn with. @param {Table} table @param {Drawn} known @param {string} name */
function own(table, known, name) {
  if (table.columns[name] === known.columns[name]) {
    table.columns[name] = known.columns[name].slice();
  }
  return table.columns[name];
}

/** @param {import("../types.js").ChoiceColumn} column @param {string} code @param {Titled | undefined} label */
function choiceAt(column, code, label) {
  const at = column.codes.indexOf(code);
  if (at >= 0) {
    return at;
  }
  for (const [lang, words] of Object.entries(column.words)) {
    words.push(code ? label?.[lang] ?? code : "");
  }
  return column.codes.push(code) - 1;
}
