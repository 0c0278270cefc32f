// Measuring lengths and areas in the working CRS.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import { draw, finisher } from "./drawing.js";

/** @import { App, Tool } from "../types.js" */

/**
 * Length or area of points of the map in the working CRS; null where that does not reach. An outline
 * that meets itself has no area.
 * @param {L.LatLng[]} points @param {boolean} area
 */
export function measured(points, area) {
  const [line] = Plane.ringsToPark([points.map(Plane.page)]) || [null];
  if (!line) {
    return null;
  }
  return { length: Measure.length(line, area), area: area && !Measure.meetsItself(line) ? Math.abs(Measure.signedArea(line)) : 0 };
}

/** @param {App} app @param {boolean} area @returns {Tool} */
export function measureTool(app, area) {
  const told = element("p", { class: "lt-measured", role: "status", text: Words.say("tool.click") });
  const drawing = draw(app, {
    area,
    changed: (points) => { told.textContent = tell(points, area); },
    done: (points) => { told.textContent = tell(points, area); },
  });
  return {
    title: Words.say(area ? "tool.measure_area" : "tool.measure_line"),
    content: [told, element("p", { class: "lt-quiet", text: Words.say("tool.how", { crs: Plane.name() }) }), finisher(drawing)],
    close: drawing.remove,
  };
}

/** @param {L.LatLng[]} points @param {boolean} area */
function tell(points, area) {
  if (points.length < (area ? 3 : 2)) {
    return Words.say("tool.click");
  }
  const found = measured(points, area);
  if (!found) {
    return Words.say("tool.not_here", { crs: Plane.name() });
  }
  if (area && !found.area) {
    return Words.say("tool.meets_itself");
  }
  const long = Words.amount(found.length, 2, "m");
  return area
    ? Words.say("tool.area_is", { area: Words.amount(found.area, 1, "m2"), length: long })
    : Words.say("tool.length_is", { length: long });
}
