"""Figures that are the plot's or its project's: a verdict stands where both say the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from landtrack.model import Outcome
from landtrack.spatial.plot_figures import PERHAPS

WHOSE = "whose:"
"""What a reason begins with that names a figure of which it is not known whose it is."""

Judge = Callable[[pd.DataFrame, pd.DataFrame], pd.DataFrame]
"""Judges plots by their measures and their fields: the findings."""


def judged(
    inputs: pd.DataFrame, facts: pd.DataFrame, declared: Mapping[str, str], judge: Judge
) -> pd.DataFrame:
    """Judge plots by their figures; where one may be the project's, by that reading, too.

    Parameters
    ----------
    inputs
        n plots with their own measures.
    facts
        Their fields in the same order; of a figure that may be the project's the share that the
        plot is of its land stands beside it (:data:`PERHAPS`), 0 where that is not known.
    declared
        The fields that measures are taken from, by measure.
    judge
        Judges them.

    Returns
    -------
    DataFrame
        Columns of ``model.FINDING_COLUMNS``; unknown where two readings have other outcomes.
    """
    marks = [each for each in facts.columns if str(each).endswith(PERHAPS)]
    found = judge(inputs, facts.drop(columns=marks))
    doubtful = facts[marks].notna().any(axis="columns").to_numpy(dtype="bool") if marks else None
    if doubtful is None or not doubtful.any():
        return found
    of_doubt = found["plot_id"].isin(facts.index[doubtful]).to_numpy()
    kept = found[of_doubt]
    readings = [(each,) for each in marks] + ([tuple(marks)] if len(marks) > 1 else [])
    for reading in readings:
        own_inputs, own_facts = inputs[doubtful].copy(), facts[doubtful].copy()
        for mark in reading:
            name = mark.removesuffix(PERHAPS)
            share = own_facts[mark].astype("float64").replace(0.0, np.nan)
            by = share.where(own_facts[mark].notna(), 1.0)
            own_facts[name] = own_facts[name].astype("float64") * by
            for measure, field in declared.items():
                if field == name and measure in own_inputs:
                    own_inputs[measure] = own_inputs[measure] * by
        other = judge(own_inputs, own_facts.drop(columns=marks))
        differs = (kept["outcome"].to_numpy() != other["outcome"].to_numpy()) & (
            kept["outcome"] != Outcome.UNKNOWN.value
        ).to_numpy()
        names = ",".join(WHOSE + each.removesuffix(PERHAPS) for each in reading)
        kept = kept.assign(
            outcome=kept["outcome"].mask(differs, Outcome.UNKNOWN.value),
            reason=kept["reason"].mask(differs, names),
            **{name: kept[name].mask(differs) for name in ("value", "margin", "fix")},
            waived_until=kept["waived_until"].mask(differs, ""),
        )
    return _with(found, kept)


def _with(found: pd.DataFrame, kept: pd.DataFrame) -> pd.DataFrame:
    """Put rows in the places of those of the same index."""
    changed = found.copy()
    for name in ("outcome", "reason", "value", "margin", "fix", "waived_until"):
        changed.loc[kept.index, name] = kept[name]
    return changed
