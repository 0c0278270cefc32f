"""Which limit holds for which plot: national, province, park, the plot's own.

The most local level that has a value wins; what it came before is kept with it. A level
whose table has no value for a plot gives way to the next; a level of which it cannot be
told which value holds (no industry code, no land grade) leaves the plot unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from landtrack.assessment.rules.inputs import Days, Figures, Mask, Subjects, Words
from landtrack.assessment.rules.tables import Held, looked_up
from landtrack.model import (
    LEVELS,
    PLOT_LEVEL,
    Override,
    Relation,
    Rule,
    RulePack,
    Severity,
    catalog,
)

NOT_IN_FORCE, NOT_FOR, NOT_AT_STAGE = "not_in_force", "not_for", "not_at_stage"
NOT_ACCEPTED = "not_accepted"
"""Why a rule is not applicable."""

OUT, OPEN_CELL, DECIDED = 1, 2, 3
"""What a level says of a plot: not its case, a cell to be filled in, a limit or a doubt."""


@dataclass(frozen=True, kw_only=True)
class Stated:
    """A rule as one pack states it."""

    rule: Rule
    pack: RulePack
    rivals: int = 0
    """How many other packs of the same level state it, for other dates."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one statement of a rule says of n plots.

    ``reason`` is empty where the limit holds, else says why it is unknown or not
    applicable (``skipped``).
    """

    threshold: Figures
    upper: Figures
    verified: Mask
    source: Words
    reason: Words
    skipped: Mask
    gap: Mask
    """Where a table has a cell that is still to be filled in."""


def by_rule(packs: Iterable[RulePack]) -> dict[str, list[Stated]]:
    """Bring the statements of each rule together, the most local first.

    ``packs``: Packs of any level; of one level several may hold at different dates.
    Returns: By rule id, in the order of the packs.
    """
    packs = list(packs)
    found: dict[str, list[Stated]] = {}
    for pack in packs:
        for rule in pack.rule:
            rivals = sum(
                other.level == pack.level and any(each.id == rule.id for each in other.rule)
                for other in packs if other is not pack
            )
            found.setdefault(rule.id, []).append(Stated(rule=rule, pack=pack, rivals=rivals))
    for stated in found.values():
        stated.sort(key=lambda each: LEVELS.index(each.pack.level), reverse=True)
    return found


def limits(stated: Stated, subjects: Subjects, *, dated: bool = True) -> Limits:
    """Find what one statement of a rule asks of each plot.

    ``subjects``: n plots.
    ``dated``: Whether the days between which the pack is in force count.
    """
    rule, pack = stated.rule, stated.pack
    n = len(subjects)
    table = rule.table
    held = Held.of_rule(rule, n) if table is None else looked_up(table, pack, subjects)
    reason, skipped, gap = held.reason, np.zeros(n, dtype=bool), held.gap
    for why, unknown, out in _outside(stated, subjects, dated=dated):
        if out.any() or unknown.any():
            reason = np.where(out, why, np.where(unknown & ~skipped, why, reason)).astype(object)
            skipped, gap = skipped | out, gap & ~unknown
    return Limits(
        threshold=held.threshold, upper=held.upper, verified=held.verified, source=held.source,
        reason=reason, skipped=skipped, gap=gap,
    )


def _outside(
    stated: Stated, subjects: Subjects, *, dated: bool
) -> Iterable[tuple[Words | str, Mask, Mask]]:
    """Say for each condition of a rule why, for whom it cannot be told, and who is out."""
    rule, pack = stated.rule, stated.pack
    if dated:
        days = _held_on(pack, subjects)
        undated = np.isnat(days)
        out = _too_early(subjects, pack)
        if pack.in_force_until is not None:
            out |= ~undated & (days > np.datetime64(pack.in_force_until, "D"))
        # A place that names one pack alone states that it holds; of several only the date tells.
        # A day that is written but cannot be read may be before or after it, all the same.
        unsure = undated if stated.rivals else undated & subjects.unread("accepted_on")
        yield "accepted_on", unsure, np.zeros(len(subjects), dtype=bool)
        yield NOT_IN_FORCE, np.zeros(len(subjects), dtype=bool), out
    yield NOT_ACCEPTED, np.zeros(len(subjects), dtype=bool), subjects.ahead
    for field, values in rule.applies_to.items():
        have = subjects.words(field)
        missing = have == ""
        yield field, missing, np.zeros(len(subjects), dtype=bool)
        yield NOT_FOR, np.zeros(len(subjects), dtype=bool), ~missing & ~np.isin(have, values)
    if rule.stage:
        stages = subjects.stages
        out = (stages != "") & ~np.isin(stages, [each.value for each in rule.stage])
        yield NOT_AT_STAGE, np.zeros(len(subjects), dtype=bool), out


def severities(rule: Rule, subjects: Subjects) -> Words | str:
    """Say how much a fail of a rule weighs at the stage that each plot is at.

    ``subjects``: n plots.
    Returns str or ndarray of object, (n,): A severity; the gravest of the rule where the stage is
    not known.
    """
    if not rule.stage:
        return Severity.ERROR.value
    order = list(Severity)
    gravest = min(rule.stage.values(), key=order.index).value
    known = {stage.value: severity.value for stage, severity in rule.stage.items()}
    return np.array([known.get(each, gravest) for each in subjects.stages], dtype=object)


# --- the plot's own -----------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The limits that won, by plot; one value where it is the same for all of them."""

    relation: Any
    threshold: Any
    upper: Any
    verified: Any
    source: Any
    reason: Any
    skipped: Any
    version: Any
    decided_by: Any
    overrode: Any
    severity: Any


def choose(
    statements: Sequence[Stated], subjects: Subjects, overrides: Sequence[Override]
) -> Chosen:
    """Let the most local limit win.

    ``subjects``: n plots.
    """
    if not overrides and len(statements) == 1 and _for_all(statements[0], subjects):
        return _one(statements[0])
    n = len(subjects)
    texts = {name: np.full(n, "", dtype=object) for name in (
        "relation", "reason", "version", "decided_by", "overrode", "source", "severity",
    )}
    threshold, upper = np.full(n, np.nan), np.full(n, np.nan)
    verified, skipped = np.ones(n, dtype=bool), np.ones(n, dtype=bool)
    rank = np.zeros(n, dtype=np.int8)
    for each in statements:
        said = limits(each, subjects)
        open_cell = said.gap & ~said.skipped
        decides = ~said.skipped & ~open_cell
        held = said.reason == ""
        for at in np.flatnonzero(held & np.isfinite(threshold)).tolist():
            told = f"{each.pack.level}: {each.pack.name} {_limit_at(each, said, at)}"
            texts["overrode"][at] = "; ".join(filter(None, [texts["overrode"][at], told]))
        here = np.where(decides, DECIDED, np.where(open_cell, OPEN_CELL, OUT)).astype(np.int8)
        fresh = here > rank
        rank = np.maximum(rank, here)
        stated = {
            "relation": each.rule.relation, "reason": said.reason, "version": each.pack.name,
            "decided_by": np.where(
                held, f"{each.pack.level}: {each.pack.name}", ""
            ).astype(object),
            "source": _source(each, said.source), "severity": severities(each.rule, subjects),
        }
        for name, value in stated.items():
            np.copyto(texts[name], np.asarray(value, dtype=object), where=fresh)
        np.copyto(threshold, np.where(held, said.threshold, np.nan), where=fresh)
        np.copyto(upper, np.where(held, said.upper, np.nan), where=fresh)
        np.copyto(verified, said.verified, where=fresh)
        np.copyto(skipped, said.skipped, where=fresh)
    chosen = Chosen(
        threshold=threshold, upper=upper, verified=verified, skipped=skipped, **texts
    )
    _own(chosen, statements[0], subjects, overrides)
    return chosen


def _for_all(stated: Stated, subjects: Subjects) -> bool:
    """Tell whether a statement asks the same of every plot."""
    rule, pack = stated.rule, stated.pack
    if rule.table is not None or rule.applies_to or rule.stage or stated.rivals:
        return False
    days = _held_on(pack, subjects)
    out = _too_early(subjects, pack)
    if pack.in_force_until is not None:
        out |= days > np.datetime64(pack.in_force_until, "D")
    out |= np.isnat(days) & subjects.unread("accepted_on")
    return not (out | subjects.ahead).any()


def _held_on(pack: RulePack, subjects: Subjects) -> Days:
    """Give the day by plot on which a pack must be in force: that of vetting, if it is for all."""
    return subjects.vetted if pack.holds_for_all else subjects.rule_days


def _too_early(subjects: Subjects, pack: RulePack) -> Mask:
    """Tell who was accepted before a pack was in force; at an unknown day, by the day of vetting.

    Returns ndarray of bool, (n,): True where it says nothing of them.
    """
    days, first = _held_on(pack, subjects), np.datetime64(pack.in_force_from, "D")
    early: Mask = np.where(np.isnat(days), subjects.last_day < first, days < first)
    return early


def _one(stated: Stated) -> Chosen:
    """Take the one limit of a statement for all plots."""
    rule, pack = stated.rule, stated.pack
    whole = f"{pack.source}; {rule.clause}"
    return Chosen(
        relation=rule.relation,
        threshold=np.float64(np.nan if rule.threshold is None else rule.threshold),
        upper=np.float64(np.nan if rule.upper is None else rule.upper),
        verified=rule.verified, source=f"{whole}; {rule.source}" if rule.source else whole,
        reason="", skipped=False, version=pack.name, overrode="",
        decided_by=f"{pack.level}: {pack.name}", severity=Severity.ERROR.value,
    )


def _own(
    chosen: Chosen, stated: Stated, subjects: Subjects, overrides: Sequence[Override]
) -> None:
    """Put the plots' own limits before all others."""
    for own in overrides:
        for at in np.flatnonzero((subjects.inputs.index == own.plot) & ~subjects.ahead):
            if np.isfinite(chosen.threshold[at]):
                told = _limit(chosen.relation[at], chosen.threshold[at], chosen.upper[at])
                before = f"{chosen.decided_by[at]} {told}"
                chosen.overrode[at] = "; ".join(filter(None, [before, chosen.overrode[at]]))
            factor = catalog.in_unit(stated.rule.measure, own.unit, where=own.document)
            chosen.relation[at] = own.relation
            chosen.threshold[at] = catalog.times(own.threshold, factor)
            chosen.upper[at] = catalog.times(own.upper, factor)
            chosen.verified[at] = True
            chosen.reason[at] = ""
            chosen.skipped[at] = False
            chosen.source[at] = own.document
            chosen.decided_by[at] = f"{PLOT_LEVEL}: {own.document}"


def _limit_at(stated: Stated, said: Limits, at: int) -> str:
    return _limit(stated.rule.relation, said.threshold[at], said.upper[at])


def _limit(relation: Relation, threshold: float, upper: float) -> str:
    """Write a limit in the unit of the measure, for the record."""
    if relation == "between":
        return f"{threshold:.10g}..{upper:.10g}"
    return f"{relation} {threshold:.10g}"


def _source(stated: Stated, of_value: Words) -> Words:
    whole = f"{stated.pack.source}; {stated.rule.clause}"
    if not (of_value != "").any():
        return np.full(len(of_value), whole, dtype=object)
    return np.array([f"{whole}; {each}" if each else whole for each in of_value], dtype=object)
