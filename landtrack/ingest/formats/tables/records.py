"""From the rows below a heading to records: what is none is left out and named, by its row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.numbers import number
from landtrack.ingest.formats.tables.heading import Heading
from landtrack.ingest.formats.tables.table import SHOWN, Column, Grid, Row, Table
from landtrack.ingest.formats.tables.words import (
    are_column_numbers,
    filled,
    is_blank,
    is_error,
    is_footer,
    is_page,
    is_section,
    is_share,
    is_sum,
    plain,
)
from landtrack.model import Issue

FIRST = 3
"""A sum is called so in one of the first cells of its row."""
TOLERANCE = 1e-6
"""Share of a sum by which adding many figures may be off."""


def shown(row: Row, at: int) -> str:
    """Write a row for a message."""
    text = ", ".join(_told(cell)[:SHOWN] for cell in row if not is_blank(cell))
    return f"{at}: {text[:SHOWN]}"


def _told(cell: object) -> str:
    return f"{cell:%Y-%m-%d}" if isinstance(cell, dt.datetime) else str(cell)


def cleaned(grid: Grid) -> tuple[Grid, list[Note]]:
    """Take out of a sheet what is no value: struck out, failed, or never computed.

    Returns grid : Grid: The same with these cells blank.
    Returns notes : list of Note: One for each row that has such cells, and one for the rows that
    are not shown, which count all the same.
    """
    rows = list(grid.rows)
    place = {number: at for at, number in enumerate(grid.numbers)}
    notes = []
    found: dict[int, dict[Issue, list[int]]] = {}
    for issue, cells in (
        (Issue.TABLE_STRUCK_OUT, grid.struck), (Issue.TABLE_NOT_COMPUTED, grid.uncomputed),
    ):
        for number_, column in cells:
            if number_ in place:
                found.setdefault(number_, {}).setdefault(issue, []).append(column)
    for at, row in enumerate(rows):
        failed = [column for column, cell in enumerate(row) if is_error(cell)]
        if failed:
            found.setdefault(grid.numbers[at], {})[Issue.TABLE_CELL_ERROR] = failed
    for number_, kinds in sorted(found.items()):
        row = list(rows[place[number_]])
        for issue, columns in kinds.items():
            row += [None] * (max(columns) + 1 - len(row))
            told = row if issue is not Issue.TABLE_CELL_ERROR else [row[at] for at in columns]
            notes.append((issue, shown(told, number_), sorted(columns)))
            for column in columns:
                row[column] = None
        rows[place[number_]] = row
    made = [Note(issue, value, field=_cells(columns)) for issue, value, columns in notes]
    there = [
        number_ for number_ in sorted(grid.hidden)
        if number_ in place and filled(rows[place[number_]])
    ]
    if there:
        made.append(Note(Issue.TABLE_ROW_HIDDEN, _ranges(there)))
    return Grid(
        sheet=grid.sheet, rows=rows, numbers=grid.numbers, merged=grid.merged,
        hidden_columns=grid.hidden_columns, blind=grid.blind, separated=grid.separated,
    ), made


def _cells(columns: Sequence[int]) -> str:
    """Name columns by their place, to be put into words by their heading later."""
    return ",".join(map(str, columns))


def _ranges(numbers: Sequence[int]) -> str:
    """Write ascending numbers as 2–7, 9."""
    runs: list[list[int]] = []
    for each in numbers:
        if runs and each == runs[-1][1] + 1:
            runs[-1][1] = each
        else:
            runs.append([each, each])
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in runs)


def table(grid: Grid, heading: Heading, path: Path, *, notes: Sequence[Note] = ()) -> Table:
    """Make records of the rows below a heading.

    Returns: Without blank rows, sums, headings that come again, and what stands below the table.
    """
    plain_grid, found = cleaned(grid)
    failed: dict[str, frozenset[int]] = _failed(found, heading.columns)
    found = named(
        found, {column.at: column.name for column in heading.columns},
        after=grid.numbers[heading.last],
    )
    sorter = _Sorter(plain_grid, heading)
    if grid.separated:
        for name, numbers in sorter.doubt_shifted().items():
            failed[name] = failed.get(name, frozenset()) | numbers
    frame = _frame(sorter.kept, heading.columns, sorter.numbers)
    return Table(
        path=path, sheet=grid.sheet, heading_row=grid.numbers[heading.at],
        columns=heading.columns, frame=frame,
        above=tuple(
            str(cell) for row in grid.rows[: heading.at] for cell in row if not is_blank(cell)
        ),
        below=tuple(sorter.below),
        notes=(*notes, *found, *hidden_columns(grid, heading.columns, frame), *sorter.notes),
        merged=sorter.merged,
        failed=failed,
        epoch=grid.epoch,
    )


def _failed(found: Sequence[Note], columns: Sequence[Column]) -> dict[str, frozenset[int]]:
    """Give, by column, the rows whose formula has no value, of what :func:`cleaned` noted."""
    cells = {
        (int(at), int(note.value.partition(":")[0]))
        for note in found if note.issue in {Issue.TABLE_CELL_ERROR, Issue.TABLE_NOT_COMPUTED}
        for at in note.field.split(",")
    }
    return {
        column.name: rows for column in columns
        if (rows := frozenset(row for at, row in cells if at == column.at))
    }


def hidden_columns(
    grid: Grid, columns: Sequence[Column], frame: pd.DataFrame
) -> list[Note]:
    """Name the columns that are not shown, and count all the same.

    ``columns``: The columns of its table.
    ``frame``: The records, by the names of the columns.
    Returns: One, or none where all columns in which anything stands are shown.
    """
    found = [
        each.name for each in columns
        if each.at in grid.hidden_columns and frame[each.name].notna().any()
    ]
    return [Note(Issue.TABLE_COLUMN_HIDDEN, ", ".join(found))] if found else []


def named(notes: Sequence[Note], names: Mapping[int, str], *, after: int) -> list[Note]:
    """Put the names of columns into what :func:`cleaned` noted.

    ``names``: Names of the columns by their place, from 0.
    ``after``: The number of the last row of the heading: what stands above it is no value.
    Returns: Those of the rows below.
    """
    return [
        note._replace(field=", ".join(
            names[int(at)] for at in note.field.split(",") if names.get(int(at))
        )) if note.field else note
        for note in notes
        if not note.field or int(note.value.partition(":")[0]) > after
    ]


class _Sorter:
    """Goes through the rows below a heading and keeps the records."""

    def __init__(self, grid: Grid, heading: Heading) -> None:
        self.grid, self.columns = grid, heading.columns
        self.kept: list[Row] = []
        self.numbers: list[int] = []
        self.notes: list[Note] = []
        self.below: list[str] = []
        self.merged: dict[str, dict[int, int]] = {}
        self.since = 0
        self.sums: list[Row] = []
        self.wide = {
            first for first, left, last, right in grid.merged
            if first == last and right - left + 1 > len(self.columns) / 2 and right > left
        }
        self.width = max((column.at for column in self.columns), default=0) + 1
        self.cells = max(self.width, *(
            len(row) for row in grid.rows[heading.at : heading.last + 1]
        ))
        self.names = [plain(column.heading) for column in self.columns]
        first = heading.last + 1
        if are_column_numbers(*[*grid.rows[first : first + 2], (), ()][:2]):
            self.notes.append(Note(
                Issue.TABLE_ROW_NOTE, shown(grid.rows[first], grid.numbers[first])
            ))
            first += 1
        for at in range(first, len(grid.rows)):
            self._take(grid.rows[at], grid.numbers[at])
        self._fill()

    def _take(self, row: Row, number_: int) -> None:
        there = filled(row)
        if not there:
            return
        if self._is_beyond(row, self.width) and not self._is_shifted(row):
            self.notes.append(Note(Issue.TABLE_BEYOND, str(number_)))
        if self._comes_again(row):
            self.notes.append(Note(Issue.TABLE_ROW_NOTE, shown(row, number_)))
        elif self._is_sum(row):
            self.notes.append(Note(Issue.TABLE_ROW_TOTAL, shown(row, number_)))
            self._check(row, number_)
        elif (is_footer(there[0]) and self._only_texts(row)) or (
            len(there) == 1 and (number_ in self.wide or is_section(row) or is_page(there[0]))
        ):
            self.notes.append(Note(Issue.TABLE_ROW_NOTE, shown(row, number_)))
            self.below += [str(cell) for cell in there]
        else:
            self.kept.append(row)
            self.numbers.append(number_)

    def _is_beyond(self, row: Row, width: int) -> bool:
        return any(not is_blank(cell) for cell in row[width:])

    def _is_shifted(self, row: Row) -> bool:
        """Tell whether a row of text has more cells than the heading, named or not."""
        return self.grid.separated and self._is_beyond(row, self.cells)

    def doubt_shifted(self) -> dict[str, frozenset[int]]:
        """Blank rows of text that have more cells than columns but for their first cell.

        Returns: Their numbers, by the columns of which nobody knows the cell.
        """
        long = [at for at, row in enumerate(self.kept) if self._is_shifted(row)]
        for at in long:
            row = self.kept[at]
            self.notes.append(Note(Issue.TABLE_SHIFTED, shown(row, self.numbers[at])))
            self.kept[at] = [row[0], *(None for _ in row[1:])]
        short = [
            number_ for number_, row in zip(self.numbers, self.kept, strict=True)
            if len(row) < self.width
        ]
        if short:
            self.notes.append(Note(Issue.TABLE_SHORT, _ranges(short)))
        numbers = frozenset(self.numbers[at] for at in long)
        return {each.name: numbers for each in self.columns if numbers and each.at}

    def _comes_again(self, row: Row) -> bool:
        own = [plain(_at(row, column.at) or "") for column in self.columns]
        return len(filled(row)) > 1 and own == self.names

    def _is_sum(self, row: Row) -> bool:
        there = filled(row)
        texts = [cell for cell in there[:FIRST] if isinstance(cell, str)]
        if any(is_sum(cell, whole=True) or is_share(cell) for cell in texts):
            return True
        return is_sum(there[0]) and len(there) > 1 and all(
            not isinstance(cell, str) or number(cell) == number(cell)
            for cell in there[1:]
        )

    def _only_texts(self, row: Row) -> bool:
        """Tell whether a row holds no figures, but for days."""
        return not any(
            isinstance(cell, (int, float)) or (
                isinstance(cell, str) and number(cell) == number(cell)
            )
            for cell in filled(row)[1:]
        )

    def _check(self, row: Row, number_: int) -> None:
        """Hold what a sum states against the records: all, or those since the sum before."""
        for column in self.columns:
            stated = _figure(_at(row, column.at))
            if stated is None:
                continue
            over = [
                [_figure(_at(each, column.at)) for each in rows]
                for rows in (self.kept, self.kept[self.since :], self.sums)
            ]
            sums = [sum(each for each in some if each is not None) for some in over if some]
            if any(each is not None for each in over[0]) and not any(
                _agree(stated, each) for each in sums
            ):
                best = min(sums, key=lambda each: abs(each - stated))
                self.notes.append(Note(
                    Issue.TABLE_TOTAL_DIFFERS, f"{number_}: {stated:.15g} / {best:.15g}",
                    field=column.name,
                ))
        self.since = len(self.kept)
        self.sums.append(row)

    def _fill(self) -> None:
        """Write what is merged over several rows into each of them."""
        place = {number_: at for at, number_ in enumerate(self.numbers)}
        names = {column.at: column.name for column in self.columns}
        for first, left, last, _ in self.grid.merged:
            inside = [each for each in range(first, last + 1) if each in place]
            if last == first or left not in names or first not in place or len(inside) < 2:  # noqa: PLR2004
                continue
            value = _at(self.kept[place[first]], left)
            if is_blank(value):
                continue
            for each in inside:
                row = list(self.kept[place[each]])
                row += [None] * (left + 1 - len(row))
                row[left] = value
                self.kept[place[each]] = row
                self.merged.setdefault(names[left], {})[each] = first


def _at(row: Row, place: int) -> Any:  # noqa: ANN401  a cell
    return row[place] if place < len(row) else None


def _figure(cell: object) -> float | None:
    if isinstance(cell, (int, float)):
        return float(cell)
    value = number(cell) if isinstance(cell, str) else float("nan")
    return None if value != value else value  # noqa: PLR0124  NaN


def _agree(stated: float, found: float) -> bool:
    """Tell whether a sum is what is stated, but for its rounding."""
    places = len(f"{stated:.15g}".partition(".")[2])
    return abs(stated - found) <= max(0.5000001 * 10.0**-places, TOLERANCE * abs(found))


def _frame(
    rows: Sequence[Row], columns: Sequence[Column], numbers: Sequence[int]
) -> pd.DataFrame:
    index = pd.Index(numbers, dtype="int64", name="row")
    return pd.DataFrame(
        {
            column.name: values([_at(row, column.at) for row in rows]).set_axis(index)
            for column in columns
        },
        index=index,
    )


def values(cells: Sequence[Any]) -> pd.Series[Any]:
    """Make a column: of numbers or moments where all cells are, else of text.

    ``cells``: n cells.
    Returns: n values, missing where nothing stands.
    """
    there = [None if is_blank(cell) else cell for cell in cells]
    kinds = {type(cell) for cell in there if cell is not None}
    if kinds and kinds <= {int, float}:
        whole = kinds == {int} and None not in there
        return pd.Series(there, dtype="int64" if whole else "float64")
    if kinds == {dt.datetime}:
        return pd.Series(there, dtype="datetime64[us]")
    return pd.Series(
        [cell if cell is None or isinstance(cell, str) else written(cell) for cell in there],
        dtype="str",
    )


def written(cell: object) -> str:
    """Write a cell as text: 39.0 as 39, a day without its time."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, dt.datetime):
        midnight = (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return f"{cell:%Y-%m-%d}" if midnight else cell.isoformat(sep=" ")
    return str(cell).strip()
