"""A GeoPackage in one transaction: its rows, its tables and their guards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyogrio

from landtrack.model.errors import SourceError
from landtrack.store import journal
from landtrack.store.session import LOG, META, ONLY_GROWS, OWN, SEALS, Box, Declared, Row, Table

_FID = "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"


AT_ONCE = 500
"""Values that are looked for in one pass; every SQLite takes so many."""


class Geopackage:
    """A GeoPackage in one transaction, as :class:`~landtrack.store.session.Session` says."""

    user = ""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        self.db = db
        self.path = path
        self.name = str(path)

    def tables(self) -> set[str]:
        """Name all tables that there are."""
        found = self.db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        return {name for (name,) in found}

    def layers(self) -> set[str]:
        """Name the tables with shapes."""
        return {
            name for (name,) in self.db.execute(
                "SELECT table_name FROM gpkg_contents WHERE data_type = 'features'"
            )
        }

    def frames(self) -> list[str]:
        """Name the layers and tables that are not the store's own.

        Returns: In the order of the file.
        """
        return [name for name in names(self.path) if name not in OWN]

    def get(self, name: str) -> Table:
        """Read one of these whole, as it stands in the file.

        Returns: Its rows with the exact types of its columns.
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

    def now(self) -> str:
        """Say what time it is.

        Returns: By the clock of this machine, in UTC to the second.
        """
        return datetime.now(UTC).isoformat(timespec="seconds")

    def select(
        self, table: str, columns: Sequence[str], where: Mapping[str, object] | None = None
    ) -> list[Row]:
        """Give rows.

        ``columns``: Its columns.
        ``where``: Values that they must have; all rows where not given.
        Returns: In the order in which they were added.
        """
        wanted = " AND ".join(f'"{name}" = ?' for name in where or ())
        return self.db.execute(
            f'SELECT {_listed(columns)} FROM "{table}" '  # noqa: S608  names of our own
            + (f"WHERE {wanted} " if where else "") + "ORDER BY rowid",
            tuple((where or {}).values()),
        ).fetchall()

    def select_each(
        self, table: str, columns: Sequence[str], of: Sequence[str], rows: Sequence[Row]
    ) -> list[Row]:
        """Give the rows whose columns ``of`` have one of these values."""
        if len(of) == 1:  # which may have no index: all in one pass
            asked = f'SELECT {_listed(columns)} FROM "{table}" WHERE "{of[0]}" IN '  # noqa: S608
            return [
                row for start in range(0, len(rows), AT_ONCE)
                for row in self.db.execute(
                    f"{asked} ({', '.join('?' * len(rows[start:start + AT_ONCE]))}) "
                    "ORDER BY rowid", [value for (value,) in rows[start:start + AT_ONCE]],
                )
            ]
        return [
            row for values in dict.fromkeys(rows)
            for row in self.select(table, columns, dict(zip(of, values, strict=True)))
        ]

    def near(
        self, name: str, key: str, box: Box | None, keys: Sequence[str]
    ) -> list[Row]:
        """Read the keys and the shapes (as the file has them) of what may meet a box, and of keys.

        Returns: In the order of the layer.
        """
        shapes, _ = self._shapes_of(name)
        wanted = {
            fid for (fid,) in self.select_each(name, ("rowid",), (key,), [(each,) for each in keys])
        }
        if box is not None:
            wanted.update(self._meeting(name, shapes, box))
        found = sorted(wanted)
        return self.select_each(name, (key, shapes), ("rowid",), [(each,) for each in found])

    def reference(self, name: str) -> Row:
        """Give the definition of the CRS of a layer, as the file has it."""
        _, srs = self._shapes_of(name)
        (found,) = self.db.execute("SELECT * FROM gpkg_spatial_ref_sys WHERE srs_id = ?", (srs,))
        return tuple(found)

    def _shapes_of(self, name: str) -> tuple[str, int]:
        """Name the column of the shapes of a layer, and their CRS by its number in the file."""
        found = self.db.execute(
            "SELECT column_name, srs_id FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
        ).fetchone()
        return str(found[0]), int(found[1])

    def _meeting(self, name: str, shapes: str, box: Box) -> Iterator[int]:
        """Find the rows whose boxes meet another, by the index where there is one."""
        index = f"rtree_{name}_{shapes}"
        west, south, east, north = box
        if index not in self.tables():
            return (fid for (fid,) in self.select(name, ("rowid",)))
        return (fid for (fid,) in self.db.execute(
            f'SELECT id FROM "{index}" '  # noqa: S608  a name of our own
            "WHERE minx <= ? AND maxx >= ? AND miny <= ? AND maxy >= ?", (east, west, north, south),
        ))

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        (found,) = self.db.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # noqa: S608
        return int(found)

    def insert(self, table: Declared, rows: Sequence[Row]) -> None:
        """Add rows.

        ``rows``: Values of all its columns.
        """
        self.db.executemany(
            f"INSERT INTO {table.name} ({_listed(table.columns)}) "  # noqa: S608  as above
            f"VALUES ({', '.join('?' * len(table.columns))})", rows,
        )
        self._touch(table)

    def delete(self, table: Declared, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Take out rows.

        ``columns``: Of these columns.
        ``rows``: the values that the rows have.
        """
        wanted = " AND ".join(f'"{name}" = ?' for name in columns)
        self.db.executemany(f"DELETE FROM {table.name} WHERE {wanted}", rows)  # noqa: S608
        self._touch(table)

    def declare(self, *tables: Declared) -> None:
        """Make tables that are not there."""
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
            for what, held in table.indexes.items():
                self.db.execute(
                    f"CREATE INDEX {table.name}_{what} ON {table.name} ({_listed(held)})"
                )
            for guard in _guards(table).values():
                self.db.execute(guard)
            self.db.execute(
                "INSERT INTO gpkg_contents (table_name, data_type, identifier, last_change) "
                "VALUES (?, 'attributes', ?, ?)", (table.name, table.name, _now()),
            )

    def index(self, keys: Mapping[str, str]) -> None:
        """Make an index over the column by which a table is looked up, of those that are there."""
        for name in sorted(keys.keys() & self.tables()):
            self.db.execute(f'CREATE INDEX "{name}_key" ON "{name}" ("{keys[name]}")')

    def drop(self, name: str) -> None:
        """Take out a table without shapes."""
        self.db.execute(f'DROP TABLE "{name}"')
        for table in ("gpkg_contents", "gpkg_ogr_contents"):
            self.db.execute(f"DELETE FROM {table} WHERE table_name = ?", (name,))  # noqa: S608

    def unguarded(self) -> list[str]:
        """Name the guards of the store that are missing or not what they should be."""
        there = dict(self.db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
        wanted = {**_guards(LOG), **_guards(SEALS)}
        return sorted(name for name, guard in wanted.items() if there.get(name) != guard)

    def grown_to(self, count: int, head: str) -> None:
        """Say beside the log how long it is."""
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


def names(path: Path) -> list[str]:
    """List the layers and tables of a store.

    Returns: Layers, then tables, each in the order in which they were added.
    Raises SourceError: If it is no GeoPackage.
    """
    with journal.turn(path):
        try:
            with closing(journal.to_read(path)) as db:
                found = db.execute(
                    "SELECT table_name FROM gpkg_contents WHERE data_type IN ('features', "
                    "'attributes') AND table_name IN (SELECT name FROM sqlite_master) "
                    "ORDER BY data_type = 'attributes', rowid"
                )
                return [str(name) for (name,) in found]
        except sqlite3.Error as error:
            raise SourceError(
                f"{path} cannot be opened: {error}.",
                mend="Name a project.gpkg that `landtrack run` made, or restore its backup.",
            ) from error


def _guards(table: Declared) -> dict[str, str]:
    """Make the triggers of a table that only grows, by their names."""
    if not table.only_grows:
        return {}
    return {
        f"{table.name}_no_{what}": f"CREATE TRIGGER {table.name}_no_{what} BEFORE {what.upper()} "
        f"ON {table.name} BEGIN SELECT RAISE(ABORT, '{ONLY_GROWS}'); END"
        for what in ("update", "delete")
    }


def _listed(columns: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in columns)


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
