// The trial plots that are kept by name: listed, opened, renamed, removed, compared, handed on as files.

import { button, download, element, given } from "../core/dom.js";
import { Failure } from "../core/failure.js";
import { ChangedError, LONGEST_NAME, PlaceKeeper, cleanName } from "../core/keeping.js";
import * as Words from "../core/words.js";
import * as Measure from "../geo/measure.js";
import * as Outlines from "../geo/outlines.js";
import * as Plane from "../geo/plane.js";
import * as Answers from "./answers.js";
import { ask } from "./asking.js";
import * as Bringing from "./bringing.js";
import * as Comparing from "./comparing.js";
import { plain } from "./parts.js";

/** @import { App, Draft, KeptTrial, Point, Trials } from "../types.js" */
/** @import { Compared } from "./comparing.js" */

const WHERE = { place: "trial.in_place", browser: "trial.in_browser", nowhere: "trial.nowhere" };

/** The day of today where the reader is. */
function today() {
  return Words.day(Words.today());
}

/** What of a draft is kept, as text. @param {Draft} draft */
export function textOf({ ring, figures, chosen }) {
  const typed = (/** @type {Record<string, string>} */ texts) => Object.entries(texts).filter(([, text]) => text.trim() !== "").sort();
  return JSON.stringify([ring, typed(figures), typed(chosen)]);
}

/** Whether something was drawn that is not kept. @param {Draft | null} draft */
export function isOpen(draft) {
  return Boolean(draft?.ring.length) && draft !== null && textOf(draft) !== draft.kept;
}

/** A trial plot of which nothing is drawn. @returns {Draft} */
export function fresh() {
  return { ring: [], finished: false, snapping: true, figures: {}, chosen: {}, name: "", mark: "", kept: "" };
}

/** @param {KeptTrial} kept @returns {Draft} */
function draftOf({ ring, figures, chosen, name, mark }) {
  /** @type {Draft} */
  const made = { ...fresh(), ring, finished: true, figures: { ...figures }, chosen: { ...chosen }, name, mark };
  return { ...made, kept: textOf(made) };
}

/** @param {KeptTrial} kept @returns {Compared} */
function compared({ name, day, ring, figures, chosen }) {
  return { title: name, under: day, ring, figures, chosen };
}

/** Of what is typed only what says something. @param {Record<string, string>} texts */
function said(texts) {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== "").map(([name, text]) => [name, text.trim()]));
}

/** @param {Draft} draft @param {string} name @returns {Trials["new"]} */
function trialOf({ ring, figures, chosen }, name) {
  return { name, day: today(), crs: Plane.name(), ring, figures: said(figures), chosen: said(chosen) };
}

/**
 * What is kept, beside what is drawn.
 * @param {App} app @param {Draft} draft @param {(draft: Draft) => void} show opens another one
 */
export function section(app, draft, show) {
  const name = element("input", { type: "text", id: "lt-trial-name", autocomplete: "off", maxlength: LONGEST_NAME });
  const list = element("ul", { class: "lt-kept-list" });
  const told = element("p", { class: "lt-told", role: "status" });
  const summary = element("summary");
  /** @type {Set<string>} */
  const ticked = new Set();
  /** @type {KeptTrial[]} */
  let all = [];

  /** Before what is drawn is left: it may be lost. @param {() => void} leave */
  function leaving(leave) {
    if (!isOpen(app.trial)) {
      leave();
      return;
    }
    ask(Words.say("trial.not_kept"), [element("p", { text: Words.say("trial.would_be_lost") })], [["trial.leave", leave]]);
  }

  /** What a person is told of a failure. @param {unknown} error */
  function wordsOf(error) {
    if (!(error instanceof Failure)) {
      throw error;
    }
    return Words.say(error.key, error.values);
  }

  async function load() {
    all = await app.keeper.list();
    [...ticked].filter((each) => !all.some((kept) => kept.name === each)).forEach((each) => ticked.delete(each));
    list.replaceChildren(...all.map(item));
    summary.textContent = Words.say("trial.kept", { count: Words.figure(all.length, 0) });
    compare.hidden = all.length < 2;
    compare.disabled = ticked.size < 2;
  }

  /** @param {string} key @param {Record<string, unknown>} [values] */
  async function done(key, values) {
    await load();
    told.textContent = Words.say(key, values);
  }

  // --- keeping ----------------------------------------------------------------------------------

  async function keep() {
    const own = cleanName(name.value);
    name.setAttribute("aria-invalid", String(!own));
    const why = own ? Answers.trialOf(draft.ring) : "trial.no_name";
    if (typeof why === "string" || !draft.finished) {
      told.textContent = Words.say(typeof why === "string" ? why : "trial.how", { crs: Plane.name() });
      return;
    }
    await keepAs(own, own === draft.name ? draft.mark : "");
  }

  /** @param {string} own @param {string} seen */
  async function keepAs(own, seen) {
    try {
      const kept = await app.keeper.keep(trialOf(draft, own), seen);
      Object.assign(draft, { name: kept.name, mark: kept.mark, kept: textOf(draft) });
      name.value = kept.name;
      await done("trial.is_kept", { name: kept.name });
    } catch (error) {
      if (error instanceof ChangedError) {
        await changed(own, error.theirs);
      } else {
        told.textContent = wordsOf(error);
      }
    }
  }

  /** Shows what somebody else kept under a name, beside what is drawn. @param {string} own @param {KeptTrial | null} theirs */
  async function changed(own, theirs) {
    const mine = { title: Words.say("trial.mine"), under: today(), ring: draft.ring, figures: draft.figures, chosen: draft.chosen };
    if (!theirs) {
      ask(Words.say("trial.gone", { name: own }), [], [["trial.keep_anew", () => keepAs(own, "")]]);
      return;
    }
    const both = await Comparing.table(app, [mine, { ...compared(theirs), title: Words.say("trial.theirs") }]);
    ask(Words.say("trial.changed", { name: own }),
      [element("div", { class: "lt-wide", tabindex: "0", role: "region", "aria-label": Words.say("trial.comparison") }, both)],
      [["trial.keep_mine", () => keepAs(own, theirs.mark)], ["trial.open_theirs", () => show(draftOf(theirs))]]);
  }

  // --- one of them ------------------------------------------------------------------------------

  /** Does something with those that are kept; where it cannot be done, that is said, and what there is is shown. @param {() => Promise<void>} work */
  async function at(work) {
    try {
      await work();
    } catch (error) {
      const text = wordsOf(error);
      if (error instanceof ChangedError) {
        await load();
      }
      told.textContent = text;
    }
  }

  /** @param {KeptTrial} kept */
  function rename(kept) {
    const input = element("input", { type: "text", id: "lt-trial-rename", maxlength: LONGEST_NAME, autocomplete: "off" });
    input.value = kept.name;
    ask(Words.say("trial.rename"), [element("div", { class: "lt-field lt-one" }, element("label", { for: input.id, text: Words.say("trial.name") }), input)], [
      ["trial.rename", () => at(async () => {
        const to = cleanName(input.value);
        if (!to) {
          told.textContent = Words.say("trial.no_name");
        } else if (to !== kept.name) {
          const now = await app.keeper.rename(kept.name, to, kept.mark);
          if (draft.mark === kept.mark) {
            Object.assign(draft, { name: now.name, mark: now.mark });
            name.value = now.name;
          }
          await done("trial.is_kept", { name: now.name });
        }
      })],
    ]);
    input.select();
  }

  /** @param {KeptTrial} kept */
  function remove(kept) {
    ask(Words.say("trial.remove_it", { name: kept.name }), [], [["trial.remove", () => at(async () => {
      await app.keeper.remove(kept.name, kept.mark);
      if (draft.mark === kept.mark) {
        Object.assign(draft, { mark: "", kept: "" });
      }
      await done("trial.is_removed", { name: kept.name });
    })]]);
  }

  /** @param {KeptTrial} kept */
  function exportGeoJson({ name: of, day, ring, figures, chosen }) {
    const degrees = (/** @type {Point} */ point) => {
      const page = Plane.fromPark(point);
      return page && Plane.degrees(page);
    };
    const area = Number(Math.abs(Measure.signedArea(ring)).toFixed(3));
    download(`${of}.geojson`, Outlines.geoJson(ring, degrees, { name: of, day, area_m2: area, ...figures, ...chosen }), "application/geo+json");
  }

  /**
   * Puts a plot that is drawn among the files of the place, or hands it on as a file: no layer that is judged
   * takes it in before a catalog names it.
   * @param {KeptTrial} kept
   */
  async function draftPlot({ name: of, ring, crs, figures }) {
    const text = Outlines.plotDraft(ring, crs, { plot_id: of, ...figures });
    const file = `${Words.say("trial.draft_file", { name: of })}.geojson`;
    if (!text) {
      told.textContent = Words.say("trial.no_number_of_crs", { crs });
    } else if (app.keeper instanceof PlaceKeeper) {
      const { keeper } = app;
      await keeper.put(file, text);
      told.replaceChildren(Words.say("trial.is_drafted", { file }), " ", element("a", { href: `${keeper.place}/files`, text: Words.say("trial.to_files") }));
    } else {
      download(file, text, "application/geo+json");
    }
  }

  /** @param {KeptTrial} kept */
  function item(kept) {
    const here = kept.crs === Plane.name();
    const id = `lt-kept-${all.indexOf(kept)}`;
    const tick = element("input", { type: "checkbox", id, "aria-label": Words.say("trial.to_compare", { name: kept.name }), disabled: !here });
    tick.checked = ticked.has(kept.name);
    tick.addEventListener("change", () => {
      ticked[tick.checked ? "add" : "delete"](kept.name);
      compare.disabled = ticked.size < 2;
    });
    const { boundary } = app.page;
    const area = Words.amount(Math.abs(Measure.signedArea(kept.ring)), 0, "m2");
    return element("li", { "data-name": kept.name }, tick,
      button({ class: "lt-open", disabled: !here }, () => leaving(() => show(draftOf(kept))), element("b", { text: kept.name }),
        element("small", { text: here ? `${area} · ${kept.day}` : Words.say("trial.other_crs", { crs: kept.crs }) })),
      element("details", { class: "lt-more" }, element("summary", { text: Words.say("trial.more"), "aria-label": Words.say("trial.more_of", { name: kept.name }) }),
        element("div", { class: "lt-row" },
          plain("trial.rename", () => rename(kept)), plain("trial.remove", () => remove(kept)),
          here ? plain("trial.geojson", () => exportGeoJson(kept)) : null,
          here ? plain("trial.draft", () => at(() => draftPlot(kept))) : null,
          here && boundary ? plain("trial.txt", () => download(`${kept.name}.txt`, Outlines.boundaryText(kept.ring, kept.name, boundary), "text/plain")) : null)));
  }

  const compare = plain("trial.compare", () => Comparing.dialog(app, all.filter((each) => ticked.has(each.name)).map(compared)));
  const save = plain("trial.keep", keep);
  name.value = draft.name;
  name.addEventListener("keydown", ({ key }) => {
    if (key === "Enter") {
      keep();
    }
  });
  save.disabled = app.keeper.where === "nowhere";
  const shown = element("details", { class: "lt-kept", open: draft.finished }, summary,
    element("div", { class: "lt-row" }, element("label", { for: name.id, text: Words.say("trial.name") }), name, save),
    told, list, element("div", { class: "lt-row" }, compare),
    element("p", { class: "lt-quiet", text: Words.say(WHERE[app.keeper.where]) }));
  summary.textContent = Words.say("trial.kept", { count: "–" });
  at(async () => {
    await load();
    shown.open = shown.open || (all.length > 0 && !draft.ring.length); // to go on with one of them
  });
  const bring = app.keeper instanceof PlaceKeeper ? Bringing.section(app, app.keeper, (ring, of) => leaving(() => (
    show({ ...fresh(), ring, finished: true, name: cleanName(of) })))) : null;
  return { shown: given([bring?.shown, shown]), leaving, unfold: () => { shown.open = true; }, close: () => bring?.close() };
}
