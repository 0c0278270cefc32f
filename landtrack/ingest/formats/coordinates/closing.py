"""When a ring has come back to its first corner, in metres and in degrees."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

CLOSING_M = 0.0025
CLOSING_DEGREES = 1e-8
"""How far the last point of a ring may lie from its first, as ``CLOSING_M`` in metres."""
DEGREES_WITHIN = 400
"""Numbers below are degrees, if anything."""

Floats = npt.NDArray[np.float64]


def are_degrees(coordinates: Floats) -> bool:
    """Tell whether coordinates are degrees, by their size.

    ``coordinates``: Of any shape; NaN where there are none.
    """
    there = np.abs(coordinates[np.isfinite(coordinates)])
    return bool(there.max(initial=0.0) < DEGREES_WITHIN)


def tolerance(coordinates: Floats) -> float:
    """Give how far the last point of a ring may lie from its first.

    ``coordinates``: Those of the table.
    Returns: In their unit.
    """
    return CLOSING_DEGREES if are_degrees(coordinates) else CLOSING_M
