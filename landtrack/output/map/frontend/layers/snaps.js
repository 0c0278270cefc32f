// What a corner that is drawn can be put onto: corners and edges of plots, parcels and roads that are seen.

import * as Plane from "../geo/plane.js";
import { nearestOn, order } from "../geo/snapping.js";
import * as Boxes from "./boxes.js";
import { grounds } from "./ground.js";

/** @import { App, Box, Point } from "../types.js" */
/** @import { Snapped } from "../geo/snapping.js" */
/** @import { Table } from "./table.js" */
/** @typedef {Snapped & {table: Table, row: number}} Onto what a corner lies on */

const CM = 100;
const KINDS = ["plots", "parcels", "roads"];
const STRETCHED = 6; // so much longer the page's own metres are than those of the ground, at the most

/** @param {Table} table @param {Point} point in the working CRS @param {Box} box in centimetres @param {number} reach @returns {Promise<Onto[]>} */
async function found(table, point, box, reach) {
  const rows = Boxes.rowsIn(table, box).filter((row) => table.visible[row]);
  const own = await grounds(table, rows);
  return rows.flatMap((row, at) => {
    const near = own[at].filter(({ box: [west, south, east, north] }) => (
      west - reach <= point[0] && east + reach >= point[0] && south - reach <= point[1] && north + reach >= point[1]));
    const best = nearestOn(near.map(({ piece }) => piece), point, reach);
    return best ? [{ ...best, table, row }] : [];
  });
}

/**
 * Onto what a point is put: a corner before an edge, of several the nearest, of a plot before a parcel; null
 * where nothing is in reach.
 * @param {App} app @param {Point} point in the working CRS @param {number} reach metres @returns {Promise<Onto | null>}
 */
export async function onto(app, point, reach) {
  const page = Plane.fromPark(point);
  if (!page) {
    return null;
  }
  const [x, y] = page.map((each) => each * CM);
  const wide = reach * CM * STRETCHED;
  /** @type {Onto[]} */
  const all = [];
  for (const kind of KINDS) {
    const table = app.tables.get(kind);
    if (table?.count && app.map.hasLayer(table.layer)) {
      all.push(...await found(table, point, [x - wide, y - wide, x + wide, y + wide], reach));
    }
  }
  return all.sort(order)[0] ?? null;
}
