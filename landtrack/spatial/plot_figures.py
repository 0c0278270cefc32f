"""The plots' own figures: which of them go into the indices, and the evidence beside them."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.model import MEASURE_COLUMNS, Basis, Coverage
from landtrack.spatial import crs
from landtrack.spatial.measures import shared_area

FLOOR_LEVELS = ("floor_by_storeys_m2", "floor_by_heights_m2", "floor_tall_m2")
"""The evidence for the floor area that buildings give, besides the declared figure."""


UNREAD = "buildings_unread_count"
"""The measure of how many buildings of a plot may stand or be gone."""


CONTRADICTED = "buildings_contradicted_count"
"""The measure of how many buildings of a plot have other storeys than heights."""


DRAWN_OTHERWISE = "drawings_differing_count"
"""The measure of how many plots, this one or those of a project, have an outline in doubt."""


AREA = "area_m2"
"""The measure of the area of a plot's shape."""


SHARED_GROUND = "ground_shared_m2"
"""The measure of the ground of a plot that others of its project claim, too."""


CLAIMED_TWICE = "claimed_twice"
"""Of a project: whether its plots share more ground than :data:`SHARED`."""


SHARED = 0.001
"""The part of a project's land that its plots may claim twice: corners are rounded."""


ROUNDING = 1e-9
"""Relative difference that adding areas up in another order can make."""


UTMOST_FLOOR = "floor_area_utmost_m2"
"""The measure of the floor area, were every storey of unknown height one that counts twice."""


def unread(field: str) -> str:
    """Name the fact that a field of a plot is written, but says no one thing."""
    return f"{field}:unread"


PERHAPS = ":of_project"
"""What the name of a fact ends with that says of a figure that it may be the project's."""


ACCEPTED, LATEST = "accepted_on", "accepted_on:latest"
"""The day on which a plot was accepted; that of the last of a project's plots, if they differ."""


NUMBER_SIGN = "#"
"""Before the key of a plot without a project, where a project has the same key."""


def project_of(facts: pd.DataFrame) -> pd.Series:
    """Say which project each plot belongs to.

    ``facts``: n plots by ``plot_id`` with ``project_id``.
    Returns: By ``plot_id``; a plot without a project is one of its own, and that of another key
    where a project has the plot's.
    """
    named = facts["project_id"]
    if named.notna().all():
        return named.astype("str")
    own = facts.index.to_series().astype("str")
    if named.isna().all():
        return own.rename(named.name)
    known = frozenset(named.dropna().astype("str"))
    taken = named.isna() & own.isin(known)
    sign = NUMBER_SIGN
    while taken.any() and not known.union(own).isdisjoint(sign + own[taken]):
        sign += NUMBER_SIGN
    return named.where(named.notna(), own.mask(taken, sign + own)).astype("str")


def of_plots(
    plots: gpd.GeoDataFrame, joined: pd.DataFrame, *, basis: Basis,
    unsure: pd.DataFrame | None = None, drawn_otherwise: Collection[str] = (),
) -> pd.DataFrame:
    """Measure the plots themselves, and choose the figures that the indices use.

    ``plots``: n valid polygons in the working CRS, by ``plot_id``.
    ``joined``: Measures of the same plots against the layers.
    ``unsure``: Between which figures the measured floor area and covered area lie, by plot: columns
    ``floor_low, floor_high, covered_low, covered_high``, the lowest NaN where it is sure;
    ``buildings_unread`` counts the buildings whose state or class cannot be read,
    ``buildings_contradicted`` those of which storeys and heights differ in number; ``floor_utmost``
    is the highest, were every storey of unknown height a tall one.
    ``drawn_otherwise``: Plots that are drawn in several ways, or have the outline of another one,
    by key.
    Returns: Columns of ``model.MEASURE_COLUMNS`` with ``layer`` "plots"; per plot the planar and
    the ellipsoidal area, the land area, floor area, covered area and fixed-asset investment that go
    into the indices, and what each level of evidence says of the floor area. A figure that is
    missing on the chosen basis is NaN: the other basis never stands in for it. Where one of the
    plots has a measured figure that is not sure, each has its lowest and highest besides
    (``floor_area_low_m2``), and the figure itself is NaN where they differ; no highest is NaN too.
    Where a storey of unknown height could count twice, each has :data:`UTMOST_FLOOR`. Of a plot
    drawn in several ways no measured figure goes into the indices, and each has
    :data:`DRAWN_OTHERWISE`; where plots of one project share ground, each has
    :data:`SHARED_GROUND`.
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
    for name, part in (("floor_area_m2", "floor"), ("covered_area_m2", "covered")):
        if chosen[name] == "measured" and unsure is not None:
            found |= _between(name, found[name], unsure[f"{part}_low"], unsure[f"{part}_high"])
            for count, column in (
                (UNREAD, "buildings_unread"), (CONTRADICTED, "buildings_contradicted"),
            ):
                if (unsure[column] > 0).any():
                    found[count] = unsure[column]
    if basis.floor_area == "measured" and unsure is not None:
        found |= _utmost(found, unsure["floor_utmost"].to_numpy())
    found |= _in_doubt(found, plots.index.isin(list(drawn_otherwise)), chosen)
    found |= _shared(plots)
    every = [np.broadcast_to(np.asarray(each, dtype="float64"), len(plots))
             for each in found.values()]
    return pd.DataFrame({
        "plot_id": plots.index.take(np.tile(np.arange(len(plots)), len(found))),
        "layer": "plots", "category": "",
        "measure": pd.array(list(found), dtype="str").repeat(len(plots)),
        "value": np.concatenate(every), "feature_id": "", "coverage": Coverage.HIT.value,
    })[list(MEASURE_COLUMNS)]


def _between(
    name: str, value: object, lowest: pd.Series, highest: pd.Series
) -> dict[str, object]:
    """Give a figure its bounds, where it is not sure for some plot; nothing else."""
    doubtful = lowest.notna().to_numpy()
    if not doubtful.any():
        return {}
    sure = np.broadcast_to(np.asarray(value, dtype="float64"), len(lowest))
    low, high = bounds(name)
    return {
        name: np.where(doubtful, np.nan, sure),
        low: np.where(doubtful, lowest, sure), high: np.where(doubtful, highest, sure),
    }


def _in_doubt(
    found: Mapping[str, object], doubtful: npt.NDArray[np.bool_], chosen: Mapping[str, str]
) -> dict[str, object]:
    """Leave out what is measured of plots that are drawn in several ways; nothing else."""
    if not doubtful.any():
        return {}
    measured = [name for name, which in chosen.items() if which == "measured"]
    names = {UTMOST_FLOOR, *measured, *(each for name in measured for each in bounds(name))}
    n = len(doubtful)
    changed: dict[str, object] = {
        name: np.where(
            doubtful, np.nan, np.broadcast_to(np.asarray(found[name], dtype="float64"), n)
        )
        for name in names & found.keys()
    }
    return changed | {DRAWN_OTHERWISE: doubtful.astype("float64")}


def _shared(plots: gpd.GeoDataFrame) -> dict[str, object]:
    """Give the ground of each plot that others of its project claim, too, where there is any."""
    of = project_of(plots)
    several = np.flatnonzero(of.duplicated(keep=False).to_numpy())
    if not len(several):
        return {}
    shapes, projects = plots.geometry.to_numpy()[several], of.to_numpy()[several]
    pairs = shared_area(shapes, shapes)
    pairs = pairs.where(
        (pairs.plot != pairs.feature) & (projects[pairs.plot] == projects[pairs.feature])
    )
    shared = np.zeros(len(plots))
    shared[several] = np.bincount(pairs.plot, weights=pairs.amount, minlength=len(several))
    return {SHARED_GROUND: shared} if shared.any() else {}


def _utmost(
    found: Mapping[str, object], utmost: npt.NDArray[np.float64]
) -> dict[str, object]:
    """Give the floor area with storeys of unknown height as tall ones, where it is another."""
    name = "floor_area_m2"
    highest = np.asarray(found.get(bounds(name)[1], found[name]), dtype="float64")
    more = utmost - highest > ROUNDING * np.abs(highest)
    return {UTMOST_FLOOR: utmost} if more.any() else {}


def bounds(name: str) -> tuple[str, str]:
    """Name the measures that a figure lies between where it is not sure.

    ``name``: The measure of the figure, in m².
    """
    stem = name.removesuffix("_m2")
    return f"{stem}_low_m2", f"{stem}_high_m2"
