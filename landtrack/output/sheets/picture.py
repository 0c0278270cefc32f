"""Pictures of the pages of a sheet, as its PDF says them, each with a word across it.

They are rendered by PDFium, which reads every sheet back already: no program of the system is
needed, and what is seen is the PDF itself, not a second drawing of the same.
"""

from __future__ import annotations

import io
from typing import NamedTuple

import pypdfium2
from PIL import Image, ImageDraw, ImageFont

from landtrack.output.style import fonts

DPI = 130
"""Dots to an inch; of large paper fewer, see :data:`LONGEST`."""
LONGEST = 2400
"""Dots of the longer side of a picture at most."""
COLOUR = (179, 38, 30)
STRENGTH = 0.3
"""How much of the colour lies over the page where the word stands."""
HEIGHT = 0.09
"""Of the word, of the shorter side of the page."""
WHERE = (0.2, 0.8)
"""How far down the page the word stands: what a draft has across its middle stays to be read."""


class Picture(NamedTuple):
    """A page as a PNG: its bytes, and its size in dots."""

    png: bytes
    width: int
    height: int


def pages(pdf: bytes, word: str, most: int) -> list[Picture]:
    """Make pictures of the first pages of a PDF, at most so many.

    ``word``: Stands across each of them.
    """
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [_png(marked(page(document, at), word)) for at in range(min(most, len(document)))]
    finally:
        document.close()


def page(document: pypdfium2.PdfDocument, at: int) -> Image.Image:
    """Render a page of a document as it is, counted from 0."""
    own = document[at]
    scale = min(DPI / 72, LONGEST / max(own.get_size()))
    seen: Image.Image = own.render(scale=scale).to_pil().convert("RGB")
    return seen


def marked(seen: Image.Image, word: str) -> Image.Image:
    """Write a word across a page, so that what lies below can be read."""
    return Image.composite(Image.new("RGB", seen.size, COLOUR), seen, mark(seen.size, word))


def mark(size: tuple[int, int], word: str) -> Image.Image:
    """Say where a word lies over a page, and how strongly: a picture of one channel."""
    made = Image.new("L", size, 0)
    letters = ImageFont.truetype(str(fonts.chain("bold")[0].path), round(HEIGHT * min(size)))
    pen = ImageDraw.Draw(made)
    for down in WHERE:
        pen.text(
            (size[0] / 2, size[1] * down), word, font=letters, fill=round(255 * STRENGTH),
            anchor="mm",
        )
    return made


def _png(seen: Image.Image) -> Picture:
    kept = io.BytesIO()
    seen.save(kept, "PNG", compress_level=4)
    return Picture(kept.getvalue(), *seen.size)
