// A large layer: shapes in blocks that are unpacked when they are seen, drawn on one canvas.

import { context, element } from "../core/dom.js";
import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import * as Shapes from "../geo/shapes.js";
import * as Brush from "./brush.js";
import * as Split from "./split.js";

/** @import { Asked, Block, Piece, Point, View } from "../types.js" */
/** @import { Table } from "./table.js" */

const CM = 100;
const PADDING = 0.3; // of the map on each side, drawn beyond what is seen
const EDGE = Math.round(Plane.EDGE * CM);
const KEPT = 400;
const BUDGET = 9; // milliseconds of drawing in a frame
const AT_ONCE = 150; // features that are painted between two looks at the clock
const SPECK = 3; // pixels: smaller features are drawn as their boxes
const SMALL = 11; // pixels: smaller areas are filled without an outline

/** @implements {Asked} */
export class PackedLayer extends L.Layer {
  /** @param {Table} table @param {L.LayerOptions} options */
  constructor(table, options) {
    super(options);
    L.setOptions(this, options);
    this.landtrack = table;
    /** @type {Map<number, Block | Promise<Block>>} */
    this._shapes = new Map();
    this._run = 0;
    /** @type {{zoom: number, corner: L.LatLng} | null} where it was drawn */
    this._view = null;
    this._canvas = element("canvas", { class: "leaflet-zoom-animated lt-packed", "aria-hidden": "true" });
    this.typical = 0;
    this.drawn = 0;
  }

  /** @override */
  onAdd() {
    this._canvas = element("canvas", { class: "leaflet-zoom-animated lt-packed", "aria-hidden": "true" });
    this.getPane()?.append(this._canvas);
    this._view = null;
    this.refresh();
    return this;
  }

  /** @override */
  onRemove() {
    this._run += 1;
    this._canvas.remove();
    return this;
  }

  /** @override @returns {Record<string, L.LeafletEventHandlerFn>} */
  getEvents() {
    return { moveend: this.refresh, resize: this.refresh, zoomanim: (event) => this._animate(/** @type {L.ZoomAnimEvent} */ (event)), zoom: this._rescale };
  }

  /** @param {L.ZoomAnimEvent} event */
  _animate({ center, zoom }) {
    this._place(zoom, this._map._getNewPixelOrigin(center, zoom));
  }

  _rescale() {
    this._place(this._map.getZoom(), this._map.getPixelOrigin());
  }

  /** Puts the canvas as it was drawn where it belongs at another zoom. @param {number} zoom @param {L.Point} origin */
  _place(zoom, origin) {
    if (this._view) {
      const at = this._map.project(this._view.corner, zoom).subtract(origin);
      L.DomUtil.setTransform(this._canvas, at, this._map.getZoomScale(zoom, this._view.zoom));
    }
  }

  // Draws anew what is seen, some milliseconds a frame, and shows it when it is whole.
  async refresh() {
    const run = ++this._run;
    await this.landtrack.begin();
    if (run !== this._run || !this._map?.landtrackPlaced) {
      return;
    }
    this.typical = this.typical || this._typical();
    const view = this._newView();
    const work = this._draw(view);
    let step = work.next();
    let started = performance.now();
    while (!step.done) {
      if (step.value) {
        await step.value;
      } else if (performance.now() - started > BUDGET) {
        await new Promise(requestAnimationFrame);
        started = performance.now();
      }
      if (run !== this._run) {
        return;
      }
      step = work.next();
    }
    this._show(view);
  }

  _typical() {
    const { boxes, count } = this.landtrack;
    let sum = 0;
    let known = 0;
    for (let row = 0, at = 0; row < count; row += 1, at += 4) {
      if (boxes[at + 2] >= boxes[at]) {
        sum += Math.max(boxes[at + 2] - boxes[at], boxes[at + 3] - boxes[at + 1]);
        known += 1;
      }
    }
    return Math.max(1, known ? sum / known : 1);
  }

  /** @returns {View} */
  _newView() {
    const map = this._map;
    const scale = Math.min(Math.max(window.devicePixelRatio || 1, 1), 2);
    const size = map.getSize();
    const margin = size.multiplyBy(PADDING).round();
    const zoom = map.getZoom();
    const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1));
    const world = map.project(map.layerPointToLatLng(corner), zoom);
    const perCm = 256 * 2 ** zoom / (2 * EDGE) * scale;
    const [left, top] = [world.x * scale, world.y * scale];
    const full = size.add(margin.multiplyBy(2)).multiplyBy(scale).round();
    const split = Split.at(map);
    const canvas = element("canvas", { width: full.x, height: full.y });
    return {
      zoom, scale, corner: map.layerPointToLatLng(corner), width: full.x, height: full.y,
      px: (x) => (x + EDGE) * perCm - left,
      py: (y) => (EDGE - y) * perCm - top,
      perCm, canvas, ctx: context(canvas, { willReadFrequently: true }), pixels: new Uint32Array(0), specks: 0,
      split: split === null ? null : (split + margin.x) * scale,
      box: [left / perCm - EDGE, EDGE - (top + full.y) / perCm, (left + full.x) / perCm - EDGE, EDGE - top / perCm],
    };
  }

  /** @param {View} view @returns {Generator<Promise<void> | null, void, void>} */
  * _draw(view) {
    const table = this.landtrack;
    /** @type {number[]} */
    const seen = [];
    table.head.blocks.forEach(([, , ...box], number) => {
      if (box[0] <= view.box[2] && box[2] >= view.box[0] && box[1] <= view.box[3] && box[3] >= view.box[1]) {
        seen.push(number);
      }
    });
    const pixels = this.typical * view.perCm / view.scale;
    const shape = table.head.classes[0].shape;
    const paints = table.paint.classes.map(({ look }) => Brush.speckColour(look, shape));
    const bare = shape === "polygon" && table.paint.classes.every(({ look }) => look.fillOpacity === 0);
    if (shape === "point" ? seen.length > 1 : pixels < (shape === "polygon" && !bare ? SMALL : SPECK)) {
      yield* this._specks(view, seen, paints, pixels);
      return;
    }
    for (const number of seen) {
      yield* this._outlines(view, number, yield* this._wanted(number));
    }
  }

  /** A block, waited for where it is not unpacked yet. @param {number} number @returns {Generator<Promise<void>, Block, void>} */
  * _wanted(number) {
    const found = this._block(number);
    if (!(found instanceof Promise)) {
      return found;
    }
    /** @type {Block[]} */
    const unpacked = [];
    yield found.then((block) => { unpacked.push(block); });
    return unpacked[0];
  }

  /**
   * Which class a row is drawn as at a place of the canvas: left of the divider that of another day.
   * @param {View} view @param {number} row
   */
  _classAt(view, row) {
    const { before, boxes, theme, paint: { codes } } = this.landtrack;
    const left = before && !theme && view.split !== null && view.px((boxes[4 * row] + boxes[4 * row + 2]) / 2) < view.split;
    return left ? before[row] : codes[row];
  }

  /**
   * @param {View} view @param {number[]} seen @param {number[]} paints @param {number} pixels
   * @returns {Generator<Promise<void> | null, void, void>}
   */
  * _specks(view, seen, paints, pixels) {
    const table = this.landtrack;
    const image = view.ctx.createImageData(view.width, view.height);
    view.pixels = new Uint32Array(image.data.buffer);
    for (const number of seen) {
      const [first, count] = table.head.blocks[number];
      if (pixels < SPECK) {
        for (let row = first; row < first + count; row += 1) {
          if (table.visible[row] && this._inView(view, row)) {
            Brush.fillBox(view, table.boxes, 4 * row, paints[this._classAt(view, row)]);
          }
        }
      } else {
        this._fillBlock(view, yield* this._wanted(number), first, count, paints);
      }
      view.specks += count;
      yield null;
    }
    view.ctx.putImageData(image, 0, 0);
  }

  /** @param {View} view @param {Block} block @param {number} first @param {number} count @param {number[]} paints */
  _fillBlock(view, block, first, count, paints) {
    const { visible, boxes } = this.landtrack;
    for (let at = 0; at < count; at += 1) {
      const row = first + at;
      if (!visible[row] || !this._inView(view, row)) {
        continue;
      }
      const paint = paints[this._classAt(view, row)];
      for (let piece = block.pieceStarts[at]; piece < block.pieceStarts[at + 1]; piece += 1) {
        if (block.type[piece] === 2) {
          Brush.fillArea(view, block, piece, paint);
        } else {
          Brush.fillBox(view, boxes, 4 * row, paint);
        }
      }
    }
  }

  /** @param {View} view @param {number} row */
  _inView(view, row) {
    const { boxes } = this.landtrack;
    const at = 4 * row;
    return boxes[at] <= view.box[2] && boxes[at + 2] >= view.box[0] && boxes[at + 1] <= view.box[3]
      && boxes[at + 3] >= view.box[1] && boxes[at + 2] >= boxes[at];
  }

  /**
   * Draws one block class by class, so that each class is painted at one go.
   * @param {View} view @param {number} number @param {Block} block @returns {Generator<null, void, void>}
   */
  * _outlines(view, number, block) {
    const { before, theme, paint: { codes: classes } } = this.landtrack;
    if (!before || theme || view.split === null) {
      yield* this._outlinesOf(view, number, block, classes);
      return;
    }
    /** @type {[classes: Uint16Array, from: number, to: number][]} */
    const sides = [[before, 0, view.split], [classes, view.split, view.width]];
    for (const [side, from, to] of sides) {
      view.ctx.save();
      view.ctx.beginPath();
      view.ctx.rect(from, 0, Math.max(0, to - from), view.height);
      view.ctx.clip();
      yield* this._outlinesOf(view, number, block, side);
      view.ctx.restore();
    }
  }

  /** @param {View} view @param {number} number @param {Block} block @param {Uint16Array} classes @returns {Generator<null, void, void>} */
  * _outlinesOf(view, number, block, classes) {
    const table = this.landtrack;
    const [first, count] = table.head.blocks[number];
    const byClass = table.paint.classes.map(() => /** @type {number[]} */ ([]));
    for (let at = 0; at < count; at += 1) {
      if (table.visible[first + at] && this._inView(view, first + at)) {
        byClass[classes[first + at]].push(at);
      }
    }
    const order = [...byClass.keys()].sort((one, other) => this._rank(one) - this._rank(other));
    for (const place of order) {
      const { look, shape } = table.paint.classes[place];
      for (let from = 0; from < byClass[place].length; from += AT_ONCE) {
        Brush.paintSome(view, block, byClass[place].slice(from, from + AT_ONCE), look, shape);
        view.ctx.getImageData(0, 0, 1, 1); // painted now, not all in one frame at the end
        yield null;
      }
    }
  }

  /** What fails is drawn last, so that no neighbour's outline lies on it. @param {number} place */
  _rank(place) {
    return this.landtrack.paint.classes[place].code === "fail" ? Infinity : place;
  }

  /** @param {View} view */
  _show(view) {
    const canvas = this._canvas;
    canvas.width = view.width;
    canvas.height = view.height;
    canvas.style.width = `${view.width / view.scale}px`;
    canvas.style.height = `${view.height / view.scale}px`;
    context(canvas).drawImage(view.canvas, 0, 0);
    this._view = { zoom: view.zoom, corner: view.corner };
    this._rescale();
    this.drawn += 1;
    performance.mark("landtrack:drawn", { detail: this.landtrack.kind });
    this.fire("landtrack:drawn");
  }

  /**
   * The shapes of a block, or a promise of them; those not used for longest are let go.
   * @param {number} number @returns {Block | Promise<Block>}
   */
  _block(number) {
    const known = this._shapes.get(number);
    if (known) {
      this._shapes.delete(number);
      this._shapes.set(number, known);
      return known;
    }
    const [, count] = this.landtrack.head.blocks[number];
    const promise = this.landtrack.source.load(`${this.landtrack.kind}/shapes/${number}`).then((bytes) => {
      const block = Shapes.unpack(bytes, count);
      this._shapes.set(number, block);
      return block;
    }, (error) => {
      this._shapes.delete(number); // so that it is asked for anew
      throw error;
    });
    this._shapes.set(number, promise);
    for (const oldest of this._shapes.keys()) {
      if (this._shapes.size <= KEPT) {
        break;
      }
      this._shapes.delete(oldest);
    }
    return promise;
  }

  /** @param {number} row */
  _blockOf(row) {
    return Math.floor(row / this.landtrack.head.blocks[0][1]);
  }

  /** @param {number} row */
  async shapesOf(row) {
    const number = this._blockOf(row);
    return Shapes.piecesOf(await this._block(number), row - this.landtrack.head.blocks[number][0]);
  }

  /** @param {Point} point @param {number} reach @returns {Promise<number[]>} */
  async rowsAt(point, reach) {
    await this.landtrack.begin();
    const [x, y] = point.map((each) => each * CM);
    const r = reach * CM;
    /** @type {number[]} */
    const found = [];
    for (const [number, [first, count, ...box]] of this.landtrack.head.blocks.entries()) {
      if (box[0] - r <= x && box[2] + r >= x && box[1] - r <= y && box[3] + r >= y) {
        found.push(...await this._rowsInBlock(number, first, count, point, reach));
      }
    }
    return found;
  }

  /** @param {number} number @param {number} first @param {number} count @param {Point} point @param {number} reach */
  async _rowsInBlock(number, first, count, point, reach) {
    const { boxes, visible } = this.landtrack;
    const [x, y] = point.map((each) => each * CM);
    const r = reach * CM;
    /** @type {number[]} */
    const rows = [];
    for (let row = first, at = 4 * first; row < first + count; row += 1, at += 4) {
      if (visible[row] && boxes[at] - r <= x && boxes[at + 2] + r >= x && boxes[at + 1] - r <= y
          && boxes[at + 3] + r >= y && boxes[at + 2] >= boxes[at]) {
        rows.push(row);
      }
    }
    if (!rows.length) {
      return [];
    }
    const block = await this._block(number);
    return rows.filter((row) => Shapes.piecesOf(block, row - first).some((piece) => this._meets(piece, point, reach, row)));
  }

  /** @param {Piece} piece @param {Point} point @param {number} reach @param {number} row */
  _meets(piece, point, reach, row) {
    const { look } = this.landtrack.classOf(row);
    if (piece.type === 2 && (look.fillOpacity > 0 || look.hatch !== "none")) {
      return Measure.inside(piece.rings, point);
    }
    return Measure.distanceTo(piece, point) <= reach;
  }
}
