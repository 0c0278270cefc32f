"""How much of the boundary of plots lies along roads: segment against segment, in numpy.

The ground within reach of a straight piece of road is a rectangle with a half disc at each
end. It is convex, so it holds of a straight side of a plot one stretch at most, from the least
to the greatest of where the side meets the rectangle and the two discs.
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

BLOCK = 20_000
"""Plots near pieces of road that are looked at together, so that memory stays small."""


class Segments(NamedTuple):
    """Straight segments, k of them: start and unit direction (k, 2), metres, whose they are."""

    start: Figures
    along: Figures
    length: Figures
    owner: Positions

    def at(self, which: Positions | npt.NDArray[np.bool_]) -> Segments:
        """Take some of the segments.

        Returns: Those, in that order.
        """
        return Segments(
            self.start[which], self.along[which], self.length[which], self.owner[which]
        )

    def boxes(self, margin: Figures | float = 0.0) -> Figures:
        """Give the boxes around the segments.

        Returns ndarray of float64, (k, 4): West, south, east, north.
        """
        end = self.start + self.along * self.length[:, None]
        edge = np.broadcast_to(np.asarray(margin), self.length.shape)[:, None]
        return np.hstack([np.minimum(self.start, end) - edge, np.maximum(self.start, end) + edge])


class Stretches(NamedTuple):
    """Stretches of sides along pieces of road, in metres from the start of the side."""

    side: Positions
    piece: Positions
    start: Figures
    end: Figures


def segments(lines: Shapes) -> Segments:
    """Cut n lines into straight segments; those without length are left out.

    ``lines``: Lines, multilines or None.
    Returns: In the order of the lines.
    """
    parts, owner = shapely.get_parts(lines, return_index=True)
    points, part = shapely.get_coordinates(parts, return_index=True)
    joined = part[:-1] == part[1:]
    along = np.diff(points, axis=0)[joined]
    length = np.hypot(along[:, 0], along[:, 1])
    moving = length > 0
    return Segments(
        points[:-1][joined][moving], along[moving] / length[moving, None], length[moving],
        owner[part[:-1][joined][moving]],
    )


def frontage(
    plots: Shapes, roads: Shapes, reach: Figures, *, angle_deg: float
) -> tuple[Figures, Positions]:
    """Measure how much of each plot's boundary is within reach of roads.

    ``plots``: n valid polygons.
    ``roads``: m centrelines in the same metric CRS.
    ``reach``: How far each road reaches, in metres.
    Returns length : ndarray of float64, (n,): Metres; a stretch within reach of two roads counts
    once.
    Returns road : ndarray of int, (n,): Position of the road with the longest stretch, -1 where
    there is none.
    """
    length, best = np.zeros(len(plots)), np.full(len(plots), -1, dtype=np.intp)
    pieces = segments(roads)
    around = pieces.boxes(reach[pieces.owner])
    piece, plot = shapely.STRtree(plots).query(shapely.box(*around.T))
    order = np.argsort(plot, kind="stable")
    piece, plot = piece[order], plot[order]
    blocks = np.flatnonzero(np.diff(np.arange(len(plot)) // BLOCK)) + 1
    edges = np.unique(np.searchsorted(plot, plot[blocks]))  # a plot stays in one block
    for own, near in zip(np.split(plot, edges), np.split(piece, edges), strict=True):
        some, at = np.unique(own, return_inverse=True)
        sides = segments(shapely.boundary(plots[some]))
        found = _stretches(sides, pieces, at, near, reach[pieces.owner[near]], angle_deg)
        fresh = _union_length(found.side, found.start, found.end)
        length[some] = np.bincount(sides.owner[found.side], weights=fresh, minlength=len(some))
        key = sides.owner[found.side] * len(roads) + pieces.owner[found.piece]
        pair, which = np.unique(key, return_inverse=True)
        by_road = np.bincount(which, weights=found.end - found.start, minlength=len(pair))
        pair = pair[np.argsort(by_road, kind="stable")]  # the longest is written last
        best[some[pair // len(roads)]] = pair % len(roads)
    return length, best


def _stretches(
    sides: Segments, pieces: Segments, plot: Positions, piece: Positions, reach: Figures,
    angle_deg: float,
) -> Stretches:
    """Find the stretches of the sides of each plot that lie within reach of its piece."""
    first = np.searchsorted(sides.owner, plot, side="left")
    count = np.searchsorted(sides.owner, plot, side="right") - first
    row = np.repeat(np.arange(len(plot)), count)
    side = first[row] + np.arange(len(row)) - (np.cumsum(count) - count)[row]
    cosine = np.abs(_dot(sides.along[side], pieces.along[piece[row]]))
    box, other = sides.boxes()[side], pieces.at(piece).boxes(reach)[row]
    meet = ((box[:, :2] <= other[:, 2:]) & (box[:, 2:] >= other[:, :2])).all(axis=1)
    meet &= cosine >= np.cos(np.radians(angle_deg))
    side, row = side[meet], row[meet]
    start, end = _within(sides.at(side), pieces.at(piece[row]), reach[row])
    some = end > start
    return Stretches(side[some], piece[row][some], start[some], end[some])


def _union_length(owner: Positions, start: Figures, end: Figures) -> Figures:
    """Give of each interval the length that no earlier one on the same segment covers."""
    order = np.lexsort((start, owner))
    own, begin, finish = owner[order], start[order], end[order]
    reached = pd.Series(finish).groupby(own).cummax().groupby(own).shift(fill_value=-np.inf)
    fresh = np.empty(len(owner))
    fresh[order] = np.maximum(finish - np.maximum(begin, reached.to_numpy()), 0.0)
    return fresh


def _within(sides: Segments, pieces: Segments, reach: Figures) -> tuple[Figures, Figures]:
    """Give from where to where each side is within reach of its piece; the end may come first."""
    offset = sides.start - pieces.start
    low, high = _in_disc(offset, sides.along, reach)
    beyond = offset - pieces.along * pieces.length[:, None]
    far_low, far_high = _in_disc(beyond, sides.along, reach)
    # beside the piece: along it no less than 0 and no more than its length, across it no more
    # than the reach to either hand; both change evenly along the side
    cosine = _dot(sides.along, pieces.along)
    sine = _across(pieces.along, sides.along)
    begin, finish = _between(
        _dot(offset, pieces.along), cosine, np.zeros(len(reach)), pieces.length
    )
    left, right = _between(_across(pieces.along, offset), sine, -reach, reach)
    begin, finish = np.maximum(begin, left), np.minimum(finish, right)
    begin, finish = np.where(begin <= finish, [begin, finish], [[np.inf], [-np.inf]])
    low, high = np.minimum(low, far_low), np.maximum(high, far_high)
    low, high = np.minimum(low, begin), np.maximum(high, finish)
    return np.maximum(low, 0.0), np.minimum(high, sides.length)


def _in_disc(offset: Figures, along: Figures, radius: Figures) -> tuple[Figures, Figures]:
    """Give from where to where a line is in a disc, from inf to -inf where it misses it."""
    middle = -_dot(offset, along)
    half = radius**2 - _across(along, offset) ** 2
    root = np.sqrt(np.maximum(half, 0.0))
    hit = half >= 0
    return np.where(hit, middle - root, np.inf), np.where(hit, middle + root, -np.inf)


def _dot(one: Figures, other: Figures) -> Figures:
    return one[:, 0] * other[:, 0] + one[:, 1] * other[:, 1]


def _across(one: Figures, other: Figures) -> Figures:
    return one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]


def _between(
    value: Figures, rate: Figures, least: Figures, most: Figures
) -> tuple[Figures, Figures]:
    """Give from where to where a value that changes at a rate is between two bounds."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (least - value) / rate, (most - value) / rate
    start, end = np.minimum(one, other), np.maximum(one, other)
    still = rate == 0  # it is between them everywhere or nowhere
    inside = (value >= least) & (value <= most)
    return (
        np.where(still, np.where(inside, -np.inf, np.inf), start),
        np.where(still, np.where(inside, np.inf, -np.inf), end),
    )
