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
from landtrack.output.reports.document import layout, pictures
from landtrack.output.reports.document.parts import Chart, Document, Part, Table, Text, said
from landtrack.output.wording.messages import Figure, Line, Message

WIDTHS = (10, 26)
"""The narrowest and widest column, in letters."""
SAMPLE = 400
"""How many rows of a table are looked at for the widths of its columns."""
LINE, POINTS_MM = 14.5, 72 / 25.4
"""Points: the height of a line, and of a millimetre."""
FIRST_YEAR, LONGEST_NAME = 1900, 31
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
"""What a sheet's name may not hold."""
CELL = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#9AA7B0"}
HEAD = {**CELL, "bold": True, "bg_color": "#E8EEF2"}


def write(document: Document, path: Path, words: Words) -> None:
    """Write a document as a workbook: all on one sheet if that has a name, else a sheet each.

    ``path``: The ``.xlsx`` to make; the same document makes the same bytes.
    """
    told = {"title": said(words, document.title), "subject": said(words, document.subtitle)}
    with workbook.made(path, **told) as book:
        formats: dict[str, Any] = {}
        if document.sheet:
            parts = [part for section in document.sections for part in section.parts]
            sheet = _Sheet(book, said(words, document.sheet), parts, words, formats)
            outcome = words(f"outcome.{document.outcome}") if document.outcome else ""
            sheet.line(document.title, bold=True, font_size=14)
            sheet.line(document.subtitle)
            sheet.line(outcome, bold=True, font_size=14)
            for section in document.sections:
                sheet.at += 1
                sheet.line(section.title, bold=True, font_size=11)
                for part in section.parts:
                    sheet.part(part)
            return
        for number, section in enumerate(document.sections, start=1):
            parts = sorted(section.parts, key=lambda each: isinstance(each, Chart))
            only = "" if len(document.sections) == 1 else f"{number} "
            name = only + said(words, section.title)
            sheet = _Sheet(book, name, parts, words, formats)
            for part in parts:
                sheet.part(part)
            if parts and isinstance(parts[0], Table):
                sheet.page.freeze_panes(1, 0)
                sheet.page.autofilter(0, 0, max(len(parts[0].rows), 1), sheet.columns - 1)


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
                longest = max(map(places, column)) + 2
                self.widths[at] = min(max(self.widths[at], longest), WIDTHS[1])
        self.page = book.add_worksheet(name.translate(FORBIDDEN)[:LONGEST_NAME])
        for at, width in enumerate(self.widths):
            self.page.set_column(at, at, width)
        self.page.set_landscape()
        self.page.set_paper(9)
        self.page.fit_to_pages(1, 0)
        self.at = 0

    def line(self, message: Message, **look: object) -> None:
        """Write a line of text."""
        self.page.write_string(self.at, 0, said(self.words, message), self._look(look))
        self.at += 1

    def part(self, part: Part) -> None:
        """Write a part by its kind."""
        match part:
            case Table(headings, rows):
                if headings:
                    self._row(headings, [HEAD] * len(headings))
                for at, row in enumerate(rows):
                    looks = [CELL if headings else HEAD, *[CELL] * (len(row.cells) - 1)]
                    least = layout.room(at) * POINTS_MM if part.to_sign else 0.0
                    self._row([each.value for each in row.cells], looks, least)
            case Text():
                self.line(part.told(self.words))
            case Chart(draw):
                self.page.insert_image(self.at + 1, 0, f"{self.at}.png", {
                    "image_data": io.BytesIO(pictures.png(draw, self.words)),
                    "x_scale": 0.6, "y_scale": 0.6,
                })

    def _row(
        self, values: Sequence[Message], looks: list[dict[str, Any]], least: float = 0.0
    ) -> None:
        """Write a row as high as its longest cell needs; the last cell reaches to the edge."""
        last, lines = len(values) - 1, 1
        for column, (value, look) in enumerate(zip(values, looks, strict=True)):
            number, shown = _number(value, self.words)
            here = self._look({**look, "num_format": shown} if shown else look)
            width = self.widths[column]
            if column == last < self.columns - 1:
                width = sum(self.widths[column:])
                self.page.merge_range(self.at, column, self.at, self.columns - 1, "", here)
            if number is not None:
                self.page.write_number(self.at, column, number, here)
            elif isinstance(value, date) and value.year >= FIRST_YEAR:
                self.page.write_datetime(self.at, column, value, here)
            elif text := said(self.words, value):
                self.page.write_string(self.at, column, text, here)
                lines = max(lines, *(
                    math.ceil(places(each) / (width - 1)) for each in text.split("\n")
                ))
            else:
                self.page.write_blank(self.at, column, None, here)
        self.page.set_row(self.at, max(lines * LINE, least))
        self.at += 1

    def _look(self, look: dict[str, Any]) -> Any:  # noqa: ANN401  xlsxwriter has no types
        key = repr(look)
        if key not in self.formats:
            self.formats[key] = self.book.add_format(look)
        return self.formats[key]


def _number(value: Message, words: Words) -> tuple[float | None, str]:
    """Give the number that a value is, with every digit, and the format it is shown in on paper."""
    match value:
        case date():
            return None, "yyyy-mm-dd"
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
