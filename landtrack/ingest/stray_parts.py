"""What was drawn beside the land that is meant: parts of another kind, holes outside.

A plot that comes as a collection is its polygons; a hole is never land, wherever it was
drawn. Both are decided here for every format; the caller tells what was left out.
"""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]

INTERIORS_MEET = "T********"
MULTI = {0: shapely.multipoints, 1: shapely.multilinestrings, 2: shapely.multipolygons}
"""What holds several parts, by their dimension."""


class Kept(NamedTuple):
    """The parts of a shape that are meant, and what was left out: kinds and their number."""

    shape: shapely.Geometry
    left_out: str


class Mended(NamedTuple):
    """A shape without the holes that lie outside of it, and those holes.

    ``moved`` says that a hole was drawn with another part than the one that it lies in.
    """

    shape: shapely.Geometry
    holes: list[shapely.Geometry]
    moved: bool


def collections(shapes: Shapes) -> Mask:
    """Tell which shapes are collections of several kinds.

    Returns ndarray of bool, (n,): True for a ``GeometryCollection``.
    """
    found: Mask = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    return found


def of_dimension(shape: shapely.Geometry, dimension: int) -> Kept | None:
    """Keep the parts of a collection that are of one dimension.

    ``dimension``: 0 for points, 1 for lines, 2 for areas.
    Returns: Its parts as one shape; None where it has none of that dimension.
    """
    parts = np.array([shape], dtype=object)
    while collections(parts).any() or (shapely.get_num_geometries(parts) > 1).any():
        parts = shapely.get_parts(parts)
    parts = shapely.get_parts(parts)  # out of multis of one part
    parts = parts[~shapely.is_empty(parts)]
    wanted = shapely.get_dimensions(parts) == dimension
    if not wanted.any():
        return None
    rest = Counter(part.geom_type for part in parts[~wanted])
    kept = parts[wanted]
    whole = kept[0] if len(kept) == 1 else MULTI[dimension](kept)
    return Kept(whole, ", ".join(f"{kind} {number}" for kind, number in sorted(rest.items())))


def with_holes(shapes: Shapes) -> Mask:
    """Tell which shapes have holes.

    Returns ndarray of bool, (n,): True where a part has an inner ring.
    """
    parts, owner = shapely.get_parts(shapes, return_index=True)
    found = np.zeros(len(shapes), dtype=bool)
    found[owner[shapely.get_num_interior_rings(parts) > 0]] = True
    return found


def without_stray_holes(shape: shapely.Geometry) -> Mended:
    """Take away the holes that cut nothing from the land that they were drawn with.

    Returns: A hole that lies in another part of the shape cuts that part; one that lies in none is
    dropped, never taken for land.
    """
    parts = shapely.get_parts(shape)
    land = _solid(shapely.get_exterior_ring(parts))
    holes: list[list[shapely.Geometry]] = [[] for _ in parts]
    stray: list[shapely.Geometry] = []
    moved = False
    for at, part in enumerate(parts):
        for ring in part.interiors:
            hole = _solid(np.array([ring], dtype=object))[0]
            meets = shapely.relate_pattern(land, hole, INTERIORS_MEET)
            if meets[at]:
                holes[at].append(ring)
            elif meets.any():
                holes[int(np.argmax(meets))].append(ring)
                moved = True
            else:
                stray.append(hole)
    if not stray and not moved:
        return Mended(shape, [], moved=False)
    made = [
        shapely.Polygon(part.exterior, own) for part, own in zip(parts, holes, strict=True)
    ]
    return Mended(made[0] if len(made) == 1 else shapely.MultiPolygon(made), stray, moved)


def _solid(rings: Shapes) -> Shapes:
    """Make valid land of rings alone."""
    land: Shapes = shapely.make_valid(shapely.polygons(rings), method="structure")
    return land
