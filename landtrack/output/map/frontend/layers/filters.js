// Filters: what of a layer is seen, how many of each value there are, and what they add up to.

import * as Bytes from "../core/bytes.js";
import * as Words from "../core/words.js";

/** @import { Table } from "./table.js" */
/**
 * What rows can be filtered by: the code of each row, and of each code its name and its words;
 * `steps` where the codes are in an order, and what no code is called where it is not unknown.
 * @typedef {{name: string, label: string, codes: ArrayLike<number>, size: number, ids: string[], words: string[], steps?: boolean, blank?: string}} Dimension
 * What is seen together; `known` is of how many rows the investment is known, `decimals` those of its figure.
 * @typedef {{count: number, decimals: number, size: number, investment: number, known: number}} Totals
 * @typedef {{counts: Uint32Array[], total: Totals}} Counted
 * @typedef {Counted & {dims: Dimension[]}} Filtered
 */

export const INVESTMENT = "fixed_investment_cny";
export const RULE = "rule.";
export const OVERDUE = "overdue";
export const BLOCKING = "blocking";
const DUE = "clock_due"; // as derived.py names it
const LATE = [[0, "within"], [30, "to_30"], [90, "to_90"], [Infinity, "more"]]; // days over, up to
const OUTCOMES = ["", "pass", "fail", "unknown", "not_applicable"]; // as indices.py numbers them
const NONE = -1;
const SEVERAL = -2;

/** @type {WeakMap<Table, {lang: string, classes: Uint16Array, looks: number, dims: Dimension[]}>} */
const known = new WeakMap();
/** @type {WeakMap<Table, Map<string, number[]>>} */
const held = new WeakMap();

/**
 * What a table can be filtered by: the code of each row and the words of each code.
 * @param {Table} table @returns {Dimension[]}
 */
export function dimensions(table) {
  const lang = Words.current();
  const looks = table.head.classes.length;
  const last = known.get(table);
  if (last && last.lang === lang && last.classes === table.classes && last.looks === looks) {
    return last.dims;
  }
  const dims = table.head.filters.map((name) => (name === "class" ? classes(table) : dimension(table, name)));
  known.set(table, { lang, classes: table.classes, looks, dims });
  return dims;
}

/** @param {Table} table @returns {Dimension} */
function classes(table) {
  return {
    name: "class", label: classLabel(table), codes: table.classes, size: table.head.classes.length,
    ids: table.head.classes.map((each) => each.code),
    words: table.head.classes.map((each) => Words.pick(each.label) || Words.say("card.whole")),
  };
}

/** What the classes of a layer say: of its columns nothing is needed. @param {Table} table */
export function classLabel(table) {
  const { columns } = table.head;
  if (table.kind === "plots") {
    return Words.say("find.verdict");
  }
  const found = ["state", "medium", "voltage_kv", "class"].find((name) => columns[name]);
  return found ? Words.pick(columns[found].label) : Words.say("find.class");
}

/** @param {Table} table @param {string} name @returns {Dimension} */
function dimension(table, name) {
  if (name.startsWith(RULE)) {
    return ruled(table, name.slice(RULE.length));
  }
  if (name === OVERDUE) {
    return overdue(table);
  }
  if (name === BLOCKING) {
    return blocking(table);
  }
  const column = table.head.columns[name];
  const label = Words.pick(column.label);
  if (column.type === "date") {
    return { name, label: `${label} ${Words.say("find.year")}`, ...years(table, name) };
  }
  const none = Words.say("find.none");
  if (column.type === "said") {
    const words = Words.pick(column.words).map((each) => each || none);
    return { name, label, codes: table.columns[name], size: words.length, words, ids: column.codes };
  }
  const text = table.texts[name];
  /** @type {string[]} */
  const words = [];
  for (let code = 0; code + 1 < text.starts.length; code += 1) {
    words.push(text.text.slice(text.starts[code], text.starts[code + 1]));
  }
  return { name, label, codes: text.rows, size: words.length, words: words.map((each) => each || none), ids: words };
}

/** What a rule says of each row. @param {Table} table @param {string} id @returns {Dimension} */
function ruled(table, id) {
  const rule = table.head.rules.find((each) => each.id === id);
  return {
    name: RULE + id, label: rule ? Words.pick(rule.title) : id, codes: table.rules[id].outcomes, size: OUTCOMES.length,
    ids: OUTCOMES, words: OUTCOMES.map((each) => Words.say(`outcome.${each || "not_judged"}`)),
  };
}

/** How many days the statutory days of each row are over, on the day of who looks. @param {Table} table @returns {Dimension} */
function overdue(table) {
  const today = Words.today();
  const ids = ["", ...LATE.map(([, id]) => String(id))];
  const codes = Uint8Array.from({ length: table.count }, (_, row) => {
    const day = table.day(DUE, row);
    return day === null ? 0 : LATE.findIndex(([most]) => today - day <= Number(most)) + 1;
  });
  const words = ids.map((id) => Words.say(`find.overdue_${id || "none"}`));
  return { name: OVERDUE, label: Words.say("find.overdue"), codes, size: ids.length, ids, words, steps: true, blank: words[0] };
}

/** Which parcels are not acquired, as far as is known, and lie under plots. @param {Table} table @returns {Dimension} */
function blocking(table) {
  const { starts } = table.pairs ?? { starts: new Int32Array(table.count + 1) };
  const codes = Uint8Array.from({ length: table.count }, (_, row) => (starts[row + 1] > starts[row] && !table.classOf(row).acquired ? 0 : 1));
  const ids = [BLOCKING, "free"];
  return { name: BLOCKING, label: Words.say("find.blocking"), codes, size: ids.length, ids, words: ids.map((id) => Words.say(`find.blocking_${id}`)) };
}

/** @param {Table} table @param {string} name */
function years(table, name) {
  const codes = new Uint16Array(table.count);
  const days = table.columns[name]; // 0 is none, else the day folded, from 1 on
  const ids = [""];
  const ofDay = new Map([[0, 0]]);
  for (let row = 0; row < table.count; row += 1) {
    let code = ofDay.get(days[row]);
    if (code === undefined) {
      const year = Words.day(table.day(name, row) ?? 0).slice(0, 4);
      code = ids.indexOf(year);
      if (code < 0) {
        code = ids.push(year) - 1;
      }
      ofDay.set(days[row], code);
    }
    codes[row] = code;
  }
  return { codes, size: ids.length, words: ids.map((each) => each || Words.say("find.none")), ids };
}

/**
 * Says which rows are seen, counts each value among the rows that all other filters keep,
 * and adds up what is seen.
 * @param {Table} table
 * @param {Dimension[]} dims
 * @param {Record<string, Set<string>>} chosen
 * @returns {Counted}
 */
export function apply(table, dims, chosen) {
  const missed = new Int8Array(table.count).fill(NONE); // column by column: short loops are compiled soon
  dims.forEach((dim, at) => {
    const mask = maskOf(dim, chosen[dim.name]);
    if (mask) {
      leaveOut(missed, dim.codes, mask, at);
    }
  });
  const { visible } = table;
  for (let row = 0; row < missed.length; row += 1) {
    visible[row] = missed[row] === NONE ? 1 : 0;
  }
  return { counts: dims.map((dim, at) => countsOf(dim, missed, at)), total: totals(table) };
}

/**
 * Remembers which filter alone leaves a row out, and where several do.
 * @param {Int8Array} missed @param {ArrayLike<number>} codes @param {Uint8Array} mask @param {number} at
 */
function leaveOut(missed, codes, mask, at) {
  for (let row = 0; row < missed.length; row += 1) {
    if (mask[codes[row]] === 0) {
      missed[row] = missed[row] === NONE ? at : SEVERAL;
    }
  }
}

/**
 * How many rows have each value, among those that all other filters keep.
 * @param {Dimension} dim @param {Int8Array} missed @param {number} at
 */
function countsOf(dim, missed, at) {
  const { codes, size } = dim;
  const counts = new Uint32Array(size);
  for (let row = 0; row < missed.length; row += 1) {
    if (missed[row] === NONE || missed[row] === at) {
      counts[codes[row]] += 1;
    }
  }
  return counts;
}

/** The rows of each project of several plots whose investment stands once for all of them. @param {Table} table */
function wholes(table) {
  const amounts = table.head.amounts?.[INVESTMENT] || {};
  let rowsOf = held.get(table);
  if (!rowsOf) {
    rowsOf = new Map(Object.keys(amounts).map((id) => [id, []]));
    for (let row = 0; rowsOf.size && row < table.visible.length; row += 1) {
      rowsOf.get(table.text("project_id", row))?.push(row);
    }
    held.set(table, rowsOf);
  }
  return [...rowsOf].map(([id, rows]) => ({ rows, amount: amounts[id] }));
}

/** Adds up the rows that are seen: how many, their size, their investment and of how many that is known. @param {Table} table */
function totals(table) {
  const { size, visible } = table;
  const column = table.head.columns[INVESTMENT];
  const invested = column?.type === "number" ? table.columns[INVESTMENT] : null;
  const scale = 10 ** (column?.type === "number" ? column.decimals : 0);
  const whole = wholes(table).filter(({ rows }) => rows.length && rows.every((row) => visible[row]));
  let count = 0;
  for (let row = 0; row < visible.length; row += 1) {
    count += visible[row];
  }
  const single = invested ? investedIn(invested, visible) : { investment: 0, known: 0 };
  return {
    count, decimals: column?.type === "number" ? column.decimals : 0, size: size ? sumOf(size, visible) : 0,
    investment: whole.reduce((sum, { amount }) => sum + amount * scale, single.investment),
    known: whole.reduce((sum, { rows }) => sum + rows.length, single.known),
  };
}

/** @param {ArrayLike<number>} codes @param {Uint8Array} visible */
function investedIn(codes, visible) {
  let investment = 0;
  let known = 0;
  for (let row = 0; row < codes.length; row += 1) {
    if (visible[row] && codes[row]) {
      known += 1;
      investment += Bytes.unfold(codes[row] - 1);
    }
  }
  return { investment, known };
}

/** Keeps what a sum loses by rounding (Neumaier). @param {Float64Array} sizes @param {Uint8Array} visible */
function sumOf(sizes, visible) {
  let sum = 0;
  let lost = 0;
  for (let row = 0; row < sizes.length; row += 1) {
    const value = sizes[row];
    if (visible[row] && !Number.isNaN(value)) {
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? (sum - next) + value : (value - next) + sum;
      sum = next;
    }
  }
  return sum + lost;
}

/** @param {Dimension} dim @param {Set<string> | undefined} ids */
function maskOf(dim, ids) {
  if (!ids?.size) {
    return null;
  }
  const mask = new Uint8Array(dim.size);
  dim.ids.forEach((id, code) => {
    mask[code] = ids.has(id) ? 1 : 0;
  });
  return mask;
}
/** @type {Record<string, [label: string, unit: string]>} */
export const SUMMED = { area_m2: ["find.area", "m2"], length_m: ["find.length", "m"] };
