"""Local frames, and the shapes that are drawn in them.

A frame is turned by a Pythagorean angle, so that points on a 0.025 m grid fall on whole
millimetres of the map grid and areas and lengths stay exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]
Ring = list[Point]

# How far the inner corners of parcels stand off an even division of their block, in metres.
ALONG = (14, -9, 22, -17, 6, -26, 11, 0, 19, -12, 27)
UP = (18, -31, 9, 34, -14, -40, 25, 3, -22)
# The uneven edge of a village: share of its radius at each sixteenth of a turn, in percent.
OUTLINE = (96, 88, 104, 92, 80, 99, 110, 94, 85, 101, 90, 107, 97, 84, 95, 103)


@dataclass(frozen=True)
class Frame:
    """A local system: origin on the map grid, and cosine and sine in twenty-fifths."""

    east: int
    north: int
    cos: int
    sin: int

    def to_map(self, point: Point) -> Point:
        """Turn and shift one local point onto the map grid, to the millimetre."""
        along, up = point
        east = self.east + (self.cos * along - self.sin * up) / 25
        north = self.north + (self.sin * along + self.cos * up) / 25
        return round(east, 3), round(north, 3)

    def from_map(self, point: Point) -> Point:
        """Give a point of the map grid in the local system."""
        east, north = point[0] - self.east, point[1] - self.north
        return (
            (self.cos * east + self.sin * north) / 25, (self.cos * north - self.sin * east) / 25
        )

    def ring(self, points: list[list[float]] | Ring) -> Ring:
        """Place an outline on the map grid, closed and counter-clockwise."""
        ring = [self.to_map((x, y)) for x, y in points]
        if twice_area(ring) < 0:
            ring.reverse()
        return [*ring, ring[0]]


def twice_area(ring: Ring) -> float:
    """Twice the signed area of an outline, positive when it runs counter-clockwise."""
    x0, y0 = ring[0]
    moved = [(x - x0, y - y0) for x, y in ring]
    return sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairwise([*moved, moved[0]]))


def area(ring: Ring) -> float:
    """Area of an outline in square metres, to the thousandth."""
    return round(abs(twice_area(ring)) / 2, 3)


def box(x0: float, y0: float, x1: float, y1: float) -> Ring:
    """Outline of an upright rectangle."""
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def octagon(x: float, y: float, radius: float) -> Ring:
    """Outline of a round tank, on half metres."""
    cut = math.floor(radius * 0.8) / 2
    return [
        (x - cut, y - radius), (x + cut, y - radius), (x + radius, y - cut), (x + radius, y + cut),
        (x + cut, y + radius), (x - cut, y + radius), (x - radius, y + cut), (x - radius, y - cut),
    ]  # fmt: skip


def village_outline(centre: Point, radius: float, turn: int) -> Ring:
    """Draw the uneven outline of a village, on whole metres; `turn` varies it."""
    outline = []
    for step in range(16):
        reach = radius * OUTLINE[(step + 5 * turn) % 16] / 100
        angle = step * math.pi / 8
        outline.append(
            (round(centre[0] + reach * math.cos(angle)), round(centre[1] + reach * math.sin(angle)))
        )
    return outline


def mesh(corners: list[Point], columns: int, merge: list[int], turn: int) -> list[Ring]:
    """Cut a block into columns of two parcels each (one where merged), with uneven inner corners.

    Parcels share their corners, so that they fill the block without gaps or overlaps. The block's
    upper and lower edges run along the frame; its sides may slant.
    """
    (left0, low), (right0, _), (right2, high), (left2, _) = corners
    sides = [(left0, right0), ((left0 + left2) / 2, (right0 + right2) / 2), (left2, right2)]
    levels = [low, (low + high) / 2, high]
    node: dict[tuple[int, int], Point] = {}
    for row, (left, right) in enumerate(sides):
        for column in range(columns + 1):
            x, y = left + (right - left) * column / columns, levels[row]
            if 0 < column < columns:
                x = round(x) + ALONG[(turn * 5 + column * 3 + row) % len(ALONG)]
                if row == 1:
                    y = round(y) + UP[(turn * 2 + column) % len(UP)]
            elif column == columns:
                x = right
            node[row, column] = (x, y)
    parcels = []
    for column in range(columns):
        lower, middle, upper = ([node[row, column], node[row, column + 1]] for row in range(3))
        if column in merge:
            parcels.append([*lower, middle[1], *upper[::-1], middle[0]])
        else:
            parcels.append([*lower, *middle[::-1]])
            parcels.append([*middle, *upper[::-1]])
    return parcels
