"""What a workbook says of its cells beside their values, whatever its format."""

from __future__ import annotations

import re
from dataclasses import dataclass, field as of

ZEROS = re.compile(r'"?(0{2,})"?')
"""The format of a number that is written with leading zeros."""


@dataclass
class Seen:
    """What is remarkable of one sheet; cells are (row from 1, column from 0).

    ``padded`` gives the digits that a number is written with. ``last`` are the last row and
    column in which a cell stands, ``cells`` how many cells hold a value. ``epoch`` is the year
    that the numbers of days count from. ``uncomputed`` are formulas without a result, also those
    with a result of 0 or no text of which nothing says that it was computed: programs that write
    workbooks put it there for a spreadsheet program to replace.
    """

    struck: set[tuple[int, int]] = of(default_factory=set)
    uncomputed: set[tuple[int, int]] = of(default_factory=set)
    errors: dict[tuple[int, int], str] = of(default_factory=dict)
    padded: dict[tuple[int, int], int] = of(default_factory=dict)
    hidden: set[int] = of(default_factory=set)
    hidden_columns: set[int] = of(default_factory=set)
    merged: list[tuple[int, int, int, int]] = of(default_factory=list)
    last: tuple[int, int] = (0, 0)
    cells: int = 0
    epoch: int = 1900

    def holds(self, row: int, column: int, *, times: int = 1) -> None:
        """Count a cell with a value, or several alike that end there."""
        self.cells += times
        self.last = (max(self.last[0], row), max(self.last[1], column))


def digits(code: str) -> int:
    """Tell how many digits the format of a number writes at least.

    ``code``: Such as ``"000"``.
    Returns: 0 where it pads nothing.
    """
    zeros = ZEROS.fullmatch(code)
    return len(zeros[1]) if zeros else 0
