"""The smallest changes by which a failing index would pass, tried before they are told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from landtrack.assessment import rules
from landtrack.assessment.rules.case import LAND, Case
from landtrack.model import Outcome, Rule
from landtrack.model.translations import DIGITS, unit_of

FLOOR = "floor_area_m2"
AREAS = {"declared": "land_area_m2", "planar": "area_m2", "ellipsoidal": "area_ellipsoidal_m2"}
"""The land areas that a verdict is tried with, by what they are called."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A measure that changes by so much, its new value, and the rules that would then fail anew.

    ``storeys`` is what more floor area comes to on the present footprint, 0 where nothing is.
    """

    measure: str
    by: float
    strict: bool
    value: float
    storeys: int = 0
    hurts: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Combined:
    """What mends all failing indices at once: a change of each, or less land alone."""

    each: tuple[Change, ...] = ()
    less_land: float = 0.0


def smallest(case: Case, rule: Rule, row: Mapping[str, Any]) -> list[Change]:
    """Find the smallest single changes by which a failing index would pass.

    Returns: Of the numerator, then of the denominator; each makes the rule pass when tried. A
    change after which another index fails comes with the change that mends that too.
    """
    strict = row["relation"] in {">", "<"}
    found = []
    bound = row["value"] - row["margin"]
    numerator, denominator = case.figure(rule.numerator), case.figure(rule.denominator)
    if math.isnan(numerator) or not bound > 0:
        return []
    more = 1.0 if row["relation"] in {">=", ">"} or row["value"] < bound else -1.0
    wanted = {rule.numerator: math.copysign(bound * denominator - numerator, more)}
    if rule.denominator:
        wanted[rule.denominator] = math.copysign(numerator / bound - denominator, -more)
    for name, by in wanted.items():
        size = float(enough(name, by, strict=strict))
        value = case.figure(name) + math.copysign(size, by)
        if value <= 0 or (name == rule.denominator == FLOOR):
            continue
        tried = case.changed({name: value})
        outcomes = _outcomes(tried)
        if outcomes[rule.id] != Outcome.PASS:
            continue
        before = _outcomes(case)
        hurt = tuple(
            each for each, outcome in outcomes.items()
            if outcome == Outcome.FAIL and before[each] != Outcome.FAIL
        )
        found.append(Change(
            measure=name, by=by, strict=strict, value=value, hurts=hurt,
            storeys=_storeys(case, name, by),
        ))
    return found


def _outcomes(case: Case) -> dict[str, str]:
    table = case.findings()
    return dict(zip(table["rule"], table["outcome"], strict=True))


def _storeys(case: Case, name: str, by: float) -> int:
    """Count the storeys on the present footprint that more floor area comes to."""
    footprint = case.figure("covered_area_m2")
    if name != FLOOR or by <= 0 or not footprint > 0:
        return 0
    return math.ceil(by / footprint - rules.NOISE)


def together(case: Case, by_id: Mapping[str, Rule]) -> list[Combined]:
    """Find what mends all failing indices at once.

    ``by_id``: The rules by id.
    Returns: With the present land, each numerator's change; with less land alone, if that is enough
    for all. Empty where fewer than two indices fail.
    """
    rows = [
        row for row in case.findings().to_dict("records")
        if row["outcome"] == Outcome.FAIL and by_id[row["rule"]].kind == "index"
    ]
    if len(rows) < 2:  # noqa: PLR2004  a combination is of two at least
        return []
    each = [smallest(case, by_id[row["rule"]], row) for row in rows]
    if not all(each):
        return []
    combined = []
    first = tuple(own[0] for own in each)
    if not _fails(case.changed({change.measure: change.value for change in first}), rows):
        combined.append(Combined(each=first))
    lands = [change.value for own in each for change in own if change.measure == LAND]
    if len(lands) == len(rows) and not _fails(case.changed({LAND: min(lands)}), rows):
        combined.append(Combined(less_land=min(lands) - case.figure(LAND)))
    return combined


def enough(measure: str, by: float, *, strict: bool) -> Decimal:
    """Round a change up, so that it is enough as it is shown.

    ``by``: By how much it must change to be on the limit, up or down.
    Returns: The size of the change, without its sign.
    """
    step = Decimal(1).scaleb(-DIGITS.get(unit_of(measure), 2))
    exact = Decimal(f"{abs(by):.12g}")
    size = exact.quantize(step, rounding=ROUND_CEILING)
    return size + step if strict and size == exact else size


def _fails(case: Case, rows: list[dict[Any, Any]]) -> bool:
    outcomes = _outcomes(case)
    return any(outcomes[row["rule"]] != Outcome.PASS for row in rows)


def by_land_area(case: Case, declared: float) -> dict[str, dict[str, Any]]:
    """Try the verdict with each land area: declared, planar, ellipsoidal.

    Returns: By what the area is called: ``area``, and the outcome by rule.
    """
    told = {}
    for name, measure in AREAS.items():
        area = declared if name == "declared" else case.figure(measure)
        told[name] = {"area": area, "outcomes": _outcomes(case.changed({LAND: area}))}
    return told
