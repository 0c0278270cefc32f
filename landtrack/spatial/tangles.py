"""Outlines that cross themselves so often that no repair of them would come to an end."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]
Corners = npt.NDArray[np.float64]

CROSSINGS = 20_000
"""Drawings that anybody made cross themselves some times; at so many, a repair takes a second."""
PAIRS = 50_000_000
"""How many pairs of edges are looked at; a repair would look at as many."""
FEWEST, MOST = 8, 4096
"""How many edges are looked at in one go."""
AT_ONCE = 4_000_000
"""How many pairs of them are held in memory, about."""


def tangled(shapes: Shapes) -> Mask:
    """Tell which shapes cross themselves too often to be repaired.

    ``shapes``: None missing.
    """
    return np.array([_tangled(each) for each in shapes], dtype=bool)


def _tangled(shape: shapely.Geometry) -> bool:
    corners, of = shapely.get_coordinates(_lines(shape), return_index=True)
    whole = of[1:] == of[:-1]
    begin, end = corners[:-1][whole], corners[1:][whole]
    if len(begin) * (len(begin) - 1) // 2 <= CROSSINGS:
        return False
    edges = shapely.linestrings(np.stack([begin, end], axis=1))
    tree = shapely.STRtree(edges)
    at, step, seen, found = 0, FEWEST, 0, 0
    while at < len(edges):
        one, other = tree.query(edges[at:at + step])
        one += at
        seen += len(one)
        found += _crossing(begin[one], end[one], begin[other], end[other])
        if found > 2 * CROSSINGS or seen > PAIRS:  # each crossing is met from both edges
            return True
        at += step
        step = min(MOST, 2 * step) if len(one) < AT_ONCE // 2 else max(FEWEST, step // 2)
    return False


def _lines(shape: shapely.Geometry) -> Shapes:
    """Give the rings of areas, and lines as they are."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    areal = shapely.get_dimensions(parts) == 2  # noqa: PLR2004
    lines: Shapes = np.concatenate([shapely.get_rings(parts[areal]), parts[~areal]])
    return lines


def _crossing(a: Corners, b: Corners, c: Corners, d: Corners) -> int:
    """Count the pairs of edges that go through one another."""

    def side(p: Corners, q: Corners, r: Corners) -> npt.NDArray[np.float64]:
        told: npt.NDArray[np.float64] = (
            (q[:, 0] - p[:, 0]) * (r[:, 1] - p[:, 1]) - (q[:, 1] - p[:, 1]) * (r[:, 0] - p[:, 0])
        )
        return told

    through = (side(a, b, c) * side(a, b, d) < 0) & (side(c, d, a) * side(c, d, b) < 0)
    return int(through.sum())
