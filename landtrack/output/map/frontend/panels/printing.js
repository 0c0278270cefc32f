// What is seen as a page to be printed, with title, legend, scale and day.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Draw from "../layers/draw.js";
import { tableOf } from "../layers/table.js";
import { measured } from "./measuring.js";

/** @import { App } from "../types.js" */

const DRAWING = 600; // milliseconds that a page has to be drawn before it is printed

/** Prints what is seen beside panel and card, on a page with title, legend, scale and day. @param {App} app */
export async function print(app) {
  const { map } = app;
  const seen = app.viewBounds();
  const before = { centre: map.getCenter(), zoom: map.getZoom() };
  document.body.classList.add("lt-printing");
  map.invalidateSize({ animate: false });
  map.fitBounds(seen, { animate: false });
  const sheet = sheetOf(app);
  document.body.append(sheet);
  await new Promise((done) => setTimeout(done, DRAWING));
  window.print();
  sheet.remove();
  document.body.classList.remove("lt-printing");
  map.invalidateSize({ animate: false });
  map.setView(before.centre, before.zoom, { animate: false });
}

/** @param {App} app */
export function sheetOf(app) {
  const shown = app.page.groups.flatMap(({ kinds }) => kinds)
    .map((kind) => tableOf(app, kind))
    .filter((table) => table.count && app.map.hasLayer(table.layer));
  const legend = shown.flatMap((table) => table.head.classes
    .filter((each) => each.count)
    .map((each) => element("li", {}, Draw.swatch(each.shape, each.look),
      element("span", { text: [Words.pick(table.head.title), Words.pick(each.label)].filter(Boolean).join(" · ") }))));
  return element("div", { class: "lt-print" },
    element("h1", { text: Words.pick(app.page.title) }),
    element("p", { text: Words.pick(app.page.subtitle) }),
    element("p", { class: "lt-print-scale", text: scaleText(app) }),
    Words.pick(app.page.notice) ? element("p", { text: Words.pick(app.page.notice) }) : null,
    element("ul", {}, ...legend));
}

/** How far a centimetre of the screen goes, from the working CRS in the middle of the view. @param {App} app */
export function scaleText(app) {
  const { map } = app;
  const size = map.getSize();
  const ends = [-50, 50].map((off) => map.containerPointToLatLng([size.x / 2 + off, size.y / 2]));
  const found = measured(ends, false);
  const metres = found ? found.length : map.distance(ends[0], ends[1]);
  return Words.say("tool.scale", { scale: Words.figure(Math.round(metres / 100 / 0.0254 * 96), 0) });
}
