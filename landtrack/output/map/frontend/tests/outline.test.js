// An outline that is drawn: its corners, and every step taken back and done again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST_CORNERS, Outline } from "../geo/outline.js";

const SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10]];
const drawn = (...points) => {
  const made = new Outline(true);
  for (const point of points) {
    made.keep();
    made.insert(made.points.length, point);
  }
  return made;
};

test("corners are whole millimetres of the working CRS", () => {
  assert.deepEqual(drawn([40_500_000.00049, 4_500_000.0006]).points, [[40_500_000, 4_500_000.001]]);
  assert.deepEqual(new Outline(true, [[0.00051, -0.00051]]).points, [[0.001, -0.001]]);
});

test("each step is taken back, and done again as it was", () => {
  const made = drawn(...SQUARE);
  made.keep();
  made.move(2, [20, 20]);
  made.keep();
  made.remove(0);
  const after = made.points;

  assert.ok(made.undo());
  assert.deepEqual(made.points, [[0, 0], [10, 0], [20, 20], [0, 10]]);
  while (made.undo()) {
    // to the beginning
  }
  assert.deepEqual(made.points, []);
  while (made.redo()) {
    // to the end
  }
  assert.deepEqual(made.points, after);
  assert.equal(made.redo(), false);
});

test("a step after one that was taken back leaves nothing to be done again", () => {
  const made = drawn(...SQUARE);
  made.undo();
  made.keep();
  made.insert(3, [5, 20]);
  assert.equal(made.redo(), false);
  assert.deepEqual(made.points.at(-1), [5, 20]);
});

test("a corner that is dragged goes back to where it was at one go", () => {
  const made = drawn(...SQUARE);
  made.keep();
  for (let at = 1; at < 50; at += 1) {
    made.move(1, [10 + at, 0]);
  }
  made.undo();
  assert.deepEqual(made.points, SQUARE);
});

test("what is chosen is the corner that a step was at", () => {
  const made = new Outline(true, SQUARE);
  made.insert(2, [12, 5]);
  assert.deepEqual([made.chosen, made.points[2]], [2, [12, 5]]);
  made.remove(2);
  assert.equal(made.chosen, 1);
  made.remove(0);
  assert.equal(made.chosen, 2);
  made.choose(7);
  assert.equal(made.chosen, -1);
});

test("the middles of edges stand where a corner between them would be put", () => {
  assert.deepEqual(new Outline(true, SQUARE).middles().map(({ at }) => at), [1, 2, 3, 4]);
  assert.deepEqual(new Outline(true, SQUARE).middles()[3].point, [0, 5]);
  assert.deepEqual(new Outline(false, SQUARE).middles().map(({ at }) => at), [1, 2, 3]);
  assert.deepEqual(new Outline(true, SQUARE.slice(0, 1)).middles(), []);
  assert.deepEqual(new Outline(true).middles(), []);
});

test("of steps without end the last ones are kept", () => {
  const made = drawn(...SQUARE);
  for (let at = 0; at < 2000; at += 1) {
    made.keep();
    made.move(0, [at, 0]);
  }
  let count = 0;
  while (made.undo()) {
    count += 1;
  }
  assert.equal(count, 500);
});

test("an outline is full before it is too large to be followed", () => {
  const ring = Array.from({ length: MOST_CORNERS }, (_, at) => [at, at * at]);
  assert.ok(new Outline(true, ring).full);
  assert.ok(!new Outline(true, ring.slice(1)).full);
});
