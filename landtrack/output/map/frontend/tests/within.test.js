// What lies in an outline, as cards say it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { partOf } from "../layers/within.js";

for (const [area, whole, said] of [[36_399, 36_397.5, 36_397.5], [100, 100, 100], [99, 100, 99], [150, 100, 150]]) {
  test(`${area} m² of ${whole} m² are ${said} m²`, () => assert.equal(partOf(area, whole), said));
}
