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


def _taken(rule: Rule, subjects: Subjects) -> Mask:
    """Tell where the second step was taken though its date is missing."""
    taken = subjects.unread(rule.second)
    if rule.documents is not None:
        taken = taken | (subjects.words(rule.documents[1]) != "")
    if rule.due_from is not None:
        order = [each.value for each in Stage]
        taken = taken | np.isin(subjects.stages, order[order.index(rule.due_from.value):])
    return taken
