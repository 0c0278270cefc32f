// The brush: paints the features of a block, by pixels where they are small, else by paths.

import * as Draw from "./draw.js";

/** @import { Block, LayerClass, Look, Point, View } from "../types.js" */
/** @typedef {Pick<View, "px" | "py">} Scale */

/** @param {string} hex @param {number} opacity */
function colour(hex, opacity) {
  const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
  return (Math.round(opacity * 255) << 24 | b << 16 | g << 8 | r) >>> 0;
}

/**
 * The colour of a class where it is too small for outline and hatch: full enough to be seen.
 * @param {Look} look @param {LayerClass["shape"]} shape
 */
export function speckColour(look, shape) {
  return shape === "polygon" && look.fillOpacity > 0
    ? colour(look.fill, Math.max(look.fillOpacity, 0.6)) : colour(look.stroke, 0.85);
}

/**
 * Fills areas pixel by pixel where the middle of the pixel lies inside (even-odd).
 * @param {View} view @param {Block} block @param {number} piece @param {number} paint
 */
export function fillArea(view, block, piece, paint) {
  const first = block.pointStarts[block.ringStarts[piece]];
  const last = block.pointStarts[block.ringStarts[piece + 1]];
  let low = Infinity;
  let high = -Infinity;
  for (let at = first; at < last; at += 1) {
    low = Math.min(low, block.y[at]);
    high = Math.max(high, block.y[at]);
  }
  const top = Math.max(0, Math.ceil(view.py(high) - 0.5));
  const bottom = Math.min(view.height - 1, Math.floor(view.py(low) - 0.5));
  /** @type {number[]} */
  const crossed = [];
  for (let row = top; row <= bottom; row += 1) {
    crossed.length = 0;
    for (let ring = block.ringStarts[piece]; ring < block.ringStarts[piece + 1]; ring += 1) {
      crossRing(view, block, ring, row + 0.5, crossed);
    }
    crossed.sort((one, other) => one - other);
    for (let at = 0; at + 1 < crossed.length; at += 2) {
      const from = Math.max(0, Math.ceil(crossed[at] - 0.5));
      const to = Math.min(view.width, Math.ceil(crossed[at + 1] - 0.5));
      if (to > from) {
        view.pixels.fill(paint, row * view.width + from, row * view.width + to);
      }
    }
  }
}

/** @param {View} view @param {Block} block @param {number} ring @param {number} y @param {number[]} crossed */
function crossRing(view, block, ring, y, crossed) {
  const end = block.pointStarts[ring + 1];
  let before = end - 1;
  for (let at = block.pointStarts[ring]; at < end; before = at, at += 1) {
    const ay = view.py(block.y[at]);
    const by = view.py(block.y[before]);
    if ((ay > y) !== (by > y)) {
      const ax = view.px(block.x[at]);
      crossed.push(ax + (y - ay) * (view.px(block.x[before]) - ax) / (by - ay));
    }
  }
}

/** @param {View} view @param {ArrayLike<number>} boxes @param {number} at @param {number} paint */
export function fillBox(view, boxes, at, paint) {
  const left = Math.max(0, Math.round(view.px(boxes[at])));
  const top = Math.max(0, Math.round(view.py(boxes[at + 3])));
  const right = Math.min(view.width, Math.max(left + 1, Math.round(view.px(boxes[at + 2]))));
  const bottom = Math.min(view.height, Math.max(top + 1, Math.round(view.py(boxes[at + 1]))));
  for (let row = top; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1) {
      view.pixels[row * view.width + column] = paint;
    }
  }
}

/**
 * Adds the pieces of a feature to the path of the canvas; areas wind one way, holes the other.
 * @param {CanvasRenderingContext2D} ctx @param {Scale} view @param {Block} block @param {number} at
 * @param {(x: number, y: number) => void} symbol
 */
function trace(ctx, view, block, at, symbol) {
  for (let piece = block.pieceStarts[at]; piece < block.pieceStarts[at + 1]; piece += 1) {
    const type = block.type[piece];
    for (let ring = block.ringStarts[piece]; ring < block.ringStarts[piece + 1]; ring += 1) {
      const [first, end] = [block.pointStarts[ring], block.pointStarts[ring + 1]];
      if (type === 0) {
        symbol(view.px(block.x[first]), view.py(block.y[first]));
      } else {
        tracePoints(ctx, view, block, first, end, type === 2);
      }
    }
  }
}

/**
 * @param {CanvasRenderingContext2D} ctx @param {Scale} view @param {Block} block @param {number} first
 * @param {number} end @param {boolean} closed
 */
function tracePoints(ctx, view, block, first, end, closed) {
  let [lastX, lastY] = [view.px(block.x[first]), view.py(block.y[first])];
  ctx.moveTo(lastX, lastY);
  for (let at = first + 1; at < end; at += 1) {
    const x = view.px(block.x[at]);
    const y = view.py(block.y[at]);
    if (at === end - 1 || Math.abs(x - lastX) + Math.abs(y - lastY) > 0.7) {
      ctx.lineTo(x, y);
      [lastX, lastY] = [x, y];
    }
  }
  if (closed) {
    ctx.closePath();
  }
}

/**
 * Paints some features of one class at one go.
 * @param {View} view @param {Block} block @param {number[]} rows @param {Look} look @param {LayerClass["shape"]} shape
 */
export function paintSome(view, block, rows, look, shape) {
  const { ctx, scale } = view;
  /** @type {Scale} */
  const logical = { px: (x) => view.px(x) / scale, py: (y) => view.py(y) / scale };
  /** @type {Point[]} */
  const symbols = [];
  ctx.save();
  ctx.scale(scale, scale);
  ctx.beginPath();
  for (const at of rows) {
    trace(ctx, logical, block, at, (x, y) => symbols.push([x, y]));
  }
  Draw.paint(ctx, shape === "line" ? Draw.lookAt(look, view.zoom) : look, shape === "polygon", "nonzero");
  for (const [x, y] of symbols) {
    Draw.traceSymbol(ctx, look, x, y);
    Draw.paint(ctx, look, true);
  }
  ctx.restore();
}
