// A layer as a table: its columns, its words, its classes, what of it is seen and found.

import * as Bytes from "../core/bytes.js";
import * as Numbering from "../core/numbering.js";
import * as Pinyin from "../core/pinyin.js";
import * as Words from "../core/words.js";

/** @import { Cards, DataSource, Head, LayerClass, MapLayer, Pattern, Section, Written } from "../types.js" */
/**
 * Texts of rows or entries: each that occurs stands once.
 * @typedef {{text: string, starts: Uint32Array, rows: Uint32Array}} TextColumnData
 * What each plot has of each parcel, parcel by parcel.
 * @typedef {{starts: Int32Array, plots: Float64Array, areas: Float64Array, texts: TextColumnData}} Pairs
 * The states of each row in the order of their days.
 * @typedef {{
 *   starts: Int32Array, days: Float64Array, states: Float64Array, documents?: TextColumnData, written?: TextColumnData,
 * }} History
 * A block of cards, unpacked.
 * @typedef {{codes: Float64Array, starts: Uint32Array, numbers: Float64Array}} SectionBlock
 * @typedef {{field: string, unit: string, said: TextColumnData, project: TextColumnData, taken: Float64Array, how: Float64Array}} WrittenField
 * @typedef {{sections: SectionBlock[], written: WrittenField[]}} CardBlock
 */

const KEPT_CARDS = 64; // blocks of cards that stay unpacked

export class Table {
  /** @param {Head} head @param {DataSource} source where its blocks come from */
  constructor(head, source) {
    this.head = head;
    this.source = source;
    this.kind = head.kind;
    this.count = head.count;
    /** @type {MapLayer | null} what it is drawn by, see `layer` */
    this.drawnBy = null;
    /** @type {Record<string, Float64Array | Int32Array | Uint32Array>} */
    this.columns = {};
    /** @type {Record<string, TextColumnData>} */
    this.texts = {};
    this.visible = new Uint8Array(head.count).fill(1);
    this.classes = new Uint16Array(head.count);
    this.stated = this.classes;
    this.atRun = this.classes; // what was judged by, whatever was entered since
    /** @type {import("./themes.js").Theme | null} the value that it is coloured by, where not by its classes */
    this.theme = null;
    /** @type {Record<string, {outcomes: Float64Array, values: Float64Array, margins: Float64Array}>} what each rule says of each row */
    this.rules = {};
    /** @type {Uint16Array | null} the classes left of the divider between two days */
    this.before = null;
    /** @type {Float64Array | null} */
    this.size = null;
    /** Four whole centimetres a row; the east lies west of the west where a row has no shape. */
    this.boxes = new Int32Array(0);
    /** @type {History | null} */
    this.history = null;
    /** @type {Pairs | null} what each plot has of each parcel; none where the layers are large */
    this.pairs = null;
    /** @type {Uint32Array | null} of each row, in which of head.covered it lies, bit by bit */
    this.covered = null;
    /** @type {Map<string, number> | null} */
    this.keys = null;
    /** @type {Map<number, Promise<CardBlock>>} */
    this.cards = new Map();
    /** @type {Record<string, string>} */
    this.lowered = {};
    /** @type {Map<string, string[]>} how the characters of the searched texts are read */
    this.sounds = new Map();
    /** @type {number[] | null} the days on which a state changed */
    this.changed = null;
    /** @type {number | undefined} the day whose states are shown; none where it is now */
    this.asOf = undefined;
    /** @type {Promise<void>} what columns wait for: that the large layers were drawn once, so that a map shows first */
    this.turn = Promise.resolve();
    /** @type {Promise<Table> | null} */
    this.begun = null;
    /** @type {Promise<Table> | null} */
    this.ready = null;
    /** @type {Promise<Table> | null} */
    this.read = null;
  }

  /** What it is drawn by. @returns {MapLayer} */
  get layer() {
    if (!this.drawnBy) {
      throw new Error(`${this.kind} is on no map`);
    }
    return this.drawnBy;
  }

  set layer(layer) {
    this.drawnBy = layer;
  }

  /** @returns {Cards} */
  get cardHead() {
    if (!this.head.cards) {
      throw new Error(`${this.kind} has no cards`);
    }
    return this.head.cards;
  }

  /** The area or length of a row, NaN where there is none. @param {number} row */
  sizeOf(row) {
    return this.size ? this.size[row] : Number.NaN;
  }

  /** Loads classes and boxes, by which a large layer can be drawn. @returns {Promise<Table>} */
  begin() {
    this.begun = this.begun || this.loadFirst();
    return this.begun;
  }

  async loadFirst() {
    const { head, kind } = this;
    const jobs = [this.source.load(`${kind}/first/class`).then((bytes) => {
      Bytes.unsigned(bytes, this.classes);
    })];
    if (head.packed) {
      jobs.push(this.source.load(`${kind}/first/boxes`).then((bytes) => this.readBoxes(bytes)));
    }
    await Promise.all(jobs);
    return this;
  }

  /** Loads sizes, numbers and choices too. @returns {Promise<Table>} */
  load() {
    this.ready = this.ready || this.loadColumns();
    return this.ready;
  }

  async loadColumns() {
    await this.begin();
    const { head, kind, count } = this;
    if (head.packed) {
      await this.turn;
    }
    const wanted = Object.entries(head.columns).filter(([, column]) => column.type !== "text");
    const jobs = wanted.map(async ([name, column]) => {
      const bytes = await this.source.load(column.at);
      const Kind = column.type === "number" ? Float64Array : column.type === "date" ? Int32Array : Uint32Array;
      this.columns[name] = Bytes.unsigned(bytes, new Kind(count));
    });
    if (head.size) {
      jobs.push(this.source.load(`${kind}/columns/size`).then((bytes) => {
        this.size = Bytes.floats(bytes, count);
      }));
    }
    jobs.push(...head.rules.map(async ({ id, at }) => {
      const [outcomes, values, margins] = Bytes.parts(await this.source.load(at)).map(Bytes.all);
      this.rules[id] = { outcomes, values, margins };
    }));
    if (head.pairs) {
      jobs.push(this.source.load(`${kind}/columns/plots`).then((bytes) => this.readPairs(bytes)));
    }
    if (head.covered.length) {
      jobs.push(this.source.load(`${kind}/columns/covered`).then((bytes) => {
        this.covered = Bytes.unsigned(bytes, new Uint32Array(count));
      }));
    }
    if (head.history) {
      jobs.push(this.source.load(`${kind}/columns/history`).then((bytes) => this.readHistory(bytes)));
    }
    if (head.cards) {
      jobs.push(this.source.load(`${kind}/columns/patterns`).then((bytes) => {
        const { words, ...known } = JSON.parse(new TextDecoder().decode(bytes));
        Object.assign(this.cardHead, known);
        Words.add(words);
      }));
    }
    await Promise.all(jobs);
    return this;
  }

  /** @param {Uint8Array} bytes */
  readBoxes(bytes) {
    const [west, south, width, height] = Bytes.parts(bytes);
    const w = Bytes.steps(west, new Int32Array(this.count));
    const s = Bytes.steps(south, new Int32Array(this.count));
    const e = Bytes.unsigned(width, new Float64Array(this.count));
    const n = Bytes.unsigned(height, new Float64Array(this.count));
    const boxes = new Int32Array(4 * this.count); // in centimetres
    for (let row = 0; row < this.count; row += 1) {
      boxes[4 * row] = 100 * w[row];
      boxes[4 * row + 1] = 100 * s[row];
      boxes[4 * row + 2] = 100 * (w[row] + e[row] - 1);
      boxes[4 * row + 3] = 100 * (s[row] + n[row] - 1);
    }
    this.boxes = boxes;
  }

  /** @param {Uint8Array} bytes */
  readHistory(bytes) {
    const [counts, days, states] = Bytes.parts(bytes).map(Bytes.all);
    this.history = { starts: this.startsOf(counts), days, states };
  }

  /** @param {Uint8Array} bytes */
  readPairs(bytes) {
    const [counts, plots, areas, texts] = Bytes.parts(bytes);
    const rows = Bytes.all(plots);
    this.pairs = {
      starts: this.startsOf(Bytes.all(counts)), plots: rows, areas: Bytes.floats(areas, rows.length),
      texts: Table.textColumn(texts, rows.length),
    };
  }

  /** Where the entries of each row begin. @param {ArrayLike<number>} counts */
  startsOf(counts) {
    const starts = new Int32Array(this.count + 1);
    for (let row = 0; row < this.count; row += 1) {
      starts[row + 1] = starts[row] + counts[row];
    }
    return starts;
  }

  /** Loads keys, names and other texts. @returns {Promise<Table>} */
  loadTexts() {
    this.read = this.read || this.readTexts();
    return this.read;
  }

  async readTexts() {
    await this.load();
    const wanted = Object.entries(this.head.columns).filter(([, column]) => column.type === "text");
    await Promise.all(wanted.map(async ([name, column]) => {
      this.texts[name] = Table.textColumn(await this.source.load(column.at), this.count);
    }));
    if (this.head.sounds) {
      const column = Table.textColumn(await this.source.load(`${this.kind}/text/sounds`), this.head.sounds);
      this.sounds = Pinyin.readings(Array.from(column.rows, (_, at) => Table.textAt(column, at)));
    }
    if (this.head.history) {
      const bytes = await this.source.load(`${this.kind}/text/history`);
      const days = this.source.load(`${this.kind}/text/days`);
      if (this.history) {
        this.history.documents = Table.textColumn(bytes, this.history.days.length);
        this.history.written = Table.textColumn(await days, this.history.days.length);
      }
    }
    return this;
  }

  /** @param {Uint8Array} bytes @param {number} count @returns {TextColumnData} */
  static textColumn(bytes, count) {
    const [lengths, letters, rows] = Bytes.parts(bytes);
    const sizes = Bytes.all(lengths);
    const starts = new Uint32Array(sizes.length + 1);
    for (let at = 0; at < sizes.length; at += 1) {
      starts[at + 1] = starts[at] + sizes[at];
    }
    return { text: new TextDecoder().decode(letters), starts, rows: Bytes.steps(rows, new Uint32Array(count)) };
  }

  /** @param {TextColumnData} column @param {number} row */
  static textAt(column, row) {
    const code = column.rows[row];
    return column.text.slice(column.starts[code], column.starts[code + 1]);
  }

  /** @param {string} name @param {number} row */
  text(name, row) {
    const column = this.texts[name];
    return column ? Table.textAt(column, row) : "";
  }

  /** @param {number} row */
  key(row) {
    return this.text(this.head.key, row);
  }

  /** @param {number} row */
  name(row) {
    return this.text("name", row);
  }

  /** The row of a key; -1 where there is none. @param {string} key */
  rowOf(key) {
    if (!this.keys) {
      this.keys = new Map();
      for (let row = this.count - 1; row >= 0; row -= 1) {
        this.keys.set(this.key(row), row);
      }
    }
    return this.keys.get(key) ?? -1;
  }

  /** A number of a row, NaN where there is none. @param {string} name @param {number} row */
  number(name, row) {
    const column = this.head.columns[name];
    if (column?.type !== "number") {
      return NaN;
    }
    const code = this.columns[name][row];
    return code ? Bytes.unfold(code - 1) / 10 ** column.decimals : NaN;
  }

  /** The day of a row since 1970, or null. @param {string} name @param {number} row */
  day(name, row) {
    const code = this.columns[name] ? this.columns[name][row] : 0;
    return code ? Bytes.unfold(code - 1) : null;
  }

  /** A cell in words, empty where there is no value. @param {string} name @param {number} row */
  cell(name, row) {
    const column = this.head.columns[name];
    if (!column) {
      return "";
    }
    if (column.type === "text") {
      return this.text(name, row);
    }
    const code = this.columns[name][row];
    if (column.type === "said") {
      return Words.pick(column.words)[code];
    }
    if (!code) {
      return "";
    }
    if (column.type === "date") {
      return Words.day(Bytes.unfold(code - 1));
    }
    return `${Words.plain(Bytes.unfold(code - 1), column.decimals, column.grouped)} ${Words.pick(column.unit)}`.trimEnd();
  }

  /** The code of a choice, such as "completed". @param {string} name @param {number} row */
  code(name, row) {
    const column = this.head.columns[name];
    return column?.type === "said" ? column.codes[this.columns[name][row]] : "";
  }

  /** What it is painted by: the class of each row, and the classes. @returns {{codes: Uint16Array, classes: LayerClass[]}} */
  get paint() {
    return this.theme ?? { codes: this.classes, classes: this.head.classes };
  }

  /** @param {number} row */
  classOf(row) {
    return this.head.classes[this.classes[row]];
  }

  /**
   * The rows in whose texts something stands, then those whose texts are read as it, or whose identifier is written otherwise.
   * @param {string} wanted @param {number} most
   * @returns {number[]}
   */
  search(wanted, most) {
    const query = wanted.toLowerCase();
    /** @type {Set<number>} */
    const found = new Set();
    const columns = this.head.search.filter((name) => this.texts[name]);
    for (const name of columns) {
      this.lowered[name] = this.lowered[name] || Table.lowered(this.texts[name].text);
      this.take(this.texts[name], Table.holding(this.lowered[name], this.texts[name].starts, query, most), most, found);
    }
    const letters = this.sounds.size ? Pinyin.typed(wanted) : "";
    const read = letters ? columns.map((name) => Pinyin.found(this.lowered[name], this.texts[name].starts, letters, this.sounds)) : [];
    for (const begins of [0, 1]) {
      read.forEach((codes, at) => this.take(this.texts[columns[at]], codes[begins], most, found));
    }
    this.takeWritten(wanted, most, found);
    return [...found];
  }

  /** The rows whose identifier is what was typed, written otherwise. @param {string} wanted @param {number} most @param {Set<number>} found */
  takeWritten(wanted, most, found) {
    const key = this.head.key;
    const written = this.texts[key] && Numbering.pattern(wanted);
    if (!written || found.size >= most) {
      return;
    }
    const { text, starts } = this.texts[key];
    this.lowered[key] = this.lowered[key] || Table.lowered(text);
    const codes = new Set(Array.from({ length: starts.length - 1 }, (_, code) => code)
      .filter((code) => written.test(this.lowered[key].slice(starts[code], starts[code + 1]))));
    this.take(this.texts[key], codes, most, found);
  }

  /**
   * The text of a column is scanned as one; a hit across two texts is none.
   * @param {string} text @param {ArrayLike<number>} starts @param {string} query @param {number} most
   */
  static holding(text, starts, query, most) {
    /** @type {Set<number>} */
    const codes = new Set();
    let from = text.indexOf(query);
    while (from >= 0 && codes.size < most) {
      const code = Table.codeAt(starts, from);
      if (from + query.length <= starts[code + 1]) {
        codes.add(code);
        from = text.indexOf(query, starts[code + 1]);
      } else {
        from = text.indexOf(query, from + 1);
      }
    }
    return codes;
  }

  /** @param {TextColumnData} column @param {Set<number>} codes of texts that were found @param {number} most @param {Set<number>} found */
  take({ rows }, codes, most, found) {
    for (let row = 0; codes.size && row < rows.length && found.size < most; row += 1) {
      if (codes.has(rows[row])) {
        found.add(row);
      }
    }
  }

  /** Lower case letter by letter, so that every text stays where it is. @param {string} text */
  static lowered(text) {
    const lower = text.toLowerCase();
    if (lower.length === text.length) {
      return lower;
    }
    return text.replace(/./gsu, (letter) => (letter.toLowerCase().length === letter.length ? letter.toLowerCase() : letter));
  }

  /** @param {ArrayLike<number>} starts @param {number} place */
  static codeAt(starts, place) {
    let low = 0;
    let high = starts.length - 1;
    while (low < high - 1) {
      const middle = (low + high) >> 1;
      if (starts[middle] <= place) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The block of cards that a row stands in, unpacked. @param {number} row */
  cardsAt(row) {
    const block = Math.floor(row / this.cardHead.size);
    const known = this.cards.get(block);
    if (known) {
      return known;
    }
    const [oldest] = this.cards.keys();
    if (this.cards.size >= KEPT_CARDS) {
      this.cards.delete(oldest);
    }
    const made = this.source.load(`${this.kind}/cards/${block}`).then((bytes) => this.unpackCards(bytes));
    this.cards.set(block, made);
    return made;
  }

  /** The sections of the card of a row. @param {number} row @returns {Promise<Section[]>} */
  async card(row) {
    const { sections, size, patterns, names } = this.cardHead;
    const { sections: unpacked } = await this.cardsAt(row);
    const at = row % size;
    return sections.map(([what, name], number) => {
      const { codes, starts, numbers } = unpacked[number];
      const own = [...numbers.subarray(starts[at], starts[at + 1])].map(Bytes.unfold);
      return /** @type {Section} */ ({ what, name, told: Words.tell(patterns[number][codes[at]].said, own, names) });
    });
  }

  /**
   * How the figures of a row were written, where that is not as they are: by field what is
   * written, what it was taken for, whose amount it is, and whether its unit is stated.
   * @param {number} row @returns {Promise<Record<string, Written>>}
   */
  async written(row) {
    const { written } = await this.cardsAt(row);
    const at = row % this.cardHead.size;
    return Object.fromEntries(written.filter(({ how }) => how[at]).map(({ field, unit, said, project, taken, how }) => [field, {
      said: Table.textAt(said, at), taken: taken[at], unit, project: Table.textAt(project, at), stated: how[at] === 1,
    }]));
  }

  /** @param {Uint8Array} bytes */
  unpackCards(bytes) {
    const runs = Bytes.parts(bytes);
    const { patterns: known, written } = this.cardHead;
    const count = Bytes.all(runs[0]).length;
    return { sections: this.unpackSections(runs, known), written: written.map(([field, unit], number) => {
      const [said, project, taken, how] = runs.slice(2 * known.length + 4 * number);
      return {
        field, unit, said: Table.textColumn(said, count), project: Table.textColumn(project, count),
        taken: Bytes.floats(taken, count), how: Bytes.all(how),
      };
    }) };
  }

  /** @param {Uint8Array[]} runs @param {Pattern[][]} known */
  unpackSections(runs, known) {
    return known.map((patterns, number) => {
      const codes = Bytes.all(runs[2 * number]);
      const starts = new Uint32Array(codes.length + 1);
      codes.forEach((code, row) => {
        starts[row + 1] = starts[row] + patterns[code].n;
      });
      return { codes, starts, numbers: Bytes.all(runs[2 * number + 1]) };
    });
  }

  /**
   * The state of a row on a day: the last entry till then; -1 before the first. Of a layer that is drawn by the states of a
   * track the others do not count: land that was approved stays so when it is taken over.
   * @param {number} row @param {number} day
   */
  stateOn(row, day) {
    if (!this.history) {
      return -1;
    }
    const { starts, days, states } = this.history;
    const { drawn, states: known } = this.head.history ?? { drawn: false, states: [] };
    let state = -1;
    for (let at = starts[row]; at < starts[row + 1]; at += 1) {
      const counts = !drawn || known[states[at]].class >= 0;
      if (counts && (days[at] === 0 || Bytes.unfold(days[at] - 1) <= day)) {
        state = states[at];
      }
    }
    return state;
  }

  /**
   * The classes of a day: where a layer is drawn by its states, those; else what it is drawn as
   * now, of what was recorded by then.
   * @param {number} day @param {number} none the class of what was not
   */
  classesOn(day, none) {
    const { drawn, states } = this.head.history ?? { drawn: false, states: [] };
    const found = new Uint16Array(this.count);
    for (let row = 0; row < this.count; row += 1) {
      const state = this.stateOn(row, day);
      const own = state < 0 || !drawn ? -1 : states[state].class;
      found[row] = state < 0 || (drawn && own < 0) ? none : drawn ? own : this.stated[row];
    }
    return found;
  }
}

/** The table of a layer that is known to be there. @param {{tables: Map<string, Table>}} of @param {string} kind */
export function tableOf({ tables }, kind) {
  const table = tables.get(kind);
  if (!table) {
    throw new Error(`there is no layer ${kind}`);
  }
  return table;
}
