// What is said of a trial plot: how large it is, whether its figures would pass, what lies in it and near it.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import { tableOf } from "../layers/table.js";
import * as Asked from "./asked.js";
import { badge, hitsText, share } from "./parts.js";
import { widthSaid } from "./reasons.js";

/** @import { App, Meeting, Page, Pair, Ring, Rule, Surroundings, Trial, Typed, Verdict } from "../types.js" */
/** @typedef {{trial: Trial, surroundings: Surroundings, verdicts: Verdict[]}} Answer all that is said of one */

/** An outline as it is asked about; or why it is none, as a key of the text catalog. @param {Ring} ring @returns {Trial | string} */
export function trialOf(ring) {
  if (ring.length < 3) {
    return "trial.how";
  }
  if (Measure.meetsItself(ring)) {
    return "tool.meets_itself";
  }
  const outline = ring.map(Plane.fromPark);
  return outline.every((point) => point !== null)
    ? { outline: /** @type {Ring} */ (outline), ring, area: Math.abs(Measure.signedArea(ring)) } : "tool.not_here";
}

/** Asks the judge about a trial plot. @param {App} app @param {Trial} trial @param {Typed} typed @returns {Promise<Answer>} */
export async function answered(app, trial, typed) {
  const surroundings = await app.judge.surroundings(trial);
  return { trial, surroundings, verdicts: await verdictsOf(app, trial, typed, surroundings) };
}

/** @param {App} app @param {Trial} trial @param {Typed} typed @param {Surroundings} surroundings */
export function verdictsOf(app, { area }, typed, { covered }) {
  return app.judge.verdicts(Asked.values(app, typed, area, covered), typed.chosen);
}

// --- the limits -------------------------------------------------------------------------------

/** The limit in words: as the rule states it, or the cell of its table. @param {Rule} rule @param {Verdict} verdict */
function limitText(rule, verdict) {
  if (!rule.table || verdict.code === "unknown") {
    return Words.pick(rule.limit);
  }
  const { threshold, upper, verified } = verdict.limit;
  const bound = (/** @type {number} */ each) => Words.beside(each, rule.unit, { relation: "==", threshold: each }, true);
  const bounds = rule.relation === "between" ? `${bound(threshold)}–${bound(upper ?? Number.NaN)}` : `${rule.relation} ${bound(threshold)}`;
  return verified ? bounds : Words.say("trial.unverified", { limit: bounds });
}

/** The figure of a rule, or what is missing for it. @param {Rule} rule @param {Verdict} verdict */
function figureText(rule, verdict) {
  if (verdict.code === "unknown") {
    return Words.say(`trial.${verdict.missing}`, { document: rule.table ? Words.pick(rule.table.document) : "" });
  }
  const { threshold, upper } = verdict.limit;
  return Words.beside(verdict.value, rule.unit, { threshold, upper, relation: rule.relation }, verdict.code === "pass");
}

/** A figure beside its limit. @param {Rule} rule @param {Verdict} verdict */
export function besideLimit(rule, verdict) {
  return `${figureText(rule, verdict)} (${limitText(rule, verdict)})`;
}

/** @param {Page} page @param {Verdict[]} verdicts */
export function verdictRows({ rules }, verdicts) {
  return verdicts.flatMap((verdict) => {
    const rule = rules.find(({ id }) => id === verdict.rule);
    return rule ? element("li", { class: "lt-trial-rule", "data-rule": rule.id },
      badge(verdict.code, Words.say(`outcome.${verdict.code}`)),
      element("span", { text: Words.pick(rule.title) }),
      element("span", { class: "lt-quiet", text: besideLimit(rule, verdict) })) : [];
  });
}

// --- what lies there ----------------------------------------------------------------------------

/** A share of the whole beside an area. @param {number} area @param {number} whole */
function areaText(area, whole) {
  return share(Words.amount(area, 0, "m2"), area, whole);
}

/** @param {number} metres */
function away(metres) {
  return Words.say("trial.away", { length: Words.amount(metres, 1, "m") });
}

/** One of what lies in a trial plot or near it, in words. @param {App} app @param {Trial} trial @param {Meeting} met @returns {Pair} */
export function meetingText(app, { area: whole }, met) {
  const title = Words.say(`kind.${met.kind}`);
  switch (met.what) {
    case "unknown":
      return [title, Words.say("coverage.no_coverage")];
    case "free":
      return [title, Words.say("coverage.clear")];
    case "far":
      return [title, Words.say("trial.none_near", { far: Words.amount(met.metres, 0, "m") })];
    case "feature":
      return [[...new Set([title, met.key, met.name])].filter(Boolean).join(" · "), areaText(met.area, whole)];
    case "class": {
      const inside = hitsText(met.hits, whole);
      const label = Words.pick(tableOf(app, met.kind).head.classes[met.at].label);
      return [[title, label].filter(Boolean).join(" · "), inside.length ? inside.join(", ") : away(met.hits.distance)];
    }
    case "corridor":
      return [`${Words.say("card.corridor")} · ${title}`, `${widthSaid(tableOf(app, met.kind), met.line)}, ${away(met.line.distance)}`];
  }
}
