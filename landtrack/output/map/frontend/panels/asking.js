// Something that has to be decided before anything is lost.

import { button, element } from "../core/dom.js";
import * as Words from "../core/words.js";

/** @typedef {[key: string, action: () => unknown]} Choice what it is called, and what is done then */

/**
 * Asks; whoever closes it without a choice changes nothing.
 * @param {string} title @param {Node[]} content @param {Choice[]} choices
 */
export function ask(title, content, choices) {
  const before = document.activeElement;
  const made = element("dialog", { class: "lt-compare lt-ask", "aria-label": title });
  const close = () => made.close();
  made.append(
    element("header", {}, element("h2", { text: title }), button({ class: "lt-close", "aria-label": Words.say("map.close") }, close, "×")),
    ...content,
    element("div", { class: "lt-row lt-choices" },
      ...choices.map(([key, action]) => button({ class: "lt-plain", "data-do": key }, () => { close(); action(); }, Words.say(key))),
      button({ class: "lt-plain", "data-do": "trial.cancel" }, close, Words.say("trial.cancel"))));
  made.addEventListener("close", () => {
    made.remove();
    if (before instanceof HTMLElement && before.isConnected) {
      before.focus({ preventScroll: true });
    }
  });
  document.body.append(made);
  made.showModal();
  return made;
}
