"""Tables that offices hand over with fixed columns, as ``init`` knows them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from landtrack.model import Titled, Value, catalog
from landtrack.model.errors import CatalogError


class Column(Value, frozen=True, kw_only=True):
    """The column that fills a field, and the unit of its figures where no heading says it."""

    column: str
    unit: str | None = None


class Layout(Value, frozen=True, kw_only=True):
    """One layout: the columns by which it is known, and what they hold.

    ``leave`` names columns that no field is found for, whatever they are called; ``constants``
    holds what is the same for all rows.
    """

    id: str
    title: Titled
    kind: str
    known_by: tuple[str, ...]
    source: str
    note: Titled
    fields: Mapping[str, Column]
    leave: tuple[str, ...] = ()
    constants: Mapping[str, int] = msgspec.field(default_factory=dict)


class _File(Value, frozen=True, kw_only=True):
    layout: tuple[Layout, ...]


@cache
def layouts() -> tuple[Layout, ...]:
    """Load the layouts.

    Raises CatalogError: If ``data/layouts.toml`` is wrong, or names a field that there is not.
    """
    path = catalog.data_file("", "layouts")
    found = catalog.convert(catalog.read_toml(path), _File, path).layout
    for each in found:
        schema = catalog.schemas().get(each.kind)
        known = set() if schema is None else set(schema.fields)
        if stray := sorted({*each.fields, *each.constants} - known):
            raise CatalogError(
                f"{path}: the layout {each.id} fills no field {', '.join(stray)}.",
                mend=f"Use the fields of {each.kind}.",
            )
    return found


def layout_of(columns: Iterable[str]) -> Layout | None:
    """Find the layout of a table.

    ``columns``: Its headings.
    Returns: The one that is known by most columns; none where some of them are missing of each.
    """
    have = {each.strip().upper() for each in columns}
    fits = [each for each in layouts() if {name.upper() for name in each.known_by} <= have]
    return max(fits, key=lambda each: len(each.known_by), default=None)
