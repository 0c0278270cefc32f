"""New events: judged before they enter the log, all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date

import msgspec

from landtrack.model import Workflow
from landtrack.model.errors import TableError
from landtrack.model.events import Event
from landtrack.tracking.events import (
    INHERITED,
    RECORDED,
    SHAPE_ACTIONS,
    UNDO,
    by_feature,
    ordered,
    standing,
)
from landtrack.tracking.lineage import ancestors, retired
from landtrack.tracking.states import Held, Refusal, refusals, states

NONE = Held("", None)
ON_ENTRY = ("unknown_feature", "in_the_future", "twice", "nothing_to_undo", "retired",
            "unknown_action")
"""The faults that an event has of its own, whatever else is entered."""


def filled(
    workflow: Workflow, log: Sequence[Event], asked: Iterable[Event], after: int | None = None
) -> list[Event]:
    """Give events their numbers, tracks and states.

    ``log``: The log, or as much of it as is about their features.
    ``after``: How many events the whole log has; as many as given by default.
    ``asked``: n events to enter, of which action, feature and date are given.
    Returns: n events, numbered on from the log; ``from_state`` is what the feature's events, those
    entered together included, lead to at that time.
    """
    known = {feature: list(own) for feature, own in by_feature(log).items()}
    made = []
    start = (len(log) if after is None else after) + 1
    for number, event in enumerate(asked, start=start):
        track, sets = event.track, event.to_state
        if event.action in workflow.actions:
            track, action = workflow.actions[event.action]
            sets = action.sets
        own = known.setdefault(event.feature, [])
        whole = msgspec.structs.replace(event, event=number, track=track, to_state=sets)
        before = ordered(standing(own))
        order = ordered(standing([*own, whole]))
        if event.action != UNDO:
            before = order[:[each.event.event for each in order].index(number)]
        else:
            sets = states(order).get(track, NONE).state
        whole = msgspec.structs.replace(
            whole, to_state=sets, from_state=states(before).get(track, NONE).state
        )
        own.append(whole)
        made.append(whole)
    return made


def judged(
    workflow: Workflow, log: Sequence[Event], fresh: Sequence[Event], *,
    known: Collection[tuple[str, str]], today: date,
) -> list[Refusal]:
    """Say which of the events to be entered may not be.

    ``fresh``: The events to enter, as :func:`filled` made them.
    Returns: Empty where all may enter. An event that was allowed before and is no longer, such as
    one that rests on another that is taken back, is among them.
    """
    touched = {event.feature for event in fresh}
    touched |= ancestors(log, touched)
    own = [each for each in log if each.feature in touched]
    before = {what(event) for event in standing(own)}
    gone = retired(log)
    found = []
    for event in fresh:
        if _is_late(event, gone.get(event.feature)):
            found.append(Refusal(event, "retired", facts=(gone[event.feature].at,)))
        elif event.action == INHERITED or event.action in SHAPE_ACTIONS:
            found.append(Refusal(event, "unknown_action", facts=tuple(workflow.actions)))
        elif event.feature not in known:
            found.append(Refusal(event, "unknown_feature"))
        elif event.span.first > today and event.action != RECORDED:
            found.append(Refusal(event, "in_the_future", facts=(today,)))
        elif event.action == UNDO:
            found += _undo(own, event)
        elif what(event) in before:
            found.append(Refusal(event, "twice"))
        before.add(what(event))
    bad = {refusal.event.event for refusal in found}
    already = {each.event.event for each in refusals(workflow, own)}
    own += [each for each in fresh if each.event not in bad]
    found += [each for each in refusals(workflow, own) if each.event.event not in already]
    return found


def _is_late(event: Event, ended: Event | None) -> bool:
    """Tell whether an event may be later than the one that ended its feature."""
    return ended is not None and event.action != UNDO and event.span.last >= ended.span.first


def _undo(log: Sequence[Event], event: Event) -> list[Refusal]:
    """Judge an event that takes another back."""
    if not event.note.strip():
        return [Refusal(event, "incomplete", facts=("note",))]
    if event.undoes not in {each.event for each in standing(log)}:
        return [Refusal(event, "nothing_to_undo", facts=(event.undoes,))]
    return []


def what(event: Event) -> tuple[str, ...]:
    """Say what an event is, apart from when it was entered and by whom.

    Returns: The same for two entries of one thing that happened.
    """
    return (
        event.layer, event.feature_id, event.track, event.action, event.at, event.document_no,
        str(event.undoes),
    )


def allowed(
    workflow: Workflow, log: Sequence[Event], asked: Sequence[Event], *,
    known: Collection[tuple[str, str]], today: date,
) -> tuple[list[Event], list[Refusal]]:
    """Part events into those that may enter and those that may not.

    ``asked``: Events to enter, without numbers.
    Returns allowed : list of Event: As :func:`filled` makes them; together they may all enter.
    """
    left, refused = [], []
    for event in asked:
        if fault := _unreadable(event):
            refused.append(fault)
        else:
            left.append(event)
    while True:
        fresh = filled(workflow, log, left)
        found = judged(workflow, log, fresh, known=known, today=today)
        if not found:
            return [msgspec.structs.replace(event, row=0) for event in fresh], refused
        out = _first_of_each(found, fresh, older=len(log))
        refused += out.values()
        left = [
            event for event, numbered in zip(left, fresh, strict=True)
            if numbered.event not in out
        ]


def _first_of_each(
    found: Sequence[Refusal], fresh: Sequence[Event], *, older: int
) -> dict[int, Refusal]:
    """Take of each feature the first refusal: those that follow may be for its sake alone.

    Where it is an earlier event of the log that would no longer be allowed, the last of the
    feature's new events has to go.
    """
    out: dict[int, Refusal] = {}
    seen: set[tuple[str, str]] = set()
    for each in found:
        feature = each.event.feature
        if feature in seen and each.fault not in ON_ENTRY:
            continue
        if each.fault not in ON_ENTRY:
            seen.add(feature)
        if each.event.event <= older:
            last = [event for event in fresh if event.feature == feature][-1]
            out.setdefault(last.event, each._replace(event=last))
        else:
            out.setdefault(each.event.event, each)
    return out


def _unreadable(event: Event) -> Refusal | None:
    try:
        _ = event.span
    except TableError:
        return Refusal(event, "unreadable", facts=(event.at,))
    return None
