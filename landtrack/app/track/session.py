"""A store as the tracker sees it."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import msgspec

from landtrack import store, tracking
from landtrack.ingest import normalise
from landtrack.model import Workflow, catalog, partial_dates, translations
from landtrack.model.errors import OutputError, SourceError, TableError
from landtrack.model.translations import Words
from landtrack.output.wording import events as wording
from landtrack.store import Address, staging


class Tracked(NamedTuple):
    """A store as the tracker sees it: its log, its workflow, its features and its language.

    ``log`` and ``features`` may be only what is about some names, ``length`` is that of the whole
    log. ``user`` is who is at work, as far as the store knows. Whoever asks for an event knows
    the log up to the event ``seen``.
    """

    path: Address
    log: list[tracking.Event]
    workflow: Workflow
    features: set[tuple[str, str]]
    words: Words
    user: str
    seen: int
    length: int

    def named(self, name: str) -> list[tuple[str, str]]:
        """Find features by key.

        ``name``: A key, or ``kind:key`` where several kinds have it.
        Raises TableError: If no feature and no event has it.
        """
        kind, sign, key = name.partition(":")
        known = self.features | {event.feature for event in self.log}
        found = [each for each in known if each[1] == name or (sign and each == (kind, key))]
        if not found:
            raise TableError(
                f"The store has no feature {name!r}.",
                mend="Look its key up in the layer; if it is new, run `landtrack run` first.",
            )
        return sorted(found)


def tracked(
    path: Address, lang: str | None = None, names: Collection[str] | None = None, *,
    proved: bool = True,
) -> Tracked:
    """Read a store.

    ``lang``: The language to tell of it in; that of its place where not given.
    ``names``: Only what is about these is read: keys, or ``kind:key``; all where not given.
    ``proved``: Whether events that were altered are refused.
    Raises SourceError: If it is no store, or one of another version; if an event was altered.
    """
    key_of = {kind: schema.key for kind, schema in catalog.schemas().items()}
    found = store.log.look(path, key_of, names, proved=proved)
    return Tracked(
        path, found.events, catalog.workflow(found.meta["workflow"]),
        found.features | tracking.reshaped_keys(found.events),
        translations.load(lang or found.meta["language"]), found.user, found.length, found.length,
    )


def zone_of(path: Address) -> str | None:
    """Tell in which time zone the place of a store lies.

    Returns: As its last run has it; None where that does not say.
    """
    if "runs" not in store.names(path):
        return None
    head = json.loads(store.last_run(path).get("place_head") or "{}")
    zone: str | None = head.get("time_zone")
    return zone


def calendar_of(path: Address) -> normalise.Calendar:
    """Tell how days are read that are told to a store: a moment is a day of its place."""
    return normalise.Calendar(zone=lambda: zone_of(path))


def dated(path: Address, event: tracking.Event) -> tracking.Event:
    """Write the date of an event as the log has it, however it was told."""
    at = partial_dates.written(event.at, calendar_of(path).partial)
    return msgspec.structs.replace(event, at=at)


def enter(
    path: Address, judge: Callable[[Tracked], list[tracking.Event]], *, seen: int | None = None,
    lang: str | None = None, names: Collection[str] | None = None,
) -> list[tracking.Event]:
    """Enter events that were judged on the store as it stands, all or none.

    Into a GeoPackage one enters at a time. In a database others may enter events meanwhile:
    where they are about other features, all is judged anew.

    ``judge``: Gives the events, numbered on from the log, or refuses them. It names what it asks
    for to :func:`insist_unchanged` first.
    ``seen``: The last event that whoever asks knows; the log as it is where not given.
    ``lang``: The language of refusals; that of the place where not given.
    ``names``: What is entered is about these alone, and so is what is read; all where not given.
    Raises SourceError: If there is no such store.
    Raises OutputError: If another program is writing.
    """
    if isinstance(path, Path) and not store.exists(path):  # a database is asked when it is read
        raise SourceError(f"There is no store at {path}.", mend="Make it with `landtrack run`.")
    alone = staging.exclusive(path.parent) if isinstance(path, Path) else nullcontext()
    with alone, store.evidence.settled(path):
        place = tracked(path, lang, names)
        if seen is not None:
            place = place._replace(seen=seen)
        while True:
            fresh = judge(place)
            if not fresh:
                return []
            try:
                return store.log.append(path, fresh, after=place.length)
            except OutputError:
                later = tracked(path, lang, names)
                if later.length == place.length:
                    raise
                place = later._replace(seen=min(place.seen, place.length))


def insist_unchanged(place: Tracked, asked: Sequence[tracking.Event]) -> None:
    """Refuse what is asked of features that others changed after they were looked at.

    Raises OutputError: With the changes: who, when, and which values.
    """
    about = {feature for event in asked for feature in tracking.touched(event)}
    others = [
        event for event in place.log
        if event.event > place.seen and not about.isdisjoint(tracking.touched(event))
    ]
    if others:
        told = [wording.changed_by(place.words, place.workflow, each) for each in others]
        raise OutputError(
            "\n  ".join([f"Nothing was entered: {place.words('event.changed')}", *told]),
            mend="Look at the change; to enter yours all the same, do it again, with "
            f"--seen {place.length} where you gave another.",
        )


def insist_shown(shown: str | None, mark: str) -> None:
    """Refuse to enter what is not what was shown.

    ``shown``: The mark of what was shown; None where nothing was.
    Raises OutputError: If ``mark`` is another.
    """
    if shown is not None and shown != mark:
        raise OutputError(
            "Nothing was entered: it would not be what was shown any more.",
            mend="Look at what would be entered now, and enter that.",
        )


def insist(place: Tracked, refused: Sequence[tracking.Refusal]) -> None:
    """Refuse to enter anything where something may not be.

    Raises TableError: With a sentence for each; nothing where there is none.
    """
    if refused:
        told = [
            wording.refusal(place.words, place.workflow, each)
            for each in sorted(refused, key=lambda each: each.event.row)
        ]
        raise TableError(
            "\n  ".join(["Nothing was entered:", *told]),
            mend="Correct what is named; `landtrack status show` tells the history of a feature.",
        )


def today() -> date:
    """Say which day it is here, not in Greenwich."""
    return date.today()  # noqa: DTZ011


def now() -> str:
    """Say when an event is entered.

    Returns: The time in UTC, to the second.
    """
    return datetime.now(UTC).isoformat(timespec="seconds")
