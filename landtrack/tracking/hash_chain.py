"""The chain of the log: each row carries the hash of the one before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any, NamedTuple

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
    return Link(previous, _hash(_values(event), previous))


def _hash(values: Sequence[Any], previous: str) -> str:
    """Hash the columns of an event, of which the last says who entered it."""
    told = _json([previous, *(values if values[-1] else values[:-1])])
    return hashlib.sha256(told.encode()).hexdigest()


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
    return breaks_of_rows(((*_values(event), *stated) for event, stated in rows), count=count,
                          head=head)


def altered(rows: Iterable[Sequence[Any]]) -> list[Break]:
    """Find the events that are not what was hashed, of a part of a log, in any order.

    ``rows``: The columns of each event, then the two of its link.
    Returns: None where each is as it was entered; that none is missing only the whole log tells.
    """
    return [
        Break(values[0], "altered") for *values, before, sha256 in rows
        if _hash(values, before) != sha256
    ]


def breaks_of_rows(
    rows: Iterable[Sequence[Any]], *, count: int | None = None, head: str | None = None
) -> list[Break]:
    """Find breaks as :func:`breaks` does.

    ``rows``: The columns of each event, then the two of its link.
    """
    found = []
    previous, number, length = START, 0, 0
    for *values, before, sha256 in rows:
        number, length = number + 1, length + 1
        event = values[0]
        if event != number:
            found.append(Break(event, "out_of_order" if event < number else "missing"))
            number = event
        elif before != previous:
            found.append(Break(event, "does_not_follow"))
        if _hash(values, before) != sha256:
            found.append(Break(event, "altered"))
        previous = sha256
    if count is not None and length != count:
        found.append(Break(0, "shortened" if length < count else "lengthened"))
    elif head is not None and head != previous:
        found.append(Break(0, "replaced"))
    return found
