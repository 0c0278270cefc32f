"""What the rules say of a plot or project in one word."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd

from landtrack.model import NOT_JUDGED, Outcome

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
