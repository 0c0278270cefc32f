"""A GeoPackage in one transaction: its rows, its tables and their guards."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyogrio

from landtrack.model.errors import SourceError
from landtrack.store import blobs, conditions, journal
from landtrack.store.conditions import Condition
from landtrack.store.session import (
    LOG,
    META,
    ONLY_GROWS,
    OWN,
    SEALS,
    Box,
    ColumnKind,
    Declared,
    Row,
    Rows,
    Table,
)

_FID = "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL"


AT_ONCE = 500
"""Values that are looked for in one pass; every SQLite takes so many."""

KINDS: Mapping[str, ColumnKind] = {
    "TEXT": "text", "REAL": "number", "DOUBLE": "number", "FLOAT": "number", "INTEGER": "integer",
    "INT": "integer", "MEDIUMINT": "integer", "SMALLINT": "integer", "TINYINT": "integer",
    "BOOLEAN": "boolean", "DATE": "day", "DATETIME": "moment",
}
"""What the types of columns hold, as a GeoPackage names them (OGC 12-128r19, table 1)."""


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

    def kinds(self, name: str) -> dict[str, ColumnKind]:
        """Tell what the columns of a layer or table hold, without shapes and bytes, in order."""
        found = self.db.execute(f'PRAGMA table_info("{name}")')  # a name of our own
        told = [(str(row[1]), str(row[2]).partition("(")[0].upper(), row[5]) for row in found]
        return {name: KINDS[kind] for name, kind, key in told if kind in KINDS and not key}

    def after(
        self, name: str, columns: Sequence[str], number: int, most: int, *,
        where: Condition | None = None, box: Box | None = None,
    ) -> Rows:
        """Give the rows after a number, at most so many.

        ``box``: Those whose boxes may meet it, or that have no shape; of a layer alone.
        """
        shaped = name in self.layers()
        shapes = self._shapes_of(name)[0] if shaped else ""
        texts = ["rowid > :number"]
        values: dict[str, object] = {"number": number, "most": most}
        if where is not None:
            text, of = conditions.statement(
                where, day=lambda each: f"substr({each}, 1, 10)",
                like=lambda pattern: ("GLOB", conditions.as_glob(pattern)),
            )
            texts, values = [*texts, text], {**values, **of}
        index = f"rtree_{name}_{shapes}"
        if box is not None and shaped and index in self.tables():
            texts.append(
                f'("{shapes}" IS NULL OR rowid IN (SELECT id FROM "{index}" WHERE '  # noqa: S608
                "minx <= :east AND maxx >= :west AND miny <= :north AND maxy >= :south))"
            )
            values |= dict(zip(("west", "south", "east", "north"), box, strict=True))
        found = self.db.execute(
            f'SELECT {_listed(["rowid", *columns, *([shapes] if shaped else [])])} '  # noqa: S608
            f'FROM "{name}" WHERE {" AND ".join(texts)} ORDER BY rowid LIMIT :most', values,
        ).fetchall()
        return Rows(
            [int(row[0]) for row in found], [row[1:len(columns) + 1] for row in found],
            blobs.shapes([row[-1] if shaped else None for row in found]),
        )

    def shapes(self, name: str, key: str, keys: Sequence[str]) -> dict[str, Any]:
        """Give the shapes of some features of a layer by key; of the first row of each."""
        rows = self.near(name, key, None, keys)
        read = blobs.shapes([blob for _, blob in rows])
        return {str(each): shape for (each, _), shape in reversed([*zip(rows, read, strict=True)])}

    def extent(self, name: str) -> Box | None:
        """Find the box that holds all shapes of a layer, or a little more; None without any."""
        shapes, _ = self._shapes_of(name)
        index = f"rtree_{name}_{shapes}"
        if index in self.tables():
            found = self.db.execute(
                f'SELECT min(minx), min(miny), max(maxx), max(maxy) FROM "{index}"'  # noqa: S608
            ).fetchone()
        else:
            found = self.db.execute(
                "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", (name,)
            ).fetchone()
        if None in found:
            return None
        west, south, east, north = map(float, found)
        return west, south, east, north

    def shape_kind(self, name: str) -> str:
        """Name the kind of the shapes of a layer in capitals; empty where they are of several."""
        (found,) = self.db.execute(
            "SELECT geometry_type_name FROM gpkg_geometry_columns WHERE table_name = ?", (name,)
        ).fetchone()
        return "" if str(found).upper() == "GEOMETRY" else str(found).upper()

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
