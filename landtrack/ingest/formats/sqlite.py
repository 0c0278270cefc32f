"""SQLite files from outside: read only, and nothing that is written in them is run."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from landtrack.ingest.formats import temporary

UNSETTLED = ("-wal", "-journal")
"""What lies beside a file that another program has open, or did not close."""
STEPS = 50_000_000
"""What a question may take of SQLite's machine: a view of the file may ask without an end."""


@contextmanager
def settled(path: Path) -> Iterator[Path]:
    """Give a file with what was written to it last, though nothing may be written beside it.

    Yields: The file itself; where a log or a journal lies beside it, which SQLite would have to
    work into it, a copy with them.
    """
    beside = [
        each for suffix in UNSETTLED
        if (each := path.with_name(f"{path.name}{suffix}")).is_file() and each.stat().st_size
    ]
    if not beside:
        yield path
        return
    with temporary.folder() as folder:
        for each in (*beside, path):
            shutil.copyfile(each, folder / each.name)
        with temporary.standing_for(folder, path):
            yield folder / path.name


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file to read what it says of its tables.

    Functions that have effects are not called from views and triggers, nothing can be changed, no
    extension is loaded, and a question that takes too long ends in an error.
    Raises sqlite3.Error: If it cannot be opened.
    """
    with (
        settled(path) as whole,
        closing(sqlite3.connect(f"{whole.resolve().as_uri()}?mode=ro", uri=True)) as db,
    ):
        if sys.version_info >= (3, 12):
            db.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)  # noqa: FBT003
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
            db.execute(f"PRAGMA {pragma}")
        db.text_factory = _text
        db.set_progress_handler(lambda: 1, STEPS)
        try:
            yield db
        except UnicodeDecodeError as error:  # what SQLite says of damage may quote it
            raise sqlite3.DatabaseError(str(error)) from error


def _text(data: bytes) -> str:
    """Read a text, be it damaged: who reads the file says what is wrong with it."""
    return data.decode("utf-8", "replace")
