"""Judges the order of two dates: what must be approved or verified before what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landtrack.assessment.rules.inputs import Coded, Figures, Mask, Subjects
from landtrack.assessment.rules.outcome import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Codes
from landtrack.model import Rule, Stage

PAIR, EARLY = 10_000_000, 5_000_000
"""Two days are one number, ``first * PAIR + second``, counted from long before 1970."""
NOT_DUE = "not_due"
"""Why a sequence is not applicable: its second step has not been taken yet."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a sequence says of n plots; ``reason`` holds both dates where they are known."""

    days: Figures
    outcome: Codes
    reason: Coded


def judge(rule: Rule, subjects: Subjects) -> Order:
    """Judge the order of two dates.

    ``rule``: A rule of kind ``sequence``.
    ``subjects``: n plots.
    Returns: ``days`` from the first date to the second. In order passes, out of order fails; a date
    that is missing although its step was taken, such as one that is written but cannot be read, is
    unknown, and named; not applicable as long as the second step is not due.
    """
    if rule.within_years:
        return _within(rule, subjects)
    first, second = subjects.days(rule.first), subjects.days(rule.second)
    have_first, have_second = ~np.isnat(first), ~np.isnat(second)
    due = have_second | _taken(rule, subjects)
    both = have_first & have_second
    days = np.full(len(subjects), np.nan)
    days[both] = (second[both] - first[both]).astype("float64")
    kept = days > 0 if rule.relation == ">" else days >= 0
    outcome = np.select(
        [~due, ~both], [NOT_APPLICABLE, UNKNOWN], np.where(kept, PASS, FAIL)
    ).astype(np.int8)
    names = ["", NOT_DUE, rule.first, rule.second, f"{rule.first},{rule.second}"]
    reason = np.select([~due, have_first, have_second], [1, 3, 2], 4)
    first_on, second_on = (each[both].astype(np.int64) + EARLY for each in (first, second))
    at, pairs = pd.factorize(first_on * PAIR + second_on)
    reason[both] = len(names) + at
    dates = [
        f"{one},{other}" for one, other in zip(
            (pairs // PAIR - EARLY).astype("datetime64[D]").astype(str).tolist(),
            (pairs % PAIR - EARLY).astype("datetime64[D]").astype(str).tolist(), strict=True,
        )
    ]
    return Order(days=days, outcome=outcome, reason=Coded(reason, [*names, *dates]))


def _within(rule: Rule, subjects: Subjects) -> Order:
    """Judge whether a step was taken before so many years after a day were over.

    Returns: ``days`` from the step, or from the day of vetting where it was not taken, to the end
    of those years. What was taken passes. What was not fails from that end on; whether it was is
    known by its date, or by the stage: ``entered`` is before it, a later one behind it.
    """
    first, second, day = subjects.days(rule.first), subjects.days(rule.second), subjects.vetted
    have_first, have_second = ~np.isnat(first), ~np.isnat(second)
    ends = (pd.DatetimeIndex(first) + pd.DateOffset(years=rule.within_years)).to_numpy().astype(
        "datetime64[D]"
    )
    entered = subjects.stages == Stage.ENTRY.value
    taken = (have_second & (second <= day)) | (
        ~have_second & ~entered & (subjects.stages != "")
    )
    open_ = ~taken & ~have_second & (subjects.unread(rule.second) | ~entered)
    until = np.where(have_second & (second <= day), second, day)
    known = have_first & ~(taken & ~have_second)
    days = np.full(len(subjects), np.nan)
    days[known] = (ends[known] - until[known]).astype("float64")
    over = have_first & (day >= ends)
    outcome = np.select(
        [taken, ~have_first, ~over, open_], [PASS, UNKNOWN, NOT_APPLICABLE, UNKNOWN], FAIL
    ).astype(np.int8)
    words = ["", NOT_DUE, rule.first, rule.second]
    reason = np.select([taken, ~have_first, ~over, open_], [0, 2, 1, 3], 0)
    dated = have_first & ((taken & have_second) | (outcome == FAIL))
    pairs = [f"{one},{other}" for one, other in zip(first[dated], until[dated], strict=True)]
    at, found = pd.factorize(np.array(pairs, dtype=object))
    reason[dated] = len(words) + at
    return Order(days=days, outcome=outcome, reason=Coded(reason, [*words, *found]))


def _taken(rule: Rule, subjects: Subjects) -> Mask:
    """Tell where the second step was taken though its date is missing."""
    taken = subjects.unread(rule.second)
    if rule.documents is not None:
        taken = taken | (subjects.words(rule.documents[1]) != "")
    if rule.due_from is not None:
        order = [each.value for each in Stage]
        taken = taken | np.isin(subjects.stages, order[order.index(rule.due_from.value):])
    return taken
