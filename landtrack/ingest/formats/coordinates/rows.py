"""Which rows of a table are points, and of which parcel and ring."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.ingest.formats import rings
from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.coordinates import closing, columns, order, pages
from landtrack.ingest.formats.coordinates.apart import named_apart
from landtrack.ingest.formats.coordinates.cells import coordinates, with_commas
from landtrack.ingest.formats.coordinates.footers import title as title_of
from landtrack.ingest.formats.coordinates.names import name_of, numbered
from landtrack.ingest.formats.coordinates.pages import Blocks
from landtrack.ingest.formats.coordinates.sheets import Table
from landtrack.ingest.formats.tables.words import filled, is_blank, is_ditto, is_page, title_before
from landtrack.model import Issue

FIGURES = 5
"""Digits that a coordinate has at least, in metres or in degrees and minutes."""
COORDINATES = {*itertools.chain(*columns.PAIRS), "crs", "zone"}
"""What the columns of a list hold that says nothing of its points but where they lie."""
SHOWN = 60
"""How much of a row that cannot be read is shown."""

Floats = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Points(NamedTuple):
    """The points of a table, by feature.

    ``n`` is the number of features, of which some may have no point; ``rows`` are the places
    of the points in the table, ``feature`` and ``ring`` codes from 0, ``east`` and ``north``
    as the columns name them. By feature: ``spoiled`` has a row that could not be read,
    ``scattered`` has rows that do not stand together; ``titles`` are what stands above them.
    ``members`` is the feature of every row of the table, -1 for none; ``asked`` tells of which
    features nobody can tell whether they are one.
    """

    n: int
    rows: Numbers
    feature: Numbers
    ring: Numbers
    east: Floats
    north: Floats
    parcels: bool
    spoiled: Flags
    scattered: Flags
    titles: Mapping[int, str]
    members: Numbers
    asked: Flags


def spelt_out(table: Table) -> Table:
    """Write the name of a parcel where a sign stands for the cell above."""
    at = columns.roles(table.heading).get("parcel")
    if at is None or not any(is_ditto(row[at]) for row in table.rows):
        return table
    rows = []
    above: Any = None
    for row in table.rows:
        above = above if is_blank(row[at]) or is_ditto(row[at]) else row[at]
        rows.append([*row[:at], above, *row[at + 1:]] if is_ditto(row[at]) else row)
    return table._replace(rows=rows)


def shown(row: Sequence[Any], number: int) -> str:
    """Write a row for a message."""
    text = ", ".join(str(cell)[:SHOWN] for cell in row if not is_blank(cell))
    return f"{number}: {text[:SHOWN]}"


def points(
    table: Table, found: Mapping[str, int], pair: tuple[str, str]
) -> tuple[Points, list[Note]]:
    """Sort the rows of a table.

    ``found``: The column by what it holds.
    ``pair``: The keys of the columns of easting and northing.
    Returns points : Points: Rows that are corners of parcels by their parcel; else each row is a
    feature.
    Returns notes : list of Note: The rows that could not be read.
    """
    both = (found[pair[0]], found[pair[1]])
    east = coordinates([row[both[0]] for row in table.rows])
    north = coordinates([row[both[1]] for row in table.rows])
    good = np.isfinite(east) & np.isfinite(north)
    blocks, asked = _members(table, found, (east, north), both)
    members, titles = blocks.members, blocks.titles
    ring = _ring_codes(table, found)
    at = _sorted(good, members)
    parcels, doubt = _are_parcels(table, found, bool(titles), (east, north, members, ring, at))
    if not parcels:
        filled = np.array([
            any(not is_blank(cell) for cell in row) and (fine or not columns.is_heading(row))
            for row, fine in zip(table.rows, good.tolist(), strict=True)
        ], dtype=bool)
        members, titles = np.where(filled, np.cumsum(filled) - 1, -1), {}
        at = _sorted(good, members)
    sorted_ = order.Corners(at, members[at], ring[at], east[at], north[at])
    told: list[Note] = [*doubt, *_commas(table, both)]
    apart: frozenset[int] = frozenset()
    if parcels:
        sorted_, moved = order.by_number(table, found.get("point"), sorted_)
        apart, unlike = named_apart(table, found.get("point"), sorted_)
        told += [*moved, *asked, *unlike]
    at = sorted_.rows
    n = int(members.max(initial=-1)) + 1
    blank = np.array([all(is_blank(row[each]) for each in both) for row in table.rows], dtype=bool)
    unread = ~good & (members >= 0) & ~blank
    if "point" in found and parcels:  # a corner whose coordinates are missing
        named = np.array([not is_blank(row[found["point"]]) for row in table.rows], dtype=bool)
        unread |= blank & named & (members >= 0)
        below = _below(table, found["point"], both, np.flatnonzero(unread), good, members)
        unread[below] = False
        told += [
            Note(Issue.TABLE_ROW_NOTE, shown(table.rows[row], table.numbers[row]))
            for row in below
        ]
    notes = [
        Note(Issue.LINE_UNREADABLE, shown(table.rows[row], table.numbers[row]),
             int(members[row]) + 1)
        for row in np.flatnonzero(unread).tolist()
    ]
    if parcels:
        notes += _left_over(table, members)
    notes += told
    made = Points(
        n, at, members[at], ring[at], east[at], north[at], parcels,
        np.bincount(members[unread], minlength=n) > 0, _scattered(members, good, n), titles,
        members, np.isin(np.arange(n), list(blocks.asked | apart) if parcels else []),
    )
    return made, notes


def _commas(table: Table, both: tuple[int, int]) -> list[Note]:
    """Tell which columns were read with decimal commas."""
    read = [(at, [row[at] for row in table.rows]) for at in both]
    return [
        Note(Issue.DECIMAL_COMMA, str(table.heading[at]))
        for at, cells in read if with_commas(cells)
    ]


def _sorted(good: Flags, members: Numbers) -> Numbers:
    """Give the rows that are points, those of one feature together."""
    rows = np.flatnonzero(good & (members >= 0))
    return rows[np.argsort(members[rows], kind="stable")]


def _members(
    table: Table, found: Mapping[str, int], xy: tuple[Floats, Floats], both: tuple[int, int]
) -> tuple[Blocks, list[Note]]:
    """Give each row the number of its parcel, from 0; -1 for rows that are none's.

    By the column of parcels, whose empty cells mean the one above; without it by blocks of
    rows, apart by blank rows, titles or the heading again, unless they go on.
    """
    good = np.isfinite(xy[0]) & np.isfinite(xy[1])
    if "parcel" in found:
        return Blocks(_by_column(table, found["parcel"], good), {}), []
    point = found.get("point", _first_other(table, found))
    names = [None if point is None else row[point] for row in table.rows]
    blocks, notes = pages.joined(_blocks(table, good, both), names, *xy)
    names_of = columns.words().columns["parcel"]
    titled = [text for row in table.above if (text := title_of(row, names_of))]
    if blocks.titles and 0 not in blocks.titles and titled:
        blocks = blocks._replace(titles={**blocks.titles, 0: titled[-1]})
    return blocks, notes


def _blocks(table: Table, good: Flags, both: tuple[int, int]) -> Blocks:
    members = np.full(len(table.rows), -1, dtype=np.int64)
    titles: dict[int, str] = {}
    continued: set[int] = set()
    names = columns.words().columns["parcel"]
    last = next((text for row in table.above[::-1] if (text := title_of(row, names))), "")
    number, title, apart, going = -1, "", True, False
    for at, row in enumerate(table.rows):
        if all(is_blank(row[each]) for each in both) or (not good[at] and columns.is_heading(row)):
            there = filled(row)
            if there and not apart and np.isfinite(coordinates(there)).all():
                members[at] = number  # the length of a side, between its corners
                continue
            title = title_before(title_of(row, names)) or title
            going |= any(map(is_page, there))
            apart = True
            continue
        if apart:
            number += 1
            if title:
                titles[number] = title
            if number and (going or (title and title == last)):
                continued.add(number)
            last = title or last
            apart, going, title = False, False, ""
        members[at] = number
    return Blocks(members, titles, frozenset(continued))


def _by_column(table: Table, column: int, good: Flags) -> Numbers:
    members = np.full(len(table.rows), -1, dtype=np.int64)
    known: dict[str, int] = {}
    number = -1
    above = [str(cell).strip() for row in table.above for cell in filled(row)]
    for at, row in enumerate(table.rows):
        if not good[at] and (
            not filled(row) or columns.is_heading(row)
            or any(map(is_page, filled(row))) or pages.same_title(row, above)
        ):
            continue
        if not is_blank(row[column]) or number < 0:
            number = known.setdefault(str(row[column]).strip(), len(known))
        members[at] = number
    return members


def _below(
    table: Table, point: int, both: tuple[int, int], unread: Numbers, good: Flags,
    members: Numbers,
) -> list[int]:
    """Find the rows below the corners of a parcel that name no point, where all corners have one.

    ``unread``: The rows that cannot be read.
    """
    corners = np.flatnonzero(good & (members >= 0))
    own = members[corners]
    count = int(members.max(initial=-1)) + 1
    last = np.full(count, -1, dtype=np.int64)
    np.maximum.at(last, own, corners)
    nameless = np.zeros(count, dtype=bool)
    if len(unread):
        np.logical_or.at(nameless, own, np.array([
            name_of(table.rows[at][point]) is None for at in corners.tolist()
        ], dtype=bool))
    enough = np.bincount(own, minlength=count) >= rings.LEAST
    below = unread[(unread > last[members[unread]]) & (enough & ~nameless)[members[unread]]]
    return [
        row for row in below.tolist()
        if name_of(table.rows[row][point]) is None and min(
            len(re.sub(r"\D", "", str(table.rows[row][at] or ""))) for at in both
        ) < FIGURES
    ]


def _ring_codes(table: Table, found: Mapping[str, int]) -> Numbers:
    """Give a code to each part and ring."""
    named = [found[role] for role in ("part", "ring") if role in found]
    codes = pd.factorize(pd.Series(
        ["\0".join(str(row[at]) for at in named) for row in table.rows], dtype=object
    ))[0]
    return np.asarray(codes, dtype=np.int64)


def _are_parcels(
    table: Table, found: Mapping[str, int], titled: bool,  # noqa: FBT001
    of: tuple[Floats, Floats, Numbers, Numbers, Numbers],
) -> tuple[bool, list[Note]]:
    """Tell whether rows are the corners of parcels, and not features of their own.

    A list whose numbers run on, without a column of parcels and not closed, may be either:
    what its columns or its title call the points tells, else it is said that it may be one.
    """
    east, north, members, ring, at = of
    if not len(at):
        return False, []
    counts = np.bincount(members[at])
    if titled or {"parcel", "ring", "part"} & set(found):
        return bool(counts.max() > 1), []
    runs = rings.runs(
        east[at], north[at], members[at], ring[at], tolerance=closing.tolerance(east)
    )
    blocks = len(counts) > 1 and counts[counts > 0].min() >= rings.LEAST
    if blocks or runs.closed.all():
        return True, []
    if len(counts) > 1:
        return False, []
    called = [table.heading[found["point"]]] if "point" in found else []
    called += [str(cell) for row in table.above for cell in row if not is_blank(cell)]
    surely = any(
        columns.plain(word) in columns.plain(text)
        for text in called for word in columns.words().corners
    )
    lists = _lists(table, found, at)
    if not lists and surely and len(at) >= rings.LEAST:
        lists = [slice(0, len(at))]
    one = len(lists) == 1 and surely and _is_one_ring(table, found, at)
    corners = np.stack([east[at], north[at]], axis=1)
    return one, [
        Note(
            Issue.CORNERS_OF_ONE_PARCEL if one else Issue.POINTS_MAY_BE_PARCEL,
            f"{each.stop - each.start}; {order.area(corners[each])}",
        )
        for each in lists
    ]


def _lists(table: Table, found: Mapping[str, int], at: Numbers) -> list[slice]:
    """Find the lists that points are: numbered one after the other, each from 1, or all nameless.

    Returns: Of ``at``, in its order; none where a row is of no such list.
    """
    if len(at) < rings.LEAST:
        return []
    column = found.get("point", _first_other(table, found))
    if column is None:
        nameless = all(columns.role_of(each) in COORDINATES for each in table.heading)
        return [slice(0, len(at))] if nameless else []
    names = [numbered(table.rows[row][column]) for row in at.tolist()]
    known = [None if each is None else each[1] for each in names]
    begins = [place for place, number in enumerate(known) if number == 1] or [0]
    lists = list(map(slice, begins, [*begins[1:], len(at)]))
    if begins[0] == 0 and all(
        each.stop - each.start >= rings.LEAST
        and known[each] == list(range(1, each.stop - each.start + 1))
        for each in lists
    ):
        return lists
    return [slice(0, len(at))] if _is_one_ring(table, found, at) else []


def _is_one_ring(table: Table, found: Mapping[str, int], at: Numbers) -> bool:
    """Tell whether points are numbered one after the other, from 1."""
    if len(at) < rings.LEAST:
        return False
    column = found.get("point", _first_other(table, found))
    if column is None:
        return False
    names = [numbered(table.rows[row][column]) for row in at.tolist()]
    known = [each[1] for each in names if each is not None]
    return sorted(known) == list(range(1, len(at) + 1))


def _first_other(table: Table, found: Mapping[str, int]) -> int | None:
    """Give the first column where it is none that is known: it may be the points' number."""
    return 0 if table.heading and table.heading[0] and 0 not in found.values() else None


def _scattered(members: Numbers, good: Flags, n: int) -> Flags:
    """Tell of which features the rows do not stand together."""
    own = members[good & (members >= 0)]
    begins = own[np.flatnonzero(np.diff(own, prepend=-1) != 0)]
    return np.asarray(np.bincount(begins, minlength=n) > 1)


def _left_over(table: Table, members: Numbers) -> list[Note]:
    """Name rows of no parcel that hold more than a title, such as totals."""
    return [
        Note(Issue.LINE_UNREADABLE, shown(table.rows[at], table.numbers[at]))
        for at in np.flatnonzero(members < 0).tolist()
        if sum(not is_blank(cell) for cell in table.rows[at]) > 1
        and not columns.is_heading(table.rows[at])
    ]
