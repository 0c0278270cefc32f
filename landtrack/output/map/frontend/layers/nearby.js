// What lies nearest to where somebody stands: how far, and in which direction.

import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import { ground, piecesNear } from "./near.js";

/** @import { Box, LatLng, Nearby } from "../types.js" */
/** @import { Table } from "./table.js" */

const CM = 100;
const FIRST_REACH = 200;
const LAST_REACH = 60_000;
const WAYS = ["north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west"];

/** The direction of a step on the ground, in eighths. @param {number} east @param {number} north */
export function wayOf(east, north) {
  return WAYS[Math.round(Math.atan2(east, north) / (Math.PI / 4) + 8) % 8];
}

/**
 * The features of a layer that are nearest to a point, those that it is in first.
 * @param {Table} table @param {LatLng} latLng @param {number} most
 * @returns {Promise<Nearby[]>}
 */
export async function nearby(table, latLng, most) {
  const point = Plane.page(latLng);
  const stretch = Plane.toPark(point) ? 1 : Math.cos(latLng.lat * Math.PI / 180); // else it is the page that is measured
  const own = ground([[point]]);
  const [x, y] = point.map((each) => Math.round(each * CM));
  /** @type {Box} */
  const box = [x, y, x, y];
  /** @type {Nearby[]} */
  let found = [];
  for (let reach = FIRST_REACH; reach <= LAST_REACH; reach *= 3) {
    const near = await piecesNear(table, box, reach, () => true);
    found = near.flatMap(({ row, pieces }) => {
      const shapes = pieces.map(({ type, rings }) => ({ type, rings: stretch === 1 ? ground(rings) : rings }));
      const { distance, from, to } = Measure.nearest(own, shapes);
      return from && to ? [{ row, distance: distance * stretch, way: distance ? wayOf(to[0] - from[0], to[1] - from[1]) : "" }] : [];
    }).sort((one, other) => one.distance - other.distance);
    if (found.filter(({ distance }) => distance <= reach * stretch).length >= Math.min(most, table.count)) {
      break;
    }
  }
  return found.slice(0, most);
}
