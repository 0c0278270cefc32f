"""Files that come in pieces: what is there of each is kept, and the rest goes on from its end.

A partial is of one file of one place, told from others by its name, size and time. What came of it
lies in a hidden folder of the place for as long as :data:`LIFETIME` says. Whoever brings the same
file again is told how much of it is there; only that counts, never what somebody says.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from landtrack.app import deliver
from landtrack.model import whole_file
from landtrack.model.catalog import paths
from landtrack.model.errors import LimitError, SourceError

LIFETIME = timedelta(days=7)
"""How long a partial is kept to which nothing comes any more."""
MOST_BYTES = 8 << 30
"""Bytes that the files of all partials of a place may have together."""
ABOUT, DATA = "about.json", "data"
DIGITS = 32
BLOCK = 1 << 20

_lock = threading.Lock()
_writers: dict[Path, Piece] = {}
"""Who writes what: one at a time, the last who began."""


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file as who brings it tells of it: ``modified`` in milliseconds since 1970."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    size: Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
    modified: Annotated[int, msgspec.Meta(gt=-(1 << 53), lt=1 << 53)]


class Partial(NamedTuple):
    """What is there of a file: ``there`` of its ``size`` bytes, and when the last came, UTC."""

    id: str
    name: str
    size: int
    there: int
    at: datetime

    @property
    def whole(self) -> bool:
        """Tell whether all of it is there."""
        return self.there == self.size

    @property
    def until(self) -> datetime:
        """Say when it is thrown away if nothing more comes."""
        return self.at + LIFETIME


class OffsetError(Exception):
    """A piece does not begin where what is there ends; ``there`` says where that is."""

    def __init__(self, there: int) -> None:
        super().__init__(there)
        self.there = there


def begin(folder: Path, mark: str, files: Sequence[Told]) -> list[Partial | None]:
    """Say of files how much of each is there, and make room for the others.

    ``folder``: The place, or the folder in which a place is to be made.
    ``mark``: Names who takes them in.
    Returns: In their order; None of what is not taken, as :func:`landtrack.app.deliver.clean` says.
    Raises LimitError: If a file is longer than one may be, or there are too many.
    Raises OutputError: If there is no room for them.
    """
    clear(folder)
    for each in files:
        if each.size > deliver.MOST_FILE:
            raise deliver.too_long(each.name)
    wanted = [None if deliver.clean(each.name) is None else _id(each) for each in files]
    there = {each.id: each for each in listed(folder, mark)}
    new = {
        own: each for own, each in zip(wanted, files, strict=True)
        if own is not None and own not in there
    }
    if len(there) + len(new) > deliver.MOST_FILES:
        raise deliver.too_many()
    on_way = sum(each.size for each in there.values()) + sum(each.size for each in new.values())
    if on_way > MOST_BYTES:
        raise LimitError(
            f"More than {MOST_BYTES / 2**30:g} GiB would be on their way at once.",
            mend="Bring them in several parts, or throw away what is half here.",
        )
    asked = {own for own in wanted if own is not None}
    deliver.insist_on_room(folder, sum(each.size for each in new.values()) + sum(
        each.size - each.there for own, each in there.items() if own in asked
    ))
    kept = _kept(folder)
    with deliver.told(folder):
        for own, each in new.items():
            _make(kept / f"{mark}-{own}", each)
    there |= {each.id: each for each in listed(folder, mark) if each.id in new}
    return [None if own is None else there[own] for own in wanted]


def listed(folder: Path, mark: str) -> list[Partial]:
    """List what is on its way into a folder, by name."""
    found = (_read(each, mark) for each in _folders(folder))
    return sorted((each for each in found if each is not None), key=lambda each: each.name)


class Piece:
    """The next bytes of a partial; who begins to write one ends the other that was at it."""

    def __init__(self, folder: Path, mark: str, number: str, offset: int | None) -> None:
        """Begin where what is there ends.

        ``number``: The id of the partial.
        ``offset``: Where who brings it says that this is.
        Raises SourceError: If there is no such partial any more.
        Raises OffsetError: If it is elsewhere.
        """
        own = next((each for each in listed(folder, mark) if each.id == number), None)
        if own is None:
            raise SourceError(
                "There is no such file on its way any more.", mend="Bring the file again."
            )
        self.folder, self.size, self.named = folder, own.size, own.name
        self.path = _kept(folder) / f"{mark}-{number}" / DATA
        with _lock, deliver.told(folder):
            _writers[self.path] = self
            self._at = _opened(self.path)
            self.there = os.fstat(self._at).st_size
        if self.there != offset:
            self.close()
            raise OffsetError(self.there)

    def write(self, data: bytes | bytearray) -> None:
        """Add bytes.

        Raises LimitError: If the file would be longer than was said; nothing is added.
        Raises OffsetError: If another has begun to write it.
        """
        if self.there + len(data) > self.size:
            raise LimitError(
                f"{self.named} brings more bytes than was said of it.", mend="Bring the file again."
            )
        with _lock, deliver.told(self.folder):
            if _writers.get(self.path) is not self:
                raise OffsetError(self.there)
            view = memoryview(data)
            while view:
                count = os.write(self._at, view)
                view, self.there = view[count:], self.there + count

    def close(self) -> None:
        """End; where all of it is there, it is on the disk."""
        with _lock:
            if _writers.get(self.path) is self:
                del _writers[self.path]
        with deliver.told(self.folder):
            try:
                if self.there == self.size:
                    os.fsync(self._at)
            finally:
                os.close(self._at)


def take(
    folder: Path, mark: str, numbers: Iterable[str], left: Iterable[str] = ()
) -> tuple[deliver.Incoming, Mapping[str, str]]:
    """Take in partials of which all is there; they stay until :func:`drop` is called.

    ``numbers``: Their ids. ``left``: The names of others that came with them and are not taken.
    Returns: What settles them, and the SHA-256 of each by its name.
    Raises SourceError: If one is not there, or not all of it.
    """
    there = {each.id: each for each in listed(folder, mark)}
    own = [there.get(each) for each in dict.fromkeys(numbers)]
    found = [each for each in own if each is not None and each.whole]
    if not found or len(found) != len(own):
        raise SourceError(
            "Not all of the files is here.", mend="Bring the same files again: it goes on."
        )
    incoming = deliver.Incoming(folder, mark=mark, expected=0)
    digests = {}
    try:
        for each in found:
            path = _kept(folder) / f"{mark}-{each.id}" / DATA
            digests[each.name] = _digest(path)
            incoming.adopt(each.name, path)
        for named in left:
            incoming.adopt(named, None)
    except BaseException:
        incoming.drop()
        raise
    return incoming, digests


def drop(folder: Path, mark: str, numbers: Iterable[str]) -> None:
    """Throw partials away; what is written to one meanwhile goes nowhere."""
    gone = set(numbers)
    for each in _folders(folder):
        if each.name.removeprefix(f"{mark}-") in gone:
            with _lock:
                _writers.pop(each / DATA, None)
            shutil.rmtree(each, ignore_errors=True)
    deliver.tidy(folder)


def clear(folder: Path, *, now: datetime | None = None) -> None:
    """Throw away what nothing came to for too long, and what was taken already.

    ``now``: UTC; this moment where not given.
    """
    oldest = (now or datetime.now(UTC)) - LIFETIME
    for each in _folders(folder):
        with suppress(OSError):
            data = (each / DATA).lstat()
            taken = data.st_nlink > 1 and (each / DATA) not in _writers
            if taken or _moment(data) < oldest:
                shutil.rmtree(each, ignore_errors=True)
            continue
        with suppress(OSError):  # without bytes: it was begun and ended at once
            if _moment(each.lstat()) < oldest:
                shutil.rmtree(each, ignore_errors=True)
    deliver.tidy(folder)


# --- on the disk ------------------------------------------------------------------------------


def _kept(folder: Path) -> Path:
    return paths.confined(folder, folder / deliver.OWN / deliver.PARTIAL)


def _folders(folder: Path) -> Iterator[Path]:
    """Give the folders of partials; what others laid there as links is none."""
    with suppress(OSError, SourceError):
        yield from [
            each for each in _kept(folder).iterdir() if each.is_dir() and not each.is_symlink()
        ]


def _id(own: Told) -> str:
    said = json.dumps([own.name, own.size, own.modified])
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]


def _make(at: Path, own: Told) -> None:
    at.mkdir(parents=True, exist_ok=True)
    os.close(os.open(at / DATA, os.O_CREAT | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o666))
    whole_file.write(at / ABOUT, msgspec.json.encode(own))


def _read(at: Path, mark: str) -> Partial | None:
    """Read what is there of a file; None where it is none, or of another who takes files in."""
    number = at.name.removeprefix(f"{mark}-")
    with suppress(OSError, SourceError):
        own = whole_file.decoded(at / ABOUT, Told, _foreign)
        data = (at / DATA).lstat()
        name = None if own is None else deliver.clean(own.name)
        if own is None or name is None or number != _id(own) or not stat.S_ISREG(data.st_mode):
            return None
        if data.st_size <= own.size:
            return Partial(number, own.name, own.size, data.st_size, _moment(data))
    return None


def _foreign(why: str) -> SourceError:
    return SourceError(f"No file on its way: {why}.", mend="Bring the file again.")


def _opened(path: Path) -> int:
    at = os.open(path, os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0)
                 | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(at).st_mode):
        os.close(at)
        raise _foreign("no regular file")
    return at


def _moment(found: os.stat_result) -> datetime:
    return datetime.fromtimestamp(found.st_mtime, UTC)


def _digest(path: Path) -> str:
    made = hashlib.sha256()
    at = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))
    try:
        while block := os.read(at, BLOCK):
            made.update(block)
    finally:
        os.close(at)
    return made.hexdigest()
