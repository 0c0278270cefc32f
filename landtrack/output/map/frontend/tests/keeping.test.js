// Where trial plots are kept: what is there, what somebody else changed meanwhile, what is refused.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BrowserKeeper, ChangedError, MOST, PlaceKeeper, cleanName } from "../core/keeping.js";

const TRIAL = { name: "甲", day: "2026-11-30", crs: "EPSG:4529", ring: [[0, 0], [10, 0], [10, 10]], figures: { floor_area_m2: "2" }, chosen: {} };

/** A storage of a browser; `most` letters go into it. */
function storage(most = Infinity) {
  const held = new Map();
  return {
    held,
    getItem: (key) => held.get(key) ?? null,
    setItem(key, text) {
      if (text.length > most) {
        throw new DOMException("full", "QuotaExceededError");
      }
      held.set(key, text);
    },
    removeItem: (key) => held.delete(key),
  };
}

const keeper = (own, key = "k") => new BrowserKeeper(() => own, key);

test("what is kept in a browser is there for the next page of the same place, and for no other", async () => {
  const own = storage();
  const { mark, ...kept } = await keeper(own).keep(TRIAL, "");
  assert.deepEqual(kept, TRIAL);
  assert.deepEqual(await keeper(own).list(), [{ ...TRIAL, mark }]);
  assert.deepEqual(await keeper(own, "other").list(), []);
});

test("who kept a trial plot last is seen before another one takes its place", async () => {
  const own = storage();
  const first = await keeper(own).keep(TRIAL, "");
  const theirs = await keeper(own).keep({ ...TRIAL, day: "2026-12-01" }, first.mark);
  for (const late of [
    () => keeper(own).keep(TRIAL, first.mark), () => keeper(own).keep(TRIAL, ""),
    () => keeper(own).rename("甲", "乙", first.mark), () => keeper(own).remove("甲", first.mark),
  ]) {
    await assert.rejects(late, (error) => error instanceof ChangedError && error.theirs.mark === theirs.mark);
  }
  await keeper(own).remove("甲", theirs.mark);
  await assert.rejects(() => keeper(own).keep(TRIAL, theirs.mark), (error) => error instanceof ChangedError && error.theirs === null);
});

test("a name is given once", async () => {
  const own = keeper(storage());
  const first = await own.keep(TRIAL, "");
  await own.keep({ ...TRIAL, name: "乙" }, "");
  await assert.rejects(() => own.rename("甲", "乙", first.mark), { key: "trial.name_taken" });
  assert.equal((await own.rename("甲", "丙", first.mark)).name, "丙");
  assert.deepEqual((await own.list()).map(({ name }) => name).sort(), ["丙", "乙"].sort());
});

test("a browser that keeps nothing says so, and one that is full keeps what it had", async () => {
  const refusing = new BrowserKeeper(() => { throw new DOMException("denied", "SecurityError"); }, "k");
  assert.equal(refusing.where, "nowhere");
  assert.deepEqual(await refusing.list(), []);
  await assert.rejects(() => refusing.keep(TRIAL, ""), { key: "trial.nowhere" });

  const small = keeper(storage(250));
  assert.equal(small.where, "browser");
  await small.keep(TRIAL, "");
  await assert.rejects(() => small.keep({ ...TRIAL, name: "乙" }, ""), { key: "trial.full" });
  assert.deepEqual((await small.list()).map(({ name }) => name), ["甲"]);
});

test("no more are kept than a list can show", async () => {
  const own = storage();
  own.setItem("k", JSON.stringify(Array.from({ length: MOST }, (_, at) => ({ ...TRIAL, name: `T${at}`, mark: "m" }))));
  await assert.rejects(() => keeper(own).keep(TRIAL, ""), { key: "trial.too_many" });
  await keeper(own).keep({ ...TRIAL, name: "T0" }, "m");
});

test("what something else left in the browser is passed over", async () => {
  for (const text of ["", "{", "null", "7", "[null, 3, \"x\"]", JSON.stringify([{ ...TRIAL, mark: "m", ring: [[0, 0], [1, "x"], [2, 2]] }, { ...TRIAL, mark: "" }])]) {
    const own = storage();
    own.setItem("k", text);
    assert.deepEqual(await keeper(own).list(), [], text);
  }
});

test("a name is what is seen of it", () => {
  for (const [text, name] of [
    ["  甲  ", "甲"], ["a\u0000\u202Eb\n", "ab"], ["e\u0301", "\u00e9"], [" \u200b ", ""], ["x".repeat(300), "x".repeat(80)],
    ["\ud83c\udf3e".repeat(81), "\ud83c\udf3e".repeat(80)], ["a\ud800", "a"],
  ]) {
    assert.equal(cleanName(text), name);
  }
});

// --- the desk -------------------------------------------------------------------------------------

/** A desk that answers, and what it was asked. */
function desk(status, said) {
  const asked = [];
  const own = new PlaceKeeper("/places/park", async (address, how) => {
    asked.push([address, how.method ?? "GET", how.body && JSON.parse(how.body)]);
    return { ok: status === 200, json: async () => said };
  });
  return { own, asked };
}

test("the desk is asked by the address of the place, in JSON", async () => {
  const { own, asked } = desk(200, []);
  await own.list();
  await own.keep(TRIAL, "m");
  await own.rename("甲", "乙", "m");
  await own.remove("乙", "n");
  assert.deepEqual(asked, [
    ["/places/park/trials", "GET", undefined], ["/places/park/trials/keep", "POST", { trial: TRIAL, seen: "m" }],
    ["/places/park/trials/rename", "POST", { name: "甲", to: "乙", seen: "m" }],
    ["/places/park/trials/remove", "POST", { name: "乙", seen: "n" }],
  ]);
});

test("what the desk refuses is told in its words, what changed is shown", async () => {
  const theirs = { ...TRIAL, mark: "n" };
  await assert.rejects(() => desk(409, { name: "甲", theirs }).own.keep(TRIAL, "m"), (error) => error instanceof ChangedError && error.theirs === theirs);
  await assert.rejects(() => desk(409, { cause: "No.", mend: "Do." }).own.list(), { key: "trial.refused", values: { cause: "No.", mend: "Do." } });
  const gone = new PlaceKeeper("/p", async () => { throw new TypeError("failed"); });
  await assert.rejects(() => gone.list(), { key: "trial.no_desk" });
  const odd = new PlaceKeeper("/p", async () => ({ ok: false, json: async () => JSON.parse("<html>") }));
  await assert.rejects(() => odd.list(), { key: "trial.no_desk" });
});
