// Where the desk goes on from a feature: links on its card, where a desk serves the page.

import { button, element } from "../core/dom.js";
import { may } from "../core/served.js";
import * as Words from "../core/words.js";
import { cutTool } from "./cutting.js";
import { isNarrow } from "./screen.js";

/** @import { App } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

/** What there is, by what one must be allowed for it. @type {[word: string, way: string, address: (key: string, kind: string) => string][]} */
const OF_PLOTS = [
  ["case", "GET case", (key) => `case?plot=${key}`],
  ["what_if", "GET what-if", (key) => `what-if?plot=${key}`],
  ["form", "POST form", (key) => `case?plot=${key}#form`],
  ["sheet", "POST sheet", (key) => `case?plot=${key}#sheet`],
  ["history", "GET history", (key) => `history?key=${key}`],
];
/** @type {typeof OF_PLOTS} */
const OF_PARCELS = [
  ["step", "POST step", (key, kind) => `steps?kind=${kind}&key=${key}`],
  ["history", "GET history", (key) => `history?key=${key}`],
  ["sheet", "GET documents", (key) => `documents?template=parcel&of=parcels:${key}`],
];

/** Whether steps are entered for features of a layer. @param {Table} table */
export function hasSteps(table) {
  return table.kind === "parcels" || Boolean(table.history);
}

/** @param {Table} table */
function offered(table) {
  if (table.kind === "plots") {
    return OF_PLOTS;
  }
  return table.kind === "parcels" ? OF_PARCELS : table.history ? OF_PARCELS.slice(0, 2) : [];
}

/** The links of a feature; none where no desk serves the page. @param {App} app @param {Table} table @param {number} row */
export function ways(app, table, row) {
  const all = offered(table).filter(([, way]) => may(app.served, way));
  const key = encodeURIComponent(table.key(row));
  const place = app.served?.place ?? "";
  return all.length ? element("nav", { class: "lt-ways", "aria-label": Words.say("card.desk") },
    ...all.map(([word, , address]) => element("a", {
      "data-way": word, href: `${place}/${address(key, table.kind)}`, text: Words.say(`card.way_${word}`),
    })),
    table.kind === "parcels" && may(app.served, "GET reshape") ? button({ class: "lt-way", "data-way": "split" }, () => {
      app.useTool(() => cutTool(app, table, row, place));
      if (isNarrow()) {
        app.close(); // the card would lie over what is cut
      }
    }, Words.say("card.way_split")) : null) : null;
}
