"""The store: one GeoPackage that holds a run whole, or a schema of PostGIS that many share."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio

from landtrack import tracking
from landtrack.ingest.formats import vector
from landtrack.model import WRITTEN_COLUMNS, Result
from landtrack.model.errors import OutputError, SourceError
from landtrack.store import (
    address as address,
    backends as backends,
    evidence as evidence,
    geopackage as geopackage,
    judged,
    log as log,
    seals as seals,
    session as session,
)
from landtrack.store.address import Address as Address, Shared as Shared
from landtrack.store.backends import grant as grant
from landtrack.store.copy import bring as bring, copy as copy
from landtrack.store.judged import kept as kept, rules as rules
from landtrack.store.migrate import migrate as migrate

TABLES = ("measures", "findings", "issues", "status_log", "states", "landtrack_store", "counts",
          "runs", judged.RULES, "written_figures")
OF_PROJECTS = "project_findings"
"""The table of findings on whole projects, where one has several plots."""
AMOUNTS = "project_amounts"
"""The table of what is of projects of several plots as wholes."""
WRITTEN = "written_figures"
"""The table of figures as they were written; stores of earlier versions have none."""


def write(result: Result, path: Path, *, earlier: Address | None = None) -> None:
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
            if kind == "plots" and result.verdicts is not None:
                layer.insert(1, "verdict", result.verdicts.to_numpy())
            vector.write(layer, path, layer=kind)
            rows[kind] = len(layer)
        if len(result.marks):
            vector.write(result.marks, path, layer="issue_shapes")
            rows["issue_shapes"] = len(result.marks)
        for name, table in tables.items():
            vector.write(table, path, layer=name)
            rows[name] = len(table)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError) as error:
        raise OutputError(
            f"The store {path.name} cannot be written: {error}.",
            mend="Check that the disk has room and that the folder may be written.",
        ) from error
    head = kept[-1][1].sha256 if kept else tracking.START
    kept += zip(fresh, tracking.links(fresh, head), strict=True)
    digests = geopackage.digests_of(path, rows)
    with geopackage.writing(path) as db:
        log.install(db, kept, {
            "place": result.place.id, "workflow": result.workflow.id, "language": result.lang,
        })
        seals.install(db, sealed)
        seals.of_run(db, digests)
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


def _runs(result: Result, earlier: Address | None) -> pd.DataFrame:
    """Put the run below those of the store that it replaces."""
    if earlier is None:
        return result.run
    return pd.concat([read(earlier, "runs"), result.run]).fillna("")


def _written(result: Result) -> pd.DataFrame:
    """Give the figures as they were written; a run without any has the columns."""
    if result.written is None or result.written.empty:
        return pd.DataFrame(columns=list(WRITTEN_COLUMNS), dtype="str")
    return result.written


def _fresh(
    result: Result, kept: list[tuple[tracking.Event, tracking.Link]]
) -> list[tracking.Event]:
    """Take what the run adds to the log, which must not have grown meanwhile."""
    events = tracking.from_table(result.status_log)
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


def read(store: Address, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read a layer or a table of a store.

    ``name``: A layer kind, one of :data:`TABLES`, or :data:`OF_PROJECTS`.
    Returns: Its rows; a layer in the working CRS with its key as a column.
    Raises SourceError: If there is no such store or no such table in it.
    """
    return backends.of(store).frame(store, name)


def amounts(store: Address) -> pd.DataFrame | None:
    """Read what is of projects of several plots as wholes.

    Returns: By project, as ``model.Result`` holds it; None where every project is one plot.
    """
    if AMOUNTS not in names(store):
        return None
    return pd.DataFrame(read(store, AMOUNTS)).set_index("project_id")


def written(store: Address) -> pd.DataFrame | None:
    """Read the figures of plots as they were written.

    Returns: Columns of ``model.WRITTEN_COLUMNS``; None of a store of an earlier version.
    """
    if WRITTEN not in names(store):
        return None
    return pd.DataFrame(read(store, WRITTEN))


def last_run(store: Address) -> dict[str, Any]:
    """Read what the layers and tables of a store were made from.

    Returns: The last row of ``runs``.
    Raises SourceError: If there is no store, or it holds no run.
    """
    runs = read(store, "runs")
    if runs.empty:
        raise SourceError(
            f"{store} holds no run.", mend="Make the store again with `landtrack run`."
        )
    return {str(key): value for key, value in runs.iloc[-1].items()}


def insist_on_run(store: Address, run: Mapping[str, Any]) -> None:
    """Refuse what was read from a store table by table where a run replaced it meanwhile.

    ``run``: What :func:`last_run` said before.
    Raises SourceError: If it says otherwise now.
    """
    if {key: str(value) for key, value in last_run(store).items()} != {
        key: str(value) for key, value in run.items()
    }:
        raise SourceError(f"A run replaced {store} while it was read.", mend="Try again.")


def names(store: Address) -> list[str]:
    """List the layers and tables of a store."""
    return backends.of(store).names(store)


def exists(store: Address) -> bool:
    """Tell whether there is a store.

    Returns: Whether something stands there; what it is shows when it is read.
    """
    return backends.of(store).exists(store)
