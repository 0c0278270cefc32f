"""Events, states and refusals in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import pandas as pd
import shapely

from landtrack.model import NO_STATE, Workflow
from landtrack.model.translations import Words
from landtrack.output.wording.messages import Message, Title, say, tell
from landtrack.output.wording.phrases import quantity
from landtrack.tracking import (
    SHAPE,
    Areas,
    Event,
    Fact,
    Ground,
    Needed,
    Refusal,
    Running,
    lineage as lineage_of,
    ordered,
    shapes_of,
    standing,
    states,
)

LEAST_SHARE = 0.001
"""Less of a plot than this is an edge that two surveys drew apart."""


class Outlook(NamedTuple):
    """How much of a plot is in hand, and when all of it could be.

    Shares are fractions of the plot; what several parcels claim, ``claimed``, is in hand only if
    all of them are. ``by_terms`` is the day if every authority takes the whole time it may,
    ``open_ended`` counts the steps without such a time, ``blocked`` names the parcels from whose
    state no way leads on.
    """

    in_hand: float
    on_no_parcel: float
    claimed: float
    earliest: date | None
    by_terms: date | None
    open_ended: int
    blocked: tuple[str, ...]


def state(words: Words, workflow: Workflow, track: str, code: str) -> str:
    """Put the name of a state into words, as :func:`state_of` has it."""
    return tell(words, state_of(workflow, track, code))


def state_of(workflow: Workflow, track: str, code: str) -> Message:
    """Name a state of a track.

    Returns: Its title; the code where the workflow does not have it.
    """
    if code == NO_STATE:
        return say("event.none")
    if track == SHAPE:
        return say(f"event.{code}")
    known = workflow.tracks[track].state if track in workflow.tracks else ()
    return next((Title(each.title) for each in known if each.code == code), code)


def action(words: Words, workflow: Workflow, event: Event) -> str:
    """Name what an event did.

    Returns: The action's title; the code where the workflow does not have it.
    """
    if event.action in workflow.actions:
        return words.pick(workflow.actions[event.action][1].title)
    if words.has(f"event.{event.action}"):
        return words(f"event.{event.action}")
    return event.action


def refusal(words: Words, workflow: Workflow, refused: Refusal) -> str:
    """Say why an event may not be.

    Returns: One sentence with the states it may leave, or what is missing.
    """
    event = refused.event
    track = event.track
    who = words(
        "event.who", feature=event.feature_id or words("event.no_key"),
        at=event.at or words("event.no_date"),
        action=action(words, workflow, event) or words("event.no_step"),
    )
    if event.row:
        who = words("event.of_row", row=event.row, who=who)
    return words(
        f"event.{refused.fault}", who=who, state=state(words, workflow, track, refused.state),
        leaves=", ".join(state(words, workflow, track, each) for each in refused.leaves),
        missing=", ".join(_fact(words, workflow, refused, each) for each in refused.facts),
    )


def _fact(  # noqa: PLR0911  one for each kind of fact
    words: Words, workflow: Workflow, refused: Refusal, fact: Fact
) -> str:
    """Put into words what an event lacks, or what speaks against it."""
    match fact, refused.fault:
        case Needed(track, wanted), _:
            titles = " / ".join(state(words, workflow, track, each) for each in wanted)
            return f"{words.pick(workflow.tracks[track].title)} = {titles}"
        case Running(clock, until), _:
            title = words.pick(workflow.clocks[clock].title)
            return words("event.until", clock=title, day=until)
        case Ground(area), _:
            return quantity(words, area, "m2")
        case Areas(before, after), _:
            return f"{before:.1f} → {after:.1f} m²"
        case str(code), "unknown_action":
            return f"{code} ({words.pick(workflow.actions[code][1].title)})"
        case str(kind), "wrong_kind":
            return words(f"kind.{kind}")
        case str(field), "incomplete":
            needed = workflow.actions.get(refused.event.action)
            title = words.pick(needed[1].document) if needed and field == "document" else ""
            return f"{words(f'event.{field}')} ({title})" if title else words(f"event.{field}")
    return str(fact)


def line(words: Words, workflow: Workflow, event: Event) -> str:
    """Tell an event in one line."""
    if event.undoes:
        what = words("event.takes_back", event=event.undoes, note=event.note)
    else:
        states = [
            state(words, workflow, event.track, code)
            for code in (event.from_state, event.to_state)
        ]
        what = f"{action(words, workflow, event)}: {states[0]} → {states[1]}"
    told = [f"{event.event:>5}", f"{event.at:<13}", event.feature_id, what, event.document_no,
            "" if event.undoes else event.note]
    return "  ".join(each for each in told if each)


def changed_by(words: Words, workflow: Workflow, event: Event) -> str:
    """Tell who entered an event, when, and what it changed."""
    return words(
        "event.changed_by", who=event.by or words("event.somebody"),
        when=_here(event.recorded_at), line=line(words, workflow, event).strip(),
    )


def _here(moment: str) -> str:
    """Write a moment to the minute, by the clock of this computer; as it is where it is none."""
    try:
        return f"{datetime.fromisoformat(moment).astimezone():%Y-%m-%d %H:%M}"
    except ValueError:
        return moment


def history(
    words: Words, workflow: Workflow, feature: tuple[str, str],
    histories: Mapping[tuple[str, str], list[Event]], day: date | None,
) -> list[str]:
    """Tell the states of a feature, then its events.

    ``day``: As of the end of this day; all that is known where not given.
    """
    kind, key = feature
    own = histories.get(feature, [])
    lines = [f"{words(f'kind.{kind}')} {key}"]
    for track, held in states(ordered(standing(own)), day).items():
        told = [
            words.pick(workflow.tracks[track].title) if track in workflow.tracks
            else words("event.shape"),
            state(words, workflow, track, held.state),
        ]
        if held.event is not None:
            told += [words("event.since", at=held.event.at), held.event.document_no]
        if held.perhaps:
            may_be = state(words, workflow, track, held.perhaps)
            told.append(words("event.perhaps", state=may_be))
        lines.append("  " + "  ".join(each for each in told if each))
    shown = [each for each in own if day is None or each.span.first <= day]
    lines += [line(words, workflow, each) for each in shown] or [f"  {words('event.no_events')}"]
    return lines


def parcels_beneath(
    words: Words, workflow: Workflow, shares: pd.Series,
    known: tuple[Mapping[tuple[str, str], list[Event]], date | None],
) -> list[tuple[str, float, str]]:
    """Say on which parcels a plot lies: the key of each, its share, and its states in words.

    ``shares``: Of the plot, by the parcel it lies on.
    """
    histories, day = known
    found = []
    for key, share in shares.items():
        held = states(ordered(standing(histories.get(("parcels", str(key)), []))), day)
        told = "; ".join(
            state(words, workflow, track, each.state) for track, each in held.items()
        )
        found.append((str(key), float(share), told or words("event.none")))
    return found


def beneath(
    words: Words, workflow: Workflow, shares: pd.Series,
    known: tuple[Mapping[tuple[str, str], list[Event]], date | None],
) -> list[str]:
    """Tell what :func:`parcels_beneath` says, a line a parcel."""
    return [
        "  " + words("event.beneath", share=quantity(words, share, "share"), parcel=key, state=told)
        for key, share, told in parcels_beneath(words, workflow, shares, known)
    ]


def outlook(words: Words, found: Outlook) -> str:
    """Tell how much of a plot is in hand, and when all of it could be.

    Returns: One line; the days are said to be those of the law, not a promise.
    """
    told = [words("event.in_hand", share=quantity(words, found.in_hand, "share"))]
    if found.on_no_parcel > LEAST_SHARE:
        told.append(words("event.on_no_parcel", share=quantity(words, found.on_no_parcel, "share")))
    if found.claimed > LEAST_SHARE:
        told.append(words("event.claimed", share=quantity(words, found.claimed, "share")))
    if found.blocked:
        told.append(words("event.blocked", parcels=", ".join(found.blocked)))
    elif found.earliest is not None:
        told.append(words(
            "event.rest", earliest=found.earliest, terms=found.by_terms, count=found.open_ended
        ))
    return "  " + words("event.and").join(told)


def clock(words: Words, workflow: Workflow, row: Mapping[Any, Any]) -> str:
    """Tell a clock in one line.

    ``row``: A row of :func:`landtrack.tracking.running`.
    Returns: Feature, what is due, until when, and how many days are left.
    """
    told = [
        row["feature_id"], words.pick(workflow.clocks[row["clock"]].title),
        words(f"event.{row['bound']}", due=row["due"]),
        words("event.overdue", days=-row["days_left"]) if row["overdue"]
        else words("event.left", days=max(row["days_left"], 0)),
    ]
    return "  ".join(told) + ("" if row["certain"] else f" {words('event.uncertain')}")


def lineage(
    words: Words, workflow: Workflow, feature: tuple[str, str], log: list[Event]
) -> list[str]:
    """Tell what a feature comes from and what came of it.

    Returns: A line for each change of shapes, with the areas before and after in m².
    """
    lines = []
    for told, events in zip(("from", "into"), lineage_of(log, feature), strict=True):
        for event in events:
            sides = [
                " + ".join(
                    f"{key} ({quantity(words, shapely.from_wkb(shape).area, 'm2')})"
                    for key, shape in side.items()
                ) for side in shapes_of(event).values()
            ]
            lines.append(
                f"{words(f'event.{told}')}  {event.at}  {action(words, workflow, event)}: "
                f"{sides[0]} → {sides[1]}  {event.document_no}  {event.note}"
            )
    return lines or [words("event.no_events")]
