// What stands beside an outline that is drawn: its corners one by one, steps back and forth, onto what corners are put.

import { button, element } from "../core/dom.js";
import * as Numbers from "../core/numbers.js";
import * as Words from "../core/words.js";
import * as Plane from "../geo/plane.js";

/** @import { App, Point } from "../types.js" */
/** @import { Onto } from "../layers/snaps.js" */
/** @import { Drawing } from "./drawing.js" */

const DECIMALS = 3;

/** @param {string} key @param {() => void} action @param {string} [sign] what stands on it in place of its name */
function small(key, action, sign) {
  const name = Words.say(key);
  return button({ class: "lt-plain", "data-do": key, ...(sign ? { "aria-label": name, title: name } : {}) }, action, sign ?? name);
}

/** @param {string} key @param {string} id */
function coordinate(key, id) {
  const input = element("input", { type: "text", id, inputmode: "decimal", autocomplete: "off" });
  return { input, shown: element("span", { class: "lt-coordinate" }, element("label", { for: id, text: Words.say(key) }), input) };
}

/** Onto what a corner was put, in words. @param {Onto} onto */
async function ontoText({ what, table, row }) {
  await table.loadTexts();
  const feature = [...new Set([Words.say(`kind.${table.kind}`), table.key(row), table.name(row)])].filter(Boolean).join(" · ");
  return Words.say(`tool.onto_${what}`, { feature });
}

/** The middle of what is seen of the map, in the working CRS. @param {App} app */
function middle(app) {
  return Plane.toPark(Plane.page(app.viewBounds().getCenter()));
}

/**
 * The corners of a drawing, for who types and for who has no mouse.
 * @param {App} app @param {() => Drawing} drawing
 */
export function controls(app, drawing) {
  const told = element("p", { class: "lt-told", role: "status" });
  const place = element("output", { class: "lt-corner" });
  const [east, north] = [coordinate("tool.east", "lt-east"), coordinate("tool.north", "lt-north")];
  const snap = element("input", { type: "checkbox", id: "lt-snap" });
  let run = 0;

  /** What is typed as a point; null where it is none. @returns {Point | null} */
  function typed() {
    const values = [east, north].map(({ input }) => Numbers.number(input.value));
    [east, north].forEach(({ input }, at) => {
      input.setAttribute("aria-invalid", String(Number.isNaN(values[at])));
    });
    return values.some(Number.isNaN) ? null : [values[0], values[1]];
  }

  /** @param {Point | null} point */
  function reached(point) {
    if (point && Plane.fromPark(point)) {
      return point;
    }
    say(Words.say(point ? "tool.not_here" : "tool.no_coordinate", { crs: Plane.name() }));
    return null;
  }

  /** @param {string} text */
  function say(text) {
    run += 1;
    told.textContent = text;
  }

  const moved = () => {
    const own = drawing();
    const point = own.outline.chosen >= 0 ? reached(typed()) : null;
    if (point) {
      own.moveTo(own.outline.chosen, point);
    }
  };
  const put = () => {
    const empty = [east, north].every(({ input }) => input.value.trim() === "");
    const point = reached(empty ? middle(app) : typed());
    if (point) {
      drawing().add(point);
      east.input.value = "";
      north.input.value = "";
      east.input.focus();
    }
  };
  [east, north].forEach(({ input }) => {
    input.addEventListener("change", moved);
    input.addEventListener("keydown", ({ key }) => {
      if (key === "Enter" && drawing().taking && drawing().outline.chosen < 0) {
        put();
      }
    });
  });
  snap.addEventListener("change", () => { drawing().snapping = snap.checked; });

  const buttons = {
    undo: small("tool.undo", () => drawing().undo()),
    redo: small("tool.redo", () => drawing().redo()),
    before: small("tool.previous_corner", () => drawing().chooseNext(-1), "‹"),
    next: small("tool.next_corner", () => drawing().chooseNext(1), "›"),
    put: small("tool.put", put),
    halve: small("tool.halve", () => drawing().halve()),
    seek: small("tool.seek", () => { drawing().seek(); }),
    drop: small("tool.drop", () => drawing().removeChosen()),
  };
  const shown = [
    element("div", { class: "lt-row" }, buttons.undo, buttons.redo,
      element("span", { class: "lt-switch" }, snap, element("label", { for: "lt-snap", text: Words.say("tool.snap") }))),
    element("details", { class: "lt-corners" }, element("summary", { text: Words.say("tool.corners") }),
      element("div", { class: "lt-row" }, buttons.before, place, buttons.next),
      element("div", { class: "lt-row" }, east.shown, north.shown),
      element("div", { class: "lt-row" }, buttons.put, buttons.halve, buttons.seek, buttons.drop),
      element("p", { class: "lt-quiet", text: Words.say("tool.keys") })),
  ];

  /** Shows how the drawing stands. @param {boolean} moving */
  function show(moving) {
    const { outline, taking, onto, snapping } = drawing();
    const { chosen, points } = outline;
    const one = chosen >= 0;
    place.textContent = one ? Words.say("tool.corner", { at: chosen + 1, count: points.length }) : Words.say("tool.count", { count: points.length });
    snap.checked = snapping;
    if (one) {
      [east, north].forEach(({ input }, at) => {
        input.value = points[chosen][at].toFixed(DECIMALS);
        input.removeAttribute("aria-invalid");
      });
    } else if (![east, north].some(({ input }) => input === document.activeElement)) {
      [east, north].forEach(({ input }) => { input.value = ""; });
    }
    [east, north].forEach(({ input }) => { input.disabled = !one && !taking; });
    buttons.put.hidden = one || !taking;
    buttons.halve.disabled = !one || outline.full || (!outline.closed && chosen === points.length - 1);
    buttons.seek.disabled = !one;
    buttons.drop.disabled = !one;
    buttons.undo.disabled = !outline.past.length;
    buttons.redo.disabled = !outline.future.length;
    buttons.before.disabled = !points.length;
    buttons.next.disabled = !points.length;
    if (!moving) {
      tellOnto(onto);
    }
  }

  /** @param {Onto | null} onto */
  async function tellOnto(onto) {
    say("");
    const own = run;
    const text = onto ? await ontoText(onto) : "";
    if (own === run && text) {
      told.textContent = text;
    }
  }

  return { shown, told, show, say: (/** @type {string} */ key) => say(Words.say(key, { crs: Plane.name() })) };
}
