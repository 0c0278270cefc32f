"""The report as a page and a workbook; the yearly summary as a page and as DOCX."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import xlsxwriter
from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from landtrack.model import catalog
from landtrack.model.translations import Words
from landtrack.model.value import ALWAYS
from landtrack.output.reports.yearly import charts
from landtrack.output.reports.yearly.block import WORKBOOK, Block, Cell, Show
from landtrack.output.reports.yearly.summary import Paragraph, Piece, Source
from landtrack.store import staging

"""When every document says it was made: same input, same bytes."""
FAR_EAST = "Noto Sans SC"
WIDTHS_CM = (4.0, 3.2, 6.4, 1.8)
"""Of the columns of the queries."""


def to_html(
    title: str, notice: str, words: Words, *, made: Sequence[Block] = (),
    paragraphs: Sequence[Paragraph] = (), sources: Sequence[Source] = (),
) -> str:
    """Write a page that needs no network.

    ``paragraphs``, ``sources``: A summary, and the queries behind its numbers, to which each number
    leads.
    """
    template = jinja2.Environment(autoescape=True).from_string(
        (catalog.SHIPPED / "templates" / "report.html.j2").read_text(encoding="utf-8")
    )
    with charts.looks():
        shown = [
            {"title": each.title, "headings": each.headings, "rows": each.rows,
             "numeric": each.numeric, "notes": each.notes,
             "chart": charts.svg(each.draw()) if each.draw else ""}
            for each in made
        ]
    return template.render(
        lang=words.lang, words=words, title=title, notice=notice, blocks=shown,
        paragraphs=paragraphs, sources=sources,
    )


def pictures(made: Sequence[Block]) -> list[tuple[str, bytes]]:
    """Draw the charts of blocks."""
    with charts.looks():
        return [(each.title, charts.png(each.draw())) for each in made if each.draw]


def write_workbook(made: Sequence[Block], path: Path) -> None:
    """Write the blocks as sheets, their charts as pictures."""
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(path, options) as book, charts.looks():
        book.set_properties({"created": ALWAYS.replace(tzinfo=None)})
        head = book.add_format({"bold": True, "bg_color": "#E8EEF2", "bottom": 1})
        looks = {show: book.add_format({"num_format": shown}) for show, shown in WORKBOOK.items()}
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        for number, block in enumerate(made, start=1):
            sheet = book.add_worksheet(f"{number} {block.title}"[:31].translate(_FORBIDDEN))
            sheet.write_row(0, 0, block.headings, head)
            for row, cells in enumerate(block.cells, start=1):
                for column, cell in enumerate(cells):
                    _write(sheet, (row, column), cell, (looks, days))
            below = len(block.rows) + 2
            for note in block.notes:
                sheet.write_string(below, 0, note)
                below += 1
            if block.draw:
                sheet.insert_image(below + 1, 0, f"{block.name}.png", {
                    "image_data": io.BytesIO(charts.png(block.draw())), "x_scale": 0.6,
                    "y_scale": 0.6, "description": block.title,
                })
            sheet.set_column(0, 0, 28)
            sheet.set_column(1, max(len(block.headings) - 1, 1), 16)


_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def _write(
    sheet: Worksheet, at: tuple[int, int], cell: Cell, looks: tuple[Mapping[Show, Format], Format]
) -> None:
    """Write a value as what it is, with all its digits."""
    shown, days = looks
    if not cell.known or isinstance(cell.value, str):
        sheet.write_string(*at, cell.text)
    elif isinstance(cell.value, date):
        sheet.write_datetime(*at, cell.value, days)
    else:
        sheet.write_number(*at, cell.value, shown[cell.show])


def write_docx(
    title: str, notice: str, paragraphs: Sequence[Paragraph], sources: Sequence[Source],
    path: Path, words: Words,
) -> None:
    """Write a summary as a document: each number leads to the query behind it."""
    document = Document()
    document.core_properties.created = document.core_properties.modified = ALWAYS
    document.core_properties.title, document.core_properties.author = title, ""
    style = document.styles["Normal"]
    style.font.size = Pt(11)
    for each in (style, *(document.styles[f"Heading {level}"] for level in (1, 2)),
                 document.styles["Title"]):
        each.font.name = FAR_EAST
        each.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FAR_EAST)
    document.add_heading(title, 0)
    if notice:
        document.add_paragraph(notice).runs[0].italic = True
    for paragraph in paragraphs:
        document.add_heading(paragraph.title, 1)
        body = document.add_paragraph()
        for piece in paragraph.pieces:
            _add(body, piece)
    document.add_heading(words("yearly.sources"), 1)
    table = document.add_table(rows=1, cols=4, style="Table Grid")
    heads = ("reconcile.figure", "yearly.number", "yearly.query", "reconcile.behind")
    for cell, head in zip(table.rows[0].cells, heads, strict=True):
        cell.paragraphs[0].add_run(words(head)).bold = True
    for number, source in enumerate(sources):
        cells = table.add_row().cells
        _mark(cells[0].paragraphs[0], source, number)
        for cell, said in zip(
            cells[1:], (source.number, source.query, str(source.features)), strict=True
        ):
            cell.text = said
    table.autofit = False
    for row in table.rows:
        for cell, width in zip(row.cells, WIDTHS_CM, strict=True):
            cell.width = Cm(width)
    whole = io.BytesIO()
    document.save(whole)
    staging.write_dated(whole, path)


def _add(body: Any, piece: Piece) -> None:  # noqa: ANN401  python-docx
    """Add text, or a number that leads to its query; an open one is marked."""
    if not piece.figure:
        body.add_run(piece.text)
        return
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), _anchor(piece.figure))
    run = body.add_run(piece.text)
    run.underline = True
    if piece.open:
        run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    link.append(run._r)  # noqa: SLF001  python-docx has no internal links
    body._p.append(link)  # noqa: SLF001


def _mark(paragraph: Any, source: Source, number: int) -> None:  # noqa: ANN401  python-docx
    """Write a figure's title as the place that its numbers lead to."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for each in (start, end):
        each.set(qn("w:id"), str(number))
    start.set(qn("w:name"), _anchor(source.figure))
    paragraph._p.append(start)  # noqa: SLF001
    paragraph.add_run(source.title)
    paragraph._p.append(end)  # noqa: SLF001


def _anchor(figure: str) -> str:
    """Name a bookmark as Word allows: letters, digits, underscores, 40 at most."""
    return f"q_{''.join(each if each.isalnum() else '_' for each in figure)}"[:40]


