// The modules keep the order of their rooms, no cycle, nothing unused, no type left open.

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const HOME = new URL("..", import.meta.url);
const ROOMS = ["core", "geo", "layers", "panels", "app"]; // a room builds on those before it
const MODULES = ROOMS.flatMap((room) => readdirSync(new URL(`${room}/`, HOME)).map((name) => `${room}/${name}`));
const textOf = (module) => readFileSync(new URL(module, HOME), "utf-8");
const importsOf = (module) => [...textOf(module).matchAll(/^import (?:[^;]*? from )?"(\.[^"]+)";$/gm)]
  .map(([, to]) => new URL(to, new URL(module, HOME)).href.slice(HOME.href.length));

/** The modules that one builds on, far and near; throws where it builds on itself. */
function reached(module, above = []) {
  assert.ok(!above.includes(module), `a cycle: ${[...above, module].join(" > ")}`);
  return new Set([module, ...importsOf(module).flatMap((each) => [...reached(each, [...above, module])])]);
}

test("the page is made of all modules, and none builds on itself", () => {
  assert.deepEqual([...reached("app/main.js")].sort(), [...MODULES].sort());
});

test("no module builds on a room above its own", () => {
  const room = (module) => ROOMS.indexOf(module.split("/")[0]);
  const climbing = MODULES.flatMap((module) => importsOf(module).filter((each) => room(each) > room(module)).map((each) => `${module} > ${each}`));
  assert.deepEqual(climbing, []);
});

test("no type is left open", () => {
  const open = [...MODULES, "types.d.ts"].filter((module) => /\{[^}]*\bany\b[^}]*\}|: any\b|@ts-/.test(textOf(module)));
  assert.deepEqual(open, []);
});
