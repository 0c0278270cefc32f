"""Rings of points as polygons: closed, and each of them shell or hole.

The number of a ring does not say what it is: the second may be a hole, or another part. It
is a hole if it winds the other way than the first and lies inside of a shell. Where winding
and place contradict each other there are two readings, and the caller decides by the area.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

LEAST = 3
"""Corners of a ring."""

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Outlines:
    """The polygons of n features.

    ``shapes`` is None where a feature has no points, or a ring of fewer than three corners;
    ``other`` the second reading of a feature's rings, where there are two. By feature:
    ``unclosed`` has a ring whose last point is not its first, ``corners`` the number of
    points without those that close a ring, ``broken`` has a ring's number in two places of
    which one is not closed.
    """

    shapes: npt.NDArray[np.object_]
    other: dict[int, shapely.Geometry]
    unclosed: Flags
    broken: Flags
    corners: Numbers


@dataclass(frozen=True, kw_only=True)
class Runs:
    """Points that follow each other in one ring: where each run starts, and how long it is.

    ``feature`` is the run's feature, ``label`` its ring's code; ``closed`` whether its last
    point is its first again, which ``corners`` does not count.
    """

    start: Numbers
    length: Numbers
    feature: Numbers
    label: Numbers
    closed: Flags

    @property
    def corners(self) -> Numbers:
        """Count the points without the closing one.

        Returns: By run.
        """
        return self.length - self.closed


def areas_m2(shapes: npt.NDArray[np.object_], *, degrees: bool) -> Floats:
    """Measure shapes as they are written in a file.

    ``shapes``: Polygons, longitude first where they are ``degrees``.
    ``degrees``: Whether they are measured on the ellipsoid (GRS 80, that of CGCS2000).
    Returns: In m²; NaN for None.
    """
    if not degrees:
        return np.asarray(shapely.area(shapes))
    geod = Geod(ellps="GRS80")
    return np.array([
        np.nan if shape is None
        else abs(geod.geometry_area_perimeter(shapely.orient_polygons(shape))[0])
        for shape in shapes
    ])


def outlines(
    east: Floats, north: Floats, feature: Numbers, ring: Numbers, *, n: int, tolerance: float
) -> Outlines:
    """Make polygons of rings.

    ``east``, ``north``: Coordinates of all points, in the order of the file.
    ``feature``, ``ring``: The feature of each point, from 0 and ascending, and a code for its
    ring's number.
    ``tolerance``: How far a ring's last point may lie from its first and still be the same, in the
    unit of the coordinates.
    """
    found = runs(east, north, feature, ring, tolerance=tolerance)
    shapes: npt.NDArray[np.object_] = np.full(n, None, dtype=object)
    unclosed = np.bincount(found.feature, weights=~found.closed, minlength=n) > 0
    short = np.bincount(found.feature, weights=found.corners < LEAST, minlength=n) > 0
    usable = np.flatnonzero(~short[found.feature])
    lines = _linear_rings(east, north, found, usable)
    area = signed_areas(east, north, found)[usable]
    owner = found.feature[usable]
    count = np.bincount(owner, minlength=n)
    alone = count[owner] == 1
    shapes[owner[alone]] = shapely.polygons(lines[alone])
    other: dict[int, shapely.Geometry] = {}
    starts = np.flatnonzero(np.diff(owner, prepend=-1) != 0)
    for at in starts[count[owner[starts]] > 1] if len(owner) else ():
        own = slice(at, at + count[owner[at]])
        readings = assemble(lines[own], area[own])
        shapes[owner[at]] = readings[0]
        if len(readings) > 1:
            other[int(owner[at])] = readings[1]
    corners = np.bincount(found.feature, weights=found.corners, minlength=n).astype(np.int64)
    return Outlines(
        shapes=shapes, other=other, unclosed=unclosed, corners=corners,
        broken=_broken(found, n),
    )


def runs(
    east: Floats, north: Floats, feature: Numbers, ring: Numbers, *, tolerance: float
) -> Runs:
    """Find where rings start and whether they close.

    ``east``, ``north``: Coordinates of all points, in the order of the file.
    ``feature``, ``ring``: The feature of each point, and a code for its ring's number.
    ``tolerance``: How far the last point may lie from the first.
    Returns: A run ends where the feature or the ring's number changes, and where points come back
    to the first one with a whole ring behind them.
    """
    n = len(feature)
    changes = np.flatnonzero((np.diff(feature) != 0) | (np.diff(ring) != 0)) + 1
    start = np.concatenate([np.zeros(min(n, 1), dtype=np.int64), changes])
    length = np.diff(start, append=n)
    first = np.repeat(start, length)
    back = (east == east[first]) & (north == north[first])
    inner = back & (np.arange(n) - first >= LEAST)
    inner[start + length - 1] = False
    if inner.any():
        start = _split(start, length, inner, np.column_stack([east, north]))
        length = np.diff(start, append=n)
    last = start + length - 1
    closed = (
        (length > LEAST)
        & (np.abs(east[last] - east[start]) <= tolerance)
        & (np.abs(north[last] - north[start]) <= tolerance)
    )
    return Runs(
        start=start, length=length, feature=feature[start], label=ring[start], closed=closed
    )


def _split(start: Numbers, length: Numbers, inner: Flags, xy: Floats) -> Numbers:
    """Begin a new run where one has come back to its first point and goes on as a ring."""
    more = []
    ends = start + length
    for at in np.unique(np.searchsorted(start, np.flatnonzero(inner), side="right") - 1):
        here, end = int(start[at]), int(ends[at])
        while True:
            back = (xy[here:end] == xy[here]).all(axis=1)
            closing = np.flatnonzero(back[LEAST : max(end - here - LEAST, LEAST)])
            if not len(closing):
                break
            here += LEAST + int(closing[0]) + 1
            more.append(here)
    return np.sort(np.concatenate([start, np.asarray(more, dtype=np.int64)]))


def _broken(found: Runs, n: int) -> Flags:
    """Tell of which features a ring's number comes back, with an open run among them."""
    broken = np.zeros(n, dtype=bool)
    if not len(found.feature):
        return broken
    order = np.lexsort((found.label, found.feature))
    feature, label = found.feature[order], found.label[order]
    closed = found.closed[order]
    again = (np.diff(feature) == 0) & (np.diff(label) == 0)
    broken[feature[1:][again & ~(closed[1:] & closed[:-1])]] = True
    return broken


def _linear_rings(
    east: Floats, north: Floats, found: Runs, usable: Numbers
) -> npt.NDArray[np.object_]:
    """Make a ring of each run, its first point again at its end."""
    corners = found.corners[usable]
    size = corners + 1
    local = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    at = np.repeat(found.start[usable], size) + local % np.repeat(corners, size)
    made: npt.NDArray[np.object_] = shapely.linearrings(
        np.column_stack([east[at], north[at]]), indices=np.repeat(np.arange(len(usable)), size)
    )
    return made


def signed_areas(east: Floats, north: Floats, found: Runs) -> Floats:
    """Measure what runs enclose.

    ``east``, ``north``: Coordinates of all points.
    Returns: By run; positive where it winds counter-clockwise.
    """
    if not len(found.start):
        return np.zeros(0)
    first = np.repeat(found.start, found.length)
    x, y = east - east[first], north - north[first]
    following = np.arange(len(x)) + 1
    following[found.start + found.length - 1] = found.start
    twice = x * y[following] - x[following] * y
    return np.add.reduceat(twice, found.start) / 2


def assemble(
    lines: npt.NDArray[np.object_], area: Floats
) -> tuple[shapely.Geometry, ...]:
    """Put the rings of one feature together.

    Returns: The polygon or multipolygon. Where the winding of the rings contradicts how they lie in
    each other, that by place comes first, that by winding second.
    """
    polygons = shapely.polygons(lines)
    # By one point within: rounding may lift a corner that touches the shell out of it.
    within = shapely.point_on_surface(polygons)
    inside = shapely.covers(polygons[:, None], within[None, :])
    larger = np.abs(area)[:, None] > np.abs(area)[None, :]
    inside &= larger  # [i, j]: j lies inside of i
    by_place = inside.sum(axis=0) % 2 == 1
    # A ring that lies in no other is a shell, however it winds.
    by_winding = (np.sign(area) == -np.sign(area[0])) & inside.any(axis=0)
    readings = [_nested(polygons, area, by_place, inside)]
    if (by_place != by_winding).any():
        readings.append(_nested(polygons, area, by_winding, inside))
    return tuple(readings)


def _nested(
    polygons: npt.NDArray[np.object_], area: Floats, hole: Flags, inside: Flags
) -> shapely.Geometry:
    """Give each hole to the smallest shell around it."""
    shells = np.flatnonzero(~hole)
    holes: dict[int, list[shapely.Geometry]] = {int(shell): [] for shell in shells}
    for each in np.flatnonzero(hole):
        around = shells[inside[shells, each]]
        if len(around):
            holes[int(around[np.abs(area[around]).argmin()])].append(polygons[each].exterior)
        else:
            holes[int(each)] = []
    parts = [shapely.Polygon(polygons[shell].exterior, inner) for shell, inner in holes.items()]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)
