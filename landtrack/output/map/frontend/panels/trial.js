// A trial plot: drawn by hand, what it would hit, and whether its figures would pass.

import { element, select } from "../core/dom.js";
import * as Numbers from "../core/numbers.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";
import { lookup } from "../layers/judge.js";
import { tableOf } from "../layers/table.js";
import * as Drawing from "./drawing.js";
import * as Measuring from "./measuring.js";
import { badge, hitsText, pairs, share } from "./parts.js";
import { widthSaid } from "./reasons.js";

/** @import { App, Meeting, Page, Pair, Rule, Titled, Tool, Trial, Verdict } from "../types.js" */

const ASKED = ["fixed_investment_cny", "floor_area_m2", "covered_area_m2"];

// --- the limits -------------------------------------------------------------------------------

/**
 * What the tables of limits are looked up by, with the choices that there are.
 * @param {Rule[]} rules
 */
function lookups(rules) {
  /** @type {Map<string, {name: string, year: string, titles: Record<string, Titled>, codes: Set<string>}>} */
  const asked = new Map();
  for (const rule of rules) {
    const { table } = rule;
    table?.by.forEach((name, place) => {
      const id = lookup(rule, name);
      const known = asked.get(id) || { name, year: table.classification, titles: table.titles, codes: new Set() };
      table.rows.forEach(({ key }) => known.codes.add(key[place]));
      asked.set(id, known);
    });
  }
  return asked;
}

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

/** @param {Page} page @param {Verdict[]} verdicts */
function verdictRows({ rules }, verdicts) {
  return verdicts.flatMap((verdict) => {
    const rule = rules.find(({ id }) => id === verdict.rule);
    return rule ? element("li", { class: "lt-trial-rule", "data-rule": rule.id },
      badge(verdict.code, Words.say(`outcome.${verdict.code}`)),
      element("span", { text: Words.pick(rule.title) }),
      element("span", { class: "lt-quiet", text: `${figureText(rule, verdict)} (${limitText(rule, verdict)})` })) : [];
  });
}

/** The choices that tables of limits are looked up by. @param {App} app @param {() => void} changed */
function choices(app, changed) {
  /** @type {Record<string, string>} */
  const chosen = {};
  const rows = [...lookups(app.page.rules)].map(([id, { name, year, titles, codes }]) => {
    const label = name === "industry" ? Words.say("trial.industry", { year }) : Words.say("trial.region_class");
    /** @type {[string, string][]} */
    const offered = [...codes].sort().map((code) => [code, titles?.[code] ? `${code} ${Words.pick(titles[code])}` : code]);
    const made = select({ id: `lt-trial-${id}` }, [["", "–"], ...offered], "", (code) => { chosen[id] = code; changed(); });
    return element("div", { class: "lt-field" }, element("label", { for: made.id, text: label }), made);
  });
  return { rows, chosen };
}

/** The unit that a field is stored in. @param {string} name */
function unitOf(name) {
  return name.endsWith("_cny") ? "CNY" : "m2";
}

/**
 * The figures that are asked for: each is read as a cell of a file is; beside it stands what it
 * was taken for.
 * @param {App} app @param {number | null} covered what the page measured under buildings @param {() => void} changed
 */
function inputs(app, covered, changed) {
  const fields = ASKED.map((name) => {
    const input = element("input", { type: "text", id: `lt-trial-${name}`, inputmode: "decimal", autocomplete: "off" });
    if (name === "covered_area_m2" && covered !== null) {
      input.placeholder = Words.say("trial.measured", { area: Words.amount(covered, 0, "m2") });
    }
    const taken = element("span", { class: "lt-quiet lt-taken" });
    const value = () => {
      const read = Numbers.read(app.page.units, input.value, unitOf(name));
      return read >= 0 ? read : NaN;
    };
    input.addEventListener("input", () => {
      const wrong = input.value.trim() !== "" && Number.isNaN(value());
      input.setAttribute("aria-invalid", String(wrong));
      taken.textContent = wrong ? Words.say("trial.no_number")
        : /^[0-9.]*$/.test(input.value) ? "" : `= ${Words.amount(value(), 2, unitOf(name))}`;
      changed();
    });
    return { name, input, taken, value };
  });
  const rows = fields.map(({ name, input, taken }) => element("div", { class: "lt-field" },
    element("label", { for: input.id, text: `${Words.say(`measure.${name}`)} (${Words.say(`unit.${unitOf(name)}`)})` }), input, taken));
  // What is written and cannot be read is missing, not what was measured.
  const empty = (/** @type {string} */ name) => fields.some((each) => each.name === name && each.input.value.trim() === "");
  return { rows, empty, read: () => Object.fromEntries(fields.map(({ name, value }) => [name, value()])) };
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
function meetingText(app, { area: whole }, met) {
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

/** The tool that draws a trial plot. @param {App} app @returns {Tool} */
export function tool(app) {
  const body = element("div", { class: "lt-trial" }, element("p", { class: "lt-quiet", text: Words.say("trial.how") }));

  /** @param {L.LatLng[]} points */
  async function done(points) {
    const outline = points.map(Plane.page);
    const [ring] = Plane.ringsToPark([outline]) || [null];
    const found = points.length > 2 ? Measuring.measured(points, true) : null;
    if (!ring || !found?.area) {
      const why = points.length < 3 ? "trial.how" : found ? "tool.meets_itself" : "tool.not_here";
      body.replaceChildren(element("p", { class: "lt-quiet", text: Words.say(why, { crs: Plane.name() }) }));
      return;
    }
    const trial = { outline, ring, area: found.area };
    const { meetings, covered } = await app.judge.surroundings(trial);
    const list = element("ul", { class: "lt-trial-rules" });
    let run = 0;
    const judge = async () => {
      const own = ++run;
      /** @type {Record<string, number>} */
      const values = { ...fields.read(), land_area_m2: found.area, area_m2: found.area };
      if (fields.empty("covered_area_m2") && covered !== null) {
        values.covered_area_m2 = covered;
      }
      const verdicts = await app.judge.verdicts(values, asked.chosen);
      if (own === run) {
        list.replaceChildren(...verdictRows(app.page, verdicts));
      }
    };
    const fields = inputs(app, covered, judge);
    const asked = choices(app, judge);
    await judge();
    body.replaceChildren(
      pairs([[Words.say("measure.area_m2"), Words.amount(found.area, 1, "m2")], [Words.say("trial.outline"), Words.amount(found.length, 1, "m")]]),
      element("h3", { text: Words.say("trial.figures") }), ...fields.rows, ...asked.rows, list,
      element("h3", { text: Words.say("card.layers") }), pairs(meetings.map((met) => meetingText(app, trial, met))),
      element("p", { class: "lt-quiet", text: Words.say("trial.only") }));
  }

  const drawing = Drawing.draw(app, { area: true, changed: () => {}, done });
  body.append(Drawing.finisher(drawing));
  return { title: Words.say("tool.trial"), content: [body], close: drawing.remove };
}
