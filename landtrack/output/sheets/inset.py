"""A small map of the whole place on which the subject of a sheet is found."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import shapely

from landtrack.model.assessment import Assessment
from landtrack.output.sheets import features, layout
from landtrack.output.sheets.layout import Bounds, Box, Window
from landtrack.output.sheets.pdf_canvas import BLACK, Pen, rgb

KINDS = (("boundaries", 0.3), ("roads", 0.2), ("parcels", 0.13), ("plots", 0.13))
"""What is drawn of a place, with the width of its lines in millimetres."""

MOST = 2000
"""A layer of more features would be a blot: it is left out."""

GREY = "#707070"
FINE_MM = 0.2
"""To so much lines are simplified."""

EDGE_MM = 2.0
RING_MM = 2.2
"""Radius of the ring around a subject that is too small to be seen."""

DIGITS = 2
"""The scale is rounded up to so many figures."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """What there is of a place, as lines with their widths, and how far it reaches."""

    bounds: Bounds | None
    lines: tuple[tuple[np.ndarray, float], ...]


def around(source: Assessment) -> Around:
    """Take from a place what its small maps show."""
    lines, bounds = [], []
    for kind, width in KINDS:
        frame = source.layers.get(kind)
        if frame is None or frame.empty:
            continue
        if kind != "roads":
            bounds.append(tuple(frame.total_bounds.tolist()))
        if len(frame) <= MOST:
            shapes = frame.geometry.to_numpy()
            areas = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004
            lines.append((np.where(areas, shapely.boundary(shapes), shapes), width))
    return Around(bounds=layout.union(bounds) if bounds else None, lines=tuple(lines))


def window(box: Box, known: Around, shape: shapely.Geometry) -> Window:
    """Choose what a small map shows: the whole place, and the subject wherever it lies."""
    west, south, east, north = layout.union([
        each for each in (known.bounds, shape.bounds) if each is not None
    ])
    space = box.inset(EDGE_MM)
    least = max((east - west) / space.width, (north - south) / space.height, 0.001) * 1000
    power = 10 ** max(0, math.floor(math.log10(least)) - DIGITS + 1)
    return layout.window(box, (west, south, east, north), math.ceil(least / power) * power)


def draw(pen: Pen, shown: Window, known: Around, shape: shapely.Geometry, colour: str) -> None:
    """Draw the place in grey and the subject in colour."""
    box = shown.box
    with pen.state(), pen.marked("inset"):
        pen.stroke(GREY, 0.15)
        with pen.ground(shown):
            name = f"inset-{shown.scale}-{shown.east:.0f}-{shown.north:.0f}-{box.width:.2f}"
            pen.code.append(f"{rgb(GREY)} RG 1 j")
            pen.stamp(
                name, (shown.ground(box.width) * 1000, shown.ground(box.height) * 1000),
                lambda: _place(shown, known),
            )
    with pen.state(), pen.marked("inset_subject"), pen.ground(shown):
        path = features.ground_path(np.array([shape], dtype=object), shown, closed=True)
        width = round(0.3 * shown.scale)
        pen.code.append(f"{rgb(colour)} RG {rgb(colour)} rg {width} w 1 j {path}B")
    left, bottom, right, top = (
        *shown.on_paper(*shape.bounds[:2]), *shown.on_paper(*shape.bounds[2:])
    )
    with pen.state():
        if max(right - left, top - bottom) < RING_MM:
            pen.stroke(colour, 0.3)
            pen.circle((left + right) / 2, (bottom + top) / 2, RING_MM)
        pen.stroke(BLACK, 0.2)
        pen.rectangle(box)


def _place(shown: Window, known: Around) -> str:
    """Write the lines of the place as operators."""
    made = []
    for shapes, width in known.lines:
        lines = shapely.simplify(shapes, shown.ground(FINE_MM))
        kept = lines[(shapely.get_dimensions(lines) == 1) & ~shapely.is_empty(lines)]
        if len(kept):
            path = features.ground_path(kept, shown, closed=False)
            made.append(f"{round(width * shown.scale)} w {path}S")
    return "\n".join(made)
