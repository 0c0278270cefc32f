"""Which unit a measure is in, and what figures in another are multiplied with."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

from landtrack.model.catalog.units import Unit, read, units
from landtrack.model.errors import CatalogError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SMALL = 10_000
"""The largest whole number that a factor is taken for a quotient by."""
ENDINGS = {
    "_cny_m2": "CNY/m2", "_m2": "m2", "_cny": "CNY", "_share": "%", "_mm": "mm", "_kv": "kV",
    "_m": "m", "_days": "d",
}
"""Unit by the ending of a measure's name; the first that fits, else a plain ratio."""


def measure_unit(measure: str) -> str:
    """Tell the unit that a measure is stored and shown in.

    ``measure``: Such as ``"investment_intensity_cny_m2"``.
    Returns: Such as ``"CNY/m2"``; ``"%"`` for a share, which is stored as a fraction of 1.
    """
    return next((unit for ending, unit in ENDINGS.items() if measure.endswith(ending)), "1")


def in_unit(measure: str, unit: str, *, where: str) -> float:
    """Find what figures in a unit are multiplied with to be those of a measure.

    ``unit``: The unit that the figures are stated in.
    Raises CatalogError: If the unit does not convert to the measure's.
    """
    own = measure_unit(measure)
    found = read(unit, own)
    factor = found.factor if isinstance(found, Unit) else 1.0 if own == unit else None
    if factor is None:
        raise CatalogError(
            f"{where}: the unit {unit!r} does not convert to that of {measure} ({own}).",
            mend=f"State the limit in one of: {', '.join(units().get(own, (own,)))}.",
        )
    return factor


def unit_factor(own: str, unit: str) -> float | None:
    """Find what figures in one unit are multiplied with to be in the one things are stored in.

    ``own``: The unit that is stored.
    Returns: The factor; None where the one does not convert to the other.
    """
    if own == unit:
        return 1.0
    found = read(unit, own)
    return found.factor if isinstance(found, Unit) else None


def exchange(unit: str, wanted: str) -> float | None:
    """Find what figures in a unit are divided by to be in another; neither need be a stored one.

    Returns: The factor; None where the one does not convert to the other.
    """
    if unit == wanted:
        return 1.0
    for stored in units():
        one, other = unit_factor(stored, unit), unit_factor(stored, wanted)
        if one is not None and other is not None:
            return other / one
    return None


def times(value: float | None, factor: float) -> float:
    """Convert a figure so that 45 x 0.01 is 0.45 and not a neighbour of it.

    ``value``: The figure, or none.
    ``factor``: What :func:`in_unit` gave.
    Returns: The product to 15 digits; NaN for none.
    """
    return float("nan") if value is None else float(f"{value * factor:.15g}")


def converted(
    values: npt.NDArray[np.float64], factor: float
) -> npt.NDArray[np.float64]:
    """Convert figures so that 12 mu are 8 000 m2 and not a neighbour of it.

    ``values``: n figures.
    ``factor``: What one of their unit is in the other: multiplied with and divided by the whole
    numbers that it is the quotient of, where there are small ones.
    Returns ndarray of float64, (n,): The products.
    """
    near = Fraction(factor).limit_denominator(SMALL)
    exact = math.isclose(float(near), factor, rel_tol=1e-15)
    return values * near.numerator / near.denominator if exact else values * factor
