"""Judges n plots by r rules, whole columns at a time: the findings table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import combinations
from typing import Any, cast

import numpy as np
import pandas as pd

from landtrack.assessment.rules import agreements, doubt, sequence
from landtrack.assessment.rules.evidence import FLOOR
from landtrack.assessment.rules.grouping import chosen as choose
from landtrack.assessment.rules.inputs import Coded, Figures, Subjects, Words
from landtrack.assessment.rules.limits import Chosen, Stated, by_rule
from landtrack.assessment.rules.outcome import (
    FAIL,
    NOT_APPLICABLE,
    OUTCOMES,
    PASS,
    UNKNOWN,
    Codes,
    codes,
)
from landtrack.model import FINDING_COLUMNS, Override, Relation, Rule, RulePack, Waiver
from landtrack.model.errors import CatalogError, TableError

SEQUENCE_UNIT = "d"
NO_RELATION = frozenset({""})
"""What stands for the relation of a plot that no pack says anything of."""

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

    ``subjects``: n plots.
    ``as_of``: The day on which overrides and waivers must hold; today where not given.
    Returns: Columns of ``model.FINDING_COLUMNS``, n x r rows in the order of the plots, then of the
    rules; words as categories. :func:`plain` gives them as words.
    Raises TableError: If there are no figures for an input of a rule at all.
    Raises CatalogError: If packs of several levels state a rule for different measures, an override
    or waiver names a rule that there is none of, or two of them hold at once.
    """
    statements = by_rule(packs)
    _check(statements, subjects, overrides, waivers)
    day = as_of or date.today()  # noqa: DTZ011  the day here, not in Greenwich
    agreed = agreements.overrides(overrides, day)
    granted = agreements.waivers(waivers, day)
    judged = [
        _judged(stated, subjects, [each for each in agreed if each.rule == rule_id])
        for rule_id, stated in statements.items()
    ]
    for rule_id, columns in zip(statements, judged, strict=True):
        own = [each for each in granted if each.rule == rule_id]
        columns["waived_until"] = _waived(columns["outcome"], subjects, own)
        columns["stage"] = subjects.stages
        columns["evidence"] = _evidence(statements[rule_id][0].rule, subjects)
        columns |= {"subject": "", "share": ""}
    return _table(judged, subjects)


def _table(judged: Sequence[Mapping[str, Any]], subjects: Subjects) -> pd.DataFrame:
    """Put the rules' columns together, plot by plot; words as categories."""
    n, r = len(subjects), len(judged)
    made: dict[str, Any] = {
        "plot_id": pd.Categorical.from_codes(
            np.repeat(np.arange(n, dtype=np.int32), r),
            categories=pd.Index(subjects.inputs.index, dtype=object),
        )
    }
    for name in FINDING_COLUMNS[1:]:
        values = [columns[name] for columns in judged]
        if name == "outcome":
            made[name] = pd.Categorical.from_codes(
                _by_plot(values, n, np.dtype("int8")), categories=pd.Index(OUTCOMES)
            )
        elif name in NUMBERS:
            made[name] = _by_plot(values, n, np.dtype("float64"))
        elif name == "verified":
            made[name] = _by_plot(values, n, np.dtype("bool"))
        else:
            made[name] = _categories(values, n)
    return pd.DataFrame(made, columns=list(FINDING_COLUMNS), copy=False)


def _by_plot(values: Sequence[Any], n: int, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Lay the rules' values side by side, one value standing for all plots where it does."""
    if all(np.ndim(each) == 0 for each in values):
        return np.tile(np.array(values, dtype=dtype), n)
    laid = np.empty((len(values), n), dtype=dtype)
    for at, each in enumerate(values):
        laid[at] = each
    return laid.T.ravel()


def _categories(values: Sequence[Any], n: int) -> pd.Categorical:
    """Give words as codes and the list of those there are."""
    words: dict[str, int] = {}
    coded: list[Any] = []
    known: dict[int, Any] = {}
    for each in values:
        if isinstance(each, str):
            coded.append(words.setdefault(each, len(words)))
            continue
        if isinstance(each, Coded):
            own = np.array([words.setdefault(word, len(words)) for word in each.words])
            coded.append(own[each.codes])
            continue
        if id(each) not in known:
            at, found = pd.factorize(each)
            own = np.array([words.setdefault(str(word), len(words)) for word in found])
            known[id(each)] = own[at]
        coded.append(known[id(each)])
    few = len(words) <= np.iinfo(np.int8).max
    codes = _by_plot(coded, n, np.dtype("int8" if few else "int32"))
    return pd.Categorical.from_codes(codes, categories=pd.Index(list(words), dtype=object))


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
        _check_dates(rule_id, stated)
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


def _check_dates(rule_id: str, stated: Sequence[Stated]) -> None:
    """Insist that of two packs of one level only one is in force on any day."""
    for one, other in combinations(stated, 2):
        first, second = sorted([one.pack, other.pack], key=lambda pack: pack.in_force_from)
        if one.pack.level == other.pack.level and second.in_force_from <= (
            first.in_force_until or date.max
        ):
            raise CatalogError(
                f"{first.id} and {second.id} both state the rule {rule_id} on "
                f"{second.in_force_from}, at the level {first.level}.",
                mend="End the one with in_force_until before the other begins, or give them "
                "different levels.",
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
    asked = chosen.reason if isinstance(chosen.reason, Coded) else Coded(
        np.zeros(len(subjects), dtype=np.intp), [chosen.reason]
    )
    said = np.array([word != "" for word in asked.words])[asked.codes]
    doubtful = said & ~np.asarray(chosen.skipped)
    outcome = np.select(
        [np.broadcast_to(chosen.skipped, order.outcome.shape),
         doubtful & (order.outcome != NOT_APPLICABLE)],
        [NOT_APPLICABLE, UNKNOWN], order.outcome,
    )
    return _common(rule, chosen) | {
        "value": order.days, "threshold": 0.0, "upper": np.nan, "unit": SEQUENCE_UNIT,
        "outcome": outcome, "margin": order.days, "fix": np.nan,
        "reason": Coded(
            np.where(said, asked.codes, len(asked.words) + order.reason.codes),
            [*asked.words, *order.reason.words],
        ),
    }


def _index(rule: Rule, chosen: Chosen, subjects: Subjects) -> dict[str, Any]:
    value, parts, missing = quotient(rule, subjects)
    missing = doubt.of_drawings(missing, subjects)
    bounds = doubt.bounds(rule, subjects, parts[1])
    if bounds is None:
        outcome = _outcome(value, chosen)
    else:
        value, outcome = doubt.decided(value, bounds, chosen, _outcome)
        parts = (np.where(np.isnan(parts[0]), value * parts[1], parts[0]), parts[1])
        missing = doubt.reasons(rule, missing, bounds, outcome)
    if (utmost := doubt.with_utmost(rule, subjects)) is not None:
        held = _outcome(quotient(rule, utmost)[0], chosen) == PASS
        value, outcome, missing = doubt.withheld((value, outcome, missing), held)
    if isinstance(chosen.relation, Coded):
        outcome = np.where(chosen.skipped, NOT_APPLICABLE, outcome)
    bound = _nearest_bound(value, chosen)
    fix = np.where(outcome == FAIL, bound * parts[1] - parts[0], np.nan)
    return _common(rule, chosen) | {
        "value": value, "threshold": chosen.threshold, "upper": chosen.upper, "unit": rule.unit,
        "outcome": outcome, "margin": value - bound, "fix": fix,
        "reason": _reasons(missing, chosen, outcome),
    }


def _outcome(value: Figures, chosen: Chosen) -> Codes:
    """Compare values with the limit of each plot."""
    if not isinstance(chosen.relation, Coded):
        return codes(value, chosen.relation, chosen.threshold, chosen.upper)
    outcome: Codes = np.full(len(value), UNKNOWN)
    for code, relation in enumerate(chosen.relation.words):
        if relation not in NO_RELATION:
            judged = codes(value, cast("Relation", relation), chosen.threshold, chosen.upper)
            outcome = np.where(chosen.relation.codes == code, judged, outcome)
    return outcome


def _nearest_bound(value: Figures, chosen: Chosen) -> Figures:
    """Give the limit that a value breaks or comes nearest to."""
    upper, threshold = np.asarray(chosen.upper), np.asarray(chosen.threshold)
    if not np.isfinite(upper).any():
        return threshold
    upper_counts = np.isfinite(upper) & (np.abs(upper - value) < np.abs(value - threshold))
    return np.where(upper_counts, upper, threshold)


def quotient(
    rule: Rule, subjects: Subjects
) -> tuple[Figures, tuple[Figures, Figures], Coded]:
    """Compute an index.

    ``rule``: A rule of kind ``index``.
    ``subjects``: n plots.
    Returns value : ndarray of float64, (n,): NaN where an input is missing or the denominator is
    not positive.
    Returns parts : tuple of ndarray: Numerator and denominator; the other pair where that stands
    for the first. The denominator of a rule without one is 1.
    Returns missing : Coded, n: The names of the inputs that are missing or of no use, separated by
    commas.
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
    names = ("", rule.numerator, rule.denominator, f"{rule.numerator},{rule.denominator}")
    return value, (numerator, denominator), Coded(np.isnan(numerator) + 2 * ~usable, names)


def _reasons(missing: Coded, chosen: Chosen, outcome: Codes) -> Coded:
    """Say why a plot is unknown or not applicable; all that is missing, limits too."""
    if not isinstance(chosen.reason, Coded):
        return missing
    several = len(missing.words)
    unknown = outcome == UNKNOWN
    lacking = np.where(unknown, missing.codes, 0)
    nothing = len(chosen.reason.words)
    asked = np.where(unknown | chosen.skipped, chosen.reason.codes, nothing)
    words = [
        ",".join(filter(None, [lack, reason]))
        for reason in [*chosen.reason.words, ""] for lack in missing.words
    ]
    return Coded(asked * several + lacking, words)


def _evidence(rule: Rule, subjects: Subjects) -> Words | str:
    """Say how the floor area is proved, of a rule that judges it."""
    used = (rule.numerator, rule.denominator, *(rule.instead or ()))
    return "" if subjects.evidence is None or FLOOR not in used else subjects.evidence


def _waived(
    outcome: Codes, subjects: Subjects, waivers: Sequence[Waiver]
) -> Words | str:
    """Say of each fail that is waived until when it is; it stays a fail."""
    if not waivers:
        return ""
    until = np.full(len(subjects), "", dtype=object)
    for waiver in waivers:
        of_plot = subjects.inputs.index == waiver.plot
        until[of_plot & (outcome == FAIL)] = waiver.until.isoformat()
    return until


def plain(findings: pd.DataFrame) -> pd.DataFrame:
    """Give findings with their words as words, for tables that are shown and stored.

    ``findings``: What :func:`judge` gave.
    Returns: The same rows.
    """
    words = findings.select_dtypes("category").columns
    return findings.astype(dict.fromkeys(words, object))
