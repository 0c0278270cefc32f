// Measuring lengths and areas in the working CRS.

import { button, element } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import { controls } from "./corners.js";
import { Drawing } from "./drawing.js";

/** @import { App, Ring, Tool } from "../types.js" */

/**
 * Length or area of points of the map in the working CRS; null where that does not reach. An outline
 * that meets itself has no area.
 * @param {L.LatLng[]} points @param {boolean} area
 */
export function measured(points, area) {
  const [line] = Plane.ringsToPark([points.map(Plane.page)]) || [null];
  return line && ofRing(line, area);
}

/** Length or area of corners in the working CRS; an outline that meets itself has no area. @param {Ring} ring @param {boolean} area */
export function ofRing(ring, area) {
  return { length: Measure.length(ring, area), area: area && !Measure.meetsItself(ring) ? Math.abs(Measure.signedArea(ring)) : 0 };
}

/** Ends a drawing where there is neither a keyboard nor a double click. @param {() => Drawing} drawing */
export function finisher(drawing) {
  return button({ class: "lt-plain lt-finish" }, () => { drawing().finish(); }, Words.say("tool.finish"));
}

/** @param {App} app @param {boolean} area @returns {Tool} */
export function measureTool(app, area) {
  const told = element("p", { class: "lt-measured", role: "status", text: Words.say("tool.click") });
  const finish = finisher(() => drawing);
  const corners = controls(app, () => drawing);
  const drawing = new Drawing(app, {
    area,
    changed: (moving) => {
      told.setAttribute("aria-live", moving ? "off" : "polite");
      told.textContent = tell(drawing.ring, area);
      finish.hidden = !drawing.taking;
      corners.show(moving);
    },
    said: corners.say,
  });
  drawing.show(false);
  return {
    title: Words.say(area ? "tool.measure_area" : "tool.measure_line"),
    content: [told, element("p", { class: "lt-quiet", text: Words.say("tool.how", { crs: Plane.name() }) }), finish, corners.told, ...corners.shown],
    close: () => drawing.remove(),
  };
}

/** @param {Ring} ring @param {boolean} area */
function tell(ring, area) {
  if (ring.length < (area ? 3 : 2)) {
    return Words.say("tool.click");
  }
  const found = ofRing(ring, area);
  if (area && !found.area) {
    return Words.say("tool.meets_itself");
  }
  const long = Words.amount(found.length, 2, "m");
  return area
    ? Words.say("tool.area_is", { area: Words.amount(found.area, 1, "m2"), length: long })
    : Words.say("tool.length_is", { length: long });
}
