"""Measuring plots against features: areas, lengths, nearest, frontage.

Each function takes arrays of shapes in one metric CRS and gives positions and figures;
names, categories and coverage are the business of :mod:`landtrack.spatial.join`.

shapely answers where there is little to measure, compiled code (:mod:`landtrack.spatial.kernels`)
where shapely would take longer than loading it; they agree to rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.model import Schema
from landtrack.model.errors import LimitError
from landtrack.spatial import kernels
from landtrack.spatial.kernels import fronts

Shapes = npt.NDArray[np.object_]
Positions = npt.NDArray[np.intp]
Figures = npt.NDArray[np.float64]

SLIVER_M2 = 1e-6
"""Plots and features that share less than this touch; their meeting is no hit."""
SLIVER_M = 1e-6
"""Lines that run less than this inside a plot touch it."""
LOADING_S = 1.0
"""Loading the compiled code takes about as long; less work than this is shapely's."""
VERTEX_S = 1e-6
"""What shapely takes to intersect two shapes, for each of their vertices (2 GHz)."""
SEARCH_S = 6e-5
"""What shapely takes to find the nearest stretch of a line to a plot."""
PIECE = 1000
"""Plots whose neighbours are looked up at a time, to estimate that."""
SMALL = 200
"""Plots and features together below which shapely is as quick as compiled code in memory."""
LONG = 16
"""Vertices of a line, on average, from which it pays to look for its nearest stretch."""
STRETCH = 8
"""Segments of such a stretch."""

_LINES = (shapely.GeometryType.LINESTRING, shapely.GeometryType.MULTILINESTRING)
_POINTS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


class Pairs(NamedTuple):
    """Plots and features that meet: positions in both, and how much they share."""

    plot: Positions
    feature: Positions
    amount: Figures

    def where(self, keep: npt.NDArray[np.bool_]) -> Pairs:
        """Keep some of the pairs.

        Returns: Those, in their order.
        """
        return Pairs(self.plot[keep], self.feature[keep], self.amount[keep])

    def totals(self, n: int) -> Figures:
        """Add the amounts up by plot.

        Returns ndarray of float64, (n,): The sums; 0 for a plot in no pair.
        """
        added = np.bincount(self.plot, weights=self.amount, minlength=n)
        return added.astype("float64")  # of no pairs at all numpy makes integers


class Nearest(NamedTuple):
    """The nearest feature of each plot: its position, -1 for none, and the metres to it."""

    feature: Positions
    distance: Figures


@contextmanager
def about(layer: str) -> Iterator[None]:
    """Name the layer where it meets another in more pairs than are kept."""
    try:
        yield
    except LimitError as error:
        raise LimitError(f"{layer}: {error.cause}", mend=error.mend) from error


def sliver(schema: Schema) -> float:
    """Give the size up to which a meeting of a plot with a layer is a sliver, and no hit.

    ``schema``: The layer kind, with its parameter ``sliver_m2`` or ``sliver_m``, or neither.
    Returns: Square metres for polygons, metres for lines; without a parameter so little that only
    what touches is none.
    """
    stated = schema.parameters
    return max(stated.get("sliver_m2", stated.get("sliver_m", 0.0)), SLIVER_M2)


def shared_area(plots: Shapes, features: Shapes) -> Pairs:
    """Measure the area that plots and polygons share.

    ``plots``, ``features``: n and m valid polygons in one metric CRS.
    Returns: Square metres of each pair that shares more than an edge or a corner, ordered by plot,
    then feature.
    """
    if _only(_POLYGONS, plots, features) and _pays(plots, features, _intersecting_s):
        return Pairs(*kernels.shared_area(plots, features, least=SLIVER_M2))
    plot, feature = _meeting(plots, features)
    amount = shapely.area(shapely.intersection(plots[plot], features[feature]))
    return Pairs(plot, feature, amount).where(amount > SLIVER_M2)


def shared_length(plots: Shapes, features: Shapes) -> Pairs:
    """Measure the length of lines inside plots.

    ``plots``: n valid polygons.
    ``features``: m lines in the same metric CRS.
    Returns: Metres of each pair in which the line runs inside the plot or along its edge, ordered
    by plot, then feature.
    """
    if (
        _only(_POLYGONS, plots) and _only(_LINES, features)
        and _pays(plots, features, _intersecting_s)
    ):
        found = Pairs(*kernels.shared_length(plots, features, least=SLIVER_M))
        unsure = np.isnan(found.amount) | _meets_itself(features, found.feature)
        plot, feature = found.plot[unsure], found.feature[unsure]
        found.amount[unsure] = shapely.length(
            shapely.intersection(plots[plot], features[feature])
        )
        return found.where(found.amount > SLIVER_M)
    plot, feature = _meeting(plots, features)
    amount = shapely.length(shapely.intersection(plots[plot], features[feature]))
    return Pairs(plot, feature, amount).where(amount > SLIVER_M)


def inside(plots: Shapes, features: Shapes) -> Pairs:
    """Find the points inside plots; on the boundary is not inside.

    ``plots``: n valid polygons.
    ``features``: m points or multipoints in the same metric CRS.
    Returns: Amount 1 for each pair of which a point lies inside the plot, ordered by plot, then
    feature.
    """
    if (
        _only(_POLYGONS, plots) and _only(_POINTS, features)
        and _pays(plots, features, lambda plots, _: SEARCH_S * len(plots))
    ):
        found = Pairs(*kernels.inside(plots, features))
        unsure = np.isnan(found.amount)
        found.amount[unsure] = shapely.intersects(
            plots[found.plot[unsure]], features[found.feature[unsure]]
        ) & ~shapely.touches(plots[found.plot[unsure]], features[found.feature[unsure]])
        return found.where(found.amount > 0)
    plot, feature = _meeting(plots, features)
    keep = ~shapely.touches(plots[plot], features[feature])
    return Pairs(plot[keep], feature[keep], np.ones(np.count_nonzero(keep)))


def _meeting(plots: Shapes, features: Shapes) -> tuple[Positions, Positions]:
    plot, feature = shapely.STRtree(features).query(plots, predicate="intersects")
    order = np.lexsort((feature, plot))
    return plot[order], feature[order]


def _meets_itself(lines: Shapes, which: Positions) -> npt.NDArray[np.bool_]:
    """Tell which lines cross or repeat themselves: ground run over twice counts once."""
    used = np.unique(which)
    used = used[shapely.get_num_coordinates(lines[used]) > 2]  # noqa: PLR2004 - one segment
    tangled = np.zeros(len(lines), dtype=bool)
    tangled[used] = ~shapely.is_simple(lines[used])
    return tangled[which]


def _only(kinds: tuple[shapely.GeometryType, ...], *layers: Shapes) -> bool:
    """Tell whether the layers hold nothing but shapes of some kinds, or None."""
    known = [-1, *(int(kind) for kind in kinds)]
    return all(bool(np.isin(shapely.get_type_id(layer), known).all()) for layer in layers)


def _pays(plots: Shapes, features: Shapes, seconds: Callable[[Shapes, Shapes], float]) -> bool:
    """Tell whether compiled code answers sooner than shapely, and have it ready if so."""
    if kernels.loaded():
        return len(plots) + len(features) >= SMALL
    return seconds(plots, features) >= LOADING_S and kernels.ready()


def _intersecting_s(plots: Shapes, features: Shapes) -> float:
    """Estimate how long shapely takes to intersect the plots with the features, if not long."""
    of_plots, of_features = (shapely.get_num_coordinates(each) for each in (plots, features))
    tree, seconds = shapely.STRtree(features), 0.0
    for at in range(0, len(plots), PIECE):
        plot, feature = tree.query(plots[at:at + PIECE])
        seconds += VERTEX_S * float(of_plots[at + plot].sum() + of_features[feature].sum())
        if seconds >= LOADING_S:  # all pairs of two large heaps would fill the memory
            break
    return seconds


def nearest(plots: Shapes, features: Shapes) -> Nearest:
    """Find the feature nearest to each plot.

    ``plots``: n shapes.
    ``features``: m shapes in the same metric CRS, in any number, also none.
    Returns: n positions and distances in metres, 0 where they touch or overlap; of several at one
    distance the first. Position -1 and NaN where m is 0.

    References
    ----------
    .. [1] OGC 06-103r4, Simple Feature Access 1, ``Distance``.
    """
    if (
        _only(_POLYGONS, plots) and _only(_LINES + _POINTS, features)
        and _pays(plots, features, lambda plots, _: SEARCH_S * len(plots))
    ):
        position, distance, doubt = kernels.nearest(plots, features)
        position[doubt], distance[doubt] = _nearest(plots[doubt], features)
        return Nearest(position, distance)
    return _nearest(plots, features)


def _nearest(plots: Shapes, features: Shapes) -> Nearest:
    position = np.full(len(plots), -1, dtype=np.intp)
    distance = np.full(len(plots), np.nan)
    if len(features) and len(plots):
        pieces, owner = _stretches(features)
        (plot, piece), metres = shapely.STRtree(pieces).query_nearest(
            plots, all_matches=True, return_distance=True
        )
        feature = owner[piece]
        order = np.lexsort((feature, plot))[::-1]  # the first feature is written last
        position[plot[order]] = feature[order]
        distance[plot[order]] = metres[order]
    return Nearest(position, distance)


def _stretches(lines: Shapes) -> tuple[Shapes, Positions]:
    """Cut long lines into stretches, each with the position of its line; leave other shapes.

    The box of a long line is near everything, and each try measures all of the line.
    """
    if not _only(_LINES, lines) or shapely.get_num_coordinates(lines).mean() < LONG:
        return lines, np.arange(len(lines))
    parts, owner = shapely.get_parts(lines, return_index=True)
    size = shapely.get_num_coordinates(parts)
    pieces = -(-np.maximum(size - 1, 0) // STRETCH)
    part = np.repeat(np.arange(len(parts)), pieces)
    nth = np.arange(len(part)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    first = (np.cumsum(size) - size)[part] + STRETCH * nth
    count = np.minimum(STRETCH + 1, size[part] - STRETCH * nth)
    piece = np.repeat(np.arange(len(part)), count)
    vertex = first[piece] + np.arange(len(piece)) - (np.cumsum(count) - count)[piece]
    points = shapely.get_coordinates(parts)[vertex]
    return shapely.linestrings(points, indices=piece), owner[part]


def covered_area(plots: Shapes, features: Shapes, pairs: Pairs) -> Figures:
    """Measure how much of each plot features cover, ground covered twice counted once.

    ``plots``, ``features``: n and m valid polygons in one metric CRS.
    ``pairs``: Those that meet, from :func:`shared_area`.
    Returns ndarray of float64, (n,): Square metres; 0 where nothing covers the plot.
    """
    total = pairs.totals(len(plots))
    several = np.bincount(pairs.plot, minlength=len(plots)) > 1
    doubled = pairs.where(several[pairs.plot])
    doubled = doubled.where(overlapped(features, doubled))
    if len(doubled.plot):
        plot, start, size = np.unique(doubled.plot, return_index=True, return_counts=True)
        pieces = shapely.intersection(plots[doubled.plot], features[doubled.feature])
        total[plot] -= np.add.reduceat(doubled.amount, start)
        for k in np.unique(size):  # plots with k such pieces at once
            at = start[size == k]
            own = pieces[at[:, None] + np.arange(k)]
            total[plot[size == k]] += shapely.area(shapely.union_all(own, axis=1))
    return total


def union(areas: Shapes) -> shapely.Geometry:
    """Put areas together, whatever is wrong with their outlines.

    ``areas``: n polygons in one CRS.
    """
    return shapely.union_all(shapely.make_valid(areas))


def lies_within(shapes: Shapes, area: shapely.Geometry) -> npt.NDArray[np.bool_]:
    """Tell which polygons lie within an area.

    ``shapes``: n valid polygons in a metric CRS.
    ``area``: A valid area in the same, as :func:`union` gives it.
    Returns ndarray of bool, (n,): Rounding apart, none of the polygon lies outside.
    """
    shapely.prepare(area)
    inside: npt.NDArray[np.bool_] = shapely.covers(area, shapes)
    rest = shapes[~inside]
    outside = shapely.area(shapely.difference(rest, area))
    inside[~inside] = outside <= SLIVER_M2 * np.maximum(shapely.area(rest), 1.0)
    return inside


def overlapped(features: Shapes, pairs: Pairs) -> npt.NDArray[np.bool_]:
    """Tell which pairs are of a feature that overlaps another one of the same plot.

    ``features``: m valid polygons.
    ``pairs``: k pairs of plots with them.
    Returns ndarray of bool, (k,): True where another pair of the plot has a feature that shares
    ground with this one.
    """
    used = np.unique(pairs.feature)
    meets = shared_area(features[used], features[used])
    one, other = used[meets.plot], used[meets.feature]
    one, other = one[one != other], other[one != other]
    order = np.argsort(pairs.feature, kind="stable")  # the pairs of each feature together
    start = np.searchsorted(pairs.feature[order], one, side="left")
    count = np.searchsorted(pairs.feature[order], one, side="right") - start
    nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    pair = order[np.repeat(start, count) + nth]
    sought = pairs.plot[pair] * len(features) + np.repeat(other, count)
    key = pairs.plot * len(features) + pairs.feature
    found = np.zeros(len(key), dtype=bool)
    found[pair[np.isin(sought, key)]] = True
    return found


def storeys_by_height(heights: pd.Series, *, least: float, most: float) -> list[Figures | None]:
    """Read the records of storey heights.

    ``heights``: n texts such as ``"9.5;4.2"``, the height of each storey in metres; missing where
    not stated.
    ``least``, ``most``: The heights that a storey can have, in metres: a record with another one is
    none.
    Returns: The heights of each building; None where none is stated, or one cannot be.
    """
    found: list[Figures | None] = [None] * len(heights)
    for at in np.flatnonzero(heights.notna()).tolist():
        stated = np.array([float(each) for each in heights.iloc[at].split(";")])
        if ((stated >= least) & (stated <= most)).all():
            found[at] = stated
    return found


def frontage(
    plots: Shapes, roads: Shapes, reach: Figures, *, angle_deg: float
) -> tuple[Figures, Positions]:
    """Measure how much of a plot's boundary fronts on roads.

    ``plots``: n valid polygons.
    ``roads``: m centrelines in the same metric CRS.
    ``reach``: How far from its centreline each road still has a frontage, in metres.
    ``angle_deg``: A stretch of boundary at a steeper angle to the road does not front on it.
    Returns length : ndarray of float64, (n,): Metres of boundary; a stretch that fronts on two
    roads counts once.
    Returns road : ndarray of int, (n,): Position of the road with the longest stretch, -1 where
    there is none.
    """
    return fronts.frontage(plots, roads, reach, angle_deg=angle_deg)
