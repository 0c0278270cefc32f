"""How a run came out: whether every plot and every project was judged, and passes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from landtrack.assessment.rules import verdicts
from landtrack.model import NOT_JUDGED, SETS_ASIDE, Issue, Outcome
from landtrack.model.assessment import Assessment

PASSED, FAILED, UNKNOWN = 0, 1, 3
"""Exit status: all is judged and passes; something fails; something is not judged or unknown."""


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What keeps a place from passing: the keys of plots and projects.

    Those without a shape or a plot stand in a ledger alone, in no layer; of rows of a ledger
    without a key nobody knows of which they are.
    """

    failing_plots: tuple[str, ...] = ()
    failing_projects: tuple[str, ...] = ()
    unknown_plots: tuple[str, ...] = ()
    unknown_projects: tuple[str, ...] = ()
    not_judged_plots: tuple[str, ...] = ()
    not_judged_projects: tuple[str, ...] = ()
    set_aside_plots: tuple[str, ...] = ()
    plots_without_shape: tuple[str, ...] = ()
    projects_without_plot: tuple[str, ...] = ()
    rows_without_key: tuple[str, ...] = ()

    @property
    def status(self) -> int:
        """Sum it up as an exit status.

        Returns: 1 if a plot or a project fails, else 3 if one is unknown or was not judged, else 0.
        """
        if self.failing_plots or self.failing_projects:
            return FAILED
        return UNKNOWN if any(vars(self).values()) else PASSED


def status_of(verdicts: Iterable[str]) -> int:
    """Sum verdicts up as an exit status.

    Returns: 1 if one fails, 0 if all pass, else 3.
    """
    found = set(verdicts)
    if Outcome.FAIL in found:
        return FAILED
    return PASSED if found == {Outcome.PASS} else UNKNOWN


def standing(result: Assessment) -> Standing:
    """Look for all that keeps a place from passing.

    Returns: Nothing at all where every plot and every project was judged and passes.
    """
    plots = verdicts.by_subject(result.layers["plots"].index, result.findings)
    projects = pd.Series(dtype=object)
    if result.projects is not None:
        keys = result.layers["plots"]["project_id"].dropna().unique()
        projects = verdicts.by_subject(keys, result.projects)
    of_plots = result.issues[result.issues["layer"] == "plots"]
    aside = of_plots["issue"].isin(SETS_ASIDE - {Issue.FEATURE_DUPLICATE, Issue.PLOT_PART})
    unused = of_plots[of_plots["issue"] == Issue.LEDGER_UNUSED]
    of_projects = unused["field"] != result.schemas["plots"].key
    keyless = of_plots["issue"] == Issue.LEDGER_KEY_MISSING
    return Standing(
        failing_plots=_having(plots, Outcome.FAIL),
        failing_projects=_having(projects, Outcome.FAIL),
        unknown_plots=_having(plots, Outcome.UNKNOWN),
        unknown_projects=_having(projects, Outcome.UNKNOWN),
        not_judged_plots=_having(plots, NOT_JUDGED),
        not_judged_projects=_having(projects, NOT_JUDGED),
        set_aside_plots=tuple(of_plots["feature_id"][aside]),
        plots_without_shape=_each(unused["value"][~of_projects]),
        projects_without_plot=_each(unused["value"][of_projects]),
        rows_without_key=_each(of_plots["value"][keyless]),
    )


def _each(named: pd.Series) -> tuple[str, ...]:
    return tuple(map(str, named.unique()))


def _having(verdicts: pd.Series, verdict: str) -> tuple[str, ...]:
    return tuple(map(str, verdicts.index[verdicts == verdict]))
