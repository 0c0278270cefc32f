// Drawing: one canvas for all layers, with hatches, casings and point symbols.

import { context, element } from "../core/dom.js";
import * as Split from "./split.js";

/** @import { Drawn, LayerClass, Look } from "../types.js" */

const TILE = 8;
const patterns = new Map();

/** @param {string} hatch @param {string} colour */
function hatchTile(hatch, colour) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = TILE;
  const ctx = context(tile);
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = 1.4;
  ctx.beginPath();
  if (hatch === "dots") {
    ctx.arc(TILE / 2, TILE / 2, 1.1, 0, 2 * Math.PI);
    ctx.fill();
    return tile;
  }
  for (const shift of [-TILE, 0, TILE]) {
    ctx.moveTo(shift, TILE);
    ctx.lineTo(shift + TILE, 0);
    if (hatch === "cross") {
      ctx.moveTo(shift, 0);
      ctx.lineTo(shift + TILE, TILE);
    }
  }
  ctx.stroke();
  return tile;
}

/** @param {CanvasRenderingContext2D} ctx @param {string} hatch @param {string} colour */
export function pattern(ctx, hatch, colour) {
  const key = hatch + colour;
  if (!patterns.has(key)) {
    patterns.set(key, ctx.createPattern(hatchTile(hatch, colour), "repeat"));
  }
  return patterns.get(key);
}

/** @param {CanvasRenderingContext2D} ctx @param {Look} look @param {CanvasFillRule} rule */
function fillPath(ctx, look, rule) {
  if (look.fillOpacity > 0) {
    ctx.globalAlpha = look.fillOpacity;
    ctx.fillStyle = look.fill;
    ctx.fill(rule);
  }
  if (look.hatch !== "none") {
    ctx.globalAlpha = look.fillOpacity > 0.5 ? 0.28 : 0.55; // on a full ground a hatch is quieter
    ctx.fillStyle = pattern(ctx, look.hatch, look.stroke);
    ctx.fill(rule);
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {Look} look */
function strokePath(ctx, look) {
  ctx.lineJoin = "round";
  ctx.globalAlpha = look.opacity;
  if (look.casing) {
    ctx.lineCap = "round";
    ctx.setLineDash([]);
    ctx.lineWidth = look.casingWeight;
    ctx.strokeStyle = look.casing;
    ctx.stroke();
  }
  ctx.lineCap = look.dash.length ? "butt" : "round";
  ctx.setLineDash(look.dash);
  ctx.lineWidth = look.weight;
  ctx.strokeStyle = look.stroke;
  ctx.stroke();
  ctx.setLineDash([]);
}

/**
 * Paints the current path of a canvas; the legend calls it for its swatches, too.
 * @param {CanvasRenderingContext2D} ctx @param {Look} look @param {boolean} filled @param {CanvasFillRule} [rule]
 */
export function paint(ctx, look, filled, rule = "evenodd") {
  if (filled) {
    fillPath(ctx, look, rule);
  }
  strokePath(ctx, look);
  ctx.globalAlpha = 1;
}

/** @type {Record<string, [x: number, y: number][]>} */
const corners = {
  square: [[-0.9, -0.9], [0.9, -0.9], [0.9, 0.9], [-0.9, 0.9]],
  diamond: [[0, -1.2], [1.2, 0], [0, 1.2], [-1.2, 0]],
  triangle: [[0, -1.15], [1.1, 0.85], [-1.1, 0.85]],
};

/** @param {CanvasRenderingContext2D} ctx @param {Look} look @param {number} x @param {number} y */
export function traceSymbol(ctx, look, x, y) {
  const r = look.radius;
  ctx.beginPath();
  if (look.symbol === "circle") {
    ctx.arc(x, y, r, 0, 2 * Math.PI);
    return;
  }
  corners[look.symbol].forEach(([dx, dy], at) => {
    ctx[at ? "lineTo" : "moveTo"](x + dx * r, y + dy * r);
  });
  ctx.closePath();
}

// Far out lines would cover the land: from this zoom outwards each level thins them.
const FULL_ZOOM = 14;
const THINNER = 0.72;
const THINNEST = 0.25;
const thinned = new WeakMap();

/** @param {Look} look @param {number} zoom */
export function lookAt(look, zoom) {
  if (zoom >= FULL_ZOOM) {
    return look;
  }
  const known = thinned.get(look);
  if (known && known.zoom === zoom) {
    return known.look;
  }
  const factor = Math.max(THINNEST, THINNER ** (FULL_ZOOM - zoom));
  const thin = { ...look, casing: null, weight: look.weight * factor };
  thinned.set(look, { zoom, look: thin });
  return thin;
}

const FAR = 1e5; // pixels: farther than any screen

/**
 * Paints the path of a canvas in a strip that begins at x.
 * @param {CanvasRenderingContext2D} ctx @param {number} x @param {Look} look @param {boolean} filled
 */
function paintWithin(ctx, x, look, filled) {
  const strip = new Path2D();
  strip.rect(x, -FAR, FAR, 2 * FAR);
  ctx.save();
  ctx.clip(strip);
  paint(ctx, look, filled);
  ctx.restore();
}

export class Renderer extends L.Canvas {
  /** @override @param {CanvasRenderingContext2D} ctx @param {Drawn} layer */
  _fillStroke(ctx, layer) {
    const look = layer.options.look;
    if (look) {
      const { fill = false, other = null } = layer.options;
      const seen = (/** @type {Look} */ each) => (fill ? each : lookAt(each, this._map.getZoom()));
      const split = other ? Split.at(this._map) : null;
      if (other === null || split === null) {
        paint(ctx, seen(look), fill);
        return;
      }
      const { x } = this._map.containerPointToLayerPoint([split, 0]);
      paintWithin(ctx, x - FAR, seen(other), fill);
      paintWithin(ctx, x, seen(look), fill);
    } else {
      super._fillStroke(ctx, layer);
    }
  }

  /** At rest the canvas lies on whole pixels; in between it would be blurred. @override @param {L.LatLng} center @param {number} zoom */
  _updateTransform(center, zoom) {
    if (this._bounds && zoom === this._zoom && center.equals(this._center)) {
      L.DomUtil.setPosition(this._container, this._bounds.min ?? L.point(0, 0));
    } else {
      super._updateTransform(center, zoom);
    }
  }

  /** @override @param {Drawn} layer */
  _updateCircle(layer) {
    if (!layer.options.look) {
      super._updateCircle(layer);
    } else if (this._drawing && !layer._empty()) {
      traceSymbol(this._ctx, layer.options.look, layer._point.x, layer._point.y);
      this._fillStroke(this._ctx, layer);
    }
  }
}

const swatches = {
  /** @param {CanvasRenderingContext2D} ctx @param {Look} look @param {number} width @param {number} height */
  point(ctx, look, width, height) {
    traceSymbol(ctx, { ...look, radius: Math.min(look.radius, 6.5) }, width / 2, height / 2);
    paint(ctx, look, true);
  },
  /** @param {CanvasRenderingContext2D} ctx @param {Look} look @param {number} width @param {number} height */
  line(ctx, look, width, height) {
    ctx.beginPath();
    ctx.moveTo(2, height / 2);
    ctx.lineTo(width - 2, height / 2);
    paint(ctx, look, false);
  },
  /** @param {CanvasRenderingContext2D} ctx @param {Look} look @param {number} width @param {number} height */
  polygon(ctx, look, width, height) {
    ctx.beginPath();
    ctx.rect(3.5, 2.5, width - 7, height - 5);
    paint(ctx, { ...look, casing: "" }, true);
  },
};

/** @param {LayerClass["shape"]} shape @param {Look} look */
export function swatch(shape, look) {
  const [width, height] = [30, 18];
  const scale = Math.max(window.devicePixelRatio || 1, 1);
  const canvas = element("canvas", {
    class: "lt-swatch", width: width * scale, height: height * scale, "aria-hidden": "true",
  });
  const ctx = context(canvas);
  ctx.scale(scale, scale);
  swatches[shape](ctx, look, width, height);
  return canvas;
}
