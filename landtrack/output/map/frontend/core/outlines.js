// A trial plot as a file: GeoJSON in degrees, the boundary-coordinate TXT of its working CRS, the draft of a plot.

/** @import { BoundaryText, LatLng, Point, Ring } from "../types.js" */

const NINE = 9; // decimals of degrees: a tenth of a millimetre
const DIGITS = 3;
const HECTARE_M2 = 10_000;
const AREA_DIGITS = 4;
const FORBIDDEN = /[,\p{Cc}\u2028\u2029]+/gu; // there is no quoting in the format

/** Twice the area of a ring, below 0 where it goes round clockwise. @param {Ring} ring */
function turn(ring) {
  const [ox, oy] = ring[0];
  return ring.reduce((sum, [x, y], at) => {
    const [u, v] = ring[(at + 1) % ring.length];
    return sum + (x - ox) * (v - oy) - (u - ox) * (y - oy);
  }, 0);
}

/**
 * As RFC 7946 has it.
 * @param {Ring} ring in the working CRS @param {(point: Point) => LatLng | null} degrees
 * @param {Record<string, string | number>} properties
 */
export function geoJson(ring, degrees, properties) {
  const round = turn(ring) < 0 ? [...ring].reverse() : ring;
  const points = round.map((point) => {
    const found = degrees(point);
    return found ? [Number(found.lng.toFixed(NINE)), Number(found.lat.toFixed(NINE))] : null;
  });
  const coordinates = [[...points, points[0]]];
  return `${JSON.stringify({ type: "FeatureCollection", features: [{ type: "Feature", properties, geometry: { type: "Polygon", coordinates } }] }, null, 1)}\n`;
}

/** Clockwise from the corner that lies next to its north-west. @param {Ring} ring */
function fromNorthWest(ring) {
  const round = turn(ring) > 0 ? [...ring].reverse() : ring;
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
  const area = Math.abs(turn(round)) / 2 / HECTARE_M2;
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
  const round = turn(ring) < 0 ? [...ring].reverse() : ring;
  return code ? `${JSON.stringify({
    type: "FeatureCollection", crs: { type: "name", properties: { name: `urn:ogc:def:crs:EPSG::${code}` } },
    features: [{ type: "Feature", properties: fields, geometry: { type: "Polygon", coordinates: [[...round, round[0]]] } }],
  }, null, 1)}\n` : null;
}
