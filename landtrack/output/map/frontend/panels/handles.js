// An outline that is drawn by hand, as it is seen: its corners, the middles of its edges, what a corner lies on.

import * as Plane from "../geo/plane.js";

/** @import { Point } from "../types.js" */
/** @import { Outline } from "../geo/outline.js" */
/** @import { Onto } from "../layers/snaps.js" */

const INK = "#111827";
const DRAWN = { color: INK, weight: 2.5, dashArray: "6 4", fillColor: "#FFD43B", fillOpacity: 0.25, interactive: false };
const CORNER = { radius: 5, color: INK, weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false };
const CHOSEN = { radius: 7, color: INK, weight: 3, fillColor: "#FFD43B", fillOpacity: 1, interactive: false };
const MIDDLE = { radius: 3.5, color: INK, weight: 1.5, fillColor: "#fff", fillOpacity: 0.7, opacity: 0.7, interactive: false };
const ONTO = { radius: 11, color: "#b3006b", weight: 3, fill: false, interactive: false };
const ROOM = 36; // pixels that an edge is long whose middle is shown

/** @type {WeakMap<Point, L.LatLng | null>} corners that were on the map: nobody changes one */
const places = new WeakMap();

/** @param {Point} point in the working CRS */
function placeOf(point) {
  const known = places.get(point);
  if (known !== undefined) {
    return known;
  }
  const page = Plane.fromPark(point);
  const made = page && Plane.latLng(page);
  places.set(point, made);
  return made;
}

export class Handles {
  /** @param {L.Map} map @param {L.PathOptions} own where it is drawn @param {boolean} area */
  constructor(map, own, area) {
    this.map = map;
    this.own = own;
    this.shape = (area ? L.polygon([], { ...DRAWN, ...own }) : L.polyline([], { ...DRAWN, ...own })).addTo(map);
    this.marks = L.layerGroup().addTo(map);
    /** @type {L.CircleMarker[]} */
    this.corners = [];
    /** @type {L.CircleMarker[]} */
    this.middleMarks = [];
    this.ring = L.circleMarker([0, 0], { ...ONTO, ...own });
  }

  /** Where a point of the working CRS is in the map on the screen; null where that does not reach. @param {Point} point */
  onScreen(point) {
    const latLng = placeOf(point);
    return latLng ? this.map.latLngToContainerPoint(latLng) : null;
  }

  /** The middles of the edges that are long enough for one. @param {Outline} outline */
  middles(outline) {
    const { points } = outline;
    return outline.middles().filter(({ at }) => {
      const [from, to] = [this.onScreen(points[at - 1]), this.onScreen(points[at % points.length])];
      return from && to && from.distanceTo(to) >= ROOM;
    });
  }

  /**
   * Puts circles where they belong; those that are there are moved, not made anew.
   * @param {L.CircleMarker[]} circles @param {L.CircleMarkerOptions} look @param {(L.LatLng | null)[]} wanted
   */
  place(circles, look, wanted) {
    const there = wanted.filter((each) => each !== null);
    while (circles.length > there.length) {
      this.marks.removeLayer(/** @type {L.CircleMarker} */ (circles.pop()));
    }
    there.forEach((latLng, at) => {
      if (!circles[at]) {
        circles.push(L.circleMarker(latLng, { ...look, ...this.own }));
        this.marks.addLayer(circles[at]);
      } else if (!circles[at].getLatLng().equals(latLng, 0)) {
        circles[at].setLatLng(latLng);
      }
    });
  }

  /** @param {Outline} outline @param {{taking: boolean, onto: Onto | null}} how */
  show(outline, { taking, onto }) {
    const latLngs = outline.points.map(placeOf);
    this.shape.setLatLngs(latLngs.filter((each) => each !== null));
    this.place(this.middleMarks, MIDDLE, taking ? [] : this.middles(outline).map(({ point }) => placeOf(point)));
    this.place(this.corners, CORNER, latLngs);
    this.corners.forEach((mark, at) => {
      const look = at === outline.chosen ? CHOSEN : CORNER;
      if (mark.options.radius !== look.radius) {
        mark.setRadius(look.radius);
        mark.setStyle(look);
      }
    });
    const ring = onto && placeOf(onto.point);
    if (ring) {
      this.ring.setLatLng(ring).addTo(this.map);
    } else {
      this.ring.remove();
    }
  }

  remove() {
    this.shape.remove();
    this.marks.remove();
    this.ring.remove();
  }
}
