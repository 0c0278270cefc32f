"""Cells of a file as what their fields hold: numbers, dates, choices, in the field's unit.

What cannot be read becomes missing and is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from landtrack import catalog, issues, text
from landtrack.errors import CatalogError
from landtrack.model import Column, Field, Issue, Schema, Track

MISSING_TEXT = frozenset({"", "-", "--", "—", "/", "无", "null", "none", "nan", "<na>"})
"""What people write into a cell that has no value."""

OTHERS = "*"
"""Under ``values`` of a catalog, what every value that is not listed means."""

DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T].*)?")
COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")


def column_of(stated: str | Column) -> tuple[str, str | None]:
    """Take apart what a catalog says of a column.

    Parameters
    ----------
    stated
        A column's name, or its name and unit.

    Returns
    -------
    name : str
        The column.
    unit : str or None
        The unit of its numbers; none means the field's own.
    """
    return (stated, None) if isinstance(stated, str) else (stated.column, stated.unit)


@dataclass(frozen=True)
class Origin:
    """Where values come from, and the rows that name those that cannot be read.

    ``keys`` are the features' keys by row, ``values`` the codes that a catalog gives to
    what is written, by field.
    """

    label: str
    layer: str
    keys: pd.Series[Any]
    values: Mapping[str, Mapping[str, str]]
    rows: list[issues.Row]

    def name(self, issue: Issue, field: str, found: pd.Series[Any]) -> None:
        """Add a row for each of the values found.

        Parameters
        ----------
        issue
            What is wrong with them.
        field
            The field they should fill.
        found
            The values by row.
        """
        self.rows.extend(
            issues.row(
                issue, source=self.label, layer=self.layer,
                feature_id=str(self.keys[number]), field=field, value=value,
            )
            for number, value in found.items()
        )


def cast(
    stated: tuple[pd.Series[Any], str | None],
    field: Field,
    choices: Mapping[str, str],
    origin: Origin,
) -> pd.Series[Any]:
    """Read a column as what its field holds; what cannot be read is named.

    Parameters
    ----------
    stated
        The column, and the unit that the catalog states for its numbers.
    field
        The field that it fills.
    choices
        Codes by what may be written, for a choice.
    origin
        Where the values come from; a row is added to it for each that cannot be read.

    Returns
    -------
    Series
        On the same index: float64 for numbers, datetime64 for dates, text for the rest.

    Raises
    ------
    CatalogError
        If the unit does not convert to the field's.
    """
    column, unit = stated
    values = as_text(column)
    if field.type == "text":
        return values
    if field.type in {"number", "integer"}:
        return _quantities(_numbers(column, values), values, (field, unit), origin)
    if field.type == "choice":
        read = _codes(values, {**choices, **origin.values.get(field.name, {})})
    elif field.type == "date":
        read = _dates(column, values)
    else:
        read = _number_lists(values)
    issue = {"choice": Issue.NOT_A_CHOICE, "date": Issue.NOT_A_DATE}.get(
        field.type, Issue.NOT_A_NUMBER
    )
    return _told(read, values, field, issue, origin)


def _quantities(
    numbers: pd.Series[Any], stated: pd.Series[Any], of: tuple[Field, str | None], origin: Origin
) -> pd.Series[Any]:
    """Bring numbers into the field's unit; what is no number or out of range is named."""
    field, unit = of
    numbers = _told(numbers, stated, field, Issue.NOT_A_NUMBER, origin) * factor(field, unit)
    stated = stated.where(numbers.notna())
    if field.type == "integer":
        return _told(numbers.where(numbers % 1 == 0), stated, field, Issue.NOT_AN_INTEGER, origin)
    if field.minimum is None:
        return numbers
    kept = numbers.where(numbers >= field.minimum)
    return _told(kept, stated, field, Issue.OUT_OF_RANGE, origin)


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

    Parameters
    ----------
    column
        Values of any type.

    Returns
    -------
    Series of str
        On the same index; missing where there is nothing, or what people write for it.
    """
    if column.dtype.kind in "if":
        numbers = column.astype("float64")
        whole = numbers.notna() & (numbers % 1 == 0)
        written = numbers.astype("str").where(~whole, numbers.map("{:.0f}".format))
        return written.where(numbers.notna()).astype("str")
    written = column.astype("str").str.strip()
    missing = column.isna() | written.str.lower().isin(MISSING_TEXT)
    return written.where(~missing)


def _half_width(values: pd.Series[Any]) -> pd.Series[Any]:
    """Write full-width digits and signs, as in １２．５, half-width."""
    return values.str.normalize("NFKC")


def _numbers(column: pd.Series[Any], values: pd.Series[Any]) -> pd.Series[Any]:
    if column.dtype.kind in "if":
        numbers = column.astype("float64")
    else:
        plain = _half_width(values).str.replace(r"[,\s]", "", regex=True)
        numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def _number_lists(values: pd.Series[Any]) -> pd.Series[Any]:
    """Write lists of numbers as ``"9.5;4.2"``, missing where an entry is no number."""
    parts = _half_width(values).str.replace(r"[,、/\s]+", ";", regex=True).str.strip(";")
    fine = parts.str.fullmatch(r"\d+(\.\d+)?(;\d+(\.\d+)?)*").fillna(value=False)
    return parts.where(fine.astype("bool"))


def _dates(column: pd.Series[Any], values: pd.Series[Any]) -> pd.Series[Any]:
    if column.dtype.kind == "M":
        moments = column.dt.tz_localize(None) if column.dt.tz is not None else column
        return moments.dt.normalize().astype("datetime64[s]")
    values = _half_width(values)
    found = values.str.extract(f"^(?:{DATE.pattern})$")
    compact = values.str.extract(f"^{COMPACT_DATE.pattern}$")
    parts = found.fillna(compact)
    iso = parts[0] + "-" + parts[1].str.zfill(2) + "-" + parts[2].str.zfill(2)
    return pd.to_datetime(iso, format="%Y-%m-%d", errors="coerce").astype("datetime64[s]")


def nothing(field: Field, like: pd.Series[Any]) -> pd.Series[Any]:
    """Make a column of a field that the file does not fill.

    Parameters
    ----------
    field
        The field.
    like
        A column of the same features.

    Returns
    -------
    Series
        Missing throughout, of the field's type, on the index of ``like``.
    """
    dtypes = {"number": "float64", "integer": "float64", "date": "datetime64[s]"}
    return pd.Series(None, index=like.index, dtype=dtypes.get(field.type, "str"))


def factor(field: Field, unit: str | None) -> float:
    """Find what numbers in a file's unit are multiplied with.

    Parameters
    ----------
    field
        The field they fill.
    unit
        The unit that the catalog states for the file; none means the field's own.

    Returns
    -------
    float
        The factor.

    Raises
    ------
    CatalogError
        If the unit does not convert to the field's.
    """
    if unit is None:
        return 1.0
    known = catalog.unit_factor(field.unit or "", unit)
    if known is None:
        factors = catalog.units.units().get(field.unit or "", {})
        raise CatalogError(
            f"{field.name} is stored in {field.unit or 'no unit'}; "
            f"{unit!r} does not convert to that.",
            mend=f"Use one of: {', '.join(factors) or 'no unit'}.",
        )
    return known


def choice_codes(schema: Schema, tracks: Mapping[str, Track]) -> dict[str, dict[str, str]]:
    """List what may be written for each choice: its code, or its words in any language.

    Parameters
    ----------
    schema
        The layer kind.
    tracks
        The workflow's tracks.

    Returns
    -------
    dict of str to dict of str to str
        By field, the code by what may be written.
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
                for words in map(text.load, text.languages())
                for code in field.choices
                if words.has(key := f"choice.{name}.{code}")
            } | {code: code for code in field.choices}
        found[name] = codes
    return found
