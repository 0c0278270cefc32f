"""What an .xls says of its cells beside their values: strokes, hidden rows and columns, zeros."""

from __future__ import annotations

import io
import mmap
from pathlib import Path

import xlrd

from landtrack.ingest.formats.tables.seen import Seen, digits

FIRST_YEAR = (1900, 1904)
"""By the date system that the workbook states."""


def look(path: Path, sheet: str) -> Seen:
    """Go through one sheet.

    Parameters
    ----------
    path
        The workbook.
    sheet
        The name of the sheet.

    Returns
    -------
    Seen
        What stands out. A formula that was never computed has a value of 0 like any other:
        that is not told.

    Raises
    ------
    xlrd.XLRDError, xlrd.compdoc.CompDocError
        If it is broken.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:
        book = xlrd.open_workbook(
            file_contents=held, formatting_info=True, on_demand=True, logfile=io.StringIO()
        )
        try:
            return _look(book, book.sheet_by_name(sheet))
        finally:
            book.release_resources()


def _look(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> Seen:
    formats = [
        (bool(book.font_list[each.font_index].struck_out), digits(_code(book, each.format_key)))
        for each in book.xf_list
    ]
    seen = Seen(epoch=FIRST_YEAR[book.datemode], formulas_told=False)
    seen.hidden = {at + 1 for at, row in sheet.rowinfo_map.items() if row.hidden}
    seen.hidden_columns = {at for at, column in sheet.colinfo_map.items() if column.hidden}
    seen.merged = [
        (first + 1, left, end, right - 1) for first, end, left, right in sheet.merged_cells
    ]
    for at in range(sheet.nrows):
        kinds = sheet.row_types(at)
        for column, kind in enumerate(kinds):
            if kind in {xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK}:
                continue
            place = (at + 1, column)
            seen.holds(*place)
            struck, padded = formats[sheet.cell_xf_index(at, column)]
            value = sheet.cell_value(at, column)
            if struck or _part_struck(book, sheet, at, column):
                seen.struck.add(place)
            if kind == xlrd.XL_CELL_ERROR:
                seen.errors[place] = xlrd.error_text_from_code.get(value, "#UNKNOWN!")
            elif padded and kind == xlrd.XL_CELL_NUMBER:
                seen.padded[place] = padded
    return seen


def _code(book: xlrd.Book, key: int) -> str:
    found = book.format_map.get(key)
    return "" if found is None else str(found.format_str)


def _part_struck(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> bool:
    """Tell whether a part of a text is struck out: what is left is not told apart."""
    runs = sheet.rich_text_runlist_map.get((row, column), ())
    return any(book.font_list[font].struck_out for _, font in runs)
