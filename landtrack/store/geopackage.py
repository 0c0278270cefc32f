"""A store in one GeoPackage: plain SQLite, in transactions.

An append is there whole or not at all, whatever happens to the process.
"""

from __future__ import annotations

import sqlite3
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio

from landtrack.errors import OutputError, SourceError
from landtrack.formats import vector
from landtrack.store import journal
from landtrack.store.session import META, ONLY_GROWS, OWN, Declared, Row, Session, Table, insist_on

_FID = "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"


class Geopackage:
    """A GeoPackage in one transaction, as :class:`~landtrack.store.session.Session` says.

    Parameters
    ----------
    db
        The open file, in a transaction.
    path
        Its path, for messages.
    """

    user = ""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db = db
        self.path = path
        self.name = str(path)

    def tables(self) -> set[str]:
        """Name all tables that there are.

        Returns
        -------
        set of str
            Those of the GeoPackage itself among them.
        """
        found = self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in found}

    def layers(self) -> set[str]:
        """Name the tables with shapes.

        Returns
        -------
        set of str
            Their names.
        """
        return {
            name for (name,) in self.db.execute(
                "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
            )
        }

    def frames(self) -> list[str]:
        """Name the layers and tables that are not the store's own.

        Returns
        -------
        list of str
            In the order of the file.
        """
        return [name for name in names(self.path) if name not in OWN]

    def get(self, name: str) -> Table:
        """Read one of these whole, as it stands in the file.

        Parameters
        ----------
        name
            Its name.

        Returns
        -------
        Table
            Its rows with the exact types of its columns.
        """
        with journal.turn(self.path):
            meta, rows = pyogrio.read_arrow(
                self.path, layer=name, **journal.options(self.path)
            )
        for place, each in enumerate(rows.schema):
            if pa.types.is_timestamp(each.type) and each.type.tz and not self._zoned(name, each):
                rows = rows.set_column(
                    place, each.with_type(pa.timestamp(each.type.unit)),
                    rows[each.name].cast(pa.timestamp(each.type.unit)),
                )
        if not meta["geometry_type"]:
            return Table(name, rows)
        column = meta["geometry_name"] or "wkb_geometry"
        renamed = ["geometry" if each == column else each for each in rows.column_names]
        return Table(name, rows.rename_columns(renamed), meta["geometry_type"], meta["crs"] or "")

    def select(
        self, table: str, columns: Sequence[str], where: Mapping[str, object] | None = None
    ) -> list[Row]:
        """Give rows.

        Parameters
        ----------
        table
            Name of the table.
        columns
            Its columns.
        where
            Values that they must have; all rows where not given.

        Returns
        -------
        list of tuple
            In the order in which they were added.
        """
        wanted = " AND ".join(f'"{name}" = ?' for name in where or ())
        return self.db.execute(
            f'SELECT {_listed(columns)} FROM "{table}" '  # noqa: S608  names of our own
            + (f"WHERE {wanted} " if where else "") + "ORDER BY rowid",
            tuple((where or {}).values()),
        ).fetchall()

    def count(self, table: str) -> int:
        """Count the rows of a table.

        Parameters
        ----------
        table
            Name of the table.

        Returns
        -------
        int
            How many there are.
        """
        (found,) = self.db.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
        return int(found)

    def insert(self, table: Declared, rows: Sequence[Row]) -> None:
        """Add rows.

        Parameters
        ----------
        table
            The table.
        rows
            Values of all its columns.
        """
        self.db.executemany(
            f"INSERT INTO {table.name} ({_listed(table.columns)}) "  # noqa: S608  as above
            f"VALUES ({', '.join('?' * len(table.columns))})", rows,
        )
        self._touch(table)

    def delete(self, table: Declared, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Take out rows.

        Parameters
        ----------
        table
            The table.
        columns
            Of these columns
        rows
            the values that the rows have.
        """
        wanted = " AND ".join(f'"{name}" = ?' for name in columns)
        self.db.executemany(f"DELETE FROM {table.name} WHERE {wanted}", rows)  # noqa: S608
        self._touch(table)

    def declare(self, *tables: Declared) -> None:
        """Make tables that are not there.

        Parameters
        ----------
        *tables
            What they are.
        """
        there = self.tables()
        for table in tables:
            if table.name in there:
                continue
            columns = ", ".join(
                f'"{name}" {kind}{" NOT NULL" if table.must(name) else ""}'
                for name, kind in table.columns.items()
            )
            unique = "".join(f", UNIQUE ({_listed(each)})" for each in table.unique)
            self.db.execute(f"CREATE TABLE {table.name} ({_FID}, {columns}{unique})")
            if table.index:
                self.db.execute(
                    f"CREATE INDEX {table.name}_feature ON {table.name} ({_listed(table.index)})"
                )
            if table.only_grows:
                for what in ("update", "delete"):
                    self.db.execute(
                        f"CREATE TRIGGER {table.name}_no_{what} BEFORE {what.upper()} ON "
                        f"{table.name} BEGIN SELECT RAISE(ABORT, '{ONLY_GROWS}'); END"
                    )
            self.db.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) "
                "VALUES (?, 'attributes', ?, ?)", (table.name, table.name, _now()),
            )

    def drop(self, name: str) -> None:
        """Take out a table without shapes.

        Parameters
        ----------
        name
            Its name.
        """
        self.db.execute(f'DROP TABLE "{name}"')
        for table in ("gpkg_contents", "gpkg_ogr_contents"):
            self.db.execute(f"DELETE FROM {table} WHERE table_name = ?", (name,))  # noqa: S608

    def grown_to(self, count: int, head: str) -> None:
        """Say beside the log how long it is.

        Parameters
        ----------
        count
            How many events it has.
        head
            The hash of the last.
        """
        self.delete(META, ("key",), [("count",), ("head",)])
        self.insert(META, [("count", str(count)), ("head", head)])

    def _zoned(self, table: str, column: pa.Field) -> bool:
        """Tell whether a time is written with its zone; GDAL reads all of them as such."""
        found = self.db.execute(
            f"SELECT 1 FROM \"{table}\" WHERE \"{column.name}\" GLOB '*T*[Z+]*' "  # noqa: S608
            "LIMIT 1"
        )
        return found.fetchone() is not None

    def _touch(self, table: Declared) -> None:
        self.db.execute(
            "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", (_now(), table.name)
        )


@contextmanager
def writing(path: Path) -> Iterator[Geopackage]:
    """Open a store for one transaction.

    Parameters
    ----------
    path
        The GeoPackage.

    Yields
    ------
    Geopackage
        In a transaction that is committed at the end, and rolled back on an exception.

    Raises
    ------
    OutputError
        If another program is writing, or it cannot be written.
    SourceError
        If another machine has it open.
    """
    with journal.turn(path), closing(journal.to_write(path)) as db:
        try:
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

    Parameters
    ----------
    path
        The GeoPackage.

    Yields
    ------
    Geopackage
        In a transaction that only reads.

    Raises
    ------
    SourceError
        If it is not there or is no SQLite file, or another machine has it open.
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
    """Tell whether there is a store.

    Parameters
    ----------
    path
        The GeoPackage.

    Returns
    -------
    bool
        Whether there is such a file.
    """
    return path.is_file()


def names(path: Path) -> list[str]:
    """List the layers and tables of a store.

    Parameters
    ----------
    path
        The GeoPackage.

    Returns
    -------
    list of str
        In the order of the file.
    """
    with journal.turn(path):
        journal.settle(path)
        return vector.layer_names(path)


def frame(path: Path, name: str) -> gpd.GeoDataFrame | pd.DataFrame:
    """Read a layer or a table.

    Parameters
    ----------
    path
        The GeoPackage.
    name
        One of :func:`names`.

    Returns
    -------
    GeoDataFrame or DataFrame
        Its rows.

    Raises
    ------
    SourceError
        If there is no such store or no such table in it.
    """
    if not exists(path):
        raise _nowhere(path)
    with journal.turn(path):
        insist_on(name, names(path), path)
        return pyogrio.read_dataframe(path, layer=name, **journal.options(path))


def fill(path: Path, tables: Iterable[Table], then: Callable[[Session], None]) -> None:
    """Make a store of tables, and of what the store itself keeps.

    Parameters
    ----------
    path
        The GeoPackage to make.
    tables
        The layers and tables.
    then
        Called in a transaction when they are there.
    """
    for name, rows, geometry_type, crs in tables:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a layer of another program has no CRS
            pyogrio.write_arrow(
                rows, path, layer=name, driver="GPKG", append=path.exists(),
                geometry_name="geometry" if geometry_type else None,
                geometry_type=geometry_type or None, crs=crs or None,
            )
    with writing(path) as db:
        then(db)


def snapshot(path: Path, target: Path) -> None:
    """Copy a store into a file, as it stands at one moment.

    Parameters
    ----------
    path
        The GeoPackage.
    target
        The file to make.
    """
    with reading(path) as source, closing(sqlite3.connect(target)) as made:
        _pour(source.db, made)


def replace(fresh: Path, path: Path) -> None:
    """Put a store in the place of another.

    The file stays and takes on, in one transaction, what the new one holds: who has it open,
    such as a desktop GIS, reads on what was there, and then what is. Another file put under its
    name would leave them with the old file and the log of the new one, mixed.

    Parameters
    ----------
    fresh
        The new GeoPackage, which nobody has open.
    path
        The place; there may be none yet.

    Raises
    ------
    OutputError
        If another program is changing it, or it cannot be written; it is as it was.
    SourceError
        If another machine has it open.
    """
    if not exists(path):
        journal.forget(path)
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


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
