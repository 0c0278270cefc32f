"""The area that two polygons share, without building the shape that they share.

A polygon whose rings keep it on their left is, on every vertical line, a sum of half-lines:
plus one below each edge that runs left (an upper edge), minus one below each that runs right.
The product of two such sums is the shared part, so

    area(A and B) = sum over edges e of A and f of B of  sign(e) sign(f) D(e, f),

where D is the area under the lower one of e and f over the stretch of x that both cover, down
to a common floor. D has a closed form: no crossing points, no sorting, and no case for shared
edges, touching corners, holes or parts. Edges are first cut to the box that both polygons
share and moved to its corner, which leaves few edges and small numbers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from landtrack.spatial.kernels.compiled import (
    INDEX,
    INDICES,
    NUMBER,
    NUMBERS,
    POINT,
    TABLE,
    compiled,
)
from landtrack.spatial.kernels.flat import CHUNK, LAYER, Layer
from landtrack.spatial.kernels.tree import STACK, TREE, Tree, in_order, meeting

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Point = tuple[float, float]

LEFT, RIGHT, START, SLOPE, SIGN = range(5)
"""Columns of a cut edge: its x from and to, its height at LEFT, its slope, its sign."""
MANY = 4096
"""Pairs of edges above which they are sorted, so that only those above each other meet."""
NOISE = 8 * 2.220446049250313e-16
"""Of the sum of all terms' sizes: what is less is the rounding of nothing."""


# --- cutting edges to a box ---------------------------------------------------------------


@compiled(TABLE, INDEX, POINT, POINT, inline=True)
def _keep(edges: Numbers, n: int, a: Point, b: Point) -> int:
    """Add the edge from a to b, unless it is upright: nothing is below it. Count the edges."""
    if a[0] == b[0]:
        return n
    edges[n, SIGN] = -1.0
    if a[0] > b[0]:
        edges[n, SIGN] = 1.0
        a, b = b, a
    edges[n, LEFT], edges[n, RIGHT], edges[n, START] = a[0], b[0], a[1]
    edges[n, SLOPE] = (b[1] - a[1]) / (b[0] - a[0])
    return n + 1


@compiled(TABLE, INDEX, POINT, POINT, NUMBER, inline=True)
def _lay(edges: Numbers, n: int, run: Point, on: Point, height: float) -> tuple[int, Point]:
    """Lay a stretch on the upper side of the box, joined to the last one where it goes on.

    ``run`` and ``on`` are the x from and to of the last one and of this; the last one is kept
    when another begins.
    """
    if on[0] == run[1]:
        return n, (run[0], on[1])
    return _keep(edges, n, (run[0], height), (run[1], height)), on


@compiled(POINT, POINT, NUMBER, NUMBER, inline=True)
def _at_height(a: Point, b: Point, slope: float, height: float) -> float:
    """Give the x at which the edge from a to b has a height that lies between theirs."""
    x = a[0] + (height - a[1]) / slope
    return min(max(x, min(a[0], b[0])), max(a[0], b[0]))


@compiled(TABLE, INDEX, POINT, POINT, POINT, POINT, inline=True)
def _cut_edge(
    edges: Numbers, n: int, run: Point, a: Point, b: Point, size: Point
) -> tuple[int, Point]:
    """Cut the edge from a to b to a box from the origin to ``size``; count the edges.

    What lies left, right or below the box is dropped: nothing of the box is under it. What
    lies above is laid on the box's upper side.
    """
    width, height = size
    slope = (b[1] - a[1]) / (b[0] - a[0])
    if a[0] < 0 or a[0] > width:
        x = 0.0 if a[0] < 0 else width
        a = (x, a[1] + slope * (x - a[0]))
    if b[0] < 0 or b[0] > width:
        x = 0.0 if b[0] < 0 else width
        b = (x, b[1] + slope * (x - b[0]))
    if a[1] <= 0 and b[1] <= 0:
        return n, run
    if a[1] < 0:
        a = (_at_height(b, a, slope, 0.0), 0.0)
    elif b[1] < 0:
        b = (_at_height(a, b, slope, 0.0), 0.0)
    if min(a[1], b[1]) < height and max(a[1], b[1]) <= height:
        return _keep(edges, n, a, b), run
    start, end = a[0], b[0]
    if a[1] < height:
        start = _at_height(a, b, slope, height)
        n = _keep(edges, n, a, (start, height))
    elif b[1] < height:
        end = _at_height(b, a, slope, height)
        n = _keep(edges, n, (end, height), b)
    return _lay(edges, n, run, (start, end), height)


@compiled(LAYER, INDEX, NUMBERS, TABLE)
def _cut(layer: Layer, which: int, box: Numbers, edges: Numbers) -> int:
    """Cut the edges of a polygon to a box whose corner becomes the origin; count them.

    A polygon that holds the whole box becomes one edge, the box's upper side; stretches of
    long rings that miss the box are passed over by their own boxes.
    """
    xy = layer.xy
    x0, y0 = box[0], box[1]
    size = (box[2] - x0, box[3] - y0)
    n = 0
    for ring in range(layer.geometry[which], layer.geometry[which + 1]):
        at, last = layer.ring[ring], layer.ring[ring + 1] - 1
        stop, far, run = last, layer.chunk[ring], (0.0, 0.0)
        long = layer.chunk[ring + 1] > far
        while at < last:
            if long:
                stop, far = min(at + CHUNK, last), far + 1
                side = layer.boxes[far - 1]
                if side[0] >= box[2] or side[2] <= x0 or side[3] <= y0:
                    at = stop
                    continue
                if side[1] >= box[3]:
                    start = min(max(xy[at, 0] - x0, 0.0), size[0])
                    end = min(max(xy[stop, 0] - x0, 0.0), size[0])
                    n, run = _lay(edges, n, run, (start, end), size[1])
                    at = stop
                    continue
            b = (xy[at, 0] - x0, xy[at, 1] - y0)
            while at < stop:
                at += 1
                a, b = b, (xy[at, 0] - x0, xy[at, 1] - y0)
                if not (
                    (a[0] <= 0 and b[0] <= 0) or (a[0] >= size[0] and b[0] >= size[0])
                    or (a[1] <= 0 and b[1] <= 0) or a[0] == b[0]
                ):
                    n, run = _cut_edge(edges, n, run, a, b, size)
        n = _keep(edges, n, (run[0], size[1]), (run[1], size[1]))
    return n


# --- adding up ----------------------------------------------------------------------------


@compiled(NUMBERS, NUMBERS, inline=True)
def _term(e: Numbers, f: Numbers) -> float:
    """Give D(e, f)."""
    left, right = max(e[LEFT], f[LEFT]), min(e[RIGHT], f[RIGHT])
    if right <= left:
        return 0.0
    e_left = e[START] + e[SLOPE] * (left - e[LEFT])
    e_right = e[START] + e[SLOPE] * (right - e[LEFT])
    f_left = f[START] + f[SLOPE] * (left - f[LEFT])
    f_right = f[START] + f[SLOPE] * (right - f[LEFT])
    gap_left, gap_right = e_left - f_left, e_right - f_right
    if gap_left * gap_right < 0:
        # the lower one of two lines is their mean less half their gap
        gap = (gap_left * gap_left + gap_right * gap_right) / (abs(gap_left) + abs(gap_right))
        twice = 0.5 * (e_left + e_right + f_left + f_right - gap)
    else:
        twice = e_left + e_right if gap_left + gap_right < 0 else f_left + f_right
    return float(0.5 * (right - left) * twice)


@compiled(NUMBERS, TABLE, INDICES, INDEX, NUMBERS)
def _meet(edge: Numbers, others: Numbers, opened: Indices, n: int, sums: Numbers) -> int:
    """Add the terms of an edge with n open ones; drop those that are past, count the rest."""
    kept = 0
    for k in range(n):
        other = others[opened[k]]
        if other[RIGHT] > edge[LEFT]:
            opened[kept] = opened[k]
            kept += 1
            term = _term(edge, other)
            sums[0] += term * edge[SIGN] * other[SIGN]
            sums[1] += term
    return kept


@compiled(TABLE, INDEX, TABLE, INDEX, NUMBERS)
def _sweep(one: Numbers, n: int, other: Numbers, m: int, sums: Numbers) -> None:
    """Add up the terms as :func:`_shared`, of pairs above each other alone.

    A line sweeps from left to right. Where it comes to an edge, that edge is paired with the
    edges of the other polygon that began before and still go on.
    """
    order, turn = np.argsort(one[:n, LEFT]), np.argsort(other[:m, LEFT])
    open_one, open_other = np.empty(n, dtype=np.int64), np.empty(m, dtype=np.int64)
    i, j, opened, opened_other = 0, 0, 0, 0
    while i < n or j < m:
        if j == m or (i < n and one[order[i], LEFT] <= other[turn[j], LEFT]):
            edge = one[order[i]]
            opened_other = _meet(edge, other, open_other, opened_other, sums)
            open_one[opened] = order[i]
            i, opened = i + 1, opened + 1
        else:
            edge = other[turn[j]]
            opened = _meet(edge, one, open_one, opened, sums)
            open_other[opened_other] = turn[j]
            j, opened_other = j + 1, opened_other + 1


@compiled(TABLE, INDEX, TABLE, INDEX)
def _shared(one: Numbers, n: int, other: Numbers, m: int) -> float:
    """Add up the signed terms of all pairs of n and m cut edges."""
    area, size = 0.0, 0.0
    if n * m <= MANY:
        for i in range(n):
            for j in range(m):
                term = _term(one[i], other[j])
                area += term * one[i, SIGN] * other[j, SIGN]
                size += term
    else:
        sums = np.zeros(2)
        _sweep(one, n, other, m, sums)
        area, size = sums[0], sums[1]
    if area <= NOISE * size:
        return 0.0
    return float(area)


@compiled(LAYER, LAYER, TREE, INDICES, POINT, NUMBER)
def shared(
    layer: Layer, features: Layer, tree: Tree, plots: Indices, largest: Point, least: float
) -> tuple[Indices, Indices, Numbers]:
    """Measure what some plots share with the features of a tree.

    ``largest``: Vertices of the largest plot and of the largest feature.
    ``least``: Square metres; pairs that share no more are left out.
    Returns pairs : ndarray of int64, (len(plots),): How many pairs each plot is in.
    Returns feature : ndarray of int64: The features of the first plot in rising order, then those
    of the second, and so on.
    Returns amount : ndarray of float64: Square metres.
    """
    pairs = np.zeros(len(plots), dtype=np.int64)
    feature = np.empty(8 * len(plots) + 8, dtype=np.int64)
    amount = np.empty(len(feature))
    found, stack = np.empty(64, dtype=np.int64), np.empty(STACK, dtype=np.int64)
    # an edge becomes two at most, one in the box and one on its upper side
    one = np.empty((2 * int(largest[0]) + 2, 5))
    other = np.empty((2 * int(largest[1]) + 2, 5))
    box = np.empty(4)
    total = 0
    for nth, plot in enumerate(plots):
        own = layer.bounds[plot]
        near = meeting(tree, own, found, stack)
        if near > len(found):
            found = np.empty(2 * near, dtype=np.int64)
            near = meeting(tree, own, found, stack)
        if total + near > len(feature):
            room = np.empty(total + 2 * near, dtype=np.int64)
            feature, amount = np.concatenate((feature, room)), np.concatenate((amount, 1.0 * room))
        begin = total
        for at in found[:near]:
            for side in range(2):
                box[side] = max(own[side], features.bounds[at, side])
                box[side + 2] = min(own[side + 2], features.bounds[at, side + 2])
            if not (box[0] < box[2] and box[1] < box[3]):
                continue
            m = _cut(features, at, box, other)
            n = _cut(layer, plot, box, one) if m else 0
            area = _shared(one, n, other, m)
            if area > least:
                feature[total], amount[total] = features.owner[at], area
                total += 1
        in_order(feature, amount, begin, total)
        pairs[nth] = total - begin
    return pairs, feature[:total].copy(), amount[:total].copy()
