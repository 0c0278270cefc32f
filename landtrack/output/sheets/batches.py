"""Draws an atlas in parts of some sheets each, that can be drawn apart from one another."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from landtrack.output.sheets.document import Plan, Sheet
from landtrack.output.sheets.mapframe import Prepared
from landtrack.output.sheets.pdf_canvas import Pen

SHEETS = 16
"""Sheets of a part: the fewer, the more often the fonts' characters are in the file."""

Tell = Callable[[str, str], None]


@dataclass(frozen=True, kw_only=True)
class Part:
    """Some sheets as a PDF of their own, and what their pages claim."""

    pdf: bytes
    claims: tuple[dict[str, Any], ...]


def cut(planned: Sequence[Plan]) -> list[tuple[Plan, ...]]:
    """Cut sheets into parts, the same however many draw them.

    Returns: Parts in their order.
    """
    return [tuple(planned[at:at + SHEETS]) for at in range(0, len(planned), SHEETS)]


def _silent(_step: str, _what: str) -> None:
    """Tell nobody."""


@contextmanager
def _uncollected() -> Iterator[None]:
    """Put off the search for garbage: it goes through every feature, a tenth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def draw(prepared: Prepared, planned: Sequence[Plan], tell: Tell = _silent) -> Part:
    """Draw some sheets.

    ``prepared``: The store, as far as the sheets show it, and the template.
    Raises OutputError: If a character has no glyph.
    """
    pen = Pen(prepared.template.fonts, tell=tell)
    claims: list[dict[str, Any]] = []
    with _uncollected():
        for each in planned:
            tell("draw", each.subject.name)
            claims += Sheet(pen, prepared, each).draw()
    return Part(pdf=pen.save(), claims=tuple(claims))
