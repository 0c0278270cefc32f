// A divider on the map: left of it the states of one day, right of it those that are shown.
const Swipe = (() => {
  "use strict";

  const { element } = Dom;
  const STEP = 24; // pixels that an arrow key moves it

  /** Where the divider is, in pixels of the map from the left; null without one. */
  function at(map) {
    return map.landtrackSplit === undefined ? null : map.landtrackSplit;
  }

  /** @param {any} app @param {string} day what the left side shows */
  function divider(app, day) {
    const { map } = app;
    const right = element("output", { class: "lt-swipe-right" });
    const made = element("div", {
      class: "lt-swipe", role: "slider", tabindex: "0", "aria-label": Words.say("map.swipe_label", { day }),
      "aria-valuemin": 0, "aria-valuemax": 100,
    }, element("output", { class: "lt-swipe-left", text: day }), right, element("span", { class: "lt-swipe-grip", "aria-hidden": "true", text: "⇔" }));

    function place(x, redraw = true) {
      const width = map.getSize().x;
      map.landtrackSplit = Math.max(0, Math.min(width, x));
      made.style.left = `${map.landtrackSplit}px`;
      made.setAttribute("aria-valuenow", String(Math.round(map.landtrackSplit / width * 100)));
      if (redraw) {
        Times.historic(app).forEach((table) => table.layer.refresh());
      }
    }

    const tell = () => { right.textContent = app.asOf === undefined ? Words.say("map.as_stated") : Words.day(app.asOf); };
    const drag = (event) => place(event.clientX - map.getContainer().getBoundingClientRect().left);
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
      const way = { ArrowLeft: -STEP, ArrowRight: STEP }[event.key];
      if (way) {
        event.preventDefault();
        place(map.landtrackSplit + way);
      }
    });
    map.on("landtrack:asof", tell);
    tell();
    map.getContainer().parentElement.append(made);
    const { paddingTopLeft: [left], paddingBottomRight: [free] } = app.margins();
    place((left + map.getSize().x - free) / 2, false);
    return {
      remove() {
        map.off("landtrack:asof", tell);
        delete map.landtrackSplit;
        made.remove();
      },
    };
  }

  return { divider, at };
})();
