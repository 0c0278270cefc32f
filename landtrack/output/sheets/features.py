"""Draws the features of a layer as the symbology says, many in one path."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.pdf_canvas import PT, Pen, rgb
from landtrack.output.style.symbology import Style

Shapes = npt.NDArray[np.object_]

BEYOND_MM = 5.0
"""How far beyond the map shapes are cut, so that no cut edge is seen."""

HATCH_MM = 1.6
"""Between the lines or dots of a hatch."""

HATCH_LINE = 0.4
"""Width of its lines, in points."""

COMPOUND = (shapely.GeometryType.MULTIPOINT, shapely.GeometryType.GEOMETRYCOLLECTION)
POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
LINES = (
    shapely.GeometryType.LINESTRING, shapely.GeometryType.LINEARRING,
    shapely.GeometryType.MULTILINESTRING,
)


def cut(shapes: Shapes, window: Window) -> Shapes:
    """Cut shapes to a little more than the map.

    Returns: Those that reach far beyond it cut off, the others as they are.
    """
    west, south, east, north = window.bounds
    by = window.ground(BEYOND_MM)
    west, south, east, north = west - by, south - by, east + by, north + by
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    beyond = (
        (bounds[:, 0] < west) | (bounds[:, 1] < south)
        | (bounds[:, 2] > east) | (bounds[:, 3] > north)
    )
    if not beyond.any():
        return shapes
    made = shapes.copy()
    made[beyond] = shapely.clip_by_rect(shapely.force_2d(shapes[beyond]), west, south, east, north)
    return made


def draw(pen: Pen, window: Window, shapes: Shapes, style: Style) -> None:
    """Draw features of one class.

    ``shapes``: Shapes of any kinds, in the working CRS.
    """
    parts = _parts(shapes)
    kinds = shapely.get_type_id(parts)
    polygons = parts[(kinds == POLYGONS[0]) | (kinds == POLYGONS[1])]
    lines = parts[(kinds == LINES[0]) | (kinds == LINES[1]) | (kinds == LINES[2])]
    points = parts[kinds == shapely.GeometryType.POINT]
    with pen.ground(window):
        if len(polygons):
            _areas(pen, window, ground_path(polygons, window, closed=True), style)
        if len(lines):
            _lines(pen, window, ground_path(lines, window, closed=False), style)
    if len(points):
        _points(pen, window, points, style)


def _parts(shapes: Shapes) -> Shapes:
    """Take collections apart; drop what is empty."""
    while True:
        kinds = shapely.get_type_id(shapes)
        if not ((kinds == COMPOUND[0]) | (kinds == COMPOUND[1])).any():
            break
        shapes = shapely.get_parts(shapes)
    return np.asarray(shapes[~shapely.is_empty(shapes)], dtype=object)


def ground_path(shapes: Shapes, window: Window, *, closed: bool) -> str:
    """Write polygons or lines as one path in whole millimetres of ground.

    ``closed``: Polygons, whose last point is not repeated.
    Returns: Operators, nothing painted yet; outer rings run against holes.
    """
    if closed:
        strings = shapely.get_rings(shapely.orient_polygons(shapely.get_parts(shapes)))
    else:
        strings = shapely.get_parts(shapes)
    counts = shapely.get_num_coordinates(strings)
    xy = shapely.get_coordinates(strings)
    whole = np.rint((xy - (window.east, window.north)) * 1000).astype(np.int64)
    if closed:
        keep = np.ones(len(whole), dtype=bool)
        keep[np.cumsum(counts) - 1] = False
        whole, counts = whole[keep], counts - 1
    template = "".join(map(_ring_closed if closed else _ring_open, counts.tolist()))
    return template % tuple(whole.ravel().tolist())


@cache
def _ring_open(count: int) -> str:
    return "%d %d m\n" + "%d %d l\n" * (count - 1)


@cache
def _ring_closed(count: int) -> str:
    return _ring_open(count) + "h\n"


def _ground_width(window: Window, points: float) -> int:
    """Say how wide a line of so many points is, in millimetres of ground."""
    return max(1, round(points / PT * window.scale))


def _dash(window: Window, style: Style) -> str:
    lengths = " ".join(str(_ground_width(window, each)) for each in style.dash)
    return f"[{lengths}] 0 d " if lengths else ""


def _areas(pen: Pen, window: Window, path: str, style: Style) -> None:
    code = pen.code
    filled = style.fill_opacity > 0
    pen.alpha(style.fill_opacity if filled else 1.0, style.opacity)
    code.append(f"{rgb(style.fill)} rg 1 j")
    casing = style.casing and style.casing_weight > style.weight
    if style.hatch != "none" or casing:
        if filled:
            code.append(f"{path}f")
        if style.hatch != "none":
            with pen.state():
                code.append(f"{path}W n")
                _hatch(pen, window, style)
        if casing:
            width = _ground_width(window, style.casing_weight)
            code.append(f"{rgb(style.casing or '#FFFFFF')} RG {width} w {path}S")
    pen.alpha(style.fill_opacity if filled else 1.0, style.opacity)
    plain = style.hatch == "none" and not casing and filled
    paint = ("B" if plain else "S") if style.weight > 0 else ("f" if plain else "n")
    width = _ground_width(window, style.weight)
    code.append(f"{rgb(style.stroke)} RG {width} w {_dash(window, style)}{path}{paint}")


def _lines(pen: Pen, window: Window, path: str, style: Style) -> None:
    pen.alpha(1.0, style.opacity)
    if style.casing and style.casing_weight > style.weight:
        width = _ground_width(window, style.casing_weight)
        pen.code.append(f"{rgb(style.casing)} RG {width} w 1 j {path}S")
    width = _ground_width(window, style.weight)
    pen.code.append(f"{rgb(style.stroke)} RG {width} w 1 j {_dash(window, style)}{path}S")


def _hatch(pen: Pen, window: Window, style: Style) -> None:
    """Fill the clipped area with lines or dots, in step over the whole sheet.

    They are the same on every map of one size: a document holds them once.
    """
    width = _ground_width(window, HATCH_LINE)
    pen.code.append(f"{rgb(style.stroke)} RG {width} w")
    box = window.box
    pen.stamp(
        f"{style.hatch}-{box.width:.2f}-{box.height:.2f}-{window.scale}",
        (window.ground(box.width) * 1000, window.ground(box.height) * 1000),
        lambda: "\n".join([*HATCHES[style.hatch](
            (0.0, 0.0, window.ground(box.width), window.ground(box.height)),
            window.ground(HATCH_MM),
        ), "S"]),
    )


Extent = tuple[float, float, float, float]


def _diagonal(box: Extent, step: float) -> Iterable[str]:
    x0, y0, x1, y1 = (each * 1000 for each in box)
    high = y1 - y0
    apart = step * 1000 * 2**0.5
    for at in range(int((x0 - y1) // apart), int((x1 - y0) // apart) + 1):
        x = at * apart + y0
        yield f"{x:.0f} {y0:.0f} m {x + high:.0f} {y1:.0f} l"


def _counter(box: Extent, step: float) -> Iterable[str]:
    x0, y0, x1, y1 = (each * 1000 for each in box)
    high = y1 - y0
    apart = step * 1000 * 2**0.5
    for at in range(int((x0 + y0) // apart), int((x1 + y1) // apart) + 2):
        x = at * apart - y0
        yield f"{x:.0f} {y0:.0f} m {x - high:.0f} {y1:.0f} l"


def _cross(box: Extent, step: float) -> Iterable[str]:
    yield from _diagonal(box, step)
    yield from _counter(box, step)


def _dots(box: Extent, step: float) -> Iterable[str]:
    """Draw rows of dots as dashes without a length, whose round ends are what is seen."""
    x0, y0, x1, y1 = box
    yield f"1 J {step * 180:.0f} w [0 {step * 1000:.0f}] 0 d"
    for row in range(int(y0 // step), int(y1 // step) + 1):
        y = row * step * 1000
        start = (int(x0 // step) + row % 2 / 2) * step * 1000
        yield f"{start:.0f} {y:.0f} m {x1 * 1000:.0f} {y:.0f} l"


def _none(_box: Extent, _step: float) -> Iterable[str]:
    return ()


HATCHES: dict[str, Callable[[Extent, float], Iterable[str]]] = {
    "none": _none, "diagonal": _diagonal, "cross": _cross, "dots": _dots,
}


def _points(pen: Pen, window: Window, points: Shapes, style: Style) -> None:
    """Draw symbols on paper; those outside of the map are left out."""
    box = window.box
    pen.alpha(style.fill_opacity, style.opacity)
    pen.stroke(style.stroke, style.weight / PT)
    pen.fill(style.fill)
    for east, north in shapely.get_coordinates(points).tolist():
        x, y = window.on_paper(east, north)
        if box.left <= x <= box.right and box.bottom <= y <= box.top:
            symbol(pen, (x, y), style)
    pen.alpha(1.0, 1.0)


CORNERS = {
    "square": ((-0.85, -0.85), (0.85, -0.85), (0.85, 0.85), (-0.85, 0.85)),
    "triangle": ((-0.95, -0.7), (0.95, -0.7), (0.0, 1.0)),
    "diamond": ((0.0, -1.15), (1.0, 0.0), (0.0, 1.15), (-1.0, 0.0)),
}
"""Corners of the symbols, for a radius of 1."""

CORNER = max(abs(each) for corners in CORNERS.values() for corner in corners for each in corner)
"""How far the farthest corner reaches."""


def symbol(pen: Pen, at: tuple[float, float], style: Style) -> None:
    """Draw one symbol, in the colours chosen.

    ``at``: Its middle, in millimetres.
    """
    radius = style.radius / PT
    if style.symbol == "circle":
        pen.circle(*at, radius, "B")
    else:
        corners = [(at[0] + x * radius, at[1] + y * radius) for x, y in CORNERS[style.symbol]]
        pen.path(corners, "b")


def swatch(pen: Pen, box: Box, shape: str, style: Style) -> None:
    """Draw the sign of a class in a legend.

    ``shape``: ``polygon``, ``line`` or ``point``.
    """
    with pen.state():
        window = Window(scale=1000, east=0.0, north=0.0, box=box.inset(-0.5))
        left, low, right, top = 500, 500, *(
            round(1000 * each + 500) for each in (box.width, box.height)
        )
        middle = (low + top) // 2
        if shape == "point":
            at = shapely.Point((left + right) / 2000, middle / 1000)
            draw(pen, window, np.array([at], dtype=object), style)
            return
        with pen.ground(window):
            if shape == "line":
                _lines(pen, window, f"{left} {middle} m\n{right} {middle} l\n", style)
            else:
                corners = ((left, low), (right, low), (right, top), (left, top))
                _areas(pen, window, _ring_closed(4) % tuple(sum(corners, ())), style)
