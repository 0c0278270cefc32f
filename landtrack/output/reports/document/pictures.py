"""Charts as parts of pages and as pictures, with the fonts that have Chinese."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure

from landtrack.model.translations import Words
from landtrack.output.reports.document.parts import Chart, Document, said
from landtrack.output.style import fonts

GREY = "#8C8C8C"
MM_IN = 25.4
DPI = 170
"""Dots of a picture to the inch: read on paper without steps, and no file of many megabytes."""
Draw = Callable[[Words], Figure]


@contextmanager
def looks() -> Iterator[None]:
    """Draw with the fonts that have Chinese, and the same bytes each time."""
    names = []
    for font in fonts.chain("regular"):
        font_manager.fontManager.addfont(str(font.path))
        names.append(font_manager.FontProperties(fname=str(font.path)).get_name())
    with mpl.rc_context({
        "font.family": names, "font.size": 10, "svg.fonttype": "path", "svg.hashsalt": "landtrack",
        "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": GREY,
        "axes.unicode_minus": False, "axes.axisbelow": True,
    }):
        yield


def svg(draw: Draw, words: Words) -> str:
    """Draw a chart as a piece of a page: an ``<svg>`` element."""
    text = _drawn(draw, words, format="svg", metadata={"Date": None, "Creator": None}).decode()
    return text[text.index("<svg"):]


def png(draw: Draw, words: Words) -> bytes:
    """Draw a chart as a picture."""
    return _drawn(draw, words, format="png", dpi=DPI, metadata={"Software": None})


def size_mm(picture: bytes) -> tuple[float, float]:
    """Tell how wide and high a picture is on paper, by its own head."""
    wide, high = struct.unpack(">II", picture[16:24])
    return wide / DPI * MM_IN, high / DPI * MM_IN


def _drawn(draw: Draw, words: Words, **how: Any) -> bytes:  # noqa: ANN401  matplotlib
    held = io.BytesIO()
    with looks():
        draw(words).savefig(held, **how)
    return held.getvalue()


def of(document: Document, words: Words) -> list[tuple[str, bytes]]:
    """Draw the charts of a document: the title of the section of each, and the picture."""
    return [
        (said(words, section.title), png(part.draw, words))
        for section in document.sections for part in section.parts if isinstance(part, Chart)
    ]
