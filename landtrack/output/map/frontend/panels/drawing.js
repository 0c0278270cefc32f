// Drawing by hand: points taken from the map, click by click.

import { button } from "../core/dom.js";
import * as Words from "../core/words.js";
import { paneOf } from "../layers/panes.js";

/** @import { App } from "../types.js" */
/** @typedef {{finish: () => void, remove: () => void}} Drawing what is being drawn */

const DRAWN = { color: "#111827", weight: 2.5, dashArray: "6 4", fillColor: "#FFD43B", fillOpacity: 0.25, interactive: false };

/** What is drawn by hand lies above all layers. @param {L.Map} map */
export function onTop(map) {
  paneOf(map, "lt-drawing", 595);
  map.landtrackDrawing = map.landtrackDrawing ?? L.svg({ pane: "lt-drawing", padding: 0.5 });
  return { pane: "lt-drawing", renderer: map.landtrackDrawing };
}

// --- drawing by clicks ------------------------------------------------------------------------

/**
 * Takes points from the map until it is finished; Escape gives up, Enter or a double click ends.
 * @param {App} app
 * @param {{area: boolean, changed: (points: L.LatLng[]) => void, done: (points: L.LatLng[]) => void}} how
 */
export function draw(app, { area, changed, done }) {
  const { map } = app;
  /** @type {L.LatLng[]} */
  const points = [];
  const own = onTop(map);
  const shape = (area ? L.polygon([], { ...DRAWN, ...own }) : L.polyline([], { ...DRAWN, ...own })).addTo(map);
  const marks = L.layerGroup().addTo(map);
  map.doubleClickZoom.disable();
  map.getContainer().classList.add("lt-drawing");

  function show() {
    shape.setLatLngs(points);
    marks.clearLayers();
    points.forEach((point) => marks.addLayer(L.circleMarker(point, { ...own, radius: 4, color: "#111827", weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false })));
    changed(points);
  }

  /** @param {L.LeafletMouseEvent} event */
  function click({ latlng, originalEvent }) {
    if (!originalEvent || originalEvent.detail < 2) {
      points.push(latlng);
      show();
    }
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    if (event.key === "Enter") {
      finish();
    } else if (event.key === "Backspace") {
      points.pop();
      show();
    }
  }

  function finish() {
    stopTaking();
    done(points);
  }

  function stopTaking() {
    map.off("click", click);
    map.off("dblclick", finish);
    document.removeEventListener("keydown", key);
    map.getContainer().classList.remove("lt-drawing");
    setTimeout(() => map.doubleClickZoom.enable(), 300);
  }

  map.on("click", click);
  map.on("dblclick", finish);
  document.addEventListener("keydown", key);
  return {
    finish,
    remove() {
      stopTaking();
      shape.remove();
      marks.remove();
    },
  };
}

/** Ends a drawing where there is neither a keyboard nor a double click. @param {Drawing} drawing */
export function finisher(drawing) {
  const made = button({ class: "lt-plain lt-finish" }, () => {
    drawing.finish();
    made.remove();
  }, Words.say("tool.finish"));
  return made;
}
