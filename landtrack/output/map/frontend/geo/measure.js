// Measuring in one plane: points are [x, y], rings are open.

/** @import { Box, Piece, Point, Ring } from "../types.js" */

/** @typedef {[Point, Point]} Edge */
/** @typedef {{distance: number, from: Point | null, to: Point | null}} Nearest how far apart, and where; Infinity where nothing is */

const NO_AREA = 1; // square metres: what is less is a line
const TOUCH = 1e-6; // metres

/** @param {Ring} ring */
export function signedArea(ring) {
  let twice = 0;
  const [ox, oy] = ring[0];
  for (let at = 0; at < ring.length; at += 1) {
    const [ax, ay] = ring[at];
    const [bx, by] = ring[(at + 1) % ring.length];
    twice += (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
  }
  return twice / 2;
}

/** @param {Ring} line @param {boolean} closed */
export function length(line, closed) {
  let sum = 0;
  for (let at = 1; at < line.length; at += 1) {
    sum += Math.hypot(line[at][0] - line[at - 1][0], line[at][1] - line[at - 1][1]);
  }
  const last = line[line.length - 1];
  return closed ? sum + Math.hypot(line[0][0] - last[0], line[0][1] - last[1]) : sum;
}

/** Whether a point lies in an area; even-odd, so holes need no thought. @param {Ring[]} rings @param {Point} point */
export function inside(rings, point) {
  const [x, y] = point;
  let odd = false;
  for (const ring of rings) {
    for (let at = 0, before = ring.length - 1; at < ring.length; before = at, at += 1) {
      const [ax, ay] = ring[at];
      const [bx, by] = ring[before];
      if ((ay > y) !== (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax) {
        odd = !odd;
      }
    }
  }
  return odd;
}

/** @param {Ring[]} rings @param {boolean} closed @returns {Edge[]} */
export function edges(rings, closed) {
  /** @type {Edge[]} */
  const found = [];
  for (const ring of rings) {
    for (let at = closed ? 0 : 1; at < ring.length; at += 1) {
      found.push([ring[(at + ring.length - 1) % ring.length], ring[at]]);
    }
  }
  return found;
}

/** The nearest point of an edge. @param {Point} a @param {Point} b @param {Point} point @returns {Point} */
export function footOn(a, b, point) {
  const [ax, ay] = a;
  const [bx, by] = b;
  const [x, y] = point;
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const t = square ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
  return [ax + t * dx, ay + t * dy];
}

/** How far a point is from a piece's outline, or from the piece itself where it is no area. @param {Piece} piece @param {Point} point */
export function distanceTo(piece, point) {
  return Math.min(...outlineOf(piece).map(([a, b]) => {
    const foot = footOn(a, b, point);
    return Math.hypot(foot[0] - point[0], foot[1] - point[1]);
  }));
}

/** @param {Edge} one @param {Edge} other */
function crossing([a, b], [c, d]) {
  const [rx, ry] = [b[0] - a[0], b[1] - a[1]];
  const [sx, sy] = [d[0] - c[0], d[1] - c[1]];
  const cross = rx * sy - ry * sx;
  if (!cross) {
    return null;
  }
  const t = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / cross;
  const u = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / cross;
  return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? t : null;
}

/** Whether a ring meets itself, so that it bounds no one area; rings without area do. @param {Ring} ring */
export function meetsItself(ring) {
  const open = ring.filter(([x, y], at) => {
    const [nextX, nextY] = ring[(at + 1) % ring.length];
    return x !== nextX || y !== nextY;
  });
  const own = edges([open], true);
  return Math.abs(signedArea(ring)) < NO_AREA || own.some((edge, at) => folded(edge, own[(at + 1) % own.length])) || crossed(own, (distance) => distance === 1 || distance === own.length - 1);
}

/** Whether an edge goes back over the one before it. @param {Edge} before @param {Edge} edge */
function folded(before, edge) {
  return isOn(before, edge[1]) || isOn(edge, before[0]);
}

/**
 * Whether two edges touch that do not follow each other; of each only those in whose stretch it lies are tried.
 * @param {Edge[]} own @param {(distance: number) => boolean} beside whether two so many places apart follow each other
 */
function crossed(own, beside) {
  const boxes = own.map((edge) => boxOf([edge]));
  const order = own.map((_, at) => at).sort((one, other) => boxes[one][0] - boxes[other][0]);
  /** @type {number[]} */
  let near = [];
  for (const at of order) {
    near = near.filter((other) => boxes[other][2] + TOUCH >= boxes[at][0]);
    if (near.some((other) => !beside(Math.abs(other - at)) && boxes[other][1] <= boxes[at][3] + TOUCH
        && boxes[at][1] <= boxes[other][3] + TOUCH && touch(own[at], own[other]))) {
      return true;
    }
    near.push(at);
  }
  return false;
}

/** @param {Edge} one @param {Edge} other */
function touch(one, other) {
  return crossing(one, other) !== null || one.some((end) => isOn(other, end)) || other.some((end) => isOn(one, end));
}

/** @param {Edge} edge @param {Point} point */
function isOn([from, to], point) {
  const foot = footOn(from, to, point);
  return Math.hypot(foot[0] - point[0], foot[1] - point[1]) < TOUCH;
}

/**
 * The nearest points of two shapes: an area (rings) and anything (pieces of a type).
 * @param {Ring[]} rings @param {Piece[]} pieces
 * @returns {Nearest}
 */
export function nearest(rings, pieces) {
  /** @type {Nearest} */
  let best = { distance: Infinity, from: null, to: null };
  const own = edges(rings, true);
  for (const piece of pieces) {
    const first = piece.rings[0][0];
    if (inside(rings, first) || (piece.type === 2 && inside(piece.rings, rings[0][0]))) {
      return { distance: 0, from: first, to: first };
    }
    for (const other of outlineOf(piece)) {
      best = nearerEdge(own, other, best);
    }
  }
  return best;
}

/** @param {Piece} piece @returns {Edge[]} */
function outlineOf(piece) {
  return piece.type === 0 ? piece.rings.map(([each]) => [each, each]) : edges(piece.rings, piece.type === 2);
}

/**
 * The nearest points of edges to one other edge, where they are nearer than the best so far.
 * @param {Edge[]} own @param {Edge} other @param {Nearest} best
 */
function nearerEdge(own, other, best) {
  let nearer = best;
  /** @param {Point} from @param {Point} to */
  const take = (from, to) => {
    const distance = Math.hypot(from[0] - to[0], from[1] - to[1]);
    if (distance < nearer.distance) {
      nearer = { distance, from, to };
    }
  };
  for (const edge of own) {
    const t = crossing(edge, other);
    if (t !== null) {
      const at = pieceOf(edge, t);
      return { distance: 0, from: at, to: at };
    }
    other.forEach((point) => take(footOn(edge[0], edge[1], point), point));
    take(edge[0], footOn(other[0], other[1], edge[0]));
  }
  return nearer;
}

/** An edge cut where it crosses others: the places along it, with both its ends. @param {Edge} edge @param {Edge[]} others */
export function cuts(edge, others) {
  const found = [0, 1];
  for (const other of others) {
    const t = crossing(edge, other);
    if (t !== null) {
      found.push(t);
    }
    for (const end of other) {
      const foot = footOn(edge[0], edge[1], end);
      if (Math.hypot(foot[0] - end[0], foot[1] - end[1]) < 1e-6) {
        const along = Math.hypot(edge[1][0] - edge[0][0], edge[1][1] - edge[0][1]);
        found.push(along ? Math.hypot(foot[0] - edge[0][0], foot[1] - edge[0][1]) / along : 0);
      }
    }
  }
  return found.sort((one, other) => one - other);
}

/** @param {Edge} edge @param {number} t @returns {Point} */
export function pieceOf(edge, t) {
  return [edge[0][0] + t * (edge[1][0] - edge[0][0]), edge[0][1] + t * (edge[1][1] - edge[0][1])];
}

/** How much of a line lies in an area. @param {Ring[]} rings @param {Ring} line */
export function lengthInside(rings, line) {
  let sum = 0;
  const others = edges(rings, true);
  for (const edge of edges([line], false)) {
    const places = cuts(edge, others);
    for (let at = 1; at < places.length; at += 1) {
      if (inside(rings, pieceOf(edge, (places[at - 1] + places[at]) / 2))) {
        sum += (places[at] - places[at - 1]) * length(edge, false);
      }
    }
  }
  return sum;
}

/** A point well inside of an area: in the middle of its widest part about half-way up. @param {Ring[]} rings */
export function interior(rings) {
  const ys = rings[0].map(([, y]) => y);
  const low = Math.min(...ys);
  const high = Math.max(...ys);
  for (const part of [0.5, 0.4, 0.6, 0.25, 0.75]) {
    const widest = widestAt(rings, low + part * (high - low) + (high - low) * 1e-7);
    if (widest) {
      return widest;
    }
  }
  return rings[0][0];
}

/**
 * The middle of the widest part of an area at a height; null where there is none.
 * @param {Ring[]} rings @param {number} y @returns {Point | null}
 */
function widestAt(rings, y) {
  const xs = edges(rings, true)
    .filter(([a, b]) => (a[1] > y) !== (b[1] > y))
    .map(([a, b]) => a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]))
    .sort((one, other) => one - other);
  /** @type {{width: number, point: Point} | null} */
  let best = null;
  for (let at = 0; at + 1 < xs.length; at += 2) {
    if (!best || xs[at + 1] - xs[at] > best.width) {
      best = { width: xs[at + 1] - xs[at], point: [(xs[at] + xs[at + 1]) / 2, y] };
    }
  }
  return best && best.width > 0 ? best.point : null;
}

/** @param {Ring[]} rings @returns {Box} */
export function boxOf(rings) {
  const xs = rings.flat().map(([x]) => x);
  const ys = rings.flat().map(([, y]) => y);
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

/** @param {Box} one @param {Box} other */
export function apart(one, other) {
  return one[0] > other[2] || other[0] > one[2] || one[1] > other[3] || other[1] > one[3];
}
