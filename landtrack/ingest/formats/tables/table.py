"""What a table is once it is read: columns with all that is written above them, and records."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field as of
from pathlib import Path
from typing import Any

import pandas as pd

from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.tables.words import plain

SHOWN = 60
"""How much of a row is shown."""
Row = Sequence[Any]
"""Cells: text, whole and other numbers, moments, or None."""

Fit = Callable[[Sequence[str]], int]
"""Tells how many of the columns that are wanted a heading has; 0 is of no use."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """One sheet as it stands: its rows, and what a reader of the sheet sees beside the values.

    ``numbers`` are the numbers of the rows in the file, from 1. Cells are named by the number
    of their row and their column from 0: ``struck`` are struck out, ``uncomputed`` are
    formulas without a value. ``merged`` are blocks of cells (first row, first column, last
    row, last column). ``hidden`` are numbers of rows, ``hidden_columns`` columns that are not
    shown. ``blind`` says that none of these is told. ``epoch`` is the year that the numbers of its
    days count from. ``separated`` says that only separators tell which cell is of which column.
    """

    sheet: str
    rows: list[Row]
    numbers: list[int]
    struck: frozenset[tuple[int, int]] = frozenset()
    uncomputed: frozenset[tuple[int, int]] = frozenset()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    blind: bool = False
    epoch: int = 1900
    separated: bool = False


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a table.

    ``name`` is what the catalog calls it and the frame has; ``heading`` what stands above its
    values, ``over`` what stands above that in a heading of two rows, ``unit_row`` what a row of
    units below the heading says. ``at`` is its place in the sheet, from 0.
    """

    name: str
    heading: str
    over: str = ""
    unit_row: str = ""
    at: int


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table as read.

    ``frame`` has the records, indexed by the number of their row in the file, and a column for
    each of ``columns`` by its name: numbers or moments where all its cells are, else text.
    ``above`` are the texts over the heading, such as titles, ``below`` those that stand under
    the records, such as who made it. ``notes`` say what was left out
    and why, each with the number of its row. ``merged`` gives, by column, for each row whose
    value stands in a cell merged over several rows, the first of these rows; ``failed`` the rows
    whose formula failed or was never computed, of which the records have no value. ``sheet`` is
    empty for text. ``epoch`` is the year that bare numbers of days count from, 1900 or 1904.
    """

    path: Path
    sheet: str
    heading_row: int
    columns: tuple[Column, ...]
    frame: pd.DataFrame
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    notes: tuple[Note, ...] = ()
    merged: Mapping[str, Mapping[int, int]] = of(default_factory=dict)
    failed: Mapping[str, frozenset[int]] = of(default_factory=dict)
    epoch: int = 1900

    def column(self, name: str) -> Column | None:
        """Find a column by its name.

        ``name``: As a catalog has it; blanks, breaks of the line, and the width of letters do not
        matter.
        Returns: The one of that name; None where there is none, or several are called alike.
        """
        found = [each for each in self.columns if each.name == name] or [
            each for each in self.columns if plain(each.name) == plain(name)
        ]
        return found[0] if len(found) == 1 else None

    def values(self, name: str) -> pd.Series[Any] | None:
        """Give the values of a column.

        ``name``: As for :meth:`column`.
        Returns: By the number of the row; None where there is no such column.
        """
        found = self.column(name)
        return None if found is None else self.frame[found.name]

    def shown(self, number: int) -> str:
        """Write a record for a message.

        ``number``: The number of its row.
        """
        cells = [str(cell) for cell in self.frame.loc[number].dropna()]
        return f"{number}: {', '.join(cells)[:SHOWN]}"

    @property
    def names(self) -> list[str]:
        """Name the columns.

        Returns: In their order.
        """
        return [each.name for each in self.columns]


def wanting(names: Sequence[str], *, needed: Sequence[str] = ()) -> Fit:
    """Say which columns are wanted of a table.

    ``needed``: Those without which a table is of no use.
    Returns: Counts the wanted columns that a heading has.
    """
    must = frozenset(map(plain, needed))
    return _Wanting(frozenset(map(plain, names)) | must, must)


@dataclass(frozen=True)
class _Wanting:
    """Counts the wanted columns that a heading has; a value, so that it can be sent."""

    wanted: frozenset[str]
    must: frozenset[str]

    def __call__(self, headings: Sequence[str]) -> int:
        there = {plain(heading) for heading in headings}
        return len(self.wanted & there) if self.must <= there else 0
