// The page while a desk serves it: it hears what is entered elsewhere, and shows it.

import * as Address from "../core/address.js";
import * as Amended from "../layers/amended.js";
import * as Boxes from "../layers/boxes.js";
import { isOpen } from "../panels/kept.js";
import * as Times from "../panels/times.js";

/** @import { App, Chosen, News } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

/** Loads the page anew at what it shows now. @param {App} app */
export function renew(app) {
  history.replaceState(null, "", `#${Address.write(app.parts(true))}`);
  location.reload();
}

/** Whether somebody is at something that a new page would lose. @param {App} app */
function busy(app) {
  return Boolean(app.tool || isOpen(app.trial) || document.querySelector("dialog[open]") || document.activeElement?.matches("input, select, textarea"));
}

/** The plots that what happened meets: all, and those whose verdict may rest on it. @param {App} app @param {News} news */
async function met(app, news) {
  const [touched, stale] = [new Set(), new Set()];
  const plots = app.tables.get("plots");
  for (const { kind, key } of plots ? news.features : []) {
    const table = app.tables.get(kind);
    await table?.loadTexts();
    const row = table && kind !== "plots" ? table.rowOf(key) : -1;
    for (const at of table && plots && row >= 0 ? Boxes.rowsIn(plots, Boxes.boxAt(table, row)) : []) {
      touched.add(at);
      if (Amended.RESTS.has(kind)) {
        stale.add(at);
      }
    }
  }
  return { touched, stale };
}

/** Opens the card that is open anew, where it was. @param {App} app */
async function reopen(app) {
  const { rows } = app;
  const { scrollTop } = app.ui.card;
  if (rows) {
    await app.open(rows.kind, rows.row, { others: rows.others, focus: false });
    app.ui.card.scrollTop = scrollTop;
  }
}

/** Whether a card says what is otherwise now. @param {Chosen} chosen @param {Table[]} changed @param {Set<number>[]} touched */
function told({ kind, row }, changed, touched) {
  return changed.some((table) => table.kind === kind) || (kind === "plots" && touched.some((rows) => rows.has(row)));
}

/** Shows what happened since the page was drawn. @param {App} app @param {News} news */
async function show(app, news) {
  const { touched, stale } = await met(app, news);
  const was = app.live.touched;
  app.live.touched = touched;
  const label = Object.fromEntries(app.page.langs.map((lang) => [lang, app.page.words[lang]["outcome.stale"]]));
  /** @type {Table[]} */
  const changed = [];
  for (const table of app.tables.values()) {
    if (news.features.some(({ kind }) => kind === table.kind)) {
      await table.loadTexts();
    }
    if (Amended.amend(table, news, { rows: table.kind === "plots" ? stale : new Set(), label })) {
      changed.push(table);
    }
  }
  for (const table of changed) {
    if (table.asOf === undefined) {
      app.refilter(table);
    }
  }
  if (app.asOf !== undefined && changed.length) {
    Times.show(app, app.asOf);
  }
  app.map.fire("landtrack:live");
  app.map.fire("landtrack:relabel");
  if (app.chosen && told(app.chosen, changed, [was, touched])) {
    await reopen(app);
  }
}

/** Hears the desk, where one serves the page. @param {App} app */
export function listen(app) {
  const { served, live } = app;
  if (!served) {
    return;
  }
  let turn = Promise.resolve();
  const source = new EventSource(`${served.place}/map/news`);
  source.onmessage = ({ data }) => {
    /** @type {News} */
    const news = JSON.parse(data);
    live.lost = false;
    live.newer = news.drawn !== "" && news.drawn !== served.drawn;
    if (live.newer) {
      source.close();
      app.map.fire("landtrack:live");
      if (!busy(app)) {
        renew(app);
      }
      return;
    }
    live.news = news;
    live.judging = news.judging?.going_on || news.judging?.job === live.judging?.job ? news.judging : null; // what failed before is history
    app.pins?.heard(news.notes);
    turn = turn.then(() => (news.fault ? void app.map.fire("landtrack:live") : show(app, news)));
  };
  source.onerror = () => {
    live.lost = true;
    app.map.fire("landtrack:live");
  };
}
