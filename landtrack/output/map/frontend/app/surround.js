// What stands around the map, in one language: panel, card, notice, controls.

import { button, element, given, select } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Find from "../panels/find.js";
import * as Legend from "../panels/legend.js";
import * as Live from "../panels/live.js";
import * as Search from "../panels/search.js";
import * as Toolbar from "../panels/toolbar.js";
import * as Share from "../panels/share.js";
import * as Listening from "./listening.js";
import { isNarrow } from "../panels/screen.js";

/** @import { App } from "../types.js" */

/** @param {App} app @param {ReturnType<typeof Find.panel>} find @param {HTMLElement} legend */
function tabs(app, find, legend) {
  const bodies = { find: find.body, legend };
  const made = element("div", { class: "lt-tabs", role: "tablist" });
  const show = (/** @type {string} */ name) => {
    app.tab = name;
    for (const [key, body] of Object.entries(bodies)) {
      body.hidden = key !== name;
      made.querySelector(`[data-tab="${key}"]`)?.setAttribute("aria-selected", String(key === name));
    }
    find.relist();
  };
  for (const key of Object.keys(bodies)) {
    made.append(button({ role: "tab", class: "lt-tab", "data-tab": key, "aria-controls": `lt-tab-${key}` }, () => show(key), Words.say(`map.tab_${key}`)));
  }
  return { made, show };
}

/** @param {App} app */
function languages(app) {
  const { langs } = app.page;
  return langs.length < 2 ? null : select(
    { id: "lt-lang", "aria-label": Words.say("map.language") },
    langs.map((lang) => [lang, app.page.words[lang]["language.name"]]), Words.current(), (lang) => speak(app, lang));
}

/** @param {App} app */
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
      Live.status(app, () => Listening.renew(app)),
      Search.search(app)),
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

/** @param {App} app */
function controls(app) {
  const { map } = app;
  map.attributionControl.setPrefix(false);
  const made = [
    L.control.zoom({ position: "topright", zoomInTitle: Words.say("map.zoom_in"), zoomOutTitle: Words.say("map.zoom_out") }),
    Toolbar.bar(app), Toolbar.coordinates(app),
    L.control.scale({ imperial: false, maxWidth: 140, position: "bottomright" }),
  ];
  made.forEach((each) => each.addTo(map));
  return made;
}

/** Puts everything that has words beside the map; anew in another language. @param {App} app */
export function surround(app) {
  const { ui, map, page } = app;
  const folded = ui.panel.isConnected ? ui.panel.classList.contains("lt-folded") : isNarrow();
  for (const [event, action] of ui.heard) {
    map.off(event, action);
  }
  ui.heard = [];
  ui.controls.forEach((each) => each.remove());
  [ui.panel, ui.card, ui.notice, ui.toast, ui.tool].forEach((each) => each?.remove());
  ui.card = element("aside", { class: "lt-card", hidden: true });
  ui.toast = element("p", { class: "lt-toast", role: "status", hidden: true });
  ui.tool = element("section", { class: "lt-tool-box", hidden: true });
  ui.notice = Words.pick(page.notice) ? element("p", { class: "lt-notice", role: "note", text: Words.pick(page.notice) }) : null;
  ui.panel = panel(app);
  document.body.append(...given([ui.panel, ui.card, ui.tool, ui.notice, ui.toast]));
  document.title = Words.pick(page.title);
  document.documentElement.lang = Words.current();
  ui.controls = controls(app);
  ui.fold(!folded);
  map.getContainer().setAttribute("aria-label", Words.say("map.map_label"));
  app.find?.refresh();
}

/** @param {App} app @param {string} lang */
async function speak(app, lang) {
  Words.setup(app.page.words, lang);
  const again = app.tool?.again;
  app.closeTool();
  app.recolour();
  surround(app);
  if (again) {
    app.useTool(again);
  }
  app.map.fire("landtrack:relabel");
  const was = app.rows;
  if (app.project) {
    await app.openProject(app.project);
  } else if (was) {
    await app.open(was.kind, was.row, { others: was.others });
  }
  Share.show(app);
}
