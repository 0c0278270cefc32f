// What lies nearest to where somebody stands.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import * as Plane from "../geo/plane.js";
import { nearby, wayOf } from "../layers/nearby.js";

const SIDE = 100;
const ORIGIN = { lat: 0, lng: 0 }; // where the page's own metres are those of the ground

/** Squares by their south-west corners, in metres. @param {[number, number][]} corners */
function squares(corners) {
  const rings = corners.map(([x, y]) => [[x, y], [x + SIDE, y], [x + SIDE, y + SIDE], [x, y + SIDE]]);
  return {
    count: corners.length,
    boxes: Int32Array.from(corners.flatMap(([x, y]) => [x, y, x + SIDE, y + SIDE].map((each) => each * 100))),
    layer: { shapesOf: async (row) => [{ type: 2, rings: [rings[row]] }] },
  };
}

before(() => Plane.setup({ name: "EPSG:4529" }));

test("a direction is one of eight", () => {
  for (const [east, north, way] of [
    [0, 1, "north"], [1, 1, "north_east"], [1, 0, "east"], [1, -1, "south_east"], [0, -1, "south"], [-1, -1, "south_west"],
    [-1, 0, "west"], [-1, 1, "north_west"], [-0.1, 9, "north"], [9, 3, "east"], [-9, 3.8, "north_west"],
  ]) {
    assert.equal(wayOf(east, north), way, `${east} ${north}`);
  }
});

test("the plot that one stands in comes first, the others by how far and where they are", async () => {
  const found = await nearby(squares([[300, -50], [-50, -50], [-50, 130], [9000, 0]]), ORIGIN, 3);
  assert.deepEqual(found.map(({ row, way }) => [row, way]), [[1, ""], [2, "north"], [0, "east"]]);
  assert.deepEqual(found.map(({ distance }) => Math.round(distance)), [0, 130, 300]);
});

test("far plots are found too, and none where there is none", async () => {
  const [only] = await nearby(squares([[-20_100, -50]]), ORIGIN, 3);
  assert.deepEqual([only.row, only.way, Math.round(only.distance)], [0, "west", 20_000]);
  assert.deepEqual(await nearby(squares([]), ORIGIN, 3), []);
  assert.deepEqual(await nearby(squares([[500_000, 0]]), ORIGIN, 3), []);
});

test("beyond the working CRS the metres of the page are made those of the ground", async () => {
  const at = { lat: 60, lng: 0 };
  const [x, y] = Plane.page(at);
  const [found] = await nearby(squares([[x + 200, y - 50]]), at, 1);
  assert.equal(Math.round(found.distance), 100);
});
