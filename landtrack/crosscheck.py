"""Judges the layers of a place against each other."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from landtrack import figures, issues, measure, validate
from landtrack.model import Basis, Place


def layers(
    found: Mapping[str, gpd.GeoDataFrame], place: Place, amounts: pd.DataFrame
) -> list[issues.Row]:
    """Check what the layers of a place say of themselves and of each other.

    Parameters
    ----------
    found
        By kind, valid, in the working CRS; ``plots`` among them.
    place
        The place.
    amounts
        What is of projects as wholes, as :func:`landtrack.normalise.amounts.settle` gives it.

    Returns
    -------
    list of issues.Row
        In the order of the kinds.
    """
    rows = validate.far_layers(found) + validate.plots(found["plots"], place.basis)
    rows += projects(found["plots"], amounts, place.basis)
    if "parcels" in found:
        rows += validate.parcels(found["parcels"], place.basis)
    if "buildings" in found:
        rows += validate.buildings(found["buildings"], found["plots"])
    return rows


def projects(
    frame: gpd.GeoDataFrame, amounts: pd.DataFrame, basis: Basis
) -> list[issues.Row]:
    """Check what is said of projects of several plots.

    Parameters
    ----------
    frame
        n valid plots in the working CRS, by ``plot_id``.
    amounts
        What is of the projects as wholes.
    basis
        For the tolerance between declared and measured area.

    Returns
    -------
    list of issues.Row
        Areas that differ from those of the plots together by more than the tolerance, and
        investments to look at; none of a project of which a plot was set aside.
    """
    whole = amounts[(amounts["lost"] == "") & (amounts["source"] != "")]
    of = figures.project_of(frame)
    own = frame[of.isin(whole.index)]
    if own.empty:
        return []
    by_project = own.geometry.groupby(of.reindex(own.index))
    shapes = by_project.agg(lambda each: measure.union(each.to_numpy()))
    made = gpd.GeoDataFrame(
        whole.reindex(shapes.index), geometry=shapes.to_numpy(dtype=object), crs=frame.crs
    )
    return [
        *validate.areas(made, "plots", "land_area_m2", basis.area_tolerance),
        *validate.magnitudes(made),
    ]
