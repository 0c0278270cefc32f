"""Places labels: in their polygon where they fit in it, never over one another.

A label tries places in its polygon from the largest size down, level and then along the
polygon; only one that fits nowhere inside may reach out, and only where nothing is in its
way. What then has no place is dropped and counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import numpy as np
import shapely

from landtrack.output.sheets.collisions import Floats, Ints, Shapes, Taken, boxes_at
from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.pdf_canvas import CAP, Pen

LEADING = 1.25
"""From line to line, in sizes."""

PAD = 0.12
"""Clear around a label, in sizes."""

ABOVE_MM = 0.7
"""Between a line and its label."""

LEVELS = (0.5, 0.35, 0.65, 0.22, 0.78)
"""At which heights of a polygon the widest place is looked for."""


class Label(NamedTuple):
    """A label as placed: lines of text around a middle on paper, in millimetres."""

    key: str
    x: float
    y: float
    size: float
    angle: float
    lines: tuple[str, ...]


@dataclass(kw_only=True)
class Placed:
    """The labels of a map so far, the boxes that they and other things take, and the dropped."""

    taken: Taken = field(default_factory=Taken)
    labels: list[Label] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be labelled: n shapes, their keys, and the lines of each."""

    keys: Sequence[str]
    shapes: Shapes
    lines: Sequence[tuple[str, ...]]
    sizes: tuple[float, ...]


def place(wish: Wish, window: Window, width: Callable[[str], float], placed: Placed) -> None:
    """Place the labels of one layer.

    ``wish``: The labels; polygons have theirs inside, lines along, points beside.
    """
    if not len(wish.shapes):
        return
    scale = 1000 / window.scale
    clip = window.box.inset(0.5)
    on_paper = shapely.transform(
        wish.shapes,
        lambda xy: (xy - (window.east, window.north)) * scale
        + (window.box.left, window.box.bottom),
    )
    seen = _clipped(on_paper, clip)
    dimension = shapely.get_dimensions(on_paper)
    there = ~shapely.is_empty(seen) & (shapely.get_dimensions(seen) == dimension)
    texts = [
        (at, lines) for at in np.flatnonzero(there).tolist()
        if (lines := tuple(filter(None, wish.lines[at])))
    ]
    area = [at for at, _ in texts if dimension[at] == 2]  # noqa: PLR2004
    other = [at for at, _ in texts if dimension[at] != 2]  # noqa: PLR2004
    of_row = dict(texts)
    _Areas(wish, _largest(seen), of_row, width, placed).run(np.array(area, dtype=np.int64))
    for at in other:
        _beside(wish, at, seen[at], of_row[at], width, placed)


def _clipped(shapes: Shapes, box: Box) -> Shapes:
    """Cut what reaches out of a box off."""
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    beyond = (
        (bounds[:, 0] < box.left) | (bounds[:, 1] < box.bottom)
        | (bounds[:, 2] > box.right) | (bounds[:, 3] > box.top)
    )
    made = shapes.copy()
    made[beyond] = shapely.clip_by_rect(
        shapes[beyond], box.left, box.bottom, box.right, box.top
    )
    return made


def _largest(shapes: Shapes) -> Shapes:
    """Take the largest part of what has several."""
    made = shapes.copy()
    several = shapely.get_num_geometries(shapes) > 1
    for at in np.flatnonzero(several):
        parts = shapely.get_parts(shapes[at])
        made[at] = max(parts, key=lambda part: part.area)
    return made


def extent(lines: Sequence[str], width: Callable[[str], float]) -> tuple[float, float]:
    """Say how large a label is."""
    wide = width(lines[0]) if len(lines) == 1 else max(map(width, lines))
    return wide, CAP + LEADING * (len(lines) - 1)


def draw(pen: Pen, placed: Sequence[Label]) -> None:
    """Write labels in the colour of fills."""
    for (size, simple), group in groupby(
        placed, key=lambda each: (each.size, each.angle == 0.0 and len(each.lines) == 1)
    ):
        if simple:
            own = list(group)
            pen.texts(
                [(each.x, each.y - CAP / 2 * size) for each in own],
                [each.lines[0] for each in own], size=size,
            )
            continue
        for label in group:
            _turned(pen, label)


def _turned(pen: Pen, label: Label) -> None:
    size = label.size
    top = (LEADING * (len(label.lines) - 1) - CAP) / 2 * size
    sin, cos = math.sin(label.angle), math.cos(label.angle)
    for at, line in enumerate(label.lines):
        down = top - at * LEADING * size
        pen.text(
            label.x - down * sin, label.y + down * cos, line, size=size, anchor="center",
            angle=label.angle,
        )


class _Areas:
    """Places the labels of polygons, all at once place by place."""

    def __init__(
        self, wish: Wish, shapes: Shapes, lines: dict[int, tuple[str, ...]],
        width: Callable[[str], float], placed: Placed,
    ) -> None:
        self.wish, self.shapes, self.lines, self.placed = wish, shapes, lines, placed
        self.extents = np.zeros((len(shapes), 2))
        self.first = np.zeros((len(shapes), 2))
        for at, each in lines.items():
            self.first[at] = width(each[0]), CAP
            self.extents[at] = extent(each, width) if len(each) > 1 else self.first[at]
        self.bounds = shapely.bounds(shapes).reshape(-1, 4)

    def run(self, left: Ints) -> None:
        """Go from the best way of labelling to the poorest."""
        if not len(left):
            return
        shapely.prepare(self.shapes[left])
        left, hopeless = self._hopeful(left)
        for size in self.wish.sizes:
            left = self._try(left, size, self._middles)
            left = self._try(left, size, self._insides)
        stretches = self._stretches(left)
        for size in self.wish.sizes:
            for stretch in stretches:
                left = self._try(left, size, stretch.__getitem__)
        left = self._along(left)
        left = np.sort(np.concatenate([left, hopeless]))
        several = np.array([len(self.lines[at]) > 1 for at in left.tolist()], dtype=bool)
        for at in left[several].tolist():
            self.lines[at] = self.lines[at][:1]
            self.extents[at] = self.first[at]
        if several.any():
            left, hopeless = self._hopeful(left)
            for size in self.wish.sizes:
                left = self._try(left, size, self._insides)
            left = np.sort(np.concatenate([self._along(left), hopeless]))
        self._outside(left)

    def _outside(self, left: Ints) -> None:
        """Let what fits nowhere inside reach out over nothing; drop the rest."""
        size = self.wish.sizes[-1]
        middles = self._insides(left)
        boxes = boxes_at(middles, (self.extents[left] / 2 + PAD) * size, np.zeros(len(left)))
        good = self.placed.taken.clear(boxes)
        self._put(left[good], size, middles[good], boxes[good], np.zeros(int(good.sum())))
        self.placed.dropped += [self.wish.keys[at] for at in left[~good].tolist()]

    def _hopeful(self, left: Ints) -> tuple[Ints, Ints]:
        """Part those that may have room for the smallest size from those that cannot."""
        bounds = self.bounds[left]
        room = np.hypot(bounds[:, 2] - bounds[:, 0], bounds[:, 3] - bounds[:, 1])
        needs = (self.extents[left] + 2 * PAD) * self.wish.sizes[-1]
        may = (room > needs.max(axis=1)) & (
            shapely.area(self.shapes[left]) > needs.prod(axis=1)
        )
        return left[may], left[~may]

    def _middles(self, left: Ints) -> Floats:
        return np.asarray(shapely.get_coordinates(shapely.centroid(self.shapes[left])))

    def _insides(self, left: Ints) -> Floats:
        return np.asarray(shapely.get_coordinates(shapely.point_on_surface(self.shapes[left])))

    def _stretches(self, left: Ints) -> list[Floats]:
        """Find the middles of the widest stretches at some heights of each polygon."""
        made = []
        bounds, shapes = self.bounds[left], self.shapes[left]
        for level in LEVELS if len(left) else ():
            y = bounds[:, 1] + (bounds[:, 3] - bounds[:, 1]) * level
            ends = np.stack([
                np.stack([bounds[:, 0] - 1, y], axis=1), np.stack([bounds[:, 2] + 1, y], axis=1)
            ], axis=1)
            cuts = shapely.intersection(shapes, shapely.linestrings(ends))
            parts, of = shapely.get_parts(cuts, return_index=True)
            rising = np.argsort(shapely.length(parts), kind="stable")  # the longest comes last
            stretch = shapely.bounds(parts[rising]).reshape(-1, 4)
            middles = np.zeros((len(self.shapes), 2))
            middles[left, 0] = (bounds[:, 0] + bounds[:, 2]) / 2
            middles[left, 1] = y
            middles[left[of[rising]], 0] = (stretch[:, 0] + stretch[:, 2]) / 2
            made.append(middles)
        return made

    def _along(self, left: Ints) -> Ints:
        """Try along the polygon: in the direction of the box around it that is narrowest."""
        if not len(left):
            return left
        boxes = shapely.minimum_rotated_rectangle(self.shapes[left])
        angles = dict(zip(left.tolist(), map(_direction, boxes), strict=True))
        for size in self.wish.sizes:
            turned = np.array([angles[at] for at in left.tolist()])
            left = self._try(left, size, self._insides, turned)
        return left

    def _try(
        self, left: Ints, size: float, places: Callable[[Ints], Floats],
        angles: Floats | None = None,
    ) -> Ints:
        """Place what fits inside at these places; give back what is left."""
        turned = np.zeros(len(left)) if angles is None else angles
        half = (self.extents[left] / 2 + PAD) * size
        cos, sin = np.abs(np.cos(turned)), np.abs(np.sin(turned))
        reach = np.stack([
            half[:, 0] * cos + half[:, 1] * sin, half[:, 0] * sin + half[:, 1] * cos
        ], axis=1)
        bounds = self.bounds[left]
        hope = (bounds[:, 2:] - bounds[:, :2] > 2 * reach).all(axis=1)
        if not hope.any():
            return left
        middles = places(left[hope])
        bounds, reach = bounds[hope], reach[hope]
        near = (
            (middles - reach > bounds[:, :2]) & (middles + reach < bounds[:, 2:])
        ).all(axis=1)
        at = np.flatnonzero(hope)[near]
        middles = middles[near]
        boxes = boxes_at(middles, half[at], turned[at])
        good = shapely.contains_properly(self.shapes[left[at]], boxes)
        good[good] = self.placed.taken.clear(boxes[good])
        self._put(left[at[good]], size, middles[good], boxes[good], turned[at[good]])
        return np.asarray(np.delete(left, at[good]))

    def _put(
        self, which: Ints, size: float, middles: Floats, boxes: Shapes, angles: Floats
    ) -> None:
        keys, lines = self.wish.keys, self.lines
        self.placed.taken.add(boxes)
        self.placed.labels += [
            Label(keys[at], x, y, size, angle, lines[at])
            for at, (x, y), angle in zip(
                which.tolist(), middles.tolist(), angles.tolist(), strict=True
            )
        ]


def _direction(box: shapely.Geometry) -> float:
    """Give the direction of the longer side, so that text reads from below or the right."""
    corners = shapely.get_coordinates(box)
    if len(corners) < 4:  # noqa: PLR2004  a sliver that collapsed
        return 0.0
    sides = np.diff(corners[:3], axis=0)
    east, north = sides[np.argmax(np.hypot(*sides.T))]
    return upright(float(np.arctan2(north, east)))


def upright(angle: float) -> float:
    """Turn a direction so that a text in it does not stand on its head.

    Returns: The same or the opposite direction, in (-90°, 90°].
    """
    angle = (angle + np.pi) % (2 * np.pi) - np.pi
    if angle > np.pi / 2 + 1e-9:
        return float(angle - np.pi)
    if angle <= -np.pi / 2 + 1e-9:
        return float(angle + np.pi)
    return float(angle)


def _beside(
    wish: Wish, at: int, shape: shapely.Geometry, lines: tuple[str, ...],
    width: Callable[[str], float], placed: Placed,
) -> None:
    """Place the label of a line along it, that of a point beside it."""
    wide, high = extent(lines, width)
    candidates = _beside_point if shapely.get_dimensions(shape) == 0 else _along_line
    for size in wish.sizes:
        half = np.array([[(wide / 2 + PAD) * size, (high / 2 + PAD) * size]])
        for x, y, angle in candidates(shape, half[0]):
            box = boxes_at(np.array([[x, y]]), half, np.array([angle]))
            if placed.taken.clear(box)[0]:
                placed.taken.add(box)
                placed.labels.append(Label(
                    key=wish.keys[at], x=x, y=y, size=size, angle=angle, lines=lines
                ))
                return
    placed.dropped.append(wish.keys[at])


def _beside_point(shape: shapely.Geometry, half: Floats) -> list[tuple[float, float, float]]:
    x, y = shapely.get_coordinates(shape)[0]
    wide, high = half + 1.6
    return [
        (x + wide * a, y + high * b, 0.0)
        for a, b in ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
    ]


def _along_line(shape: shapely.Geometry, half: Floats) -> list[tuple[float, float, float]]:
    """Give the middles of the straight stretches that are long enough, the longest first."""
    found = []
    for part in shapely.get_parts(shape):
        points = shapely.get_coordinates(part)
        steps = np.diff(points, axis=0)
        lengths = np.hypot(*steps.T)
        for start, step, length in zip(points, steps, lengths, strict=False):
            if length >= 2 * half[0]:
                angle = upright(float(np.arctan2(step[1], step[0])))
                up = np.array([-np.sin(angle), np.cos(angle)]) * (half[1] + ABOVE_MM)
                found += [
                    (length, *(start + step * share + side * up), angle)
                    for share in (0.5, 0.3, 0.7) for side in (1, -1)
                ]
    found.sort(key=lambda each: -each[0])
    return [(float(x), float(y), angle) for _, x, y, angle in found[:24]]
