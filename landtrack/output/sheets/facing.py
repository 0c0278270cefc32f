"""Which things the boundary of a parcel faces, and how much of it: straight ahead, outward.

Every stretch of the boundary faces what lies ahead of it at a right angle. The bearing of that
direction says to which side of the parcel the stretch belongs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

SIDES = ("north", "east", "south", "west")
"""Clockwise, each a quarter of the bearings with its name in the middle."""

CLOCKWISE = np.array([(1, 0), (0, -1), (-1, 0), (0, 1)])
"""The direction of each side for one who goes round the parcel, east and north."""

PIECE_M = 5.0
"""Long stretches are looked at in pieces: what hides what is decided for each as a whole."""

FINE_M = 0.5
"""Pieces where a parcel may hide what lies behind it."""

SAME_M = 1e-6
LEAST_M2 = 1e-5
"""Ground ahead that is less than this is none: what only touches, and rounding."""

Shapes = npt.NDArray[np.object_]
Positions = npt.NDArray[np.intp]
Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Thing:
    """Something that may adjoin: its ground, and how far ahead of the boundary it counts.

    ``key`` is that of a feature of the subject's own kind, and empty for others; ``opaque``
    is what hides the things of other layers behind it.
    """

    kind: str
    key: str
    name: str
    shape: shapely.Geometry
    gap_m: float

    @property
    def opaque(self) -> bool:
        """Whether it hides what lies behind it."""
        return bool(self.key)


@dataclass(frozen=True, kw_only=True)
class Boundary:
    """The boundary of a subject in n straight pieces, each with the direction that is outward.

    ``start`` and ``along`` (a unit vector) are (n, 2), ``length`` is metres. The interior lies
    to the left. ``inner`` tells the pieces that lie round a hole, ``contested`` those that have
    both a parcel and something of another layer ahead.
    """

    start: Floats
    along: Floats
    length: Floats
    inner: Mask
    contested: Mask

    @property
    def outward(self) -> Floats:
        """The unit vectors that lead out.

        Returns ndarray of float64, (n, 2): East and north.
        """
        return np.column_stack([self.along[:, 1], -self.along[:, 0]])

    @property
    def side(self) -> npt.NDArray[np.intp]:
        """The sides that the pieces belong to.

        Returns ndarray of int, (n,): Positions in :data:`SIDES`.
        """
        east, north = self.outward.T
        side: Positions = np.floor(
            (np.degrees(np.arctan2(east, north)) + 45) / 90
        ).astype(np.intp) % 4
        return side

    def cut(self, longest: Floats) -> Boundary:
        """Cut the pieces into shorter ones.

        ``longest``: How long each of the n may be, in metres.
        Returns: The same boundary.
        """
        count = np.maximum(np.ceil(self.length / longest), 1).astype(np.intp)
        nth = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        row = np.repeat(np.arange(len(count)), count)
        length = self.length[row] / count[row]
        return Boundary(
            start=self.start[row] + self.along[row] * (nth * length)[:, None],
            along=self.along[row], length=length, inner=self.inner[row],
            contested=self.contested[row],
        )

    def strips(self, depth: float) -> Shapes:
        """Give the ground straight ahead.

        Returns ndarray of object, (n,): Rectangles.
        """
        end = self.start + self.along * self.length[:, None]
        out = self.outward * depth
        corners = np.stack([self.start, end, end + out, self.start + out], axis=1)
        strips: Shapes = shapely.polygons(corners)
        return strips


def boundary(shape: shapely.Geometry) -> Boundary:
    """Take the boundary of a polygon apart.

    ``shape``: One or several polygons in a metric CRS.
    Returns: Its pieces, ring by ring.
    """
    starts, ends, inner = [], [], []
    for part in shapely.get_parts(shapely.orient_polygons(shape)):
        for hole, ring in enumerate((part.exterior, *part.interiors)):
            points = shapely.get_coordinates(ring)
            starts.append(points[:-1])
            ends.append(points[1:])
            inner.append(np.full(len(points) - 1, hole > 0))
    start, end = np.vstack(starts), np.vstack(ends)
    length = np.hypot(*(end - start).T)
    along = (end - start) / np.maximum(length, SAME_M)[:, None]
    whole = Boundary(
        start=start, along=along, length=length, inner=np.concatenate(inner),
        contested=np.zeros(len(start), dtype=bool),
    )
    return whole.cut(np.full(len(start), PIECE_M))


class Stretches(NamedTuple):
    """Stretches of a boundary that have something ahead of them.

    ``piece`` is the piece of the boundary, ``start`` and ``end`` metres along it, ``near`` and
    ``far`` metres outward from where to where it lies; ``near_middle`` and ``far_middle`` the
    same straight out from the middle of the piece, NaN where it does not lie there, or where
    no one contests the piece.
    """

    piece: Positions
    start: Floats
    end: Floats
    near: Floats
    far: Floats
    near_middle: Floats
    far_middle: Floats


def facing(shape: shapely.Geometry, found: Sequence[Thing]) -> pd.DataFrame:
    """Measure which things the boundary of a shape faces.

    ``shape``: One or several polygons in a metric CRS.
    Returns: A row for each thing and side that it faces: ``thing`` and ``side`` are positions in
    ``found`` and :data:`SIDES`, ``inner`` says round a hole, ``length`` is metres of the boundary,
    ``along`` how far along the side its middle lies, clockwise, in metres from an arbitrary origin,
    and ``of_side`` which share of the side it is.
    """
    pieces = boundary(shape)
    parcels = [each.shape for each in found if each.opaque]
    others = [each for each in found if not each.opaque]
    deepest = max((each.gap_m for each in found), default=0.0)
    if parcels and others:
        pieces = _finer(pieces, parcels, others, deepest)
    own, fronts = _Fronts(), _Fronts()
    if found:
        arms = _ahead(pieces, shape, deepest)
        own.add(arms, arms.near + SAME_M)
        fronts.add(arms, arms.near + SAME_M)
    for each in parcels if pieces.contested.any() else ():
        ahead = _ahead(pieces, each, deepest, contested=True)
        fronts.add(ahead, ahead.far - SAME_M, ahead.far_middle - SAME_M)
    rows = [
        row for at, each in enumerate(found) for row in _sums(pieces, at, (
            own if each.opaque else fronts
        ).unhidden(_ahead(pieces, each.shape, each.gap_m)))
    ]
    table = pd.DataFrame(rows, columns=["thing", "inner", "side", "length", "along"])
    outer = ~pieces.inner
    whole = np.bincount(pieces.side[outer], pieces.length[outer], minlength=4)
    share = table["length"] / np.maximum(whole[table["side"].to_numpy(dtype=np.intp)], SAME_M)
    return table.assign(of_side=np.where(table["inner"].to_numpy(dtype=bool), 0.0, share))


def _ahead(
    pieces: Boundary, shape: shapely.Geometry, depth: float, *, contested: bool = False
) -> Stretches:
    """Find the stretches that have a shape ahead of them, and from where to where outward.

    Of the ``contested`` pieces only, where that is all that is asked.
    """
    strips = pieces.strips(depth)
    shapely.prepare(shape)
    piece = np.flatnonzero(pieces.contested) if contested else np.arange(len(strips))
    piece = piece[shapely.intersects(shape, strips[piece])]
    parts, row = shapely.get_parts(
        shapely.intersection(strips[piece], shape), return_index=True
    )
    solid = shapely.area(parts) > LEAST_M2
    parts, piece = parts[solid], piece[row[solid]]
    points, row = shapely.get_coordinates(parts, return_index=True)
    away = points - pieces.start[piece[row]]
    along = (away * pieces.along[piece[row]]).sum(axis=1)
    out = (away * pieces.outward[piece[row]]).sum(axis=1)
    if not len(parts):
        return Stretches(piece, *(np.empty(0) for _ in range(6)))
    first = np.searchsorted(row, np.arange(len(parts)))
    return Stretches(
        piece, np.minimum.reduceat(along, first), np.maximum.reduceat(along, first),
        np.minimum.reduceat(out, first), np.maximum.reduceat(out, first),
        *_in_the_middle(pieces, piece, parts, depth),
    )


def _in_the_middle(
    pieces: Boundary, piece: Positions, parts: npt.NDArray[np.object_], depth: float
) -> tuple[Floats, Floats]:
    """Find from where to where parts lie straight out from the middle of contested pieces."""
    near, far = np.full(len(parts), np.inf), np.full(len(parts), -np.inf)
    asked = np.flatnonzero(pieces.contested[piece])
    piece, parts = piece[asked], parts[asked]
    out = pieces.outward[piece]
    middle = pieces.start[piece] + pieces.along[piece] * (pieces.length[piece] / 2)[:, None]
    rays = shapely.linestrings(np.stack([middle, middle + out * depth], axis=1))
    points, row = shapely.get_coordinates(
        shapely.intersection(rays, parts), return_index=True
    )
    away = ((points - middle[row]) * out[row]).sum(axis=1)
    np.minimum.at(near, asked[row], away)
    np.maximum.at(far, asked[row], away)
    met = np.isfinite(near)
    return np.where(met, near, np.nan), np.where(met, far, np.nan)


def _finer(
    pieces: Boundary, parcels: Sequence[shapely.Geometry], others: Sequence[Thing], depth: float
) -> Boundary:
    """Cut the pieces that have both a parcel and something of another layer ahead."""
    strips = pieces.strips(depth)
    contested = np.zeros(len(strips), dtype=bool)
    for each in parcels:
        contested |= shapely.intersects(each, strips)
    beyond = np.zeros(len(strips), dtype=bool)
    for thing in others:
        beyond |= shapely.intersects(thing.shape, strips)
    return replace(pieces, contested=contested & beyond).cut(
        np.where(contested & beyond, FINE_M, np.inf)
    )


class _Fronts:
    """What stands in front, piece by piece: from where to where, and how far out it hides."""

    def __init__(self) -> None:
        self.by_piece: dict[int, list[tuple[float, float, float, float]]] = {}

    def add(self, seen: Stretches, reached: Floats, in_middle: Floats | None = None) -> None:
        """Note what hides all that begins farther out than it reaches.

        An edge that two share slantwise reaches farther at one end of a piece than the other
        begins at its other end; straight out from the middle it is plain who is in front.
        """
        middle = np.full(len(reached), np.nan) if in_middle is None else in_middle
        for piece, *stretch in zip(
            *(each.tolist() for each in (seen.piece, seen.start, seen.end, reached, middle)),
            strict=True,
        ):
            self.by_piece.setdefault(piece, []).append(tuple(stretch))

    def unhidden(self, seen: Stretches) -> Iterator[tuple[int, float, float]]:
        """Give piece, start and end of what is seen, none twice, without what is hidden."""
        by_piece: dict[int, list[tuple[float, float]]] = {}
        for piece, start, end, near, _, near_middle, _ in zip(
            *(each.tolist() for each in seen), strict=True
        ):
            left = [(start, end)]
            for low, high, reached, middle in self.by_piece.get(piece, ()):
                if reached < near or middle < near_middle:
                    left = [
                        part for begin, stop in left
                        for part in ((begin, min(stop, low)), (max(begin, high), stop))
                        if part[1] - part[0] > SAME_M
                    ]
            by_piece.setdefault(piece, []).extend(left)
        for piece, parts in by_piece.items():
            reached = -np.inf
            for start, end in sorted(parts):
                if end > reached:
                    yield piece, max(start, reached), end
                    reached = end


def _sums(
    pieces: Boundary, at: int, seen: Iterator[tuple[int, float, float]]
) -> list[tuple[int, bool, int, float, float]]:
    """Sum one thing up: by ring and side, how much, and where its middle lies."""
    rows = list(seen)
    if not rows:
        return []
    piece, start, end = (np.array(each) for each in zip(*rows, strict=True))
    middle = pieces.start[piece] + pieces.along[piece] * ((start + end) / 2)[:, None]
    side, length = pieces.side[piece], end - start
    along = (middle * CLOCKWISE[side]).sum(axis=1)
    group = side + 4 * pieces.inner[piece]
    size = np.bincount(group, length, minlength=8)
    mean = np.bincount(group, length * along, minlength=8) / np.maximum(size, SAME_M)
    return [
        (at, bool(each >= 4), int(each % 4), float(size[each]), float(mean[each]))  # noqa: PLR2004
        for each in np.flatnonzero(size)
    ]
