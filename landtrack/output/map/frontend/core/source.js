// Where blocks of numbers come from: out of the page, or out of a folder beside it.

import { fromBase64, fromLetters } from "./bytes.js";
import { element } from "./dom.js";
import { Failure } from "./failure.js";

/** @import { DataSource } from "../types.js" */

/** Says which block cannot be had, and why. */
export class BlockError extends Failure {
  /** @param {string} block its name @param {string} why @param {string} key what a person is told @param {unknown} [cause] */
  constructor(block, why, key, cause) {
    super(`${block}: ${why}`, key, { block }, cause);
    this.block = block;
  }
}

/** A block as it was before it was packed. @param {string} block its name @param {Uint8Array<ArrayBuffer>} packed */
export async function inflated(block, packed) {
  try {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (error) {
    throw new BlockError(block, "cannot be unpacked", "map.not_whole", error);
  }
}

/** Blocks that stand in the page itself. @implements {DataSource} */
export class PageBlocks {
  /** @param {(id: string) => string | null | undefined} read gives the text of an element */
  constructor(read = (id) => document.getElementById(id)?.textContent) {
    this.read = read;
  }

  /** @param {string} name @returns {Promise<Uint8Array>} */
  async load(name) {
    const text = this.read(`block:${name}`);
    if (typeof text !== "string") {
      throw new BlockError(name, "is not in the page", "map.not_whole");
    }
    return inflated(name, fromBase64(text));
  }
}

/** Blocks in the scripts of a folder: `file://` lets a page read nothing else. @implements {DataSource} */
export class FolderBlocks {
  /**
   * @param {string} folder its address
   * @param {(address: string) => Promise<void>} run runs a script, which delivers its blocks
   */
  constructor(folder, run = runScript) {
    this.folder = folder;
    this.run = run;
    /** @type {Map<string, Promise<void>>} the scripts that are or were run */
    this.waiting = new Map();
    /** @type {Map<string, string>} what they delivered and nobody took yet */
    this.kept = new Map();
  }

  /** Called by the scripts of the folder. @param {Record<string, string>} blocks */
  deliver(blocks) {
    for (const [name, text] of Object.entries(blocks)) {
      this.kept.set(name, text);
    }
  }

  /** @param {string} name @returns {Promise<Uint8Array>} */
  async load(name) {
    if (!this.kept.has(name)) {
      await this.fetched(name);
    }
    const text = this.kept.get(name);
    this.kept.delete(name);
    if (text === undefined) {
      throw new BlockError(name, `is not in ${this.folder}`, "map.no_blocks");
    }
    return inflated(name, fromLetters(text));
  }

  // A script of one block may be run again; one of several is run once, unless it could not be.
  /** @param {string} name */
  async fetched(name) {
    const file = fileOf(name);
    const known = this.waiting.get(file) || this.run(`${encodeURI(this.folder)}/${file}.js`);
    this.waiting.set(file, known);
    try {
      await known;
    } catch (error) {
      this.waiting.delete(file);
      throw new BlockError(name, `${this.folder}/${file}.js cannot be read`, "map.no_blocks", error);
    }
    if (/-\d+$/.test(file)) {
      this.waiting.delete(file);
    }
  }
}

/** The file of a block. @param {string} name */
export function fileOf(name) {
  const [kind, group, last] = name.split("/");
  return /^\d+$/.test(last) ? `${kind}-${group}-${last}` : `${kind}-${group}`;
}

/** @param {string} address @returns {Promise<void>} */
function runScript(address) {
  return new Promise((done, failed) => {
    const script = element("script", { src: address });
    script.addEventListener("load", () => { script.remove(); done(); });
    script.addEventListener("error", () => failed(new Error(`${address} cannot be read`)));
    document.head.append(script);
  });
}
