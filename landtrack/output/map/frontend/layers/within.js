// What a page can measure by itself: how an area and the layers lie to each other, in the working
// CRS. Areas that lie over each other count once.
const Within = (() => {
  "use strict";

  const CM = 100;

  /** Edges of areas as [x1, y1, x2, y2, area], lower end first, none of them level. */
  function edgesOf(areas) {
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

  // Heights at which edges begin, end or cross.
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

  // How much of a level line lies in the frame (area 0) and in at least one of the others.
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
   * The area that several areas have within a frame; what lies in two of them counts once.
   * @param {number[][][]} frame rings @param {number[][][][]} areas each rings
   */
  function unionArea(frame, areas) {
    const [ox, oy] = frame[0][0];
    const near = (rings) => rings.map((ring) => ring.map(([x, y]) => [x - ox, y - oy]));
    const edges = edgesOf([near(frame), ...areas.map(near)]);
    const ys = heights(edges);
    let sum = 0;
    let next = 0;
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

  function boxOf(rings) {
    const xs = rings.flat().map(([x]) => x);
    const ys = rings.flat().map(([, y]) => y);
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  }

  function apart(one, other) {
    return one[0] > other[2] || other[0] > one[2] || one[1] > other[3] || other[1] > one[3];
  }

  function nothing() {
    return { area: 0, length: 0, count: 0, distance: Infinity, areas: [] };
  }

  function addPiece(told, own, box, { type, rings }) {
    if (type === 2) {
      if (!apart(box, boxOf(rings))) {
        told.areas.push(rings);
      }
    } else if (type === 1) {
      told.length += own.reduce((sum, area) => sum + rings.reduce((all, line) => all + Plane.lengthInside(area, line), 0), 0);
    } else {
      told.count += own.some((area) => Plane.inside(area, rings[0][0])) ? 1 : 0;
    }
  }

  /**
   * What one layer has in an area, class by class, and how far away the nearest is.
   * @param {Table} table @param {number[][][][]} own pieces in the working CRS, each rings
   * @param {number[]} box of the area, in the page's centimetres @param {number} far metres
   */
  async function hits(table, own, box, far, wanted = (_row) => true) {
    await table.load();
    const wide = [box[0] - far * CM, box[1] - far * CM, box[2] + far * CM, box[3] + far * CM];
    const within = boxOf(own.flat());
    const found = new Map();
    for (const row of Layers.rowsIn(table, wide).filter(wanted)) {
      const pieces = (await table.layer.shapesOf(row))
        .map(({ type, rings }) => ({ type, rings: Plane.ringsToPark(rings) }))
        .filter(({ rings }) => rings);
      const at = table.classes[row];
      const told = found.get(at) || nothing();
      pieces.forEach((piece) => addPiece(told, own, within, piece));
      told.distance = Math.min(told.distance, ...own.map((area) => Plane.nearest(area, pieces).distance));
      found.set(at, told);
    }
    for (const told of found.values()) {
      told.area = own.reduce((sum, area) => sum + unionArea(area, told.areas), 0);
    }
    return found;
  }

  /**
   * What an area has of each feature of a layer, the most first; slivers are none.
   * @param {Table} table @param {number[][][][]} own @param {number[]} box
   * @returns {Promise<{row: number, area: number}[]>}
   */
  async function each(table, own, box) {
    await table.load();
    const found = [];
    for (const row of Layers.rowsIn(table, box)) {
      const areas = areasOf(await table.layer.shapesOf(row));
      const area = own.reduce((sum, rings) => sum + unionArea(rings, areas), 0);
      if (area > 0.5) {
        found.push({ row, area });
      }
    }
    return found.sort((one, other) => other.area - one.area);
  }

  /** All classes of a layer together: what lies in two of them counts once. */
  function together(found, own) {
    const areas = [...found.values()].flatMap((told) => told.areas);
    return own.reduce((sum, area) => sum + unionArea(area, areas), 0);
  }

  /** The pieces of a feature that are areas, in the working CRS. */
  function areasOf(pieces) {
    return pieces.filter(({ type }) => type === 2).map(({ rings }) => Plane.ringsToPark(rings)).filter(Boolean);
  }

  /** What was found in words: areas with their share of the whole, lengths, numbers, else how far away. */
  function tell(told, whole) {
    const parts = [];
    if (told.area > 0.5) {
      parts.push(Words.say("trial.area", { area: Words.amount(told.area, 0, "m2"), share: `${Words.figure(Math.round(told.area / whole * 1000), 1)}%` }));
    }
    if (told.length > 0.05) {
      parts.push(Words.say("trial.length", { length: Words.amount(told.length, 1, "m") }));
    }
    if (told.count) {
      parts.push(Words.say("trial.inside", { count: Words.figure(told.count, 0) }));
    }
    return parts;
  }

  return { hits, each, together, areasOf, tell, unionArea };
})();
