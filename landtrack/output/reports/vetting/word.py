"""The vetting form as a DOCX, for a bureau that goes on writing in it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from landtrack.model.translations import Words
from landtrack.model.value import ALWAYS
from landtrack.output.reports.vetting import layout
from landtrack.output.reports.vetting.page import Page, Section
from landtrack.store import staging

LATIN, CHINESE = "Arial", "SimSun"
"""The fonts that every Windows has; a program without them takes its own."""
HEAD = "E8EEF2"
VERDICTS = {"pass": RGBColor(0x1A, 0x74, 0x31), "fail": RGBColor(0xB3, 0x26, 0x1E)}
GREY = RGBColor(0x5F, 0x63, 0x68)
LONGEST_PROPERTY = 255
"""The most that the format allows for a title or subject."""


def write(page: Page, path: Path, words: Words) -> None:
    """Write a page as a document.

    ``path``: The ``.docx`` to make; the same page makes the same bytes.
    """
    document = Document()
    _set_up(document, page, words)
    title = _paragraph(document, page.title, size=16, bold=True)
    title.paragraph_format.space_after = Pt(2)
    _paragraph(document, page.subtitle, size=9, colour=GREY)
    _paragraph(
        document, page.verdict_words, size=13, bold=True,
        colour=VERDICTS.get(page.verdict, GREY),
    )
    for section in page.sections:
        heading = document.add_heading(level=2)
        _run(heading, section.title, size=11, bold=True)
        if section.rows:
            _table(document, section)
        for note in section.notes:
            _paragraph(document, note, size=8.5).paragraph_format.space_before = Pt(3)
    whole = io.BytesIO()
    document.save(whole)
    staging.write_dated(whole, path)


def _set_up(document: Any, page: Page, words: Words) -> None:  # noqa: ANN401  python-docx
    """Set paper, margins, fonts, properties and page numbers."""
    properties = document.core_properties
    properties.title, properties.subject = (
        each[:LONGEST_PROPERTY] for each in (page.title, page.subtitle)
    )
    properties.language = page.lang
    properties.author = properties.comments = ""
    properties.created = properties.modified = ALWAYS
    paper = document.sections[0]
    paper.page_width, paper.page_height = (Mm(each) for each in layout.PAGE_MM)
    paper.left_margin = paper.right_margin = Mm(layout.MARGIN_MM)
    paper.top_margin = paper.bottom_margin = Mm(layout.MARGIN_MM)
    for name in ("Normal", "Heading 2"):
        style = document.styles[name]
        style.font.name = LATIN
        named = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            named.attrib.pop(qn(f"w:{theme}"), None)
        named.set(qn("w:eastAsia"), CHINESE)
        style.font.color.rgb = RGBColor(0x1D, 0x2A, 0x33)
    document.styles["Footer"].font.size = Pt(8)
    document.styles["Normal"].font.size = Pt(8)
    document.styles["Normal"].paragraph_format.space_after = Pt(3)
    document.styles["Heading 2"].paragraph_format.space_before = Pt(10)
    document.styles["Heading 2"].paragraph_format.space_after = Pt(3)
    foot = paper.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, between, after = words("vet.page", page="\0", pages="\0").split("\0")
    for said, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        _run(foot, said, size=8)
        if field:
            _field(foot, field)


def _field(paragraph: Any, code: str) -> None:  # noqa: ANN401  python-docx
    """Put in a field that the reader's program fills."""
    run = _run(paragraph, "", size=8)
    for kind in ("begin", "", "end"):
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = code
        run._r.append(mark)  # noqa: SLF001  python-docx has no fields


def _paragraph(
    document: Any, said: str, *, size: float, bold: bool = False,  # noqa: ANN401  python-docx
    colour: RGBColor | None = None,
) -> Any:  # noqa: ANN401
    paragraph = document.add_paragraph()
    _run(paragraph, said, size=size, bold=bold, colour=colour)
    return paragraph


def _run(
    paragraph: Any, said: str, *, size: float, bold: bool = False,  # noqa: ANN401  python-docx
    colour: RGBColor | None = None,
) -> Any:  # noqa: ANN401
    run = paragraph.add_run(said)
    run.font.size, run.font.bold = Pt(size), bold
    if colour is not None:
        run.font.color.rgb = colour
    return run


def _table(document: Any, section: Section) -> None:  # noqa: ANN401  python-docx
    rows = [*([section.headings] if section.headings else []), *section.rows]
    widths = [Mm(share * layout.WIDTH_MM) for share in layout.shares(section)]
    table = document.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    cells = table._cells  # noqa: SLF001  cell by cell python-docx looks all of them up again
    for at, row in enumerate(rows):
        head = bool(section.headings) and at == 0
        for column, said in enumerate(row):
            cell = cells[at * len(widths) + column]
            cell.width = widths[column]
            spacing = cell.paragraphs[0].paragraph_format
            spacing.space_before = spacing.space_after = Pt(1.5)
            label = head or (not section.headings and column == 0)
            _run(cell.paragraphs[0], said, size=8, bold=head)
            if label:
                _shade(cell)
    lines = list(table.rows)
    for line in lines:
        _mark(line, "w:cantSplit")
    if section.headings:
        _mark(lines[0], "w:tblHeader")  # comes again on every page
        return
    for at, line in enumerate(lines):
        if not section.rows[at][1]:
            line.height_rule = WD_ROW_HEIGHT_RULE.AT_LEAST
            line.height = Mm(layout.room(at))


def _shade(cell: Any) -> None:  # noqa: ANN401  python-docx
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", HEAD)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001  python-docx has no shading


def _mark(row: Any, name: str) -> None:  # noqa: ANN401  python-docx
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001
