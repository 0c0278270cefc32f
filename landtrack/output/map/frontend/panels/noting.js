// The tool that writes a note: where, what, with which pictures.

import { element, select } from "../core/dom.js";
import * as NotesOf from "../core/notes.js";
import * as Words from "../core/words.js";
import { plain } from "./parts.js";
import { Spot } from "./spot.js";
import { field, lacking, words, wordsOf } from "./written.js";

/** @import { App, Found, Tool } from "../types.js" */
/** @import { Pins } from "./pins.js" */

/** @param {App} app @param {Pins} pins @param {Found | null} of @returns {Tool} */
export function tool(app, pins, of = null) {
  const spot = new Spot(app, of);
  const own = words();
  const pictures = element("input", { type: "file", multiple: true, accept: "image/jpeg,image/png,image/webp", "data-note": "pictures" });
  const told = element("p", { class: "lt-told", role: "status" });
  const add = plain("pin.add", async () => {
    const files = [...pictures.files ?? []];
    const why = lacking(spot.known, own.text.value, files.length);
    if (why) {
      told.textContent = Words.say(why, { most: NotesOf.MOST_PICTURES });
      return;
    }
    add.disabled = true;
    try {
      await pins.notes.add({ text: own.text.value, by: own.by.value, ...spot.read(), pictures: files });
      own.text.value = "";
      pictures.value = "";
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
      ...spot.shown, field("pin.text", own.text), field("pin.pictures", pictures), field("pin.by", own.by), element("div", { class: "lt-row" }, add), told,
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
