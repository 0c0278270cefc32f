// The address: all that makes up a view, so that it can be sent and opened again.

/** @import { FilterSet } from "../types.js" */

// Anybody may have written an address: only these parts are read, and none that is longer.
const PARTS = new Set(["plot", "feature", "project", "layers", "filter", "asof", "before", "theme", "list", "sort", "lang", "view", "note"]);
const LONGEST = 100_000;

/** The parts of an address behind #. @param {string} [hash] that of the page where not given @returns {Record<string, string>} */
export function read(hash = location.hash) {
  /** @type {Record<string, string>} */
  const parts = Object.create(null); // a name such as __proto__ is a name like others
  for (const part of hash.slice(1, LONGEST).split("&")) {
    const [name, value] = [part.slice(0, part.indexOf("=")), part.slice(part.indexOf("=") + 1)];
    if (PARTS.has(name)) {
      parts[name] = decode(value);
    }
  }
  return parts;
}

/** A day as days since 1970, as it stands in an address. @param {string | undefined} text */
export function dayFrom(text) {
  const day = /^\d{4}-\d\d-\d\d$/.test(text || "") ? Date.parse(text ?? "") / 86_400_000 : Number.NaN;
  return Number.isFinite(day) ? day : null;
}

/** @param {string} text */
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** @param {Record<string, string>} parts */
export function write(parts) {
  return Object.entries(parts)
    .filter(([, value]) => value !== "" && value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join("&");
}

/** Filters as text: layer.field:value|value, one after another. @param {FilterSet} filters */
export function filterText(filters) {
  const told = [];
  for (const [kind, dims] of Object.entries(filters)) {
    for (const [name, ids] of Object.entries(dims)) {
      if (ids.size) {
        told.push(`${kind}.${name}:${[...ids].map(encodeURIComponent).join("|")}`);
      }
    }
  }
  return told.join(";");
}

/**
 * The filters that an address asks for, of those that there are.
 * @param {string | undefined} text @param {Map<string, {head: {filters: string[]}}>} tables by kind
 * @returns {FilterSet}
 */
export function filtersFrom(text, tables) {
  /** @type {FilterSet} */
  const filters = Object.create(null);
  for (const each of (text || "").split(";")) {
    const [, kind, name, ids] = /^(\w+)\.([\w.-]+?):(.*)$/.exec(each) || [];
    if (tables.get(kind)?.head.filters.includes(name)) {
      filters[kind] = filters[kind] || Object.create(null);
      filters[kind][name] = new Set(ids.split("|").map(decode));
    }
  }
  return filters;
}
