// The button of a card that begins a note of its feature: at the desk, or on a visit.

import * as Noting from "./noting.js";
import { plain } from "./parts.js";
import * as Visit from "./visit.js";

/** @import { App } from "../types.js" */
/** @import { Table } from "../layers/table.js" */

/** @param {App} app @param {Table} table @param {number} row */
export function noted(app, table, row) {
  const of = { kind: table.kind, table, row };
  return table.key(row) ? [plain("tool.note", () => (app.pins ? Noting.open(app, of) : app.useTool(() => Visit.tool(app, of))))] : [];
}
