// Where trial plots are kept: by the desk in the place, or by this browser for who opened the page from the disk.

import { Failure } from "./failure.js";

/** @import { Brought, Keeper, KeptTrial, Trials } from "../types.js" */

/** Trial plots that are kept of one place, letters of a name. */
export const MOST = 200;
export const LONGEST_NAME = 80;

/** Says that somebody else changed what is to be changed: what is there now, null where it is gone. */
export class ChangedError extends Failure {
  /** @param {string} name @param {KeptTrial | null} theirs */
  constructor(name, theirs) {
    super(`${name}: changed meanwhile`, "trial.changed", { name });
    this.theirs = theirs;
  }
}

/** A name as it is kept; empty where it is none. @param {string} text */
export function cleanName(text) {
  const seen = text.normalize("NFC").replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "").trim();
  return [...seen].slice(0, LONGEST_NAME).join("").trim();
}

// --- this browser ---------------------------------------------------------------------------------

/** @param {unknown} value @returns {value is Record<string, string>} */
function isTexts(value) {
  return typeof value === "object" && value !== null && Object.values(value).every((each) => typeof each === "string");
}

/** Whether something that lay in the browser is a trial plot as it is kept. @param {Partial<KeptTrial> | null} each @returns {each is KeptTrial} */
function isKept(each) {
  return typeof each === "object" && each !== null
    && [each.name, each.day, each.crs, each.mark].every((text) => typeof text === "string" && text !== "")
    && isTexts(each.figures) && isTexts(each.chosen)
    && Array.isArray(each.ring) && each.ring.length > 2
    && each.ring.every((point) => Array.isArray(point) && point.length === 2 && point.every(Number.isFinite));
}

/** What nobody can guess, and no two have. */
function fresh() {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @implements {Keeper} */
export class BrowserKeeper {
  /** @param {() => Storage} storage may refuse @param {string} key under which they lie */
  constructor(storage, key) {
    this.storage = storage;
    this.key = key;
    this.where = this.usable() ? /** @type {const} */ ("browser") : /** @type {const} */ ("nowhere");
  }

  /** Whether this browser keeps anything for this page: one from the disk it may refuse. */
  usable() {
    try {
      const own = this.storage();
      own.setItem(`${this.key}:try`, "1");
      own.removeItem(`${this.key}:try`);
      return true;
    } catch {
      return false;
    }
  }

  /** @returns {KeptTrial[]} */
  read() {
    try {
      const held = JSON.parse(this.storage().getItem(this.key) ?? "[]");
      return Array.isArray(held) ? held.filter(isKept) : [];
    } catch {
      return [];
    }
  }

  /** @param {KeptTrial[]} trials */
  write(trials) {
    if (trials.length > MOST) {
      throw new Failure("too many trial plots", "trial.too_many", { most: MOST });
    }
    try {
      this.storage().setItem(this.key, JSON.stringify(trials));
    } catch (error) {
      throw new Failure("the browser keeps no more", this.where === "nowhere" ? "trial.nowhere" : "trial.full", {}, error);
    }
  }

  /** What is there, where it is what was seen. @param {KeptTrial[]} all @param {string} name @param {string} seen */
  insist(all, name, seen) {
    const theirs = all.find((each) => each.name === name) ?? null;
    if ((theirs?.mark ?? "") !== seen) {
      throw new ChangedError(name, theirs);
    }
  }

  /** @returns {Promise<KeptTrial[]>} */
  async list() {
    return this.read().sort((one, other) => one.name.localeCompare(other.name));
  }

  /** @param {Trials["new"]} trial @param {string} seen @returns {Promise<KeptTrial>} */
  async keep(trial, seen) {
    const all = this.read();
    this.insist(all, trial.name, seen);
    const kept = { ...trial, mark: fresh() };
    this.write([...all.filter(({ name }) => name !== trial.name), kept]);
    return kept;
  }

  /** @param {string} name @param {string} to @param {string} seen @returns {Promise<KeptTrial>} */
  async rename(name, to, seen) {
    const all = this.read();
    this.insist(all, name, seen);
    const own = all.find((each) => each.name === name);
    if (!own || all.some((each) => each.name === to)) {
      throw new Failure(`${to} is there`, "trial.name_taken", { name: to });
    }
    const kept = { ...own, name: to, mark: fresh() };
    this.write([...all.filter((each) => each !== own), kept]);
    return kept;
  }

  /** @param {string} name @param {string} seen */
  async remove(name, seen) {
    const all = this.read();
    this.insist(all, name, seen);
    this.write(all.filter((each) => each.name !== name));
  }
}

// --- the desk ---------------------------------------------------------------------------------------

/** @implements {Keeper} */
export class PlaceKeeper {
  /** @param {string} place its address in the desk @param {typeof fetch} [get] */
  constructor(place, get = (...asked) => fetch(...asked)) {
    this.place = place;
    this.address = `${place}/trials`;
    this.get = get;
    this.where = /** @type {const} */ ("place");
  }

  /**
   * What the desk answers.
   * @template {keyof Trials["answers"]} T
   * @param {T} what @param {Trials["asked"][T]} [asked]
   * @returns {Promise<Trials["answers"][T]>}
   */
  async ask(what, asked) {
    const how = asked === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked) };
    const [answer, said] = await this.answered(what === "list" ? this.address : `${this.address}/${what}`, how);
    if (answer.ok) {
      return said;
    }
    if ("theirs" in said) {
      throw new ChangedError(said.name, said.theirs);
    }
    throw new Failure(said.cause, "trial.refused", said);
  }

  /** @param {string} address @param {RequestInit} how */
  async answered(address, how) {
    try {
      const answer = await this.get(address, how);
      return /** @type {const} */ ([answer, await answer.json()]);
    } catch (error) {
      throw new Failure("the desk does not answer", "trial.no_desk", {}, error);
    }
  }

  /** @returns {Promise<KeptTrial[]>} */
  list() {
    return this.ask("list");
  }

  /** @param {Trials["new"]} trial @param {string} seen @returns {Promise<KeptTrial>} */
  keep(trial, seen) {
    return this.ask("keep", { trial, seen });
  }

  /** @param {string} name @param {string} to @param {string} seen @returns {Promise<KeptTrial>} */
  rename(name, to, seen) {
    return this.ask("rename", { name, to, seen });
  }

  /** @param {string} name @param {string} seen */
  async remove(name, seen) {
    await this.ask("remove", { name, seen });
  }

  // --- files ------------------------------------------------------------------------------------

  /** Has the outlines of a file read. @param {File} file @param {string} crs where it does not say @returns {Promise<number>} the job */
  async bring(file, crs) {
    const body = new FormData();
    body.append("crs", crs);
    body.append("files", file);
    const [answer, said] = await this.answered(`${this.address}/bring`, { method: "POST", body });
    if (!answer.ok) {
      throw new Failure(said.cause, "trial.refused", said);
    }
    return said.job;
  }

  /** @param {number} job @returns {Promise<Brought>} */
  async brought(job) {
    const [, said] = await this.answered(`${this.address}/brought/${job}`, {});
    return said;
  }

  /** Puts a file among those of the place, by the door of all that are brought. @param {string} name @param {string} text */
  async put(name, text) {
    const body = new FormData();
    body.append("files", new File([text], name, { type: "application/geo+json" }));
    const answer = await this.get(`${this.place}/files`, { method: "POST", body }).catch((/** @type {unknown} */ error) => {
      throw new Failure("the desk does not answer", "trial.no_desk", {}, error);
    });
    if (!answer.ok) {
      const why = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector('[role="alert"]');
      throw new Failure(`${name} is refused`, "trial.refused", { cause: why?.textContent?.replace(/\s+/g, " ").trim() ?? "", mend: "" });
    }
  }
}
