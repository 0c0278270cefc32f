"""Moves a whole store: its layers, tables, log and evidence."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path

from landtrack.ingest.formats import temporary
from landtrack.model import disk
from landtrack.model.address import Address, Shared
from landtrack.model.errors import OutputError
from landtrack.store import backends, evidence, geopackage, journal, log, seals, staging
from landtrack.store.evidence import Kept
from landtrack.store.session import LOG, META, SHEETS, STATES, Session
from landtrack.tracking import Event


def copy(source: Address, target: Address) -> int:
    """Copy a store with its evidence, as it stands at one moment.

    ``target``: Where to; there must be none yet.
    Raises SourceError: If there is no store, or one of another version.
    Raises OutputError: If there is something at the target, or it cannot be written.
    """
    grown = log.read(source)
    if isinstance(target, Path):
        _into_file(source, target, grown)
    elif backends.of(target).exists(target):
        raise OutputError(f"There is already a store at {target}.", mend="Name another schema.")
    elif isinstance(source, Path):
        with temporary.folder() as folder:
            still = folder / source.name  # read by two libraries: no one may write meanwhile
            geopackage.snapshot(source, still)
            with geopackage.reading(still) as db:
                _pour(db, target, evidence.every(source))
    else:
        with backends.of(source).reading(source) as db:
            _pour(db, target, evidence.every(source))
    return _insist(target, source, grown)


def bring(source: Path, target: Shared, *, replaced: Path | None = None, layers: bool = True
          ) -> None:
    """Put the layers and tables of a new run into a shared store, and what its log has more.

    ``source``: The store that the run has written: its log goes on from that of the target.
    ``target``: The shared store; made where there is none. Its register of sheets and its evidence
    stay.
    ``replaced``: The file that the store of the run will replace: it may hold no events of its own.
    ``layers``: Whether its layers and tables become those of the run; else only the log goes on.
    Raises OutputError: If its log has grown since the run began, it is of another place or
    workflow, or it may not be written; it is as it was.
    """
    backend = backends.of(target)
    with geopackage.reading(source) as made:
        grown, of, sealed = log.grown(made), log.meta(made), seals.rows(made)
        tables = sealed[-1].holds["tables"]
        if replaced is not None:
            _insist_on_nothing_of_its_own(replaced, grown.events)

        def own(db: Session) -> None:
            if META.name not in db.tables():
                log.install(db, grown.rows, of)
                seals.install(db, sealed)
                return
            there, said = log.grown(db), log.meta(db)
            for key in ("place", "workflow"):
                if said[key] != of[key]:
                    raise OutputError(
                        f"{target} is a store of the {key} {said[key]}, not {of[key]}.",
                        mend="Name another schema for this one.",
                    )
            if there.rows != grown.rows[:len(there.rows)]:
                raise OutputError(
                    f"The log of {target} is not the one that this run began with.",
                    mend="Events were entered meanwhile: run again.",
                )
            log.extend(db, grown.events[len(there.rows):], after=len(there.rows))
            if layers:
                seals.of_run(db, tables)

        if layers or not backend.exists(target):
            backend.fill(target, map(made.get, made.frames()), own)
        else:
            with backend.writing(target) as db:
                own(db)
    _follow(source, target)


def _follow(path: Path, shared: Shared) -> None:
    """Give the file of a run the log as the shared store took it: with its times and users."""
    there = log.read(shared)
    if log.read(path).rows == there.rows:
        return
    with geopackage.writing(path) as db:
        of = log.meta(db)
        for table in (LOG, STATES, META):
            db.drop(table.name)
        log.install(db, there.rows, of)


def _insist_on_nothing_of_its_own(path: Path, events: Sequence[Event]) -> None:
    """Refuse to replace a file by a copy of a shared store that lacks some of its events."""
    own = log.read(path).events if path.exists() else []
    if own != [*events[:len(own)]]:
        raise OutputError(
            f"{path} has events that the shared store has not.",
            mend="Name another folder with --out, or make a shared store of it with "
            "`landtrack store copy`.",
        )


def _insist(target: Address, source: Address, grown: log.Grown) -> int:
    """Read a copied log back, and count its events."""
    there = log.read(target).rows
    if there[: len(grown.rows)] != grown.rows:
        raise OutputError(
            f"{target} does not hold what {source} does.", mend="Check the disk, copy again."
        )
    return len(there)


def _into_file(source: Address, target: Path, grown: log.Grown) -> None:
    """Make a file and its evidence out of sight, and put both in place; the file says it is done.

    Evidence that lies there without a file, and says that it was being copied, is of a copy that
    was stopped.
    """
    folder = evidence.folder_of(target)
    making = target.with_name(f".{target.stem}.making.gpkg")
    holding = evidence.folder_of(making)
    with staging.exclusive(target.parent):
        if target.exists() or (folder.exists() and not (folder / evidence.TAKING).exists()):
            there = target if target.exists() else folder
            raise OutputError(f"There is already {there}.", mend="Name another place.")
        try:
            for left in (folder, holding):
                if left.exists():
                    shutil.rmtree(left)
            journal.away(making)
            _make(source, making)
            _insist(making, source, grown)
            if holding.exists():
                holding.replace(folder)
            geopackage.replace(making, target)
        except OutputError:
            _give_up(target, folder)
            raise
        except OSError as error:
            _give_up(target, folder)
            raise disk.failure(error, target) from error
        finally:
            with suppress(OSError):
                journal.away(making)
                shutil.rmtree(holding, ignore_errors=True)
        with suppress(OSError):
            (folder / evidence.TAKING).rmdir()


def _make(source: Address, making: Path) -> None:
    """Copy a store into a file, and its evidence beside it."""
    if isinstance(source, Path):
        geopackage.snapshot(source, making)
    else:
        with backends.of(source).reading(source) as db:
            _pour(db, making, ())
    holding = evidence.folder_of(making)
    for sha256, suffix, content in evidence.every(source):
        (holding / evidence.TAKING).mkdir(parents=True, exist_ok=True)
        kept = holding / f"{sha256}{suffix}"
        kept.write_bytes(content)
        staging.to_disk(kept)


def _give_up(target: Path, folder: Path) -> None:
    """Remove evidence that was put in place for a file that was not."""
    if not target.exists():
        shutil.rmtree(folder, ignore_errors=True)


def _pour(source: Session, target: Address, kept: Iterable[Kept]) -> None:
    """Put all that an open store holds into one that is not there yet."""
    grown, meta, sealed = log.grown(source), log.meta(source), seals.rows(source)
    held = source.select(STATES.name, [*STATES.columns])
    sheets = (
        source.select(SHEETS.name, [*SHEETS.columns]) if SHEETS.name in source.tables() else None
    )

    def own(db: Session) -> None:
        log.install(db, grown.rows, meta, held)
        seals.install(db, sealed)
        if sheets is not None:
            db.declare(SHEETS)
            db.insert(SHEETS, sheets)
        for each in kept:
            evidence.put(db, each)

    backends.of(target).fill(target, map(source.get, source.frames()), own)
