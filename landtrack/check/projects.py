"""Projects over several plots: their figures are summed, never their ratios averaged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import pandas as pd

from landtrack.model import Override, Waiver

SUMMED = ("_m2", "_cny")
"""Endings of the fields that are amounts."""

Own = TypeVar("Own", Override, Waiver)


def project_of(facts: pd.DataFrame) -> pd.Series:
    """Say which project each plot belongs to.

    Parameters
    ----------
    facts
        n plots by ``plot_id`` with ``project_id``.

    Returns
    -------
    Series of str, n rows
        By ``plot_id``; a plot without a project is one of its own.
    """
    named = facts["project_id"]
    return named.where(named.notna(), facts.index.to_series()).astype("str")


def sum_up(measures: pd.DataFrame, facts: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make one plot of each project.

    Parameters
    ----------
    measures
        The measures table.
    facts
        The plots' fields by ``plot_id``.

    Returns
    -------
    measures : DataFrame
        The plots' own measures summed by project, ``plot_id`` holding the project's id;
        NaN where that of one plot is missing.
    facts : DataFrame
        By project: amounts summed, if all are known; other fields where all plots agree,
        else missing.
    """
    of = project_of(facts)
    own = measures[measures["layer"] == "plots"]
    own = own.assign(plot_id=own["plot_id"].map(of))
    keys = [name for name in own.columns if name != "value"]
    groups = own.groupby(keys, sort=False)["value"]
    summed = groups.sum().where(groups.count() == groups.size()).reset_index()
    return summed[list(measures.columns)], together(facts, of)


def together(facts: pd.DataFrame, of: pd.Series) -> pd.DataFrame:
    """Give what the plots of each project have together.

    Parameters
    ----------
    facts
        n plots by ``plot_id``.
    of
        Their projects.

    Returns
    -------
    DataFrame
        By project: amounts summed, if all are known; other fields where all plots agree,
        else missing.
    """
    groups = facts.groupby(of, sort=False)
    first = groups.nth(0).set_axis(pd.Index(of.drop_duplicates()), axis="index")
    alone = groups.size() == 1
    if alone.all():
        return first
    told = {}
    for name in facts.columns:
        column = facts[name].groupby(of, sort=False)
        if str(name).endswith(SUMMED):
            told[name] = column.sum().where(column.count() == column.size())
        else:
            same = column.nunique(dropna=False) == 1  # noqa: PD101  within each group
            told[name] = first[name].where(same)
    return pd.DataFrame(told, index=first.index)


def for_plots(own: Sequence[Own], facts: pd.DataFrame) -> tuple[Own, ...]:
    """Take the limits and waivers that hold for single plots.

    Parameters
    ----------
    own
        What was agreed for plots and projects.
    facts
        The plots' fields by ``plot_id``.

    Returns
    -------
    tuple
        Those that name a plot, and, under the plot's id, those of a project that is one plot.
    """
    of = project_of(facts)
    alone = of[~of.duplicated(keep=False)]
    own_names = dict(zip(of.index, of.index, strict=True))
    plots = {project: plot for plot, project in alone.items()} | own_names
    return _renamed(own, plots)


def for_projects(own: Sequence[Own], facts: pd.DataFrame) -> tuple[Own, ...]:
    """Take the limits and waivers that hold for whole projects.

    Parameters
    ----------
    own
        What was agreed for plots and projects.
    facts
        The plots' fields by ``plot_id``.

    Returns
    -------
    tuple
        Those that name a project, and, under the project's id, those of a plot that is the
        whole of its project.
    """
    of = project_of(facts)
    alone = of[~of.duplicated(keep=False)]
    return _renamed(own, alone.to_dict() | dict(zip(of, of, strict=True)))


def _renamed(own: Sequence[Own], names: Mapping[Any, str]) -> tuple[Own, ...]:
    return tuple(
        msgspec.structs.replace(each, plot=names[each.plot]) for each in own if each.plot in names
    )
