// The planes: against figures of pyproj, and against sums that can be done in the head.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import * as Plane from "../geo/plane.js";

/** Degrees into EPSG:3857, as pyproj has it. */
const PYPROJ = [
  [122.1, 40.5, 13592109.8259, 4938869.1758],
  [-3.7, 40.4, -411882.1159, 4924240.5872],
  [10, -33.9, 1113194.9079, -4015382.3601],
  [180, 0, 20037508.3428, 0],
  [0, 0, 0, 0],
];

/** East is 500 000 and half of x, north y turned round: straight lines. */
const STRAIGHT = {
  name: "a plane",
  forward: { box: [0, 0, 100, 100], terms: [[[500025, 0], [25, 0]], [[-50, -50], [0, 0]]] },
  back: { box: [500000, -100, 500050, 0], terms: [[[50, 0], [50, 0]], [[50, -50], [0, 0]]] },
};

afterEach(() => Plane.setup({ name: "" }));

for (const [lng, lat, x, y] of PYPROJ) {
  test(`${lng}, ${lat} lies where pyproj has it`, () => {
    const [east, north] = Plane.page({ lat, lng });
    assert.ok(Math.abs(east - x) < 1e-4 && Math.abs(north - y) < 1e-4, `${east}, ${north}`);
    const back = Plane.degrees([x, y]);
    assert.ok(Math.abs(back.lat - lat) < 1e-9 && Math.abs(back.lng - lng) < 1e-9);
  });
}

test("a pole is no infinity", () => {
  assert.ok(Plane.page({ lat: 90, lng: 0 }).every(Number.isFinite));
});

test("the working CRS is a sum of polynomials over its box", () => {
  Plane.setup(STRAIGHT);
  assert.equal(Plane.name(), "a plane");
  assert.deepEqual(Plane.reach(), [0, 0, 100, 100]);
  assert.deepEqual(Plane.toPark([0, 0]), [500000, 0]);
  assert.deepEqual(Plane.toPark([100, 100]), [500050, -100]);
  assert.deepEqual(Plane.toPark([50, 25]), [500025, -25]);
  assert.deepEqual(Plane.fromPark([500025, -25]), [50, 25]);
});

test("a square of the box: the second polynomial of Chebyshev is 2u² - 1", () => {
  Plane.setup({ name: "bent", forward: { box: [-1, -1, 1, 1], terms: [[[0, 0, 0], [0, 0, 0], [1, 0, 0]], [[0, 0, 1], [0, 0, 0], [0, 0, 0]]] } });
  assert.deepEqual(Plane.toPark([0.5, 0]), [-0.5, -1]);
  assert.deepEqual(Plane.toPark([1, 1]), [1, 1]);
});

test("beyond its box there is no working CRS, of a ring not even a part", () => {
  Plane.setup(STRAIGHT);
  assert.equal(Plane.toPark([100.001, 50]), null);
  assert.equal(Plane.toPark([Number.NaN, 50]), null);
  assert.equal(Plane.ringsToPark([[[0, 0], [10, 0], [101, 10]]]), null);
  assert.deepEqual(Plane.ringsToPark([[[0, 0], [100, 0]]]), [[[500000, 0], [500050, 0]]]);
});

test("a place without a fitted CRS measures nothing", () => {
  assert.equal(Plane.toPark([0, 0]), null);
  assert.equal(Plane.fromPark([0, 0]), null);
  assert.equal(Plane.reach(), null);
});
