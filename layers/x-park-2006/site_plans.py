"""Site plans: what stands on a plot, drawn from the plot's front left corner.

Each plan is a list of parts. Measures are snapped to half metres; sheds above 8 m count twice in
the floor area.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from frames import box, octagon

if TYPE_CHECKING:
    from collections.abc import Callable

    from frames import Ring

SMALL = 15_000
OFFICE_HEIGHTS = "3.9;3.6;3.6;3.6"
SHED_HEIGHTS = ("9.5", "10.8", "12.0", "9.0", "11.4", "13.5")


@dataclass(frozen=True)
class Part:
    """One building, structure or yard of a site plan, in the plot's own coordinates."""

    kind: str
    name: str
    outline: Ring
    storeys: int | None = None
    heights: str | None = None


@dataclass(frozen=True)
class Site:
    """The part of a plot that may be built on."""

    width: float
    depth: float
    turn: int
    inset_left: float = 0
    inset_right: float = 0

    @property
    def margin(self) -> float:
        """Distance kept from the plot's sides and back."""
        if self.area < SMALL:
            return 5
        return 10 if min(self.width, self.depth) >= 110 else 6

    @property
    def left(self) -> float:
        """Left limit of building."""
        return self.inset_left or self.margin

    @property
    def right(self) -> float:
        """Right limit of building."""
        return self.width - (self.inset_right or self.margin)

    @property
    def front(self) -> float:
        """Where the sheds begin, behind the office and the forecourt."""
        return 40 if self.depth >= 110 else 32

    @property
    def back(self) -> float:
        """Where the sheds end at the latest."""
        return self.depth - self.margin

    @property
    def area(self) -> float:
        """Area of the whole plot."""
        return self.width * self.depth


def half(value: float) -> float:
    """Round down to half metres."""
    return math.floor(value * 2) / 2


def office(site: Site, storeys: int = 3, share: float = 0.3) -> list[Part]:
    """Stand an office and a transformer house in front, on small plots a car park between."""
    wide = min(64, max(20, half((site.right - site.left) * share)))
    low = 14 if site.depth >= 110 else 10
    heights = ";".join(OFFICE_HEIGHTS.split(";")[:storeys])
    parts = [
        Part(
            "building", "办公楼", box(site.left, low, site.left + wide, low + 14), storeys, heights
        )
    ]
    house = site.right - site.left - wide >= 24
    car_park = box(site.left + wide + 3, low, site.right - (15 if house else 0), low + 14)
    if site.area < SMALL and car_park[1][0] - car_park[0][0] >= 6:
        parts.append(Part("yard", "停车场", car_park))
    if house:
        parts.append(Part("structure", "变配电间", box(site.right - 12, low, site.right, low + 8)))
    return parts


def sheds(
    site: Site, count: int, cover: float, height: str | None, storeys: int | None = 1
) -> tuple[list[Part], float]:
    """Stand equal sheds side by side over a share of the plot; also give where they end."""
    gap = 14 if site.width >= 160 else 8
    room = site.right - site.left - gap * (count - 1)
    deep = half((site.back - site.front) * (0.86 if count > 1 or site.area < SMALL else 0.9))
    wide = half(cover * site.area / deep / count)
    if wide * count > room:
        wide = half(room / count)
        deep = min(half(cover * site.area / wide / count), site.back - site.front)
    parts = []
    left = site.left
    for number in range(count):
        low = site.front + (4 * (number % 2) if deep + 4 <= site.back - site.front else 0)
        name = f"{number + 1}号厂房" if count > 1 else "厂房"
        parts.append(
            Part("building", name, box(left, low, left + wide, low + deep), storeys, height)
        )
        left += wide + gap
    return parts, left - gap


def yard(site: Site, end: float, share: float, top: float, *, crane: bool) -> list[Part]:
    """Lay an open yard beside the sheds, or behind them for want of room; some have a crane."""
    beside = site.right - end - 6
    low = half(top + 4)
    if beside >= 10:
        deep = min(site.back - site.front, half(share * site.area / beside))
        outline = box(end + 6, site.front, site.right, site.front + deep)
    elif site.back - low >= 6:
        deep = max(6, half(share * site.area / (site.right - site.left)))
        outline = box(site.left, low, site.right, min(site.back, low + deep))
    else:
        return []
    parts = [Part("yard", "露天堆场", outline)]
    (x0, y0), _, (x1, y1), _ = outline
    if crane and min(x1 - x0, y1 - y0) >= 18:
        parts.append(Part("structure", "龙门吊轨道", box(x0 + 3, y0 + 3, x0 + 15, y1 - 3)))
    return parts


def top_of(parts: list[Part]) -> float:
    """How far back the parts reach."""
    return max(y for part in parts for _, y in part.outline)


def workshop(
    count: int, height: str | None = None, cover: float | None = None
) -> Callable[[Site], list[Part]]:
    """Make a plan of single-storey sheds with an office and a yard."""

    def plan(site: Site) -> list[Part]:
        tall = height or SHED_HEIGHTS[site.turn % len(SHED_HEIGHTS)]
        share = cover or (38 + site.turn % 5) / 100
        halls, end = sheds(site, count, share, tall)
        return [
            *office(site),
            *halls,
            *yard(site, end, 0.12, top_of(halls), crane=site.turn % 3 == 0),
        ]

    return plan


def without_storeys(site: Site) -> list[Part]:
    """Sheds of which nobody has said how many storeys they have."""
    halls, end = sheds(site, 1, 0.40, None, None)
    return [*office(site), *halls, *yard(site, end, 0.12, top_of(halls), crane=False)]


def block(site: Site) -> list[Part]:
    """Production building of three storeys beside a shed."""
    wide = half((site.right - site.left - 12) * 0.5)
    deep = min(site.back - site.front - 8, half(site.area * 0.21 / wide))
    shed_deep = min(site.back - site.front - 8, half(site.area * 0.17 / wide))
    tower = Part(
        "building",
        "生产楼",
        box(site.left, site.front, site.left + wide, site.front + deep),
        3,
        "6.0;4.5;4.5",
    )
    left = site.left + wide + 12
    shed = Part(
        "building", "厂房", box(left, site.front, site.right, site.front + shed_deep), 1, "9.6"
    )
    low = site.front + shed_deep + 6
    rest = box(left, low, site.right, site.back)
    return [*office(site), tower, shed, Part("yard", "露天堆场", rest)]


def tower(site: Site) -> list[Part]:
    """Three slabs of four storeys with much open ground between them: the coverage stays low."""
    wide = half((site.right - site.left - 24) / 3)
    deep = half(min(site.area * 0.19 / wide / 3, site.back - site.front - 20))
    slabs = [
        Part(
            "building",
            f"{number + 1}号生产楼",
            box(left, site.front, left + wide, site.front + deep),
            4,
            "5.4;4.5;4.5;4.2",
        )
        for number, left in enumerate(site.left + step * (wide + 12) for step in range(3))
    ]
    low = site.back - half(site.area * 0.1 / (site.right - site.left))
    return [
        *slabs,
        Part(
            "yard",
            "露天堆场",
            box(site.left, max(low, site.front + deep + 4), site.right, site.back),
        ),
    ]


def chemical(site: Site) -> list[Part]:
    """Process building, a shed and a tank farm."""
    halls, end = sheds(site, 1, 0.24, "12.6")
    wide = half(min(site.right - end - 12, 90))
    process_deep = half(site.area * 0.085 / wide)
    left = end + 12
    process = Part(
        "building",
        "主装置楼",
        box(left, site.front, left + wide, site.front + process_deep),
        3,
        "9.0;6.0;6.0",
    )
    low = site.front + process_deep + 10
    farm = box(left, low, site.right, site.back)
    tanks = []
    radius = 9 if site.width >= 200 else 6
    x = left + radius + 3
    while x + radius + 3 <= site.right:
        tanks += [
            Part("structure", "储罐", octagon(x, y, radius))
            for y in (low + radius + 4, low + 3 * radius + 10)
            if y + radius + 3 <= site.back
        ]
        x += 2 * radius + 8
    return [*office(site), *halls, process, Part("yard", "罐区场地", farm), *tanks]


def exact_ratio(_site: Site) -> list[Part]:
    """Fill a plot of 125 m by 160 m with 12 000 m² of floor area: a plot ratio of exactly 0.6."""
    return [
        Part("building", "办公楼", box(10, 10, 60, 30), 3, "3.9;3.6;3.6"),
        Part("building", "厂房", box(10, 38, 110, 83), 1, "9.0"),
        Part("yard", "露天堆场", box(10, 95, 90, 145)),
    ]


def exact_cover(_site: Site) -> list[Part]:
    """Cover 9 000 m² of a plot of 125 m by 160 m: a coverage of exactly 0.45."""
    return [
        Part("building", "办公楼", box(8, 10, 33, 30), 4, OFFICE_HEIGHTS),
        Part("building", "厂房", box(8, 40, 118, 90), 1, "9.0"),
        Part("yard", "露天堆场", box(8, 98, 68, 148)),
    ]


PLANS: dict[str, Callable[[Site], list[Part]]] = {
    "one": workshop(1),
    "two": workshop(2),
    "three": workshop(3),
    "low": workshop(1, "7.5", 0.44),
    "high": workshop(1, "8.5", 0.42),
    "eight": workshop(1, "8.0", 0.42),
    "without_storeys": without_storeys,
    "block": block,
    "tower": tower,
    "chem": chemical,
    "exact_ratio": exact_ratio,
    "exact_cover": exact_cover,
}
