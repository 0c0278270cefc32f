// What is written on a site visit: it waits in the browser, is handed on once, and nothing of it is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { MOST, PageShelf, Visits, fileOf, nameOf } from "../core/visits.js";

const WRITTEN = { text: "Fence moved", by: "Li", lat: 29.5, lng: 106.5, accuracy_m: 6, layer: "plots", key: "A", pictures: ["AAAA"] };
const visits = (shelf = new PageShelf(), place = "park", changed = () => {}) => new Visits(shelf, place, changed);

test("what is kept is there for the next page of the same place, and for no other", async () => {
  const shelf = new PageShelf();
  let heard = 0;
  const own = visits(shelf, "park", () => { heard += 1; });
  await own.keep(WRITTEN);
  assert.equal(own.where, "browser");
  assert.ok(heard >= 2);
  const next = visits(shelf);
  await next.ready;
  const [{ id, at, order, ...rest }] = next.all;
  assert.deepEqual(rest, { ...WRITTEN, place: "park", saved: false });
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.ok(order > 0);
  assert.match(at, /^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  const other = visits(shelf, "elsewhere");
  await other.ready;
  assert.deepEqual(other.all, []);
});

test("the file of a visit is what the desk takes, and has nothing more in it", async () => {
  const own = visits();
  await own.keep(WRITTEN);
  const told = JSON.parse(await own.save());
  const { id, at } = own.all[0];
  assert.deepEqual(told, { format: "landtrack-visit", version: 1, place: "park", notes: [{ ...WRITTEN, id, at }] });
  assert.equal(fileOf("park", own.all), JSON.stringify(told));
  assert.deepEqual(own.all.map(({ saved }) => saved), [true]); // it stays until somebody removes it
  assert.equal(nameOf(new Date("2026-11-30T08:05:06.789Z")), "visit-20261130-080506.json");
});

test("what the desk took is not kept any more, what it did not take is", async () => {
  const own = visits();
  await own.keep(WRITTEN);
  await own.keep({ ...WRITTEN, text: "second" });
  const [first] = own.all;
  await own.handOn(async (text) => {
    assert.equal(JSON.parse(text).notes.length, 2);
    return [first.id];
  });
  assert.deepEqual(own.all.map(({ text }) => text), ["second"]);
  await assert.rejects(() => own.handOn(async () => { throw new TypeError("away"); }));
  assert.equal(own.all.length, 1);
  await own.drop(own.all.map(({ id }) => id));
  await own.handOn(async () => assert.fail("nothing waits"));
});

test("what is written while the desk takes the others waits for the next time", async () => {
  const own = visits();
  await own.keep(WRITTEN);
  await own.handOn(async (text) => {
    await own.keep({ ...WRITTEN, text: "meanwhile" });
    return JSON.parse(text).notes.map(({ id }) => id);
  });
  assert.deepEqual(own.all.map(({ text }) => text), ["meanwhile"]);
});

test("who asks while the desk takes them sends nothing twice, and goes on where the first failed", async () => {
  const own = visits();
  await own.keep(WRITTEN);
  const sent = [];
  const take = async (text) => {
    const { notes } = JSON.parse(text);
    sent.push(notes.length);
    await new Promise((done) => { setTimeout(done, 5); });
    return notes.map(({ id }) => id);
  };
  await Promise.all([own.handOn(take), own.handOn(take)]);
  assert.deepEqual(sent, [1]);
  await own.keep(WRITTEN);
  const [first, second] = await Promise.allSettled([own.handOn(async () => { throw new TypeError("away"); }), own.handOn(take)]);
  assert.deepEqual([first.status, second.status, sent], ["rejected", "fulfilled", [1, 1]]);
});

test("notes of one second stand as they were written", async () => {
  const shelf = new PageShelf();
  const own = visits(shelf);
  const texts = [...Array(20).keys()].map(String);
  for (const text of texts) {
    await own.keep({ ...WRITTEN, text });
  }
  shelf.list = async () => [...shelf.held.values()].sort((one, other) => (one.id < other.id ? -1 : 1)); // as a browser gives them
  await own.read();
  assert.deepEqual(own.all.map(({ text }) => text), texts);
});

test("a browser that keeps nothing says so, and holds it as long as the page is open", async () => {
  const own = visits({ list: () => Promise.reject(new DOMException("denied", "SecurityError")) });
  await own.keep(WRITTEN);
  assert.equal(own.where, "nowhere");
  assert.equal(own.all.length, 1);
});

test("a browser that is full says so, and what it had stays", async () => {
  const shelf = new PageShelf();
  const own = visits(shelf);
  await own.keep(WRITTEN);
  shelf.put = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  await assert.rejects(() => own.keep(WRITTEN), { key: "visit.full" });
  assert.equal(own.all.length, 1);
});

test("no more waits than the desk takes in at once", async () => {
  const shelf = new PageShelf();
  const own = visits(shelf);
  for (let at = 0; at < MOST; at += 1) {
    await shelf.put({ ...WRITTEN, pictures: [], id: String(at), place: "park", at: "2026-11-30T08:00:00Z", saved: false });
  }
  await own.read();
  await assert.rejects(() => own.keep(WRITTEN), { key: "visit.too_many" });
  const large = visits();
  await assert.rejects(() => large.keep({ ...WRITTEN, pictures: ["A".repeat(56_000_001)] }), { key: "visit.too_many" });
  await assert.rejects(() => large.keep({ ...WRITTEN, pictures: Array(301).fill("A") }), { key: "visit.too_many" });
});

test("what something else left in the browser is passed over", async () => {
  const own = visits({ list: async () => [null, 7, {}, { ...WRITTEN, id: "1", place: "park", at: 3 }, { ...WRITTEN, id: "2", place: "park", at: "x", pictures: "y" }] });
  await own.ready;
  assert.deepEqual([own.where, own.all], ["browser", []]);
});
