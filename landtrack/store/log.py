"""The log of events in a store: a table that only grows, each row chained to the one before.

Plain SQLite on the GeoPackage, in transactions: an append is there whole or not at all,
whatever happens to the process. The table refuses changes and deletions, also from other
programs; whoever gets around that is found by the chain.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from landtrack.errors import OutputError, SourceError
from landtrack.model import STATUS_COLUMNS
from landtrack.status import START, Event, Link, by_feature, links, ordered, standing, states
from landtrack.status.events import INTEGERS

FORMAT = 2
"""The version of the store's tables; 1 had no chained log."""

WAIT_S = 10
"""How long to wait for another program that is committing."""

LOG, STATES, META = "status_log", "states", "landtrack_store"
STATE_COLUMNS = ("layer", "feature_id", "track", "state", "since", "document_no", "event")

_FIELDS = ", ".join(
    f"{name} {'INTEGER' if name in INTEGERS else 'TEXT'} NOT NULL" for name in STATUS_COLUMNS
)
_STATE_FIELDS = ", ".join(
    f"{name} {'INTEGER' if name == 'event' else 'TEXT'} NOT NULL" for name in STATE_COLUMNS
)
_FID = "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"
_ONLY_GROWS = "BEGIN SELECT RAISE(ABORT, 'The log only grows: enter an event that undoes.'); END"
_TABLES = (
    f"CREATE TABLE {LOG} ({_FID}, {_FIELDS}, previous TEXT NOT NULL, sha256 TEXT NOT NULL UNIQUE)",
    f"CREATE UNIQUE INDEX {LOG}_event ON {LOG} (event)",
    f"CREATE INDEX {LOG}_feature ON {LOG} (layer, feature_id)",
    f"CREATE TABLE {STATES} ({_FID}, {_STATE_FIELDS})",
    f"CREATE TABLE {META} ({_FID}, key TEXT NOT NULL UNIQUE, value TEXT NOT NULL)",
    f"CREATE TRIGGER {LOG}_no_update BEFORE UPDATE ON {LOG} {_ONLY_GROWS}",
    f"CREATE TRIGGER {LOG}_no_delete BEFORE DELETE ON {LOG} {_ONLY_GROWS}",
)


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

        Returns
        -------
        list of Event
            In the order of the log.
        """
        return [event for event, _ in self.rows]


def create(path: Path, rows: Sequence[tuple[Event, Link]], meta: dict[str, str]) -> None:
    """Make the tables of the log in a GeoPackage that has none.

    Parameters
    ----------
    path
        The GeoPackage.
    rows
        The events with their links, as they are.
    meta
        What the store is of: ``place``, ``workflow``, ``language``.

    Raises
    ------
    OutputError
        If they cannot be written.
    """
    with writing(path) as db:
        install(db, rows, meta)


def install(
    db: sqlite3.Connection, rows: Sequence[tuple[Event, Link]], meta: dict[str, str]
) -> None:
    """Make the tables of the log in an open store, as :func:`create` does.

    Parameters
    ----------
    db
        The open store, in a transaction.
    rows
        The events with their links, as they are.
    meta
        What the store is of.
    """
    for statement in _TABLES:
        db.execute(statement)
    db.executemany(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) "
        "VALUES (?, 'attributes', ?, ?)",
        [(name, name, _now()) for name in (LOG, STATES, META)],
    )
    put_meta(db, {**meta, "format": str(FORMAT)})
    _insert(db, rows, [event for event, _ in rows])
    put_meta(db, {"count": str(len(rows))})


def append(path: Path, fresh: Sequence[Event], *, after: int) -> None:
    """Add events to the log of a store, all or none.

    Parameters
    ----------
    path
        The store.
    fresh
        Events numbered on from ``after``.
    after
        How many events the log had when these were judged.

    Raises
    ------
    OutputError
        If the log has grown meanwhile, another program is writing, or the disk is full; the
        log is as it was.
    SourceError
        If it is no store, or one of another version.
    """
    with writing(path) as db:
        require_format(db, path)
        meta = dict(db.execute(f"SELECT key, value FROM {META}"))  # noqa: S608  a constant
        (there,) = db.execute(f"SELECT count(*) FROM {LOG}").fetchone()  # noqa: S608
        if not int(meta["count"]) == there == after:
            raise OutputError(
                f"The log of {path.name} has {there} events; {after} were expected.",
                mend="Another program entered events meanwhile: look at them, then try again. "
                "If none did, run `landtrack log verify`.",
            )
        forged = links(fresh, meta.get("head", START))
        own = [event for each in {event.feature for event in fresh} for event in _own(db, each)]
        _insert(db, list(zip(fresh, forged, strict=True)), [*own, *fresh])
        put_meta(db, {"count": str(after + len(fresh))})


def settle(path: Path) -> None:
    """Bring what other programs wrote into the file itself, before it is replaced.

    Parameters
    ----------
    path
        The store.

    Raises
    ------
    OutputError
        If another program has it open with changes that are not in the file yet.
    """
    db = _connect(path)
    try:
        busy = db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error:
        busy = 1
    finally:
        db.close()
    waiting = path.with_name(f"{path.name}-wal")
    if busy or (waiting.exists() and waiting.stat().st_size):
        raise OutputError(
            f"{path.name} is open in another program, which has not yet written its changes.",
            mend="Close it there, such as in QGIS, then run again.",
        )


def read(path: Path) -> Grown:
    """Read the log of a store.

    Parameters
    ----------
    path
        The store.

    Returns
    -------
    Grown
        The log as it stands there, right or wrong.

    Raises
    ------
    SourceError
        If it is no store, or one of another version.
    """
    with reading(path) as db:
        require_format(db, path)
        return _grown(db)


def read_meta(path: Path) -> dict[str, str]:
    """Read what a store is of.

    Parameters
    ----------
    path
        The store.

    Returns
    -------
    dict of str to str
        ``format``, ``place``, ``workflow``, ``language``, and ``count`` and ``head`` of the log.

    Raises
    ------
    SourceError
        If it is no store, or one of another version.
    """
    with reading(path) as db:
        require_format(db, path)
        return dict(db.execute(f"SELECT key, value FROM {META}"))  # noqa: S608  a constant


def read_states(path: Path) -> list[tuple[object, ...]]:
    """Read the states that stand in a store beside its log.

    Parameters
    ----------
    path
        The store.

    Returns
    -------
    list of tuple
        Rows of ``STATE_COLUMNS``.
    """
    with reading(path) as db:
        require_format(db, path)
        return db.execute(
            f"SELECT {', '.join(STATE_COLUMNS)} FROM {STATES} "  # noqa: S608
            "ORDER BY layer, feature_id, track"
        ).fetchall()


def keys(path: Path, key_of: Mapping[str, str]) -> set[tuple[str, str]]:
    """List the features that a store holds.

    Parameters
    ----------
    path
        The store.
    key_of
        The key field by layer kind.

    Returns
    -------
    set of tuple of str
        Layer kind and key.
    """
    with reading(path) as db:
        layers = {
            name for (name,) in
            db.execute("SELECT table_name FROM gpkg_contents WHERE data_type = 'features'")
        }
        return {
            (kind, str(value))
            for kind, key in key_of.items() if kind in layers
            for (value,) in db.execute(f'SELECT "{key}" FROM "{kind}"')  # noqa: S608  schemas
        }


def folded(events: Sequence[Event]) -> list[tuple[object, ...]]:
    """Fold a log into the rows of the table of states.

    Parameters
    ----------
    events
        The whole log.

    Returns
    -------
    list of tuple
        Rows of ``STATE_COLUMNS``, by feature and track.
    """
    return [
        (layer, feature, track, held.state, held.event.at, held.event.document_no,
         held.event.event)
        for (layer, feature), own in sorted(by_feature(standing(events)).items())
        for track, held in sorted(states(ordered(own)).items())
        if held.event is not None
    ]


# --- SQLite ---------------------------------------------------------------------------------


@contextmanager
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a store for one transaction.

    Parameters
    ----------
    path
        The GeoPackage.

    Yields
    ------
    Connection
        In a transaction that is committed at the end, and rolled back on an exception.

    Raises
    ------
    OutputError
        If another program is writing, or it cannot be written.
    """
    db = _connect(path)
    try:
        db.execute("BEGIN IMMEDIATE")
        yield db
        db.execute("COMMIT")
    except sqlite3.Error as error:
        raise OutputError(
            f"{path.name} cannot be written: {error}.",
            mend="Close the program that is changing it, or make room on the disk; the store is "
            "as it was.",
        ) from error
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.close()


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a store to read it as it stands at one moment.

    Parameters
    ----------
    path
        The GeoPackage.

    Yields
    ------
    Connection
        In a transaction that only reads.

    Raises
    ------
    SourceError
        If it is not there or is no SQLite file.
    """
    if not path.is_file():
        raise SourceError(f"There is no store at {path}.", mend="Make it with `landtrack run`.")
    db = _connect(path)
    try:
        db.execute("BEGIN")
        yield db
    except sqlite3.Error as error:
        raise SourceError(
            f"{path} cannot be read as a store: {error}.",
            mend="Name a project.gpkg that `landtrack run` made, or restore its backup.",
        ) from error
    finally:
        if db.in_transaction:
            db.execute("ROLLBACK")
        db.close()


def _connect(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=WAIT_S, isolation_level=None)


def require_format(db: sqlite3.Connection, path: Path) -> None:
    """Refuse a store whose tables are of another version.

    Parameters
    ----------
    db
        The open store.
    path
        Its file, for the message.

    Raises
    ------
    SourceError
        With what to do: migrate an older one, install a newer landtrack for a newer one.
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
    raise SourceError(f"{path} is a store of version {found}, not {FORMAT}.", mend=mend)


def format_of(db: sqlite3.Connection) -> int:
    """Say of which version a store is.

    Parameters
    ----------
    db
        The open store.

    Returns
    -------
    int
        0 where it is none.
    """
    names = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if META in names:
        row = db.execute(f"SELECT value FROM {META} WHERE key = 'format'").fetchone()  # noqa: S608
        return int(row[0]) if row else 0
    return 1 if {LOG, "runs"} <= names else 0


def put_meta(db: sqlite3.Connection, meta: dict[str, str]) -> None:
    """Say what a store is of.

    Parameters
    ----------
    db
        The open store, in a transaction.
    meta
        Values by key; those there are replaced.
    """
    db.executemany(
        f"INSERT INTO {META} (key, value) VALUES (?, ?) "  # noqa: S608  a constant
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        list(meta.items()),
    )


def _grown(db: sqlite3.Connection) -> Grown:
    columns = ", ".join(STATUS_COLUMNS)
    rows = [
        (_event(values), Link(*values[-2:])) for values in db.execute(
            f"SELECT {columns}, previous, sha256 FROM {LOG} ORDER BY fid"  # noqa: S608
        )
    ]
    meta = dict(db.execute(f"SELECT key, value FROM {META}"))  # noqa: S608
    return Grown(rows, int(meta.get("count", 0)), meta.get("head", START))


def _own(db: sqlite3.Connection, feature: tuple[str, str]) -> list[Event]:
    """Read the events of one feature."""
    return [
        _event(values) for values in db.execute(
            f"SELECT {', '.join(STATUS_COLUMNS)} FROM {LOG} "  # noqa: S608
            "WHERE layer = ? AND feature_id = ? ORDER BY fid", feature,
        )
    ]


def _event(values: Sequence[Any]) -> Event:
    return Event(**dict(zip(STATUS_COLUMNS, values, strict=False)))


def _insert(
    db: sqlite3.Connection, rows: Sequence[tuple[Event, Link]], known: Sequence[Event]
) -> None:
    """Add rows, and bring what stands beside the log up to it.

    ``known`` are all events of the features that the rows touch, the rows among them.
    """
    marks = ", ".join("?" * (len(STATUS_COLUMNS) + 2))
    db.executemany(
        f"INSERT INTO {LOG} ({', '.join(STATUS_COLUMNS)}, previous, sha256) "  # noqa: S608
        f"VALUES ({marks})",
        [(*(getattr(event, name) for name in STATUS_COLUMNS), *link) for event, link in rows],
    )
    if rows:
        put_meta(db, {"head": rows[-1][1].sha256})
    touched = {event.feature for event, _ in rows}
    db.executemany(
        f"DELETE FROM {STATES} WHERE layer = ? AND feature_id = ?", list(touched)  # noqa: S608
    )
    db.executemany(
        f"INSERT INTO {STATES} ({', '.join(STATE_COLUMNS)}) "  # noqa: S608
        f"VALUES ({', '.join('?' * len(STATE_COLUMNS))})",
        folded([event for event in known if event.feature in touched]),
    )
    db.executemany(
        "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?",
        [(_now(), LOG), (_now(), STATES)],
    )


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
