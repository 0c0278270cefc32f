"""A store in a schema of a PostGIS database, shared by all who may: by SQLAlchemy and psycopg.

A reader sees the store as it stood when it began and is never kept waiting by a writer; one
writer at a time commits, each whole. The database itself keeps the log growing only, and its
length and head beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import shapely
import sqlalchemy as sa
from pyproj import CRS

from landtrack.model.address import Shared
from landtrack.model.errors import SourceError
from landtrack.model.outputs import Identity
from landtrack.store.postgis import columns
from landtrack.store.postgis.columns import LAYERS, SHAPE
from landtrack.store.postgis.connect import act, connected, told_by, transaction
from landtrack.store.postgis.database import ROWS_AT_ONCE, Database
from landtrack.store.postgis.grants import grant as grant, take_over
from landtrack.store.session import (
    EVIDENCE,
    LOG,
    META,
    OWN,
    SEALS,
    SHEETS,
    STATES,
    Box,
    Session,
    Table,
    insist_on,
)


@contextmanager
def writing(shared: Shared) -> Iterator[Database]:
    """Open a store for one transaction.

    Yields: In a transaction that is committed at the end, and rolled back on an exception.
    Raises OutputError: If another program is writing, or we may not, or it cannot be reached.
    """
    with transaction(shared) as connection:
        yield Database(connection, shared)


@contextmanager
def reading(shared: Shared) -> Iterator[Database]:
    """Open a store to read it as it stands at one moment.

    Raises SourceError: If it is not there, we may not read it, or it cannot be reached.
    """
    with (
        connected(shared, "REPEATABLE READ", postgresql_readonly=True) as connection,
        told_by(shared, SourceError), connection.begin(),
    ):
        act(connection, shared, "reads")
        db = Database(connection, shared)
        if META.name not in db.tables():
            raise SourceError(
                f"There is no store at {shared}.",
                mend="Make it with `landtrack store copy` or `landtrack run --store`.",
            )
        yield db


def exists(shared: Shared) -> bool:
    """Tell whether there is a store."""
    with (
        connected(shared, "REPEATABLE READ", postgresql_readonly=True) as connection,
        told_by(shared, SourceError), connection.begin(),
    ):
        return META.name in Database(connection, shared).tables()


def identity(shared: Shared, *, results: bool = False) -> Identity:
    """Tell what a store holds from whatever it held, or will hold.

    By the heads of its log and its seals, and by how often the database counted that its tables
    were changed, which it does some seconds late: at once it tells whatever landtrack writes.

    ``results``: Only what a run wrote: an event changes nothing of it.
    """
    with reading(shared) as db:
        return db.identity(results=results)


def names(shared: Shared) -> list[str]:
    """List the layers and tables of a store.

    Returns: In the order in which they were put there, then what the store itself keeps.
    """
    with reading(shared) as db:
        return _names(db)


def frame(shared: Shared, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read a layer or a table.

    ``name``: One of :func:`names`.
    Returns: Its rows, in the types in which a GeoPackage gives them.
    Raises SourceError: If there is no such store or no such table in it.
    """
    with reading(shared) as db:
        insist_on(name, _names(db), shared)
        for declared in (LOG, STATES, META, SHEETS, SEALS):
            if declared.name == name:
                return columns.plain(declared, db.select(name, [*declared.columns]))
        _, rows, geometry_type, crs = db.get(name)
    values = {
        each.name: columns.series(column)
        for each, column in zip(rows.schema, rows.columns, strict=True)
        if not (geometry_type and each.name == SHAPE)
    }
    if not geometry_type:
        return pd.DataFrame(values)
    shapes = shapely.from_wkb(rows[SHAPE].to_numpy(zero_copy_only=False))
    return gpd.GeoDataFrame(values, geometry=shapes, crs=crs or None)


def near(
    shared: Shared, name: str, key: str, box: Box | None,
    keys: Sequence[str], /,
) -> gpd.GeoDataFrame:
    """Read the keys and shapes of what meets a box, as the function of GeoPackages does."""
    with reading(shared) as db:
        _, _, crs = db.described(name)
        rows = db.near(name, key, box, keys)
    named, shapes = zip(*rows, strict=True) if rows else ((), ())
    return gpd.GeoDataFrame(
        {key: pd.Series(named, dtype="str")}, geometry=shapely.from_wkb(list(shapes)),
        crs=crs or None,
    )


def batches(
    shared: Shared, name: str, wanted: Sequence[str] | None = None, *, shapes: bool = False,
    at_once: int = ROWS_AT_ONCE,
) -> Iterator[pa.RecordBatch]:
    """Read a layer or a table piece by piece, as :func:`landtrack.store.streams.batches` does."""
    with reading(shared) as db:
        insist_on(name, _names(db), shared)
        schema, geometry_type, _ = db.described(name)
        own = [each for each in schema.names if not (geometry_type and each == SHAPE)]
        own = own if wanted is None else list(wanted)
        yield from db.batches(name, [*own, *([SHAPE] if shapes else [])], at_once=at_once)


def fields(shared: Shared, name: str) -> list[str]:
    """List the columns of a layer or a table, without its shapes, in the order of the store."""
    with reading(shared) as db:
        schema, geometry_type, _ = db.described(name)
    return [each for each in schema.names if not (geometry_type and each == SHAPE)]


def shape_of(shared: Shared, name: str) -> tuple[
    int, CRS | None, Box | None
]:
    """Tell of a layer what :func:`landtrack.store.streams.shape_of` tells."""
    with reading(shared) as db:
        _, _, crs = db.described(name)
        return db.count(name), CRS.from_user_input(crs) if crs else None, db.extent(name)


def fill(shared: Shared, tables: Iterable[Table], then: Callable[[Session], None]) -> None:
    """Make a store of tables, or put them in the place of those of a store, in one transaction.

    ``then``: Called when they are there, for what the store itself keeps.
    Raises OutputError: If the database refuses it; the store is as it was.
    """
    with writing(shared) as db:
        if META.name not in db.tables():
            _begin(db)
        waiting = {each.name: db.put(each) for each in tables}
        then(db)
        for name, fresh in waiting.items():  # last, so that no reader waits for long
            if fresh:
                db.swap(fresh, name)
        for name in db.frames():
            if name not in waiting:
                db.drop(name)


def digests_of(shared: Shared, wanted: Iterable[str]) -> dict[str, str]:
    """Make the digests of layers and tables.

    ``wanted``: Some of :func:`names`.
    Returns: By name, as :func:`~landtrack.store.digests.of_table` makes them.
    """
    with reading(shared) as db:
        return {name: db.digest(name) for name in wanted}


def upgrade(db: Database) -> None:
    """Give the tables of version 2 what this version has more, and guard them as it does."""
    db.upgrade()
    db.declare(SHEETS)
    take_over(db)


def _names(db: Database) -> list[str]:
    return db.frames() + sorted(OWN & (db.tables() - {EVIDENCE.name}))


def _begin(db: Database) -> None:
    """Make the schema of a store in a database that has PostGIS, or may get it."""
    there = db.connection.scalar(
        sa.text("SELECT count(*) FROM pg_extension WHERE extname = 'postgis'")
    )
    if not there:
        db.run("CREATE EXTENSION postgis SCHEMA public")
    db.run("CREATE SCHEMA IF NOT EXISTS {schema}")
    db.run("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
    db.declare(LAYERS, EVIDENCE)
