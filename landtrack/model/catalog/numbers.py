"""Numbers as people write them: one strict grammar for files, catalogs, options and the map.

::

    number   = [+-] digits, or groups of three with commas, [. digits] [e digits]
    quantity = [¥ or DN] number [unit]

What is not exactly one number is none: two numbers in a cell, a blank, a line break or an
underscore inside, superscripts (9² is not 92), digits in circles, 12. and 0x0C. Full-width
digits, points and commas are those of half width. A comma before other than three digits may
be a decimal comma: of one cell that cannot be told, see :func:`decimal_comma`.

``output/map/frontend/core/numbers.js`` reads what is typed into the map by the same rules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

from landtrack.model.catalog.units import grammar

_FULL = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
HALF_WIDTH: dict[int, str | int] = {**_FULL, 0x3000: " ", 0x2212: "-", 0xFFE5: "¥"}
"""Letters of full width, the blank and the minus sign, as those of half width."""
NOTHING = " \t\r\n\f\v\u00a0\u2002\u2003\u2009\u202f\u200b\ufeff"
"""What is no part of what it stands before or behind."""

WHOLE = r"(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)"
NUMBER = rf"[+-]?(?:{WHOLE}(?:\.\d+)?|\.\d+)(?:e[+-]?\d{{1,3}})?"
DECIMAL_COMMA = r"[+-]?(?:\d{1,3}(?:\.\d{3})+|\d+),\d+"
_NUMBER = re.compile(NUMBER, re.ASCII | re.IGNORECASE)
_QUANTITY = re.compile(
    r"(?P<before>[^\d.,+\-]*?)\s*(?P<number>[+-]?[\d.,]+(?:e[+-]?\d+)?)\s*(?P<unit>.*)",
    re.ASCII | re.IGNORECASE,
)
_SURE = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d+", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+", re.ASCII)
_LIKELY = re.compile(r"[+-]?(?:\d+,\d{1,2}|0,\d+|[1-9]\d{0,2},\d{4,})", re.ASCII)
_RUN = re.compile(r"[\d.,]+", re.ASCII)
_WITHOUT = re.compile(r"[+-]?\d+", re.ASCII)
FULL_COMMA = "\uff0c"
"""The full-width comma: it may stand between thousands, but is no decimal comma."""
ENOUGH = 2
"""How many cells must have a decimal comma where no cell has points and a comma."""


class Quantity(NamedTuple):
    """A number with what stands before and behind it; the number as it is written."""

    before: str
    number: str
    unit: str


def half_width(text: str) -> str:
    """Write digits, points, commas, signs and letters of full width half-width.

    Returns: The same without blanks at its ends; superscripts and circled digits stay what they
    are.
    """
    return text.translate(HALF_WIDTH).strip(NOTHING)


def number(text: str) -> float:
    """Read one number.

    ``text``: Such as ``"3,797,916.479"``, ``"３７９"``, ``"1.5e3"``.
    Returns: NaN where it is not exactly one finite number.
    """
    plain = half_width(text)
    return _value(plain) if _NUMBER.fullmatch(plain) else math.nan


def _value(plain: str) -> float:
    value = float(plain.replace(",", ""))
    lost = value == 0 and re.search(r"[1-9]", plain.lower().partition("e")[0])
    return math.nan if lost or not math.isfinite(value) else value


def quantity(text: str) -> Quantity | None:
    """Take a number apart from what stands before and behind it.

    ``text``: Such as ``"12亩"``, ``"¥3,000万元"``, ``"DN300"``.
    Returns: None where there is no digit; whether its number is one, and whether its unit is known,
    is not told yet.
    """
    match = _QUANTITY.fullmatch(half_width(text))
    return None if match is None else Quantity(*(each.strip() for each in match.groups()))


def decimal_comma(written: Iterable[str]) -> bool:
    """Tell whether the commas of a column are decimal commas.

    ``written``: The numbers of all its cells, half-width, without units.
    Returns: True where every number can be read so, none can be read with the comma between
    thousands or has a decimal point, and one has points between thousands before its comma, or most
    and at least :data:`ENOUGH` have a comma that is not before three digits.
    """
    sure = likely = count = 0
    for each in written:
        count += 1
        if _SURE.fullmatch(each):
            sure += 1
        elif _LIKELY.fullmatch(each):
            likely += 1
        elif not _WITHOUT.fullmatch(each):
            return False
    return sure > 0 or (likely >= ENOUGH and 2 * likely >= count)


def separates(text: str) -> bool:
    """Tell whether a comma stands between digits and not between thousands.

    ``text``: A cell, such as ``"1200,1200"`` or ``"12,5"``.
    Returns: True says of the other cells of a column that their commas may separate two numbers.
    """
    return any(
        "," in each and not _NUMBER.fullmatch(each)
        for run in _RUN.findall(half_width(text)) if (each := run.strip(",."))
    )


def in_doubt(written: Iterable[str]) -> re.Pattern[str] | None:
    """Tell which numbers of a column may be grouped by points: 3.000 beside 2.500,5.

    ``written``: The numbers of all its cells, half-width, without units; not all are numbers with
    a decimal comma.
    Returns: What such a number looks like; None where no cell has points between thousands.
    """
    return _GROUPED if any(map(_SURE.fullmatch, written)) else None


def of_column(written: Sequence[str]) -> tuple[list[float], bool]:
    """Read the numbers of a column without units, with the commas of all of them.

    ``written``: n cells.
    Returns values : list of float: NaN of a cell that is not exactly one number; of each with a
    comma where one of them shows that commas may separate two numbers.
    Returns commas : bool: Whether the commas are decimal ones, see :func:`decimal_comma`.
    """
    plain = [half_width(each) for each in written]
    there = any("," in each for each in plain) and not any(FULL_COMMA in each for each in written)
    if there and decimal_comma(plain):
        return [of_decimal_comma(each) for each in plain], True
    doubt, grouped = any(map(separates, plain)), in_doubt(plain)
    return [
        math.nan if (doubt and "," in each) or (grouped and grouped.fullmatch(each))
        else number(each) for each in plain
    ], False


def of_decimal_comma(text: str) -> float:
    """Read one number of a column with decimal commas.

    ``text``: Half-width, such as ``"1.234,5"``.
    Returns: NaN where it is not exactly one finite number.
    """
    if not re.fullmatch(rf"{DECIMAL_COMMA}|[+-]?\d+", text, re.ASCII):
        return math.nan
    return _value(text.replace(".", "").replace(",", "."))


@cache
def before() -> tuple[frozenset[str], frozenset[str]]:
    """List what may stand before a number.

    Returns money : frozenset of str: Signs of the stored currency, which say nothing of thousands
    or millions.
    """
    known = grammar().before
    return (
        frozenset(each.translate(HALF_WIDTH).casefold() for each in known.money),
        frozenset(each.casefold() for each in known.unit),
    )
