"""The vetting form as PDF: A4, searchable Chinese, a table that flows over pages."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
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
    KeepTogether,
    LongTable,
    Paragraph,
    SimpleDocTemplate,
    Spacer,
)

from landtrack.model.translations import Words, places
from landtrack.output.reports.vetting import layout
from landtrack.output.reports.vetting.page import Page, Section
from landtrack.output.style import fonts

INK, GREY, RULE, HEAD = "#1d2a33", "#5f6368", "#9aa7b0", "#e8eef2"
VERDICTS = {"pass": "#1a7431", "fail": "#b3261e"}
"""Colour of the verdict; grey for all others."""
PADDING = 1.1 * mm
WIDTH = layout.WIDTH_MM * mm
LEAST_LEFT = 30 * mm
"""A section begins on a new page rather than with less room than this."""

PIECE = re.compile(
    r"[（《〔“(]*(?:[\u2e80-\uffff]|[^\s\u2e80-\uffff]+)[，。；：、）》〕”％,.;:)%]*\s*|\s+"
)
"""What is not broken over lines: a word, a Chinese character, with the marks that go with it."""


def write(
    page: Page, path: Path, words: Words, *,
    tell: Callable[[str, str], None] = lambda _step, _what: None,
) -> None:
    """Write a page as PDF.

    ``path``: The ``.pdf`` to make; the same page makes the same bytes.
    Raises OutputError: If no font has a character of the page.
    """
    form = _Form(fonts.chain("regular", tell=tell), fonts.chain("bold", tell=tell))
    form.require(page, words)
    margin = layout.MARGIN_MM * mm
    document = SimpleDocTemplate(
        str(path), pagesize=A4, leftMargin=margin, rightMargin=margin, topMargin=margin,
        bottomMargin=margin, title=page.title, author="", subject=page.subtitle,
        invariant=1, initialFontName=form.regular, initialFontSize=8, lang=page.lang,
    )
    document.build(form.flowables(page), canvasmaker=_numbered(form.regular, words))


class _Form:
    """Makes the parts of the form in its fonts."""

    def __init__(
        self, regular: tuple[fonts.Font, ...], bold: tuple[fonts.Font, ...]
    ) -> None:
        self.chains = {"regular": regular, "bold": bold}
        self.names = {font: fonts.register(font) for font in (*regular, *bold)}
        self.regular = self.names[regular[0]]

    def require(self, page: Page, words: Words) -> None:
        """Insist that every character of the page can be printed."""
        texts = [page.title, page.subtitle, page.verdict_words,
                 words("vet.page", page=0, pages="123456789")]
        for section in page.sections:
            texts += [section.title, *section.headings, *section.notes]
            texts += [cell for row in section.rows for cell in row]
        for chain in self.chains.values():
            fonts.require(texts, chain)

    def said(
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
            for line in self._lines(text, (weight, size), width)
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

    def flowables(self, page: Page) -> list[Flowable]:
        """Put the page together."""
        colour = VERDICTS.get(page.verdict, GREY)
        parts: list[Flowable] = [
            self.said(page.title, 16, weight="bold"),
            self.said(page.subtitle, 8.5, colour=GREY, spaceBefore=1 * mm),
            Spacer(0, 2 * mm),
            self._box(page.verdict_words, colour),
        ]
        for section in page.sections:
            own: list[Flowable] = [CondPageBreak(LEAST_LEFT), self.said(
                section.title, 10.5, weight="bold", spaceBefore=4 * mm, spaceAfter=1.2 * mm,
            )]
            if section.rows:
                own.append(self._table(section))
            own += [self.said(note, 8, spaceBefore=1 * mm) for note in section.notes]
            to_sign = section.rows and not section.headings and not section.rows[-1][1]
            parts += [KeepTogether(own[1:])] if to_sign else own
        return parts

    def _box(self, said: str, colour: str) -> Flowable:
        """Set the verdict in a box of its own width."""
        width = places(said) * 2.6 * mm + 8 * mm
        paragraph = self.said(said, 11, weight="bold", colour=colour, alignment=1)
        return LongTable([[paragraph]], colWidths=[width], hAlign="LEFT", style=[
            ("BOX", (0, 0), (-1, -1), 1.2, HexColor(colour)),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6 * mm),
        ])

    def _table(self, section: Section) -> Flowable:
        """Set a table; its headings come again on every page that it flows over."""
        widths = [share * WIDTH for share in layout.shares(section)]
        inners = [width - 2 * PADDING - 0.1 for width in widths]
        rows: list[list[Flowable | str]] = [
            [self.said(cell, 7.5, width=inner) for cell, inner in zip(row, inners, strict=True)]
            for row in section.rows
        ]
        heights: list[float | None] = [None] * len(rows)
        style: list[tuple[Any, ...]] = [
            ("GRID", (0, 0), (-1, -1), 0.4, HexColor(RULE)), ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("LEFTPADDING", (0, 0), (-1, -1), PADDING), ("RIGHTPADDING", (0, 0), (-1, -1), PADDING),
            ("TOPPADDING", (0, 0), (-1, -1), 0.8 * mm),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 1.1 * mm),
        ]
        if section.headings:
            rows.insert(0, [
                self.said(cell, 7.5, width=inner, weight="bold")
                for cell, inner in zip(section.headings, inners, strict=True)
            ])
            heights.insert(0, None)
            style.append(("BACKGROUND", (0, 0), (-1, 0), HexColor(HEAD)))
        else:
            style.append(("BACKGROUND", (0, 0), (0, -1), HexColor(HEAD)))
            heights = [
                layout.room(at) * mm if not row[1] else None for at, row in enumerate(section.rows)
            ]
        return LongTable(
            rows, colWidths=widths, rowHeights=heights, repeatRows=1 if section.headings else 0,
            style=style, hAlign="LEFT",
        )


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
