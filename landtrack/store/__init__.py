"""The store: one GeoPackage that holds a run whole, or a schema of PostGIS that many share."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyogrio

from landtrack import tracking
from landtrack.ingest.formats import vector
from landtrack.model import WRITTEN_COLUMNS, disk
from landtrack.model.address import Address as Address, Shared as Shared
from landtrack.model.assessment import AMOUNTS, MARKS, OF_PROJECTS, WRITTEN, Assessment
from landtrack.model.errors import OutputError
from landtrack.store import (
    address as address,
    backends as backends,
    evidence as evidence,
    geopackage as geopackage,
    heads as heads,
    judged,
    log as log,
    seals as seals,
    session as session,
)
from landtrack.store.backends import grant as grant
from landtrack.store.copy import bring as bring, copy as copy
from landtrack.store.judged import kept as kept, rules as rules
from landtrack.store.migrate import migrate as migrate
from landtrack.store.reads import (
    amounts as amounts,
    exists as exists,
    insist_on_run as insist_on_run,
    last_run as last_run,
    names as names,
    near as near,
    read as read,
)

TABLES = ("measures", "findings", "issues", "status_log", "states", "landtrack_store", "counts",
          "runs", judged.RULES, WRITTEN)


def write(result: Assessment, path: Path, *, earlier: Address | None = None) -> None:
    """Write a run into a new store.

    ``path``: The GeoPackage to make; there must be none yet.
    ``earlier``: The store that this one will replace, if it is there: its log and its rows of
    ``runs`` go on here.
    Raises OutputError: If it cannot be written, does not hold what was written when read back, or
    the log of the earlier store has grown since the run began.
    """
    kept, sealed = [], []
    if earlier is not None and not exists(earlier):
        earlier = None
    if earlier is not None:
        kept, sealed = log.read(earlier).rows, seals.read(earlier)
    fresh = _fresh(result, kept)
    tables = {
        "measures": result.measures,
        "findings": result.findings,
        "issues": result.issues,
        "counts": result.counts,
        "runs": _runs(result, earlier),
        judged.RULES: judged.table(result.packs),
        WRITTEN: _written(result),
    }
    if result.projects is not None:
        tables[OF_PROJECTS] = result.projects
    if result.amounts is not None and len(result.amounts):
        tables[AMOUNTS] = result.amounts.reset_index()
    rows = {}
    try:
        for kind, frame in result.layers.items():
            layer = frame.reset_index()
            vector.write(layer, path, layer=kind)
            rows[kind] = len(layer)
        marks = result.tables[MARKS]
        if len(marks):
            vector.write(marks, path, layer=MARKS)
            rows[MARKS] = len(marks)
        for name, table in tables.items():
            vector.write(table, path, layer=name)
            rows[name] = len(table)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        raise disk.refusal(error, path) or disk.asked(path) or OutputError(
            f"The store {path.name} cannot be written: {error}.",
            mend="Check that the disk has room and that the folder may be written.",
        ) from error
    head = kept[-1][1].sha256 if kept else tracking.START
    kept += zip(fresh, tracking.links(fresh, head), strict=True)
    digests = geopackage.digests_of(path, rows)
    with geopackage.writing(path, fresh=True) as db:
        log.install(db, kept, {
            "place": result.place.id, "workflow": result.workflow.id, "language": result.lang,
        })
        seals.install(db, sealed)
        seals.of_run(db, digests)
        geopackage.index(db)
    _verify(path, {**rows, "status_log": len(kept)})


def replace(fresh: Path, path: Path) -> None:
    """Put the store of a run in the place of the one that it goes on from.

    ``path``: The place; there may be none yet. Who has it open reads on what was there, then what
    is.
    Raises OutputError: If events were entered since the new one was written, another program is
    changing it, or it cannot be written; it is as it was.
    Raises SourceError: If another machine has it open.
    """
    if exists(path):
        there = log.hashes(path)
        if log.hashes(fresh)[:len(there)] != there:
            raise _grown_since()
    geopackage.replace(fresh, path)


def holds(fresh: Path, path: Path) -> bool:
    """Say whether a store has been put in its place, as :func:`replace` does.

    ``fresh``: The new GeoPackage, if it is still there.
    """
    if not exists(path) or not exists(fresh):
        return exists(path)
    return seals.read(fresh)[-1] in seals.read(path)


def _runs(result: Assessment, earlier: Address | None) -> pd.DataFrame:
    """Put the run below those of the store that it replaces."""
    if earlier is None:
        return pd.DataFrame([result.run])
    return pd.concat([read(earlier, "runs"), pd.DataFrame([result.run])]).fillna("")


def _written(result: Assessment) -> pd.DataFrame:
    """Give the figures as they were written; a run without any has the columns."""
    if result.written is None or result.written.empty:
        return pd.DataFrame(columns=list(WRITTEN_COLUMNS), dtype="str")
    return result.written


def _fresh(
    result: Assessment, kept: list[tuple[tracking.Event, tracking.Link]]
) -> list[tracking.Event]:
    """Take what the run adds to the log, which must not have grown meanwhile."""
    events = list(result.events)
    if events[:len(kept)] != [event for event, _ in kept]:
        raise _grown_since()
    return events[len(kept):]


def _grown_since() -> OutputError:
    return OutputError(
        "The log of the store is not the one that this run began with.",
        mend="Events were entered meanwhile: run again.",
    )


def _verify(path: Path, rows: dict[str, int]) -> None:
    """Count what was written with another library than the one that wrote it: SQLite itself."""
    with geopackage.reading(path) as db:
        counted = {name: db.count(name) for name in rows}
    for name, expected in rows.items():
        found = counted[name]
        if found != expected:
            raise OutputError(
                f"The store {path.name} holds {found} rows of {name}, {expected} were written.",
                mend="Check the disk, and run again.",
            )
