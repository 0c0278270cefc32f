"""The shapes of a large layer as blocks that the page loads when they are seen.

The features of a layer are put into Morton order, so that neighbours stand side by side; of
each the page always knows the box; its shape is in a block of some thousand features, as
whole centimetres of the page's own projection (EPSG:3857), which errs by 7 mm at most.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.output.map import encode as pack, shapes
from landtrack.spatial import crs

if TYPE_CHECKING:
    from pyproj import CRS

    from landtrack.output.map.encode import Integers

SIZE = 4096
"""Features in a block."""

RADIUS = 6_378_137.0
PER_METRE = 100
EDGE = round(math.pi * RADIUS * PER_METRE)
"""Half the width of the projected world, in centimetres."""

Small = npt.NDArray[np.int32]

AREA = 2
SIMPLE = (
    shapely.GeometryType.POINT, shapely.GeometryType.LINESTRING, shapely.GeometryType.POLYGON
)
AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some features: which rows, the box of them all in centimetres, and their shapes."""

    first: int
    count: int
    box: tuple[int, int, int, int]
    shapes: bytes


@dataclass(frozen=True, kw_only=True)
class Coded:
    """The shapes of n features in whole centimetres of the page.

    ``pieces`` counts the pieces of each feature; ``types`` tells of each piece whether it is a
    point (0), a line (1) or an area (2), ``rings`` counts its rings, ``points`` the points of
    each ring. ``boxes`` are west, south, east, north, east west of west without a shape;
    ``area`` and ``length`` are in the units of the layer's CRS, NaN without a shape.
    """

    pieces: Small
    types: npt.NDArray[np.uint8]
    rings: Small
    points: Small
    x: Small
    y: Small
    boxes: Small
    area: npt.NDArray[np.float64]
    length: npt.NDArray[np.float64]


def order(boxes: npt.ArrayLike) -> Integers:
    """Put features into Morton order.

    ``boxes``: West, south, east, north of n features, as :class:`Coded` has them.
    Returns ndarray of int64, (n,): The feature that comes first, second and so on; those without a
    shape last.
    """
    low, high = np.hsplit(np.asarray(boxes), 2)
    known = high[:, 0] >= low[:, 0]
    key = np.full(len(known), np.iinfo(np.int64).max)
    if known.any():
        middle = low[known] / 2 + high[known] / 2
        least = middle.min(axis=0)
        side = max(float((middle.max(axis=0) - least).max()), 1e-9)
        cells = ((middle - least) / side * (2**20 - 1)).astype(np.int64)
        key[known] = _spread(cells[:, 0]) | _spread(cells[:, 1]) << 1
    return np.argsort(key, kind="stable")


def code(geometry: npt.NDArray[np.object_], source: CRS) -> Coded:
    """Write shapes as whole centimetres.

    ``geometry``: n shapes in ``source``.
    ``source``: A CRS from which there is a way to WGS 84.
    Returns: The same shapes.
    Raises CRSError: If there is no way from the CRS to WGS 84.
    """
    drawn = shapes.drawable(geometry)
    if drawn.all() and np.isin(shapely.get_type_id(geometry), SIMPLE).all():
        pieces, of_feature = geometry, np.arange(len(geometry))
    else:
        feature, part = shapes.simple_parts(geometry)
        pieces, of_part = shapely.get_parts(part, return_index=True)
        of_feature = feature[of_part]
    ring, of_piece = _rings(pieces)
    types = np.clip(shapely.get_dimensions(pieces), 0, 2).astype(np.uint8)
    xy, of_ring = shapely.get_coordinates(ring, return_index=True)
    xy, of_ring = _open(xy, of_ring, types[of_piece] == AREA)
    points = centimetres(xy, source).astype(np.int32)
    count = len(geometry)
    area, length = (np.full(count, np.nan) for _ in range(2))
    area[drawn], length[drawn] = shapely.area(geometry[drawn]), shapely.length(geometry[drawn])
    return Coded(
        pieces=np.bincount(of_feature, minlength=count).astype(np.int32),
        types=types,
        rings=np.bincount(of_piece, minlength=len(pieces)).astype(np.int32),
        points=np.bincount(of_ring, minlength=len(ring)).astype(np.int32),
        x=points[:, 0].copy(), y=points[:, 1].copy(),
        boxes=_boxes(points, of_feature[of_piece][of_ring], count),
        area=area, length=length,
    )


class Joined:
    """Shapes put one behind the other, as they come."""

    def __init__(self) -> None:
        self.held: dict[str, npt.NDArray[Any]] = {}
        self.sizes: dict[str, int] = {}

    def add(self, some: Coded) -> None:
        """Put some shapes behind the others."""
        for each in dataclasses.fields(Coded):
            fresh = getattr(some, each.name)
            begin = self.sizes.setdefault(each.name, 0)
            end = begin + len(fresh)
            held = self.held.setdefault(each.name, np.empty((0, *fresh.shape[1:]), fresh.dtype))
            if end > len(held):  # grown in place: pages that are not written take no memory
                held.resize((end + end // 4, *fresh.shape[1:]), refcheck=False)
            held[begin:end] = fresh
            self.sizes[each.name] = end

    def all(self) -> Coded:
        """Give all shapes."""
        return Coded(**{name: each[: self.sizes[name]] for name, each in self.held.items()})


def encode(coded: Coded, rows: Integers) -> Iterator[Block]:
    """Write shapes block by block.

    ``coded``: n shapes.
    ``rows``: Their order on the page.
    Yields: One for each :data:`SIZE` rows.
    """
    starts = [_starts(each) for each in (coded.pieces, coded.rings, coded.points)]
    for first in range(0, len(rows), SIZE):
        yield _block(coded, starts, rows[first : first + SIZE], first)


def centimetres(xy: npt.NDArray[np.float64], source: CRS) -> Integers:
    """Project points as the page does.

    ``xy``: n points in ``source``.
    ``source``: Their CRS.
    Returns ndarray of int64, (n, 2): EPSG:3857 in whole centimetres, cut off where that projection
    ends.
    """
    lon, lat = xy.T
    if source != crs.WGS84:
        lon, lat = crs.transformer(source, crs.WGS84).transform(lon, lat)
    x = np.radians(lon) * RADIUS
    y = np.arcsinh(np.tan(np.radians(np.clip(lat, -89.9, 89.9)))) * RADIUS
    both = np.rint(np.stack([x, y], axis=1) * PER_METRE)
    return np.asarray(np.clip(both, -EDGE, EDGE), dtype=np.int64)


def _block(coded: Coded, starts: Sequence[Integers], rows: Integers, first: int) -> Block:
    """Write one block: parts, rings and points of its features, then the steps between points."""
    pieces = _ranges(starts[0], coded.pieces, rows)
    rings = _ranges(starts[1], coded.rings, pieces)
    points = _ranges(starts[2], coded.points, rings)
    written = pack.parts(
        pack.unsigned(coded.pieces[rows]), pack.unsigned(coded.types[pieces]),
        pack.unsigned(coded.rings[pieces]), pack.unsigned(coded.points[rings]),
        pack.steps(coded.x[points]), pack.steps(coded.y[points]),
    )
    boxes = coded.boxes[rows]
    boxes = boxes[boxes[:, 2] >= boxes[:, 0]]
    whole = (
        (*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist())
        if len(boxes) else (0, 0, -1, -1)
    )
    return Block(first=first, count=len(rows), box=whole, shapes=written)


def _starts(counts: Small) -> Integers:
    """Tell where the parts of each begin."""
    return np.cumsum(counts, dtype=np.int64) - counts


def _ranges(starts: Integers, counts: Small, some: Integers) -> Integers:
    """List the parts of some, one after another."""
    own = counts[some].astype(np.int64)
    before = np.cumsum(own) - own
    return np.repeat(starts[some] - before, own) + np.arange(int(own.sum()))


def _rings(
    pieces: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.intp]]:
    """List the rings of polygons and, as they are, lines and points; and which piece each is of."""
    area = np.isin(shapely.get_type_id(pieces), AREAS)
    if area.all():
        rings, of_piece = shapely.get_rings(pieces, return_index=True)
        return rings, of_piece
    rings, of_area = shapely.get_rings(pieces[area], return_index=True)
    of_piece = np.concatenate([np.flatnonzero(area)[of_area], np.flatnonzero(~area)])
    both = np.concatenate([rings, pieces[~area]])
    placed = np.argsort(of_piece, kind="stable")
    return both[placed], of_piece[placed]


def _open(
    xy: npt.NDArray[np.float64], of_ring: npt.NDArray[np.intp], area: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Leave out the last point of a ring, which is its first."""
    if not len(xy):
        return xy, of_ring
    last = np.append(of_ring[1:] != of_ring[:-1], True)
    kept = ~(last & area[of_ring])
    return xy[kept], of_ring[kept]


def _boxes(points: Small, feature: npt.NDArray[np.intp], count: int) -> Small:
    """Give west, south, east, north of each feature; east lies west of west without a shape."""
    boxes = np.tile(np.array([0, 0, -1, -1], dtype=np.int32), (count, 1))
    if len(points):
        starts = np.flatnonzero(np.diff(feature, prepend=-1))
        there = feature[starts]
        boxes[there, :2] = np.minimum.reduceat(points, starts, axis=0)
        boxes[there, 2:] = np.maximum.reduceat(points, starts, axis=0)
    return boxes


def boxes_block(boxes: Small) -> bytes:
    """Write the boxes of all features, rounded outwards to whole metres.

    ``boxes``: The boxes in the order of the page.
    Returns: West and south by their steps, then widths and heights, one larger than they are: 0 is
    a feature without a shape.
    """
    drawn = boxes[:, 2] >= boxes[:, 0]
    low = boxes[:, :2] // PER_METRE
    sizes = np.where(drawn[:, None], -(-boxes[:, 2:] // PER_METRE) - low + 1, 0)
    return pack.parts(
        pack.steps(low[:, 0]), pack.steps(low[:, 1]),
        pack.unsigned(sizes[:, 0]), pack.unsigned(sizes[:, 1]),
    )


def _spread(values: Integers) -> Integers:
    """Put a 0 behind each of the 20 bits of a number."""
    spread = values
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333), (1, 0x5555555555555555),
    ):
        spread = (spread | spread << shift) & mask
    return spread
