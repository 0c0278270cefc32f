// Reasons on the map: the part not acquired, what lies in a plot, what is nearest to it.
//
// Areas are cut by the canvas, not by geometry: a plot is painted and what is to be left out
// is wiped away, so that what is seen is right however the shapes lie. Figures stand beside
// it as they were measured.
const Reasons = (() => {
  "use strict";

  const { element, button } = Dom;
  const CM = 100;
  const RED = "#C1121F";
  const BLUE = "#1f5f8b";
  const NEAREST = new Set(["nearest_m", "nearest_road_m", "nearest_width_m", "frontage_m"]);
  const DOUBLE = "double_claim_m2";
  const LEAST = 0.01; // square metres: parcels that share less only touch
  const WITHOUT = new Set(["not_acquired_m2", "no_parcel_m2"]);
  const WITHIN = new Set(["overlap_m2", "overlap_share", "acquired_m2", "footprint_m2", "covered_m2", "floor_area_known_m2", "count", "length_m"]);
  const FIRST_REACH = 200;
  const LAST_REACH = 60_000;

  /** How a measured line of a layer is shown; null where there is nothing to show. */
  function ofHit(app, kind, measure, category) {
    const table = app.tables.get(kind);
    if (!table?.count) {
      return null;
    }
    const how = measure === DOUBLE ? "double" : NEAREST.has(measure) ? "nearest" : WITHOUT.has(measure) ? "without" : WITHIN.has(measure) ? "within" : null;
    return how && { how, kind, measure, category };
  }

  /**
   * How a judged index is shown: those over buildings show them, also where they leave the plot;
   * any other that could be judged shows the ground that it is judged for.
   */
  function ofRule(app, id, outcome) {
    if (outcome === "not_applicable") {
      return null;
    }
    const rule = app.page.rules.find((each) => each.id === id);
    const built = ["floor_area_m2", "covered_area_m2"].includes(rule?.numerator);
    const table = app.tables.get("buildings");
    if (built && table?.count) {
      return { how: "buildings", kind: "buildings", measure: rule.numerator, category: "" };
    }
    return outcome === "unknown" ? null : { how: "ground", kind: "plots", measure: id, category: "" };
  }

  /** How the ground that a line keeps clear is shown; null for a layer without a corridor. */
  function ofCorridor(app, kind) {
    const table = app.tables.get(kind);
    return table?.count && table.head.corridors ? { how: "corridor", kind, measure: "corridor", category: "" } : null;
  }

  function shower(app, row, reason) {
    const label = Words.say("card.show_on_map");
    return button({ class: "lt-show", title: label, "aria-label": `${label}: ${reason.what}`, "data-measure": reason.measure, "data-kind": reason.kind },
      () => app.showReason(row, reason), Dom.icon("target"));
  }

  function counts(table, reason) {
    return (row) => {
      const each = table.classOf(row);
      if (reason.measure === "not_acquired_m2" || reason.measure === "acquired_m2") {
        return each.acquired;
      }
      return !reason.category || each.code === reason.category;
    };
  }

  /** @param {ArrayLike<number>} box @param {number} metres */
  function around(box, metres) {
    return [box[0] - metres * CM, box[1] - metres * CM, box[2] + metres * CM, box[3] + metres * CM];
  }

  async function piecesNear(table, box, metres, wanted) {
    const rows = Layers.rowsIn(table, around(box, metres)).filter(wanted);
    return Promise.all(rows.map(async (row) => ({ row, pieces: await table.layer.shapesOf(row) })));
  }

  // The working CRS where it reaches, so that a distance is that of the ground.
  function ground(rings) {
    return Plane.ringsToPark(rings) || rings;
  }

  async function nearest(table, plot, box, wanted) {
    const own = ground(plot.flatMap((piece) => piece.rings));
    for (let reach = FIRST_REACH; reach <= LAST_REACH; reach *= 3) {
      const near = await piecesNear(table, box, reach, wanted);
      let best = null;
      for (const { row, pieces } of near) {
        const found = Plane.nearest(own, pieces.map(({ type, rings }) => ({ type, rings: ground(rings) })));
        if (found.from && (!best || found.distance < best.distance)) {
          best = { ...found, row, pieces };
        }
      }
      if (best && best.distance <= reach) {
        return best;
      }
    }
    return null;
  }

  function backToPage(point) {
    return Plane.fromPark(point) || point;
  }

  /** All that is drawn of a reason. */
  async function found(app, row, reason) {
    const plots = app.tables.get("plots");
    const table = app.tables.get(reason.kind);
    await table.load();
    const plot = await plots.layer.shapesOf(row);
    const box = plots.boxes.slice(4 * row, 4 * row + 4);
    if (reason.how === "ground") {
      return { how: "ground", plot, others: [] };
    }
    const wanted = counts(table, reason);
    if (reason.how === "nearest") {
      const best = await nearest(table, plot, box, wanted);
      return best && {
        how: "nearest", plot, others: best.pieces, from: backToPage(best.from), to: backToPage(best.to), distance: best.distance,
      };
    }
    if (reason.how === "corridor") {
      return corridors(table, plot, box);
    }
    const near = await piecesNear(table, box, 0, wanted);
    const others = near.flatMap(({ pieces }) => pieces);
    return reason.how === "double" ? { how: "double", plot, others, pairs: claimedTwice(near) } : { how: reason.how, plot, others };
  }

  // Parcels of which two share ground.
  function claimedTwice(near) {
    const areas = near.map(({ pieces }) => pieces.filter(({ type }) => type === 2));
    const pairs = [];
    areas.forEach((one, at) => areas.slice(at + 1).forEach((other) => {
      const shared = Within.areasOf(one).some((own) => Within.areasOf(other).some((its) => Plane.sharedArea(own, its) > LEAST));
      if (shared) {
        pairs.push([one, other]);
      }
    }));
    return pairs;
  }

  // The lines that are so near that they take ground, each with its width; those whose width is
  // not stated too, where they are near enough to matter.
  async function corridors(table, plot, box) {
    await table.loadTexts();
    const { unknownWithin, gone } = table.head.corridors;
    const widthOf = (row) => table.classOf(row).corridor;
    const widest = Math.max(unknownWithin, ...table.head.classes.map(({ corridor }) => (corridor ? corridor.clear + (corridor.axis || 0) : 0)));
    const own = ground(plot.flatMap((piece) => piece.rings));
    const near = await piecesNear(table, box, 2 * widest, (row) => !gone.includes(table.code("state", row)));
    const lines = near.map(({ row, pieces }) => {
      const corridor = widthOf(row);
      const wide = corridor ? corridor.clear + (corridor.axis || 0) : null;
      const { distance } = Plane.nearest(own, pieces.map(({ type, rings }) => ({ type, rings: ground(rings) })));
      return { pieces, wide, axis: corridor ? corridor.axis : null, distance, label: Words.pick(table.classOf(row).label), key: table.key(row) };
    }).filter(({ wide, distance }) => distance <= (wide === null ? unknownWithin : wide));
    return lines.length ? { how: "corridor", plot, others: lines.flatMap(({ pieces }) => pieces), lines, said: lines.map(widthSaid).join("; ") } : null;
  }

  function widthSaid({ key, label, wide, axis }) {
    const line = [key, label].filter(Boolean).join(" · ");
    if (wide === null) {
      return Words.say("card.width_unknown", { line });
    }
    const width = Words.amount(wide, 0, "m");
    return Words.say(axis === null ? "card.width_at_least" : "card.width", { line, width });
  }

  // --- drawing --------------------------------------------------------------------------------

  const Overlay = L.Layer.extend({
    initialize(shown) {
      this._shown = shown;
    },

    onAdd(map) {
      if (!map.getPane("lt-reason")) {
        map.createPane("lt-reason").style.zIndex = "590";
        map.getPane("lt-reason").style.pointerEvents = "none";
      }
      this._canvas = element("canvas", { class: "lt-reason", "aria-hidden": "true" });
      map.getPane("lt-reason").append(this._canvas);
      this._draw();
    },

    onRemove() {
      this._canvas.remove();
    },

    getEvents() {
      return { moveend: this._draw, resize: this._draw, zoomstart: () => this._canvas.remove() };
    },

    _draw() {
      const map = this._map;
      const scale = Math.max(window.devicePixelRatio || 1, 1);
      const size = map.getSize();
      const canvas = this._canvas;
      map.getPane("lt-reason").append(canvas);
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint([0, 0]));
      canvas.width = size.x * scale;
      canvas.height = size.y * scale;
      canvas.style.width = `${size.x}px`;
      canvas.style.height = `${size.y}px`;
      const ctx = canvas.getContext("2d");
      ctx.scale(scale, scale);
      const at = (point) => map.latLngToContainerPoint(Plane.latLng(point));
      paint(ctx, this._shown, at, size);
    },
  });

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

  // Fills one piece after another, so that pieces over each other do not cancel out.
  function fillEach(ctx, pieces, at) {
    for (const piece of pieces) {
      path(ctx, [piece], at);
      ctx.fill("evenodd");
    }
  }

  function strokeLines(ctx, pieces, at, width) {
    path(ctx, pieces, at);
    ctx.lineWidth = width;
    ctx.stroke();
  }

  // Turns what is painted so far into a tint with a hatch, for eyes that see no colours.
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
    double(ctx, { plot, pairs }, at, size) {
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
    corridor(ctx, { plot, lines }, at, size) {
      const [x, y] = plot[0].rings[0][0];
      const [a, b] = ground([[[x, y], [x + 100, y]]])[0];
      const [from, to] = [at([x, y]), at([x + 100, y])];
      const perMetre = Math.hypot(to.x - from.x, to.y - from.y) / Math.hypot(b[0] - a[0], b[1] - a[1]);
      ctx.lineCap = "round";
      ctx.lineJoin = "round";
      lines.filter(({ wide }) => wide !== null).forEach(({ pieces, wide }) => strokeLines(ctx, pieces, at, 2 * wide * perMetre));
      ctx.globalCompositeOperation = "destination-in";
      fillEach(ctx, plot, at);
      hatch(ctx, size, RED);
      ctx.strokeStyle = BLUE;
      strokeLines(ctx, lines.flatMap(({ pieces }) => pieces), at, 3);
    },
    buildings(ctx, { plot, others }, at, size) {
      const layer = (mode, colour) => {
        const own = element("canvas", { width: ctx.canvas.width, height: ctx.canvas.height });
        const inner = own.getContext("2d");
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
      for (const point of [from, to]) {
        const { x, y } = at(point);
        ctx[point === from ? "moveTo" : "lineTo"](x, y);
      }
      ctx.stroke();
      ctx.setLineDash([]);
    },
  };

  function paint(ctx, shown, at, size) {
    ctx.fillStyle = "#000";
    ctx.strokeStyle = "#000";
    PAINTERS[shown.how](ctx, shown, at, size);
    ctx.strokeStyle = "#111827";
    strokeLines(ctx, shown.plot, at, 2);
  }

  function caption(what, close) {
    return element("div", { class: "lt-caption", role: "status" },
      element("span", { text: what }),
      button({ class: "lt-close", "aria-label": Words.say("map.close") }, close, "×"));
  }

  return { ofHit, ofRule, ofCorridor, corridors, widthSaid, shower, found, Overlay, caption };
})();
