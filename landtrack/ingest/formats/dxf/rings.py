"""Lines that together, or alone, bound a ring; rings that lie in each other."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Vertices = npt.NDArray[np.float64]

GAP = 0.05
"""Metres; ends of lines that lie closer than this were meant to meet."""
NEARLY = 0.05
"""A line whose ends are apart by no more than this share of its length may be a ring."""
CORNERS = 3
NO_HOLES = 2
"""The style of a hatch that fills everything inside of its outermost ring."""
EXACT = 1e-6
"""Metres; ends that lie closer are one point written twice, and nothing to report."""


class Ring(NamedTuple):
    """A ring, the lines (by number) that bound it, and the widest gap bridged, in metres."""

    vertices: Vertices
    members: list[int]
    gap: float


def bounded(lines: list[Vertices]) -> list[Ring]:
    """Find the rings that lines bound, each line alone or several end to end.

    ``lines``: Vertices of open lines of one layer, in metres.
    Returns: With an area. A line whose own ends meet is one before all; else exactly two ends meet
    at every corner. Lines of a network, where three and more meet, bound nothing for certain and
    stay lines.
    """
    if not lines:
        return []
    ends = np.array([line[at, :2] for line in lines for at in (0, -1)])
    found = []
    seen: set[int] = set()
    for number in np.flatnonzero(np.hypot(*(ends[::2] - ends[1::2]).T) <= GAP).tolist():
        alone = {2 * number: 2 * number + 1, 2 * number + 1: 2 * number}
        ring = _ring([2 * number], lines, ends, alone)
        if ring is not None:
            found.append(ring)
            seen.add(number)
    free = np.array([end for end in range(len(ends)) if end // 2 not in seen], dtype="int64")
    partner = _partners(ends, free)
    for number in range(len(lines)):
        if number in seen:
            continue
        walked = _walk(number, partner)
        seen.update(end // 2 for end in walked)
        if partner.get(walked[-1] ^ 1) == walked[0]:
            ring = _ring(walked, lines, ends, partner)
            if ring is not None:
                found.append(ring)
    return found


def nearly(line: Vertices) -> float | None:
    """Tell whether an open line looks like a ring that its drawer did not close.

    ``line``: Its vertices, in metres.
    Returns: Metres between its ends; none where it does not.
    """
    steps = np.diff(line[:, :2], axis=0)
    length = float(np.hypot(steps[:, 0], steps[:, 1]).sum())
    gap = float(np.hypot(*(line[-1, :2] - line[0, :2])))
    return gap if len(line) > CORNERS and GAP < gap <= NEARLY * length else None


def polygons(found: list[Vertices], style: int) -> shapely.Geometry:
    """Make an area of rings that lie in each other.

    ``found``: Rings of one hatch, in metres.
    ``style``: As in the file: 0 takes them in turn for land, hole, land; 1 leaves out what lies in
    the holes; 2 has no holes.
    Returns: A Polygon, or a MultiPolygon where the land is in several parts.
    Raises ValueError: If no ring has three corners.
    """
    rings = [shapely.Polygon(each[:, :2]) for each in found if len(each) >= CORNERS]
    if not rings:
        raise ValueError("a hatch without a ring")
    rings.sort(key=lambda ring: -ring.area)
    tree = shapely.STRtree(rings)
    outer: list[int | None] = []
    depth: list[int] = []
    for number, ring in enumerate(rings):
        near = sorted(tree.query(ring).tolist())
        inside = [each for each in near if each < number and _holds(rings[each], ring)]
        outer.append(max(inside, key=lambda each: depth[each], default=None))
        depth.append(len(inside))
    holes: dict[int | None, list[shapely.LinearRing]] = {}
    for number, around in enumerate(outer):
        holes.setdefault(around, []).append(rings[number].exterior)
    deepest = 0 if style else max(depth)
    parts = [
        shapely.Polygon(ring.exterior, () if style == NO_HOLES else holes.get(number, ()))
        for number, ring in enumerate(rings)
        if depth[number] % 2 == 0 and depth[number] <= deepest
    ]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _holds(outer: shapely.Polygon, inner: shapely.Polygon) -> bool:
    """Tell whether most of a ring's corners lie in another, touching or not."""
    corners = shapely.points(shapely.get_coordinates(inner))
    return bool(np.mean(shapely.intersects(outer, corners)) > 0.5)  # noqa: PLR2004


def _partners(ends: Vertices, free: npt.NDArray[np.int64]) -> dict[int, int]:
    """Pair the free ends that meet: first those in one point, then those a gap apart.

    An end in a place where three and more meet has no partner.
    """
    partner: dict[int, int] = {}
    for distance in (EXACT, GAP):
        groups: dict[int, list[int]] = {}
        for end, place in zip(free.tolist(), _groups(ends[free], distance), strict=True):
            groups.setdefault(place, []).append(end)
        for group in groups.values():
            if len(group) == 2:  # noqa: PLR2004
                partner[group[0]], partner[group[1]] = group[1], group[0]
        free = np.array([group[0] for group in groups.values() if len(group) == 1], dtype="int64")
    return partner


def _groups(ends: Vertices, distance: float) -> list[int]:
    """Give each end the number of the place where it lies with others."""
    first = list(range(len(ends)))

    def root(end: int) -> int:
        while first[end] != end:
            first[end] = first[first[end]]
            end = first[end]
        return end

    points = shapely.points(ends)
    near = shapely.STRtree(points).query(points, predicate="dwithin", distance=distance)
    for one, other in near.T.tolist():
        if one < other:
            first[root(other)] = root(one)
    return [root(end) for end in range(len(ends))]


def _walk(number: int, partner: dict[int, int]) -> list[int]:
    """Go from line to line; gives the end by which each is entered.

    Ends are numbered 2 n and 2 n + 1, so that the other end of a line is ``end ^ 1``.
    """
    walked = [2 * number]
    while True:
        following = partner.get(walked[-1] ^ 1)
        if following is None or following // 2 == number:
            return walked
        walked.append(following)


def _ring(
    walked: list[int], lines: list[Vertices], ends: Vertices, partner: dict[int, int]
) -> Ring | None:
    """Join lines that were walked round."""
    gaps = [float(np.hypot(*(ends[end] - ends[partner[end]]))) for end in walked]
    joined = []
    for end in walked:
        line = lines[end // 2] if end % 2 == 0 else lines[end // 2][::-1]
        exact = np.hypot(*(ends[end ^ 1] - ends[partner[end ^ 1]])) <= EXACT
        joined.append(line[:-1] if exact else line)
    vertices = np.concatenate(joined)
    if len(vertices) < CORNERS or shapely.Polygon(vertices[:, :2]).area <= GAP * GAP:
        return None
    return Ring(vertices, [end // 2 for end in walked], max(gaps))
