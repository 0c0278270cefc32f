"""A block of a report: a table of values with what they are, and how its chart is drawn.

The values are as they were computed; each writer formats them: the page as text, the workbook
as numbers with all their digits.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

from landtrack.model.translations import DASH

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Show = Literal["count", "m2", "ha", "mu", "money", "share", "share1", "six", "all"]
"""What a number is shown as: how many, an area, hundreds of millions, a share of 1 in per cent, a
figure of six digits or of all it has."""
PAGE: dict[Show, str] = {
    "count": ",.0f", "m2": ",.0f", "ha": ",.2f", "mu": ",.1f", "money": ",.2f", "share": ".0%",
    "share1": ".1%", "six": ",.6g", "all": ",.10g",
}
WORKBOOK: dict[Show, str] = {
    "count": "#,##0", "m2": "#,##0", "ha": "#,##0.00", "mu": "#,##0.0", "money": "#,##0.00",
    "share": "0%", "share1": "0.0%", "six": "General", "all": "General",
}
"""The same as number formats of a workbook, which holds every digit."""


@dataclass(frozen=True)
class Cell:
    """A value of a table, None where it is not known, and what a number is shown as."""

    value: str | float | date | None
    show: Show = "all"

    @property
    def known(self) -> bool:
        """Whether there is a value.

        Returns: False for None and NaN.
        """
        return self.value is not None and not (
            isinstance(self.value, float) and math.isnan(self.value)
        )

    @property
    def text(self) -> str:
        """The value for a page.

        Returns: A dash where it is not known.
        """
        if not self.known:
            return DASH
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, date):
            return f"{self.value:%Y-%m-%d}"
        return format(self.value, PAGE[self.show])


@dataclass(frozen=True, kw_only=True)
class Block:
    """A table of a report: headings, cells, the numeric columns, notes, and how to draw it."""

    name: str
    title: str
    headings: tuple[str, ...] = ()
    cells: tuple[tuple[Cell, ...], ...] = ()
    numeric: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    draw: Callable[[], Figure] | None = None

    @property
    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The cells as text.

        Returns: Row by row.
        """
        return tuple(tuple(cell.text for cell in row) for row in self.cells)
