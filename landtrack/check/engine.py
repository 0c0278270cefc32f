"""Judges n plots by r rules, whole columns at a time: the findings table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from landtrack.check import sequence
from landtrack.check.compare import FAIL, NOT_APPLICABLE, OUTCOMES, UNKNOWN, Codes, codes
from landtrack.check.limits import Chosen, Stated, by_rule, choose
from landtrack.check.subjects import Figures, Subjects, Words
from landtrack.errors import CatalogError, TableError
from landtrack.model import FINDING_COLUMNS, Override, Rule, RulePack, Waiver

SEQUENCE_UNIT = "d"

NUMBERS = frozenset({"value", "threshold", "margin", "fix", "upper"})


def judge(
    subjects: Subjects,
    packs: Sequence[RulePack],
    *,
    overrides: Sequence[Override] = (),
    waivers: Sequence[Waiver] = (),
    as_of: date | None = None,
) -> pd.DataFrame:
    """Judge every plot by every rule.

    Parameters
    ----------
    subjects
        n plots.
    packs
        The packs of all levels; together they state r rules.
    overrides
        Limits agreed for single plots.
    waivers
        Leave to fail, for single plots and rules.
    as_of
        The day on which waivers must hold; today where not given.

    Returns
    -------
    DataFrame
        Columns of ``model.FINDING_COLUMNS``, n x r rows in the order of the plots, then of
        the rules.

    Raises
    ------
    TableError
        If there are no figures for an input of a rule at all.
    CatalogError
        If packs of several levels state a rule for different measures, or an override or
        waiver names a rule that there is none of.
    """
    statements = by_rule(packs)
    _check(statements, subjects, overrides, waivers)
    n, r = len(subjects), len(statements)
    table: dict[str, Any] = {
        name: np.empty((n, r), dtype="float64" if name in NUMBERS else object)
        for name in FINDING_COLUMNS
    }
    table["verified"] = np.ones((n, r), dtype=bool)
    for at, (rule_id, stated) in enumerate(statements.items()):
        own = [each for each in overrides if each.rule == rule_id]
        for name, value in _judged(stated, subjects, own).items():
            table[name][:, at] = value
    table["plot_id"][:] = subjects.inputs.index.to_numpy(dtype=object)[:, np.newaxis]
    table["stage"][:] = subjects.stages[:, np.newaxis]
    table["waived_until"][:] = ""
    _waive(table, list(statements), subjects, waivers, as_of or date.today())  # noqa: DTZ011
    return pd.DataFrame({
        name: pd.Series(
            values.reshape(-1), dtype=values.dtype if values.dtype != object else object
        )
        for name, values in table.items()
    })


def _check(
    statements: Mapping[str, Sequence[Stated]],
    subjects: Subjects,
    overrides: Sequence[Override],
    waivers: Sequence[Waiver],
) -> None:
    for rule_id, stated in statements.items():
        if len({(each.rule.kind, each.rule.measure) for each in stated}) > 1:
            raise CatalogError(
                f"Rule {rule_id} judges different measures in "
                f"{', '.join(each.pack.id for each in stated)}.",
                mend="Give rules on different measures different ids.",
            )
        for each in stated:
            needed = [each.rule.numerator, each.rule.denominator, *(each.rule.instead or ())]
            known = {"", *subjects.inputs, *subjects.facts}
            absent = [name for name in needed if name not in known]
            if absent:
                raise TableError(
                    f"Rule {rule_id} needs the measure {', '.join(absent)}, which there is "
                    "none of.",
                    mend=f"Use a measure of the plots: {', '.join(subjects.inputs)}.",
                )
    named: list[Override | Waiver] = [*overrides, *waivers]
    for stray in named:
        if stray.rule not in statements or (
            isinstance(stray, Override) and statements[stray.rule][0].rule.kind == "sequence"
        ):
            raise CatalogError(
                f"{stray.document} names the rule {stray.rule!r}, which is no index judged here.",
                mend=f"Use one of: {', '.join(statements)}.",
            )


def _judged(
    stated: Sequence[Stated], subjects: Subjects, overrides: Sequence[Override]
) -> dict[str, Any]:
    """Judge one rule: its columns of the findings."""
    chosen = choose(stated, subjects, overrides)
    rule = stated[0].rule
    if rule.kind == "sequence":
        return _sequence(rule, chosen, subjects)
    return _index(rule, chosen, subjects)


def _common(rule: Rule, chosen: Chosen) -> dict[str, Any]:
    return {
        "rule": rule.id, "relation": chosen.relation, "rule_version": chosen.version,
        "source": chosen.source, "severity": chosen.severity, "decided_by": chosen.decided_by,
        "overrode": chosen.overrode, "verified": chosen.verified,
    }


def _sequence(rule: Rule, chosen: Chosen, subjects: Subjects) -> dict[str, Any]:
    order = sequence.judge(rule, subjects)
    doubtful = (chosen.reason != "") & ~chosen.skipped
    outcome = np.select(
        [chosen.skipped, doubtful & (order.outcome != NOT_APPLICABLE)],
        [NOT_APPLICABLE, UNKNOWN], order.outcome,
    )
    return _common(rule, chosen) | {
        "value": order.days, "threshold": 0.0, "upper": np.nan, "unit": SEQUENCE_UNIT,
        "outcome": OUTCOMES[outcome], "margin": order.days, "fix": np.nan,
        "reason": np.where(chosen.reason != "", chosen.reason, order.reason),
    }


def _index(rule: Rule, chosen: Chosen, subjects: Subjects) -> dict[str, Any]:
    value, parts, missing = quotient(rule, subjects)
    outcome = np.full(len(subjects), UNKNOWN)
    for relation in set(chosen.relation.tolist()):
        judged = codes(value, relation, chosen.threshold, chosen.upper)
        outcome = np.where(chosen.relation == relation, judged, outcome)
    outcome = np.where(chosen.skipped, NOT_APPLICABLE, outcome)
    bound = _nearest_bound(value, chosen)
    fix = np.where(outcome == FAIL, bound * parts[1] - parts[0], np.nan)
    return _common(rule, chosen) | {
        "value": value, "threshold": chosen.threshold, "upper": chosen.upper, "unit": rule.unit,
        "outcome": OUTCOMES[outcome], "margin": value - bound, "fix": fix,
        "reason": _reasons(missing, chosen, outcome),
    }


def _nearest_bound(value: Figures, chosen: Chosen) -> Figures:
    """Give the limit that a value breaks or comes nearest to."""
    upper_counts = np.isfinite(chosen.upper) & (
        np.abs(chosen.upper - value) < np.abs(value - chosen.threshold)
    )
    return np.where(upper_counts, chosen.upper, chosen.threshold)


def quotient(
    rule: Rule, subjects: Subjects
) -> tuple[Figures, tuple[Figures, Figures], Words]:
    """Compute an index.

    Parameters
    ----------
    rule
        A rule of kind ``index``.
    subjects
        n plots.

    Returns
    -------
    value : ndarray of float64, (n,)
        NaN where an input is missing or the denominator is not positive.
    parts : tuple of ndarray
        Numerator and denominator; the other pair where that stands for the first. The
        denominator of a rule without one is 1.
    missing : ndarray of object, (n,)
        The names of the inputs that are missing or of no use, separated by commas.
    """
    numerator = subjects.figures(rule.numerator)
    denominator = (
        subjects.figures(rule.denominator) if rule.denominator else np.ones(len(subjects))
    )
    if rule.instead is not None:
        other = tuple(subjects.figures(name) for name in rule.instead)
        stands = np.isnan(numerator) & np.isfinite(other[0]) & (other[1] > 0)
        numerator = np.where(stands, other[0], numerator)
        denominator = np.where(stands, other[1], denominator)
    usable = denominator > 0
    value = np.divide(numerator, denominator, out=np.full(len(subjects), np.nan), where=usable)
    names = np.array(
        ["", rule.numerator, rule.denominator, f"{rule.numerator},{rule.denominator}"],
        dtype=object,
    )
    missing: Words = names[np.isnan(numerator) + 2 * ~usable]
    return value, (numerator, denominator), missing


def _reasons(missing: Words, chosen: Chosen, outcome: Codes) -> Words:
    """Say why a plot is unknown or not applicable; all that is missing, limits too."""
    reason: Words = np.where(outcome == UNKNOWN, missing, "").astype(object)
    told = (chosen.reason != "") & ((outcome == UNKNOWN) | chosen.skipped)
    for at in np.flatnonzero(told):
        reason[at] = ",".join(filter(None, [reason[at], chosen.reason[at]]))
    return reason


def _waive(
    table: Mapping[str, Any],
    rules: Sequence[str],
    subjects: Subjects,
    waivers: Sequence[Waiver],
    as_of: date,
) -> None:
    """Note on each fail that is waived until when it is; it stays a fail."""
    for waiver in waivers:
        if not waiver.granted_on <= as_of <= waiver.until:
            continue
        column = rules.index(waiver.rule)
        for at in np.flatnonzero(subjects.inputs.index == waiver.plot):
            if table["outcome"][at, column] == OUTCOMES[FAIL]:
                table["waived_until"][at, column] = waiver.until.isoformat()
