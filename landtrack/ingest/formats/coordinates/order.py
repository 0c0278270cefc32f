"""The order of corners: rows that were sorted as text, J1, J10, J11, J2, go by their numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.coordinates.halves import numbered
from landtrack.ingest.formats.coordinates.sheets import Table
from landtrack.model import Issue

DEGREES_WITHIN = 400
"""Numbers below are degrees, if anything: their areas say nothing."""
LEAST = 3

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Corners(NamedTuple):
    """Rows of a table that are corners, with their feature, ring and coordinates."""

    rows: Numbers
    feature: Numbers
    ring: Numbers
    east: Floats
    north: Floats


def by_number(table: Table, point: int | None, corners: Corners) -> tuple[Corners, list[Note]]:
    """Put corners that were sorted as text back into the order of their numbers.

    ``point``: The column of the names of the points.
    Returns corners : Corners: The same corners.
    Returns notes : list of Note: One for each feature that was put in order, with the area before
    and after.
    """
    if point is None or len(corners.rows) < LEAST:
        return corners, []
    names = [numbered(table.rows[row][point]) for row in corners.rows.tolist()]
    keys = np.stack([corners.feature, corners.ring])
    begins = np.flatnonzero((np.diff(keys, axis=1, prepend=-1) != 0).any(axis=0)).tolist()
    order = np.arange(len(corners.rows))
    notes = []
    for first, last in zip(begins, [*begins[1:], len(order)], strict=True):
        own = _ordered(names[first:last])
        if own is None:
            continue
        there = np.stack([corners.east[first:last], corners.north[first:last]], axis=1)
        before, after = area(there), area(there[own])
        order[first:last] = first + own
        notes.append(Note(
            Issue.CORNERS_SORTED, f"{before} → {after}", int(corners.feature[first]) + 1
        ))
    if not notes:
        return corners, []
    moved = Corners(
        rows=corners.rows[order], feature=corners.feature[order], ring=corners.ring[order],
        east=corners.east[order], north=corners.north[order],
    )
    return moved, notes


def _ordered(names: list[tuple[str, int] | None]) -> Numbers | None:
    """Give the order by number where it is not that of the rows but theirs is that of texts."""
    known = [each for each in names if each is not None]
    if len(names) < LEAST or len(known) < len(names) or len({prefix for prefix, _ in known}) > 1:
        return None
    numbers = [number for _, number in known]
    again = next((at for at in (len(numbers) - 1, 1) if numbers[at] == numbers[0]), None)
    places = [at for at in range(len(numbers)) if at != again]
    open_ = [numbers[at] for at in places]
    texts = [str(number) for number in open_]
    if len(set(open_)) < len(open_) or texts != sorted(texts) or _runs_on(open_):
        return None
    if max(open_) - min(open_) + 1 != len(open_):
        return None  # numbers that do not run on may be those of a common list
    found = np.array(places)[np.argsort(np.array(open_), kind="stable")]
    return found if again is None else np.append(found, again)


def _runs_on(numbers: list[int]) -> bool:
    """Tell whether numbers run on, wherever they begin."""
    steps = {
        (after - before) % len(numbers)
        for before, after in zip(numbers, [*numbers[1:], numbers[0]], strict=True)
    }
    return steps == {1}


def area(points: Floats) -> str:
    """Write the area that corners enclose in their order.

    ``points``: n corners, (n, 2).
    Returns: In m²; ``?`` where they are too few, or degrees.
    """
    if len(points) < LEAST or np.abs(points[:, 0]).max() < DEGREES_WITHIN:
        return "?"
    return f"{shapely.area(shapely.polygons(points)):,.2f} m²"
