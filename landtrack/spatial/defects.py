"""Defects of outlines that are valid and still wrong: spikes, slivers, doubles, gaps.

Nothing is mended here: a planner sees where they are, and the surveyor mends them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

Shapes = npt.NDArray[np.object_]
Rows = npt.NDArray[np.intp]

SPIKE_DEGREES = 1.0
"""A corner sharper than this goes out and comes back along itself."""
SPIKE_M = 0.05
"""Shorter legs than this are the grain of a digitised arc, not a spike."""
SLIVER_M = 0.1
"""A part of a mean width below this is no land that anybody measured."""
GAP_M = 1.0
"""Neighbours that are nearer than this were meant to touch."""
LEAST_M2 = 0.01
"""A gap that is smaller rounds to nothing on any sheet."""


class Found(NamedTuple):
    """Defects: the rows that have them, and a shape for each that shows where."""

    row: Rows
    shape: Shapes


def spikes(shapes: Shapes) -> Found:
    """Find corners at which an outline doubles back.

    ``shapes``: In a CRS in metres; none missing.
    Returns: A point at each corner sharper than :data:`SPIKE_DEGREES` between two legs longer than
    :data:`SPIKE_M`.
    """
    parts, part_row = shapely.get_parts(shapes, return_index=True)
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    at, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(at):
        return Found(np.array([], dtype=np.intp), np.array([], dtype=object))
    last = np.append(ring[1:] != ring[:-1], True)
    first = np.roll(last, 1)
    first_of = np.flatnonzero(first)[np.cumsum(first) - 1]
    last_of = np.flatnonzero(last)[np.cumsum(first) - 1]
    corner = np.flatnonzero(~last)
    before = np.where(first[corner], last_of[corner] - 1, corner - 1)
    after = np.where(last[corner + 1], first_of[corner], corner + 1)
    back, onward = at[before] - at[corner], at[after] - at[corner]
    legs = np.minimum(np.hypot(*back.T), np.hypot(*onward.T))
    cross = np.abs(back[:, 0] * onward[:, 1] - back[:, 1] * onward[:, 0])
    dot = np.sum(back * onward, axis=1)
    sharp = np.degrees(np.arctan2(cross, dot)) < SPIKE_DEGREES
    tips = corner[sharp & (legs > SPIKE_M)]
    return Found(part_row[ring_part[ring[tips]]], shapely.points(at[tips]))


def slivers(shapes: Shapes) -> Found:
    """Find parts that are too narrow to be land.

    ``shapes``: In a CRS in metres; none missing.
    Returns: Each part whose mean width, twice the area by the length of its outline, is below
    :data:`SLIVER_M`.
    """
    parts, row = shapely.get_parts(shapes, return_index=True)
    narrow = 2 * shapely.area(parts) < SLIVER_M * shapely.length(parts)
    return Found(row[narrow], parts[narrow])


def duplicates(shapes: Shapes) -> tuple[Rows, Rows]:
    """Find shapes that stand there twice.

    ``shapes``: None missing.
    Returns later, earlier : ndarray of int, (m,): Rows whose shape is that of an earlier row,
    whatever its first corner or winding, and the first row that has it.
    """
    rounded = pd.DataFrame(
        np.round(np.column_stack([shapely.bounds(shapes), shapely.area(shapes)]), 4)
    )
    if not rounded.duplicated().any():
        none = np.array([], dtype=np.intp)
        return none, none
    group = rounded.groupby(list(rounded.columns), sort=False).ngroup()
    first = pd.Series(np.arange(len(shapes))).groupby(group.to_numpy()).transform("first")
    later = np.flatnonzero(first.to_numpy() != np.arange(len(shapes)))
    earlier = first.to_numpy()[later]
    same = shapely.equals(shapes[later], shapes[earlier])
    return later[same], earlier[same]


def gaps(shapes: Shapes, *, width_m: float = GAP_M) -> Shapes:
    """Find the narrow gaps between neighbours.

    ``shapes``: Valid, in a CRS in metres; none missing.
    Returns ndarray of polygons, (m,): The ground that is filled when the outlines grow by half the
    width and shrink again, by more than :data:`LEAST_M2`, the largest first.
    """
    together = shapely.union_all(shapes)
    closed = shapely.buffer(
        shapely.buffer(together, width_m / 2, join_style="mitre"), -width_m / 2, join_style="mitre"
    )
    found = shapely.get_parts(shapely.difference(closed, together))
    area = shapely.area(found)
    order = np.argsort(-area)
    told: Shapes = found[order][area[order] > LEAST_M2]
    return told
