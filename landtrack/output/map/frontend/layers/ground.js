// Shapes of features in the working CRS, kept: while something is moved over them they are asked again and again.

import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";

/** @import { Box, Piece } from "../types.js" */
/** @import { Table } from "./table.js" */
/** @typedef {{piece: Piece, box: Box}} Ground a piece, and the box that it lies in */

const MOST = 30_000; // features of a layer that are kept

/** @type {WeakMap<Table, Map<number, Ground[]>>} */
const kept = new WeakMap();

/** @param {Table} table */
function of(table) {
  const known = kept.get(table) ?? new Map();
  kept.set(table, known);
  if (known.size > MOST) {
    known.clear();
  }
  return known;
}

/** @param {Piece[]} pieces @returns {Ground[]} */
function moved(pieces) {
  return pieces.flatMap(({ type, rings }) => {
    const own = Plane.ringsToPark(rings);
    return own ? [{ piece: { type, rings: own }, box: Measure.boxOf(own) }] : [];
  });
}

/**
 * The pieces of some features in the working CRS, as far as that reaches; at once where all are known.
 * @param {Table} table @param {number[]} rows @returns {Promise<Ground[][]>}
 */
export async function grounds(table, rows) {
  const known = of(table);
  const missing = rows.filter((row) => !known.has(row));
  if (missing.length) {
    const shapes = await Promise.all(missing.map((row) => table.layer.shapesOf(row)));
    missing.forEach((row, at) => known.set(row, moved(shapes[at])));
  }
  return rows.map((row) => known.get(row) ?? []);
}
