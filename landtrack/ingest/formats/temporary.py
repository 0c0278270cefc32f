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

from landtrack.model.errors import LandtrackError, OutputError

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


@contextmanager
def standing_for(made: Path, path: Path) -> Iterator[None]:
    """Have what fails at a copy of a file name the file itself: nobody knows of the copy.

    ``made``: The folder of the copy, which is called as the file is. ``path``: The file.
    """
    here, there = f"{made}{os.sep}", f"{path.parent}{os.sep}"
    try:
        yield
    except Exception as error:
        error.args = tuple(
            each.replace(here, there) if isinstance(each, str) else each for each in error.args
        )
        if isinstance(error, LandtrackError):
            error.cause, error.mend = (
                each.replace(here, there) for each in (error.cause, error.mend)
            )
        raise


def make() -> Path:
    """Make a folder that is swept if this process does not live to remove it.

    Raises OutputError: If the disk has no room for it, or it may not be written.
    """
    try:
        sweep(Path(tempfile.gettempdir()))
        return Path(tempfile.mkdtemp(prefix=f"landtrack-{os.getpid()}-"))
    except OSError as error:
        raise OutputError(
            "No folder for temporary files can be written.",
            mend="Make room on the disk, or name a folder with room in the variable TMPDIR of the "
            "environment (TEMP on Windows).",
        ) from error


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
