"""What is said above or below a whole table of the units of its columns."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from landtrack.model.catalog import units


def of_column(
    headings: Iterable[str], notes: Iterable[str], stored: str, *, yearly: bool = False
) -> units.Read:
    """Read the unit of a column from its headings, else from what is said of the whole table.

    ``headings``: Those that stand above it, the nearest first.
    ``notes``: What is said above or below the whole table.
    ``stored``: The unit that its figures are stored in.
    Returns: Money of another currency where a note says so of the table: 万元 below 币种：美元.
    """
    said = list(notes)
    found = units.of_column(headings, stored, yearly=yearly)
    if found is None:
        found = of_table(said, stored, yearly=yearly)
    if stored == units.MONEY and not isinstance(found, units.Asked):
        foreign = next(filter(None, map(_currency, said)), None)
        return found if foreign is None else units.in_currency(found, foreign)
    return found


def _currency(note: str) -> units.Asked | None:
    """Find another currency than the stored one, where a note says in which all money is."""
    return next((
        found for each in _of_currency().findall(units.widened(note))
        if (found := units.foreign(each)) is not None
    ), None)


@cache
def _of_currency() -> re.Pattern[str]:
    """Find what a note says the currency is: a word, then a colon or a verb."""
    said = units.grammar().said
    words = "|".join(map(re.escape, sorted(said.money_of, key=len, reverse=True)))
    verbs = "|".join(map(re.escape, said.linked))
    return re.compile(rf"(?:{words})\s*(?:[:=]|{verbs})\s*([^\s,，、;；()（）|]+)", re.IGNORECASE)


def of_table(notes: Iterable[str], stored: str, *, yearly: bool = False) -> units.Read:
    """Read the unit of a column from what is said above or below the whole table.

    ``notes``: Cells such as ``["单位：亩、万元"]``, in their order.
    ``stored``: The unit that the column's figures are stored in.
    Returns: The unit of that kind of quantity; asked where several are said, or money of another
    currency. What is said of other kinds is not of this column.
    """
    found: dict[float, units.Unit] = {}
    asked: units.Asked | None = None
    for said, loose in _introduced_in(notes):
        for piece in units.BETWEEN.split(said) if not units.is_unit(said) else (said,):
            for text in _units_of(piece, loose=loose):
                own = units.read(text, stored, yearly=yearly)
                if isinstance(own, units.Unit):
                    found.setdefault(own.factor, own)
                elif own is not None and own.why == "currency":
                    asked = own
                elif own is not None and _divides(text, stored):
                    asked = units.Asked(own.name, "several")
    if len(found) > 1 or (found and asked is not None):
        names = [each.name for each in found.values()] + ([asked.name] if asked else [])
        return units.Asked(" / ".join(names), "several")
    return next(iter(found.values()), asked)


def _introduced_in(notes: Iterable[str]) -> list[tuple[str, bool]]:
    """Find what notes introduce as units, and whether words may stand around it."""
    found: list[tuple[str, bool]] = []
    opened = False
    for note in notes:
        folded = units.widened(note)
        if opened:
            found.append((folded, True))
        found += [(each, True) for each in units.BRACKETS.findall(folded)]
        found += [
            (units.BRACKETS.sub(" ", each["behind"] or each["apart"] or ""), bool(each["behind"]))
            for each in _introduces().finditer(folded)
        ]
        found += [
            (each, False) for before, behind in units.grammar().said.between
            for each in re.findall(f"{re.escape(before)}(.+?){re.escape(behind)}", folded)
        ]
        opened = _opens().fullmatch(folded.strip()) is not None or (
            opened and units.is_unit(folded)
        )
    return found


@cache
def _opens() -> re.Pattern[str]:
    """Find a cell that introduces the unit in the next one."""
    words = "|".join(map(re.escape, units.grammar().said.introduced))
    return re.compile(rf"(?:{words})\s*[:=]?", re.IGNORECASE)


@cache
def _introduces() -> re.Pattern[str]:
    """Find what introduces a unit within a note: a colon or a verb, or a blank alone."""
    words = "|".join(
        (rf"\b{re.escape(word)}" if word.isascii() else re.escape(word))
        for word in sorted(units.grammar().said.introduced, key=len, reverse=True)
    )
    verbs = "|".join(re.escape(each) for each in units.grammar().said.linked)
    return re.compile(
        rf"(?:{words})(?:\s*(?:[:=]|{verbs})\s*(?P<behind>.*?)|\s+(?P<apart>.*?))"
        rf"(?=$|(?:{words})\s*(?:[:=]|{verbs}))", re.IGNORECASE
    )


def _units_of(piece: str, *, loose: bool) -> list[str]:
    """Find the units in a piece of a note: the whole, else the longest runs of its words."""
    if units.is_unit(piece) or not loose or "/" in piece:
        return [piece]
    words, found, at = [each for each in re.split(r"[\s_]+", piece) if each], [], 0
    while at < len(words):
        size = next((
            size for size in range(min(units.WORDS, len(words) - at), 0, -1)
            if units.is_unit(" ".join(words[at:at + size]))
        ), 0)
        found += [" ".join(words[at:at + size])] if size else []
        at += size or 1
    return found


def _divides(text: str, stored: str) -> bool:
    """Tell whether a stroke stands beside a unit of that kind: a quotient, or two units."""
    parts = text.split("/")
    return len(parts) > 1 and any(
        isinstance(units.read(each, stored), units.Unit) for each in parts
    )
