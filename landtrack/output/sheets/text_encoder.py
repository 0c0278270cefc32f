"""Writes texts in the bytes of a document's fonts, each text once a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from landtrack.model.visible import visible
from landtrack.output.style import fonts

Run = tuple[str, str, float]
"""Font, escaped bytes and width in sizes of a part of a text, or of one character."""


class Letters:
    """The characters of one weight in one document, as they come to be used.

    reportlab puts the characters of a font into parts of 256; texts whose characters are all
    in the first part, nearly all, are written at once.
    """

    def __init__(self, canvas: Canvas, chain: Sequence[fonts.Font]) -> None:
        self._canvas, self._chain = canvas, chain
        self._texts: dict[str, tuple[list[Run], float]] = {}
        self._known: dict[str, Run] = {}
        self._first = ""
        self._shown: dict[int, str] = {}
        self._wide: dict[str, float] = {}

    def encode(self, text: str) -> tuple[list[Run], float]:
        """Write a text, with what cannot be seen by its code.

        Returns runs : list of tuple: Font, escaped bytes and width in sizes of each part.
        Raises OutputError: If a character is in none of the fonts.
        """
        known = self._texts.get(text)
        if known is not None:
            return known
        asked, text = text, visible(text)
        try:
            ems = sum(map(self._wide.__getitem__, text))
            made = ([(self._first, text.translate(self._shown), ems)] if text else [], ems)
        except KeyError:
            runs = list(_by_font([self._known.get(each) or self._letter(each) for each in text]))
            made = (runs, sum([advance for _, _, advance in runs]))
        self._texts[asked] = made
        return made

    def _letter(self, letter: str) -> Run:
        document: Any = self._canvas._doc  # noqa: SLF001  subsets belong to the document
        printed = " " if letter in fonts.BLANKS else letter
        ((font, _),) = fonts.runs(printed, self._chain)
        face: Any = pdfmetrics.getFont(fonts.register(font))
        ((subset, byte),) = face.splitString(printed, document)
        code = face.state[document].subsets[subset][byte[0]]
        made = (
            face.getSubsetInternalName(subset, document),
            str(self._canvas._escape(byte)),  # noqa: SLF001
            face.face.getCharWidth(code) / 1000,
        )
        self._known[letter] = made
        self._first = self._first or made[0]
        if made[0] == self._first:
            self._shown[ord(letter)], self._wide[letter] = made[1:]
        return made


def _by_font(letters: list[Run]) -> Iterator[Run]:
    """Put letters together as far as the font is the same."""
    for font, part in groupby(letters, key=lambda each: each[0]):
        _, shown, wide = zip(*part, strict=True)
        yield font, "".join(shown), sum(wide)
