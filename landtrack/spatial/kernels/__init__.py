"""Measuring many plots against many features at once, in compiled code.

What shapely answers shape by shape is computed here from flat arrays of coordinates: areas,
lengths and distances are sums and minima over edges, and no geometry is built. numba compiles
the functions when they are first used and keeps the machine code on disk. Where numba is not
installed, :func:`ready` says no, and :mod:`landtrack.spatial.measures` asks shapely alone.

Plots are worked through in the order of a Hilbert curve, in blocks shared out among threads,
so that neighbours find the same features in the processor's cache.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import numpy.typing as npt

from landtrack.model.errors import LimitError

if TYPE_CHECKING:
    from landtrack.spatial.kernels.flat import Layer
    from landtrack.spatial.kernels.tree import Tree

Shapes = npt.NDArray[np.object_]
Positions = npt.NDArray[np.int64]
Figures = npt.NDArray[np.float64]
T = TypeVar("T")
Block = tuple[Positions, Positions, Figures]

BLOCK, SMALLEST = 4096, 512
"""Plots that a thread takes at a time: fewer where each might meet very many features."""
CANDIDATES = 20_000_000
"""How many pairs a block may be of, about, if all in it meet all features."""
MOST, MOST_A_PLOT = 5_000_000, 200
"""How many pairs are kept: more are of layers made to fill the memory."""

log = logging.getLogger("landtrack")
_loading = threading.Lock()
_loaded = False


def loaded() -> bool:
    """Tell whether the compiled functions are in memory already.

    Returns: True once :func:`ready` has loaded them.
    """
    return _loaded


def ready() -> bool:
    """Load the compiled functions, and compile them first where that was never done.

    Compiling takes some twenty seconds, once after an install. It is told at level INFO of
    the logger ``landtrack``; loading, which takes about a second, is not.

    Returns: False where numba is not installed, or cannot work here.
    """
    with _loading:
        return _load()


@cache
def _load() -> bool:
    global _loaded  # noqa: PLW0603 - what loaded() tells
    try:
        from landtrack.spatial.kernels import (  # noqa: F401
            areas,
            distances,
            flat,
            lengths,
            points,
            tree,
        )
    except ImportError as cause:
        log.info("Measuring with shapely alone, which takes longer: %s", cause)
        return False
    _loaded = True
    return True


def shared_area(plots: Shapes, features: Shapes, *, least: float) -> Block:
    """Measure the area that plots and polygons share.

    ``plots``, ``features``: n and m valid polygons in one metric CRS; other kinds and None share
    nothing.
    ``least``: Square metres; pairs that share no more are left out.
    Returns plot, feature : ndarray of int64, (k,): Positions of each pair, ordered by plot, then
    feature.
    Returns amount : ndarray of float64, (k,): Square metres.
    Raises ImportError: Without numba; ask :func:`ready` first.
    """
    from landtrack.spatial.kernels import areas, flat, tree

    rings = flat.polygons(features)
    other = flat.along(rings, tree.along_curve(rings.bounds))
    over = tree.build(other.bounds)
    del rings  # what is laid along the curve is a copy
    layer = flat.as_they_are(flat.polygons(plots))
    sizes = float(layer.largest), float(other.largest)
    return _pairs(
        layer, over, lambda block: areas.shared(layer, other, over, block, sizes, least)
    )


def shared_length(plots: Shapes, lines: Shapes, *, least: float) -> Block:
    """Measure the length of lines inside plots.

    ``plots``: n valid polygons; other kinds and None hold nothing.
    ``lines``: m lines in the same metric CRS, none of which meets itself.
    Returns plot, line : ndarray of int64, (k,): Positions of each pair, ordered by plot, then line.
    Returns amount : ndarray of float64, (k,): Metres; NaN where part of the line may run along the
    plot's edge, which only exact arithmetic can tell.
    Raises ImportError: Without numba; ask :func:`ready` first.
    """
    from landtrack.spatial.kernels import flat, lengths, tree

    pieces = flat.stretches(lines)
    over = tree.build(pieces.bounds)
    layer = flat.as_they_are(flat.polygons(plots))
    return _pairs(layer, over, lambda block: lengths.inside(layer, pieces, over, block, least))


def inside(plots: Shapes, features: Shapes) -> Block:
    """Find the points inside plots.

    ``plots``: n valid polygons; other kinds and None hold nothing.
    ``features``: m points or multipoints in the same metric CRS.
    Returns plot, feature : ndarray of int64, (k,): Positions of each pair, ordered by plot, then
    feature.
    Returns amount : ndarray of float64, (k,): 1, or NaN where a point may lie on the boundary,
    which only exact arithmetic can tell.
    Raises ImportError: Without numba; ask :func:`ready` first.
    """
    from landtrack.spatial.kernels import flat, points, tree

    each = flat.points(features)
    over = tree.build(each.bounds)
    layer = flat.as_they_are(flat.polygons(plots))
    return _pairs(layer, over, lambda block: points.inside(layer, each, over, block))


def nearest(plots: Shapes, features: Shapes) -> tuple[Positions, Figures, npt.NDArray[np.bool_]]:
    """Find the line or point nearest to each plot.

    ``plots``: n valid polygons.
    ``features``: m lines or points in the same metric CRS.
    Returns feature : ndarray of int64, (n,): Position of the first at the least distance, -1 for an
    empty plot or none at all.
    Returns distance : ndarray of float64, (n,): Metres, 0 where they touch or overlap, NaN where
    there is none.
    Returns doubt : ndarray of bool, (n,): Where several are at one distance but for rounding: exact
    arithmetic must choose.
    Raises ImportError: Without numba; ask :func:`ready` first.
    """
    from landtrack.spatial.kernels import distances, flat, tree

    pieces = flat.stretches(features)
    over = tree.build(pieces.bounds)
    feature = np.full(len(plots), -1, dtype=np.int64)
    distance = np.full(len(plots), np.nan)
    doubt = np.zeros(len(plots), dtype=bool)
    if over.leaves:
        layer = flat.as_they_are(flat.polygons(plots))
        blocks = _blocks(layer)
        found = _in_threads(
            lambda block: distances.nearest(layer, pieces, over, block), blocks
        )
        for block, result in zip(blocks, found, strict=True):
            feature[block], distance[block], doubt[block] = result
    return feature, distance, doubt


def _pairs(plots: Layer, over: Tree, work: Callable[[Positions], Block]) -> Block:
    """Let threads measure blocks of plots, and put their pairs in the order of the plots."""
    from landtrack.spatial.kernels import tree

    pairs = np.zeros(len(plots.owner), dtype=np.int64)
    most = MOST + MOST_A_PLOT * len(pairs)
    met = 0

    def counted(block: Positions) -> Block:
        nonlocal met
        made = work(block)
        met += len(made[1])
        if met > most:
            raise LimitError(
                f"More than {most:,} pairs of plots and features lie on one another.",
                mend="Look whether a layer holds the same ground many times over; hand it in in "
                "parts, each on the plots that it is about.",
            )
        return made

    blocks = _blocks(plots, over.leaves) if over.leaves else []
    found = _in_threads(counted, blocks)
    for block, (count, _, _) in zip(blocks, found, strict=True):
        pairs[block] = count
    start = np.concatenate([[0], np.cumsum(pairs)])
    plot = np.empty(start[-1], dtype=np.int64)
    everything = tree.Pairs(plot, np.empty_like(plot), np.empty(start[-1]))
    for block in reversed(blocks):
        _, features, amounts = found.pop()  # given back to memory block by block
        tree.put(block, features, amounts, start, everything)
    return everything


def _blocks(plots: Layer, features: int = 0) -> list[Positions]:
    """Cut the curve through the plots into stretches, one for each thread at least."""
    from landtrack.spatial.kernels import tree

    order = tree.along_curve(plots.bounds)
    size = min(BLOCK, max(SMALLEST, CANDIDATES // max(features, 1)))
    count = -(-len(order) // size)
    if len(order) > BLOCK // _threads():
        count = max(count, _threads())
    return np.array_split(order, count) if count else []


def _threads() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


def _in_threads(work: Callable[[Positions], T], blocks: list[Positions]) -> list[T]:
    if len(blocks) < 2 or _threads() == 1:  # noqa: PLR2004 - nothing to share out
        return [work(block) for block in blocks]
    with ThreadPoolExecutor(_threads()) as pool:
        return list(pool.map(work, blocks))
