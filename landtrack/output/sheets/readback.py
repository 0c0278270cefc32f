"""Reads a finished sheet back with another library than drew it, and measures.

PDFium opens the page; the frame, the bars and known points are measured as they lie on the
paper, and every text of a box or table is read where it should stand.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium

from landtrack.model.errors import OutputError, SourceError
from landtrack.model.visible import visible
from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.pdf_canvas import PT

TOLERANCE_MM = 0.1
"""By how much a point may lie elsewhere on paper than it should."""

INSET_MM = 0.4
"""How far from the edges of its cell a text is read: what reaches in from beside is not of it."""

PAGE_TOLERANCE_MM = 0.001
MARK = "LT_"
MISSING = "\ufffd\ufffe\x00"
"""How PDFium gives characters that no one can read."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that is not as it should be: on which page, what, and the words for people."""

    page: int
    what: str
    said: str


@dataclass(frozen=True, kw_only=True)
class Read:
    """What was read of a box or in a row of a table, without blanks.

    ``of`` is the label and the name of the value of a box, or the title of a table.
    """

    of: tuple[str, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Inscribed:
    """A text inside the frame of a map, without blanks.

    ``mark`` says what it was drawn as, ``box`` is left, bottom, right, top in millimetres,
    ``angle`` radians against the clock.
    """

    mark: str
    text: str
    box: tuple[float, float, float, float]
    angle: float


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was found on a page: the largest error in mm, how many points and texts agreed.

    ``read`` is what was read of boxes and tables, ``inscribed`` what was read in the map.
    """

    page: int
    scale: float | None
    worst_mm: float
    points: int
    texts: int
    read: tuple[Read, ...] = ()
    inscribed: tuple[Inscribed, ...] = ()


Proof = tuple[list[Measured], list[Fault]]
"""What was measured on pages, and what is off."""


def prove(
    pdf: bytes, claims: Sequence[dict[str, Any]], pages: range | None = None
) -> Proof:
    """Measure pages against what they claim.

    ``pages``: Which, from 0; all where not given.
    Raises SourceError: If PDFium cannot read it.
    """
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as error:
        raise SourceError(
            "The PDF cannot be read.", mend="Get the file again: it is damaged."
        ) from error
    try:
        if len(document) != len(claims):
            return [], [Fault(
                page=0, what="pages", said=f"{len(document)} pages, {len(claims)} claimed"
            )]
        results = [
            _Page(document, number, claims[number]).prove()
            for number in (range(len(claims)) if pages is None else pages)
        ]
    finally:
        document.close()
    return [each for each, _ in results], [fault for _, found in results for fault in found]


def insist(proofs: Iterable[Proof]) -> list[Measured]:
    """Insist that every page is as it claims.

    ``proofs``: What :func:`prove` found, page by page.
    Raises OutputError: If a page is not; the first faults are named.
    """
    both = list(proofs)
    if faults := [fault for _, found in both for fault in found]:
        said = "; ".join(f"page {each.page}: {each.said}" for each in faults[:5])
        raise OutputError(
            f"The sheet does not prove itself ({len(faults)} faults): {said}.",
            mend="This is a fault of landtrack: please report it with the store.",
        )
    return [each for measured, _ in both for each in measured]


class _Page:
    """One page, opened by PDFium."""

    def __init__(self, document: pypdfium2.PdfDocument, number: int, claim: dict[str, Any]) -> None:
        self.number, self.claim = number + 1, claim
        self.page = document[number]
        self.faults: list[Fault] = []
        self.worst = 0.0
        self.points = self.texts = 0
        self.read: list[Read] = []
        self.inscribed: list[Inscribed] = []

    def prove(self) -> tuple[Measured, list[Fault]]:
        """Measure all there is."""
        scale = None
        try:
            self._size()
            if "frame" in self.claim:
                scale = self._map()
            self._texts()
        finally:
            self.page.close()
        return Measured(
            page=self.number, scale=scale, worst_mm=self.worst, points=self.points,
            texts=self.texts, read=tuple(self.read), inscribed=tuple(self.inscribed),
        ), self.faults

    def _fault(self, what: str, said: str) -> None:
        self.faults.append(Fault(page=self.number, what=what, said=said))

    def _size(self) -> None:
        left, bottom, right, top = self.page.get_mediabox()
        found = ((right - left) / PT, (top - bottom) / PT)
        wanted = self.claim["paper"]
        if max(abs(a - b) for a, b in zip(found, wanted, strict=True)) > PAGE_TOLERANCE_MM:
            self._fault("paper", f"the page is {found[0]:.3f} × {found[1]:.3f} mm, not "
                        f"{wanted[0]:g} × {wanted[1]:g}")

    def _map(self) -> float | None:
        """Measure frame, bars and known points; give back the scale as measured."""
        marked = self._marked()
        frame = marked.get("frame")
        if frame is None:
            self._fault("frame", "there is no frame")
            return None
        box = self.claim["frame"]
        found = [*frame[0].min(axis=0), *frame[0].max(axis=0)]
        self._near("frame", found, box)
        for name, bar in self.claim["bars"].items():
            if name not in marked:
                self._fault(name, f"there is no {name}")
                continue
            line = marked[name][0]
            self._near(name, [*line.min(axis=0), *line.max(axis=0)],
                       [bar["left"], bar["y"], bar["right"], bar["y"]])
        self._known(marked)
        self._inset(marked)
        west, _, east, _ = self.claim["ground"]
        scale = (east - west) * 1000 / (found[2] - found[0])
        if abs(scale / self.claim["scale"] - 1) > TOLERANCE_MM / (box[2] - box[0]):
            self._fault("scale", f"the scale is 1:{scale:.3f}, not 1:{self.claim['scale']}")
        bar = self.claim["bars"].get("scalebar")
        if bar is not None and "scalebar" in marked:
            line = marked["scalebar"][0]
            length = float(line[:, 0].max() - line[:, 0].min())
            wanted = bar["metres"] * 1000 / self.claim["scale"]
            if abs(length - wanted) > TOLERANCE_MM:
                self._fault("scalebar", f"the scale bar of {bar['metres']:g} m is {length:.3f} mm "
                            f"long, not {wanted:.3f}")
        return float(scale)

    def _near(self, what: str, found: Sequence[float], wanted: Sequence[float]) -> None:
        off = max(abs(a - b) for a, b in zip(found, wanted, strict=True))
        self.worst = max(self.worst, off)
        if off > TOLERANCE_MM:
            self._fault(what, f"the {what} lies {off:.3f} mm off")

    def _known(self, marked: dict[str, list[Any]]) -> None:
        """Find the known points on the paper."""
        claim = self.claim
        left, bottom, right, top = claim["frame"]
        window = Window(
            scale=claim["scale"], east=claim["ground"][0], north=claim["ground"][1],
            box=Box(left=left, bottom=bottom, right=right, top=top),
        )
        for point in claim["known"]:
            paths = marked.get(point["mark"])
            if not paths:
                self._fault("point", f"nothing is drawn as {point['mark']}")
                continue
            wanted = window.on_paper(point["east"], point["north"])
            off = float(np.min(np.hypot(*(paths[0] - wanted).T)))
            self.worst = max(self.worst, off)
            self.points += 1
            if off > TOLERANCE_MM:
                self._fault("point", f"{point.get('name', point['mark'])} lies {off:.3f} mm off")

    def _inset(self, marked: dict[str, list[Any]]) -> None:
        """Find the subject on the small map of the place."""
        claim = self.claim.get("inset")
        if claim is None:
            return
        left, bottom, right, top = claim["frame"]
        west, south, east, north = claim["ground"]
        wanted = (
            left + (claim["east"] - west) * (right - left) / (east - west),
            bottom + (claim["north"] - south) * (top - bottom) / (north - south),
        )
        off = min((
            float(np.min(np.hypot(*(path - wanted).T))) for path in marked.get("inset_subject", [])
        ), default=math.inf)
        if off > TOLERANCE_MM:
            self._fault("inset", f"the subject lies {off:.3f} mm off on the map of the place")

    # --- what PDFium gives ------------------------------------------------------------------

    def _marked(self) -> dict[str, list[Any]]:
        """Collect the first path under each mark: its points in millimetres."""
        wanted = {
            "frame", *self.claim["bars"], *(each["mark"] for each in self.claim["known"]),
            *(["inset_subject"] if "inset" in self.claim else []),
        }
        found: dict[str, list[Any]] = {}
        for mark, path in self._paths():
            if mark in wanted and mark not in found:
                found[mark] = [_points(path)]
                if len(found) == len(wanted):
                    break
        return found

    def _paths(self) -> Iterator[tuple[str, Any]]:
        for each in self._objects(pdfium.FPDF_PAGEOBJ_PATH):
            for mark in _marks(each):
                yield mark, each

    def _objects(self, kind: int) -> Iterator[Any]:
        raw = self.page.raw
        for at in range(pdfium.FPDFPage_CountObjects(raw)):
            each = pdfium.FPDFPage_GetObject(raw, at)
            if pdfium.FPDFPageObj_GetType(each) == kind:
                yield each

    # --- texts ------------------------------------------------------------------------------

    def _texts(self) -> None:
        """Read every text where it should stand, and those of the map wherever they do."""
        if self.claim.get("draft"):
            self._put_aside()
        text_page = self.page.get_textpage()
        try:
            whole = text_page.get_text_bounded()
            if any(each in whole for each in MISSING):
                self._fault("glyph", "a character cannot be read: its glyph is missing")
            for left, bottom, right, top, wanted in self.claim["texts"]:
                found = text_page.get_text_bounded(
                    left * PT, bottom * PT, right * PT, top * PT
                )
                if bare(wanted) in bare(found):
                    self.texts += 1
                else:
                    self._fault("text", f"{wanted!r} should stand there, {found!r} does")
            self._point_table()
            if "frame" in self.claim:
                self._in_the_map(text_page)
            for each in self.claim.get("meant", ()):
                self._meant(text_page, each)
        finally:
            text_page.close()

    def _put_aside(self) -> None:
        """Take the mark of a draft off the page that was opened: it lies over what is read."""
        for each in list(self._objects(pdfium.FPDF_PAGEOBJ_TEXT)):
            if "draft" in _marks(each):
                pdfium.FPDFPage_RemoveObject(self.page.raw, each)
                pdfium.FPDFPageObj_Destroy(each)

    def _in_the_map(self, text_page: pypdfium2.PdfTextPage) -> None:
        """Read the texts that begin inside the frame."""
        left, bottom, right, top = (each * PT for each in self.claim["frame"])
        for each in self._objects(pdfium.FPDF_PAGEOBJ_TEXT):
            x0, y0, x1, y1 = _bounds(each)
            if not (left < (x0 + x1) / 2 < right and bottom < (y0 + y1) / 2 < top):
                continue
            size = pdfium.FPDFTextObj_GetText(each, text_page.raw, None, 0)
            written = ctypes.create_string_buffer(size)
            pdfium.FPDFTextObj_GetText(
                each, text_page.raw, ctypes.cast(written, ctypes.POINTER(pdfium.FPDF_WCHAR)), size
            )
            matrix = pdfium.FS_MATRIX()
            pdfium.FPDFPageObj_GetMatrix(each, matrix)
            self.inscribed.append(Inscribed(
                mark=next(_marks(each), ""),
                text=bare(written.raw.decode("utf-16-le").rstrip("\0")),
                box=(x0 / PT, y0 / PT, x1 / PT, y1 / PT),
                angle=math.atan2(matrix.b, matrix.a),
            ))

    def _meant(self, text_page: pypdfium2.PdfTextPage, meant: dict[str, Any]) -> None:
        """Read the cells of a box or of rows of a table; what only touches a cell is not its."""
        first = meant["first"]
        for left, bottom, right, top, _ in self.claim["texts"][first:first + meant["count"]]:
            edges = [left, *(left + each for each in meant["ends"] or [right - left])]
            self.read.append(Read(of=tuple(meant["of"]), cells=tuple(
                bare(text_page.get_text_bounded(
                    (begin + INSET_MM) * PT, (bottom + INSET_MM) * PT,
                    (end - INSET_MM) * PT, (top - INSET_MM) * PT,
                ))
                for begin, end in pairwise(edges)
            )))

    def _point_table(self) -> None:
        """Compare the table of boundary points with the line that is drawn."""
        rows = [bare(text) for *_, text in self.claim["texts"]]
        for point in self.claim.get("known", []):
            name = point.get("name")
            if name is None:
                continue
            wanted = f"{name}{point['north']:.3f}{point['east']:.3f}"
            listed = [row for row in rows if row.startswith(f"{name}{point['north']:.0f}"[:8])]
            if listed and not any(row.startswith(wanted) for row in listed):
                self._fault("table", f"the table has {name} elsewhere than the line")


def _marks(each: Any) -> Iterator[str]:  # noqa: ANN401  a PDFium object
    """Give the marks of landtrack under which something was drawn."""
    name = ctypes.create_string_buffer(128)
    length = ctypes.c_ulong()
    for number in range(pdfium.FPDFPageObj_CountMarks(each)):
        mark = pdfium.FPDFPageObj_GetMark(each, number)
        pdfium.FPDFPageObjMark_GetName(
            mark, ctypes.cast(name, ctypes.POINTER(pdfium.FPDF_WCHAR)), 128, length
        )
        said = name.raw[: length.value].decode("utf-16-le").rstrip("\0")
        if said.startswith(MARK):
            yield said[len(MARK):]


def _bounds(each: Any) -> tuple[float, float, float, float]:  # noqa: ANN401  a PDFium object
    """Give left, bottom, right, top of what is drawn, in points."""
    ends = [ctypes.c_float() for _ in range(4)]
    pdfium.FPDFPageObj_GetBounds(each, *ends)
    left, bottom, right, top = (end.value for end in ends)
    return left, bottom, right, top


def _points(path: Any) -> Any:  # noqa: ANN401  a PDFium path, an array of points
    """Give the points of a path on paper, in millimetres."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    x, y = ctypes.c_float(), ctypes.c_float()
    found = []
    for at in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, at)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        found.append((x.value, y.value))
    points = np.array(found)
    linear = np.array([[matrix.a, matrix.b], [matrix.c, matrix.d]])
    return (points @ linear + (matrix.e, matrix.f)) / PT


def bare(text: str) -> str:
    """Leave out blanks and line ends, which readers put in as they like."""
    return "".join(visible(text).split())
