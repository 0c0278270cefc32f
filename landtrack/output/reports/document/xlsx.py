"""A document as a workbook: figures as numbers in their format, days as days, else text."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import xlsxwriter

from landtrack.model.translations import SHARES, Words, places
from landtrack.output.reports import workbook
from landtrack.output.reports.document import pictures
from landtrack.output.reports.document.parts import (
    Chart,
    Document,
    Part,
    Table,
    Text,
    Verdict,
    pages,
    said,
)
from landtrack.output.wording.messages import Figure, Line, Message, Money

WIDTHS = (10, 26)
"""The narrowest and widest column, in letters."""
SAMPLE = 400
"""How many rows of a table are looked at for the widths of its columns."""
SCALE = 0.85
"""Of its size on paper a picture has so much beside the tables of a sheet."""
PORTRAIT = 105
"""Letters of all columns that are read on a page that stands."""
DEFAULT_ROW = 15.0
"""Points: the height of a row that nobody set."""
LINE, POINTS_MM = 14.5, 72 / 25.4
"""Points: the height of a line, and of a millimetre."""
FIRST_YEAR, LONGEST_NAME = 1900, 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
"""What a sheet's name may not hold."""
CELL = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#9AA7B0"}
HEAD = {**CELL, "bold": True, "bg_color": "#E8EEF2"}
MARKED = {"bold": True, "bg_color": "#FBE9E4"}


def write(document: Document, path: Path, words: Words) -> None:
    """Write a document as a workbook: all on one sheet if that has a name, else a sheet each.

    ``path``: The ``.xlsx`` to make; the same document makes the same bytes.
    """
    told = {"title": said(words, document.title), "subject": said(words, document.subtitle)}
    with workbook.made(path, **told) as book:
        formats: dict[str, Any] = {}
        if document.sheet:
            names: set[str] = set()
            for page in pages(document):
                parts = [part for section in page for part in section.parts]
                name = said(words, page[0].page) or said(words, document.sheet)
                sheet = _Sheet(book, _once(name, names), parts, words, formats)
                if page[0] is document.sections[0]:
                    sheet.line(document.title, bold=True, font_size=14)
                    sheet.line(document.subtitle)
                    if document.verdict is not None:
                        sheet.part(document.verdict)
                for section in page:
                    sheet.at += bool(sheet.at)
                    sheet.line(section.title, bold=True, font_size=14 if section.page else 11)
                    for part in section.parts:
                        sheet.part(part)
            return
        named: set[str] = set()
        for number, section in enumerate(document.sections, start=1):
            parts = sorted(section.parts, key=lambda each: isinstance(each, Chart))
            only = "" if len(document.sections) == 1 else f"{number} "
            name = only + said(words, section.title)
            sheet = _Sheet(book, _once(name, named), parts, words, formats)
            for part in parts:
                sheet.part(part)
            if parts and isinstance(parts[0], Table):
                sheet.page.freeze_panes(1, 0)
                sheet.page.repeat_rows(0)
                sheet.page.autofilter(0, 0, max(len(parts[0].rows), 1), sheet.columns - 1)


def _once(name: str, taken: set[str]) -> str:
    """Give a sheet a name that none has: they are short, and letters count alike."""
    plain = name.translate(FORBIDDEN).strip() or "-"
    made, number = plain[:LONGEST_NAME], 1
    while made.lower() in taken:
        number += 1
        made = f"{plain[:LONGEST_NAME - 1 - len(str(number))]} {number}"
    taken.add(made.lower())
    return made


class _Sheet:
    """A sheet that is written line by line: tables of few columns are as wide as those of many."""

    def __init__(
        self, book: xlsxwriter.Workbook, name: str, parts: list[Part], words: Words,
        formats: dict[str, Any],
    ) -> None:
        self.book, self.words, self.formats = book, words, formats
        tables = [each for each in parts if isinstance(each, Table) and each.headings]
        self.columns = max((len(each.headings) for each in tables), default=2)
        self.widths = [float(WIDTHS[0])] * self.columns
        for table in tables:
            seen = Table(table.headings, table.rows[:SAMPLE])
            rows = [[said(words, each) for each in table.headings], *seen.texts(words)]
            for at, column in enumerate(zip(*rows, strict=True)):
                longest = max(map(_longest, column)) + 2
                self.widths[at] = min(max(self.widths[at], longest), WIDTHS[1])
        self.page = book.add_worksheet(name)
        for at, width in enumerate(self.widths):
            self.page.set_column(at, at, width)
        if sum(self.widths) > PORTRAIT:
            self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.page.set_footer("&C&P / &N")
        self.at = 0

    def line(self, message: Message, **look: object) -> None:
        """Write a line of text over all columns, as high as it needs."""
        text = said(self.words, message)
        if not text:
            return
        wide = sum(self.widths) * 11 / float(str(look.get("font_size", 11)))
        lines = _lines(text, wide)
        if lines > 1:
            here = self._look({**look, "text_wrap": True, "valign": "top"})
            self.page.merge_range(self.at, 0, self.at, self.columns - 1, "", here)
            self.page.write_string(self.at, 0, text, here)
            self.page.set_row(self.at, lines * LINE * float(str(look.get("font_size", 11))) / 11)
        else:
            self.page.write_string(self.at, 0, text, self._look(look))
        self.at += 1

    def part(self, part: Part) -> None:
        """Write a part by its kind."""
        match part:
            case Table(headings, rows):
                if headings:
                    self._row(headings, [HEAD] * len(headings))
                for at, row in enumerate(rows):
                    plain = {**CELL, **MARKED} if row.marked else CELL
                    looks = [
                        HEAD if not headings and column % 2 == 0 else
                        {**plain, "align": "right"} if part.numeric(column) else plain
                        for column in range(len(row.cells))
                    ]
                    least = part.heights[at] * POINTS_MM if part.heights else 0.0
                    self._row([each.value for each in row.cells], looks, least)
            case Text():
                self.line(part.told(self.words))
            case Verdict(reason=reason):
                self.line(part.told(self.words), bold=True, font_size=14)
                self.line(reason, bold=True)
            case Chart(draw, caption):
                png = pictures.png(draw, self.words)
                high = pictures.size_mm(png)[1] * SCALE * POINTS_MM
                self.page.insert_image(self.at, 0, f"{self.at}.png", {
                    "image_data": io.BytesIO(png), "x_scale": SCALE, "y_scale": SCALE,
                    "x_offset": 4, "y_offset": 4, "description": said(self.words, caption),
                })
                self.at += math.ceil((high + 8) / DEFAULT_ROW)
                self.line(caption)

    def _row(
        self, values: Sequence[Message], looks: list[dict[str, Any]], least: float = 0.0
    ) -> None:
        """Write a row as high as its longest cell needs; the last cell reaches to the edge."""
        last, told = len(values) - 1, []
        for column, (value, look) in enumerate(zip(values, looks, strict=True)):
            number, shown = _number(value, self.words)
            here = self._look({**look, "num_format": shown} if shown else look)
            width = self.widths[column]
            if column == last < self.columns - 1:
                width = sum(self.widths[column:])
                self.page.merge_range(self.at, column, self.at, self.columns - 1, "", here)
            told.append((said(self.words, value), width - 1))
            if number is not None:
                self.page.write_number(self.at, column, number, here)
            elif isinstance(value, date) and value.year >= FIRST_YEAR:
                self.page.write_datetime(self.at, column, value, here)
            elif text := said(self.words, value):
                self.page.write_string(self.at, column, text, here)
            else:
                self.page.write_blank(self.at, column, None, here)
        lines = max(_lines(text, width) for text, width in told)
        self.page.set_row(self.at, max(lines * LINE, least))
        self.at += 1

    def _look(self, look: dict[str, Any]) -> Any:  # noqa: ANN401  xlsxwriter has no types
        key = repr(look)
        if key not in self.formats:
            self.formats[key] = self.book.add_format(look)
        return self.formats[key]


def _longest(text: str) -> int:
    return max(map(places, text.split("\n")))


def _lines(text: str, width: float) -> int:
    """Say on how many lines a text stands in a column of so many letters."""
    return sum(max(1, math.ceil(places(each) / width)) for each in text.split("\n"))


def _number(value: Message, words: Words) -> tuple[float | None, str]:
    """Give the number that a value is, with every digit, and the format it is shown in on paper."""
    match value:
        case date():
            return None, "yyyy-mm-dd"
        case Money():
            amount, digits = value.scaled(words)
            shown = "#,##0" + (f".{'0' * digits}" if digits else "")
            return float(amount), f'{shown}" {words(f"{value.table}.unit")}"'
        case Line(parts=("+" | "−" | "±" as sign, Figure() as size)):
            number, shown = float(size.value), _number(size, words)[1]
            return -number if sign == "−" else number, f'"+"{shown};"−"{shown};"±"{shown}'
        case Figure():
            shown = "#,##0" + (f".{'0' * value.digits}" if value.digits else "")
            if value.unit in SHARES:
                return float(value.value), f"{shown}%"
            unit = "" if value.bare else words.unit(value.unit)
            return float(value.value), shown + (f'" {unit}"' if unit else "")
    return None, ""
