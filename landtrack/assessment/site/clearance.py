"""Ground of plots that corridors along lines take, and what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landtrack.assessment.site import zones
from landtrack.assessment.site.zones import Figures, Words
from landtrack.model.assessment import LayerSet
from landtrack.model.site import CLEARANCE_COLUMNS, Corridor, Corridors, Effect, Reason
from landtrack.spatial import join
from landtrack.spatial.measures import Shapes

Taken = tuple[Shapes, Words, Words]
"""Of each plot the ground that is taken, the feature that decided, and why."""


def clearance(
    plots: gpd.GeoDataFrame, layers: Mapping[str, LayerSet], corridors: Corridors
) -> pd.DataFrame:
    """Measure what corridors take of each plot, and the buildable area that is left.

    ``plots``: n valid polygons in the working CRS, by ``plot_id``.
    ``layers``: By kind, lines in the working CRS.
    ``corridors``: Their widths, from :func:`landtrack.model.catalog.corridors`; those that ask for
    a permit, or keep new zones away, take no ground.
    Returns: Columns of ``model.site.CLEARANCE_COLUMNS``: per plot a row for each layer of the
    corridors, and one for all. What is lost is not known where the layer is not, where a line
    whose width or class is not stated is near enough to matter, and where the distance from the
    axis of a near line to its outermost part is not stated; the corridor measured from the axis is
    then lost at least.
    Raises TableError: If a layer is in another CRS than the plots.
    """
    kept = {
        (kind, setback): each for (kind, setback), each in corridors.together().items()
        if each[0].effect == Effect.KEEP_CLEAR
    }
    area = shapely.area(plots.geometry.to_numpy())
    whole = _nothing(len(plots))
    tables = []
    for kind in dict.fromkeys(kind for kind, _ in kept):
        joined = layers.get(kind)
        if joined is not None:
            join.require_same(plots, joined)
        own = _nothing(len(plots))
        for (of, _), each in kept.items():
            if of == kind:
                own = _both(own, _of(plots, joined, each, corridors))
        tables.append(_table(plots, kind, shapely.area(own[0]), own[1:]))
        whole = _both(whole, own)
    tables.append(_table(plots, "", np.minimum(shapely.area(whole[0]), area), whole[1:]))
    return pd.concat(tables, ignore_index=True)


UNKNOWN = [
    Reason.NO_DATA.value, Reason.WIDTH_UNKNOWN.value, Reason.CLASS_UNKNOWN.value,
    Reason.AXIS_UNKNOWN.value,
]
"""The reasons for which what is lost is not known."""


def _nothing(n: int) -> Taken:
    return (
        np.full(n, shapely.Polygon(), dtype=object), np.full(n, "", dtype=object),
        np.full(n, Reason.NOT_FOUND.value, dtype=object),
    )


def _both(one: Taken, other: Taken) -> Taken:
    """Unite the ground of two; what is not known of the one stays so."""
    (ground, feature, reason), (more, at, why) = one, other
    worse = np.isin(why, UNKNOWN) | (reason == Reason.NOT_FOUND.value)
    worse &= ~np.isin(reason, UNKNOWN)
    return (
        shapely.union(ground, more), np.where(worse, at, feature), np.where(worse, why, reason),
    )


def _table(
    plots: gpd.GeoDataFrame, kind: str, at_least: Figures, why: tuple[Words, Words]
) -> pd.DataFrame:
    feature, reason = why
    lost = np.where(np.isin(reason, UNKNOWN), np.nan, at_least)
    return pd.DataFrame({
        "plot_id": plots.index, "layer": kind, "lost_m2": lost, "at_least_m2": at_least,
        "net_m2": shapely.area(plots.geometry.to_numpy()) - lost,
        "feature_id": feature, "reason": reason,
    })[list(CLEARANCE_COLUMNS)]


def _of(
    plots: gpd.GeoDataFrame, joined: LayerSet | None, own: Sequence[Corridor],
    corridors: Corridors,
) -> Taken:
    """Give the ground that the corridors of one setback take of each plot."""
    ground, feature, reason = _nothing(len(plots))
    if joined is None or joined.frame is None:
        return ground, feature, np.full(len(plots), Reason.NO_DATA.value, dtype=object)
    known = join.covered(plots, joined)
    reason[~known] = Reason.NO_DATA.value
    frame = zones.standing(joined.frame, corridors.gone)
    if frame.empty:
        return ground, feature, reason
    told = zones.stated(frame, joined.schema, own, corridors.unknown_within_m)
    shapes, lines = plots.geometry.to_numpy(), frame.geometry.to_numpy()
    plot, line = zones.near(shapes, lines, told.reach_m)
    stated = ~np.isnan(told.clear_m[line])
    pairs = plot[stated], line[stated]
    owner, lost = zones.by_plot(pairs[0], zones.of_pairs(shapes, lines, pairs, told.takes_m))
    ground[owner] = lost
    ids = frame.index.to_numpy(dtype=object)
    why = np.where(told.why == "", Reason.FOUND.value, told.why)[line]
    for each in (
        Reason.FOUND, Reason.AXIS_UNKNOWN, Reason.CLASS_UNKNOWN, Reason.WIDTH_UNKNOWN,
    ):  # the last to be told is the gravest
        which = why == each.value
        reason[plot[which]], feature[plot[which]] = each.value, ids[line[which]]
    reason[~known] = Reason.NO_DATA.value
    return ground, feature, reason
