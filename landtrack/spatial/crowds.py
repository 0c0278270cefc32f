"""Layers whose features lie on one another in such numbers that no comparing them would end.

Of n features that all share ground there are n (n - 1) / 2 pairs: 20 000 of them, in a file of some
megabytes, are more than a memory holds. They are counted here piece by piece, no further than to
the limit.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import shapely

from landtrack.spatial import measures
from landtrack.spatial.measures import Shapes

DIMENSION = 2
AT_ONCE = 1_000_000
"""How many pairs of boxes are held in memory, about."""
FEWEST, MOST = 16, 20_000
"""How many features are compared with all in one go."""
BOXES, BOXES_A_FEATURE = 20_000_000, 200
"""How many pairs of boxes are looked at: beyond, they are as good as pairs of features."""


def crowded(shapes: Shapes, *, strip_m: float, most: int) -> bool:
    """Tell whether more pairs of features share ground than there may be.

    ``shapes``: n polygons in a metric CRS; missing ones and those that are not valid share nothing.
    ``strip_m``: Pairs that share no more than a strip of this width along the shorter boundary do
    not count, in metres.
    """
    own = shapes[shapely.get_dimensions(shapes) == DIMENSION]
    enough = 2 * most + len(own)  # each pair is met from both sides, and each meets itself
    if _boxes(own, enough) <= enough:
        return False
    own = own[shapely.is_valid(own)]
    around, found, boxes = shapely.length(own), 0, 0
    for at, step, met in _pieces(own):
        boxes += met
        if boxes > BOXES + BOXES_A_FEATURE * len(own):
            return True
        plot, feature, shared = measures.shared_area(own[at:at + step], own)
        plot = plot + at
        found += int(np.count_nonzero(
            (plot > feature) & (shared > strip_m * np.minimum(around[plot], around[feature]))
        ))
        if found > most:
            return True
    return False


def _boxes(shapes: Shapes, most: int) -> int:
    """Count the pairs of boxes that meet, no further than beyond a limit."""
    total = 0
    for _, _, met in _pieces(shapes):
        total += met
        if total > most:
            break
    return total


def _pieces(shapes: Shapes) -> Iterator[tuple[int, int, int]]:
    """Go through a layer piece by piece: where each begins, its length, how many boxes it meets.

    The pieces are the smaller, the more boxes they meet.
    """
    boxes = shapely.box(*shapely.bounds(shapes).T)
    tree = shapely.STRtree(boxes)
    at, step = 0, FEWEST
    while at < len(boxes):
        piece = boxes[at:at + step]
        met = len(tree.query(piece)[0])
        yield at, len(piece), met
        at += len(piece)
        step = min(MOST, 2 * step) if met < AT_ONCE // 2 else max(FEWEST, step // 2)
