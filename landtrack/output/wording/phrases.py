"""Names, figures and attributes in words: what findings and layer hits are said with."""

from __future__ import annotations

import math
from collections.abc import Hashable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pandas as pd

from landtrack.model import Field, Schema, Workflow, classes
from landtrack.model.translations import DASH, DIGITS, SHARES, Words, known
from landtrack.output.wording.messages import (
    Figure,
    Line,
    Message,
    Title,
    Unit,
    joined,
    say,
    tell,
)

MOST_DIGITS = 17
SHARE = "share"
WHOLE = 1e-6
"""What shares of areas that add up to the whole may be off it by computing."""


def naming(name: str) -> Message:
    """Name a measure or field.

    ``name``: Such as ``"floor_area_m2"``.
    Returns: Its words; the name itself where there are none.
    """
    for table in ("measure", "field"):
        if known(f"{table}.{name}"):
            return say(f"{table}.{name}")
    return name


def figure(value: object, unit: str, of: Hashable = None) -> Message:
    """Show a number that is not judged, rounded for reading.

    ``unit``: Its unit, as :func:`unit_of` gives it.
    Returns: A small amount that is not nothing never reads as zero.
    """
    exact = decimal(value)
    if exact is None:
        return say("wording.not_known")
    if unit == "0":
        return Figure(exact, "", 0, of, bare=True)
    return Figure(exact, unit, until_nonzero(exact, unit, DIGITS.get(unit, 2)), of)


def bare(
    value: object, digits: int | None = None, unit: str = "", *, most: int = 10
) -> Message:
    """Show a number under a heading that names its unit; a dash where it is not known.

    ``digits``: Its decimals; as many as it has, of ``most`` digits that count, where not given.
    ``unit``: ``share`` for a fraction of 1, which is shown in per cent.
    """
    exact = decimal(value)
    if exact is None:
        return DASH
    if digits is None:
        shown = Decimal(f"{exact:.{most}g}").normalize()
        digits = max(0, -int(shown.as_tuple().exponent))
    return Figure(exact, unit, digits, bare=unit not in SHARES)


def chosen(field: Field, workflow: Workflow, code: str) -> Message:
    """Name the value of a choice field.

    ``workflow``: Where the states of ``field.choices_from`` are named.
    Returns: Its words; the code itself where there are none.
    """
    if field.choices_from is not None and field.choices_from in workflow.tracks:
        for state in workflow.tracks[field.choices_from].state:
            if state.code == code:
                return Title(state.title)
    key = f"choice.{field.name}.{code}"
    return say(key) if known(key) else code


def class_name(schema: Schema, workflow: Workflow, code: str) -> Message:
    """Name a class of a layer kind.

    ``code``: A class, as :func:`landtrack.model.classes.classify` gives it; a verdict for plots.
    Returns: Such as ``"220 kV"``; ``""`` for the whole layer.
    """
    if code == "":
        return ""
    if schema.id == "plots":
        return say(f"outcome.{code}")
    field = schema.fields.get(schema.class_field or "")
    if code == classes.UNKNOWN or field is None:
        return say("wording.no_class")
    if field.type == "number":
        return Line((code, " ", Unit(field.unit or "")))
    return chosen(field, workflow, code)


def quantity(words: Words, value: object, unit: str) -> str:
    """Write a number that is not judged, rounded for reading.

    ``unit``: Its unit, as :func:`unit_of` gives it.
    Returns: Such as ``"1,200 m²"``; a small amount that is not nothing never reads as zero.
    """
    return tell(words, figure(value, unit))


def choice(words: Words, field: Field, workflow: Workflow, code: str) -> str:
    """Name the value of a choice field.

    ``workflow``: Where the states of ``field.choices_from`` are named.
    Returns: Its words; the code itself where there are none.
    """
    return tell(words, chosen(field, workflow, code))


def class_label(words: Words, schema: Schema, workflow: Workflow, code: str) -> str:
    """Name a class of a layer kind.

    ``code``: A class, as :func:`landtrack.model.classes.classify` gives it; a verdict for plots.
    Returns: Such as ``"220 kV"``; ``""`` for the whole layer.
    """
    return tell(words, class_name(schema, workflow, code))


def attribute(words: Words, field: Field, workflow: Workflow, value: Any) -> str:  # noqa: ANN401
    """Write the value of a field; ``""`` where there is none."""
    return tell(words, valued(field, workflow, value))


def valued(field: Field, workflow: Workflow, value: Any) -> Message:  # noqa: ANN401  a cell
    """Say the value of a field; ``""`` where there is none."""
    if isinstance(value, (list, tuple)):
        return joined(", ", [valued(field, workflow, each) for each in value])
    if hasattr(value, "tolist") and not isinstance(value, str):
        return valued(field, workflow, value.tolist())
    if value is None or pd.isna(value) or value == "":
        return ""
    if isinstance(value, str):
        return chosen(field, workflow, value) if field.type == "choice" else value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return plain(Decimal(repr(value)), field.unit)
    return value.date() if isinstance(value, datetime) else \
        value if isinstance(value, date) else str(value)


def decimal(value: Any) -> Decimal | None:  # noqa: ANN401  a cell of a table
    """Read a figure exactly.

    Returns: The figure; none where it is missing or endless.
    """
    if value is None or pd.isna(value) or not math.isfinite(float(value)):
        return None
    return Decimal(repr(float(value)))


def until_nonzero(value: Decimal, unit: str, digits: int) -> int:
    """Find how many decimals keep a value that is not nothing from reading as zero.

    They keep a share that is not the whole from reading as it, too.

    ``value``: The figure in ``unit``; a share is a fraction of 1.
    ``unit``: Its unit.
    """
    percent = 100 if unit in SHARES else 1
    part = unit == SHARE and abs(value - 1) > Decimal(WHOLE)
    while value and digits < MOST_DIGITS and (
        not (shown := round(value * percent, digits)) or (part and shown == percent)
    ):
        digits += 1
    return digits


def plain(value: Decimal, unit: str | None) -> Message:
    """Show an attribute's number as it was given, to six decimals at most.

    ``unit``: Its unit; a number without one, such as a year, gets no thousands separators.
    """
    digits = next(each for each in range(7) if round(value, each) == round(value, 6))
    return Figure(value, unit, digits) if unit else f"{round(value, digits):.{digits}f}"
