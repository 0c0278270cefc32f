// The start: puts panel and card beside the map, and keeps all that is chosen in one place.
const App = (() => {
  "use strict";

  const { element, button } = Dom;
  const LONGEST = 4000; // milliseconds that columns wait for the first drawing

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
    const folded = ui.panel ? ui.panel.classList.contains("lt-folded") : Desk.isNarrow();
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
    const start = performance.now();
    const found = await Layers.featuresAt(app.map, event.latlng);
    const top = found.find((each) => each.kind === "plots") || found.find((each) => each.table.layer.shown) || null;
    app.map.closePopup();
    if (!top) {
      return;
    }
    await app.open(top.kind, top.row, { others: found.filter((each) => each !== top) });
    performance.measure("landtrack:click", { start });
    const bounds = Layers.boundsOf(top.table, top.row);
    if (bounds && top.kind === "plots" && !Desk.isNarrow()) {
      app.map.panInside(bounds.getCenter(), app.margins());
    } else if (Desk.isNarrow()) {
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

  /** When the large layers are drawn for the first time, or the page has waited long enough. */
  function drawn(app, tables) {
    const packed = tables.filter((table) => table.head.packed && app.map.hasLayer(table.layer));
    const all = Promise.all(packed.map((table) => new Promise((done) => table.layer.once("landtrack:drawn", done))));
    return packed.length ? Promise.race([all, new Promise((done) => setTimeout(done, LONGEST))]) : Promise.resolve();
  }

  /** Called by the script of the map when all layers are there. */
  async function start(map, id) {
    const page = Dom.data(id);
    Words.setup(page.words, Address.read().lang || page.lang);
    Plane.setup(page.plane);
    const app = Desk.make(map, page);
    app.highlight = Labels.highlighter(map);
    app.onUi = (event, action) => {
      app.ui.heard.push([event, action]);
      map.on(event, action);
    };
    app.showNothing = () => { app.reason.caption.querySelector("button").click(); };
    const tables = [...app.tables.values()];
    await Promise.all(tables.map((table) => (table.head.packed ? table.begin() : table.load())));
    Table.turn = drawn(app, tables);
    Legend.follow(map);
    page.attributions.forEach((text) => map.attributionControl.addAttribution(element("span", { text }).innerHTML));
    app.toggleGraticule();
    surround(app);
    map.landtrackPlaced = true;
    app.fit(app.bounds);
    tables.filter((table) => table.head.packed).forEach((table) => table.layer.refresh());
    await Promise.all(tables.map((table) => table.load()));
    if (tables.some((table) => table.head.packed && table.head.history)) {
      surround(app); // now that its days are known
    }
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
    const rest = async () => {
      await Promise.all(app.searched().map((table) => table.loadTexts()));
      await Warm.keep(app);
      performance.mark("landtrack:warm");
    };
    (window.requestIdleCallback || setTimeout)(rest);
  }

  return { start };
})();

/** What the scripts of the map and of the folder beside it call. */
const landtrack = {
  start: App.start, featureLayer: Layers.featureLayer, deliver: Bytes.deliver,
  map: null, app: null, ready: false,
};
