"""A document as DOCX, for a bureau that goes on writing in it."""

from __future__ import annotations

import dataclasses
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import docx
from docx.enum.style import WD_STYLE_TYPE
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
HEAD, MARKED = "E8EEF2", "FBE9E4"
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
"""What a word processor checks the spelling by."""
VERDICTS = {"pass": RGBColor(0x1A, 0x74, 0x31), "fail": RGBColor(0xB3, 0x26, 0x1E)}
GREY = RGBColor(0x5F, 0x63, 0x68)
RUNNING = 10.5
"""Points: the size of running text; forms and tables are set smaller."""
LOOKS = (
    ("Title", 18, 0), ("Subtitle", 9, 0), ("Heading 1", 12, 10), ("Heading 2", 10.5, 8),
    ("Heading 3", 9.5, 6), ("Caption", 8, 0),
)
"""Styles with their size and the room before them, in points."""
AFTER_UPDATE = tuple(f"w:{each}" for each in (
    "hdrShapeDefaults", "footnotePr", "endnotePr", "compat", "docVars", "rsids", "mathPr",
    "attachedSchema", "themeFontLang", "clrSchemeMapping", "doNotIncludeSubdocsInStats",
    "doNotAutoCompressPictures", "forceUpgrade", "captions", "readModeInkLockDown",
    "smartTagType", "schemaLibrary", "shapeDefaults", "doNotEmbedSmartTags", "decimalSymbol",
    "listSeparator",
))
"""What stands behind the order to fill fields when it is opened, as the format wants it."""
IN_WORD = 0.7
"""A map that may be lower is so much of its height: lines are set wider than on a page of PDF."""
EFFECTS = "/stylesWithEffects"
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
        _without_effects(self.docx)
        self.words, self.marks = words, 0
        title, subtitle = (said(words, each) for each in (document.title, document.subtitle))
        _set_up(self.docx, title, subtitle, words)
        self.docx.add_paragraph(title, style="Title")
        if subtitle:
            self.docx.add_paragraph(subtitle, style="Subtitle")
        if document.verdict is not None:
            self.part(document.verdict)
        wanted = document.contents
        for section in document.sections:
            listed = wanted and bool(section.page)
            if listed:
                self.contents([each for each in document.sections if each.title])
                wanted = False
            if section.title:
                heading = self.docx.add_paragraph(
                    said(words, section.title), style=f"Heading {section.level}"
                )
                heading.paragraph_format.page_break_before = bool(section.page) and not listed
            for part in section.parts:
                self.part(part)

    def line(
        self, text: str, *, size: float, bold: bool = False, colour: RGBColor | None = None
    ) -> Any:  # noqa: ANN401  python-docx
        """Write a line of text as a paragraph."""
        paragraph = self.docx.add_paragraph()
        _run(paragraph, text, size=size, bold=bold, colour=colour)
        return paragraph

    def contents(self, sections: Sequence[parts.Section]) -> None:
        """Begin a page with the contents: the lines as they are now, pages when it is opened."""
        title = self.docx.add_paragraph(self.words("document.contents"), style="Subtitle")
        title.paragraph_format.page_break_before = True
        field = _Field(' TOC \\o "1-2" \\h \\z \\u ')
        for at, section in enumerate(sections):
            style = f"toc {section.level}"
            paragraph = self.docx.add_paragraph(style=style)
            if at == 0:
                field.begin(paragraph)
            paragraph.add_run(said(self.words, section.title))
            if at == len(sections) - 1:
                field.end(paragraph)
        self.docx.settings.element.insert_element_before(
            _element("w:updateFields", val="true"), *AFTER_UPDATE
        )

    def part(self, part: parts.Part) -> None:
        """Write a part by its kind."""
        match part:
            case parts.Table(rows=rows) if rows:
                self.table(part)
            case parts.Verdict(outcome, reason):
                self.line(
                    part.told(self.words), size=14, bold=True,
                    colour=VERDICTS.get(outcome, GREY),
                )
                if reason:
                    self.line(said(self.words, reason), size=10.5, bold=True)
            case parts.Text(small=True):
                self.line(part.told(self.words), size=8.5).paragraph_format.space_before = Pt(3)
            case parts.Text(pieces):
                paragraph = self.docx.add_paragraph()
                for piece in pieces:
                    self.piece(paragraph, piece)
            case parts.Chart(as_high=as_high, high_mm=high) if as_high:  # Word alone knows the room
                self.part(dataclasses.replace(as_high(IN_WORD * high), as_high=None))
            case parts.Chart(draw, caption):
                from landtrack.output.reports.document import pictures

                picture = io.BytesIO(pictures.png(draw, self.words))
                shape = self.docx.add_picture(picture, Mm(layout.WIDTH_MM))
                told = said(self.words, caption)
                shape._inline.docPr.set("descr", told)  # noqa: SLF001  python-docx has no words for those who cannot see
                if told:
                    self.docx.paragraphs[-1].paragraph_format.keep_with_next = True
                    self.docx.add_paragraph(told, style="Caption")

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
        right = [table.numeric(column) for column in range(len(widths))]
        for at, row in enumerate(rows):
            head = bool(headings) and at == 0
            marked = not head and table.rows[at - bool(headings)].marked
            for column, text in enumerate(row):
                cell = cells[at * len(widths) + column]
                cell.width = widths[column]
                label = head or (not headings and column % 2 == 0)
                ground = HEAD if label else MARKED if marked else ""
                _fill(cell, text, bold=head or marked, right=right[column], ground=ground)
        lines = list(made.rows)
        for line in lines:
            _mark(line, "w:cantSplit")
        if headings:
            _mark(lines[0], "w:tblHeader")  # comes again on every page
        for at, (line, told) in enumerate(zip(lines[bool(headings):], table.rows, strict=True)):
            self.bookmark(line, told)
            if table.heights:
                line.height_rule, line.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Mm(table.heights[at])

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


def _without_effects(document: Any) -> None:  # noqa: ANN401  python-docx
    """Leave out the second list of styles: it is of an older program, and says something else."""
    part = document.part
    for key in [key for key, each in part.rels.items() if each.reltype.endswith(EFFECTS)]:
        del part.rels[key]


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
    _set_styles(document, words)
    foot = paper.footer.paragraphs[0]
    foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, between, after = words("vet.page", page="\0", pages="\0").split("\0")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        _run(foot, text, size=8)
        if field:
            _field(foot, field)


def _set_styles(document: Any, words: Words) -> None:  # noqa: ANN401  python-docx
    """Set fonts, sizes and the language that text is in."""
    for name in ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Heading 3", "Caption"):
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
    for name, size, before in LOOKS:
        style = document.styles[name]
        style.font.size, style.font.italic = Pt(size), False
        style.font.bold = name not in {"Subtitle", "Caption"}
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(3)
        style.paragraph_format.keep_with_next = name.startswith("Heading")
        for border in style.element.iter(qn("w:pBdr")):
            border.getparent().remove(border)
    for name in ("Subtitle", "Caption"):
        document.styles[name].font.color.rgb = GREY
    for level in (1, 2):
        lines = document.styles.add_style(f"toc {level}", WD_STYLE_TYPE.PARAGRAPH)
        lines.base_style = document.styles["Normal"]
        lines.paragraph_format.left_indent = Mm(6 * (level - 1))
    for own in document.styles.element.iter(qn("w:lang")):
        for which in ("val", "eastAsia"):
            own.set(qn(f"w:{which}"), LANGUAGES[words.lang if which == "val" else "zh"])


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


class _Field:
    """A field over several paragraphs, which the reader's program fills anew."""

    def __init__(self, code: str) -> None:
        self.code = code

    def begin(self, paragraph: Any) -> None:  # noqa: ANN401  python-docx
        """Begin it before what it shows until it is filled."""
        code = OxmlElement("w:instrText")
        code.set(qn("xml:space"), "preserve")
        code.text = self.code
        for each in (_element("w:fldChar", fldCharType="begin"), code,
                     _element("w:fldChar", fldCharType="separate")):
            paragraph.add_run()._r.append(each)  # noqa: SLF001  python-docx has no fields

    def end(self, paragraph: Any) -> None:  # noqa: ANN401  python-docx
        """End it."""
        paragraph.add_run()._r.append(_element("w:fldChar", fldCharType="end"))  # noqa: SLF001


def _element(name: str, **attributes: str) -> Any:  # noqa: ANN401  python-docx
    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _run(
    paragraph: Any, text: str, *, size: float, bold: bool = False,  # noqa: ANN401  python-docx
    colour: RGBColor | None = None,
) -> Any:  # noqa: ANN401
    run = paragraph.add_run(text)
    run.font.size, run.font.bold = Pt(size), bold
    if colour is not None:
        run.font.color.rgb = colour
    return run


def _fill(cell: Any, text: str, *, bold: bool, right: bool, ground: str) -> None:  # noqa: ANN401
    """Write a text into a cell, on a ground of a colour."""
    paragraph = cell.paragraphs[0]
    spacing = paragraph.paragraph_format
    spacing.space_before = spacing.space_after = Pt(1.5)
    if right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(paragraph, text, size=8, bold=bold)
    if ground:
        _shade(cell, ground)


def _shade(cell: Any, colour: str) -> None:  # noqa: ANN401  python-docx
    shade = _element("w:shd", val="clear", color="auto", fill=colour)
    cell._tc.get_or_add_tcPr().append(shade)  # noqa: SLF001  python-docx has no shading


def _mark(row: Any, name: str) -> None:  # noqa: ANN401  python-docx
    row._tr.get_or_add_trPr().append(OxmlElement(name))  # noqa: SLF001


def _anchor(key: str) -> str:
    """Name a bookmark as Word allows: letters, digits and underscores."""
    return "".join(each if each.isalnum() else "_" for each in key)[:LONGEST_ANCHOR]
