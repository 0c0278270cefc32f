"""A tree over bounding boxes in the order of a Hilbert curve.

Boxes that follow each other along the curve are taken together eight by eight until one is
left. The levels lie behind one another in one array, the leaves first; the children of node
``i`` of a level are the nodes ``8 i`` to ``8 i + 7`` of the level below, so there are no
pointers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from landtrack.spatial.kernels.compiled import INDEX, INDICES, NUMBERS, TABLE, compiled, record

FAN = 8
"""Children of a node."""
STACK = 256
"""Nodes that a search can put off: each of at most 22 levels puts off at most FAN - 1."""
FEW = 64
"""Pairs up to which sorting by moving each into its place is quickest."""
DEPTH_BITS = 5
"""A node on the stack is its number, then its level in this many bits."""


class Tree(NamedTuple):
    """Boxes (k, 4) of all levels, and where each level starts."""

    boxes: npt.NDArray[np.float64]
    levels: npt.NDArray[np.int64]

    @property
    def leaves(self) -> int:
        """Count the boxes that the tree was made of."""
        return int(self.levels[1])


class Pairs(NamedTuple):
    """Plots and features that meet, and how much they share."""

    plot: npt.NDArray[np.int64]
    feature: npt.NDArray[np.int64]
    amount: npt.NDArray[np.float64]


TREE = record(Tree, TABLE, INDICES)
PAIRS = record(Pairs, INDICES, INDICES, NUMBERS)


def build(bounds: npt.NDArray[np.float64]) -> Tree:
    """Put n boxes into a tree.

    ``bounds``: (n, 4) left, bottom, right, top, all of them numbers, in the order of
    :func:`along_curve`.
    Returns: Its leaves are the boxes in their order.
    """
    sizes = [len(bounds)]
    while sizes[-1] > 1:
        sizes.append(-(-sizes[-1] // FAN))
    levels = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    boxes = np.empty((levels[-1], 4))
    boxes[: len(bounds)] = bounds
    _fill(boxes, levels)
    return Tree(boxes, levels)


def along_curve(bounds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Order boxes along a Hilbert curve through their middles.

    ``bounds``: (n, 4) left, bottom, right, top.
    Returns: Positions of the boxes that are numbers, neighbours near each other.
    """
    codes = _codes(np.ascontiguousarray(bounds, dtype="float64"))
    order = np.argsort(codes).astype(np.int64, copy=False)
    return order[: len(order) - np.count_nonzero(codes == _OUT)]


_BITS = 16
_OUT = 1 << (2 * _BITS)


@compiled(TABLE)
def _codes(bounds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Give each box its number along the curve; those that are no numbers the last."""
    n = len(bounds)
    codes = np.empty(n, dtype=np.int64)
    left, bottom, right, top = np.inf, np.inf, -np.inf, -np.inf
    for i in range(n):
        x, y = bounds[i, 0] + bounds[i, 2], bounds[i, 1] + bounds[i, 3]
        if np.isfinite(x) and np.isfinite(y):
            left, right = min(left, x), max(right, x)
            bottom, top = min(bottom, y), max(top, y)
    extent = max(right - left, top - bottom)
    scale = ((1 << _BITS) - 1) / extent if extent > 0 else 0.0
    for i in range(n):
        x, y = bounds[i, 0] + bounds[i, 2], bounds[i, 1] + bounds[i, 3]
        if not (np.isfinite(x) and np.isfinite(y)):
            codes[i] = _OUT
            continue
        column, row = int((x - left) * scale), int((y - bottom) * scale)
        code = 0
        side = 1 << (_BITS - 1)
        while side:
            in_x, in_y = int((column & side) != 0), int((row & side) != 0)
            code += side * side * ((3 * in_x) ^ in_y)
            if not in_y:  # turn the quarter so that the curve runs on
                if in_x:
                    column, row = (1 << _BITS) - 1 - column, (1 << _BITS) - 1 - row
                column, row = row, column
            side >>= 1
        codes[i] = code
    return codes


@compiled(TABLE, INDICES)
def _fill(boxes: npt.NDArray[np.float64], levels: npt.NDArray[np.int64]) -> None:
    """Compute the boxes of the upper levels from the leaves."""
    for level in range(1, len(levels) - 1):
        below, here = levels[level - 1], levels[level]
        for node in range(here, levels[level + 1]):
            first = below + FAN * (node - here)
            last = min(first + FAN, here)
            for side in range(2):
                low, high = boxes[first, side], boxes[first, side + 2]
                for child in range(first + 1, last):
                    low, high = min(low, boxes[child, side]), max(high, boxes[child, side + 2])
                boxes[node, side], boxes[node, side + 2] = low, high


@compiled(TREE, NUMBERS, INDICES, INDICES)
def meeting(
    tree: Tree, box: npt.NDArray[np.float64], found: npt.NDArray[np.int64],
    stack: npt.NDArray[np.int64],
) -> int:
    """List the leaves whose boxes meet a box, also if only along an edge.

    Returns: How many there are; more than fit where it is greater than the length of ``found``.
    """
    n, waiting = 0, 0
    boxes, levels = tree.boxes, tree.levels
    if levels[1] == 0:
        return n
    left, bottom, right, top = box[0], box[1], box[2], box[3]
    depth, first, last = len(levels) - 2, 0, 1  # the root: node 0 of the highest level
    while True:
        here = levels[depth]
        for node in range(first, last):
            at = here + node
            if not (
                boxes[at, 0] <= right and boxes[at, 2] >= left
                and boxes[at, 1] <= top and boxes[at, 3] >= bottom
            ):
                continue
            if depth:
                stack[waiting] = (node << DEPTH_BITS) | depth
                waiting += 1
                continue
            if n < len(found):
                found[n] = node
            n += 1
        if not waiting:
            return n
        waiting -= 1
        node, depth = stack[waiting] >> DEPTH_BITS, stack[waiting] & ((1 << DEPTH_BITS) - 1)
        depth -= 1
        first = FAN * node
        last = min(first + FAN, levels[depth + 1] - levels[depth])


@compiled(INDICES, NUMBERS, INDEX, INDEX)
def in_order(
    feature: npt.NDArray[np.int64], amount: npt.NDArray[np.float64], first: int, last: int
) -> None:
    """Sort the stretch from first to last by feature, in place, amounts along with it.

    ``feature``, ``amount``: Columns of the same pairs.
    ``first``, ``last``: Where the stretch begins, and where the next does.
    """
    if last - first > FEW:
        order = first + np.argsort(feature[first:last])
        feature[first:last], amount[first:last] = feature[order], amount[order]
        return
    for i in range(first + 1, last):
        this, value, j = feature[i], amount[i], i
        while j > first and feature[j - 1] > this:
            feature[j], amount[j] = feature[j - 1], amount[j - 1]
            j -= 1
        feature[j], amount[j] = this, value


@compiled(INDICES, INDICES, NUMBERS, INDICES, PAIRS)
def put(
    plots: npt.NDArray[np.int64], feature: npt.NDArray[np.int64],
    amount: npt.NDArray[np.float64], start: npt.NDArray[np.int64], everything: Pairs,
) -> None:
    """Write the pairs of some plots to their places among those of all plots.

    ``plots``: Positions of the plots, in the order of their pairs.
    ``feature``, ``amount``: The pairs, plot by plot.
    ``start``: (n + 1,) where the pairs of each plot begin in the result.
    """
    at = 0
    for plot in plots:
        for to in range(start[plot], start[plot + 1]):
            everything.plot[to] = plot
            everything.feature[to], everything.amount[to] = feature[at], amount[at]
            at += 1
