// Blocks of numbers, byte by byte.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as Bytes from "../core/bytes.js";

const bytes = (...all) => Uint8Array.from(all);

test("seven bits a byte, the lowest first", () => {
  assert.deepEqual([...Bytes.all(bytes(0, 1, 127, 128, 1, 172, 2))], [0, 1, 127, 128, 300]);
});

test("a run of more than 32 bits loses no digit", () => {
  // 2^40: five bytes of noughts that go on, then 2^40 / 2^35 = 32
  assert.deepEqual([...Bytes.all(bytes(128, 128, 128, 128, 128, 32))], [2 ** 40]);
});

test("no bytes are no numbers", () => {
  assert.deepEqual([...Bytes.all(bytes())], []);
});

test("signs are folded: 0, -1, 1, -2", () => {
  assert.deepEqual([0, 1, 2, 3, 4].map(Bytes.unfold), [0, -1, 1, -2, 2]);
});

test("steps: the lowest eight bits of each first, then the others", () => {
  // 5, 3, 1000 are the steps +5, -2, +997: folded 10, 3, 1994 = 7 * 256 + 202
  assert.deepEqual([...Bytes.steps(bytes(10, 3, 202, 0, 0, 7), new Int32Array(3))], [5, 3, 1000]);
});

test("a long step has its higher bits seven a byte", () => {
  // +100 000 is folded 200 000 = 64 + 256 * 781, and 781 = 13 + 128 * 6
  assert.deepEqual([...Bytes.steps(bytes(64, 0, 141, 6, 0), new Int32Array(2))], [100_000, 100_000]);
});

test("numbers whose bytes stand apart come together again", () => {
  const own = new Uint8Array(Float64Array.of(1.5, -0.25).buffer);
  const apart = new Uint8Array(16);
  for (let place = 0; place < 8; place += 1) {
    apart.set([own[place], own[8 + place]], 2 * place);
  }
  assert.deepEqual([...Bytes.floats(apart, 2)], [1.5, -0.25]);
});

test("each run of a block stands behind its length", () => {
  const [first, empty, long] = Bytes.parts(bytes(2, 7, 8, 0, 129, 1, ...new Array(129).fill(9)));
  assert.deepEqual([...first], [7, 8]);
  assert.equal(empty.length, 0);
  assert.equal(long.length, 129);
});

test("base64 with and without the browser's own reader", () => {
  const own = Uint8Array.fromBase64;
  try {
    Uint8Array.fromBase64 = undefined;
    assert.deepEqual([...Bytes.fromBase64("AAH/")], [0, 1, 255]);
    Uint8Array.fromBase64 = () => bytes(42);
    assert.deepEqual([...Bytes.fromBase64("AAH/")], [42]);
  } finally {
    Uint8Array.fromBase64 = own;
  }
});

test("fifteen bits a letter: the first says how many bytes are too many", () => {
  // 15 bytes are 8 letters; bytes of noughts but the first two: 255 128 are the highest 9 bits
  const letters = [0x3000 + 13, 0x3000 + 0x7FC0, ...new Array(7).fill(0x3000)];
  assert.deepEqual([...Bytes.fromLetters(String.fromCharCode(...letters))], [255, 128]);
});
