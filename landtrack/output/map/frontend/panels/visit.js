// The tool of a site visit: where somebody stands, what is near, what was seen; kept until it is handed on.

import { button, download, element } from "../core/dom.js";
import { Failure } from "../core/failure.js";
import { MOST_PICTURES } from "../core/notes.js";
import * as Photos from "../core/photos.js";
import { nameOf } from "../core/visits.js";
import * as Words from "../core/words.js";
import { nearby } from "../layers/nearby.js";
import { ask } from "./asking.js";
import { moment } from "./live.js";
import { plain } from "./parts.js";
import { bring } from "./screen.js";
import { Spot } from "./spot.js";
import { field, lacking, words, wordsOf } from "./written.js";

/** @import { App, Found, Nearby, Sighting, Tool } from "../types.js" */

const NEAR = 3; // plots that are named
const ZOOM = 17;
const PATIENCE = { enableHighAccuracy: true, timeout: 20_000, maximumAge: 0 };

/** Why something was not handed on. @param {unknown} error */
function why(error) {
  return error instanceof Failure && error.key === "pin.no_desk" ? Words.say("visit.no_desk") : wordsOf(error);
}

/** Hands on what waits, where a desk serves the page. @param {App} app @returns {Promise<void>} */
export async function handOn({ visits, pins }) {
  if (pins) {
    await visits.handOn((text) => pins.notes.visit(text, nameOf(new Date())));
    pins.load();
  }
}

/** Hands on what waits whenever there is a connection. @param {App} app */
export function follow(app) {
  const { visits } = app;
  const now = () => visits.ready.then(() => (visits.all.length ? handOn(app) : undefined)).catch(() => {}); // the tool says what waits, and why when asked
  if (app.pins) {
    now();
    window.addEventListener("online", now);
    app.map.on("landtrack:live", () => { // the desk is heard again
      if (!app.live.lost) {
        now();
      }
    });
  }
}

/** Photos that are taken one after the other. */
function photos() {
  const shown = element("div", { class: "lt-pinned-pictures" });
  const told = element("p", { class: "lt-told", role: "status" });
  /** @type {string[]} */
  const all = [];
  const draw = () => shown.replaceChildren(...all.map((data, at) => element("span", {},
    element("img", { src: Photos.address(data), alt: Words.say("pin.picture", { at: at + 1 }) }),
    button({ class: "lt-plain", "aria-label": Words.say("visit.drop_picture", { at: at + 1 }) }, () => { all.splice(at, 1); draw(); }, "×"))));
  /** @param {Record<string, unknown>} more */
  const input = (more) => {
    const made = element("input", { type: "file", accept: "image/*", ...more });
    made.addEventListener("change", async () => {
      told.textContent = "";
      for (const file of [...made.files ?? []]) {
        try {
          all.push(await Photos.small(file));
        } catch (error) {
          told.textContent = wordsOf(error);
        }
      }
      made.value = "";
      draw();
    });
    return made;
  };
  return {
    all, draw,
    shown: [field("visit.photo", input({ capture: "environment", "data-note": "photo" })), field("visit.pictures", input({ multiple: true, "data-note": "pictures" })), shown, told],
  };
}

/** Where somebody stands, and what is near. @param {App} app @param {Spot} spot */
function standing(app, spot) {
  const told = element("p", { class: "lt-told", role: "status" });
  const list = element("ul", { class: "lt-near" });
  const plots = app.tables.get("plots");
  let run = 0;

  /** @param {Nearby} near */
  function item({ row, distance, way }) {
    const table = /** @type {NonNullable<typeof plots>} */ (plots);
    const name = table.name(row) === table.key(row) ? "" : table.name(row);
    return element("li", {}, button({ class: "lt-plain", "data-key": table.key(row) }, () => spot.take({ kind: "plots", table, row }),
      [table.key(row), name].filter(Boolean).join(" · ")), " ",
      way ? Words.say("visit.away", { distance: Words.amount(distance, distance < 10 ? 1 : 0, "m"), way: Words.say(`visit.${way}`) }) : Words.say("visit.inside"));
  }

  /** @param {L.LatLng | null} at */
  async function near(at) {
    const own = ++run;
    const found = at && plots?.count ? await nearby(plots, at, NEAR) : [];
    await plots?.loadTexts();
    if (own === run) {
      list.replaceChildren(...found.map(item));
    }
  }

  function locate() {
    if (!window.isSecureContext || !navigator.geolocation) {
      told.textContent = Words.say("visit.no_position");
      return;
    }
    told.textContent = Words.say("visit.looking");
    navigator.geolocation.getCurrentPosition(async ({ coords }) => {
      const at = L.latLng(coords.latitude, coords.longitude);
      told.textContent = Words.say("visit.found", { accuracy: Words.amount(coords.accuracy, 0, "m") });
      bring(app, at, Math.max(app.map.getZoom(), ZOOM));
      await spot.put(at, Math.round(coords.accuracy * 10) / 10);
    }, ({ code, PERMISSION_DENIED }) => {
      told.textContent = Words.say(code === PERMISSION_DENIED ? "visit.refused" : "visit.not_found");
    }, PATIENCE);
  }

  return { shown: [element("div", { class: "lt-row" }, plain("visit.locate", locate)), told, list], near };
}

/** What waits, and how it is handed on. @param {App} app */
function waiting(app) {
  const { visits } = app;
  const title = element("h3");
  const where = element("p", { class: "lt-quiet" });
  const list = element("ul", { class: "lt-near" });
  const told = element("p", { class: "lt-told", role: "status" });
  const save = plain("visit.save", async () => {
    const name = nameOf(new Date());
    download(name, await visits.save(), "application/json");
    told.textContent = Words.say("visit.is_saved", { file: name });
  });
  const hand = plain("visit.hand_on", async () => {
    hand.disabled = true;
    try {
      await handOn(app);
      told.textContent = Words.say("visit.is_handed_on");
    } catch (error) {
      told.textContent = why(error);
    } finally {
      hand.disabled = false;
    }
  });
  const saved = () => visits.all.filter((each) => each.saved);
  const forget = plain("visit.forget", () => ask(Words.say("visit.forget"), [element("p", { text: Words.say("visit.forget_why", { count: Words.figure(saved().length, 0) }) })],
    [["visit.remove", () => visits.drop(saved().map(({ id }) => id))]]));
  /** @param {Sighting} each */
  const item = (each) => element("li", {}, element("b", { text: each.key || Words.say("pin.at_point") }), ` ${each.text.slice(0, 60)} `,
    element("span", { class: "lt-quiet", text: [moment(each.at), each.pictures.length ? Words.say("visit.with_pictures", { count: Words.figure(each.pictures.length, 0) }) : "", each.saved ? Words.say("visit.in_file") : ""].filter(Boolean).join(" · ") }), " ",
    button({ class: "lt-plain", "aria-label": Words.say("visit.remove_it", { note: each.text.slice(0, 40) || each.key }) }, () => ask(Words.say("visit.remove"), [element("p", { text: Words.say("visit.would_be_lost") })],
      [["visit.remove", () => visits.drop([each.id])]]), "×"));
  const fill = () => {
    const count = visits.all.length;
    title.textContent = Words.say("visit.waiting", { count: Words.figure(count, 0) });
    where.textContent = Words.say(visits.where === "nowhere" ? "visit.nowhere" : app.pins ? "visit.in_browser_served" : "visit.in_browser");
    list.replaceChildren(...visits.all.map(item));
    save.hidden = !count;
    hand.hidden = !count || !app.pins;
    forget.hidden = !saved().length;
  };
  return { shown: [title, where, list, element("div", { class: "lt-row" }, hand, save, forget), told], fill, told };
}

/** @param {App} app @param {Found | null} [of] @returns {Tool} */
export function tool(app, of = null) {
  const { visits } = app;
  const own = words();
  const taken = photos();
  const spot = new Spot(app, of, (at) => place.near(at));
  const place = standing(app, spot);
  const queue = waiting(app);
  const told = element("p", { class: "lt-told", role: "status" });
  const keep = plain("visit.keep", async () => {
    const lacks = lacking(spot.known, own.text.value, taken.all.length);
    told.textContent = lacks ? Words.say(lacks, { most: MOST_PICTURES }) : "";
    if (lacks) {
      return;
    }
    keep.disabled = true;
    try {
      await visits.keep({ text: own.text.value.trim(), by: own.by.value.trim(), ...spot.read(), pictures: [...taken.all] });
      own.text.value = "";
      taken.all.length = 0;
      taken.draw();
      told.textContent = Words.say("visit.is_kept");
      navigator.storage?.persist?.().catch(() => {}); // it is asked for; where it is not granted the words above hold
      if (app.pins) {
        await handOn(app);
        told.textContent = Words.say("visit.is_handed_on");
      }
    } catch (error) {
      told.textContent = [told.textContent, why(error)].filter(Boolean).join(" ");
    } finally {
      keep.disabled = false;
    }
  });
  app.map.on("landtrack:visits", queue.fill);
  queue.fill();
  visits.ready.then(queue.fill);
  return {
    title: Words.say("tool.visit"),
    content: [...place.shown, ...spot.shown, field("pin.text", own.text), ...taken.shown, field("pin.by", own.by), element("div", { class: "lt-row" }, keep), told, ...queue.shown],
    close: () => {
      app.map.off("landtrack:visits", queue.fill);
      spot.remove();
    },
    again: () => tool(app),
  };
}
