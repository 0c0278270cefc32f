"""Brings the tables of an older store up to this version, with a backup first."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from landtrack.errors import OutputError
from landtrack.status import RECORDED, Event, links
from landtrack.store import geopackage, log
from landtrack.store.session import LOG

BEFORE = ("feature_id", "track", "at", "from_state", "to_state", "document_no", "by")
"""The columns of the log of version 1 that say something."""


def migrate(path: Path, *, meta: dict[str, str]) -> Path | None:
    """Bring a store up to this version.

    Parameters
    ----------
    path
        The store.
    meta
        What it is of, where it does not say: ``place``, ``workflow``, ``language``.

    Returns
    -------
    Path or None
        The backup; None where there was nothing to do.

    Raises
    ------
    OutputError
        If it cannot be written; the store is as it was.
    SourceError
        If it is no store, or a newer one.
    """
    with geopackage.reading(path) as db:
        version = log.format_of(db)
        if version != 1:
            log.require_format(db)
            return None
        backup = path.with_suffix(f".v{version}{path.suffix}")
        if backup.exists():
            raise OutputError(
                f"There is a backup at {backup} already.", mend="Move it away, then migrate again."
            )
        geopackage.snapshot(path, backup)
        old = db.select(LOG.name, BEFORE)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    events = [_event(number, row, now) for number, row in enumerate(old, start=1)]
    with geopackage.writing(path) as db:
        db.drop(LOG.name)
        log.install(db, list(zip(events, links(events), strict=True)), meta)
    return backup


def _event(number: int, row: tuple[object, ...], now: str) -> Event:
    feature_id, track, at, before, after, document, by = (str(each or "") for each in row)
    return Event(
        event=number, layer="parcels", feature_id=feature_id, track=track, action=RECORDED,
        at=at[:10] or f"../{now[:10]}", from_state=before, to_state=after, document_no=document,
        by=by, recorded_at=now,
    )
