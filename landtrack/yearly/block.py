"""A block of a report: a table, and how its chart is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True, kw_only=True)
class Block:
    """A table of a report: headings, rows, the numeric columns, notes, and how to draw it."""

    name: str
    title: str
    headings: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    numeric: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    draw: Callable[[], Figure] | None = None
