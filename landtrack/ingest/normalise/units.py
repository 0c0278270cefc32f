"""The unit of a column: what its headings say against what the catalog says.

A heading that contradicts the catalog, or states a unit that is not known, makes the column
unknown until the catalog answers; a column of money or area without any unit is told.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field as of

from landtrack.model import Column, Field, Issue, Schema, catalog
from landtrack.model.catalog import notes as units_in_notes, units

TOLD = frozenset({"CNY", "m2"})
"""Stored units whose columns are told where nobody states a unit."""
SAME = 1e-9


@dataclass(frozen=True, kw_only=True)
class ColumnUnit:
    """The unit of the figures of a column that state none of their own.

    One of it is ``factor`` of the ``stored`` unit, None where it is not known. ``stated``
    is false where nobody states it and the stored one is taken. ``rates`` are what one of
    another currency is in the stored one. ``issue`` says what is wrong with it, ``said``
    what stands against what.
    """

    stored: str
    name: str = ""
    factor: float | None = 1.0
    stated: bool = True
    yearly: bool = False
    rates: dict[str, float] = of(default_factory=dict)
    issue: Issue | None = None
    said: str = ""

    @property
    def known(self) -> bool:
        """Whether figures without a unit of their own can be used.

        Returns: False where the column's unit is asked.
        """
        return self.factor is not None

    def read(self, text: str) -> tuple[float | None, str] | None:
        """Read the unit of a cell.

        Returns: What one of it is in the stored unit, and its name; None where it is none.
        """
        found = units.read(text, self.stored, yearly=self.yearly)
        if isinstance(found, units.Unit):
            return found.factor, found.name
        if isinstance(found, units.Asked) and found.currency in self.rates:
            return found.factor * self.rates[found.currency], found.name
        return None


def of_column(
    field: Field, stated: Column | str, headings: Sequence[str], notes: Sequence[str] = ()
) -> ColumnUnit:
    """Decide the unit of a column.

    ``stated``: What the catalog says of the column.
    ``notes``: What is said of units above or below the whole table.
    Returns: With an issue where it is asked, contradicted, or nowhere stated.
    Raises CatalogError: If the catalog's unit does not convert to the field's.
    """
    stored = field.unit or ""
    column = stated if isinstance(stated, Column) else Column(column=stated)
    if not stored:
        if column.unit is not None:
            _converted(field, column)
        return ColumnUnit(stored="")
    heading = units_in_notes.of_column(headings, notes, stored, yearly=field.yearly)
    if column.unit is None or column.unit == units.UNSURE:
        return _by_heading(field, heading, sure=column.unit is None)
    confirmed = _converted(field, column)
    if heading is None or column.against_heading or not _contradicts(heading, confirmed, column):
        return confirmed
    return ColumnUnit(
        stored=stored, factor=None, yearly=field.yearly, issue=Issue.UNIT_DIFFERS,
        said=f"{heading.name} ≠ {column.unit}",
    )


def _by_heading(field: Field, heading: units.Read, *, sure: bool) -> ColumnUnit:
    """Decide the unit of a column of which the catalog states none."""
    stored = field.unit or ""
    asked = ColumnUnit(
        stored=stored, factor=None, yearly=field.yearly, issue=Issue.UNIT_UNKNOWN,
        said=units.UNSURE if heading is None else heading.name,
    )
    if not sure or isinstance(heading, units.Asked):
        return asked
    if heading is None:
        told = Issue.UNIT_NOT_STATED if stored in TOLD else None
        return ColumnUnit(
            stored=stored, name=stored, stated=told is None, yearly=field.yearly, issue=told,
            said=stored,
        )
    if not math.isclose(heading.factor, 1.0, rel_tol=SAME):
        return ColumnUnit(
            stored=stored, factor=None, yearly=field.yearly, issue=Issue.UNIT_DIFFERS,
            said=f"{heading.name} ≠ {stored}",
        )
    return ColumnUnit(stored=stored, name=heading.name, yearly=field.yearly)


def _converted(field: Field, column: Column) -> ColumnUnit:
    """Take the unit that the catalog states, with the rate of another currency."""
    stored = field.unit or ""
    found = units.stated(
        column.unit or "", field, rate=column.rate is not None and column.rate_on is not None
    )
    if isinstance(found, units.Unit):
        return ColumnUnit(
            stored=stored, name=found.name, factor=found.factor, yearly=field.yearly
        )
    assert column.rate is not None  # noqa: S101  else it was refused
    return ColumnUnit(
        stored=stored, yearly=field.yearly, factor=found.factor * column.rate,
        name=f"{found.name} ({found.currency} {column.rate:g}, {column.rate_on})",
        rates={found.currency: column.rate},
    )


def _contradicts(heading: units.Unit | units.Asked, own: ColumnUnit, column: Column) -> bool:
    """Tell whether a heading denies the unit that the catalog states."""
    if isinstance(heading, units.Unit):
        return not math.isclose(heading.factor, own.factor or 0.0, rel_tol=SAME)
    if heading.why == "currency":
        same = heading.currency in own.rates and column.rate is not None
        return not same or not math.isclose(
            heading.factor * own.rates[heading.currency], own.factor or 0.0, rel_tol=SAME
        )
    return heading.why == "dimension"


def figure_unit(schema: Schema, name: str) -> ColumnUnit:
    """Give the unit that a figure of a field or measure is stored in.

    ``name``: The field, or a measure, whose name ends with its unit.
    Returns: Without a unit of its own a figure is in the stored one.
    """
    field = schema.fields.get(name)
    stored = catalog.measure_unit(name) if field is None else field.unit or ""
    return ColumnUnit(stored=stored, yearly=field is not None and field.yearly)
