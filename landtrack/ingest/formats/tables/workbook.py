"""Workbooks: .xlsx, .xlsm, .xls, .xlsb, .ods and what WPS writes in these formats.

The values come by calamine; what it does not tell, such as rows that are hidden, by the parts of
the file itself, in each format by a module of its own.
"""

from __future__ import annotations

import datetime as dt
import itertools
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError

import openpyxl
import xlrd
from openpyxl.utils import get_column_letter
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)
from xlrd.compdoc import CompDocError

from landtrack.ingest.formats import limits
from landtrack.ingest.formats.tables import biff8, biff12, odf, ooxml
from landtrack.ingest.formats.tables.seen import Seen
from landtrack.ingest.formats.tables.table import Grid, Row
from landtrack.ingest.formats.tables.words import is_blank
from landtrack.model.errors import SourceError

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook begins: as a ZIP, or as an OLE container (of before 2007, or encrypted)."""
MOST_CELLS = 20_000_000
"""A block of this many cells is read row by row where hardly anything stands in it."""
UNREADABLE = (
    CalamineError, ooxml.DoctypeError, ExpatError, zipfile.BadZipFile, zlib.error, KeyError,
    ValueError, TypeError, AttributeError, IndexError, EOFError, NotImplementedError,
    RuntimeError, OSError, AssertionError, OverflowError, struct.error,
)
"""What reading a broken workbook raises."""
WHOLE = 2**53
"""Beyond it not every whole number is a number here."""


class Workbook:
    """A workbook that is open: which sheets it has, and each of them as a grid."""

    def __init__(self, path: Path) -> None:
        """Open it; messages name it by its path."""
        self.path = path
        try:
            with path.open("rb") as file:
                self._zip = file.read(4) == ZIP
            limits.look(path, ZIP if self._zip else b"")
            self._looks = self._before()
            self._book = CalamineWorkbook.from_path(str(path))
            found = self._book.sheets_metadata
            limits.insist(path, "workbook_sheets", len(found))
        except SourceError:
            raise
        except PasswordError as error:
            raise SourceError(
                f"{path} is locked by a password.",
                mend="Open it, take the password off, and save it as .xlsx.",
            ) from error
        except UNREADABLE as error:
            raise self._broken(error) from error
        sheets = [each for each in found if each.typ == SheetTypeEnum.WorkSheet]
        self.hidden = [each.name for each in sheets if each.visible != SheetVisibleEnum.Visible]
        self.visible = [each.name for each in sheets if each.visible == SheetVisibleEnum.Visible]

    def grid(self, sheet: str) -> Grid:
        """Read one sheet.

        Returns: Its rows from the first in which anything stands.
        Raises SourceError: If it cannot be read.
        """
        rows: Sequence[Row]
        try:
            seen = self._seen(sheet)
            if seen is None:
                return self._plain(sheet)
            limits.insist(self.path, "workbook_cells", seen.cells)
            if _is_thin(seen) and self._kind == "ooxml":
                rows = list(self._row_by_row(sheet))
            else:
                rows = self._book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
        except UNREADABLE as error:
            raise self._broken(error) from error
        return Grid(
            sheet=sheet, rows=_patched(rows, seen), numbers=list(range(1, len(rows) + 1)),
            struck=frozenset(seen.struck), uncomputed=frozenset(seen.uncomputed),
            merged=tuple(seen.merged), hidden=frozenset(seen.hidden),
            hidden_columns=frozenset(seen.hidden_columns), epoch=seen.epoch,
        )

    def close(self) -> None:
        """Let the file go."""
        self._book.close()

    def _plain(self, sheet: str) -> Grid:
        """Read a sheet of a format whose other parts are not looked at."""
        found = self._book.get_sheet_by_name(sheet)
        rows: list[Row] = [_row(row) for row in found.to_python(skip_empty_area=False)]
        return Grid(
            sheet=sheet, rows=rows, numbers=list(range(1, len(rows) + 1)), blind=True,
            merged=tuple(
                (first + 1, left, last + 1, right)
                for (first, left), (last, right) in found.merged_cell_ranges or ()
            ),
        )

    def _before(self) -> dict[str, Seen]:
        """Look at what must be looked at before anything is laid out: the sheets of an .ods."""
        self._kind = "biff8"
        if not self._zip:
            return {}
        with zipfile.ZipFile(self.path) as archive:
            names = set(archive.namelist())
            if odf.CONTENT not in names:
                binary = any(name.endswith("workbook.bin") for name in names)
                self._kind = "biff12" if binary else "ooxml"
                return {}
            self._kind = "odf"
            looks = odf.look(self.path, archive)
        for name, seen in looks.items():
            self._insist_on_near(name, seen)
        return looks

    def _seen(self, sheet: str) -> Seen | None:
        """Look into the parts of the file; None where they cannot be read, though values can."""
        if self._kind == "odf":
            return self._looks.get(sheet)
        if self._kind == "biff8":
            try:
                return biff8.look(self.path, sheet)
            except (xlrd.XLRDError, CompDocError, *UNREADABLE):
                return None
        with zipfile.ZipFile(self.path) as archive:
            if self._kind == "ooxml":
                return ooxml.look(archive, sheet)
            seen = biff12.look(archive, sheet)
        self._insist_on_near(sheet, seen)
        return seen

    def _insist_on_near(self, sheet: str, seen: Seen) -> None:
        """Insist that no stray cell far away makes a sheet larger than memory."""
        if _is_thin(seen):
            row, column = seen.last
            raise SourceError(
                f"{self.path}: the sheet {sheet!r} reaches to "
                f"{get_column_letter(column + 1)}{row}, but only {seen.cells:,} of its cells "
                "hold anything.",
                mend="Delete the rows and columns behind the table, or save the file as .xlsx.",
            )

    def _row_by_row(self, sheet: str) -> Iterator[Row]:
        """Read rows each only as long as it is: one stray cell must not fill the memory."""
        with warnings.catch_warnings(), self.path.open("rb") as file:
            warnings.simplefilter("ignore")  # styles and forms, which are not read
            book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            try:
                own = book[sheet]
                own.reset_dimensions()
                yield from own.iter_rows(values_only=True)
            finally:
                book.close()

    def _broken(self, error: BaseException) -> SourceError:
        return SourceError(
            f"{self.path} cannot be read as a workbook: {error}.",
            mend="Open it in a spreadsheet program and save it as .xlsx, without a password.",
        )


def _is_thin(seen: Seen) -> bool:
    """Tell whether hardly anything stands in a large block."""
    return seen.last[0] * (seen.last[1] + 1) > MOST_CELLS > seen.cells


def _patched(rows: Sequence[Row], seen: Seen) -> list[Row]:
    """Put back what the values do not say: failed formulas, and leading zeros."""
    made: list[Any] = [_row(row) for row in rows]
    for (number, at), error in seen.errors.items():
        if number <= len(made):
            made[number - 1] = [*made[number - 1], *[None] * (at + 1 - len(made[number - 1]))]
            made[number - 1][at] = error
    for (number, at), digits in seen.padded.items():
        cell = made[number - 1][at] if at < len(made[number - 1]) else None
        if isinstance(cell, int) and cell >= 0:
            made[number - 1][at] = f"{cell:0{digits}}"
    return made


def _row(row: Row) -> list[Any]:
    cells = [_cell(cell) for cell in row]
    while cells and cells[-1] is None:
        cells.pop()
    return cells


def _cell(cell: Any) -> Any:  # noqa: ANN401  a cell
    """Give a value as every format has it; TRUE is a text and no 1."""
    if isinstance(cell, str):
        return cell or None
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < WHOLE else cell
    return _moment(cell)


def _moment(cell: Any) -> Any:  # noqa: ANN401  a cell
    """Give a day as midnight, as the sheet has it; a time of the day as text."""
    if isinstance(cell, dt.date) and not isinstance(cell, dt.datetime):
        return dt.datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
    return str(cell) if isinstance(cell, dt.time | dt.timedelta) else cell


def holds_anything(grid: Grid, within: int) -> bool:
    """Tell whether anything stands in the first rows of a sheet.

    ``within``: How many rows are looked at.
    Returns: False for an empty sheet.
    """
    return any(
        not is_blank(cell) for row in itertools.islice(grid.rows, within) for cell in row
    )
