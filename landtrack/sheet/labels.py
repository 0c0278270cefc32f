"""Places labels: in their polygon where they fit in it, never over one another.

A label tries places in its polygon from the largest size down, level and then along the
polygon; only one that fits nowhere inside may reach out, and only where nothing is in its
way. What then has no place is dropped and counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.sheet.layout import Box, Window
from landtrack.sheet.pen import CAP, Pen

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Shapes = npt.NDArray[np.object_]

LEADING = 1.25
"""From line to line, in sizes."""

PAD = 0.12
"""Clear around a label, in sizes."""

FEW = 100_000
"""Pairs of boxes that are compared one by one; above, building a tree pays."""

ABOVE_MM = 0.7
"""Between a line and its label."""

LEVELS = (0.5, 0.35, 0.65, 0.22, 0.78)
"""At which heights of a polygon the widest place is looked for."""


@dataclass(frozen=True, kw_only=True)
class Label:
    """A label as placed: lines of text around a middle on paper, in millimetres."""

    key: str
    x: float
    y: float
    size: float
    angle: float
    lines: tuple[str, ...]


@dataclass(kw_only=True)
class Placed:
    """The labels of a map so far, the boxes that they and other things take, and the dropped.

    No label reaches out of ``frame``.
    """

    frame: shapely.Geometry | None = None
    labels: list[Label] = field(default_factory=list)
    taken: list[shapely.Geometry] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def take(self, box: Box) -> None:
        """Keep labels off a part of the map.

        Parameters
        ----------
        box
            Millimetres on paper.
        """
        self.taken.append(shapely.box(box.left, box.bottom, box.right, box.top))


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be labelled: n shapes, their keys, and the lines of each."""

    keys: Sequence[str]
    shapes: Shapes
    lines: Sequence[tuple[str, ...]]
    sizes: tuple[float, ...]


def place(wish: Wish, window: Window, width: Callable[[str], float], placed: Placed) -> None:
    """Place the labels of one layer.

    Parameters
    ----------
    wish
        The labels; polygons have theirs inside, lines along, points beside.
    window
        The map.
    width
        Gives the width of a text, in sizes.
    placed
        What stands there already; the new labels are added.
    """
    if not len(wish.shapes):
        return
    scale = 1000 / window.scale
    clip = window.box.inset(0.5)
    on_paper = shapely.transform(
        shapely.force_2d(wish.shapes),
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
    """Say how large a label is.

    Parameters
    ----------
    lines
        Its lines.
    width
        Gives the width of a text, in sizes.

    Returns
    -------
    tuple of float
        Width and height, in sizes.
    """
    wide = width(lines[0]) if len(lines) == 1 else max(map(width, lines))
    return wide, CAP + LEADING * (len(lines) - 1)


def draw(pen: Pen, label: Label) -> None:
    """Write a label in the colour of fills.

    Parameters
    ----------
    pen
        The page.
    label
        The label.
    """
    size = label.size
    if label.angle == 0.0 and len(label.lines) == 1:
        pen.text(label.x, label.y - CAP / 2 * size, label.lines[0], size=size, anchor="center")
        return
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
            self.extents[at] = extent(each, width)
            self.first[at] = extent(each[:1], width) if len(each) > 1 else self.extents[at]

    def run(self, left: Ints) -> None:
        """Go from the best way of labelling to the poorest."""
        if not len(left):
            return
        shapely.prepare(self.shapes[left])
        left, hopeless = self._hopeful(left)
        for size in self.wish.sizes:
            left = self._try(left, size, self._middles(left))
            left = self._try(left, size, self._insides(left))
        for size in self.wish.sizes:
            for level in LEVELS:
                left = self._try(left, size, self._widest(left, level))
        left = self._along(left)
        left = np.sort(np.concatenate([left, hopeless]))
        several = np.array([len(self.lines[at]) > 1 for at in left.tolist()], dtype=bool)
        for at in left[several].tolist():
            self.lines[at] = self.lines[at][:1]
            self.extents[at] = self.first[at]
        if several.any():
            left, hopeless = self._hopeful(left)
            for size in self.wish.sizes:
                left = self._try(left, size, self._insides(left))
            left = np.sort(np.concatenate([self._along(left), hopeless]))
        left = self._try(left, self.wish.sizes[-1], self._insides(left), inside=False)
        self.placed.dropped += [self.wish.keys[at] for at in left.tolist()]

    def _hopeful(self, left: Ints) -> tuple[Ints, Ints]:
        """Part those that may have room for the smallest size from those that cannot."""
        bounds = shapely.bounds(self.shapes[left])
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

    def _widest(self, left: Ints, level: float) -> Floats:
        """Find the middle of the widest stretch at a height of the polygon."""
        bounds = shapely.bounds(self.shapes[left])
        y = bounds[:, 1] + (bounds[:, 3] - bounds[:, 1]) * level
        ends = np.stack([
            np.stack([bounds[:, 0] - 1, y], axis=1), np.stack([bounds[:, 2] + 1, y], axis=1)
        ], axis=1)
        cuts = shapely.intersection(self.shapes[left], shapely.linestrings(ends))
        parts, of = shapely.get_parts(cuts, return_index=True)
        made = np.stack([(bounds[:, 0] + bounds[:, 2]) / 2, y], axis=1)
        for at in np.argsort(shapely.length(parts), kind="stable"):  # the longest comes last
            west, _, east, _ = parts[at].bounds
            made[of[at], 0] = (west + east) / 2
        return made

    def _along(self, left: Ints) -> Ints:
        """Try along the polygon: in the direction of the box around it that is narrowest."""
        if not len(left):
            return left
        boxes = shapely.minimum_rotated_rectangle(self.shapes[left])
        angles = np.array([_direction(box) for box in boxes])
        for size in self.wish.sizes:
            remaining = self._try(left, size, self._insides(left), angles=angles)
            angles = angles[np.isin(left, remaining)]
            left = remaining
        return left

    def _try(
        self, left: Ints, size: float, middles: Floats, *, angles: Floats | None = None,
        inside: bool = True,
    ) -> Ints:
        """Place what fits at these places; give back what is left."""
        if not len(left):
            return left
        half = (self.extents[left] / 2 + PAD) * size
        turned = np.zeros(len(left)) if angles is None else angles
        boxes = boxes_at(middles, half, turned)
        good = shapely.contains_properly(self.shapes[left], boxes) if inside else np.ones(
            len(left), dtype=bool
        )
        good[good] = clear(boxes[good], self.placed)
        for at, box, (x, y), angle in zip(
            left[good].tolist(), boxes[good], middles[good].tolist(), turned[good].tolist(),
            strict=True,
        ):
            self.placed.taken.append(box)
            self.placed.labels.append(Label(
                key=self.wish.keys[at], x=x, y=y, size=size, angle=angle, lines=self.lines[at]
            ))
        return np.asarray(left[~good])


def clear(boxes: Shapes, placed: Placed) -> npt.NDArray[np.bool_]:
    """Tell which boxes are clear of what stands there, and of those before them.

    Parameters
    ----------
    boxes
        Boxes on paper, in millimetres.
    placed
        What stands there.

    Returns
    -------
    ndarray of bool
        One per box.
    """
    free = np.ones(len(boxes), dtype=bool)
    if not len(boxes):
        return free
    if placed.frame is not None:
        free &= shapely.contains_properly(placed.frame, boxes)
    if placed.taken:
        free[_meeting(boxes, np.array(placed.taken, dtype=object))[0]] = False
    one, two = _meeting(boxes, boxes)
    later = one < two
    for first, second in sorted(zip(one[later].tolist(), two[later].tolist(), strict=True)):
        if free[first]:
            free[second] = False
    return free


def _meeting(boxes: Shapes, others: Shapes) -> tuple[Ints, Ints]:
    """Find the pairs that meet: few by comparing their extents, many by a tree."""
    if len(boxes) * len(others) > FEW:
        one, two = shapely.STRtree(others).query(boxes, predicate="intersects")
        return one, two
    a, b = shapely.bounds(boxes)[:, None], shapely.bounds(others)[None]
    near = (
        (a[..., 0] <= b[..., 2]) & (b[..., 0] <= a[..., 2])
        & (a[..., 1] <= b[..., 3]) & (b[..., 1] <= a[..., 3])
    )
    one, two = np.nonzero(near)
    meet = shapely.intersects(boxes[one], others[two])
    return one[meet], two[meet]


def boxes_at(middles: Floats, half: Floats, angles: Floats) -> Shapes:
    """Make the boxes that labels take.

    Parameters
    ----------
    middles
        Where, (n, 2).
    half
        Half their width and height, (n, 2).
    angles
        Radians, (n,).

    Returns
    -------
    ndarray of Polygon
        n boxes.
    """
    if not angles.any():
        low, high = middles - half, middles + half
        return np.asarray(
            shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]), dtype=object
        )
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)])[None] * half[:, None]
    cos, sin = np.cos(angles)[:, None], np.sin(angles)[:, None]
    x = corners[..., 0] * cos - corners[..., 1] * sin + middles[:, :1]
    y = corners[..., 0] * sin + corners[..., 1] * cos + middles[:, 1:]
    return np.asarray(shapely.polygons(np.stack([x, y], axis=-1)), dtype=object)


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

    Parameters
    ----------
    angle
        Radians.

    Returns
    -------
    float
        The same or the opposite direction, in (-90°, 90°].
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
            box = boxes_at(np.array([[x, y]]), half, np.array([angle]))[0]
            if clear(np.array([box], dtype=object), placed)[0]:
                placed.taken.append(box)
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
