// Reasons on the map: the part not acquired, what lies in a plot, what is nearest to it.
//
// Areas are cut by the canvas, not by geometry: a plot is painted and what is to be left out
// is wiped away, so that what is seen is right however the shapes lie. Figures stand beside
// it as they were measured.

import { button, icon } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";
import { boxAt } from "../layers/boxes.js";
import * as Near from "../layers/near.js";
import { tableOf } from "../layers/table.js";

/** @import { App, Box, Corridor, Piece, Point, Reason, TrackedReason } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

/**
 * What is drawn of a reason.
 * @typedef {{
 *   how: string, plot: Piece[], others: Piece[], from?: Point, to?: Point, distance?: number,
 *   pairs?: [Piece[], Piece[]][], lines?: Corridor[], said?: string,
 * }} Shown
 */

const NEAREST = new Set(["nearest_m", "nearest_road_m", "nearest_width_m", "frontage_m"]);
const DOUBLE = "double_claim_m2";
const WITHOUT = new Set(["not_acquired_m2", "no_parcel_m2"]);
const WITHIN = new Set(["overlap_m2", "overlap_share", "acquired_m2", "footprint_m2", "covered_m2", "floor_area_known_m2", "count", "length_m"]);

/**
 * How a measured line of a layer is shown; null where there is nothing to show.
 * @param {App} app @param {string} kind @param {string} measure @param {string} category @returns {Reason | null}
 */
export function ofHit(app, kind, measure, category) {
  const table = app.tables.get(kind);
  if (!table?.count) {
    return null;
  }
  const how = measure === DOUBLE ? "double" : NEAREST.has(measure) ? "nearest" : WITHOUT.has(measure) ? "without" : WITHIN.has(measure) ? "within" : null;
  return how && { how, kind, measure, category };
}

/**
 * How a judged index is shown: those over buildings show them, also where they leave the plot;
 * any other that could be judged shows the ground that it is judged for.
 * @param {App} app @param {string} id @param {string} outcome @returns {Reason | null}
 */
export function ofRule(app, id, outcome) {
  if (outcome === "not_applicable") {
    return null;
  }
  const rule = app.page.rules.find((each) => each.id === id);
  const built = rule && ["floor_area_m2", "covered_area_m2"].includes(rule.numerator);
  if (built && app.tables.get("buildings")?.count) {
    return { how: "buildings", kind: "buildings", measure: rule.numerator, category: "" };
  }
  return outcome === "unknown" ? null : { how: "ground", kind: "plots", measure: id, category: "" };
}

/**
 * How the ground that a line keeps clear is shown; null for a layer without a corridor.
 * @param {App} app @param {string} kind @returns {Reason | null}
 */
export function ofCorridor(app, kind) {
  const table = app.tables.get(kind);
  return table?.count && table.head.corridors ? { how: "corridor", kind, measure: "corridor", category: "" } : null;
}

/** @param {App} app @param {number} row @param {TrackedReason} reason */
export function shower(app, row, reason) {
  const label = Words.say("card.show_on_map");
  return button({ class: "lt-show", title: label, "aria-label": `${label}: ${reason.what}`, "data-measure": reason.measure, "data-kind": reason.kind },
    () => app.showReason(row, reason), icon("target"));
}

/** @param {Table} table @param {Reason} reason @returns {(row: number) => boolean} */
function counts(table, reason) {
  return (row) => {
    const each = table.classOf(row);
    if (reason.measure === "not_acquired_m2" || reason.measure === "acquired_m2") {
      return each.acquired;
    }
    return !reason.category || each.code === reason.category;
  };
}

/** @param {Point} point */
function backToPage(point) {
  return Plane.fromPark(point) || point;
}

/** All that is drawn of a reason. @param {App} app @param {number} row @param {Reason} reason @returns {Promise<Shown | null>} */
export async function found(app, row, reason) {
  const plots = tableOf(app, "plots");
  const table = tableOf(app, reason.kind);
  await table.load();
  const plot = await plots.layer.shapesOf(row);
  const box = boxAt(plots, row);
  if (reason.how === "ground") {
    return { how: "ground", plot, others: [] };
  }
  const wanted = counts(table, reason);
  if (reason.how === "nearest") {
    const best = await Near.nearest(table, plot, box, wanted);
    return best && {
      how: "nearest", plot, others: best.pieces, from: backToPage(best.from), to: backToPage(best.to), distance: best.distance,
    };
  }
  if (reason.how === "corridor") {
    return corridor(table, plot, box);
  }
  const near = await Near.piecesNear(table, box, 0, wanted);
  const others = near.flatMap(({ pieces }) => pieces);
  return reason.how === "double" ? { how: "double", plot, others, pairs: Near.claimedTwice(near) } : { how: reason.how, plot, others };
}

/** The lines that take ground of a plot; null where none does. @param {Table} table @param {Piece[]} plot @param {Box} box */
async function corridor(table, plot, box) {
  const lines = await Near.corridors(table, plot, box);
  return lines.length ? {
    how: "corridor", plot, others: lines.flatMap(({ pieces }) => pieces), lines, said: lines.map((line) => widthSaid(table, line)).join("; "),
  } : null;
}

/** How wide the ground is that a line takes. @param {Table} table @param {Corridor} corridor */
export function widthSaid(table, { key, at, wide, axis }) {
  const line = [key, Words.pick(table.head.classes[at].label)].filter(Boolean).join(" · ");
  if (wide === null) {
    return Words.say("card.width_unknown", { line });
  }
  const width = Words.amount(wide, 0, "m");
  return Words.say(axis === null ? "card.width_at_least" : "card.width", { line, width });
}
