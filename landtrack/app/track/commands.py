"""Enters events into a store: all that are asked for, or none."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from landtrack import store, tracking
from landtrack.app.track.session import (
    Tracked,
    calendar_of,
    dated,
    enter,
    insist,
    insist_shown,
    insist_unchanged,
    now,
    today as day_here,
    tracked,
)
from landtrack.ingest import normalise, read
from landtrack.ingest.formats import tables
from landtrack.model.errors import TableError
from landtrack.store import Address


def apply(  # noqa: PLR0913  each is a thing of its own that a caller may leave out
    path: Address, action: str, names: Sequence[str], told: tracking.Event, *,
    evidence: Path | None = None, today: date | None = None, seen: int | None = None,
    lang: str | None = None,
) -> list[tracking.Event]:
    """Take one step with one or several features, with all or with none.

    ``told``: What else is known: ``at``, ``document_no``, ``by``, ``note``.
    ``today``: No event may be dated later; the day here where not given.
    ``lang``: The language of refusals; that of the place where not given.
    ``seen``: The last event that is known to whoever asks: where others changed one of the features
    after it, nothing is entered. The log as it is where not given.
    Raises TableError: If the history of a feature does not allow the step; the message says which
    states it may leave, and what is missing.
    Raises OutputError: If another program is writing, or others changed a feature; the message
    shows how.
    """
    def judge(place: Tracked) -> list[tracking.Event]:
        asked = [
            msgspec.structs.replace(
                dated(path, told), action=action, layer=kind, feature_id=key, recorded_at=now(),
            )
            for name in names for kind, key in _of_kind(place, action, name)
        ]
        return _judged(place, asked, evidence, today)

    return enter(path, judge, seen=seen, lang=lang, names=names)


def undo(  # noqa: PLR0913  each is a thing of its own that a caller may leave out
    path: Address, numbers: int | Collection[int], *, why: str, at: str, by: str = "",
    today: date | None = None, lang: str | None = None,
) -> list[tracking.Event]:
    """Take an event back, or several, by others that say why: all of them, or none.

    ``today``: No event may be dated later; the day here where not given.
    ``lang``: The language of refusals; that of the place where not given.
    Raises TableError: If there is no such event, it was taken back before, no reason is given, or
    later events rest on it.
    """
    def judge(place: Tracked) -> list[tracking.Event]:
        return undoing(place, numbers, why=why, at=at, by=by, today=today)

    return enter(path, judge, lang=lang)


def undoing(
    place: Tracked, numbers: int | Collection[int], *, why: str, at: str, by: str = "",
    today: date | None = None,
) -> list[tracking.Event]:
    """Give the events that would take others back; nothing is entered.

    ``place``: The store as far as these and all that rests on them are concerned.
    Raises TableError: As :func:`undo` does.
    """
    known = {event.event: event for event in place.log}
    taken_back: list[tracking.Event] = []
    for number in sorted({numbers} if isinstance(numbers, int) else {*numbers}, reverse=True):
        if number not in known:
            raise TableError(
                f"There is no event {number} in the log.",
                mend="`landtrack status show` lists the events of a feature.",
            )
        own = known[number]
        taken_back += [each for each in (own, *_inherited(place.log, own))
                       if each not in taken_back]
    _insist_on_nothing_later(place.log, taken_back)
    return _judged(place, [
        dated(place.path, tracking.Event(
            event=0, layer=each.layer, feature_id=each.feature_id, track=each.track, at=at,
            action=tracking.UNDO, by=by, note=why, undoes=each.event, recorded_at=now(),
        ))
        for each in taken_back
    ], None, today)


def _inherited(log: Sequence[tracking.Event], change: tracking.Event) -> list[tracking.Event]:
    """List the entries by which features began that came of a change of shapes."""
    mark = json.dumps({"of": change.event})
    return [each for each in log if each.action == tracking.INHERITED and each.shapes == mark]


def _insist_on_nothing_later(
    log: Sequence[tracking.Event], taken_back: Sequence[tracking.Event]
) -> None:
    """Refuse to take a change of shapes back on whose new features other events rest."""
    born = {each.feature for each in taken_back if each.action == tracking.INHERITED}
    own = {each.event for each in taken_back}
    later = [
        each.event for each in tracking.standing(log)
        if each.feature in born and each.event not in own
    ]
    if later:
        raise TableError(
            f"Later events rest on event {taken_back[0].event}: {', '.join(map(str, later))}.",
            mend="Undo them first, the last one first.",
        )


def told_of(file: Path) -> tables.Table:
    """Read a table of events.

    ``file``: A workbook or text with one row an event.
    Returns: The sheet that has the columns of events; its notes say what was left out.
    Raises SourceError: If it cannot be read, or several of its sheets fit alike.
    """
    return read.table_of(file, fit=tracking.event_columns)


class Sorted(NamedTuple):
    """The rows of a table of events by what becomes of them.

    ``fresh`` would be entered, each with its row, in the order of their dates; ``refused`` may not
    be; ``known`` are left out, as the log or a row before has the same step.
    """

    fresh: list[tracking.Event]
    refused: list[tracking.Refusal]
    known: list[tracking.Refusal]

    @property
    def mark(self) -> str:
        """Tell this from all else that a table might do: what was shown is what is entered."""
        told = [
            [
                [each.row, *tracking.what(each), each.from_state, each.to_state, each.by, each.note]
                for each in self.fresh
            ],
            [[each.event.row, each.fault] for each in self.refused],
            [each.event.row for each in self.known],
        ]
        return hashlib.sha256(msgspec.json.encode(told)).hexdigest()


def look(
    path: Address, table: tables.Table, *, today: date | None = None, lang: str | None = None
) -> Sorted:
    """Say what :func:`take_in` would enter of a table; nothing is entered.

    Raises TableError: If a heading is missing.
    """
    return _sorted(tracked(path, lang), table, calendar_of(path), today)


def take_in(
    path: Address, file: Path | tables.Table, *, today: date | None = None,
    lang: str | None = None, shown: str | None = None, others: bool = False,
) -> list[tracking.Event]:
    """Enter the events of a table, all of them or none.

    ``file``: A workbook or text with one row an event, or its table.
    ``today``: No event may be dated later; the day here where not given.
    ``lang``: The language of refusals; that of the place where not given.
    ``shown``: The mark of what :func:`look` said: where the table would do otherwise now, nothing
    is entered. As it is where not given.
    ``others``: Where rows are refused the others are entered.
    Returns: The events as they were entered; rows that are in the log already are left out.
    Raises TableError: If a heading is missing, or a history does not allow an event; all are
    listed.
    Raises SourceError: If the file cannot be read.
    Raises OutputError: If another program is writing, or what was shown is no longer so.
    """
    table = file if isinstance(file, tables.Table) else told_of(file)
    calendar = calendar_of(path)

    def judge(place: Tracked) -> list[tracking.Event]:
        found = _sorted(place, table, calendar, today)
        insist_shown(shown, found.mark)
        insist_unchanged(place, [
            *found.fresh, *(each.event for each in (*found.refused, *found.known))
        ])
        if not others:
            insist(place, found.refused)
        return [_signed(place, msgspec.structs.replace(each, row=0)) for each in found.fresh]

    return enter(path, judge, lang=lang)


def _sorted(
    place: Tracked, table: tables.Table, calendar: normalise.Calendar, today: date | None
) -> Sorted:
    """Sort the rows of a table by what becomes of them in a store as it stands."""
    asked = tracking.asked(
        table.frame, place.workflow, recorded_at=now(),
        day=lambda text: calendar.partial(text, table.epoch),
    )
    fresh, refused = tracking.allowed(
        place.workflow, place.log, asked, known=place.features, today=today or day_here()
    )
    out = {each.event.row for each in refused}
    rows = (each.row for each in asked if each.row not in out)
    refused = sorted(refused, key=lambda each: each.event.row)
    return Sorted(
        [msgspec.structs.replace(each, row=row) for each, row in zip(fresh, rows, strict=True)],
        [each for each in refused if each.fault != "twice"],
        [each for each in refused if each.fault == "twice"],
    )


def _judged(
    place: Tracked, asked: list[tracking.Event], evidence: Path | None, today: date | None
) -> list[tracking.Event]:
    """Judge events; their evidence is kept when they may enter."""
    _ = [event.span for event in asked]  # a date that is none is told before all else
    insist_unchanged(place, asked)
    filled = tracking.filled(place.workflow, place.log, asked, place.length)
    fresh = [_signed(place, each) for each in filled]
    insist(place, tracking.judged(
        place.workflow, _with_ancestors(place, asked), fresh, known=place.features,
        today=today or day_here(),
    ))
    if evidence is not None:
        sha256 = store.evidence.keep(place.path, evidence)
        fresh = [msgspec.structs.replace(each, evidence_sha256=sha256) for each in fresh]
    return fresh


def _with_ancestors(place: Tracked, asked: Iterable[tracking.Event]) -> list[tracking.Event]:
    """Read what had happened to those that features come from, too: a clock may run since."""
    come_from = tracking.ancestors(place.log, {each.feature for each in asked})
    if not come_from:
        return place.log
    read = tracked(place.path, names=[f"{kind}:{key}" for kind, key in sorted(come_from)]).log
    known = {each.event: each for each in (*read, *place.log) if each.event <= place.length}
    return [known[number] for number in sorted(known)]


def _signed(place: Tracked, event: tracking.Event) -> tracking.Event:
    """Say who enters an event, where it does not and the store knows."""
    return event if event.by else msgspec.structs.replace(event, by=place.user)


def _of_kind(place: Tracked, action: str, name: str) -> list[tuple[str, str]]:
    """Find the features of a name that an action is for; of any kind for one that is none."""
    known = place.workflow.actions.get(action)
    found = place.named(name)
    if known is None:
        return found
    kinds = place.workflow.tracks[known[0]].kinds
    chosen = [each for each in found if each[0] in kinds]
    if not chosen:
        raise TableError(
            f"{name} is of {', '.join(kind for kind, _ in found)}; {action} is for "
            f"{', '.join(kinds)}.",
            mend="Name features of these layers, or another action.",
        )
    return chosen
