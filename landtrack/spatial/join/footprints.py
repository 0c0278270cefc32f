"""What is not sure of buildings: those that overlap, are lost or gone, or contradict themselves.

Between the lowest and the highest that they can be, the rules decide where both say the same.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landtrack.model import Issue, State, Workflow, issues
from landtrack.model.assessment import LayerSet
from landtrack.spatial import measures
from landtrack.spatial.join.measures import Mask, Meeting
from landtrack.spatial.measures import Figures, Pairs, Shapes

UNREAD = "buildings_unread"
CONTRADICTED = "buildings_contradicted"
COLUMNS = ("floor_low", "floor_high", "covered_low", "covered_high")
UTMOST = "floor_utmost"
NO_FLOORS = ("structure", "yard")
STACKED, DUPLICATE = "stacked", "duplicate"


def standing(frame: gpd.GeoDataFrame, joined: LayerSet, workflow: Workflow) -> gpd.GeoDataFrame:
    """Leave out the features that are no longer there.

    ``frame``: n features of a kind.
    Returns: The others; all of them where the kind has no such state.
    """
    field = joined.schema.fields.get("state")
    track = workflow.tracks.get(field.choices_from or "") if field is not None else None
    states: tuple[State, ...] = () if track is None else track.state
    gone = [each.code for each in states if each.gone]
    return frame[~frame["state"].isin(gone)] if gone and "state" in frame else frame


def unsure(
    plots: gpd.GeoDataFrame, joined: LayerSet, meeting: Meeting | None, known: Mask, *,
    workflow: Workflow,
) -> pd.DataFrame:
    """Say between which figures floor area and covered area of plots lie, where it is not sure.

    ``plots``: n valid polygons by ``plot_id``.
    ``joined``: The buildings, with those that were set aside, and what is said of overlaps.
    ``meeting``: The plots and the buildings that stand; None where there are none.
    ``known``: Which plots lie where the layer is known to be complete.
    Returns: :data:`COLUMNS` in m² by ``plot_id``: the lowest is NaN where the figure is sure, or
    not known at all; the highest is NaN where there is no highest. :data:`UNREAD` counts the
    buildings that may not count: their state or class cannot be read; :data:`CONTRADICTED` those of
    which storeys and heights differ in number. :data:`UTMOST` is the highest floor area, m², were
    every storey of unknown height one that counts twice; NaN where there is no highest.
    """
    n = len(plots)
    made = pd.DataFrame(np.nan, index=plots.index, columns=[*COLUMNS, UTMOST])
    made[UTMOST] = 0.0
    floor, covered, unclear, differ = np.zeros(n), np.zeros(n), np.zeros(n), np.zeros(n)
    if meeting is not None:
        floor, most, covered = _sums(meeting)
        made[UTMOST] = meeting.floors(meeting.utmost).totals(n)
        _overlapping(made, meeting, joined, (floor, most))
        unclear = _perhaps_gone(made, meeting, joined, (most, covered))
        differ += np.bincount(meeting.hits.plot[meeting.contradicted], minlength=n)
    gone = None if joined.lost is None else standing(joined.lost, joined, workflow)
    for with_floors, names in ((True, ("floor_low", "floor_high")), (False, COLUMNS[2:])):
        lost = known & (
            _reached(plots, gone, with_floors=with_floors) | (joined.unread > 0)
        )
        low, high = (made[name].to_numpy(copy=True) for name in names)
        least = floor if with_floors else covered
        low[lost] = np.where(np.isnan(low[lost]), least[lost], low[lost])
        high[lost] = np.nan if with_floors else shapely.area(plots.geometry.to_numpy())[lost]
        made[names[0]], made[names[1]] = low, high
        if with_floors:
            made.loc[lost, UTMOST] = np.nan
    made[~known] = np.nan  # what is there is known, but not all that is
    return made.assign(**{UNREAD: unclear, CONTRADICTED: differ})


def _sums(meeting: Meeting) -> tuple[Figures, Figures, Figures]:
    """Add up the fewest and the most floors, and covered area, by plot, m²; overlaps count each."""
    least, most = (
        meeting.floors(each).totals(len(meeting.plots)) for each in (meeting.fewest, meeting.most)
    )
    return least, most, measures.covered_area(meeting.plot_shapes, meeting.shapes, meeting.hits)


def unread(
    frame: gpd.GeoDataFrame, field: str, rows: Iterable[issues.Row]
) -> frozenset[str]:
    """Tell of which features something is written in a field that cannot be read.

    ``frame``: n features by key.
    Returns: Their keys; none of a feature of which nothing is written there.
    """
    named = {
        row["feature_id"] for row in rows
        if row["issue"] == Issue.NOT_A_CHOICE and row["field"] == field
    }
    if not named:
        return frozenset()
    keys = frame.index[frame[field].isna()]
    written = keys.str.replace(r"#\d+$", "", regex=True)  # a key that was used twice
    return frozenset(keys[keys.isin(named) | written.isin(named)])


def _perhaps_gone(
    made: pd.DataFrame, meeting: Meeting, joined: LayerSet, most: tuple[Figures, Figures]
) -> Figures:
    """Enter the bounds where a building may be gone, or be none; count such by plot."""
    frame, hits, n = meeting.frame, meeting.hits, len(meeting.plots)
    gone = (frame.index.isin(joined.state_unread) & frame["state"].isna()).to_numpy()
    unclear = gone | frame.index.isin(joined.class_unread)
    count = np.bincount(hits.plot[unclear[hits.feature]], minlength=n).astype("float64")
    if not count.any():
        return count
    floor, covered = most
    sure = dataclasses.replace(meeting, frame=frame[~unclear])
    least = pd.DataFrame(np.nan, index=made.index, columns=made.columns)
    least_floor, most_floor, least_covered = _sums(sure)
    _overlapping(least, sure, joined, (least_floor, most_floor))
    low = least["floor_low"].fillna(pd.Series(least_floor, made.index)).to_numpy()
    high = np.where(made["floor_low"].isna(), floor, made["floor_high"])
    differs = (count > 0) & (low != high)
    made.loc[differs, "floor_low"], made.loc[differs, "floor_high"] = low[differs], high[differs]
    differs = (count > 0) & (least_covered < covered)
    made.loc[differs, "covered_low"] = least_covered[differs]
    made.loc[differs, "covered_high"] = covered[differs]
    return count


def _reached(
    plots: gpd.GeoDataFrame, lost: gpd.GeoDataFrame | None, *, with_floors: bool
) -> Mask:
    """Tell at which plots a building that was set aside can stand: all, where it has no place."""
    if lost is None or lost.empty:
        return np.zeros(len(plots), dtype=bool)
    own = lost[~lost["class"].isin(NO_FLOORS)] if with_floors else lost
    shapes = own.geometry.to_numpy()
    bounds = shapely.bounds(shapes)
    placed = np.isfinite(bounds).all(axis=1) & (shapely.get_dimensions(shapes) > 0)
    if not placed.all():
        return np.ones(len(plots), dtype=bool)
    near, _ = shapely.STRtree(shapely.box(*bounds.T)).query(
        plots.geometry.to_numpy(), predicate="intersects"
    )
    found = np.zeros(len(plots), dtype=bool)
    found[near] = True
    return found


def overlaps(frame: gpd.GeoDataFrame, joined: LayerSet, *, stacked_too: bool = False) -> Pairs:
    """Find the buildings with floors that share ground.

    ``frame``: m buildings.
    ``joined``: Their kind, whose parameter ``overlap_m2`` says how much is none.
    ``stacked_too``: Give also those whose sources say that they are stacked.
    Returns: Positions of the later and of the earlier of two, and the square metres.
    """
    shapes: Shapes = frame.geometry.to_numpy()
    with_floors = ~frame["class"].isin(NO_FLOORS).to_numpy()
    at = np.flatnonzero(with_floors)
    found = measures.shared_area(shapes[at], shapes[at])
    found = found.where(found.plot > found.feature)
    found = found.where(found.amount > joined.schema.parameters.get("overlap_m2", 0.0))
    if not stacked_too:
        stacked = (frame["source"].map(joined.overlaps) == STACKED).to_numpy()[at]
        found = found.where(~(stacked[found.plot] & stacked[found.feature]))
    return Pairs(at[found.plot], at[found.feature], found.amount)


def _overlapping(
    made: pd.DataFrame, meeting: Meeting, joined: LayerSet, floor: tuple[Figures, Figures]
) -> None:
    """Enter the bounds of the floor area where footprints overlap, or storeys are contradicted."""
    low, high = floor
    differs = high > low
    made.iloc[differs, 0], made.iloc[differs, 1] = low[differs], high[differs]
    pairs = overlaps(meeting.frame, joined)
    if not len(pairs.plot):
        return
    twice = np.zeros(len(meeting.frame), dtype=bool)
    twice[pairs.plot] = twice[pairs.feature] = True
    hits = meeting.hits
    said = (meeting.frame["source"].map(joined.overlaps) == DUPLICATE).to_numpy()
    doubled = np.flatnonzero(twice[hits.feature] & (meeting.counted > 0))
    if not len(doubled):
        return
    order = doubled[np.argsort(hits.plot[doubled], kind="stable")]
    plots, starts = np.unique(hits.plot[order], return_index=True)
    for plot, own in zip(plots.tolist(), np.split(order, starts[1:]), strict=True):
        if len(own) == 1 or np.isnan(low[plot]):
            continue
        pieces = shapely.intersection(
            meeting.plot_shapes[plot], meeting.shapes[hits.feature[own]]
        )
        less = _counted_twice(pieces, meeting.fewest[own], lowest=True)
        if less <= measures.SLIVER_M2 * max(low[plot], 1.0):
            continue
        made.iloc[plot, 0], made.iloc[plot, 1] = low[plot] - less, high[plot]
        if said[hits.feature[own]].all():
            for at, storeys in ((1, meeting.most), (-1, meeting.utmost)):
                made.iloc[plot, at] -= _counted_twice(pieces, storeys[own], lowest=False)


def _counted_twice(pieces: Shapes, storeys: Figures, *, lowest: bool) -> float:
    """Tell what adding floors up counts twice: a spot has its fewest storeys only, or its most."""
    order = np.argsort(storeys if lowest else -storeys, kind="stable")
    taken: shapely.Geometry = shapely.Polygon()
    total = 0.0
    for piece, count in zip(pieces[order], storeys[order], strict=True):
        total += float(count) * shapely.area(shapely.difference(piece, taken))
        taken = shapely.union(taken, piece)
    return float((storeys * shapely.area(pieces)).sum()) - total
