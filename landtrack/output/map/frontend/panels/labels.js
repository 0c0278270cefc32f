// Labels of plots, and the outline of what is chosen.

import { element, given } from "../core/dom.js";
import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import * as Boxes from "../layers/boxes.js";
import * as Layers from "../layers/layers.js";
import { paneOf } from "../layers/panes.js";
import * as Parts from "./parts.js";

/** @import { App, Piece, Point } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

/** @type {Record<string, number>} */
const URGENCY = { fail: 0, unknown: 1, stale: 1, pass: 2 };
const MOST = 400;
const OUTLINE = {
  stroke: "#111827", weight: 2, opacity: 1, fill: "#111827", fillOpacity: 0, radius: 9,
  symbol: "circle", dash: [], hatch: "none", casing: "#FFD43B", casingWeight: 7,
};

/** @param {Table} table @param {number} row @param {Point} point @param {string} text */
function marker(table, row, point, text) {
  const { code } = table.classOf(row);
  const html = element("div", { class: `lt-label lt-${code}` },
    element("b", { text: Parts.MARKS[code] }), text);
  const icon = L.divIcon({ className: "lt-label-anchor", html, iconSize: [0, 0] });
  return L.marker(Plane.latLng(point), { icon, interactive: false, keyboard: false });
}

/**
 * A plot wide enough on the screen has its number; a narrow one that does not pass, its mark.
 * @param {Table} table @param {number} row @param {number} perPixel
 */
function wanted(table, row, perPixel) {
  const room = (table.boxes[4 * row + 2] - table.boxes[4 * row]) / 100 / perPixel;
  const text = table.key(row);
  const width = 26 + 7.5 * text.length;
  if (room >= width) {
    return { row, text, half: width / 2 };
  }
  return table.classOf(row).code !== "pass" && room >= 10 ? { row, text: "", half: 13 } : null;
}

/** @param {App} app @param {Table} table */
function candidates(app, table) {
  const perPixel = Boxes.metresPerPixel(app.map);
  const urgency = (/** @type {number} */ row) => URGENCY[table.classOf(row).code];
  const rows = Boxes.rowsIn(table, Boxes.boxOf(app.map.getBounds())).filter((row) => table.visible[row]);
  return given(rows.map((row) => wanted(table, row, perPixel)))
    .sort((one, other) => urgency(one.row) - urgency(other.row) || one.row - other.row)
    .slice(0, MOST);
}

/** Places labels, those that need attention first, none upon another. @param {App} app */
export function keeper(app) {
  const { map } = app;
  const group = L.layerGroup().addTo(map);
  /** @type {Map<number, Point | null>} */
  const points = new Map();
  let run = 0;

  /** @param {Table} table @param {number} row */
  async function pointOf(table, row) {
    if (!points.has(row)) {
      const areas = (await table.layer.shapesOf(row)).filter(({ type }) => type === 2);
      areas.sort((one, other) => Math.abs(Measure.signedArea(other.rings[0])) - Math.abs(Measure.signedArea(one.rings[0])));
      points.set(row, areas.length ? Measure.interior(areas[0].rings) : null);
    }
    return points.get(row) ?? null;
  }

  return async function place() {
    const own = ++run;
    const table = app.tables.get("plots");
    const shown = table && map.hasLayer(table.layer) ? candidates(app, table).map((each) => ({ ...each, table })) : [];
    const placed = await Promise.all(shown.map(async (each) => ({ ...each, point: await pointOf(each.table, each.row) })));
    if (own !== run) {
      return;
    }
    /** @type {L.Bounds[]} */
    const taken = [];
    group.clearLayers();
    for (const { table: of, row, text, half, point } of placed) {
      if (!point) {
        continue;
      }
      const at = map.latLngToLayerPoint(Plane.latLng(point));
      const box = L.bounds(at.subtract([half, 9]), at.add([half, 9]));
      if (!taken.some((other) => other.overlaps(box))) {
        taken.push(box);
        group.addLayer(marker(of, row, point, text));
      }
    }
  };
}

/** Outlines a feature above all others. @param {L.Map} map @returns {(pieces: Piece[]) => void} */
export function highlighter(map) {
  const pane = "lt-highlight";
  paneOf(map, pane, 580);
  const renderer = Layers.rendererFor(map, pane);
  const options = { renderer, interactive: false, fill: false, look: OUTLINE, weight: 8, radius: OUTLINE.radius };
  let shown = L.layerGroup();
  return (pieces) => {
    shown.remove();
    shown = L.layerGroup(pieces.map(({ type, rings }) => {
      const points = rings.map((ring) => ring.map(Plane.latLng));
      if (type === 0) {
        return L.circleMarker(points[0][0], options);
      }
      return type === 2 ? L.polygon(points, options) : L.polyline(points, options);
    }));
    shown.addTo(map);
  };
}
