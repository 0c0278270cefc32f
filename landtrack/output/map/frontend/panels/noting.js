// The tool that writes a note: where, what, with which pictures.

import { element, select } from "../core/dom.js";
import * as NotesOf from "../core/notes.js";
import * as Words from "../core/words.js";
import { plain } from "./parts.js";
import { wordsOf } from "./pins.js";
import { Spot } from "./spot.js";

/** @import { App, Found, Tool } from "../types.js" */
/** @import { Table } from "../layers/table.js" */
/** @import { Pins } from "./pins.js" */

/** A labelled input. @param {string} key @param {HTMLElement} input */
export function field(key, input) {
  return element("label", { class: "lt-asked" }, Words.say(key), input);
}

/** What is written of a note. @param {Record<string, unknown>} camera more of the input for pictures */
export function fields(camera) {
  const text = element("textarea", { rows: 3, maxlength: NotesOf.LONGEST, "data-note": "text" });
  const by = element("input", { type: "text", maxlength: NotesOf.LONGEST_NAME, autocomplete: "name", value: NotesOf.name(), "data-note": "by" });
  const pictures = element("input", { type: "file", multiple: true, "data-note": "pictures", ...camera });
  by.addEventListener("change", () => NotesOf.keepName(by.value.trim()));
  return {
    text, by, pictures,
    shown: [field("pin.text", text), field("pin.pictures", pictures), field("pin.by", by)],
    clear() {
      text.value = "";
      pictures.value = "";
    },
  };
}

/** Why a note cannot be kept yet, as a key of the text catalog; empty where it can. @param {Spot} spot @param {ReturnType<typeof fields>} own */
export function lacking(spot, { text, pictures }) {
  const count = pictures.files?.length ?? 0;
  return !spot.known ? "pin.nowhere" : count > NotesOf.MOST_PICTURES ? "pin.too_many" : text.value.trim() || count ? "" : "pin.empty";
}

/** @param {App} app @param {Pins} pins @param {Found | null} of @returns {Tool} */
export function tool(app, pins, of = null) {
  const spot = new Spot(app, of);
  const own = fields({ accept: "image/jpeg,image/png,image/webp" });
  const told = element("p", { class: "lt-told", role: "status" });
  const add = plain("pin.add", async () => {
    const why = lacking(spot, own);
    if (why) {
      told.textContent = Words.say(why, { most: NotesOf.MOST_PICTURES });
      return;
    }
    add.disabled = true;
    try {
      await pins.notes.add({ text: own.text.value, by: own.by.value, ...spot.read(), pictures: [...own.pictures.files ?? []] });
      own.clear();
      spot.clear();
      told.textContent = Words.say("pin.is_kept");
      pins.load();
    } catch (error) {
      told.textContent = wordsOf(error);
    } finally {
      add.disabled = false;
    }
  });
  /** @type {[string, string][]} */
  const which = ["all", "open", "none"].map((each) => [each, Words.say(`pin.show_${each}`)]);
  return {
    title: Words.say("tool.note"),
    content: [
      ...spot.shown, ...own.shown, element("div", { class: "lt-row" }, add), told,
      field("pin.shown", select({}, which, pins.shown, (value) => pins.show(value))),
      pins.left ? element("p", { class: "lt-quiet", text: Words.say("pin.more", { count: Words.figure(pins.left, 0) }) }) : "",
      element("p", {}, element("a", { href: pins.notes.address, text: Words.say("pin.list") })),
    ].filter((each) => typeof each !== "string"),
    close: () => spot.remove(),
    again: () => tool(app, pins),
  };
}

/** Opens the tool, once there are notes to add to. @param {App} app @param {Found | null} [of] */
export function open(app, of = null) {
  const { pins } = app;
  if (pins) {
    app.useTool(() => tool(app, pins, of));
  }
}

/** The button of a card that begins a note of its feature; none where nobody keeps notes. @param {App} app @param {Table} table @param {number} row */
export function noted(app, table, row) {
  return app.served && table.key(row) ? [plain("tool.note", () => open(app, { kind: table.kind, table, row }))] : [];
}
