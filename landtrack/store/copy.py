"""Moves a whole store: its layers, tables, log and evidence."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path

from landtrack.errors import OutputError
from landtrack.store import backends, evidence, geopackage, log
from landtrack.store.address import Address
from landtrack.store.evidence import Kept
from landtrack.store.session import SHEETS, STATES, Session


def copy(source: Address, target: Address) -> int:
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
    if isinstance(target, Path):
        _into_file(source, target, grown)
    elif backends.of(target).exists(target):
        raise OutputError(f"There is already a store at {target}.", mend="Name another schema.")
    elif isinstance(source, Path):
        with tempfile.TemporaryDirectory() as folder:
            still = Path(folder) / source.name  # read by two libraries: no one may write meanwhile
            geopackage.snapshot(source, still)
            with geopackage.reading(still) as db:
                _pour(db, target, evidence.every(source))
    else:
        with backends.of(source).reading(source) as db:
            _pour(db, target, evidence.every(source))
    return _insist(target, source, grown)


def _insist(target: Address, source: Address, grown: log.Grown) -> int:
    """Read a copied log back, and count its events."""
    there = log.read(target).rows
    if there[: len(grown.rows)] != grown.rows:
        raise OutputError(
            f"{target} does not hold what {source} does.", mend="Check the disk, copy again."
        )
    return len(there)


def _into_file(source: Address, target: Path, grown: log.Grown) -> None:
    folder = evidence.folder_of(target)
    for each in (target, folder):
        if each.exists():
            raise OutputError(f"There is already {each}.", mend="Name another place.")
    making = target.with_name(f".{target.stem}.making.gpkg")
    making.unlink(missing_ok=True)
    try:
        if isinstance(source, Path):
            geopackage.snapshot(source, making)
            if evidence.folder_of(source).is_dir():
                shutil.copytree(evidence.folder_of(source), folder)
        else:
            with backends.of(source).reading(source) as db:
                _pour(db, making, ())
            for sha256, suffix, content in evidence.every(source):
                folder.mkdir(exist_ok=True)
                (folder / f"{sha256}{suffix}").write_bytes(content)
        _insist(making, source, grown)
        making.replace(target)
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(
            f"{target} cannot be written: {error.strerror or error}.",
            mend="Check that the disk has room and that the folder may be written.",
        ) from error
    finally:
        making.unlink(missing_ok=True)


def _pour(source: Session, target: Address, kept: Iterable[Kept]) -> None:
    """Put all that an open store holds into one that is not there yet."""
    grown, meta = log.grown(source), log.meta(source)
    held = source.select(STATES.name, [*STATES.columns])
    sheets = (
        source.select(SHEETS.name, [*SHEETS.columns]) if SHEETS.name in source.tables() else None
    )

    def own(db: Session) -> None:
        log.install(db, grown.rows, meta, held)
        if sheets is not None:
            db.declare(SHEETS)
            db.insert(SHEETS, sheets)
        for each in kept:
            evidence.put(db, each)

    backends.of(target).fill(target, map(source.get, source.frames()), own)
