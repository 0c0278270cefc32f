"""The register of sheets: a table of the store with every revision that was issued.

A sheet has a number, and a new revision where what it says has changed; the revision before
is then superseded. The same sheet asked for again is the same revision.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock

from landtrack.errors import OutputError

if TYPE_CHECKING:
    from landtrack.sheet.document import Plan

TABLE = "sheets"
COLUMNS: Mapping[str, str] = {
    "number": "TEXT NOT NULL", "revision": "INTEGER NOT NULL", "template": "TEXT",
    "kind": "TEXT", "features": "TEXT", "scale": "INTEGER", "paper": "TEXT", "pages": "INTEGER",
    "drawn_by": "TEXT", "checked_by": "TEXT", "drawn_on": "TEXT", "registered_at": "TEXT",
    "sha256": "TEXT", "file": "TEXT", "file_sha256": "TEXT", "labels": "INTEGER",
    "labels_dropped": "INTEGER", "draft": "TEXT", "superseded_by": "TEXT",
}
LONGEST = 60
"""Characters of a number; a longer one ends in a hash."""

WAIT_S = 30


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Keep others from registering in a store, such as while it is replaced.

    Parameters
    ----------
    store
        The GeoPackage; it need not be there yet.

    Raises
    ------
    OutputError
        If another does so for half a minute, or the folder cannot be written.
    """
    try:
        lock = FileLock(store.with_name(f".{store.name}.sheets.lock"))
        lock.acquire(timeout=WAIT_S)
    except (TimeoutError, OSError) as error:
        raise OutputError(
            f"The register of sheets in {store.name} is in use, or {store.parent} cannot be "
            f"written: {error}.",
            mend="Wait until the other run is done, or ask for the right to write there.",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def opened(store: Path) -> Iterator[sqlite3.Connection]:
    """Open the register for one issue of sheets: all of it is kept, or nothing.

    Parameters
    ----------
    store
        The GeoPackage.

    Yields
    ------
    Connection
        In a transaction; others wait.

    Raises
    ------
    OutputError
        If the store cannot be written.
    """
    try:
        with locked(store), closing(
            sqlite3.connect(store, timeout=WAIT_S, isolation_level=None)
        ) as connection:
            connection.execute("BEGIN IMMEDIATE")
            _create(connection)
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")
    except sqlite3.Error as error:
        raise OutputError(
            f"The register of sheets in {store.name} cannot be written: {error}.",
            mend="Check that the store may be written, and that no other program holds it open.",
        ) from error


def _create(connection: sqlite3.Connection) -> None:
    columns = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
    connection.execute(
        f"CREATE TABLE IF NOT EXISTS {TABLE} (fid INTEGER PRIMARY KEY AUTOINCREMENT, {columns}, "
        "UNIQUE (number, revision))"
    )
    connection.execute(
        "INSERT OR IGNORE INTO gpkg_contents (table_name, data_type, identifier) "
        "VALUES (?, 'attributes', ?)", (TABLE, TABLE),
    )


def number(place: str, template: str, plan: Plan) -> str:
    """Make the number that a sheet is filed under.

    Parameters
    ----------
    place
        The place's id.
    template
        The template's id.
    plan
        The sheet.

    Returns
    -------
    str
        Of place, template and features; at most 60 characters.
    """
    made = f"{place}-{template}-{plan.subject.name}"
    if len(made) <= LONGEST:
        return made
    return f"{made[:LONGEST - 9]}~{hashlib.sha256(made.encode()).hexdigest()[:8]}"


def revision(connection: sqlite3.Connection, filed: str, sha256: str) -> int:
    """Find the revision that a sheet is.

    Parameters
    ----------
    connection
        The open register.
    filed
        Its number.
    sha256
        The hash of what it says.

    Returns
    -------
    int
        That of the last one if it says the same, else the next; 1 for the first.
    """
    last = connection.execute(
        f"SELECT revision, sha256 FROM {TABLE} WHERE number = ? ORDER BY revision DESC",  # noqa: S608
        (filed,),
    ).fetchone()
    if last is None:
        return 1
    return int(last[0]) if last[1] == sha256 else int(last[0]) + 1


def row_of(
    template: str, plan: Plan, claims: Sequence[Mapping[str, Any]], file: tuple[str, str]
) -> dict[str, Any]:
    """Make the row of a sheet.

    Parameters
    ----------
    template
        The template's id.
    plan
        The sheet, numbered.
    claims
        What its pages claim.
    file
        Name and SHA-256 of the file that it is in.

    Returns
    -------
    dict
        By column.
    """
    return {
        "number": plan.number, "revision": plan.revision, "template": template,
        "kind": plan.subject.kind, "features": ",".join(plan.subject.ids),
        "scale": plan.windows[0].scale, "paper": plan.page.paper, "pages": len(claims),
        "drawn_by": plan.stated.get("drawn_by", ""),
        "checked_by": plan.stated.get("checked_by", ""),
        "drawn_on": plan.stated.get("drawn_on", ""),
        "sha256": plan.sha256, "file": file[0], "file_sha256": file[1],
        "labels": sum(each.get("labels", 0) for each in claims),
        "labels_dropped": sum(len(each.get("dropped", ())) for each in claims),
        "draft": "; ".join(plan.draft),
    }


def enter(connection: sqlite3.Connection, stated: Mapping[str, Any]) -> None:
    """Enter a revision, and mark what it supersedes.

    Parameters
    ----------
    connection
        The open register.
    stated
        Its row; when it was registered is added.
    """
    row = {
        **stated, "superseded_by": "",
        "registered_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }
    key = (row["number"], row["revision"])
    connection.execute(
        f"DELETE FROM {TABLE} WHERE number = ? AND revision = ?",  # noqa: S608
        key,
    )
    connection.execute(
        f"INSERT INTO {TABLE} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})",  # noqa: S608
        tuple(row.values()),
    )
    connection.execute(
        f"UPDATE {TABLE} SET superseded_by = ? "  # noqa: S608
        "WHERE number = ? AND revision < ? AND superseded_by = ''",
        (str(row["revision"]), *key),
    )


def rows(store: Path) -> list[dict[str, Any]]:
    """Read the register.

    Parameters
    ----------
    store
        The GeoPackage.

    Returns
    -------
    list of dict
        A row for each revision; none where there is no register yet.
    """
    with closing(sqlite3.connect(f"{store.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        there = connection.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (TABLE,)
        ).fetchone()
        if there is None:
            return []
        names = ", ".join(COLUMNS)
        found = connection.execute(f"SELECT {names} FROM {TABLE} ORDER BY fid")  # noqa: S608
        return [dict(zip(COLUMNS, row, strict=True)) for row in found]


def carry(earlier: Path, store: Path) -> None:
    """Take the register over into a store that replaces an earlier one.

    Parameters
    ----------
    earlier
        The store that is replaced.
    store
        The new one.
    """
    kept = rows(earlier) if earlier.exists() else []
    if not kept:
        return
    with closing(sqlite3.connect(store)) as connection, connection:
        _create(connection)
        connection.executemany(
            f"INSERT INTO {TABLE} ({', '.join(COLUMNS)}) "  # noqa: S608
            f"VALUES ({', '.join('?' * len(COLUMNS))})",
            [tuple(row.values()) for row in kept],
        )
