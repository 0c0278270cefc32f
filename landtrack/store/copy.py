"""Moves a whole store: its layers, tables, log and evidence."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

from landtrack.errors import OutputError
from landtrack.store import evidence, log


def copy(source: Path, target: Path) -> int:
    """Copy a store with its evidence, as it stands at one moment.

    Parameters
    ----------
    source
        The store.
    target
        Where to; there must be none yet.

    Returns
    -------
    int
        How many events its log has.

    Raises
    ------
    SourceError
        If there is no store, or one of another version.
    OutputError
        If there is something at the target, or it cannot be written.
    """
    grown = log.read(source)
    for each in (target, evidence.folder_of(target)):
        if each.exists():
            raise OutputError(f"There is already {each}.", mend="Name another place.")
    making = target.with_name(f".{target.name}.making")
    making.unlink(missing_ok=True)
    try:
        with log.reading(source) as db:
            made = sqlite3.connect(making)
            try:
                db.backup(made)
            finally:
                made.close()
        if evidence.folder_of(source).is_dir():
            shutil.copytree(evidence.folder_of(source), evidence.folder_of(target))
        if log.read(making).rows[: len(grown.rows)] != grown.rows:
            raise OutputError(
                f"{target} does not hold what {source} does.", mend="Check the disk, copy again."
            )
        making.replace(target)
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error.strerror or error}.",
            mend="Check that the disk has room and that the folder may be written.",
        ) from error
    finally:
        making.unlink(missing_ok=True)
    return len(log.read(target).rows)
