"""What an .xlsb says of its cells beside their values: strokes, hidden rows and columns, zeros.

Its parts are records: a number of one or two bytes, a length of one to four, the content. Only
the records listed here are looked at (MS-XLSB, 2.3 and 2.4).
"""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Iterator

from landtrack.ingest.formats.tables import ooxml
from landtrack.ingest.formats.tables.seen import Seen, digits

BOOK_PROPERTIES, SHEET, COMPUTING = 153, 156, 157
FORMAT, FONT, STYLE, STYLES_BEGIN, STYLES_END = 44, 43, 47, 617, 618
ROW, COLUMNS, MERGED = 0, 60, 176
BLANK, ERROR, LAST_CELL = 1, 3, 11
RICH_TEXT = 62
NUMBERS = {2, 5, 9}
FORMULA_TEXT, FORMULA_NUMBER, FORMULA_ERROR = 8, 9, 11
ALWAYS = 0x02
"""The flag of a formula that is to be computed when the workbook is opened."""
ALL_OPEN = 0x01 | 0x10
"""Flags of a workbook: all formulas are to be computed when it is opened; some are not yet."""
ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}
MOST_COLUMNS = 16_384
STRUCK = 0x08
"""The flag of a font."""
ROW_HIDDEN = 0x10
"""The flag of a row, in its byte 11."""


def look(archive: zipfile.ZipFile, sheet: str) -> Seen:
    """Go through one sheet.

    Returns: What stands out. A formula that was never computed has a result of 0, or of no text:
    such a result is believed only where the workbook says that a program computed it.
    Raises KeyError: If there is no such sheet.
    Raises ValueError, struct.error: If a part is broken.
    """
    book = ooxml.book_of(archive, "xl/workbook.bin")
    seen = Seen()
    computed = False
    ids = {}
    for kind, data in _records(archive, book):
        if kind == BOOK_PROPERTIES and data[0] & 1:
            seen.epoch = 1904
        elif kind == SHEET:
            own, at = _text(data, 8)
            name, _ = _text(data, at)
            ids[name] = own
        elif kind == COMPUTING:
            computed = _computed(data)
    targets = {each["Id"]: each["Target"] for each in ooxml.related(archive, book)}
    styles = _styles(archive, book)
    row = 0
    for kind, data in _records(archive, ooxml.at(book, targets[ids[sheet]])):
        if kind == ROW:
            row = struct.unpack_from("<I", data)[0] + 1
            if data[11] & ROW_HIDDEN:
                seen.hidden.add(row)
        elif BLANK < kind <= LAST_CELL or kind == RICH_TEXT:
            _cell(seen, kind, data, row, styles)
            if _without_result(kind, data, computed=computed):
                seen.uncomputed.add((row, struct.unpack_from("<I", data)[0]))
        else:
            _of_sheet(seen, kind, data)
    return seen


def _of_sheet(seen: Seen, kind: int, data: bytes) -> None:
    """Take what is said of columns, and of cells that are merged."""
    if kind == COLUMNS and data[16] & 1:
        first, last = struct.unpack_from("<II", data)
        seen.hidden_columns |= set(range(first, min(last, MOST_COLUMNS) + 1))
    elif kind == MERGED:
        first, last, left, right = struct.unpack_from("<IIII", data)
        seen.merged.append((first + 1, left, last + 1, right))


def _cell(
    seen: Seen, kind: int, data: bytes, row: int, styles: list[tuple[bool, int]]
) -> None:
    """Take one cell that has a value."""
    column, style = struct.unpack_from("<II", data)
    place, style = (row, column), style & 0xFFFFFF
    struck, padded = styles[style] if style < len(styles) else (False, 0)
    seen.holds(*place)
    if struck:
        seen.struck.add(place)
    if kind in {ERROR, FORMULA_ERROR}:
        seen.errors[place] = ERRORS.get(data[8], "#UNKNOWN!")
    elif padded and kind in NUMBERS:
        seen.padded[place] = padded


def _computed(data: bytes) -> bool:
    """Tell whether a program that computes formulas says that it has done so."""
    program, flags = struct.unpack_from("<I", data)[0], struct.unpack_from("<H", data, 24)[0]
    return program > 0 and not flags & ALL_OPEN


def _without_result(kind: int, data: bytes, *, computed: bool) -> bool:
    """Tell whether a cell is a formula with a result of 0 or no text that nobody computed."""
    if kind == FORMULA_NUMBER:
        result, end = struct.unpack_from("<d", data, 8)[0], 16
    elif kind == FORMULA_TEXT:
        result, end = _text(data, 8)
    else:
        return False
    if result:
        return False
    flags = struct.unpack_from("<H", data, end)[0] if len(data) >= end + 2 else ALWAYS
    return not computed or bool(flags & ALWAYS)


def _styles(archive: zipfile.ZipFile, book: str) -> list[tuple[bool, int]]:
    """Tell of each style whether it strikes out, and how many digits it writes at least."""
    part = ooxml.other(archive, book, "/styles")
    if part is None:
        return []
    formats: dict[int, str] = {}
    fonts: list[bool] = []
    made: list[tuple[bool, int]] = []
    of_cells = False
    for kind, data in _records(archive, part):
        if kind == FORMAT:
            formats[struct.unpack_from("<H", data)[0]] = _text(data, 2)[0]
        elif kind == FONT:
            fonts.append(bool(data[2] & STRUCK))
        elif kind in {STYLES_BEGIN, STYLES_END}:
            of_cells = kind == STYLES_BEGIN
        elif kind == STYLE and of_cells:
            _, number, font = struct.unpack_from("<HHH", data)
            made.append((font < len(fonts) and fonts[font], digits(formats.get(number, ""))))
    return made


def _text(data: bytes, at: int) -> tuple[str, int]:
    """Read a text with its length before it; give it and where it ends."""
    length = struct.unpack_from("<I", data, at)[0]
    end = at + 4 + (0 if length == 0xFFFFFFFF else 2 * length)  # noqa: PLR2004  no text
    if end > len(data):
        raise ValueError("a text is cut off")
    return data[at + 4 : end].decode("utf-16-le"), end


def _records(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[int, bytes]]:
    """Give the records of a part, one by one."""
    with archive.open(part) as file:
        while first := file.read(1):
            kind = first[0]
            if kind & 0x80:
                kind = (kind & 0x7F) | (_byte(file.read(1)) & 0x7F) << 7
            length = 0
            for shift in range(0, 28, 7):
                byte = _byte(file.read(1))
                length |= (byte & 0x7F) << shift
                if not byte & 0x80:
                    break
            data = file.read(length)
            if len(data) < length:
                raise ValueError("a record is cut off")
            yield kind, data


def _byte(read: bytes) -> int:
    if not read:
        raise ValueError("a record is cut off")
    return read[0]
