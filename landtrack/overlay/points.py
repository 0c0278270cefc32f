"""Which points lie inside polygons: a ray from each crosses the rings an odd number of times.

On which side of an edge a point lies hangs on the last bit where it lies on the edge. Such
pairs are marked NaN, and the geometry library, which decides in exact arithmetic, answers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from landtrack.overlay.compiled import INDEX, INDICES, NUMBERS, POINT, compiled
from landtrack.overlay.flat import CHUNK, LAYER, STRETCHES, Layer, Stretches
from landtrack.overlay.tree import STACK, TREE, Tree, in_order, meeting

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Point = tuple[float, float]

ON = 16 * 2.220446049250313e-16
"""Of the largest coordinate: a point nearer to an edge than this may lie on it."""


@compiled(LAYER, INDEX, POINT)
def _inside(layer: Layer, which: int, p: Point) -> float:
    """Give 1 for a point inside a polygon, 0 outside, NaN where it may lie on an edge."""
    xy, box = layer.xy, layer.bounds[which]
    near = ON * max(abs(box[0]), abs(box[1]), abs(box[2]), abs(box[3]))
    odd = False
    for ring in range(layer.geometry[which], layer.geometry[which + 1]):
        first, last = layer.ring[ring], layer.ring[ring + 1] - 1
        chunk = layer.chunk[ring]
        long = layer.chunk[ring + 1] > chunk
        for at in range(first, last, CHUNK if long else max(last - first, 1)):
            stop = last
            if long:
                stop = min(at + CHUNK, last)
                far = layer.boxes[chunk + (at - first) // CHUNK]
                if far[2] < p[0] - near or far[1] > p[1] + near or far[3] < p[1] - near:
                    continue
            for k in range(at, stop):
                x, y = xy[k, 0] - p[0], xy[k, 1] - p[1]
                dx, dy = xy[k + 1, 0] - p[0], xy[k + 1, 1] - p[1]
                if max(x, dx) < -near or min(y, dy) > near or max(y, dy) < -near:
                    continue
                across = x * dy - dx * y  # twice the triangle: length by distance to the line
                if abs(across) <= near * (abs(dx - x) + abs(dy - y)) and min(x, dx) <= near:
                    return np.nan
                if (y > 0) != (dy > 0):
                    odd ^= (across > 0) == (dy > y)
    return 1.0 if odd else 0.0


@compiled(INDICES, NUMBERS, INDEX, INDEX)
def _one_each(feature: Indices, amount: Numbers, first: int, last: int) -> int:
    """Take the points of one feature together: inside if one is; say where the rest ends."""
    end = at = first
    while at < last:
        who, said = feature[at], np.nan
        while at < last and feature[at] == who:
            if amount[at] == 1.0:
                said = 1.0
            at += 1
        feature[end], amount[end] = who, said
        end += 1
    return end


@compiled(LAYER, STRETCHES, TREE, INDICES)
def inside(
    layer: Layer, points: Stretches, tree: Tree, plots: Indices
) -> tuple[Indices, Indices, Numbers]:
    """Find the points inside some plots.

    Parameters
    ----------
    layer, points
        All plots, and all points.
    tree
        Over the points.
    plots
        Positions of the plots to look into.

    Returns
    -------
    pairs : ndarray of int64, (len(plots),)
        How many pairs each plot is in.
    feature : ndarray of int64
        The features of the first plot in rising order, then those of the second, and so on.
    amount : ndarray of float64
        1; NaN where a point may lie on the boundary and none of the feature is inside.
    """
    pairs = np.zeros(len(plots), dtype=np.int64)
    feature = np.empty(8 * len(plots) + 8, dtype=np.int64)
    amount = np.empty(len(feature))
    found, stack = np.empty(64, dtype=np.int64), np.empty(STACK, dtype=np.int64)
    total = 0
    for nth, plot in enumerate(plots):
        near = meeting(tree, layer.bounds[plot], found, stack)
        if near > len(found):
            found = np.empty(2 * near, dtype=np.int64)
            near = meeting(tree, layer.bounds[plot], found, stack)
        if total + near > len(feature):
            room = np.empty(total + 2 * near, dtype=np.int64)
            feature, amount = np.concatenate((feature, room)), np.concatenate((amount, 1.0 * room))
        first = total
        for piece in found[:near]:
            at = points.first[piece]
            said = _inside(layer, plot, (points.xy[at, 0], points.xy[at, 1]))
            if said != 0:  # also NaN
                feature[total], amount[total] = points.owner[piece], said
                total += 1
        in_order(feature, amount, first, total)
        total = _one_each(feature, amount, first, total)
        pairs[nth] = total - first
    return pairs, feature[:total].copy(), amount[:total].copy()
