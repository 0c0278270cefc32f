"""Measuring plots against features: areas, lengths, nearest, frontage.

Each function takes arrays of shapes in one metric CRS and gives positions and figures;
names, categories and coverage are the business of :mod:`landtrack.join`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Shapes = npt.NDArray[np.object_]
Positions = npt.NDArray[np.intp]
Figures = npt.NDArray[np.float64]

SLIVER_M2 = 1e-6
"""Plots and features that share less than this touch; their meeting is no hit."""
SLIVER_M = 1e-6
"""Lines that run less than this inside a plot touch it."""
TALL_STOREY_M = 8.0
"""A storey higher than this counts twice in the floor area; at exactly this height once.

Land control indices for industrial projects, 国土资发〔2008〕24号, notes on the plot ratio.
"""


class Pairs(NamedTuple):
    """Plots and features that meet: positions in both, and how much they share."""

    plot: Positions
    feature: Positions
    amount: Figures

    def where(self, keep: npt.NDArray[np.bool_]) -> Pairs:
        """Keep some of the pairs.

        Parameters
        ----------
        keep
            Which of them.

        Returns
        -------
        Pairs
            Those, in their order.
        """
        return Pairs(self.plot[keep], self.feature[keep], self.amount[keep])


    def totals(self, n: int) -> Figures:
        """Add the amounts up by plot.

        Parameters
        ----------
        n
            Number of plots.

        Returns
        -------
        ndarray of float64, (n,)
            The sums; 0 for a plot in no pair.
        """
        added = np.bincount(self.plot, weights=self.amount, minlength=n)
        return added.astype("float64")  # of no pairs at all numpy makes integers


class Nearest(NamedTuple):
    """The nearest feature of each plot: its position, -1 for none, and the metres to it."""

    feature: Positions
    distance: Figures


def shared_area(plots: Shapes, features: Shapes) -> Pairs:
    """Measure the area that plots and polygons share.

    Parameters
    ----------
    plots, features
        n and m valid polygons in one metric CRS.

    Returns
    -------
    Pairs
        Square metres of each pair that shares more than an edge or a corner, ordered by
        plot, then feature.
    """
    plot, feature = _meeting(plots, features)
    amount = shapely.area(shapely.intersection(plots[plot], features[feature]))
    return Pairs(plot, feature, amount).where(amount > SLIVER_M2)


def shared_length(plots: Shapes, features: Shapes) -> Pairs:
    """Measure the length of lines inside plots.

    Parameters
    ----------
    plots
        n valid polygons.
    features
        m lines in the same metric CRS.

    Returns
    -------
    Pairs
        Metres of each pair in which the line runs inside the plot or along its edge,
        ordered by plot, then feature.
    """
    plot, feature = _meeting(plots, features)
    amount = shapely.length(shapely.intersection(plots[plot], features[feature]))
    return Pairs(plot, feature, amount).where(amount > SLIVER_M)


def _meeting(plots: Shapes, features: Shapes) -> tuple[Positions, Positions]:
    plot, feature = shapely.STRtree(features).query(plots, predicate="intersects")
    order = np.lexsort((feature, plot))
    return plot[order], feature[order]


def nearest(plots: Shapes, features: Shapes) -> Nearest:
    """Find the feature nearest to each plot.

    Parameters
    ----------
    plots
        n shapes.
    features
        m shapes in the same metric CRS, in any number, also none.

    Returns
    -------
    Nearest
        n positions and distances in metres, 0 where they touch or overlap; of several
        at one distance the first. Position -1 and NaN where m is 0.

    References
    ----------
    .. [1] OGC 06-103r4, Simple Feature Access 1, ``Distance``.
    """
    position = np.full(len(plots), -1, dtype=np.intp)
    distance = np.full(len(plots), np.nan)
    if len(features) and len(plots):
        (plot, feature), metres = shapely.STRtree(features).query_nearest(
            plots, all_matches=True, return_distance=True
        )
        order = np.lexsort((feature, plot))[::-1]  # the first feature is written last
        position[plot[order]] = feature[order]
        distance[plot[order]] = metres[order]
    return Nearest(position, distance)


def covered_area(plots: Shapes, features: Shapes, pairs: Pairs) -> Figures:
    """Measure how much of each plot features cover, ground covered twice counted once.

    Parameters
    ----------
    plots, features
        n and m valid polygons in one metric CRS.
    pairs
        Those that meet, from :func:`shared_area`.

    Returns
    -------
    ndarray of float64, (n,)
        Square metres; 0 where nothing covers the plot.
    """
    total = pairs.totals(len(plots))
    several = np.flatnonzero(np.bincount(pairs.plot, minlength=len(plots)) > 1)
    starts = np.searchsorted(pairs.plot, several, side="left")
    ends = np.searchsorted(pairs.plot, several, side="right")
    for plot, start, end in zip(several, starts, ends, strict=True):
        own = features[pairs.feature[start:end]]
        if len(shapely.STRtree(own).query(own, predicate="intersects")[0]) > len(own):
            pieces = shapely.intersection(plots[plot], own)
            total[plot] = shapely.area(shapely.union_all(pieces))
    return total


def counted_storeys(
    storeys: Figures, heights: pd.Series, has_floors: npt.NDArray[np.bool_]
) -> Figures:
    """Count storeys as the plot ratio counts them: a tall one twice.

    Parameters
    ----------
    storeys
        Number of storeys of n buildings, NaN where not known.
    heights
        n texts such as ``"9.5;4.2"``, the height of each storey in metres; missing where
        not stated. Where stated, they are counted instead of ``storeys``.
    has_floors
        Which of the n are buildings; structures and yards have no floor area.

    Returns
    -------
    ndarray of float64, (n,)
        Storeys counted; 0 without floors, NaN where the storeys are not known.
    """
    counted = np.array(storeys, dtype="float64")
    stated = heights.notna().to_numpy()
    counted[stated] = [
        sum(2.0 if float(height) > TALL_STOREY_M else 1.0 for height in text.split(";"))
        for text in heights[stated]
    ]
    counted[~has_floors] = 0.0
    return counted


def frontage(
    plots: Shapes, roads: Shapes, reach: Figures, *, angle_deg: float
) -> tuple[Figures, Positions]:
    """Measure how much of a plot's boundary fronts on roads.

    Parameters
    ----------
    plots
        n valid polygons.
    roads
        m centrelines in the same metric CRS.
    reach
        How far from its centreline each road still has a frontage, in metres.
    angle_deg
        A stretch of boundary at a steeper angle to the road does not front on it.

    Returns
    -------
    length : ndarray of float64, (n,)
        Metres of boundary; a stretch that fronts on two roads counts once.
    road : ndarray of int, (n,)
        Position of the road with the longest stretch, -1 where there is none.
    """
    sides, plot = _segments(shapely.boundary(plots))
    pieces, road = _segments(roads)
    zones = shapely.buffer(pieces, reach[road], quad_segs=32)
    piece, side = shapely.STRtree(sides).query(zones, predicate="intersects")
    level = np.abs(_cosine(sides[side], pieces[piece])) >= np.cos(np.radians(angle_deg))
    piece, side = piece[level], side[level]
    stretch = shapely.intersection(sides[side], zones[piece])
    start, end = _interval(sides[side], stretch)
    fronting = Pairs(plot, np.arange(len(plot)), _union_length(side, start, end, len(sides)))
    length = fronting.totals(len(plots))
    best = np.full(len(plots), -1, dtype=np.intp)
    by_road = pd.Series(end - start).groupby([plot[side], road[piece]]).sum()
    for at, which in by_road.sort_values(kind="stable").index:
        best[at] = which
    return length, best


def _segments(lines: Shapes) -> tuple[Shapes, Positions]:
    """Cut lines into straight segments, each with the position of its line."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    joined = part[:-1] == part[1:]
    ends = np.stack([points[:-1][joined], points[1:][joined]], axis=1)
    moving = (ends[:, 0] != ends[:, 1]).any(axis=1)
    return shapely.linestrings(ends[moving]), owner[part[:-1][joined][moving]]


def _direction(segments: Shapes) -> Figures:
    ends = shapely.get_coordinates(segments).reshape(-1, 2, 2)
    along = ends[:, 1] - ends[:, 0]
    unit: Figures = along / np.hypot(along[:, 0], along[:, 1])[:, None]
    return unit


def _cosine(one: Shapes, other: Shapes) -> Figures:
    cosine: Figures = np.einsum("ij,ij->i", _direction(one), _direction(other))
    return cosine


def _interval(segments: Shapes, stretches: Shapes) -> tuple[Figures, Figures]:
    """Give each stretch of a segment as metres from the segment's start."""
    start = shapely.get_point(segments, 0)
    one = shapely.distance(start, shapely.get_point(stretches, 0))
    other = shapely.distance(start, shapely.get_point(stretches, -1))
    low, high = np.fmin(one, other), np.fmax(one, other)
    return np.nan_to_num(low), np.nan_to_num(high)


def _union_length(owner: Positions, start: Figures, end: Figures, n: int) -> Figures:
    """Add up intervals on each of n segments, overlaps counted once."""
    order = np.lexsort((start, owner))
    owner, start, end = owner[order], start[order], end[order]
    reached = pd.Series(end).groupby(owner).cummax().groupby(owner).shift(fill_value=-np.inf)
    fresh = np.maximum(end - np.maximum(start, reached.to_numpy()), 0.0)
    return Pairs(owner, order, fresh).totals(n)
