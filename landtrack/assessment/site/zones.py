"""Ground along lines: how wide it is along each, which plots are near, what it takes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.model import Schema
from landtrack.model.site import Corridor, Reason
from landtrack.spatial.measures import Shapes

Figures = npt.NDArray[np.float64]
Positions = npt.NDArray[np.intp]
Words = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]

ROUND = 64
"""Segments of a quarter of the round end of a corridor: its area is within 0.01 %."""


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What the corridors of one setback say of m lines.

    ``corridor`` is the place of the one that a line is of among them, -1 where that is not known
    or it is of none; ``axis_m`` NaN where its outermost part is not known. A line matters to the
    plots within ``reach_m`` of its axis, none where that is below 0. ``why`` is empty where all is
    known.
    """

    corridor: Positions
    clear_m: Figures
    axis_m: Figures
    reach_m: Figures
    why: Words

    @property
    def takes_m(self) -> Figures:
        """How far off its axis a line takes ground in any case."""
        return np.nan_to_num(self.clear_m) + np.nan_to_num(self.axis_m)


def standing(frame: gpd.GeoDataFrame, gone: Sequence[str]) -> gpd.GeoDataFrame:
    """Leave out the lines that are in a state in which they take no ground any more."""
    return frame if "state" not in frame else frame[~frame["state"].isin(gone)]


def stated(
    frame: pd.DataFrame, schema: Schema, corridors: Sequence[Corridor], unknown_within_m: float
) -> Stated:
    """Look up what each line of a layer keeps clear, and how far off its axis it begins.

    ``frame``: m lines.
    ``corridors``: Those of one setback.
    """
    n = len(frame)
    certain, possible = _fits(frame, schema, corridors)
    # The last one counts, as where it is measured.
    last = len(corridors) - 1 - np.argmax(certain[::-1], axis=0)
    at = np.where(certain.any(axis=0), last, -1)
    clear, axis, beyond = np.full(n, np.nan), np.full(n, np.nan), np.zeros(n)
    alike = len({(each.axis_m, each.width) for each in corridors}) == 1
    for place, each in enumerate(corridors):
        own = at == place
        clear[own] = np.nan if each.clear_m is None else each.clear_m
        beyond[own] = each.edge_within_m
        begins = own | alike  # where it begins is known of a line of whatever class
        axis[begins] = np.nan if each.axis_m is None else each.axis_m
        if each.width and each.width in frame:
            axis[begins] = pd.to_numeric(frame[each.width], errors="coerce").to_numpy()[begins] / 2
    utmost = np.max(
        [np.where(fits, unknown_within_m if each.clear_m is None else each.clear_m + np.where(
            np.isnan(axis), each.edge_within_m, axis
        ), -1.0) for fits, each in zip(possible, corridors, strict=True)], axis=0,
    )
    by_class = not any(each.where for each in corridors)
    unknown = np.full(n, unknown_within_m) if by_class else utmost
    reach = np.where(np.isnan(axis), clear + beyond, clear + axis)
    why = np.where(np.isnan(axis), Reason.AXIS_UNKNOWN.value, "").astype(object)
    open_ = np.isnan(clear)
    why[open_] = Reason.WIDTH_UNKNOWN.value if by_class else Reason.CLASS_UNKNOWN.value
    return Stated(
        corridor=at, clear_m=clear, axis_m=axis, reach_m=np.where(open_, unknown, reach), why=why,
    )


def _fits(
    frame: pd.DataFrame, schema: Schema, corridors: Sequence[Corridor]
) -> tuple[Mask, Mask]:
    """Tell by corridor which lines are of it for certain, and which may be."""
    certain, possible = [], []
    for each in corridors:
        sure, maybe = np.ones(len(frame), dtype=bool), np.ones(len(frame), dtype=bool)
        tests = [*each.where.items()]
        if each.classes and schema.class_field is not None:
            tests.append((schema.class_field, each.classes))
        for field, values in tests:
            column = frame[field] if field in frame else pd.Series(None, frame.index, dtype=object)
            is_of = column.isin(values).to_numpy()
            sure, maybe = sure & is_of, maybe & (is_of | column.isna().to_numpy())
        if each.least is not None or each.most is not None:
            number = pd.to_numeric(
                frame[schema.class_field], errors="coerce"
            ).to_numpy(dtype="float64")
            least = -np.inf if each.least is None else each.least
            most = np.inf if each.most is None else each.most
            is_of = (number >= least) & (number <= most)
            sure, maybe = sure & is_of, maybe & (is_of | np.isnan(number))
        certain.append(sure)
        possible.append(maybe)
    return np.array(certain), np.array(possible)


def near(shapes: Shapes, lines: Shapes, within: Figures) -> tuple[Positions, Positions]:
    """Find the plots and lines no farther apart than each line's distance, by plot and line."""
    tree = shapely.STRtree(shapes)
    some = np.flatnonzero(~shapely.is_empty(lines) & (within >= 0))
    line, plot = tree.query(lines[some], predicate="dwithin", distance=within[some])
    order = np.lexsort((line, plot))
    return plot[order], some[line[order]]


def of_pairs(
    shapes: Shapes, lines: Shapes, pairs: tuple[Positions, Positions], reach: Figures
) -> Shapes:
    """Cut the corridor of a line out of a plot, for each pair of them.

    ``reach``: Of each line, how far off its axis its corridor goes.
    """
    plot, line = pairs
    if not len(plot):
        return np.empty(0, dtype=object)
    wide = reach[line]
    box = shapely.bounds(shapes[plot]) + wide[:, None] * [-1.5, -1.5, 1.5, 1.5]
    pieces = shapely.intersection(lines[line], shapely.box(*box.T))
    zones: Shapes = shapely.intersection(
        shapely.buffer(pieces, wide, quad_segs=ROUND), shapes[plot]
    )
    return zones


def by_plot(plot: Positions, zones: Shapes) -> tuple[Positions, Shapes]:
    """Unite the ground of each plot, counted once where it is in two corridors.

    ``plot``: Of each zone, sorted.
    """
    if not len(plot):
        return plot, np.empty(0, dtype=object)
    owner, start = np.unique(plot, return_index=True)
    whole = np.array(
        [shapely.union_all(each) for each in np.split(zones, start[1:])], dtype=object
    )
    return owner, whole
