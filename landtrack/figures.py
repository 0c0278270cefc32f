"""The plots' own figures: which of them go into the indices, and the evidence beside them."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landtrack import crs
from landtrack.model import MEASURE_COLUMNS, Basis, Coverage

FLOOR_LEVELS = ("floor_by_storeys_m2", "floor_by_heights_m2", "floor_tall_m2")
"""The evidence for the floor area that buildings give, besides the declared figure."""


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


def of_plots(plots: gpd.GeoDataFrame, joined: pd.DataFrame, *, basis: Basis) -> pd.DataFrame:
    """Measure the plots themselves, and choose the figures that the indices use.

    Parameters
    ----------
    plots
        n valid polygons in the working CRS, by ``plot_id``.
    joined
        Measures of the same plots against the layers.
    basis
        Whether declared or measured figures are used.

    Returns
    -------
    DataFrame
        Columns of ``model.MEASURE_COLUMNS`` with ``layer`` "plots"; per plot the planar and
        the ellipsoidal area, the land area, floor area, covered area and fixed-asset
        investment that go into the indices, and what each level of evidence says of the
        floor area. A figure that is missing on the chosen basis
        is NaN: the other basis never stands in for it.
    """
    area = shapely.area(plots.geometry.to_numpy())
    built = joined[(joined["layer"] == "buildings") & (joined["category"] == "")]
    by_plot = built.pivot(index="plot_id", columns="measure", values="value").reindex(plots.index)
    measured = {
        "land_area_m2": area,
        "floor_area_m2": by_plot.get("floor_area_m2", np.nan),
        "covered_area_m2": by_plot.get("covered_m2", np.nan),
    }
    chosen = {
        "land_area_m2": basis.land_area,
        "floor_area_m2": basis.floor_area,
        "covered_area_m2": basis.covered_area,
    }
    found: dict[str, object] = {
        "area_m2": area,
        "area_ellipsoidal_m2": crs.ellipsoidal_area(plots.geometry),
        "fixed_investment_cny": plots["fixed_investment_cny"],
        "floor_declared_m2": plots["floor_area_m2"],
        **{name: by_plot.get(name, np.nan) for name in FLOOR_LEVELS},
    }
    for name, which in chosen.items():
        found[name] = measured[name] if which == "measured" else plots[name]
    return pd.concat([
        pd.DataFrame({
            "plot_id": plots.index, "layer": "plots", "category": "", "measure": name,
            "value": np.broadcast_to(np.asarray(value, dtype="float64"), len(plots)),
            "feature_id": "", "coverage": Coverage.HIT.value,
        })
        for name, value in found.items()
    ], ignore_index=True)[list(MEASURE_COLUMNS)]
