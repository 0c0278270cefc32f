"""What the rules say of a plot, in words.

A figure that fails a limit is never rounded until it looks as if it met it: it is shown
with as many decimals as it takes to stay on its own side of the limit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any, Generic, TypeVar

from landtrack.assessment.rules.remedies import enough
from landtrack.model import RELATIONS, Outcome, Relation, Rule, catalog
from landtrack.model.translations import (
    DASH,
    DIGITS,
    SHARES,
    Words,
    known,
    limit_figure,
    unit_of,
)
from landtrack.output.wording.messages import (
    Day,
    Figure,
    Joined,
    Line,
    Message,
    Say,
    Title,
    Unit,
    joined,
    say,
    tell,
)
from landtrack.output.wording.phrases import (
    MOST_DIGITS,
    decimal,
    naming,
    until_nonzero,
)

SUPPLIERS = {
    "area_m2": "survey", "land_area_m2": "planner", "accepted_on": "planner",
    "land_grade": "planner", "stage": "planner", "industry_year": "planner",
    "industry_class": "planner", "industry_code_2002": "planner",
    "industry_code_2011": "planner", "industry_code_2017": "planner",
    "start_agreed_on": "planner", "started_on": "planner", "stopped_a_year": "planner",
    "verified_on": "planner", "certificate_on": "planner",
}
"""Who can supply a missing input; all others the company."""

NO_LIMIT = "limit:"
"""What a reason begins with that names the document in which a limit stands."""


Text = TypeVar("Text")


@dataclass(frozen=True, kw_only=True)
class Finding(Generic[Text]):
    """What is shown of a finding; ``fix``, ``reason``, ``note`` may be empty."""

    name: Text
    value: Text
    limit: Text
    margin: Text
    outcome: Text
    fix: Text
    reason: Text
    clause: Text
    note: Text


FindingWords = Finding[str]
"""One finding in words."""


def message(row: Mapping[str, Any], rule: Rule) -> Finding[Message]:
    """Say what is shown of one finding.

    ``row``: A row of the findings table.
    Returns: Its figures are ``of`` the column that they stand in, the days of a sequence of
    ``first_on`` and ``second_on``.
    """
    outcome = str(row["outcome"])
    limit = _Limit.of(row, rule)
    value, digits = _value(row, rule, limit)
    return Finding(
        name=Title(rule.title),
        value=value,
        limit=_order(rule) if rule.kind == "sequence" else limit.message(rule.unit),
        margin=_margin(decimal(row["margin"]), rule.unit, digits),
        outcome=outcome_of(row),
        fix=_fix(decimal(row["fix"]), rule, limit) if outcome == Outcome.FAIL else "",
        reason=_reason(row, rule),
        clause=rule.clause,
        note=_note(row),
    )


def finding(words: Words, row: Mapping[str, Any], rule: Rule) -> FindingWords:
    """Put one finding into words.

    ``row``: A row of the findings table.
    """
    said = message(row, rule)
    return Finding(**{each.name: tell(words, getattr(said, each.name)) for each in fields(said)})


def formula(row: Mapping[str, Any], rule: Rule, figures: Mapping[str, float]) -> Message:
    """Write the quotient of a finding with its numbers filled in.

    ``row``: A row of the findings table.
    ``figures``: The numerator and the denominator, if there is one, by measure.
    Returns: Such as ``"Floor area 8,783 m² ÷ Land area 17,640 m² = 0.498"``: who divides the
    numbers that are shown comes to the value that is shown. The value alone of a sequence, and
    where it is not known.
    """
    value, digits = _value(row, rule, _Limit.of(row, rule))
    exact = [decimal(each) for each in figures.values()]
    if rule.kind == "sequence" or not isinstance(value, Figure) or None in exact:
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
        again = Figure(Decimal(repr(float(quotient))), rule.unit, digits)
        if again.digits_shown == value.digits_shown:
            break
    parts = [
        Line((naming(name), " ", Figure(each, unit, at)))
        for name, each, unit, at in zip(figures, rounded, units, places, strict=True)
    ]
    return Line((joined(" ÷ ", parts), " = ", value))


def outcome_words(words: Words, row: Mapping[str, Any]) -> str:
    """Name the outcome of a finding; a waived fail is a fail that is waived until a day.

    ``row``: A row of the findings table.
    Returns: Such as ``"fail (waived until 2026-12-31)"``.
    """
    return tell(words, outcome_of(row))


def outcome_of(row: Mapping[str, Any]) -> Say:
    """Name the outcome of a finding, as :func:`outcome_words` has it.

    ``row``: A row of the findings table.
    """
    said = say(f"outcome.{row['outcome']}")
    until = row.get("waived_until")
    if isinstance(until, str) and until:
        return say("wording.waived", outcome=said, until=until)
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

    def message(self, unit: str) -> Message:
        """Write it; a dash where there is none."""
        if self.threshold is None:
            return DASH
        figure = limit_figure(self.relation, self.threshold, self.upper, unit)
        return Line((figure, " ", Unit(unit)))


def _order(rule: Rule) -> Say:
    """Say what a sequence asks for."""
    if rule.within_years:
        return say("limit.within", years=str(rule.within_years))
    return say("limit.in_order")


def _reason(row: Mapping[str, Any], rule: Rule) -> Message:
    """Say what is missing, why a rule is not applicable, or how dates follow each other."""
    outcome, reason = row["outcome"], row.get("reason")
    if outcome == Outcome.UNKNOWN:
        return missing_of(reason)
    if not isinstance(reason, str) or not reason:
        return ""
    if outcome == Outcome.NOT_APPLICABLE:
        return say(f"wording.{reason}") if known(f"wording.{reason}") else ""
    if rule.kind == "sequence":
        first_on, second_on = reason.split(",")
        if rule.within_years:
            return say(
                "wording.within" if outcome == Outcome.PASS else "wording.beyond",
                first=naming(rule.first), first_on=Day(first_on, "first_on"),
                second=naming(rule.second), second_on=Day(second_on, "second_on"),
                years=str(rule.within_years),
            )
        return say(
            "wording.in_order" if outcome == Outcome.PASS else "wording.out_of_order",
            first=naming(rule.first), first_on=Day(first_on, "first_on"),
            second=naming(rule.second), second_on=Day(second_on, "second_on"),
        )
    return ""


def of_whom(words: Words, row: Mapping[str, Any]) -> str:
    """Say whose figures a finding on a plot rests on, where they are not its own.

    ``row``: A row of the findings table.
    Returns: That it was judged as a part of its project, or by what the project's amounts were
    divided.
    """
    return tell(words, whom(row))


def joint(parts: Iterable[Message]) -> Message:
    """Put sentences one after another.

    Returns: Empty where there are none.
    """
    every = tuple(parts)
    return Joined("wording.joint", every) if every else ""


def whom(row: Mapping[str, Any]) -> Message:
    """Say whose figures a finding rests on, as :func:`of_whom` has it."""
    return joint(_of_whom(row))


def _of_whom(row: Mapping[str, Any]) -> list[Message]:
    """Say whose figures a finding rests on: its project's, or a share of those."""
    said: list[Message] = []
    subject, share = row.get("subject"), row.get("share")
    if isinstance(subject, str) and subject:  # in some tables there is no such column: NaN
        said.append(say("wording.as_project", project=subject))
    if isinstance(share, str) and share:
        said.append(say("wording.shared_by", share=say(f"wording.share_{share}")))
    return said


def _note(row: Mapping[str, Any]) -> Message:
    """Say what weakens a finding: an unverified limit, other limits, other evidence."""
    said = _of_whom(row)
    if row.get("verified") is not None and not row["verified"]:
        said.append(say("wording.not_verified"))
    source = row.get("source")
    if isinstance(source, str) and (carried := catalog.carried_in(source)):
        said.append(_carried(carried))
    overrode = row.get("overrode")
    if isinstance(overrode, str) and overrode:
        others = joint(origin_of(each) for each in overrode.split("; "))
        winner = origin_of(str(row["decided_by"]))
        said.append(say("wording.overrode", winner=winner, others=others))
    evidence = row.get("evidence")
    if isinstance(evidence, str) and evidence:
        used, *apart = (say(f"evidence.{each}") for each in evidence.split(","))
        said.append(say("wording.evidence", level=used))
        if apart:
            others = Joined("wording.listed", tuple(apart))
            said.append(say("wording.evidence_differs", others=others))
    return joint(said)


def _carried(found: catalog.Carried) -> Message:
    """Say through which codes a limit by industry was found, and that they were inferred."""
    return say(
        "wording.carried", code=industry(found.code, found.year), year=str(found.year),
        wanted=str(found.wanted),
        found=joint(industry(each, found.wanted) for each in found.divisions),
    )


def industry(code: str, year: float) -> Message:
    """Say an industry code with its name, where the edition has one."""
    return joined(" ", filter(None, [code, catalog.industries().name(code, year)]))


def origin_of(decided_by: str) -> Message:
    """Say where a limit comes from.

    ``decided_by``: The level and the pack or document, as findings hold them: ``"park:
    x-park-2006@1"``.
    Returns: The same with the level in words.
    """
    level, colon, name = decided_by.partition(": ")
    if not colon or not known(f"level.{level}"):
        return decided_by
    return say("wording.origin", level=say(f"level.{level}"), name=name)


def missing_of(names: object) -> Message:
    """Say which inputs are missing and who can supply them.

    ``names``: Names of inputs separated by commas, as in the ``reason`` of a finding.
    Returns: Such as ``"缺少固定资产投资（请项目单位提供）"``; ``""`` if none is named.
    """
    if not isinstance(names, str) or not names.strip():
        return ""
    return joint(_missing_one(each.strip()) for each in names.split(","))


def _missing_one(name: str) -> Message:
    why, colon, measure = name.partition(":")
    if colon and known(f"wording.not_sure_{why}"):
        return say(f"wording.not_sure_{why}", what=naming(measure))
    if name.startswith(NO_LIMIT):
        return say("wording.no_limit", document=name.removeprefix(NO_LIMIT))
    return say(
        "wording.missing", what=naming(name), who=say(f"who.{SUPPLIERS.get(name, 'company')}")
    )


def _value(row: Mapping[str, Any], rule: Rule, limit: _Limit) -> tuple[Message, int]:
    """Write the value of a finding; give the decimals that keep it on its side of the limit."""
    value = decimal(row["value"])
    digits = _digits(value, limit, rule.unit, meets=str(row["outcome"]) == Outcome.PASS)
    return DASH if value is None else Figure(value, rule.unit, digits, "value"), digits


def _digits(value: Decimal | None, limit: _Limit, unit: str, *, meets: bool) -> int:
    """Find how many decimals keep a value on its side of the limit as it is shown."""
    first = DIGITS.get(unit, 2)
    if value is None or limit.threshold is None:
        return first
    percent = 100 if unit in SHARES else 1
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


def _margin(margin: Decimal | None, unit: str, digits: int) -> Message:
    """Write by how much a value lies above or below its limit."""
    if margin is None:
        return DASH
    digits = until_nonzero(margin, unit, digits)
    sign = "+" if margin > 0 else "−" if margin < 0 else "±"
    size = Figure(abs(margin), unit, digits, "margin", bare=unit in SHARES)
    return Line((sign, say("wording.points", figure=size) if size.bare else size))


def _fix(fix: Decimal | None, rule: Rule, limit: _Limit) -> Message:
    """Say by how much the numerator has to change, rounded so that it is enough."""
    if fix is None or (fix == 0 and limit.relation in {">=", "<="}):
        return ""
    return change_of(rule.numerator, float(fix), strict=limit.relation in {">", "<"})


def change_of(measure: str, by: float, *, strict: bool) -> Say:
    """Say by how much a measure must change.

    ``by``: By how much it must change to be on the limit; -0.0 on it but downwards.
    Returns: Such as ``"Fixed-asset investment must grow by 1,250,000 CNY"``; its figure
    is ``of`` the column ``fix``.
    """
    unit = unit_of(measure)
    key = "wording.fix_less" if math.copysign(1.0, by) < 0 else "wording.fix_more"
    needed = enough(measure, by, strict=strict)
    return say(
        key, what=naming(measure), amount=Figure(needed, unit, DIGITS.get(unit, 2), "fix")
    )
