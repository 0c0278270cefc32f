// Themes: features coloured by one of their values instead of by what is judged. Values that are
// not known are grey and have an entry of their own.

import * as Bytes from "../core/bytes.js";
import * as Words from "../core/words.js";
import * as Filters from "./filters.js";

/** @import { LayerClass, Look, Palette } from "../types.js" */
/** @import { Table } from "./table.js" */
/**
 * The class of each row by a value, and how the classes were made.
 * @typedef {{id: string, codes: Uint16Array, classes: LayerClass[], method: string}} Theme
 */

const STEPS = 5; // classes of numbers
const WORKED_OUT = new Set([Filters.OVERDUE, Filters.BLOCKING]);
const KINDS = new Set(["plots", "parcels"]);

/** What a layer can be coloured by: the values that it is filtered by, and the indices of the rules. @param {Table} table @returns {[id: string, label: string][]} */
export function offered(table) {
  if (!KINDS.has(table.kind)) {
    return [];
  }
  const { head } = table;
  const listed = head.filters.filter((name) => WORKED_OUT.has(name) || (head.columns[name] && head.columns[name].type !== "date"));
  return [
    ...listed.map((name) => /** @type {[string, string]} */ ([name, WORKED_OUT.has(name) ? Words.say(`find.${name}`) : Words.pick(head.columns[name].label)])),
    ...head.rules.filter(({ id }) => isNumeric(table, id)).map(({ id, title }) => /** @type {[string, string]} */ ([Filters.RULE + id, Words.pick(title)])),
  ];
}

/** @param {Table} table @param {string} id */
function isNumeric(table, id) {
  return Boolean(table.rules[id]?.values.some((code) => code > 0));
}

/** @param {Look} base @param {string} fill @param {boolean} known @returns {Look} */
function look(base, fill, known) {
  return {
    ...base, stroke: known ? "#3A3F45" : "#8C8C8C", weight: 1.2, fill, fillOpacity: known ? 0.85 : 0.5, hatch: known ? "none" : "dots",
    dash: known ? [] : [2, 3], casing: null, casingWeight: 0,
  };
}

/** @param {Table} table @param {string} code @param {string} label @param {string} fill @param {boolean} [known] @returns {LayerClass} */
function entry(table, code, label, fill, known = true) {
  const [base] = table.head.classes;
  return { ...base, code, label: { [Words.current()]: label }, count: 0, corridor: null, look: look(base.look, fill, known) };
}

/** Counts the rows of each class. @param {Theme} theme @returns {Theme} */
function counted(theme) {
  for (const code of theme.codes) {
    theme.classes[code].count += 1;
  }
  return theme;
}

/**
 * A layer by a value; null where it has no such value.
 * @param {Table} table its texts are loaded @param {string} id as `offered` has it @param {Palette} palette
 * @returns {Theme | null}
 */
export function theme(table, id, palette) {
  if (!offered(table).some(([each]) => each === id)) {
    return null;
  }
  return counted(id.startsWith(Filters.RULE) ? byIndex(table, id.slice(Filters.RULE.length), palette) : byValue(table, id, palette));
}

/** @param {Table} table @param {string} name @param {Palette} palette @returns {Theme} */
function byValue(table, name, palette) {
  const dim = Filters.dimensions(table).find((each) => each.name === name);
  const { codes, ids, words, steps, blank } = dim ?? { codes: [], ids: [], words: [] };
  const counts = new Uint32Array(ids.length);
  for (let row = 0; row < table.count; row += 1) {
    counts[codes[row]] += 1;
  }
  const order = [...ids.keys()].filter((code) => ids[code] && (steps || counts[code]))
    .sort((one, other) => (steps ? 0 : counts[other] - counts[one]) || one - other);
  const own = steps ? order : order.slice(0, palette.categories.length);
  const colours = steps ? spread(palette.sequence, own.length) : palette.categories;
  const classes = own.map((code, at) => entry(table, ids[code], words[code], colours[at]));
  const others = order.length > own.length ? classes.push(entry(table, "others", Words.say("map.theme_others"), palette.others)) - 1 : 0;
  const none = classes.push(entry(table, "", blank ?? Words.say("map.theme_not_known"), palette.unknown, false)) - 1;
  const place = ids.map((each, code) => (own.includes(code) ? own.indexOf(code) : each ? others : none));
  return { id: name, codes: Uint16Array.from({ length: table.count }, (_, row) => place[codes[row]]), classes, method: order.length > own.length ? Words.say("map.theme_most", { count: own.length }) : "" };
}

/** As many colours of a sequence as are wanted, its ends among them. @param {string[]} sequence @param {number} count */
function spread(sequence, count) {
  return Array.from({ length: count }, (_, at) => sequence[count < 2 ? 0 : Math.round(at * (sequence.length - 1) / (count - 1))]);
}

/** The upper ends of classes of as many values each; fewer where values are alike. @param {number[]} sorted @param {number} steps */
export function quantiles(sorted, steps) {
  const ends = Array.from({ length: steps }, (_, at) => sorted[Math.ceil((at + 1) * sorted.length / steps) - 1]);
  return [...new Set(ends)];
}

/** @param {Table} table @param {string} id @param {Palette} palette @returns {Theme} */
function byIndex(table, id, palette) {
  const { decimals, unit } = table.head.rules.find((each) => each.id === id) ?? { decimals: 0, unit: {} };
  const { values, outcomes } = table.rules[id];
  const known = [...values].filter((code) => code > 0).map((code) => Bytes.unfold(code - 1)).sort((one, other) => one - other);
  const ends = quantiles(known, STEPS);
  const said = Words.pick(unit);
  const shown = (/** @type {number} */ number) => Words.figure(number, decimals);
  const colours = spread(palette.sequence, ends.length);
  const classes = ends.map((end, at) => {
    const from = at ? known.find((each) => each > ends[at - 1]) ?? end : known[0];
    const range = from === end ? shown(end) : `${shown(from)} – ${shown(end)}`;
    return entry(table, String(at), `${range}${said === "%" ? "%" : said && ` ${said}`}`, colours[at]);
  });
  const none = classes.push(entry(table, "", Words.say("map.theme_not_known"), palette.unknown, false)) - 1;
  const out = classes.push(entry(table, "not_applicable", Words.say("outcome.not_applicable"), palette.others, false)) - 1;
  const codes = Uint16Array.from(values, (code, row) => {
    if (!code) {
      return outcomes[row] === 4 ? out : none;
    }
    const value = Bytes.unfold(code - 1);
    return ends.findIndex((end) => value <= end);
  });
  return { id: Filters.RULE + id, codes, classes, method: Words.say("map.theme_quantiles", { classes: ends.length, count: Words.figure(known.length, 0) }) };
}
