"""The amounts of projects: each exists once, whatever plots a project has.

A ledger that is joined on the project is of projects. What adds up (investment, land, floor
area, output, tax) stands in it once for all plots of a project; a figure of one plot exists only
where the project is that plot, or where the catalog says by what the amount is divided.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landtrack.model import AMOUNT_COLUMNS, Issue, Schema, catalog, issues
from landtrack.spatial.plot_figures import project_of

PROJECT = "project_id"
CONTRADICTED = -np.inf
"""Stands for an amount that is stated differently, or of which something is written but no one
figure, until all is read: no other cell, file or ledger settles it.
"""


Values = TypeVar("Values", pd.Series, pd.DataFrame)
NONE: pd.Index[Any] = pd.Index([], dtype="str")


class Stated(NamedTuple):
    """What a ledger of groups of plots states: a row for each value of the field ``on``.

    ``table`` has the fields that add up, by that value: NaN where the ledger says nothing,
    :data:`CONTRADICTED` where it says something that is no one figure. ``layer`` is the file of
    the plots that the ledger is of, ``source`` the ledger, ``share`` by what an amount is divided
    among the plots of a group, empty where it is not. ``left_out`` are the plots that the catalog
    leaves out of the file, by key: an amount of their group is theirs too. ``also`` are the plots
    that this file draws as another one does, by key: its ledger speaks of them, too.
    """

    on: str
    table: pd.DataFrame
    layer: str
    source: str
    share: str
    left_out: pd.DataFrame | None = None
    also: pd.Index[Any] = NONE


class OfPlots(NamedTuple):
    """Amounts that are stated plot by plot: ``fields`` of the plots of the file ``layer``.

    They stand in columns of the file itself, or in a ``ledger`` that has rows of plots. ``of``
    says whether they are those of each plot, or of its project and repeated at each of its
    plots; empty where the catalog does not say, which a ledger of plots says by its rows, if the
    catalog does not speak of it: ``assumed``. ``left_out`` as with :class:`Stated`, where the
    amounts are the projects', and so is ``also``.
    """

    layer: str
    fields: tuple[str, ...]
    of: str
    ledger: str = ""
    left_out: pd.DataFrame | None = None
    also: pd.Index[Any] = NONE
    assumed: bool = False


SAME = 1e-9
"""Relative difference that converting one amount from two units can make."""
LISTED = re.compile("[;；、,，/|+&]")
"""What people write between the projects of a plot that is of several."""
MONEY = "CNY"
ALIKE = 0.1
"""A declared land area this near to that of the shape is the plot's, whatever others have."""


class Settled(NamedTuple):
    """Plots with the figures that are their own, and the projects of several plots.

    ``perhaps`` says of figures that may be those of the project what share of its land the plot
    is, a column for each field; NaN where a figure is the plot's, 0 where the land of the project
    is not known.
    """

    plots: gpd.GeoDataFrame
    amounts: pd.DataFrame
    rows: list[issues.Row]
    perhaps: pd.DataFrame


def settle(
    plots: gpd.GeoDataFrame, stated: tuple[Stated | OfPlots, ...], lost: pd.DataFrame | None,
    schema: Schema,
) -> Settled:
    """Give amounts to those whose they are: to single plots, or to projects of several.

    ``plots``: n valid plots by ``plot_id``, all that there are of the day; :data:`CONTRADICTED` in
    columns of their own where something is written but no one figure.
    ``stated``: What ledgers state that are joined on a field which several plots may share, and
    what files of plots state in columns of their own.
    ``lost``: The plots that were set aside, with their fields: they are of their projects too, as
    are those that the catalog leaves out.
    Returns: The same plots; ``amounts`` by project, of each that has several plots or lost one:
    columns of ``model.AMOUNT_COLUMNS`` and the fields that add up, NaN where no ledger of projects
    states one. Rows name amounts that two ledgers state differently, those that plots of several
    projects share, and those of columns of the plots that stand at each plot of a project alike, or
    at some of them only: whose they are is asked; the former are not known until then, of the
    latter ``perhaps`` tells.
    """
    of = project_of(plots)
    lost, rows = _with_left_out(lost, stated, of)
    lost, shared = _with_shared(lost, plots, of)
    rows += shared
    gone = pd.Series(dtype="str") if lost is None or lost.empty else project_of(lost)
    gone = gone[~gone.index.isin(of.index)]
    members = pd.concat([of, gone])
    sizes = members.value_counts()
    several = pd.Index(of[of.map(sizes) > 1].unique(), name=PROJECT, dtype="str")
    amounts = _begun(plots, stated, of, several, schema)
    columns = {name: plots[name].copy() for name in schema.amounts}
    by_project = [each for each in stated if isinstance(each, OfPlots) and each.of == "project"]
    for own_of in by_project:
        told, differ = _repeated_at_plots(plots, own_of, of, several)
        rows += differ
        columns = {
            name: column.mask(of.isin(several) & _of_file(plots, own_of))
            if name in own_of.fields else column
            for name, column in columns.items()
        }
        rows += _enter(amounts, *told)
    for ledger in stated:
        if isinstance(ledger, OfPlots):
            continue
        owner = _owners(plots, lost, ledger, members, rows)
        owner = owner[_of_file(plots, ledger).reindex(owner.index)]
        key_of = plots.loc[owner.index, ledger.on].groupby(owner, sort=False).first()
        rows += _enter(amounts, key_of, ledger)
    alone = of[~of.isin(several)]
    single = amounts[list(columns)].reindex(alone)
    for name, column in columns.items():
        column.loc[alone.index] = single[name].to_numpy()
    amounts = _of_several(amounts, several, sizes, gone)
    if len(amounts):
        rows += _unlike_plots(amounts, plots.assign(**columns), of)
    figures = amounts[list(schema.amounts)]
    columns = _without_doubted(columns, plots, stated, of, figures == CONTRADICTED)
    plots = plots.assign(**columns)
    amounts[list(schema.amounts)] = figures.mask(figures == CONTRADICTED)
    plots = plots.assign(**_of_single_plots(plots, schema, of, amounts))
    unclear = [each for each in stated if isinstance(each, OfPlots) and not each.of]
    plots, perhaps, asked = _ask_whose(plots, unclear, of, amounts)
    rows += asked
    for own_of in (each for each in stated if isinstance(each, OfPlots) and each.assumed):
        rows += _perhaps_in_ledger(plots, own_of, of, amounts)
    return Settled(plots, amounts, rows, perhaps)


def _begun(
    plots: gpd.GeoDataFrame, stated: tuple[Stated | OfPlots, ...], of: pd.Series,
    several: pd.Index, schema: Schema,
) -> pd.DataFrame:
    """Begin the amounts of projects: those of one plot have what stands in its columns.

    A ledger stands for what its own file, where no other file draws the plot alike, says of land as
    it is drawn, or in a way that cannot be read.
    """
    projects = pd.Index(of.unique(), name=PROJECT, dtype="str")
    alone = of[~of.isin(several)]
    own = plots.loc[alone.index, list(schema.amounts)].astype("float64")
    source = plots["source"].reindex(alone.index)
    for each in stated:
        source = source.mask(source.index.isin(each.also))
    for ledger in (each for each in stated if isinstance(each, Stated)):
        drawn = (source == ledger.layer).to_numpy()
        for name in ledger.table.columns:
            said = not_as_drawn(plots.loc[alone.index], name)
            settled = said.isna() | (said == CONTRADICTED)  # its own column says no figure
            own[name] = own[name].mask(drawn & settled.to_numpy())
    own = own.set_axis(pd.Index(alone, dtype="str"))
    return own.reindex(projects).assign(source="", share="")


def _of_several(
    amounts: pd.DataFrame, several: pd.Index, sizes: pd.Series, gone: pd.Series
) -> pd.DataFrame:
    """Give the amounts of the projects of several plots, with their number and those lost."""
    names = {each: ", ".join(map(str, own)) for each, own in gone.groupby(gone).groups.items()}
    figures = amounts.columns.drop(["source", "share"])
    return amounts.reindex(several).assign(
        plots=sizes.reindex(several).to_numpy(), lost=[names.get(each, "") for each in several],
    )[[*AMOUNT_COLUMNS, *figures]]


def _unlike_plots(
    amounts: pd.DataFrame, plots: gpd.GeoDataFrame, of: pd.Series
) -> list[issues.Row]:
    """Name the amounts of projects that the columns of their plots deny, which are not known then.

    Those of the plots add up to the project's, or each repeats it; where some plots have none or
    are lost, the others have no more than the project.
    """
    rows: list[issues.Row] = []
    for name in amounts.columns.drop([*AMOUNT_COLUMNS]):
        whole = amounts[name][amounts[name].notna() & (amounts[name] != CONTRADICTED)]
        if whole.empty:
            continue
        value = not_as_drawn(plots, name)
        value = value.where((value > 0) & of.isin(whole.index))  # a Shapefile writes 0 for nothing
        groups = value.groupby(of)
        there = groups.count().reindex(whole.index, fill_value=0)
        added = groups.sum().reindex(whole.index)
        every = (there == amounts["plots"].reindex(whole.index)).to_numpy()
        repeated = same(groups.min().reindex(whole.index), whole) & same(
            groups.max().reindex(whole.index), whole
        )
        fits = same(added, whole) | repeated | (~every & (added < whole))
        denied = whole.index[(there > 0) & ~fits]
        rows += [
            issues.row(
                Issue.AMOUNT_CONTRADICTED, source=amounts["source"][project], layer="plots",
                feature_id=str(project), field=name,
                value=f"{added[project]:,.10g} / {whole[project]:,.10g}",
            )
            for project in denied
        ]
        amounts.loc[denied, name] = CONTRADICTED
    return rows


def _of_file(plots: gpd.GeoDataFrame, stated: Stated | OfPlots) -> pd.Series:
    """Tell which plots a file draws: those taken from it, and those taken from one alike."""
    return (plots["source"] == stated.layer) | plots.index.isin(stated.also)


def drawn_alike(
    stated: Stated | OfPlots, drawn: gpd.GeoDataFrame | None, plots: gpd.GeoDataFrame
) -> Stated | OfPlots:
    """Say which plots a file draws that were taken from another one, for they are alike.

    ``drawn``: The n plots that it draws, with ``plot_id``, ``source`` and ``row``; None where it is
    of no use.
    ``plots``: The plots of all files by ``plot_id``, each once.
    Returns: The same with ``also``.
    """
    if drawn is None:
        return stated
    there = set(zip(plots["source"], plots["row"], strict=True))
    apart = [each not in there for each in zip(drawn["source"], drawn["row"], strict=True)]
    key = drawn.loc[apart, "plot_id"]
    own = plots.index[plots["source"] == stated.layer]  # its parts, and what it has twice itself
    return stated._replace(also=pd.Index(key[~key.isin(own)].unique(), dtype="str"))


def same(one: Values, other: Values) -> Values:
    """Tell where amounts are one, but for the last digits of converting units.

    ``one``, ``other``: Amounts on one index.
    Returns: False where one of them is missing.
    """
    return (one == other) | ((one - other).abs() <= SAME * other.abs())


def _without_doubted(
    columns: dict[str, pd.Series], plots: gpd.GeoDataFrame, stated: tuple[Stated | OfPlots, ...],
    of: pd.Series, doubted: pd.DataFrame,
) -> dict[str, pd.Series]:
    """Leave out what is no one figure, and what ledgers of the same plots leave in doubt."""
    ledgers = [each for each in stated if isinstance(each, Stated)]
    found = {}
    for name, column in columns.items():
        doubtful = column == CONTRADICTED
        projects = doubted.index[doubted[name]]
        if len(projects):
            layers = {each.layer for each in ledgers if name in each.table}
            doubtful |= plots["source"].isin(layers) & of.isin(projects)
        found[name] = column.mask(doubtful) if doubtful.any() else column
    return found


def _with_left_out(
    lost: pd.DataFrame | None, stated: tuple[Stated | OfPlots, ...], of: pd.Series
) -> tuple[pd.DataFrame | None, list[issues.Row]]:
    """Add the plots that the catalog leaves out of a project, and name them."""
    rows: list[issues.Row] = []
    found = [] if lost is None else [lost]
    there = set(of.index)
    for each in stated:
        if each.left_out is None or each.left_out.empty:
            continue
        left = each.left_out[~each.left_out.index.isin(there)]
        there.update(left.index)
        found.append(left)
        projects = project_of(left)
        rows += [
            issues.row(
                Issue.AMOUNT_LEFT_OUT, source=each.layer, layer="plots", feature_id=str(project),
                field=PROJECT, value=", ".join(map(str, own)),
            )
            for project, own in projects.groupby(projects).groups.items() if project in set(of)
        ]
    return (pd.concat(found) if found else None), rows


def _with_shared(
    lost: pd.DataFrame | None, plots: gpd.GeoDataFrame, of: pd.Series
) -> tuple[pd.DataFrame | None, list[issues.Row]]:
    """Add the plots whose project is a list of projects to those that each of these lacks."""
    stated = of[plots[PROJECT].notna()]  # a plot without one has its own key, of any signs
    named = set(stated)
    rows, found = [], []
    for plot, project in stated[stated.str.contains(LISTED)].items():
        parts = [part for each in LISTED.split(project) if (part := each.strip()) in named]
        if not parts:
            continue
        own = pd.DataFrame(plots.loc[[plot] * len(parts)].drop(columns="geometry"))
        found.append(own.assign(project_id=parts).set_axis(
            pd.Index([f"{plot} ({part})" for part in parts], name=plots.index.name)
        ))
        rows.append(issues.row(
            Issue.PROJECTS_SEVERAL, source=str(plots["source"][plot]), layer="plots",
            feature_id=str(plot), field=PROJECT, value=project,
        ))
    return (pd.concat([*([] if lost is None else [lost]), *found]) if found else lost), rows


def _repeated_at_plots(
    plots: gpd.GeoDataFrame, own: OfPlots, of: pd.Series, several: pd.Index
) -> tuple[tuple[pd.Series, Stated], list[issues.Row]]:
    """Take the amounts of projects from a column that repeats them at each of their plots."""
    shared = of[of.isin(several) & _of_file(plots, own)]
    stated = plots.loc[shared.index, list(own.fields)].groupby(shared, sort=False)
    least, most = stated.min(), stated.max()  # one cell in doubt makes the least CONTRADICTED
    differs = least.notna() & (least != CONTRADICTED) & ~same(least, most)
    rows = [
        issues.row(
            Issue.AMOUNT_CONTRADICTED, source=own.layer, layer="plots", feature_id=str(project),
            field=name, value=f"{least.loc[project, name]:,.10g} / {most.loc[project, name]:,.10g}",
        )
        for name in own.fields
        for project in differs.index[differs[name]]
    ]
    once = least.mask(differs, CONTRADICTED)
    projects = pd.Series(once.index, index=once.index, dtype="str")
    return (projects, Stated(PROJECT, once, own.layer, own.layer, "")), rows


def _ask_whose(
    plots: gpd.GeoDataFrame, unclear: Sequence[OfPlots], of: pd.Series, amounts: pd.DataFrame
) -> tuple[gpd.GeoDataFrame, pd.DataFrame, list[issues.Row]]:
    """Ask of amounts in columns whose they are, where it shows that they may be the projects'.

    Those that stand at each plot of a project alike are not known; those that stand at some of
    its plots only, by the share of the land that is theirs, may be the project's.
    """
    rows: list[issues.Row] = []
    names = dict.fromkeys(name for each in unclear for name in each.fields)
    if amounts.empty:
        return plots, pd.DataFrame(dict.fromkeys(names, np.nan), index=plots.index), rows
    changed, perhaps = {}, {}
    lost = amounts.index[amounts["lost"] != ""]
    area = pd.Series(shapely.area(plots.geometry.to_numpy()), index=plots.index)
    share = (area / area.groupby(of).transform("sum")).mask(of.isin(lost), 0.0)
    for name in names:
        files = [each for each in unclear if name in each.fields]
        stands = np.logical_or.reduce([_of_file(plots, each).to_numpy() for each in files])
        open_ = of.isin(amounts.index[amounts[name].isna()])  # no ledger says it of the project
        value = not_as_drawn(plots, name).where(open_)
        alike = _alike(value, of)
        changed[name] = plots[name].mask(of.isin(alike.index))
        groups = (value.notna() & (value != 0)).groupby(of)  # a Shapefile writes 0 for nothing
        partly = (groups.sum() > 0) & (
            (groups.sum() < groups.size()) | groups.sum().index.isin(lost)
        )
        own = stands & open_ & (value > 0) & of.isin(partly.index[partly] ).to_numpy()
        own &= ~of.isin(alike.index)
        perhaps[name] = share.where(own)
        source = pd.Series(plots["source"].to_numpy(), index=plots.index)[own]
        rows += [
            issues.row(
                Issue.AMOUNT_REPEATED, source=str(plots["source"][of == project].iloc[0]),
                layer="plots", feature_id=str(project), field=name, value=f"{amount:,.10g}",
            )
            for project, amount in alike.items()
        ]
        rows += [
            issues.row(
                Issue.AMOUNT_AT_SOME, source=str(source[at.index[0]]), layer="plots",
                feature_id=str(project), field=name,
                value=", ".join(f"{plot}: {value[plot]:,.10g}" for plot in at.index),
            )
            for project, at in of[own].groupby(of[own], sort=False)
        ]
    return plots.assign(**changed), pd.DataFrame(perhaps, index=plots.index), rows


def not_as_drawn(plots: gpd.GeoDataFrame, name: str) -> pd.Series:
    """Give the amounts of plots, without land that is as it is drawn: that is the plot's.

    ``plots``: n plots with their outlines.
    ``name``: Of a field that adds up.
    """
    value = plots[name].astype("float64")
    if name != "land_area_m2":
        return value
    area = shapely.area(plots.geometry.to_numpy())
    return value.mask((value / area - 1).abs() <= ALIKE)


def _perhaps_in_ledger(
    plots: gpd.GeoDataFrame, own: OfPlots, of: pd.Series, amounts: pd.DataFrame
) -> list[issues.Row]:
    """Point once at amounts of a ledger of plots that may be a project's: they are the plots'.

    They stand alike for each plot of a project; or money stands for some of its plots only.
    """
    rows: list[issues.Row] = []
    if amounts.empty:
        return rows
    shared = of.isin(amounts.index[amounts["plots"] > 1]) & (plots["source"] == own.layer)
    for name in own.fields:
        value = not_as_drawn(plots, name)[shared]
        found = _alike(value, of)
        if catalog.schemas()["plots"].fields[name].unit == MONEY:
            groups = value.where(value > 0).groupby(of[shared], sort=False)
            some = (groups.count() > 0) & (groups.count() < groups.size())
            found = pd.concat([found, groups.max()[some]])
        if len(found):
            rows.append(issues.row(
                Issue.AMOUNT_ALIKE, source=own.ledger, layer="plots", field=name,
                value=", ".join(f"{project}: {amount:,.10g}" for project, amount in found.items()),
            ))
    return rows


def _alike(value: pd.Series, of: pd.Series) -> pd.Series:
    """Find the projects whose plots, several, all have one amount, with it."""
    groups = value.groupby(of.reindex(value.index), sort=False)
    alike = (
        (groups.count() == groups.size()) & (groups.size() > 1)
        & same(groups.min(), groups.max()) & (groups.min() > 0)
    )
    first = groups.first()
    return first[alike.reindex(first.index, fill_value=False)]


def _owners(
    plots: gpd.GeoDataFrame, lost: pd.DataFrame | None, ledger: Stated, members: pd.Series,
    rows: list[issues.Row],
) -> pd.Series:
    """Say whose the ledger's rows are: by plot, its project; without those of several projects."""
    of = members.reindex(plots.index)
    if ledger.on == PROJECT:
        return of[plots[PROJECT].notna()]
    key = plots[ledger.on]
    every = key if lost is None or lost.empty or ledger.on not in lost else pd.concat(
        [key, lost[ledger.on][~lost.index.isin(key.index)]]
    )
    every = every[every.notna()]
    together = members.reindex(every.index)
    projects, plots_of = together.groupby(every).nunique(), every.value_counts()
    whole = together.groupby(every).first().map(members.value_counts())
    fits = (projects == 1) & (plots_of.reindex(whole.index) == whole)
    stated = ledger.table.index[ledger.table.notna().any(axis="columns")]
    rows += [
        issues.row(
            Issue.AMOUNT_SHARED, source=ledger.source, layer="plots", feature_id=str(each),
            field=ledger.on, value=", ".join(map(str, every.index[every == each])),
        )
        for each in fits.index[~fits & fits.index.isin(stated)]
    ]
    return of[key.notna() & key.map(fits).fillna(value=False).astype(bool)]


def _enter(
    amounts: pd.DataFrame, key_of: pd.Series, ledger: Stated
) -> list[issues.Row]:
    """Enter what a ledger states of projects; where another one says otherwise, nothing."""
    there = key_of[key_of.isin(ledger.table.index)]
    settles = pd.Series(data=False, index=there.index)
    rows: list[issues.Row] = []
    for name in ledger.table.columns:
        value = there.map(ledger.table[name]).astype("float64")
        known = amounts.loc[there.index, name]
        unclear = (known == CONTRADICTED) | (value == CONTRADICTED)
        settles |= value.notna() & (value != CONTRADICTED)
        differs = known.notna() & value.notna() & ~same(known, value) & ~unclear
        rows += [
            issues.row(
                Issue.AMOUNT_CONTRADICTED, source=ledger.source, layer="plots",
                feature_id=str(project), field=name,
                value=f"{known[project]:,.10g} / {value[project]:,.10g}",
            )
            for project in differs.index[differs]
        ]
        amounts.loc[there.index, name] = known.where(known.notna(), value).mask(
            differs | unclear, CONTRADICTED
        )
    amounts.loc[there.index[settles], ["source", "share"]] = [ledger.source, ledger.share]
    return rows


def _of_single_plots(
    plots: gpd.GeoDataFrame, schema: Schema, of: pd.Series, amounts: pd.DataFrame
) -> dict[str, pd.Series]:
    """Give the figures of each plot: its own, or its share of the project's amounts."""
    names = list(schema.amounts)
    stated = pd.DataFrame(plots[names]).astype("float64")
    if amounts.empty:
        return dict(stated.items())
    divided = of.map((amounts["share"] != "") & (amounts["lost"] == "")).eq(other=True)
    area = pd.Series(shapely.area(plots.geometry.to_numpy()), index=plots.index)
    area_of_all = area.groupby(of).transform("sum")
    whole = amounts[names].reindex(of).set_axis(plots.index)
    shares = whole.mul(area, axis="index").div(area_of_all, axis="index")
    own = stated.mask(whole.notna().mul(divided, axis="index"), shares)
    # A column of the plots that repeats the project's amount at each is no figure of theirs.
    same = (own == whole).mul(~divided, axis="index")
    return dict(own.mask(same.groupby(of).transform("all") & whole.notna()).items())
