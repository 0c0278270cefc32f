// The notes of a place, as the desk is asked for them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Notes, keepName, name } from "../core/notes.js";

/** A desk that answers, and what it was asked. */
function desk(ok, said) {
  const asked = [];
  const own = new Notes("/places/park", async (address, how) => {
    asked.push([address, how.method ?? "GET", how.headers.accept, how.body && [...how.body.entries()].map(([key, value]) => [key, value.name ?? value])]);
    return { ok, json: async () => said };
  });
  return { own, asked };
}

test("notes are asked for, added and changed by the address of the place, as plain values", async () => {
  const { own, asked } = desk(true, []);
  assert.deepEqual(await own.list(), []);
  await own.add({ text: "a", by: "Li", lat: 1.5, lng: null, layer: "", key: "", pictures: [new Blob(["x"]), new Blob(["y"])] });
  await own.change("resolve", "m.0", "Li");
  assert.equal(own.picture("x.jpg"), "/places/park/notes/pictures/x.jpg");
  assert.deepEqual(asked, [
    ["/places/park/notes/list", "GET", "application/json", undefined],
    ["/places/park/notes", "POST", "application/json", [
      ["text", "a"], ["by", "Li"], ["lat", "1.5"], ["lng", ""], ["layer", ""], ["key", ""], ["pictures", "picture-1"], ["pictures", "picture-2"]]],
    ["/places/park/notes/change", "POST", "application/json", [["resolve", "m.0"], ["by", "Li"]]],
  ]);
});

test("what the desk refuses is told in its words, and that it is away", async () => {
  await assert.rejects(() => desk(false, { cause: "No.", mend: "Do." }).own.list(), { key: "trial.refused", values: { cause: "No.", mend: "Do." } });
  const gone = new Notes("/p", async () => { throw new TypeError("failed"); });
  await assert.rejects(() => gone.list(), { key: "pin.no_desk" });
  const odd = new Notes("/p", async () => ({ ok: false, json: async () => JSON.parse("<html>") }));
  await assert.rejects(() => odd.change("resolve", "m", ""), { key: "pin.no_desk" });
});

test("a browser that keeps nothing has no name, and goes on", () => {
  keepName("Li");
  assert.equal(name(), "");
});
