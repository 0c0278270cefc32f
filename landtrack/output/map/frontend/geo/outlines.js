// A trial plot as a file: GeoJSON in degrees, the boundary-coordinate TXT of its working CRS, the draft of a plot.

import { signedArea } from "./measure.js";

/** @import { BoundaryText, LatLng, Point, Ring } from "../types.js" */

const NINE = 9; // decimals of degrees: a tenth of a millimetre
const DIGITS = 3;
const HECTARE_M2 = 10_000;
const AREA_DIGITS = 4;
const FORBIDDEN = /[,\p{Cc}\u2028\u2029]+/gu; // there is no quoting in the format

/** Counter-clockwise. @param {Ring} ring */
function turned(ring) {
  return signedArea(ring) < 0 ? [...ring].reverse() : ring;
}

/** One polygon as a collection. @param {(Point | null)[]} points @param {Record<string, string | number>} properties @param {object} [more] */
function collection(points, properties, more = {}) {
  const coordinates = [[...points, points[0]]];
  return `${JSON.stringify({ type: "FeatureCollection", ...more, features: [{ type: "Feature", properties, geometry: { type: "Polygon", coordinates } }] }, null, 1)}\n`;
}

/**
 * As RFC 7946 has it.
 * @param {Ring} ring in the working CRS @param {(point: Point) => LatLng | null} degrees
 * @param {Record<string, string | number>} properties
 */
export function geoJson(ring, degrees, properties) {
  return collection(turned(ring).map((point) => {
    const found = degrees(point);
    return found ? [Number(found.lng.toFixed(NINE)), Number(found.lat.toFixed(NINE))] : null;
  }), properties);
}

/** Clockwise from the corner that lies next to its north-west. @param {Ring} ring */
function fromNorthWest(ring) {
  const round = signedArea(ring) > 0 ? [...ring].reverse() : ring;
  const west = Math.min(...round.map(([x]) => x));
  const north = Math.max(...round.map(([, y]) => y));
  const away = (/** @type {Point} */ [x, y]) => Math.hypot(x - west, y - north);
  const [first] = round.map((_, at) => at).sort((one, other) => (
    away(round[one]) - away(round[other]) || round[other][1] - round[one][1] || round[one][0] - round[other][0]));
  return [...round.slice(first), ...round.slice(0, first)];
}

/**
 * As landtrack/ingest/formats/boundary/writing.py writes it.
 * @param {Ring} ring in the working CRS @param {string} name @param {BoundaryText} text
 */
export function boundaryText(ring, name, { head, kind, east }) {
  const round = fromNorthWest(ring);
  const points = [...round.map((point, at) => ({ point, at })), { point: round[0], at: 0 }];
  const area = Math.abs(signedArea(round)) / HECTARE_M2;
  const parcel = [points.length, area.toFixed(AREA_DIGITS), "", name.replace(FORBIDDEN, " ").trim(), kind, "", "", "", "@"].join(",");
  const lines = points.map(({ point: [x, y], at }) => `J${at + 1},1,${y.toFixed(DIGITS)},${(x + east).toFixed(DIGITS)}`);
  return [...head, parcel, ...lines, ""].join("\r\n");
}

/**
 * A plot as a file of its own, in the working CRS, with the fields of the schema: one that a catalog can name. Null
 * where the CRS has no number.
 * @param {Ring} ring @param {string} crs such as EPSG:4529 @param {Record<string, string>} fields
 */
export function plotDraft(ring, crs, fields) {
  const code = /^EPSG:(\d+)$/.exec(crs)?.[1];
  return code ? collection(turned(ring), fields, { crs: { type: "name", properties: { name: `urn:ogc:def:crs:EPSG::${code}` } } }) : null;
}
