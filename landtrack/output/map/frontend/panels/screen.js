// How much room the page has.

/** @import { App } from "../types.js" */

const NARROW = 760;
const GAP = 24; // pixels round what is shown
const UNCOVERED = 0.44; // of a narrow screen, whatever a tool says

export function isNarrow() {
  return window.innerWidth <= NARROW;
}

/** The part of the map that the tool leaves free, as pixels of the screen. @param {App} app */
export function free({ map, ui }) {
  const [width, height] = [map.getSize().x, map.getSize().y];
  if (isNarrow()) {
    return L.bounds([GAP, ui.panel.offsetHeight + GAP], [width - 2 * GAP, height * UNCOVERED]);
  }
  const right = ui.card.hidden ? 3 * GAP : ui.card.offsetWidth + 3 * GAP;
  return L.bounds([ui.tool.getBoundingClientRect().right + GAP, GAP], [width - right, height - 2 * GAP]);
}

/** Moves the map so that a point is in the middle of what is free. @param {App} app @param {L.LatLng} at @param {number} zoom */
export function bring(app, at, zoom) {
  const { map } = app;
  map.setView(at, zoom, { animate: false });
  map.panBy(map.latLngToContainerPoint(at).subtract(free(app).getCenter()).round(), { animate: false });
}
