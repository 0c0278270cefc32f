"""The rows of a table: CSV with any separator, a CASS .dat, or a sheet of a workbook."""

from __future__ import annotations

import csv
import io
import itertools
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from landtrack.errors import SourceError
from landtrack.formats.coordinates import columns
from landtrack.formats.encoding import read_text

SEPARATORS = (",", ";", "\t", "|")
HEADING_WITHIN = 30
"""The heading stands among the first rows; above it are titles."""
RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula; in CSV an apostrophe comes before it."""
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How a workbook begins, and how one of before 2007, or one with a password."""
MOST_BYTES = 2**30
"""A workbook that unpacks to more than this is refused."""
LONGEST = 2**31 - 1
"""A cell of WKT may be long."""
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, KeyError, ValueError,
    TypeError, AttributeError, IndexError, EOFError, NotImplementedError, RuntimeError, OSError,
    AssertionError, OverflowError,
)
"""What reading a broken workbook raises."""


class Table(NamedTuple):
    """A table: ``above`` its heading, the heading, and its rows with their numbers in the file.

    Cells are text, numbers, dates or None; every row is as long as the heading. ``over`` are
    the numbers of the rows in which something stands beyond it.
    """

    above: list[Sequence[Any]]
    heading: list[str]
    rows: list[Sequence[Any]]
    numbers: list[int]
    over: list[int]


def names(path: Path) -> list[str]:
    """List the sheets of a workbook that hold anything; of another file its own name.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    list of str
        In the order of the file.

    Raises
    ------
    SourceError
        If it cannot be opened.
    """
    if not is_workbook(path):
        return [path.stem]
    with _workbook(path) as book:
        return [
            sheet.title for sheet in book.worksheets
            if any(any(cell is not None for cell in row)
                   for row in itertools.islice(_rows(sheet), HEADING_WITHIN))
        ]


def is_workbook(path: Path) -> bool:
    """Tell a workbook by its first bytes.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    bool
        False for text.

    Raises
    ------
    SourceError
        If it cannot be opened, or is a workbook of before 2007 or with a password.
    """
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise SourceError(
            f"{path} cannot be opened: {error.strerror}.",
            mend="Check that the file is there and may be read.",
        ) from error
    if start == OLE:
        raise SourceError(
            f"{path} is an .xls of before 2007, or has a password.",
            mend="Open it and save it as .xlsx without a password.",
        )
    return start == ZIP


def read(path: Path, *, layer: str | None, encoding: str | None) -> Table:
    """Read a table.

    Parameters
    ----------
    path
        A workbook, a CASS ``.dat``, or text with separators.
    layer
        The sheet; the first that holds anything where not given.
    encoding
        Of text; found from the bytes where not given.

    Returns
    -------
    Table
        Its rows below the heading.

    Raises
    ------
    SourceError
        If it cannot be read, or no row names coordinates.
    """
    there = names(path)
    if layer is not None and layer not in there:
        raise SourceError(
            f"{path} has no sheet {layer!r}.", mend=f"Name one of: {', '.join(there)}."
        )
    if is_workbook(path):
        with _workbook(path) as book:
            sheet = book[layer or next(iter(there), book.sheetnames[0])]
            rows = list(_rows(sheet))
        return _below_heading(rows, list(range(1, len(rows) + 1)), path)
    text = read_text(path, encoding)
    if path.suffix.lower() == ".dat":
        return _dat(text)
    return _separated(text, path)


def never_computed(path: Path, layer: str | None, at: Sequence[int]) -> int | None:
    """Find a formula that was written by a program and never computed: it reads as nothing.

    Parameters
    ----------
    path
        A workbook.
    layer
        The sheet; the first that holds anything where not given.
    at
        The columns to look at, from 0.

    Returns
    -------
    int or None
        The number of the first row with such a formula.

    Raises
    ------
    SourceError
        If the workbook cannot be read.
    """
    name = layer or names(path)[0]
    with _workbook(path) as values, _workbook(path, formulas=True) as formulas:
        for number, (row, said) in enumerate(zip(
            _rows(values[name]), _rows(formulas[name]), strict=True
        ), start=1):
            for column in at:
                if column < len(row) and row[column] is None and said[column] is not None:
                    return number
    return None


def _rows(sheet: Any) -> Iterator[Sequence[Any]]:  # noqa: ANN401  openpyxl has no types
    """Give the rows of a sheet, each only as long as it is.

    What the file says of its size is not believed: one stray cell in the last column would
    make every row 16 384 cells long.
    """
    sheet.reset_dimensions()
    yield from sheet.iter_rows(values_only=True)


@contextmanager
def _workbook(path: Path, *, formulas: bool = False) -> Iterator[Any]:
    """Open a workbook to read row by row; formulas as what they last came to, or as such."""
    try:
        with path.open("rb") as file:
            _insist_on_size(file, path)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # styles and forms, which are not read
                book = openpyxl.load_workbook(file, read_only=True, data_only=not formulas)
                try:
                    yield book
                finally:
                    book.close()
    except SourceError:
        raise
    except UNREADABLE as error:
        raise SourceError(
            f"{path} cannot be read as a workbook: {error}.",
            mend="Open it in a spreadsheet program and save it as .xlsx again.",
        ) from error


def _insist_on_size(file: BinaryIO, path: Path) -> None:
    """Refuse what would fill the memory when it is unpacked."""
    with zipfile.ZipFile(file) as packed:
        size = sum(each.file_size for each in packed.infolist())
    if size > MOST_BYTES:
        raise SourceError(
            f"{path} unpacks to {size / 2**30:.1f} GiB.",
            mend="Save the sheet as CSV; a sheet of coordinates is not so large.",
        )


def _dat(text: str) -> Table:
    """Read a CASS file: five fields, no heading."""
    heading = list(columns.words().dat.columns)
    rows, numbers = _split(text, ",")
    return _table([], heading, rows, numbers)


def _separated(text: str, path: Path) -> Table:
    """Read text by the separator with which a row is a heading."""
    for separator in SEPARATORS:
        head = "\n".join(text.splitlines()[:HEADING_WITHIN])
        if any(columns.is_heading(row) for row in _split(head, separator)[0]):
            return _below_heading(*_split(text, separator), path)
    raise _no_heading(path)


def _split(text: str, separator: str) -> tuple[list[Sequence[Any]], list[int]]:
    """Split text into rows of cells, with the numbers of the lines at which they end."""
    csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[Sequence[Any]] = []
    numbers = []
    escaped = "'" in text
    for row in reader:
        rows.append([_unescaped(cell) for cell in row] if escaped else row)
        numbers.append(reader.line_num)
    return rows, numbers


def _unescaped(cell: str) -> str:
    """Take off the apostrophe that keeps a text from being run as a formula."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(RISKY) else cell


def _below_heading(rows: list[Sequence[Any]], numbers: list[int], path: Path) -> Table:
    """Find the heading; a cell that it leaves empty is named by the one above it."""
    at = next(
        (at for at, row in enumerate(rows[:HEADING_WITHIN]) if columns.is_heading(row)), None
    )
    if at is None:
        raise _no_heading(path)
    over = rows[at - 1] if at else ()
    heading = [
        str((above if is_blank(own) else own) or "").strip()
        for own, above in itertools.zip_longest(rows[at], over)
    ]
    while not heading[-1]:
        heading.pop()
    return _table(rows[:at], heading, rows[at + 1 :], numbers[at + 1 :])


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


def is_blank(cell: object) -> bool:
    """Tell whether nothing stands in a cell.

    Parameters
    ----------
    cell
        Anything.

    Returns
    -------
    bool
        True for None and blanks.
    """
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _as_long(row: Sequence[Any], width: int) -> Sequence[Any]:
    return [*row[:width], *[None] * (width - len(row))]


def _no_heading(path: Path) -> SourceError:
    known = columns.words().columns
    return SourceError(
        f"{path}: none of the first {HEADING_WITHIN} rows names columns of coordinates.",
        mend=f"Name the columns, such as {known['north'][0]} and {known['east'][0]}, "
        f"{known['longitude'][0]} and {known['latitude'][0]}, or WKT.",
    )
