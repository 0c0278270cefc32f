// Which features of a layer lie in an outline that somebody draws around them.

import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import { rowsIn } from "./boxes.js";
import { ground } from "./near.js";

/** @import { Box, Piece, Point, Ring } from "../types.js" */
/** @import { Table } from "./table.js" */

const CM = 100;

/** A point of a feature that stands for it: well inside of its largest part. @param {Piece[]} pieces @returns {Point | null} */
export function middleOf(pieces) {
  const sized = pieces.map(({ type, rings }) => {
    const own = ground(rings);
    return { type, rings: own, size: type === 2 ? Math.abs(Measure.signedArea(own[0])) : Measure.length(own[0], false) };
  }).sort((one, other) => other.type - one.type || other.size - one.size);
  if (!sized.length) {
    return null;
  }
  const [{ type, rings }] = sized;
  return type === 2 ? Measure.interior(rings) : rings[0][Math.floor(rings[0].length / 2)];
}

/**
 * The features that are shown and whose middle lies in an outline.
 * @param {Table} table @param {Ring} ring in the working CRS
 * @returns {Promise<{row: number, pieces: Piece[]}[]>}
 */
export async function inside(table, ring) {
  const corners = ring.map(Plane.fromPark).filter((corner) => corner !== null);
  const box = /** @type {Box} */ (Measure.boxOf([corners]).map((each) => Math.round(each * CM)));
  const rows = rowsIn(table, box).filter((row) => table.visible[row]);
  const near = await Promise.all(rows.map(async (row) => ({ row, pieces: await table.layer.shapesOf(row) })));
  return near.filter(({ pieces }) => {
    const middle = middleOf(pieces);
    return middle !== null && Measure.inside([ring], middle);
  });
}
