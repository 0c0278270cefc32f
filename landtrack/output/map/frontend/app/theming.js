// Themes: by which value each layer is coloured.

import { tableOf } from "../layers/table.js";
import * as Themes from "../layers/themes.js";
import * as Share from "../panels/share.js";

/** @import { App, Theming } from "../types.js" */

/** @param {App} app @returns {Theming} */
export function theming(app) {
  const coloured = () => [...app.tables.values()].filter(({ theme }) => theme);

  /** @param {string} kind @param {string} id as the themes offer it; empty for none */
  async function colour(kind, id) {
    const table = tableOf(app, kind);
    await table.loadTexts();
    table.theme = id ? Themes.theme(table, id, app.page.palette) : null;
    table.layer.refresh();
    app.map.fire("landtrack:theme", { kind });
    Share.show(app);
  }

  /** In the words of another language. */
  function recolour() {
    for (const table of coloured()) {
      table.theme = table.theme && Themes.theme(table, table.theme.id, app.page.palette);
    }
  }

  function themesText() {
    return coloured().map(({ kind, theme }) => `${kind}:${theme?.id}`).join(",");
  }

  /** @param {string | undefined} text */
  async function restoreThemes(text) {
    for (const each of (text || "").split(",")) {
      const [kind, ...id] = each.split(":");
      if (app.tables.get(kind)?.count) {
        await colour(kind, id.join(":"));
      }
    }
  }

  return { colour, recolour, themesText, restoreThemes };
}
