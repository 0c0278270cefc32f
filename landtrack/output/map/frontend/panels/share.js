// The address of the page: kept as things are chosen, and copied to be sent.

import { element } from "../core/dom.js";
import { write } from "../core/address.js";
import * as Words from "../core/words.js";

/** @import { App } from "../types.js" */

/** Keeps the address; what is seen of the map stays with it while the page is loaded again. @param {App} app */
export function show(app) {
  const { view } = app.parts(true);
  const text = write(app.parts(false));
  try {
    history.replaceState({ view }, "", text ? `#${text}` : location.pathname + location.search);
  } catch {
    location.hash = text; // where the page may not change its own address
  }
}

/** Puts the whole address, with the place that is seen, onto the clipboard. @param {App} app */
export async function copy(app) {
  const address = `${location.href.split("#")[0]}#${write(app.parts(true))}`;
  try {
    await navigator.clipboard.writeText(address);
  } catch {
    copyByHand(address); // a page from the disk may not be allowed the clipboard
  }
  app.say(Words.say("tool.copied"));
  return address;
}

/** @param {string} text */
function copyByHand(text) {
  const area = element("textarea", { class: "lt-copy", readonly: true });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
