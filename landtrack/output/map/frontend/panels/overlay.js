// A reason as it is drawn over the map.

import { button, context, element, given } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";
import * as Draw from "../layers/draw.js";
import { ground } from "../layers/near.js";
import { paneOf } from "../layers/panes.js";

/** @import { Piece, Point } from "../types.js" */
/** @import { Shown } from "./reasons.js" */
/** @typedef {(point: Point) => L.Point} Place where a point is on the screen */

const RED = "#C1121F";
const BLUE = "#1f5f8b";

export class Overlay extends L.Layer {
  /** @param {Shown} shown */
  constructor(shown) {
    super();
    this._shown = shown;
    this._canvas = element("canvas", { class: "lt-reason", "aria-hidden": "true" });
  }

  /** @override */
  onAdd() {
    this._draw();
    return this;
  }

  /** @override */
  onRemove() {
    this._canvas.remove();
    return this;
  }

  /** @override */
  getEvents() {
    return { moveend: this._draw, resize: this._draw, zoomstart: () => this._canvas.remove() };
  }

  _draw() {
    const map = this._map;
    const scale = Math.max(window.devicePixelRatio || 1, 1);
    const size = map.getSize();
    const canvas = this._canvas;
    paneOf(map, "lt-reason", 590).append(canvas);
    L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
    canvas.width = size.x * scale;
    canvas.height = size.y * scale;
    canvas.style.width = `${size.x}px`;
    canvas.style.height = `${size.y}px`;
    const ctx = context(canvas);
    ctx.scale(scale, scale);
    const at = (/** @type {Point} */ point) => map.latLngToContainerPoint(Plane.latLng(point));
    paint(ctx, this._shown, at, size);
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {Piece[]} pieces @param {Place} at */
function path(ctx, pieces, at) {
  ctx.beginPath();
  for (const { type, rings } of pieces) {
    for (const ring of rings) {
      ring.forEach((point, place) => {
        const { x, y } = at(point);
        ctx[place ? "lineTo" : "moveTo"](x, y);
        if (type === 0) {
          ctx.moveTo(x + 8, y);
          ctx.arc(x, y, 8, 0, 2 * Math.PI);
        }
      });
      if (type === 2) {
        ctx.closePath();
      }
    }
  }
}

/**
 * Fills one piece after another, so that pieces over each other do not cancel out.
 * @param {CanvasRenderingContext2D} ctx @param {Piece[]} pieces @param {Place} at
 */
function fillEach(ctx, pieces, at) {
  for (const piece of pieces) {
    path(ctx, [piece], at);
    ctx.fill("evenodd");
  }
}

/** @param {CanvasRenderingContext2D} ctx @param {Piece[]} pieces @param {Place} at @param {number} width */
function strokeLines(ctx, pieces, at, width) {
  path(ctx, pieces, at);
  ctx.lineWidth = width;
  ctx.stroke();
}

/**
 * Turns what is painted so far into a tint with a hatch, for eyes that see no colours.
 * @param {CanvasRenderingContext2D} ctx @param {L.Point} size @param {string} colour
 */
function hatch(ctx, size, colour) {
  ctx.globalCompositeOperation = "source-in";
  ctx.globalAlpha = 0.5;
  ctx.fillStyle = colour;
  ctx.fillRect(0, 0, size.x, size.y);
  ctx.globalCompositeOperation = "source-atop";
  ctx.globalAlpha = 1;
  ctx.fillStyle = Draw.pattern(ctx, "diagonal", colour);
  ctx.fillRect(0, 0, size.x, size.y);
  ctx.globalCompositeOperation = "source-over";
}

/** @type {Record<string, (ctx: CanvasRenderingContext2D, shown: Shown, at: Place, size: L.Point) => void>} */
const PAINTERS = {
  without(ctx, { plot, others }, at, size) {
    fillEach(ctx, plot, at);
    ctx.globalCompositeOperation = "destination-out";
    fillEach(ctx, others, at);
    hatch(ctx, size, RED);
  },
  ground(ctx, { plot }, at, size) {
    fillEach(ctx, plot, at);
    hatch(ctx, size, BLUE);
  },
  within(ctx, { plot, others }, at, size) {
    const areas = others.filter(({ type }) => type === 2);
    fillEach(ctx, areas, at);
    strokeLines(ctx, others.filter(({ type }) => type !== 2), at, 9);
    ctx.globalCompositeOperation = "destination-in";
    fillEach(ctx, plot, at);
    hatch(ctx, size, BLUE);
  },
  double(ctx, { plot, pairs = [] }, at, size) {
    for (const [one, other] of pairs) {
      ctx.save();
      path(ctx, one, at);
      ctx.clip("evenodd");
      fillEach(ctx, other, at);
      ctx.restore();
    }
    ctx.globalCompositeOperation = "destination-in";
    fillEach(ctx, plot, at);
    hatch(ctx, size, RED);
  },
  corridor(ctx, { plot, lines = [] }, at, size) {
    const [x, y] = plot[0].rings[0][0];
    const [a, b] = ground([[[x, y], [x + 100, y]]])[0];
    const [from, to] = [at([x, y]), at([x + 100, y])];
    const perMetre = Math.hypot(to.x - from.x, to.y - from.y) / Math.hypot(b[0] - a[0], b[1] - a[1]);
    ctx.lineCap = "round";
    ctx.lineJoin = "round";
    for (const { pieces, wide } of lines) {
      if (wide !== null) {
        strokeLines(ctx, pieces, at, 2 * wide * perMetre);
      }
    }
    ctx.globalCompositeOperation = "destination-in";
    fillEach(ctx, plot, at);
    hatch(ctx, size, RED);
    ctx.strokeStyle = BLUE;
    strokeLines(ctx, lines.flatMap(({ pieces }) => pieces), at, 3);
  },
  buildings(ctx, { plot, others }, at, size) {
    /** @param {GlobalCompositeOperation} mode @param {string} colour */
    const layer = (mode, colour) => {
      const own = element("canvas", { width: ctx.canvas.width, height: ctx.canvas.height });
      const inner = context(own);
      inner.setTransform(ctx.getTransform());
      fillEach(inner, others, at);
      inner.globalCompositeOperation = mode;
      fillEach(inner, plot, at);
      hatch(inner, size, colour);
      ctx.drawImage(own, 0, 0, size.x, size.y);
    };
    layer("destination-in", BLUE);
    layer("destination-out", RED);
  },
  nearest(ctx, { others, from, to }, at) {
    ctx.strokeStyle = BLUE;
    strokeLines(ctx, others, at, 5);
    ctx.strokeStyle = RED;
    ctx.lineWidth = 3;
    ctx.setLineDash([8, 4]);
    ctx.beginPath();
    given([from, to]).forEach((point, place) => {
      const { x, y } = at(point);
      ctx[place ? "lineTo" : "moveTo"](x, y);
    });
    ctx.stroke();
    ctx.setLineDash([]);
  },
};

/** @param {CanvasRenderingContext2D} ctx @param {Shown} shown @param {Place} at @param {L.Point} size */
function paint(ctx, shown, at, size) {
  ctx.fillStyle = "#000";
  ctx.strokeStyle = "#000";
  PAINTERS[shown.how](ctx, shown, at, size);
  ctx.strokeStyle = "#111827";
  strokeLines(ctx, shown.plot, at, 2);
}

/** @param {string} what @param {() => void} close */
export function caption(what, close) {
  return element("div", { class: "lt-caption", role: "status" },
    element("span", { text: what }),
    button({ class: "lt-close", "aria-label": Words.say("map.close") }, close, "×"));
}
