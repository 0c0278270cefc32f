// The planes: degrees, the page's own metres (EPSG:3857), and the working CRS of the place.

/** @import { Box, LatLng, Point, Ring } from "../types.js" */

/**
 * A sum of Chebyshev polynomials, right within its box.
 * @typedef {{box: Box, terms: number[][][]}} Series
 * @typedef {{name: string, forward?: Series, back?: Series}} Fitted the working CRS, and how the page gets there
 */

const RADIUS = 6_378_137;
export const EDGE = Math.PI * RADIUS;
/** @type {Fitted} */
let fitted = { name: "" };

/** @param {Fitted} told */
export function setup(told) {
  fitted = told;
}

export function name() {
  return fitted.name;
}

/** @param {LatLng} latLng @returns {Point} */
export function page({ lat, lng }) {
  const limited = Math.max(-89.9, Math.min(89.9, lat)) * Math.PI / 180;
  return [lng * Math.PI / 180 * RADIUS, Math.asinh(Math.tan(limited)) * RADIUS];
}

/** @param {Point} point */
export function latLng(point) {
  const { lat, lng } = degrees(point);
  return L.latLng(lat, lng);
}

/** @param {Point} point @returns {LatLng} */
export function degrees([x, y]) {
  return { lat: Math.atan(Math.sinh(y / RADIUS)) * 180 / Math.PI, lng: x / RADIUS * 180 / Math.PI };
}

/** A sum of Chebyshev polynomials of both coordinates. @param {Series} series @param {Point} point @returns {Point | null} */
function evaluate({ box, terms }, [x, y]) {
  const [west, south, east, north] = box;
  const u = (2 * x - west - east) / (east - west);
  const v = (2 * y - south - north) / (north - south);
  if (!(Math.abs(u) <= 1 && Math.abs(v) <= 1)) {
    return null;
  }
  const count = terms[0].length;
  const tu = [1, u];
  const tv = [1, v];
  for (let n = 2; n < count; n += 1) {
    tu.push(2 * u * tu[n - 1] - tu[n - 2]);
    tv.push(2 * v * tv[n - 1] - tv[n - 2]);
  }
  /** @param {number[][]} each */
  const sumOf = (each) => {
    let sum = 0;
    for (let i = 0; i < count; i += 1) {
      let row = 0;
      for (let j = 0; j < count; j += 1) {
        row += each[i][j] * tv[j];
      }
      sum += row * tu[i];
    }
    return sum;
  };
  return [sumOf(terms[0]), sumOf(terms[1])];
}

/** From the page's metres into the working CRS; null where that does not reach. @param {Point} point */
export function toPark(point) {
  return fitted.forward ? evaluate(fitted.forward, point) : null;
}

/** How far the working CRS reaches: west, south, east, north in the page's metres; or null. */
export function reach() {
  return fitted.forward ? fitted.forward.box : null;
}

/** @param {Point} point */
export function fromPark(point) {
  return fitted.back ? evaluate(fitted.back, point) : null;
}

/** Rings or lines in the working CRS; null where that does not reach. @param {Ring[]} rings @returns {Ring[] | null} */
export function ringsToPark(rings) {
  const moved = rings.map((ring) => ring.map(toPark));
  return moved.every((ring) => ring.every((point) => point !== null)) ? /** @type {Ring[]} */ (moved) : null;
}
