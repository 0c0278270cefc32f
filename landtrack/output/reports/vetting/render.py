"""The vetting page as text, HTML and a workbook."""

from __future__ import annotations

import html
import math
from pathlib import Path

import xlsxwriter

from landtrack.model.translations import Words, places
from landtrack.model.value import ALWAYS
from landtrack.output.reports.vetting import layout
from landtrack.output.reports.vetting.page import Page, Section

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What the page may do: nothing but look as it does."""
STYLE = """
body { font: 14px/1.5 "Noto Sans SC", "Microsoft YaHei", sans-serif; margin: 2em auto;
  max-width: 60em; color: #1d2a33; }
h1 { font-size: 1.5em; margin: 0; } h2 { font-size: 1.1em; margin: 1.5em 0 .4em; }
table { border-collapse: collapse; width: 100%; } th, td { min-width: 3.2em;
  border: 1px solid #9aa7b0;
  padding: .25em .5em; text-align: left; vertical-align: top; } th { background: #e8eef2; }
.verdict { display: inline-block; padding: .2em .8em; border: 2px solid; font-weight: bold; }
.pass { color: #1a7431; } .fail { color: #b3261e; } .unknown { color: #5f6368; }
p { margin: .3em 0; } @media print { body { margin: 0; max-width: none; font-size: 11px; } }
"""


FIRST_WIDE, WIDE = 22, 26
"""Widths of the columns of the workbook, in letters."""
LINE, POINTS_MM = 14.5, 72 / 25.4
"""Points: the height of a line, and of a millimetre."""


def to_text(page: Page) -> str:
    """Write a page for a terminal.

    Returns: Lines; a table's row on one line, its cells named where there are headings.
    """
    lines = [page.title, page.subtitle, page.verdict_words.upper(), ""]
    for section in page.sections:
        lines.append(f"== {section.title}")
        for row in section.rows:
            lines += _lines(section, row)
        lines += [f"  * {note}" for note in section.notes]
        lines.append("")
    return "\n".join(lines)


def _lines(section: Section, row: tuple[str, ...]) -> list[str]:
    if not section.headings:
        return [f"  {row[0]}: {row[1]}" if row[1] else f"  {row[0]}: ____"]
    first, *rest = row
    named = [
        f"{heading}: {cell}" for heading, cell in zip(section.headings[1:], rest, strict=True)
        if cell
    ]
    if sum(map(len, named)) < 90:  # noqa: PLR2004  what fits on a line of a terminal
        return [f"  {first} | {' | '.join(named)}"]
    return [f"  {first}", *(f"      {each}" for each in named)]


def to_html(page: Page) -> str:
    """Write a page as an HTML document of its own, for reading and printing."""
    parts = [
        f'<!DOCTYPE html><html lang="{page.lang}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
        f"<title>{html.escape(page.title)}</title><style>{STYLE}</style></head><body>",
        f"<h1>{html.escape(page.title)}</h1><p>{html.escape(page.subtitle)}</p>",
        f'<p class="verdict {page.verdict}">{html.escape(page.verdict_words)}</p>',
    ]
    for section in page.sections:
        parts.append(f"<h2>{html.escape(section.title)}</h2>")
        parts.append(_table(section))
        parts += [f"<p>{html.escape(note)}</p>" for note in section.notes]
    return "\n".join([*parts, "</body></html>\n"])


def _table(section: Section) -> str:
    if not section.rows:
        return ""
    head = "".join(f"<th>{html.escape(each)}</th>" for each in section.headings)
    body = "".join(
        f"<tr>{''.join(_cell(cell, at, blank=not section.headings) for cell in row)}</tr>"
        for at, row in enumerate(section.rows)
    )
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def _cell(cell: str, at: int, *, blank: bool) -> str:
    """Write a cell; one to be filled in by hand is high enough for it."""
    if cell or not blank:
        return f"<td>{html.escape(cell)}</td>"
    return f'<td style="height:{layout.room(at):g}mm; width:75%"></td>'


def write_workbook(page: Page, path: Path, words: Words) -> None:
    """Write a page as a workbook of one sheet.

    ``path``: The ``.xlsx`` to make.
    """
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({
            "title": page.title, "subject": page.subtitle,
            "created": ALWAYS.replace(tzinfo=None),
        })
        _Sheet(book, page, words).fill(page)


class _Sheet:
    """The one sheet of the form: tables of few columns are as wide as those of many."""

    def __init__(self, book: xlsxwriter.Workbook, page: Page, words: Words) -> None:
        cell = {"text_wrap": True, "valign": "top", "border": 1, "border_color": "#9AA7B0"}
        self.looks = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "section": book.add_format({"bold": True, "font_size": 11}),
            "heading": book.add_format({**cell, "bold": True, "bg_color": "#E8EEF2"}),
            "cell": book.add_format(cell),
        }
        self.columns = max(len(each.headings) for each in page.sections)
        self.sheet = book.add_worksheet(words("vet.sheet"))
        self.sheet.set_column(0, 0, FIRST_WIDE)
        self.sheet.set_column(1, self.columns - 1, WIDE)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.fit_to_pages(1, 0)
        self.at = 0

    def fill(self, page: Page) -> None:
        """Write title and sections."""
        for line, look in ((page.title, "title"), (page.subtitle, None),
                           (page.verdict_words, "title")):
            self.sheet.write_string(self.at, 0, line, self.looks.get(look or ""))
            self.at += 1
        for section in page.sections:
            self.sheet.write_string(self.at + 1, 0, section.title, self.looks["section"])
            self.at += 2
            if section.headings:
                self._row(section.headings, "heading", 0.0)
            for number, row in enumerate(section.rows):
                blank = not section.headings and not row[1]
                self._row(row, "cell", layout.room(number) * POINTS_MM if blank else 0.0)
            for note in section.notes:
                self.sheet.write_string(self.at, 0, note)
                self.at += 1

    def _row(self, row: tuple[str, ...], look: str, least: float) -> None:
        """Write a row as high as its longest cell needs; the last cell reaches to the edge."""
        last = len(row) - 1
        lines = 1
        for column, said in enumerate(row):
            wide = FIRST_WIDE if column == 0 else WIDE
            here = self.looks["heading" if column == 0 and len(row) == 2 else look]  # noqa: PLR2004
            if column == last and last < self.columns - 1:
                wide *= self.columns - last
                self.sheet.merge_range(self.at, column, self.at, self.columns - 1, "", here)
            self.sheet.write_string(self.at, column, said, here)
            lines = max(lines, math.ceil(places(said) / (wide - 1)))
        self.sheet.set_row(self.at, max(lines * LINE, least))
        self.at += 1
