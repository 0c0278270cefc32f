"""Which sheet of a file is read, and how."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from pyogrio.errors import DataLayerError, DataSourceError

from landtrack.ingest.formats import files, opening, refused
from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.tables import records, separated
from landtrack.ingest.formats.tables.heading import WITHIN, Heading, find
from landtrack.ingest.formats.tables.table import Column, Fit, Grid, Table
from landtrack.ingest.formats.tables.words import is_blank
from landtrack.ingest.formats.tables.workbook import OLE, ZIP, Workbook, holds_anything
from landtrack.model import Issue
from landtrack.model.errors import SourceError

TEXT = (".csv", ".tsv", ".txt", ".prn", ".dat", ".xls", ".et", "")
"""How tables end that are text where they are no workbook."""
HEAD = 4096
"""How many bytes tell what a file is."""


class Grids(NamedTuple):
    """The sheets of a file that are shown and hold anything, and the names of the hidden."""

    shown: list[Grid]
    hidden: list[str]


def is_workbook(path: Path) -> bool:
    """Tell a workbook by its first bytes.

    Raises SourceError: If it cannot be opened, or is something that no reader here reads.
    """
    head = _head(path)
    refused.insist(path, head)
    return head.startswith((ZIP, OLE))


def _head(path: Path) -> bytes:
    if path.is_dir():
        return b""
    try:
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError as error:
        raise SourceError(
            f"{path} cannot be opened: {error.strerror}.",
            mend="Check that the file is there and may be read.",
        ) from error


def _is_text(path: Path) -> bool:
    return path.suffix.lower() in TEXT or files.of(path) is files.TABLE


@contextmanager
def _opened(path: Path) -> Iterator[Workbook]:
    book = Workbook(path)
    try:
        yield book
    finally:
        book.close()


def names(path: Path) -> list[str]:
    """List the sheets of a workbook that are shown and hold anything.

    Returns: In the order of the file; of text its own name.
    Raises SourceError: If it cannot be opened.
    """
    if not is_workbook(path):
        return [path.stem] if _is_text(path) else _tables(path)
    return [each.sheet for each in grids(path).shown]


def is_table(path: Path) -> bool:
    """Tell text whose rows are mostly of one number of cells, several, from a note.

    Raises SourceError: If it cannot be read.
    """
    rows = separated.grid(separated.text_of(path), path.stem).rows
    widths = Counter(len(row) for row in rows if any(not is_blank(cell) for cell in row))
    width, most = widths.most_common(1)[0] if widths else (0, 0)
    return min(width, most) > 1 and 2 * most > widths.total()


def grids(
    path: Path, *, sheet: str | None = None, encoding: str | None = None, fit: Fit | None = None
) -> Grids:
    """Read the sheets of a workbook, or the rows of text.

    ``encoding``: Of text; found from the bytes where not given.
    ``fit``: What is wanted of the heading, which may tell the separator of text.
    Returns: In the order of the file.
    Raises SourceError: If it cannot be read, or has no such sheet; a hidden sheet is none.
    """
    if not is_workbook(path):
        text = separated.text_of(path, encoding)
        return Grids([separated.grid(text, path.stem, fit)], [])
    with _opened(path) as book:
        if sheet is not None and sheet in book.hidden:
            raise SourceError(
                f"{path}: the sheet {sheet!r} is hidden.",
                mend="Show it in the spreadsheet program if it is meant, and save the file.",
            )
        if sheet is not None and sheet not in book.visible:
            raise SourceError(
                f"{path} has no sheet {sheet!r}.",
                mend=f"Name one of: {', '.join(book.visible)}.",
            )
        wanted = book.visible if sheet is None else [sheet]
        found = [book.grid(name) for name in wanted]
        return Grids([each for each in found if holds_anything(each, WITHIN)], book.hidden)


def read(
    path: Path, *, sheet: str | None = None, header_row: int | None = None,
    encoding: str | None = None, fit: Fit | None = None,
) -> Table:
    """Read one table of a file.

    ``path``: A workbook, text with separators, or a file with tables that GDAL reads.
    ``sheet``: The sheet or table; found where not given.
    ``header_row``: The number of the row of its heading, from 1; found where not given.
    ``encoding``: Of text; found from the bytes where not given.
    ``fit``: What is wanted of its heading: it tells the sheet and the row.
    Returns: Of several sheets the only one that has what is wanted, or has most of it. Hidden
    sheets and those that were left out are named in its notes.
    Raises SourceError: If it cannot be read, has no such sheet or row, or several sheets fit alike.
    """
    book = is_workbook(path)
    if not book and not _is_text(path):
        return _of_database(path, sheet, encoding)
    found = grids(path, sheet=sheet, encoding=encoding, fit=fit)
    if not found.shown:
        hidden = f" but hidden ones ({', '.join(found.hidden)})" if found.hidden else ""
        raise SourceError(
            f"{path} has no sheet with anything in it{hidden}.",
            mend="Check which file is meant; show the sheet that is, and save the file.",
        )
    headings = [(each, find(each, fit, header_row)) for each in found.shown]
    grid, heading = _chosen(path, headings, header_row, wanted=fit is not None)
    others = [each.sheet for each in found.shown if each is not grid]
    table = records.table(grid, heading, path, notes=of_sheets(found.hidden, others, grid))
    return table if book else replace(table, sheet="")


def _chosen(
    path: Path, headings: Sequence[tuple[Grid, Heading | None]], header_row: int | None, *,
    wanted: bool,
) -> tuple[Grid, Heading]:
    """Take the sheet that fits; ask where several do, or none of several."""
    there = [(grid, heading) for grid, heading in headings if heading is not None]
    if not there:
        raise SourceError(
            f"{path} has no row {header_row}." if header_row else f"{path} is no table.",
            mend="State in `header_row` the number of the row that names the columns.",
        )
    best = max(heading.score for _, heading in there)
    fitting = [each for each in there if each[1].score == best]
    if len(fitting) == 1 and (best or not wanted):
        return fitting[0]
    if len(there) == 1:
        return there[0]
    told = "; ".join(
        f"{grid.sheet} (row {grid.numbers[heading.at]}: "
        f"{', '.join(column.name for column in heading.columns)})"
        for grid, heading in there
    )
    cause = "several sheets that fit" if best else "several sheets, and none has the columns wanted"
    raise SourceError(
        f"{path} has {cause if wanted else 'several sheets'}: {told}.",
        mend="Say with `sheet` which is meant, and with `header_row` where its heading stands.",
    )


def of_sheets(hidden: Sequence[str], others: Sequence[str], taken: Grid) -> list[Note]:
    """Name the sheets that were not read.

    ``hidden``, ``others``: Their names: those that are not shown, and those that are.
    Returns: None where there is nothing to say.
    """
    notes = [Note(Issue.TABLE_SHEET_HIDDEN, ", ".join(hidden))] if hidden else []
    if others:
        notes.append(Note(Issue.TABLE_SHEET_LEFT, ", ".join(others), field=taken.sheet))
    if taken.blind:
        notes.append(Note(Issue.TABLE_BLIND, taken.sheet))
    return notes


def _tables(path: Path) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return opening.list_layers(path)
    except (DataSourceError, ValueError) as error:
        raise _no_table(path, error) from error


def _of_database(path: Path, name: str | None, encoding: str | None) -> Table:
    """Read a table of a GeoPackage, a geodatabase or a .dbf: its columns are named already."""
    try:
        frame = pd.DataFrame(opening.read_frame(
            path, layer=name, encoding=encoding, read_geometry=False
        ))
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise _no_table(path, error) from error
    frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
    columns = tuple(
        Column(name=str(each), heading=str(each), at=at) for at, each in enumerate(frame.columns)
    )
    return Table(path=path, sheet=name or "", heading_row=0, columns=columns, frame=frame)


def _no_table(path: Path, error: Exception) -> SourceError:
    return SourceError(
        f"{path} cannot be read as a table: {error}.",
        mend="Save it as CSV in UTF-8 or as XLSX, and name its sheet in catalog.toml.",
    )
