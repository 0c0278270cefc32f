"""Judges the order of two dates: what must be approved or verified before what."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from landtrack.check.compare import FAIL, NOT_APPLICABLE, PASS, UNKNOWN, Codes
from landtrack.check.subjects import Figures, Mask, Subjects, Words
from landtrack.model import Rule, Stage

NOT_DUE = "not_due"
"""Why a sequence is not applicable: its second step has not been taken yet."""


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a sequence says of n plots; ``reason`` holds both dates where they are known."""

    days: Figures
    outcome: Codes
    reason: Words


def judge(rule: Rule, subjects: Subjects) -> Order:
    """Judge the order of two dates.

    Parameters
    ----------
    rule
        A rule of kind ``sequence``.
    subjects
        n plots.

    Returns
    -------
    Order
        ``days`` from the first date to the second. In order passes, out of order fails; a
        date that is missing although its step was taken is unknown, and named; not
        applicable as long as the second step is not due.
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
    reason = np.full(len(subjects), "", dtype=object)
    reason[~due] = NOT_DUE
    for missing, field in ((have_first, rule.first), (have_second, rule.second)):
        for at in np.flatnonzero(due & ~missing):
            reason[at] = ",".join(filter(None, [reason[at], field]))
    dates = np.char.add(np.char.add(first[both].astype("U10"), ","), second[both].astype("U10"))
    reason[both] = dates.astype(object)
    return Order(days=days, outcome=outcome, reason=reason)


def _taken(rule: Rule, subjects: Subjects) -> Mask:
    """Tell where the second step was taken though its date is missing."""
    taken = np.zeros(len(subjects), dtype=bool)
    if rule.documents is not None:
        taken |= subjects.words(rule.documents[1]) != ""
    if rule.due_from is not None:
        order = [each.value for each in Stage]
        taken |= np.isin(subjects.stages, order[order.index(rule.due_from.value):])
    return taken
