"""Statutory days: which clocks run, until when, and which have run out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import pandas as pd

from landtrack.model import Workflow
from landtrack.model.events import Event
from landtrack.tracking import calendars
from landtrack.tracking.events import by_feature, ordered, standing

CLOCK_COLUMNS = (
    "layer", "feature_id", "clock", "bound", "since", "due", "certain", "days_left", "overdue",
)


def running(workflow: Workflow, events: Iterable[Event], day: date) -> pd.DataFrame:
    """List the clocks that run on a day.

    Returns: Columns ``CLOCK_COLUMNS``, soonest due first. ``since`` is the date of the starting
    event as stated; ``due`` the last day, counted from the last day that ``since`` may mean; not
    ``certain`` where that is a guess or holidays are not known; ``days_left`` calendar days, below
    0 when it is over; ``overdue`` for the clocks within which something had to be done.
    """
    rows = []
    for (layer, feature_id), own in by_feature(standing(events)).items():
        started: dict[str, Event] = {}
        for event, _, last in ordered(own):
            known = workflow.actions.get(event.action)
            if known is None or last > day:
                continue
            for code in known[1].stops:
                started.pop(code, None)
            started |= {clock.id: event for clock in known[1].starts}
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
    own = [each for each in standing(events) if each.action in of_clocks]
    table = running(workflow, own, day or date.max)
    table = table[table["bound"] == "at_most"]
    return table.drop_duplicates(["layer", "feature_id"], ignore_index=True)
