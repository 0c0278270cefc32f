// The desk that serves the page, where one does: a page from the disk is told of none.

/** @import { Served } from "../types.js" */

/** @returns {Served | null} */
export function served() {
  const said = document.querySelector('meta[name="landtrack-desk"]')?.getAttribute("content");
  return said ? JSON.parse(said) : null;
}

/** Whether the desk has an address of the place for who sees the page, as "POST step": all of them where it does not say which. @param {Served | null} own @param {string} way */
export function may(own, way) {
  return Boolean(own && (!own.may || own.may.includes(way)));
}
