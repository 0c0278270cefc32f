// A divider on the map: left of it the states of one day, right of it those that are shown.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";

/** @import { App } from "../types.js" */

const STEP = 24; // pixels that an arrow key moves it

/**
 * Puts the divider onto the map.
 * @param {App} app @param {string} day what the left side shows @param {() => void} redraw what it divides
 */
export function divider(app, day, redraw) {
  const { map } = app;
  const right = element("output", { class: "lt-swipe-right" });
  const made = element("div", {
    class: "lt-swipe", role: "slider", tabindex: "0", "aria-label": Words.say("map.swipe_label", { day }),
    "aria-valuemin": 0, "aria-valuemax": 100,
  }, element("output", { class: "lt-swipe-left", text: day }), right, element("span", { class: "lt-swipe-grip", "aria-hidden": "true", text: "⇔" }));

  /** @param {number} x */
  function place(x) {
    const width = map.getSize().x;
    map.landtrackSplit = Math.max(0, Math.min(width, x));
    made.style.left = `${map.landtrackSplit}px`;
    made.setAttribute("aria-valuenow", String(Math.round(map.landtrackSplit / width * 100)));
  }

  const tell = () => { right.textContent = app.asOf === undefined ? Words.say("map.as_stated") : Words.day(app.asOf); };
  const moved = (/** @type {number} */ x) => {
    place(x);
    redraw();
  };
  const drag = (/** @type {PointerEvent} */ event) => moved(event.clientX - map.getContainer().getBoundingClientRect().left);
  made.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    made.setPointerCapture(event.pointerId);
    made.addEventListener("pointermove", drag);
  });
  made.addEventListener("pointerup", (event) => {
    made.removeEventListener("pointermove", drag);
    drag(event);
  });
  made.addEventListener("keydown", (event) => {
    const way = event.key === "ArrowLeft" ? -STEP : event.key === "ArrowRight" ? STEP : 0;
    if (way) {
      event.preventDefault();
      moved((map.landtrackSplit ?? 0) + way);
    }
  });
  map.on("landtrack:asof", tell);
  tell();
  map.getContainer().parentElement?.append(made);
  const { paddingTopLeft: [left], paddingBottomRight: [free] } = app.margins();
  place((left + map.getSize().x - free) / 2);
  return {
    remove() {
      map.off("landtrack:asof", tell);
      delete map.landtrackSplit;
      made.remove();
    },
  };
}
