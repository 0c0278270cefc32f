"""The line or point nearest to each polygon, found among stretches of a few segments.

A search goes down the tree of the stretches' boxes, the nearer box first, and leaves out boxes
farther than the best so far. Two distances that differ by rounding alone cannot be ranked;
plots for which that matters are marked, and the geometry library answers them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from landtrack.spatial.kernels.compiled import (
    INDEX,
    INDICES,
    NUMBER,
    NUMBERS,
    POINT,
    compiled,
    record,
)
from landtrack.spatial.kernels.flat import CHUNK, LAYER, STRETCHES, Layer, Stretches
from landtrack.spatial.kernels.tree import DEPTH_BITS, FAN, STACK, TREE, Tree

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Point = tuple[float, float]

SAME = 1e-12
"""Of the distance: what differs by less may be equal."""
SAME_AT = 16 * 2.220446049250313e-16
"""Of the largest coordinate: distances that differ by less may be equal."""
TIES = 32
"""Stretches nearly, not exactly, at the least distance that are kept; with more: marked."""


class Waiting(NamedTuple):
    """Nodes that a search has put off, and the squares of how far they are at least."""

    node: Indices
    far: Numbers


class Best(NamedTuple):
    """The nearest feature so far and those that may be as near, in mutable columns.

    ``figure`` holds the least distance, and the square of what may equal it; ``number`` the
    feature, how many others there are, and whether there were more than fit.
    """

    figure: Numbers
    number: Indices
    who: Indices
    away: Numbers


WAITING = record(Waiting, INDICES, NUMBERS)
BEST = record(Best, NUMBERS, INDICES, INDICES, NUMBERS)
LEAST, REACH = range(2)
FEATURE, OTHERS, FULL = range(3)


# --- distances between boxes, points, segments ----------------------------------------------


@compiled(NUMBERS, NUMBERS, inline=True)
def _apart(one: Numbers, other: Numbers) -> float:
    """Square the distance between two boxes."""
    x = max(one[0] - other[2], other[0] - one[2], 0.0)
    y = max(one[1] - other[3], other[1] - one[3], 0.0)
    return float(x * x + y * y)


@compiled(POINT, POINT, NUMBERS, inline=True)
def _off(a: Point, b: Point, box: Numbers) -> float:
    """Square the distance between a box and the box around the segment from a to b."""
    x = max(min(a[0], b[0]) - box[2], box[0] - max(a[0], b[0]), 0.0)
    y = max(min(a[1], b[1]) - box[3], box[1] - max(a[1], b[1]), 0.0)
    return float(x * x + y * y)


@compiled(POINT, POINT, POINT, inline=True)
def _to_point(a: Point, b: Point, p: Point) -> float:
    """Square the distance of the point p to the segment from a to b."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    x, y = p[0] - a[0], p[1] - a[1]
    long = dx * dx + dy * dy
    along = x * dx + y * dy
    if along <= 0 or long == 0:
        return x * x + y * y
    if along >= long:
        x, y = p[0] - b[0], p[1] - b[1]
        return x * x + y * y
    across = x * dy - y * dx
    return across * across / long


@compiled(POINT, POINT, POINT, inline=True)
def _turn(a: Point, b: Point, c: Point) -> float:
    """Tell on which side of the line from a to b the point c is: above 0, it is on the left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


@compiled(POINT, POINT, POINT, POINT, inline=True)
def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Tell whether the segments a-b and c-d cross each other, not only touch."""
    one, other = _turn(a, b, c), _turn(a, b, d)
    if not (one < 0 < other or other < 0 < one):
        return False
    one, other = _turn(c, d, a), _turn(c, d, b)
    return one < 0 < other or other < 0 < one


@compiled(POINT, POINT, STRETCHES, INDEX)
def _to_edge(a: Point, b: Point, lines: Stretches, piece: int) -> float:
    """Square the distance between the edge from a to b and a stretch; 0 where they cross."""
    first = lines.first[piece]
    q = (lines.xy[first, 0], lines.xy[first, 1])
    least = _to_point(a, b, q)
    for at in range(first + 1, lines.last[piece] + 1):
        p, q = q, (lines.xy[at, 0], lines.xy[at, 1])
        if _cross(a, b, p, q):
            return 0.0
        # the ends of the edge: its end is the next edge's start
        least = min(least, _to_point(a, b, q), _to_point(p, q, a))
    return least


@compiled(LAYER, INDEX, STRETCHES, INDEX, NUMBER)
def _between(layer: Layer, plot: int, lines: Stretches, piece: int, reach: float) -> float:
    """Square the distance between a polygon and a stretch; 0 where it is inside.

    Only right up to ``reach``; some number above that where they are farther apart.
    """
    xy = layer.xy
    box = lines.bounds[piece]
    x, y = lines.xy[lines.first[piece], 0], lines.xy[lines.first[piece], 1]
    odd = False  # how often a ray to the right, from the first vertex, crosses the rings
    least = np.inf
    for ring in range(layer.geometry[plot], layer.geometry[plot + 1]):
        first, last = layer.ring[ring], layer.ring[ring + 1] - 1
        chunk = layer.chunk[ring]
        long = layer.chunk[ring + 1] > chunk
        for at in range(first, last, CHUNK if long else max(last - first, 1)):
            stop = last
            if long:
                stop = min(at + CHUNK, last)
                far = layer.boxes[chunk + (at - first) // CHUNK]
                if _apart(far, box) > reach and (far[2] < x or far[1] > y or far[3] < y):
                    continue
            for k in range(at, stop):
                a, b = (xy[k, 0], xy[k, 1]), (xy[k + 1, 0], xy[k + 1, 1])
                if (a[1] > y) != (b[1] > y):
                    odd ^= (_turn(a, b, (x, y)) > 0) == (b[1] > a[1])
                if _off(a, b, box) <= reach:
                    least = min(least, _to_edge(a, b, lines, piece))
                    reach = min(reach, least)
    return 0.0 if odd else least


# --- the search -----------------------------------------------------------------------------


@compiled(TREE, NUMBERS, INDEX, INDEX, WAITING, NUMBER)
def _open(
    tree: Tree, box: Numbers, node: int, waiting: int, put_off: Waiting, reach: float
) -> int:
    """Put the children of a node on the stack, the nearest on top; say how many wait then."""
    number, depth = node >> DEPTH_BITS, node & ((1 << DEPTH_BITS) - 1)
    below = tree.levels[depth - 1]
    bottom = waiting
    for child in range(FAN * number, min(FAN * (number + 1), tree.levels[depth] - below)):
        far = _apart(box, tree.boxes[below + child])
        if far > reach:
            continue
        at = waiting
        while at > bottom and put_off.far[at - 1] < far:
            put_off.node[at], put_off.far[at] = put_off.node[at - 1], put_off.far[at - 1]
            at -= 1
        put_off.node[at], put_off.far[at] = (child << DEPTH_BITS) | (depth - 1), far
        waiting += 1
    return waiting


@compiled(BEST, INDEX, NUMBER)
def _note(best: Best, feature: int, metres: float) -> None:
    """Note a feature that may be as near as the nearest so far."""
    if best.number[OTHERS] == len(best.who):
        best.number[FULL] = 1
        return
    best.who[best.number[OTHERS]], best.away[best.number[OTHERS]] = feature, metres
    best.number[OTHERS] += 1


@compiled(BEST, INDEX, NUMBER, NUMBER)
def _judge(best: Best, feature: int, metres: float, margin: float) -> None:
    """Compare a feature's distance with the least so far; among equals the first is best."""
    before, least = best.number[FEATURE], best.figure[LEAST]
    if metres == least:
        best.number[FEATURE] = min(before, feature)
    elif metres < least:
        same = metres * (1 + SAME) + margin
        kept = 0
        for k in range(best.number[OTHERS]):
            if best.away[k] <= same:
                best.who[kept], best.away[kept] = best.who[k], best.away[k]
                kept += 1
        best.number[FEATURE], best.number[OTHERS] = feature, kept
        best.figure[LEAST], best.figure[REACH] = metres, same * same
        if least <= same:
            _note(best, before, least)
    elif metres * metres <= best.figure[REACH]:
        _note(best, feature, metres)


@compiled(LAYER, STRETCHES, TREE, INDICES)
def nearest(
    layer: Layer, features: Stretches, tree: Tree, plots: Indices
) -> tuple[Indices, Numbers, npt.NDArray[np.bool_]]:
    """Find the nearest line or point of some plots.

    ``layer``, ``features``: All plots, and all lines or points.
    ``tree``: Over the boxes of the features' stretches; at least one.
    ``plots``: Positions of the plots, none of them empty.
    Returns feature : ndarray of int64, (len(plots),): The first of those at the least distance.
    Returns distance : ndarray of float64, (len(plots),): Metres, 0 where they touch or overlap.
    Returns doubt : ndarray of bool, (len(plots),): Where rounding decides which is nearest.
    """
    feature = np.empty(len(plots), dtype=np.int64)
    distance = np.empty(len(plots))
    doubt = np.zeros(len(plots), dtype=np.bool_)
    put_off = Waiting(np.empty(STACK, dtype=np.int64), np.empty(STACK))
    best = Best(
        np.empty(2), np.empty(3, dtype=np.int64), np.empty(TIES, dtype=np.int64), np.empty(TIES)
    )
    for nth, plot in enumerate(plots):
        box = layer.bounds[plot]
        margin = SAME_AT * max(abs(box[0]), abs(box[1]), abs(box[2]), abs(box[3]))
        best.figure[:] = np.inf
        best.number[FEATURE], best.number[OTHERS], best.number[FULL] = -1, 0, 0
        put_off.node[0], put_off.far[0], waiting = len(tree.levels) - 2, 0.0, 1
        while waiting:
            waiting -= 1
            reach = best.figure[REACH]
            if put_off.far[waiting] > reach:
                continue
            node = put_off.node[waiting]
            if node & ((1 << DEPTH_BITS) - 1):
                waiting = _open(tree, box, node, waiting, put_off, reach)
                continue
            piece = node >> DEPTH_BITS
            square = _between(layer, plot, features, piece, reach)
            _judge(best, features.owner[piece], np.sqrt(square), margin)
        feature[nth], distance[nth] = best.number[FEATURE], best.figure[LEAST]
        doubt[nth] = best.number[FULL] == 1
        for k in range(best.number[OTHERS]):
            doubt[nth] |= best.who[k] != feature[nth]
    return feature, distance, doubt
