// What lies on a parcel. Small layers bring what each plot has of each parcel. Of large ones the
// page knows what the store measured, of each plot all parcels of a state together: where there is
// one of them that is its figure; any other is measured by the page, and told as such.

import * as Words from "../core/words.js";
import * as Areas from "../geo/areas.js";
import * as Boxes from "./boxes.js";
import { Table, tableOf } from "./table.js";
import * as Within from "./within.js";

/** @import { App, Box, Ring } from "../types.js" */
/** @import { Pairs } from "./table.js" */
/** @typedef {{at: number, area: number, text: string, stored: boolean}} Beside a plot or parcel that shares ground: its row, how much, and whether the store says so */

const TRACE = 0.01; // m2: less than this is where shapes only touch
const FIGURE = 0.5; // m2: how far an area in words may be from the one that was measured

/** @param {Ring[][]} one @param {Ring[][]} other */
function shared(one, other) {
  return one.reduce((sum, area) => sum + Areas.unionArea(area, other), 0);
}

/** The lines that the store has of the parcels of a plot, class by class. @param {Table} plots @param {number} row */
async function linesOf(plots, row) {
  const sections = await plots.card(row);
  return sections.flatMap((section) => (section.what === "layer" && section.name === "parcels"
    ? section.told.classes.flatMap(({ lines }) => lines) : []));
}

/**
 * Whether another parcel of the same state has a part of a plot too.
 * @param {Table} parcels @param {number} row @param {Ring[][]} plot @param {Box} box
 */
async function another(parcels, row, plot, box) {
  for (const other of Boxes.rowsIn(parcels, box)) {
    if (other !== row && parcels.atRun[other] === parcels.atRun[row]
      && shared(plot, Within.areasOf(await parcels.layer.shapesOf(other))) > TRACE) {
      return true;
    }
  }
  return false;
}

/**
 * What the store says comes first, also that nothing is shared: shapes that are right to a
 * centimetre can share a square metre along a border.
 * @param {Table} plots @param {number} at @param {Table} parcels @param {number} row @param {Ring[][]} plot
 * @param {number} measured @returns {Promise<Beside | null>}
 */
async function pair(plots, at, parcels, row, plot, measured) {
  const { code } = parcels.head.classes[parcels.atRun[row]];
  const line = (await linesOf(plots, at)).find(([, , , measure, category]) => measure === "overlap_m2" && category === code);
  if (!line) {
    return null;
  }
  if (await another(parcels, row, plot, Boxes.boxAt(plots, at))) {
    return measured > (parcels.head.sliver ?? 0) ? { at, area: measured, text: Words.amount(measured, 0, "m2"), stored: false } : null;
  }
  const stored = Words.read(line[5]);
  return { at, area: Math.min(Math.max(measured, stored - FIGURE), stored + FIGURE), text: line[5], stored: true };
}

/** @param {Pairs} pairs @param {number} row @returns {Beside[]} */
function inPage({ starts, plots, areas, texts }, row) {
  return [...plots.subarray(starts[row], starts[row + 1])].map((at, place) => (
    { at, area: areas[starts[row] + place], text: Table.textAt(texts, starts[row] + place), stored: true }));
}

/** @param {Table} plots @param {Table} parcels @param {number} row @param {Ring[][]} own @returns {Promise<Beside[]>} */
async function worked(plots, parcels, row, own) {
  const found = [];
  for (const at of Boxes.rowsIn(plots, Boxes.boxAt(parcels, row))) {
    const plot = Within.areasOf(await plots.layer.shapesOf(at));
    const measured = shared(own, plot);
    const told = measured > TRACE ? await pair(plots, at, parcels, row, plot, measured) : null;
    if (told) {
      found.push(told);
    }
  }
  return found;
}

/**
 * The plots on a parcel, the largest share first.
 * @param {App} app @param {Table} parcels @param {number} row @param {Ring[][]} own its areas
 * @returns {Promise<Beside[]>}
 */
export async function plotsOn(app, parcels, row, own) {
  const plots = tableOf(app, "plots");
  await plots.loadTexts();
  const found = parcels.pairs ? inPage(parcels.pairs, row) : await worked(plots, parcels, row, own);
  return found.sort((one, other) => other.area - one.area);
}

/**
 * What a plot has of each parcel: of small layers what the store measured, else by the page.
 * @param {Pairs} pairs @param {number} row @returns {Beside[]}
 */
function underInPage({ starts, plots, areas, texts }, row) {
  const found = [];
  for (let parcel = 0; parcel + 1 < starts.length; parcel += 1) {
    for (let place = starts[parcel]; place < starts[parcel + 1]; place += 1) {
      if (plots[place] === row) {
        found.push({ at: parcel, area: areas[place], text: Table.textAt(texts, place), stored: true });
      }
    }
  }
  return found;
}

/**
 * The parcels under a plot, the largest share first, and the ground that they cover together.
 * @param {App} app @param {Table} plots @param {number} row @param {Ring[][]} own its areas
 */
export async function under(app, plots, row, own) {
  const parcels = tableOf(app, "parcels");
  await parcels.loadTexts();
  const box = Boxes.boxAt(plots, row);
  /** @type {Ring[][]} */
  const areas = [];
  const worked = [];
  for (const at of Boxes.rowsIn(parcels, box)) {
    const each = Within.areasOf(await parcels.layer.shapesOf(at));
    areas.push(...each);
    const area = shared(each, own);
    if (area > (parcels.head.sliver || TRACE)) {
      worked.push({ at, area, text: Words.amount(area, 0, "m2"), stored: false });
    }
  }
  const found = parcels.pairs ? underInPage(parcels.pairs, row) : worked;
  return {
    found: found.sort((one, other) => other.area - one.area),
    covered: own.reduce((sum, rings) => sum + Areas.unionArea(rings, areas), 0),
  };
}

/**
 * Whether a layer is known to be complete where a parcel lies.
 * @param {App} app @param {Table} parcels @param {number} row @param {string} kind
 */
export function known(app, parcels, row, kind) {
  const place = parcels.head.covered.indexOf(kind);
  if (place >= 0) {
    return Boolean((parcels.covered?.[row] ?? 0) >> place & 1);
  }
  return Boolean(app.tables.get(kind)?.count) && !app.page.partial.includes(kind);
}
