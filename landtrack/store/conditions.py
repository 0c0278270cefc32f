"""What rows of a layer or a table are wanted: conditions on its columns, as any store reads them.

A column is named by who asks only after it was found among those that there are; a value never
becomes part of a statement.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
"""Names of columns that conditions can be on."""

Operator = Literal["=", "<>", "<", "<=", ">", ">="]
Plain = str | float | int | bool

COMPARED: Mapping[Operator, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<>": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt,
    ">=": operator.ge,
}


class Compare(NamedTuple):
    """A column compared to a value; to one that is missing nothing compares.

    ``day``: Whether the day alone of a moment counts, written as 2006-12-31.
    """

    column: str
    operator: Operator
    value: Plain
    day: bool = False


class Like(NamedTuple):
    """A text that has a pattern: ``%`` stands for any signs, ``_`` for one, a backslash before."""

    column: str
    pattern: str


class Missing(NamedTuple):
    """A column without a value."""

    column: str


class All(NamedTuple):
    """All of some conditions."""

    of: tuple[Condition, ...]


class Either(NamedTuple):
    """At least one of some conditions."""

    of: tuple[Condition, ...]


class Not(NamedTuple):
    """A condition that does not hold; where a value is missing neither holds."""

    of: Condition


Condition = Compare | Like | Missing | All | Either | Not


def statement(
    condition: Condition, *, day: Callable[[str], str], like: Callable[[str], tuple[str, str]],
) -> tuple[str, Mapping[str, Plain]]:
    """Write a condition as part of a statement.

    ``day``: Writes the day of a column that holds a moment.
    ``like``: Gives the operator that heeds case, and a pattern as that one reads it.
    Returns: The text, with ``:w0`` and so on where values go, and the values by those names.
    """
    values: dict[str, Plain] = {}

    def named(value: Plain) -> str:
        values[f"w{len(values)}"] = value
        return f":w{len(values) - 1}"

    def joined(of: Sequence[Condition], by: str) -> str:
        none = "1 = 1" if by == "AND" else "1 = 0"
        return f"({f' {by} '.join(map(told, of)) or none})"

    def told(each: Condition) -> str:
        if isinstance(each, Compare):
            column = day(_quoted(each.column)) if each.day else _quoted(each.column)
            return f"{column} {each.operator} {named(each.value)}"
        if isinstance(each, Like):
            by, pattern = like(each.pattern)
            return f"{_quoted(each.column)} {by} {named(pattern)}"
        if isinstance(each, Missing):
            return f"{_quoted(each.column)} IS NULL"
        if isinstance(each, Not):
            return f"NOT ({told(each.of)})"
        return joined(each.of, "AND" if isinstance(each, All) else "OR")

    return told(condition), values


def signs(pattern: str) -> Iterator[tuple[str, bool]]:
    """Read the pattern of a :class:`Like`: its signs, and which of them stand for others."""
    escaped = False
    for sign in pattern:
        if not escaped and sign == "\\":
            escaped = True
            continue
        yield sign, not escaped and sign in "%_"
        escaped = False
    if escaped:  # one at the end is itself
        yield "\\", False


def as_like(pattern: str) -> str:
    """Write the pattern of a :class:`Like` as every LIKE reads it."""
    return "".join(
        sign if wild or sign not in "%_\\" else f"\\{sign}" for sign, wild in signs(pattern)
    )


def as_glob(pattern: str) -> str:
    """Write the pattern of a :class:`Like` as SQLite's GLOB reads it."""
    wilds = {"%": "*", "_": "?"}
    return "".join(
        wilds[sign] if wild else f"[{sign}]" if sign in "*?[" else sign
        for sign, wild in signs(pattern)
    )


def _quoted(column: str) -> str:
    """Write the name of a column, which is a plain one."""
    if not PLAIN.fullmatch(column):
        raise ValueError(f"no plain name: {column!r}")
    return f'"{column}"'


def holds(condition: Condition, row: Mapping[str, object]) -> bool | None:
    """Tell whether a condition holds for a row that is at hand, as the stores tell it.

    Returns: None where a value that it takes is missing.
    """
    if isinstance(condition, Compare):
        value = row[condition.column]
        if value is None:
            return None
        known = str(value)[:10] if condition.day else value
        return bool(COMPARED[condition.operator](known, condition.value))
    if isinstance(condition, Like):
        value = row[condition.column]
        return None if value is None else bool(as_regex(condition.pattern).fullmatch(str(value)))
    if isinstance(condition, Missing):
        return row[condition.column] is None
    if isinstance(condition, Not):
        held = holds(condition.of, row)
        return None if held is None else not held
    ends = isinstance(condition, Either)  # one that settles the whole
    each = [holds(one, row) for one in condition.of]
    return ends if ends in each else None if None in each else not ends


def as_regex(pattern: str) -> re.Pattern[str]:
    """Write the pattern of a :class:`Like` as a regular expression."""
    wilds = {"%": ".*", "_": "."}
    return re.compile("".join(
        wilds[sign] if wild else re.escape(sign) for sign, wild in signs(pattern)
    ), re.DOTALL)
