// The boxes of rows, four whole centimetres each: what lies where.

import * as Plane from "../geo/plane.js";

/** @import { Box, Coordinates, Shape } from "../types.js" */
/** @import { Table } from "./table.js" */

const CM = 100;

/** The points of a shape, however deep they lie. @param {Coordinates} coordinates @returns {GeoJSON.Position[]} */
function pointsOf(coordinates) {
  return isPoint(coordinates) ? [coordinates] : coordinates.flatMap(pointsOf);
}

/** @param {Coordinates} coordinates @returns {coordinates is GeoJSON.Position} */
function isPoint(coordinates) {
  return typeof coordinates[0] === "number";
}

/** @param {number} count @param {Shape[]} features */
export function boxesOf(count, features) {
  const boxes = new Int32Array(4 * count);
  for (let row = 0; row < count; row += 1) {
    boxes.set([0, 0, -1, -1], 4 * row);
  }
  for (const { properties, geometry } of features) {
    const at = 4 * properties.r;
    for (const [lng, lat] of pointsOf(geometry.coordinates)) {
      const [x, y] = Plane.page({ lat, lng }).map((each) => Math.round(each * CM));
      const fresh = boxes[at] > boxes[at + 2];
      boxes[at] = fresh ? x : Math.min(boxes[at], x);
      boxes[at + 1] = fresh ? y : Math.min(boxes[at + 1], y);
      boxes[at + 2] = fresh ? x : Math.max(boxes[at + 2], x);
      boxes[at + 3] = fresh ? y : Math.max(boxes[at + 3], y);
    }
  }
  return boxes;
}

/** What a pixel is long on the ground of the page, in metres. @param {L.Map} map */
export function metresPerPixel(map) {
  return 2 * Plane.EDGE / (256 * 2 ** map.getZoom());
}

/** The box of a row as bounds; null without a shape. @param {Table} rows @param {number} row */
export function boundsOf(rows, row) {
  const [west, south, east, north] = boxAt(rows, row);
  return east < west ? null
    : L.latLngBounds(Plane.latLng([west / CM, south / CM]), Plane.latLng([east / CM, north / CM]));
}

/** The box of a row in centimetres. @param {Table} rows @param {number} row @returns {Box} */
export function boxAt(rows, row) {
  const [west, south, east, north] = rows.boxes.subarray(4 * row, 4 * row + 4);
  return [west, south, east, north];
}

/** Bounds as a box in centimetres. @param {L.LatLngBounds} bounds @returns {Box} */
export function boxOf(bounds) {
  const [west, south] = Plane.page(bounds.getSouthWest());
  const [east, north] = Plane.page(bounds.getNorthEast());
  return [Math.round(west * CM), Math.round(south * CM), Math.round(east * CM), Math.round(north * CM)];
}

/**
 * Rows whose box meets a box.
 * @param {Table} rows
 * @param {Box} box west, south, east, north in centimetres
 * @returns {number[]}
 */
export function rowsIn(rows, box) {
  const [west, south, east, north] = box;
  /** @type {number[]} */
  const found = [];
  const { boxes } = rows;
  for (let row = 0, at = 0; row < rows.count; row += 1, at += 4) {
    if (boxes[at] <= east && boxes[at + 2] >= west && boxes[at + 1] <= north
        && boxes[at + 3] >= south && boxes[at + 2] >= boxes[at]) {
      found.push(row);
    }
  }
  return found;
}
