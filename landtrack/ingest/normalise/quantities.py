"""Cells of a column as numbers in the unit that their field is stored in.

The grammar of one cell is :mod:`landtrack.model.catalog.numbers`; a unit in a cell comes before
that of its column.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from landtrack.ingest.normalise.units import ColumnUnit
from landtrack.model import catalog
from landtrack.model.catalog import numbers, units

PLAIN = r"[+-]?[0-9]+(?:\.[0-9]+)?"
"""What most cells are: read at once, not one by one."""
SEPARATORS = re.compile(r"[;；、/|\s]+")
"""What stands between numbers of a list, whatever else does."""
COMMAS = re.compile(r"[,，]")

Factor = Callable[[str, str], float | None]


class Figures(NamedTuple):
    """Figures of a column in the unit of its field, by row.

    ``refused`` are the cells that are not exactly one number in a known unit, ``unit`` the
    unit of each that was read, ``own`` those that state it themselves, ``commas`` the cells read
    with a decimal comma.
    """

    value: pd.Series[Any]
    refused: pd.Series[Any]
    unit: pd.Series[Any]
    commas: pd.Series[Any]
    own: pd.Series[Any]


def read(column: pd.Series[Any], written: pd.Series[Any], unit: ColumnUnit) -> Figures:
    """Read a column of numbers.

    ``column``: n cells.
    ``written``: The same as text, missing where there is nothing.
    ``unit``: The unit of those that state none.
    Returns: On the same index; NaN where a cell is refused, or is in the unit of a column whose
    unit is not known.
    """
    nothing = pd.Series(data=False, index=column.index)
    if column.dtype.kind in "iuf":
        value = column.astype("float64")
        value = value.where(np.isfinite(value))
        refused = value.isna() & written.notna()
        return Figures(
            _in_unit(value, unit.factor), refused, _named(value.notna(), unit.name), nothing,
            nothing,
        )
    plain = written.str.fullmatch(PLAIN).fillna(value=False).astype("bool")
    value = pd.Series(np.nan, index=column.index)
    value[plain] = written[plain].astype("float64")
    value = _in_unit(value.where(np.isfinite(value)), unit.factor)
    said = _named(plain, unit.name)
    refused = plain & value.isna() & unit.known
    rest = written[~plain & written.notna()]
    if rest.empty:
        return Figures(value, refused, said, nothing, nothing)
    cells = {cell: numbers.quantity(cell) for cell in rest.unique()}
    with_commas = _decimal_commas(written[plain], cells, unit)
    found = {cell: _one(each, unit, commas=with_commas) for cell, each in cells.items()}
    if not with_commas and any(map(numbers.separates, cells)):
        found |= {cell: (math.nan, None, "") for cell in cells if COMMAS.search(cell)}
    grouped = numbers.in_doubt(each.number for each in cells.values() if each is not None)
    if grouped is not None and not with_commas:
        found |= {
            cell: (math.nan, None, "") for cell, each in cells.items()
            if each is not None and grouped.fullmatch(each.number)
        }
        doubtful = plain & written.str.fullmatch(grouped).fillna(value=False).astype("bool")
        value[doubtful], said[doubtful] = np.nan, ""
        refused |= doubtful
    for factor in {each[1] for each in found.values()}:
        own = rest[rest.isin([cell for cell, each in found.items() if each[1] == factor])]
        amounts = own.map({cell: each[0] for cell, each in found.items()})
        value[own.index] = _in_unit(amounts, factor)
    said[rest.index] = rest.map({cell: each[2] for cell, each in found.items()})
    refused |= written.isin([cell for cell, each in found.items() if math.isnan(each[0])])
    return Figures(value, refused, said, written.isin([
        cell for cell, each in cells.items()
        if with_commas and each is not None and "," in each.number
    ]), written.isin([cell for cell, each in cells.items() if each is not None and states(each)]))


def _in_unit(value: pd.Series[Any], factor: float | None) -> pd.Series[Any]:
    """Convert to 15 digits, so that 12 mu are 8 000 m2 and not a neighbour of it."""
    if factor is None:
        return value * np.nan
    if factor == 1:
        return value
    product = catalog.converted(value.to_numpy(dtype="float64"), factor)
    return pd.Series(product, index=value.index)


def _named(where: pd.Series[Any], unit: str) -> pd.Series[Any]:
    return pd.Series(np.where(where, unit, ""), index=where.index, dtype="object")


def _decimal_commas(
    plain: pd.Series[Any], cells: Mapping[str, numbers.Quantity | None], unit: ColumnUnit
) -> bool:
    """Tell whether a column's commas are decimal ones, by all that is written in it."""
    found = [each for each in cells.values() if each is not None and unit_of_cell(each, unit)]
    if not any("," in each.number for each in found):
        return False
    if len(found) < len(cells) or any(numbers.FULL_COMMA in cell for cell in cells):
        return False
    return numbers.decimal_comma([*plain, *(each.number for each in found)])


def _one(
    cell: numbers.Quantity | None, unit: ColumnUnit, *, commas: bool
) -> tuple[float, float | None, str]:
    """Read one cell: its number, NaN where it is none, and its unit."""
    own = None if cell is None else unit_of_cell(cell, unit)
    if cell is None or own is None:
        return math.nan, None, ""
    amount = numbers.of_decimal_comma(cell.number) if commas else numbers.number(cell.number)
    return (math.nan, None, "") if math.isnan(amount) else (amount, *own)


def figure(text: str, unit: ColumnUnit) -> float:
    """Read one figure that stands alone.

    ``text``: Such as ``"26000000"``, ``"2,600万元"``.
    ``unit``: The unit of one that states none.
    Returns: In the stored unit; NaN where it is not exactly one number in a known unit.
    """
    amount, factor, _ = _one(numbers.quantity(text), unit, commas=False)
    if factor is None:
        return math.nan
    return amount if factor == 1 else catalog.times(amount, factor)


def unit_of_cell(cell: numbers.Quantity, unit: ColumnUnit) -> tuple[float | None, str] | None:
    """Find the unit that a cell is in.

    ``unit``: That of its column.
    Returns: What one of it is in the stored unit, none where the column's unit is not known, and
    its name; None where what stands at the number is no unit of that quantity.
    """
    money, before = numbers.before()
    sign = cell.before.casefold()
    if sign in before and not cell.unit:
        return unit.read(cell.before)
    if sign and not (sign in money and unit.stored == units.MONEY):
        return None
    return unit.read(cell.unit) if cell.unit else (unit.factor, unit.name)


def states(cell: numbers.Quantity) -> bool:
    """Say whether a cell states its unit.

    Returns: A sign of money says nothing of thousands or millions: it is none.
    """
    return bool(cell.unit) or cell.before.casefold() in numbers.before()[1]


def read_lists(written: pd.Series[Any], unit: ColumnUnit) -> pd.Series[Any]:
    """Read lists of numbers, such as the heights of storeys.

    ``written``: n texts such as ``"9.5;4.2"``, missing where there is nothing. Between the numbers
    stand semicolons, strokes, 、 or blanks; commas only where a number has a decimal point, for
    ``4,5`` may be one number.
    ``unit``: The unit of numbers that state none.
    Returns: ``"9.5;4.2"`` in the stored unit; missing where an entry is not exactly one number.
    """
    found = {cell: _list(cell, unit) for cell in written.dropna().unique()}
    return written.map(found).astype("str").where(written.map(found).notna())


def _list(cell: str, unit: ColumnUnit) -> str | None:
    plain = numbers.half_width(cell)
    if "," in plain:
        if SEPARATORS.search(plain.replace(", ", ",")) or "." not in plain:
            return None
        entries = COMMAS.split(plain)
    else:
        entries = SEPARATORS.split(plain)
    found = [_one(numbers.quantity(each), unit, commas=False) for each in entries]
    if any(math.isnan(amount) or factor is None for amount, factor, _ in found):
        return None
    return ";".join(f"{catalog.times(amount, factor or 1.0):.15g}" for amount, factor, _ in found)
