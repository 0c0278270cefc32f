"""Which points lie inside polygons: a ray from each crosses the rings an odd number of times.

On which side of an edge a point lies hangs on the last bit where it lies on the edge. Such
pairs are marked NaN, and the geometry library, which decides in exact arithmetic, answers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from landtrack.spatial.kernels.compiled import INDEX, INDICES, NUMBER, NUMBERS, POINT, compiled
from landtrack.spatial.kernels.flat import CHUNK, LAYER, STRETCHES, Layer, Stretches
from landtrack.spatial.kernels.tree import STACK, TREE, Tree, in_order, meeting

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Point = tuple[float, float]

ON = 16 * 2.220446049250313e-16
"""Of the largest coordinate: a point nearer to an edge than this may lie on it."""


@compiled(POINT, POINT, NUMBER, inline=True)
def _crosses(a: Point, b: Point, near: float) -> float:
    """Tell whether a ray from the origin to the right crosses the edge from a to b.

    1 or 0; NaN where the origin is within ``near`` of the edge.
    """
    if (a[1] > near and b[1] > near) or (a[1] < -near and b[1] < -near):
        return 0.0
    if a[0] < -near and b[0] < -near:
        return 0.0
    up = b[1] > 0
    if a[0] > near and b[0] > near:
        return 1.0 if up != (a[1] > 0) else 0.0
    across = a[0] * b[1] - b[0] * a[1]  # twice the triangle: length by distance to the line
    if abs(across) <= near * (abs(b[0] - a[0]) + abs(b[1] - a[1])):
        return np.nan
    return 1.0 if up != (a[1] > 0) and (across > 0) == up else 0.0


@compiled(LAYER, INDEX, POINT)
def _inside(layer: Layer, which: int, p: Point) -> float:
    """Give 1 for a point inside a polygon, 0 outside, NaN where it may lie on an edge."""
    xy, box = layer.xy, layer.bounds[which]
    near = ON * max(abs(box[0]), abs(box[1]), abs(box[2]), abs(box[3]))
    times = 0.0
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
            b = (xy[at, 0] - p[0], xy[at, 1] - p[1])
            for k in range(at, stop):
                a, b = b, (xy[k + 1, 0] - p[0], xy[k + 1, 1] - p[1])
                times += _crosses(a, b, near)
    return times % 2.0


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

    ``layer``, ``points``: All plots, and all points.
    ``tree``: Over the points.
    Returns pairs : ndarray of int64, (len(plots),): How many pairs each plot is in.
    Returns feature : ndarray of int64: The features of the first plot in rising order, then those
    of the second, and so on.
    Returns amount : ndarray of float64: 1; NaN where a point may lie on the boundary and none of
    the feature is inside.
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
