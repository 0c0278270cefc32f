"""When land could be in hand, by the days that the law sets."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from landtrack.model import NO_STATE, Action, Track, Workflow
from landtrack.tracking import Placed, states
from landtrack.tracking.calendars import after


class Ahead(NamedTuple):
    """The way from a state to land in hand.

    ``earliest`` is the day if every step follows at once and only the least times run;
    ``by_terms`` the day if every authority takes the whole time it may. ``steps`` are the
    actions still to come, ``open_ended`` those of them for which no law sets a time: they
    take no day here. All None and empty where no way leads there.
    """

    earliest: date | None
    by_terms: date | None
    steps: tuple[str, ...]
    open_ended: tuple[str, ...]


NO_WAY = Ahead(None, None, (), ())


def ahead(
    workflow: Workflow, name: str, placed: Sequence[Placed], day: date
) -> Ahead:
    """Walk the shortest way from a feature's state to one in which land is in hand.

    ``placed``: The feature's events in their order.
    Returns: Steps on other tracks that a step needs are not counted.
    """
    track = workflow.track(name)
    held = states(placed, day).get(name)
    way = _way(track, held.state if held else NO_STATE)
    if way is None:
        return NO_WAY
    earliest = by_terms = day
    started = _started(workflow, placed, day)
    open_ended = []
    for action in way:
        timed = False
        for code in action.stops:
            clock = workflow.clocks[code]
            since = started.pop(code, None)
            if since is None:
                continue
            timed = True
            for bound, start in (("at_least", since[0]), ("at_most", since[1])):
                due = after(start, clock.days, clock.unit, workflow.calendar).day
                if bound == clock.bound == "at_least":
                    earliest = max(earliest, due)
                    by_terms = max(by_terms, due)
                elif bound == clock.bound:
                    by_terms = max(by_terms, due)
        if not timed:
            open_ended.append(action.code)
        started |= {clock.id: (earliest, by_terms) for clock in action.starts}
    return Ahead(earliest, by_terms, tuple(each.code for each in way), tuple(open_ended))


def _started(
    workflow: Workflow, placed: Sequence[Placed], day: date
) -> dict[str, tuple[date, date]]:
    """List the clocks that run on a day, each with the first and last day it may have begun."""
    running: dict[str, tuple[date, date]] = {}
    for event, _, last in placed:
        known = workflow.actions.get(event.action)
        if known is None or last > day:
            continue
        for code in known[1].stops:
            running.pop(code, None)
        running |= {clock.id: (event.span.first, event.span.last) for clock in known[1].starts}
    return running


def _way(track: Track, state: str) -> list[Action] | None:
    """Find the fewest actions from a state to one that is acquired."""
    acquired = {each.code for each in track.state if each.acquired}
    waiting: deque[tuple[str, list[Action]]] = deque([(state, [])])
    seen = {state}
    while waiting:
        here, way = waiting.popleft()
        if here in acquired:
            return way
        for action in track.action:
            if here in action.leaves and action.sets not in seen:
                seen.add(action.sets)
                waiting.append((action.sets, [*way, action]))
    return None
