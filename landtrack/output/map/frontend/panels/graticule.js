// The graticule of the working CRS.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";
import { paneOf } from "../layers/panes.js";

const STEPS = [1, 2, 5];
const MOST_LINES = 14;
const PANE = "lt-graticule";

export class Graticule extends L.Layer {
  constructor() {
    super();
    this._lines = L.layerGroup();
    this._renderer = L.svg({ pane: PANE, padding: 0.1 });
  }

  /** @override @param {L.Map} map */
  onAdd(map) {
    paneOf(map, PANE, 399);
    this._lines.addTo(map);
    this._draw();
    return this;
  }

  /** @override */
  onRemove() {
    this._lines.remove();
    return this;
  }

  /** @override */
  getEvents() {
    return { moveend: this._draw };
  }

  _draw() {
    this._lines.clearLayers();
    const corners = this._corners();
    if (!corners) {
      return;
    }
    const [xs, ys] = [0, 1].map((axis) => corners.map((each) => each[axis]));
    const span = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
    const step = stepFor(span);
    /** @type {[number, number[], number[]][]} */
    const axes = [[0, xs, ys], [1, ys, xs]];
    for (const [axis, own, others] of axes) {
      for (let at = Math.ceil(Math.min(...own) / step) * step; at <= Math.max(...own); at += step) {
        this._line(axis, at, [Math.min(...others), Math.max(...others)]);
      }
    }
  }

  /** The corners of what is seen, as far as the working CRS reaches; null where that is nowhere. */
  _corners() {
    const box = Plane.reach();
    if (!box) {
      return null;
    }
    const bounds = this._map.getBounds();
    const [west, south] = Plane.page(bounds.getSouthWest());
    const [east, north] = Plane.page(bounds.getNorthEast());
    const [w, s, e, n] = [Math.max(west, box[0]), Math.max(south, box[1]), Math.min(east, box[2]), Math.min(north, box[3])];
    const [moved] = w < e && s < n ? Plane.ringsToPark([[[w, s], [w, n], [e, n], [e, s]]]) || [null] : [null];
    return moved;
  }

  /** @param {number} axis @param {number} at @param {[number, number]} span */
  _line(axis, at, [from, to]) {
    /** @type {L.LatLng[]} */
    const points = [];
    for (let part = 0; part <= 8; part += 1) {
      const other = from + (to - from) * part / 8;
      const found = Plane.fromPark(axis ? [other, at] : [at, other]);
      if (found) {
        points.push(Plane.latLng(found));
      }
    }
    if (points.length < 2) {
      return;
    }
    this._lines.addLayer(L.polyline(points, { renderer: this._renderer, color: "#6b7690", weight: 0.7, opacity: 0.6, interactive: false }));
    const text = Words.figure(Math.round(at), 0);
    const icon = L.divIcon({ className: "lt-grid-anchor", iconSize: [0, 0], html: element("span", { class: axis ? "lt-grid-n" : "lt-grid-e", text }) });
    const edge = this._edge(points, axis);
    if (edge) {
      this._lines.addLayer(L.marker(edge, { icon, interactive: false, keyboard: false, pane: PANE }));
    }
  }

  /** Where a line leaves the view: labels stand at the bottom and at the right. @param {L.LatLng[]} points @param {number} axis */
  _edge(points, axis) {
    const size = this._map.getSize();
    const pixels = points.map((each) => this._map.latLngToContainerPoint(each));
    const [a, b] = [pixels[0], pixels[pixels.length - 1]];
    const right = document.body.classList.contains("lt-with-card") ? 620 : 130;
    const part = axis ? (size.x - right - a.x) / (b.x - a.x) : (size.y - 6 - a.y) / (b.y - a.y);
    if (!Number.isFinite(part)) {
      return null;
    }
    return this._map.containerPointToLatLng([a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part]);
  }
}

/** @param {number} span */
function stepFor(span) {
  let tens = 10 ** Math.floor(Math.log10(span / MOST_LINES));
  for (;;) {
    for (const each of STEPS) {
      if (span / (each * tens) <= MOST_LINES) {
        return each * tens;
      }
    }
    tens *= 10;
  }
}
