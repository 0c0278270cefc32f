// What is chosen: its card, its project, the reason of a verdict, two plots to compare.

import { given } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";
import * as Boxes from "../layers/boxes.js";
import { tableOf } from "../layers/table.js";
import * as Card from "../panels/card.js";
import * as Compare from "../panels/compare.js";
import * as Overlays from "../panels/overlay.js";
import * as Parcel from "../panels/parcel.js";
import * as Reasons from "../panels/reasons.js";
import * as Share from "../panels/share.js";
import { isNarrow } from "../panels/screen.js";

/** @import { App, Choosing, Found, TrackedReason } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

// --- what is chosen ---------------------------------------------------------------------------

/** @param {App} app @returns {Choosing} */
export function choosing(app) {
  let run = 0;

  /** @param {string} text */
  function say(text) {
    app.ui.toast.textContent = text;
    app.ui.toast.hidden = false;
    clearTimeout(app.ui.toastTimer);
    app.ui.toastTimer = setTimeout(() => { app.ui.toast.hidden = true; }, 6000);
  }

  /** @param {(Node | null)[]} content @param {string} label @param {boolean} focus */
  function present(content, label, focus) {
    const { card } = app.ui;
    card.replaceChildren(...given(content));
    card.hidden = false;
    card.scrollTop = 0;
    card.setAttribute("aria-label", label);
    document.body.classList.add("lt-with-card");
    if (isNarrow()) {
      app.ui.fold(false);
    }
    if (focus) {
      card.querySelector("h2")?.focus({ preventScroll: true });
    }
  }

  /** What stands on the card of a feature. @param {Table} table @param {number} row @param {Found[]} others */
  async function cardOf(table, row, others) {
    const make = { plots: Card.plot, parcels: Parcel.parcel }[table.kind] || Card.feature;
    return make(app, table, row, others);
  }

  /**
   * Opens the card of a feature.
   * @param {string} kind @param {number} row @param {{zoom?: boolean, others?: Found[], focus?: boolean}} [how]
   */
  async function open(kind, row, { zoom = false, others = [], focus = true } = {}) {
    const own = ++run;
    const table = tableOf(app, kind);
    hideReason();
    app.chosen = { kind, row };
    app.project = "";
    await table.loadTexts();
    await Promise.all(others.map((each) => each.table.loadTexts()));
    const content = await cardOf(table, row, others);
    const pieces = await table.layer.shapesOf(row);
    if (own !== run) {
      return;
    }
    present(content, Words.say("card.label", { layer: Words.pick(table.head.title), name: table.key(row) }), focus);
    app.highlight(pieces);
    app.ui.toast.hidden = true;
    app.rows = { kind, row, others };
    if (zoom) {
      app.zoomTo(table, row);
    }
    setTimeout(() => Share.show(app)); // once the card is seen
  }

  /** @param {string} id */
  async function openProject(id) {
    const own = ++run;
    const table = tableOf(app, "plots");
    await table.loadTexts();
    /** @type {number[]} */
    const rows = [];
    for (let row = 0; row < table.count; row += 1) {
      if (table.text("project_id", row) === id) {
        rows.push(row);
      }
    }
    if (!rows.length) {
      say(Words.say("map.not_found_project", { project: id }));
      return;
    }
    const pieces = (await Promise.all(rows.map((row) => table.layer.shapesOf(row)))).flat();
    if (own !== run) {
      return;
    }
    hideReason();
    app.chosen = null;
    app.project = id;
    present(Card.project(app, table, id, rows), Words.say("card.project_label", { project: id }), true);
    app.highlight(pieces);
    app.zoomToRows(table, rows);
    Share.show(app);
  }

  function close() {
    run += 1;
    const was = !app.ui.card.hidden;
    app.ui.card.hidden = true;
    app.ui.card.replaceChildren();
    app.chosen = null;
    app.project = "";
    app.rows = null;
    app.highlight([]);
    hideReason();
    document.body.classList.remove("lt-with-card");
    app.map.closePopup();
    Share.show(app);
    if (was && !isNarrow()) {
      document.getElementById("lt-search")?.focus({ preventScroll: true });
    }
  }

  /** @param {number} row @param {TrackedReason} reason */
  async function showReason(row, reason) {
    hideReason();
    const found = await Reasons.found(app, row, reason);
    if (!found) {
      say(Words.say("card.nothing_to_show"));
      return;
    }
    const overlay = new Overlays.Overlay(found).addTo(app.map);
    const caption = Overlays.caption([reason.what, found.said].filter(Boolean).join(" · "), hideReason);
    document.body.append(caption);
    app.reason = { overlay, caption, found, given: reason };
    const table = tableOf(app, "plots");
    const bounds = Boxes.boundsOf(table, row) ?? L.latLngBounds([]);
    if (found.to) {
      bounds.extend(Plane.latLng(found.to));
    }
    if (bounds.isValid()) {
      app.map.fitBounds(bounds, { ...app.margins(), maxZoom: 17.5, animate: false });
    }
  }

  function hideReason() {
    app.reason?.overlay.remove();
    app.reason?.caption.remove();
    app.reason = null;
  }

  /** @param {number} row */
  async function compare(row) {
    if (app.pinned === null || app.pinned === row) {
      app.pinned = row;
      say(Words.say("card.pinned", { plot: tableOf(app, "plots").key(row) }));
      return;
    }
    const first = app.pinned;
    app.pinned = null;
    await Compare.dialog(tableOf(app, "plots"), first, row);
  }

  return { say, cardOf, open, openProject, close, showReason, hideReason, compare };
}
