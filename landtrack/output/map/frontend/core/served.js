// The desk that serves the page, where one does: a page from the disk is told of none.

/** @import { Served } from "../types.js" */

/** @returns {Served | null} */
export function served() {
  const said = document.querySelector('meta[name="landtrack-desk"]')?.getAttribute("content");
  return said ? JSON.parse(said) : null;
}
