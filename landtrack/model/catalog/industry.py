"""Industry codes: a code means nothing without the year of its classification."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

from landtrack.model import Value
from landtrack.model.catalog.files import convert, data_file, list_file, read_csv, read_toml
from landtrack.model.errors import CatalogError

CODE = re.compile(r"[A-T]?(\d{2}\d{0,2})")
DIVISION, CLASS = 2, 4
"""Digits of a division and of a class; groups have three."""
CARRIED = re.compile(r"GB/T 4754-(\d{4}) (\w+) → GB/T 4754-(\d{4}) ([\d/]+)")
"""How a finding's source tells that a limit was found through the crosswalk."""
COLUMNS = {
    "names": ("code", "name", "also"),
    "crosswalk": ("edition", "code", "to_edition", "division", "basis"),
}


class Edition(Value, frozen=True, kw_only=True):
    """One edition, and the file of its codes and names."""

    year: int
    file: str
    source: str
    classes: bool = False


class Crosswalk(Value, frozen=True, kw_only=True):
    """The file that maps the codes of one edition to divisions of another."""

    file: str
    verified: bool
    source: str


class Carried(Value, frozen=True, kw_only=True):
    """The divisions of another edition that hold the industries of a code.

    ``inferred`` tells that they were found through names; ``by_class`` that more digits of the
    code would tell which of them it is.
    """

    code: str
    year: int
    divisions: tuple[str, ...]
    wanted: int
    inferred: bool = False
    by_class: bool = False

    def __str__(self) -> str:
        """Write it as :data:`CARRIED` reads it; empty where nothing was inferred."""
        if not self.inferred:
            return ""
        found = "/".join(self.divisions)
        return f"GB/T 4754-{self.year} {self.code} → GB/T 4754-{self.wanted} {found}"


def carried_in(source: str) -> Carried | None:
    """Read from the source of a limit through which codes it was found.

    Returns: None if it was found without the crosswalk.
    """
    found = CARRIED.search(source)
    if found is None:
        return None
    return Carried(
        code=found[2], year=int(found[1]), divisions=tuple(found[4].split("/")),
        wanted=int(found[3]), inferred=True,
    )


class Industries:
    """The editions of the classification, and how they map to each other."""

    def __init__(
        self, editions: Mapping[int, Mapping[str, str]], classed: frozenset[int],
        mapped: Mapping[tuple[int, int], Mapping[str, tuple[str, ...]]], *, verified: bool,
    ) -> None:
        """Hold them.

        ``editions``: The names of the codes of each year. ``classed``: The years whose classes
        are known. ``mapped``: By the years of two editions, the divisions of the second by code
        of the first.
        """
        self.editions, self.classed, self.mapped = editions, classed, mapped
        self.verified = verified

    def division(self, code: str, year: float) -> str | None:
        """Find the division of an industry code.

        ``code``: Two to four digits, with or without the letter of the section: ``"C3610"``.
        Returns: Two digits; none if there is no such code or no such edition.
        """
        digits = self._digits(code, year)
        return None if digits is None else digits[:DIVISION]

    def name(self, code: str, year: float) -> str:
        """Name an industry.

        Returns: The name of the code, that of its division where its class is not known; ``""``
        if there is none.
        """
        digits = self._digits(code, year)
        if digits is None:
            return ""
        names = self.editions[int(year)]
        return names.get(digits, names[digits[:DIVISION]])

    def holds(self, code: str, year: float) -> bool:
        """Tell whether there is such a code: its class too, where the classes are known."""
        digits = self._digits(code, year)
        if digits is None:
            return False
        return year not in self.classed or any(
            each.startswith(digits) for each in self.editions[int(year)]
        )

    def carried(self, code: str, year: float, wanted: int) -> Carried:
        """Say which divisions of another edition hold the industries of a code.

        ``code``: A code that :meth:`division` knows in the edition of ``year``.
        Returns: The division itself where both years are the same; none where the crosswalk has
        none, or cannot tell it from the name of the class.
        """
        digits = self._digits(code, year)
        if digits is None:
            return Carried(code=code, year=int(year), divisions=(), wanted=wanted)
        own, known = digits[:DIVISION], int(year)
        if known == wanted:
            return Carried(code=digits, year=known, divisions=(own,), wanted=wanted)
        pairs = self.mapped.get((known, wanted), {})
        whole = pairs.get(own, ())
        found = self._of_classes(digits, known, wanted) if len(digits) > DIVISION else None
        divisions = whole if found is None else found
        kept = self._alike(known, wanted) and divisions == (own,)
        return Carried(
            code=digits, year=known, divisions=divisions, wanted=wanted,
            inferred=not self.verified and not kept,
            by_class=known in self.classed and len(digits) < CLASS and bool(whole)
            and len(divisions) != 1,
        )

    def _alike(self, year: int, wanted: int) -> bool:
        """Tell whether two editions have the same divisions but for what moved between them."""
        return year in self.classed and wanted in self.classed

    def _of_classes(self, digits: str, year: int, wanted: int) -> tuple[str, ...] | None:
        """Bring together where the classes of a code went; none known where one is unclear."""
        pairs = self.mapped.get((year, wanted), {})
        classes = [each for each in self._classes.get(year, ()) if each.startswith(digits)]
        own = (digits[:DIVISION],)
        told = [pairs.get(each, own if self._alike(year, wanted) else None) for each in classes]
        if not told or None in told:
            return None
        found = [divisions for divisions in told if divisions is not None]
        if () in found:
            return ()
        return tuple(sorted({each for divisions in found for each in divisions}))

    @cached_property
    def _classes(self) -> dict[int, list[str]]:
        return {
            year: [each for each in self.editions[year] if len(each) == CLASS]
            for year in self.classed
        }

    def _digits(self, code: str, year: float) -> str | None:
        found = CODE.fullmatch(code.strip().upper())
        names = self.editions.get(int(year)) if year == year else None  # noqa: PLR0124  not NaN
        if found is None or names is None or found[1][:DIVISION] not in names:
            return None
        return found[1]


class _File(Value, frozen=True, kw_only=True):
    """What ``industry.toml`` states."""

    edition: tuple[Edition, ...]
    crosswalk: Crosswalk


@cache
def industries() -> Industries:
    """Load the classifications of industries.

    Raises CatalogError: If ``data/industry.toml`` or a file that it names is wrong.
    Raises SourceError: If a file that it names cannot be read.
    """
    path = data_file("", "industry")
    stated = convert(read_toml(path), _File, path)
    editions = {
        each.year: {line["code"]: line["name"] for line in _lines(each.file, "names", path)}
        for each in stated.edition
    }
    classed = frozenset(each.year for each in stated.edition if each.classes)
    return Industries(
        editions, classed, _mapped(stated.crosswalk, editions, classed, path),
        verified=stated.crosswalk.verified,
    )


def _mapped(
    stated: Crosswalk, editions: Mapping[int, Mapping[str, str]], classed: frozenset[int],
    path: Path,
) -> dict[tuple[int, int], dict[str, tuple[str, ...]]]:
    """Read the crosswalk, pairs of divisions in both directions."""
    found: dict[tuple[int, int], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for at, line in enumerate(_lines(stated.file, "crosswalk", path), start=2):
        code, division = line["code"], line["division"]
        years = _year(line["edition"]), _year(line["to_edition"])
        stray = {
            f"{name} ({year})" for name, year in zip((code, division), years, strict=True)
            if name and name not in editions.get(year, {})
        }
        if stray or not code:
            raise CatalogError(
                f"{stated.file} line {at}: there is no code {', '.join(sorted(stray))}.",
                mend="Write codes that the files of the two editions hold.",
            )
        found[years][code] |= {division} - {""}
        if len(code) == DIVISION:
            found[years[::-1]][division].add(code)
    for years, pairs in found.items():
        if set(years) <= classed:  # the same divisions, but for what moved between them
            for own in {each for each in editions[years[0]] if len(each) == DIVISION}:
                pairs[own] |= {own} & set(editions[years[1]])
    return {
        years: {code: tuple(sorted(to)) for code, to in pairs.items()}
        for years, pairs in found.items()
    }


def _year(written: str) -> int:
    return int(written) if written.isdecimal() else 0


def _lines(name: str, kind: str, path: Path) -> list[dict[str, str]]:
    """Read one file of codes: the user's before the shipped one."""
    return read_csv(list_file("industries", name, path), COLUMNS[kind])
