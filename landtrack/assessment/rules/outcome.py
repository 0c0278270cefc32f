"""Compares values with limits, unrounded.

A quotient of measured figures carries rounding of about 1e-15 of its size; values within
:data:`NOISE` of a limit are therefore on the limit, so that exactly 0.6 passes ``>= 0.6``
and exactly 45 % fails ``> 45 %`` whichever way they were measured.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from landtrack.model import RELATIONS, Outcome, Relation

Figures = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int8]

NOISE = 1e-9
"""Relative difference below which a value is the limit; a millimetre is 1e-5 of a plot."""

OUTCOMES = np.array([each.value for each in Outcome], dtype=object)
"""The outcomes by their code."""
PASS, FAIL, UNKNOWN, NOT_APPLICABLE = (np.int8(at) for at in range(len(OUTCOMES)))


def on_line(value: Figures, limit: Figures) -> npt.NDArray[np.bool_]:
    """Tell which values are their limit but for rounding.

    ``value``, ``limit``: n figures in one unit.
    Returns ndarray of bool, (n,): False where either is missing.
    """
    near: npt.NDArray[np.bool_] = np.abs(value - limit) <= NOISE * np.abs(limit)
    return near


def codes(value: Figures, relation: Relation, limit: Figures, upper: Figures) -> Codes:
    """Compare values with limits.

    ``value``: n values; NaN is a missing input.
    ``limit``, ``upper``: n limits in the same unit; ``upper`` counts for ``between`` only.
    Returns ndarray of int8, (n,): Codes of pass, fail, or unknown where value or limit is missing.
    """
    compared = np.where(on_line(value, limit), limit, value)
    if relation == "between":
        below = np.where(on_line(value, upper), upper, value)
        kept = (compared >= limit) & (below <= upper)
        known = np.isfinite(value) & np.isfinite(limit) & np.isfinite(upper)
    else:
        kept = RELATIONS[relation](compared, limit)
        known = np.isfinite(value) & np.isfinite(limit)
    told: Codes = np.where(known, np.where(kept, PASS, FAIL), UNKNOWN)
    return told
