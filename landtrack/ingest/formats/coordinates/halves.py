"""Blocks of columns side by side: J1 to J6 on the left of a sheet, J7 to J12 on the right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.coordinates import closing, columns, footers
from landtrack.ingest.formats.coordinates.cells import coordinates
from landtrack.ingest.formats.coordinates.names import goes_on, name_of, numbered, place_of_numbers
from landtrack.ingest.formats.coordinates.sheets import Table
from landtrack.ingest.formats.tables.words import filled, is_blank, plain
from landtrack.model import Issue
from landtrack.model.errors import SourceError

STEADY = 0.01
"""Two columns of coordinates of one point differ about alike from row to row, by this share."""
LEAST = 3


def unrolled(table: Table, path: Path) -> Table:
    """Put blocks of columns under one another.

    ``table``: A table whose heading may name its columns several times.
    Returns: The same where it does not. Else the columns that are no part of a block, then those
    of one block; the rows of a parcel are those of its blocks by their numbers where these run on,
    else from left to right. A block whose numbers do not go on from those of the block before it is
    a parcel of its own, where no column names parcels.
    Raises SourceError: If the blocks are the same points in several systems.
    """
    blocks = _blocks(table.heading)
    if len(blocks) < 2:  # noqa: PLR2004
        return table
    inside = {at for block in blocks for at in block}
    common = [at for at, name in enumerate(table.heading) if at not in inside and name]
    if _of_several_systems(table, common, blocks):
        raise SourceError(
            f"{path} names coordinates twice for each point, as of two coordinate systems.",
            mend="Keep the columns of the system that counts, and delete the others.",
        )
    heading = [table.heading[at] for at in (*common, *blocks[0])]
    found = columns.roles(heading)
    rows: list[Sequence[Any]] = []
    numbers: list[int] = []
    for section in _sections(table, common, blocks):
        for row, number in _section(table, section, common, blocks, found):
            rows.append(row)
            numbers.append(number)
    return table._replace(
        heading=heading, rows=rows, numbers=numbers,
        notes=(*table.notes, Note(Issue.CORNERS_SIDE_BY_SIDE, str(len(blocks)))),
    )


def _blocks(heading: Sequence[str]) -> list[list[int]]:
    """Give the columns of each block in the order of the first: their names stand once in each."""
    roles = [columns.role_of(each) for each in heading]
    pair = columns.pair(columns.roles(heading))
    if pair is None or any(roles.count(each) < 2 for each in pair):  # noqa: PLR2004
        return []
    number = roles.count(pair[0])
    if roles.count(pair[1]) != number:
        return []
    written = [plain(name) for name in heading]
    for names in (written, [role or name for role, name in zip(roles, written, strict=True)]):
        counts = Counter(names)
        repeated = [name for name, times in counts.items() if name and times == number]
        places = {name: [at for at, own in enumerate(names) if own == name] for name in repeated}
        blocks = [[places[name][block] for name in repeated] for block in range(number)]
        apart = all(max(one) < min(other) for one, other in pairwise(blocks) if one and other)
        if apart and set(pair) <= {roles[at] for at in blocks[0]}:
            return blocks
    return []


def _of_several_systems(
    table: Table, common: Sequence[int], blocks: Sequence[Sequence[int]]
) -> bool:
    """Tell whether blocks are the same points again: under one name, or shifted all alike."""
    roles = [columns.role_of(each) for each in table.heading]
    if any(roles[at] == "point" for at in blocks[0]):
        return False
    if any(roles[at] == "point" for at in common):
        return True
    places = [at for at, role in zip(blocks[0], (roles[at] for at in blocks[0]), strict=True)
              if role is not None and role != "parcel"]
    other = [blocks[1][blocks[0].index(at)] for at in places]
    one, two = (
        np.stack([coordinates([row[at] for row in table.rows]) for at in own])
        for own in (places, other)
    )
    there = np.isfinite(one).all(axis=0) & np.isfinite(two).all(axis=0)
    if there.sum() < LEAST:
        return False
    shift = np.ptp((two - one)[:, there], axis=1)
    return bool((shift < STEADY * np.ptp(one[:, there], axis=1)).all())


def _sections(
    table: Table, common: Sequence[int], blocks: Sequence[Sequence[int]]
) -> list[list[int]]:
    """Part the rows where a parcel ends: at a title, the heading again, or another parcel."""
    roles = [columns.role_of(each) for each in table.heading]
    parcel = next((at for at in common if roles[at] == "parcel"), None)
    coordinates = [at for block in blocks for at in block if roles[at] not in {None, "point"}]
    named = [at for block in blocks for at in block if roles[at] == "point"]
    sections: list[list[int]] = [[]]
    name: object = None
    for at, row in enumerate(table.rows):
        apart = all(is_blank(row[each]) for each in coordinates) or columns.is_heading(row)
        if apart and _are_lengths(row, named):
            continue
        own = row[parcel] if parcel is not None and not is_blank(row[parcel]) else name
        if apart:
            sections += [[at], []]
        elif own != name and sections[-1]:
            sections.append([at])
        else:
            sections[-1].append(at)
        name = own
    return [each for each in sections if each]


def _are_lengths(row: Sequence[Any], named: Sequence[int]) -> bool:
    """Tell whether a row without coordinates holds the lengths of sides, between their corners."""
    there = filled(row)
    return bool(there) and all(is_blank(row[at]) for at in named) and bool(
        np.isfinite(coordinates(there)).all()
    )


def _section(
    table: Table, section: Sequence[int], common: Sequence[int],
    blocks: Sequence[Sequence[int]], found: Mapping[str, int],
) -> list[tuple[Sequence[Any], int]]:
    made: list[tuple[Sequence[Any], int]] = []
    last: tuple[str, int] | None = None
    parcel, point = found.get("parcel"), found.get("point")
    both = [found[each] for each in columns.pair(found) or ()]
    below: list[tuple[Sequence[Any], int]] = []
    parts = []
    for block in blocks:
        rows = [
            ([table.rows[at][each] for each in (*common, *block)], table.numbers[at])
            for at in section
        ]
        shown = [each for each in rows if any(not is_blank(cell) for cell in each[0][len(common):])]
        if len(section) == 1 and block is blocks[0]:
            shown = rows  # a title or a blank row parts what stands above and below it
        none = [each for each in shown if len(section) > 1 and footers.is_none(each[0], both)]
        below += none
        parts.append([each for each in shown if each not in none])
    if point is not None and (whole := _by_number([each for own in parts for each in own], point)):
        return [*whole, *below]
    for shown in filter(None, parts):
        names = [numbered(row[point]) if point is not None else None for row, _ in shown]
        closed = _is_closed([row for row, _ in made], both)
        if made and parcel is None and (closed or not goes_on(last, names[0])):
            made.append(([None] * len(shown[0][0]), shown[0][1]))
        made += shown
        last = names[-1]
    return [*made, *below]


def _is_closed(rows: Sequence[Sequence[Any]], both: Sequence[int]) -> bool:
    """Tell whether the last rows are a ring that has come back to its first corner."""
    begins = max((at + 1 for at, row in enumerate(rows) if all(map(is_blank, row))), default=0)
    own = rows[begins:]
    if len(own) <= LEAST:
        return False
    first, last = (coordinates([row[at] for at in both]) for row in (own[0], own[-1]))
    return bool(np.abs(last - first).max() <= closing.tolerance(first))


def _by_number(
    rows: list[tuple[Sequence[Any], int]], point: int
) -> list[tuple[Sequence[Any], int]] | None:
    """Give rows by the numbers of their points where these run on, each once but for the first.

    Returns: The corner that comes again, and closes the ring, last; None where they do not.
    """
    names = [name_of(row[point]) for row, _ in rows]
    known = [each for each in names if each is not None]
    if len(known) < len(names) or len(known) < LEAST:
        return None
    counts = Counter(known)
    first = min(known)
    again = [at for at, name in enumerate(known) if name == first][1:]
    at = place_of_numbers(known)
    if at is None or len(again) > 1 or len(known) - len(again) > len(counts):
        return None
    numbers = {int(each[at]) for each in known}
    if len(numbers) <= max(numbers) - min(numbers):
        return None
    order = sorted(set(range(len(rows))) - set(again), key=lambda each: known[each])
    return [rows[each] for each in (*order, *again)]
