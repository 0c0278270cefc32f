// What a click will need is unpacked while nothing else is done: the blocks in the middle of the
// view, and once a card of each layer that nobody sees.

import { given } from "../core/dom.js";
import * as Boxes from "../layers/boxes.js";
import * as Layers from "../layers/layers.js";

/** @import { App, Box } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

const MOST = 8; // blocks of a layer

/** @returns {Promise<void>} when the browser has nothing else to do */
function idle() {
  return new Promise((done) => {
    if (window.requestIdleCallback) {
      window.requestIdleCallback(() => done(), { timeout: 1000 });
    } else {
      setTimeout(done, 50);
    }
  });
}

/** The blocks of a layer that are seen, those in the middle first. @param {Table} table @param {Box} box */
function seen(table, box) {
  if (!table.head.packed) {
    return [];
  }
  /** @param {[number, number, number, number]} box */
  const off = ([west, south, east, north]) => Math.hypot(west + east - box[0] - box[2], south + north - box[1] - box[3]);
  return table.head.blocks
    .map(([first, , ...own]) => ({ first, own }))
    .filter(({ own }) => own[0] <= box[2] && own[2] >= box[0] && own[1] <= box[3] && own[3] >= box[1])
    .sort((one, other) => off(one.own) - off(other.own))
    .slice(0, MOST)
    .map(({ first }) => first);
}

/** Runs through what opening a card runs through, once, without showing it. @param {App} app @param {Table} table @param {number} row */
async function rehearse(app, table, row) {
  await table.loadTexts();
  await idle();
  await Layers.featuresAt(app.map, app.map.getCenter());
  layOut(app, await app.cardOf(table, row, []));
  const pieces = await table.layer.shapesOf(row);
  if (!app.chosen && !app.project) {
    app.highlight(pieces);
    app.highlight([]);
  }
}

/**
 * Lets the browser find styles and letters of a card, which takes it longest the first time.
 * @param {App} app @param {(Node | null)[]} content
 */
function layOut(app, content) {
  const unseen = /** @type {HTMLElement} */ (app.ui.card.cloneNode(false));
  unseen.removeAttribute("id");
  unseen.inert = true;
  unseen.hidden = false;
  unseen.style.visibility = "hidden";
  unseen.append(...given(content));
  document.body.append(unseen);
  unseen.querySelector("h2")?.getBoundingClientRect(); // asks for the layout
  unseen.remove();
}

/** The rows whose blocks are to be warm: one of each block. @param {Table} table @param {Box} box */
function wanted(table, box) {
  return table.head.cards && !table.head.packed ? [0] : seen(table, box);
}

/** @param {Table} table @param {number} row */
async function unpack(table, row) {
  await idle();
  await table.layer.shapesOf(row);
  if (table.head.cards) {
    await table.card(row);
  }
}

/** Keeps warm what lies in the view. @param {App} app */
export function keep(app) {
  let run = 0;
  const rehearsed = new Set();

  async function look() {
    const own = ++run;
    const box = Boxes.boxOf(app.viewBounds());
    const shown = app.searched().filter(({ layer }) => app.map.hasLayer(layer));
    const all = shown.flatMap((table) => wanted(table, box).map((row) => ({ table, row })));
    for (const { table, row } of all) {
      await unpack(table, row);
      if (own !== run) {
        return;
      }
      if (table.read && !rehearsed.has(table.kind)) { // not all texts of a million rows for this alone
        rehearsed.add(table.kind);
        await rehearse(app, table, row);
      }
    }
  }

  app.map.on("moveend landtrack:switch", look);
  return look();
}
