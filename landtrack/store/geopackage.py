"""A store in one GeoPackage: plain SQLite, in transactions.

An append is there whole or not at all, whatever happens to the process.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely

from landtrack.ingest.formats import gdal_out
from landtrack.model import catalog, outputs
from landtrack.model.assessment import FINDINGS, OF_PROJECTS
from landtrack.model.errors import OutputError, SourceError
from landtrack.model.outputs import Identity
from landtrack.store import blobs, digests, journal, opened, staging, streams
from landtrack.store.opened import Geopackage
from landtrack.store.session import LOG, Box, Session, Table, insist_on

names = opened.names
batches, fields, shape_of = streams.batches, streams.fields, streams.shape_of


@contextmanager
def writing(path: Path, *, fresh: bool = False) -> Iterator[Geopackage]:
    """Open a store for one transaction.

    ``fresh``: Whether it is being made, and is brought to the disk when it is put in its place.
    Yields: In a transaction that is committed at the end, and rolled back on an exception.
    Raises OutputError: If another program is writing, or it cannot be written.
    Raises SourceError: If another machine has it open.
    """
    with journal.turn(path), closing(journal.to_write(path)) as db:
        try:
            if fresh:
                db.execute("PRAGMA synchronous = OFF")
            db.execute("BEGIN IMMEDIATE")
            yield Geopackage(db, path)
            db.execute("COMMIT")
            journal.bring_in(db)
        except sqlite3.Error as error:
            raise OutputError(
                f"{path.name} cannot be written: {error}.",
                mend="Close the program that is changing it, or make room on the disk; the store "
                "is as it was.",
            ) from error


@contextmanager
def reading(path: Path) -> Iterator[Geopackage]:
    """Open a store to read it as it stands at one moment.

    Raises SourceError: If it is not there or is no SQLite file, or another machine has it open.
    """
    if not exists(path):
        raise _nowhere(path)
    with journal.turn(path), closing(journal.to_read(path)) as db:
        try:
            db.execute("BEGIN")
            yield Geopackage(db, path)
        except sqlite3.Error as error:
            raise SourceError(
                f"{path} cannot be read as a store: {error}.",
                mend="Name a project.gpkg that `landtrack run` made, or restore its backup.",
            ) from error


def exists(path: Path) -> bool:
    """Tell whether there is a store."""
    return path.is_file()


def identity(path: Path, *, results: bool = False) -> Identity:  # noqa: ARG001  all is one file
    """Tell a store from any that stood or will stand under its name."""
    return outputs.identity(path)


def frame(path: Path, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read a layer or a table.

    ``name``: One of :func:`names`.
    Returns: Its rows.
    Raises SourceError: If there is no such store or no such table in it.
    """
    if not exists(path):
        raise _nowhere(path)
    with journal.turn(path):
        insist_on(name, names(path), path)
        return pyogrio.read_dataframe(path, layer=name, **journal.options(path))


def near(
    path: Path, name: str, key: str, box: Box | None,
    keys: Sequence[str], /,
) -> gpd.GeoDataFrame:
    """Read the keys and shapes of what meets a box, and of some keys wherever they are.

    ``key``: The column of the keys.
    Returns: In the order of the layer, ``key`` and ``geometry``; by the index of its shapes, so
    that the rest is not read.
    Raises SourceError: If there is no such layer.
    """
    with reading(path) as db:
        insist_on(name, sorted(db.layers()), path)
        rows, definition = db.near(name, key, box, keys), db.reference(name)
    named = pd.Series([each for each, _ in rows], dtype="str")
    shapes = blobs.shapes([blob for _, blob in rows])
    if box is not None:  # the index knows boxes of shapes only, and those a little larger
        met = shapely.intersects(shapes, shapely.box(*box)) | named.isin(keys).to_numpy()
        named, shapes = named[met].reset_index(drop=True), shapes[met]
    return gpd.GeoDataFrame({key: named}, geometry=shapes, crs=_crs(path, name, definition))


@lru_cache(maxsize=32)
def _crs(path: Path, name: str, _definition: tuple[object, ...]) -> str | None:
    """Give the CRS of a layer as GDAL reads its definition; of one it is not read again."""
    return streams.crs_of(path, name)


def digests_of(path: Path, wanted: Iterable[str]) -> dict[str, str]:
    """Make the digests of layers and tables.

    ``wanted``: Some of :func:`names`.
    Returns: By name, as :func:`~landtrack.store.digests.of_table` makes them.
    """
    made = {}
    with journal.turn(path):
        journal.settle(path)
        for name in wanted:
            with streams.pieces(path, name) as (geometry_type, crs, batches):
                made[name] = digests.of_table(geometry_type, crs, batches)
    return made


def upgrade(db: Geopackage) -> None:
    """Give the tables of version 2 what this version has more."""
    db.db.execute(f"ALTER TABLE {LOG.name} ADD COLUMN entered_by TEXT NOT NULL DEFAULT ''")


def fill(path: Path, tables: Iterable[Table], then: Callable[[Session], None]) -> None:
    """Make a store of tables, and of what the store itself keeps."""
    for name, rows, geometry_type, crs in tables:
        with warnings.catch_warnings(), gdal_out.fresh(dated=True):
            warnings.simplefilter("ignore")  # that a layer of another program has no CRS
            pyogrio.write_arrow(
                rows, path, layer=name, driver="GPKG", append=path.exists(),
                geometry_name="geometry" if geometry_type else None,
                geometry_type=geometry_type or None, crs=crs or None,
            )
    with writing(path, fresh=True) as db:
        then(db)
        index(db)


def index(db: Geopackage) -> None:
    """Make what the rows of a run are looked up by: the keys of layers, the plots of findings."""
    keys = {kind: own.key for kind, own in catalog.schemas().items()}
    db.index({**keys, FINDINGS: "plot_id", OF_PROJECTS: "plot_id"})


def snapshot(path: Path, target: Path) -> None:
    """Copy a store into a file, as it stands at one moment."""
    with reading(path) as source, closing(sqlite3.connect(target)) as made:
        _pour(source.db, made)


def replace(fresh: Path, path: Path) -> None:
    """Put a store in the place of another.

    The file stays and takes on, in one transaction, what the new one holds: who has it open,
    such as a desktop GIS, reads on what was there, and then what is. Another file put under its
    name would leave them with the old file and the log of the new one, mixed.

    ``path``: The place; there may be none yet.
    Raises OutputError: If another program is changing it, or it cannot be written; it is as it was.
    Raises SourceError: If another machine has it open.
    """
    if not exists(path):
        journal.forget(path)
        staging.to_disk(fresh)
        fresh.replace(path)
        return
    with (
        reading(fresh) as source, journal.turn(path), closing(journal.to_write(path)) as target,
    ):
        try:
            _pour(source.db, target)
        except sqlite3.Error as error:
            raise OutputError(
                f"{path.name} cannot be replaced: {error}.",
                mend="Close the program that is changing it, such as QGIS, or make room on the "
                "disk, then run again; the store is as it was.",
            ) from error
        journal.bring_in(target)


def _pour(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Make one database what another is, in one transaction."""
    def told(status: int, _left: int, _all: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise sqlite3.OperationalError("database is locked")  # else it would try for ever

    source.backup(target, progress=told)


def _nowhere(path: Path) -> SourceError:
    return SourceError(f"There is no store at {path}.", mend="Make it with `landtrack run`.")
