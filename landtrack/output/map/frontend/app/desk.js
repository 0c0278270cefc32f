// The desk: what is seen, chosen, filtered and asked for, in one place.

import * as Address from "../core/address.js";
import { element } from "../core/dom.js";
import { BrowserKeeper, PlaceKeeper } from "../core/keeping.js";
import { BrowserShelf, Visits } from "../core/visits.js";
import { may, served } from "../core/served.js";
import { PageJudge } from "../layers/judge.js";
import * as Layers from "../layers/layers.js";
import * as Find from "../panels/find.js";
import * as Labels from "../panels/labels.js";
import { choosing } from "./choosing.js";
import { filtering } from "./filtering.js";
import { placing } from "./place.js";
import { theming } from "./theming.js";
import { tooling } from "./tooling.js";
import { views } from "./view.js";

/** @import { App, Desk, Page, Showing, Ui } from "../types.js" */

/** What stands around the map before it is filled. @returns {Ui} */
function bare() {
  return {
    panel: element("aside"), card: element("aside"), tool: element("section"), toast: element("p"),
    notice: null, controls: [], heard: [], fold: () => {},
  };
}

/** Who keeps trial plots: the desk, else this browser for each place and CRS. @param {Page} page */
function keeper(page) {
  const own = served();
  return own && may(own, "GET trials") ? new PlaceKeeper(own.place) : new BrowserKeeper(() => localStorage, `landtrack-trials:${page.id}:${page.plane.name}`);
}

/** @param {L.Map} map @param {Page} page @returns {Desk} */
function desk(map, page) {
  const address = Address.read();
  const tables = new Map(Layers.all(map).map(({ landtrack }) => [landtrack.kind, landtrack]));
  const first = tables.get("plots")?.count ? "plots" : [...tables.values()].find((table) => table.count)?.kind;
  return {
    map, page, served: served(), live: { news: null, lost: false, newer: false, judging: null, touched: new Set() }, address, tables, judge: new PageJudge(page, tables),
    filters: Address.filtersFrom(address.filter, tables), results: new Map(),
    chosen: null, rows: null, project: "", pinned: null, asOf: undefined, swipe: null,
    sort: Find.SORT, tab: "find", kind: first ?? "plots", first: first ?? "plots",
    bounds: page.bounds && L.latLngBounds(page.bounds), whole: page.whole && L.latLngBounds(page.whole),
    reason: null, tool: null, trial: null, keeper: keeper(page), basemap: null, tiles: null, spot: null, pins: null,
    visits: new Visits(new BrowserShelf(() => indexedDB), page.id, () => map.fire("landtrack:visits")), ui: bare(), find: null,
  };
}

/** @param {Desk} app @returns {Showing} */
function showing({ map, ui }) {
  return {
    highlight: Labels.highlighter(map),
    onUi(event, action) {
      ui.heard.push([event, action]);
      map.on(event, action);
    },
  };
}

/** The desk of a map, with all that can be done at it. @param {L.Map} map @param {Page} page @returns {App} */
export function make(map, page) {
  const app = /** @type {App} */ (desk(map, page));
  return Object.assign(app, showing(app), views(app), choosing(app), filtering(app), theming(app), placing(app), tooling(app));
}
