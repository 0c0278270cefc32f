"""What can be read in two ways: a verdict stands where both say the same.

A figure may be the plot's or its project's; the plots of a project may be accepted on several days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from landtrack.model import Outcome
from landtrack.spatial.plot_figures import ACCEPTED, LATEST, PERHAPS

WHOSE, ERAS = "whose:", "eras:"
"""What a reason begins with that names a figure of which it is not known whose it is, or a day
that is several, by which other rules hold.
"""

Judge = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]
"""Judges plots by their measures and their fields: the findings."""


def judged(
    inputs: pd.DataFrame, facts: pd.DataFrame, declared: Mapping[str, str], judge: Judge
) -> pd.DataFrame:
    """Judge plots or projects by what is known; where that can be read otherwise, by that, too.

    ``inputs``: n plots with their own measures.
    ``facts``: Their fields in the same order. Beside a figure that may be the project's stands the
    share that the plot is of its land (:data:`PERHAPS`), 0 where that is not known; beside the
    first day on which a plot of a project was accepted the last (:data:`LATEST`).
    ``declared``: The fields that measures are taken from, by measure.
    Returns: Columns of ``model.FINDING_COLUMNS``; unknown where two readings have other outcomes.
    """
    marks = [each for each in facts.columns if str(each).endswith(PERHAPS) or each == LATEST]
    found = judge(inputs, facts.drop(columns=marks))
    marks = [each for each in marks if facts[each].notna().any()]
    figures = [each for each in marks if each != LATEST]
    readings = [(each,) for each in marks] + ([tuple(figures)] if len(figures) > 1 else [])
    for reading in readings:
        doubtful = facts[list(reading)].notna().any(axis="columns").to_numpy(dtype="bool")
        own_inputs, own_facts = inputs[doubtful].copy(), facts[doubtful].copy()
        for mark in reading:
            _read_as(mark, own_inputs, own_facts, declared)
        other = judge(own_inputs, own_facts.drop(columns=[
            each for each in facts.columns if str(each).endswith(PERHAPS) or each == LATEST
        ]))
        kept = found[found["plot_id"].isin(facts.index[doubtful])]
        differs = (kept["outcome"].to_numpy() != other["outcome"].to_numpy()) & (
            kept["outcome"] != Outcome.UNKNOWN.value
        ).to_numpy()
        names = ",".join(
            ERAS + ACCEPTED if each == LATEST else WHOSE + each.removesuffix(PERHAPS)
            for each in reading
        )
        found = _unknown(found, kept.index[differs], names)
    return found


def _read_as(
    mark: str, inputs: pd.DataFrame, facts: pd.DataFrame, declared: Mapping[str, str]
) -> None:
    """Put another reading of a field in its place, in the tables themselves."""
    if mark == LATEST:
        facts[ACCEPTED] = facts[LATEST].where(facts[LATEST].notna(), facts[ACCEPTED])
        return
    name = mark.removesuffix(PERHAPS)
    share = facts[mark].astype("float64").replace(0.0, np.nan)
    by = share.where(facts[mark].notna(), 1.0)
    facts[name] = facts[name].astype("float64") * by
    for measure, field in declared.items():
        if field == name and measure in inputs:
            inputs[measure] = inputs[measure] * by


def _unknown(found: pd.DataFrame, rows: pd.Index, reason: str) -> pd.DataFrame:
    """Leave rows unknown."""
    if rows.empty:
        return found
    changed = found.copy()
    changed.loc[rows, ["outcome", "reason", "waived_until"]] = [Outcome.UNKNOWN.value, reason, ""]
    changed.loc[rows, ["value", "margin", "fix"]] = np.nan
    return changed
