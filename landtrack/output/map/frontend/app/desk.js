// The desk: what is seen, chosen, filtered and asked for, in one place.
const Desk = (() => {
  "use strict";

  const { element, button } = Dom;
  const NARROW = 760;

  function isNarrow() {
    return window.innerWidth <= NARROW;
  }

  /** @param {any} map @param {any} page */
  function make(map, page) {
    const address = Address.read();
    /** @type {Map<string, any>} */
    const tables = new Map(Layers.all(map).map((layer) => [layer.landtrack.kind, layer.landtrack]));
    /** @type {any} */
    const app = {
      map, page, address, tables,
      filters: Address.filtersFrom(address.filter, tables),
      chosen: null, asOf: undefined, swipe: null, project: "", pinned: null, sort: "class", tab: "find", kind: "plots",
      bounds: page.bounds && L.latLngBounds(page.bounds), whole: page.whole && L.latLngBounds(page.whole), reason: null, tool: null, basemap: null, tiles: null, ui: {}, results: new Map(),
    };
    if (!app.tables.get("plots")?.count) {
      app.kind = [...app.tables.values()].find((table) => table.count)?.kind || "plots";
    }
    return Object.assign(app, views(app), choosing(app), filtering(app), shown(app), tools(app));
  }

  // --- what is seen of the map ----------------------------------------------------------------

  function views(app) {
    const { map } = app;

    // How much of the map lies under the panel and the card.
    function margins() {
      const { panel, card } = app.ui;
      if (isNarrow()) {
        return {
          paddingTopLeft: [24, panel.querySelector(".lt-title").offsetHeight + 16],
          paddingBottomRight: [card.hidden ? 56 : 24, card.hidden ? 70 : card.offsetHeight + 16],
        };
      }
      return {
        paddingTopLeft: [panel.offsetWidth + 40, 40],
        paddingBottomRight: [(card.hidden ? 0 : card.offsetWidth) + 60, 50],
      };
    }

    function viewBounds() {
      const size = map.getSize();
      const { paddingTopLeft: [left, top], paddingBottomRight: [right, bottom] } = margins();
      const free = isNarrow() ? [[0, top - 16], [size.x, size.y - (app.ui.card.hidden ? 0 : bottom)]]
        : [[left - 28, 0], [size.x - right + 60, size.y]];
      return L.latLngBounds(free.map((each) => map.containerPointToLatLng(each)));
    }

    function fitTo(bounds, maxZoom) {
      map.fitBounds(bounds, { ...margins(), maxZoom, animate: false });
    }

    function zoomTo(table, row) {
      const bounds = Layers.boundsOf(table, row);
      if (bounds) {
        fitTo(bounds, 17.5);
      }
    }

    function zoomToRows(table, rows) {
      const all = rows.map((row) => Layers.boundsOf(table, row)).filter(Boolean);
      if (all.length) {
        fitTo(all.reduce((sum, each) => sum.extend(each), L.latLngBounds([])), 17.5);
      }
    }

    function goTo(latLng) {
      app.spot?.remove();
      app.spot = L.circleMarker(latLng, { ...Tools.onTop(map), radius: 9, color: "#111827", weight: 3, fillColor: "#FFD43B", fillOpacity: 0.9, interactive: false }).addTo(map);
      fitTo(L.latLngBounds([latLng, latLng]), Math.max(map.getZoom(), 16));
    }

    return { margins, viewBounds, zoomTo, zoomToRows, goTo, fit: (bounds) => bounds && fitTo(bounds, 18) };
  }

  // --- what is chosen ---------------------------------------------------------------------------

  function choosing(app) {
    let run = 0;

    function say(text) {
      app.ui.toast.textContent = text;
      app.ui.toast.hidden = false;
      clearTimeout(app.ui.toastTimer);
      app.ui.toastTimer = setTimeout(() => { app.ui.toast.hidden = true; }, 6000);
    }

    function present(content, label, focus) {
      const { card } = app.ui;
      card.replaceChildren(...content.filter(Boolean));
      card.hidden = false;
      card.scrollTop = 0;
      card.setAttribute("aria-label", label);
      document.body.classList.add("lt-with-card");
      if (isNarrow()) {
        app.ui.fold(false);
      }
      if (focus) {
        card.querySelector("h2").focus({ preventScroll: true });
      }
    }

    /** What stands on the card of a feature. */
    async function cardOf(table, row, others) {
      const make = { plots: Card.plot, parcels: Card.parcel }[table.kind] || Card.feature;
      return make(app, table, row, others);
    }

    /** Opens the card of a feature. */
    async function open(kind, row, { zoom = false, others = [], focus = true } = {}) {
      const own = ++run;
      const table = app.tables.get(kind);
      hideReason();
      app.chosen = { kind, row };
      app.project = "";
      await table.loadTexts();
      await Promise.all(others.map((each) => each.table.loadTexts()));
      const content = await cardOf(table, row, others);
      const pieces = await table.layer.shapesOf(row);
      if (own !== run) {
        return;
      }
      present(content, Words.say("card.label", { layer: Words.pick(table.head.title), name: table.key(row) }), focus);
      app.highlight(pieces);
      app.ui.toast.hidden = true;
      app.rows = { kind, row, others };
      if (zoom) {
        app.zoomTo(table, row);
      }
      setTimeout(() => Address.show(app)); // once the card is seen
    }

    async function openProject(id) {
      const own = ++run;
      const table = app.tables.get("plots");
      await table.loadTexts();
      const rows = [];
      for (let row = 0; row < table.count; row += 1) {
        if (table.text("project_id", row) === id) {
          rows.push(row);
        }
      }
      if (!rows.length) {
        say(Words.say("map.not_found_project", { project: id }));
        return;
      }
      const pieces = (await Promise.all(rows.map((row) => table.layer.shapesOf(row)))).flat();
      if (own !== run) {
        return;
      }
      hideReason();
      app.chosen = null;
      app.project = id;
      present(Card.project(app, table, id, rows), Words.say("card.project_label", { project: id }), true);
      app.highlight(pieces);
      app.zoomToRows(table, rows);
      Address.show(app);
    }

    function close() {
      run += 1;
      const was = !app.ui.card.hidden;
      app.ui.card.hidden = true;
      app.ui.card.replaceChildren();
      app.chosen = null;
      app.project = "";
      app.rows = null;
      app.highlight([]);
      hideReason();
      document.body.classList.remove("lt-with-card");
      app.map.closePopup();
      Address.show(app);
      if (was && !isNarrow()) {
        document.getElementById("lt-search")?.focus({ preventScroll: true });
      }
    }

    async function showReason(row, reason) {
      hideReason();
      const found = await Reasons.found(app, row, reason);
      if (!found) {
        say(Words.say("card.nothing_to_show"));
        return;
      }
      const overlay = new Reasons.Overlay(found).addTo(app.map);
      const caption = Reasons.caption([reason.what, found.said].filter(Boolean).join(" · "), hideReason);
      document.body.append(caption);
      app.reason = { overlay, caption, found, given: reason };
      const table = app.tables.get("plots");
      const bounds = Layers.boundsOf(table, row);
      if (found.to) {
        bounds.extend(Plane.latLng(found.to));
      }
      app.map.fitBounds(bounds, { ...app.margins(), maxZoom: 17.5, animate: false });
    }

    function hideReason() {
      app.reason?.overlay.remove();
      app.reason?.caption.remove();
      app.reason = null;
    }

    async function compare(row) {
      if (app.pinned === null || app.pinned === row) {
        app.pinned = row;
        say(Words.say("card.pinned", { plot: app.tables.get("plots").key(row) }));
        return;
      }
      const first = app.pinned;
      app.pinned = null;
      await Compare.dialog(app.tables.get("plots"), first, row);
    }

    return { say, cardOf, open, openProject, close, showReason, compare };
  }

  // --- filters and time ---------------------------------------------------------------------------

  function filtering(app) {
    function filterOf(kind) {
      app.filters[kind] = app.filters[kind] || {};
      return app.filters[kind];
    }

    /** Applies the filters of a table, and remembers what came out. */
    function filtered(table) {
      const start = performance.now();
      const dims = Filters.dimensions(table);
      const found = { dims, ...Filters.apply(table, dims, filterOf(table.kind)) };
      performance.measure("landtrack:filter", { start });
      app.results.set(table.kind, found);
      return found;
    }

    function refilter(table) {
      filtered(table);
      table.layer.refresh();
      app.find?.refresh();
      app.map.fire("landtrack:filter", { kind: table.kind });
      Address.show(app);
    }

    function filter(kind, name, id, on) {
      const own = filterOf(kind);
      own[name] = own[name] || new Set();
      own[name][on ? "add" : "delete"](id);
      refilter(app.tables.get(kind));
    }

    function clearFilters(kind) {
      app.filters[kind] = {};
      refilter(app.tables.get(kind));
    }

    function list(kind) {
      app.kind = kind;
      app.find.refresh();
    }

    function showDay(day) {
      if (Times.historic(app).length) {
        Times.show(app, day);
      }
    }

    /** The tables that are searched, plots first. */
    function searched() {
      return [...app.tables.values()].filter((table) => table.count)
        .sort((one, other) => one.head.place - other.head.place);
    }

    return { filterOf, filtered, refilter, filter, clearFilters, list, showDay, searched };
  }

  // --- the address ----------------------------------------------------------------------------------

  function shown(app) {
    function layersText() {
      const kinds = [...app.tables.values()].filter((table) => table.count);
      const on = kinds.filter((table) => app.map.hasLayer(table.layer)).map((table) => table.kind);
      return on.length === kinds.length ? "" : on.join(",") || "none";
    }

    function chosenParts() {
      if (app.project) {
        return { project: app.project };
      }
      if (!app.chosen) {
        return {};
      }
      const { kind, row } = app.chosen;
      const key = app.tables.get(kind).key(row);
      return kind === "plots" ? { plot: key } : { feature: `${kind}:${key}` };
    }

    /** What the address says; with the place that is seen where it is to be sent. */
    function parts(whole) {
      const centre = app.map.getCenter();
      return {
        ...chosenParts(),
        layers: layersText(),
        filter: Address.filterText(app.filters),
        asof: app.asOf === undefined ? "" : Words.day(app.asOf),
        lang: whole || Words.current() !== app.page.lang ? Words.current() : "",
        view: whole ? `${centre.lat.toFixed(6)},${centre.lng.toFixed(6)},${app.map.getZoom()}` : "",
      };
    }

    function showLayers(text) {
      if (text === undefined) {
        return;
      }
      const on = new Set(text.split(","));
      for (const table of app.tables.values()) {
        if (on.has(table.kind) !== app.map.hasLayer(table.layer)) {
          Legend.switchLayer(app.map, table.kind, on.has(table.kind));
        }
      }
    }

    /** Opens what the address asks for. */
    async function restore(address) {
      showLayers(address.layers);
      const day = /^\d{4}-\d\d-\d\d$/.test(address.asof || "") ? Date.parse(address.asof) : Number.NaN;
      if (Number.isFinite(day)) {
        app.showDay(day / 86_400_000);
      }
      const view = (address.view || "").split(",").map(Number);
      const placed = view.length === 3 && view.every(Number.isFinite)
        && Math.abs(view[0]) <= 85 && Math.abs(view[1]) <= 180 && view[2] >= 0 && view[2] <= 30;
      await openChosen(address, !placed);
      if (placed) {
        app.map.setView([view[0], view[1]], view[2], { animate: false });
      }
    }

    async function openChosen(address, zoom) {
      if (address.project) {
        await app.openProject(address.project);
        return;
      }
      const [kind, key] = address.plot !== undefined ? ["plots", address.plot]
        : [(address.feature || "").split(":")[0], (address.feature || "").split(":").slice(1).join(":")];
      if (!kind) {
        return;
      }
      const table = app.tables.get(kind);
      await table?.loadTexts();
      const row = table ? table.rowOf(key) : -1;
      if (row >= 0) {
        await app.open(kind, row, { zoom });
      } else {
        app.say(Words.say("map.not_found", { plot: key }));
      }
    }

    return { parts, restore };
  }

  // --- tools --------------------------------------------------------------------------------------

  function tools(app) {
    let graticule = null;

    function closeTool() {
      app.tool?.close();
      app.ui.tool.hidden = true;
      app.ui.tool.replaceChildren();
      app.tool = null;
    }

    function useTool(make) {
      closeTool();
      app.map.closePopup();
      app.tool = make();
      app.ui.tool.replaceChildren(
        element("header", {}, element("h2", { text: app.tool.title }),
          button({ class: "lt-close", "aria-label": Words.say("map.close") }, closeTool, "×")),
        ...app.tool.content);
      app.ui.tool.hidden = false;
    }

    function toggleGraticule() {
      if (graticule) {
        graticule.remove();
        graticule = null;
      } else {
        graticule = new Tools.Graticule().addTo(app.map);
      }
      document.querySelector('[data-tool="graticule"]')?.setAttribute("aria-pressed", String(Boolean(graticule)));
    }

    // Tiles lie under everything of ours.
    function showBasemap(at) {
      app.tiles?.remove();
      app.basemap = at;
      if (at === null) {
        return;
      }
      const { layers, attribution, maxZoom, subdomains } = app.page.basemaps[at];
      const credit = element("span", { text: attribution }).innerHTML;
      app.tiles = L.layerGroup(layers.map((url) => L.tileLayer(url, {
        attribution: credit, maxNativeZoom: maxZoom, maxZoom: 22, subdomains: [...subdomains],
      }))).addTo(app.map);
    }

    return { useTool, closeTool, showBasemap, toggleGraticule, graticuleOn: () => Boolean(graticule) };
  }

  return { make, isNarrow };
})();
