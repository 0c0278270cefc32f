"""What a parcel faces on its four sides, seen by rays: the second way, that proves the first.

From points along the boundary a ray goes straight out. What it meets within reach is faced
there, unless something hides it. Nothing is shared with how the sheet words its sides, so
that one fault cannot be in both. Between two rays a boundary is unseen: what is so near to a
limit that this could decide it is neither demanded nor refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

COUNT = 1000
"""Rays around a parcel, about; each straight stretch has one at least."""

FINEST_M = 0.05
COARSEST_M = 0.5
"""Between two rays nothing lies unseen that faces enough of the boundary to be named."""

DOUBT_RAYS = 3
"""By how many rays a length may be wrong."""

DOUBT_SHARE = 0.02
DOUBT_DEGREES = 0.01
"""A bearing that is nearer to that between two sides is of either."""

TOUCH_M = 0.001
"""What a ray meets no farther than this lies beside the boundary, not ahead of it."""

INSIDE_M = 0.02
"""How deep in the parcel a ray must come to meet the parcel itself."""

Floats = npt.NDArray[np.float64]

ROUND = np.array([(1, 0), (0, -1), (-1, 0), (0, 1)])
"""Which way one goes along each side who goes round clockwise, east and north."""


class Faced(NamedTuple):
    """Metres of boundary, by ring (outer, holes) and side: surely and at most.

    ``along`` is where the middle of it lies along the side, clockwise, in metres from an
    arbitrary origin; NaN where there is none.
    """

    sure: Floats
    possible: Floats
    along: Floats


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """Something near: whether it is of the parcel's own kind, its parts, how far it counts."""

    own_kind: bool
    shapes: Sequence[shapely.Geometry]
    gap_m: float


@dataclass(frozen=True, kw_only=True)
class Rays:
    """Rays from a boundary: ``low`` and ``high`` are the sides that the bearing may be of."""

    lines: npt.NDArray[np.object_]
    start: Floats
    weight: Floats
    low: npt.NDArray[np.intp]
    high: npt.NDArray[np.intp]
    inner: npt.NDArray[np.intp]
    step: float

    def sums(self, seen: npt.NDArray[np.bool_]) -> Faced:
        """Sum the boundary up from which something is seen.

        ``seen``: Whether it is, ray by ray.
        """
        sure, possible = np.zeros((2, 4)), np.zeros((2, 4))
        clear = self.low == self.high
        at = seen & clear
        np.add.at(sure, (self.inner[at], self.low[at]), self.weight[at])
        np.add.at(possible, (self.inner[seen], self.low[seen]), self.weight[seen])
        at = seen & ~clear
        np.add.at(possible, (self.inner[at], self.high[at]), self.weight[at])
        place = np.zeros((2, 4))
        np.add.at(
            place, (self.inner[seen], self.low[seen]),
            self.weight[seen] * (self.start[seen] * ROUND[self.low[seen]]).sum(axis=1),
        )
        first = np.zeros((2, 4))
        np.add.at(first, (self.inner[seen], self.low[seen]), self.weight[seen])
        return Faced(sure, possible, np.where(first > 0, place / np.maximum(first, 1e-9), np.nan))


def cast(shape: shapely.Geometry, length: float) -> Rays:
    """Cast rays from the boundary of a polygon.

    ``shape``: One or several polygons in a metric CRS.
    ``length``: How far they go, in metres.
    Returns: From the middle of every step along the boundary, at a right angle to it.
    """
    step = min(max(shape.length / COUNT, FINEST_M), COARSEST_M)
    starts, ends, holes = [], [], []
    for part in shapely.get_parts(shape):
        for hole, ring in enumerate([part.exterior, *part.interiors]):
            points = np.asarray(ring.coords)[:, :2]
            if ring.is_ccw == bool(hole):  # the parcel lies to the left of who goes round
                points = points[::-1]
            starts.append(points[:-1])
            ends.append(points[1:])
            holes.append(np.full(len(points) - 1, int(hole > 0)))
    start, end, inner = np.vstack(starts), np.vstack(ends), np.concatenate(holes)
    size = np.hypot(*(end - start).T)
    start, end, inner, size = start[size > 0], end[size > 0], inner[size > 0], size[size > 0]
    count = np.maximum(1, np.ceil(size / step)).astype(np.intp)
    row = np.repeat(np.arange(len(count)), count)
    nth = np.concatenate([np.arange(each) for each in count])
    way = (end - start) / size[:, None]
    out = np.column_stack([way[:, 1], -way[:, 0]])
    at = start[row] + (end - start)[row] * ((nth + 0.5) / count[row])[:, None]
    bearing = np.degrees(np.arctan2(out[:, 0], out[:, 1]))[row]
    low, high = (
        ((bearing + 45 + by) % 360 // 90).astype(np.intp) for by in (-DOUBT_DEGREES, DOUBT_DEGREES)
    )
    return Rays(
        lines=shapely.linestrings(np.stack([at, at + out[row] * length], axis=1)), start=at,
        weight=(size / count)[row], low=low, high=high, inner=inner[row], step=step,
    )


def met(rays: Rays, shapes: Sequence[shapely.Geometry]) -> tuple[Floats, Floats]:
    """Find where rays meet shapes.

    Returns begin, end : ndarray of float64: How far out the nearest of them begins, and where the
    first of them ends again; infinite where none is met.
    """
    begin, end = np.full(len(rays.lines), np.inf), np.full(len(rays.lines), np.inf)
    for shape in shapes:
        shapely.prepare(shape)
        hit = np.flatnonzero(shapely.intersects(shape, rays.lines))
        parts, of = shapely.get_parts(
            shapely.intersection(rays.lines[hit], shape), return_index=True
        )
        points, part = shapely.get_coordinates(parts, return_index=True)
        away = np.hypot(*(points - rays.start[hit[of[part]]]).T)
        near, far = np.full(len(parts), np.inf), np.zeros(len(parts))
        np.minimum.at(near, part, away)
        np.maximum.at(far, part, away)
        ahead = far > TOUCH_M
        np.minimum.at(begin, hit[of[ahead]], near[ahead])
        np.minimum.at(end, hit[of[ahead]], far[ahead])
    return begin, end


def faced(
    rays: Rays, shape: shapely.Geometry, near: Mapping[str, Sequence[Neighbour]]
) -> dict[str, list[Faced]]:
    """Measure the boundary that faces each neighbour.

    ``rays``: From :func:`cast`, as long as the farthest gap.
    ``near``: What lies near it, by name.
    Returns: For each name, thing by thing.
    """
    inside, _ = met(rays, [shape.buffer(-INSIDE_M)])
    seen = {
        name: [(each, *met(rays, each.shapes)) for each in things]
        for name, things in near.items()
    }
    fronts = [end for things in seen.values() for each, _, end in things if each.own_kind]
    found: dict[str, list[Faced]] = {}
    for name, things in seen.items():
        for each, begin, _ in things:
            open_to = (begin < each.gap_m) & (begin <= inside)
            if not each.own_kind:
                for front in fronts:
                    open_to &= front >= begin
            found.setdefault(name, []).append(rays.sums(open_to))
    return found


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """On which sides a thing must and may be named, by ring (outer, holes) and side.

    ``somewhere`` tells, by ring, whether it must be named on one side at least.
    """

    must: npt.NDArray[np.bool_]
    may: npt.NDArray[np.bool_]
    somewhere: npt.NDArray[np.bool_]


def verdict(faced: Faced, whole: Faced, rays: Rays, least_m: float, share: float) -> Verdict:
    """Decide where a thing must and may be named.

    ``share``: Which share of what faces it, or of a side, is enough for a further side.
    Returns: Neither demanded nor refused where the rays are not sure.
    """
    doubt = rays.step * DOUBT_RAYS
    must, may = np.zeros((2, 4), dtype=bool), np.zeros((2, 4), dtype=bool)
    somewhere = np.zeros(2, dtype=bool)
    for ring in (0, 1):
        low, high = faced.sure[ring], faced.possible[ring]
        surely, at_most = low.sum(), high.sum()
        if at_most == 0:
            continue
        side_low = np.where(ring == 0, low / np.maximum(whole.possible[0], 1e-9), 0.0)
        side_high = np.where(ring == 0, high / np.maximum(whole.sure[0], 1e-9), 0.0)
        slack = DOUBT_SHARE + doubt / max(surely, doubt)
        enough = np.maximum(low / at_most, side_low) >= share + slack
        perhaps = np.maximum(high / max(surely, 1e-9), side_high) >= share - slack
        others_high, others_low = (
            np.array([np.delete(each, at).max() for at in range(4)]) for each in (high, low)
        )
        must[ring] = (low >= others_high + doubt) | (enough & (low >= least_m + doubt))
        may[ring] = (high >= others_low - doubt) | (perhaps & (high >= least_m - doubt))
        somewhere[ring] = surely >= least_m + doubt
        must[ring] &= somewhere[ring]
        may[ring] &= at_most >= least_m - doubt
    return Verdict(must=must, may=may, somewhere=somewhere)
