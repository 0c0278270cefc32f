// The outline of a trial plot out of a file: read by the desk as it reads all files, one of them chosen.

import { element, select } from "../core/dom.js";
import { Failure } from "../core/failure.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";
import { plain } from "./parts.js";

/** @import { App, FoundOutline, FoundOutlines, Piece, Ring } from "../types.js" */
/** @import { PlaceKeeper } from "../core/keeping.js" */

const OFTEN = 300; // milliseconds between two looks at a reading
const OPEN = ["waiting", "working"];
const KINDS = ".txt,.dxf,.zip,.kml,.kmz,.geojson,.json,.gpkg,.csv,.xlsx,.shp,.fgb";

/** Why an area cannot be a trial plot, as a key of the text catalog; empty where it can. @param {FoundOutline} outline */
function hindrance({ holes, ring }) {
  return ring.length ? "" : holes ? "trial.has_holes" : "trial.has_corners";
}

/** @param {FoundOutline} outline */
function labelOf(outline) {
  const why = hindrance(outline);
  const said = Words.say("trial.found_one", { name: outline.name, area: Words.amount(outline.area_m2, 1, "m2"), count: Words.figure(outline.corners, 0) });
  return why ? `${said} (${Words.say(why)})` : said;
}

/** A ring on the map. @param {Ring} ring @returns {Piece[]} */
function pieces(ring) {
  const page = ring.map(Plane.fromPark);
  return page.length && page.every((point) => point !== null) ? [{ type: 2, rings: [/** @type {Ring} */ (page)] }] : [];
}

/**
 * Asks for a file and offers its outlines.
 * @param {App} app @param {PlaceKeeper} keeper @param {(ring: Ring, name: string) => void} begin
 */
export function section(app, keeper, begin) {
  const file = element("input", { type: "file", id: "lt-trial-file", accept: KINDS });
  const crs = element("input", { type: "text", id: "lt-trial-crs", autocomplete: "off", placeholder: "EPSG:4527", maxlength: 60 });
  const told = element("p", { class: "lt-told", role: "status" });
  const offered = element("div");
  let [run, seen] = [0, false];

  /** Takes what was looked at off the map. */
  function close() {
    run += 1;
    if (seen) {
      app.highlight([]);
    }
  }

  /** @param {FoundOutlines} found */
  function offer({ crs: own, outlines, more, others }) {
    if (own !== Plane.name()) {
      told.textContent = Words.say("trial.other_crs", { crs: own });
      return;
    }
    told.textContent = [
      Words.say("trial.found", { count: Words.figure(outlines.length, 0) }),
      more ? Words.say("trial.found_more", { count: Words.figure(more, 0) }) : "",
      others ? Words.say("trial.found_others", { count: Words.figure(others, 0) }) : "",
    ].filter(Boolean).join(" ");
    const first = outlines.findIndex((each) => !hindrance(each));
    const list = select({ id: "lt-trial-outlines", size: Math.min(6, Math.max(2, outlines.length)) },
      outlines.map((each, at) => [String(at), labelOf(each)]), String(first), (at) => show(outlines[Number(at)]));
    [...list.options].forEach((option, at) => { option.disabled = hindrance(outlines[at]) !== ""; });
    const take = plain("trial.begin_with", () => {
      const chosen = outlines[Number(list.value)];
      if (chosen?.ring.length) {
        begin(chosen.ring, chosen.name);
      }
    });
    take.disabled = first < 0;
    offered.replaceChildren(element("label", { for: list.id, class: "lt-quiet", text: Words.say("trial.outlines") }), list, take);
    if (first >= 0) {
      show(outlines[first]);
    }
  }

  /** @param {FoundOutline} outline */
  function show({ ring }) {
    const own = pieces(ring);
    seen = true;
    app.highlight(own);
    if (own.length) {
      app.fit(L.latLngBounds(own[0].rings[0].map(Plane.latLng)));
    }
  }

  async function read() {
    const chosen = file.files?.[0];
    offered.replaceChildren();
    if (!chosen) {
      told.textContent = Words.say("trial.no_file");
      return;
    }
    told.textContent = Words.say("trial.reading", { file: chosen.name });
    try {
      await readOne(chosen);
    } catch (error) {
      if (!(error instanceof Failure)) {
        throw error;
      }
      told.textContent = Words.say(error.key, error.values);
    }
  }

  /** @param {File} chosen */
  async function readOne(chosen) {
    const own = ++run;
    const job = await keeper.bring(chosen, crs.value.trim());
    let now = await keeper.brought(job);
    while (own === run && told.isConnected && OPEN.includes(now.state)) {
      await new Promise((done) => setTimeout(done, OFTEN));
      now = await keeper.brought(job);
    }
    if (own === run && now.found) {
      offer(now.found);
    } else if (own === run) {
      told.textContent = now.said || Words.say("trial.not_read");
    }
  }

  const shown = element("details", { class: "lt-kept lt-bring" }, element("summary", { text: Words.say("trial.from_file") }),
    element("div", { class: "lt-row" }, element("label", { for: file.id, text: Words.say("trial.file") }), file),
    element("div", { class: "lt-field" }, element("label", { for: crs.id, text: Words.say("trial.file_crs") }), crs),
    element("div", { class: "lt-row" }, plain("trial.read", read)), told, offered);
  return { shown, close };
}
