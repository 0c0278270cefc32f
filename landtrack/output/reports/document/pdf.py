"""A document as PDF: A4, searchable Chinese, tables that flow over pages."""

from __future__ import annotations

import dataclasses
import html
import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    CondPageBreak,
    Flowable,
    Image,
    KeepTogether,
    LongTable,
    PageBreak,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)

from landtrack.model.translations import Words, places
from landtrack.output.reports.document import layout
from landtrack.output.reports.document.parts import (
    Chart,
    Document,
    Part,
    Section,
    Table,
    Text,
    Verdict,
    pages,
    said,
    texts,
)
from landtrack.output.style import fonts

INK, GREY, RULE, HEAD = "#1d2a33", "#5f6368", "#9aa7b0", "#e8eef2"
MARKED, MARK = "#fbe9e4", "#b3261e"
VERDICTS = {"pass": "#1a7431", "fail": "#b3261e"}
"""Colour of the verdict; grey for all others."""
PADDING = 1.1 * mm
WIDTH = layout.WIDTH_MM * mm
PADDED = 6.0
"""Points that reportlab keeps clear within the margins, on every side."""
ROOM = A4[1] - 2 * layout.MARGIN_MM * mm
"""Points of a page that are written on, from top to bottom."""
LEAST_LEFT = 30 * mm
"""A section begins on a new page rather than with less room than this."""

PIECE = re.compile(
    r"[（《〔“(]*(?:[\u2e80-\uffff](?:/[a-zA-Z²³]+)?|[^\s\u2e80-\uffff]+)[，。；：、）》〕”％,.;:)%]*\s*|\s+"
)
"""What is not broken over lines: a word, a Chinese character, with the marks that go with it."""


def write(
    document: Document, path: Path, words: Words, *,
    tell: Callable[[str, str], None] = lambda _step, _what: None,
) -> None:
    """Write a document as PDF.

    ``path``: The ``.pdf`` to make; the same document makes the same bytes.
    ``tell``: Called before a font is prepared, which happens once and takes ten seconds.
    Raises OutputError: If no font has a character of the document.
    """
    form = _Form(fonts.chain("regular", tell=tell), fonts.chain("bold", tell=tell), words)
    every = [*texts(document, words), words("vet.page", page=0, pages="123456789")]
    for chain in form.chains.values():
        fonts.require(every, chain)
    margin = layout.MARGIN_MM * mm - PADDED
    SimpleDocTemplate(
        str(path), pagesize=A4, leftMargin=margin, rightMargin=margin, topMargin=margin,
        bottomMargin=margin, title=said(words, document.title), author="",
        subject=said(words, document.subtitle), invariant=1, initialFontName=form.regular,
        initialFontSize=8, lang=words.lang,
    ).build(form.flowables(document), canvasmaker=_numbered(form.regular, words))


class _Form:
    """Makes the parts of the document in its fonts, in one language."""

    def __init__(
        self, regular: tuple[fonts.Font, ...], bold: tuple[fonts.Font, ...], words: Words
    ) -> None:
        self.chains, self.words = {"regular": regular, "bold": bold}, words
        self.names = {font: fonts.register(font) for font in (*regular, *bold)}
        self.regular = self.names[regular[0]]

    def lines(
        self, text: str, size: float, *, width: float = WIDTH, weight: fonts.Weight = "regular",
        colour: str = INK, **more: Any,  # noqa: ANN401  what a style takes
    ) -> Paragraph:
        """Set a text; where its font lacks a character, that one comes from the next."""
        chain = self.chains[weight]
        marked = "<br/>".join(
            "".join(
                f'<font name="{self.names[font]}">{html.escape(part)}</font>'
                for font, part in fonts.runs(line, chain)
            )
            for piece in text.split("\n")
            for line in self._lines(piece, (weight, size), width)
        )
        return Paragraph(marked, ParagraphStyle(
            "", fontName=self.names[chain[0]], fontSize=size, leading=size * 1.4,
            textColor=HexColor(colour), **more,
        ))

    def _lines(self, text: str, look: tuple[fonts.Weight, float], width: float) -> list[str]:
        """Break a text between words and Chinese characters, never before a closing mark."""
        weight, size = look

        def wide(part: str) -> float:
            return sum(
                float(stringWidth(run, self.names[font], size))
                for font, run in fonts.runs(part, self.chains[weight])
            )

        lines: list[str] = []
        line = ""
        for piece in PIECE.findall(text):
            if line and wide((line + piece).rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece
            while wide(line.rstrip()) > width:  # a word longer than a line
                kept = next(at for at in range(len(line), 0, -1) if wide(line[:at]) <= width)
                lines.append(line[:kept])
                line = line[kept:]
        return [*lines, line.rstrip()]

    def flowables(self, document: Document) -> list[Flowable]:
        """Put the document together."""
        parts: list[Flowable] = [
            self.lines(said(self.words, document.title), 16, weight="bold"),
            self.lines(
                said(self.words, document.subtitle), 8.5, colour=GREY, spaceBefore=1 * mm
            ),
            Spacer(0, 2 * mm),
        ]
        if document.verdict is not None:
            parts += self._part(document.verdict)
        above = list(parts)
        for page in pages(document):
            shown = self._fitting(page, above)
            for section in shown:
                parts += self._section(section)
            above = []
        return parts

    def _fitting(self, page: list[Section], above: list[Flowable]) -> list[Section]:
        """Make a map lower where that keeps what stands on a page on that one page."""
        every = [part for each in page for part in each.parts]
        if not any(isinstance(part, Chart) and part.as_high for part in every):
            return page
        set_out = above + [part for each in page for part in self._section(each, loose=True)]
        excess = (_height(set_out) - ROOM) / mm
        if excess <= 0:
            return page
        return [
            dataclasses.replace(each, parts=tuple(
                _lower(part, excess) if isinstance(part, Chart) else part for part in each.parts
            )) for each in page
        ]

    def _section(self, section: Section, *, loose: bool = False) -> list[Flowable]:
        """Set a section; ``loose`` as parts one by one, to be measured."""
        title = said(self.words, section.title)
        heading = [self.lines(
            title, 14 if section.page else 10.5, weight="bold", spaceBefore=3 * mm,
            spaceAfter=1 * mm,
        )] if title else []
        own = [*heading, *(each for part in section.parts for each in self._part(part))]
        whole = any(
            isinstance(each, Chart) or (isinstance(each, Table) and each.heights)
            for each in section.parts
        )
        if loose:
            return own
        if section.page:
            return [PageBreak(), *own]
        return [KeepTogether(own)] if whole else [CondPageBreak(LEAST_LEFT), *own]

    def _part(self, part: Part) -> Iterator[Flowable]:
        """Set a part by its kind."""
        match part:
            case Table(rows=rows) if rows:
                yield self._table(part)
            case Text():
                yield self.lines(
                    part.told(self.words), 8 if part.small else 10, spaceBefore=1 * mm
                )
            case Verdict(outcome, reason):
                yield self._box(part.told(self.words), VERDICTS.get(outcome, GREY))
                if reason:
                    why = said(self.words, reason)
                    yield self.lines(why, 10, weight="bold", spaceBefore=1.5 * mm)
            case Chart(draw, caption):
                from landtrack.output.reports.document import pictures

                picture = io.BytesIO(pictures.png(draw, self.words))
                yield Spacer(0, 1.5 * mm)
                yield Image(picture, WIDTH, WIDTH, kind="proportional", hAlign="LEFT")
                if caption:
                    yield self.lines(said(self.words, caption), 8, colour=GREY)

    def _box(self, text: str, colour: str) -> Flowable:
        """Set the verdict in a box of its own width."""
        width = places(text) * 2.6 * mm + 8 * mm
        paragraph = self.lines(text, 11, weight="bold", colour=colour, alignment=1)
        return LongTable([[paragraph]], colWidths=[width], hAlign="LEFT", style=[
            ("BOX", (0, 0), (-1, -1), 1.2, HexColor(colour)),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6 * mm),
        ])

    def _table(self, table: Table) -> Flowable:
        """Set a table; its headings come again on every page that it flows over."""
        headings = [said(self.words, each) for each in table.headings]
        told = table.texts(self.words)
        widths = [share * WIDTH for share in layout.shares(headings, told)]
        inners = [width - 2 * PADDING - 0.1 for width in widths]
        sides = [2 if table.numeric(at) else 0 for at in range(len(widths))]

        def line(cells: list[str], weight: fonts.Weight) -> list[Paragraph]:
            return [
                self.lines(cell, 7.5, width=inner, weight=weight, alignment=side)
                for cell, inner, side in zip(cells, inners, sides, strict=True)
            ]

        rows = [
            line(cells, "bold" if row.marked else "regular")
            for cells, row in zip(told, table.rows, strict=True)
        ]
        if headings:
            rows.insert(0, line(headings, "bold"))
        first = len(rows) - len(told)
        marked = [at for at, row in enumerate(table.rows, start=first) if row.marked]
        labels = [] if headings else range(0, len(widths), 2)
        heights = [each * mm for each in table.heights] or None
        return LongTable(
            rows, colWidths=widths, rowHeights=heights, repeatRows=1 if headings else 0,
            splitInRow=1, hAlign="LEFT", style=[
                ("GRID", (0, 0), (-1, -1), 0.4, HexColor(RULE)),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), PADDING),
                ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
                ("TOPPADDING", (0, 0), (-1, -1), 0.8 * mm),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 1.1 * mm),
                *(("BACKGROUND", (at, 0), (at, -1), HexColor(HEAD)) for at in labels),
                *[("BACKGROUND", (0, 0), (-1, 0), HexColor(HEAD))] * first,
                *(("BACKGROUND", (0, at), (-1, at), HexColor(MARKED)) for at in marked),
                *(("LINEBEFORE", (0, at), (0, at), 2.5, HexColor(MARK)) for at in marked),
            ],
        )


def _height(parts: list[Flowable]) -> float:
    """Measure parts that stand one below the other."""
    high = after = 0.0
    for each in parts:
        high += each.wrap(WIDTH, 9 * A4[1])[1] + max(after, each.getSpaceBefore())
        after = each.getSpaceAfter()
    return high


def _lower(chart: Chart, excess: float) -> Chart:
    """Make a map lower by some millimetres, as far as it can be."""
    if chart.as_high is None:
        return chart
    return chart.as_high(max(layout.LOWEST_MM, chart.high_mm - excess - 1))


def _numbered(font: str, words: Words) -> type[Canvas]:
    """Make canvases that write ``1 / 3`` at the foot once it is known how many pages there are."""

    class Numbered(Canvas):  # type: ignore[misc]
        def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
            super().__init__(*arguments, **named)
            self.ended: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802  reportlab's name
            self.ended.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for number, state in enumerate(self.ended, start=1):
                self.__dict__.update(state)
                self.setFont(font, 7.5)
                self.setFillColor(HexColor(GREY))
                self.drawCentredString(
                    A4[0] / 2, 8 * mm, words("vet.page", page=number, pages=len(self.ended))
                )
                super().showPage()
            super().save()

    return Numbered
