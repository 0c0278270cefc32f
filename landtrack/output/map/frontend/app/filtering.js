// Filters and the day: what of the layers is seen.

import * as Filters from "../layers/filters.js";
import { tableOf } from "../layers/table.js";
import * as Times from "../panels/times.js";
import * as Share from "../panels/share.js";

/** @import { App, Filtering } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

// --- filters and time ---------------------------------------------------------------------------

/** @param {App} app @returns {Filtering} */
export function filtering(app) {
  /** @param {string} kind */
  function filterOf(kind) {
    app.filters[kind] = app.filters[kind] || {};
    return app.filters[kind];
  }

  /** Applies the filters of a table, and remembers what came out. @param {Table} table */
  function filtered(table) {
    const start = performance.now();
    const dims = Filters.dimensions(table);
    const found = { dims, ...Filters.apply(table, dims, filterOf(table.kind)) };
    performance.measure("landtrack:filter", { start });
    app.results.set(table.kind, found);
    return found;
  }

  /** @param {Table} table */
  function refilter(table) {
    filtered(table);
    table.layer.refresh();
    app.find?.refresh();
    app.map.fire("landtrack:filter", { kind: table.kind });
    Share.show(app);
  }

  /** @param {string} kind @param {string} name @param {string} id @param {boolean} on */
  function filter(kind, name, id, on) {
    const own = filterOf(kind);
    own[name] = own[name] || new Set();
    own[name][on ? "add" : "delete"](id);
    refilter(tableOf(app, kind));
  }

  /** @param {string} kind */
  function clearFilters(kind) {
    app.filters[kind] = {};
    refilter(tableOf(app, kind));
  }

  /** @param {string} kind */
  function list(kind) {
    app.kind = kind;
    app.find?.refresh();
    Share.show(app);
  }

  /** @param {string} sort */
  function sortBy(sort) {
    app.sort = sort;
    app.find?.relist();
    Share.show(app);
  }

  /** @param {number | null} day */
  async function showDay(day) {
    const tables = Times.historic(app);
    await Promise.all(tables.map((table) => table.loadTexts())); // filters by words are counted anew
    if (tables.length) {
      Times.show(app, day);
    }
  }

  /** @param {number | null} day */
  function divide(day) {
    if (Times.historic(app).length) {
      Times.divide(app, day);
      Share.show(app);
    }
  }

  /** The tables that are searched, plots first. */
  function searched() {
    return [...app.tables.values()].filter((table) => table.count)
      .sort((one, other) => one.head.place - other.head.place);
  }

  return { filterOf, filtered, refilter, filter, clearFilters, list, sortBy, showDay, divide, searched };
}
