// Finding: search, filters with their counts, the list of what is seen, sums, and CSV.

import * as Bytes from "../core/bytes.js";
import { button, download, element, select } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Boxes from "../layers/boxes.js";
import * as Draw from "../layers/draw.js";
import * as Filters from "../layers/filters.js";
import { csv } from "./csv.js";
import * as Parts from "./parts.js";

/** @import { App } from "../types.js" */
/** @import { Dimension, Totals } from "../layers/filters.js" */
/** @import { Table } from "../layers/table.js" */

/** What a list is sorted by where nobody chose. */
export const SORT = "class";
const MOST_LISTED = 100;

// --- filters ------------------------------------------------------------------------------

/** @param {App} app @param {Table} table @param {Dimension} dim @param {number} code @param {number} count */
function value(app, table, dim, code, count) {
  const id = `lt-filter-${dim.name}-${code}`;
  const chosen = app.filterOf(table.kind)[dim.name] || new Set();
  const box = element("input", { type: "checkbox", id, checked: chosen.has(dim.ids[code]) });
  box.addEventListener("change", () => app.filter(table.kind, dim.name, dim.ids[code], box.checked));
  const look = dim.name === "class" ? table.head.classes[code] : null;
  return element("li", {}, box, look ? Draw.swatch(look.shape, look.look) : null,
    element("label", { for: id, text: dim.words[code] }),
    element("span", { class: "lt-count", "data-code": code, text: Words.figure(count, 0) }));
}

/** @param {App} app @param {Table} table @param {Dimension} dim @param {ArrayLike<number>} counts */
function filterBlock(app, table, dim, counts) {
  const chosen = app.filterOf(table.kind)[dim.name];
  const order = [...dim.ids.keys()];
  if (dim.name !== "class") {
    order.sort((one, other) => dim.words[one].localeCompare(dim.words[other], Words.current()));
  }
  const used = order.filter((code) => counts[code] || chosen?.has(dim.ids[code]) || dim.name === "class");
  return element("details", { class: "lt-filter", "data-dim": dim.name, open: dim.name === "class" || Boolean(chosen?.size) },
    element("summary", { text: dim.label }),
    element("ul", {}, ...used.map((code) => value(app, table, dim, code, counts[code]))));
}

// --- sums and list ------------------------------------------------------------------------

/** @param {Table} table @param {Totals} total */
function sums(table, total) {
  const told = [[Words.say("find.count"), Words.say("find.of", {
    count: Words.figure(total.count, 0), all: Words.figure(table.count, 0) })]];
  if (table.size) {
    const [label, unit] = Filters.SUMMED[table.head.size];
    told.push([Words.say(label), Words.amount(total.size, 0, unit)]);
  }
  if (table.head.columns[Filters.INVESTMENT]) {
    const sum = Words.amount(total.investment / 10 ** total.decimals, 0, "CNY");
    told.push([Words.say("find.investment"), total.known ? Words.say("find.known", {
      sum, known: Words.figure(total.known, 0), count: Words.figure(total.count, 0) }) : Words.say("map.not_known")]);
  }
  return element("div", { role: "status" }, element("dl", { class: "lt-pairs lt-sums" }, ...told.flatMap(([label, text]) => [
    element("dt", { text: label }), element("dd", { text })])));
}

/** @type {Record<string, (table: Table) => (row: number) => string | number>} */
const SORTS = {
  key: (table) => (row) => table.key(row),
  name: (table) => (row) => table.name(row),
  size: (table) => (row) => (table.size ? -table.sizeOf(row) : 0),
  investment: (table) => (row) => {
    const sum = table.number(Filters.INVESTMENT, row);
    return Number.isNaN(sum) ? Infinity : -sum;
  },
  class: (table) => (row) => (table.kind === "plots" ? ["fail", "stale", "unknown", "not_judged", "pass"].indexOf(table.classOf(row).code) : table.classes[row]),
};

/** Whether a list of a table can be sorted so. @param {Table} table @param {string} sort */
export function sortsBy(table, sort) {
  const [what, ...id] = sort.split(":");
  return id.length ? (what === "value" || what === "margin") && table.head.rules.some((rule) => rule.id === id.join(":")) : Object.hasOwn(SORTS, sort);
}

/** What rows are sorted by: an index and what is nearest to its limit too. @param {Table} table @param {string} sort @returns {(row: number) => string | number} */
function sorter(table, sort) {
  const [what, ...id] = sort.split(":");
  const rule = table.rules[id.join(":")];
  if (!rule) {
    return (SORTS[sort] ?? SORTS.key)(table);
  }
  const number = (/** @type {number} */ code) => (code ? Bytes.unfold(code - 1) : Infinity);
  return what === "margin" ? (row) => Math.abs(number(rule.margins[row])) : (row) => number(rule.values[row]);
}

/** @type {WeakMap<Table, {found: object | undefined, sort: string, classes: Uint16Array, rows: number[]}>} */
const orders = new WeakMap();

/** All rows that the filters keep, in the order of the list. @param {App} app @param {Table} table */
export function order(app, table) {
  const found = app.results.get(table.kind);
  const known = orders.get(table);
  if (known && known.found === found && known.sort === app.sort && known.classes === table.classes) {
    return known.rows;
  }
  const kept = Array.from({ length: table.count }, (_, row) => row).filter((row) => table.visible[row]);
  const rows = firstRows(table, kept, app.sort, Infinity);
  orders.set(table, { found, sort: app.sort, classes: table.classes, rows });
  return rows;
}

/**
 * The first rows in an order, without sorting them all.
 * @param {Table} table @param {number[]} rows @param {string} sort @param {number} most
 */
export function firstRows(table, rows, sort, most) {
  const keyOf = sorter(table, sort);
  const collator = new Intl.Collator(Words.current(), { numeric: true });
  /** @param {[string | number, number]} one @param {[string | number, number]} other */
  const compare = (one, other) => (typeof one[0] === "string" || typeof other[0] === "string"
    ? collator.compare(String(one[0]), String(other[0])) : one[0] - other[0]) || one[1] - other[1];
  const keyed = (/** @type {number} */ row) => /** @type {[string | number, number]} */ ([keyOf(row), row]);
  if (rows.length <= 4 * most) {
    return rows.map(keyed).sort(compare).slice(0, most).map(([, row]) => row);
  }
  /** @type {[string | number, number][]} */
  let best = [];
  /** @type {[string | number, number] | null} */
  let worst = null;
  for (const row of rows) {
    const each = keyed(row);
    if (!worst || compare(each, worst) < 0) {
      best.push(each);
      if (best.length >= 2 * most) {
        best = best.sort(compare).slice(0, most);
        worst = best[most - 1];
      }
    }
  }
  return best.sort(compare).slice(0, most).map(([, row]) => row);
}

/** @param {App} app @param {Table} table @param {number} row */
function item(app, table, row) {
  const { code, label } = table.classOf(row);
  const size = table.size ? Words.amount(table.sizeOf(row), 0, Filters.SUMMED[table.head.size][1]) : "";
  const mark = table.kind === "plots" ? Parts.badge(code, Words.pick(label)) : element("small", { text: Words.pick(label) });
  return element("li", {}, button({ class: "lt-item", "data-key": table.key(row) },
    () => app.open(table.kind, row, { zoom: true }),
    element("b", { text: table.key(row) }), mark,
    element("span", { class: "lt-item-name", text: table.name(row) }),
    element("span", { class: "lt-item-size", text: size })));
}

/** @param {App} app @param {Table} table @param {string} sort */
function list(app, table, sort) {
  const seen = Boxes.rowsIn(table, Boxes.boxOf(app.viewBounds())).filter((row) => table.visible[row]);
  const rows = firstRows(table, seen, sort, MOST_LISTED);
  const told = Words.say("find.listed", { shown: Words.figure(rows.length, 0), count: Words.figure(seen.length, 0) });
  return [
    element("p", { class: "lt-quiet lt-listed", role: "status", text: seen.length ? told : Words.say("find.nothing_here") }),
    element("ol", { class: "lt-list" }, ...rows.map((row) => item(app, table, row))),
  ];
}

// --- the panel ----------------------------------------------------------------------------

/** @param {App} app @param {Table} table @param {(sort: string) => void} change */
function sortChoice(app, table, change) {
  /** @type {[string, string][]} */
  const offered = [["key", Words.pick(table.head.columns[table.head.key].label)]];
  if (table.head.columns.name) {
    offered.push(["name", Words.pick(table.head.columns.name.label)]);
  }
  offered.push(["class", Filters.classLabel(table)]);
  if (table.size) {
    offered.push(["size", Words.say(Filters.SUMMED[table.head.size][0])]);
  }
  if (table.head.columns[Filters.INVESTMENT]) {
    offered.push(["investment", Words.say("find.investment")]);
  }
  for (const { id, title } of table.head.rules.filter((each) => table.rules[each.id]?.values.some((code) => code > 0))) {
    offered.push([`value:${id}`, Words.pick(title)], [`margin:${id}`, Words.say("find.nearest", { rule: Words.pick(title) })]);
  }
  return select({ id: "lt-sort", "aria-label": Words.say("find.sort") }, offered, app.sort, change);
}

/** The body of the panel: filled anew when the filters or the layer change. @param {App} app */
export function panel(app) {
  const filters = element("div", { class: "lt-filters" });
  const summed = element("div");
  const listed = element("div");
  const tools = element("div", { class: "lt-list-tools" });
  /** @type {Table | undefined} */
  let table;

  function relist() {
    if (table && !body.hidden && body.isConnected) {
      listed.replaceChildren(...list(app, table, app.sort));
    }
  }

  async function refresh() {
    const own = app.tables.get(app.kind);
    table = own;
    kind.value = app.kind;
    if (!own) {
      return;
    }
    await own.loadTexts();
    if (own !== app.tables.get(app.kind)) {
      return;
    }
    const open = [...filters.querySelectorAll("details")].filter((each) => each.open).map((each) => each.dataset.dim);
    const { dims, counts, total } = app.filtered(own);
    filters.replaceChildren(...dims.map((dim, at) => filterBlock(app, own, dim, counts[at])));
    for (const each of filters.querySelectorAll("details")) {
      each.open = each.open || open.includes(each.dataset.dim);
    }
    const any = Object.values(app.filterOf(own.kind)).some((each) => each.size);
    if (any) {
      filters.append(button({ class: "lt-plain lt-clear" }, () => app.clearFilters(own.kind), Words.say("find.clear")));
    }
    summed.replaceChildren(sums(own, total));
    const named = `${app.page.id}-${own.kind}.csv`;
    tools.replaceChildren(
      element("label", { for: "lt-sort", text: Words.say("find.sort") }),
      sortChoice(app, own, app.sortBy),
      button({ class: "lt-plain lt-csv" }, async () => download(named, await csv(own), "text/csv;charset=utf-8"), Words.say("find.csv")));
    relist();
  }

  const kinds = [...app.tables.values()].filter((each) => each.count)
    .sort((one, other) => one.head.place - other.head.place)
    .map((each) => /** @type {[string, string]} */ ([each.kind, Words.pick(each.head.title)]));
  const kind = select({ id: "lt-kind" }, kinds, app.kind, (chosen) => app.list(chosen));
  const body = element("div", { class: "lt-find", id: "lt-tab-find", role: "tabpanel" },
    kinds.length ? element("div", { class: "lt-kind" },
      element("label", { for: "lt-kind", text: Words.say("find.layer") }),
      kind) : element("p", { class: "lt-quiet", text: Words.say("map.no_features") }),
    filters, summed, tools, listed);
  return { body, refresh, relist };
}
