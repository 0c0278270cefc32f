// An outline drawn around features, with which a step is entered for all of them.

import { element } from "../core/dom.js";
import { Failure } from "../core/failure.js";
import * as Words from "../core/words.js";
import { inside } from "../layers/inside.js";
import { controls } from "./corners.js";
import { Drawing } from "./drawing.js";
import { finisher } from "./measuring.js";
import { plain } from "./parts.js";
import { hasSteps } from "./ways.js";
import { wordsOf } from "./written.js";

/** @import { App, Tool } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

export const MOST = 500; // features with which the page of steps is opened
const NAMED = 12;

/** @param {Table} table @param {string[]} keys */
function said(table, keys) {
  return Words.say(keys.length > MOST ? "tool.choose_many" : "tool.choose_found", {
    count: Words.figure(keys.length, 0), most: Words.figure(MOST, 0), layer: Words.pick(table.head.title),
    keys: `${keys.slice(0, NAMED).join(", ")}${keys.length > NAMED ? " …" : ""}`,
  });
}

/** The tool; where a desk serves the page. @param {App} app @returns {Tool} */
export function chooseTool(app) {
  const place = app.served?.place ?? "";
  const tables = [...app.tables.values()].filter(hasSteps);
  const layer = element("select", {}, ...tables.map((table) => element("option", { value: table.kind, text: Words.pick(table.head.title) })));
  const told = element("p", { class: "lt-told", role: "status" });
  /** @type {string[]} */
  let keys = [];
  let run = 0;
  const go = plain("tool.choose_go", () => {
    const asked = [["kind", layer.value], ...keys.map((key) => ["key", key])];
    window.location.assign(`${place}/steps?${new URLSearchParams(asked)}#enter`);
  });
  const finish = finisher(() => drawing);
  const corners = controls(app, () => drawing);

  async function count() {
    const own = ++run;
    const table = app.tables.get(layer.value);
    const found = table && drawing.enough ? await inside(table, drawing.ring) : [];
    await table?.loadTexts();
    if (own !== run) {
      return;
    }
    keys = table ? found.map(({ row }) => table.key(row)) : [];
    app.highlight(found.flatMap(({ pieces }) => pieces));
    go.hidden = !keys.length || keys.length > MOST;
    told.textContent = table && drawing.enough ? said(table, keys) : Words.say("tool.choose_how");
  }

  const drawing = new Drawing(app, {
    area: true,
    snapping: false,
    changed: (moving) => {
      finish.hidden = !drawing.taking || !drawing.enough;
      corners.show(moving);
      if (!moving) {
        count().catch((error) => { told.textContent = error instanceof Failure ? wordsOf(error) : String(error); });
      }
    },
    said: corners.say,
  });
  drawing.show(false);
  layer.addEventListener("change", () => { count(); });
  count();
  return {
    title: Words.say("tool.choose"),
    content: [
      element("label", {}, Words.say("tool.choose_layer"), " ", layer),
      told, element("div", { class: "lt-row" }, finish, go), corners.told, ...corners.shown,
    ],
    close: () => {
      run += 1;
      drawing.remove();
      if (!app.chosen) {
        app.highlight([]);
      }
    },
  };
}
