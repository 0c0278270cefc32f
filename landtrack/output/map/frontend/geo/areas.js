// Areas over each other: what two share, and what several have together, exactly as shapes lie.

import { apart, boxOf, cuts, edges, footOn, inside, pieceOf, signedArea } from "./measure.js";

/** @import { Point, Ring } from "../types.js" */
/** @import { Edge } from "./measure.js" */
/** @typedef {[x1: number, y1: number, x2: number, y2: number, area: number]} Slope an edge of an area, its lower end first */

/**
 * Where a point lies on an edge of the others: 1 in the same direction, -1 against it.
 * @param {Edge} edge @param {Edge[]} others @param {Point} point
 */
function along(edge, others, point) {
  for (const other of others) {
    const foot = footOn(other[0], other[1], point);
    if (Math.hypot(foot[0] - point[0], foot[1] - point[1]) < 1e-6) {
      const dot = (edge[1][0] - edge[0][0]) * (other[1][0] - other[0][0])
        + (edge[1][1] - edge[0][1]) * (other[1][1] - other[0][1]);
      return dot > 0 ? 1 : -1;
    }
  }
  return 0;
}

/** @param {Edge[]} own @param {Edge[]} others @param {Ring[]} rings @param {boolean} shared */
function bordersInside(own, others, rings, shared) {
  let twice = 0;
  for (const edge of own) {
    const places = cuts(edge, others);
    for (let at = 1; at < places.length; at += 1) {
      const middle = pieceOf(edge, (places[at - 1] + places[at]) / 2);
      const side = along(edge, others, middle);
      if (side === 0 ? inside(rings, middle) : shared && side > 0) {
        const [ax, ay] = pieceOf(edge, places[at - 1]);
        const [bx, by] = pieceOf(edge, places[at]);
        twice += ax * by - bx * ay;
      }
    }
  }
  return twice / 2;
}

/** @param {Ring[]} rings */
function oriented(rings) {
  return rings.map((ring, at) => ((signedArea(ring) > 0) === (at === 0) ? ring : [...ring].reverse()));
}

/**
 * The area that two areas share, from the borders of each inside of the other (Green).
 * @param {Ring[]} one @param {Ring[]} other
 */
export function sharedArea(one, other) {
  const [ox, oy] = one[0][0];
  const near = (/** @type {Ring[]} */ rings) => oriented(moved(rings, ox, oy));
  const [first, second] = [near(one), near(other)];
  const [own, others] = [edges(first, true), edges(second, true)];
  return Math.max(0, bordersInside(own, others, second, true) + bordersInside(others, own, first, false));
}

/** Rings seen from a point, near which figures keep all their digits. @param {Ring[]} rings @param {number} ox @param {number} oy */
function moved(rings, ox, oy) {
  return rings.map((ring) => ring.map(([x, y]) => /** @type {Point} */ ([x - ox, y - oy])));
}

/** Edges of areas as [x1, y1, x2, y2, area], lower end first, none of them level. @param {Ring[][]} areas */
function edgesOf(areas) {
  /** @type {Slope[]} */
  const made = [];
  areas.forEach((rings, area) => {
    for (const ring of rings) {
      ring.forEach(([x, y], at) => {
        const [u, v] = ring[(at + 1) % ring.length];
        if (y !== v) {
          made.push(y < v ? [x, y, u, v, area] : [u, v, x, y, area]);
        }
      });
    }
  });
  return made.sort((one, other) => one[1] - other[1]);
}

/** Heights at which edges begin, end or cross. @param {Slope[]} edges */
function heights(edges) {
  const found = new Set(edges.flatMap((edge) => [edge[1], edge[3]]));
  for (let at = 0; at < edges.length; at += 1) {
    const [ax, ay, bx, by] = edges[at];
    for (let next = at + 1; next < edges.length && edges[next][1] < by; next += 1) {
      const [cx, cy, dx, dy] = edges[next];
      const cross = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
      if (cross !== 0) {
        const t = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / cross;
        const u = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / cross;
        if (t > 0 && t < 1 && u > 0 && u < 1) {
          found.add(ay + t * (by - ay));
        }
      }
    }
  }
  return [...found].sort((one, other) => one - other);
}

/** How much of a level line lies in the frame (area 0) and in at least one of the others. @param {Slope[]} active @param {number} y */
function covered(active, y) {
  const crossed = active
    .map(([ax, ay, bx, by, area]) => [ax + (y - ay) * (bx - ax) / (by - ay), area])
    .sort((one, other) => one[0] - other[0]);
  const open = new Set();
  let sum = 0;
  let last = 0;
  for (const [x, area] of crossed) {
    if (open.has(0) && open.size > 1) {
      sum += x - last;
    }
    open[open.has(area) ? "delete" : "add"](area);
    last = x;
  }
  return sum;
}

/**
 * Areas in groups: what lies over something of another group lies over nothing of its own.
 * @param {Ring[][]} areas each rings @returns {Ring[][][]}
 */
function groups(areas) {
  const boxes = areas.map((rings) => boxOf(rings));
  const order = areas.map((_, at) => at).sort((one, other) => boxes[one][0] - boxes[other][0]);
  const head = areas.map((_, at) => at);
  /** @param {number} at */
  const headOf = (at) => {
    let own = at;
    while (head[own] !== own) {
      head[own] = head[head[own]];
      own = head[own];
    }
    return own;
  };
  /** @type {number[]} */
  let open = [];
  for (const at of order) {
    open = open.filter((other) => boxes[other][2] >= boxes[at][0]);
    for (const other of open.filter((each) => !apart(boxes[each], boxes[at]))) {
      head[headOf(other)] = headOf(at);
    }
    open.push(at);
  }
  /** @type {Map<number, Ring[][]>} */
  const found = new Map();
  areas.forEach((rings, at) => {
    const group = found.get(headOf(at)) ?? [];
    group.push(rings);
    found.set(headOf(at), group);
  });
  return [...found.values()];
}

/**
 * The area that several areas have within a frame; what lies in two of them counts once.
 * @param {Ring[]} frame rings @param {Ring[][]} areas each rings
 */
export function unionArea(frame, areas) {
  const own = boxOf(frame);
  const near = areas.filter((rings) => !apart(own, boxOf(rings)));
  return groups(near).reduce((sum, group) => sum + groupArea(frame, group), 0);
}

/** The same of areas that lie over each other. @param {Ring[]} frame @param {Ring[][]} areas */
function groupArea(frame, areas) {
  const [ox, oy] = frame[0][0];
  const near = (/** @type {Ring[]} */ rings) => moved(rings, ox, oy);
  const [, south, , north] = boxOf(areas.flat().map((ring) => moved([ring], ox, oy)[0]));
  const edges = edgesOf([near(frame), ...areas.map(near)]).filter(([, low, , high]) => low < north && high > south);
  const ys = heights(edges);
  let sum = 0;
  let next = 0;
  /** @type {Slope[]} */
  let active = [];
  for (let at = 1; at < ys.length; at += 1) {
    const [low, high] = [ys[at - 1], ys[at]];
    while (next < edges.length && edges[next][1] <= low) {
      active.push(edges[next]);
      next += 1;
    }
    active = active.filter((edge) => edge[3] > low);
    sum += covered(active, (low + high) / 2) * (high - low);
  }
  return sum;
}
