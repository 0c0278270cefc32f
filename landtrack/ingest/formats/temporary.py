"""Folders for a moment: gone afterwards, and swept where a process that was killed left one."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import psutil

NAMED = re.compile(r"landtrack-(\d+)-")
"""The name of a folder holds the number of the process that made it."""


@contextmanager
def folder() -> Iterator[Path]:
    """Make a folder for the time of a ``with`` block.

    Yields: Empty, of its own, readable by its owner alone.
    """
    sweep(Path(tempfile.gettempdir()))
    with tempfile.TemporaryDirectory(
        prefix=f"landtrack-{os.getpid()}-", ignore_cleanup_errors=True
    ) as made:
        yield Path(made)


@cache
def sweep(place: Path) -> None:
    """Take away what processes left that are no longer there; once in a process."""
    for each in place.glob("landtrack-*-*"):
        found = NAMED.match(each.name)
        if found and each.is_dir() and not each.is_symlink():
            with suppress(OSError):  # another's: its owner sweeps it
                if not psutil.pid_exists(int(found[1])):
                    shutil.rmtree(each, ignore_errors=True)
