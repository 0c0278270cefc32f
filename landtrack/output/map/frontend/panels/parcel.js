// The card of a parcel: what lies on it, measured by the page.

import { button, element } from "../core/dom.js";
import * as Words from "../core/words.js";
import { boxAt } from "../layers/boxes.js";
import * as Parcels from "../layers/parcels.js";
import * as Within from "../layers/within.js";
import { documents, facts } from "./facts.js";
import { noted } from "./noted.js";
import { COVERED, badge, heading, here, hitsText, later, measuredHere, pairs, plain, quiet, section, share } from "./parts.js";
import { timeline } from "./timeline.js";
import { ways } from "./ways.js";

/** @import { App, Coverage, Found, Ring } from "../types.js" */
/** @import { Beside } from "../layers/parcels.js" */
/** @import { Table } from "../layers/table.js" */

/** @param {App} app @param {Table} table @param {number} row @param {Ring[][]} own */
async function plotsOn(app, table, row, own) {
  const plots = app.tables.get("plots");
  if (!plots?.count || (!own.length && !table.pairs)) {
    return [quiet(plots?.count ? "card.not_measured_here" : "map.no_features")];
  }
  const found = await Parcels.plotsOn(app, table, row, own);
  const whole = table.sizeOf(row);
  /** @param {Beside} beside */
  const item = ({ at, area, text, stored }) => element("li", {},
    button({ class: "lt-item", "data-key": plots.key(at) }, () => app.open("plots", at),
      element("b", { text: plots.key(at) }),
      badge(plots.classOf(at).code, Words.pick(plots.classOf(at).label)),
      element("span", { class: "lt-item-name", text: plots.name(at) }),
      element("span", { class: "lt-item-size", text: share(stored ? text : Words.say("card.about", { figure: text }), area, whole) })));
  return found.length
    ? [element("ol", { class: "lt-list" }, ...found.map(item)), found.every(({ stored }) => stored) ? "" : measuredHere()]
    : [quiet("card.no_plot_on_it")];
}

/**
 * What a layer has in a parcel: hit, clear, or no data where it is not known to be complete.
 * @param {App} app @param {string} kind @param {Table} parcels @param {number} row @param {Ring[][]} own
 */
async function layerOn(app, kind, parcels, row, own) {
  const table = app.tables.get(kind);
  const title = Words.say(`kind.${kind}`);
  /** @param {Coverage} coverage @param {[string, string][]} lines */
  const part = (coverage, lines) => element("div", { class: `lt-said-layer lt-cover-${coverage}`, "data-kind": kind },
    element("h4", {}, element("span", { text: title }),
      element("span", { class: `lt-cover lt-cover-${coverage}` },
        element("span", { "aria-hidden": "true", text: `${COVERED[coverage]} ` }), Words.say(`coverage.${coverage}`))),
    lines.length ? element("div", { class: "lt-part lt-one" }, element("ul", {}, ...lines.map(([what, value]) => element("li", {},
      what ? element("span", { class: "lt-what", text: what }) : null, element("span", { class: "lt-said", text: value }))))) : null);
  const box = boxAt(parcels, row);
  /** @type {[what: string, value: string][]} */
  const found = [];
  if (table?.count) {
    for (const [at, hits] of await Within.hits(table, own, box, 0)) {
      const said = hitsText(hits, parcels.sizeOf(row)).join(", ");
      if (said) {
        found.push([Words.pick(table.head.classes[at].label), hits.area || hits.length ? Words.say("card.about", { figure: said }) : said]);
      }
    }
  }
  return part(found.length ? "hit" : Parcels.known(app, parcels, row, kind) ? "clear" : "no_coverage", found);
}

/**
 * The card of a parcel: its states, the plots on it, what the layers have in it, documents, facts.
 * @param {App} app @param {Table} table @param {number} row @param {Found[]} others
 */
export async function parcel(app, table, row, others) {
  const own = Within.areasOf(await table.layer.shapesOf(row));
  const papers = documents(table, row);
  const known = [...facts(table, row), [Words.say("measure.area_m2"), Words.amount(table.sizeOf(row), 0, "m2")]];
  const kinds = app.page.measured.filter((kind) => kind !== table.kind);
  return [
    heading(app, {
      over: Words.pick(table.head.title), title: table.name(row) || table.key(row),
      under: [table.name(row) ? table.key(row) : "", Words.pick(table.classOf(row).label)].filter(Boolean).join(" · "),
      buttons: [plain("card.zoom", () => app.zoomTo(table, row)), ...noted(app, table, row)], ways: ways(app, table, row),
    }),
    element("div", { class: "lt-card-body" },
      here(app, others),
      app.pins?.section(table, row) ?? null,
      timeline(table, row),
      later("card.plots_on_it", () => plotsOn(app, table, row, own)),
      later("card.layers", async () => (own.length
        ? [...await Promise.all(kinds.map((kind) => layerOn(app, kind, table, row, own))), measuredHere()]
        : [quiet("card.not_measured_here")])),
      section("card.documents", papers.length ? pairs(papers) : quiet("card.no_documents")),
      section("card.attributes", pairs(known))),
  ];
}
