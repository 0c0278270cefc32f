// The start: puts panel and card beside the map, and opens what the address asks for.

import * as Address from "../core/address.js";
import { data, element } from "../core/dom.js";
import { may, served } from "../core/served.js";
import { FolderBlocks, PageBlocks } from "../core/source.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";
import * as Boxes from "../layers/boxes.js";
import * as Layers from "../layers/layers.js";
import * as Labels from "../panels/labels.js";
import * as Legend from "../panels/legend.js";
import * as Share from "../panels/share.js";
import * as Desk from "./desk.js";
import * as Failures from "./failures.js";
import * as Listening from "./listening.js";
import * as Popups from "./popups.js";
import { Notes } from "../core/notes.js";
import { Pins } from "../panels/pins.js";
import { surround } from "./surround.js";
import { isNarrow } from "../panels/screen.js";
import * as Visit from "../panels/visit.js";
import * as Warm from "./warm.js";

/** @import { App, DataSource, Page } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

const LONGEST = 4000; // milliseconds that columns wait for the first drawing

// --- what the page and the folder beside it call ------------------------------------------------

/** @type {L.Map | null} */
export let map = null;
/** @type {App | null} */
export let app = null;
/** Whether the page shows what its address asks for. */
export let ready = false;

/** @type {DataSource | null} */
let source = null;

/** Where the page says that its blocks are. @returns {DataSource} */
function sourceOfPage() {
  const { folder } = data("landtrack-blocks");
  return folder ? new FolderBlocks(folder) : new PageBlocks();
}

/** Called by the script of the map for each layer. @param {L.Map} onto @param {string} id of what is known of it */
export function featureLayer(onto, id) {
  source = source ?? sourceOfPage();
  return Layers.featureLayer(onto, id, source);
}

/** Called by the scripts of the folder. @param {Record<string, string>} blocks */
export function deliver(blocks) {
  if (source instanceof FolderBlocks) {
    source.deliver(blocks);
  }
}

Popups.serve();
Failures.listen();

// --- what happens -----------------------------------------------------------------------------

/** @param {App} app @param {L.LeafletMouseEvent} event */
async function clicked(app, event) {
  if (app.tool) {
    return;
  }
  const start = performance.now();
  const found = await Layers.featuresAt(app.map, event.latlng);
  const top = found.find((each) => each.kind === "plots") || found[0];
  app.map.closePopup();
  if (!top) {
    return;
  }
  await app.open(top.kind, top.row, { others: found.filter((each) => each !== top) });
  performance.measure("landtrack:click", { start });
  const bounds = Boxes.boundsOf(top.table, top.row);
  if (bounds && top.kind === "plots" && !isNarrow()) {
    app.map.panInside(bounds.getCenter(), app.margins());
  } else if (isNarrow()) {
    app.map.panInside(event.latlng, app.margins());
  }
}

/** The hand shows over plots; asked once a frame. @param {App} app @returns {(event: L.LeafletMouseEvent) => void} */
function hover(app) {
  const plots = app.tables.get("plots");
  let waiting = false;
  return ({ latlng }) => {
    if (waiting || !plots || app.tool) {
      return;
    }
    waiting = true;
    requestAnimationFrame(async () => {
      waiting = false;
      const over = app.map.hasLayer(plots.layer)
        && (await plots.layer.rowsAt(Plane.page(latlng), 0, app.map)).length > 0;
      app.map.getContainer().classList.toggle("lt-over-plot", over);
    });
  };
}

/** Leaves what was opened last: a tool, a reason, a card. @param {App} app */
function leave(app) {
  if (app.tool) {
    app.closeTool();
  } else if (app.reason) {
    app.hideReason();
  } else {
    app.close();
  }
}

/** @param {App} app */
function listen(app) {
  const { map } = app;
  const relabel = Labels.keeper(app);
  map.on("click", (event) => clicked(app, event));
  map.on("mousemove", hover(app));
  map.on("moveend landtrack:switch landtrack:filter landtrack:relabel", relabel);
  map.on("moveend", () => app.find?.relist());
  map.on("landtrack:switch", () => Share.show(app));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      leave(app);
    }
    document.body.classList.toggle("lt-keyed", event.key === "Tab");
  });
  window.addEventListener("hashchange", () => app.restore(Address.read()));
  return relabel;
}

/**
 * When the large layers are drawn for the first time, or the page has waited long enough.
 * @param {App} app @param {Table[]} tables @returns {Promise<void>}
 */
async function drawn(app, tables) {
  const packed = tables.filter((table) => table.head.packed && app.map.hasLayer(table.layer));
  const all = packed.map((table) => new Promise((done) => { table.layer.once("landtrack:drawn", done); }));
  if (packed.length) {
    await Promise.race([Promise.all(all), new Promise((done) => setTimeout(done, LONGEST))]);
  }
}

/** Called by the script of the map when all layers are there. @param {L.Map} onto @param {string} id of what is known of the page */
export async function start(onto, id) {
  /** @type {Page} */
  const page = data(id);
  Words.setup(page.words, Address.read().lang || served()?.lang || page.lang);
  Plane.setup(page.plane);
  const own = Desk.make(onto, page);
  const tables = [...own.tables.values()];
  const large = tables.filter((table) => table.head.packed);
  await Promise.all(tables.map((table) => (table.head.packed ? table.begin() : table.load())));
  const turn = drawn(own, tables);
  large.forEach((table) => { table.turn = turn; });
  Legend.follow(onto);
  page.attributions.forEach((text) => onto.attributionControl.addAttribution(element("span", { text }).innerHTML));
  own.toggleGraticule();
  surround(own);
  onto.landtrackPlaced = true;
  own.fit(own.bounds);
  large.forEach((table) => table.layer.refresh());
  await Promise.all(tables.map((table) => table.load()));
  if (large.some((table) => table.head.history || table.head.rules.length)) {
    surround(own); // now that its days and indices are known
  }
  for (const kind of Object.keys(own.filters)) {
    const table = own.tables.get(kind);
    if (table) {
      await table.loadTexts();
      own.refilter(table);
    }
  }
  const relabel = listen(own);
  map = onto;
  app = own;
  own.pins = own.served && may(own.served, "POST notes") ? new Pins(own, new Notes(own.served.place)) : null;
  await own.tables.get("plots")?.loadTexts();
  await relabel();
  await own.restore({ view: history.state?.view, ...own.address });
  onto.on("moveend", () => Share.show(own));
  Listening.listen(own);
  Visit.follow(own);
  ready = true;
  performance.mark("landtrack:ready");
  const rest = async () => {
    await Promise.all(own.searched().map((table) => table.loadTexts()));
    await Warm.keep(own);
    performance.mark("landtrack:warm");
  };
  (window.requestIdleCallback || setTimeout)(rest);
}
