"""Cells of a file as what their fields hold: numbers, dates, choices, in the field's unit.

What cannot be read becomes missing and is named.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from landtrack.ingest.formats import tables
from landtrack.ingest.normalise import dates, quantities, units
from landtrack.model import (
    Column,
    Field,
    Issue,
    Schema,
    Track,
    catalog,
    issues,
    translations as words_of,
)

MISSING_TEXT = frozenset({"", "-", "--", "—", "/", "无", "null", "none", "nan", "<na>"})
"""What people write into a cell that has no value."""

OTHERS = "*"
"""Under ``values`` of a catalog, what every value that is not listed means."""


NUMBERS = "iuf"
"""Kinds of columns whose cells are numbers already, whole or not."""


@dataclass(frozen=True, kw_only=True)
class Stated:
    """A column of a file, and what is said of it: by the catalog, above it, below the table.

    ``units`` and ``currencies`` are columns beside it whose cells say the unit of its figures, or
    the currency of all money in their row.
    """

    column: pd.Series[Any]
    mapped: Column
    headings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    units: tuple[pd.Series[Any], ...] = ()
    currencies: tuple[pd.Series[Any], ...] = ()


def stated(
    table: pd.DataFrame, mapped: str | Column, own: tables.Column | None = None,
    notes: Sequence[str] = (), above: Sequence[str] = (),
) -> Stated:
    """Take the column of a table that a catalog names.

    ``mapped``: A column's name, or its name with what is said of its unit.
    ``own``: The column of a table, with all that stands above its values.
    ``above``: What is said of a column of a layer, its name among it.
    Returns: The column with its headings.
    """
    said = mapped if isinstance(mapped, Column) else Column(column=mapped)
    name = said.column if own is None else own.name
    if own is not None:
        above = tuple(filter(None, (own.unit_row, own.heading, own.over)))
    at = table.columns.get_loc(name)
    behind = [*table.columns[at + 1:at + 2]] if isinstance(at, int) else []
    return Stated(
        column=table[name], mapped=said, headings=tuple(above) or (name,), notes=tuple(notes),
        units=tuple(
            table[each] for each in behind if catalog.units.said_by(str(each)) == "unit"
        ),
        currencies=tuple(
            table[each] for each in table.columns
            if catalog.units.said_by(str(each)) == "currency"
        ),
    )


def shown(value: object) -> str:
    """Write a value as it is told.

    ``value``: A text, a number or a day.
    """
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d}"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def name_of(mapped: str | Column) -> str:
    """Give the name of the column that a catalog names.

    ``mapped``: Its name, or its name with what is said of its unit.
    """
    return mapped.column if isinstance(mapped, Column) else mapped


@dataclass(frozen=True)
class Origin:
    """Where values come from, and the rows that name those that cannot be read.

    ``keys`` are the features' keys by row, ``values`` the codes that a catalog gives to
    what is written, by field. ``calendar`` says how days are read; ``written`` takes the
    figures as they were written, where that is wanted; ``joins`` are the keys by which the
    rows of a ledger are joined, ``sheet`` the one of its workbook that was read.
    """

    label: str
    layer: str
    keys: pd.Series[Any]
    values: Mapping[str, Mapping[str, str]]
    rows: list[issues.Row]
    calendar: dates.Calendar
    written: list[pd.DataFrame] | None = None
    joins: pd.Series[Any] | None = None
    sheet: str = ""

    @property
    def file(self) -> str:
        """The file, with the sheet of a workbook that was read."""
        return f"{self.label}:{self.sheet}" if self.sheet else self.label

    def name(self, issue: Issue, field: str, found: pd.Series[Any]) -> None:
        """Add a row for each of the values found.

        ``found``: The values by row.
        """
        if not len(found):
            return
        self.rows.extend(
            issues.row(
                issue, source=self.label, layer=self.layer,
                feature_id=str(self.keys[number]), field=field, value=value,
            )
            for number, value in as_text(found).items()
        )

    def tell(self, issue: Issue, field: str, value: str) -> None:
        """Add a row for a whole column."""
        self.rows.append(issues.row(
            issue, source=self.label, layer=self.layer, field=field, value=value
        ))

    def keep(
        self, field: str, column: str, value: pd.Series[Any], text: pd.Series[Any],
        read: tuple[quantities.Figures, units.ColumnUnit],
    ) -> None:
        """Keep the figures of a field as they were written beside what they were taken for.

        ``column``: The column that fills it.
        ``value``: What was taken of it, by row; NaN where nothing was.
        ``text``: What is written, by row.
        ``read``: How the cells were read, and the column's unit.
        """
        figures, of_column = read
        if self.written is None or not of_column.stored:
            return
        kept = text.notna()
        by_column = "column" if of_column.stated and of_column.known else "nobody"
        self.written.append(pd.DataFrame({
            "joins": None if self.joins is None else self.joins[kept],
            "at": text.index[kept], "field": field, "written": as_text(text[kept]),
            "unit": figures.unit[kept],
            "unit_from": np.where(figures.own[kept], "cell", by_column),
            "taken": value[kept].astype("float64"), "taken_unit": of_column.stored,
            "file": self.file, "column": column,
        }))

    def keep_unread(self, field: str, column: str, text: pd.Series[Any]) -> None:
        """Keep what is written in a field and cannot be read.

        ``column``: The column that should fill it.
        ``text``: What is written, by row.
        """
        if self.written is not None and len(text):
            self.written.append(pd.DataFrame({
                "joins": None if self.joins is None else self.joins[text.index],
                "at": text.index, "field": field, "written": text, "unit": "",
                "unit_from": "nobody", "taken": np.nan, "taken_unit": "", "file": self.file,
                "column": column,
            }))


def cast(
    given: Stated, field: Field, choices: Mapping[str, str], origin: Origin
) -> pd.Series[Any]:
    """Read a column as what its field holds; what cannot be read is named.

    ``given``: The column, with what is said of its unit.
    ``choices``: Codes by what may be written, for a choice.
    ``origin``: Where the values come from; a row is added to it for each that cannot be read.
    Returns: On the same index: float64 for numbers, datetime64 for dates, text for the rest.
    Raises CatalogError: If the unit does not convert to the field's.
    """
    if field.type in {"number", "integer"}:
        return _quantities(given, field, _unit(given, field, origin), origin)
    text = as_text(given.column)
    if field.type == "text":
        return text
    if field.type == "choice":
        read = _codes(text, {**choices, **origin.values.get(field.name, {})})
        return _told(read, text, field, Issue.NOT_A_CHOICE, origin)
    if field.type == "date":
        days = _days(given.column, text, field, origin)
        unread = text[days.isna() & text.notna()]
        origin.keep_unread(field.name, given.mapped.column, unread)
        return days
    return _lists(text, field, _unit(given, field, origin), origin)


def _unit(given: Stated, field: Field, origin: Origin) -> units.ColumnUnit:
    """Decide the unit of a column, and tell what is wrong with it."""
    unit = units.of_column(field, given.mapped, given.headings, given.notes)
    if unit.issue is not None and given.column.notna().any():
        origin.tell(unit.issue, field.name, f"{given.mapped.column}: {unit.said}")
    return unit


def _quantities(
    given: Stated, field: Field, unit: units.ColumnUnit, origin: Origin
) -> pd.Series[Any]:
    """Bring numbers into the field's unit; what is no number or out of range is named."""
    column = given.column
    text = column if column.dtype.kind in NUMBERS else as_text(column)
    text = _unless_denied(given, text, field, unit, origin)
    figures = quantities.read(column.where(text.notna()), text, unit)
    origin.name(Issue.NOT_A_NUMBER, field.name, text[figures.refused])
    if figures.commas.any():
        count = f"{figures.commas.sum()} / {text.notna().sum()}"
        origin.tell(Issue.DECIMAL_COMMA, field.name, f"{text[figures.commas].iloc[0]} ({count})")
    every, text = text, text.where(figures.value.notna())
    if field.type == "integer":
        whole = figures.value.where(figures.value % 1 == 0)
        return _told(whole, text, field, Issue.NOT_AN_INTEGER, origin)
    value = _told(_within(figures.value, field), text, field, Issue.OUT_OF_RANGE, origin)
    origin.keep(field.name, given.mapped.column, value, every, (figures, unit))
    return value


def _unless_denied(
    given: Stated, text: pd.Series[Any], field: Field, unit: units.ColumnUnit, origin: Origin
) -> pd.Series[Any]:
    """Leave out the figures of rows in which a column beside says another unit or currency."""
    if not unit.stored or not (given.units or given.currencies):
        return text
    denied: dict[Any, str] = {}
    for column, whole in [(each, True) for each in given.units] + [
        (each, False) for each in given.currencies if unit.stored == catalog.units.MONEY
    ]:
        said = as_text(column)[text.notna()].dropna()
        known = {each: _denies(each, unit, whole=whole) for each in said.unique()}
        denied |= {at: each for at, each in said.items() if known[each]}
    for at, each in denied.items():
        written = as_text(text.loc[[at]]).iloc[0]
        origin.name(
            Issue.UNIT_BESIDE, field.name, pd.Series([f"{written} | {each}"], index=[at])
        )
    return text.where(~text.index.isin(denied))


def _denies(said: str, unit: units.ColumnUnit, *, whole: bool) -> bool:
    """Tell whether a cell says another unit, or another currency, than a column has."""
    found = catalog.units.read(said, unit.stored, yearly=unit.yearly)
    if isinstance(found, catalog.units.Asked) and found.currency:
        return found.currency not in unit.rates
    if isinstance(found, catalog.units.Unit):
        return whole and not math.isclose(found.factor, unit.factor or 0.0, rel_tol=units.SAME)
    return whole and found is not None and found.why == "dimension"


def _within(numbers: pd.Series[Any], field: Field) -> pd.Series[Any]:
    """Keep the figures that a field can have."""
    low = -math.inf if field.minimum is None else field.minimum
    high = math.inf if field.maximum is None else field.maximum
    return numbers.where((numbers >= low) & (numbers <= high))


def _lists(
    text: pd.Series[Any], field: Field, unit: units.ColumnUnit, origin: Origin
) -> pd.Series[Any]:
    """Read lists of numbers; one with an entry that the field cannot have is named, whole.

    Of a list with noughts the other entries are kept: a storey of 0 m is none, whatever is said of
    how many there are.
    """
    read = quantities.read_lists(text, unit)
    if not unit.known:
        text = text.where(read.notna())
    _told(read, text, field, Issue.NOT_A_NUMBER, origin)
    entries = read.dropna().str.split(";").explode()
    figures = entries.astype("float64")
    there = figures != 0
    fine = _within(figures[there], field).notna().groupby(level=0).all()
    fine = fine.reindex(read.index).eq(other=True) | read.isna()
    without = entries[there].groupby(level=0).agg(";".join)
    nought = (~there).groupby(level=0).any().reindex(read.index).eq(other=True)
    kept = read.where(~nought, without.reindex(read.index)).where(fine)
    _told(kept.where(~nought), text.where(read.notna()), field, Issue.OUT_OF_RANGE, origin)
    return kept


def _days(
    column: pd.Series[Any], text: pd.Series[Any], field: Field, origin: Origin
) -> pd.Series[Any]:
    """Read days; those that a time zone or a spreadsheet's number gives are told once."""
    read = dates.read(column, text, origin.calendar)
    for found, issue in ((read.moved, Issue.DAYS_LOCAL), (read.serial, Issue.DAYS_OF_NUMBERS)):
        if found.any():
            by = origin.calendar.local() if issue is Issue.DAYS_LOCAL else origin.calendar.epoch
            first = found.idxmax()
            origin.tell(issue, field.name, f"{text[first]} → {read.value[first]:%Y-%m-%d} ({by})")
    return _told(read.value, text, field, Issue.NOT_A_DATE, origin)


def _codes(values: pd.Series[Any], own: Mapping[str, str]) -> pd.Series[Any]:
    """Give the code of what is written; of what is not listed, that of all others."""
    others = own.get(OTHERS)
    return values.map(own).where(values.isna() | values.isin(own), others).astype("str")


def _told(
    cast: pd.Series[Any], stated: pd.Series[Any], field: Field, issue: Issue, origin: Origin
) -> pd.Series[Any]:
    """Name what was stated but could not be cast; give the cast."""
    lost = cast.isna() & stated.notna()
    if lost.any():
        origin.name(issue, field.name, stated[lost])
    return cast


def as_text(column: pd.Series[Any]) -> pd.Series[Any]:
    """Write values as trimmed text.

    Returns: On the same index; missing where there is nothing, or what people write for it.
    """
    if column.dtype.kind in NUMBERS:
        numbers = column.to_numpy(dtype="float64", na_value=np.nan).tolist()
        return pd.Series([
            None if each != each else f"{each:.0f}" if each % 1 == 0 else str(each)  # noqa: PLR0124
            for each in numbers
        ], index=column.index, name=column.name, dtype="str")
    written = column.astype("str").str.strip()
    missing = column.isna() | written.str.lower().isin(MISSING_TEXT)
    return written.where(~missing)


def says(column: pd.Series[Any]) -> pd.Series[Any]:
    """Tell in which cells anything is written.

    Returns: On the same index; where :func:`as_text` has a text.
    """
    return (column if column.dtype.kind in NUMBERS else as_text(column)).notna()


def nothing(type_: str, like: pd.Series[Any]) -> pd.Series[Any]:
    """Make a column of a field that the file does not fill.

    ``like``: A column of the same features.
    Returns: Missing throughout, of the field's type, on the index of ``like``.
    """
    dtypes = {"number": "float64", "integer": "float64", "date": "datetime64[s]"}
    return pd.Series(None, index=like.index, dtype=dtypes.get(type_, "str"))


def choice_codes(schema: Schema, tracks: Mapping[str, Track]) -> dict[str, dict[str, str]]:
    """List what may be written for each choice: its code, or its words in any language.

    Returns: By field, the code by what may be written.
    """
    found: dict[str, dict[str, str]] = {}
    for name, field in schema.fields.items():
        if field.type != "choice":
            continue
        if field.choices_from is not None:
            track = tracks.get(field.choices_from)
            states = track.state if track else ()  # a place of which no workflow is known
            codes = {title: state.code for state in states for title in state.title.values()}
            codes |= {word: state.code for state in states for word in state.also}
            codes |= {state.code: state.code for state in states}
        else:
            codes = {
                words(key): code
                for words in map(words_of.load, words_of.languages())
                for code in field.choices
                if words.has(key := f"choice.{name}.{code}")
            } | {code: code for code in field.choices}
        found[name] = codes
    return found
