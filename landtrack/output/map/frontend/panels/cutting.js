// A line drawn over a feature along which it is split: the desk shows the pieces, and enters them.

import { element } from "../core/dom.js";
import * as Words from "../core/words.js";
import { controls } from "./corners.js";
import { Drawing } from "./drawing.js";
import { finisher } from "./measuring.js";
import { plain } from "./parts.js";

/** @import { App, Tool } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

const DECIMALS = 3;

/**
 * The tool that draws the line; where a desk serves the page.
 * @param {App} app @param {Table} table @param {number} row @param {string} place the address of the place @returns {Tool}
 */
export function cutTool(app, table, row, place) {
  const key = table.key(row);
  const go = plain("tool.split_go", () => {
    const line = drawing.ring.map((point) => point.map((each) => each.toFixed(DECIMALS)).join(",")).join(" ");
    window.location.assign(`${place}/reshape?key=${encodeURIComponent(key)}&line=${encodeURIComponent(line)}`);
  });
  const finish = finisher(() => drawing);
  const corners = controls(app, () => drawing);
  const drawing = new Drawing(app, {
    area: false,
    changed: (moving) => {
      go.hidden = !drawing.enough;
      finish.hidden = !drawing.taking || !drawing.enough;
      corners.show(moving);
    },
    said: corners.say,
  });
  drawing.show(false);
  let open = true;
  table.layer.shapesOf(row).then((pieces) => { // which one it is stays to be seen where its card is closed
    if (open) {
      app.highlight(pieces);
    }
  });
  return {
    title: Words.say("tool.split", { feature: table.name(row) || key }),
    content: [element("p", { class: "lt-quiet", text: Words.say("tool.split_how") }), element("div", { class: "lt-row" }, finish, go), corners.told, ...corners.shown],
    close: () => {
      open = false;
      drawing.remove();
      if (!app.chosen) {
        app.highlight([]);
      }
    },
  };
}
