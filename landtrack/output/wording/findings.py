"""What the rules say of a plot, in words.

A figure that fails a limit is never rounded until it looks as if it met it: it is shown
with as many decimals as it takes to stay on its own side of the limit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from landtrack.assessment.rules.remedies import enough
from landtrack.model import RELATIONS, Outcome, Relation, Rule
from landtrack.model.translations import DASH, DIGITS, Words, unit_of
from landtrack.output.wording.phrases import MOST_DIGITS, amount, decimal, input_name, until_nonzero

SUPPLIERS = {
    "area_m2": "survey", "land_area_m2": "planner", "accepted_on": "planner",
    "land_grade": "planner", "stage": "planner", "industry_year": "planner",
    "industry_code_2002": "planner", "industry_code_2017": "planner",
    "verified_on": "planner", "certificate_on": "planner",
}
"""Who can supply a missing input; all others the company."""

NO_LIMIT = "limit:"
"""What a reason begins with that names the document in which a limit stands."""


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
    note: str = ""


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
    limit = _Limit.of(row, rule)
    value, digits = _value(words, row, rule, limit)
    return FindingWords(
        name=words.pick(rule.title),
        value=value,
        limit=words.limit(rule) if rule.kind == "sequence" else words.limit_of(
            limit.relation, limit.threshold, limit.upper, rule.unit
        ),
        margin=_margin(words, decimal(row["margin"]), rule.unit, digits),
        outcome=outcome_words(words, row),
        fix=_fix(words, decimal(row["fix"]), rule, limit) if outcome == Outcome.FAIL else "",
        reason=_reason(words, row, rule),
        clause=rule.clause,
        note=_note(words, row),
    )


def formula(
    words: Words, row: Mapping[str, Any], rule: Rule, figures: Mapping[str, float]
) -> str:
    """Write the quotient of a finding with its numbers filled in.

    Parameters
    ----------
    words
        The words of the language.
    row
        A row of the findings table.
    rule
        The rule that it is of.
    figures
        The numerator and the denominator, if there is one, by measure.

    Returns
    -------
    str
        Such as ``"Floor area 8,783 m² ÷ Land area 17,640 m² = 0.498"``: who divides the numbers
        that are shown comes to the value that is shown. The value alone of a sequence, and where
        it is not known.
    """
    value, digits = _value(words, row, rule, _Limit.of(row, rule))
    exact = [decimal(each) for each in figures.values()]
    if rule.kind == "sequence" or value == DASH or None in exact:
        return value
    figured = [each for each in exact if each is not None]
    units = [unit_of(name) for name in figures]
    for more in range(MOST_DIGITS):
        places = [
            until_nonzero(each, unit, DIGITS.get(unit, 2)) + more
            for each, unit in zip(figured, units, strict=True)
        ]
        rounded = [round(each, at) for each, at in zip(figured, places, strict=True)]
        # Divided as the value was: a quotient halfway between two rounds the same way.
        quotient = float(rounded[0]) / float(rounded[1]) if len(rounded) > 1 else rounded[0]
        if amount(words, Decimal(repr(float(quotient))), rule.unit, digits) == value:
            break
    parts = [
        f"{input_name(words, name)} {amount(words, each, unit, at)}"
        for name, each, unit, at in zip(figures, rounded, units, places, strict=True)
    ]
    return f"{' ÷ '.join(parts)} = {value}"


def outcome_words(words: Words, row: Mapping[str, Any]) -> str:
    """Name the outcome of a finding; a waived fail is a fail that is waived until a day.

    Parameters
    ----------
    words
        The words of the language.
    row
        A row of the findings table.

    Returns
    -------
    str
        Such as ``"fail (waived until 2026-12-31)"``.
    """
    said = words(f"outcome.{row['outcome']}")
    until = row.get("waived_until")
    if isinstance(until, str) and until:
        return words("wording.waived", outcome=said, until=until)
    return said


@dataclass(frozen=True, kw_only=True)
class _Limit:
    """The limit that won, in the unit of the measure."""

    relation: Relation
    threshold: float | None
    upper: float | None

    @classmethod
    def of(cls, row: Mapping[str, Any], rule: Rule) -> _Limit:
        """Take it from the finding; from the rule where the finding holds none."""
        threshold = decimal(row.get("threshold", rule.threshold))
        upper = decimal(row.get("upper", rule.upper))
        return cls(
            relation=row.get("relation") or rule.relation,
            threshold=None if threshold is None else float(threshold),
            upper=None if upper is None else float(upper),
        )


def _reason(words: Words, row: Mapping[str, Any], rule: Rule) -> str:
    """Say what is missing, why a rule is not applicable, or how dates follow each other."""
    outcome, reason = row["outcome"], row.get("reason")
    if outcome == Outcome.UNKNOWN:
        return missing(words, reason)
    if not isinstance(reason, str) or not reason:
        return ""
    if outcome == Outcome.NOT_APPLICABLE:
        return words(f"wording.{reason}") if words.has(f"wording.{reason}") else ""
    if rule.kind == "sequence":
        first_on, second_on = reason.split(",")
        return words(
            "wording.in_order" if outcome == Outcome.PASS else "wording.out_of_order",
            first=input_name(words, rule.first), first_on=first_on,
            second=input_name(words, rule.second), second_on=second_on,
        )
    return ""


def of_whom(words: Words, row: Mapping[str, Any]) -> str:
    """Say whose figures a finding on a plot rests on, where they are not its own.

    Parameters
    ----------
    words
        The words of the language.
    row
        A row of the findings table.

    Returns
    -------
    str
        That it was judged as a part of its project, or by what the project's amounts were divided.
    """
    told = []
    subject, share = row.get("subject"), row.get("share")
    if isinstance(subject, str) and subject:  # in some tables there is no such column: NaN
        told.append(words("wording.as_project", project=subject))
    if isinstance(share, str) and share:
        by = words(f"wording.share_{share}")
        told.append(words("wording.shared_by", share=by))
    return words("wording.joint").join(told)


def _note(words: Words, row: Mapping[str, Any]) -> str:
    """Say what weakens a finding: an unverified limit, other limits, other evidence."""
    told = list(filter(None, [of_whom(words, row)]))
    if row.get("verified") is not None and not row["verified"]:
        told.append(words("wording.not_verified"))
    overrode = row.get("overrode")
    if isinstance(overrode, str) and overrode:
        others = words("wording.joint").join(origin(words, each) for each in overrode.split("; "))
        winner = origin(words, str(row["decided_by"]))
        told.append(words("wording.overrode", winner=winner, others=others))
    evidence = row.get("evidence")
    if isinstance(evidence, str) and evidence:
        used, *apart = (words(f"evidence.{each}") for each in evidence.split(","))
        told.append(words("wording.evidence", level=used))
        if apart:
            others = words("wording.listed").join(apart)
            told.append(words("wording.evidence_differs", others=others))
    return words("wording.joint").join(told)


def origin(words: Words, decided_by: str) -> str:
    """Say where a limit comes from.

    Parameters
    ----------
    words
        The words of the language.
    decided_by
        The level and the pack or document, as findings hold them: ``"park: x-park-2006@1"``.

    Returns
    -------
    str
        The same with the level in words.
    """
    level, colon, name = decided_by.partition(": ")
    if not colon or not words.has(f"level.{level}"):
        return decided_by
    return words("wording.origin", level=words(f"level.{level}"), name=name)


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
    return words("wording.joint").join(
        _missing_one(words, each.strip()) for each in names.split(",")
    )


def _missing_one(words: Words, name: str) -> str:
    for why in ("overlap", "lost", "state", "heights", "utmost", "drawn", "shared", "whose"):
        if name.startswith(f"{why}:"):
            what = input_name(words, name.removeprefix(f"{why}:"))
            return words(f"wording.not_sure_{why}", what=what)
    if name.startswith(NO_LIMIT):
        return words("wording.no_limit", document=name.removeprefix(NO_LIMIT))
    return words(
        "wording.missing",
        what=input_name(words, name),
        who=words(f"who.{SUPPLIERS.get(name, 'company')}"),
    )


def _value(
    words: Words, row: Mapping[str, Any], rule: Rule, limit: _Limit
) -> tuple[str, int]:
    """Write the value of a finding; give the decimals that keep it on its side of the limit."""
    value = decimal(row["value"])
    digits = _digits(value, limit, rule.unit, meets=str(row["outcome"]) == Outcome.PASS)
    return DASH if value is None else amount(words, value, rule.unit, digits), digits


def _digits(value: Decimal | None, limit: _Limit, unit: str, *, meets: bool) -> int:
    """Find how many decimals keep a value on its side of the limit as it is shown."""
    first = DIGITS.get(unit, 2)
    if value is None or limit.threshold is None:
        return first
    percent = 100 if unit in {"%", "share"} else 1
    bounds = [
        Decimal(f"{each * percent:.10g}") for each in (limit.threshold, limit.upper)
        if each is not None
    ]
    for digits in range(first, MOST_DIGITS):
        shown = round(value * percent, digits)
        if limit.relation == "between":
            kept = bounds[0] <= shown <= bounds[-1]
        else:
            kept = RELATIONS[limit.relation](shown, bounds[0])
        if kept == meets:
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


def _fix(words: Words, fix: Decimal | None, rule: Rule, limit: _Limit) -> str:
    """Say by how much the numerator has to change, rounded so that it is enough."""
    if fix is None or (fix == 0 and limit.relation in {">=", "<="}):
        return ""
    return change(words, rule.numerator, float(fix), strict=limit.relation in {">", "<"})


def change(words: Words, measure: str, by: float, *, strict: bool) -> str:
    """Say by how much a measure must change.

    Parameters
    ----------
    words
        The words of the language.
    measure
        The measure that changes.
    by
        By how much it must change to be on the limit; -0.0 on it but downwards.
    strict
        Whether on the limit is not enough.

    Returns
    -------
    str
        Such as ``"Fixed-asset investment must grow by 1,250,000 CNY"``.
    """
    unit = unit_of(measure)
    said = amount(words, enough(measure, by, strict=strict), unit, DIGITS.get(unit, 2))
    key = "wording.fix_less" if math.copysign(1.0, by) < 0 else "wording.fix_more"
    return words(key, what=input_name(words, measure), amount=said)
