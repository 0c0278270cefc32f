// The tool that is at work, the graticule, and the map that lies under the map.

import { button, element } from "../core/dom.js";
import * as Words from "../core/words.js";
import { Graticule } from "../panels/graticule.js";

/** @import { App, Tool, Tooling } from "../types.js" */

// --- tools --------------------------------------------------------------------------------------

/** @param {App} app @returns {Tooling} */
export function tooling(app) {
  /** @type {Graticule | null} */
  let graticule = null;

  function closeTool() {
    app.tool?.close();
    app.ui.tool.hidden = true;
    app.ui.tool.replaceChildren();
    app.tool = null;
  }

  /** @param {() => Tool} make */
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
      graticule = new Graticule().addTo(app.map);
    }
    document.querySelector('[data-tool="graticule"]')?.setAttribute("aria-pressed", String(Boolean(graticule)));
  }

  /** Tiles lie under everything of ours. @param {number | null} at */
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
