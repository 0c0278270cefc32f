"""Counts on a finished sheet what lies over what: texts, symbols, the subject's line, the grid.

Read with PDFium from the page alone: nothing is asked of what placed the texts.
"""

import ctypes
from collections import Counter

import numpy as np
import pypdfium2
import pypdfium2.raw as pdfium
import shapely

MM = 25.4 / 72
TOUCH_MM = 0.03
"""Texts that only touch do not lie over each other."""

OF_SUBJECT = {"numbers", "lengths", "fraction"}
"""Texts that are of the subject."""

SYMBOLS = {"bridges", "enforcement", "plants", "relocations", "substations"}
"""Kinds that are drawn as symbols."""

SUBJECT = ("subject_texts", "subject_line", "subject_points", "subject_symbols", "subject_grid")
"""What no sheet may have: each is of the subject."""


def of(pdf):
    """Count what lies over what on the maps of a PDF.

    Returns: By what lies over what; ``texts`` is how many texts there are in the maps.
    """
    document = pypdfium2.PdfDocument(pdf)
    counted = Counter(texts=0)
    for page in document:
        counted.update(_page(page))
    document.close()
    return counted


def _page(page):
    texts, lines, frame = [], {}, None
    for each in _objects(page):
        mark = _mark(each)
        kind = pdfium.FPDFPageObj_GetType(each)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            texts.append((mark, _quad(each)))
        elif kind == pdfium.FPDF_PAGEOBJ_PATH and mark:
            lines.setdefault(mark, []).extend(_strings(each))
            if mark == "frame":
                frame = shapely.box(*shapely.total_bounds(np.array(lines[mark], dtype=object)))
    if frame is None:
        return Counter()
    inside = [
        (mark, quad) for mark, quad in texts
        if mark not in {"", "draft", "maps"} and frame.contains(quad.centroid)
    ]
    own = np.array([mark in OF_SUBJECT for mark, _ in inside], dtype=bool)
    boxes = np.array([quad.buffer(-TOUCH_MM, join_style="mitre") for _, quad in inside],
                     dtype=object)
    found = Counter(texts=len(boxes))
    one, two = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    for a, b in zip(one[one < two], two[one < two], strict=True):
        found["subject_texts" if own[a] or own[b] else "labels_labels"] += 1
    found["subject_line"] += _met(boxes, lines.get("boundary", []))
    found["subject_points"] += _met(boxes, _solid(lines.get("points", [])))
    symbols = [each for kind in SYMBOLS for each in _solid(lines.get(kind, []))]
    for name, shapes in (("symbols", symbols), ("grid", lines.get("grid", []))):
        found[f"subject_{name}"] += _met(boxes[own], shapes, within=name == "symbols")
        found[f"labels_{name}"] += _met(boxes[~own], shapes, within=name == "symbols")
    others = [
        each for kind, strings in lines.items() for each in strings
        if kind not in SYMBOLS | {"boundary", "points", "grid", "frame", "stubs", "fraction",
                                  "checkbar", "scalebar", "halos"}
    ]
    found["over_lines"] += _met(boxes, others)
    return found


def _met(boxes, shapes, *, within=False):
    """Count the texts that lie over shapes; those wholly within one are allowed by ``within``."""
    if not len(boxes) or not shapes:
        return 0
    tree = shapely.STRtree(np.array(shapes, dtype=object))
    met = np.unique(tree.query(boxes, predicate="intersects")[0])
    inside = np.unique(tree.query(boxes, predicate="within")[0]) if within else []
    return len(np.setdiff1d(met, inside))


def _solid(strings):
    return [shapely.convex_hull(each) for each in strings]


def _objects(page):
    for at in range(pdfium.FPDFPage_CountObjects(page.raw)):
        yield pdfium.FPDFPage_GetObject(page.raw, at)


def _mark(each):
    name, length = ctypes.create_string_buffer(128), ctypes.c_ulong()
    for at in range(pdfium.FPDFPageObj_CountMarks(each)):
        pdfium.FPDFPageObjMark_GetName(
            pdfium.FPDFPageObj_GetMark(each, at),
            ctypes.cast(name, ctypes.POINTER(pdfium.FPDF_WCHAR)), 128, length,
        )
        said = name.raw[: length.value].decode("utf-16-le").rstrip("\0")
        if said.startswith("LT_"):
            return said[3:]
    return ""


def _quad(each):
    """Give the box around a text as it is turned."""
    quad = pdfium.FS_QUADPOINTSF()
    pdfium.FPDFPageObj_GetRotatedBounds(each, quad)
    return shapely.Polygon([
        (getattr(quad, f"x{at}") * MM, getattr(quad, f"y{at}") * MM) for at in (1, 2, 3, 4)
    ])


def _strings(path):
    """Give the lines of a path, in millimetres; curves by their handles."""
    matrix = pdfium.FS_MATRIX()
    pdfium.FPDFPageObj_GetMatrix(path, matrix)
    x, y, closed = ctypes.c_float(), ctypes.c_float(), []
    runs = []
    for at in range(pdfium.FPDFPath_CountSegments(path)):
        segment = pdfium.FPDFPath_GetPathSegment(path, at)
        pdfium.FPDFPathSegment_GetPoint(segment, x, y)
        if pdfium.FPDFPathSegment_GetType(segment) == pdfium.FPDF_SEGMENT_MOVETO:
            runs.append([])
        runs[-1].append((
            (matrix.a * x.value + matrix.c * y.value + matrix.e) * MM,
            (matrix.b * x.value + matrix.d * y.value + matrix.f) * MM,
        ))
        if pdfium.FPDFPathSegment_GetClose(segment):
            closed.append(len(runs) - 1)
    for at in closed:
        runs[at].append(runs[at][0])
    return [shapely.LineString(each) for each in runs if len(each) > 1]
