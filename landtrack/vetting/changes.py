"""The smallest changes by which a failing index would pass, tried before they are told."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landtrack import check, wording
from landtrack.model import Outcome, Rule
from landtrack.text import Words
from landtrack.vetting.case import LAND, Case

FLOOR = "floor_area_m2"
AREAS = {"declared": "land_area_m2", "planar": "area_m2", "ellipsoidal": "area_ellipsoidal_m2"}
"""The land areas that a verdict is tried with, by what they are called."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """New values of inputs, the words for them, and the rules that would then fail anew."""

    said: str
    values: Mapping[str, float]
    hurts: tuple[str, ...] = ()


def smallest(case: Case, rule: Rule, row: Mapping[str, Any], words: Words) -> list[Change]:
    """Find the smallest single changes by which a failing index would pass.

    Parameters
    ----------
    case
        The plot or project.
    rule
        The rule.
    row
        Its finding, a fail.
    words
        The language.

    Returns
    -------
    list of Change
        Of the numerator, then of the denominator; each makes the rule pass when tried. A
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
        size = float(wording.enough(name, by, strict=strict))
        value = case.figure(name) + math.copysign(size, by)
        if value <= 0 or (name == rule.denominator == FLOOR):
            continue
        tried = case.changed({name: value})
        outcomes = _outcomes(tried)
        if outcomes[rule.id] != Outcome.PASS:
            continue
        said = wording.change(words, name, by, strict=strict) + _storeys(case, name, by, words)
        before = _outcomes(case)
        hurt = tuple(
            each for each, outcome in outcomes.items()
            if outcome == Outcome.FAIL and before[each] != Outcome.FAIL
        )
        found.append(Change(said=said, values={name: value}, hurts=hurt))
    return found


def _outcomes(case: Case) -> dict[str, str]:
    table = case.findings()
    return dict(zip(table["rule"], table["outcome"], strict=True))


def _storeys(case: Case, name: str, by: float, words: Words) -> str:
    """Say how many storeys on the present footprint more floor area comes to."""
    footprint = case.figure("covered_area_m2")
    if name != FLOOR or by <= 0 or not footprint > 0:
        return ""
    return words("vet.storeys", count=math.ceil(by / footprint - check.NOISE))


def together(case: Case, rules: Mapping[str, Rule], words: Words) -> list[str]:
    """Say what mends all failing indices at once.

    Parameters
    ----------
    case
        The plot or project.
    rules
        The rules by id.
    words
        The language.

    Returns
    -------
    list of str
        With the present land, each numerator's change; with less land alone, if that is
        enough for all. Empty where fewer than two indices fail.
    """
    rows = [
        row for row in case.findings().to_dict("records")
        if row["outcome"] == Outcome.FAIL and rules[row["rule"]].kind == "index"
    ]
    if len(rows) < 2:  # noqa: PLR2004  a combination is of two at least
        return []
    each = [smallest(case, rules[row["rule"]], row, words) for row in rows]
    if not all(each):
        return []
    told = []
    values = {name: value for own in each for name, value in own[0].values.items()}
    if not _fails(case.changed(values), rows):
        joint = words("wording.joint").join(own[0].said for own in each)
        told.append(words("vet.together", changes=joint))
    lands = [
        change.values[LAND] for own in each for change in own if LAND in change.values
    ]
    if len(lands) == len(rows) and not _fails(case.changed({LAND: min(lands)}), rows):
        by = min(lands) - case.figure(LAND)
        told.append(words("vet.less_land", change=wording.change(words, LAND, by, strict=False)))
    return told


def _fails(case: Case, rows: list[dict[Any, Any]]) -> bool:
    outcomes = _outcomes(case)
    return any(outcomes[row["rule"]] != Outcome.PASS for row in rows)


def by_land_area(case: Case, declared: float) -> dict[str, dict[str, Any]]:
    """Try the verdict with each land area: declared, planar, ellipsoidal.

    Parameters
    ----------
    case
        The plot or project.
    declared
        The declared land area.

    Returns
    -------
    dict of str to dict
        By what the area is called: ``area``, and the outcome by rule.
    """
    told = {}
    for name, measure in AREAS.items():
        area = declared if name == "declared" else case.figure(measure)
        told[name] = {"area": area, "outcomes": _outcomes(case.changed({LAND: area}))}
    return told
