"""What the columns of a table of coordinates hold, found by their headings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from landtrack.model import Value, catalog

SIGNS = re.compile(r"[\s_/().,:\[\]\-]+")
"""What differs between two ways to write one heading."""
PAIRS = (("east", "north"), ("longitude", "latitude"), ("y", "x"))
"""Columns that make a point, easting or longitude first; in China x goes north."""


class Angles(Value, frozen=True, kw_only=True):
    """Signs of degrees, minutes and seconds, and words for the half of the Earth."""

    degree: tuple[str, ...]
    minute: tuple[str, ...]
    second: tuple[str, ...]
    positive: tuple[str, ...]
    negative: tuple[str, ...]


class Dat(Value, frozen=True, kw_only=True):
    """The columns of a CASS file, which has no heading."""

    columns: tuple[str, ...]


class Words(Value, frozen=True, kw_only=True):
    """Headings by what a column holds, those that are written, and words in cells."""

    title: str
    columns: Mapping[str, tuple[str, ...]]
    written: Mapping[str, str]
    crs: Mapping[str, str]
    angles: Angles
    dat: Dat
    corners: tuple[str, ...]
    no_corners: tuple[str, ...]


@cache
def words() -> Words:
    """Load the words.

    Returns: As ``data/coordinates.toml`` has them.
    Raises CatalogError: If the file is wrong.
    """
    path = catalog.data_file("", "coordinates")
    return catalog.convert(catalog.read_toml(path), Words, path)


def plain(heading: object) -> str:
    """Write a heading without what does not matter in it.

    Returns: Half-width, in small letters and simplified characters, without blanks, brackets and
    signs.
    """
    text = "" if heading is None else unicodedata.normalize("NFKC", str(heading))
    return catalog.simplified(SIGNS.sub("", text).casefold())


@cache
def _meanings() -> Mapping[str, tuple[str, int]]:
    """Give what each heading stands for, and how far down its list it stands."""
    found: dict[str, tuple[str, int]] = {}
    for role, headings in words().columns.items():
        for rank, heading in enumerate(headings):
            found.setdefault(plain(heading), (role, rank))
    return found


def role_of(heading: object) -> str | None:
    """Tell what a heading stands for.

    Returns: A key of ``columns`` in ``data/coordinates.toml``; None for any other column.
    """
    return _meanings().get(plain(heading), (None, 0))[0]


def roles(headings: Sequence[object]) -> dict[str, int]:
    """Find the column for each thing that a table may say of its points.

    ``headings``: The cells of a row.
    Returns: The column by what it holds; of several the one that stands first in the list.
    """
    found: dict[str, tuple[int, int]] = {}
    for at, heading in enumerate(headings):
        role, rank = _meanings().get(plain(heading), (None, 0))
        if role is not None and (role not in found or rank < found[role][0]):
            found[role] = (rank, at)
    return {role: at for role, (_, at) in found.items()}


def pair(found: Mapping[str, int]) -> tuple[str, str] | None:
    """Choose the two columns that make the points.

    ``found``: What :func:`roles` gave.
    Returns: The keys of easting (or longitude) and northing; None where there are no such two.
    """
    return next((each for each in PAIRS if each[0] in found and each[1] in found), None)


def is_heading(cells: Sequence[object]) -> bool:
    """Tell whether a row is the heading of a table of coordinates.

    ``cells``: The row.
    Returns: True if it names coordinates or WKT.
    """
    found = roles(cells)
    return "wkt" in found or pair(found) is not None
