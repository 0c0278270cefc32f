"""Places labels: in their polygon where they fit in it, never over one another.

A label tries places in its polygon from the largest size down, level and then along the
polygon, first where it lies over no line; only one that fits nowhere inside may reach out, and
only where nothing is in its way. Those of facilities then stand beside them, those of lines
along them, once for all stretches of one name. What has no place is dropped and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely

from landtrack.output.sheets.collisions import Floats, Ints, Mask, Shapes, Taken, boxes_at
from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.lettering import Label, extent
from landtrack.output.sheets.pdf_canvas import BLACK, CAP

PAD = 0.12
"""Clear around a label, in sizes."""

ABOVE_MM = 0.7
"""Between a line and its label."""

BESIDE_MM = 0.6
"""Between a symbol, or a facility, and its label."""

BENT_MM = 0.5
"""How far a line may bend away from a label that stands along it."""

STRAIGHT = 0.97
"""How much shorter than the line the straight way along a label may be."""

STEP_MM = 3.0
"""Between the places along a line that are tried, where there are not more than TRIED."""

TRIED = 40

LEVELS = (0.5, 0.35, 0.65, 0.22, 0.78)
"""At which heights of a polygon the widest place is looked for."""


@dataclass(kw_only=True)
class Placed:
    """The labels of a map so far, the boxes that they and other things take, and the dropped.

    ``figures`` are the boxes of texts alone. ``lines`` are what a label should not lie over
    where it finds another place: lines on paper, in a tree.
    """

    taken: Taken = field(default_factory=Taken)
    labels: list[Label] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)
    figures: list[shapely.Geometry] = field(default_factory=list)
    lines: shapely.STRtree | None = None

    def write(self, boxes: Shapes) -> None:
        """Take the boxes of texts."""
        self.taken.add(boxes)
        self.figures += boxes.tolist()

    def over_lines(self, boxes: Shapes) -> Mask:
        """Tell which boxes lie over lines."""
        over = np.zeros(len(boxes), dtype=bool)
        if self.lines is not None and len(boxes):
            over[self.lines.query(boxes, predicate="intersects")[0]] = True
        return over


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What is to be labelled: n shapes, their keys, and the lines of each.

    ``away_mm`` is how far symbols and lines reach from their middle. ``beside``: what has no
    room inside is given back, to be placed beside it.
    """

    keys: Sequence[str]
    shapes: Shapes
    lines: Sequence[tuple[str, ...]]
    sizes: tuple[float, ...]
    bold: bool = False
    colour: str = BLACK
    away_mm: float = 0.0
    beside: bool = False


Left = list[tuple[int, shapely.Geometry, tuple[str, ...]]]
"""What is to stand beside its shape: which, the shape on paper, and its lines."""


def place(wish: Wish, window: Window, width: Callable[[str], float], placed: Placed) -> Left:
    """Place the labels of one layer.

    ``wish``: The labels; polygons have theirs inside, lines along, points beside.
    Returns: Those that are to stand beside; none unless the wish says so.
    """
    if not len(wish.shapes):
        return []
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
    of_row = dict(texts)
    areas = _Areas(wish, _largest(seen), of_row, width, placed)
    left = areas.run(np.array(area, dtype=np.int64))
    for at, lines in texts:
        if dimension[at] == 0:
            left.append((at, seen[at], lines))
    by_name: dict[tuple[str, ...], list[int]] = {}
    for at, lines in texts:
        if dimension[at] == 1:
            by_name.setdefault(lines, []).append(at)
    for lines, rows in by_name.items():
        _along(wish, rows[0], shapely.line_merge(shapely.union_all(seen[rows])), lines, width,
               placed)
    if wish.beside:
        return left
    stand_beside(wish, left, width, placed)
    return []


def stand_beside(
    wish: Wish, left: Left, width: Callable[[str], float], placed: Placed
) -> None:
    """Place labels beside their shapes, in the largest size at which there is room."""
    for at, shape, lines in left:
        wide, high = extent(lines, width)
        for size in wish.sizes:
            half = np.array([[(wide / 2 + PAD) * size, (high / 2 + PAD) * size]])
            places = np.array(_round(shape, half[0], wish.away_mm))
            if _first(wish, at, lines, (places, half, size), placed):
                break
        else:
            placed.dropped.append(wish.keys[at])


def _first(
    wish: Wish, at: int, lines: tuple[str, ...], how: tuple[Floats, Floats, float], placed: Placed
) -> bool:
    """Put a label at the first place that is clear, over no line if one of them is."""
    places, half, size = how
    if not len(places):
        return False
    boxes = boxes_at(places[:, :2], np.repeat(half, len(places), axis=0), places[:, 2])
    clear = np.array([placed.taken.clear(boxes[[each]])[0] for each in range(len(boxes))])
    good = np.flatnonzero(clear)
    if not len(good):
        return False
    over = placed.over_lines(boxes[good])
    chosen = int(good[np.argmin(over)])
    placed.write(boxes[[chosen]])
    x, y, angle = places[chosen].tolist()
    placed.labels.append(Label(
        wish.keys[at], x, y, size, angle, lines, wish.bold, wish.colour
    ))
    return True


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
        self.over_lines = True

    def run(self, left: Ints) -> Left:
        """Go from the best way of labelling to the poorest; give back what stands beside."""
        if not len(left):
            return []
        shapely.prepare(self.shapes[left])
        left, hopeless = self._hopeful(left)
        for over_lines in (False, True) if self.placed.lines is not None else (True,):
            self.over_lines = over_lines
            for size in self.wish.sizes:
                left = self._try(left, size, self._middles)
                left = self._try(left, size, self._insides)
            stretches = self._stretches(left)
            for size in self.wish.sizes:
                for stretch in stretches:
                    left = self._try(left, size, stretch.__getitem__)
            left = self._along(left)
        left = np.sort(np.concatenate([left, hopeless]))
        if self.wish.beside:
            return [(at, self.shapes[at], self.lines[at]) for at in left.tolist()]
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
        return []

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
        if not self.over_lines:
            good[good] = ~self.placed.over_lines(boxes[good])
        good[good] = self.placed.taken.clear(boxes[good])
        self._put(left[at[good]], size, middles[good], boxes[good], turned[at[good]])
        return np.asarray(np.delete(left, at[good]))

    def _put(
        self, which: Ints, size: float, middles: Floats, boxes: Shapes, angles: Floats
    ) -> None:
        keys, lines, wish = self.wish.keys, self.lines, self.wish
        self.placed.write(boxes)
        self.placed.labels += [
            Label(keys[at], x, y, size, angle, lines[at], wish.bold, wish.colour)
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


def _round(shape: shapely.Geometry, half: Floats, away: float) -> list[tuple[float, float, float]]:
    """Give the middles of the places around a shape: right, above, left, below, the corners."""
    left, bottom, right, top = shapely.bounds(shape).tolist()
    x, y = (left + right) / 2, (bottom + top) / 2
    wide = (right - left) / 2 + half[0] + away + BESIDE_MM
    high = (top - bottom) / 2 + half[1] + away + BESIDE_MM
    return [
        (x + wide * a, y + high * b, 0.0)
        for a, b in ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (1, -1), (-1, -1))
    ]


def _along(
    wish: Wish, at: int, shape: shapely.Geometry, lines: tuple[str, ...],
    width: Callable[[str], float], placed: Placed,
) -> None:
    """Place the label of a line along it, once for all its stretches."""
    wide, high = extent(lines, width)
    for size in wish.sizes:
        half = np.array([[(wide / 2 + PAD) * size, (high / 2 + PAD) * size]])
        if _first(wish, at, lines, (_straight(shape, half[0], wish.away_mm), half, size), placed):
            return
    placed.dropped.append(wish.keys[at])


def _straight(shape: shapely.Geometry, half: Floats, away: float) -> Floats:
    """Give places on both sides of the stretches that are straight enough, the middle first."""
    found = []
    for part in sorted(shapely.get_parts(shape), key=lambda each: -each.length):
        room = part.length - 2 * half[0]
        if room < 0:
            break
        count = int(min(TRIED, max(1, room // STEP_MM)))
        starts = room * (np.arange(count) + 0.5) / count
        steps = half[0] * 2 * np.linspace(0, 1, 9)
        points = shapely.get_coordinates(shapely.line_interpolate_point(
            part, (starts[:, None] + steps).ravel()
        )).reshape(count, len(steps), 2)
        chord = points[:, -1] - points[:, 0]
        length = np.hypot(*chord.T)
        ahead = chord / np.maximum(length, 1e-9)[:, None]
        inner = points - points[:, :1]
        bent = inner[..., 1] * ahead[:, None, 0] - inner[..., 0] * ahead[:, None, 1]
        good = np.flatnonzero(
            (length > STRAIGHT * 2 * half[0]) & (np.ptp(bent, axis=1) < BENT_MM)
        )
        middle = np.argsort(np.abs(starts[good] - room / 2), kind="stable")
        for each in good[middle].tolist():
            angle = upright(float(np.arctan2(ahead[each, 1], ahead[each, 0])))
            up = np.array([-np.sin(angle), np.cos(angle)])
            x, y = points[each].mean(axis=0)
            off = half[1] + ABOVE_MM + away + np.ptp(bent[each]) / 2
            found += [(x + up[0] * off * side, y + up[1] * off * side, angle) for side in (1, -1)]
    return np.array(found[:2 * TRIED]).reshape(-1, 3)
