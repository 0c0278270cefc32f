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
LOWEST_MM = 32.0
"""A map that makes room for others on its page is at least so high."""
LABEL_SHARES = {2: (0.24, 0.76), 4: (0.15, 0.35, 0.15, 0.35)}
"""Shares of the width that labels and what they label have, where there are no headings."""


def shares(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[float]:
    """Share out the width of a table among its columns.

    Returns: A share for each column, together 1; a column with more to say is wider, by the root of
    it.
    """
    if not headings:
        return list(LABEL_SHARES[len(rows[0])])
    needs = []
    for column in zip(headings, *rows, strict=True):
        longest = max(map(places, column))
        needs.append(max(math.sqrt(longest * 8), min(_longest_word(column), 16), NARROWEST))
    return [need / sum(needs) for need in needs]


def _longest_word(column: Sequence[str]) -> float:
    """Give the places of the longest piece that cannot be broken."""
    return max(
        (
            len(piece) if ord(max(piece)) <= LAST_NARROW else NARROWEST
            for cell in column for piece in cell.split()
        ),
        default=NARROWEST,
    )
