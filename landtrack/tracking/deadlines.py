"""Statutory days: which clocks run, until when, and which have run out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

import pandas as pd

from landtrack.model import Workflow
from landtrack.model.events import Event
from landtrack.tracking import calendars
from landtrack.tracking.events import (
    SHAPE_ACTIONS,
    by_feature,
    ordered,
    shapes_of,
    standing,
)

Started = dict[str, Event]
"""The clocks that run of a feature, each with the event that started it."""

CLOCK_COLUMNS = (
    "layer", "feature_id", "clock", "bound", "since", "due", "certain", "days_left", "overdue",
)


def running(workflow: Workflow, events: Iterable[Event], day: date) -> pd.DataFrame:
    """List the clocks that run on a day.

    Those of a feature that is split or merged go on for what comes of it, and end for itself.
    Returns: Columns ``CLOCK_COLUMNS``, soonest due first. ``since`` is the date of the starting
    event as stated; ``due`` the last day, counted from the last day that ``since`` may mean; not
    ``certain`` where that is a guess or holidays are not known; ``days_left`` calendar days, below
    0 when it is over; ``overdue`` for the clocks within which something had to be done.
    """
    rows = []
    for (layer, feature_id), started in _started(workflow, list(standing(events)), day).items():
        for code, event in started.items():
            clock = workflow.clocks[code]
            span = event.span
            due = calendars.after(span.last, clock.days, clock.unit, workflow.calendar)
            left = (due.day - day).days
            rows.append((
                layer, feature_id, code, clock.bound, event.at, due.day,
                due.certain and span.first == span.last, left,
                clock.bound == "at_most" and left < 0,
            ))
    table = pd.DataFrame(rows, columns=list(CLOCK_COLUMNS))
    return table.sort_values(["due", "layer", "feature_id"], ignore_index=True)


def soonest(workflow: Workflow, events: Iterable[Event], day: date | None = None) -> pd.DataFrame:
    """List the features that something has to be done about within statutory days.

    ``day``: By its end; by all events where not given.
    Returns: As :func:`running` does, the clock of each feature that is due first.
    """
    of_clocks = {
        name for name, (_, action) in workflow.actions.items() if action.starts or action.stops
    }
    of_clocks |= {*SHAPE_ACTIONS}
    own = [each for each in standing(events) if each.action in of_clocks]
    table = running(workflow, own, day or date.max)
    table = table[table["bound"] == "at_most"]
    return table.drop_duplicates(["layer", "feature_id"], ignore_index=True)


def _started(
    workflow: Workflow, events: list[Event], day: date
) -> dict[tuple[str, str], Started]:
    """Say which clocks run of each feature that is there at the end of a day."""
    histories = by_feature(events)
    heirs: dict[tuple[str, str], Started] = {}
    gone: set[tuple[str, str]] = set()
    for change in events:
        if change.action not in SHAPE_ACTIONS or change.span.last > day:
            continue
        sides = {
            side: {(change.layer, key) for key in keys} for side, keys in shapes_of(change).items()
        }
        left: Started = {}
        for each in sorted(sides["before"]):
            own = _walked(workflow, histories.get(each, []), change.span.last, heirs.get(each, {}))
            for code, event in own.items():  # of several that are merged the one due first
                left[code] = min(left.get(code, event), event, key=lambda one: one.span.last)
        heirs |= dict.fromkeys(sides["after"] - sides["before"], left)
        gone = (gone | (sides["before"] - sides["after"])) - sides["after"]
    return {
        each: _walked(workflow, histories.get(each, []), day, heirs.get(each, {}))
        for each in {**histories, **heirs} if each not in gone
    }


def _walked(
    workflow: Workflow, own: list[Event], day: date, begun: Mapping[str, Event]
) -> Started:
    """Follow the clocks of one feature by its events up to a day."""
    started = dict(begun)
    for event, _, last in ordered(own):
        known = workflow.actions.get(event.action)
        if known is None or last > day:
            continue
        for code in known[1].stops:
            started.pop(code, None)
        started |= {clock.id: event for clock in known[1].starts}
    return started
