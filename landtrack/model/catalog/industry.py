"""Industry codes: a code means nothing without the year of its classification."""

from __future__ import annotations

import re
from functools import cache

from landtrack.model import Value
from landtrack.model.catalog.files import convert, data_file, read_toml

FIRST_OF_NEW = 2011
"""From this edition on, the crosswalk's second codes hold."""
CODE = re.compile(r"[A-T]?(\d{2})\d{0,2}")


class Edition(Value, frozen=True, kw_only=True):
    """The divisions of one edition, as ranges such as ``"13-37"``."""

    years: tuple[int, ...]
    divisions: tuple[str, ...]

    def holds(self, division: str) -> bool:
        """Tell whether there is such a division.

        Returns: True if one of the ranges holds it.
        """
        ends = (each.split("-") for each in self.divisions)
        return any(low <= division <= high for low, high in ends)


class Crosswalk(Value, frozen=True, kw_only=True):
    """Pairs of divisions of the old and the new editions that hold the same industries."""

    verified: bool
    pairs: tuple[tuple[str, str], ...]


class Industries(Value, frozen=True, kw_only=True):
    """The editions of the classification, and how they map to each other."""

    edition: tuple[Edition, ...]
    crosswalk: Crosswalk

    def division(self, code: str, year: float) -> str | None:
        """Find the division of an industry code.

        ``code``: Two to four digits, with or without the letter of the section: ``"C3610"``.
        Returns: Two digits; none if there is no such code or no such edition.
        """
        found = CODE.fullmatch(code.strip().upper())
        editions = [each for each in self.edition if year in each.years]
        if found is None or not editions or not editions[0].holds(found[1]):
            return None
        return found[1]

    def in_edition(self, division: str, year: float, wanted: int) -> tuple[str, ...]:
        """Say which divisions of another edition hold the industries of one.

        ``year``, ``wanted``: The year of the classification that it is of, and of the wanted one.
        Returns: The division itself where both years have the same codes; else all that share
        industries with it, none if the crosswalk has none.
        """
        old, new = year < FIRST_OF_NEW, wanted < FIRST_OF_NEW
        if old == new:
            return (division,)
        pairs = self.crosswalk.pairs
        if old:
            return tuple(after for before, after in pairs if before == division)
        return tuple(before for before, after in pairs if after == division)


@cache
def industries() -> Industries:
    """Load the classifications of industries.

    Raises CatalogError: If ``data/industry.toml`` is wrong.
    """
    path = data_file("", "industry")
    return convert(read_toml(path), Industries, path)
