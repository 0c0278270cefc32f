"""What is brought to be shown before it counts: a file, what was typed with it, what it would do.

Each lies in a folder of its own in the home of the desk, not in the place: the file below, and
beside it what was typed and what was shown, each whole or not there.
"""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from landtrack.model import disk, whole_file
from landtrack.server import asked, uploads
from landtrack.server.home import Home
from landtrack.server.jobs import Job, Jobs

TYPED, SHOWN = "typed.json", "shown.json"
FILE = ""
"""Under which the name of the file stands: no field of a form is without a name."""
SCANS = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"MM\x00*")
"""First bytes of documents: PDF, JPEG, PNG, TIFF."""
OFD = b"OFD.xml"
"""A name in each OFD (GB/T 33190), which is a zip of documents."""
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
MARKS = (b"\xff\xfe", b"\xfe\xff")
"""First bytes of a text in which every other byte may be 0."""
HEAD = 4096
NAMES = 1 << 16
"""Bytes at the end of a zip among which one of its names is looked for."""
LOOKED_AT = 200
"""Among how many jobs of a place those of one file are looked for."""


class Brought(NamedTuple):
    """A file that was brought: its number, where it is, and what was typed with it."""

    number: str
    file: Path
    typed: Mapping[str, list[str]]

    @property
    def shown(self) -> Path:
        """The file of what it would do."""
        return self.file.parents[1] / SHOWN

    def beside(self, name: str) -> Path:
        """Give a file of something else that came of it."""
        return self.file.parents[1] / name

    def keep(self) -> None:
        """Keep what was typed with it: from now on it is there.

        Raises OutputError: If that cannot be written.
        """
        typed = {**self.typed, FILE: [self.file.name]}
        whole_file.write(self.beside(TYPED), json.dumps(typed).encode())

    @property
    def is_scan(self) -> bool:
        """Tell whether it is a document, by its first bytes."""
        return self._head().startswith(SCANS) or self._is_ofd

    @property
    def may_be_table(self) -> bool:
        """Tell whether it can be a table, by its first bytes: a workbook, or text."""
        head = self._head()
        return not self.is_scan and (head.startswith((*WORKBOOKS, *MARKS)) or b"\0" not in head)

    @property
    def _is_ofd(self) -> bool:
        """Tell by the names in it, at the end of a zip, whether it is an OFD; none is opened."""
        if not self._head().startswith(b"PK\x03\x04"):
            return False
        with self.file.open("rb") as file:
            file.seek(max(0, self.file.stat().st_size - NAMES))
            return OFD in file.read(NAMES)

    def _head(self) -> bytes:
        with self.file.open("rb") as file:
            return file.read(HEAD)

    def drop(self) -> None:
        """Leave nothing of it."""
        shutil.rmtree(self.file.parents[1], ignore_errors=True)

    def last(self, jobs: Jobs, place: str) -> Job | None:
        """Give the last job that was about it."""
        named = str(self.file)
        return next((
            each for each in jobs.of(place, LOOKED_AT)
            if any(own.endswith(named) for own in each.arguments.split("\0"))
        ), None)


async def take(request: Request, home: Home, folder: Path) -> Brought:
    """Take in the file that a form brings, and what was typed with it; of no others any is kept.

    ``folder``: Of the place.
    Raises SourceError: If no file came, or several that do not belong together.
    """
    path, typed = await uploads.one(request, home, home.shown(folder), apart=True)
    own = Brought(path.parents[1].name, path, typed)
    try:
        await run_in_threadpool(own.keep)
    except BaseException:
        own.drop()  # at once: the request may be cancelled
        raise
    return own


def make(home: Home, folder: Path, name: str, typed: Mapping[str, list[str]]) -> Brought:
    """Begin a file of our own that is shown before it counts, as if it were brought.

    Returns: Where the file is to be written; its folder is there. It counts once it is kept.
    Raises OutputError: If the folder cannot be made.
    """
    number = f"{home.mark}-{secrets.token_hex(8)}"
    own = Brought(number, home.shown(folder) / number / number / name, typed)
    with disk.writing(own.file):
        own.file.parent.mkdir(parents=True)
    uploads.forget(home.shown(folder))
    return own


def find(home: Home, folder: Path, number: str) -> Brought:
    """Find what was brought by its number.

    Raises UnknownError: If there is none of it any more.
    """
    kept = home.shown(folder)
    there = kept.iterdir() if kept.is_dir() else ()
    at = next((each for each in there if each.name == number), None)
    if at is None:
        raise asked.UnknownError
    with suppress(OSError, ValueError):
        typed = json.loads((at / TYPED).read_text(encoding="utf-8"))
        name = typed.pop(FILE)[0]
        if (file := at / at.name / name).is_file():
            return Brought(number, file, typed)
    raise asked.UnknownError


def number_of(job: Job) -> str | None:
    """Name what a job looked at, as :func:`find` takes it; None where it did not."""
    for each in job.arguments.split("\0"):
        option, _, named = each.partition("=")
        if option == "--save" and (Path(named).parent / TYPED).is_file():
            return Path(named).parent.name
    return None
