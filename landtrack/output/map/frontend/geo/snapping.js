// Onto what is there: the corner, else the edge, that lies nearest to a point.

import { edges, footOn } from "./measure.js";

/** @import { Piece, Point } from "../types.js" */
/** @typedef {{what: "corner" | "edge", point: Point, distance: number}} Snapped a place on a shape, and how far it is */

/**
 * The nearest corner of shapes within reach of a point; where there is none the nearest point of their edges.
 * @param {Piece[]} pieces @param {Point} point in their plane @param {number} reach
 * @returns {Snapped | null}
 */
export function nearestOn(pieces, point, reach) {
  return corner(pieces, point, reach) ?? edge(pieces, point, reach);
}

/** Which of two comes first: a corner before an edge, then the nearer one. @param {Snapped} one @param {Snapped} other */
export function order(one, other) {
  return one.what === other.what ? one.distance - other.distance : one.what === "corner" ? -1 : 1;
}

/** @param {Point} one @param {Point} other */
function apart(one, other) {
  return Math.hypot(one[0] - other[0], one[1] - other[1]);
}

/** @param {Piece[]} pieces @param {Point} point @param {number} reach @returns {Snapped | null} */
function corner(pieces, point, reach) {
  /** @type {Snapped | null} */
  let best = null;
  for (const each of pieces.flatMap(({ rings }) => rings.flat())) {
    const distance = apart(each, point);
    if (distance <= (best?.distance ?? reach)) {
      best = { what: "corner", point: each, distance };
    }
  }
  return best;
}

/** @param {Piece[]} pieces @param {Point} point @param {number} reach @returns {Snapped | null} */
function edge(pieces, point, reach) {
  /** @type {Snapped | null} */
  let best = null;
  for (const { type, rings } of pieces) {
    for (const [from, to] of type === 0 ? [] : edges(rings, type === 2)) {
      const foot = footOn(from, to, point);
      const distance = apart(foot, point);
      if (distance <= (best?.distance ?? reach)) {
        best = { what: "edge", point: foot, distance };
      }
    }
  }
  return best;
}
