"""Indices of figures that lie between a lowest and a highest: decided where both say the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from landtrack.assessment.rules.evidence import FLOOR
from landtrack.assessment.rules.inputs import Coded, Figures, Mask, Subjects
from landtrack.assessment.rules.limits import Chosen
from landtrack.assessment.rules.outcome import FAIL, PASS, UNKNOWN, Codes
from landtrack.model import Rule
from landtrack.spatial import plot_figures

OVERLAP, LOST, STATE, HEIGHTS, UTMOST = "overlap:", "lost:", "state:", "heights:", "utmost:"
"""What a reason begins with that names a figure which is not sure, and why."""
DRAWN, SHARED = "drawn:", "shared:"
"""What the reason of a figure begins with of which it is not known what ground it is of."""
MEASURED = frozenset({"land_area_m2", "floor_area_m2", "covered_area_m2"})
"""Figures that are not known of a plot that is drawn in several ways."""
ENDLESS = 1e300
"""Stands for a highest that there is none of."""


class Bounds(NamedTuple):
    """The lowest and the highest that an index can be; ``doubtful`` where they differ.

    ``unread`` tells where a building is of which nobody knows whether it stands,
    ``contradicted`` where one has other storeys than heights.
    """

    low: Figures
    high: Figures
    doubtful: Mask
    unread: Mask
    contradicted: Mask


def bounds(rule: Rule, subjects: Subjects, denominator: Figures) -> Bounds | None:
    """Give the bounds of an index.

    ``rule``: A rule of kind ``index``.
    ``subjects``: n plots.
    Returns: None where the numerator is sure, or unknown, at every plot.
    """
    lowest, highest = plot_figures.bounds(rule.numerator)
    if lowest not in subjects.inputs:
        return None
    low, high = subjects.figures(lowest), subjects.figures(highest)
    doubtful = np.isnan(subjects.figures(rule.numerator)) & np.isfinite(low) & (denominator > 0)
    high = np.where(np.isnan(high), ENDLESS, high)
    by = np.where(doubtful, denominator, np.nan)
    unread, contradicted = (
        subjects.figures(name) > 0 if name in subjects.inputs else np.zeros(len(by), dtype=bool)
        for name in (plot_figures.UNREAD, plot_figures.CONTRADICTED)
    )
    return Bounds(low / by, high / np.maximum(by, 1.0), doubtful, unread, contradicted)


def decided(
    value: Figures, found: Bounds, chosen: Chosen, judge: Callable[[Figures, Chosen], Codes]
) -> tuple[Figures, Codes]:
    """Judge an index that may lie between bounds.

    ``value``: n values, NaN where they are not sure.
    Returns value : ndarray of float64, (n,): Where both bounds say the same, the one that is nearer
    to the limit.
    Returns outcome : ndarray of int8, (n,): What both bounds say; unknown where they differ, or lie
    on both sides of the limit.
    """
    at_low, at_high = judge(found.low, chosen), judge(found.high, chosen)
    limit, upper = np.asarray(chosen.threshold, dtype="float64"), np.asarray(
        chosen.upper, dtype="float64"
    )
    last = np.where(np.isfinite(upper), upper, limit)
    one_side = (found.high < limit) | (found.low > last) | (limit == last)
    same = found.doubtful & (at_low == at_high) & (at_low != UNKNOWN)
    same &= (at_low == PASS) | ((at_low == FAIL) & (one_side | (limit == last)))
    nearer = np.where(
        np.minimum(np.abs(found.low - limit), np.abs(found.low - last))
        <= np.minimum(np.abs(found.high - limit), np.abs(found.high - last)),
        found.low, found.high,
    )
    outcome = np.where(found.doubtful, np.where(same, at_low, UNKNOWN), judge(value, chosen))
    return np.where(same, nearer, value), outcome.astype(at_low.dtype)


def of_drawings(missing: Coded, subjects: Subjects) -> Coded:
    """Say of what is missing that it is for the drawings of plots, where it is.

    ``subjects``: n plots.
    Returns: The same; each input with what is not sure of the ground that it is of.
    """
    found = missing
    for prefix, names, count in (
        (DRAWN, MEASURED, plot_figures.DRAWN_OTHERWISE),
        (SHARED, None, plot_figures.CLAIMED_TWICE),
    ):
        if count not in subjects.inputs:
            continue
        doubtful = subjects.figures(count) > 0
        words = [
            ",".join(
                f"{prefix}{name}" if name and (names is None or name in names) else name
                for name in word.split(",")
            )
            for word in missing.words
        ]
        codes = missing.codes + len(found.words)
        found = Coded(
            np.where(doubtful, codes, found.codes), [*found.words, *words]
        )
    return found


def reasons(rule: Rule, missing: Coded, found: Bounds, outcome: Codes) -> Coded:
    """Say why an index is not sure, where that leaves it unknown.

    Returns: The same; at plots in doubt the figure with what is not sure of it.
    """
    words = [*missing.words, f"{OVERLAP}{rule.numerator}", f"{LOST}{rule.numerator}",
             f"{STATE}{rule.numerator}", f"{HEIGHTS}{rule.numerator}", ""]
    overlap, lost, state, heights, nothing = range(len(missing.words), len(words))
    open_codes = np.where(found.contradicted, heights, overlap)
    open_codes = np.where(found.high > np.sqrt(ENDLESS), lost, open_codes)
    if rule.numerator != "floor_area_m2":
        open_codes = np.full(len(outcome), lost)
    open_codes = np.where(found.unread, state, open_codes)
    in_doubt = np.where(outcome == UNKNOWN, open_codes, nothing)
    return Coded(np.where(found.doubtful, in_doubt, missing.codes), words)


def with_utmost(rule: Rule, subjects: Subjects) -> Subjects | None:
    """Take every storey of unknown height for one that counts twice.

    ``rule``: A rule of kind ``index``.
    ``subjects``: n plots.
    Returns: With the floor area that there is at most; None where the rule does not use it, or no
    storey of unknown height could count twice.
    """
    inputs = subjects.inputs
    used = (rule.numerator, rule.denominator, *(rule.instead or ()))
    if FLOOR not in used or plot_figures.UTMOST_FLOOR not in inputs:
        return None
    utmost = subjects.figures(plot_figures.UTMOST_FLOOR)
    lowest = plot_figures.bounds(FLOOR)[0]
    if lowest in inputs:
        bounded = np.isnan(subjects.figures(FLOOR)) & np.isfinite(subjects.figures(lowest))
        utmost = np.where(bounded & np.isnan(utmost), ENDLESS, utmost)
    return dataclasses.replace(subjects, inputs=inputs.assign(**{FLOOR: utmost}))


def withheld(
    judged: tuple[Figures, Codes, Coded], held: Mask
) -> tuple[Figures, Codes, Coded]:
    """Leave a pass unknown that would be none, were storeys of unknown height tall ones.

    A fail stays one: that of a lower limit counts each of them once, as none is known to be
    tall, and that of an upper limit is above it even so.

    ``judged``: n values, outcomes, and what is missing.
    Returns: The same; no value where the outcome is unknown by this.
    """
    value, outcome, missing = judged
    out = (outcome == PASS) & ~held
    words = [*missing.words, f"{UTMOST}{FLOOR}"]
    return (
        np.where(out, np.nan, value), np.where(out, UNKNOWN, outcome).astype(outcome.dtype),
        Coded(np.where(out, len(words) - 1, missing.codes), words),
    )
