"""A schema of a PostGIS database in one transaction; the database itself guards the log."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import shapely
import sqlalchemy as sa
from psycopg import sql

from landtrack.model.address import Shared
from landtrack.model.errors import OutputError, SourceError
from landtrack.model.outputs import Identity
from landtrack.store import conditions, digests
from landtrack.store.conditions import Condition
from landtrack.store.postgis import columns, guards
from landtrack.store.postgis.columns import LAYERS, SHAPE
from landtrack.store.postgis.connect import PERSON
from landtrack.store.session import (
    EVIDENCE,
    LOG,
    OWN,
    SEALS,
    Box,
    ColumnKind,
    Declared,
    Row,
    Rows,
    Table,
)

MOST_AT_ONCE = 5_000
"""Rows that one statement takes out: it holds no more than 65 535 values."""

ROWS_AT_ONCE = 16_384
"""Rows of a layer or table that are read at once."""

_EPSG = re.compile(r"EPSG:(\d+)")

class Database:
    """A schema in one transaction, as :class:`~landtrack.store.session.Session` says."""

    def __init__(self, connection: sa.Connection, shared: Shared) -> None:
        self.connection = connection
        self.shared = shared
        self.name = shared.name

    @property
    def user(self) -> str:
        """Who is at work: the person of a desk, else the user of the database."""
        person = self.connection.info.get(PERSON)
        return str(person or self.connection.scalar(
            sa.select(sa.literal_column("session_user"))
        ))

    def identity(self, *, results: bool) -> Identity:
        """Tell what the store holds, or of it what a run wrote, from anything else it may hold.

        Returns: The lengths of the log (where that counts) and of the seals, what tells their heads
        and the tables from others, and a number that grows where the database counts no changes.
        """
        rows = self.connection.execute(sa.text(
            "SELECT relname, pg_class.oid::bigint, relfilenode::bigint, relnatts, "
            "pg_stat_get_tuples_inserted(pg_class.oid), pg_stat_get_tuples_updated(pg_class.oid), "
            "pg_stat_get_tuples_deleted(pg_class.oid) FROM pg_class "
            "WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind = 'r' ORDER BY relname"
        ), {"schema": sql.Identifier(self.shared.schema).as_string(None)})
        tables = [
            tuple(row) for row in rows if not results or row[0] not in OWN
        ]
        logged, sealed = self._head(LOG.name, "event"), self._head(SEALS.name, "seal")
        uncounted = 0 if self.connection.scalar(
            sa.text("SELECT current_setting('track_counts')::boolean")
        ) else int(self.connection.scalar(sa.text(
            "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"
        )) or 0)
        told = hashlib.sha256(repr((tables, sealed, () if results else logged)).encode()).digest()
        return (
            0 if results else logged[0], sealed[0], int.from_bytes(told[:7], "big"), uncounted,
        )

    def _head(self, name: str, number: str) -> tuple[int, str]:
        """Give the number and the hash of the last row of a table that grows; 0 without any."""
        if name not in self.tables():
            return 0, ""
        of = self._table(name, {number, "sha256"})
        row = self.connection.execute(
            sa.select(of.c[number], of.c.sha256).order_by(of.c[number].desc()).limit(1)
        ).first()
        return (0, "") if row is None else (int(row[0]), str(row[1]))

    def tables(self) -> set[str]:
        """Name all tables that there are."""
        return set(self.connection.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = :schema"),
            {"schema": self.shared.schema},
        ))

    def layers(self) -> set[str]:
        """Name the tables with shapes."""
        rows = self.select(LAYERS.name, ("name", "geometry_type"))
        return {name for name, geometry_type in rows if geometry_type}

    def frames(self) -> list[str]:
        """Name the layers and tables that are not the store's own.

        Returns: In the order in which they were put there.
        """
        return [name for (name,) in self.select(LAYERS.name, ("name",))]

    def select(
        self, table: str, columns: Sequence[str], where: Mapping[str, object] | None = None
    ) -> list[Row]:
        """Give rows.

        ``columns``: Its columns.
        ``where``: Values that they must have; all rows where not given.
        Returns: In the order in which they were added.
        """
        of = self._table(table, {*columns, *(where or {}), "fid"})
        query = sa.select(*(of.c[name] for name in columns)).order_by(of.c.fid)
        for name, value in (where or {}).items():
            query = query.where(of.c[name] == value)
        return [tuple(row) for row in self.connection.execute(query)]

    def select_each(
        self, table: str, columns: Sequence[str], of: Sequence[str], rows: Sequence[Row]
    ) -> list[Row]:
        """Give the rows whose columns ``of`` have one of these values: asked for at once."""
        held = self._table(table, {*columns, *of, "fid"})
        named = sa.tuple_(*(held.c[name] for name in of))
        query = sa.select(*(held.c[name] for name in columns)).order_by(held.c.fid)
        return [
            tuple(row) for start in range(0, len(rows), MOST_AT_ONCE)
            for row in self.connection.execute(
                query.where(named.in_(rows[start:start + MOST_AT_ONCE]))
            )
        ]

    def count(self, table: str) -> int:
        """Count the rows of a table."""
        of = self._table(table, {"fid"})
        return int(self.connection.scalar(sa.select(sa.func.count()).select_from(of)) or 0)

    def insert(self, table: Declared, rows: Sequence[Row]) -> None:
        """Add rows.

        ``rows``: Values of all its columns.
        """
        self._copy_in(table.name, list(table.columns), rows)

    def delete(self, table: Declared, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Take out rows.

        ``columns``: Of these columns.
        ``rows``: the values that the rows have.
        """
        of = self._table(table.name, set(columns))
        named = sa.tuple_(*(of.c[name] for name in columns))
        for start in range(0, len(rows), MOST_AT_ONCE):
            wanted = named.in_(rows[start:start + MOST_AT_ONCE])
            self.connection.execute(sa.delete(of).where(wanted))

    def declare(self, *tables: Declared) -> None:
        """Make tables that are not there."""
        there = self.tables()
        for table in tables:
            if table.name in there:
                continue
            made = sa.Table(
                table.name, sa.MetaData(schema=self.shared.schema), columns.fid(),
                *(
                    sa.Column(name, columns.KINDS[kind], nullable=not table.must(name))
                    for name, kind in table.columns.items()
                ),
                *(sa.UniqueConstraint(*each) for each in table.unique),
            )
            for what, held in table.indexes.items():
                sa.Index(f"{table.name}_{what}", *(made.c[name] for name in held))
            made.create(self.connection)
            self._guard(table)

    def _guard(self, table: Declared) -> None:
        """Let the database guard a table that only grows."""
        schema = self.shared.schema
        if not table.only_grows:
            return
        for each in (*guards.functions(schema), *guards.triggers(schema, table.name)):
            self.execute(each)
        if table == EVIDENCE:
            self.execute(guards.proved(schema))

    def guard_anew(self) -> None:
        """Make the functions that guard the store as this version has them."""
        for each in guards.functions(self.shared.schema):
            self.execute(each)

    def upgrade(self) -> None:
        """Give the tables of version 2 what this version has more, and guard them as it does.

        Raises OutputError: If others have put functions or triggers into the store, as they could.
        """
        if planted := self._planted():
            raise OutputError(
                f"{self.name} holds what others than its owner made: {', '.join(planted)}.",
                mend="Look at it, drop it as a superuser, then migrate again.",
            )
        self.run("REVOKE CREATE ON SCHEMA {schema} FROM PUBLIC")
        self.run(
            "ALTER TABLE {log} ADD COLUMN entered_by text NOT NULL DEFAULT ''",
            log=self.named(LOG.name),
        )
        for table in (LOG, EVIDENCE):
            self._guard(table)
        self.declare(SEALS)

    def _planted(self) -> list[str]:
        """Name functions and triggers in the schema that are none of the store's owner."""
        given = {"schema": self.shared.schema, "log": self.named(LOG.name).as_string(None),
                 "ours": list(guards.NAMES)}
        found = self.connection.scalars(sa.text(
            "SELECT proname FROM pg_proc WHERE pronamespace = CAST(:schema AS regnamespace) "
            "AND (proowner <> (SELECT relowner FROM pg_class WHERE oid = CAST(:log AS regclass)) "
            "OR NOT proname = ANY(:ours)) "
            "UNION ALL SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE relnamespace = CAST(:schema AS regnamespace) AND NOT tgisinternal "
            "AND NOT tgname = ANY(:ours)"
        ), {**given, "schema": sql.Identifier(self.shared.schema).as_string(None)})
        return sorted(map(str, found))

    def unguarded(self) -> list[str]:
        """Name the guards of the store that are missing, off, or not what they should be.

        Returns: None where all are there.
        """
        schema = self.shared.schema
        wanted = guards.bodies(schema)
        there = {
            str(name): str(body) for name, body in self.connection.execute(sa.text(
                "SELECT proname, prosrc FROM pg_proc "
                "WHERE pronamespace = CAST(:schema AS regnamespace) "
                "AND 'search_path=pg_catalog, pg_temp' = ANY(proconfig)"
            ), {"schema": sql.Identifier(schema).as_string(None)})
        }
        on = {
            (str(table), str(name)) for table, name in self.connection.execute(sa.text(
                "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE relnamespace = CAST(:schema AS regnamespace) AND tgenabled IN ('O', 'A')"
            ), {"schema": sql.Identifier(schema).as_string(None)})
        }
        needed = {
            *((table, "only_grows") for table in (LOG.name, SEALS.name, EVIDENCE.name)),
            *guards.GROWING.items(),
        }
        return sorted([
            *(name for name in wanted if there.get(name) != wanted[name]),
            *(f"{table}.{name}" for table, name in needed - on),
            *(f"? {name}" for name in self._planted()),
        ])

    def now(self) -> str:
        """Say what time it is.

        Returns: By the clock of the database, in UTC to the second.
        """
        return str(self.connection.scalar(sa.text(
            "SELECT to_char(clock_timestamp() AT TIME ZONE 'UTC', "
            "'YYYY-MM-DD\"T\"HH24\\:MI\\:SS\"+00\\:00\"')"
        )))

    def digest(self, name: str) -> str:
        """Make the digest of a layer or table.

        Returns: As :func:`~landtrack.store.digests.of_table` makes it.
        """
        _, rows, geometry_type, crs = self.get(name)
        return digests.of_table(geometry_type, crs, rows.to_batches())

    def grown_to(self, count: int, head: str) -> None:
        """Do nothing: the database notes by itself how long the log is."""

    def put(self, table: Table) -> str:
        """Put a layer or table in the place of the one of that name.

        ``table``: Its rows.
        Returns: Where its columns are others than before or none, a table that waits to take its
        place with :meth:`swap`; else empty.
        Raises OutputError: If a column is of a type that has no like in the database.
        """
        row = (table.name, table.geometry_type, table.crs, columns.told(table.rows.schema))
        if self.select(LAYERS.name, [*LAYERS.columns], {"name": table.name}) == [row]:
            into = table.name
            self.connection.execute(sa.delete(self._table(table.name, set())))
        else:
            into = f"{table.name[:40]}_{secrets.token_hex(4)}"
            self._make(table, into)
            self.delete(LAYERS, ("name",), [(table.name,)])
            self.insert(LAYERS, [row])
        srid = self._srid(table.crs)
        shapes = SHAPE if table.geometry_type else ""
        values = [
            columns.hexadecimal(each, srid) if name == shapes else each.to_pylist()
            for name, each in zip(table.rows.column_names, table.rows.columns, strict=True)
        ]
        named = ["geom" if name == shapes else name for name in table.rows.column_names]
        self._copy_in(into, named, zip(*values, strict=True))
        return "" if into == table.name else into

    def swap(self, waiting: str, name: str) -> None:
        """Put a table in the place of another; readers of that one wait from here to the end."""
        self._call(guards.SWAP, waiting, name)

    def drop(self, name: str) -> None:
        """Take out a layer or table, if it is there."""
        self._call(guards.DROP, name)
        self.delete(LAYERS, ("name",), [(name,)])

    def get(self, name: str) -> Table:
        """Read a layer or table.

        Raises SourceError: If it is not there.
        """
        schema, geometry_type, crs = self.described(name)
        rows = pa.Table.from_batches(self.batches(name), schema=schema)
        return Table(name, rows, geometry_type, crs)

    def described(self, name: str) -> tuple[pa.Schema, str, str]:
        """Give the columns of a layer or table, the kind of its shapes and its CRS.

        Raises SourceError: If it is not there.
        """
        found = self.select(LAYERS.name, [*LAYERS.columns], {"name": name})
        if not found:
            raise SourceError(f"{self.name} has no table {name!r}.", mend="Look at its layers.")
        ((_, geometry_type, crs, told),) = found
        return columns.read_back(told), str(geometry_type), str(crs)

    def batches(
        self, name: str, wanted: Sequence[str] | None = None, *, at_once: int = ROWS_AT_ONCE
    ) -> Iterator[pa.RecordBatch]:
        """Read a layer or table piece by piece, in the order in which it was put there.

        ``wanted``: The columns, the shapes (as WKB) being ``geometry``; all where not given.
        Raises SourceError: If it is not there.
        """
        schema, geometry_type, _ = self.described(name)
        if wanted is not None:
            schema = pa.schema([schema.field(each) for each in wanted])
        shapes = SHAPE if geometry_type else ""
        named = {each: "geom" if each == shapes else each for each in schema.names}
        of = self._table(name, {*named.values(), "fid"})
        binary = getattr(sa.func, self._postgis()).ST_AsBinary
        query = sa.select(*(
            binary(of.c.geom) if each == shapes else of.c[column]
            for each, column in named.items()
        )).order_by(of.c.fid)
        streamed = self.connection.execute(query, execution_options={"stream_results": True})
        for rows in streamed.partitions(at_once):
            arrays = [
                pa.array(own, type=each.type)
                for own, each in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)

    def near(
        self, name: str, key: str, box: Box | None,
        keys: Sequence[str],
    ) -> list[Row]:
        """Read the keys and the shapes (as WKB) of what meets a box, and of some keys.

        Returns: In the order in which the layer was put there.
        """
        _, _, crs = self.described(name)
        of, call = self._table(name, {key, "geom", "fid"}), getattr(sa.func, self._postgis())
        wanted = [of.c[key].in_(keys)]
        if box is not None:
            met = call.ST_MakeEnvelope(*box, self._srid(crs))
            wanted.append(call.ST_Intersects(of.c.geom, met))
        query = sa.select(of.c[key], call.ST_AsBinary(of.c.geom)).where(sa.or_(*wanted))
        return [
            (row[0], bytes(row[1])) for row in self.connection.execute(query.order_by(of.c.fid))
        ]

    def kinds(self, name: str) -> dict[str, ColumnKind]:
        """Tell what the columns of a layer or table hold, without shapes and bytes, in order."""
        schema, geometry_type, _ = self.described(name)
        told = {each.name: columns.kind(each.type) for each in schema
                if not (geometry_type and each.name == SHAPE)}
        return {name: kind for name, kind in told.items() if kind is not None}

    def after(
        self, name: str, wanted: Sequence[str], number: int, most: int, *,
        where: Condition | None = None, box: Box | None = None,
    ) -> Rows:
        """Give the rows after a number, at most so many.

        ``box``: Those whose boxes may meet it, or that have no shape; of a layer alone.
        """
        _, geometry_type, crs = self.described(name)
        of, call = self._table(name, {*wanted, "geom", "fid"}), getattr(sa.func, self._postgis())
        shape = call.ST_AsBinary(of.c.geom) if geometry_type else sa.null()
        query = sa.select(of.c.fid, *(of.c[each] for each in wanted), shape)
        query = query.where(of.c.fid > number).order_by(of.c.fid).limit(most)
        if where is not None:
            text, values = conditions.statement(
                where, day=lambda each: f"to_char({each}, 'YYYY-MM-DD')",
                like=lambda pattern: ("LIKE", conditions.as_like(pattern)),
            )
            query = query.where(sa.text(text).bindparams(**values))
        if box is not None and geometry_type:
            met = of.c.geom.op(f"OPERATOR({self._postgis()}.&&)")(
                call.ST_MakeEnvelope(*box, self._srid(crs))
            )
            query = query.where(sa.or_(of.c.geom.is_(None), met))
        found = [tuple(row) for row in self.connection.execute(query)]
        shapes = shapely.from_wkb([row[-1] and bytes(row[-1]) for row in found])
        return Rows(
            [int(row[0]) for row in found], [row[1:-1] for row in found],
            np.asarray(shapes, dtype=object),
        )

    def shapes(self, name: str, key: str, keys: Sequence[str]) -> dict[str, Any]:
        """Give the shapes of some features of a layer by key; of the first row of each."""
        rows = self.near(name, key, None, keys)
        return {str(each): shapely.from_wkb(shape) for each, shape in reversed(rows)}

    def shape_kind(self, name: str) -> str:
        """Name the kind of the shapes of a layer in capitals; empty where they are of several."""
        kind = self.described(name)[1].upper()
        return "" if kind.startswith("UNKNOWN") else kind

    def extent(self, name: str) -> Box | None:
        """Find west, south, east, north of a layer in its CRS; None where it has no shape."""
        of, call = self._table(name, {"geom"}), getattr(sa.func, self._postgis())
        box = sa.select(call.ST_Extent(of.c.geom).label("box")).subquery()
        ends = [
            getattr(call, f"ST_{end}")(box.c.box) for end in ("XMin", "YMin", "XMax", "YMax")
        ]
        west, south, east, north = self.connection.execute(sa.select(*ends)).one()
        return None if west is None else (float(west), float(south), float(east), float(north))

    def run(self, statement: str, **parts: sql.Composable) -> None:
        """Run a statement about tables themselves.

        ``statement``: With names in braces; ``{schema}`` is that of the store.
        """
        self.execute(sql.SQL(statement).format(
            **{"schema": sql.Identifier(self.shared.schema), **parts}
        ))

    def execute(self, statement: sql.Composed) -> None:
        """Run a whole statement."""
        with self._cursor() as cursor:
            cursor.execute(statement)

    def named(self, table: str) -> sql.Identifier:
        """Name a table in a statement."""
        return sql.Identifier(self.shared.schema, table)

    def _table(self, name: str, columns: set[str]) -> sa.TableClause:
        return sa.table(name, *map(sa.column, columns), schema=self.shared.schema)

    def _cursor(self) -> psycopg.Cursor[Any]:
        raw: psycopg.Connection[Any] = self.connection.connection.driver_connection  # type: ignore[assignment]
        return raw.cursor()

    def _copy_in(self, table: str, columns: list[str], rows: Iterable[Row]) -> None:
        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            self.named(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with self._cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)

    def _make(self, table: Table, name: str) -> None:
        """Make the table of a layer, with an index over its shapes."""
        srid = self._srid(table.crs)
        fields = [columns.of_field(table, each, srid) for each in table.rows.schema]
        self._call(guards.MAKE, name, json.dumps(fields))

    def _call(self, function: str, *given: str) -> None:
        """Let a function of the store do what only its owner may do by themselves."""
        name, _, kinds = function.rstrip(")").partition("(")
        marks = ", ".join(f"%s::{kind.strip()}" for kind in kinds.split(","))
        with self._cursor() as cursor:
            cursor.execute(
                sql.SQL(f"SELECT {{}}({marks})").format(
                    sql.Identifier(self.shared.schema, name)
                ), given,
            )

    def _postgis(self) -> str:
        """Name the schema that PostGIS is in."""
        return str(self.connection.scalar(sa.text(
            "SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'postgis'"
        )))

    def _srid(self, crs: str) -> int:
        """Find the number of a CRS in the database; 0 where it has none."""
        if not (known := _EPSG.fullmatch(crs)):
            return 0
        of = sa.table(
            "spatial_ref_sys", *map(sa.column, ("srid", "auth_name", "auth_srid")),
            schema=self._postgis(),
        )
        found = self.connection.scalar(
            sa.select(of.c.srid).where(
                of.c.auth_name == "EPSG", of.c.auth_srid == int(known[1])
            )
        )
        return int(found or 0)
