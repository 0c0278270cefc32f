"""Which services reach a plot, and which sets of them, such as 五通一平, are complete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from landtrack.model import Schema, Workflow
from landtrack.model.assessment import LayerSet
from landtrack.model.classes import classify
from landtrack.model.site import READINESS_COLUMNS, Item, Readiness, ReadinessSets, Reason
from landtrack.spatial import join

Mask = npt.NDArray[np.bool_]


class _Answer(NamedTuple):
    """Of one item at n plots: readiness, metres, the feature that decided, why."""

    readiness: npt.NDArray[np.object_]
    value: npt.NDArray[np.float64]
    feature: npt.NDArray[np.object_]
    reason: npt.NDArray[np.object_]


def readiness(
    plots: gpd.GeoDataFrame, layers: Mapping[str, LayerSet], sets: ReadinessSets, *,
    workflow: Workflow,
) -> pd.DataFrame:
    """Tell of every plot which services are there, by the sets that the data file names.

    ``plots``: n valid polygons in the working CRS, by ``plot_id``, with the plots' fields.
    ``layers``: By kind; a layer that is missing or without data leaves its items unknown.
    ``sets``: The items and sets, from :func:`landtrack.model.catalog.readiness`.
    Returns: Columns of ``model.site.READINESS_COLUMNS``: per plot and set a row for each item, and
    one for the set: ready if all items are, not ready if one is not, else unknown.
    Raises TableError: If a layer is in another CRS than the plots.
    """
    answers = _answers(plots, layers, sets, workflow)
    parts = []
    for each in sets.set:
        own = [answers[item] for item in each.items]
        for item, answer in zip(each.items, own, strict=True):
            parts.append(_rows(plots, each.id, item, answer))
        parts.append(_rows(plots, each.id, "", _whole(own)))
    if not parts:
        return pd.DataFrame(columns=list(READINESS_COLUMNS))
    return pd.concat(parts, ignore_index=True)


def complete(
    plots: gpd.GeoDataFrame, layers: Mapping[str, LayerSet], sets: ReadinessSets, *,
    workflow: Workflow,
) -> pd.DataFrame:
    """Tell of every plot which sets of services are complete, as :func:`readiness` does.

    ``plots``, ``layers``, ``sets``: As there.
    Returns: A row a plot, by ``plot_id``; a column of codes of readiness for each set, by its id.
    Raises TableError: If a layer is in another CRS than the plots.
    """
    answers = _answers(plots, layers, sets, workflow)
    return pd.DataFrame({
        each.id: _whole([answers[item] for item in each.items]).readiness for each in sets.set
    }, index=plots.index)


def _answers(
    plots: gpd.GeoDataFrame, layers: Mapping[str, LayerSet], sets: ReadinessSets,
    workflow: Workflow,
) -> dict[str, _Answer]:
    """Look for every item once."""
    return {
        item.id: _stated(plots, item) if item.fact else _measured(
            plots, layers.get(item.layer), item, (sets.serving, workflow)
        )
        for item in sets.item
    }


def _rows(plots: gpd.GeoDataFrame, set_id: str, item: str, answer: _Answer) -> pd.DataFrame:
    return pd.DataFrame({
        "plot_id": plots.index, "set": set_id, "item": item,
        "readiness": answer.readiness, "value_m": answer.value, "feature_id": answer.feature,
        "reason": answer.reason,
    })[list(READINESS_COLUMNS)]


def _whole(items: list[_Answer]) -> _Answer:
    """Sum up a set: what is not ready decides, then what is unknown."""
    table = np.array([each.readiness for each in items])
    missing = (table == Readiness.NOT_READY.value).any(axis=0)
    unknown = (table == Readiness.UNKNOWN.value).any(axis=0)
    n = table.shape[1]
    return _Answer(
        np.select(
            [missing, unknown], [Readiness.NOT_READY.value, Readiness.UNKNOWN.value],
            Readiness.READY.value,
        ).astype(object),
        np.full(n, np.nan), np.full(n, "", dtype=object), np.full(n, "", dtype=object),
    )


def _stated(plots: gpd.GeoDataFrame, item: Item) -> _Answer:
    """Read an item from the plot's field."""
    if item.fact in plots.columns:
        said = plots[item.fact].to_numpy(dtype=object)
    else:
        said = np.full(len(plots), None, dtype=object)
    yes, no = said == "yes", said == "no"
    n = len(plots)
    return _Answer(
        np.select(
            [yes, no], [Readiness.READY.value, Readiness.NOT_READY.value],
            Readiness.UNKNOWN.value,
        ).astype(object),
        np.full(n, np.nan), np.full(n, "", dtype=object),
        np.select(
            [yes, no], [Reason.FOUND.value, Reason.NOT_FOUND.value], Reason.NOT_STATED.value
        ).astype(object),
    )


def _measured(
    plots: gpd.GeoDataFrame, joined: LayerSet | None, item: Item,
    rules: tuple[tuple[str, ...], Workflow],
) -> _Answer:
    """Look for an item in its layer.

    What surely serves decides first; then what may: a feature whose state or class is not
    known, or a road whose width is not.
    """
    serving, workflow = rules
    n = len(plots)
    if joined is None or joined.frame is None or joined.frame.empty:
        known = (
            join.covered(plots, joined) if joined is not None and joined.frame is not None
            else np.zeros(n, dtype=bool)
        )
        return _Answer(
            np.where(known, Readiness.NOT_READY.value, Readiness.UNKNOWN.value).astype(object),
            np.full(n, np.nan), np.full(n, "", dtype=object),
            np.where(known, Reason.NOT_FOUND.value, Reason.NO_DATA.value).astype(object),
        )
    join.require_same(plots, joined)
    frame, schema = joined.frame, joined.schema
    meeting = join.Meeting(plots=plots, frame=frame, schema=schema, workflow=workflow)
    state = frame["state"]
    in_class, no_class = _of_classes(frame, schema, item)
    serves, stateless = state.isin(serving).to_numpy(), state.isna().to_numpy()
    sure, sure_at, doubt = _reached(meeting, in_class & serves, item)
    no_state, state_at, doubt_state = _reached(meeting, in_class & stateless, item)
    unclassed, class_at, doubt_class = _reached(meeting, no_class & (serves | stateless), item)
    known = join.covered(plots, joined)
    cases = [
        sure.reached, doubt, no_state.reached | doubt_state, unclassed.reached | doubt_class,
        ~known,
    ]
    reasons = [
        Reason.FOUND, Reason.WIDTH_UNKNOWN, Reason.STATE_UNKNOWN, Reason.CLASS_UNKNOWN,
        Reason.NO_DATA,
    ]
    said = [Readiness.READY, *[Readiness.UNKNOWN] * 4]
    ids = np.append(frame.index.to_numpy(dtype=object), "")
    nothing = np.full(n, -1, dtype=np.intp)
    return _Answer(
        np.select(cases, [each.value for each in said], Readiness.NOT_READY.value).astype(object),
        np.select(
            cases[:4], [sure.value, sure.value, no_state.value, unclassed.value], sure.value
        ),
        ids[np.select([*cases[:4], ~known], [sure_at, sure_at, state_at, class_at, nothing],
                      sure_at)],
        np.select(cases, [each.value for each in reasons], Reason.NOT_FOUND.value).astype(object),
    )


class _Reached(NamedTuple):
    """Which plots are reached, and the metres."""

    reached: Mask
    value: npt.NDArray[np.float64]


def _reached(
    meeting: join.Meeting, mask: Mask, item: Item
) -> tuple[_Reached, npt.NDArray[np.intp], Mask]:
    """Measure how some features reach the plots; the feature, and where it is not known."""
    if item.reach_m is None:
        value, feature = join.MEASURES["frontage_m"](meeting, mask)
        return _Reached(value > 0, value), feature, np.isnan(value) & (feature >= 0)
    value, feature = join.MEASURES["nearest_m"](meeting, mask)
    return _Reached(value <= item.reach_m, value), feature, np.zeros(len(value), dtype=bool)


def _of_classes(frame: gpd.GeoDataFrame, schema: Schema, item: Item) -> tuple[Mask, Mask]:
    """Tell which features are of the item's classes, and of which the class is not known."""
    if not item.classes or schema.class_field is None:
        return np.full(len(frame), fill_value=True), np.full(len(frame), fill_value=False)
    classes = classify(frame, schema)
    return (
        classes.isin(item.classes).to_numpy(),
        frame[schema.class_field].isna().to_numpy(),
    )
