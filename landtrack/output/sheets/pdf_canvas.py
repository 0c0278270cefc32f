"""Draws on PDF pages in millimetres, with fonts that have every character, by reportlab.

Lines and texts go in as PDF operators; a text is encoded once a document. The map is drawn
in whole millimetres of ground under one matrix, so that the numbers in the file are those of
the store and the scale stands in one place.
"""

from __future__ import annotations

import io
import math
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from reportlab import rl_config
from reportlab.pdfbase import pdfdoc
from reportlab.pdfgen.canvas import Canvas

from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.template import Fonts
from landtrack.output.sheets.text_encoder import Letters
from landtrack.output.style import fonts

PT = 72 / 25.4
"""Points to a millimetre."""

BLACK = "#000000"

PACKING = 5
"""Of zlib: a third faster than its usual 6, and within 1 % as small."""

CAP = 0.73
"""Height of capitals and of most Chinese characters above the line, as a share of the size."""

ROUND = 0.5523
"""Of the radius: where the handles of four curves lie that make a circle (4/3 tan 22.5°)."""

BACK = {"left": 0.0, "center": 0.5, "right": 1.0}
"""Which part of a text lies before its anchor."""

Anchor = Literal["left", "center", "right"]
Points = npt.NDArray[np.float64] | Sequence[tuple[float, float]]

rl_config.useA85 = 0  # half as large again, and slower, for mail of thirty years ago


def _silent(_step: str, _what: str) -> None:
    """Tell nobody."""


class Pen:
    """One document, drawn page by page."""

    def __init__(
        self, named: Fonts = Fonts(), *, tell: Callable[[str, str], None] = _silent  # noqa: B008
    ) -> None:
        chains = {
            "regular": fonts.chain("regular", named.regular, tell=tell),
            "bold": fonts.chain("bold", named.bold, tell=tell),
        }
        first = fonts.register(chains["regular"][0])
        self._buffer = io.BytesIO()
        self.canvas = Canvas(
            self._buffer, pageCompression=1, invariant=1, initialFontName=first, pdfVersion=(1, 7)
        )
        self._letters = {
            bold: Letters(self.canvas, chains["bold" if bold else "regular"])
            for bold in (False, True)
        }
        self._stamps: dict[str, str] = {}
        self._packing = ThreadPoolExecutor(max_workers=2)
        self._packed: list[tuple[pdfdoc.PDFStream, Future[bytes]]] = []

    @property
    def code(self) -> list[str]:
        """The operators of the page so far."""
        code: list[str] = self.canvas._code  # noqa: SLF001  reportlab's own way to add operators
        return code

    def begin(self, width: float, height: float) -> None:
        """Begin a page.

        ``width``, ``height``: Millimetres.
        """
        self.canvas.setPageSize((width * PT, height * PT))

    def end(self) -> None:
        """End the page; it is compressed while the next one is drawn."""
        self.canvas.showPage()
        page = self.canvas._doc.Pages.pages[-1]  # noqa: SLF001  the one just added
        stream = pdfdoc.PDFStream()
        # As a name, not in an array: qpdf would pack the stream anew.
        stream.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
        page.Contents = stream
        self._packed.append((stream, self._packing.submit(_compressed, page.stream)))
        page.stream = None

    def save(self) -> bytes:
        """Finish the document."""
        for stream, packed in self._packed:
            stream.content = packed.result()
        self._packing.shutdown()
        self.canvas.save()
        return self._buffer.getvalue()

    # --- state ------------------------------------------------------------------------------

    @contextmanager
    def marked(self, name: str) -> Iterator[None]:
        """Mark what is drawn, so that it is found when the sheet is read back."""
        self.code.append(f"/LT_{name} BMC")
        yield
        self.code.append("EMC")

    @contextmanager
    def state(self) -> Iterator[None]:
        """Put colours, dashes and clips back afterwards."""
        self.canvas.saveState()
        yield
        self.canvas.restoreState()

    @contextmanager
    def ground(self, window: Window) -> Iterator[None]:
        """Draw in whole millimetres of ground, from the window's corner, inside its box only."""
        with self.state():
            self.rectangle_path(window.box)
            self.code.append("W n")
            scale = PT / window.scale
            left, bottom = window.box.left * PT, window.box.bottom * PT
            self.code.append(f"{scale:.15f} 0 0 {scale:.15f} {left:.6f} {bottom:.6f} cm")
            yield

    def stamp(self, name: str, size: tuple[float, float], draw: Callable[[], str]) -> None:
        """Draw what looks the same wherever it is drawn; a document holds it once.

        ``name``: What it is; of one name in one document there is one only.
        ``draw``: Gives its operators, the first time that it is drawn; colours and widths are those
        of the page.
        """
        document: Any = self.canvas._doc  # noqa: SLF001  as reportlab adds forms itself
        if name not in self._stamps:
            self._stamps[name] = f"S{len(self._stamps)}"
            form = pdfdoc.PDFStream(content=_compressed(draw()))
            form.dictionary["Filter"] = pdfdoc.PDFName("FlateDecode")
            form.dictionary["Type"] = pdfdoc.PDFName("XObject")
            form.dictionary["Subtype"] = pdfdoc.PDFName("Form")
            form.dictionary["BBox"] = pdfdoc.PDFArray([0, 0, *(math.ceil(each) for each in size)])
            form.dictionary["Resources"] = pdfdoc.PDFDictionary({})
            document.Reference(form, pdfdoc.xObjectName(self._stamps[name]))
        self.canvas.doForm(self._stamps[name])

    def alpha(self, fill: float, stroke: float) -> None:
        """Let what is below shine through."""
        self.canvas.setFillAlpha(fill)
        self.canvas.setStrokeAlpha(stroke)

    # --- lines and areas, in millimetres of paper -------------------------------------------

    def stroke(self, colour: str, width: float) -> None:
        """Choose how lines are drawn.

        ``colour``: ``#RRGGBB``.
        ``width``: Millimetres.
        """
        self.code.append(f"{rgb(colour)} RG {width * PT:.4f} w")

    def fill(self, colour: str) -> None:
        """Choose how areas and texts are filled.

        ``colour``: ``#RRGGBB``.
        """
        self.code.append(f"{rgb(colour)} rg")

    def path(self, points: Points, how: str = "S") -> None:
        """Draw a line through points.

        ``points``: Millimetres.
        ``how``: PDF's painting operator: ``S`` a line, ``s`` closed, ``f`` filled, ``B`` both.
        """
        (x, y), *rest = [(x * PT, y * PT) for x, y in points]
        steps = " ".join(f"{a:.4f} {b:.4f} l" for a, b in rest)
        self.code.append(f"{x:.4f} {y:.4f} m {steps} {how}")

    def segments(self, ends: Iterable[tuple[float, float, float, float]]) -> None:
        """Draw many straight lines as one path.

        ``ends``: Both ends of each, in millimetres.
        """
        path = [
            f"{a * PT:.3f} {b * PT:.3f} m {c * PT:.3f} {d * PT:.3f} l" for a, b, c, d in ends
        ]
        if path:
            self.code.append(" ".join([*path, "S"]))

    def rectangle_path(self, box: Box) -> None:
        """Begin a rectangle that the next operator paints or clips to."""
        self.code.append(
            f"{box.left * PT:.4f} {box.bottom * PT:.4f} "
            f"{box.width * PT:.4f} {box.height * PT:.4f} re"
        )

    def rectangle(self, box: Box, how: str = "S") -> None:
        """Draw a rectangle.

        ``how``: ``S`` its edge, ``f`` filled, ``B`` both.
        """
        self.rectangle_path(box)
        self.code.append(how)

    def circle(self, x: float, y: float, radius: float, how: str = "S") -> None:
        """Draw a circle.

        ``x``, ``y``: Its middle, in millimetres.
        ``radius``: Millimetres.
        ``how``: ``S`` its edge, ``f`` filled, ``B`` both.
        """
        self.code.append(f"{circle_path(x * PT, y * PT, radius * PT)} {how}")

    # --- texts ------------------------------------------------------------------------------

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """Say how wide a text is.

        ``size``: Millimetres.
        Returns: Millimetres.
        """
        return self._letters[bold].encode(text)[1] * size

    def ems(self, text: str) -> float:
        """Say how wide a text is, in sizes."""
        return self._letters[False].encode(text)[1]

    def bold_ems(self, text: str) -> float:
        """Say how wide a bold text is, in sizes."""
        return self._letters[True].encode(text)[1]

    def text(  # noqa: PLR0913  a text has a place, a size and a look
        self, x: float, y: float, text: str, *, size: float = 2.5, anchor: Anchor = "left",
        bold: bool = False, angle: float = 0.0,
    ) -> None:
        """Write a text in the colour of fills.

        ``x``, ``y``: Where the line that it stands on begins, has its middle or ends, by
        ``anchor``.
        ``text``: The text; nothing is drawn of an empty one.
        ``size``: Millimetres.
        ``anchor``: Which of its points that is.
        Raises OutputError: If a character is in none of the fonts.
        """
        if not text:
            return
        runs, ems = self._letters[bold].encode(text)
        back = BACK[anchor] * ems * size
        points = size * PT
        if angle == 0.0 and len(runs) == 1:
            font, shown, _ = runs[0]
            self.code.append(
                f"BT {font} {points:.2f} Tf {(x - back) * PT:.2f} {y * PT:.2f} Td ({shown}) Tj ET"
            )
            return
        cos, sin = math.cos(angle), math.sin(angle)
        x, y = (x - back * cos) * PT, (y - back * sin) * PT
        parts = []
        for font, shown, advance in runs:
            parts.append(
                f"{font} {points:.2f} Tf {cos:.5f} {sin:.5f} {-sin:.5f} {cos:.5f} "
                f"{x:.2f} {y:.2f} Tm ({shown}) Tj"
            )
            x, y = x + advance * points * cos, y + advance * points * sin
        self.code.append(f"BT {' '.join(parts)} ET")

    def texts(self, places: Sequence[tuple[float, float]], texts: Sequence[str], *,
              size: float) -> None:
        """Write many level texts of one size, each with its middle at its place.

        ``places``: Where the middle of the line that it stands on is, in millimetres.
        ``size``: Millimetres.
        Raises OutputError: If a character is in none of the fonts.
        """
        font, steps, here = "", [], (0, 0)
        points, unit = size * PT, 100 * PT
        for (x, y), text in zip(places, texts, strict=True):
            runs, ems = self._letters[False].encode(text)
            if len(runs) != 1:
                self.text(x, y, text, size=size, anchor="center")
                continue
            if runs[0][0] != font:
                font = runs[0][0]
                steps.append(f"{font} {100 * points:.0f} Tf")
            to = (round((x - ems * size / 2) * unit), round(y * unit))
            steps.append(f"{to[0] - here[0]} {to[1] - here[1]} Td ({runs[0][1]}) Tj")
            here = to
        if steps:  # in hundredths of a point: whole numbers are shorter
            self.code.append("\n".join(["q .01 0 0 .01 0 0 cm BT", *steps, "ET Q"]))


def _compressed(code: str) -> bytes:
    return zlib.compress(code.encode("latin-1"), PACKING)


def rgb(colour: str) -> str:
    """Write a colour as three numbers.

    ``colour``: ``#RRGGBB``.
    """
    return " ".join(f"{int(colour[at:at + 2], 16) / 255:.4g}" for at in (1, 3, 5))


def circle_path(x: float, y: float, r: float) -> str:
    """Write a circle as four curves.

    ``x``, ``y``, ``r``: Middle and radius in any unit.
    """
    k = ROUND * r
    return (
        f"{x + r:.4f} {y:.4f} m "
        f"{x + r:.4f} {y + k:.4f} {x + k:.4f} {y + r:.4f} {x:.4f} {y + r:.4f} c "
        f"{x - k:.4f} {y + r:.4f} {x - r:.4f} {y + k:.4f} {x - r:.4f} {y:.4f} c "
        f"{x - r:.4f} {y - k:.4f} {x - k:.4f} {y - r:.4f} {x:.4f} {y - r:.4f} c "
        f"{x + k:.4f} {y - r:.4f} {x + r:.4f} {y - k:.4f} {x + r:.4f} {y:.4f} c h"
    )
