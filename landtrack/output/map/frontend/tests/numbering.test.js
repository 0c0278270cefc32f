// Identifiers as people write them; the same cases hold for the desk.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { pattern } from "../core/numbering.js";

const CASES = JSON.parse(readFileSync(new URL("numbering.json", import.meta.url), "utf-8"));

for (const [typed, key, there] of CASES) {
  test(`${typed || "nothing"} ${there ? "is" : "is not"} ${key}`, () => {
    assert.equal(pattern(typed)?.test(key.toLowerCase()) ?? false, there);
  });
}
