// Shapes in blocks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf, unpack } from "../geo/shapes.js";
import { parts, steps, unsigned } from "./blocks.js";

/** Of centimetres: a point, a line of two points, a square with a hole, both wound the same way. */
const X = [100, 0, 300, 0, 1000, 1000, 0, 200, 400, 400, 200];
const Y = [200, 0, 400, 0, 0, 1000, 1000, 200, 200, 400, 400];
const BLOCK = unpack(Uint8Array.from(parts(
  unsigned([2, 0, 1]), unsigned([0, 1, 2]), unsigned([1, 1, 2]), unsigned([1, 2, 4, 4]), steps(X), steps(Y),
)), 3);

test("a row has its pieces in metres, as many as it has", () => {
  assert.deepEqual(piecesOf(BLOCK, 0), [{ type: 0, rings: [[[1, 2]]] }, { type: 1, rings: [[[0, 0], [3, 4]]] }]);
  assert.deepEqual(piecesOf(BLOCK, 1), []);
});

test("shells and holes are wound against each other, whichever way they came", () => {
  const [{ type, rings: [shell, hole] }] = piecesOf(BLOCK, 2);
  const turn = (ring) => ring.reduce((sum, [x, y], at) => {
    const [u, v] = ring[(at + 1) % ring.length];
    return sum + x * v - u * y;
  }, 0) / 2;
  assert.equal(type, 2);
  assert.deepEqual([turn(shell), turn(hole)], [100, -4]);
});
