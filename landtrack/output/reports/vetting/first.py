"""The first page of a vetting form: what who decides has to know, and room to sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from landtrack.assessment.rules.case import LAND, Case
from landtrack.model import Outcome, Rule
from landtrack.model.assessment import Assessment
from landtrack.output import wording
from landtrack.output.reports.document import Section, Table, Text, note, row as row_of
from landtrack.output.wording import sign_offs
from landtrack.output.wording.findings import joint
from landtrack.output.wording.messages import (
    Figure,
    Joined,
    Line,
    Message,
    Money,
    Title,
    joined,
    say,
)

MOST_NAMED = 3
"""So many rules that fail or are unknown are named in the sentence; the others are counted."""
FACTS = (
    "project_id", "company", "name", "industry", "stage", "accepted_on",
    "total_investment_cny", "fixed_investment_cny", LAND,
)
MU_M2 = Decimal(2000) / 3
OPINION_MM, SIGNED_MM = (18.0, 7.0), (12.0, 12.0)
"""How high the room is for an opinion and a decision, for the names, for the day and the seal."""
RANK = {Outcome.FAIL: 0, Outcome.UNKNOWN: 1, Outcome.PASS: 2}

Rows = Iterable[Mapping[Any, Any]]


def because(rows: Rows, rules: Mapping[str, Rule]) -> Message:
    """Say in one sentence why a verdict is what it is.

    ``rows``: The findings of one plot or project.
    """
    by: dict[str, list[Mapping[Any, Any]]] = {}
    for row in rows:
        by.setdefault(str(row["outcome"]), []).append(row)
    fails, unknown = by.get(Outcome.FAIL, []), by.get(Outcome.UNKNOWN, [])
    if fails:
        told = _several([_failing(row, rules[row["rule"]]) for row in fails])
        if len(fails) > 1:
            told = say("vet.why_several", count=str(len(fails)), what=told)
        if not unknown:
            return say("vet.why_said", what=told)
        also = say("vet.why_also", count=str(len(unknown)))
        return say("vet.why_said", what=Line((told, also)))
    if unknown:
        return say("vet.why_said", what=_several(_unknown(unknown, rules)))
    if passed := by.get(Outcome.PASS, []):
        return say("vet.why_said", what=_passing(passed, rules))
    return say("vet.why_nothing")


def _several(told: list[Message]) -> Message:
    """Put some one after another, and count the others."""
    more = len(told) - MOST_NAMED
    named = told[:MOST_NAMED]
    if more > 0:
        named.append(say("vet.why_more", count=str(more)))
    return Joined("vet.why_joint", tuple(named))


def _failing(row: Mapping[Any, Any], rule: Rule) -> Message:
    said = wording.message(row, rule)
    waived = row.get("waived_until")
    mark = joined("", [" (", said.outcome, ")"]) if isinstance(waived, str) and waived else ""
    if rule.kind == "sequence":
        return joined("", [joined(": ", [said.name, said.reason or said.outcome]), mark])
    gap = Line(said.margin.parts[1:]) if isinstance(said.margin, Line) else said.margin
    how = "vet.why_fail" if row["margin"] else "vet.why_on_it"
    return joined("", [
        say(how, index=said.name, value=said.value, limit=said.limit, gap=gap), mark
    ])


def _unknown(rows: list[Mapping[Any, Any]], rules: Mapping[str, Rule]) -> list[Message]:
    """Say what is missing, once for all rules that lack the same."""
    lacking: dict[str, list[Mapping[Any, Any]]] = {}
    for row in rows:
        lacking.setdefault(str(row.get("reason") or ""), []).append(row)
    told: list[Message] = []
    for own in lacking.values():
        names = Joined("wording.listed", tuple(Title(rules[each["rule"]].title) for each in own))
        why = wording.message(own[0], rules[own[0]["rule"]]).reason
        told.append(
            say("vet.why_unknown", index=names, lacks=why) if why
            else say("vet.why_unclear", index=names)
        )
    return told


def _passing(rows: list[Mapping[Any, Any]], rules: Mapping[str, Rule]) -> Message:
    """Say that all pass, and which index lies nearest to its limit."""
    near = [
        (abs(row["margin"] / limit), row) for row in rows
        if rules[row["rule"]].kind == "index" and row["margin"] == row["margin"]
        and (limit := row["value"] - row["margin"])
    ]
    told: Message = say("vet.why_pass", count=str(len(rows)))
    if not near:
        return told
    row = min(near, key=lambda each: each[0])[1]
    said = wording.message(row, rules[row["rule"]])
    return Line((told, say(
        "vet.why_nearest", index=said.name, value=said.value, limit=said.limit
    )))


def amount(value: float, unit: str) -> Message:
    """Say an amount as who decides reads it: money in the larger unit, land with its mu."""
    if unit == "CNY" and value == value:  # noqa: PLR0124  not NaN
        return Money(Decimal(repr(float(value))))
    if unit == "m2" and value == value:  # noqa: PLR0124  not NaN
        return area(Decimal(repr(float(value))))
    return wording.figure(value, unit)


def area(exact: Decimal) -> Message:
    """Say an area of land in square metres, and in mu."""
    return say(
        "vet.area_mu", area=wording.figure(exact, "m2"), mu=Figure(exact / MU_M2, "", 2, bare=True)
    )


def facts(result: Assessment, case: Case) -> Table:
    """List what the case is of: who, what, how much money and land."""
    fields = result.schemas["plots"].fields
    told: list[tuple[Message, Message]] = []
    if len(case.plots) > 1:
        told.append((say("vet.plots"), ", ".join(case.plots)))
    seen: set[object] = set()
    for name in FACTS:
        value = case.facts.get(name)
        if name.endswith(("_cny", "_m2")):
            figure = case.figure(name)
            said = amount(figure, wording.unit_of(name)) if figure == figure else ""  # noqa: PLR0124  not NaN
        else:
            said = wording.valued(fields[name], result.workflow, value)
        if not said or (isinstance(said, str) and said in seen):
            continue
        seen.add(said if isinstance(said, str) else name)
        told.append((say("vet.land") if name == LAND else say(f"field.{name}"), said))
    if len(told) % 2:
        told.append(("", ""))
    pairs = zip(told[::2], told[1::2], strict=True)
    return Table((), tuple(row_of(*one, *two) for one, two in pairs))


def table(rows: Rows, rules: Mapping[str, Rule]) -> Section:
    """Set each figure beside its limit, what fails first and marked."""
    listed, apart = [], []
    ordered = sorted(rows, key=lambda each: RANK.get(each["outcome"], len(RANK)))
    for row in ordered:
        rule = rules[row["rule"]]
        said = wording.message(row, rule)
        if row["outcome"] not in RANK:
            apart.append(joined("", [said.name, joined("", [" (", said.reason, ")"])
                                     if said.reason else ""]))
            continue
        listed.append(row_of(
            said.name, said.value, said.limit, said.margin, said.outcome,
            joint(filter(None, [said.reason, _weak(row)])),
            marked=row["outcome"] == Outcome.FAIL,
        ))
    heads = tuple(say(f"vet.{each}") for each in (
        "index", "value", "limit", "margin", "outcome", "note",
    ))
    notes = [note(say("vet.not_applied", rules=Joined("wording.listed", tuple(apart))))]
    return Section(say("vet.verdicts"), (
        Table(heads, tuple(listed), figures=(1, 2, 3)), *(notes if apart else []),
    ))


def _weak(row: Mapping[Any, Any]) -> Message:
    """Say what a reader must know of a verdict: an unverified limit, figures of the project."""
    unproved = row.get("verified") is not None and not row["verified"]
    return joint(filter(None, [
        wording.whom(row), say("wording.not_verified") if unproved else "",
    ]))


def drafted(decision: str) -> Section:
    """Print what is drafted for who decides, above the room for the signatures."""
    return Section(say("vet.decision"), tuple(
        Text((line,)) for line in map(str.strip, decision.splitlines()) if line
    ))


def opinion(result: Assessment, case: Case) -> Section:
    """Name who signed, or leave room for the decision and the two signatures."""
    cases = () if case.changes else sign_offs.of(result, case.plots)
    signed = sign_offs.values(cases)
    opinions = [row_of(say("vet.opinion_text"), "")]
    if not cases:
        opinions.append(row_of(say("vet.decided"), say("vet.choices")))
    names = [(say(f"vet.{each}"), signed.get(each, "")) for each in sign_offs.NAMES]
    names.append((say("vet.seal"), ""))
    signers = tuple(row_of(*one, *two) for one, two in zip(names[::2], names[1::2], strict=True))
    lacks = sign_offs.lacking(result, cases)
    return Section(say("vet.opinion"), (
        *([note(say("sign_off.draft")), note(say(lacks))] if lacks else []),
        Table((), tuple(opinions), heights=OPINION_MM[:len(opinions)]),
        Table((), signers, heights=SIGNED_MM),
    ))
