"""Figures of plots as they were written, a row for each cell; days that are none."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd

from landtrack.ingest.normalise.amounts import same
from landtrack.model import WRITTEN_COLUMNS, Issue, LedgerSource, Schema, issues
from landtrack.model.assessment import Assessment
from landtrack.model.classes import VERDICT
from landtrack.spatial import plot_figures

OF_CELL = ("field", "written", "unit", "unit_from", "taken", "taken_unit", "file", "column")
"""What is known of a cell when it is read, of a day that cannot be read without a unit; ``at`` is
its row, or the feature, from 1.
"""


def joined(
    kept: Iterable[pd.DataFrame], frame: gpd.GeoDataFrame, ledger: LedgerSource | None,
    schema: Schema,
) -> pd.DataFrame:
    """Give each plot what was written of it, in its layer and in its ledger.

    ``kept``: What :meth:`landtrack.ingest.normalise.values.Origin.keep` put down.
    ``frame``: The plots with ``source`` and ``row``.
    Returns: Columns ``source``, ``row`` and ``key`` of the plot, ``at`` and those of
    :data:`OF_CELL`; a figure of a ledger's row once for each of its plots.
    """
    found = []
    plots = frame[["source", "row", schema.key]].rename(columns={schema.key: "key"})
    for each in kept:
        if ledger is not None and each["joins"].notna().any():
            on = plots.assign(joins=frame[ledger.on]).dropna(subset=["joins"])
            own = on.merge(each, on="joins")
        else:
            own = plots.merge(each, left_index=True, right_on="at")
        found.append(own[["source", "row", "key", "at", *OF_CELL]])
    if not found:
        return pd.DataFrame(columns=["source", "row", "key", "at", *OF_CELL])
    return pd.concat(found, ignore_index=True)


def facts(
    plots: gpd.GeoDataFrame, table: pd.DataFrame | None = None, perhaps: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Give the fields of plots, and of which dates something is written that is no one day.

    ``plots``: n plots by ``plot_id``.
    ``table``: What :func:`of_plots` gave.
    ``perhaps``: Of which figures it is not known whether they are the plot's or its project's, as
    :func:`landtrack.ingest.normalise.amounts.settle` says.
    Returns: n rows: the fields, and a column of true and false for each date that is written
    somewhere and cannot be read, named by :func:`landtrack.spatial.plot_figures.unread`; of figures
    that may be the project's the share of the plot, see
    :data:`landtrack.spatial.plot_figures.PERHAPS`.
    """
    found = pd.DataFrame(plots.drop(columns=["geometry", VERDICT], errors="ignore"))
    perhaps = pd.DataFrame() if perhaps is None else perhaps
    for name in perhaps.columns[perhaps.notna().any()]:
        found[f"{name}{plot_figures.PERHAPS}"] = perhaps[name].reindex(found.index)
    if table is None:
        return found
    for field, own in table[table["unit"] == ""].groupby("field", sort=False):
        name = str(field)
        if found[name].dtype.kind == "M":
            found[plot_figures.unread(name)] = found[name].isna() & found.index.isin(own["plot_id"])
    return found


def of(result: Assessment) -> pd.DataFrame:
    """Give the fields of the plots of a run, as :func:`facts` does.

    Returns: The same as was judged.
    """
    plots = result.sets["plots"]
    return facts(result.layers["plots"], plots.written, plots.perhaps)


def of_plots(
    parts: Iterable[pd.DataFrame | None], plots: gpd.GeoDataFrame, rows: Iterable[issues.Row] = ()
) -> pd.DataFrame:
    """Put what was written of the plots of all sources under their keys.

    ``parts``: What :func:`joined` gave for each source.
    ``plots``: n plots by ``plot_id`` with ``source`` and ``row``; one drawn in several rows has the
    first of them.
    ``rows``: What was found in putting the sources together: the drawings of a plot that were left
    out, whose cells are of it, too, and days that its drawings say differently.
    Returns: Columns ``plot_id``, ``row`` (that of the cell) and those of :data:`OF_CELL`.
    """
    columns = ["plot_id", *OF_CELL, "row"]
    filled = [each for each in parts if each is not None and len(each)]
    told = list(rows)
    days = _contradicted_days(told, plots)
    if not filled:
        return days
    cells = pd.concat(filled, ignore_index=True)
    drawings = pd.MultiIndex.from_frame(plots[["source", "row"]])
    place = drawings.get_indexer(pd.MultiIndex.from_frame(cells[["source", "row"]]))
    keys = pd.MultiIndex.from_arrays([plots["source"], plots.index])
    if keys.is_unique:  # the other parts of a plot
        parts_of = keys.get_indexer(pd.MultiIndex.from_frame(cells[["source", "key"]]))
        place = np.where(place < 0, parts_of, place)
    again = [
        (row["source"], row["feature_id"]) for row in told
        if row["issue"] == Issue.FEATURE_DUPLICATE and row["layer"] == "plots"
    ]
    if again:
        drawn = pd.MultiIndex.from_frame(cells[["source", "key"]]).isin(again)
        place = np.where((place < 0) & drawn, plots.index.get_indexer(cells["key"]), place)
    cells = cells[place >= 0].assign(plot_id=plots.index[place[place >= 0]])
    found = cells.assign(row=cells["at"])[columns].reset_index(drop=True)
    return pd.concat([found, days], ignore_index=True) if len(days) else found


def _contradicted_days(rows: Iterable[issues.Row], plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give the days that drawings of one plot say differently as days that cannot be read."""
    days = [
        {
            "plot_id": row["feature_id"], "field": row["field"], "written": row["value"],
            "unit": "", "unit_from": "nobody", "taken": np.nan, "taken_unit": "",
            "file": row["source"], "column": row["field"],
            "row": plots["row"].get(row["feature_id"], 0),
        }
        for row in rows
        if row["issue"] == Issue.ATTRIBUTE_CONTRADICTED
        and plots[row["field"]].dtype.kind == "M" and row["feature_id"] in plots.index
    ]
    return pd.DataFrame(days, columns=["plot_id", *OF_CELL, "row"])


def settled(
    cells: pd.DataFrame | None, plots: gpd.GeoDataFrame, amounts: pd.DataFrame
) -> pd.DataFrame:
    """Say of what was written whose figure it is, and what of it is used.

    ``cells``: What :func:`of_plots` gave.
    ``amounts``: The amounts of projects, as :func:`landtrack.ingest.normalise.amounts.settle` gives
    them.
    Returns: Columns of ``model.WRITTEN_COLUMNS``: the cells that make a figure up, several of one
    that was added up, and those of each file that states it. Of a figure that is not known for all
    that was written, ``taken`` is NaN.
    """
    if cells is None or cells.empty:
        return pd.DataFrame(columns=list(WRITTEN_COLUMNS))
    cells = cells[cells["plot_id"].isin(plots.index)].reset_index(drop=True)
    project = cells["plot_id"].map(plot_figures.project_of(plots)).astype("str")
    own, whole = (pd.Series(np.nan, index=cells.index) for _ in range(2))
    for field in cells["field"].unique():
        at = cells.index[cells["field"] == field]
        if plots[field].dtype.kind in "iuf":  # of a day that cannot be read nothing was taken
            own[at] = cells.loc[at, "plot_id"].map(plots[field].astype("float64")).to_numpy()
        if field in amounts:
            whole[at] = project[at].map(amounts[field].astype("float64")).to_numpy()
    taken = cells["taken"]
    of_project = whole.notna() & ~(own.notna() & same(own, taken) & ~same(whole, taken))
    figure = whole.where(of_project, own)
    cells = cells.assign(
        taken=taken.where(figure.notna()), project_id=project.where(of_project, ""),
        row=cells["row"].astype("int64"),
    )
    return cells[_counts(cells, figure)][list(WRITTEN_COLUMNS)].reset_index(drop=True)


def _counts(cells: pd.DataFrame, figure: pd.Series) -> pd.Series:
    """Tell which cells of a file make a figure up: all that add up to it, else the first it is."""
    of = ["plot_id", "field", "project_id"]
    by = [*of, "file"]
    alone = ~cells.duplicated(of, keep=False)
    if alone.all():
        return alone
    several = cells[~alone]
    total = several.groupby(by)["taken"].transform("sum")
    adds = same(total, figure[several.index])
    is_it = same(several["taken"], figure[several.index])
    first = is_it & ~several.assign(is_it=is_it).duplicated([*by, "is_it"])
    found = (is_it | adds).groupby([several[name] for name in of]).transform("any")
    counts = alone.copy()
    counts[several.index] = adds | first | ~(adds | found)
    return counts
