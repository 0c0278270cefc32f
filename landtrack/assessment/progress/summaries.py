"""Relocation by village, enforcement by class and state, investment by size."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import pandas as pd

from landtrack.spatial.plot_figures import project_of

SIZES_CNY = (0.0, 50e6, 100e6, 200e6)
"""Where classes of total investment begin, as yearly reports use them."""


def relocation(layer: gpd.GeoDataFrame) -> pd.DataFrame:
    """Sum what was moved and what is still to be, by village and class.

    ``layer``: n relocations with ``village, class, quantity, quantity_unit, state``.
    Returns: ``village, class, unit, done, pending, unknown``: quantities by state; ``unknown``
    where the state is missing. A class one of whose quantities is missing is missing.
    """
    known = layer.assign(
        state=layer["state"].fillna("unknown"), village=layer["village"].fillna("")
    )
    sums = known.groupby(["village", "class", "quantity_unit", "state"], dropna=False)["quantity"]
    table = sums.sum(min_count=1).where(sums.count() == sums.size()).unstack("state")
    columns = ["done", "pending", "unknown"]
    there = known.groupby(["village", "class", "quantity_unit", "state"]).size().unstack("state")
    table = table.reindex(columns=columns)
    table = table.mask(there.reindex(columns=columns).isna(), 0.0)
    return table.reset_index().rename(columns={"quantity_unit": "unit"})[
        ["village", "class", "unit", *columns]
    ].rename_axis(columns=None)


def enforcement(layer: gpd.GeoDataFrame) -> pd.DataFrame:
    """Count enforcement items and sum their areas, by class and state.

    ``layer``: n items with ``class, state, area_m2``.
    Returns: ``class, state, items, area_m2``; a state that is missing is ``""``, an area that no
    item states is missing.
    """
    known = layer.assign(state=layer["state"].fillna(""), **{"class": layer["class"].fillna("")})
    grouped = known.groupby(["class", "state"])["area_m2"]
    return pd.DataFrame(
        {"items": grouped.size(), "area_m2": grouped.sum(min_count=1)}
    ).reset_index()


def invested(plots: gpd.GeoDataFrame, amounts: pd.DataFrame | None = None) -> pd.Series:
    """Say what is invested in each project, in yuan.

    ``plots``: n plots with ``project_id`` and ``total_investment_cny``. Plots of a project that all
    state the same repeat that of the project, which counts once; else theirs add up.
    ``amounts``: What is of projects as wholes, as :func:`landtrack.ingest.normalise.amounts.settle`
    gives it.
    Returns: By project, a plot of none by itself; missing where a figure is.
    """
    stated = plots["total_investment_cny"].groupby(project_of(plots))
    money = stated.sum().where(stated.max() != stated.min(), stated.max())
    money = money.where(stated.count() == stated.size())
    if amounts is None:
        return money
    whole = amounts["total_investment_cny"].reindex(money.index)
    return whole.where(whole.notna(), money)


def investment(
    plots: gpd.GeoDataFrame, amounts: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Count projects and sum their investment, by size, as :func:`invested` has it.

    Returns: ``from_cny, below_cny, projects, total_cny``, the largest last; a project without a
    figure is in a row of its own, all bounds missing.
    """
    money = invested(plots, amounts)
    bounds = [*SIZES_CNY, float("inf")]
    classes = pd.cut(money, bounds, right=False, labels=False)
    rows = [
        (low, high, int((classes == place).sum()), float(money[classes == place].sum()))
        for place, (low, high) in enumerate(pairwise(bounds))
    ]
    missing = int(money.isna().sum())
    if missing:
        rows.append((float("nan"), float("nan"), missing, float("nan")))
    return pd.DataFrame(rows, columns=["from_cny", "below_cny", "projects", "total_cny"])
