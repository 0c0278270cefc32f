// The legend: layers by group, each with its classes, switched on and off.

import { button, element, given, select } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Draw from "../layers/draw.js";
import * as Filters from "../layers/filters.js";
import * as Layers from "../layers/layers.js";
import { tableOf } from "../layers/table.js";
import * as Themes from "../layers/themes.js";
import * as Times from "./times.js";

/** @import { App, LayerClass, MapLayer, Page } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

/** @param {LayerClass} each @param {number} count */
function classRow(each, count) {
  return element("li", { class: "lt-class" },
    Draw.swatch(each.shape, each.look),
    element("span", { class: "lt-class-name", text: Words.pick(each.label) }),
    element("span", { class: "lt-count", text: Words.figure(count, 0) }));
}

/** @param {string} title @param {HTMLElement} list */
function toggler(title, list) {
  const made = button({
    class: "lt-fold", "aria-expanded": "true", "aria-label": Words.say("legend.toggle", { name: title }),
  }, () => {
    list.hidden = !list.hidden;
    made.setAttribute("aria-expanded", String(!list.hidden));
  });
  return made;
}

/** @param {L.Map} map @param {string} kind @param {boolean} on */
export function switchLayer(map, kind, on) {
  const layer = Layers.all(map).find((each) => each.landtrack.kind === kind);
  if (!layer) {
    return;
  }
  if (on) {
    layer.addTo(map);
    Layers.restack(map, layer);
  } else {
    layer.remove();
  }
  map.fire("landtrack:switch", { kind, on });
}

/** A layer control of folium's own may switch layers, too. @param {L.Map} map */
export function follow(map) {
  map.on("overlayadd overlayremove", (event) => {
    const { type, layer } = /** @type {{type: string, layer: L.Layer | MapLayer}} */ (event);
    if (!("landtrack" in layer)) {
      return;
    }
    const on = type === "overlayadd";
    if (on) {
      Layers.restack(map, layer);
    }
    map.fire("landtrack:switch", { kind: layer.landtrack.kind, on });
  });
}

/** @param {Table} table */
function counted(table) {
  const counts = new Uint32Array(table.head.classes.length);
  for (const code of table.classes) {
    counts[code] += 1;
  }
  return counts;
}

/** By what a layer is coloured; none where there is nothing to choose. @param {App} app @param {Table} table */
function colouring(app, table) {
  const choices = Themes.offered(table);
  if (!choices.length) {
    return null;
  }
  const id = `lt-theme-${table.kind}`;
  const own = Filters.classLabel(table); // the texts of a layer may not be loaded yet
  const made = select({ id }, [["", own], ...choices], table.theme?.id ?? "", (value) => app.colour(table.kind, value));
  app.onUi("landtrack:theme", () => { made.value = table.theme?.id ?? ""; });
  return element("div", { class: "lt-kind lt-theme" }, element("label", { for: id, text: Words.say("map.theme") }), made);
}

/** @param {App} app @param {Table} table */
function layerRow(app, table) {
  const { map } = app;
  const { head } = table;
  const title = Words.pick(head.title);
  const box = element("input", {
    type: "checkbox", id: `lt-show-${head.kind}`, checked: head.count > 0 && map.hasLayer(table.layer), disabled: head.count === 0,
  });
  box.addEventListener("change", () => switchLayer(map, head.kind, box.checked));
  app.onUi("landtrack:switch", () => { box.checked = head.count > 0 && map.hasLayer(table.layer); });
  const divided = head.classes.some((each) => Words.pick(each.label));
  const top = element("div", { class: "lt-layer-head" }, box,
    divided ? null : Draw.swatch(head.classes[0].shape, head.classes[0].look),
    element("label", { for: box.id, class: "lt-layer-name", text: title }),
    element("span", { class: "lt-count", text: head.count ? Words.figure(head.count, 0) : Words.say("map.no_features") }));
  const row = element("div", { class: "lt-layer", "data-kind": head.kind }, top);
  if (divided && head.count) {
    const list = element("ul", { class: "lt-classes" });
    const method = element("p", { class: "lt-quiet lt-method" });
    const fill = () => {
      const { theme } = table;
      method.textContent = theme?.method ?? "";
      if (theme) {
        list.replaceChildren(...theme.classes.filter(({ count }) => count).map((each) => classRow(each, each.count)));
        return;
      }
      const counts = table.asOf === undefined ? head.classes.map((each) => each.count) : counted(table);
      list.replaceChildren(...head.classes
        .map((each, at) => ({ each, count: counts[at] }))
        .filter(({ each, count }) => count || each.count || head.kind === "plots")
        .map(({ each, count }) => classRow(each, count)));
    };
    fill();
    app.onUi("landtrack:asof", fill);
    app.onUi("landtrack:live", fill);
    app.onUi("landtrack:theme", fill);
    top.append(toggler(title, list));
    row.append(...given([colouring(app, table)]), list, method);
  }
  return row;
}

/** @param {App} app @param {Page["groups"][number]} group */
function group(app, { title, kinds }) {
  return element("section", { class: "lt-group" },
    element("h3", { text: Words.pick(title) }),
    ...kinds.map((kind) => layerRow(app, tableOf(app, kind))));
}

/** Which map lies under the map: none, or one that the place names. @param {App} app */
function basemaps(app) {
  const offered = app.page.basemaps;
  if (!offered.length) {
    return null;
  }
  /** @type {[value: string, text: string][]} */
  const choices = offered.map((each, at) => [String(at), Words.pick(each.title)]);
  const choice = select({ id: "lt-basemap" }, [["", Words.say("map.no_basemap")], ...choices],
    app.basemap === null ? "" : String(app.basemap), (at) => app.showBasemap(at === "" ? null : Number(at)));
  return element("div", { class: "lt-kind lt-basemap" },
    element("label", { for: "lt-basemap", text: Words.say("map.basemap") }), choice,
    element("p", { class: "lt-quiet", text: Words.say("map.basemap_loads") }));
}

/** @param {App} app */
export function panel(app) {
  const slider = element("div");
  const fill = () => slider.replaceChildren(...given([Times.panel(app)])); // of the days that are known by then
  fill();
  app.onUi("landtrack:live", fill);
  return element("div", { class: "lt-legend", id: "lt-tab-legend", role: "tabpanel" },
    element("h2", { text: Words.say("map.heading") }), basemaps(app), slider,
    ...app.page.groups.map((each) => group(app, each)));
}
