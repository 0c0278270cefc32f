// Measuring in a plane, on squares whose answers can be done in the head.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as Areas from "../geo/areas.js";
import * as Measure from "../geo/measure.js";

const square = (west, south, side) => [[west, south], [west + side, south], [west + side, south + side], [west, south + side]];
const SQUARE = square(0, 0, 10);
const HOLED = [SQUARE, square(2, 2, 4)];
const reversed = (ring) => [...ring].reverse();
const near = (found, expected) => assert.ok(Math.abs(found - expected) < 1e-9, `${found}, not ${expected}`);

test("an area has the sign of its turn", () => {
  assert.equal(Measure.signedArea(SQUARE), 100);
  assert.equal(Measure.signedArea(reversed(SQUARE)), -100);
});

test("an area far from the origin loses no square metre", () => {
  assert.equal(Measure.signedArea(square(40_500_000, 4_500_000, 10)), 100);
});

test("a length is open or closed", () => {
  assert.equal(Measure.length([[0, 0], [3, 4], [3, 14]], false), 15);
  assert.equal(Measure.length(SQUARE, true), 40);
});

test("a hole is outside", () => {
  assert.equal(Measure.inside(HOLED, [1, 1]), true);
  assert.equal(Measure.inside(HOLED, [4, 4]), false);
  assert.equal(Measure.inside(HOLED, [11, 4]), false);
});

const MEETING = {
  "a square": [SQUARE, false],
  "a notched square": [[[0, 0], [10, 0], [10, 10], [5, 1], [0, 10]], false],
  "clicked twice and closed": [[[0, 0], [10, 0], [10, 0], [10, 10], [0, 10], [0, 0]], false],
  "a triangle": [[[0, 0], [10, 0], [5, 9]], false],
  "a bow-tie": [[[0, 0], [10, 10], [10, 0], [0, 10]], true],
  "a corner on a side": [[[0, 0], [10, 0], [10, 10], [5, 0], [0, 10]], true],
  "drawn over itself": [[...SQUARE, ...SQUARE], true],
  "a side that goes back over itself": [[[0, 0], [20, 0], [10, 0], [10, 10], [0, 10]], true],
  "a side that goes on": [[[0, 0], [5, 0], [10, 0], [10, 10], [0, 10]], false],
  "a line": [[[0, 0], [10, 0], [20, 0]], true],
};
for (const [name, [ring, meets]] of Object.entries(MEETING)) {
  test(`${name} ${meets ? "meets itself" : "bounds one area"}`, () => assert.equal(Measure.meetsItself(ring), meets));
}

const SHARED = {
  "over a corner": [[SQUARE], [square(5, 5, 10)], 25],
  "the same": [[SQUARE], [SQUARE], 100],
  "side by side": [[SQUARE], [square(10, 0, 10)], 0],
  "one in the other": [[SQUARE], [square(2, 2, 2)], 4],
  "along two sides, wound the other way": [[SQUARE], [reversed(square(0, 0, 5))], 25],
  "apart": [[SQUARE], [square(50, 50, 10)], 0],
  "a hole of one": [HOLED, [square(2, 2, 4)], 0],
  "over the edge of a hole": [HOLED, [square(0, 0, 4)], 12],
};
for (const [name, [one, other, area]] of Object.entries(SHARED)) {
  test(`${name}: ${area} are shared`, () => {
    near(Areas.sharedArea(one, other), area);
    near(Areas.sharedArea(other, one), area);
    near(Areas.unionArea(one, [other]), area);
  });
}

const FRAME = [square(0, 0, 100)];
const TOGETHER = {
  "one inside": [[[0, 0, 10]], 100],
  "two over each other": [[[0, 0, 10], [5, 0, 10]], 150],
  "three times the same": [[[0, 0, 10], [0, 0, 10], [0, 0, 10]], 100],
  "half outside": [[[-5, -5, 10]], 25],
  "outside": [[[200, 0, 10]], 0],
  "none": [[], 0],
};
for (const [name, [squares, area]] of Object.entries(TOGETHER)) {
  test(`${name}: ${area} together, what lies in two counted once`, () => {
    near(Areas.unionArea(FRAME, squares.map((each) => [square(...each)])), area);
  });
}

test("areas far from the origin are as exact", () => {
  const far = (west, south, side) => [square(40_500_000 + west, 4_500_000 + south, side)];
  near(Areas.sharedArea(far(0, 0, 10), far(5, 5, 10)), 25);
  near(Areas.unionArea(far(0, 0, 10), [far(5, 5, 10), far(5, 5, 10)]), 25);
});

test("of a line that part counts which lies inside", () => {
  near(Measure.lengthInside([SQUARE], [[-5, 5], [15, 5]]), 10);
  near(Measure.lengthInside(HOLED, [[-5, 4], [15, 4]]), 6);
  near(Measure.lengthInside([SQUARE], [[20, 0], [20, 10]]), 0);
});

test("the nearest of a line is the foot on its edge", () => {
  const { distance, from, to } = Measure.nearest([SQUARE], [{ type: 1, rings: [[[13, -5], [13, 20]]] }]);
  near(distance, 3);
  assert.equal(from[0], 10);
  assert.equal(to[0], 13);
});

test("what crosses or lies inside is at no distance", () => {
  assert.equal(Measure.nearest([SQUARE], [{ type: 1, rings: [[[-5, 5], [15, 5]]] }]).distance, 0);
  assert.equal(Measure.nearest([SQUARE], [{ type: 0, rings: [[[5, 5]]] }]).distance, 0);
  assert.equal(Measure.nearest([SQUARE], [{ type: 2, rings: [square(-10, -10, 100)] }]).distance, 0);
});

test("where nothing is, nothing is near", () => {
  assert.deepEqual(Measure.nearest([SQUARE], []), { distance: Infinity, from: null, to: null });
});

test("a point well inside is inside, also of a shape with a hole in its middle", () => {
  for (const rings of [[SQUARE], [SQUARE, square(1, 1, 8)], [[[0, 0], [10, 0], [10, 1], [1, 1], [1, 10], [0, 10]]]]) {
    assert.ok(Measure.inside(rings, Measure.interior(rings)));
  }
});

test("how far a point is from an outline", () => {
  near(Measure.distanceTo({ type: 2, rings: [SQUARE] }, [5, 4]), 4);
  near(Measure.distanceTo({ type: 1, rings: [[[0, 0], [10, 0]]] }, [5, 3]), 3);
  near(Measure.distanceTo({ type: 0, rings: [[[0, 0]]] }, [3, 4]), 5);
});

test("a box holds all rings, and boxes apart do not touch", () => {
  assert.deepEqual(Measure.boxOf(HOLED), [0, 0, 10, 10]);
  assert.equal(Measure.apart([0, 0, 10, 10], [10, 0, 20, 10]), false);
  assert.equal(Measure.apart([0, 0, 10, 10], [11, 0, 20, 10]), true);
});

// --- many at once -------------------------------------------------------------------------------------

/** Numbers that look like chance, the same each time. @param {number} seed */
function chance(seed) {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

test("areas of several heaps have together what each heap has", () => {
  const frame = [square(0, 0, 1000)];
  const heaps = [[square(10, 10, 20), square(20, 20, 20)], [square(500, 500, 10)], [square(990, 0, 50), square(995, 5, 50)], [square(2000, 0, 5)]];
  const each = heaps.map((heap) => Areas.unionArea(frame, heap.map((ring) => [ring])));
  assert.deepEqual(each, [700, 100, 10 * 50 + 5 * 5, 0]);
  near(Areas.unionArea(frame, heaps.flat().map((ring) => [ring])), each.reduce((sum, own) => sum + own));
});

test("a chain of areas whose ends lie far apart is one heap", () => {
  const chain = Array.from({ length: 200 }, (_, at) => [square(at * 4, 0, 6)]);
  near(Areas.unionArea([square(-10, -10, 2000)], chain), 199 * 4 * 6 + 36);
});

test("whether a ring meets itself is found as by trying each edge against each", () => {
  const random = chance(7);
  const counts = { true: 0, false: 0 };
  for (let run = 0; run < 400; run += 1) {
    const count = 4 + Math.floor(random() * 8);
    const ring = Array.from({ length: count }, (_, at) => {
      const turn = 2 * Math.PI * (at + 0.9 * random()) / count;
      const far = 20 + 80 * random();
      return [far * Math.cos(turn), far * Math.sin(turn)];
    });
    if (run % 2) {
      [ring[0], ring[2]] = [ring[2], ring[0]];
    }
    const own = ring.map((point, at) => [point, ring[(at + 1) % count]]);
    const crosses = own.some(([a, b], at) => own.some(([c, d], next) => {
      if (next <= at + 1 || (at === 0 && next === count - 1)) {
        return false;
      }
      const side = (p, q, r) => (q[0] - p[0]) * (r[1] - p[1]) - (q[1] - p[1]) * (r[0] - p[0]);
      return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
    }));
    counts[crosses] += 1;
    assert.equal(Measure.meetsItself(ring), crosses, JSON.stringify(ring));
  }
  assert.ok(counts.true > 50 && counts.false > 50, JSON.stringify(counts));
});

test("an outline of two thousand corners is looked at in the time of a frame", () => {
  const ring = Array.from({ length: 2000 }, (_, at) => {
    const turn = 2 * Math.PI * at / 2000;
    return [(1000 + 20 * Math.sin(9 * turn)) * Math.cos(turn), (1000 + 20 * Math.sin(9 * turn)) * Math.sin(turn)];
  });
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    assert.equal(Measure.meetsItself(ring), false);
    return performance.now() - start;
  });
  assert.ok(Math.min(...times) < 50, `${times}`);
});
