// The page as judge of a trial plot: what it can say by itself of what lies there and of the rules.

import * as Near from "./near.js";
import * as Within from "./within.js";

/** @import { Box, Hits, Judge, Limit, Meeting, Page, Ring, Rule, StatedLimit, Surroundings, Trial, Verdict } from "../types.js" */
/** @import { Table } from "./table.js" */

const CM = 100;
/** @type {Record<string, (value: number, limit: number) => boolean>} */
const COMPARE = {
  ">=": (value, limit) => value >= limit, ">": (value, limit) => value > limit,
  "<=": (value, limit) => value <= limit, "<": (value, limit) => value < limit, "==": (value, limit) => value === limit,
};
const FAR = 500;
const OCCUPIED = ["plots", "parcels", "farmland"];

/** @implements {Judge} */
export class PageJudge {
  /** @param {Page} page its rules, and which layers it knows in parts only @param {Map<string, Table>} tables */
  constructor({ rules, measured, partial }, tables) {
    this.rules = rules;
    this.measured = measured;
    this.partial = partial;
    this.tables = tables;
  }

  /** @param {Trial} trial @returns {Promise<Surroundings>} */
  async surroundings(trial) {
    const box = boxOf(trial.outline);
    /** @type {Meeting[]} */
    const meetings = await this.occupied(trial, box);
    meetings.push(...this.measured.filter((kind) => !this.tables.has(kind)).map((kind) => unknown(kind)));
    let covered = null;
    for (const table of this.tables.values()) {
      if (table.kind === "plots") {
        continue;
      }
      const found = await Within.hits(table, [[trial.ring]], box, FAR);
      if (table.kind === "buildings" && this.complete(table)) {
        covered = Within.together(found, [[trial.ring]]);
      }
      const met = [...found].filter(([, hits]) => isMet(hits))
        .map(([at, { area, length, count, distance }]) => (
          /** @type {Meeting} */ ({ what: "class", kind: table.kind, at, hits: { area, length, count, distance } })));
      meetings.push(...(met.length ? met : [this.nothingNear(table)]), ...await cleared(table, trial, box));
    }
    return { meetings, covered };
  }

  // Where a layer is not known to be complete, nothing found is not nothing there.
  /** @param {Table} table */
  complete(table) {
    return table.count > 0 && !this.partial.includes(table.kind);
  }

  /** @param {Table} table @returns {Meeting} */
  nothingNear(table) {
    return this.complete(table) ? { what: "far", kind: table.kind, metres: FAR } : unknown(table.kind);
  }

  /**
   * What is occupied already, feature by feature: plots, parcels, protected farmland.
   * @param {Trial} trial @param {Box} box
   */
  async occupied(trial, box) {
    /** @type {Meeting[]} */
    const meetings = [];
    for (const kind of OCCUPIED) {
      const table = this.tables.get(kind);
      /** @type {Meeting[]} */
      const met = [];
      if (table?.count) {
        await table.loadTexts();
        for (const { row, area } of await Within.each(table, [[trial.ring]], box)) {
          met.push({ what: "feature", kind, key: table.key(row), name: table.name(row), area });
        }
      }
      if (!met.length && kind === "plots") {
        met.push(table && this.complete(table) ? { what: "free", kind } : unknown(kind));
      }
      meetings.push(...met);
    }
    return meetings;
  }

  /** @param {Record<string, number>} values @param {Record<string, string>} chosen @returns {Promise<Verdict[]>} */
  async verdicts(values, chosen) {
    return this.rules.map((rule) => judged(rule, values, chosen));
  }
}

/** @param {string} kind @returns {Meeting} */
function unknown(kind) {
  return { what: "unknown", kind };
}

/** Whether anything of a class is in an area or near it. @param {Hits} hits */
function isMet(hits) {
  return Within.isInside(hits) || Number.isFinite(hits.distance);
}

/** The box of an outline in centimetres. @param {Ring} outline @returns {Box} */
function boxOf(outline) {
  const xs = outline.map(([x]) => x * CM);
  const ys = outline.map(([, y]) => y * CM);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/**
 * The ground of lines that must be kept clear, as far as it reaches into a trial plot.
 * @param {Table} table @param {Trial} trial @param {Box} box @returns {Promise<Meeting[]>}
 */
async function cleared(table, { outline }, box) {
  const lines = table.count ? await Near.corridors(table, [{ type: 2, rings: [outline] }], box) : [];
  return lines.map((line) => ({ what: "corridor", kind: table.kind, line }));
}

/** What a table of limits is looked up by, as the choices are named. @param {Rule} rule @param {string} by */
export function lookup({ table }, by) {
  return by === "industry" ? `industry-${table?.classification}` : `${by}-${table?.pack}`;
}

/**
 * The limit of a rule, its own or that of its table; or what is missing for it.
 * @param {Rule} rule @param {Record<string, string>} chosen
 * @returns {StatedLimit | "choose" | "no_limit" | "not_in_page"}
 */
function limitOf(rule, chosen) {
  if (!rule.table) {
    return rule.threshold === null ? "not_in_page" : stated(rule.threshold, rule);
  }
  const key = rule.table.by.map((by) => chosen[lookup(rule, by)]);
  if (key.some((each) => !each)) {
    return "choose";
  }
  const row = rule.table.rows.find((each) => each.key.every((part, at) => part === key[at]));
  return !row || row.threshold === null ? "no_limit" : stated(row.threshold, row);
}

/** @param {number} threshold @param {Limit} limit @returns {StatedLimit} */
function stated(threshold, { upper, verified }) {
  return { threshold, upper, verified };
}

/** @param {string} relation @param {number} value @param {StatedLimit} limit */
function keeps(relation, value, { threshold, upper }) {
  return relation === "between" ? value >= threshold && upper !== null && value <= upper : COMPARE[relation](value, threshold);
}

/**
 * How a rule comes out for some figures.
 * @param {Rule} rule @param {Record<string, number>} values by measure @param {Record<string, string>} [chosen]
 * @returns {Verdict}
 */
export function judged(rule, values, chosen = {}) {
  if (rule.kind !== "index" || (rule.relation !== "between" && !Object.hasOwn(COMPARE, rule.relation))) {
    return { rule: rule.id, code: "unknown", missing: "not_in_page" };
  }
  const limit = limitOf(rule, chosen);
  if (typeof limit === "string") {
    return { rule: rule.id, code: "unknown", missing: limit };
  }
  const above = values[rule.numerator];
  const below = rule.denominator ? values[rule.denominator] : 1;
  if (!Number.isFinite(above) || !Number.isFinite(below) || below <= 0) {
    return { rule: rule.id, code: "unknown", missing: "missing" };
  }
  const value = above / below;
  return { rule: rule.id, code: keeps(rule.relation, value, limit) ? "pass" : "fail", value, limit };
}
