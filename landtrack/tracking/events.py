"""Events: what happened to a feature on a track, and in which order."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple

import pandas as pd

from landtrack.model import STATUS_COLUMNS
from landtrack.model.events import Event

RECORDED = "recorded"
"""The action of an entry that says which state a file states: not a step that was watched."""

UNDO = "undo"
"""The action of an event that takes an earlier one back."""

INHERITED = "inherited"
"""The action of an entry by which a feature begins with the state of the one it comes from."""

ENTRIES = (RECORDED, INHERITED)
"""Actions that state what is, from whatever was before."""

SHAPE = "shape"
"""The track of the changes of shapes."""

SHAPE_ACTIONS = ("split", "merge", "change_boundary", "correct_shape")

INTEGERS = ("event", "undoes")


class Placed(NamedTuple):
    """An event in the order of a feature's history.

    It had happened for certain by the end of ``last``, as had all before it; it had not
    before ``first``.
    """

    event: Event
    first: date
    last: date


def to_table(events: Iterable[Event]) -> pd.DataFrame:
    """Put events into a table.

    ``events``: n events.
    Returns: n rows with the columns of ``model.STATUS_COLUMNS``; text is never missing.
    """
    rows = [[getattr(event, name) for name in STATUS_COLUMNS] for event in events]
    table = pd.DataFrame(rows, columns=list(STATUS_COLUMNS))
    return table.astype(
        {name: "int64" if name in INTEGERS else "str" for name in STATUS_COLUMNS}
    )


def from_table(table: pd.DataFrame) -> list[Event]:
    """Take the events out of a table.

    ``table``: n rows with the columns of ``model.STATUS_COLUMNS``.
    Returns: n events in the order of the rows.
    """
    kept = table.reindex(columns=list(STATUS_COLUMNS)).fillna("")
    return [Event(**_typed(row)) for row in kept.to_dict("records")]


def _typed(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: int(value) if name in INTEGERS else str(value) for name, value in row.items()}


def standing(events: Iterable[Event]) -> list[Event]:
    """Leave out the events that were taken back, and those that took them back.

    Returns: The others, in the same order.
    """
    events = list(events)
    taken_back = {event.undoes for event in events if event.action == UNDO}
    return [
        event for event in events if event.event not in taken_back and event.action != UNDO
    ]


def by_feature(events: Iterable[Event]) -> dict[tuple[str, str], list[Event]]:
    """Part events by feature.

    Returns: By layer kind and key, each in the order given.
    """
    found: dict[tuple[str, str], list[Event]] = defaultdict(list)
    for event in events:
        found[event.feature].append(event)
    return dict(found)


def ordered(events: Iterable[Event]) -> list[Placed]:
    """Bring the events of one feature into the order in which they happened.

    ``events``: n events of one feature, none of them taken back.
    Returns: By date; where the dates leave the order open, as they were entered. The bounds never
    fall along the list.
    """
    left = sorted(((event, event.span) for event in events), key=lambda pair: pair[0].event)
    order = []
    while left:
        soonest = min(span.last for _, span in left)
        place = next(i for i, (_, span) in enumerate(left) if span.first <= soonest)
        order.append(left.pop(place))
    firsts, lasts = [], []
    latest, earliest = date.min, date.max
    for _, span in order:
        latest = max(latest, span.first)
        firsts.append(latest)
    for _, span in reversed(order):
        earliest = min(earliest, span.last)
        lasts.append(earliest)
    return [
        Placed(event, first, last)
        for (event, _), first, last in zip(order, firsts, reversed(lasts), strict=True)
    ]


def shapes_of(event: Event) -> dict[str, dict[str, str]]:
    """Read the shapes of an event.

    Returns: ``before`` and ``after``: hexadecimal WKB by key. Both empty where it holds none.
    """
    read: dict[str, dict[str, str]] = json.loads(event.shapes) if event.shapes else {}
    return {"before": read.get("before", {}), "after": read.get("after", {})}
