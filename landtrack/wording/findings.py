"""What the rules say of a plot, in words.

A figure that fails a limit is never rounded until it looks as if it met it: it is shown
with as many decimals as it takes to stay on its own side of the limit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from landtrack.model import RELATIONS, Outcome, Rule
from landtrack.text import DASH, DIGITS, Words
from landtrack.wording.phrases import (
    MOST_DIGITS,
    amount,
    decimal,
    input_name,
    unit_of,
    until_nonzero,
)

SUPPLIERS = {"area_m2": "survey", "land_area_m2": "planner"}
"""Who can supply a missing input; all others the company."""



@dataclass(frozen=True, kw_only=True)
class FindingWords:
    """One finding in words; ``fix`` and ``reason`` are empty where they do not apply."""

    name: str
    value: str
    limit: str
    margin: str
    outcome: str
    fix: str
    reason: str
    clause: str


def finding(words: Words, row: Mapping[str, Any], rule: Rule) -> FindingWords:
    """Put one finding into words.

    Parameters
    ----------
    words
        The words of the language.
    row
        A row of the findings table.
    rule
        The rule that it is of.

    Returns
    -------
    FindingWords
        What is shown of it.
    """
    outcome = str(row["outcome"])
    value = decimal(row["value"])
    digits = _digits(value, rule, meets=outcome == Outcome.PASS)
    return FindingWords(
        name=words.pick(rule.title),
        value=DASH if value is None else amount(words, value, rule.unit, digits),
        limit=words.limit(rule),
        margin=_margin(words, decimal(row["margin"]), rule.unit, digits),
        outcome=words(f"outcome.{outcome}"),
        fix=_fix(words, decimal(row["fix"]), rule) if outcome == Outcome.FAIL else "",
        reason=missing(words, row["reason"]) if outcome == Outcome.UNKNOWN else "",
        clause=rule.clause,
    )


def missing(words: Words, names: object) -> str:
    """Say which inputs are missing and who can supply them.

    Parameters
    ----------
    words
        The words of the language.
    names
        Names of inputs separated by commas, as in the ``reason`` of a finding.

    Returns
    -------
    str
        Such as ``"缺少固定资产投资（请项目单位提供）"``; ``""`` if none is named.
    """
    if not isinstance(names, str) or not names.strip():
        return ""
    told = [
        words(
            "wording.missing",
            what=input_name(words, name),
            who=words(f"who.{SUPPLIERS.get(name, 'company')}"),
        )
        for name in (each.strip() for each in names.split(","))
    ]
    return words("wording.joint").join(told)


def _digits(value: Decimal | None, rule: Rule, *, meets: bool) -> int:
    """Find how many decimals keep a value on its side of the limit as it is shown."""
    first = DIGITS.get(rule.unit, 2)
    if value is None:
        return first
    percent = 100 if rule.unit in {"%", "share"} else 1
    limit = Decimal(f"{rule.threshold * percent:.10g}")
    kept = RELATIONS[rule.relation]
    for digits in range(first, MOST_DIGITS):
        if kept(round(value * percent, digits), limit) == meets:
            return digits
    return MOST_DIGITS


def _margin(words: Words, margin: Decimal | None, unit: str, digits: int) -> str:
    """Write by how much a value lies above or below its limit."""
    if margin is None:
        return DASH
    digits = until_nonzero(margin, unit, digits)
    sign = "+" if margin > 0 else "−" if margin < 0 else "±"
    if unit in {"%", "share"}:
        figure = f"{abs(round(margin * 100, digits)):,.{digits}f}"
        return sign + words("wording.points", figure=figure)
    return sign + amount(words, abs(margin), unit, digits)


def _fix(words: Words, fix: Decimal | None, rule: Rule) -> str:
    """Say by how much the numerator has to change, rounded so that it is enough."""
    if fix is None or (fix == 0 and rule.relation in {">=", "<="}):
        return ""
    unit = unit_of(rule.numerator)
    digits = DIGITS.get(unit, 2)
    step = Decimal(1).scaleb(-digits)
    exact = Decimal(f"{abs(fix):.12g}")
    enough = exact.quantize(step, rounding=ROUND_CEILING)
    if enough == exact and rule.relation in {">", "<"}:
        enough += step
    key = "wording.fix_less" if fix < 0 else "wording.fix_more"
    return words(
        key, what=input_name(words, rule.numerator), amount=amount(words, enough, unit, digits)
    )
