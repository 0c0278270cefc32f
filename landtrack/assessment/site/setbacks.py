"""How plots lie to the ground that laws keep clear along roads, railways, power lines and pipes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import geopandas as gpd
import msgspec
import numpy as np
import pandas as pd
import shapely

from landtrack.assessment.site import zones
from landtrack.assessment.site.zones import Figures, Positions, Words
from landtrack.model.assessment import LayerSet
from landtrack.model.site import SETBACK_COLUMNS, Corridor, Corridors, Reason, Relation
from landtrack.spatial import join
from landtrack.spatial.crs import offsets
from landtrack.spatial.measures import Shapes

TOUCHES_M = 0.001
"""Within this of the distance that is asked for a plot touches: the resolution of a survey."""


def lawful(corridors: Corridors, plots: gpd.GeoDataFrame, day: date | None) -> Corridors:
    """Leave out what the law does not ask: of that day, and outside of China.

    ``plots``: Where the place is, in the working CRS.
    ``day``: All that is in force now where it is None.
    Returns: Elsewhere those are left that need no class of the law.
    """
    held = corridors.on(day)
    if plots.empty or _in_china(plots):
        return held
    return msgspec.structs.replace(held, corridor=tuple(
        each if not each.setback else msgspec.structs.replace(each, setback="")
        for each in held.corridor if not each.where
    ))


def _in_china(plots: gpd.GeoDataFrame) -> bool:
    """Tell whether plots lie, all of them or some, where the laws of China may hold."""
    around = gpd.GeoSeries([shapely.box(*plots.total_bounds)], crs=plots.crs).to_crs(4326)
    return bool(shapely.intersects(around.iloc[0], shapely.box(*offsets.CHINA)))


def setbacks(
    plots: gpd.GeoDataFrame, layers: Mapping[str, LayerSet], corridors: Corridors
) -> pd.DataFrame:
    """Tell how each plot lies to the distances that are set by law.

    ``plots``: n valid polygons in the working CRS, by ``plot_id``.
    ``layers``: By kind, lines in the working CRS.
    ``corridors``: From :func:`landtrack.model.catalog.corridors`, in force on the day; those that
    name no setback are asked by no law.
    Returns: Columns of ``model.site.SETBACK_COLUMNS``, by setback, then in the order of the plots.
    Raises TableError: If a layer is in another CRS than the plots.
    """
    tables = [pd.DataFrame(columns=list(SETBACK_COLUMNS))]
    for (kind, setback), own in corridors.together().items():
        if not setback or plots.empty:
            continue
        joined = layers.get(kind)
        if joined is not None:
            join.require_same(plots, joined)
        table = _of(plots, joined, own, corridors)
        table["setback"], table["layer"], table["effect"] = setback, kind, own[0].effect.value
        table["plot_id"] = plots.index.to_numpy(dtype=object)[table["at"]]
        tables.append(table.sort_values("at", kind="stable")[list(SETBACK_COLUMNS)])
    found = pd.concat([each for each in tables if len(each)] or tables, ignore_index=True)
    return found.astype({"distance_m": "float64", "required_m": "float64", "area_m2": "float64"})


def _of(
    plots: gpd.GeoDataFrame, joined: LayerSet | None, own: Sequence[Corridor],
    corridors: Corridors,
) -> pd.DataFrame:
    """Tell it of one setback; ``at`` is the place of the plot."""
    n = len(plots)
    known = np.zeros(n, dtype=bool)
    if joined is None or joined.frame is None:
        return _rest(np.arange(n), known, own)
    known = join.covered(plots, joined)
    frame = zones.standing(joined.frame, corridors.gone)
    told = zones.stated(frame, joined.schema, own, corridors.unknown_within_m)
    shapes, lines = plots.geometry.to_numpy(), frame.geometry.to_numpy()
    ids = frame.index.to_numpy(dtype=object)
    plot, line = zones.near(
        shapes, lines, np.where(told.reach_m < 0, told.reach_m, told.reach_m + TOUCHES_M)
    )
    apart = shapely.distance(shapes[plot], lines[line])
    from_edge = np.maximum(apart - told.axis_m[line], 0.0)
    clear, why = told.clear_m[line], told.why[line]
    # Nearer to the axis than the distance that is asked for beyond the edge: inside, wherever
    # the edge is.
    inside = np.where(np.isnan(from_edge), apart, from_edge) < clear - TOUCHES_M
    touching = ~inside & (np.abs(from_edge - clear) <= TOUCHES_M)
    relation = np.select(
        [inside, touching, why != ""],
        [Relation.MEETS.value, Relation.TOUCHES.value, Relation.UNKNOWN.value],
        Relation.CLEAR.value,
    ).astype(object)
    area = np.zeros(len(plot))
    stated = ~np.isnan(clear)
    area[stated] = shapely.area(
        zones.of_pairs(shapes, lines, (plot[stated], line[stated]), told.takes_m)
    )
    which = told.corridor[line]
    met = pd.DataFrame({
        "at": plot, "feature_id": ids[line], "relation": relation, "distance_m": from_edge,
        "required_m": clear, "area_m2": np.where(relation == Relation.TOUCHES.value, 0.0, area),
        "clause": _clauses(own)[which], "verified": _verified(own)[which],
        "reason": np.where(why == "", Reason.FOUND.value, why),
    })
    met = met[met["relation"] != Relation.CLEAR.value]
    others = np.setdiff1d(np.arange(n), met["at"].to_numpy())
    rest = _rest(others, known, own)
    some = np.flatnonzero((told.reach_m >= 0) & ~shapely.is_empty(lines))
    at = np.flatnonzero(known[others])
    if len(some) and len(at):
        nearest, distance = _nearest(shapes[others[at]], lines[some])
        line = some[nearest]
        rest.loc[at, "feature_id"] = ids[line]
        rest.loc[at, "distance_m"] = np.maximum(distance - told.axis_m[line], 0.0)
        rest.loc[at, "required_m"] = told.clear_m[line]
    return pd.concat([each for each in (met, rest) if len(each)], ignore_index=True)


def _rest(at: Positions, known: zones.Mask, own: Sequence[Corridor]) -> pd.DataFrame:
    """Say of plots that no line is near that they are clear, or that it is not known."""
    covered = known[at]
    return pd.DataFrame({
        "at": at, "feature_id": np.full(len(at), "", dtype=object),
        "relation": np.where(covered, Relation.CLEAR.value, Relation.UNKNOWN.value),
        "distance_m": np.nan, "required_m": np.nan, "area_m2": np.where(covered, 0.0, np.nan),
        "clause": own[0].clause, "verified": all(each.verified for each in own),
        "reason": np.where(covered, Reason.NOT_FOUND.value, Reason.NO_DATA.value),
    })


def _nearest(shapes: Shapes, lines: Shapes) -> tuple[Positions, Figures]:
    """Find the line that is nearest to each plot, and how far it is."""
    (asked, found), distance = shapely.STRtree(lines).query_nearest(
        shapes, return_distance=True, all_matches=False
    )
    order = np.argsort(asked, kind="stable")
    return found[order], distance[order]


def _clauses(own: Sequence[Corridor]) -> Words:
    """Give the clause of each corridor; the last is of what is of none."""
    return np.array([*(each.clause for each in own), own[0].clause], dtype=object)


def _verified(own: Sequence[Corridor]) -> zones.Mask:
    """Tell of each corridor whether it was verified; the last whether all were."""
    told = [each.verified for each in own]
    return np.array([*told, all(told)], dtype=bool)
