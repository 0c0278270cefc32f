// What a person is told when something could not be had, whatever asked for it.

import { element } from "../core/dom.js";
import { Failure } from "../core/failure.js";
import * as Words from "../core/words.js";

/** Shows failures that nothing else takes care of, the last one. */
export function listen() {
  const shown = element("p", { class: "lt-toast lt-failure", role: "alert" });
  window.addEventListener("unhandledrejection", ({ reason }) => {
    if (reason instanceof Failure) {
      shown.textContent = Words.say(reason.key, reason.values);
      document.body.append(shown);
    }
  });
}
