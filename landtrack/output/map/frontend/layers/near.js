// What lies near a plot: shapes within reach, the nearest of them, the ground that lines take,
// parcels that two have a claim to.

import * as Areas from "../geo/areas.js";
import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import { rowsIn } from "./boxes.js";
import { areasOf } from "./within.js";

/** @import { Box, Corridor, Piece, Point, Ring } from "../types.js" */
/** @import { Table } from "./table.js" */

/** @typedef {{row: number, pieces: Piece[]}} Near a row and its shapes */

const CM = 100;
const LEAST = 0.01; // square metres: parcels that share less only touch
const FIRST_REACH = 200;
const LAST_REACH = 60_000;

/** @param {Box} box in centimetres @param {number} metres @returns {Box} */
function around(box, metres) {
  return [box[0] - metres * CM, box[1] - metres * CM, box[2] + metres * CM, box[3] + metres * CM];
}

/**
 * Rows within reach of a box, with their shapes.
 * @param {Table} table @param {Box} box in centimetres @param {number} metres
 * @param {(row: number) => boolean} wanted
 * @returns {Promise<Near[]>}
 */
export async function piecesNear(table, box, metres, wanted) {
  const rows = rowsIn(table, around(box, metres)).filter(wanted);
  return Promise.all(rows.map(async (row) => ({ row, pieces: await table.layer.shapesOf(row) })));
}

/** Rings in the working CRS where it reaches, so that a distance is that of the ground. @param {Ring[]} rings */
export function ground(rings) {
  return Plane.ringsToPark(rings) || rings;
}

/** @param {Piece[]} pieces @returns {Piece[]} */
function grounded(pieces) {
  return pieces.map(({ type, rings }) => ({ type, rings: ground(rings) }));
}

/**
 * The nearest row to a plot; null where none is within the farthest reach.
 * @param {Table} table @param {Piece[]} plot @param {Box} box of the plot @param {(row: number) => boolean} wanted
 * @returns {Promise<(Near & {distance: number, from: Point, to: Point}) | null>}
 */
export async function nearest(table, plot, box, wanted) {
  const own = ground(plot.flatMap((piece) => piece.rings));
  for (let reach = FIRST_REACH; reach <= LAST_REACH; reach *= 3) {
    let best = null;
    for (const { row, pieces } of await piecesNear(table, box, reach, wanted)) {
      const { distance, from, to } = Measure.nearest(own, grounded(pieces));
      if (from && to && (!best || distance < best.distance)) {
        best = { distance, from, to, row, pieces };
      }
    }
    if (best && best.distance <= reach) {
      return best;
    }
  }
  return null;
}

/**
 * Pairs of parcels that share ground.
 * @param {Near[]} near @returns {[Piece[], Piece[]][]}
 */
export function claimedTwice(near) {
  const areas = near.map(({ pieces }) => pieces.filter(({ type }) => type === 2));
  /** @type {[Piece[], Piece[]][]} */
  const pairs = [];
  areas.forEach((one, at) => areas.slice(at + 1).forEach((other) => {
    const shared = areasOf(one).some((own) => areasOf(other).some((its) => Areas.sharedArea(own, its) > LEAST));
    if (shared) {
      pairs.push([one, other]);
    }
  }));
  return pairs;
}

/**
 * The lines that are so near that they take ground, each with its width; those whose width is
 * not stated too, where they are near enough to matter.
 * @param {Table} table @param {Piece[]} plot @param {Box} box of the plot
 * @returns {Promise<Corridor[]>}
 */
export async function corridors(table, plot, box) {
  if (!table.head.corridors) {
    return [];
  }
  await table.loadTexts();
  const { unknownWithin, gone } = table.head.corridors;
  const widest = Math.max(unknownWithin, ...table.head.classes.map(({ corridor }) => (corridor ? corridor.clear + (corridor.axis || 0) : 0)));
  const own = ground(plot.flatMap((piece) => piece.rings));
  const near = await piecesNear(table, box, 2 * widest, (row) => !gone.includes(table.code("state", row)));
  return near.map(({ row, pieces }) => {
    const corridor = table.classOf(row).corridor;
    const { distance } = Measure.nearest(own, grounded(pieces));
    return {
      pieces, distance, at: table.classes[row], key: table.key(row), axis: corridor ? corridor.axis : null,
      wide: corridor ? corridor.clear + (corridor.axis || 0) : null,
    };
  }).filter(({ wide, distance }) => distance <= (wide === null ? unknownWithin : wide));
}
