// Onto what a corner is put: a corner first, else an edge, the nearest of those in reach.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as Plane from "../geo/plane.js";
import { nearestOn } from "../geo/snapping.js";
import { onto } from "../layers/snaps.js";

const square = (west, south, side) => [[west, south], [west + side, south], [west + side, south + side], [west, south + side]];
const AREA = [{ type: 2, rings: [square(0, 0, 10), square(4, 4, 2)] }];

for (const [name, pieces, point, reach, what, found] of [
  ["a corner before an edge that is nearer", AREA, [9, 0.5], 2, "corner", [10, 0]],
  ["an edge where no corner is in reach", AREA, [5, 0.5], 2, "edge", [5, 0]],
  ["the edge that closes an outline", AREA, [-0.5, 2.5], 2, "edge", [0, 2.5]],
  ["a hole", AREA, [5, 3.5], 0.9, "edge", [5, 4]],
  ["just in reach", AREA, [5, -2], 2, "edge", [5, 0]],
  ["the end of a line", [{ type: 1, rings: [[[0, 0], [10, 0]]] }], [11, 0], 2, "corner", [10, 0]],
  ["a point", [{ type: 0, rings: [[[3, 3]]] }], [3, 4], 2, "corner", [3, 3]],
]) {
  test(`${name} is what a corner is put onto`, () => {
    const { what: own, point: at } = nearestOn(pieces, point, reach);
    assert.deepEqual([own, at], [what, found]);
  });
}

test("where nothing is in reach a corner stays where it is", () => {
  assert.equal(nearestOn(AREA, [5, -2.01], 2), null);
  assert.equal(nearestOn([], [0, 0], 9), null);
  assert.equal(nearestOn([{ type: 1, rings: [[[0, 0], [10, 0]]] }], [5, 5], 4), null); // a line is not closed
});

// --- of the layers that are seen --------------------------------------------------------------------

const HERE = { box: [0, 0, 1000, 1000], terms: [[[500, 0], [500, 0]], [[500, 500], [0, 0]]] }; // the page's own metres

before(() => Plane.setup({ name: "the page's own", forward: HERE, back: HERE }));
after(() => Plane.setup({ name: "" }));

/** A layer of squares. */
function layer(kind, squares, visible = squares.map(() => 1)) {
  return {
    kind, count: squares.length, visible,
    boxes: Int32Array.from(squares.flatMap(([west, south, side]) => [west, south, west + side, south + side].map((each) => 100 * each))),
    layer: { shapesOf: async (row) => [{ type: 2, rings: [square(...squares[row])] }] },
  };
}

/** A desk with layers, some of which are switched off. */
function desk(layers, off = []) {
  return {
    tables: new Map(layers.map((each) => [each.kind, each])),
    map: { hasLayer: (each) => !off.some((kind) => layers.find((own) => own.kind === kind)?.layer === each) },
  };
}

const found = async (app, point, reach = 3) => {
  const own = await onto(app, point, reach);
  return own && [own.table.kind, own.row, own.what, own.point];
};

test("of several layers the nearest corner is taken, of the same place that of a plot", async () => {
  const app = desk([layer("plots", [[100, 100, 50]]), layer("parcels", [[100, 100, 60], [97, 97, 1]]), layer("roads", [])]);
  assert.deepEqual(await found(app, [101, 101]), ["plots", 0, "corner", [100, 100]]);
  assert.deepEqual(await found(app, [98.5, 98.5]), ["parcels", 1, "corner", [98, 98]]);
  assert.equal(await found(app, [130, 130]), null);
});

test("a corner near to one shape and an edge of another: the corner", async () => {
  const app = desk([layer("plots", [[100, 100, 50]]), layer("roads", [[125, 90, 9]])]);
  assert.deepEqual(await found(app, [125.5, 99.6]), ["roads", 0, "corner", [125, 99]]);
});

test("what is not seen, or of another layer, takes no corner", async () => {
  const plots = layer("plots", [[100, 100, 50]], [0]);
  assert.equal(await found(desk([plots]), [100, 100]), null);
  assert.equal(await found(desk([layer("plots", [[100, 100, 50]])], ["plots"]), [100, 100]), null);
  assert.equal(await found(desk([layer("buildings", [[100, 100, 50]])]), [100, 100]), null);
});
