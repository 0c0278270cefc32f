"""Which parts of a map are taken: boxes on paper that nothing else may be written over."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.output.sheets.layout import Box

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Shapes = npt.NDArray[np.object_]

FEW = 100_000
"""Pairs of boxes that are compared one by one; above, building a tree pays."""


@dataclass(kw_only=True)
class Taken:
    """Boxes, level or turned, within a ``frame`` (left, bottom, right, top), or anywhere."""

    frame: tuple[float, float, float, float] | None = None
    boxes: list[shapely.Geometry] = field(default_factory=list)
    _bounds: Floats = field(default_factory=lambda: np.empty((256, 4)))

    def add(self, boxes: Shapes) -> None:
        """Take boxes.

        ``boxes``: Polygons in millimetres on paper.
        """
        begun, end = len(self.boxes), len(self.boxes) + len(boxes)
        if end > len(self._bounds):
            more = np.empty((2 * end, 4))
            more[:begun] = self._bounds[:begun]
            self._bounds = more
        self._bounds[begun:end] = shapely.bounds(boxes)
        self.boxes += boxes.tolist()

    def take(self, box: Box) -> None:
        """Take a level box.

        ``box``: Millimetres on paper.
        """
        self.add(np.array(
            [shapely.box(box.left, box.bottom, box.right, box.top)], dtype=object
        ))

    def clear(self, boxes: Shapes) -> Mask:
        """Tell which boxes are clear of what is taken, and of those before them.

        ``boxes``: Boxes on paper, in millimetres.
        Returns: One per box; False where it touches or leaves the frame.
        """
        free = np.ones(len(boxes), dtype=bool)
        if not len(boxes):
            return free
        bounds = shapely.bounds(boxes)
        if self.frame is not None:
            left, bottom, right, top = self.frame
            free &= (
                (bounds[:, 0] > left) & (bounds[:, 1] > bottom)
                & (bounds[:, 2] < right) & (bounds[:, 3] < top)
            )
        if self.boxes:
            free[_meeting(boxes, bounds, self.boxes, self._bounds[:len(self.boxes)])[0]] = False
        one, two = _meeting(boxes, bounds, boxes, bounds)
        later = one < two
        for first, second in sorted(zip(one[later].tolist(), two[later].tolist(), strict=True)):
            if free[first]:
                free[second] = False
        return free


def _meeting(
    boxes: Shapes, bounds: Floats, others: Shapes | list[shapely.Geometry], their: Floats
) -> tuple[Ints, Ints]:
    """Find the pairs that meet: few by comparing their extents, many by a tree."""
    if len(boxes) * len(others) > FEW:
        one, two = shapely.STRtree(others).query(boxes, predicate="intersects")
        return one, two
    a, b = bounds[:, None], their[None]
    one, two = np.nonzero(
        (a[..., 0] <= b[..., 2]) & (b[..., 0] <= a[..., 2])
        & (a[..., 1] <= b[..., 3]) & (b[..., 1] <= a[..., 3])
    )
    found = np.array([others[at] for at in two.tolist()], dtype=object)
    meet = shapely.intersects(boxes[one], found)
    return one[meet], two[meet]


def boxes_at(middles: Floats, half: Floats, angles: Floats) -> Shapes:
    """Make the boxes that texts take.

    ``middles``: Where, (n, 2).
    ``half``: Half their width and height, (n, 2).
    ``angles``: Radians, (n,).
    Returns: n boxes.
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
