// The planes: degrees, the page's own metres (EPSG:3857), and the working CRS of the place.
const Plane = (() => {
  "use strict";

  const RADIUS = 6_378_137;
  const EDGE = Math.PI * RADIUS;
  const NO_AREA = 1; // square metres: what is less is a line
  let fitted = { name: "" };

  function setup(told) {
    fitted = told;
  }

  function name() {
    return fitted.name;
  }

  function page({ lat, lng }) {
    const limited = Math.max(-89.9, Math.min(89.9, lat)) * Math.PI / 180;
    return [lng * Math.PI / 180 * RADIUS, Math.asinh(Math.tan(limited)) * RADIUS];
  }

  function latLng([x, y]) {
    return L.latLng(Math.atan(Math.sinh(y / RADIUS)) * 180 / Math.PI, x / RADIUS * 180 / Math.PI);
  }

  // A sum of Chebyshev polynomials of both coordinates.
  function evaluate({ box, terms }, [x, y]) {
    const [west, south, east, north] = box;
    const u = (2 * x - west - east) / (east - west);
    const v = (2 * y - south - north) / (north - south);
    if (!(Math.abs(u) <= 1 && Math.abs(v) <= 1)) {
      return null;
    }
    const count = terms[0].length;
    const tu = [1, u];
    const tv = [1, v];
    for (let n = 2; n < count; n += 1) {
      tu.push(2 * u * tu[n - 1] - tu[n - 2]);
      tv.push(2 * v * tv[n - 1] - tv[n - 2]);
    }
    return terms.map((each) => {
      let sum = 0;
      for (let i = 0; i < count; i += 1) {
        let row = 0;
        for (let j = 0; j < count; j += 1) {
          row += each[i][j] * tv[j];
        }
        sum += row * tu[i];
      }
      return sum;
    });
  }

  /** From the page's metres into the working CRS; null where that does not reach. */
  function toPark(point) {
    return fitted.forward ? evaluate(fitted.forward, point) : null;
  }

  /** How far the working CRS reaches: west, south, east, north in the page's metres; or null. */
  function reach() {
    return fitted.forward ? fitted.forward.box : null;
  }

  function fromPark(point) {
    return fitted.back ? evaluate(fitted.back, point) : null;
  }

  /** Rings or lines in the working CRS. @returns {number[][][] | null} */
  function ringsToPark(rings) {
    const moved = rings.map((ring) => ring.map(toPark));
    return moved.some((ring) => ring.includes(null)) ? null : moved;
  }

  // --- measuring in one plane; points are [x, y], rings are open -------------------------

  function signedArea(ring) {
    let twice = 0;
    const [ox, oy] = ring[0];
    for (let at = 0; at < ring.length; at += 1) {
      const [ax, ay] = ring[at];
      const [bx, by] = ring[(at + 1) % ring.length];
      twice += (ax - ox) * (by - oy) - (bx - ox) * (ay - oy);
    }
    return twice / 2;
  }

  function length(line, closed) {
    let sum = 0;
    for (let at = 1; at < line.length; at += 1) {
      sum += Math.hypot(line[at][0] - line[at - 1][0], line[at][1] - line[at - 1][1]);
    }
    const last = line[line.length - 1];
    return closed ? sum + Math.hypot(line[0][0] - last[0], line[0][1] - last[1]) : sum;
  }

  // Even-odd, so holes need no thought.
  /** @param {number[][][]} rings @param {number[]} point */
  function inside(rings, point) {
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

  function edges(rings, closed) {
    const found = [];
    for (const ring of rings) {
      for (let at = closed ? 0 : 1; at < ring.length; at += 1) {
        found.push([ring[(at + ring.length - 1) % ring.length], ring[at]]);
      }
    }
    return found;
  }

  /** The nearest point of an edge. @param {number[]} a @param {number[]} b @param {number[]} point */
  function footOn(a, b, point) {
    const [ax, ay] = a;
    const [bx, by] = b;
    const [x, y] = point;
    const [dx, dy] = [bx - ax, by - ay];
    const square = dx * dx + dy * dy;
    const t = square ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / square)) : 0;
    return [ax + t * dx, ay + t * dy];
  }

  /** How far a point is from a piece's outline, or from the piece itself where it is no area. */
  function distanceTo(piece, point) {
    return Math.min(...outlineOf(piece).map(([a, b]) => {
      const foot = footOn(a, b, point);
      return Math.hypot(foot[0] - point[0], foot[1] - point[1]);
    }));
  }

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

  /** Whether a ring meets itself, so that it bounds no one area; rings without area do. @param {number[][]} ring */
  function meetsItself(ring) {
    const open = ring.filter((point, at) => point.some((each, axis) => each !== ring[(at + 1) % ring.length][axis]));
    const own = edges([open], true);
    const beside = (one, other) => Math.abs(one - other) === 1 || Math.abs(one - other) === own.length - 1;
    return Math.abs(signedArea(ring)) < NO_AREA || own.some((edge, at) => own.some((other, next) => (
      next > at && !beside(at, next) && touch(edge, other))));
  }

  function touch(one, other) {
    return crossing(one, other) !== null || [[one, other], [other, one]].some(([edge, ends]) => ends.some((end) => {
      const foot = footOn(edge[0], edge[1], end);
      return Math.hypot(foot[0] - end[0], foot[1] - end[1]) < 1e-6;
    }));
  }

  /**
   * The nearest points of two shapes: an area (rings) and anything (pieces of a type).
   * @returns {{distance: number, from: number[], to: number[]}}
   */
  function nearest(rings, pieces) {
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

  function outlineOf(piece) {
    return piece.type === 0 ? piece.rings.map(([each]) => [each, each]) : edges(piece.rings, piece.type === 2);
  }

  // The nearest points of edges to one other edge, where they are nearer than the best so far.
  function nearerEdge(own, other, best) {
    let nearer = best;
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

  // An edge cut where it crosses others: the places along it, with both its ends.
  function cuts(edge, others) {
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

  function pieceOf(edge, t) {
    return [edge[0][0] + t * (edge[1][0] - edge[0][0]), edge[0][1] + t * (edge[1][1] - edge[0][1])];
  }

  // Where a point lies on an edge of the others: 1 in the same direction, -1 against it.
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

  function oriented(rings) {
    return rings.map((ring, at) => ((signedArea(ring) > 0) === (at === 0) ? ring : [...ring].reverse()));
  }

  /**
   * The area that two areas share, from the borders of each inside of the other (Green).
   * @param {number[][][]} one @param {number[][][]} other
   */
  function sharedArea(one, other) {
    const [ox, oy] = one[0][0];
    const near = (rings) => oriented(rings.map((ring) => ring.map(([x, y]) => [x - ox, y - oy])));
    const [first, second] = [near(one), near(other)];
    const [own, others] = [edges(first, true), edges(second, true)];
    return Math.max(0, bordersInside(own, others, second, true) + bordersInside(others, own, first, false));
  }

  /** How much of a line lies in an area. */
  function lengthInside(rings, line) {
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

  /** A point well inside of an area: in the middle of its widest part about half-way up. */
  function interior(rings) {
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

  // The middle of the widest part of an area at a height; null where there is none.
  function widestAt(rings, y) {
    const xs = edges(rings, true)
      .filter(([a, b]) => (a[1] > y) !== (b[1] > y))
      .map(([a, b]) => a[0] + (y - a[1]) * (b[0] - a[0]) / (b[1] - a[1]))
      .sort((one, other) => one - other);
    let best = null;
    for (let at = 0; at + 1 < xs.length; at += 2) {
      if (!best || xs[at + 1] - xs[at] > best.width) {
        best = { width: xs[at + 1] - xs[at], point: [(xs[at] + xs[at + 1]) / 2, y] };
      }
    }
    return best && best.width > 0 ? best.point : null;
  }

  return {
    EDGE, setup, name, reach, page, latLng, toPark, fromPark, ringsToPark, signedArea, length, inside, meetsItself,
    nearest, sharedArea, lengthInside, interior, distanceTo,
  };
})();
