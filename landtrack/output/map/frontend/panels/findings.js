// What rules, layers and checks say of a plot.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import { COVERED, badge, quiet, section } from "./parts.js";
import * as Reasons from "./reasons.js";
import { findingsOf } from "./sections.js";

/** @import { App, Finding, HitClass, HitLine, IssueLine, LayerHits, Section } from "../types.js" */

// --- what rules and layers say --------------------------------------------------------------

/** @param {Finding} finding @param {Node | null} shows */
function findingRows(finding, shows) {
  const note = [finding.fix, finding.reason, finding.note].filter(Boolean).join(" · ");
  const main = element("tr", { class: `lt-finding lt-row-${finding.code}` },
    element("th", { scope: "row" },
      element("span", { class: "lt-index-name" }, finding.name, shows ? " " : null, shows),
      element("small", { text: Words.say("card.clause", { clause: finding.clause }) })),
    element("td", { class: "lt-value", text: finding.value }),
    element("td", { text: finding.limit }),
    element("td", { text: finding.margin }),
    element("td", {}, badge(finding.code, finding.outcome)));
  return note ? [main, element("tr", { class: `lt-note lt-row-${finding.code}` },
    element("td", { colspan: "5", text: note }))] : [main];
}

/**
 * What shows on the map why a plot comes out as it does by a rule.
 * @param {App} app @param {number} row @param {Finding} finding @param {string} rule
 */
function shower(app, row, finding, rule) {
  const reason = Reasons.ofRule(app, rule, finding.code);
  const figure = ["pass", "fail"].includes(finding.code) ? ` ${finding.value} (${finding.limit})` : "";
  const what = [finding.name + figure, finding.fix, finding.reason].filter(Boolean).join(" · ");
  return reason && Reasons.shower(app, row, { ...reason, what });
}

/** @param {Node[]} rows */
function findingTable(rows) {
  const heads = ["index", "value", "limit", "margin", "outcome"];
  return element("table", { class: "lt-indices" },
    element("thead", {}, element("tr", {},
      ...heads.map((key) => element("th", { scope: "col", text: Words.say(`card.${key}`) })))),
    element("tbody", {}, ...rows));
}

/** The findings on the whole of a project that has several plots. @param {App} app @param {string} id @param {number} count */
export function whole(app, id, count) {
  const findings = app.page.wholes[id];
  return findings ? section("card.indices",
    element("p", { class: "lt-whole-project", text: Words.say("card.whole_project", { project: id, count: Words.figure(count, 0) }) }),
    findingTable(Words.pick(findings).flatMap((each) => findingRows(each, null)))) : null;
}

/** @param {App} app @param {number} row @param {Section[]} sections */
export function indices(app, row, sections) {
  const findings = findingsOf(sections);
  if (!findings.length) {
    return section("card.indices", quiet("card.no_rules"));
  }
  return section("card.indices", findingTable(
    findings.flatMap(({ rule, finding }) => findingRows(finding, shower(app, row, finding, rule)))));
}

/** @param {App} app @param {number} row @param {string} kind @param {HitLine} line */
function said(app, row, kind, [what, value, feature, measure, category]) {
  const reason = Reasons.ofHit(app, kind, measure, category);
  const shower = reason ? Reasons.shower(app, row, { ...reason, what: [what, value, feature].filter(Boolean).join(" ") }) : null;
  return element("li", {},
    element("span", { class: "lt-what", text: what }),
    value ? element("span", { class: "lt-said" }, value, shower) : shower,
    feature ? element("span", { class: "lt-by", text: feature }) : null);
}

/** @param {App} app @param {number} row @param {string} kind @param {HitClass} each @param {boolean} several */
function layerClass(app, row, kind, each, several) {
  const label = each.label || (several ? Words.say("card.whole") : "");
  return element("div", { class: each.label ? "lt-part" : "lt-part lt-whole" },
    label ? element("h5", { text: label }) : null,
    element("ul", {}, ...each.lines.map((line) => said(app, row, kind, line))));
}

/** @param {App} app @param {number} row @param {LayerHits} told */
export function layer(app, row, told) {
  const parts = told.classes.filter((one) => one.lines.length);
  const several = parts.some((one) => one.label);
  return element("div", { class: `lt-said-layer lt-cover-${told.coverage}`, "data-kind": told.kind },
    element("h4", {},
      element("span", { text: told.title }),
      element("span", { class: `lt-cover lt-cover-${told.coverage}` },
        element("span", { "aria-hidden": "true", text: `${COVERED[told.coverage]} ` }), told.said)),
    ...parts.map((one) => layerClass(app, row, told.kind, one, several)),
    corridor(app, row, told.kind));
}

/** The ground that lines of a layer keep clear of buildings, to be shown. @param {App} app @param {number} row @param {string} kind */
function corridor(app, row, kind) {
  const reason = Reasons.ofCorridor(app, kind);
  const what = Words.say("card.corridor");
  return reason ? element("div", { class: "lt-part lt-whole" }, element("ul", {}, element("li", {},
    element("span", { class: "lt-what", text: what }), Reasons.shower(app, row, { ...reason, what })))) : null;
}

/** @param {IssueLine[]} rows */
export function issues(rows) {
  return section("card.issues", rows.length
    ? element("ul", { class: "lt-issues" }, ...rows.map((each) => element("li", { class: `lt-issue lt-${each.severity}` },
      element("strong", { text: each.severityText }),
      element("span", { class: "lt-issue-title", text: each.title }),
      element("span", { class: "lt-mend", text: each.mend }),
      element("small", { text: each.who }))))
    : quiet("card.no_issues"));
}
