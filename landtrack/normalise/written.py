"""Figures of plots as they were written, beside what they were taken for; days that are none."""

from __future__ import annotations

from collections.abc import Iterable

import geopandas as gpd
import pandas as pd

from landtrack import figures
from landtrack.model import LedgerSource, Result

COLUMNS = ("source", "row", "field", "written", "unit", "stated", "file", "column", "at")
"""``source`` and ``row`` are those of the plot; ``written`` is the cell in ``unit``, which
nobody stated where ``stated`` is false, and which a day has none of; ``file``, ``column`` and
``at`` say where it stands, ``at`` being the row below the heading, or the feature, from 1.
"""


def joined(
    kept: Iterable[pd.DataFrame], frame: gpd.GeoDataFrame, ledger: LedgerSource | None
) -> pd.DataFrame:
    """Give each plot what was written of it, in its layer and in its ledger.

    Parameters
    ----------
    kept
        What :meth:`landtrack.normalise.values.Origin.keep` put down.
    frame
        The plots with ``source`` and ``row``.
    ledger
        Their ledger, for the field that it is joined on.

    Returns
    -------
    DataFrame
        Columns of :data:`COLUMNS`; a figure of a ledger's row once for each of its plots.
    """
    found = []
    for each in kept:
        if ledger is not None and each["joins"].notna().any():
            on = frame[["source", "row", ledger.on]].rename(columns={ledger.on: "joins"})
            own = on.dropna(subset=["joins"]).merge(each, on="joins")
        else:
            own = frame[["source", "row"]].merge(each, left_index=True, right_on="at")
        found.append(own[list(COLUMNS)])
    if not found:
        return pd.DataFrame(columns=list(COLUMNS))
    whole = pd.concat(found, ignore_index=True)
    return whole.drop_duplicates(["source", "row", "field"], keep="last", ignore_index=True)


def facts(plots: gpd.GeoDataFrame, table: pd.DataFrame | None) -> pd.DataFrame:
    """Give the fields of plots, and of which dates something is written that is no one day.

    Parameters
    ----------
    plots
        n plots by ``plot_id``.
    table
        What :func:`of_plots` gave.

    Returns
    -------
    DataFrame
        n rows: the fields, and a column of true and false for each date that is written
        somewhere and cannot be read, named by :func:`landtrack.figures.unread`.
    """
    found = pd.DataFrame(plots.drop(columns="geometry"))
    if table is None:
        return found
    for field, own in table[table["unit"] == ""].groupby("field", sort=False):
        name = str(field)
        if found[name].dtype.kind == "M":
            found[figures.unread(name)] = found[name].isna() & found.index.isin(own["plot_id"])
    return found


def of(result: Result) -> pd.DataFrame:
    """Give the fields of the plots of a run, as :func:`facts` does.

    Parameters
    ----------
    result
        The run.

    Returns
    -------
    DataFrame
        The same as was judged.
    """
    joined = result.joined.get("plots")
    return facts(result.layers["plots"], None if joined is None else joined.written)


def of_plots(parts: Iterable[pd.DataFrame | None], plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """Put what was written of the plots of all sources under their keys.

    Parameters
    ----------
    parts
        What :func:`joined` gave for each source.
    plots
        n plots by ``plot_id`` with ``source`` and ``row``.

    Returns
    -------
    DataFrame
        Columns ``plot_id`` and those of :data:`COLUMNS` but ``source`` and ``row``.
    """
    filled = [each for each in parts if each is not None and len(each)]
    columns = ["plot_id", *COLUMNS[2:]]
    if not filled:
        return pd.DataFrame(columns=columns)
    keys = plots[["source", "row"]].rename_axis("plot_id").reset_index()
    return keys.merge(pd.concat(filled, ignore_index=True), on=["source", "row"])[columns]
