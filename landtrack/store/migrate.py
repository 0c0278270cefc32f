"""Brings the tables of an older store up to this version, with a backup first.

The store itself changes in one transaction; the backup is there before, whole or not at all. So
whenever it is stopped, the next call goes on. Rules are not made up: a store of before they were
kept has none after it, and nothing that shows limits is drawn from it until it is run again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pyogrio

from landtrack.model import NO_WORKFLOW, catalog, disk
from landtrack.model.address import Address
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.store import backends, geopackage, journal, log, seals
from landtrack.store.opened import Geopackage
from landtrack.store.session import FORMAT, LOG, META, OWN, SHEETS, Session
from landtrack.tracking import RECORDED, Event, links

BEFORE = ("feature_id", "track", "at", "from_state", "to_state", "document_no", "by")
"""The columns of the log of version 1 that say something."""


def migrate(address: Address, *, meta: dict[str, str]) -> Path | None:
    """Bring a store up to this version.

    ``address``: The store. Of a shared one the database makes the backups; its owner migrates it.
    ``meta``: What it is of, where it does not say: ``place``, ``workflow``, ``language``. Of a
    store of version 1 the workflow is asked.
    Returns: The backup; None where there was nothing to do, or for a shared store.
    Raises OutputError: If it cannot be written; the store is as it was.
    Raises SourceError: If it is no store, or a newer one, or its workflow is not known.
    """
    held = backends.of(address)
    with held.reading(address) as db:
        version = log.format_of(db)
        if version == FORMAT or not 1 <= version < FORMAT:
            log.require_format(db)
            return None
        if version == 1 and "workflow" not in meta:
            raise SourceError(
                f"{db.name} does not say by which workflow its place goes: it is of version 1.",
                mend="Say it: --workflow followed by one of: "
                f"{', '.join([*catalog.data_files('workflows'), NO_WORKFLOW])}.",
            )
        old = db.select(LOG.name, BEFORE) if version == 1 else []
    digests = held.digests_of(address, sorted({*held.names(address)} - OWN))
    backup, made = _backed_up(address, version) if isinstance(address, Path) else (None, False)
    try:
        with held.writing(address) as db:
            if version == 1:
                assert isinstance(db, Geopackage)  # noqa: S101  the only kind of then
                _chain(db, old, meta)
            else:
                held.upgrade(db)
            _seal(db, digests)
    except Exception:  # nothing of it is in the store then
        if backup is not None and made:
            with suppress(OSError):  # it may lie there: the next call takes it as its own
                backup.unlink()
        raise
    return backup


def _chain(
    db: Geopackage, old: list[tuple[object, ...]], meta: Mapping[str, str]
) -> None:
    """Make the log of version 1 one that is chained."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    events = [_event(number, row, now) for number, row in enumerate(old, start=1)]
    db.drop(LOG.name)
    log.install(db, list(zip(events, links(events), strict=True)), meta)


def _seal(db: Session, digests: Mapping[str, str]) -> None:
    """Seal what is found, as far as it can be known now; with the version it is one change."""
    sheets = []
    if SHEETS.name in db.tables():
        columns = [*SHEETS.columns]
        sheets = [
            {**dict(zip(columns, row, strict=True)), "superseded_by": ""}
            for row in sorted(db.select(SHEETS.name, columns), key=lambda row: (row[0], row[1]))
        ]
    seals.of_run(db, digests, seals.FOUND)
    for each in sheets:
        seals.enter(db, seals.SHEET, each)
    db.delete(META, ("key",), [("format",)])
    db.insert(META, [("format", str(FORMAT))])


def _backed_up(path: Path, version: int) -> tuple[Path, bool]:
    """Make a backup; one of the same, made by a call that was stopped, is as good.

    Returns: Where it is, and whether it was not there before.
    """
    making = path.with_name(f".{path.stem}.backup{path.suffix}")
    try:
        with disk.writing(path):
            journal.away(making)
            geopackage.snapshot(path, making)
            wanted = path.with_suffix(f".v{version}{path.suffix}")
            backup, number = wanted, 1
            while backup.exists() and not _same(making, backup):
                number += 1
                backup = wanted.with_stem(f"{wanted.stem}-{number}")
            fresh = not backup.exists()
            making.replace(backup)
    finally:
        with suppress(OSError):  # the next call removes it
            journal.away(making)
    return backup, fresh


def _same(one: Path, other: Path) -> bool:
    """Say whether two files hold the same tables."""
    try:
        return _held(one) == _held(other)
    except (LandtrackError, pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError):
        return False  # whatever it is, it is no backup of this store


def _held(path: Path) -> dict[str, str]:
    return geopackage.digests_of(path, sorted(geopackage.names(path)))


def _event(number: int, row: tuple[object, ...], now: str) -> Event:
    feature_id, track, at, before, after, document, by = (str(each or "") for each in row)
    return Event(
        event=number, layer="parcels", feature_id=feature_id, track=track, action=RECORDED,
        at=at[:10] or f"../{now[:10]}", from_state=before, to_state=after, document_no=document,
        by=by, recorded_at=now,
    )
