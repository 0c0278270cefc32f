// Shapes in blocks: whole centimetres of the page's projection, unpacked block by block.

import * as Bytes from "../core/bytes.js";

/** @import { Block, Piece, Ring } from "../types.js" */

const CM = 100;

/** Unpacks the shapes of a block. @param {Uint8Array} bytes @param {number} count @returns {Block} */
export function unpack(bytes, count) {
  const [pieces, types, rings, points, xs, ys] = Bytes.parts(bytes);
  const pieceStarts = starts(Bytes.unsigned(pieces, new Uint32Array(count)));
  const pieceCount = pieceStarts[count];
  const type = Bytes.unsigned(types, new Uint8Array(pieceCount));
  const ringStarts = starts(Bytes.unsigned(rings, new Uint32Array(pieceCount)));
  const pointStarts = starts(Bytes.unsigned(points, new Uint32Array(ringStarts[pieceCount])));
  const total = pointStarts[pointStarts.length - 1];
  const block = {
    pieceStarts, type, ringStarts, pointStarts,
    x: Bytes.steps(xs, new Int32Array(total)), y: Bytes.steps(ys, new Int32Array(total)),
  };
  for (let piece = 0; piece < pieceCount; piece += 1) {
    if (type[piece] === 2) {
      wind(block, piece);
    }
  }
  return block;
}

/** Shells wind one way and holes the other, so that areas over each other stay filled. @param {Block} block @param {number} piece */
function wind({ ringStarts, pointStarts, x, y }, piece) {
  for (let ring = ringStarts[piece]; ring < ringStarts[piece + 1]; ring += 1) {
    const [first, end] = [pointStarts[ring], pointStarts[ring + 1]];
    let twice = 0;
    for (let at = first, before = end - 1; at < end; before = at, at += 1) {
      twice += (x[before] - x[first]) * (y[at] - y[first]) - (x[at] - x[first]) * (y[before] - y[first]);
    }
    if ((twice > 0) !== (ring === ringStarts[piece])) {
      x.subarray(first, end).reverse();
      y.subarray(first, end).reverse();
    }
  }
}

/** @param {ArrayLike<number>} counts */
function starts(counts) {
  const sums = new Uint32Array(counts.length + 1);
  for (let at = 0; at < counts.length; at += 1) {
    sums[at + 1] = sums[at] + counts[at];
  }
  return sums;
}

/** The pieces of one feature of a block in metres. @param {Block} block @param {number} at @returns {Piece[]} */
export function piecesOf(block, at) {
  /** @type {Piece[]} */
  const pieces = [];
  for (let piece = block.pieceStarts[at]; piece < block.pieceStarts[at + 1]; piece += 1) {
    /** @type {Ring[]} */
      const rings = [];
    for (let ring = block.ringStarts[piece]; ring < block.ringStarts[piece + 1]; ring += 1) {
      /** @type {Ring} */
        const points = [];
      for (let point = block.pointStarts[ring]; point < block.pointStarts[ring + 1]; point += 1) {
        points.push([block.x[point] / CM, block.y[point] / CM]);
      }
      rings.push(points);
    }
    pieces.push({ type: block.type[piece], rings });
  }
  return pieces;
}
