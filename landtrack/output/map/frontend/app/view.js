// What is seen of the map: the part that panel and card leave free.

import { given } from "../core/dom.js";
import * as Boxes from "../layers/boxes.js";
import * as Drawing from "../panels/drawing.js";
import { isNarrow } from "../panels/screen.js";

/** @import { App, Margins, Point, Views } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

/** @param {HTMLElement} panel @returns {HTMLElement} */
function titleOf(panel) {
  return panel.querySelector(".lt-title") ?? panel;
}

// --- what is seen of the map ----------------------------------------------------------------

/** @param {App} app @returns {Views} */
export function views(app) {
  const { map } = app;

  // How much of the map lies under the panel and the card.
  /** @returns {Margins} */
  function margins() {
    const { panel, card } = app.ui;
    if (isNarrow()) {
      return {
        paddingTopLeft: [24, titleOf(panel).offsetHeight + 16],
        paddingBottomRight: [card.hidden ? 56 : 24, card.hidden ? 70 : card.offsetHeight + 16],
      };
    }
    return {
      paddingTopLeft: [panel.offsetWidth + 40, 40],
      paddingBottomRight: [(card.hidden ? 0 : card.offsetWidth) + 60, 50],
    };
  }

  function viewBounds() {
    const size = map.getSize();
    const { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom] } = margins();
    /** @type {Point[]} */
    const free = isNarrow() ? [[0, top - 16], [size.x, size.y - (app.ui.card.hidden ? 0 : bottom)]]
      : [[left - 28, 0], [size.x - right + 60, size.y]];
    return L.latLngBounds(free.map((each) => map.containerPointToLatLng(each)));
  }

  /** @param {L.LatLngBounds} bounds @param {number} maxZoom */
  function fitTo(bounds, maxZoom) {
    map.fitBounds(bounds, { ...margins(), maxZoom, animate: false });
  }

  /** @param {Table} table @param {number} row */
  function zoomTo(table, row) {
    const bounds = Boxes.boundsOf(table, row);
    if (bounds) {
      fitTo(bounds, 17.5);
    }
  }

  /** @param {Table} table @param {number[]} rows */
  function zoomToRows(table, rows) {
    const all = given(rows.map((row) => Boxes.boundsOf(table, row)));
    if (all.length) {
      fitTo(all.reduce((sum, each) => sum.extend(each), L.latLngBounds([])), 17.5);
    }
  }

  /** @param {L.LatLng} latLng */
  function goTo(latLng) {
    app.spot?.remove();
    app.spot = L.circleMarker(latLng, { ...Drawing.onTop(map), radius: 9, color: "#111827", weight: 3, fillColor: "#FFD43B", fillOpacity: 0.9, interactive: false }).addTo(map);
    fitTo(L.latLngBounds([latLng, latLng]), Math.max(map.getZoom(), 16));
  }

  return { margins, viewBounds, zoomTo, zoomToRows, goTo, fit: (bounds) => bounds && fitTo(bounds, 18) };
}
