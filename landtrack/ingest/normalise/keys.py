"""The keys of a ledger: written in another way, merged over rows, and one for several phases."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from landtrack.ingest.formats.tables import Table, is_phase
from landtrack.model import Issue, issues
from landtrack.model.catalog import numbers

DASHES = re.compile("[\u2010-\u2015\u2212\ufe63\uff0d]")
"""Signs that people write for a hyphen."""
SHOWN = 6
"""How many pairs of keys are shown."""


def written_alike(keys: pd.Series[Any], on: pd.Series[Any]) -> tuple[pd.Series[Any], str]:
    """Write keys as the other side does, where that leaves no doubt.

    Leading zeros, full width, capitals, blanks and the mark of a text make no other key.

    Returns keys : Series: On the same index; unchanged where two keys of the other side would
    become one. Two of this side that do are one.
    Returns told : str: Which were changed; empty where none was.
    """
    mine, others = set(keys), set(on.dropna())
    plain = {each: _plain(each) for each in mine | others}
    count = Counter(plain[each] for each in others)
    by_plain = {plain[each]: each for each in others if count[plain[each]] == 1}
    changed = {
        each: by_plain[plain[each]] for each in sorted(mine - others) if plain[each] in by_plain
    }
    return (keys.map(lambda key: changed.get(key, key)) if changed else keys), _told(changed)


def one_spelling(column: pd.Series[Any]) -> tuple[pd.Series[Any], str]:
    """Write the names of groups, such as projects, that are written in several ways in one.

    ``column``: Names, missing where there is none.
    Returns column : Series: On the same index; each name as it is written first.
    Returns told : str: Which were changed; empty where none was.
    """
    first: dict[str, str] = {}
    names = column.dropna().unique()
    changed = {
        name: own for name in names if (own := first.setdefault(_plain(name), name)) != name
    }
    return (column.replace(changed) if changed else column), _told(changed)


def _told(changed: Mapping[str, str]) -> str:
    """Say which keys were changed."""
    pairs = [f"{old} = {new}" for old, new in changed.items()]
    return ", ".join(pairs[:SHOWN]) + (f" … ({len(pairs)})" if len(pairs) > SHOWN else "")


def _plain(key: str) -> str:
    """Write a key without what makes no other key."""
    text = numbers.half_width(key).removeprefix("'")  # a spreadsheet's mark of a text
    plain = "".join(DASHES.sub("-", text).split()).casefold()
    return (plain.lstrip("0") or "0") if plain.isdecimal() else plain


def phased(table: Table, keys: pd.Series[Any]) -> set[str]:
    """Find the keys whose rows are phases: a column of phases differs from row to row.

    ``keys``: The key of each row, by its number.
    Returns: Keys of several rows.
    """
    repeated = keys[keys.duplicated(keep=False)]
    found: set[str] = set()
    for column in table.columns:
        if not is_phase(column.heading):
            continue
        phases = table.frame.loc[repeated.index, column.name]
        found |= {
            str(key) for key, own in phases.groupby(repeated)
            if own.notna().all() and not own.duplicated().any()
        }
    return found


def by_key(
    cast: pd.Series[Any], keys: pd.Series[Any], merged: Mapping[int, int], *, adds_up: bool
) -> pd.Series[Any]:
    """Give one value for each key.

    ``cast``: The values by the number of the row.
    ``keys``: The keys by the same.
    ``merged``: By row, the first of the rows over which the cell is merged: it counts once.
    ``adds_up``: Whether the values of phases are added; else they must be alike.
    Returns: By key; missing where a phase has none, or they differ.
    """
    if keys.is_unique:
        return cast.set_axis(pd.Index(keys))
    own = cast[[merged.get(row, row) == row or merged[row] not in cast.index for row in cast.index]]
    groups = own.groupby(keys[own.index])
    if adds_up:
        return groups.sum().where(groups.count() == groups.size())
    return groups.first().where(groups.nunique().eq(1))


def shared(
    table: Table, column: str, keys: pd.Series[Any]
) -> list[list[int]]:
    """Find figures in cells that are merged over rows of different keys.

    ``column``: Its column.
    ``keys``: The key of each row, by its number.
    Returns: The numbers of the rows that share one figure.
    """
    groups: dict[int, list[int]] = {}
    for row, first in table.merged.get(column, {}).items():
        if row in keys.index:
            groups.setdefault(first, []).append(row)
    return [rows for rows in groups.values() if len(set(keys[rows])) > 1]


def told_of(
    table: Table, column: str, keys: pd.Series[Any], *, source: str, layer: str, field: str
) -> list[issues.Row]:
    """Name keys that stand in cells merged over several rows.

    ``column``: The column of its keys.
    ``keys``: The key of each row, by its number.
    """
    groups: dict[int, list[int]] = {}
    for row, first in table.merged.get(column, {}).items():
        groups.setdefault(first, []).append(row)
    return [
        issues.row(
            Issue.LEDGER_KEY_MERGED, source=source, layer=layer, feature_id=str(keys[first]),
            field=field, value=", ".join(map(str, rows)),
        )
        for first, rows in groups.items() if first in keys.index
    ]
