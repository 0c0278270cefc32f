"""Land by state, on a day and over time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

import geopandas as gpd
import pandas as pd

from landtrack.model import NO_STATE, Schema, Track
from landtrack.tracking import Event, Held, by_feature, ordered, shapes_of_day, standing, states

STATE_COLUMNS = ("day", "state", "features", "area_m2")
HA_M2, MU_M2 = 10_000.0, 10_000.0 / 15
"""A hectare and a mu in square metres: fifteen mu are one hectare."""


def by_state(
    layers: Mapping[str, gpd.GeoDataFrame], schemas: Mapping[str, Schema], kind: str,
    log: Iterable[Event], days: Sequence[date],
) -> pd.DataFrame:
    """Count the features of a layer and sum their areas by state, on each of several days.

    Returns: Columns ``STATE_COLUMNS``, in the order of the days; ``state`` is ``""`` where none was
    reached by the day. The areas of a day are those of its shapes.
    """
    log = list(log)
    track = next(each.choices_from for each in schemas[kind].field if each.choices_from)
    histories = {
        key: ordered(own) for (layer, key), own in by_feature(standing(log)).items()
        if layer == kind
    }
    tables = []
    for day in days:
        frame = shapes_of_day({kind: layers[kind]}, schemas, log, day)[kind]
        held = [
            states(histories.get(str(key), ()), day).get(track, Held(NO_STATE, None)).state
            for key in frame.index
        ]
        grouped = frame.geometry.area.groupby(pd.Series(held, index=frame.index, dtype="object"))
        tables.append(pd.DataFrame({
            "day": day, "state": list(grouped.groups), "features": grouped.size().to_numpy(),
            "area_m2": grouped.sum().to_numpy(),
        }))
    return pd.concat(tables, ignore_index=True)[list(STATE_COLUMNS)]


def days_of(log: Iterable[Event], kind: str, last: date, most: int = 24) -> list[date]:
    """Choose the days for a history: the first event, the ends of months, the last day.

    Returns: Rising; the last day alone where nothing is dated.
    """
    spans = [event.span for event in standing(log) if event.layer == kind]
    firsts = [span.first for span in spans if date.min < span.first <= last]
    if not firsts:
        return [last]
    ends, day = [], min(firsts).replace(day=1)
    while day <= last:
        day = (day + timedelta(32)).replace(day=1)
        ends.append(day - timedelta(1))
    return [*[each for each in ends if each < last][-most:], last]


def in_order(table: pd.DataFrame, track: Track) -> list[str]:
    """List the states of a table in the order of their track, no state first.

    ``table``: What :func:`by_state` gave.
    """
    there = set(table["state"])
    return [code for code in (NO_STATE, *track.codes) if code in there]
