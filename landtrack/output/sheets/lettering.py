"""Writes labels that were placed, and lightens what lies under them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from landtrack.output.sheets.pdf_canvas import BLACK, CAP, Pen

LEADING = 1.25
"""From line to line, in sizes."""

HALO = "#FFFFFF"
HALO_MM = 0.2
"""How far the halo of a label reaches beyond it."""

HALO_OPACITY = 0.8


class Label(NamedTuple):
    """A label as placed: lines of text around a middle on paper, in millimetres."""

    key: str
    x: float
    y: float
    size: float
    angle: float
    lines: tuple[str, ...]
    bold: bool = False
    colour: str = BLACK


def extent(lines: Sequence[str], width: Callable[[str], float]) -> tuple[float, float]:
    """Say how large a label is."""
    wide = width(lines[0]) if len(lines) == 1 else max(map(width, lines))
    return wide, CAP + LEADING * (len(lines) - 1)


def draw(pen: Pen, placed: Sequence[Label]) -> None:
    """Write labels, each in its colour."""
    for (size, simple, bold, colour), group in groupby(
        placed, key=lambda each: (
            each.size, each.angle == 0.0 and len(each.lines) == 1, each.bold, each.colour
        )
    ):
        pen.fill(colour)
        if simple and not bold:
            own = list(group)
            pen.texts(
                [(each.x, each.y - CAP / 2 * size) for each in own],
                [each.lines[0] for each in own], size=size,
            )
            continue
        for label in group:
            for x, y, line in _written(label):
                pen.text(
                    x, y, line, size=label.size, anchor="center", angle=label.angle,
                    bold=label.bold,
                )


def _written(label: Label) -> Iterator[tuple[float, float, str]]:
    """Say where each line of a label stands, by the middle of its foot."""
    size = label.size
    top = (LEADING * (len(label.lines) - 1) - CAP) / 2 * size
    sin, cos = math.sin(label.angle), math.cos(label.angle)
    for at, line in enumerate(label.lines):
        down = top - at * LEADING * size
        yield label.x - down * sin, label.y + down * cos, line


def halos(pen: Pen, placed: Sequence[Label]) -> None:
    """Lighten what lies under labels: a broad line with round ends under each of their lines."""
    by_size: dict[float, list[tuple[float, float, float, float]]] = {}
    for label in placed:
        high = CAP * label.size + 2 * HALO_MM
        sin, cos = math.sin(label.angle), math.cos(label.angle)
        for x, y, line in _written(label):
            reach = max(pen.width(line, label.size, bold=label.bold) - CAP * label.size, 0.02) / 2
            up = CAP / 2 * label.size
            by_size.setdefault(high, []).append((
                x - up * sin - reach * cos, y + up * cos - reach * sin,
                x - up * sin + reach * cos, y + up * cos + reach * sin,
            ))
    with pen.state(), pen.marked("halos"):
        pen.alpha(1.0, HALO_OPACITY)
        pen.code.append("1 J")
        for high, ends in by_size.items():
            pen.stroke(HALO, high)
            pen.segments(ends)
