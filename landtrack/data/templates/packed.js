// A large layer: shapes in blocks that are unpacked when they are seen, drawn on one canvas.
const Packed = (() => {
  "use strict";

  const CM = 100;
  const EDGE = Math.round(Plane.EDGE * CM);
  const KEPT = 400;
  const BUDGET = 9; // milliseconds of drawing in a frame
  const SPECK = 3; // pixels: smaller features are drawn as their boxes
  const SMALL = 11; // pixels: smaller areas are filled without an outline

  /** Unpacks the shapes of a block. */
  function unpack(bytes, count) {
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

  // Shells wind one way and holes the other, so that areas over each other stay filled.
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

  function starts(counts) {
    const sums = new Uint32Array(counts.length + 1);
    for (let at = 0; at < counts.length; at += 1) {
      sums[at + 1] = sums[at] + counts[at];
    }
    return sums;
  }

  /** The pieces of one feature of a block in metres. */
  function piecesOf(block, at) {
    const pieces = [];
    for (let piece = block.pieceStarts[at]; piece < block.pieceStarts[at + 1]; piece += 1) {
      const rings = [];
      for (let ring = block.ringStarts[piece]; ring < block.ringStarts[piece + 1]; ring += 1) {
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

  function colour(hex, opacity) {
    const [r, g, b] = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    return (Math.round(opacity * 255) << 24 | b << 16 | g << 8 | r) >>> 0;
  }

  // The colour of a class where it is too small for outline and hatch: full enough to be seen.
  function speckColour(look, shape) {
    return shape === "polygon" && look.fillOpacity > 0
      ? colour(look.fill, Math.max(look.fillOpacity, 0.6)) : colour(look.stroke, 0.85);
  }

  // Fills areas pixel by pixel where the middle of the pixel lies inside (even-odd).
  function fillArea(view, block, piece, paint) {
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

  function fillBox(view, boxes, at, paint) {
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

  // Adds the pieces of a feature to the path of the canvas; areas wind one way, holes the other.
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

  const Layer = L.Layer.extend({
    options: { pane: "overlayPane", padding: 0.3 },

    initialize(table, options) {
      L.setOptions(this, options);
      this._table = table;
      this._shapes = new Map();
      this._run = 0;
      this.typical = 0;
    },

    onAdd() {
      this._canvas = Dom.element("canvas", { class: "leaflet-zoom-animated lt-packed", "aria-hidden": "true" });
      this.getPane().append(this._canvas);
      this._view = null;
      this.refresh();
    },

    onRemove() {
      this._run += 1;
      this._canvas.remove();
    },

    getEvents() {
      return { moveend: this.refresh, resize: this.refresh, zoomanim: this._animate, zoom: this._rescale };
    },

    _animate({ center, zoom }) {
      this._place(zoom, this._map._getNewPixelOrigin(center, zoom));
    },

    _rescale() {
      this._place(this._map.getZoom(), this._map.getPixelOrigin());
    },

    // Puts the canvas as it was drawn where it belongs at another zoom.
    _place(zoom, origin) {
      if (this._view) {
        const at = this._map.project(this._view.corner, zoom).subtract(origin);
        L.DomUtil.setTransform(this._canvas, at, this._map.getZoomScale(zoom, this._view.zoom));
      }
    },

    // Draws anew what is seen, some milliseconds a frame, and shows it when it is whole.
    async refresh() {
      const run = ++this._run;
      await this._table.load();
      if (run !== this._run || !this._map) {
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
    },

    _typical() {
      const { boxes, count } = this._table;
      let sum = 0;
      let known = 0;
      for (let row = 0, at = 0; row < count; row += 1, at += 4) {
        if (boxes[at + 2] >= boxes[at]) {
          sum += Math.max(boxes[at + 2] - boxes[at], boxes[at + 3] - boxes[at + 1]);
          known += 1;
        }
      }
      return Math.max(1, known ? sum / known : 1);
    },

    _newView() {
      const map = this._map;
      const scale = Math.min(Math.max(window.devicePixelRatio || 1, 1), 2);
      const size = map.getSize();
      const margin = size.multiplyBy(this.options.padding).round();
      const zoom = map.getZoom();
      const corner = map.containerPointToLayerPoint(margin.multiplyBy(-1));
      const world = map.project(map.layerPointToLatLng(corner), zoom);
      const perCm = 256 * 2 ** zoom / (2 * EDGE) * scale;
      const [left, top] = [world.x * scale, world.y * scale];
      const full = size.add(margin.multiplyBy(2)).multiplyBy(scale).round();
      const view = {
        zoom, scale, corner: map.layerPointToLatLng(corner), width: full.x, height: full.y,
        px: (x) => (x + EDGE) * perCm - left,
        py: (y) => (EDGE - y) * perCm - top,
        perCm, pixels: null, canvas: null, specks: 0,
      };
      view.box = [
        left / perCm - EDGE, EDGE - (top + full.y) / perCm, (left + full.x) / perCm - EDGE, EDGE - top / perCm,
      ];
      return view;
    },

    * _draw(view) {
      const table = this._table;
      view.canvas = Dom.element("canvas", { width: view.width, height: view.height });
      view.ctx = view.canvas.getContext("2d");
      const seen = [];
      table.head.blocks.forEach(([, , ...box], number) => {
        if (box[0] <= view.box[2] && box[2] >= view.box[0] && box[1] <= view.box[3] && box[3] >= view.box[1]) {
          seen.push(number);
        }
      });
      const pixels = this.typical * view.perCm / view.scale;
      const shape = table.head.classes[0].shape;
      const paints = table.head.classes.map(({ look }) => speckColour(look, shape));
      const bare = shape === "polygon" && table.head.classes.every(({ look }) => look.fillOpacity === 0);
      if (shape === "point" ? seen.length > 1 : pixels < (shape === "polygon" && !bare ? SMALL : SPECK)) {
        yield* this._specks(view, seen, paints, pixels);
        return;
      }
      for (const number of seen) {
        yield* this._outlines(view, number, yield* this._wanted(number));
      }
    },

    // A block, waited for where it is not unpacked yet.
    * _wanted(number) {
      const found = this._block(number);
      if (!(found instanceof Promise)) {
        return found;
      }
      let block = null;
      yield found.then((each) => { block = each; });
      return block;
    },

    * _specks(view, seen, paints, pixels) {
      const table = this._table;
      const image = view.ctx.createImageData(view.width, view.height);
      view.pixels = new Uint32Array(image.data.buffer);
      for (const number of seen) {
        const [first, count] = table.head.blocks[number];
        if (pixels < SPECK) {
          for (let row = first; row < first + count; row += 1) {
            if (table.visible[row] && this._inView(view, row)) {
              fillBox(view, table.boxes, 4 * row, paints[table.classes[row]]);
            }
          }
        } else {
          this._fillBlock(view, yield* this._wanted(number), first, count, paints);
        }
        view.specks += count;
        yield null;
      }
      view.ctx.putImageData(image, 0, 0);
    },

    _fillBlock(view, block, first, count, paints) {
      const table = this._table;
      for (let at = 0; at < count; at += 1) {
        const row = first + at;
        if (table.visible[row] && this._inView(view, row)) {
          for (let piece = block.pieceStarts[at]; piece < block.pieceStarts[at + 1]; piece += 1) {
            if (block.type[piece] === 2) {
              fillArea(view, block, piece, paints[table.classes[row]]);
            } else {
              fillBox(view, table.boxes, 4 * row, paints[table.classes[row]]);
            }
          }
        }
      }
    },

    _inView(view, row) {
      const { boxes } = this._table;
      const at = 4 * row;
      return boxes[at] <= view.box[2] && boxes[at + 2] >= view.box[0] && boxes[at + 1] <= view.box[3]
        && boxes[at + 3] >= view.box[1] && boxes[at + 2] >= boxes[at];
    },

    // Draws one block class by class, so that each class is painted at one go.
    * _outlines(view, number, block) {
      const table = this._table;
      const [first, count] = table.head.blocks[number];
      const byClass = table.head.classes.map(() => []);
      for (let at = 0; at < count; at += 1) {
        if (table.visible[first + at] && this._inView(view, first + at)) {
          byClass[table.classes[first + at]].push(at);
        }
      }
      const { ctx } = view;
      for (const [place, rows] of [...byClass.entries()].sort(([one], [other]) => this._rank(one) - this._rank(other))) {
        const { look, shape } = table.head.classes[place];
        for (let from = 0; from < rows.length; from += 500) {
          ctx.save();
          ctx.scale(view.scale, view.scale);
          const logical = { px: (x) => view.px(x) / view.scale, py: (y) => view.py(y) / view.scale };
          ctx.beginPath();
          const symbols = [];
          for (const at of rows.slice(from, from + 500)) {
            trace(ctx, logical, block, at, (x, y) => symbols.push([x, y]));
          }
          Draw.paint(ctx, shape === "line" ? Draw.lookAt(look, view.zoom) : look, shape === "polygon", "nonzero");
          for (const [x, y] of symbols) {
            Draw.traceSymbol(ctx, look, x, y);
            Draw.paint(ctx, look, true);
          }
          ctx.restore();
          yield null;
        }
      }
    },

    // What fails is drawn last, so that no neighbour's outline lies on it.
    _rank(place) {
      return this._table.head.classes[place].code === "fail" ? Infinity : place;
    },

    _show(view) {
      const canvas = this._canvas;
      canvas.width = view.width;
      canvas.height = view.height;
      canvas.style.width = `${view.width / view.scale}px`;
      canvas.style.height = `${view.height / view.scale}px`;
      canvas.getContext("2d").drawImage(view.canvas, 0, 0);
      this._view = { zoom: view.zoom, corner: view.corner };
      this._rescale();
      this.drawn = (this.drawn || 0) + 1;
      this.fire("landtrack:drawn");
    },

    // The shapes of a block, or a promise of them; those not used for longest are let go.
    _block(number) {
      const known = this._shapes.get(number);
      if (known) {
        this._shapes.delete(number);
        this._shapes.set(number, known);
        return known;
      }
      const [, count] = this._table.head.blocks[number];
      const promise = Bytes.load(`${this._table.kind}/shapes/${number}`).then((bytes) => {
        const block = unpack(bytes, count);
        this._shapes.set(number, block);
        return block;
      });
      this._shapes.set(number, promise);
      while (this._shapes.size > KEPT) {
        this._shapes.delete(this._shapes.keys().next().value);
      }
      return promise;
    },

    _blockOf(row) {
      return Math.floor(row / this._table.head.blocks[0][1]);
    },

    async shapesOf(row) {
      const number = this._blockOf(row);
      return piecesOf(await this._block(number), row - this._table.head.blocks[number][0]);
    },

    shown() {
      return [];
    },

    async rowsAt(point, reach) {
      await this._table.load();
      const [x, y] = point.map((each) => each * CM);
      const r = reach * CM;
      const found = [];
      for (const [number, [first, count, ...box]] of this._table.head.blocks.entries()) {
        if (box[0] - r <= x && box[2] + r >= x && box[1] - r <= y && box[3] + r >= y) {
          found.push(...await this._rowsInBlock(number, first, count, point, reach));
        }
      }
      return found;
    },

    async _rowsInBlock(number, first, count, point, reach) {
      const { boxes, visible } = this._table;
      const [x, y] = point.map((each) => each * CM);
      const r = reach * CM;
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
      return rows.filter((row) => piecesOf(block, row - first).some((piece) => this._meets(piece, point, reach, row)));
    },

    _meets(piece, point, reach, row) {
      const { look } = this._table.classOf(row);
      if (piece.type === 2 && (look.fillOpacity > 0 || look.hatch !== "none")) {
        return Plane.inside(piece.rings, point);
      }
      return Plane.distanceTo(piece, point) <= reach;
    },
  });

  return { Layer, piecesOf, unpack };
})();
