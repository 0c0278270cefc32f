"""Boundary points: the corners of a parcel in the order in which surveyors number them.

The outer ring runs clockwise from its most north-western corner, the holes against it, and
the numbers run on through the rings and parts. Coordinates are rounded to the millimetre
first, so that the sides are those of the points as they are printed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.model.errors import TableError

DECIMALS = 3
"""Decimals of a coordinate and of a side: millimetres."""

Coordinates = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Ring:
    """One closed ring: n corners, and the n sides that each lead to the next.

    ``part`` counts the parts of the parcel from 1, ``hole`` the holes of a part from 1; 0 is
    the outer ring. ``first`` is the number of its first corner. ``points`` are easting and
    northing, (n, 2), the first not repeated; ``sides`` are metres, (n,).
    """

    part: int
    hole: int
    first: int
    points: Coordinates
    sides: npt.NDArray[np.float64]

    @property
    def numbers(self) -> range:
        """Give the numbers of the corners."""
        return range(self.first, self.first + len(self.points))


def rings(shape: shapely.Geometry) -> tuple[Ring, ...]:
    """Put the corners of a parcel into order, and number them.

    ``shape``: A polygon, or several, in a CRS in metres, easting first.
    Returns: Part by part, the most north-western first; within a part the outer ring, then the
    holes in the same order.
    Raises TableError: If it is no polygon, is empty, or has a ring of fewer than three corners a
    millimetre apart.
    """
    if shapely.get_dimensions(shape) != 2 or shapely.is_empty(shape):  # noqa: PLR2004
        raise TableError(
            "Only a polygon has boundary points.", mend="Draw the parcel as an area."
        )
    parts = sorted(shapely.get_parts(shape), key=lambda part: _place(part.exterior))
    made: list[Ring] = []
    number = 1
    for at, part in enumerate(parts, start=1):
        inner = sorted(part.interiors, key=_place)
        for hole, ring in enumerate((part.exterior, *inner)):
            points = _corners(ring, clockwise=hole == 0)
            made.append(Ring(
                part=at, hole=hole, first=number, points=points,
                sides=np.hypot(*(np.roll(points, -1, axis=0) - points).T),
            ))
            number += len(points)
    return tuple(made)


def _corners(ring: shapely.LinearRing, *, clockwise: bool) -> Coordinates:
    """Give the corners from the most north-western on, none twice in a row."""
    points = np.round(shapely.get_coordinates(ring)[:-1], DECIMALS)
    points = points[(points != np.roll(points, 1, axis=0)).any(axis=1)]
    if len(points) < 3:  # noqa: PLR2004  a ring has an inside
        raise TableError(
            f"A ring at {shapely.get_coordinates(ring)[0].round(DECIMALS).tolist()} has fewer than "
            "three corners a millimetre apart.",
            mend="Remove the ring, or draw it again.",
        )
    if _is_clockwise(points) != clockwise:
        points = points[::-1]
    return np.roll(points, -_north_west(points), axis=0)


def _is_clockwise(points: Coordinates) -> bool:
    east, north = (points - points[0]).T
    return bool(np.sum(east * np.roll(north, -1) - np.roll(east, -1) * north) < 0)


def _north_west(points: Coordinates) -> int:
    """Find the corner nearest the north-western corner of the box around all."""
    west, north = points[:, 0].min(), points[:, 1].max()
    away = np.round(np.hypot(points[:, 0] - west, points[:, 1] - north), DECIMALS)
    return int(np.lexsort((points[:, 0], -points[:, 1], away))[0])


def _place(ring: shapely.LinearRing) -> tuple[float, float]:
    """Sort rings from the north-west on: by the sum of how far west and north they reach."""
    west, _, _, north = ring.bounds
    return (round(west - north, DECIMALS), round(west, DECIMALS))
