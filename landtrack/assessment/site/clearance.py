"""Ground of plots that corridors along power lines and pipes take, and what is left."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.model.assessment import LayerSet
from landtrack.model.site import CLEARANCE_COLUMNS, Corridor, Corridors, Reason
from landtrack.spatial import join
from landtrack.spatial.measures import Shapes

Figures = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]

ROUND = 64
"""Segments of a quarter of the round end of a corridor: its area is within 0.01 %."""


def clearance(
    plots: gpd.GeoDataFrame, layers: Mapping[str, LayerSet], corridors: Corridors
) -> pd.DataFrame:
    """Measure what corridors take of each plot, and the buildable area that is left.

    ``plots``: n valid polygons in the working CRS, by ``plot_id``.
    ``layers``: By kind, lines in the working CRS.
    ``corridors``: Their widths, from :func:`landtrack.model.catalog.corridors`.
    Returns: Columns of ``model.site.CLEARANCE_COLUMNS``: per plot a row for each layer of the
    corridors, and one for all. What is lost is not known where the layer is not, where a line
    without a stated width is within ``unknown_within_m``, and where the distance from the axis of a
    near line to its outermost part is not stated; the corridor measured from the axis is then lost
    at least.
    Raises TableError: If a layer is in another CRS than the plots.
    """
    kinds = list(dict.fromkeys(each.layer for each in corridors.corridor))
    shapes: Shapes = plots.geometry.to_numpy()
    area = shapely.area(shapes)
    taken = np.full(len(plots), None, dtype=object)
    reason = np.full(len(plots), Reason.NOT_FOUND.value, dtype=object)
    feature = np.full(len(plots), "", dtype=object)
    tables = []
    for kind in kinds:
        joined = layers.get(kind)
        if joined is not None:
            join.require_same(plots, joined)
        zones, at, why = _of_layer(plots, joined, kind, corridors)
        tables.append(_table(plots, kind, shapely.area(zones), (at, why)))
        taken = shapely.union(taken, zones) if len(tables) > 1 else zones
        worse = np.isin(why, UNKNOWN) | (reason == Reason.NOT_FOUND.value)
        worse &= ~np.isin(reason, UNKNOWN)
        reason, feature = np.where(worse, why, reason), np.where(worse, at, feature)
    whole = shapely.area(taken) if kinds else np.zeros(len(plots))
    tables.append(_table(plots, "", np.minimum(whole, area), (feature, reason)))
    return pd.concat(tables, ignore_index=True)


UNKNOWN = [
    Reason.NO_DATA.value, Reason.WIDTH_UNKNOWN.value, Reason.CLASS_UNKNOWN.value,
    Reason.AXIS_UNKNOWN.value,
]
"""The reasons for which what is lost is not known."""


def _table(
    plots: gpd.GeoDataFrame, kind: str, at_least: Figures,
    why: tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]],
) -> pd.DataFrame:
    feature, reason = why
    lost = np.where(np.isin(reason, UNKNOWN), np.nan, at_least)
    return pd.DataFrame({
        "plot_id": plots.index, "layer": kind, "lost_m2": lost, "at_least_m2": at_least,
        "net_m2": shapely.area(plots.geometry.to_numpy()) - lost,
        "feature_id": feature, "reason": reason,
    })[list(CLEARANCE_COLUMNS)]


def _of_layer(
    plots: gpd.GeoDataFrame, joined: LayerSet | None, kind: str, corridors: Corridors
) -> tuple[Shapes, npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Give the ground that a layer takes of each plot, the feature that decided, and why."""
    n = len(plots)
    zones = np.full(n, shapely.Polygon(), dtype=object)
    feature = np.full(n, "", dtype=object)
    reason = np.full(n, Reason.NOT_FOUND.value, dtype=object)
    if joined is None or joined.frame is None or joined.schema.class_field is None:
        return zones, feature, np.full(n, Reason.NO_DATA.value, dtype=object)
    known = join.covered(plots, joined)
    reason[~known] = Reason.NO_DATA.value
    frame = joined.frame[~joined.frame["state"].isin(corridors.gone)]
    if frame.empty:
        return zones, feature, reason
    clear, axis = widths(
        frame[joined.schema.class_field],
        [each for each in corridors.corridor if each.layer == kind],
    )
    shapes, lines = plots.geometry.to_numpy(), frame.geometry.to_numpy()
    within = np.where(np.isnan(clear), corridors.unknown_within_m, clear + np.nan_to_num(axis))
    plot, line = _near(shapes, lines, within)
    stated = ~np.isnan(clear[line])
    owner, lost = _taken(shapes, lines, (plot[stated], line[stated]), within)
    zones[owner] = lost
    ids = frame.index.to_numpy(dtype=object)
    for which, why in (
        (stated, Reason.FOUND), (stated & np.isnan(axis[line]), Reason.AXIS_UNKNOWN),
        (~stated, Reason.WIDTH_UNKNOWN),
    ):  # the last to be told is the gravest
        reason[plot[which]], feature[plot[which]] = why.value, ids[line[which]]
    reason[~known] = Reason.NO_DATA.value
    return zones, feature, reason


def _near(shapes: Shapes, lines: Shapes, within: Figures) -> tuple[Positions, Positions]:
    """Find the plots and lines no farther apart than each line's distance, by plot and line."""
    tree = shapely.STRtree(shapes)
    some = np.flatnonzero(~shapely.is_empty(lines))
    line, plot = tree.query(lines[some], predicate="dwithin", distance=within[some])
    order = np.lexsort((line, plot))
    return plot[order], some[line[order]]


def _taken(
    shapes: Shapes, lines: Shapes, pairs: tuple[Positions, Positions], within: Figures
) -> tuple[Positions, Shapes]:
    """Cut the corridors of the lines near each plot out of it, ground in two counted once."""
    plot, line = pairs
    if not len(plot):
        return plot, np.empty(0, dtype=object)
    reach = within[line]
    box = shapely.bounds(shapes[plot]) + reach[:, None] * [-1.5, -1.5, 1.5, 1.5]
    pieces = shapely.intersection(lines[line], shapely.box(*box.T))
    zones = shapely.intersection(
        shapely.buffer(pieces, reach, quad_segs=ROUND), shapes[plot]
    )
    owner, start = np.unique(plot, return_index=True)
    whole = np.array(
        [shapely.union_all(each) for each in np.split(zones, start[1:])], dtype=object
    )
    return owner, whole


def widths(classes: pd.Series, corridors: list[Corridor]) -> tuple[Figures, Figures]:
    """Look up what each feature of a layer keeps clear, and how far off its axis it begins.

    ``classes``: The classes of m features: a medium, or kilovolts.
    Returns clear, axis : ndarray of float64, (m,): Metres; NaN where not stated, or where the class
    of the feature is not known.
    """
    clear, axis = np.full(len(classes), np.nan), np.full(len(classes), np.nan)
    for each in corridors:
        if each.classes:
            fits = classes.isin(each.classes).to_numpy()
        else:
            number = pd.to_numeric(classes, errors="coerce").to_numpy(dtype="float64")
            least = -np.inf if each.least is None else each.least
            most = np.inf if each.most is None else each.most
            fits = (number >= least) & (number <= most)
        clear[fits] = np.nan if each.clear_m is None else each.clear_m
        axis[fits] = np.nan if each.axis_m is None else each.axis_m
    return clear, axis
