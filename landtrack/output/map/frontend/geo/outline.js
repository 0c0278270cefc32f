// An outline that is being drawn: its corners in the working CRS, and every step to it.

/** @import { Point, Ring } from "../types.js" */
/** @typedef {{points: Ring, chosen: number}} Step the corners, and which of them is chosen; -1 for none */

const MOST_STEPS = 500;
const PER_METRE = 1000;
/** Corners that an outline may have. */
export const MOST_CORNERS = 2000;

/** A place in whole millimetres, so that what is kept and handed on is what was measured. @param {Point} point @returns {Point} */
export function rounded([x, y]) {
  return [Math.round(x * PER_METRE) / PER_METRE, Math.round(y * PER_METRE) / PER_METRE];
}

export class Outline {
  /** @param {boolean} closed whether its last corner leads to its first @param {Ring} [points] */
  constructor(closed, points = []) {
    this.closed = closed;
    /** @type {Step} */
    this.now = { points: points.map(rounded), chosen: -1 };
    /** @type {Step[]} */
    this.past = [];
    /** @type {Step[]} */
    this.future = [];
  }

  /** Its corners, which nobody changes: after a step there are others. */
  get points() {
    return this.now.points;
  }

  get chosen() {
    return this.now.chosen;
  }

  /** How few corners it may have. */
  get least() {
    return this.closed ? 3 : 2;
  }

  get full() {
    return this.points.length >= MOST_CORNERS;
  }

  /** Begins a step: what follows until the next one is taken back at one go. */
  keep() {
    this.past = [...this.past.slice(1 - MOST_STEPS), this.now];
    this.future = [];
  }

  /** @param {number} at */
  choose(at) {
    this.now = { points: this.points, chosen: at >= 0 && at < this.points.length ? at : -1 };
  }

  /** Puts a corner behind another one and chooses it. @param {number} at its place @param {Point} point */
  insert(at, point) {
    this.now = { points: [...this.points.slice(0, at), rounded(point), ...this.points.slice(at)], chosen: at };
  }

  /** @param {number} at @param {Point} point */
  move(at, point) {
    this.now = { points: this.points.map((each, place) => (place === at ? rounded(point) : each)), chosen: at };
  }

  /** Takes a corner away and chooses the one before it. @param {number} at */
  remove(at) {
    const points = this.points.filter((_, place) => place !== at);
    this.now = { points, chosen: points.length ? (at + points.length - 1) % points.length : -1 };
  }

  /** @returns {boolean} whether there was a step to take back */
  undo() {
    const before = this.past.at(-1);
    if (!before) {
      return false;
    }
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, this.now];
    this.now = before;
    return true;
  }

  /** @returns {boolean} whether there was a step to do again */
  redo() {
    const next = this.future.at(-1);
    if (!next) {
      return false;
    }
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, this.now];
    this.now = next;
    return true;
  }

  /** The middles of its edges, each at the place that a corner there would have. @returns {{at: number, point: Point}[]} */
  middles() {
    const { points } = this;
    const count = this.closed && points.length > 2 ? points.length : points.length - 1;
    return Array.from({ length: Math.max(0, count) }, (_, at) => {
      const [a, b] = [points[at], points[(at + 1) % points.length]];
      return { at: at + 1, point: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2] };
    });
  }
}
