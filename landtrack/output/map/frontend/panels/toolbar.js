// Tools: measuring in the working CRS, coordinates, graticule, full screen, print.
const Tools = (() => {
  "use strict";

  const { element, button } = Dom;
  const DRAWN = { color: "#111827", weight: 2.5, dashArray: "6 4", fillColor: "#FFD43B", fillOpacity: 0.25, interactive: false };
  const STEPS = [1, 2, 5];
  const MOST_LINES = 14;
  const DRAWING = 600; // milliseconds that a page has to be drawn before it is printed

  /** What is drawn by hand lies above all layers. */
  function onTop(map) {
    if (!map.getPane("lt-drawing")) {
      map.createPane("lt-drawing").style.zIndex = "595";
      map.getPane("lt-drawing").style.pointerEvents = "none";
      map.landtrackDrawing = L.svg({ pane: "lt-drawing", padding: 0.5 });
    }
    return { pane: "lt-drawing", renderer: map.landtrackDrawing };
  }

  // --- drawing by clicks ------------------------------------------------------------------------

  /**
   * Takes points from the map until it is finished; Escape gives up, Enter or a double click ends.
   * @param {any} app
   * @param {{area: boolean, changed: (points: any[]) => void, done: (points: any[]) => void}} how
   */
  function draw(app, { area, changed, done }) {
    const { map } = app;
    const points = [];
    const own = onTop(map);
    const shape = (area ? L.polygon : L.polyline)([], { ...DRAWN, ...own }).addTo(map);
    const marks = L.layerGroup().addTo(map);
    map.doubleClickZoom.disable();
    map.getContainer().classList.add("lt-drawing");

    function show() {
      shape.setLatLngs(points);
      marks.clearLayers();
      points.forEach((point) => marks.addLayer(L.circleMarker(point, { ...own, radius: 4, color: "#111827", weight: 2, fillColor: "#fff", fillOpacity: 1, interactive: false })));
      changed(points);
    }

    function click({ latlng, originalEvent }) {
      if (!originalEvent || originalEvent.detail < 2) {
        points.push(latlng);
        show();
      }
    }

    function key(event) {
      if (event.key === "Enter") {
        finish();
      } else if (event.key === "Backspace") {
        points.pop();
        show();
      }
    }

    function finish() {
      stopTaking();
      done(points);
    }

    function stopTaking() {
      map.off("click", click);
      map.off("dblclick", finish);
      document.removeEventListener("keydown", key);
      map.getContainer().classList.remove("lt-drawing");
      setTimeout(() => map.doubleClickZoom.enable(), 300);
    }

    map.on("click", click);
    map.on("dblclick", finish);
    document.addEventListener("keydown", key);
    return {
      finish,
      remove() {
        stopTaking();
        shape.remove();
        marks.remove();
      },
    };
  }

  /** Length or area of points of the map in the working CRS; null where that does not reach. An outline that meets itself has no area. */
  function measured(points, area) {
    const [line] = Plane.ringsToPark([points.map(Plane.page)]) || [null];
    if (!line) {
      return null;
    }
    return { length: Plane.length(line, area), area: area && !Plane.meetsItself(line) ? Math.abs(Plane.signedArea(line)) : 0 };
  }

  function measureTool(app, area) {
    const told = element("p", { class: "lt-measured", role: "status", text: Words.say("tool.click") });
    const drawing = draw(app, {
      area,
      changed: (points) => { told.textContent = tell(points, area); },
      done: (points) => { told.textContent = tell(points, area); },
    });
    return {
      title: Words.say(area ? "tool.measure_area" : "tool.measure_line"),
      content: [told, element("p", { class: "lt-quiet", text: Words.say("tool.how", { crs: Plane.name() }) }), finisher(drawing)],
      close: drawing.remove,
    };
  }

  // Ends a drawing where there is neither a keyboard nor a double click.
  function finisher(drawing) {
    const made = button({ class: "lt-plain lt-finish" }, () => {
      drawing.finish();
      made.remove();
    }, Words.say("tool.finish"));
    return made;
  }

  function tell(points, area) {
    if (points.length < (area ? 3 : 2)) {
      return Words.say("tool.click");
    }
    const found = measured(points, area);
    if (!found) {
      return Words.say("tool.not_here", { crs: Plane.name() });
    }
    if (area && !found.area) {
      return Words.say("tool.meets_itself");
    }
    const long = Words.amount(found.length, 2, "m");
    return area
      ? Words.say("tool.area_is", { area: Words.amount(found.area, 1, "m2"), length: long })
      : Words.say("tool.length_is", { length: long });
  }

  // --- coordinates ------------------------------------------------------------------------------

  function coordinates(app) {
    const shown = element("div", { class: "lt-coordinates", "aria-live": "off" });
    const control = L.control({ position: "bottomright" });
    control.onAdd = () => shown;
    const tellAt = ({ latlng }) => {
      const { lat, lng } = latlng.wrap();
      const park = Plane.toPark(Plane.page({ lat, lng }));
      const degrees = `${lat.toFixed(6)}, ${lng.toFixed(6)}`;
      shown.textContent = park
        ? `${degrees}  ·  ${Plane.name()}  E ${park[0].toFixed(2)}  N ${park[1].toFixed(2)}` : degrees;
    };
    app.map.on("mousemove", tellAt);
    app.map.on("landtrack:relabel", () => { shown.textContent = ""; });
    return control;
  }

  // --- the graticule of the working CRS ---------------------------------------------------------

  const Graticule = L.Layer.extend({
    onAdd(map) {
      if (!map.getPane("lt-graticule")) {
        map.createPane("lt-graticule").style.zIndex = "399";
        map.getPane("lt-graticule").style.pointerEvents = "none";
      }
      this._lines = L.layerGroup().addTo(map);
      this._renderer = L.svg({ pane: "lt-graticule", padding: 0.1 });
      this._draw();
    },
    onRemove() {
      this._lines.remove();
    },
    getEvents() {
      return { moveend: this._draw };
    },
    _draw() {
      this._lines.clearLayers();
      const corners = this._corners();
      if (!corners) {
        return;
      }
      const [xs, ys] = [0, 1].map((axis) => corners.map((each) => each[axis]));
      const span = Math.max(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
      const step = stepFor(span);
      /** @type {[number, number[], number[]][]} */
      const axes = [[0, xs, ys], [1, ys, xs]];
      for (const [axis, own, others] of axes) {
        for (let at = Math.ceil(Math.min(...own) / step) * step; at <= Math.max(...own); at += step) {
          this._line(axis, at, [Math.min(...others), Math.max(...others)]);
        }
      }
    },
    // The corners of what is seen, as far as the working CRS reaches.
    _corners() {
      const box = Plane.reach();
      if (!box) {
        return null;
      }
      const bounds = this._map.getBounds();
      const [west, south] = Plane.page(bounds.getSouthWest());
      const [east, north] = Plane.page(bounds.getNorthEast());
      const [w, s, e, n] = [Math.max(west, box[0]), Math.max(south, box[1]), Math.min(east, box[2]), Math.min(north, box[3])];
      return w < e && s < n ? [[w, s], [w, n], [e, n], [e, s]].map(Plane.toPark) : null;
    },
    _line(axis, at, [from, to]) {
      const points = [];
      for (let part = 0; part <= 8; part += 1) {
        const other = from + (to - from) * part / 8;
        const found = Plane.fromPark(axis ? [other, at] : [at, other]);
        if (found) {
          points.push(Plane.latLng(found));
        }
      }
      if (points.length < 2) {
        return;
      }
      this._lines.addLayer(L.polyline(points, { renderer: this._renderer, color: "#6b7690", weight: 0.7, opacity: 0.6, interactive: false }));
      const text = Words.figure(Math.round(at), 0);
      const icon = L.divIcon({ className: "lt-grid-anchor", iconSize: [0, 0], html: element("span", { class: axis ? "lt-grid-n" : "lt-grid-e", text }) });
      const edge = this._edge(points, axis);
      if (edge) {
        this._lines.addLayer(L.marker(edge, { icon, interactive: false, keyboard: false, pane: "lt-graticule" }));
      }
    },
    // Where a line leaves the view: labels stand at the bottom and at the right.
    _edge(points, axis) {
      const size = this._map.getSize();
      const pixels = points.map((each) => this._map.latLngToContainerPoint(each));
      const [a, b] = [pixels[0], pixels[pixels.length - 1]];
      const right = document.body.classList.contains("lt-with-card") ? 620 : 130;
      const part = axis ? (size.x - right - a.x) / (b.x - a.x) : (size.y - 6 - a.y) / (b.y - a.y);
      if (!Number.isFinite(part)) {
        return null;
      }
      return this._map.containerPointToLatLng([a.x + (b.x - a.x) * part, a.y + (b.y - a.y) * part]);
    },
  });

  function stepFor(span) {
    let tens = 10 ** Math.floor(Math.log10(span / MOST_LINES));
    for (;;) {
      for (const each of STEPS) {
        if (span / (each * tens) <= MOST_LINES) {
          return each * tens;
        }
      }
      tens *= 10;
    }
  }

  // --- full screen and print --------------------------------------------------------------------

  function fullScreen() {
    if (document.fullscreenElement) {
      document.exitFullscreen();
    } else {
      document.documentElement.requestFullscreen();
    }
  }

  /** Prints what is seen beside panel and card, on a page with title, legend, scale and day. */
  async function print(app) {
    const { map } = app;
    const seen = app.viewBounds();
    const before = { centre: map.getCenter(), zoom: map.getZoom() };
    document.body.classList.add("lt-printing");
    map.invalidateSize({ animate: false });
    map.fitBounds(seen, { animate: false });
    const sheet = sheetOf(app);
    document.body.append(sheet);
    await new Promise((done) => setTimeout(done, DRAWING));
    window.print();
    sheet.remove();
    document.body.classList.remove("lt-printing");
    map.invalidateSize({ animate: false });
    map.setView(before.centre, before.zoom, { animate: false });
  }

  function sheetOf(app) {
    const shown = app.page.groups.flatMap(({ kinds }) => kinds)
      .map((kind) => app.tables.get(kind))
      .filter((table) => table.count && app.map.hasLayer(table.layer));
    const legend = shown.flatMap((table) => table.head.classes
      .filter((each) => each.count)
      .map((each) => element("li", {}, Draw.swatch(each.shape, each.look),
        element("span", { text: [Words.pick(table.head.title), Words.pick(each.label)].filter(Boolean).join(" · ") }))));
    return element("div", { class: "lt-print" },
      element("h1", { text: Words.pick(app.page.title) }),
      element("p", { text: Words.pick(app.page.subtitle) }),
      element("p", { class: "lt-print-scale", text: scaleText(app) }),
      Words.pick(app.page.notice) ? element("p", { text: Words.pick(app.page.notice) }) : null,
      element("ul", {}, ...legend));
  }

  /** How far a centimetre of the screen goes, from the working CRS in the middle of the view. */
  function scaleText(app) {
    const { map } = app;
    const size = map.getSize();
    const ends = [[size.x / 2 - 50, size.y / 2], [size.x / 2 + 50, size.y / 2]].map((each) => map.containerPointToLatLng(each));
    const found = measured(ends, false);
    const metres = found ? found.length : map.distance(ends[0], ends[1]);
    return Words.say("tool.scale", { scale: Words.figure(Math.round(metres / 100 / 0.0254 * 96), 0) });
  }

  // --- the bar ----------------------------------------------------------------------------------

  function bar(app) {
    const control = L.control({ position: "topright" });
    control.onAdd = () => {
      const tool = (key, icon, action, attributes) => button({
        class: "lt-tool", title: Words.say(key), "aria-label": Words.say(key), "data-tool": key.split(".")[1], ...attributes,
      }, action, Dom.icon(icon));
      const made = element("div", { class: "leaflet-bar lt-tools" },
        tool("map.fit", "fit", () => app.fit(app.whole)),
        tool("tool.measure_line", "line", () => app.useTool(() => measureTool(app, false))),
        tool("tool.measure_area", "area", () => app.useTool(() => measureTool(app, true))),
        tool("tool.trial", "trial", () => app.useTool(() => Trial.tool(app))),
        tool("tool.graticule", "grid", () => app.toggleGraticule(), { "aria-pressed": String(app.graticuleOn()) }),
        tool("tool.full_screen", "full", fullScreen),
        tool("tool.print", "print", () => print(app)),
        tool("tool.copy", "copy", () => Address.copy(app)));
      L.DomEvent.disableClickPropagation(made);
      return made;
    };
    return control;
  }

  return { onTop, bar, coordinates, draw, finisher, measured, Graticule, scaleText, sheetOf, print };
})();
