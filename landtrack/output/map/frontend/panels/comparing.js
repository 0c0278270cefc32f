// Trial plots side by side: how large each is, what was tried, how each rule comes out, what each meets.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import * as Answers from "./answers.js";
import * as Asked from "./asked.js";
import { over } from "./asking.js";
import { badge } from "./parts.js";

/** @import { App, Ring, Typed } from "../types.js" */
/** @typedef {Typed & {title: string, under: string, ring: Ring}} Compared one of those that are compared */
/** @typedef {{group: string, key: string, label: string, value: string | Node}} Line */

const GROUPS = ["size", "figures", "rules", "layers"];

/** What stands of one trial plot. @param {App} app @param {Compared} one @returns {Promise<Line[]>} */
async function linesOf(app, one) {
  const line = (/** @type {string} */ group, /** @type {string} */ label, /** @type {string | Node} */ value, key = label) => ({ group, key, label, value });
  const trial = Answers.trialOf(one.ring);
  const figures = Asked.told(app, one).map(([label, value]) => line("figures", label, value));
  if (typeof trial === "string") {
    return [line("size", Words.say("measure.area_m2"), Words.say(trial, { crs: Plane.name() })), ...figures];
  }
  const { surroundings, verdicts } = await Answers.answered(app, trial, one);
  const covered = surroundings.covered === null ? [] : [line("size", Words.say("trial.covered"), Words.amount(surroundings.covered, 0, "m2"))];
  return [
    line("size", Words.say("measure.area_m2"), Words.amount(trial.area, 1, "m2")),
    line("size", Words.say("trial.outline"), Words.amount(Measure.length(trial.ring, true), 1, "m")), ...covered, ...figures,
    ...verdicts.flatMap((verdict) => {
      const rule = app.page.rules.find(({ id }) => id === verdict.rule);
      return rule ? [line("rules", Words.pick(rule.title), element("span", {}, badge(verdict.code, Words.say(`outcome.${verdict.code}`)),
        " ", Answers.besideLimit(rule, verdict)), rule.id)] : [];
    }),
    ...surroundings.meetings.map((met) => {
      const [label, value] = Answers.meetingText(app, trial, met);
      return line("layers", String(label), value);
    }),
  ];
}

/** @param {string | Node | undefined} value */
function textOf(value) {
  return value instanceof Node ? value.textContent : value || "–";
}

/** The table of some trial plots; a line that only some have is a dash for the others. @param {App} app @param {Compared[]} all */
export async function table(app, all) {
  const columns = await Promise.all(all.map(async (one) => {
    /** @type {Map<string, string | Node>} */
    const values = new Map();
    const lines = await linesOf(app, one);
    for (const { group, key, value } of lines) {
      const id = `${group}/${key}`;
      const before = values.get(id);
      values.set(id, before === undefined ? value : `${textOf(before)}; ${textOf(value)}`); // several of one name
    }
    return { lines, values };
  }));
  const lines = [...new Map(columns.flatMap((each) => each.lines).map((each) => [`${each.group}/${each.key}`, each])).entries()]
    .sort(([, one], [, other]) => GROUPS.indexOf(one.group) - GROUPS.indexOf(other.group));
  const rows = lines.map(([id, { label, group }]) => {
    const values = columns.map((each) => each.values.get(id));
    const same = values.every((value) => textOf(value) === textOf(values[0]));
    return element("tr", { class: same ? "" : "lt-differs", "data-group": group }, element("th", { scope: "row", text: label }),
      ...values.map((value) => (value instanceof Node ? element("td", {}, value) : element("td", { text: value || "–" }))));
  });
  return element("table", {},
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, element("span", { class: "lt-hidden", text: Words.say("trial.what") })), ...all.map(({ title, under }) => (
      element("th", { scope: "col" }, element("b", { text: title }), element("small", { text: under })))))),
    element("tbody", {}, ...rows));
}

/** Opens them side by side. @param {App} app @param {Compared[]} all */
export async function dialog(app, all) {
  const title = Words.say("trial.comparison");
  return over(title, "lt-trials", [
    element("div", { class: "lt-wide", tabindex: "0", role: "region", "aria-label": title }, await table(app, all)),
    element("p", { class: "lt-quiet", text: Words.say("trial.only") }),
  ]);
}
