// Where blocks come from: the page, the folder, and what is said where one cannot be had.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BlockError, FolderBlocks, PageBlocks, fileOf } from "../core/source.js";

const HELLO = [104, 101, 108, 108, 111];
const IN_PAGE = "eF7LSM3JyQcABiwCFQ=="; // as encode.block writes it
const IN_FOLDER = "\u3002\u6c2f\u62d2\u49b9\u4c90\u6800\u48b0\u342a\u3000"; // as encode.dense writes it

const fails = (why, block) => (error) => {
  assert.ok(error instanceof BlockError);
  assert.equal(error.block, block);
  assert.match(error.message, why);
  assert.match(error.key, /^map\.(no_blocks|not_whole)$/);
  return true;
};

test("a block of the page is the text of its element", async () => {
  const source = new PageBlocks((id) => ({ "block:plots/first/class": IN_PAGE })[id]);
  assert.deepEqual([...await source.load("plots/first/class")], HELLO);
});

test("a block that is not in the page is named", async () => {
  await assert.rejects(new PageBlocks(() => undefined).load("plots/cards/7"), fails(/is not in the page/, "plots/cards/7"));
});

test("a block that is torn is named, and says why", async () => {
  await assert.rejects(new PageBlocks(() => IN_PAGE.slice(0, 12)).load("a/b/c"), (error) => (
    fails(/cannot be unpacked/, "a/b/c")(error) && error.cause !== undefined));
});

test("numbered blocks have a file each, others one for each group", () => {
  assert.equal(fileOf("plots/shapes/12"), "plots-shapes-12");
  assert.equal(fileOf("plots/columns/field.name"), "plots-columns");
  assert.equal(fileOf("plots/text/history"), "plots-text");
});

/** A folder whose scripts deliver what they have, and a list of those that were run. */
function folder(files) {
  const ran = [];
  const source = new FolderBlocks("map blocks", async (address) => {
    ran.push(address);
    if (!Object.hasOwn(files, address)) {
      throw new Error("no such file");
    }
    source.deliver(files[address]);
  });
  return { source, ran };
}

test("a script of several blocks is run once", async () => {
  const { source, ran } = folder({ "map%20blocks/plots-columns.js": { "plots/columns/a": IN_FOLDER, "plots/columns/b": IN_FOLDER } });
  const both = await Promise.all(["a", "b"].map((name) => source.load(`plots/columns/${name}`)));
  assert.deepEqual(both.map((each) => [...each]), [HELLO, HELLO]);
  assert.deepEqual(ran, ["map%20blocks/plots-columns.js"]);
});

test("a script of one block is run again when it is wanted again", async () => {
  const { source, ran } = folder({ "map%20blocks/plots-shapes-0.js": { "plots/shapes/0": IN_FOLDER } });
  await source.load("plots/shapes/0");
  assert.deepEqual([...await source.load("plots/shapes/0")], HELLO);
  assert.equal(ran.length, 2);
});

test("a file that is not there names the block, and is tried anew", async () => {
  const files = {};
  const { source, ran } = folder(files);
  await assert.rejects(source.load("plots/columns/a"), fails(/map blocks\/plots-columns\.js cannot be read/, "plots/columns/a"));
  files["map%20blocks/plots-columns.js"] = { "plots/columns/a": IN_FOLDER };
  assert.deepEqual([...await source.load("plots/columns/a")], HELLO);
  assert.equal(ran.length, 2);
});

test("a file without the block says so", async () => {
  const { source } = folder({ "map%20blocks/plots-columns.js": {} });
  await assert.rejects(source.load("plots/columns/a"), fails(/is not in map blocks/, "plots/columns/a"));
});

test("names of objects are names of blocks like others", async () => {
  const { source } = folder({ "map%20blocks/__proto__-constructor.js": {} });
  await assert.rejects(source.load("__proto__/constructor/toString"), fails(/is not in/, "__proto__/constructor/toString"));
});
