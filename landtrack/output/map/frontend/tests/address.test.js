// Addresses, which anybody may have written.

import assert from "node:assert/strict";
import { test } from "node:test";
import { filterText, filtersFrom, read, write } from "../core/address.js";

const TABLES = new Map([["plots", { head: { filters: ["class", "industry"] } }]]);

test("what is written is read again", () => {
  const parts = { plot: "甲 1&2=3#", filter: "plots.class:fail|pass", lang: "zh" };
  assert.deepEqual({ ...read(`#${write(parts)}`) }, parts);
});

test("parts without a value are left out", () => {
  assert.equal(write({ plot: "A", layers: "", lang: "en" }), "plot=A&lang=en");
});

test("only parts that are known are read", () => {
  assert.deepEqual(Object.keys(read("#plot=A&evil=1&=2&layers")), ["plot"]);
  assert.equal(read("#layers").layers, undefined);
});

for (const hostile of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
  test(`${hostile} is a name like others`, () => {
    const parts = read(`#${hostile}=x&plot=${hostile}`);
    assert.deepEqual(Object.keys(parts), ["plot"]);
    assert.equal(parts.plot, hostile);
    assert.equal(Object.prototype.x, undefined);
    const filters = filtersFrom(`${hostile}.class:a;plots.${hostile}:a;plots.class:${hostile}`, TABLES);
    assert.deepEqual(Object.keys(filters), ["plots"]);
    assert.deepEqual(Object.keys(filters.plots), ["class"]);
    assert.deepEqual([...filters.plots.class], [hostile]);
  });
}

test("what cannot be decoded stays as it is", () => {
  assert.equal(read("#plot=%E0%A4%A").plot, "%E0%A4%A");
});

test("an address is read up to a length", () => {
  assert.equal(read(`#plot=${"a".repeat(1_000_000)}`).plot.length, 100_000 - "#plot=".length);
});

test("filters are those that there are, each value as it was", () => {
  const text = filterText({ plots: { class: new Set(["fail", "a|b;c"]), industry: new Set() } });
  assert.equal(text, "plots.class:fail|a%7Cb%3Bc");
  const filters = filtersFrom(`${text};plots.secret:x;other.class:x;nonsense`, TABLES);
  assert.deepEqual([...filters.plots.class], ["fail", "a|b;c"]);
  assert.deepEqual(Object.keys(filters), ["plots"]);
  assert.deepEqual(Object.keys(filtersFrom(undefined, TABLES)), []);
});
