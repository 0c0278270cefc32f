"""Figures as whole numbers of their last decimal, and rows that are told alike."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.model.translations import DIGITS, SHARES
from landtrack.output.map.encode import Integers
from landtrack.output.wording.phrases import WHOLE

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

EXACT = 2.0**53
TIE = 1e-6
"""How near to half-way between two a scaled figure is left to exact arithmetic."""


def whole(values: Floats, factor: float) -> tuple[Integers, Flags]:
    """Round numbers as they are told, and say which are not to be rounded so.

    ``values``: n numbers.
    ``factor``: What they are multiplied by first.
    Returns rounded : ndarray of int64, (n,): 0 where there is none.
    Returns odd : ndarray of bool, (n,): Too large, on the edge between two, or so small that it
    would read as nothing, or so near to 1 that a share would read as the whole.
    """
    scaled = np.where(np.isfinite(values), values, 0.0) * factor
    near = np.rint(scaled)
    tie = (np.abs(np.abs(scaled - near) - 0.5) < TIE) & (factor != 1)
    odd = tie | (np.abs(near) >= EXACT) | ((scaled != 0) & (near == 0)) | np.isinf(values)
    odd |= (near == factor) & (np.abs(values - 1) > WHOLE)
    return np.where(np.abs(near) < EXACT, near, 0).astype(np.int64), odd


def scale_of(unit: str) -> tuple[float, int]:
    """Give what a figure of a unit is multiplied by to be whole, and its decimals.

    ``unit``: As :func:`landtrack.output.wording.unit_of` gives it.
    Returns factor : float: A power of ten; 100 times that for a share, which is told in per cent.
    """
    if unit == "0":
        return 1.0, 0
    decimals = DIGITS.get(unit, 2)
    return 10.0**decimals * (100 if unit in SHARES else 1), decimals


def keys_of(*columns: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Give rows that are the same in all columns the same number.

    ``*columns``: n values each.
    Returns ndarray of int64, (n,): Numbers from 0 on.
    """
    keys = np.zeros(len(np.asarray(columns[0])), dtype=np.int64)
    for column in columns:
        values = np.asarray(column)
        if values.dtype != object and len(values) and (values == values[0]).all():
            continue  # tells nothing apart
        numbers = pd.factorize(values, use_na_sentinel=False)[0]
        keys = pd.factorize(keys * (int(numbers.max(initial=0)) + 1) + numbers)[0]
    return keys
