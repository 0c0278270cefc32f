// Filters: each value is counted among the rows that all the others keep.

import assert from "node:assert/strict";
import { test } from "node:test";
import { apply } from "../layers/filters.js";

/** Four plots: two classes, two industries, sizes, and the investment of two of them. */
function table(more = {}) {
  return {
    count: 4, visible: new Uint8Array(4), size: Float64Array.of(10, 20, 30, Number.NaN),
    head: { columns: { fixed_investment_cny: { type: "number", decimals: 0 } }, ...more },
    columns: { fixed_investment_cny: Float64Array.of(1 + 2 * 100, 0, 1 + 2 * 300, 0) }, // 100, none, 300, none
    text: (_name, row) => ["X", "X", "Y", "Y"][row],
  };
}

const DIMS = [
  { name: "class", codes: Uint16Array.of(0, 0, 1, 1), size: 2, ids: ["fail", "pass"] },
  { name: "industry", codes: Uint16Array.of(0, 1, 0, 1), size: 2, ids: ["food", "steel"] },
];

test("without a filter all is seen and counted", () => {
  const own = table();
  const { counts, total } = apply(own, DIMS, {});
  assert.deepEqual([...own.visible], [1, 1, 1, 1]);
  assert.deepEqual(counts.map((each) => [...each]), [[2, 2], [2, 2]]);
  assert.deepEqual(total, { count: 4, decimals: 0, size: 60, investment: 400, known: 2 });
});

test("a filter counts the values of its own field as if it were not set", () => {
  const own = table();
  const { counts, total } = apply(own, DIMS, { class: new Set(["fail"]) });
  assert.deepEqual([...own.visible], [1, 1, 0, 0]);
  assert.deepEqual(counts.map((each) => [...each]), [[2, 2], [1, 1]]);
  assert.equal(total.size, 30);
  assert.deepEqual([total.investment, total.known], [100, 1]);
});

test("two filters keep what both keep", () => {
  const own = table();
  const { counts } = apply(own, DIMS, { class: new Set(["fail"]), industry: new Set(["food"]) });
  assert.deepEqual([...own.visible], [1, 0, 0, 0]);
  assert.deepEqual(counts.map((each) => [...each]), [[1, 1], [1, 1]]);
});

test("a value that does not occur keeps nothing, an empty choice keeps all", () => {
  const own = table();
  assert.equal(apply(own, DIMS, { class: new Set(["__proto__"]) }).total.count, 0);
  assert.equal(apply(own, DIMS, { class: new Set() }).total.count, 4);
});

test("the amount of a project counts once, and only where all its plots are seen", () => {
  const own = table({ amounts: { fixed_investment_cny: { X: 1000 } } });
  assert.deepEqual(apply(own, DIMS, {}).total, { count: 4, decimals: 0, size: 60, investment: 1400, known: 4 });
  assert.equal(apply(own, DIMS, { industry: new Set(["food"]) }).total.investment, 400);
});

test("small areas are not lost beside large ones", () => {
  const sizes = Float64Array.from([1e16, ...new Array(1000).fill(1), -1e16]);
  const own = { ...table(), count: sizes.length, visible: new Uint8Array(sizes.length), size: sizes, columns: { fixed_investment_cny: new Float64Array(sizes.length) } };
  assert.equal(apply(own, [], {}).total.size, 1000);
});
