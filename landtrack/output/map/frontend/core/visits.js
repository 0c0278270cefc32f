// What is written on a site visit: kept in this browser until it is handed on, as one file or to the desk.

import { Failure } from "./failure.js";

/** @import { Shelf, Sighting } from "../types.js" */

/** Notes that wait, their pictures, and the signs of these: what the desk takes in at once. */
export const MOST = 200;
export const MOST_PICTURES = 300;
const MOST_SIGNS = 56_000_000;

const [BASE, STORE] = ["landtrack-visits", "notes"];

/** What a request of the browser's store gives. @template T @param {IDBRequest<T>} request @returns {Promise<T>} */
function asked(request) {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
  });
}

/** @implements {Shelf} */
export class BrowserShelf {
  /** @param {() => IDBFactory} factory may refuse */
  constructor(factory) {
    this.factory = factory;
  }

  /** @param {IDBTransactionMode} mode @param {(store: IDBObjectStore) => IDBRequest} work */
  async within(mode, work) {
    const opening = this.factory().open(BASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
    const base = await asked(opening);
    try {
      const turn = base.transaction(STORE, mode);
      const ended = new Promise((done, fail) => {
        turn.oncomplete = done;
        turn.onabort = () => fail(turn.error);
      });
      const found = await asked(work(turn.objectStore(STORE)));
      await ended; // only then it is on the disk
      return found;
    } finally {
      base.close();
    }
  }

  /** @returns {Promise<Sighting[]>} */
  list() {
    return this.within("readonly", (store) => store.getAll());
  }

  /** @param {Sighting} sighting */
  async put(sighting) {
    await this.within("readwrite", (store) => store.put(sighting));
  }

  /** @param {string} id */
  async drop(id) {
    await this.within("readwrite", (store) => store.delete(id));
  }
}

/** Where the browser keeps nothing: as long as the page is open. @implements {Shelf} */
export class PageShelf {
  /** @type {Map<string, Sighting>} */
  held = new Map();

  async list() {
    return [...this.held.values()];
  }

  /** @param {Sighting} sighting */
  async put(sighting) {
    this.held.set(sighting.id, sighting);
  }

  /** @param {string} id */
  async drop(id) {
    this.held.delete(id);
  }
}

/** What nobody can guess, and no two have. */
function fresh() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The file of a visit. @param {string} place @param {Sighting[]} sightings */
export function fileOf(place, sightings) {
  const notes = sightings.map(({ place: _, saved: __, order: ___, ...own }) => own);
  return JSON.stringify({ format: "landtrack-visit", version: 1, place, notes });
}

/** How a file of now is called. @param {Date} at */
export function nameOf(at) {
  return `visit-${at.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-")}.json`;
}

/** Whether something that lay in the browser is a note of a visit. @param {Partial<Sighting> | null} each @returns {each is Sighting} */
function isKept(each) {
  return typeof each === "object" && each !== null && [each.id, each.place, each.at, each.text, each.by, each.layer, each.key].every((text) => typeof text === "string")
    && Array.isArray(each.pictures);
}

export class Visits {
  /** @param {Shelf} shelf @param {string} place its id @param {() => void} changed called whenever others wait */
  constructor(shelf, place, changed) {
    this.shelf = shelf;
    this.place = place;
    this.changed = changed;
    this.where = /** @type {"browser" | "nowhere"} */ ("browser");
    /** @type {Sighting[]} those of this place, the oldest first */
    this.all = [];
    this.ready = this.begin();
    /** The last handing on, done or not. @type {Promise<void>} */
    this.handed = Promise.resolve();
  }

  async begin() {
    try {
      await this.read();
    } catch {
      this.where = "nowhere";
      this.shelf = new PageShelf();
    }
  }

  /** Reads what waits: another window may have written, too. */
  async read() {
    const held = await this.shelf.list();
    this.all = held.filter((each) => isKept(each) && each.place === this.place).sort((one, other) => (one.order ?? 0) - (other.order ?? 0));
    this.changed();
  }

  /** @param {Omit<Sighting, "id" | "place" | "at" | "saved" | "order">} written */
  async keep(written) {
    await this.ready;
    const all = [...this.all, written];
    const pictures = all.flatMap((each) => each.pictures);
    if (all.length > MOST || pictures.length > MOST_PICTURES || pictures.reduce((sum, each) => sum + each.length, 0) > MOST_SIGNS) {
      throw new Failure("too much waits", "visit.too_many", {});
    }
    try {
      await this.shelf.put({ ...written, id: fresh(), place: this.place, at: `${new Date().toISOString().slice(0, 19)}Z`, saved: false, order: Math.max(Date.now(), 1 + (this.all.at(-1)?.order ?? 0)) });
    } catch (error) {
      throw new Failure("the browser keeps no more", "visit.full", {}, error);
    }
    await this.read();
  }

  /** @param {string[]} ids */
  async drop(ids) {
    for (const id of ids) {
      await this.shelf.drop(id);
    }
    await this.read();
  }

  /** All that waits as a file; they stay, and it is remembered of each. */
  async save() {
    await this.ready;
    const text = fileOf(this.place, this.all);
    for (const each of this.all) {
      await this.shelf.put({ ...each, saved: true });
    }
    await this.read();
    return text;
  }

  /** Hands on what waits, once for whoever asks meanwhile; what was taken is not kept any more. @param {(text: string) => Promise<string[]>} take gives the ids that were taken */
  handOn(take) {
    const own = this.handed.catch(() => {}).then(() => this.handOnOnce(take)); // who asked before was told why it failed
    this.handed = own;
    own.catch(() => {});
    return own;
  }

  /** @param {(text: string) => Promise<string[]>} take */
  async handOnOnce(take) {
    await this.ready;
    if (this.all.length) {
      await this.drop(await take(fileOf(this.place, this.all)));
    }
  }
}
