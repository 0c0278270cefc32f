"""Tables as text: any usual separator and encoding."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from landtrack.ingest.formats import dbf, encoding as encodings
from landtrack.ingest.formats.tables.heading import find
from landtrack.ingest.formats.tables.table import Fit, Grid, Row
from landtrack.model.visible import RISKY

SEPARATORS = (",", ";", "\t", "|", "，", "；")
END = "\x1a\0"
"""What old programs write behind the end of a text."""
LONGEST = 2**31 - 1
"""A cell of WKT may be long."""
SAMPLE = 100
"""How many rows tell the separator."""
_FORMULA_TEXT = re.compile(r'="((?:[^"]|"")*)"')
"""How text is kept from being read as a number: ="001"."""
_STATED = re.compile(r"sep=(.)\s*(\r\n|\r|\n|$)", re.IGNORECASE)


def text_of(path: Path, encoding: str | None = None) -> str:
    """Read the text of a table.

    ``encoding``: Its encoding; found from the bytes where not given.
    Returns: Without a byte-order mark.
    Raises SourceError: If it cannot be read.
    """
    text = encodings.read_text(path, encoding).rstrip(END)
    if encoding is None and encodings.of(path).name == "gb18030":
        data = path.read_bytes()
        found = dbf.judge(re.split(rb"[\r\n]+", data[: 2**20])[:-1] or [data], None)
        if found.proven and found.name == "big5":
            return data.decode("big5", errors="replace").rstrip(END)
    return text


def grid(text: str, sheet: str, fit: Fit | None = None) -> Grid:
    """Take text apart by the separator that fits.

    ``fit``: What is wanted of the heading, which may tell the separator.
    Returns: Rows of text; ``numbers`` are those of the lines at which they end.
    """
    stated = _STATED.match(text)
    if stated is not None:
        found = split(text[stated.end() :], stated[1], sheet)
        return replace(found, numbers=[each + 1 for each in found.numbers])
    head = "\n".join(re.split(r"\r\n|\r|\n", text[: 2**20], maxsplit=SAMPLE)[:SAMPLE])
    best, most = SEPARATORS[0], (-1, 0.0, 0)
    for separator in SEPARATORS:
        worth = _worth(split(head, separator, sheet), fit)
        if worth > most:
            best, most = separator, worth
    return split(text, best, sheet)


def _worth(grid: Grid, fit: Fit | None) -> tuple[int, float, int]:
    """Judge a separator: by what is wanted, by how alike the rows are, by their columns."""
    heading = find(grid, fit) if fit is not None else None
    lengths = Counter(len(row) for row in grid.rows if any(row))
    size, number = lengths.most_common(1)[0] if lengths else (0, 0)
    share = number / sum(lengths.values()) if size > 1 else 0.0
    return (heading.score if heading else 0, share, size)


def split(text: str, separator: str, sheet: str) -> Grid:
    """Take text apart.

    Returns: Rows of text, without what keeps a cell from being run as a formula.
    """
    csv.field_size_limit(LONGEST)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows: list[Row] = []
    numbers = []
    escaped = "'" in text or '="' in text
    for row in reader:
        rows.append([_unescaped(cell) for cell in row] if escaped else row)
        numbers.append(reader.line_num)
    return Grid(sheet=sheet, rows=rows, numbers=numbers, separated=True)


def _unescaped(cell: str) -> str:
    """Take off what keeps a text from being run as a formula, or read as a number."""
    if cell.startswith("'") and cell.lstrip("'").startswith(RISKY):
        return cell[1:]
    kept = _FORMULA_TEXT.fullmatch(cell)
    return kept[1].replace('""', '"') if kept else cell


def lost_letters(headings: Sequence[str]) -> list[str]:
    """Find headings of which an encoding has lost letters, as in 用地面?.

    Returns: Those with a question mark among letters that are not Latin.
    """
    return [
        each for each in headings
        if ("?" in each.rstrip("?？") or "\ufffd" in each or re.search(r"[^\x00-\x7f]\?", each))
        and not each.isascii()
    ]
