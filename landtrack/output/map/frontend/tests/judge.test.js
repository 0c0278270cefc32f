// The page as judge: how rules come out, and what is missing where they do not.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as Plane from "../geo/plane.js";
import { PageJudge, judged } from "../layers/judge.js";

const RULE = {
  id: "r", kind: "index", relation: ">=", threshold: 2, upper: null, verified: true,
  numerator: "floor_area_m2", denominator: "land_area_m2", table: null,
};
const HALF = { floor_area_m2: 150, land_area_m2: 100 };
const outcome = (change, values = HALF, chosen = {}) => {
  const found = judged({ ...RULE, ...change }, values, chosen);
  return found.code === "unknown" ? found.missing : found.code;
};

for (const [relation, threshold, upper, code] of [
  [">=", 1.5, null, "pass"], [">=", 1.6, null, "fail"], [">", 1.5, null, "fail"], ["<=", 1.5, null, "pass"], ["<", 1.5, null, "fail"],
  ["==", 1.5, null, "pass"], ["between", 1, 1.5, "pass"], ["between", 1.6, 2, "fail"], ["between", 1, null, "fail"],
]) {
  test(`150 / 100 ${relation} ${threshold}${upper === null ? "" : `–${upper}`}: ${code}`, () => {
    assert.equal(outcome({ relation, threshold, upper }), code);
  });
}

test("what is missing is never a pass", () => {
  assert.equal(outcome({}, { land_area_m2: 100 }), "missing");
  assert.equal(outcome({}, { floor_area_m2: Number.NaN, land_area_m2: 100 }), "missing");
  assert.equal(outcome({}, { floor_area_m2: 1, land_area_m2: 0 }), "missing");
});

test("what the page cannot judge is said to be so", () => {
  for (const change of [{ kind: "sequence" }, { relation: "constructor" }, { threshold: null }]) {
    assert.equal(outcome(change), "not_in_page");
  }
});

test("a limit of a table is that of what is chosen", () => {
  const table = {
    by: ["industry", "region_class"], classification: "2017", pack: "p",
    rows: [{ key: ["C13", "1"], threshold: 1, upper: null, verified: false }, { key: ["C13", "2"], threshold: null, upper: null, verified: false }],
  };
  const chosen = (row) => ({ "industry-2017": "C13", "region_class-p": row });
  assert.equal(outcome({ table }), "choose");
  assert.equal(outcome({ table }, HALF, chosen("1")), "pass");
  assert.equal(outcome({ table }, HALF, chosen("2")), "no_limit");
  assert.equal(outcome({ table }, HALF, chosen("constructor")), "no_limit");
  assert.deepEqual(judged({ ...RULE, table }, HALF, chosen("1")).limit, { threshold: 1, upper: null, verified: false });
});

test("the verdicts come rule by rule", async () => {
  const judge = new PageJudge({ rules: [RULE, { ...RULE, id: "s", threshold: 1 }], measured: [], partial: [] }, new Map());
  const found = await judge.verdicts(HALF, {});
  assert.deepEqual(found.map(({ rule, code }) => [rule, code]), [["r", "fail"], ["s", "pass"]]);
});

// --- what lies there ----------------------------------------------------------------------------

const HERE = { box: [0, 0, 1000, 1000], terms: [[[500, 0], [500, 0]], [[500, 500], [0, 0]]] }; // the page's own metres

before(() => Plane.setup({ name: "the page's own", forward: HERE, back: HERE }));
after(() => Plane.setup({ name: "" }));

const square = (west, south, side) => [[west, south], [west + side, south], [west + side, south + side], [west, south + side]];

/** A layer of one class, of squares in metres. */
function layer(kind, squares) {
  return {
    kind, count: squares.length, classes: new Uint16Array(squares.length),
    head: { classes: [{ corridor: null }], corridors: null },
    boxes: Int32Array.from(squares.flatMap(([west, south, side]) => [west, south, west + side, south + side].map((each) => 100 * each))),
    layer: { shapesOf: async (row) => [{ type: 2, rings: [square(...squares[row])] }] },
    load: async () => {}, loadTexts: async () => {}, key: (row) => `${kind}-${row}`, name: () => "",
  };
}

/** What a judge says of a square of 20 m at 100, 100. */
function said(layers, { measured = [], partial = [] } = {}) {
  const judge = new PageJudge({ rules: [], measured, partial }, new Map(layers.map((each) => [each.kind, each])));
  const ring = square(100, 100, 20);
  return judge.surroundings({ outline: ring, ring, area: 400 });
}

test("where no plots are known nothing is said to be free, nor of a layer that is not there", async () => {
  assert.deepEqual(await said([], { measured: ["roads"] }), {
    meetings: [{ what: "unknown", kind: "plots" }, { what: "unknown", kind: "roads" }], covered: null,
  });
});

test("ground is free where the plots are complete and none lies there, unknown where they are not", async () => {
  const plots = layer("plots", [[300, 300, 10]]);
  assert.deepEqual((await said([plots])).meetings, [{ what: "free", kind: "plots" }]);
  assert.deepEqual((await said([plots], { partial: ["plots"] })).meetings, [{ what: "unknown", kind: "plots" }]);
});

test("a plot that lies there is named with the area that it has", async () => {
  assert.deepEqual((await said([layer("plots", [[110, 110, 50]])])).meetings, [
    { what: "feature", kind: "plots", key: "plots-0", name: "", area: 100 },
  ]);
});

test("what shares less than half a square metre only touches", async () => {
  assert.deepEqual((await said([layer("plots", [[119.98, 100, 20]])])).meetings, [{ what: "free", kind: "plots" }]);
});

test("buildings over each other cover their ground once; where they are incomplete it is not known", async () => {
  const buildings = layer("buildings", [[100, 100, 10], [105, 100, 10]]);
  assert.equal((await said([buildings])).covered, 150);
  assert.equal((await said([buildings], { partial: ["buildings"] })).covered, null);
  assert.equal((await said([layer("buildings", [])])).covered, null);
});

test("what is near is told by how far, what is far by how far was looked", async () => {
  const about = async (at, more) => (await said([layer("roads", [[at, 100, 10]])], more)).meetings[1];
  const { hits, ...near } = await about(130);
  assert.deepEqual(near, { what: "class", kind: "roads", at: 0 });
  assert.deepEqual([hits.area, hits.distance], [0, 10]);
  assert.deepEqual(await about(700), { what: "far", kind: "roads", metres: 500 });
  assert.deepEqual(await about(700, { partial: ["roads"] }), { what: "unknown", kind: "roads" });
});
