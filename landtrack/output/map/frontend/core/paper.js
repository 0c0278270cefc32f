// Papers and round scales: arithmetic in millimetres.

/** Width and height in millimetres. @type {Record<string, [number, number]>} */
export const PAPERS = {
  "a4-landscape": [297, 210], "a4-portrait": [210, 297], "a3-landscape": [420, 297], "a3-portrait": [297, 420],
};
export const MARGIN = 10;
const BELOW = 54; // what title, marks and legend take under the map
export const PIXEL = 25.4 / 96; // of a page, in millimetres
const EXACT = 0.002;
const PARTS = 4;

export const SCALES = [
  500, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 7500, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 75_000, 100_000,
  200_000, 250_000, 500_000, 1_000_000,
];

/** What a paper has for the map, in millimetres. @param {string} paper @returns {[number, number]} */
export function mapSize(paper) {
  const [wide, high] = PAPERS[paper];
  return [wide - 2 * MARGIN, high - 2 * MARGIN - BELOW];
}

/** The N of 1:N at which so many metres fill a map. @param {string} paper @param {number} wide @param {number} high */
export function needed(paper, wide, high) {
  const [across, up] = mapSize(paper);
  return Math.max(wide / across, high / up) * 1000;
}

/** The largest round scale at which all of it is seen; the smallest that there is where none is. @param {number} least */
export function round(least) {
  return SCALES.find((each) => each >= least * (1 - EXACT)) ?? SCALES[SCALES.length - 1];
}

/** By how much a map is zoomed from one scale to another. @param {number} now @param {number} wanted */
export function zoomBy(now, wanted) {
  return Math.log2(now / wanted);
}

/** Whether a scale is the one that it is said to be. @param {number} now @param {number} said */
export function isExact(now, said) {
  return Math.abs(now / said - 1) < EXACT;
}

/** The longest round part of a scale bar of four parts that is no longer than so much. @param {number} scale @param {number} longest millimetres */
export function barPart(scale, longest) {
  const most = (longest * scale) / 1000 / PARTS;
  const power = 10 ** Math.floor(Math.log10(most));
  return [5, 2, 1].map((times) => times * power).find((each) => each <= most * (1 + 1e-9)) ?? power;
}
