"""Every word that a person reads on a map, ledger, form or sheet.

The words stand in ``data/text/{zh,en}.toml`` under dotted keys; the same keys in every
language. A key that is missing is an error, never an untranslated word on a map.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from landtrack.model import Relation, Rule, Titled, catalog
from landtrack.model.errors import CatalogError

if TYPE_CHECKING:
    import pandas as pd

DIGITS = {
    "m2": 0, "m": 1, "share": 1, "CNY": 0, "CNY/m2": 1, "1": 3, "%": 2, "kV": 0, "mm": 0,
    "d": 0,
}
"""Decimals shown by unit; computing is never on a shown figure."""

UNITS = {
    "_cny_m2": "CNY/m2", "_m2": "m2", "_cny": "CNY", "_share": "share",
    "_mm": "mm", "_kv": "kV", "_m": "m",
}
"""Unit by the ending of a measure's name; the first that fits."""

SHARES = frozenset({"%", "share"})
"""The units of a fraction of 1, which is shown in per cent."""

DASH = "–"

BY_NUMBER = re.compile(r"\{(\w+)\|([^|{}]*)\|([^|{}]*)\}")
"""What is said of one, and of more: ``{count} {count|plot|plots}``. The page reads the same."""

LAST_NARROW = 0x2E7F
"""The last code point before the Chinese, Japanese and Korean ones."""


def unit_of(measure: str) -> str:
    """Tell the unit of a measure from its name.

    ``measure``: Such as ``"overlap_m2"``.
    Returns: A unit that :meth:`Words.number` knows; a count has ``"0"``.
    """
    if measure.endswith("count"):
        return "0"
    return next((unit for ending, unit in UNITS.items() if measure.endswith(ending)), "1")


@dataclass(frozen=True, kw_only=True)
class Words:
    """The words of one language.

    ``lang`` is the stem of a file in ``data/text``; ``entries`` are words or sentences by
    dotted key, with ``{name}`` where a value goes, and ``{name|one|more}`` what goes with 1 of it,
    and what with any other number.
    """

    lang: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Say one entry.

        ``key``: Dotted key, such as ``"outcome.pass"``.
        ``**values``: What the entry's ``{name}`` places are filled with.
        Raises CatalogError: If this language has no such key, or a value for one of its places is
        missing.
        """
        try:
            text = self.entries[key]
            if "|" in text:
                text = BY_NUMBER.sub(
                    lambda own: own[2] if str(values[own[1]]) == "1" else own[3], text
                )
            return text.format(**values)
        except KeyError as error:
            raise CatalogError(
                f"The text catalog {self.lang!r} has no words for {key!r} ({error}).",
                mend=f"Add the key to landtrack/data/text/{self.lang}.toml.",
            ) from error

    def has(self, key: str) -> bool:
        """Tell whether there is an entry for a key.

        Returns: True where ``words(key)`` has something to say.
        """
        return key in self.entries

    def pick(self, titled: Titled) -> str:
        """Choose this language's words from a data file's own.

        ``titled``: Words by language code.
        Returns: This language's, else English, else the first; ``""`` if there are none.
        """
        return titled.get(self.lang) or titled.get("en") or next(iter(titled.values()), "")

    def value(self, value: object) -> str:
        """Write any attribute value that has no unit.

        Returns: The words; a dash where there is no value.
        """
        if value is None or value != value or value == "":  # noqa: PLR0124  NaN and NaT
            return DASH
        if isinstance(value, date):
            return value.strftime("%Y-%m-%d")
        if isinstance(value, float) and value.is_integer():
            return str(int(value))
        return str(value)

    def limit(self, rule: Rule) -> str:
        """Write a rule's limit.

        Returns: Such as ``"≥ 2,500 元/m²"``; in words for a sequence or a table.
        """
        if rule.kind == "sequence" and rule.within_years:
            return self("limit.within", years=rule.within_years)
        if rule.kind == "sequence":
            return self("limit.in_order")
        if rule.threshold is None:
            return self("limit.by_table")
        return self.limit_of(rule.relation, rule.threshold, rule.upper, rule.unit)

    def limit_of(
        self, relation: Relation, threshold: float | None, upper: float | None, unit: str
    ) -> str:
        """Write one limit.

        ``threshold``, ``upper``: In ``unit``; a share is a fraction of 1. ``upper`` counts for
        ``between`` only.
        ``unit``: The unit.
        Returns: Such as ``"≥ 2,500 元/m²"`` or ``"0.7–1.8"``; a dash where there is none.
        """
        if threshold is None or math.isnan(threshold):
            return DASH
        return f"{limit_figure(relation, threshold, upper, unit)} {self.unit(unit)}".rstrip()

    def unit(self, unit: str) -> str:
        """Name a unit.

        ``unit``: The unit; ``""`` for a number without one.
        """
        return "%" if unit in SHARES else self(f"unit.{unit}") if unit else ""


def limit_figure(relation: Relation, threshold: float, upper: float | None, unit: str) -> str:
    """Write one limit without its unit, in every language alike.

    ``threshold``, ``upper``: In ``unit``; a share is a fraction of 1. ``upper`` counts for
    ``between`` only.
    ``unit``: The unit.
    Returns: Such as ``"≥ 2,500"`` or ``"0.7–1.8"``.
    """
    scale = 100 if unit in SHARES else 1
    figure = f"{threshold * scale:,.10g}"
    if relation == "between" and upper is not None:
        return f"{figure}–{upper * scale:,.10g}"
    return f"{({'>=': '≥', '<=': '≤', '==': '='}).get(relation, relation)} {figure}"


def known(key: str) -> bool:
    """Tell whether there is an entry for a key, which is so in every language or in none.

    Returns: True where any ``words(key)`` has something to say.
    """
    return load("en").has(key)


def languages() -> tuple[str, ...]:
    """List the languages that there are words for.

    Returns: Language codes, sorted.
    """
    return tuple(catalog.data_files("text"))


@cache
def load(lang: str) -> Words:
    """Load the words of a language.

    ``lang``: Language code, such as ``"zh"``.
    Raises CatalogError: If there is no such language, or an entry is not text.
    """
    return read(catalog.data_file("text", lang), lang)


def read(path: Path, lang: str) -> Words:
    """Read words from a file.

    Raises CatalogError: If the file is wrong, or an entry is not text.
    """
    return Words(lang=lang, entries=_flatten(catalog.read_toml(path), "", path))


def _flatten(table: Mapping[str, Any], prefix: str, path: Path) -> dict[str, str]:
    """Give nested tables as dotted keys."""
    flat: dict[str, str] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            flat |= _flatten(value, f"{prefix}{key}.", path)
        elif isinstance(value, str):
            flat[prefix + key] = value
        else:
            raise CatalogError(
                f"{path}: {prefix}{key} is not text.", mend="Put the value in quotes."
            )
    return flat


def size(number: int) -> str:
    """Write a number of bytes.

    Returns: In the largest unit of which there is one.
    """
    amount, unit = float(number), "B"
    for larger in ("kB", "MB", "GB"):
        if amount < 1000:  # noqa: PLR2004
            break
        amount, unit = amount / 1000, larger
    return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"


def with_mends(issues: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Put the mend of each issue into words.

    ``issues``: n rows of the issues table.
    Returns: The same n rows with the column ``mend`` filled.
    Raises CatalogError: If the language has no words for an issue.
    """
    said = [mend(words, each) for each in issues.to_dict("records")]
    import pandas as pd  # not before: words need no tables

    return issues.assign(mend=pd.Series(said, index=issues.index, dtype="str"))


def mend(words: Words, issue: Mapping[Any, Any]) -> str:
    """Put the mend of one issue into words.

    ``issue``: A row of the issues table.
    Raises CatalogError: If the language has no words for it.
    """
    return words(f"issue.{issue['issue']}.mend", **{
        **issue, "field": field_label(words, issue["field"]),
        "bounds": bounds(words, str(issue["layer"]), str(issue["field"])),
    })


def bounds(words: Words, layer: str, field: str) -> str:
    """Say between which figures a field lies.

    Returns: Such as ``"2–15 m"``; empty where there are no bounds.
    """
    schema = catalog.schemas().get(layer)
    stated = None if schema is None else schema.fields.get(field)
    if stated is None or (stated.minimum is None and stated.maximum is None):
        return ""
    unit = words(f"unit.{stated.unit}") if stated.unit else ""
    low, high = (None if each is None else f"{each:g}" for each in (stated.minimum, stated.maximum))
    said = f"≥ {low}" if high is None else f"≤ {high}" if low is None else f"{low}{DASH}{high}"
    return f"{said} {unit}".rstrip()


def field_label(words: Words, field: str) -> str:
    """Name a field for people.

    ``field``: Name of a field; a column of a file that is no field stays as it is.
    """
    key = f"field.{field}"
    return words(key) if words.has(key) else field


def places(said: str) -> int:
    """Count the places that a text takes in a column."""
    return sum(2 if ord(letter) > LAST_NARROW else 1 for letter in said)
