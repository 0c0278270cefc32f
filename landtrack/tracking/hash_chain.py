"""The chain of the log: each row carries the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from landtrack.model import STATUS_COLUMNS
from landtrack.model.events import Event

START = "0" * 64
"""What stands before the first row."""


_values = attrgetter(*STATUS_COLUMNS)
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Link(NamedTuple):
    """A row's own hash, and that of the row before it."""

    previous: str
    sha256: str


class Break(NamedTuple):
    """Where the chain does not hold: the event (0 for the whole log), and what is wrong."""

    event: int
    fault: str


def link(event: Event, previous: str) -> Link:
    """Forge the link of one event.

    ``event``: The event, all of whose columns are hashed; who entered it only where that is known,
    as before there was that column.
    ``previous``: The hash of the event before it; ``START`` for the first.
    """
    values = _values(event)
    told = _json([previous, *(values if event.entered_by else values[:-1])])
    return Link(previous, hashlib.sha256(told.encode()).hexdigest())


def links(events: Iterable[Event], previous: str = START) -> list[Link]:
    """Forge the links of events that follow one another.

    ``events``: n events in the order of the log.
    Returns: n links.
    """
    forged = []
    for event in events:
        forged.append(link(event, previous))
        previous = forged[-1].sha256
    return forged


def breaks(
    rows: Sequence[tuple[Event, Link]], *, count: int | None = None, head: str | None = None
) -> list[Break]:
    """Find where a log was altered, shortened or put into another order.

    ``rows``: The events in the order of the log, each with the link that stands beside it.
    ``count``, ``head``: How many events the log should have and the hash of the last, where that is
    known from elsewhere.
    Returns: None where all holds.
    """
    found = []
    previous, number = START, 0
    for event, stated in rows:
        number += 1
        if event.event != number:
            found.append(Break(event.event, "out_of_order" if event.event < number else "missing"))
            number = event.event
        elif stated.previous != previous:
            found.append(Break(event.event, "does_not_follow"))
        if link(event, stated.previous).sha256 != stated.sha256:
            found.append(Break(event.event, "altered"))
        previous = stated.sha256
    if count is not None and len(rows) != count:
        found.append(Break(0, "shortened" if len(rows) < count else "lengthened"))
    elif head is not None and head != previous:
        found.append(Break(0, "replaced"))
    return found
