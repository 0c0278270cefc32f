"""Reads a filter in CQL2 text (OGC 21-065r2): Basic CQL2 and the advanced comparisons.

The text is parsed by ``cql2``; what it gives is taken over only where its columns, operators and
values are those that the features have, so that nothing of the text becomes part of a statement.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import tzinfo
from typing import Any, NamedTuple

import cql2

from landtrack.app.ogc import asked
from landtrack.model.errors import RequestError
from landtrack.store.conditions import (
    COMPARED,
    All,
    Compare,
    Condition,
    Either,
    Like,
    Missing,
    Not,
    Operator,
    Plain,
)
from landtrack.store.session import ColumnKind

DEEPEST = 8
"""Brackets within brackets: what is cut off within them takes the parser twice as long for each."""
MOST_BELOW = 100
"""How deep conditions may stand within each other."""
TURNED: Mapping[Operator, Operator] = {
    "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=",
}
"""The operators, where the value stands before the property."""
DATED = ("date", "timestamp")

_AT = re.compile(r"--> 1:([0-9]+)")


class _Known(NamedTuple):
    """What is known of the features: the properties, and the time zone of the place."""

    kinds: Mapping[str, ColumnKind]
    zone: tzinfo | None


def read(text: str, kinds: Mapping[str, ColumnKind], zone: tzinfo | None) -> Condition:
    """Read a filter.

    ``kinds``: What the properties hold by which features may be chosen.
    ``zone``: Of the place: a moment is a day there.
    Raises RequestError: If it is no CQL2 text, or asks for what features cannot be chosen by.
    """
    if _depth(text) > DEEPEST:
        raise _no(f"brackets within brackets more than {DEEPEST} times")
    try:
        parsed = cql2.parse_text(text).to_json()
    except cql2.ParseError as error:
        found = _AT.search(str(error))
        raise _no(f"what stands at sign {found[1] if found else 1}") from error
    return _condition(parsed, _Known(kinds, zone), MOST_BELOW)


def _depth(text: str) -> int:
    """Count how deep brackets stand within each other, those in quotes left out."""
    deepest = now = 0
    quote = ""
    for sign in text:
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"":
            quote = sign
        elif sign in "()":
            now += 1 if sign == "(" else -1
            deepest = max(deepest, now)
    return deepest


def _condition(parsed: Any, known: _Known, below: int) -> Condition:  # noqa: ANN401  JSON
    """Take over a condition.

    Raises RequestError: If it is none that can be asked for.
    """
    if below == 0:
        raise _no(f"conditions within conditions more than {MOST_BELOW} times")
    if isinstance(parsed, bool):
        return All(()) if parsed else Either(())
    if not isinstance(parsed, dict):
        raise _no("a value where a condition has to be")
    if "property" in parsed:
        return _compare("=", _named(parsed, known), True, known)  # noqa: FBT003  as it is written
    name, given = str(parsed.get("op", "")), parsed.get("args", [])
    if name in {"and", "or", "not"}:
        each = tuple(_condition(one, known, below - 1) for one in given)
        return Not(each[0]) if name == "not" else All(each) if name == "and" else Either(each)
    taken = _OPERATORS.get(name)
    if taken is None:
        raise _no(f"the operator or function {name[:40]!r}")
    return taken(name, given, known)


def _comparison(name: str, given: Sequence[Any], known: _Known) -> Condition:
    one, other = given
    operator: Operator = next(each for each in COMPARED if each == name)
    if not _is_property(one):
        one, other, operator = other, one, TURNED[operator]
    return _compare(operator, _named(one, known), other, known)


def _missing(_: str, given: Sequence[Any], known: _Known) -> Condition:
    return Missing(_named(given[0], known))


def _like(_: str, given: Sequence[Any], known: _Known) -> Condition:
    column, pattern = _named(given[0], known), given[1]
    if known.kinds[column] != "text" or not isinstance(pattern, str):
        raise _no(f"LIKE for {column}, or without a text")
    return Like(column, pattern)


def _between(_: str, given: Sequence[Any], known: _Known) -> Condition:
    column = _named(given[0], known)
    return All((_compare(">=", column, given[1], known), _compare("<=", column, given[2], known)))


def _among(_: str, given: Sequence[Any], known: _Known) -> Condition:
    column = _named(given[0], known)
    return Either(tuple(_compare("=", column, each, known) for each in given[1]))


_OPERATORS: Mapping[str, Callable[[str, Sequence[Any], _Known], Condition]] = {
    **dict.fromkeys(COMPARED, _comparison), "isNull": _missing, "like": _like,
    "between": _between, "in": _among,
}


def _is_property(given: Any) -> bool:  # noqa: ANN401  JSON
    return isinstance(given, dict) and "property" in given


def _named(given: Any, known: _Known) -> str:  # noqa: ANN401  JSON
    """Name a property that there is."""
    if not _is_property(given):
        raise _no("a comparison without a property")
    name = str(given["property"])
    if name not in known.kinds:
        raise _no(f"the property {name[:40]!r}")
    return name


def _compare(operator: Operator, column: str, given: Any, known: _Known) -> Compare:  # noqa: ANN401
    """Compare a property to a value of its kind."""
    kind = known.kinds[column]
    if kind in {"day", "moment"}:
        return Compare(column, operator, _day(given, column, known), day=True)
    fits: Mapping[ColumnKind, Callable[[Any], bool]] = {
        "text": lambda each: isinstance(each, str), "boolean": lambda each: isinstance(each, bool),
        "number": _is_number, "integer": _is_number,
    }
    if not fits[kind](given):
        raise _no(f"{column} compared to what is not {asked.HOLDS[kind]}")
    value: Plain = given
    return Compare(column, operator, value)


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given)


def _day(given: Any, column: str, known: _Known) -> str:  # noqa: ANN401  JSON
    """Read a day: a moment is one where the place is."""
    text = given
    if isinstance(given, dict):
        text = next((given[each] for each in DATED if each in given), None)
    if not isinstance(text, str) or not asked.MOMENT.fullmatch(text):
        raise _no(f"{column} compared to what is not {asked.HOLDS['day']}")
    return asked.day(text, known.zone, "filter").isoformat()


def _no(what: str) -> RequestError:
    return RequestError(
        f"The filter cannot be taken: {what}.",
        mend="Write it in CQL2 text, with properties of this collection: comparisons, LIKE, "
        "BETWEEN, IN, IS NULL, AND, OR, NOT.",
    )
