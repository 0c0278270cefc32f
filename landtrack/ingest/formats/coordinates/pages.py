"""Tables that go on on the next page: what says so, and which blocks of corners are one parcel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.coordinates import closing, order
from landtrack.ingest.formats.coordinates.names import goes_on, numbered
from landtrack.model import Issue

LEAST = 3

Numbers = npt.NDArray[np.int64]


class Blocks(NamedTuple):
    """Blocks of rows: the block of every row, -1 for none, their titles, and which go on.

    ``continued`` are the blocks above which something says that they are of the page before;
    ``asked`` those of which nobody can tell whether they go on.
    """

    members: Numbers
    titles: Mapping[int, str]
    continued: frozenset[int] = frozenset()
    asked: frozenset[int] = frozenset()


def joined(
    blocks: Blocks, names: Sequence[object], east: npt.NDArray[np.float64],
    north: npt.NDArray[np.float64],
) -> tuple[Blocks, list[Note]]:
    """Make one parcel of blocks whose numbers run on and do not close.

    Those that are said to go on are one. Of others without a title nobody can tell, unless their
    corners would cross in one outline.

    ``names``: The name of the point of every row, None for none.
    ``east``, ``north``: The coordinates of every row; NaN where there are none.
    Returns blocks : Blocks: Numbered anew.
    Returns notes : list of Note: One for each that has to be asked for.
    """
    count = int(blocks.members.max(initial=-1)) + 1
    good = np.isfinite(east) & np.isfinite(north)
    xy = np.stack([east, north], axis=1)
    rows = _rows_of(np.where(good, blocks.members, -1), count)
    groups: list[list[int]] = [[0]] if count else []
    open_: list[bool] = []
    for last, own in pairwise(range(count)):
        first = rows[groups[-1][0]]
        on = _run_on(first, rows[last], rows[own], names, xy)
        known = on and all(numbered(names[rows[at][0]]) is not None for at in (last, own))
        open_.append(known and own not in blocks.titles and own not in blocks.continued)
        if on and own in blocks.continued:
            groups[-1].append(own)
        else:
            groups.append([own])
    number = {at: place for place, group in enumerate(groups) for at in group}
    members = np.array([number.get(at, -1) for at in blocks.members.tolist()], dtype=np.int64)
    titles = {
        place: blocks.titles[group[0]]
        for place, group in enumerate(groups) if group[0] in blocks.titles
    }
    asked, notes = _asked(
        [number[at + 1] for at, may in enumerate(open_) if may],
        _rows_of(np.where(good, members, -1), len(groups)), xy,
    )
    return Blocks(members, titles, blocks.continued, asked), notes


def _rows_of(members: Numbers, count: int) -> list[Numbers]:
    """Give the rows of each block, from 0."""
    order = np.argsort(members, kind="stable")
    ends = np.searchsorted(members[order], np.arange(count + 1))
    return [order[first:last] for first, last in pairwise(ends.tolist())]


def _run_on(
    first: Numbers, last: Numbers, own: Numbers, names: Sequence[object],
    xy: npt.NDArray[np.float64],
) -> bool:
    """Tell whether the corners of a block go on those before it, whose outline is not closed."""
    if not len(last) or not len(own) or not len(first):
        return False
    if len(first) + len(last) > LEAST and last[-1] != first[0] and (
        np.abs(xy[last[-1]] - xy[first[0]]).max() <= closing.tolerance(xy)
    ):
        return False
    return goes_on(numbered(names[last[-1]]), numbered(names[own[0]]))


def _asked(
    following: Sequence[int], rows: Sequence[Numbers], xy: npt.NDArray[np.float64]
) -> tuple[frozenset[int], list[Note]]:
    """Find the parcels that may be one with those that follow them."""
    asked: set[int] = set()
    notes = []
    runs: list[list[int]] = []
    for own in following:
        if runs and runs[-1][-1] == own - 1:
            runs[-1].append(own)
        else:
            runs.append([own - 1, own])
    for run in runs:
        whole = xy[np.concatenate([rows[at] for at in run])]
        parts = [xy[rows[at]] for at in run]
        if min(map(len, parts)) < LEAST or not shapely.is_valid(shapely.polygons(whole)):
            continue
        asked |= set(run)
        areas = " + ".join(map(order.area, parts))
        notes.append(Note(Issue.CORNERS_RUN_ON, f"{areas} / {order.area(whole)}", run[0] + 1))
    return frozenset(asked), notes


def same_title(row: Sequence[Any], above: Sequence[str]) -> bool:
    """Tell whether nothing but a title stands in a row that stands above the table, too."""
    there = [cell for cell in row if isinstance(cell, str) and cell.strip()]
    return len(there) == 1 and there[0].strip() in above
