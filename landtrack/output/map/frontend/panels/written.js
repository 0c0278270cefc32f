// The parts that notes are written with, whoever keeps them.

import { element } from "../core/dom.js";
import { Failure } from "../core/failure.js";
import * as NotesOf from "../core/notes.js";
import * as Words from "../core/words.js";

/** A labelled input. @param {string} key @param {HTMLElement} input */
export function field(key, input) {
  return element("label", { class: "lt-asked" }, Words.say(key), input);
}

/** What is said, and who says it. */
export function words() {
  const text = element("textarea", { rows: 3, maxlength: NotesOf.LONGEST, "data-note": "text" });
  const by = element("input", { type: "text", maxlength: NotesOf.LONGEST_NAME, autocomplete: "name", value: NotesOf.name(), "data-note": "by" });
  by.addEventListener("change", () => NotesOf.keepName(by.value.trim()));
  return { text, by };
}

/** What a person is told of a failure. @param {unknown} error */
export function wordsOf(error) {
  if (!(error instanceof Failure)) {
    throw error;
  }
  return Words.say(error.key, error.values);
}

/** Why a note cannot be kept yet, as a key of the text catalog; empty where it can. @param {boolean} known whether it is said where @param {string} text @param {number} count of pictures */
export function lacking(known, text, count) {
  return !known ? "pin.nowhere" : count > NotesOf.MOST_PICTURES ? "pin.too_many" : text.trim() || count ? "" : "pin.empty";
}
