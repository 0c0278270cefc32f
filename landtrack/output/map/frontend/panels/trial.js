// A trial plot: drawn by hand and drawn otherwise, what it would hit, and whether its figures would pass.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import * as Measure from "../geo/measure.js";
import * as Plane from "../geo/plane.js";
import * as Answers from "./answers.js";
import * as Asked from "./asked.js";
import { controls } from "./corners.js";
import { Drawing } from "./drawing.js";
import * as Kept from "./kept.js";
import { finisher } from "./measuring.js";
import { pairs, plain } from "./parts.js";
import { free } from "./screen.js";

/** @import { App, Draft, Ring, Tool, Trial } from "../types.js" */

/**
 * Does work whenever it is asked for, one after the other; what is asked for meanwhile is done once.
 * @param {() => Promise<void>} work
 */
function byTurns(work) {
  let [busy, again] = [false, false];
  return async () => {
    again = true;
    if (busy) {
      return;
    }
    busy = true;
    try {
      while (again) {
        again = false;
        await work();
      }
    } finally {
      busy = false;
    }
  };
}

/** @param {Ring} ring */
function size(ring) {
  const area = Measure.meetsItself(ring) ? Number.NaN : Math.abs(Measure.signedArea(ring));
  return pairs([
    [Words.say("measure.area_m2"), Words.amount(area, 1, "m2")],
    [Words.say("trial.outline"), Words.amount(Measure.length(ring, true), 1, "m")],
  ]);
}

/** What is said of a trial plot, kept up with it. @param {App} app @param {Draft} draft */
function answers(app, draft) {
  /** @type {Answers.Answer | null} */
  let last = null;
  const shown = element("div", { class: "lt-answers", "aria-live": "off" });
  const list = element("ul", { class: "lt-trial-rules" });
  const fields = Asked.fields(app, draft, () => judge());
  const [measured, met] = [element("div"), element("div")];
  const parts = [
    measured, element("h3", { text: Words.say("trial.figures") }), ...fields.rows, list,
    element("h3", { text: Words.say("card.layers") }), met, element("p", { class: "lt-quiet", text: Words.say("trial.only") }),
  ];

  const judge = byTurns(async () => {
    if (last) {
      last.verdicts = await Answers.verdictsOf(app, last.trial, draft, last.surroundings);
      list.replaceChildren(...Answers.verdictRows(app.page, last.verdicts));
    }
  });

  /** @param {Trial} trial */
  async function ask(trial) {
    const start = performance.now();
    last = await Answers.answered(app, trial, draft);
    const { surroundings, verdicts } = last;
    fields.measured(surroundings.covered);
    measured.replaceChildren(size(trial.ring));
    list.replaceChildren(...Answers.verdictRows(app.page, verdicts));
    met.replaceChildren(pairs(surroundings.meetings.map((each) => Answers.meetingText(app, trial, each))));
    if (shown.firstChild !== measured) {
      shown.replaceChildren(...parts);
    }
    performance.measure("landtrack:trial", { start });
  }

  const follow = byTurns(async () => {
    const trial = draft.finished ? Answers.trialOf(draft.ring) : draft.ring.length > 2 ? "" : "trial.how";
    if (typeof trial !== "string") {
      await ask(trial);
      return;
    }
    last = null;
    shown.replaceChildren(trial ? element("p", { class: "lt-quiet lt-why", role: "status", text: Words.say(trial, { crs: Plane.name() }) }) : size(draft.ring));
  });
  return { shown, follow };
}

/** Moves the map so that an outline is seen beside the tool, where it is not. @param {App} app @param {Ring} ring */
function reveal(app, ring) {
  const { map } = app;
  const page = ring.map(Plane.fromPark);
  const points = page.flatMap((point) => (point ? [map.latLngToContainerPoint(Plane.latLng(point))] : []));
  const [own, seen] = [L.bounds(points), free(app)];
  const [size, room] = [own.getSize(), seen.getSize()];
  if (!points.length || (seen.contains(own.getTopLeft()) && seen.contains(own.getBottomRight()))) {
    return;
  }
  if (size.x > room.x || size.y > room.y) {
    const topLeft = seen.getTopLeft();
    map.fitBounds(L.latLngBounds(page.flatMap((point) => (point ? [Plane.latLng(point)] : []))), {
      paddingTopLeft: topLeft, paddingBottomRight: map.getSize().subtract(seen.getBottomRight()), maxZoom: 18, animate: false,
    });
    return;
  }
  const beyond = (/** @type {"x" | "y"} */ way) => (
    Math.min(0, own.getTopLeft()[way] - seen.getTopLeft()[way]) || Math.max(0, own.getBottomRight()[way] - seen.getBottomRight()[way]));
  map.panBy([beyond("x"), beyond("y")], { animate: false });
}

/** The tool that draws a trial plot, at what was drawn last. @param {App} app @returns {Tool} */
export function tool(app) {
  const draft = app.trial ?? Kept.fresh();
  app.trial = draft;
  const said = answers(app, draft);
  const how = element("p", { class: "lt-quiet" });
  const finish = finisher(() => drawing);
  const show = (/** @type {Draft | null} */ other) => {
    app.trial = other;
    app.useTool(() => tool(app));
  };
  const kept = Kept.section(app, draft, show);
  const anew = plain("trial.anew", () => kept.leaving(() => show(null)));
  const corners = controls(app, () => drawing);
  const drawing = new Drawing(app, {
    area: true, ring: draft.ring, taking: !draft.finished, snapping: draft.snapping,
    changed: (moving) => {
      const ended = !draft.finished && !drawing.taking;
      Object.assign(draft, { ring: drawing.ring, finished: !drawing.taking, snapping: drawing.snapping });
      how.textContent = Words.say(drawing.taking ? "trial.how" : "trial.shape");
      finish.hidden = !drawing.taking;
      anew.hidden = !drawing.ring.length;
      corners.show(moving);
      said.follow();
      if (ended) {
        kept.unfold();
        reveal(app, drawing.ring);
      }
    },
    said: corners.say,
  });
  drawing.show(false);
  if (draft.finished) {
    setTimeout(() => reveal(app, drawing.ring)); // once the tool is seen
  }
  return {
    title: Words.say("tool.trial"),
    content: [element("div", { class: "lt-trial" }, how, element("div", { class: "lt-row" }, finish, anew), corners.told, ...corners.shown, said.shown, ...kept.shown)],
    close: () => {
      drawing.remove();
      kept.close();
    },
    again: () => tool(app),
  };
}
