"""Where the heading of a table stands, and what its columns are called."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from openpyxl.utils import get_column_letter

from landtrack.ingest.formats.tables.table import Column, Fit, Grid, Row
from landtrack.ingest.formats.tables.words import (
    are_units,
    is_blank,
    is_footer,
    is_sum,
    plain,
    words,
)

WITHIN = 30
"""The heading stands among the first rows in which anything stands."""
SAMPLE = 60
"""How many rows tell how wide a table is."""
WIDE = 0.6
"""A heading has at least this share of the cells that the fullest row has."""


class Heading(NamedTuple):
    """The heading: ``at`` and ``last`` are the places of its first row and of its last one.

    ``score`` is what the table is worth to who asks for it.
    """

    at: int
    last: int
    columns: tuple[Column, ...]
    score: int


def find(grid: Grid, fit: Fit | None, row: int | None = None) -> Heading | None:
    """Find the heading of a sheet.

    ``fit``: What is wanted of it; the rows alone tell where not given.
    ``row``: The number of the heading's row, where it is stated.
    Returns: The row with most of what is wanted, the first of several; where nothing of it is
    found, or nothing is wanted, the first row that looks like a heading, with the score 0. None
    where no row looks like one, or there is no such row.
    """
    places = [
        at for at, cells in enumerate(grid.rows) if any(not is_blank(cell) for cell in cells)
    ][:WITHIN]
    if row is not None:
        stated = [at for at, number in enumerate(grid.numbers) if number == row]
        return _scored(grid, stated[0], fit) if stated else None
    if fit is not None:
        found = [_scored(grid, at, fit) for at in places if _may_be(grid.rows[at])]
        best = max(found, key=lambda each: each.score, default=None)
        if best is not None and best.score:
            return best
    return _looking(grid, places)


def _scored(grid: Grid, at: int, fit: Fit | None) -> Heading:
    last, columns = _columns(grid, at)
    return Heading(at, last, columns, 0 if fit is None else fit([each.name for each in columns]))


def _may_be(row: Row) -> bool:
    return any(isinstance(cell, str) and cell.strip() for cell in row)


def _looking(grid: Grid, places: Sequence[int]) -> Heading | None:
    """Take the first row of different texts that is about as full as the fullest row."""
    most = max((_count(row) for row in grid.rows[:SAMPLE]), default=0)
    for at in places:
        texts = [cell for cell in grid.rows[at] if not is_blank(cell)]
        different = len({plain(cell) for cell in texts}) == len(texts)
        full = len(texts) >= max(WIDE * most, min(2, most))
        if full and different and all(_is_name(cell) for cell in texts):
            last, columns = _columns(grid, at)
            return Heading(at, last, columns, 0)
    return next(
        (Heading(at, *_columns(grid, at), 0) for at in places if _count(grid.rows[at]) > 1), None
    ) or next((Heading(at, *_columns(grid, at), 0) for at in places), None)


def _count(row: Row) -> int:
    return sum(not is_blank(cell) for cell in row)


@cache
def _value() -> re.Pattern[str]:
    """Make the pattern of what is a number or a day, though it is text."""
    signs = rf"[\d.,:/%\s\-{words().day}]*"
    return re.compile(rf"[=+\-]?{signs}\d{signs}")


def _is_name(cell: object) -> bool:
    return isinstance(cell, str) and not _value().fullmatch(cell.strip())


def _columns(grid: Grid, at: int) -> tuple[int, tuple[Column, ...]]:
    """Name the columns by one row, the row below it where that goes on, and a row of units."""
    top = _spread(grid, at)
    last = at
    low: Row = ()
    if _goes_on(grid, at):
        last, low = at + 1, grid.rows[at + 1]
    units: Row = ()
    below = grid.rows[last + 1] if last + 1 < len(grid.rows) else ()
    if are_units(below):
        last, units = last + 1, below
    over = _over(grid, at)
    width = max(len(top), len(low))
    made = []
    for place in range(width):
        own, group = _text(low, place), _text(top, place)
        heading = own or group
        above = (group if own else "") or _text(over, place)
        if not heading and above and not _text(grid.rows[at], place):
            heading, above = above, ""
        if heading:
            made.append((heading, above, _text(units, place), place))
    return last, _named(made)


def _named(made: Sequence[tuple[str, str, str, int]]) -> tuple[Column, ...]:
    """Give each column a name of its own: with what stands above it where two are alike."""
    alike = Counter(plain(heading) for heading, *_ in made)
    longer = {
        at: f"{over}/{heading}" if over and alike[plain(heading)] > 1 else heading
        for heading, over, _, at in made
    }
    still = Counter(plain(name) for name in longer.values())
    return tuple(
        Column(
            name=longer[at] if still[plain(longer[at])] == 1
            else f"{longer[at]}#{get_column_letter(at + 1)}",
            heading=heading, over=over, unit_row=unit, at=at,
        )
        for heading, over, unit, at in made
    )


def _text(row: Row, place: int) -> str:
    """Write the cell of a heading in one line."""
    cell = row[place] if place < len(row) else None
    return "" if is_blank(cell) else " ".join(str(cell).split())


def _spread(grid: Grid, at: int) -> Row:
    """Write the text of a cell that is merged over several columns into each of them."""
    number, row = grid.numbers[at], list(grid.rows[at])
    for first, left, last, right in grid.merged:
        if first <= number <= last and right > left:
            row += [None] * (right + 1 - len(row))
            row[left : right + 1] = [_cell(grid, first, left)] * (right + 1 - left)
    return row


def _cell(grid: Grid, number: int, place: int) -> object:
    row = grid.rows[grid.numbers.index(number)] if number in grid.numbers else ()
    return row[place] if place < len(row) else None


def _goes_on(grid: Grid, at: int) -> bool:
    """Tell whether the row below a heading is its second row: names below names, no key."""
    if at + 1 >= len(grid.rows):
        return False
    top, low = grid.rows[at], grid.rows[at + 1]
    texts = [(place, cell) for place, cell in enumerate(low) if not is_blank(cell)]
    first = next((place for place, cell in enumerate(top) if not is_blank(cell)), None)
    if first is None or not texts or texts[0][0] <= first or are_units(low):
        return False
    if not all(_is_name(cell) for _, cell in texts) or is_sum(texts[0][1]):
        return False
    spread = _spread(grid, at)
    under = [place for place, _ in texts]
    groups = {place for place in under if not _text(top, place)}
    merged = {place for place in under if _text(spread, place) and not _text(top, place)}
    return bool(groups) and (bool(merged) or not grid.merged) and _first_of_each(top, under)


def _first_of_each(top: Row, under: Sequence[int]) -> bool:
    """Tell whether some name of the upper row has none below it: a column of one heading."""
    return any(_text(top, place) and place not in under for place in range(len(top)))


def _over(grid: Grid, at: int) -> Row:
    """Give the row above a heading where it names groups of columns, and is no title."""
    if not at:
        return ()
    row = grid.rows[at - 1]
    texts = [str(cell) for cell in row if not is_blank(cell)]
    titled = any(re.search("[:：]", each) for each in texts) or any(map(is_footer, texts))
    gap = grid.numbers[at] - grid.numbers[at - 1] > 1
    if gap or titled or not texts or not all(map(_is_name, texts)):
        return ()
    return _spread(grid, at - 1) if len(texts) > 1 or _text(grid.rows[at], 0) == "" else ()
