"""The rows of a table of coordinates: of a sheet of a workbook, of text, or of a CASS .dat."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from landtrack.ingest.formats import tables
from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.coordinates import columns
from landtrack.ingest.formats.tables import Grid, records, separated
from landtrack.ingest.formats.tables.heading import WITHIN, find
from landtrack.ingest.formats.tables.words import are_units, is_blank
from landtrack.model import Issue
from landtrack.model.errors import SourceError


class Table(NamedTuple):
    """A table: ``above`` its heading, the heading, and its rows with their numbers in the file.

    Cells are text, numbers, dates or None; every row is as long as the heading. ``over`` are
    the numbers of the rows in which something stands beyond it. ``uncomputed`` are formulas
    without a value, by row number and column; ``notes`` what was left out. ``units`` is the
    row of units below the heading, where it has one, ``epoch`` the year that numbers of days
    count from.
    """

    above: list[Sequence[Any]]
    heading: list[str]
    rows: list[Sequence[Any]]
    numbers: list[int]
    over: list[int]
    uncomputed: frozenset[tuple[int, int]] = frozenset()
    notes: tuple[Note, ...] = ()
    units: Sequence[Any] = ()
    epoch: int = 1900


def names(path: Path) -> list[str]:
    """List the sheets of a workbook that name coordinates; of another file its own name.

    Returns: In the order of the file; all sheets that hold anything where none names coordinates.
    Raises SourceError: If it cannot be opened.
    """
    if not tables.is_workbook(path):
        return [path.stem]
    shown = tables.grids(path).shown
    fitting = [each.sheet for each in shown if _heading(each) is not None]
    return fitting or [each.sheet for each in shown]


def _fit(headings: Sequence[str]) -> int:
    """Count what a row names of points."""
    return len(columns.roles(headings)) if columns.is_heading(headings) else 0


def _heading(grid: Grid, row: int | None = None) -> tuple[int, int, list[str]] | None:
    """Find the first row that names coordinates, and the last of its rows."""
    if row is not None:
        found = find(grid, None, row)
        if found is None:
            return None
        return found.at, found.last, _names(found.columns)
    for at, cells in enumerate(grid.rows[:WITHIN]):
        if columns.is_heading(cells):
            last = at + 1 if at + 1 < len(grid.rows) and are_units(grid.rows[at + 1]) else at
            return at, last, _written(cells, grid.rows[at - 1] if at else ())
    return None


def _names(found: Sequence[tables.Column]) -> list[str]:
    names = [""] * (max(column.at for column in found) + 1)
    for column in found:
        names[column.at] = column.heading
    return names


def _written(row: Sequence[Any], over: Sequence[Any]) -> list[str]:
    """Write a heading; a cell that it leaves empty is named by the one above it."""
    longer = [*row, *[None] * (len(over) - len(row))]
    above = [*over, *[None] * (len(longer) - len(over))]
    heading = [
        str((top if is_blank(own) else own) or "").strip()
        for own, top in zip(longer, above, strict=True)
    ]
    while not heading[-1]:
        heading.pop()
    return heading


def read(
    path: Path, *, layer: str | None, encoding: str | None, header_row: int | None = None
) -> Table:
    """Read a table.

    ``path``: A workbook, a CASS ``.dat``, or text with separators.
    ``layer``: The sheet; the first that names coordinates where not given.
    ``encoding``: Of text; found from the bytes where not given.
    ``header_row``: The number of the row of the heading, from 1; found where not given.
    Returns: Its rows below the heading.
    Raises SourceError: If it cannot be read, or no row names coordinates.
    """
    if path.suffix.lower() == ".dat" and not tables.is_workbook(path):
        return _dat(separated.text_of(path, encoding))
    found = tables.grids(
        path, sheet=layer if tables.is_workbook(path) else None, encoding=encoding, fit=_fit
    )
    for grid in found.shown:
        heading = _heading(grid, header_row)
        if heading is not None:
            others = [each for each in found.shown if each is not grid]
            notes = tables.of_sheets(found.hidden, [each.sheet for each in others], grid)
            return _below_heading(grid, heading, notes)
    raise _no_heading(path)


def _dat(text: str) -> Table:
    """Read a CASS file: five fields, no heading."""
    heading = list(columns.words().dat.columns)
    grid = separated.split(text, ",", "")
    return _table([], heading, grid.rows, grid.numbers)


def _below_heading(
    grid: Grid, heading: tuple[int, int, list[str]], notes: Sequence[Note]
) -> Table:
    """Give the rows below a heading, without what is no value."""
    at, last, names = heading
    cleaned, found = records.cleaned(grid)
    kept = [
        place for place in range(last + 1, len(grid.rows))
        if any(not is_blank(cell) for cell in cleaned.rows[place])
        or all(is_blank(cell) for cell in grid.rows[place])  # a row that is struck out is none
    ]
    table = _table(
        grid.rows[:at], names, [cleaned.rows[place] for place in kept],
        [grid.numbers[place] for place in kept],
    )
    told = records.named(found, dict(enumerate(names)), after=grid.numbers[last])
    return table._replace(
        uncomputed=grid.uncomputed, notes=(*notes, *told),
        epoch=grid.epoch, units=grid.rows[last] if last > at and are_units(grid.rows[last]) else (),
    )


def _table(
    above: list[Sequence[Any]], heading: list[str], rows: list[Sequence[Any]], numbers: list[int]
) -> Table:
    """Make every row as long as the heading, and of blank rows one after another one.

    Rows that go on beyond the heading are remembered.
    """
    width = len(heading)
    made = Table(above, heading, [], [], [])
    apart = False
    for row, number in zip(rows, numbers, strict=True):
        blank = all(is_blank(cell) for cell in row)
        if not (blank and apart):
            made.rows.append(_as_long(row, width))
            made.numbers.append(number)
        if not blank and any(not is_blank(cell) for cell in row[width:]):
            made.over.append(number)
        apart = blank
    return made


def _as_long(row: Sequence[Any], width: int) -> Sequence[Any]:
    return [*row[:width], *[None] * (width - len(row))]


def beyond(table: Table) -> list[Note]:
    """Name the rows that go on beyond the heading."""
    return [Note(Issue.TABLE_BEYOND, str(number)) for number in table.over]


def _no_heading(path: Path) -> SourceError:
    known = columns.words().columns
    return SourceError(
        f"{path}: none of the first {WITHIN} rows names columns of coordinates.",
        mend=f"Name the columns, such as {known['north'][0]} and {known['east'][0]}, "
        f"{known['longitude'][0]} and {known['latitude'][0]}, or WKT.",
    )
