// The figures of a trial plot that somebody types, and what tables of limits are looked up by.

import { element, select } from "../core/dom.js";
import * as Numbers from "../core/numbers.js";
import * as Words from "../core/words.js";
import { lookup } from "../layers/judge.js";

/** @import { App, Rule, Titled, Typed } from "../types.js" */

const COVERED = "covered_area_m2";
const ASKED = ["fixed_investment_cny", "floor_area_m2", COVERED];
const LONGEST = 60; // letters of a figure

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

/** What a choice of a table is called. @param {{name: string, year: string}} of */
function lookupLabel({ name, year }) {
  return name === "industry" ? Words.say("trial.industry", { year }) : Words.say("trial.region_class");
}

/** The choices that tables of limits are looked up by. @param {App} app @param {Typed} typed @param {() => void} changed */
function choices(app, typed, changed) {
  return [...lookups(app.page.rules)].map(([id, of]) => {
    /** @type {[string, string][]} */
    const offered = [...of.codes].sort().map((code) => [code, codeText(of.titles, code)]);
    const known = of.codes.has(typed.chosen[id]) ? typed.chosen[id] : "";
    const made = select({ id: `lt-trial-${id}` }, [["", "–"], ...offered], known, (code) => { typed.chosen[id] = code; changed(); });
    return element("div", { class: "lt-field" }, element("label", { for: made.id, text: lookupLabel(of) }), made);
  });
}

/** @param {Record<string, Titled>} titles @param {string} code */
function codeText(titles, code) {
  return titles?.[code] ? `${code} ${Words.pick(titles[code])}` : code;
}

/** The unit that a field is stored in. @param {string} name */
function unitOf(name) {
  return name.endsWith("_cny") ? "CNY" : "m2";
}

/** @param {string} name */
function labelOf(name) {
  return `${Words.say(`measure.${name}`)} (${Words.say(`unit.${unitOf(name)}`)})`;
}

/** A figure as a cell of a file is read; NaN where it is not exactly one. @param {App} app @param {string} name @param {string} text */
function figureOf(app, name, text) {
  const read = Numbers.read(app.page.units, text, unitOf(name));
  return read >= 0 ? read : NaN;
}

/**
 * The figures of a trial plot by measure, NaN where not known. What is written and cannot be read is missing, not
 * what was measured.
 * @param {App} app @param {Typed} typed @param {number} area @param {number | null} covered what the page measured under buildings
 */
export function values(app, typed, area, covered) {
  /** @type {Record<string, number>} */
  const found = { land_area_m2: area, area_m2: area };
  for (const name of ASKED) {
    found[name] = figureOf(app, name, typed.figures[name] ?? "");
  }
  if (!typed.figures[COVERED]?.trim() && covered !== null) {
    found[COVERED] = covered;
  }
  return found;
}

/** What was typed and chosen, each with its name: what is empty is left out. @param {App} app @param {Typed} typed @returns {[string, string][]} */
export function told(app, typed) {
  const figures = ASKED.filter((name) => typed.figures[name]?.trim())
    .map((name) => /** @type {[string, string]} */ ([labelOf(name), typed.figures[name].trim()]));
  const chosen = [...lookups(app.page.rules)].filter(([id]) => typed.chosen[id])
    .map(([id, of]) => /** @type {[string, string]} */ ([lookupLabel(of), codeText(of.titles, typed.chosen[id])]));
  return [...figures, ...chosen];
}

/**
 * The figures that are asked for: each is read as a cell of a file is; beside it stands what it was taken for.
 * @param {App} app @param {Typed} typed is kept up with what is typed @param {() => void} changed
 */
export function fields(app, typed, changed) {
  const inputs = ASKED.map((name) => {
    const input = element("input", { type: "text", id: `lt-trial-${name}`, inputmode: "decimal", autocomplete: "off", maxlength: LONGEST });
    const taken = element("span", { class: "lt-quiet lt-taken" });
    const tell = () => {
      const value = figureOf(app, name, input.value);
      const wrong = input.value.trim() !== "" && Number.isNaN(value);
      input.setAttribute("aria-invalid", String(wrong));
      taken.textContent = wrong ? Words.say("trial.no_number")
        : /^[0-9.]*$/.test(input.value) ? "" : `= ${Words.amount(value, 2, unitOf(name))}`;
    };
    input.value = typed.figures[name] ?? "";
    tell();
    input.addEventListener("input", () => {
      typed.figures[name] = input.value;
      tell();
      changed();
    });
    return { name, input, row: element("div", { class: "lt-field" }, element("label", { for: input.id, text: labelOf(name) }), input, taken) };
  });
  return {
    rows: [...inputs.map(({ row }) => row), ...choices(app, typed, changed)],
    /** @param {number | null} covered what was measured under buildings */
    measured(covered) {
      const input = inputs.find(({ name }) => name === COVERED)?.input;
      if (input) {
        input.placeholder = covered === null ? "" : Words.say("trial.measured", { area: Words.amount(covered, 0, "m2") });
      }
    },
  };
}
