// Search: by what stands in the texts, and by coordinates.

import { button, element, given } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";

/** @import { App, Point } from "../types.js" */
/** @import { Table } from "../layers/table.js" */
/** @typedef {{latLng: L.LatLng, system: string}} Spot a place that two numbers may mean, and in which system */

const MOST_FOUND = 30;

// --- search -------------------------------------------------------------------------------

/** Two numbers in a text, such as "40.5, 122.1"; null where there are none. @param {string} text @returns {Point | null} */
export function pair(text) {
  const found = text.trim().match(/^\(?\s*([EN]?\s*-?\d+(?:\.\d+)?)\s*°?[EN]?\s*[,，;\s]\s*([EN]?\s*-?\d+(?:\.\d+)?)\s*°?[EN]?\s*\)?$/i);
  const number = (/** @type {string} */ each) => Number(each.replace(/[EN\s]/gi, ""));
  return found ? [number(found[1]), number(found[2])] : null;
}

/**
 * The places that two numbers may mean: degrees in either order, or the working CRS.
 * @param {[number, number]} pair @param {L.LatLngBounds | null} bounds
 */
export function places([one, other], bounds) {
  /** @type {Point[]} */
  const both = [[one, other], [other, one]];
  const degrees = both
    .filter(([lat, lng]) => Math.abs(lat) <= 90 && Math.abs(lng) <= 180)
    .map(([lat, lng]) => ({ latLng: L.latLng(lat, lng), system: Words.say("find.degrees") }));
  const projected = given(both.map(Plane.fromPark))
    .map((point) => ({ latLng: Plane.latLng(point), system: Plane.name() }));
  const all = [...degrees, ...projected];
  const near = all.filter(({ latLng }) => bounds?.pad(2).contains(latLng));
  return (near.length ? near : all).slice(0, 2);
}

/** @param {App} app @param {Table} table @param {number} row */
function hit(app, table, row) {
  const name = table.name(row);
  const company = table.text("company", row);
  return button({ class: "lt-hit", role: "option" }, () => app.open(table.kind, row, { zoom: true }),
    element("b", { text: table.key(row) }),
    element("span", { text: [name, company !== name ? company : ""].filter(Boolean).join(" · ") }),
    element("small", { text: Words.pick(table.head.title) }));
}

/** @param {App} app @param {Spot} spot */
function spot(app, { latLng, system }) {
  const shown = `${latLng.lat.toFixed(6)}, ${latLng.lng.toFixed(6)}`;
  return button({ class: "lt-hit", role: "option" }, () => app.goTo(latLng),
    element("b", { text: shown }), element("small", { text: system }));
}

/** @param {App} app @param {string} query */
async function found(app, query) {
  const numbers = pair(query);
  const spots = numbers ? places(numbers, app.whole).map((each) => spot(app, each)) : [];
  const hits = [];
  for (const table of app.searched()) {
    await table.loadTexts();
    for (const row of table.search(query, MOST_FOUND - hits.length)) {
      hits.push(hit(app, table, row));
    }
    if (hits.length >= MOST_FOUND) {
      break;
    }
  }
  return [...spots, ...hits];
}

/** @param {App} app */
export function search(app) {
  const list = element("div", { class: "lt-hits", id: "lt-hits", role: "listbox", "aria-label": Words.say("find.results"), hidden: true });
  const input = element("input", {
    type: "search", id: "lt-search", placeholder: Words.say("find.placeholder"), autocomplete: "off",
    "aria-label": Words.say("find.search"), "aria-controls": "lt-hits",
  });
  let run = 0;
  async function look() {
    const own = ++run;
    const start = performance.now();
    const query = input.value.trim();
    const made = query ? await found(app, query) : [];
    if (own !== run) {
      return;
    }
    performance.measure("landtrack:search", { start });
    list.hidden = !query;
    list.replaceChildren(...(query && !made.length ? [element("p", { class: "lt-quiet", text: Words.say("find.nothing") })] : made));
  }
  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    const first = list.querySelector("button");
    if (event.key === "Enter" && first) {
      look().then(() => list.querySelector("button")?.click());
    } else if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      list.hidden = false;
      first.focus();
    } else if (event.key === "Escape" && input.value) {
      event.stopPropagation();
      input.value = "";
      look();
    }
  });
  list.addEventListener("keydown", (event) => walk(event, input));
  const box = element("div", { class: "lt-search" }, input, list);
  foldAway(box, input, list);
  return box;
}

/**
 * What is found stands over the panel: it goes when one is chosen or something else is turned
 * to, and comes back with a click on what was typed.
 * @param {HTMLElement} box @param {HTMLInputElement} input @param {HTMLElement} list
 */
function foldAway(box, input, list) {
  list.tabIndex = -1; // so that a press on a hit keeps the focus inside in every browser
  box.addEventListener("focusout", (event) => {
    list.hidden = list.hidden || !box.contains(/** @type {Node | null} */ (event.relatedTarget));
  });
  list.addEventListener("click", () => { list.hidden = true; });
  input.addEventListener("click", () => { list.hidden = !list.childElementCount; });
}

/** Up and down go from hit to hit. @param {KeyboardEvent} event @param {HTMLInputElement} input */
function walk(event, input) {
  const at = document.activeElement;
  const next = { ArrowDown: at?.nextElementSibling, ArrowUp: at?.previousElementSibling };
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    (/** @type {HTMLElement | null | undefined} */ (next[event.key]) ?? input).focus();
  }
}
