// Time: approval states as they stood on a day, and two days by turns.

import * as Bytes from "../core/bytes.js";
import { button, element, select } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Swipe from "./swipe.js";

/** @import { App, LayerClass } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

/** @type {Omit<LayerClass, "label">} */
const UNRECORDED = {
  code: "not_recorded", count: 0, shape: "polygon", acquired: false,
  look: {
    stroke: "#8C8C8C", weight: 1, opacity: 1, fill: "#FFFFFF", fillOpacity: 0.4, radius: 4,
    symbol: "circle", dash: [2, 3], hatch: "none", casing: "", casingWeight: 0,
  },
};

/** The layers whose look has a history of at least two days, those drawn by states first. @param {App} app */
export function historic(app) {
  return [...app.tables.values()]
    .filter((table) => table.history && !table.head.cards && days(table).length > 1)
    .sort((one, other) => Number(other.head.history?.drawn) - Number(one.head.history?.drawn));
}

/** The days on which something changed. @param {Table} table @returns {number[]} */
function days(table) {
  if (!table.changed) {
    const known = [...(table.history?.days ?? [])].filter((each) => each > 0).map((each) => Bytes.unfold(each - 1));
    table.changed = [...new Set(known)].sort((one, other) => one - other);
  }
  return table.changed;
}

/** @param {Table[]} tables */
function allDays(tables) {
  return [...new Set(tables.flatMap(days))].sort((one, other) => one - other);
}

/** @param {App} app @param {Table} table */
function unrecorded(app, table) {
  const { classes } = table.head;
  const at = classes.findIndex((each) => each.code === UNRECORDED.code);
  if (at >= 0) {
    return at;
  }
  const label = Object.fromEntries(app.page.langs.map((lang) => [lang, app.page.words[lang]["map.not_recorded"]]));
  classes.push({ ...UNRECORDED, label });
  return classes.length - 1;
}

/** Shows the states of a day; null is those that the layers state now. @param {App} app @param {number | null} day */
export function show(app, day) {
  app.asOf = day === null ? undefined : day;
  for (const table of historic(app)) {
    table.classes = day === null ? table.stated : table.classesOn(day, unrecorded(app, table));
    table.asOf = day === null ? undefined : day;
    app.refilter(table);
  }
  app.map.fire("landtrack:asof", { day });
}

/** Shows a day left of the divider; null takes the divider away. @param {App} app @param {number | null} day */
export function divide(app, day) {
  const tables = historic(app);
  app.swipe?.remove();
  app.swipe = day === null ? null
    : { day, ...Swipe.divider(app, Words.day(day), () => tables.forEach((table) => table.layer.refresh())) };
  for (const table of tables) {
    table.before = day === null ? null : table.classesOn(day, unrecorded(app, table));
    table.layer.refresh();
  }
  app.map.fire("landtrack:divide");
}

/** The last of the days that is not after another, else the first. @param {number[]} changes @param {number} day */
function lastUpTo(changes, day) {
  return changes.filter((each) => each <= day).at(-1) ?? changes[0];
}

/** @param {App} app */
export function panel(app) {
  const tables = historic(app);
  if (!tables.length) {
    return null;
  }
  const changes = allDays(tables);
  const told = element("output", { class: "lt-day", for: "lt-time" });
  const range = element("input", {
    type: "range", id: "lt-time", min: 0, max: changes.length, step: 1, value: changes.length,
    "aria-label": Words.say("map.time"),
  });
  const other = select({ id: "lt-other-day" },
    changes.map((day) => [String(day), Words.day(day)]), String(app.swipe ? lastUpTo(changes, app.swipe.day) : changes[0]),
    (day) => { if (app.swipe) { app.divide(Number(day)); } });
  /** @type {{day: number | null} | null} */
  let before = null;
  const toggle = button({ class: "lt-plain", id: "lt-toggle-day", "aria-pressed": "false" }, () => {
    const swapped = before === null;
    if (before === null) {
      before = { day: app.asOf === undefined ? null : app.asOf };
      app.showDay(Number(other.value));
    } else {
      const { day } = before;
      app.showDay(day);
      before = null;
    }
    toggle.setAttribute("aria-pressed", String(swapped));
  }, Words.say("map.toggle_day"));

  const wiper = button({ class: "lt-plain", id: "lt-swipe-day", "aria-pressed": String(Boolean(app.swipe)) }, () => app.divide(app.swipe ? null : Number(other.value)), Words.say("map.swipe_day"));

  function tellDivided() {
    wiper.setAttribute("aria-pressed", String(Boolean(app.swipe)));
    if (app.swipe) {
      other.value = String(lastUpTo(changes, app.swipe.day));
    }
  }

  function tell() {
    const shown = app.asOf;
    range.value = String(shown === undefined ? changes.length : changes.filter((day) => day <= shown).length - 1);
    const text = shown === undefined ? Words.say("map.as_stated") : Words.day(shown);
    told.textContent = text;
    range.setAttribute("aria-valuetext", text);
  }

  range.addEventListener("input", () => {
    before = null;
    toggle.setAttribute("aria-pressed", "false");
    app.showDay(Number(range.value) === changes.length ? null : changes[Number(range.value)]);
  });
  app.onUi("landtrack:asof", tell);
  app.onUi("landtrack:divide", tellDivided);
  tell();
  return element("section", { class: "lt-time" },
    element("label", { for: "lt-time", text: Words.say("map.time") }), told, range,
    element("div", { class: "lt-two-days" },
      element("label", { for: "lt-other-day", text: Words.say("map.other_day") }), other, toggle, wiper));
}
