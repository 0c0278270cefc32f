// What stands on a printed page under the map: title, scale, north, marks, day, legend of what is seen.

import { element } from "../core/dom.js";
import * as Paper from "../core/paper.js";
import * as Words from "../core/words.js";
import * as Boxes from "../layers/boxes.js";
import * as Draw from "../layers/draw.js";
import { tableOf } from "../layers/table.js";
import { measured } from "./measuring.js";

/** @import { App } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

const BAR = 60; // millimetres
const PINS = ["draft", "open", "resolved"];

/** @param {App} app @param {number} scale that it is to have @param {string} title */
export async function pageOf(app, scale, title) {
  const now = scaleNow(app);
  const shown = app.page.groups.flatMap(({ kinds }) => kinds)
    .map((kind) => tableOf(app, kind))
    .filter((table) => table.count && app.map.hasLayer(table.layer));
  const legend = await Promise.all(shown.map((table) => rowsOf(app, table)));
  const said = Paper.isExact(now, scale)
    ? Words.say("tool.print_scale_is", { scale: Words.figure(scale, 0) })
    : Words.say("tool.scale", { scale: Words.figure(Math.round(now), 0) });
  return element("div", { class: "lt-print" },
    element("div", { class: "lt-print-head" },
      element("div", {},
        element("h1", { text: title }),
        element("p", { text: Words.pick(app.page.subtitle) }),
        Words.pick(app.page.notice) ? element("p", { text: Words.pick(app.page.notice) }) : null,
        element("p", { text: Words.say("tool.print_on", { day: Words.day(Words.today()) }) }),
        element("p", { class: "lt-print-not", text: Words.say("tool.print_not_sheet") })),
      element("div", { class: "lt-print-marks" },
        element("p", { class: "lt-print-scale", text: said }), bar(now)),
      north()),
    element("ul", {}, ...legend.flat(), ...marks(app)));
}

/** The N of 1:N in the middle of the map, in the working CRS, where a pixel is one of the page's. @param {App} app */
export function scaleNow({ map }) {
  const size = map.getSize();
  const ends = [-50, 50].map((off) => map.containerPointToLatLng([size.x / 2 + off, size.y / 2]));
  const metres = measured(ends, false)?.length ?? map.distance(ends[0], ends[1]);
  return (metres / (100 * Paper.PIXEL)) * 1000;
}

/** What of a layer is seen, class by class. @param {App} app @param {Table} table */
async function rowsOf(app, table) {
  await table.begin();
  const { codes, classes } = table.paint;
  const seen = new Set(Boxes.rowsIn(table, Boxes.boxOf(app.map.getBounds()))
    .filter((row) => table.visible[row]).map((row) => codes[row]));
  return classes.flatMap((each, code) => (seen.has(code) ? [element("li", {}, Draw.swatch(each.shape, each.look),
    element("span", { text: [Words.pick(table.head.title), Words.pick(each.label)].filter(Boolean).join(" · ") }))] : []));
}

/** What a person put on the map: notes by their state, and what the open tool measured. @param {App} app */
function marks(app) {
  const pins = PINS.filter((state) => app.map.getContainer().querySelector(`.lt-pin-${state}`))
    .map((state) => `${Words.say("tool.note")} · ${Words.say(`pin.${state}`)}`);
  const told = app.tool ? app.ui.tool.querySelector(".lt-measured")?.textContent : "";
  return [...pins, ...(app.tool ? [[app.tool.title, told].filter(Boolean).join("：")] : [])]
    .map((text) => element("li", { class: "lt-print-mark", text }));
}

/** Four parts of a round length each. @param {number} scale */
function bar(scale) {
  const part = Paper.barPart(scale, BAR);
  const made = element("div", { class: "lt-print-bar" }, ...[0, 1, 2, 3].map(() => element("span")));
  const wide = (4 * part * 1000) / scale;
  made.style.width = `${wide.toFixed(3)}mm`;
  made.setAttribute("data-metres", String(4 * part));
  const ends = element("div", { class: "lt-print-ends" }, ...[0, 2 * part, 4 * part].map((each) =>
    element("span", { text: `${Words.figure(each, 0)}${each === 4 * part ? " m" : ""}` })));
  ends.style.width = made.style.width;
  return element("div", {}, made, ends);
}

/** The map is turned to true north: up. */
function north() {
  const space = "http://www.w3.org/2000/svg";
  const made = document.createElementNS(space, "svg");
  made.setAttribute("viewBox", "0 0 20 24");
  made.setAttribute("class", "lt-print-north");
  for (const [drawing, fill] of [["M10 0 3 24 10 18z", "#000"], ["M10 0 17 24 10 18z", "#fff"]]) {
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", drawing);
    path.setAttribute("fill", fill);
    path.setAttribute("stroke", "#000");
    made.append(path);
  }
  return element("div", { class: "lt-print-arrow" }, element("b", { text: Words.say("tool.print_north") }), made);
}
