"""Where everything stands: paper, blocks, scale and window. Arithmetic in millimetres only.

A sheet's scale is metres on the ground divided by metres on paper; nothing here knows of a
dot or a pixel.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import shapely

from landtrack.model.errors import SourceError
from landtrack.output.sheets.template import PAPERS, Block, Margin, Paper, Template, Turn

TILE_EDGE_MM = 3.0
"""Around a feature that is split over several maps; above the millimetre of rounding."""

Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A rectangle on paper: millimetres from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float

    @property
    def width(self) -> float:
        """Its width.

        Returns: Millimetres.
        """
        return self.right - self.left

    @property
    def height(self) -> float:
        """Its height.

        Returns: Millimetres.
        """
        return self.top - self.bottom

    @property
    def rounded(self) -> tuple[float, float, float, float]:
        """Give its edges for a record.

        Returns: Left, bottom, right, top, to a hundredth of a millimetre.
        """
        return (
            round(self.left, 2), round(self.bottom, 2), round(self.right, 2), round(self.top, 2)
        )

    def inset(self, by: float) -> Box:
        """Draw its edges in.

        ``by``: Millimetres; outwards where negative.
        """
        return Box(
            left=self.left + by, bottom=self.bottom + by, right=self.right - by, top=self.top - by
        )


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page: its size, its blocks in their order with their boxes, and the box of the map."""

    paper: Paper
    turn: Turn
    width: float
    height: float
    inner: Box
    blocks: tuple[tuple[Block, Box], ...]
    map: Box


@dataclass(frozen=True, kw_only=True)
class Window:
    """The ground that a map shows: 1:``scale``, the lower left corner, and the box on paper."""

    scale: int
    east: float
    north: float
    box: Box

    @property
    def bounds(self) -> Bounds:
        """The ground shown.

        Returns: West, south, east, north in metres of the working CRS.
        """
        metres = self.scale / 1000
        return (
            self.east, self.north,
            self.east + self.box.width * metres, self.north + self.box.height * metres,
        )

    def on_paper(self, east: float, north: float) -> tuple[float, float]:
        """Say where a point of the ground lies on paper.

        ``east``, ``north``: Metres in the working CRS.
        Returns: Millimetres from the lower left corner of the page.
        """
        return (
            self.box.left + (east - self.east) * 1000 / self.scale,
            self.box.bottom + (north - self.north) * 1000 / self.scale,
        )

    def ground(self, millimetres: float) -> float:
        """Say how long a length on paper is on the ground."""
        return millimetres * self.scale / 1000


def page(template: Template, paper: Paper, turn: Turn) -> Page:
    """Lay a page out.

    Returns: With the boxes of its blocks, in their order, and the map in what they leave.
    Raises SourceError: If the blocks leave less than 20 mm for the map.
    """
    width, height = PAPERS[paper] if turn == "portrait" else PAPERS[paper][::-1]
    inner = _within(width, height, template.margin)
    free, blocks = inner, []
    for block in template.block:
        taken, free = _docked(block, free)
        blocks.append((block, taken))
    space = free.inset(template.frame.apart_mm)
    if min(space.width, space.height) < 20:  # noqa: PLR2004  no map is smaller
        raise SourceError(
            f"On {paper} {turn} the blocks of the template {template.id} leave "
            f"{space.width:g} × {space.height:g} mm for the map.",
            mend="Take a larger paper with --paper, or make the blocks of the template smaller.",
        )
    return Page(
        paper=paper, turn=turn, width=width, height=height, inner=inner, blocks=tuple(blocks),
        map=space,
    )


def _within(width: float, height: float, margin: Margin) -> Box:
    return Box(
        left=margin.left, bottom=margin.bottom, right=width - margin.right,
        top=height - margin.top,
    )


def _docked(block: Block, free: Box) -> tuple[Box, Box]:
    """Cut a block off the free box."""
    edges = {"left": free.left, "bottom": free.bottom, "right": free.right, "top": free.top}
    inward = block.size_mm if block.dock in {"left", "bottom"} else -block.size_mm
    cut = edges[block.dock] + inward
    opposite = {"left": "right", "right": "left", "top": "bottom", "bottom": "top"}[block.dock]
    return Box(**{**edges, opposite: cut}), Box(**{**edges, block.dock: cut})


# --- scale ----------------------------------------------------------------------------------


def fits(template: Template, space: Box, size: tuple[float, float], scale: int) -> bool:
    """Tell whether a feature fits into a map.

    ``template``: The template, which says how much of the map may be filled.
    ``size``: Width and height of the feature in metres.
    Returns: True if it fits in both directions.
    """
    subject = template.subject
    return all(
        metres * 1000 / scale <= min(room * subject.most, room - 2 * subject.room_mm)
        for metres, room in zip(size, (space.width, space.height), strict=True)
    )


def choose(template: Template, bounds: Bounds) -> tuple[Page, int] | None:
    """Choose paper and scale: the largest legal scale at which the feature fits.

    ``bounds``: West, south, east, north of the feature in metres.
    Returns: The page and the N of 1:N; None where no legal scale fits on any of the papers.
    """
    best: tuple[Page, int] | None = None
    for paper in template.papers:
        for turn in template.turns:
            laid = page(template, paper, turn)
            scale = next(
                (each for each in template.scales
                 if fits(template, laid.map, _size(bounds), each)), None
            )
            if scale is not None and (
                best is None or scale < best[1]
                or (scale == best[1] and _closer(laid, best[0], bounds))
            ):
                best = (laid, scale)
        if best is not None and best[1] <= template.coarsest_on_paper:
            return best
    return best


def _closer(laid: Page, other: Page, bounds: Bounds) -> bool:
    """Tell whether the map of a page has a shape more like that of a feature than another's."""
    wide, high = _size(bounds)

    def unlike(each: Page) -> float:
        return abs(math.log((wide * each.map.height) / (high * each.map.width)))

    return laid.paper == other.paper and min(wide, high) > 0 and unlike(laid) < unlike(other)


def at_scale(template: Template, bounds: Bounds, scale: int) -> Page | None:
    """Choose the paper for a scale that is given.

    ``bounds``: West, south, east, north of the feature in metres.
    Returns: The first on which the feature fits, turned as suits its shape; None where it fits on
    none.
    """
    for paper in template.papers:
        best: Page | None = None
        for turn in template.turns:
            laid = page(template, paper, turn)
            if fits(template, laid.map, _size(bounds), scale) and (
                best is None or _closer(laid, best, bounds)
            ):
                best = laid
        if best is not None:
            return best
    return None


def window(space: Box, bounds: Bounds, scale: int) -> Window:
    """Show the ground around a feature, the feature in the middle.

    ``bounds``: West, south, east, north of the feature in metres.
    Returns: Its lower left corner lies on a whole millimetre of paper.
    """
    west, south, east, north = bounds
    metres = scale / 1000
    return Window(
        scale=scale, box=space,
        east=_down((west + east - space.width * metres) / 2, metres),
        north=_down((south + north - space.height * metres) / 2, metres),
    )


def tiles(
    template: Template, space: Box, shape: shapely.Geometry, scale: int
) -> tuple[Window, ...]:
    """Split a feature over several maps of one scale, each overlapping the next.

    ``shape``: The feature, in metres.
    Returns: From the north-west, row by row; those that would show nothing of the feature are left
    out.
    """
    metres = scale / 1000
    west, south, east, north = _grown(shape.bounds, TILE_EDGE_MM * metres)
    across = _starts(west, east, space.width * metres, template.overlap_mm * metres)
    up = _starts(south, north, space.height * metres, template.overlap_mm * metres)
    made = [
        Window(scale=scale, box=space, east=_down(x, metres), north=_down(y, metres))
        for y in reversed(up) for x in across
    ]
    shapely.prepare(shape)
    return tuple(each for each in made if shape.intersects(shapely.box(*each.bounds)))


def _grown(bounds: Bounds, by: float) -> Bounds:
    west, south, east, north = bounds
    return west - by, south - by, east + by, north + by


def _starts(low: float, high: float, length: float, overlap: float) -> list[float]:
    """Cover a stretch by as few lengths as overlap by at least so much, in the middle."""
    count = max(1, math.ceil((high - low - overlap) / (length - overlap)))
    step = (high - low - length) / (count - 1) if count > 1 else 0.0
    first = low if count > 1 else (low + high - length) / 2
    return [first + step * at for at in range(count)]


def _down(value: float, step: float) -> float:
    """Round down to a whole millimetre of paper; exact to the micrometre of ground."""
    return round(math.floor(value / step) * step, 6)


def _size(bounds: Bounds) -> tuple[float, float]:
    west, south, east, north = bounds
    return east - west, north - south


# --- grid and bars --------------------------------------------------------------------------


def nice_step(at_least: float) -> float:
    """Round a length up to 1, 2 or 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(at_least))
    return float(next(
        times * power for times in (1, 2, 5, 10) if times * power >= at_least * (1 - 1e-9)
    ))


def ticks(low: float, high: float, step: float) -> Sequence[float]:
    """List the multiples of a step within a stretch."""
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [at * step for at in range(first, last + 1)]


def union(bounds: Iterable[Bounds]) -> Bounds:
    """Give the box around several."""
    west, south, east, north = zip(*bounds, strict=True)
    return min(west), min(south), max(east), max(north)
