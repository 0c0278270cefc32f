"""A document as DOCX, for a bureau that goes on writing in it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
from docx.enum.table import WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from landtrack.model.translations import Words
from landtrack.model.value import ALWAYS
from landtrack.output.reports.document import layout, parts
from landtrack.output.reports.document.parts import Document, said
from landtrack.output.wording.messages import Message
from landtrack.store import staging

LATIN, CHINESE = "Arial", "SimSun"
"""The fonts that every Windows has; a program without them takes its own."""
HEAD = "E8EEF2"
VERDICTS = {"pass": RGBColor(0x1A, 0x74, 0x31), "fail": RGBColor(0xB3, 0x26, 0x1E)}
GREY = RGBColor(0x5F, 0x63, 0x68)
RUNNING = 10.5
"""Points: the size of running text; forms and tables are set smaller."""
LONGEST_PROPERTY, LONGEST_ANCHOR = 255, 40
"""The most that the format allows for a title or subject."""


def write(document: Document, path: Path, words: Words) -> None:
    """Write a document as DOCX.

    ``path``: The ``.docx`` to make; the same document makes the same bytes.
    """
    made = _Docx(document, words)
    whole = io.BytesIO()
    made.docx.save(whole)
    staging.write_dated(whole, path)


class _Docx:
    """The document as python-docx has it, in one language."""

    def __init__(self, document: Document, words: Words) -> None:
        self.docx: Any = docx.Document()
        self.words, self.marks = words, 0
        title, subtitle = (said(words, each) for each in (document.title, document.subtitle))
        _set_up(self.docx, title, subtitle, words)
        self.line(title, size=16, bold=True).paragraph_format.space_after = Pt(2)
        if subtitle:
            self.line(subtitle, size=9, colour=GREY)
        if document.outcome:
            verdict = words(f"outcome.{document.outcome}")
            self.line(
                verdict, size=13, bold=True, colour=VERDICTS.get(document.outcome, GREY)
            )
        for section in document.sections:
            heading = self.docx.add_heading(level=section.level + 1)
            _run(heading, said(words, section.title), size=11, bold=True)
            for part in section.parts:
                self.part(part)

    def line(
        self, text: str, *, size: float, bold: bool = False, colour: RGBColor | None = None
    ) -> Any:  # noqa: ANN401  python-docx
        """Write a line of text as a paragraph."""
        paragraph = self.docx.add_paragraph()
        _run(paragraph, text, size=size, bold=bold, colour=colour)
        return paragraph

    def part(self, part: parts.Part) -> None:
        """Write a part by its kind."""
        match part:
            case parts.Table(rows=rows) if rows:
                self.table(part)
            case parts.Text(small=True):
                self.line(part.told(self.words), size=8.5).paragraph_format.space_before = Pt(3)
            case parts.Text(pieces):
                paragraph = self.docx.add_paragraph()
                for piece in pieces:
                    self.piece(paragraph, piece)
            case parts.Chart(draw):
                from landtrack.output.reports.document import pictures

                picture = io.BytesIO(pictures.png(draw, self.words))
                self.docx.add_picture(picture, Mm(layout.WIDTH_MM))

    def piece(self, paragraph: Any, piece: Message | parts.Link) -> None:  # noqa: ANN401  python-docx
        """Add text, or a link to a row of a table; an open one is marked."""
        if not isinstance(piece, parts.Link):
            _run(paragraph, said(self.words, piece), size=RUNNING)
            return
        link = OxmlElement("w:hyperlink")
        link.set(qn("w:anchor"), _anchor(piece.key))
        run = _run(paragraph, said(self.words, piece.text), size=RUNNING)
        run.underline = True
        if piece.open:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
        link.append(run._r)  # noqa: SLF001  python-docx has no internal links
        paragraph._p.append(link)  # noqa: SLF001

    def table(self, table: parts.Table) -> None:
        """Write a table."""
        headings = [said(self.words, each) for each in table.headings]
        body = table.texts(self.words)
        rows = [*([headings] if headings else []), *body]
        widths = [Mm(share * layout.WIDTH_MM) for share in layout.shares(headings, body)]
        made = self.docx.add_table(rows=len(rows), cols=len(widths), style="Table Grid")
        made.autofit = False
        for column, width in zip(made.columns, widths, strict=True):
            column.width = width
        cells = made._cells  # noqa: SLF001  cell by cell python-docx looks all of them up again
        for at, row in enumerate(rows):
            head = bool(headings) and at == 0
            for column, text in enumerate(row):
                cell = cells[at * len(widths) + column]
                cell.width = widths[column]
                spacing = cell.paragraphs[0].paragraph_format
                spacing.space_before = spacing.space_after = Pt(1.5)
                _run(cell.paragraphs[0], text, size=8, bold=head)
                if head or (not headings and column == 0):
                    _shade(cell)
        lines = list(made.rows)
        for line in lines:
            _mark(line, "w:cantSplit")
        if headings:
            _mark(lines[0], "w:tblHeader")  # comes again on every page
        for at, (line, told) in enumerate(zip(lines[bool(headings):], table.rows, strict=True)):
            self.bookmark(line, told)
            if table.to_sign:
                line.height_rule, line.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Mm(layout.room(at))

    def bookmark(self, line: Any, row: parts.Row) -> None:  # noqa: ANN401  python-docx
        """Make a row with a key a place that links lead to."""
        if not row.key:
            return
        paragraph = line.cells[0].paragraphs[0]._p  # noqa: SLF001  python-docx has no bookmarks
        start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
        for mark in (start, end):
            mark.set(qn("w:id"), str(self.marks))
        start.set(qn("w:name"), _anchor(row.key))
        paragraph.r_lst[0].addprevious(start)
        paragraph.append(end)
        self.marks += 1


def _set_up(document: Any, title: str, subtitle: str, words: Words) -> None:  # noqa: ANN401
    """Set paper, margins, fonts, properties and page numbers."""
    properties = document.core_properties
    properties.title, properties.subject = (
        each[:LONGEST_PROPERTY] for each in (title, subtitle)
    )
    properties.language = words.lang
    properties.author = properties.comments = ""
    properties.created = properties.modified = ALWAYS
    paper = document.sections[0]
    paper.page_width, paper.page_height = (Mm(each) for each in layout.PAGE_MM)
    paper.left_margin = paper.right_margin = Mm(layout.MARGIN_MM)
    paper.top_margin = paper.bottom_margin = Mm(layout.MARGIN_MM)
    for name in ("Normal", "Heading 2", "Heading 3"):
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
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        _run(foot, text, size=8)
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


def _run(
    paragraph: Any, text: str, *, size: float, bold: bool = False,  # noqa: ANN401  python-docx
    colour: RGBColor | None = None,
) -> Any:  # noqa: ANN401
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold
    if colour is not None:
        run.font.color.rgb = colour
    return run


def _shade(cell: Any) -> None:  # noqa: ANN401  python-docx
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", HEAD)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001  python-docx has no shading


def _mark(row: Any, name: str) -> None:  # noqa: ANN401  python-docx
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001


def _anchor(key: str) -> str:
    """Name a bookmark as Word allows: letters, digits and underscores."""
    return "".join(each if each.isalnum() else "_" for each in key)[:LONGEST_ANCHOR]
