// The parts that cards are made of.

import { button, element, given } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Within from "../layers/within.js";

/** @import { App, Found, Hits, Pair } from "../types.js" */

/** @type {Record<string, string>} */
export const MARKS = { pass: "✓", fail: "✗", unknown: "?", stale: "↻", not_applicable: "–" };
export const COVERED = { hit: "●", clear: "○", no_coverage: "?" };

/** @param {string} code @param {string} text */
export function badge(code, text) {
  return element("span", { class: `lt-badge lt-${code}` },
    element("span", { class: "lt-mark", "aria-hidden": "true", text: MARKS[code] }), text);
}

/** @param {string} key @param {...(Node | string | null)} children */
export function section(key, ...children) {
  return element("section", { class: "lt-section", "data-block": key }, element("h3", { text: Words.say(key) }), ...children);
}

/** @param {Pair[]} rows */
export function pairs(rows) {
  return element("dl", { class: "lt-pairs" }, ...rows.flatMap(([label, value, beside]) => [element("dt", { text: label }),
    element("dd", {}, value, beside ? element("small", { class: "lt-written", text: beside }) : null)]));
}

/** @param {string} key */
export function quiet(key) {
  return element("p", { class: "lt-quiet", text: Words.say(key) });
}

// --- heads and chips ------------------------------------------------------------------------

/** @param {App} app @param {Found} found */
function chip(app, { table, row }) {
  const title = Words.pick(table.head.title);
  return button({ class: "lt-chip", title }, () => app.open(table.kind, row),
    `${title} · ${table.name(row) || table.key(row)}`);
}

/** @param {App} app @param {Found[]} others */
export function here(app, others) {
  return others.length ? element("div", { class: "lt-here" },
    element("span", { text: Words.say("card.here") }), ...others.map((each) => chip(app, each))) : null;
}

/**
 * @param {App} app
 * @param {{over: string, title: string, under: string, verdict?: Node, buttons: Node[], ways?: Node | null, beside?: Node | null}} told
 */
export function heading(app, { over, title, under, verdict, buttons, ways, beside }) {
  return element("header", { class: "lt-card-head" },
    element("div", { class: "lt-card-top" },
      element("span", { class: "lt-plot-id", text: over }),
      verdict || null,
      button({ class: "lt-close", "aria-label": Words.say("map.close"), title: Words.say("map.close") }, app.close, "×")),
    element("h2", { tabindex: "-1", text: title }),
    under ? element("p", { class: "lt-company", text: under }) : null,
    buttons.length ? element("div", { class: "lt-card-buttons" }, ...buttons) : null,
    ways || null, beside || null);
}

/** @param {string} key @param {() => void} action */
export function plain(key, action) {
  return button({ class: "lt-plain", "data-do": key }, action, Words.say(key));
}

// --- parcels --------------------------------------------------------------------------------

/** A section that is filled when its contents are worked out. @param {string} key @param {() => Promise<(Node | string | null)[]>} work */
export function later(key, work) {
  const made = section(key, quiet("card.working"));
  work().then((contents) => made.replaceChildren(...given([made.firstChild, ...contents])));
  return made;
}

/** Figures that the page measured, not the store: which, and how well. */
export function measuredHere() {
  return element("p", { class: "lt-quiet", text: Words.say("card.measured_here") });
}

/** @param {string} text @param {number} area @param {number} whole */
export function share(text, area, whole) {
  return Words.say("trial.area", { area: text, share: Words.portion(Within.partOf(area, whole) / whole) });
}

/** What lies in an area, in words: areas with their share of the whole, lengths, numbers. @param {Hits} hits @param {number} whole */
export function hitsText({ area, length, count }, whole) {
  const parts = [];
  if (Within.isArea(area)) {
    parts.push(share(Words.amount(Within.partOf(area, whole), 0, "m2"), area, whole));
  }
  if (Within.isLength(length)) {
    parts.push(Words.say("trial.length", { length: Words.amount(length, 1, "m") }));
  }
  if (count) {
    parts.push(Words.say("trial.inside", { count: Words.figure(count, 0) }));
  }
  return parts;
}
