// The sections of a card, each by what it is.

/** @import { Finding, IssueLine, LayerHits, Section } from "../types.js" */

/** What rules say, with the rule of each. @param {Section[]} sections @returns {{rule: string, finding: Finding}[]} */
export function findingsOf(sections) {
  return sections.flatMap((each) => (each.what === "finding" && each.told ? [{ rule: each.name, finding: each.told }] : []));
}

/** @param {Section[]} sections @returns {LayerHits[]} */
export function layersOf(sections) {
  return sections.flatMap((each) => (each.what === "layer" ? [each.told] : []));
}

/** @param {Section[]} sections @returns {[label: string, value: string][]} */
export function figuresOf(sections) {
  return sections.flatMap((each) => (each.what === "figures" ? each.told : []));
}

/** @param {Section[]} sections @returns {IssueLine[]} */
export function issuesOf(sections) {
  return sections.flatMap((each) => (each.what === "issues" ? each.told : []));
}
