"""The log of events in a store: a table that only grows, each row chained to the one before.

The table refuses changes and deletions, also from other programs; whoever gets around that
is found by the chain. What is kept where stands below, in the store's two kinds.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import NamedTuple

import msgspec

from landtrack.model import STATUS_COLUMNS, partial_dates
from landtrack.model.address import Address
from landtrack.model.errors import OutputError, SourceError, TableError
from landtrack.store import backends
from landtrack.store.session import FORMAT, LOG, META, STATE_COLUMNS, STATES, Row, Session
from landtrack.tracking import (
    START,
    Break,
    Event,
    Link,
    altered,
    breaks,
    breaks_of_rows,
    links,
    ordered,
    states,
)
from landtrack.tracking.events import SHAPE, UNDO

ONE_BY_ONE = 100
"""What is about more names than these is looked for in the whole log."""
MOST_PAIRS = 4_000
"""The events of more features than these, by layer and key, are looked for in the whole log."""
MOST_NAMED = 6
"""How many altered events are named before the others are counted."""


class Grown(NamedTuple):
    """A log as it stands in a store.

    ``rows`` are the events in the order in which they were entered, each with its link;
    ``length`` and ``head`` what the store says of the log beside it.
    """

    rows: list[tuple[Event, Link]]
    length: int
    head: str

    @property
    def events(self) -> list[Event]:
        """Give the events without their links.

        Returns: In the order of the log.
        """
        return [event for event, _ in self.rows]


class Audit(NamedTuple):
    """What going over a log found.

    ``breaks`` are where the chain does not hold, ``length`` and ``head`` as in :class:`Grown`,
    ``evidence`` the hashes of what the events name; ``as_states`` says whether the states that
    stand beside the log are those that it leads to.
    """

    breaks: list[Break]
    length: int
    head: str
    evidence: set[str]
    as_states: bool


class Seen(NamedTuple):
    """A store as it stands: its events, what it is of, its features by kind and key, who looks.

    Where some names were asked for, ``events`` are those of their features, and every change of
    shapes; ``length`` is that of the whole log. ``user`` is empty where the store does not know.
    """

    events: list[Event]
    length: int
    meta: Mapping[str, str]
    features: set[tuple[str, str]]
    user: str


def install(
    db: Session, rows: Sequence[tuple[Event, Link]], of: Mapping[str, str],
    held: Sequence[Row] | None = None,
) -> None:
    """Make the tables of the log in an open store that has none.

    ``of``: What the store is of: ``place``, ``workflow``, ``language``.
    ``held``: The states beside it, where they are another store's; what the events lead to where
    not given.
    """
    db.declare(META, LOG, STATES)
    db.insert(META, [
        *((key, of[key]) for key in sorted(of.keys() - {"format", "count", "head"})),
        ("format", str(FORMAT)), ("count", "0"), ("head", START),
    ])
    db.insert(LOG, [_row(each) for each in rows])
    db.insert(STATES, folded([event for event, _ in rows]) if held is None else held)
    db.grown_to(len(rows), rows[-1][1].sha256 if rows else START)


def append(address: Address, fresh: Sequence[Event], *, after: int) -> list[Event]:
    """Add events to the log of a store, all or none.

    ``fresh``: Events numbered on from ``after``.
    Returns: As they were entered: a database says when, and by which user.
    Raises OutputError: If the log has grown meanwhile, another program is writing, or the disk is
    full; the log is as it was.
    Raises SourceError: If it is no store, or one of another version.
    """
    with backends.of(address).writing(address) as db:
        return extend(db, fresh, after=after)


def extend(db: Session, fresh: Sequence[Event], *, after: int) -> list[Event]:
    """Add events to the log of an open store, as :func:`append` does.

    ``fresh``: Events numbered on from ``after``.
    Raises OutputError: If the log has grown meanwhile.
    Raises SourceError: If it is no store, or one of another version.
    """
    require_format(db)
    said = meta(db)
    there = db.count(LOG.name)
    if not int(said["count"]) == there == after:
        raise OutputError(
            f"The log of {db.name} has {there} events; {after} were expected.",
            mend="Another program entered events meanwhile: look at them, then try again. "
            "If none did, run `landtrack log verify`.",
        )
    if not fresh:
        return []
    if db.user:  # a database takes no word for when and by whom
        stamp = {"recorded_at": db.now(), "entered_by": db.user}
        fresh = [msgspec.structs.replace(each, **stamp) for each in fresh]
    forged = links(fresh, said.get("head", START))
    touched = sorted({event.feature for event in fresh})
    own = _own(db, touched)
    _insist(db.name, altered(own))
    db.insert(LOG, [_row(each) for each in zip(fresh, forged, strict=True)])
    db.delete(STATES, ("layer", "feature_id"), touched)
    db.insert(STATES, folded([*map(_event, own), *fresh]))
    db.grown_to(after + len(fresh), forged[-1].sha256)
    return list(fresh)


def read(address: Address) -> Grown:
    """Read the log of a store.

    Raises SourceError: If it is no store, or one of another version.
    """
    with backends.of(address).reading(address) as db:
        return grown(db)


def proven(address: Address) -> list[Event]:
    """Read the events of a store whose chain holds: none that was altered is drawn or judged by.

    Returns: In the order of the log.
    Raises SourceError: If it is no store, or one of another version; if events were altered, added
    or taken out behind the log's back.
    """
    with backends.of(address).reading(address) as db:
        found = grown(db)
    _insist(address, breaks(found.rows, count=found.length, head=found.head))
    return found.events


def proven_in(db: Session) -> list[Event]:
    """Read the events of an open store whose chain holds, as :func:`proven` does.

    Raises SourceError: As it does.
    """
    found = grown(db)
    _insist(db.name, breaks(found.rows, count=found.length, head=found.head))
    return found.events


def _insist(named: object, broken: Sequence[Break]) -> None:
    """Refuse a log that does not hold, and name what was altered."""
    if not broken:
        return
    events = ", ".join(str(each.event) for each in broken[:MOST_NAMED] if each.event)
    more = f" … +{len(broken) - MOST_NAMED:,}" if len(broken) > MOST_NAMED else ""
    raise SourceError(
        f"The log of {named} is not as it was entered (events: {events or '–'}{more}).",
        mend="Restore a copy of the store; `landtrack log verify` says of each event what is "
        "wrong with it.",
    )


def hashes(address: Address) -> list[str]:
    """Read the hashes of the events of a store, which tell its log from any other.

    Returns: In the order of the log.
    Raises SourceError: If it is no store, or one of another version.
    """
    with backends.of(address).reading(address) as db:
        require_format(db)
        return [sha256 for (sha256,) in db.select(LOG.name, ("sha256",))]


def grown(db: Session) -> Grown:
    """Read the log of an open store, as :func:`read` does.

    Raises SourceError: If it is of another version.
    """
    require_format(db)
    rows = [
        (_event(values), Link(*values[-2:])) for values in db.select(LOG.name, [*LOG.columns])
    ]
    said = meta(db)
    return Grown(rows, int(said.get("count", 0)), said.get("head", START))


def audit(address: Address, head: str | None = None) -> Audit:
    """Go over the log of a store once, and find where it does not hold.

    ``head``: The hash of the last event, where it was kept elsewhere; what the store says of it
    where not given.
    Raises SourceError: If it is no store, or one of another version.
    """
    with backends.of(address).reading(address) as db:
        require_format(db)
        rows = db.select(LOG.name, [*LOG.columns])
        held = sorted(db.select(STATES.name, STATE_COLUMNS))
        said = meta(db)
    own = said.get("head", START)
    found = breaks_of_rows(rows, count=int(said.get("count", 0)), head=head or own)
    try:
        as_states = _folded(rows) == held
    except TableError:  # an event was altered: its day is none any more
        as_states = False
    return Audit(found, len(rows), own, {row[_EVIDENCE] for row in rows} - {""}, as_states)


def read_states(address: Address) -> list[Row]:
    """Read the states that stand in a store beside its log.

    Returns: Rows of ``STATE_COLUMNS``.
    """
    with backends.of(address).reading(address) as db:
        require_format(db)
        return sorted(db.select(STATES.name, STATE_COLUMNS))


def look(
    address: Address, key_of: Mapping[str, str], names: Collection[str] | None = None, *,
    proved: bool = True,
) -> Seen:
    """Look at a store: its log and what it is about, all at one moment.

    ``key_of``: The key field by layer kind.
    ``names``: Only what is about features with these keys (``key`` or ``kind:key``) is read; all
    where not given.
    ``proved``: Whether events that were altered are refused: all that are read are hashed again,
    and the chain is followed where the whole log is read.
    Raises SourceError: If it is no store, or one of another version; if an event was altered.
    """
    with backends.of(address).reading(address) as db:
        require_format(db)
        said = meta(db)
        there = db.layers()
        kinds = {kind: key for kind, key in key_of.items() if kind in there}
        if names is None or len(names) > ONE_BY_ONE:
            rows = db.select(LOG.name, [*LOG.columns])
            broken = breaks_of_rows(
                rows, count=int(said.get("count", 0)), head=said.get("head", START)
            ) if proved else []
            features = {
                (kind, str(value))
                for kind, key in kinds.items() for (value,) in db.select(kind, (key,))
            }
        else:
            keys = {
                kind: sorted({*names, *(each.removeprefix(f"{kind}:") for each in names)})
                for kind in key_of
            }
            rows = _about(db, [(kind, key) for kind in key_of for key in keys[kind]])
            broken = altered(rows) if proved else []
            features = {
                (kind, str(key)) for kind, column in kinds.items()
                for (key,) in db.select_each(
                    kind, (column,), (column,), [(each,) for each in keys[kind]]
                )
            }
        user = db.user
    _insist(address, broken)
    events = [_event(values) for values in rows]
    return Seen(events, int(said.get("count", 0)), said, features, user)


def of_track(db: Session, name: str) -> list[Event]:
    """Read the events of a track, those that were taken back included, in their order."""
    return sorted(
        (_event(row) for row in db.select(LOG.name, [*LOG.columns], {"track": name})),
        key=lambda each: each.event,
    )


def plots_of(address: Address, project: str) -> list[str]:
    """List the plots of a project, by key; none where the name is none of a project."""
    with backends.of(address).reading(address) as db:
        if "plots" not in db.layers():
            return []
        return [str(key) for (key,) in db.select("plots", ("plot_id",), {"project_id": project})]


def folded(events: Sequence[Event]) -> list[Row]:
    """Fold a log into the rows of the table of states.

    Returns: Rows of ``STATE_COLUMNS``, by feature and track.
    """
    return _folded([_values(event) for event in events])


def _folded(rows: Sequence[Row]) -> list[Row]:
    """Fold the rows of a log, whose columns begin with those of events, as :func:`folded` does.

    Most features have events of exact days, entered in their order: the last one counts.
    """
    undone = {row[_UNDOES] for row in rows if row[_ACTION] == UNDO}
    there = [row for row in rows if row[_ACTION] != UNDO and row[_EVENT] not in undone]
    held: dict[tuple[str, str, str], Row] = {}
    latest: dict[tuple[str, str], date] = {}
    unsure: dict[tuple[str, str], list[Event]] = {}
    for row in there:
        layer, feature, track = row[_LAYER], row[_FEATURE], row[_TRACK]
        first, last = partial_dates.parse(row[_AT])
        if first != last or last < latest.get((layer, feature), first):
            unsure[layer, feature] = []
        latest[layer, feature] = last
        held[layer, feature, track] = row
    for row in there if unsure else ():
        if (own := unsure.get((row[_LAYER], row[_FEATURE]))) is not None:
            own.append(_event(row))
    found = [
        (*key, row[_TO], row[_AT], row[_DOCUMENT], row[_EVENT])
        for key, row in held.items() if key[:2] not in unsure
    ] + [
        (*feature, track, each.state, each.event.at, each.event.document_no, each.event.event)
        for feature, own in unsure.items()
        for track, each in states(ordered(own)).items() if each.event is not None
    ]
    return sorted(found)


def require_format(db: Session) -> None:
    """Refuse a store whose tables are of another version.

    Raises SourceError: With what to do: migrate an older one, install a newer landtrack for a newer
    one.
    """
    found = format_of(db)
    if found == FORMAT:
        return
    if found > FORMAT:
        mend = "Install the landtrack that wrote it, or a newer one: this one would lose data."
    elif found:
        mend = "Run `landtrack store migrate` on it: it makes a backup first."
    else:
        mend = "Name a project.gpkg that `landtrack run` made."
    raise SourceError(f"{db.name} is a store of version {found}, not {FORMAT}.", mend=mend)


def format_of(db: Session) -> int:
    """Say of which version a store is.

    Returns: 0 where it is none.
    """
    names = db.tables()
    if META.name in names:
        return int(meta(db).get("format", 0))
    return 1 if {LOG.name, "runs"} <= names else 0


def meta(db: Session) -> dict[str, str]:
    """Read what an open store is of.

    Returns: ``format``, ``place``, ``workflow``, ``language``, and ``count`` and ``head`` of the
    log.
    """
    return dict(db.select(META.name, ("key", "value")))


def _own(db: Session, features: Sequence[tuple[str, str]]) -> list[Row]:
    """Read the rows of some features: one by one, or where they are many in one go."""
    if len(features) > MOST_PAIRS:
        wanted = set(features)
        return [
            row for row in db.select(LOG.name, [*LOG.columns])
            if (row[_LAYER], row[_FEATURE]) in wanted
        ]
    return [*db.select_each(LOG.name, [*LOG.columns], ("layer", "feature_id"), features)]


def _about(db: Session, features: Sequence[tuple[str, str]]) -> list[Row]:
    """Read the rows of some features, and every change of shapes, in the order of the log."""
    found = {row[_EVENT]: row for row in _own(db, features)}
    for row in db.select(LOG.name, [*LOG.columns], {"track": SHAPE}):
        found[row[_EVENT]] = row
    return [found[number] for number in sorted(found)]


_values = attrgetter(*STATUS_COLUMNS)
_EVENT, _LAYER, _FEATURE, _TRACK, _AT, _ACTION, _TO, _DOCUMENT, _UNDOES, _EVIDENCE = (
    STATUS_COLUMNS.index(name) for name in (
        "event", "layer", "feature_id", "track", "at", "action", "to_state", "document_no",
        "undoes", "evidence_sha256",
    )
)


def _event(values: Row) -> Event:
    return Event(**dict(zip(STATUS_COLUMNS, values, strict=False)))


def _row(row: tuple[Event, Link]) -> Row:
    event, link = row
    return (*(getattr(event, name) for name in STATUS_COLUMNS), *link)
