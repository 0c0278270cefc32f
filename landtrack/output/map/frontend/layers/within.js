// What a page can measure by itself: how an area and the layers lie to each other, in the working
// CRS. Areas that lie over each other count once.

import { unionArea } from "../geo/areas.js";
import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import * as Boxes from "./boxes.js";
import { grounds } from "./ground.js";

/** @import { Box, Hits, Piece, Ring } from "../types.js" */
/** @import { Ground } from "./ground.js" */
/** @import { Table } from "./table.js" */
/** @typedef {Hits & {areas: Ring[][]}} ClassHits what a layer has of a class, and the areas themselves */

const CM = 100;
const SLIVER = 0.5; // square metres: less than this is none
const NEARLY_ALL = 1.001;
const SHORT = 0.05; // metres

/** @returns {ClassHits} */
function nothing() {
  return { area: 0, length: 0, count: 0, distance: Infinity, areas: [] };
}

/** @param {ClassHits} told @param {Ring[][]} own @param {Piece} piece one whose box meets theirs */
function addPiece(told, own, { type, rings }) {
  if (type === 2) {
    told.areas.push(rings);
  } else if (type === 1) {
    told.length += own.reduce((sum, area) => sum + rings.reduce((all, line) => all + Measure.lengthInside(area, line), 0), 0);
  } else {
    told.count += own.some((area) => Measure.inside(area, rings[0][0])) ? 1 : 0;
  }
}

/** How far two boxes are apart: what lies in them is no nearer. @param {Box} one @param {Box} other */
function gap(one, other) {
  return Math.hypot(
    Math.max(0, one[0] - other[2], other[0] - one[2]), Math.max(0, one[1] - other[3], other[1] - one[3]));
}

/** @param {ClassHits} told @param {Ring[][]} own @param {Box} within the box of these @param {Ground[]} grounds */
function addFeature(told, own, within, grounds) {
  for (const { piece, box } of grounds) {
    if (!Measure.apart(within, box)) {
      addPiece(told, own, piece);
    }
    if (gap(within, box) < told.distance) {
      told.distance = Math.min(told.distance, ...own.map((area) => Measure.nearest(area, [piece]).distance));
    }
  }
}

/**
 * What one layer has in an area, class by class, and how far away the nearest is.
 * @param {Table} table @param {Ring[][]} own pieces in the working CRS, each rings
 * @param {Box} box of the area, in the page's centimetres @param {number} far metres
 * @returns {Promise<Map<number, ClassHits>>}
 */
export async function hits(table, own, box, far) {
  await table.load();
  /** @type {Box} */
  const wide = [box[0] - far * CM, box[1] - far * CM, box[2] + far * CM, box[3] + far * CM];
  const within = Measure.boxOf(own.flat());
  /** @type {Map<number, ClassHits>} */
  const found = new Map();
  const rows = Boxes.rowsIn(table, wide);
  (await grounds(table, rows)).forEach((each, place) => {
    const at = table.classes[rows[place]];
    const told = found.get(at) || nothing();
    addFeature(told, own, within, each);
    found.set(at, told);
  });
  for (const told of found.values()) {
    told.area = own.reduce((sum, area) => sum + unionArea(area, told.areas), 0);
  }
  return found;
}

/**
 * What an area has of each feature of a layer, the most first; slivers are none.
 * @param {Table} table @param {Ring[][]} own @param {Box} box
 * @returns {Promise<{row: number, area: number}[]>}
 */
export async function each(table, own, box) {
  await table.load();
  const within = Measure.boxOf(own.flat());
  const rows = Boxes.rowsIn(table, box);
  const shapes = await grounds(table, rows);
  const found = rows.flatMap((row, place) => {
    const areas = shapes[place].filter((ground) => ground.piece.type === 2 && !Measure.apart(within, ground.box))
      .map(({ piece }) => piece.rings);
    const area = own.reduce((sum, rings) => sum + unionArea(rings, areas), 0);
    return area > SLIVER ? [{ row, area }] : [];
  });
  return found.sort((one, other) => other.area - one.area);
}

/** All classes of a layer together: what lies in two of them counts once. @param {Map<number, ClassHits>} found @param {Ring[][]} own */
export function together(found, own) {
  const areas = [...found.values()].flatMap((told) => told.areas);
  return own.reduce((sum, area) => sum + unionArea(area, areas), 0);
}

/** The pieces of a feature that are areas, in the working CRS. @param {Piece[]} pieces @returns {Ring[][]} */
export function areasOf(pieces) {
  return pieces.filter(({ type }) => type === 2).flatMap(({ rings }) => {
    const moved = Plane.ringsToPark(rings);
    return moved ? [moved] : [];
  });
}

/** Whether something of a class lies in the area. @param {Hits} hits */
export function isInside({ area, length, count }) {
  return isArea(area) || isLength(length) || count > 0;
}

/** A part of a whole: never more than all by so little as corners in millimetres make. @param {number} area @param {number} whole */
export function partOf(area, whole) {
  return area > whole && area < whole * NEARLY_ALL ? whole : area;
}

/** Whether an area is more than a sliver. @param {number} area */
export function isArea(area) {
  return area > SLIVER;
}

/** @param {number} length */
export function isLength(length) {
  return length > SHORT;
}
