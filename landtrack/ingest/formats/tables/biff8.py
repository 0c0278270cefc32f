"""What an .xls says of its cells beside their values: strokes, hidden rows and columns, zeros."""

from __future__ import annotations

import io
import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

import xlrd

from landtrack.ingest.formats.tables.seen import Seen, digits

BEGIN, END = (0x0009, 0x0209, 0x0409, 0x0809), 0x000A
"""Records at the beginning and the end of a sheet, and of a chart in it."""
FORMULA, NOT_YET, PROGRAM = (0x0006, 0x0206, 0x0406), 0x005E, 0x01C1
"""Records of a formula, of a sheet that was saved uncomputed, and of the program that computed."""
TO_COMPUTE = 0x03
"""Flags of a formula that is to be computed always, or when the workbook is opened."""
FIRST_YEAR = (1900, 1904)
"""By the date system that the workbook states."""


def look(path: Path, sheet: str) -> Seen:
    """Go through one sheet.

    Returns: What stands out. A formula that was never computed has a result of 0, or of no text:
    such a result is believed only where the workbook says that a program computed it.
    Raises xlrd.XLRDError, xlrd.compdoc.CompDocError: If it is broken.
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
    seen = Seen(epoch=FIRST_YEAR[book.datemode])
    seen.uncomputed = _without_result(book, sheet)
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


def _without_result(book: xlrd.Book, sheet: xlrd.sheet.Sheet) -> set[tuple[int, int]]:
    """List the formulas with a result of 0 or no text that nobody computed (MS-XLS, 2.4.127)."""
    computed = any(
        kind == PROGRAM and any(data[4:]) for kind, data in _records(book, book.base)
    )
    found, open_ = set(), set()
    for kind, data in _records(book, book._sh_abs_posn[sheet.number]):  # noqa: SLF001  xlrd 2 is final
        if kind == NOT_YET:
            computed = False
        elif kind in FORMULA and len(data) >= 16:  # noqa: PLR2004  place, style, result, flags
            row, column, _, result, flags = struct.unpack_from("<HHH8sH", data)
            if _is_nothing(result):
                found.add((row + 1, column))
                if flags & TO_COMPUTE:
                    open_.add((row + 1, column))
    return open_ if computed else found


def _is_nothing(result: bytes) -> bool:
    """Tell whether the result of a formula is 0, or a text without a sign."""
    if result[6:] == b"\xff\xff":
        return result[0] == 3  # noqa: PLR2004  no text, as the format has it
    return bool(struct.unpack("<d", result)[0] == 0)


def _records(book: xlrd.Book, at: int) -> Iterator[tuple[int, bytes]]:
    """Give the records of a sheet, or of the part on the whole workbook, without its charts."""
    deep = 0
    while at + 4 <= len(book.mem):
        kind, length = struct.unpack_from("<HH", book.mem, at)
        deep += kind in BEGIN
        deep -= kind == END
        if deep <= 0:
            return
        if deep == 1:
            yield kind, bytes(book.mem[at + 4 : at + 4 + length])
        at += 4 + length


def _code(book: xlrd.Book, key: int) -> str:
    found = book.format_map.get(key)
    return "" if found is None else str(found.format_str)


def _part_struck(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int, column: int) -> bool:
    """Tell whether a part of a text is struck out: what is left is not told apart."""
    runs = sheet.rich_text_runlist_map.get((row, column), ())
    return any(book.font_list[font].struck_out for _, font in runs)
