"""The order of corners: rows sorted as text, J1, J10, J2, or that cross, go by their numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.ingest.formats import rings
from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.coordinates.closing import are_degrees
from landtrack.ingest.formats.coordinates.names import Name, name_of, place_of_numbers
from landtrack.ingest.formats.coordinates.sheets import Table
from landtrack.model import Issue

LEAST = 3
RIGHT_ANGLE = 90
"""Degrees of latitude at most."""

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
    """Put corners back into the order of their numbers.

    Those whose rows were sorted as text, and those that cross as they stand and do not by number.

    ``point``: The column of the names of the points.
    Returns corners : Corners: The same corners.
    Returns notes : list of Note: One for each feature that was put in order, with the area before
    and after.
    """
    if point is None or len(corners.rows) < LEAST:
        return corners, []
    names = [name_of(table.rows[row][point]) for row in corners.rows.tolist()]
    keys = np.stack([corners.feature, corners.ring])
    begins = np.flatnonzero((np.diff(keys, axis=1, prepend=-1) != 0).any(axis=0)).tolist()
    order = np.arange(len(corners.rows))
    notes = []
    for first, last in zip(begins, [*begins[1:], len(order)], strict=True):
        there = np.stack([corners.east[first:last], corners.north[first:last]], axis=1)
        own = _ordered(names[first:last], there)
        if own is None:
            continue
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


def _ordered(names: list[Name | None], points: Floats) -> Numbers | None:
    """Give the order by number where the rows do not follow it and something speaks for it.

    ``points``: n corners, (n, 2).
    """
    known = [each for each in names if each is not None]
    if len(names) < LEAST or len(known) < len(names):
        return None
    again = next((at for at in (len(known) - 1, 1) if known[at] == known[0]), None)
    places = [at for at in range(len(known)) if at != again]
    open_ = [known[at] for at in places]
    at = place_of_numbers(open_)
    if at is None or len(set(open_)) < len(open_):
        return None
    by_number = sorted(range(len(open_)), key=lambda each: open_[each])
    ranks = np.argsort(by_number)
    if _run_on(ranks) or _run_on(ranks[::-1]):
        return None
    found = np.array(places)[by_number]
    crosses = not _is_simple(points[places]) and _is_simple(points[found])
    if not crosses and not _sorted_as_text(open_, at):
        return None  # numbers of a common list, such as those of a grid
    return found if again is None else np.append(found, again)


def _sorted_as_text(names: list[Name], at: int) -> bool:
    """Tell whether rows were sorted as text; numbers that do not run on may be a common list's."""
    numbers = [int(each[at]) for each in names]
    texts = [str(each) for each in numbers]
    return texts in (sorted(texts), sorted(texts, reverse=True)) and sorted(numbers) == list(
        range(min(numbers), max(numbers) + 1)
    )


def _run_on(ranks: Numbers) -> bool:
    """Tell whether ranks run on, wherever they begin."""
    return bool((np.diff(ranks, append=ranks[:1]) % len(ranks) == 1).all())


def _is_simple(points: Floats) -> bool:
    """Tell whether the outline of corners in their order does not cross itself."""
    return bool(shapely.is_valid(shapely.polygons(points)))


def area(points: Floats) -> str:
    """Write the area that corners enclose in their order.

    ``points``: n corners, (n, 2).
    Returns: In m², of degrees on the ellipsoid; ``?`` where they are too few.
    """
    if len(points) < LEAST:
        return "?"
    degrees = are_degrees(points)
    if degrees and np.abs(points[:, 1]).max() > RIGHT_ANGLE:
        points = points[:, ::-1]  # the columns name them the other way round
    own = rings.areas_m2(np.array([shapely.polygons(points)]), degrees=degrees)
    return f"{own[0]:,.2f} m²"
