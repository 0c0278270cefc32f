// The start: puts panel and card beside the map, and keeps all that is chosen in one place.
const App = (() => {
  "use strict";

  const { element, button } = Dom;
  const NARROW = 760;

  function isNarrow() {
    return window.innerWidth <= NARROW;
  }

  /** @param {any} map @param {any} page */
  function make(map, page) {
    const address = Address.read();
    /** @type {any} */
    const app = {
      map, page, address,
      tables: new Map(Layers.all(map).map((layer) => [layer.landtrack.kind, layer.landtrack])),
      filters: Address.filtersFrom(address.filter),
      chosen: null, project: "", pinned: null, sort: "class", tab: "find", kind: "plots",
      bounds: page.bounds && L.latLngBounds(page.bounds), reason: null, tool: null, ui: {}, results: new Map(),
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
          paddingBottomRight: [24, card.hidden ? 70 : card.offsetHeight + 16],
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
      app.spot = L.circleMarker(latLng, { radius: 9, color: "#111827", weight: 3, fillColor: "#FFD43B", fillOpacity: 0.9, interactive: false }).addTo(map);
      fitTo(L.latLngBounds([latLng, latLng]), Math.max(map.getZoom(), 16));
    }

    return { margins, viewBounds, zoomTo, zoomToRows, goTo, fit: () => app.bounds && fitTo(app.bounds, 18) };
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

    /** Opens the card of a feature. */
    async function open(kind, row, { zoom = false, others = [], focus = true } = {}) {
      const own = ++run;
      const table = app.tables.get(kind);
      hideReason();
      app.chosen = { kind, row };
      app.project = "";
      await table.loadTexts();
      await Promise.all(others.map((each) => each.table.loadTexts()));
      const content = await (kind === "plots" ? Card.plot : Card.feature)(app, table, row, others);
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
      Address.show(app);
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
      const caption = Reasons.caption(reason.what, hideReason);
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
      await Compare.dialog(app, app.tables.get("plots"), first, row);
    }

    return { say, open, openProject, close, showReason, compare };
  }

  // --- filters and time ---------------------------------------------------------------------------

  function filtering(app) {
    function filterOf(kind) {
      app.filters[kind] = app.filters[kind] || {};
      return app.filters[kind];
    }

    /** Applies the filters of a table, and remembers what came out. */
    function filtered(table) {
      const dims = Filters.dimensions(table);
      const found = { dims, ...Filters.apply(table, dims, filterOf(table.kind)) };
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
      const table = Times.historic(app);
      if (table) {
        Times.show(app, table, day);
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
      const table = Times.historic(app);
      const centre = app.map.getCenter();
      return {
        ...chosenParts(),
        layers: layersText(),
        filter: Address.filterText(app.filters),
        asof: table && table.asOf !== undefined ? Words.day(table.asOf) : "",
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
      if (address.asof && /^\d{4}-\d\d-\d\d$/.test(address.asof)) {
        app.showDay(Date.parse(address.asof) / 86_400_000);
      }
      const view = (address.view || "").split(",").map(Number);
      const placed = view.length === 3 && view.every(Number.isFinite);
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

    return { useTool, closeTool, toggleGraticule, graticuleOn: () => Boolean(graticule) };
  }

  // --- what stands around the map -------------------------------------------------------------------

  function tabs(app, find, legend) {
    const bodies = { find: find.body, legend };
    const made = element("div", { class: "lt-tabs", role: "tablist" });
    const show = (name) => {
      app.tab = name;
      for (const [key, body] of Object.entries(bodies)) {
        body.hidden = key !== name;
        made.querySelector(`[data-tab="${key}"]`).setAttribute("aria-selected", String(key === name));
      }
      find.relist();
    };
    for (const key of Object.keys(bodies)) {
      made.append(button({ role: "tab", class: "lt-tab", "data-tab": key, "aria-controls": `lt-tab-${key}` }, () => show(key), Words.say(`map.tab_${key}`)));
    }
    return { made, show };
  }

  function languages(app) {
    const { langs } = app.page;
    return langs.length < 2 ? null : Dom.select(
      { id: "lt-lang", "aria-label": Words.say("map.language") },
      langs.map((lang) => [lang, app.page.words[lang]["language.name"]]), Words.current(), (lang) => speak(app, lang));
  }

  function panel(app) {
    const find = Find.panel(app);
    const legend = Legend.panel(app);
    const { made: bar, show } = tabs(app, find, legend);
    const body = element("div", { class: "lt-panel-body", id: "lt-panel-body" }, bar, find.body, legend);
    const fold = button({ class: "lt-panel-fold", "aria-controls": "lt-panel-body" }, () => app.ui.fold(body.hidden));
    const made = element("aside", { class: "lt-panel", "aria-label": Words.say("map.panel") },
      element("header", { class: "lt-title" },
        element("div", { class: "lt-title-row" }, element("h1", { text: Words.pick(app.page.title) }), languages(app), fold),
        element("p", { class: "lt-subtitle", text: Words.pick(app.page.subtitle) }),
        Find.search(app)),
      body);
    app.find = find;
    app.ui.fold = (open) => {
      body.hidden = !open;
      made.classList.toggle("lt-folded", !open);
      fold.textContent = Words.say(open ? "map.hide_panel" : "map.show_panel");
      fold.setAttribute("aria-expanded", String(open));
    };
    show(app.tab);
    return made;
  }

  function controls(app) {
    const { map } = app;
    map.attributionControl.setPrefix(false);
    const made = [
      L.control.zoom({ position: "topright", zoomInTitle: Words.say("map.zoom_in"), zoomOutTitle: Words.say("map.zoom_out") }),
      Tools.bar(app), Tools.coordinates(app),
      L.control.scale({ imperial: false, maxWidth: 140, position: "bottomright" }),
    ];
    made.forEach((each) => each.addTo(map));
    return made;
  }

  /** Puts everything that has words beside the map; anew in another language. */
  function surround(app) {
    const { ui, map, page } = app;
    const folded = ui.panel ? ui.panel.classList.contains("lt-folded") : isNarrow();
    for (const [event, action] of ui.heard || []) {
      map.off(event, action);
    }
    ui.heard = [];
    (ui.controls || []).forEach((each) => each.remove());
    [ui.panel, ui.card, ui.notice, ui.toast, ui.tool].forEach((each) => each?.remove());
    ui.card = element("aside", { class: "lt-card", hidden: true });
    ui.toast = element("p", { class: "lt-toast", role: "status", hidden: true });
    ui.tool = element("section", { class: "lt-tool-box", hidden: true, "aria-live": "polite" });
    ui.notice = Words.pick(page.notice) ? element("p", { class: "lt-notice", role: "note", text: Words.pick(page.notice) }) : null;
    ui.panel = panel(app);
    document.body.append(...[ui.panel, ui.card, ui.tool, ui.notice, ui.toast].filter(Boolean));
    document.title = Words.pick(page.title);
    ui.controls = controls(app);
    ui.fold(!folded);
    map.getContainer().setAttribute("aria-label", Words.say("map.map_label"));
    app.find.refresh();
  }

  async function speak(app, lang) {
    Words.setup(app.page.words, lang);
    app.closeTool();
    surround(app);
    app.map.fire("landtrack:relabel");
    const was = app.rows;
    if (app.project) {
      await app.openProject(app.project);
    } else if (was) {
      await app.open(was.kind, was.row, { others: was.others });
    }
    Address.show(app);
  }

  // --- what happens -----------------------------------------------------------------------------

  async function clicked(app, event) {
    if (app.tool) {
      return;
    }
    const found = await Layers.featuresAt(app.map, event.latlng);
    const top = found.find((each) => each.kind === "plots") || found.find((each) => each.table.layer.shown) || null;
    app.map.closePopup();
    if (!top) {
      return;
    }
    await app.open(top.kind, top.row, { others: found.filter((each) => each !== top) });
    const bounds = Layers.boundsOf(top.table, top.row);
    if (bounds && top.kind === "plots" && !isNarrow()) {
      app.map.panInside(bounds.getCenter(), app.margins());
    } else if (isNarrow()) {
      app.map.panInside(event.latlng, app.margins());
    }
  }

  // The hand shows over plots; asked once a frame.
  function hover(app) {
    const plots = app.tables.get("plots");
    let waiting = false;
    return ({ latlng }) => {
      if (waiting || !plots || app.tool) {
        return;
      }
      waiting = true;
      requestAnimationFrame(async () => {
        waiting = false;
        const over = app.map.hasLayer(plots.layer)
          && (await plots.layer.rowsAt(Plane.page(latlng), 0, app.map)).length > 0;
        app.map.getContainer().classList.toggle("lt-over-plot", over);
      });
    };
  }

  function listen(app) {
    const { map } = app;
    const relabel = Labels.keeper(app);
    map.on("click", (event) => clicked(app, event));
    map.on("mousemove", hover(app));
    map.on("moveend landtrack:switch landtrack:filter landtrack:relabel", relabel);
    map.on("moveend", () => app.find.relist());
    map.on("landtrack:switch", () => Address.show(app));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
        (app.tool ? app.closeTool : app.reason ? app.showNothing : app.close)();
      }
      document.body.classList.toggle("lt-keyed", event.key === "Tab");
    });
    window.addEventListener("hashchange", () => app.restore(Address.read()));
    return relabel;
  }

  /** Called by the script of the map when all layers are there. */
  async function start(map, id) {
    const page = Dom.data(id);
    Words.setup(page.words, Address.read().lang || page.lang);
    Plane.setup(page.plane);
    const app = make(map, page);
    app.highlight = Labels.highlighter(map);
    app.onUi = (event, action) => {
      app.ui.heard.push([event, action]);
      map.on(event, action);
    };
    app.showNothing = () => { app.reason.caption.querySelector("button").click(); };
    await Promise.all([...app.tables.values()].map((table) => table.load()));
    Legend.follow(map);
    page.attributions.forEach((text) => map.attributionControl.addAttribution(element("span", { text }).innerHTML));
    surround(app);
    app.fit();
    for (const kind of Object.keys(app.filters)) {
      const table = app.tables.get(kind);
      if (table) {
        await table.loadTexts();
        app.refilter(table);
      }
    }
    const relabel = listen(app);
    landtrack.map = map;
    landtrack.app = app;
    await app.tables.get("plots")?.loadTexts();
    await relabel();
    await app.restore(app.address);
    landtrack.ready = true;
    performance.mark("landtrack:ready");
    const rest = () => app.searched().forEach((table) => table.loadTexts());
    (window.requestIdleCallback || setTimeout)(rest);
  }

  return { start, isNarrow };
})();

/** What the scripts of the map and of the folder beside it call. */
const landtrack = {
  start: App.start, featureLayer: Layers.featureLayer, deliver: Bytes.deliver,
  map: null, app: null, ready: false,
};
