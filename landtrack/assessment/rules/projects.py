"""Projects over several plots: their figures are summed, never their ratios averaged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.model import PLOT_LEVEL, Basis, Outcome, Override, Rule, Waiver, catalog
from landtrack.spatial.plot_figures import (
    ACCEPTED,
    AREA,
    CLAIMED_TWICE,
    LATEST,
    PERHAPS,
    SHARED,
    SHARED_GROUND,
    project_of,
    unread,
)

Own = TypeVar("Own", Override, Waiver)


def sum_up(
    inputs: pd.DataFrame, facts: pd.DataFrame, amounts: pd.DataFrame | None = None, *,
    basis: Basis | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make one plot of each project.

    ``inputs``: The plots' own measures, a column each, by ``plot_id``.
    ``facts``: The plots' fields by ``plot_id``.
    ``amounts``: What is of projects as wholes, as :func:`landtrack.ingest.normalise.amounts.settle`
    gives it.
    ``basis``: Which figures go into the indices; declared ones where not given.
    Returns inputs : DataFrame: By project: the amount that the project has, else the sum over its
    plots; NaN where that of one plot is missing, where a plot was set aside, and where plots share
    ground.
    Returns facts : DataFrame: By project: amounts likewise; the first day on which one of the plots
    was accepted, and the last where that is another; other fields where all plots agree, else
    missing.
    """
    of = project_of(facts)
    facts = facts[[each for each in facts if not str(each).endswith(PERHAPS)]]
    common = _accepted(together(facts, of, amounts), facts, of)
    groups = inputs.groupby(of.reindex(inputs.index), sort=False)
    summed = groups.sum(min_count=1).where(groups.count().eq(groups.size(), axis="index"))
    known = None if amounts is None else amounts.reindex(summed.index)
    if SHARED_GROUND in summed:
        summed, common = _claimed_once(summed, common, known)
    if known is not None and len(known):
        summed = summed.mask(known["lost"].fillna("") != "")
        for measure, field in declared(basis or Basis()).items():
            if measure in summed:
                summed[measure] = known[field].where(known[field].notna(), summed[measure])
    return summed, common


def _accepted(common: pd.DataFrame, facts: pd.DataFrame, of: pd.Series) -> pd.DataFrame:
    """Say when the plots of each project were accepted: the first of them, and the last if later.

    Of a project with a day that is written but cannot be read it is not known.
    """
    if ACCEPTED not in facts or facts[ACCEPTED].isna().all():
        return common
    days = pd.to_datetime(facts[ACCEPTED]).groupby(of, sort=False)
    first, last = days.min().reindex(common.index), days.max().reindex(common.index)
    open_ = common.get(unread(ACCEPTED), pd.Series(data=False, index=common.index))
    common = common.assign(**{ACCEPTED: first.mask(open_.astype("bool"))})
    later = last.where(last > first).mask(open_.astype("bool"))
    return common.assign(**{LATEST: later}) if later.notna().any() else common


def _claimed_once(
    summed: pd.DataFrame, common: pd.DataFrame, known: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Leave out sums over plots that share ground; what a project has as a whole stays."""
    twice = summed[SHARED_GROUND] > SHARED * summed[AREA]
    rest = summed.drop(columns=SHARED_GROUND)
    if not twice.any():
        return rest, common
    names = common.columns.intersection(list(catalog.schemas()["plots"].amounts))
    whole = None if known is None else known[names]
    sums = common[names].mask(twice)
    kept = sums if whole is None else whole.where(whole.notna(), sums)
    rest = rest.mask(twice).assign(**{CLAIMED_TWICE: twice.astype("float64")})
    return rest, common.assign(**kept)


def declared(basis: Basis) -> dict[str, str]:
    """Name the fields that measures of plots are taken from.

    Returns: Field by measure.
    """
    taken = {"fixed_investment_cny": "fixed_investment_cny", "floor_declared_m2": "floor_area_m2"}
    chosen = {
        "land_area_m2": basis.land_area, "floor_area_m2": basis.floor_area,
        "covered_area_m2": basis.covered_area,
    }
    return taken | {name: name for name, which in chosen.items() if which == "declared"}


def together(
    facts: pd.DataFrame, of: pd.Series, amounts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Give what the plots of each project have together.

    ``facts``: n plots by ``plot_id``.
    Returns: By project: the amount that the project has, else the sum over its plots, if all are
    known and none was set aside; what is true of one plot; other fields where all plots agree, else
    missing.
    """
    summed = catalog.schemas()["plots"].amounts
    groups = facts.groupby(of, sort=False)
    first = groups.nth(0).set_axis(pd.Index(of.drop_duplicates()), axis="index")
    known = None if amounts is None else amounts.reindex(first.index)
    alone = groups.size() == 1
    if alone.all() and (known is None or known["lost"].isna().all()):
        return first
    flags = [name for name in facts if facts[name].dtype.kind == "b"]
    added = [name for name in facts if name in summed and name not in flags]
    sums = groups[added].sum().where(groups[added].count().eq(groups.size(), axis="index"))
    if known is not None:
        sums = sums.mask(known["lost"].fillna("") != "")
        sums = known[added].where(known[added].notna(), sums)
    others = facts.columns.difference([*flags, *added], sort=False)
    project = pd.factorize(of)[0]
    begins = np.unique(project, return_index=True)[1]
    alike = pd.DataFrame(
        {name: _alike(facts[name], first[name], project, begins) for name in others},
        index=first.index,
    )
    return pd.concat([groups[flags].any(), sums, alike], axis="columns")[list(facts.columns)]


def _alike(
    column: pd.Series, first: pd.Series, project: npt.NDArray[np.intp],
    begins: npt.NDArray[np.intp],
) -> pd.Series:
    """Give what all plots of a project have in a field; missing where they differ.

    ``project``: The code of each plot's project.
    ``begins``: Where the first plot of each project stands.
    """
    if column.isna().all():
        return first
    codes = pd.factorize(column, use_na_sentinel=False)[0]
    differs = np.bincount(project, weights=codes != codes[begins][project]) > 0
    return first.mask(differs) if differs.any() else first


def as_wholes(
    findings: pd.DataFrame, projects: pd.DataFrame, rules: Iterable[Rule], of: pd.Series,
    amounts: pd.DataFrame,
) -> pd.DataFrame:
    """Let plots stand as their project does where a rule judges amounts of the project.

    ``findings``: The findings on plots by their own figures.
    Returns: The same rows. Where an input of a rule is known of the project only, a finding that is
    unknown for want of it is that of the project, and ``subject`` names it; a limit agreed for the
    plot itself is of the plot. ``share`` says by what an amount that the finding rests on was
    divided among the plots.
    """
    found = findings.copy()
    project = found["plot_id"].astype(str).map(of)
    whole = pd.MultiIndex.from_frame(projects[["plot_id", "rule"]])
    taken = np.arange(len(found))
    for rule in rules:
        names = {rule.numerator, rule.denominator, *(rule.instead or ())} & set(amounts.columns)
        if rule.kind != "index" or not names:
            continue
        stated = amounts[sorted(names)].notna().any(axis="columns")
        divided = stated & (amounts["share"] != "") & (amounts["lost"] == "")
        own = found["rule"] == rule.id
        shared = own & project.isin(divided.index[divided])
        found.loc[shared, "share"] = project[shared].map(amounts["share"])
        held = own & (found["outcome"] == Outcome.UNKNOWN.value) & ~found[
            "decided_by"
        ].str.startswith(f"{PLOT_LEVEL}: ")
        rows = found.index[held & project.isin(stated.index[stated & ~divided])]
        lacking = _lacking(found.loc[rows, "reason"], project[rows], amounts[~divided], names)
        rows = rows[lacking]
        if rows.empty:
            continue
        keys = pd.MultiIndex.from_arrays([project[rows], found.loc[rows, "rule"]])
        at = whole.get_indexer(keys)
        taken[found.index.get_indexer(rows[at >= 0])] = len(found) + at[at >= 0]
    of_project = taken >= len(found)
    if not of_project.any():
        return found
    own = ["plot_id", "share"]
    both = pd.concat([found, projects], ignore_index=True).take(taken).set_axis(found.index)
    return both.assign(
        **found[own], subject=found["subject"].where(~of_project, project)
    )[list(found.columns)]


def _lacking(
    reason: pd.Series, project: pd.Series, amounts: pd.DataFrame, names: Iterable[str]
) -> pd.Series:
    """Tell which findings lack an input that the project has as an amount."""
    found = pd.Series(data=False, index=reason.index)
    for name in names:
        has = amounts.index[amounts[name].notna()]
        found |= reason.str.contains(rf"(?:^|,|:){name}(?:,|$)") & project.isin(has)
    return found


def for_plots(own: Sequence[Own], facts: pd.DataFrame) -> tuple[Own, ...]:
    """Take the limits and waivers that hold for single plots.

    ``facts``: The plots' fields by ``plot_id``.
    Returns: Those that name a plot, and, under the plot's id, those of a project that is one plot.
    """
    if not own:
        return ()
    of = project_of(facts)
    alone = of[~of.duplicated(keep=False)]
    own_names = dict(zip(of.index, of.index, strict=True))
    return _renamed(own, own_names, {project: plot for plot, project in alone.items()})


def for_projects(own: Sequence[Own], facts: pd.DataFrame) -> tuple[Own, ...]:
    """Take the limits and waivers that hold for whole projects.

    ``facts``: The plots' fields by ``plot_id``.
    Returns: Those that name a project, and, under the project's id, those of a plot that is the
    whole of its project.
    """
    if not own:
        return ()
    of = project_of(facts)
    alone = of[~of.duplicated(keep=False)]
    return _renamed(own, alone.to_dict(), dict(zip(of, of, strict=True)))


def _renamed(
    own: Sequence[Own], plots: Mapping[Any, str], projects: Mapping[Any, str]
) -> tuple[Own, ...]:
    """Bring what was agreed under the key of what is judged, by what it names."""
    names = {"plot": plots, "project": projects, None: {**projects, **plots}}
    return tuple(
        msgspec.structs.replace(each, plot=names[each.of][each.plot])
        for each in own if each.plot in names[each.of]
    )
