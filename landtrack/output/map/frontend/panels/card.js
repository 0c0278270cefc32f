// The card of a plot, a project or another feature: rows of words, written as text.

import { button, element } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Filters from "../layers/filters.js";
import * as Parcels from "../layers/parcels.js";
import * as Within from "../layers/within.js";
import { beside } from "./beside.js";
import { documents, facts, figures, unshown } from "./facts.js";
import { indices, issues, layer, whole } from "./findings.js";
import { badge, heading, here, later, pairs, plain, quiet, section, share } from "./parts.js";
import { figuresOf, issuesOf, layersOf } from "./sections.js";
import { noted } from "./noted.js";
import { timeline } from "./timeline.js";
import { ways } from "./ways.js";

/** @import { App, Found } from "../types.js" */
/** @import { Beside } from "../layers/parcels.js" */
/** @import { Table } from "../layers/table.js" */

const REST = 0.5; // m2: how far areas that the page measures may be from those of the store

/** The card of a plot. @param {App} app @param {Table} table @param {number} row @param {Found[]} others */
export async function plot(app, table, row, others) {
  const sections = await table.card(row);
  const { code, label } = table.classOf(row);
  const name = table.name(row);
  const company = table.text("company", row);
  const project = table.text("project_id", row);
  const buttons = [
    plain("card.zoom", () => app.zoomTo(table, row)),
    ...noted(app, table, row),
    plain(app.pinned === null ? "card.compare" : "card.compare_with", () => app.compare(row)),
  ];
  if (project) {
    buttons.unshift(plain("card.project", () => app.openProject(project)));
  }
  const papers = documents(table, row);
  const written = await table.written(row);
  const known = [...facts(table, row, written), ...unshown(table, written)];
  return [
    heading(app, {
      over: Words.say("card.plot_label", { plot: table.key(row) }), title: name || table.key(row),
      under: company && company !== name ? company : "", verdict: badge(code, Words.pick(label)), buttons,
      ways: ways(app, table, row), beside: beside(app, table, row),
    }),
    element("div", { class: "lt-card-body" },
      here(app, others),
      app.live.touched.has(row) ? quiet("card.of_the_judging") : null,
      app.pins?.section(table, row) ?? null,
      timeline(table, row),
      indices(app, row, sections),
      section("card.figures", pairs(figures(table, row, figuresOf(sections), written))),
      later("land.title", () => landUnder(app, table, row)),
      section("card.layers", ...layersOf(sections).map((each) => layer(app, row, each))),
      section("card.documents", papers.length ? pairs(papers) : quiet("card.no_documents")),
      known.length ? section("card.facts", pairs(known)) : null,
      issues(issuesOf(sections))),
  ];
}

/**
 * Every parcel under a plot with its share, and what is in none: they add up to the plot.
 * @param {App} app @param {Table} table @param {number} row
 */
async function landUnder(app, table, row) {
  const parcels = app.tables.get("parcels");
  const own = Within.areasOf(await table.layer.shapesOf(row));
  if (!parcels?.count || !own.length) {
    return [quiet(parcels?.count ? "card.not_measured_here" : "coverage.no_coverage")];
  }
  const { found, covered } = await Parcels.under(app, table, row, own);
  const whole = table.sizeOf(row);
  const sum = found.reduce((all, { area }) => all + area, 0);
  /** @param {string} text @param {boolean} stored */
  const about = (text, stored) => (stored ? text : Words.say("card.about", { figure: text }));
  /** @param {Beside} beside */
  const item = ({ at, area, text, stored }) => element("li", {},
    button({ class: "lt-item", "data-key": parcels.key(at) }, () => app.open("parcels", at),
      element("b", { text: parcels.key(at) }),
      element("span", { class: "lt-item-name", text: parcels.name(at) }),
      element("span", { class: "lt-item-size", text: share(about(text, stored), area, whole) })));
  /** @param {string} key @param {number} area */
  const rest = (key, area) => element("li", { class: "lt-land-rest", "data-part": key },
    element("span", { class: "lt-item-name", text: Words.say(`land.${key}`) }), " ",
    element("span", { class: "lt-item-size", text: share(about(Words.amount(area, 0, "m2"), false), area, whole) }));
  const left = whole - Math.min(covered, whole);
  const twice = sum - covered;
  return [element("ol", { class: "lt-list lt-land" }, ...found.map(item),
    twice > REST ? rest("double_claim", -twice) : null,
    left > REST ? rest(app.page.partial.includes("parcels") ? "no_data" : "no_parcel", left) : null)];
}

/**
 * The card of any other feature: its fields, its states, and the plots it lies under.
 * @param {App} app @param {Table} table @param {number} row @param {Found[]} others
 */
export async function feature(app, table, row, others) {
  const { columns } = table.head;
  const rows = Object.entries(columns)
    .filter(([name]) => name !== "name")
    .map(([name, column]) => [Words.pick(column.label), table.cell(name, row)])
    .filter(([, value]) => value);
  if (table.size && !Number.isNaN(table.sizeOf(row))) {
    const unit = table.head.size === "area_m2" ? "m2" : "m";
    rows.push([Words.say(`measure.${table.head.size === "area_m2" ? "area_m2" : "whole_length_m"}`), Words.amount(table.sizeOf(row), unit === "m2" ? 0 : 1, unit)]);
  }
  const label = Words.pick(table.classOf(row).label);
  return [
    heading(app, {
      over: Words.pick(table.head.title), title: table.name(row) || table.key(row) || Words.say("map.unnamed"),
      under: label, buttons: [plain("card.zoom", () => app.zoomTo(table, row)), ...noted(app, table, row)], ways: ways(app, table, row),
    }),
    element("div", { class: "lt-card-body" },
      here(app, others),
      app.pins?.section(table, row) ?? null,
      table.history ? timeline(table, row) : null,
      section("card.attributes", pairs(rows))),
  ];
}

/**
 * The card of a project: its plots, their verdicts, and what they add up to.
 * @param {App} app @param {Table} table @param {string} id @param {number[]} rows
 */
export function project(app, table, id, rows) {
  const name = table.name(rows[0]) || id;
  const verdict = ["fail", "stale", "unknown", "not_judged", "pass"].find((code) => rows.some((row) => table.classOf(row).code === code)) ?? "not_judged";
  const area = rows.reduce((sum, row) => sum + table.sizeOf(row), 0);
  const amount = table.head.amounts?.[Filters.INVESTMENT]?.[id];
  const sums = rows.map((row) => table.number(Filters.INVESTMENT, row)).filter((each) => !Number.isNaN(each));
  const invested = Words.amount(amount ?? sums.reduce((sum, each) => sum + each, 0), 0, "CNY");
  const known = amount === undefined ? sums.length : rows.length;
  return [
    heading(app, {
      over: Words.say("card.project_label", { project: id }), title: name, under: table.text("company", rows[0]),
      verdict: badge(verdict, Words.say(`outcome.${verdict}`)), buttons: [plain("card.zoom", () => app.zoomToRows(table, rows))],
    }),
    element("div", { class: "lt-card-body" },
      section("card.sums", pairs([
        [Words.say("find.count"), Words.figure(rows.length, 0)],
        [Words.say("measure.area_m2"), Words.amount(area, 0, "m2")],
        [Words.say("find.investment"), known ? Words.say("find.known", {
          sum: invested, known: Words.figure(known, 0), count: Words.figure(rows.length, 0) }) : Words.say("map.not_known")],
      ])),
      whole(app, id, rows.length),
      section("card.plots", element("ol", { class: "lt-list" }, ...rows.map((row) => element("li", {},
        button({ class: "lt-item", "data-key": table.key(row) }, () => app.open("plots", row, { zoom: true }),
          element("b", { text: table.key(row) }),
          badge(table.classOf(row).code, Words.pick(table.classOf(row).label)),
          element("span", { class: "lt-item-name", text: table.name(row) }),
          element("span", { class: "lt-item-size", text: Words.amount(table.sizeOf(row), 0, "m2") }))))))),
  ];
}
