"""The vetting page as text, HTML and a workbook."""

from __future__ import annotations

import html
from pathlib import Path

import xlsxwriter

from landtrack import report
from landtrack.text import Words
from landtrack.vetting.page import Page, Section

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
BLANK_CM = "1.2cm"


def to_text(page: Page) -> str:
    """Write a page for a terminal.

    Parameters
    ----------
    page
        The page.

    Returns
    -------
    str
        Lines; a table's row on one line, its cells named where there are headings.
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
    """Write a page as an HTML document of its own, for reading and printing.

    Parameters
    ----------
    page
        The page.

    Returns
    -------
    str
        The document.
    """
    parts = [
        f'<!DOCTYPE html><html lang="{page.lang}"><head><meta charset="utf-8">',
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
        f"<tr>{''.join(_cell(cell, blank=not section.headings) for cell in row)}</tr>"
        for row in section.rows
    )
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def _cell(cell: str, *, blank: bool) -> str:
    """Write a cell; one to be filled in by hand is high enough for it."""
    if cell or not blank:
        return f"<td>{html.escape(cell)}</td>"
    return f'<td style="height:{BLANK_CM}; width:75%"></td>'


def write_workbook(page: Page, path: Path, words: Words) -> None:
    """Write a page as a workbook of one sheet.

    Parameters
    ----------
    page
        The page.
    path
        The ``.xlsx`` to make.
    words
        The language, for the name of the sheet.
    """
    options = {
        "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(path, options) as book:
        book.set_properties({"created": report.FIXED_CREATED})
        looks = {
            "title": book.add_format({"bold": True, "font_size": 14}),
            "section": book.add_format({"bold": True, "font_size": 11, "bottom": 1}),
            "heading": book.add_format({"bold": True, "bg_color": "#E8EEF2", "border": 1}),
            "cell": book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
        }
        sheet = book.add_worksheet(words("vet.sheet"))
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 6, 28)
        for at, line in enumerate((page.title, page.subtitle, page.verdict_words)):
            sheet.write_string(at, 0, line, looks["title"] if at != 1 else None)
        at = 4
        for section in page.sections:
            sheet.write_string(at, 0, section.title, looks["section"])
            at += 1
            for row in filter(None, [section.headings, *section.rows]):
                look = looks["heading" if row is section.headings else "cell"]
                for column, cell in enumerate(row):
                    sheet.write_string(at, column, cell, look)
                at += 1
            for note in section.notes:
                sheet.write_string(at, 0, note)
                at += 1
            at += 1
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
