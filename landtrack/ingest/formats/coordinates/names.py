"""The names of points, J1, J2-1, 12#: text and numbers in turn, compared as people count."""

from __future__ import annotations

import re
from collections.abc import Sequence

from landtrack.ingest.formats.tables.words import plain

_PARTS = re.compile(r"\d+|\D+", re.ASCII)
_NUMBER = re.compile(r"(.*?)(\d+)")

Name = tuple[str | int, ...]
"""Texts and numbers in turn, a text first: J2-1 is ("j", 2, "-", 1), 12 is ("", 12)."""


def numbered(cell: object) -> tuple[str, int] | None:
    """Read the name of a point as letters and a number.

    ``cell``: Such as ``"J12"`` or ``12``.
    Returns: What stands before the number, and it; None where there is no number at the end.
    """
    found = _NUMBER.fullmatch(_text(cell))
    return (found[1], int(found[2])) if found else None


def name_of(cell: object) -> Name | None:
    """Take the name of a point apart.

    ``cell``: Such as ``"J2-1"`` or ``12``.
    Returns: None where it has no number.
    """
    parts = _PARTS.findall(_text(cell))
    made: list[str | int] = [int(each) if each.isdecimal() else each for each in parts]
    if made and isinstance(made[0], int):
        made.insert(0, "")
    return tuple(made) if len(made) > 1 else None


def place_of_numbers(names: Sequence[Name]) -> int | None:
    """Find the place in names at which points are counted.

    Returns: The first at which they differ; None where they differ in a text before.
    """
    width = min(map(len, names))
    at = next((at for at in range(width) if len({each[at] for each in names}) > 1), None)
    return at if at is not None and at % 2 else None


def goes_on(last: tuple[str, int] | None, own: tuple[str, int] | None) -> bool:
    """Tell whether a number follows another, or is the same once more."""
    if last is None or own is None:
        return last is None and own is None
    return last[0] == own[0] and own[1] in {last[1], last[1] + 1}


def _text(cell: object) -> str:
    return plain("" if cell is None else cell).removesuffix(".0")
