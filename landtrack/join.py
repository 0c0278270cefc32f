"""Joins the layers to the plots: the measures table.

For every plot, layer kind and measure there is a row, also where nothing is met: ``clear``
where the layer was looked through, ``no_coverage`` where nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from landtrack import crs, figures, measure, symbology
from landtrack.errors import TableError
from landtrack.measure import Figures, Pairs, Positions
from landtrack.model import MEASURE_COLUMNS, Basis, Coverage, Schema, Workflow

Mask = npt.NDArray[np.bool_]

BY_CLASS = frozenset({"overlap_m2", "overlap_share", "length_m", "nearest_m"})
"""Measured for each class of a layer besides the whole of it."""

PRESENCE = frozenset({"overlap_m2", "overlap_share", "length_m"})
"""Known to be there even where the layer is not known to be complete."""


@dataclass(frozen=True, kw_only=True)
class Joined:
    """A layer kind ready to be joined.

    ``frame`` is None where no source is of use. ``coverage`` holds the polygons in which
    the layer is complete; None means wherever it has features at all.
    """

    schema: Schema
    frame: gpd.GeoDataFrame | None
    coverage: gpd.GeoSeries | None = None
    complete: bool = True


def measures(
    plots: gpd.GeoDataFrame, layers: Mapping[str, Joined], *, workflow: Workflow, basis: Basis
) -> pd.DataFrame:
    """Measure every plot, alone and against every layer kind.

    Parameters
    ----------
    plots
        n valid polygons in the working CRS, by ``plot_id``, with the plots' fields.
    layers
        By kind, the plots excepted; a kind without data has ``frame`` None.
    workflow
        For the states in which a parcel is acquired.
    basis
        Whether declared or measured figures go into the indices.

    Returns
    -------
    DataFrame
        Columns of ``model.MEASURE_COLUMNS``; the key is plot, layer, category, measure.
        The unit of ``value`` is the suffix of the measure's name; NaN is unknown.

    Raises
    ------
    CRSError
        If the plots' CRS is none to measure in.
    TableError
        If a layer is in another CRS than the plots.
    """
    working = crs.require_metric(
        None if plots.crs is None else CRS.from_user_input(plots.crs), what="The plots layer",
        bounds=tuple(plots.total_bounds),
    )
    tables = []
    for kind, joined in layers.items():
        if joined.frame is not None and CRS.from_user_input(joined.frame.crs) != working:
            raise TableError(
                f"{kind} is in {joined.frame.crs.to_string()}, the plots in {crs.name(working)}.",
                mend="Bring the layer into the working CRS with crs.to_crs first.",
            )
        tables.append(against(plots, joined, workflow=workflow))
    joined_measures = pd.concat(tables, ignore_index=True) if tables else _table([])
    own = figures.of_plots(plots, joined_measures, basis=basis)
    return pd.concat([own, joined_measures], ignore_index=True)


def against(plots: gpd.GeoDataFrame, joined: Joined, *, workflow: Workflow) -> pd.DataFrame:
    """Measure every plot against one layer kind.

    Parameters
    ----------
    plots
        n valid polygons in the working CRS, by ``plot_id``.
    joined
        The layer.
    workflow
        For the states in which a parcel is acquired.

    Returns
    -------
    DataFrame
        Columns of ``model.MEASURE_COLUMNS``: per plot a row for each measure of the
        schema, and for the measures of :data:`BY_CLASS` one for each class.
    """
    schema = joined.schema
    frame = joined.frame
    if frame is None or frame.empty:
        covered = _covered(plots, joined) if frame is not None else np.zeros(len(plots), bool)
        return _table([_absent(plots, schema, name, covered) for name in schema.measures])
    meeting = _Meeting(plots=plots, frame=frame, schema=schema, workflow=workflow)
    covered = _covered(plots, joined)
    everything = np.ones(len(frame), dtype=bool)
    parts = [("", everything, schema.measures)]
    if schema.class_field is not None:
        classes = symbology.classes(frame, schema)
        by_class = tuple(name for name in schema.measures if name in BY_CLASS)
        parts += [
            (each, (classes == each).to_numpy(), by_class) for each in sorted(classes.unique())
        ]
    return _table([
        _rows(plots, meeting, (category, mask, name), covered)
        for category, mask, names in parts
        for name in names
    ])


def _rows(
    plots: gpd.GeoDataFrame, meeting: _Meeting, part: tuple[str, Mask, str], covered: Mask
) -> pd.DataFrame:
    category, mask, name = part
    value, feature = MEASURES[name](meeting, mask)
    met = value == 0 if name.startswith("nearest") else value > 0
    met |= np.isnan(value) & (feature >= 0)
    known = covered | (met & (name in PRESENCE))
    ids = np.append(meeting.frame.index.to_numpy(dtype=object), "")
    return pd.DataFrame({
        "plot_id": plots.index,
        "layer": meeting.schema.id,
        "category": category,
        "measure": name,
        "value": np.where(known, value, np.nan),
        "feature_id": ids[np.where(known, feature, -1)],
        "coverage": np.select(
            [known & met, known], [Coverage.HIT.value, Coverage.CLEAR.value],
            Coverage.NO_COVERAGE.value,
        ),
    })


def _absent(plots: gpd.GeoDataFrame, schema: Schema, name: str, covered: Mask) -> pd.DataFrame:
    """Say of a layer without features: nothing known, or nothing there where it is complete."""
    nothing = np.nan if name.startswith("nearest") else 0.0
    return pd.DataFrame({
        "plot_id": plots.index,
        "layer": schema.id,
        "category": "",
        "measure": name,
        "value": np.where(covered, nothing, np.nan),
        "feature_id": "",
        "coverage": np.where(covered, Coverage.CLEAR.value, Coverage.NO_COVERAGE.value),
    })


def _covered(plots: gpd.GeoDataFrame, joined: Joined) -> Mask:
    """Tell which plots lie where the layer is known to be complete."""
    if not joined.complete:
        return np.zeros(len(plots), dtype=bool)
    if joined.coverage is None:
        return np.full(len(plots), joined.frame is not None and not joined.frame.empty)
    whole = shapely.union_all(shapely.make_valid(joined.coverage.to_numpy()))
    shapes = plots.geometry.to_numpy()
    outside = shapely.area(shapely.difference(shapes, whole))
    covered: Mask = outside <= measure.SLIVER_M2 * np.maximum(shapely.area(shapes), 1.0)
    return covered


def _table(parts: list[pd.DataFrame]) -> pd.DataFrame:
    if not parts:
        return pd.DataFrame(columns=list(MEASURE_COLUMNS)).astype({"value": "float64"})
    return pd.concat(parts, ignore_index=True)[list(MEASURE_COLUMNS)]


# --- one function for each measure --------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class _Meeting:
    """Plots and one layer, with what several measures need of them computed once."""

    plots: gpd.GeoDataFrame
    frame: gpd.GeoDataFrame
    schema: Schema
    workflow: Workflow

    @cached_property
    def plot_shapes(self) -> measure.Shapes:
        """The n plots."""
        shapes: measure.Shapes = self.plots.geometry.to_numpy()
        return shapes

    @cached_property
    def shapes(self) -> measure.Shapes:
        """The m features."""
        shapes: measure.Shapes = self.frame.geometry.to_numpy()
        return shapes

    @cached_property
    def areas(self) -> Pairs:
        """Square metres shared by each pair."""
        return measure.shared_area(self.plot_shapes, self.shapes)

    @cached_property
    def lengths(self) -> Pairs:
        """Metres of each line inside each plot."""
        return measure.shared_length(self.plot_shapes, self.shapes)

    @cached_property
    def nearest(self) -> measure.Nearest:
        """The nearest feature of each plot."""
        return measure.nearest(self.plot_shapes, self.shapes)

    @cached_property
    def has_floors(self) -> Mask:
        """Which features are buildings; structures and yards have no floor area."""
        mask: Mask = ~self.frame["class"].isin(["structure", "yard"]).to_numpy()
        return mask

    @cached_property
    def storeys(self) -> Figures:
        """The storeys that the buildings are said to have."""
        stated: Figures = self.frame["storeys"].to_numpy(dtype="float64")
        return stated

    @cached_property
    def by_height(self) -> tuple[Figures, Figures]:
        """The storeys whose heights are stated, and the tall ones among them."""
        return measure.storeys_by_height(self.frame["storey_heights_m"])

    def floors(self, counted: Figures) -> Pairs:
        """Floor area of each meeting pair, a building shared by area; NaN if unknown."""
        counted = np.where(self.has_floors, counted, 0.0)
        feature = self.areas.feature
        return Pairs(self.areas.plot, feature, counted[feature] * self.areas.amount)

    def covered(self, mask: Mask) -> Figures:
        """Square metres of each plot that some of the features cover, counted once."""
        pairs = self.areas.where(mask[self.areas.feature])
        return measure.covered_area(self.plot_shapes, self.shapes, pairs)

    @cached_property
    def acquired(self) -> Mask:
        """Which parcels are in a state in which the land is in hand."""
        states = self.workflow.tracks["approval"].state
        codes = [each.code for each in states if each.acquired]
        mask: Mask = self.frame["state"].isin(codes).to_numpy()
        return mask


Measured = tuple[Figures, Positions]


def _sum(meeting: _Meeting, pairs: Pairs) -> Measured:
    """Add up by plot; the largest share decided."""
    n = len(meeting.plots)
    feature = np.full(n, -1, dtype=np.intp)
    order = np.argsort(pairs.amount, kind="stable")
    feature[pairs.plot[order]] = pairs.feature[order]
    return pairs.totals(n), feature


def _undecided(meeting: _Meeting, value: Figures) -> Measured:
    return value, np.full(len(meeting.plots), -1, dtype=np.intp)


def _overlap_m2(meeting: _Meeting, mask: Mask) -> Measured:
    """Area shared with the features."""
    return _sum(meeting, meeting.areas.where(mask[meeting.areas.feature]))


def _overlap_share(meeting: _Meeting, mask: Mask) -> Measured:
    """Area shared with the features, as a share of the plot's measured area."""
    value, feature = _overlap_m2(meeting, mask)
    return value / shapely.area(meeting.plot_shapes), feature


def _length_m(meeting: _Meeting, mask: Mask) -> Measured:
    """Length of the lines inside the plot."""
    return _sum(meeting, meeting.lengths.where(mask[meeting.lengths.feature]))


def _nearest_m(meeting: _Meeting, mask: Mask) -> Measured:
    """Distance to the nearest of the features."""
    if mask.all():
        return meeting.nearest.distance, meeting.nearest.feature
    positions = np.append(np.flatnonzero(mask), -1)
    found = measure.nearest(meeting.plot_shapes, meeting.shapes[mask])
    return found.distance, positions[found.feature]


def _access(meeting: _Meeting, mask: Mask) -> Mask:
    """Choose the roads that give access: those not closed to motor vehicles."""
    access: Mask = mask & (meeting.frame["motor"] != "no").to_numpy()
    return access


def _nearest_road_m(meeting: _Meeting, mask: Mask) -> Measured:
    """Distance to the centreline of the nearest road that gives access."""
    return _nearest_m(meeting, _access(meeting, mask))


def _nearest_width_m(meeting: _Meeting, mask: Mask) -> Measured:
    """Width of the nearest road that gives access."""
    _, feature = _nearest_road_m(meeting, mask)
    widths = np.append(meeting.frame["width_m"].to_numpy(dtype="float64"), np.nan)
    return widths[feature], feature


def _frontage_m(meeting: _Meeting, mask: Mask) -> Measured:
    """Boundary that fronts on access roads; unknown where one of unknown width is near."""
    limits = meeting.schema.parameters
    widths = meeting.frame["width_m"].to_numpy(dtype="float64")
    access = _access(meeting, mask)
    known = np.flatnonzero(access & np.isfinite(widths))
    length, road = measure.frontage(
        meeting.plot_shapes,
        meeting.shapes[known],
        widths[known] / 2 + limits["tolerance_m"],
        angle_deg=limits["angle_deg"],
    )
    feature = np.append(known, -1)[road]
    unknown = np.flatnonzero(access & ~np.isfinite(widths))
    near = measure.nearest(meeting.plot_shapes, meeting.shapes[unknown])
    unsure = near.distance <= limits["unknown_width_m"]
    length[unsure] = np.nan
    feature[unsure] = unknown[near.feature[unsure]]
    return length, feature


def _count(meeting: _Meeting, mask: Mask) -> Measured:
    """How many of the features share ground with the plot."""
    pairs = meeting.areas.where(mask[meeting.areas.feature])
    return _undecided(
        meeting, np.bincount(pairs.plot, minlength=len(meeting.plots)).astype("float64")
    )


def _covered_m2(meeting: _Meeting, mask: Mask) -> Measured:
    """Ground of the plot that the features cover, overlaps counted once."""
    return meeting.covered(mask), _overlap_m2(meeting, mask)[1]


def _counted(meeting: _Meeting) -> Pairs:
    """Floor area as the plot ratio counts it, by storey heights where they are stated."""
    heights = meeting.frame["storey_heights_m"]
    counted = measure.counted_storeys(meeting.storeys, heights, meeting.has_floors)
    return meeting.floors(counted)


def _floor_area_known_m2(meeting: _Meeting, _: Mask) -> Measured:
    """Floor area of the buildings whose storeys are known."""
    floors = _counted(meeting)
    return _sum(meeting, floors.where(np.isfinite(floors.amount)))


def _floor_area_m2(meeting: _Meeting, _: Mask) -> Measured:
    """Floor area of all buildings."""
    return _sum_of_all(meeting, _counted(meeting))


def _floor_by_storeys_m2(meeting: _Meeting, _: Mask) -> Measured:
    """Footprints by the number of storeys, each once."""
    return _sum_of_all(meeting, meeting.floors(meeting.storeys))


def _floor_by_heights_m2(meeting: _Meeting, _: Mask) -> Measured:
    """Floor area by the records of storeys alone, the tall ones twice."""
    listed, tall = meeting.by_height
    return _sum_of_all(meeting, meeting.floors(listed + tall))


def _floor_tall_m2(meeting: _Meeting, _: Mask) -> Measured:
    """Floor area that counting the tall storeys twice adds, where heights are stated."""
    floors = meeting.floors(meeting.by_height[1])
    return _sum(meeting, floors.where(np.isfinite(floors.amount)))


def _sum_of_all(meeting: _Meeting, floors: Pairs) -> Measured:
    """Add floor areas up; unknown where that of one building is."""
    value, feature = _sum(meeting, floors.where(np.isfinite(floors.amount)))
    unknown = np.isnan(floors.amount)
    value[floors.plot[unknown]] = np.nan
    feature[floors.plot[unknown]] = floors.feature[unknown]
    return value, feature


def _acquired_m2(meeting: _Meeting, _: Mask) -> Measured:
    """Area of the plot in parcels that are in hand."""
    return _undecided(meeting, meeting.covered(meeting.acquired))


def _not_acquired_m2(meeting: _Meeting, _: Mask) -> Measured:
    """Area of the plot not in hand; the largest parcel that is not decided."""
    missing = shapely.area(meeting.plot_shapes) - meeting.covered(meeting.acquired)
    return _without_noise(meeting, missing), _overlap_m2(meeting, ~meeting.acquired)[1]


def _no_parcel_m2(meeting: _Meeting, mask: Mask) -> Measured:
    """Area of the plot in no parcel."""
    outside = shapely.area(meeting.plot_shapes) - meeting.covered(mask)
    return _undecided(meeting, _without_noise(meeting, outside))


def _double_claim_m2(meeting: _Meeting, mask: Mask) -> Measured:
    """Area of the plot that parcels claim more than once, each claim after the first."""
    total, _ = _overlap_m2(meeting, mask)
    return _undecided(meeting, _without_noise(meeting, total - meeting.covered(mask)))


def _without_noise(meeting: _Meeting, difference: Figures) -> Figures:
    """Make the rounding that is left of a difference of areas zero."""
    noise = 1e-9 * shapely.area(meeting.plot_shapes) + measure.SLIVER_M2
    return np.where(difference <= noise, 0.0, difference)


MEASURES: Mapping[str, Callable[[_Meeting, Mask], Measured]] = {
    "overlap_m2": _overlap_m2,
    "overlap_share": _overlap_share,
    "length_m": _length_m,
    "nearest_m": _nearest_m,
    "nearest_road_m": _nearest_road_m,
    "nearest_width_m": _nearest_width_m,
    "frontage_m": _frontage_m,
    "count": _count,
    "covered_m2": _covered_m2,
    "floor_area_known_m2": _floor_area_known_m2,
    "floor_area_m2": _floor_area_m2,
    "floor_by_storeys_m2": _floor_by_storeys_m2,
    "floor_by_heights_m2": _floor_by_heights_m2,
    "floor_tall_m2": _floor_tall_m2,
    "acquired_m2": _acquired_m2,
    "not_acquired_m2": _not_acquired_m2,
    "no_parcel_m2": _no_parcel_m2,
    "double_claim_m2": _double_claim_m2,
    "footprint_m2": _overlap_m2,
}
"""What a schema may name under ``measures``: values by plot, and the feature that decided."""
