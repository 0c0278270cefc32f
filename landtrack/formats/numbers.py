"""Numbers as people write them: full-width, with thousands separators, in degrees."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")


def numbers(cells: Sequence[str]) -> npt.NDArray[np.float64]:
    """Read numbers.

    Parameters
    ----------
    cells
        n texts.

    Returns
    -------
    ndarray of float64, (n,)
        NaN where there is no finite number.
    """
    try:
        values = np.fromiter(map(float, cells), np.float64, len(cells))
    except ValueError:
        values = np.array([number(cell) for cell in cells], dtype=np.float64)
    else:
        if "_" in "".join(cells):  # 1_000 is a number to Python, not to people
            values[["_" in cell for cell in cells]] = np.nan
    return np.where(np.isfinite(values), values, np.nan)


def number(cell: str) -> float:
    """Read one number.

    Parameters
    ----------
    cell
        Text such as ``"3797916.479"``, ``"３７９"``, ``"3,797,916.479"``, ``"3 797 916"``.

    Returns
    -------
    float
        NaN where it is no finite number.
    """
    plain = unicodedata.normalize("NFKC", cell).strip().replace("−", "-")
    plain = re.sub(r"(?<=\d)[ '](?=\d{3}(\D|$))", ",", plain)
    if THOUSANDS.fullmatch(plain):
        plain = plain.replace(",", "")
    if not PLAIN.fullmatch(plain):
        return float("nan")
    value = float(plain)
    return value if np.isfinite(value) else float("nan")
