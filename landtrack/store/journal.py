"""How several have one GeoPackage open at once: with a log, or where machines share it without.

On a disk of this machine a store keeps SQLite's write-ahead log. Who reads then sees the store
as it stood when they began and waits for nobody, and a writer waits for other writers alone.
The programs that are in share memory for that, which those of two machines cannot: a store on a
network drive keeps SQLite's rollback journal, with which readers and writers wait for each other.

Which of the two is kept stands in the file, and SQLite changes it for a program that is alone
in it only, so that all who are in agree. Only writers turn the log on, and only on a disk of this
machine. On a network drive everyone turns it off before all else; where another machine has the
store open with it, nobody gets in.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Mapping
from contextlib import AbstractContextManager, suppress
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from threading import RLock
from urllib.parse import quote

import psutil

from landtrack.model import Value, catalog
from landtrack.model.errors import SourceError
from landtrack.store import session

LOG, MEMORY, JOURNAL = "-wal", "-shm", "-journal"
"""What SQLite's own files beside a store are named after it."""

_VERSION_AT, _WITH_LOG = 18, b"\x02\x02"
_MEMORY_BYTES = 32_768


class Shares(Value, frozen=True, kw_only=True):
    """The file systems that other machines may have open too, by name; ``*`` is anything."""

    file_systems: tuple[str, ...]


_turns: defaultdict[Path, RLock] = defaultdict(RLock)


def turn(path: Path) -> AbstractContextManager[object]:
    """Let the threads of this process be in a store one after the other.

    GDAL brings an SQLite of its own, and two of them in one process do not see each other's
    locks: the one that leaves would take the log away under the one that writes.

    Returns: Within it no other thread is in; the same one may come in again.
    """
    return _turns[path.resolve()]


def to_write(path: Path) -> sqlite3.Connection:
    """Open a store to write into it.

    Raises SourceError: As :func:`settle`.
    """
    settle(path)
    db = _connect(str(path))
    if not on_share(path):
        _want_log(db)
    return db


def to_read(path: Path) -> sqlite3.Connection:
    """Open a store to read it.

    Raises SourceError: As :func:`settle`.
    """
    settle(path)
    if not as_it_lies(path):
        return _connect(str(path))
    named = path.absolute().as_posix()
    # the same for drives with letters and for servers; Path.as_uri names those otherwise
    return _connect(f"file://{'' if named.startswith('/') else '/'}{quote(named)}?immutable=1")


def settle(path: Path) -> None:
    """Get a store ready to be opened by any library.

    Raises SourceError: If another machine, or another program, has it open on a network drive with
    a log; or there are changes beside it that nobody can bring in, because nothing may be written
    there.
    """
    if as_it_lies(path):
        if _size(path, LOG):
            raise SourceError(
                f"{path} has changes beside it, in {path.name}{LOG}, and its folder may not be "
                "written, which reading them takes.",
                mend="Copy both files to where you may write, and open the copy.",
            )
    elif on_share(path) and keeps_log(path):
        _leave_log(path)


def as_it_lies(path: Path) -> bool:
    """Say whether a store with a log can only be read as a file that nobody changes.

    It is so on a medium and in a folder where the memory that its readers share cannot be made.

    Returns: Never where somebody is in who has made it.
    """
    return not _beside(path, MEMORY).exists() and not _may_write(path) and keeps_log(path)


def options(path: Path) -> Mapping[str, str]:
    """Say what GDAL is to be told when it opens a store to read it.

    Returns: Options; GDAL would find out by itself, with a remark.
    """
    return {"IMMUTABLE": "YES"} if as_it_lies(path) else {}


def keeps_log(path: Path) -> bool:
    """Say whether a store keeps a write-ahead log.

    ``path``: The GeoPackage, which nobody in this process may have open: where a file is closed,
    the system takes the locks of all of its process away.
    Returns: What stands in the file; False where there is none.
    """
    try:
        with path.open("rb") as file:
            return file.read(_VERSION_AT + 2)[_VERSION_AT:] == _WITH_LOG
    except OSError:
        return False


def on_share(path: Path) -> bool:
    """Say whether a file lies where another machine may have it open too.

    Returns: Whether it is on a network drive, by the path or by ``data/shares.toml``.
    """
    whole = path.resolve()
    if whole.drive.startswith("\\\\"):  # \\server\folder, as drives with letters resolve to
        return True
    for mounted, kind in _mounts():
        if whole.is_relative_to(mounted):
            return any(fnmatch(kind, each) for each in _shares())
    return False


def bring_in(db: sqlite3.Connection) -> None:
    """Take what was committed from the log into the file, as far as nobody reads what was before.

    The file alone is then the whole store, and closing it, which keeps readers out while it
    does the same, has little left to do.
    """
    with suppress(sqlite3.Error):  # what was committed is safe in the log: the next one does it
        db.execute("PRAGMA wal_checkpoint(PASSIVE)")


def forget(path: Path) -> None:
    """Remove what a store that is gone has left beside its place.

    A new store there would else take the changes of the old one for its own.
    """
    for kind in (LOG, MEMORY, JOURNAL):
        _beside(path, kind).unlink(missing_ok=True)


def away(path: Path) -> None:
    """Remove a store that was being made, and what it has left beside its place."""
    path.unlink(missing_ok=True)
    forget(path)


def _connect(named: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        named, timeout=session.WAIT_S, isolation_level=None, uri=named.startswith("file:"),
    )
    db.execute("PRAGMA trusted_schema = OFF")  # a store may come from somebody else
    return db


def _want_log(db: sqlite3.Connection) -> None:
    """Turn the log on, unless others are in without one: then all go on as they are."""
    db.execute("PRAGMA busy_timeout = 0")
    try:
        db.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError:
        pass  # what is more than that, the transaction tells
    finally:
        db.execute(f"PRAGMA busy_timeout = {int(session.WAIT_S * 1000)}")


def _leave_log(path: Path) -> None:
    """Bring the log of a store into the file and turn it off, for which nobody else may be in."""
    db = _connect(str(path))
    try:
        # The memory that readers share would lie on the drive, where each machine sees its own.
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        raise SourceError(
            f"{path} is on a network drive, and another machine or program has it open: {error}.",
            mend="Open it on that machine, or close it there, such as in QGIS. Several planners "
            "share a store in a database: `landtrack store copy` takes it there.",
        ) from error
    finally:
        db.close()


def _may_write(path: Path) -> bool:
    """Try whether a file as large as the memory of readers can be made beside a store."""
    try:
        with tempfile.TemporaryFile(dir=path.parent) as made:
            made.write(bytes(_MEMORY_BYTES))
    except OSError:
        return False
    return True


def _beside(path: Path, kind: str) -> Path:
    return path.with_name(f"{path.name}{kind}")


def _size(path: Path, kind: str) -> int:
    beside = _beside(path, kind)
    return beside.stat().st_size if beside.exists() else 0


@cache
def _mounts() -> list[tuple[str, str]]:
    """List what is mounted where, the deepest first, and by what kind of file system."""
    kinds = {  # of two in one place the last counts: it hides the first
        each.mountpoint: "remote" if "remote" in each.opts.split(",") else each.fstype
        for each in psutil.disk_partitions(all=True)
    }
    return sorted(kinds.items(), key=lambda each: -len(each[0]))


@cache
def _shares() -> tuple[str, ...]:
    """Load the file systems that are shared."""
    path = catalog.data_file("", "shares")
    return catalog.convert(catalog.read_toml(path), Shares, path).file_systems
