"""The state of a feature is the fold of its events; nothing sets it directly.

Pure functions: from a workflow and events to states, or to the reasons why an event may not
be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from landtrack.model import NO_STATE, Action, Clock, Workflow
from landtrack.model.events import Event
from landtrack.tracking import calendars
from landtrack.tracking.events import (
    ENTRIES,
    SHAPE_ACTIONS,
    Placed,
    by_feature,
    ordered,
    shapes_of,
    standing,
)


class Held(NamedTuple):
    """The state of a feature on a track, since when, and by which event.

    ``perhaps`` is the state that an event of a coarse date may have brought by the day.
    """

    state: str
    event: Event | None
    perhaps: str = ""


class Needed(NamedTuple):
    """The states of another track one of which an action needs."""

    track: str
    states: tuple[str, ...]


class Running(NamedTuple):
    """A clock that runs until a day, after which an action may come."""

    clock: str
    until: date


class Areas(NamedTuple):
    """What features covered before and after a change of shapes, in m²."""

    before: float
    after: float


class Ground(NamedTuple):
    """Ground that is covered, in m²."""

    area: float


Fact = str | int | date | Needed | Running | Areas | Ground


class Refusal(NamedTuple):
    """Why an event may not be: what is the matter (a code), and the facts.

    ``state`` is that of the feature at that time, ``leaves`` those that the action may leave.
    ``facts`` are by the fault: what the event lacks (the names of its fields, states of other
    tracks, a clock that runs), the actions or kinds that there are, keys, days, areas.
    """

    event: Event
    fault: str
    state: str = ""
    leaves: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


def states(placed: Sequence[Placed], day: date | None = None) -> dict[str, Held]:
    """Fold the events of one feature.

    ``placed``: Its events in their order.
    ``day``: Only what had happened by the end of this day; all where not given.
    Returns: By track on which anything happened, or may have by that day.
    """
    held: dict[str, Held] = {}
    for event, first, last in placed:
        known = held.get(event.track, Held(NO_STATE, None))
        if day is None or last <= day:
            held[event.track] = Held(event.to_state, event)
        elif first <= day:
            held[event.track] = known._replace(perhaps=event.to_state)
    return held


def refusals(workflow: Workflow, events: Iterable[Event]) -> list[Refusal]:
    """Find the events that their features' histories do not allow.

    A clock that must run out goes on for what comes of a feature that is split or merged.
    Returns: One for each such event; a history is followed further as if it had been allowed.
    """
    found = []
    own_events = list(standing(events))
    histories = by_feature(own_events)
    past = _past(own_events, histories)
    for feature, own in histories.items():
        order = ordered(own)
        held: dict[str, str] = {}
        for place, each in enumerate(order):
            if refusal := _refusal(
                workflow, held, [*past.get(feature, ()), *order[:place]], each
            ):
                found.append(refusal)
            held[each.event.track] = each.event.to_state
    return found


def _past(
    events: Iterable[Event], histories: Mapping[tuple[str, str], Sequence[Event]]
) -> dict[tuple[str, str], list[Placed]]:
    """Give what came of a change of shapes what had happened to those that it comes from."""
    past: dict[tuple[str, str], list[Placed]] = {}
    for change in events:
        if change.action not in SHAPE_ACTIONS:
            continue
        sides = shapes_of(change)
        happened = [
            each for key in sides["before"] for each in (
                *past.get((change.layer, key), ()),
                *ordered(histories.get((change.layer, key), ())),
            )
        ]
        happened.sort(key=lambda each: each.first)
        past |= {
            (change.layer, key): happened for key in sides["after"] if key not in sides["before"]
        }
    return past


def _refusal(
    workflow: Workflow, held: Mapping[str, str], earlier: Sequence[Placed], placed: Placed
) -> Refusal | None:
    """Judge one event by the states held when it happened."""
    event = placed.event
    if refusal := _stranger(workflow, event):
        return refusal
    if event.action in ENTRIES or event.action in SHAPE_ACTIONS:
        return None
    action = workflow.actions[event.action][1]
    refusal = Refusal(event, "", held.get(event.track, NO_STATE), action.leaves)
    if refusal.state not in action.leaves:
        return refusal._replace(fault="forbidden")
    if missing := _missing(action, event, held):
        return refusal._replace(fault="incomplete", facts=missing)
    if running := _running(workflow, action, earlier, placed):
        return refusal._replace(fault="too_early", facts=(running,))
    return None


def _stranger(workflow: Workflow, event: Event) -> Refusal | None:
    """Refuse an event whose track, action or kind of feature the workflow does not have."""
    track = workflow.tracks.get(event.track)
    if event.action in SHAPE_ACTIONS:
        return None
    if event.action in ENTRIES:
        return None if track and event.to_state in track.codes else Refusal(event, "unknown_state")
    known = workflow.actions.get(event.action)
    if track is None or known is None or known[0] != event.track:
        return Refusal(event, "unknown_action", facts=tuple(workflow.actions))
    if event.layer not in track.kinds:
        return Refusal(event, "wrong_kind", facts=tuple(track.kinds))
    return None


def _missing(action: Action, event: Event, held: Mapping[str, str]) -> tuple[Fact, ...]:
    """Say what an action needs that is not there."""
    lacks = action.document and not event.document_no.strip()
    return (*(["document"] if lacks else []), *(
        Needed(track, tuple(wanted))
        for track, wanted in action.needs.items() if held.get(track, NO_STATE) not in wanted
    ))


def _running(
    workflow: Workflow, action: Action, earlier: Sequence[Placed], placed: Placed
) -> Running | None:
    """Name a clock that must run out before an action, and for certain has not."""
    for code in action.stops:
        clock = workflow.clocks[code]
        if clock.bound != "at_least":
            continue
        started = [
            each for each in earlier
            if code in {one.id for one in _starts(workflow, each.event)}
        ]
        if started:
            due = calendars.after(started[-1].first, clock.days, clock.unit, workflow.calendar)
            if placed.last <= due.day:
                return Running(code, due.day)
    return None


def _starts(workflow: Workflow, event: Event) -> tuple[Clock, ...]:
    known = workflow.actions.get(event.action)
    return known[1].starts if known else ()
