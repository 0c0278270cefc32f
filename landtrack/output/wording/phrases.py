"""Names, figures and attributes in words: what findings and layer hits are said with."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import pandas as pd

from landtrack.model import Field, Schema, Workflow, classes
from landtrack.model.translations import DIGITS, Words

MOST_DIGITS = 17

def input_name(words: Words, name: str) -> str:
    """Name a measure or field.

    Parameters
    ----------
    words
        The words of the language.
    name
        Such as ``"floor_area_m2"``.

    Returns
    -------
    str
        Its words; the name itself where there are none.
    """
    for table in ("measure", "field"):
        if words.has(f"{table}.{name}"):
            return words(f"{table}.{name}")
    return name


def quantity(words: Words, value: object, unit: str) -> str:
    """Write a number that is not judged, rounded for reading.

    Parameters
    ----------
    words
        The words of the language.
    value
        The number, or nothing.
    unit
        Its unit, as :func:`unit_of` gives it.

    Returns
    -------
    str
        Such as ``"1,200 m²"``; a small amount that is not nothing never reads as zero.
    """
    exact = decimal(value)
    if exact is None:
        return words("wording.not_known")
    if unit == "0":
        return f"{exact:,.0f}"
    return amount(words, exact, unit, until_nonzero(exact, unit, DIGITS.get(unit, 2)))


def choice(words: Words, field: Field, workflow: Workflow, code: str) -> str:
    """Name the value of a choice field.

    Parameters
    ----------
    words
        The words of the language.
    field
        The field.
    workflow
        Where the states of ``field.choices_from`` are named.
    code
        The value.

    Returns
    -------
    str
        Its words; the code itself where there are none.
    """
    if field.choices_from is not None and field.choices_from in workflow.tracks:
        for state in workflow.tracks[field.choices_from].state:
            if state.code == code:
                return words.pick(state.title)
    key = f"choice.{field.name}.{code}"
    return words(key) if words.has(key) else code


def class_label(words: Words, schema: Schema, workflow: Workflow, code: str) -> str:
    """Name a class of a layer kind.

    Parameters
    ----------
    words
        The words of the language.
    schema
        The kind.
    workflow
        Where the states of land and works are named.
    code
        A class, as :func:`landtrack.model.classes.classify` gives it; a verdict for plots.

    Returns
    -------
    str
        Such as ``"220 kV"``; ``""`` for the whole layer.
    """
    if code == "":
        return ""
    if schema.id == "plots":
        return words(f"outcome.{code}")
    field = schema.fields.get(schema.class_field or "")
    if code == classes.UNKNOWN or field is None:
        return words("wording.no_class")
    if field.type == "number":
        unit = words(f"unit.{field.unit}") if field.unit else ""
        return f"{code} {unit}".rstrip()
    return choice(words, field, workflow, code)


def attribute(words: Words, field: Field, workflow: Workflow, value: Any) -> str:  # noqa: ANN401
    """Write the value of a field.

    Parameters
    ----------
    words
        The words of the language.
    field
        The field.
    workflow
        Where the states of land and works are named.
    value
        Its value, or nothing.

    Returns
    -------
    str
        The words; ``""`` where there is no value.
    """
    if isinstance(value, (list, tuple)):
        return ", ".join(attribute(words, field, workflow, each) for each in value)
    if hasattr(value, "tolist") and not isinstance(value, str):
        return attribute(words, field, workflow, value.tolist())
    if value is None or pd.isna(value) or value == "":
        return ""
    if isinstance(value, str):
        return choice(words, field, workflow, value) if field.type == "choice" else value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return plain(words, Decimal(repr(value)), field.unit)
    return words.value(value)


def decimal(value: Any) -> Decimal | None:  # noqa: ANN401  a cell of a table
    """Read a figure exactly.

    Parameters
    ----------
    value
        A cell of a table.

    Returns
    -------
    Decimal or None
        The figure; none where it is missing or endless.
    """
    if value is None or pd.isna(value) or not math.isfinite(float(value)):
        return None
    return Decimal(repr(float(value)))


def until_nonzero(value: Decimal, unit: str, digits: int) -> int:
    """Find how many decimals keep a value that is not nothing from reading as zero.

    Parameters
    ----------
    value
        The figure in ``unit``; a share is a fraction of 1.
    unit
        Its unit.
    digits
        The decimals to begin with.

    Returns
    -------
    int
        The decimals.
    """
    percent = 100 if unit in {"%", "share"} else 1
    while value and digits < MOST_DIGITS and not round(value * percent, digits):
        digits += 1
    return digits


def amount(words: Words, value: Decimal, unit: str, digits: int) -> str:
    """Write a figure with a stated number of decimals and its unit.

    Parameters
    ----------
    words
        The words of the language.
    value
        The figure in ``unit``; a share is a fraction of 1.
    unit
        Its unit.
    digits
        The decimals.

    Returns
    -------
    str
        Such as ``"2,500.0 CNY/m²"``.
    """
    if unit in {"%", "share"}:
        return f"{round(value * 100, digits):,.{digits}f}%"
    named = words(f"unit.{unit}")
    return f"{round(value, digits):,.{digits}f} {named}".rstrip()


def plain(words: Words, value: Decimal, unit: str | None) -> str:
    """Write an attribute's number as it was given, to six decimals at most.

    Parameters
    ----------
    words
        The words of the language.
    value
        The number.
    unit
        Its unit; a number without one, such as a year, gets no thousands separators.

    Returns
    -------
    str
        The number with its unit.
    """
    figure = f"{round(value, 6):,f}"
    figure = figure.rstrip("0").rstrip(".") if "." in figure else figure
    named = words(f"unit.{unit}") if unit else ""
    return f"{figure} {named}".rstrip() if unit else figure.replace(",", "")
