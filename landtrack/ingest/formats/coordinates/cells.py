"""The cells of coordinates: numbers as people write them, degrees, minutes and seconds."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from landtrack.ingest.formats.coordinates.columns import words
from landtrack.ingest.formats.numbers import number, numbers
from landtrack.model.catalog.numbers import half_width

SIXTY = 60
_COMMA = re.compile(r"[+-]?(?:\d{4,},\d{1,4}|\d{1,3},\d{4,})", re.ASCII)
"""A coordinate with a decimal comma: metres, or degrees."""
_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)


def coordinates(cells: Sequence[Any]) -> npt.NDArray[np.float64]:
    """Read a column of coordinates.

    ``cells``: n cells: numbers, text or None.
    Returns ndarray of float64, (n,): NaN where there is no coordinate. Where :func:`with_commas`
    says so, commas are points.
    """
    if with_commas(cells):
        cells = [cell.replace(",", ".") if isinstance(cell, str) else cell for cell in cells]
    if all(isinstance(cell, str) for cell in cells):
        found = numbers(cells)
        for at in np.flatnonzero(np.isnan(found)).tolist():
            found[at] = _of_text(cells[at])
        return found
    return np.array([_of_cell(cell) for cell in cells], dtype=np.float64)


def with_commas(cells: Sequence[Any]) -> bool:
    """Tell whether a column of coordinates is written with decimal commas.

    ``cells``: Its cells: numbers, text or None.
    Returns: True where each text with a digit can only be one coordinate with a comma, or is whole:
    a comma behind four digits or more is not between thousands, nor is one before four.
    """
    said = [half_width(cell) for cell in cells if isinstance(cell, str)]
    figures = [cell for cell in said if any(map(str.isdecimal, cell))]
    return any(map(_COMMA.fullmatch, figures)) and all(
        _COMMA.fullmatch(cell) or _WHOLE.fullmatch(cell) for cell in figures
    )


def _of_cell(cell: object) -> float:
    if isinstance(cell, bool) or cell is None:
        return float("nan")
    if isinstance(cell, (int, float)):
        try:
            value = float(cell)
        except OverflowError:
            return float("nan")
        return value if np.isfinite(value) else float("nan")
    return _of_text(cell) if isinstance(cell, str) else float("nan")


def _of_text(cell: str) -> float:
    """Read a number, or an angle."""
    value = number(cell)
    return angle(cell) if np.isnan(value) else value


@cache
def _angle() -> re.Pattern[str]:
    """Make the pattern of an angle from its signs."""
    signs = words().angles

    def any_of(choices: Sequence[str]) -> str:
        return "|".join(
            re.escape(each) for each in sorted(map(_folded, choices), key=len, reverse=True)
        )

    half = f"(?:{any_of((*signs.positive, *signs.negative))})"
    figure = r"\d+(?:\.\d+)?"
    return re.compile(
        rf"(?P<before>{half})?(?P<sign>[+-]?)(?P<degree>{figure})(?:{any_of(signs.degree)})"
        rf"(?:(?P<minute>{figure})(?:(?:{any_of(signs.minute)})(?P<second>{figure})?"
        rf"(?:{any_of(signs.second)})?)?)?(?P<behind>{half})?",
        re.IGNORECASE,
    )


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def angle(cell: str) -> float:
    """Read degrees, minutes and seconds.

    ``cell``: Text such as ``117°30′15.5″``, ``N 39 30 15``, ``117:30:15``.
    Returns: Degrees; NaN where it is no angle, or has minutes or seconds of 60 or more.
    """
    text = re.sub(r"(?<=[\d.])\s+(?=[\d.])", ":", _folded(cell).strip())
    match = _angle().fullmatch(re.sub(r"\s+", "", text))
    if match is None or (match["before"] and match["behind"]):
        return float("nan")
    degree, minute, second = (
        float(match[name] or 0) for name in ("degree", "minute", "second")
    )
    fraction = match["minute"] and "." in match["degree"]
    fraction = fraction or (match["second"] and "." in match["minute"])
    if fraction or minute >= SIXTY or second >= SIXTY:
        return float("nan")
    half = (match["before"] or match["behind"] or "").casefold()
    south = half in {_folded(each).casefold() for each in words().angles.negative}
    value = degree + minute / SIXTY + second / SIXTY**2
    return -value if south != (match["sign"] == "-") else value
