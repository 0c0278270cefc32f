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
    made = make()
    try:
        yield made
    finally:
        remove(made)


def make() -> Path:
    """Make a folder that is swept if this process does not live to remove it."""
    sweep(Path(tempfile.gettempdir()))
    return Path(tempfile.mkdtemp(prefix=f"landtrack-{os.getpid()}-"))


def remove(made: Path) -> None:
    """Take a folder away; what another program holds open is left to be swept."""
    shutil.rmtree(made, ignore_errors=True)


@cache
def sweep(place: Path) -> None:
    """Take away what processes left that are no longer there; once in a process."""
    for each in place.glob("landtrack-*-*"):
        found = NAMED.match(each.name)
        if found and each.is_dir() and not each.is_symlink():
            with suppress(OSError):  # another's: its owner sweeps it
                if not psutil.pid_exists(int(found[1])):
                    shutil.rmtree(each, ignore_errors=True)
