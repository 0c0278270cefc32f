"""How wide the columns of a table are on paper, and what paper it is."""

from __future__ import annotations

import math
from collections.abc import Sequence

from landtrack.model.translations import LAST_NARROW, places

PAGE_MM = (210.0, 297.0)
MARGIN_MM = 15.0
WIDTH_MM = PAGE_MM[0] - 2 * MARGIN_MM

NARROWEST = 8.5
"""Places that a column has at least; a Chinese character takes two."""
LABEL_SHARE = 0.24
"""Share of the width that labels have where there are no headings."""
SIGNING_MM = {"text": 32.0, "line": 11.0}
"""How high the room for an opinion and for a signature is."""


def shares(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Share out the width of a table among its columns.

    Returns: A share for each column, together 1; a column with more to say is wider, by the root of
    it.
    """
    if not headings:
        return [LABEL_SHARE, 1 - LABEL_SHARE]
    needs = []
    for column in zip(headings, *rows, strict=True):
        longest = max(map(places, column))
        needs.append(max(math.sqrt(longest * 8), min(_longest_word(column), 16), NARROWEST))
    return [need / sum(needs) for need in needs]


def room(at: int) -> float:
    """Say how high a row is that is to be filled in by hand.

    ``at``: Its place: the first is for the opinion, the others for a signature each.
    Returns: Millimetres.
    """
    return SIGNING_MM["line" if at else "text"]


def _longest_word(column: Sequence[str]) -> float:
    """Give the places of the longest piece that cannot be broken."""
    return max(
        (
            len(piece) if ord(max(piece)) <= LAST_NARROW else NARROWEST
            for cell in column for piece in cell.split()
        ),
        default=NARROWEST,
    )
