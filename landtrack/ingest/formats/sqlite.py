"""SQLite files from outside: read only, and nothing that is written in them is run."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

STEPS = 50_000_000
"""What a question may take of SQLite's machine: a view of the file may ask without an end."""


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a file to read what it says of its tables.

    Functions that have effects are not called from views and triggers, nothing can be changed, no
    extension is loaded, and a question that takes too long ends in an error.
    Raises sqlite3.Error: If it cannot be opened.
    """
    address = f"{path.resolve().as_uri()}?mode=ro"
    with closing(sqlite3.connect(address, uri=True)) as db:
        if sys.version_info >= (3, 12):
            db.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)  # noqa: FBT003
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
            db.execute(f"PRAGMA {pragma}")
        db.set_progress_handler(lambda: 1, STEPS)
        yield db
