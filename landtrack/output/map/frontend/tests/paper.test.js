// Papers and round scales.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as Paper from "../core/paper.js";

test("the scale is the largest round one at which all is seen", () => {
  assert.deepEqual(Paper.mapSize("a4-landscape"), [277, 136]);
  for (const [wide, high, scale] of [[277, 136, 1000], [278, 100, 1500], [100, 137, 1500], [1385, 10, 5000], [1e7, 1, 1_000_000]]) {
    assert.equal(Paper.round(Paper.needed("a4-landscape", wide, high)), scale);
  }
});

test("a larger paper turned the same way shows it at a larger scale", () => {
  assert.ok(Paper.needed("a3-landscape", 1000, 500) < Paper.needed("a4-landscape", 1000, 500));
});

test("to halve the scale is to zoom out by one", () => {
  assert.equal(Paper.zoomBy(5000, 10_000), -1);
  assert.ok(Paper.isExact(9_999, 10_000) && !Paper.isExact(9_900, 10_000));
});

test("the parts of a scale bar are round, and it is no longer than it may be", () => {
  for (const scale of Paper.SCALES) {
    const part = Paper.barPart(scale, 60);
    const long = (4 * part * 1000) / scale;
    assert.ok(long <= 60 && long > 20, `${scale}: ${long}`);
    assert.match(String(part), /^[125]0*$|^0\.[125]$/);
  }
});
