"""Corners named unlike the others of their parcel: a control point, a centre, or a late corner."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.ingest.formats import rings
from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.coordinates import closing, order
from landtrack.ingest.formats.coordinates.names import name_of
from landtrack.ingest.formats.coordinates.sheets import Table
from landtrack.ingest.formats.tables.words import is_blank, is_no_corner
from landtrack.model import Issue

Flags = npt.NDArray[np.bool_]


class _Apart(NamedTuple):
    """What stands out in a feature: the names, the area with and without, and whether to ask."""

    names: str
    areas: str
    asked: bool


def named_apart(
    table: Table, point: int | None, corners: order.Corners
) -> tuple[frozenset[int], list[Note]]:
    """Find the corners of a parcel whose names are not like those of most others.

    Before or behind the others, or under the name of a control point, it may be one as well as a
    corner, and nobody can tell: their parcel is asked for. Else it is a corner put in later.

    ``point``: The column of the names of the points.
    ``corners``: By feature, those of one feature together.
    Returns asked : frozenset of int: The features that nobody can read.
    Returns notes : list of Note: One for each feature, with the area with and without them.
    """
    asked: set[int] = set()
    notes: list[Note] = []
    if point is None or not len(corners.rows):
        return frozenset(), []
    cells = [table.rows[row][point] for row in corners.rows.tolist()]
    words = [(name_of(cell) or (str(cell),))[0] for cell in cells]
    unlike = _unlike(corners, cells, words)
    if not unlike.any():
        return frozenset(), []
    unlike &= ~_rings_of_their_own(corners, words)
    begins = np.flatnonzero(np.diff(corners.feature, prepend=-1) != 0)
    ends = np.append(begins[1:], len(corners.rows))
    doubtful = np.unique(np.searchsorted(begins, np.flatnonzero(unlike), side="right") - 1)
    for first, end in zip(begins[doubtful].tolist(), ends[doubtful].tolist(), strict=True):
        found = _looked_at(corners, cells, unlike, slice(first, end))
        number = int(corners.feature[first])
        if found.asked:
            asked.add(number)
        issue = Issue.CORNER_MAY_BE_NONE if found.asked else Issue.CORNER_NAMED_APART
        notes.append(Note(issue, f"{found.names}: {found.areas}", number + 1))
    return frozenset(asked), notes


def _unlike(corners: order.Corners, cells: list[object], words: list[str | int]) -> Flags:
    """Tell which corners are named unlike more than half of their feature.

    ``words``: What each name begins with.
    """
    there = np.array([not is_blank(cell) for cell in cells], dtype=bool)
    names = pd.DataFrame({"feature": corners.feature, "word": words})[there]
    sizes = names.groupby(["feature", "word"])["word"].transform("size")
    features = names.groupby("feature")["word"]
    most = sizes.groupby(names["feature"]).transform("max")
    few = (sizes < most) & (most >= rings.LEAST) & (2 * most > features.transform("size"))
    found = np.zeros(len(cells), dtype=bool)
    found[np.flatnonzero(there)] = few
    return found


def _rings_of_their_own(corners: order.Corners, words: list[str | int]) -> Flags:
    """Tell which corners make a closed ring of names alike, such as a hole's, or close one."""
    runs = rings.runs(
        corners.east, corners.north, corners.feature, corners.ring,
        tolerance=closing.tolerance(corners.east),
    )
    found = np.zeros(len(words), dtype=bool)
    for start, length, closed in zip(
        runs.start.tolist(), runs.length.tolist(), runs.closed.tolist(), strict=True
    ):
        if not closed:
            continue
        own = slice(start, start + length)
        found[own] = len(set(words[start : own.stop - 1])) == 1
        found[own.stop - 1] = True
    return found


def _looked_at(
    corners: order.Corners, cells: list[object], unlike: Flags, own: slice
) -> _Apart:
    """Measure a feature with what is named apart and without, and tell where it stands."""
    there = np.stack([corners.east[own], corners.north[own]], axis=1)
    apart = unlike[own]
    names = [str(cell) for cell, out in zip(cells[own], apart.tolist(), strict=True) if out]
    areas = f"{order.area(there)} / {order.area(there[~apart])}"
    return _Apart(", ".join(names), areas, bool(
        apart[0] or apart[-1] or any(map(is_no_corner, names))
    ))
