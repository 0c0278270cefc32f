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
  /** @type {HTMLElement | null} from where the tool was opened */
  let opener = null;

  function closeTool() {
    const within = app.ui.tool.contains(document.activeElement);
    app.tool?.close();
    app.ui.tool.hidden = true;
    app.ui.tool.replaceChildren();
    app.tool = null;
    if (within && opener?.isConnected) {
      opener.focus({ preventScroll: true });
    }
  }

  /** @param {() => Tool} make */
  function useTool(make) {
    if (document.activeElement instanceof HTMLElement && !app.ui.tool.contains(document.activeElement)) {
      opener = document.activeElement;
    }
    closeTool();
    app.map.closePopup();
    app.tool = make();
    const title = element("h2", { tabindex: "-1", text: app.tool.title });
    app.ui.tool.setAttribute("aria-label", app.tool.title);
    app.ui.tool.replaceChildren(
      element("header", {}, title, button({ class: "lt-close", "aria-label": Words.say("map.close") }, closeTool, "×")),
      ...app.tool.content);
    app.ui.tool.style.setProperty("--lt-under-title", `${(app.ui.panel.querySelector(".lt-title")?.getBoundingClientRect().bottom ?? 0) + 12}px`);
    app.ui.tool.hidden = false;
    title.focus({ preventScroll: true });
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
