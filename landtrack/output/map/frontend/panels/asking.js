// Something that has to be decided before anything is lost.

import { button, element } from "../core/dom.js";
import * as Words from "../core/words.js";
import { plain } from "./parts.js";

/** @typedef {[key: string, action: () => unknown]} Choice what it is called, and what is done then */

/**
 * Opens something over the page, which is gone when it is closed; what had the focus has it again.
 * @param {string} title @param {string} name of its looks @param {(Node | null)[]} content
 */
export function over(title, name, content) {
  const before = document.activeElement;
  const made = element("dialog", { class: `lt-compare ${name}`.trim(), "aria-label": title },
    element("header", {}, element("h2", { text: title }), button({ class: "lt-close", "aria-label": Words.say("map.close") }, () => made.close(), "×")),
    ...content);
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

/**
 * Asks; whoever closes it without a choice changes nothing.
 * @param {string} title @param {Node[]} content @param {Choice[]} choices
 */
export function ask(title, content, choices) {
  /** @type {HTMLDialogElement} */
  const made = over(title, "lt-ask", [
    ...content,
    element("div", { class: "lt-row lt-choices" },
      ...choices.map(([key, action]) => plain(key, () => { made.close(); action(); })),
      plain("trial.cancel", () => made.close())),
  ]);
  return made;
}
