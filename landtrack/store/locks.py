"""Locks between programs: a file that one holds at a time, and that goes with who lets go of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock

from landtrack.store import journal


@contextmanager
def held(path: Path, wait_s: float = 0) -> Iterator[None]:
    """Hold a lock that other programs respect which hold it so.

    ``path``: Its file, in a folder that is there. It is gone afterwards: who has opened it
    meanwhile finds that what they hold has no name any more, and makes another. On a network
    drive, where that cannot be found out, it stays.
    ``wait_s``: How long to wait for who holds it.
    Raises TimeoutError: If they do not let go of it.
    Raises OSError: If it cannot be made.
    """
    lock = FileLock(path)
    lock.acquire(timeout=wait_s)
    try:
        yield
    finally:
        if os.name != "nt" and not journal.on_share(path):  # there, filelock removes it after
            with suppress(OSError):
                path.unlink()
        lock.release()
