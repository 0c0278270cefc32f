// A search by letters: the same cases as the desk's.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import * as Pinyin from "../core/pinyin.js";

const { sounds, cases } = JSON.parse(await readFile(new URL("pinyin.json", import.meta.url), "utf8"));
const known = Pinyin.readings(Object.entries(sounds).map(([letter, read]) => letter + read));

/** One text behind the other, and where each begins. @param {string[]} texts */
function column(texts) {
  const starts = [0];
  for (const text of texts) {
    starts.push(starts[starts.length - 1] + text.length);
  }
  return /** @type {[string, number[]]} */ ([texts.join("").toLowerCase(), starts]);
}

test("a text is found by readings, whole or by their first letters", () => {
  for (const [text, wanted, there] of cases.filter(([text]) => /[^\x00-\x7f]/.test(text))) {
    const [first, others] = Pinyin.found(...column([text]), Pinyin.typed(wanted), known);
    assert.equal(first.size + others.size === 1, there, `${text} by ${wanted}`);
  }
});

test("texts that begin so stand first, and nothing is found across two", () => {
  const [first, others] = Pinyin.found(...column(["", "长兴工业", "工业", "园区", "工业园"]), "gy", known);
  assert.deepEqual([[...first], [...others]], [[2, 4], [1]]);
  assert.deepEqual(Pinyin.found(...column(["工业", "园区"]), "gyyq", known).map((each) => each.size), [0, 0]);
});

test("thirty letters are looked for, not more", () => {
  const [first] = Pinyin.found(...column(["工".repeat(40)]), Pinyin.typed("g".repeat(30)), known);
  assert.equal(first.size, 1);
  assert.equal(Pinyin.typed("g".repeat(31)), "");
});
