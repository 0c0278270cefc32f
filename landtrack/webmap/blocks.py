"""The shapes of a large layer as blocks that the page loads when they are seen.

The features of a layer are put into Morton order, so that neighbours stand side by side; of
each the page always knows the box; its shape is in a block of some thousand features, as
whole centimetres of the page's own projection (EPSG:3857), which errs by 7 mm at most.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely

from landtrack import crs
from landtrack.webmap import pack, shapes

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pyproj import CRS

    from landtrack.webmap.pack import Integers

SIZE = 4096
"""Features in a block."""

RADIUS = 6_378_137.0
PER_METRE = 100
EDGE = round(math.pi * RADIUS * PER_METRE)
"""Half the width of the projected world, in centimetres."""

AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True, kw_only=True)
class Block:
    """Some features: which rows, the box of them all in centimetres, and their shapes."""

    first: int
    count: int
    box: tuple[int, int, int, int]
    boxes: Integers
    shapes: bytes


def order(frame: GeoDataFrame) -> Integers:
    """Put features into Morton order.

    Parameters
    ----------
    frame
        n features.

    Returns
    -------
    ndarray of int64, (n,)
        The row of the frame that comes first, second and so on; those without a shape last.
    """
    bounds = shapely.bounds(frame.geometry.to_numpy()).reshape(-1, 4)
    known = np.isfinite(bounds).all(axis=1)
    middle = np.where(known[:, None], (bounds[:, :2] + bounds[:, 2:]) / 2, np.nan)
    key = np.full(len(frame), np.iinfo(np.int64).max)
    if known.any():
        low, high = np.nanmin(middle, axis=0), np.nanmax(middle, axis=0)
        side = max(float((high - low).max()), 1e-9)
        cells = ((middle[known] - low) / side * (2**20 - 1)).astype(np.int64)
        key[known] = _spread(cells[:, 0]) | _spread(cells[:, 1]) << 1
    return np.argsort(key, kind="stable")


def encode(frame: GeoDataFrame) -> Iterator[Block]:
    """Write the shapes of a layer block by block.

    Parameters
    ----------
    frame
        n features in a CRS from which there is a way to WGS 84, in the order of the page.

    Yields
    ------
    Block
        One for each :data:`SIZE` rows.

    Raises
    ------
    CRSError
        If the frame has no CRS, or there is no way from it to WGS 84.
    """
    if frame.crs is None:
        crs.to_crs(frame, crs.WGS84)  # says so
    geometry = frame.geometry.to_numpy()
    for first in range(0, len(frame), SIZE):
        yield _block(geometry[first : first + SIZE], first, frame.crs)


def centimetres(xy: npt.NDArray[np.float64], source: CRS) -> Integers:
    """Project points as the page does.

    Parameters
    ----------
    xy
        n points in ``source``.
    source
        Their CRS.

    Returns
    -------
    ndarray of int64, (n, 2)
        EPSG:3857 in whole centimetres, cut off where that projection ends.
    """
    lon, lat = xy.T
    if source != crs.WGS84:
        lon, lat = crs.transformer(source, crs.WGS84).transform(lon, lat)
    x = np.radians(lon) * RADIUS
    y = np.arcsinh(np.tan(np.radians(np.clip(lat, -89.9, 89.9)))) * RADIUS
    both = np.rint(np.stack([x, y], axis=1) * PER_METRE)
    return np.asarray(np.clip(both, -EDGE, EDGE), dtype=np.int64)


def _block(geometry: npt.NDArray[np.object_], first: int, source: CRS) -> Block:
    """Write one block: parts, rings and points of its features, then the steps between points."""
    feature, part = shapes.simple_parts(np.asarray(shapely.force_2d(geometry)))
    pieces, of_feature = shapely.get_parts(part, return_index=True)
    of_feature = feature[of_feature]
    ring, of_piece = _rings(pieces)
    area = np.isin(shapely.get_type_id(pieces), AREAS)
    xy, of_ring = shapely.get_coordinates(ring, return_index=True)
    xy, of_ring = _open(xy, of_ring, area[of_piece])
    points = centimetres(xy, source) if len(xy) else np.empty((0, 2), dtype=np.int64)
    count = len(geometry)
    written = pack.parts(
        pack.unsigned(np.bincount(of_feature, minlength=count)),
        pack.unsigned(_types(pieces)),
        pack.unsigned(np.bincount(of_piece, minlength=len(pieces))),
        pack.unsigned(np.bincount(of_ring, minlength=len(ring))),
        pack.steps(points[:, 0]),
        pack.steps(points[:, 1]),
    )
    boxes = _boxes(points, of_feature[of_piece][of_ring], count)
    low, high = boxes[:, :2], boxes[:, 2:]
    drawn = high[:, 0] >= low[:, 0]
    whole = (
        (*low[drawn].min(axis=0).tolist(), *high[drawn].max(axis=0).tolist())
        if drawn.any() else (0, 0, -1, -1)
    )
    return Block(first=first, count=count, box=whole, boxes=boxes, shapes=written)


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


def _types(pieces: npt.NDArray[np.object_]) -> Integers:
    """Tell of each piece whether it is a point (0), a line (1) or an area (2)."""
    return np.asarray(np.clip(shapely.get_dimensions(pieces), 0, 2), dtype=np.int64)


def _boxes(points: Integers, feature: npt.NDArray[np.intp], count: int) -> Integers:
    """Give west, south, east, north of each feature; east lies west of west without a shape."""
    boxes = np.tile(np.array([0, 0, -1, -1], dtype=np.int64), (count, 1))
    if len(points):
        starts = np.flatnonzero(np.diff(feature, prepend=-1))
        there = feature[starts]
        boxes[there, :2] = np.minimum.reduceat(points, starts, axis=0)
        boxes[there, 2:] = np.maximum.reduceat(points, starts, axis=0)
    return boxes


def boxes_block(blocks: list[Integers]) -> bytes:
    """Write the boxes of all features, rounded outwards to whole metres.

    Parameters
    ----------
    blocks
        The boxes of each block.

    Returns
    -------
    bytes
        West and south by their steps, then widths and heights, one larger than they are: 0
        is a feature without a shape.
    """
    boxes = np.concatenate([np.empty((0, 4), dtype=np.int64), *blocks])
    drawn = boxes[:, 2] >= boxes[:, 0]
    boxes[:, :2] //= PER_METRE
    boxes[:, 2:] = -(-boxes[:, 2:] // PER_METRE)
    sizes = np.where(drawn[:, None], boxes[:, 2:] - boxes[:, :2] + 1, 0)
    return pack.parts(
        pack.steps(boxes[:, 0]), pack.steps(boxes[:, 1]),
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
