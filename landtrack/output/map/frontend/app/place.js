// Where the page is: what its address says, and back from an address to what it says.

import * as Address from "../core/address.js";
import * as Words from "../core/words.js";
import { tableOf } from "../layers/table.js";
import * as Find from "../panels/find.js";
import * as Legend from "../panels/legend.js";

/** @import { App, Placing } from "../types.js" */

// --- the address ----------------------------------------------------------------------------------

/** @param {App} app @returns {Placing} */
export function placing(app) {
  function layersText() {
    const kinds = [...app.tables.values()].filter((table) => table.count);
    const on = kinds.filter((table) => app.map.hasLayer(table.layer)).map((table) => table.kind);
    return on.length === kinds.length ? "" : on.join(",") || "none";
  }

  /** @returns {Record<string, string>} */
  function chosenParts() {
    if (app.project) {
      return { project: app.project };
    }
    if (!app.chosen) {
      return {};
    }
    const { kind, row } = app.chosen;
    const key = tableOf(app, kind).key(row);
    return kind === "plots" ? { plot: key } : { feature: `${kind}:${key}` };
  }

  /** What the address says; with the place that is seen where it is to be sent. @param {boolean} whole */
  function parts(whole) {
    const centre = app.map.getCenter();
    return {
      ...chosenParts(),
      layers: layersText(),
      filter: Address.filterText(app.filters),
      asof: app.asOf === undefined ? "" : Words.day(app.asOf),
      before: app.swipe ? Words.day(app.swipe.day) : "",
      theme: app.themesText(),
      list: app.kind === app.first ? "" : app.kind,
      sort: app.sort === Find.SORT ? "" : app.sort,
      lang: whole || Words.current() !== app.page.lang ? Words.current() : "",
      view: whole ? `${centre.lat.toFixed(6)},${centre.lng.toFixed(6)},${app.map.getZoom()}` : "",
    };
  }

  /** @param {string | undefined} text */
  function showLayers(text) {
    if (text === undefined) {
      return;
    }
    const on = new Set(text.split(","));
    for (const table of app.tables.values()) {
      if (on.has(table.kind) !== app.map.hasLayer(table.layer)) {
        Legend.switchLayer(app.map, table.kind, on.has(table.kind));
      }
    }
  }

  /** @param {Record<string, string>} address */
  function restoreList({ list, sort }) {
    const table = app.tables.get(list ?? app.kind);
    if (list && table?.count) {
      app.list(list);
    }
    if (sort && table && Find.sortsBy(table, sort)) {
      app.sortBy(sort);
    }
  }

  /** Opens what the address asks for. @param {Record<string, string>} address */
  async function restore(address) {
    showLayers(address.layers);
    for (const [text, show] of /** @type {const} */ ([[address.asof, app.showDay], [address.before, app.divide]])) {
      const day = Address.dayFrom(text);
      if (day !== null) {
        await show(day);
      }
    }
    restoreList(address);
    await app.restoreThemes(address.theme);
    const view = (address.view || "").split(",").map(Number);
    const placed = view.length === 3 && view.every(Number.isFinite)
      && Math.abs(view[0]) <= 85 && Math.abs(view[1]) <= 180 && view[2] >= 0 && view[2] <= 30;
    await openChosen(address, !placed);
    if (placed) {
      app.map.setView([view[0], view[1]], view[2], { animate: false });
    }
    await app.pins?.find(address.note);
  }

  /** @param {Record<string, string>} address @param {boolean} zoom */
  async function openChosen(address, zoom) {
    if (address.project) {
      await app.openProject(address.project);
      return;
    }
    const [kind, key] = address.plot !== undefined ? ["plots", address.plot]
      : [(address.feature || "").split(":")[0], (address.feature || "").split(":").slice(1).join(":")];
    if (!kind) {
      return;
    }
    const table = app.tables.get(kind);
    await table?.loadTexts();
    const row = table ? table.rowOf(key) : -1;
    if (row >= 0) {
      await app.open(kind, row, { zoom });
    } else {
      app.say(Words.say("map.not_found", { plot: key }));
    }
  }

  return { parts, restore };
}
