"""Joins the layers to the plots: the measures table.

For every plot, layer kind and measure there is a row, also where nothing is met: ``clear``
where the layer was looked through, ``no_coverage`` where nothing is known.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from landtrack.model import MEASURE_COLUMNS, Basis, Coverage, Issue, Schema, Workflow, issues
from landtrack.model.assessment import LayerSet
from landtrack.model.classes import classify
from landtrack.model.errors import TableError
from landtrack.spatial import crs, measures as measure, plot_figures
from landtrack.spatial.join import footprints as footprints
from landtrack.spatial.join.measures import MEASURES as MEASURES, Mask, Meeting as Meeting
from landtrack.spatial.measures import Figures

BY_CLASS = frozenset({"overlap_m2", "overlap_share", "length_m", "nearest_m", "inside_count"})
"""Measured for each class of a layer besides the whole of it."""

ABSENCES = frozenset({"not_acquired_m2", "no_parcel_m2"})
"""Measured of what is not there: without any feature, the whole of the plot."""

NO_KEYS = np.empty(0, dtype=object)

PRESENCE = frozenset({"overlap_m2", "overlap_share", "length_m"})
"""Known to be there even where the layer is not known to be complete."""


class Measured(NamedTuple):
    """What was measured: ``table`` with the columns of ``model.MEASURE_COLUMNS``, and ``slivers``.

    The key of the table is plot, layer, category, measure; the unit of ``value`` is the suffix of
    the measure's name, NaN is unknown. Of the slivers there is an issue for each plot and feature
    that share more than an edge or a corner, but no more than the layer's threshold.
    """

    table: pd.DataFrame
    slivers: list[issues.Row]


def measures(  # noqa: PLR0913  each is a thing of its own that a caller may leave out
    plots: gpd.GeoDataFrame, layers: Mapping[str, LayerSet], *, workflow: Workflow, basis: Basis,
    tall_m: Figures | None = None, perhaps_m: Figures | None = None,
    drawn_otherwise: Collection[str] = (),
) -> Measured:
    """Measure every plot, alone and against every layer kind, each once.

    ``plots``: n valid polygons in the working CRS, by ``plot_id``, with the plots' fields.
    ``layers``: By kind, the plots excepted; a kind without data has ``frame`` None.
    ``basis``: Whether declared or measured figures go into the indices.
    ``tall_m``: Above which height a storey counts twice, by plot, in metres; none does where not
    given.
    ``perhaps_m``: Above which height it may, by plot; as ``tall_m`` where not given.
    ``drawn_otherwise``: Plots that are drawn in several ways, by key: of them no measured figure is
    used.
    Raises CRSError: If the plots' CRS is none to measure in.
    Raises TableError: If a layer is in another CRS than the plots.
    """
    crs.require_metric(
        None if plots.crs is None else CRS.from_user_input(plots.crs), what="The plots layer",
        bounds=tuple(plots.total_bounds),
    )
    parts, rows, unsure = [], [], None
    for joined in layers.values():
        require_same(plots, joined)
        with measure.about(joined.schema.id):
            found, doubts, meeting = _measured(plots, joined, workflow, (tall_m, perhaps_m))
        parts.append(found)
        unsure = doubts if doubts is not None else unsure
        if meeting is not None:
            rows += _slivers(meeting)
    joined_measures = _table(plots, parts)
    own = plot_figures.of_plots(
        plots, joined_measures, basis=basis, unsure=unsure, drawn_otherwise=drawn_otherwise
    )
    return Measured(pd.concat([own, joined_measures], ignore_index=True), rows)


def require_same(plots: gpd.GeoDataFrame, joined: LayerSet) -> None:
    """Insist that a layer is in the CRS of the plots.

    Raises TableError: If it is not.
    """
    if joined.frame is None:
        return
    own, other = (CRS.from_user_input(each.crs) for each in (plots, joined.frame))
    if own != other:
        raise TableError(
            f"{joined.schema.id} is in {crs.name(other)}, the plots in {crs.name(own)}.",
            mend="Bring the layer into the working CRS with crs.to_crs first.",
        )


def against(
    plots: gpd.GeoDataFrame, joined: LayerSet, *, workflow: Workflow, tall_m: Figures | None = None
) -> pd.DataFrame:
    """Measure every plot against one layer kind.

    ``plots``: n valid polygons in the working CRS, by ``plot_id``.
    ``workflow``: For the states in which a parcel is acquired, or a building gone.
    ``tall_m``: Above which height a storey counts twice, by plot, in metres; none does where not
    given.
    Returns: Columns of ``model.MEASURE_COLUMNS``: per plot a row for each measure of the schema,
    and for the measures of :data:`BY_CLASS` one for each class.
    """
    return _table(plots, [_measured(plots, joined, workflow, (tall_m, None))[0]])


def _measured(
    plots: gpd.GeoDataFrame, joined: LayerSet, workflow: Workflow,
    tall_m: tuple[Figures | None, Figures | None],
) -> tuple[OfLayer, pd.DataFrame | None, Meeting | None]:
    """Measure plots against a kind; of buildings also say what is not sure of them."""
    schema = joined.schema
    known = covered(plots, joined)
    frame = joined.frame
    of_buildings = "floor_area_m2" in schema.measures
    if frame is not None and of_buildings:
        frame = footprints.standing(frame, joined, workflow)
    if frame is None or frame.empty:
        unsure = footprints.unsure(
            plots, joined, None, known, workflow=workflow
        ) if of_buildings else None
        parts = [_absent(plots, name, known) for name in schema.measures]
        return OfLayer(schema, parts, NO_KEYS), unsure, None
    meeting = Meeting(
        plots=plots, frame=frame, schema=schema, workflow=workflow, tall_m=tall_m[0],
        perhaps_m=tall_m[1],
    )
    unsure = footprints.unsure(
        plots, joined, meeting, known, workflow=workflow
    ) if of_buildings else None
    everything = np.ones(len(frame), dtype=bool)
    wanted = [("", everything, schema.measures)]
    if schema.class_field is not None:
        classes = classify(frame, schema)
        by_class = tuple(name for name in schema.measures if name in BY_CLASS)
        wanted += [
            (each, (classes == each).to_numpy(), by_class) for each in sorted(classes.unique())
        ]
    parts = [
        _part(meeting, category, mask, name, known)
        for category, mask, names in wanted
        for name in names
    ]
    return OfLayer(schema, parts, frame.index.to_numpy(dtype=object)), unsure, meeting


class Part(NamedTuple):
    """One measure of all plots against one class: a row each, in the order of the plots.

    ``feature`` is the number of the feature that decided, -1 where none did; ``coverage`` the
    number of one of :data:`COVERAGES`.
    """

    category: str
    measure: str
    value: Figures
    feature: npt.NDArray[np.intp]
    coverage: npt.NDArray[np.int8]


class OfLayer(NamedTuple):
    """The measures against one layer kind, with the keys of its features by their number."""

    schema: Schema
    parts: list[Part]
    keys: npt.NDArray[np.object_]


COVERAGES = (Coverage.NO_COVERAGE.value, Coverage.CLEAR.value, Coverage.HIT.value)


def _part(meeting: Meeting, category: str, mask: Mask, name: str, covered: Mask) -> Part:
    """Measure all plots by one measure against the features of a class."""
    value, feature = MEASURES[name](meeting, mask)
    met = value == 0 if name.startswith("nearest") else value > 0
    met |= np.isnan(value) & (feature >= 0)
    known = covered | (met & (name in PRESENCE))
    return Part(
        category, name, np.where(known, value, np.nan), np.where(known, feature, -1),
        np.where(known, 1 + met, 0).astype(np.int8),
    )


def _slivers(meeting: Meeting) -> list[issues.Row]:
    """List what is too small to be a hit, so that nothing is lost unnamed."""
    frame, schema = meeting.frame, meeting.schema
    least = measure.sliver(schema)
    if least <= measure.SLIVER_M2:
        return []
    lines = "sliver_m" in schema.parameters
    pairs = meeting.all_lengths if lines else meeting.areas
    pairs = pairs.where(pairs.amount <= least)
    unit = "m" if lines else "m²"
    sources, keys = (each.to_numpy(dtype=object) for each in (frame["source"], frame.index))
    return [
        issues.row(
            Issue.SLIVER_IGNORED, source=sources[feature], layer=schema.id,
            feature_id=str(keys[feature]), field="geometry",
            value=f"{meeting.plots.index[plot]}: {amount:.4f} {unit}",
        )
        for plot, feature, amount in zip(*pairs, strict=True)
    ]


def _absent(plots: gpd.GeoDataFrame, name: str, covered: Mask) -> Part:
    """Say of a layer without features: nothing known, or nothing there where it is complete."""
    nothing = np.full(len(plots), np.nan if name.startswith("nearest") else 0.0)
    met = name in ABSENCES
    if met:  # none of the plot is in a parcel
        nothing = shapely.area(plots.geometry.to_numpy())
    return Part(
        "", name, np.where(covered, nothing, np.nan), np.full(len(plots), -1),
        np.where(covered, 1 + met, 0).astype(np.int8),
    )


def covered(plots: gpd.GeoDataFrame, joined: LayerSet) -> Mask:
    """Tell which plots lie where the layer is known to be complete.

    ``plots``: n valid polygons in the working CRS.
    Returns ndarray of bool, (n,): False for all where a source of the layer is missing.
    """
    if not joined.complete:
        return np.zeros(len(plots), dtype=bool)
    if joined.coverage is None:
        return np.full(len(plots), joined.frame is not None and not joined.frame.empty)
    return measure.lies_within(
        plots.geometry.to_numpy(), measure.union(joined.coverage.to_numpy())
    )


def _table(plots: gpd.GeoDataFrame, layers: Sequence[OfLayer]) -> pd.DataFrame:
    """Put measures one under another, with the keys of the features that decided."""
    parts = [part for layer in layers for part in layer.parts]
    if not parts or not len(plots):
        return pd.DataFrame(columns=list(MEASURE_COLUMNS)).astype({"value": "float64"})
    each = np.arange(len(parts)).repeat(len(plots))
    own = np.concatenate([
        np.append(layer.keys, "")[np.concatenate([part.feature for part in layer.parts])]
        for layer in layers if layer.parts
    ])

    def one_of(listed: Iterable[str], which: npt.NDArray[np.integer[Any]]) -> object:
        return pd.array(list(listed), dtype="str").take(which)

    return pd.DataFrame({
        "plot_id": plots.index.take(np.tile(np.arange(len(plots)), len(parts))),
        "layer": one_of((layer.schema.id for layer in layers for _ in layer.parts), each),
        "category": one_of((part.category for part in parts), each),
        "measure": one_of((part.measure for part in parts), each),
        "value": np.concatenate([part.value for part in parts]),
        "feature_id": own,
        "coverage": one_of(COVERAGES, np.concatenate([part.coverage for part in parts])),
    })[list(MEASURE_COLUMNS)]
