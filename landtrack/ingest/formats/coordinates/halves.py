"""Blocks of columns side by side: J1 to J6 on the left of a sheet, J7 to J12 on the right."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.coordinates import columns
from landtrack.ingest.formats.coordinates.sheets import Table
from landtrack.ingest.formats.tables.words import is_blank, plain
from landtrack.model import Issue

_NUMBER = re.compile(r"(.*?)(\d+)")


def numbered(cell: object) -> tuple[str, int] | None:
    """Read the name of a point as letters and a number.

    ``cell``: Such as ``"J12"`` or ``12``.
    Returns: What stands before the number, and it; None where there is no number at the end.
    """
    text = plain("" if cell is None else cell).removesuffix(".0")
    found = _NUMBER.fullmatch(text)
    return (found[1], int(found[2])) if found else None


def unrolled(table: Table) -> Table:
    """Put blocks of columns under one another.

    ``table``: A table whose heading may name its columns several times.
    Returns: The same where it does not. Else the columns that stand before the blocks, then those
    of one block; the rows of a parcel are those of its blocks from left to right. A block whose
    numbers do not go on from those of the block before it is a parcel of its own, where no column
    names parcels.
    """
    blocks = _blocks(table.heading)
    if len(blocks) < 2:  # noqa: PLR2004
        return table
    common = list(range(blocks[0][0]))
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
    """Give the columns of each block: they begin where the first of the repeated stands again."""
    roles = [columns.role_of(each) for each in heading]
    pair = columns.pair(columns.roles(heading))
    if pair is None or any(roles.count(each) < 2 for each in pair):  # noqa: PLR2004
        return []
    number = roles.count(pair[0])
    if roles.count(pair[1]) != number:
        return []
    names = [role or plain(name) for role, name in zip(roles, heading, strict=True)]
    first = next(at for at, name in enumerate(names) if name and names.count(name) == number)
    begins = [at for at, name in enumerate(names) if name == names[first]]
    width = min(after - before for before, after in pairwise(begins))
    block = names[first : first + width]
    while block and not block[-1]:
        block.pop()
    if any(names[at : at + len(block)] != block for at in begins):
        return []
    return [list(range(at, at + len(block))) for at in begins]


def _sections(
    table: Table, common: Sequence[int], blocks: Sequence[Sequence[int]]
) -> list[list[int]]:
    """Part the rows where a parcel ends: at a title, the heading again, or another parcel."""
    roles = [columns.role_of(each) for each in table.heading]
    parcel = next((at for at in common if roles[at] == "parcel"), None)
    coordinates = [at for block in blocks for at in block if roles[at] not in {None, "point"}]
    sections: list[list[int]] = [[]]
    name: object = None
    for at, row in enumerate(table.rows):
        apart = all(is_blank(row[each]) for each in coordinates) or columns.is_heading(row)
        own = row[parcel] if parcel is not None and not is_blank(row[parcel]) else name
        if apart:
            sections += [[at], []]
        elif own != name and sections[-1]:
            sections.append([at])
        else:
            sections[-1].append(at)
        name = own
    return [each for each in sections if each]


def _section(
    table: Table, section: Sequence[int], common: Sequence[int],
    blocks: Sequence[Sequence[int]], found: Mapping[str, int],
) -> list[tuple[Sequence[Any], int]]:
    made: list[tuple[Sequence[Any], int]] = []
    last: tuple[str, int] | None = None
    parcel = found.get("parcel")
    for block in blocks:
        rows = [
            ([table.rows[at][each] for each in (*common, *block)], table.numbers[at])
            for at in section
        ]
        shown = [each for each in rows if any(not is_blank(cell) for cell in each[0][len(common):])]
        if len(section) == 1 and block is blocks[0]:
            shown = rows  # a title or a blank row parts what stands above and below it
        if not shown:
            continue
        point = found.get("point")
        names = [numbered(row[point]) if point is not None else None for row, _ in shown]
        if made and parcel is None and not _goes_on(last, names[0]):
            made.append(([None] * (len(common) + len(block)), shown[0][1]))
        made += shown
        last = names[-1]
    return made


def _goes_on(last: tuple[str, int] | None, own: tuple[str, int] | None) -> bool:
    """Tell whether a number follows another, or is the same once more."""
    if last is None or own is None:
        return last is None and own is None
    return last[0] == own[0] and own[1] in {last[1], last[1] + 1}
