"""Numbers in columns of coordinates and in files of boundaries."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from landtrack.model.catalog import numbers as strict

WHOLE_WITH_POINT = re.compile(r"[+-]?\d+\.", re.ASCII)
STRANGE = re.compile(r"[^0-9.+\-eE]")
"""What is no part of a number in digits and a point."""


def numbers(cells: Sequence[str]) -> npt.NDArray[np.float64]:
    """Read numbers.

    ``cells``: n texts.
    Returns ndarray of float64, (n,): NaN where there is no finite number.
    """
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        values = np.array([number(cell) for cell in cells], dtype=np.float64)
    else:
        if STRANGE.search("".join(cells)):  # 1_000 is a number to Python, not to people
            for at in (at for at, cell in enumerate(cells) if STRANGE.search(cell)):
                values[at] = number(cells[at])
    return np.where(np.isfinite(values), values, np.nan)


def number(cell: str) -> float:
    """Read one number.

    ``cell``: Text such as ``"3797916.479"``, ``"３７９"``, ``"3,797,916.479"``; programs write
    ``"3797916."`` too.
    Returns: NaN where it is not exactly one finite number, by the grammar of
    :mod:`landtrack.model.catalog.numbers`.
    """
    plain = strict.half_width(cell)
    return strict.number(plain[:-1] if WHOLE_WITH_POINT.fullmatch(plain) else plain)
