"""The length of lines inside polygons, without cutting the lines.

On the straight segment of a line, "inside the polygon" is again a sum over the polygon's
edges: plus one where the segment is below an edge that runs left, minus one where it is below
one that runs right. Each edge covers the segment over an interval, so the lengths of these
intervals add up to the length inside.

Where a segment runs along an edge, inside or outside hangs on the last bit. Such pairs are
marked NaN, and the geometry library, which decides them in exact arithmetic, answers.
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

ALONG = 16 * 2.220446049250313e-16
"""Of the largest coordinate: what lies nearer to an edge than this may lie on it."""


@compiled(POINT, POINT, POINT, POINT, NUMBER)
def _below(a: Point, b: Point, p: Point, q: Point, near: float) -> float:
    """Give how much of the segment from a to b is below the edge from p to q.

    In x; negative where the edge runs right. The segment is not steep, and runs right. NaN
    where it runs along the edge, or within ``near`` of it.
    """
    start, end = min(max(p[0], a[0]), b[0]), min(max(q[0], a[0]), b[0])
    if start == end:
        return 0.0
    if min(p[1], q[1]) > max(a[1], b[1]) + near:
        return start - end
    slope, tilt = (b[1] - a[1]) / (b[0] - a[0]), (q[1] - p[1]) / (q[0] - p[0])
    above_start = (p[1] - a[1]) + tilt * (start - p[0]) - slope * (start - a[0])
    above_end = (p[1] - a[1]) + tilt * (end - p[0]) - slope * (end - a[0])
    if abs(above_start) <= near and abs(above_end) <= near:
        return np.nan if abs(end - start) > near else 0.0
    if above_start >= 0 and above_end >= 0:
        return start - end
    if above_start <= 0 and above_end <= 0:
        return 0.0
    return (start - end) * max(above_start, above_end) / abs(above_start - above_end)


@compiled(POINT, POINT, inline=True)
def _level(a: Point, b: Point) -> tuple[int, int, Point, Point]:
    """Give the axis on which the segment is longer, the other, and its ends on them, in order."""
    u, v = 0, 1
    if abs(b[1] - a[1]) > abs(b[0] - a[0]):
        u, v = 1, 0
        a, b = (a[1], a[0]), (b[1], b[0])
    if a[0] > b[0]:
        a, b = b, a
    return u, v, a, b


@compiled(LAYER, INDEX, POINT, POINT, NUMBER)
def _inside(layer: Layer, which: int, a: Point, b: Point, near: float) -> float:
    """Give the share of the segment from a to b that is inside a polygon.

    Heights are measured across the axis on which the segment is longer, so that it is never
    steep. NaN where a stretch of it runs along an edge, or within ``near`` of it.
    """
    xy = layer.xy
    u, v, a, b = _level(a, b)
    if a[0] == b[0]:
        return 0.0
    low, high = min(a[1], b[1]) - near, max(a[1], b[1]) + near
    length = 0.0
    for ring in range(layer.geometry[which], layer.geometry[which + 1]):
        first, last = layer.ring[ring], layer.ring[ring + 1] - 1
        chunk = layer.chunk[ring]
        long = layer.chunk[ring + 1] > chunk
        for at in range(first, last, CHUNK if long else max(last - first, 1)):
            stop = last
            if long:
                stop = min(at + CHUNK, last)
                far = layer.boxes[chunk + (at - first) // CHUNK]
                if far[u] >= b[0] or far[u + 2] <= a[0] or far[v + 2] < low:
                    continue
                if far[v] > high:  # all of the stretch is above: only its ends count
                    length += min(max(xy[at, u], a[0]), b[0]) - min(max(xy[stop, u], a[0]), b[0])
                    continue
            for k in range(at, stop):
                if max(xy[k, v], xy[k + 1, v]) >= low:
                    p, q = (xy[k, u], xy[k, v]), (xy[k + 1, u], xy[k + 1, v])
                    length += _below(a, b, p, q, near)
    if u == 1:  # with the axes changed round, so are the rings
        length = -length
    return length / (b[0] - a[0])


@compiled(LAYER, INDEX, STRETCHES, INDEX)
def _metres(layer: Layer, plot: int, lines: Stretches, piece: int) -> float:
    """Give the metres of a stretch of a line inside a plot; NaN as :func:`_inside`."""
    left, bottom, right, top = layer.bounds[plot]
    near = ALONG * max(abs(left), abs(bottom), abs(right), abs(top))
    metres = 0.0
    for at in range(lines.first[piece], lines.last[piece]):
        a = (lines.xy[at, 0], lines.xy[at, 1])
        b = (lines.xy[at + 1, 0], lines.xy[at + 1, 1])
        if (max(a[0], b[0]) >= left and min(a[0], b[0]) <= right) and (
            max(a[1], b[1]) >= bottom and min(a[1], b[1]) <= top
        ):
            metres += _inside(layer, plot, a, b, near) * np.hypot(b[0] - a[0], b[1] - a[1])
    return metres


@compiled(INDICES, NUMBERS, INDEX, INDEX, NUMBER)
def _one_each(feature: Indices, amount: Numbers, first: int, last: int, least: float) -> int:
    """Add up the stretches of each line, drop what is too short; say where the rest ends."""
    end = first
    at = first
    while at < last:
        line, metres = feature[at], 0.0
        while at < last and feature[at] == line:
            metres += amount[at]
            at += 1
        if not metres <= least:
            feature[end], amount[end] = line, metres
            end += 1
    return end


@compiled(LAYER, STRETCHES, TREE, INDICES, NUMBER)
def inside(
    layer: Layer, lines: Stretches, tree: Tree, plots: Indices, least: float
) -> tuple[Indices, Indices, Numbers]:
    """Measure how much of the lines runs inside some plots.

    Returns pairs : ndarray of int64, (len(plots),): How many pairs each plot is in.
    Returns feature : ndarray of int64: The lines of the first plot in rising order, then those of
    the second, and so on.
    Returns amount : ndarray of float64: Metres; NaN where part of the line may run along the edge.
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
            metres = _metres(layer, plot, lines, piece)
            if metres != 0:  # also NaN
                feature[total], amount[total] = lines.owner[piece], metres
                total += 1
        in_order(feature, amount, first, total)
        total = _one_each(feature, amount, first, total, least)
        pairs[nth] = total - first
    return pairs, feature[:total].copy(), amount[:total].copy()
