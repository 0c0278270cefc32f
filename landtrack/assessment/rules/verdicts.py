"""What the rules say of a plot or project in one word, and the class it is drawn as by it."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from landtrack.model import NOT_JUDGED, Outcome, Schema, classes

VERDICTS = (Outcome.FAIL.value, Outcome.UNKNOWN.value, NOT_JUDGED, Outcome.PASS.value)
"""The verdicts on plots and projects, the worst first."""


def by_subject(subjects: Iterable[str], findings: pd.DataFrame) -> pd.Series:
    """Sum up what the rules say of each plot or project.

    Returns: By plot: ``fail`` if any rule fails, else ``unknown`` if any is unknown, else ``pass``
    if any passes; ``not_judged`` where no rule says anything of it.
    """
    ids = pd.Index(list(subjects), dtype=object)
    outcome = findings["outcome"].astype(str)
    having = {
        each: ids.isin(findings.loc[outcome == each.value, "plot_id"])
        for each in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)
    }
    verdict = np.where(
        having[Outcome.FAIL], Outcome.FAIL.value,
        np.where(
            having[Outcome.UNKNOWN], Outcome.UNKNOWN.value,
            np.where(having[Outcome.PASS], Outcome.PASS.value, NOT_JUDGED),
        ),
    )
    return pd.Series(verdict, index=ids, dtype=object)


def categorise(
    frame: pd.DataFrame, schema: Schema, findings: pd.DataFrame | None = None
) -> pd.Categorical:
    """Give the class that each feature of a layer is drawn as: plots by their verdict.

    ``frame``: The layer, indexed by its key.
    ``findings``: The findings table; without it plots are classed as every kind is.
    Returns: In the order of the rows; none is missing.
    """
    if schema.id == "plots" and findings is not None:
        return pd.Categorical(by_subject(frame.index, findings))
    return classes.categorise(frame, schema)


def classify(
    frame: pd.DataFrame, schema: Schema, findings: pd.DataFrame | None = None
) -> pd.Series:
    """Give the classes as :func:`categorise` does, as a column.

    ``frame``, ``schema``, ``findings``: As :func:`categorise` takes them.
    Returns: By the rows of ``frame``.
    """
    return pd.Series(
        np.asarray(categorise(frame, schema, findings), dtype=object), index=frame.index
    )
