// The features before and behind one in the list: as it is filtered and sorted, wherever the map is.

import { button, element } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Find from "./find.js";

/** @import { App } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

/** @param {App} app @param {Table} table @param {number} row */
export function beside(app, table, row) {
  const rows = Find.order(app, table);
  const at = rows.indexOf(row);
  if (at < 0 || rows.length < 2) {
    return null;
  }
  /** @param {string} key @param {number | undefined} to */
  const way = (key, to) => button({ class: "lt-plain", "data-do": key, disabled: to === undefined }, async () => {
    if (to !== undefined) {
      await app.open(table.kind, to, { zoom: true });
      /** @type {HTMLElement | null} */ (app.ui.card.querySelector(`[data-do="${key}"]:enabled`))?.focus({ preventScroll: true });
    }
  }, Words.say(key));
  return element("nav", { class: "lt-beside", "aria-label": Words.say("card.beside") },
    way("card.before", rows[at - 1]),
    element("span", { text: Words.say("find.of", { count: Words.figure(at + 1, 0), all: Words.figure(rows.length, 0) }) }),
    way("card.behind", rows[at + 1]));
}
