// A trial plot as a file: what stands in it, whichever way its corners go round.

import assert from "node:assert/strict";
import { test } from "node:test";
import { boundaryText, geoJson } from "../geo/outlines.js";

const SQUARE = [[547_000, 4_500_000], [547_100, 4_500_000], [547_100, 4_500_080], [547_000, 4_500_080.5]];
const TEXT = { head: ["[属性描述]", "带号=41", "[地块坐标]"], kind: "面", east: 41_000_000 };
const degrees = ([x, y]) => ({ lng: x / 1e4, lat: y / 1e5 });
const ways = [SQUARE, [...SQUARE].reverse(), [...SQUARE.slice(2), ...SQUARE.slice(0, 2)]];

test("GeoJSON goes round against the clock and is closed", () => {
  for (const ring of ways) {
    const { features: [{ properties, geometry }] } = JSON.parse(geoJson(ring, degrees, { name: "甲", area_m2: 1 }));
    assert.deepEqual(properties, { name: "甲", area_m2: 1 });
    const [points] = geometry.coordinates;
    assert.deepEqual(points[0], points[4]);
    assert.equal(points.length, 5);
    const twice = points.slice(1).reduce((sum, [x, y], at) => sum + points[at][0] * y - x * points[at][1], 0);
    assert.ok(twice > 0);
  }
});

test("the TXT goes round clockwise from its north-west, whichever corner was drawn first", () => {
  for (const ring of ways) {
    assert.deepEqual(boundaryText(ring, "甲,\n地", TEXT).split("\r\n"), [
      ...TEXT.head, "5,0.8025,,甲 地,面,,,,@",
      "J1,1,4500080.500,41547000.000", "J2,1,4500080.000,41547100.000", "J3,1,4500000.000,41547100.000",
      "J4,1,4500000.000,41547000.000", "J1,1,4500080.500,41547000.000", "",
    ]);
  }
});
