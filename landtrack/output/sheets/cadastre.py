"""The subject of a sheet as cadastral practice draws it.

Boundary in red, its points with their numbers, the length of every side, the fraction of
number over land class, and where the neighbours' boundaries begin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from landtrack.model.assessment import Assessment
from landtrack.model.translations import DASH
from landtrack.output.sheets import adjoining, features, labels, lettering
from landtrack.output.sheets.collisions import boxes_at
from landtrack.output.sheets.contents import Content
from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.mapframe import Drawn, write_labels
from landtrack.output.sheets.pdf_canvas import BLACK, CAP, Pen, rgb
from landtrack.output.sheets.subjects import Subject
from landtrack.output.sheets.template import Subject as Look

NUMBER_AWAY_MM = 1.0
SIDE_AWAY_MM = 1.2
TURNS = np.radians([0, 35, -35, 70, -70, 110, -110, 150, -150, 180])
"""Off the bisector: where else a number is tried, outside first."""

TOUCHING_M = 0.05
"""What lies so near is the shared boundary itself: survey points differ by less."""

CLEAR_MM = 0.5
"""Between the line of the subject and what is written beside it."""

LEAST_POINT_MM = 0.5
LEAST_FRACTION_MM = 1.5
"""A fraction that has less room is left out: it stands in the head of the sheet."""

POINT_LINE_MM = 0.2
STUB_MM = 0.2
PIECE = "#1B5E20"
"""The colour of what is written by piece."""

CENTRE_MM = 0.1
"""Radius of the dot in the middle of a boundary point."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A subject on a map: the store, the subject in words, where and how it is drawn."""

    source: Assessment
    subject: Subject
    content: Content
    window: Window
    look: Look
    drawn: Drawn


def draw(pen: Pen, scene: Scene) -> None:
    """Draw the subject.

    ``scene``: The subject on its map; known points and labels are added to what is drawn.
    """
    look, window = scene.look, scene.window
    _take_boundary(scene)
    if look.stubs_mm:
        _stubs(pen, scene)
    with pen.marked("boundary"), pen.ground(window):
        path = features.ground_path(
            np.array([scene.subject.shape], dtype=object), window, closed=True
        )
        width = round(look.line_mm * window.scale)
        pen.code.append(f"{rgb(look.colour)} RG {width} w 1 j {path}S")
    scene.drawn.known = _corners(scene.content, window) or scene.drawn.known
    if look.fraction:
        _fraction(pen, scene)
    if look.point_mm:
        _points(pen, scene)
    if look.pieces:
        _pieces(pen, scene)
    if look.stubs_mm:
        _neighbours(pen, scene)


def _take_boundary(scene: Scene) -> None:
    """Take the line of the subject, so that nothing is written over it."""
    window = scene.window
    on_paper = shapely.transform(
        shapely.boundary(scene.subject.shape),
        lambda xy: (xy - (window.east, window.north)) * 1000 / window.scale
        + (window.box.left, window.box.bottom),
    )
    points, of = shapely.get_coordinates(shapely.get_parts(on_paper), return_index=True)
    own = of[1:] == of[:-1]
    lines = shapely.linestrings(np.stack([points[:-1][own], points[1:][own]], axis=1))
    scene.drawn.placed.taken.add(
        shapely.buffer(lines, scene.look.line_mm / 2 + CLEAR_MM, cap_style="flat")
    )


def _corners(content: Content, window: Window) -> list[dict[str, Any]]:
    """Name the boundary points on the map, for reading back."""
    west, south, east, north = window.bounds
    return [
        {"mark": "boundary", "name": f"J{number}", "east": e, "north": n}
        for ring in content.rings
        for number, (e, n) in zip(ring.numbers, ring.points.tolist(), strict=True)
        if west < e < east and south < n < north
    ]


def _stubs(pen: Pen, scene: Scene) -> None:
    """Draw where the neighbours' boundaries leave the subject's."""
    subject, window = scene.subject, scene.window
    found = adjoining.neighbours(scene.source, subject)
    if found.empty:
        return
    reach = window.ground(scene.look.stubs_mm)
    near = subject.shape.buffer(reach).difference(subject.shape.buffer(TOUCHING_M))
    stubs = shapely.intersection(shapely.boundary(found.to_numpy()), near)
    with pen.marked("stubs"), pen.ground(window):
        lines = stubs[shapely.get_dimensions(stubs) == 1]
        if len(lines):
            path = features.ground_path(_lines_of(lines), window, closed=False)
            pen.code.append(
                f"{rgb(BLACK)} RG {round(STUB_MM * window.scale)} w {path}S"
            )


def _neighbours(pen: Pen, scene: Scene) -> None:
    """Write the neighbours' names."""
    source, subject, window, drawn = scene.source, scene.subject, scene.window, scene.drawn
    found = adjoining.neighbours(source, subject)
    if found.empty:
        return
    drawn_names = shapely.intersection(
        found.to_numpy(),
        subject.shape.buffer(window.ground(30)).difference(
            subject.shape.buffer(window.ground(4))
        ),
    )
    names = labels.Placed(
        taken=drawn.placed.taken, dropped=drawn.placed.dropped, figures=drawn.placed.figures
    )
    labels.place(
        labels.Wish(
            keys=[f"neighbour:{key}" for key in found.index], shapes=drawn_names,
            lines=[(adjoining.name_of(source, subject.kind, str(key)),) for key in found.index],
            sizes=(2.4, 2.0, 1.7),
        ),
        window, pen.ems, names,
    )
    write_labels(pen, names.labels)


def _pieces(pen: Pen, scene: Scene) -> None:
    """Write number, owner and land class of each piece inside of it."""
    pieces, placed = scene.content.pieces, scene.drawn.placed
    names = labels.Placed(taken=placed.taken, dropped=placed.dropped, figures=placed.figures)
    labels.place(
        labels.Wish(
            keys=[f"piece:{each.number}" for each in pieces],
            shapes=np.array([each.shape for each in pieces], dtype=object),
            lines=[
                (" ".join(filter(None, (f"({each.number})", each.owner))), each.class_code)
                for each in pieces
            ],
            sizes=(2.4, 2.0, 1.7), bold=True, colour=PIECE,
        ),
        scene.window, pen.bold_ems, names,
    )
    lettering.halos(pen, names.labels)
    with pen.state(), pen.marked("pieces"):
        lettering.draw(pen, names.labels)


def _lines_of(lines: Any) -> Any:  # noqa: ANN401  arrays of shapes
    parts = shapely.get_parts(shapely.line_merge(lines))
    return parts[shapely.get_dimensions(parts) == 1]


def _fraction(pen: Pen, scene: Scene) -> None:
    """Write number over land class, and the area under them, in the middle of the parcel."""
    window, look = scene.window, scene.look
    above, below, under = (
        (scene.content.values.get(name) or DASH) if name else "" for name in look.fraction
    )
    part = max(shapely.get_parts(scene.subject.shape), key=lambda each: each.area)
    seen = shapely.clip_by_rect(part, *window.bounds)
    if seen.is_empty:
        return
    seen = max(shapely.get_parts(seen), key=lambda each: each.area)
    circle = shapely.maximum_inscribed_circle(seen, tolerance=window.ground(0.5))
    x, y = window.on_paper(*shapely.get_coordinates(circle)[0])
    room = circle.length * 1000 / window.scale - look.line_mm - look.point_mm / 2
    wide, low, high = _room(pen, (above, below, under))
    size = min(look.fraction_mm, room / math.hypot(wide, (high - low) / 2))
    if size < LEAST_FRACTION_MM:
        scene.drawn.placed.dropped.append("fraction")
        return
    y -= (high + low) / 2 * size
    half = wide * size
    box = shapely.box(x - half, y + low * size, x + half, y + high * size)
    with pen.state(), pen.marked("halos"):
        pen.alpha(lettering.HALO_OPACITY, 1.0)
        pen.fill(lettering.HALO)
        pen.rectangle(Box(
            left=x - half, right=x + half, bottom=y + low * size, top=y + high * size
        ), "f")
    pen.fill(look.colour)
    pen.stroke(look.colour, 0.2)
    bar = max(pen.width(each, size, bold=True) for each in (above, below)) / 2 + 0.3 * size
    with pen.marked("fraction"):
        pen.text(x, y + 0.3 * size, above, size=size, anchor="center", bold=True)
        pen.path([(x - bar, y), (x + bar, y)])
        pen.text(x, y - 1.05 * size, below, size=size, anchor="center", bold=True)
        pen.text(x, y - 2.6 * size, under, size=size, anchor="center")
    scene.drawn.placed.write(np.array([box], dtype=object))


def _room(pen: Pen, parts: tuple[str, str, str]) -> tuple[float, float, float]:
    """Say what room a fraction takes, in sizes: half its width, below its bar, above it."""
    above, below, under = parts
    wide = max(pen.width(each, 1.0, bold=True) for each in (above, below)) + 0.6
    return (
        max(wide, pen.width(under, 1.0) + 0.3) / 2, -2.9 if under else -1.4, 1.4
    )


def _points(pen: Pen, scene: Scene) -> None:
    """Draw the points; number them outside, and write the sides along them."""
    content, window, look, drawn = scene.content, scene.window, scene.look, scene.drawn
    scale = 1000 / window.scale
    on_paper = [
        (ring.points - (window.east, window.north)) * scale
        + (window.box.left, window.box.bottom)
        for ring in content.rings
    ]
    box, radius = window.box.inset(0.1), _radius(content, window, look)
    with pen.marked("points"):
        pen.stroke(BLACK, POINT_LINE_MM)
        for points in on_paper:
            for x, y in points.tolist():
                if box.left <= x <= box.right and box.bottom <= y <= box.top:
                    pen.fill("#FFFFFF")
                    pen.circle(x, y, radius, "B")
                    pen.fill(BLACK)
                    pen.circle(x, y, min(CENTRE_MM, radius / 3), "f")
    for points in on_paper:
        drawn.placed.taken.add(shapely.box(
            points[:, 0] - radius, points[:, 1] - radius,
            points[:, 0] + radius, points[:, 1] + radius,
        ))
    frame = shapely.box(box.left, box.bottom, box.right, box.top)
    edges = shapely.multilinestrings([
        shapely.linearrings(points) for points in on_paper
    ])
    shapely.prepare(edges)
    pen.fill(BLACK)
    size = look.number_mm
    if look.numbers:
        _numbers(pen, content, on_paper, (edges, size, radius, frame), drawn)
    if look.sides:
        _sides(pen, content, on_paper, (edges, size * 0.85, frame), drawn)


def _radius(content: Content, window: Window, look: Look) -> float:
    """Draw points smaller where they stand so close that they would hide the line."""
    sides = np.concatenate([ring.sides for ring in content.rings]) * 1000 / window.scale
    return float(np.clip(np.median(sides) / 4, LEAST_POINT_MM / 2, look.point_mm / 2))


def _numbers(pen: Pen, content: Content, on_paper: list[Any], how: Any, drawn: Drawn) -> None:  # noqa: ANN401
    edges, size, radius, frame = how
    names = [f"J{number}" for ring in content.rings for number in ring.numbers]
    points = np.vstack(on_paper)
    outward = np.concatenate([_outward(each) for each in on_paper])
    half = np.array([
        (pen.width(name, size) / 2 + 0.2, CAP * size / 2 + 0.2) for name in names
    ])
    seen = shapely.contains_xy(frame, points[:, 0], points[:, 1])
    left = np.flatnonzero(seen)
    for away in (NUMBER_AWAY_MM, 2.4 * NUMBER_AWAY_MM):
        for turn in TURNS:
            angle = outward[left] + turn
            way = np.stack([np.cos(angle), np.sin(angle)], axis=1)
            reach = np.minimum(
                half[left, 0] / np.maximum(np.abs(way[:, 0]), 1e-9),
                half[left, 1] / np.maximum(np.abs(way[:, 1]), 1e-9),
            )
            middles = points[left] + way * (radius + away - 0.4 + reach)[:, None]
            left = _write(
                pen, [names[at] for at in left], (left, middles, half[left], np.zeros(len(left))),
                (edges, size, "numbers"), drawn,
            )
    drawn.placed.dropped += [f"point:{names[at]}" for at in left.tolist()]


def _sides(pen: Pen, content: Content, on_paper: list[Any], how: Any, drawn: Drawn) -> None:  # noqa: ANN401
    """Write the length of each side along it: outside where there is room, else inside."""
    edges, size, frame = how
    texts = [f"{side:.2f}" for ring in content.rings for side in ring.sides.tolist()]
    starts = np.vstack(on_paper)
    ends = np.vstack([np.roll(points, -1, axis=0) for points in on_paper])
    step = ends - starts
    length = np.hypot(*step.T)
    way = np.arctan2(step[:, 1], step[:, 0])
    normal = np.stack([-np.sin(way), np.cos(way)], axis=1)  # a clockwise ring: outside
    half = np.array([
        (pen.width(text, size) / 2 + 0.15, CAP * size / 2 + 0.15) for text in texts
    ])
    angles = np.array([labels.upright(each) for each in way.tolist()])
    seen = shapely.contains_xy(frame, *((starts + ends) / 2).T)
    left = np.flatnonzero(seen & (length >= 2 * half[:, 0]))
    short = np.flatnonzero(seen & (length < 2 * half[:, 0]))
    for share in (0.5, 0.35, 0.65):
        for side in (1, -1):
            middles = starts[left] + step[left] * share + (
                normal[left] * side * (half[left, 1] + SIDE_AWAY_MM - 0.3)[:, None]
            )
            left = _write(
                pen, [texts[at] for at in left], (left, middles, half[left], angles[left]),
                (edges, size, "lengths"), drawn,
            )
    drawn.placed.dropped += [f"side:{at + 1}" for at in sorted([*left.tolist(), *short.tolist()])]


def _write(pen: Pen, texts: list[str], where: Any, how: Any, drawn: Drawn) -> np.ndarray:  # noqa: ANN401
    """Write what is clear of the boundary, the frame and all else; give back what is left."""
    left, middles, half, angles = where
    edges, size, mark = how
    if not len(left):
        return np.asarray(left)
    boxes = boxes_at(middles, half, angles)
    good = ~shapely.intersects(edges, boxes)
    good[good] = drawn.placed.taken.clear(boxes[good])
    drawn.placed.write(boxes[good])
    placed = [
        lettering.Label("", float(middles[at][0]), float(middles[at][1]), size, float(angles[at]),
                     (texts[at],))
        for at in np.flatnonzero(good).tolist()
    ]
    lettering.halos(pen, placed)
    with pen.marked(mark):
        lettering.draw(pen, placed)
    return np.asarray(left[~good])


def _outward(points: Any) -> Any:  # noqa: ANN401  arrays of numbers
    """Give the direction out of the parcel at each corner: along the bisector.

    Rings run clockwise outside and against it in holes, so that outside is always left.
    """
    ahead = np.roll(points, -1, axis=0) - points
    behind = points - np.roll(points, 1, axis=0)
    directions = []
    for a, b in zip(ahead, behind, strict=True):
        into, out = np.arctan2(b[1], b[0]), np.arctan2(a[1], a[0])
        turn = (out - into + np.pi) % (2 * np.pi) - np.pi
        directions.append(into + turn / 2 + np.pi / 2)
    return np.array(directions)


