// The bar of tools, and the coordinates under the pointer.

import * as Share from "./share.js";
import { button, element, icon } from "../core/dom.js";
import { may } from "../core/served.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";
import { chooseTool } from "./choosing.js";
import * as Noting from "./noting.js";
import { measureTool } from "./measuring.js";
import * as Printing from "./printing.js";
import * as Trial from "./trial.js";
import * as Visit from "./visit.js";
import { hasSteps } from "./ways.js";

/** @import { App } from "../types.js" */

// --- coordinates ------------------------------------------------------------------------------

/** @param {App} app */
export function coordinates(app) {
  const shown = element("div", { class: "lt-coordinates", "aria-live": "off" });
  const control = new L.Control({ position: "bottomright" });
  control.onAdd = () => shown;
  /** @param {L.LeafletMouseEvent} event */
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

// --- full screen and print --------------------------------------------------------------------

function fullScreen() {
  if (document.fullscreenElement) {
    document.exitFullscreen();
  } else {
    document.documentElement.requestFullscreen();
  }
}

// --- the bar ----------------------------------------------------------------------------------

/** @param {App} app */
export function bar(app) {
  const control = new L.Control({ position: "topright" });
  control.onAdd = () => {
    /** @param {string} key @param {string} drawing @param {() => void} action @param {Record<string, unknown>} [attributes] */
    const tool = (key, drawing, action, attributes) => button({
      class: "lt-tool", title: Words.say(key), "aria-label": Words.say(key), "data-tool": key.split(".")[1], ...attributes,
    }, action, icon(drawing));
    const made = element("div", { class: "leaflet-bar lt-tools" },
      tool("map.fit", "fit", () => app.fit(app.whole)),
      tool("tool.measure_line", "line", () => app.useTool(() => measureTool(app, false))),
      tool("tool.measure_area", "area", () => app.useTool(() => measureTool(app, true))),
      tool("tool.trial", "trial", () => app.useTool(() => Trial.tool(app))),
      may(app.served, "POST step") && [...app.tables.values()].some(hasSteps) ? tool("tool.choose", "lasso", () => app.useTool(() => chooseTool(app))) : "",
      may(app.served, "POST notes") ? tool("tool.note", "note", () => Noting.open(app)) : "",
      tool("tool.visit", "here", () => app.useTool(() => Visit.tool(app))),
      tool("tool.graticule", "grid", () => app.toggleGraticule(), { "aria-pressed": String(app.graticuleOn()) }),
      tool("tool.full_screen", "full", fullScreen),
      tool("tool.print", "print", () => Printing.open(app)),
      tool("tool.copy", "copy", () => Share.copy(app)));
    L.DomEvent.disableClickPropagation(made);
    const visit = made.querySelector('[data-tool="visit"]');
    const count = () => visit?.setAttribute("data-count", app.visits.all.length ? Words.figure(app.visits.all.length, 0) : "");
    count();
    app.onUi("landtrack:visits", count);
    return made;
  };
  return control;
}
