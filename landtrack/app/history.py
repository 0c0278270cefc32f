"""What happened to a feature, or to all of a place: a row an entry, and which may be taken back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

import shapely

from landtrack import store as stores, tracking
from landtrack.app import track
from landtrack.app.steps import Beneath, Happened, History, Holds, Of, Turned, Undoing
from landtrack.model import messages
from landtrack.model.address import Shared
from landtrack.model.errors import TableError
from landtrack.model.events import Event
from landtrack.output.wording import events as wording
from landtrack.output.wording.phrases import quantity
from landtrack.store.address import within

Feature = tuple[str, str]
WHY = "–"
"""Stands for the reason where it is only asked whether something may be taken back."""


def of_feature(out: Path | Shared, key: str, lang: str) -> History:
    """Tell how a feature or a project stands, and what happened to it in the order of entry.

    ``key``: A key, ``kind:key``, or the number of a project.
    Raises TableError: If there is no such feature or project.
    """
    path = within(out)
    plots = stores.log.plots_of(path, key)
    place = track.tracked(path, lang, [f"plots:{each}" for each in plots] or [key])
    features = [("plots", each) for each in plots] if plots else place.named(key)
    place = track.tracked(path, lang, [
        f"{kind}:{own}" for kind, own in sorted(_kin(place.log, features))
    ])
    wanted = {*features}
    events = [each for each in place.log if wanted & tracking.touched(each)]
    return History(
        tuple(_of(place, each) for each in features), tuple(_rows(place, events)),
        first=0, found=len(events), stated=0,
    )


def of_place(
    out: Path | Shared, lang: str, *, text: str = "", stated: bool = False, first: int = 0,
    most: int,
) -> History:
    """Tell what happened at all, the last entry first.

    ``text``: Part of a key, a day, a document, a remark or a name; all where empty.
    ``stated``: Give the entries, too, that only say what a file states; they are counted else.
    ``first``: From which on, from 0; the last one where there are not so many.
    """
    place = track.tracked(within(out), lang)
    asked = [each for each in reversed(place.log) if _fits(each, text.strip().casefold())]
    found = [each for each in asked if stated or each.action != tracking.RECORDED]
    first = min(first, max(len(found) - 1, 0))
    return History(
        (), tuple(_rows(place, found[first : first + most])), first=first, found=len(found),
        stated=len(asked) - len(found),
    )


def undoing(out: Path | Shared, numbers: Collection[int], lang: str) -> Undoing:
    """Say what it would change to take entries back; nothing is entered.

    Raises TableError: If they cannot be taken back together: with the reason.
    """
    place = track.tracked(within(out), lang)
    fresh = track.undoing(place, numbers, why=WHY, at=track.today().isoformat())
    known = {each.event: each for each in place.log}
    back = [known[each.undoes] for each in fresh]
    before, after = (
        tracking.by_feature(tracking.standing(log)) for log in (place.log, [*place.log, *fresh])
    )
    changes = [each for each in back if each.action in tracking.SHAPE_ACTIONS]
    touched = {feature for each in back for feature in tracking.touched(each)}
    turned = [row for each in changes for row in _shapes_back(place, each)]
    for feature in sorted(touched):
        turned += _states_back(place, feature, before.get(feature, []), after.get(feature, []))
    return Undoing(tuple(_row(place, each, {}) for each in back), tuple(turned))


# --- rows -----------------------------------------------------------------------------------


def _rows(place: track.Tracked, events: Iterable[Event]) -> Iterable[Happened]:
    back = {each.undoes: each for each in place.log if each.action == tracking.UNDO}
    near = _nearby(place)
    for each in events:
        row = _row(place, each, back)
        if each.action != tracking.UNDO and not row.undone_by:
            why_not = _why_not(near(each), each.event)
            row = row._replace(may_undo=not why_not, why_not=why_not)
        yield row


def _row(place: track.Tracked, event: Event, back: Mapping[int, Event]) -> Happened:
    words, flow = place.words, place.workflow
    undone = back.get(event.event)
    sides = ["", ""]
    if event.action in tracking.SHAPE_ACTIONS:
        sides = [
            " + ".join(f"{key} ({_area(place, shape)})" for key, shape in side.items())
            for side in tracking.shapes_of(event).values()
        ]
    elif not event.undoes:
        sides = [
            wording.state(words, flow, event.track, code)
            for code in (event.from_state, event.to_state)
        ]
    return Happened(
        number=event.event, at=event.at, what=wording.action(words, flow, event),
        before=sides[0], after=sides[1], layer=event.layer, key=event.feature_id,
        others=tuple(sorted(
            key for _, key in tracking.touched(event) if key != event.feature_id
        )),
        document=event.document_no, note=event.note, by=event.by, recorded_at=event.recorded_at,
        scan=bool(event.evidence_sha256), undoes=event.undoes,
        undone_by=undone.event if undone else 0, undone_why=undone.note if undone else "",
    )


def _area(place: track.Tracked, shape: str) -> str:
    return quantity(place.words, shapely.from_wkb(shape).area, "m2")


def _of(place: track.Tracked, feature: Feature) -> Of:
    """Say how a feature stands."""
    words, flow = place.words, place.workflow
    own = [each for each in place.log if each.feature == feature]
    held = tracking.states(tracking.ordered(tracking.standing(own)))
    below = track.beneath(place, feature[1], None) if feature[0] == "plots" else None
    return Of(
        *feature,
        tuple(
            Holds(
                words.pick(flow.tracks[name].title) if name in flow.tracks
                else words("event.shape"),
                wording.state(words, flow, name, each.state),
                each.event.at if each.event else "", each.event.document_no if each.event else "",
                wording.state(words, flow, name, each.perhaps) if each.perhaps else "",
            )
            for name, each in held.items()
        ),
        () if below is None else tuple(
            Beneath(key, quantity(words, share, "share"), state)
            for key, share, state in wording.parcels_beneath(
                words, flow, below.shares, (below.histories, None)
            )
        ),
        "" if below is None else wording.outlook(words, below.outlook).strip(),
    )


# --- taken back -----------------------------------------------------------------------------


def _why_not(place: track.Tracked, number: int) -> str:
    """Say why an entry may not be taken back, by what would take it back; empty where it may."""
    try:
        track.undoing(place, number, why=WHY, at=track.today().isoformat())
    except TableError as error:
        lines = [each.strip() for each in error.cause.splitlines()]
        return " ".join(lines[1:]) or messages.of_error(error.cause, place.words.lang)
    return ""


def _states_back(
    place: track.Tracked, feature: Feature, before: Sequence[Event], after: Sequence[Event]
) -> Iterable[Turned]:
    """Say which states of a feature would be others."""
    words, flow = place.words, place.workflow
    held = [tracking.states(tracking.ordered(each)) for each in (before, after)]
    for name in dict.fromkeys([*held[0], *held[1]]):
        if name == tracking.SHAPE:
            continue
        sides = [
            wording.state(words, flow, name, each[name].state) if name in each
            else words("event.none") for each in held
        ]
        if sides[0] != sides[1]:
            title = words.pick(flow.tracks[name].title) if name in flow.tracks else name
            yield Turned(*feature, title, *sides)


def _shapes_back(place: track.Tracked, change: Event) -> Iterable[Turned]:
    """Say which shapes would be others: a change of shapes is taken back."""
    words = place.words
    before, after = tracking.shapes_of(change).values()
    for key in dict.fromkeys([*before, *after]):
        now, then = (
            _area(place, side[key]) if key in side else words("event.not_there")
            for side in (after, before)
        )
        yield Turned(change.layer, key, words("event.shape"), now, then)


# --- what rests on what ---------------------------------------------------------------------


def _kin(log: Sequence[Event], features: Iterable[Feature]) -> set[Feature]:
    """Find all that changes of shapes link to features, on both sides."""
    known, left = {*features}, [
        tracking.touched(each) for each in log if each.action in tracking.SHAPE_ACTIONS
    ]
    while True:
        met = [each for each in left if each & known]
        if not met:
            return known
        known = known.union(*met)
        left = [each for each in left if not each & known]


def _nearby(place: track.Tracked) -> Callable[[Event], track.Tracked]:
    """Make what gives as much of a log as what is taken back of it can rest on."""
    by_feature: dict[Feature, list[Event]] = defaultdict(list)
    linked = [each for each in place.log if each.action in tracking.SHAPE_ACTIONS]
    for each in place.log:
        for feature in tracking.touched(each):
            by_feature[feature].append(each)

    def near(event: Event) -> track.Tracked:
        kin = _kin(linked, tracking.touched(event))
        own = {each.event: each for feature in kin for each in by_feature[feature]}
        return place._replace(log=[own[number] for number in sorted(own)])

    return near


def _fits(event: Event, text: str) -> bool:
    return not text or any(text in each.casefold() for each in (
        event.feature_id, event.at, event.document_no, event.note, event.by, event.recorded_at,
        *(key for _, key in tracking.touched(event)),
    ))
