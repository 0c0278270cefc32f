"""Opens a log with the states that files state, and gives layers the states of a day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import geopandas as gpd
import pandas as pd

from landtrack.model import Schema, partial_dates
from landtrack.model.events import Event
from landtrack.tracking.events import RECORDED, by_feature, ordered, standing
from landtrack.tracking.states import Held, states


def stated(
    layers: Mapping[str, gpd.GeoDataFrame], schemas: Mapping[str, Schema],
    log: Iterable[Event], *, of_file: date, recorded_at: str,
) -> list[Event]:
    """Make the entries for states that files state and the log does not lead to.

    ``layers``: Layers by kind, indexed by key.
    ``schemas``: The kinds; a field ``choices_from`` a track holds states of that track.
    ``of_file``: The day of which the files tell: a state without a date was so by then.
    Returns: One ``recorded`` for each feature whose state by the log is another than its file
    states and was not recorded before, not even to be taken back; numbered on from the log, in the
    order of the layers.
    """
    log = list(log)
    number = len(log)
    histories = by_feature(standing(log))
    recorded = {_what(event) for event in log if event.action == RECORDED}
    entries = []
    for kind, frame in layers.items():
        track = schemas[kind].state_field
        if track is None:
            continue
        field, name = track
        known = frame[frame[field].notna()]
        blank = pd.Series(pd.NA, index=known.index, dtype="object")
        for key, state, on, document, source in zip(
            known.index.astype("str"), known[field], known.get("state_on", blank),
            known.get("document_no", blank), known["source"], strict=True,
        ):
            at = partial_dates.by(of_file) if pd.isna(on) else pd.Timestamp(on).date().isoformat()
            own = histories.get((kind, key), [])
            if (kind, key, name, state, at) in recorded or _told(own, name, state, at):
                continue
            number += 1
            entries.append(Event(
                event=number, layer=kind, feature_id=key, track=name, at=at, action=RECORDED,
                from_state=states(ordered(own)).get(name, Held("", None)).state,
                to_state=state, document_no="" if pd.isna(document) else str(document),
                by=source, recorded_at=recorded_at,
            ))
    return entries


def _what(event: Event) -> tuple[str, str, str, str, str]:
    return event.layer, event.feature_id, event.track, event.to_state, event.at


def _told(own: list[Event], track: str, state: str, at: str) -> bool:
    """Tell whether a feature's events say already that it was in a state by a date."""
    day = partial_dates.parse(at).last
    held = states(ordered(own), day).get(track)
    return (held is not None and held.state == state) or any(
        event.track == track and event.action == RECORDED and event.to_state == state
        and partial_dates.parse(event.at).last <= day for event in own
    )


def of_day(
    layers: Mapping[str, gpd.GeoDataFrame], schemas: Mapping[str, Schema],
    log: Iterable[Event], day: date | None,
) -> dict[str, gpd.GeoDataFrame]:
    """Give features the states that the log leads to.

    ``layers``: Layers by kind, indexed by key.
    ``day``: As of the end of this day; all events where not given.
    Returns: The same features. A feature with events has the state they lead to, missing where none
    was reached by the day, with ``state_on`` (missing for a coarse date) and ``document_no`` where
    the kind has them.
    """
    histories = {  # where all was taken back there is no state, whatever the file says
        feature: states(ordered(standing(own)), day) for feature, own in by_feature(log).items()
    }
    found = dict(layers)
    for kind, frame in layers.items():
        track = schemas[kind].state_field
        if track is None or frame.empty:
            continue
        field, name = track
        held = {
            key: histories[kind, str(key)].get(name, Held("", None))
            for key in frame.index if (kind, str(key)) in histories
        }
        found[kind] = _with_states(frame, field, held)
    return found


def _with_states(
    frame: gpd.GeoDataFrame, field: str, held: Mapping[object, Held]
) -> gpd.GeoDataFrame:
    """Put states, their days and their documents in the place of those of the file."""
    keys = list(held)
    changed = {field: frame[field].copy()}
    changed[field].loc[keys] = [each.state or None for each in held.values()]
    if "state_on" in frame:
        on = [
            span.last if each.event is not None and (span := each.event.span).first == span.last
            else None for each in held.values()
        ]
        changed["state_on"] = frame["state_on"].copy()
        changed["state_on"].loc[keys] = pd.to_datetime(pd.Series(on, dtype="object")).to_numpy()
    if "document_no" in frame:
        changed["document_no"] = frame["document_no"].copy()
        changed["document_no"].loc[keys] = [
            (each.event.document_no if each.event else "") or None for each in held.values()
        ]
    return frame.assign(**changed)
