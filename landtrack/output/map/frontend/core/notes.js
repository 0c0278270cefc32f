// The notes of a place, as the desk that serves the page keeps them.

import { Failure } from "./failure.js";

/** @import { PinnedNote, WrittenNote } from "../types.js" */

/** Letters of a note, and of the name of who writes it. */
export const LONGEST = 2000;
export const LONGEST_NAME = 60;
/** Pictures of a note. */
export const MOST_PICTURES = 6;

const JSON_WANTED = { accept: "application/json" };

export class Notes {
  /** @param {string} place its address in the desk @param {typeof fetch} [get] */
  constructor(place, get = (...asked) => fetch(...asked)) {
    this.address = `${place}/notes`;
    this.get = get;
  }

  /** Where a picture is. @param {string} file */
  picture(file) {
    return `${this.address}/pictures/${file}`;
  }

  /** What the desk answers. @param {string} path @param {RequestInit} how */
  async ask(path, how) {
    const [ok, said] = await this.answered(path, how);
    if (!ok) {
      throw new Failure(said.cause, "trial.refused", said);
    }
    return said;
  }

  /** @param {string} path @param {RequestInit} how */
  async answered(path, how) {
    try {
      const answer = await this.get(`${this.address}${path}`, { headers: JSON_WANTED, ...how });
      return /** @type {const} */ ([answer.ok, await answer.json()]);
    } catch (error) {
      throw new Failure("the desk does not answer", "pin.no_desk", {}, error);
    }
  }

  /** @returns {Promise<PinnedNote[]>} */
  list() {
    return this.ask("/list", {});
  }

  /** Adds a note. @param {WrittenNote} note @returns {Promise<{id: string}>} */
  add({ text, by, lat, lng, layer, key, pictures }) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ text, by, lat, lng, layer, key })) {
      body.append(name, value === null ? "" : String(value));
    }
    pictures.forEach((each, at) => body.append("pictures", each, `picture-${at + 1}`));
    return this.ask("", { method: "POST", body });
  }

  /** Hands on the file of a visit. @param {string} text @param {string} name @returns {Promise<string[]>} the ids that the desk has now */
  async visit(text, name) {
    const body = new FormData();
    body.append("files", new Blob([text], { type: "application/json" }), name);
    return (await this.ask("/visit", { method: "POST", body })).taken;
  }

  /** Accepts, rejects, resolves or reopens a note as it was seen. @param {string} what @param {string} mark @param {string} by */
  async change(what, mark, by) {
    await this.ask("/change", { method: "POST", body: new URLSearchParams({ [what]: mark, by }) });
  }
}

const BY = "landtrack-name";

/** The name that was typed last, where the browser keeps it. */
export function name() {
  try {
    return localStorage.getItem(BY) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} text */
export function keepName(text) {
  try {
    localStorage.setItem(BY, text);
  } catch {
    // it is typed again then
  }
}
