"""Layers as flat arrays of coordinates, which the compiled functions read.

A layer is prepared once for a join: ``xy`` holds the coordinates of all rings (or lines) one
after another, ``ring`` where each begins, ``geometry`` the first ring of each geometry, and
``bounds`` its box. Outer rings run against the clock, holes with it, so that the sign of an
edge says on which side of it the polygon lies, however the ring was drawn.

Features lie in memory in the order of a Hilbert curve, so that neighbours on the ground are
neighbours in the processor's cache, however large the layer is; ``owner`` says which each was.
What is empty or no number is left out. Plots are visited once each, and stay where they are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.spatial.kernels.compiled import FLAGS, INDICES, TABLE, compiled, record
from landtrack.spatial.kernels.tree import along_curve

LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING,
         shapely.GeometryType.LINEARRING)
POINTS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
CHUNK = 16
"""Edges of a long ring that share a box, so that those far away are passed over together."""


STRETCH = 8
"""Segments of a line that the tree holds as one."""


class Stretches(NamedTuple):
    """Lines or points cut into k short pieces along a curve.

    Vertices ``first`` to ``last`` of ``xy``, and whose line each piece was.
    """

    xy: npt.NDArray[np.float64]
    first: npt.NDArray[np.int64]
    last: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.float64]


class Rings(NamedTuple):
    """Polygons as flat arrays, in the order in which they came; NaN is the box of none."""

    xy: npt.NDArray[np.float64]
    ring: npt.NDArray[np.int64]
    geometry: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.float64]


class Layer(NamedTuple):
    """Some polygons, n of them with r rings and v vertices, and which they were.

    ``chunk`` (r + 1,) says where the boxes of the stretches of each ring begin in ``boxes``;
    a ring of no more than ``CHUNK`` edges has none.
    """

    xy: npt.NDArray[np.float64]
    ring: npt.NDArray[np.int64]
    geometry: npt.NDArray[np.int64]
    bounds: npt.NDArray[np.float64]
    chunk: npt.NDArray[np.int64]
    boxes: npt.NDArray[np.float64]
    owner: npt.NDArray[np.int64]

    @property
    def largest(self) -> int:
        """Count the vertices of the geometry that has most."""
        ends = self.ring[self.geometry]
        return int(np.diff(ends).max(initial=0))


LAYER = record(Layer, TABLE, INDICES, INDICES, TABLE, INDICES, TABLE, INDICES)
STRETCHES = record(Stretches, TABLE, INDICES, INDICES, INDICES, TABLE)


def polygons(shapes: npt.NDArray[np.object_]) -> Rings:
    """Flatten n polygons and multipolygons; whatever else there is counts as empty.

    ``shapes``: n valid geometries, or None.
    """
    xy, size = _coordinates(shapes, POLYGONS)
    start = _offsets(size)
    rings = _closed_once(xy, start).astype(np.int64)
    several = np.flatnonzero(rings > 1)
    parts, of = shapely.get_parts(shapes[several], return_index=True)
    loops, part = shapely.get_rings(parts, return_index=True)
    owner = several[of[part]]
    rings[several] = np.bincount(of[part], minlength=len(several))
    geometry = _offsets(rings)
    hole = np.zeros(geometry[-1], dtype=bool)
    sizes = np.zeros(geometry[-1], dtype=np.int64)
    sizes[geometry[:-1][rings > 0]] = size[rings > 0]
    nth = np.arange(len(owner)) - np.searchsorted(owner, owner)
    sizes[geometry[owner] + nth] = shapely.get_num_coordinates(loops)
    hole[geometry[owner] + nth] = np.r_[False, part[1:] == part[:-1]][: len(part)]
    ring = _offsets(sizes)
    _turn(xy, ring, hole)
    bounds = np.empty((len(geometry) - 1, 4))
    _bounds(xy, ring[geometry[:-1]], ring[geometry[1:]], bounds)
    return Rings(xy, ring, geometry, bounds)


def along(rings: Rings, owner: npt.NDArray[np.int64]) -> Layer:
    """Lay some polygons behind one another in memory.

    ``owner``: Positions of n of them, none of them empty, neighbours near each other.
    Returns: Those, in that order.
    """
    count = rings.geometry[owner + 1] - rings.geometry[owner]
    geometry = _offsets(count)
    which = np.repeat(rings.geometry[owner] - geometry[:-1], count) + np.arange(geometry[-1])
    first = rings.ring[which]
    ring = _offsets(rings.ring[which + 1] - first)
    xy = _gathered(rings.xy, first, ring[1:])
    return _layer(Rings(xy, ring, geometry, rings.bounds[owner]), owner)


def as_they_are(rings: Rings) -> Layer:
    """Make a layer of all polygons where they are: each is looked at once, in any order.

    Returns: The same, in their order, those without a box among them.
    """
    return _layer(rings, np.arange(len(rings.bounds)))


def _layer(rings: Rings, owner: npt.NDArray[np.int64]) -> Layer:
    """Add the boxes of the stretches of long rings."""
    edges = np.diff(rings.ring) - 1
    chunk = _offsets(np.where(edges > CHUNK, -(-edges // CHUNK), 0))
    boxes = np.empty((chunk[-1], 4))
    _boxes(rings.xy, rings.ring, chunk, boxes)
    return Layer(rings.xy, rings.ring, rings.geometry, rings.bounds, chunk, boxes, owner)


def points(shapes: npt.NDArray[np.object_]) -> Stretches:
    """Take points along a curve.

    ``shapes``: Points and multipoints, or None.
    Returns: Each point a stretch of its own.
    """
    size = shapely.get_num_coordinates(shapes)
    xy = shapely.get_coordinates(shapes)
    order = along_curve(np.hstack([xy, xy]))
    at = np.arange(len(order))
    owner = np.repeat(np.arange(len(shapes)), size)[order]
    laid = np.take(xy, order, axis=0)
    return Stretches(laid, at, at, owner, np.hstack([laid, laid]))


def stretches(shapes: npt.NDArray[np.object_]) -> Stretches:
    """Cut lines into stretches of a few segments; each point is a stretch of its own.

    ``shapes``: Lines, multilines, points and multipoints, or None; the rest counts as empty.
    """
    lines = np.isin(shapely.get_type_id(shapes), [int(kind) for kind in LINES])
    whole = np.isin(shapely.get_type_id(shapes), [int(kind) for kind in LINES + POINTS])
    parts, owner = shapely.get_parts(np.where(whole, shapes, np.array(None)), return_index=True)
    size = shapely.get_num_coordinates(parts).astype(np.int64)
    start = _offsets(size)[:-1]
    segments = np.where(lines[owner], size - 1, 0)
    pieces = np.where(size > 0, np.maximum(-(-segments // STRETCH), 1), 0)
    of = np.repeat(np.arange(len(parts)), pieces)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    first = start[of] + STRETCH * nth
    last = np.minimum(first + STRETCH, start[of] + segments[of])
    xy = shapely.get_coordinates(parts)
    bounds = np.empty((len(of), 4))
    _bounds(xy, first, last + 1, bounds)
    order = along_curve(bounds)
    first, size = first[order], (last - first)[order] + 1
    end = np.cumsum(size)
    return Stretches(
        _gathered(xy, first, end), end - size, end - 1,
        owner[of[order]].astype(np.int64, copy=False), bounds[order],
    )


def _coordinates(
    shapes: npt.NDArray[np.object_], kinds: tuple[shapely.GeometryType, ...]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Take the coordinates of the shapes of some kinds, and say how many each has."""
    size = shapely.get_num_coordinates(shapes).astype(np.int64)
    fit = np.isin(shapely.get_type_id(shapes), [int(kind) for kind in kinds])
    if fit.all():
        return shapely.get_coordinates(shapes), size
    return shapely.get_coordinates(shapes[fit]), np.where(fit, size, 0)


def _offsets(sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    offsets = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=offsets[1:])
    return offsets


def _gathered(
    xy: npt.NDArray[np.float64], first: npt.NDArray[np.int64], end: npt.NDArray[np.int64]
) -> npt.NDArray[np.float64]:
    """Lay runs of coordinates behind one another, up to where each ends in the result.

    The array is numpy's, which asks the system for large pages; compiled code would not.
    """
    result = np.empty((end[-1] if len(end) else 0, 2))
    _gather(xy, first, end, result)
    return result


@compiled(TABLE, INDICES, INDICES, TABLE)
def _gather(
    xy: npt.NDArray[np.float64], first: npt.NDArray[np.int64], end: npt.NDArray[np.int64],
    result: npt.NDArray[np.float64],
) -> None:
    """Fill the result of :func:`_gathered`."""
    to = 0
    for i in range(len(end)):
        at = first[i]
        while to < end[i]:
            result[to, 0], result[to, 1] = xy[at, 0], xy[at, 1]
            to, at = to + 1, at + 1


@compiled(TABLE, INDICES)
def _closed_once(
    xy: npt.NDArray[np.float64], start: npt.NDArray[np.int64]
) -> npt.NDArray[np.int8]:
    """Tell of each polygon whether it is empty (0), surely one ring (1), or perhaps more (2).

    A ring comes back to its first point only at its end: a polygon whose first point shows
    again only at the end of all its coordinates has no second ring. This spares asking the
    geometry library for the rings of every polygon.
    """
    kind = np.empty(len(start) - 1, dtype=np.int8)
    for i in range(len(kind)):
        first, last = start[i], start[i + 1] - 1
        if last < first:
            kind[i] = 0
            continue
        at = first + 1
        while at < last and xy[at, 0] == xy[first, 0] and xy[at, 1] == xy[first, 1]:
            at += 1
        while at < last and (xy[at, 0] != xy[first, 0] or xy[at, 1] != xy[first, 1]):
            at += 1
        kind[i] = 1 if at == last else 2
    return kind


@compiled(TABLE, INDICES, FLAGS)
def _turn(
    xy: npt.NDArray[np.float64], ring: npt.NDArray[np.int64], hole: npt.NDArray[np.bool_]
) -> None:
    """Reverse the rings that are drawn the other way round."""
    for i in range(len(hole)):
        first, last = ring[i], ring[i + 1] - 1
        area = 0.0
        for at in range(first + 1, last):  # fans out from the first point, near the origin
            area += (xy[at, 0] - xy[first, 0]) * (xy[at + 1, 1] - xy[first, 1]) - (
                xy[at + 1, 0] - xy[first, 0]
            ) * (xy[at, 1] - xy[first, 1])
        if (area < 0) != hole[i]:
            while first < last:
                x, y = xy[first, 0], xy[first, 1]
                xy[first, 0], xy[first, 1] = xy[last, 0], xy[last, 1]
                xy[last, 0], xy[last, 1] = x, y
                first, last = first + 1, last - 1


@compiled(TABLE, INDICES, INDICES, TABLE)
def _bounds(
    xy: npt.NDArray[np.float64], start: npt.NDArray[np.int64], end: npt.NDArray[np.int64],
    bounds: npt.NDArray[np.float64],
) -> None:
    """Compute the box of each run of coordinates, NaN where it is empty or no numbers."""
    for i in range(len(bounds)):
        left, bottom, right, top = np.inf, np.inf, -np.inf, -np.inf
        sound = end[i] > start[i]
        for at in range(start[i], end[i]):
            x, y = xy[at, 0], xy[at, 1]
            sound &= np.isfinite(x) & np.isfinite(y)
            left, right = min(left, x), max(right, x)
            bottom, top = min(bottom, y), max(top, y)
        bounds[i, 0] = left if sound else np.nan
        bounds[i, 1] = bottom if sound else np.nan
        bounds[i, 2] = right if sound else np.nan
        bounds[i, 3] = top if sound else np.nan


@compiled(TABLE, INDICES, INDICES, TABLE)
def _boxes(
    xy: npt.NDArray[np.float64], ring: npt.NDArray[np.int64], chunk: npt.NDArray[np.int64],
    boxes: npt.NDArray[np.float64],
) -> None:
    """Compute the box of each CHUNK edges of the long rings."""
    for i in range(len(chunk) - 1):
        for nth in range(chunk[i + 1] - chunk[i]):
            first = ring[i] + CHUNK * nth
            last = min(first + CHUNK, ring[i + 1] - 1)
            left, right = xy[first, 0], xy[first, 0]
            bottom, top = xy[first, 1], xy[first, 1]
            for at in range(first + 1, last + 1):
                left, right = min(left, xy[at, 0]), max(right, xy[at, 0])
                bottom, top = min(bottom, xy[at, 1]), max(top, xy[at, 1])
            box = boxes[chunk[i] + nth]
            box[0], box[1], box[2], box[3] = left, bottom, right, top
