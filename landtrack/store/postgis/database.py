"""A schema of a PostGIS database in one transaction; the database itself guards the log."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
import pyarrow as pa
import sqlalchemy as sa
from psycopg import sql

from landtrack.errors import SourceError
from landtrack.store.address import Shared
from landtrack.store.postgis import columns
from landtrack.store.postgis.columns import LAYERS, SHAPE
from landtrack.store.session import LOG, META, ONLY_GROWS, Declared, Row, Table

MOST_AT_ONCE = 5_000
"""Rows that one statement takes out: it holds no more than 65 535 values."""

_EPSG = re.compile(r"EPSG:(\d+)")

_GROWS = """
CREATE FUNCTION {schema}.log_grows() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = {schema}, pg_temp AS $$
DECLARE
    length bigint; head text;
BEGIN
    PERFORM 1 FROM {meta} WHERE key IN ('count', 'head') ORDER BY key FOR UPDATE;
    SELECT value::bigint INTO STRICT length FROM {meta} WHERE key = 'count';
    SELECT value INTO STRICT head FROM {meta} WHERE key = 'head';
    IF EXISTS (
        SELECT 1 FROM (
            SELECT event, previous, lag(sha256, 1, head) OVER way AS before,
                   length + row_number() OVER way AS number
            FROM fresh WINDOW way AS (ORDER BY event)
        ) AS placed WHERE previous <> before OR event <> number
    ) THEN
        RAISE EXCEPTION 'The event does not follow the last one of the log.';
    END IF;
    UPDATE {meta} SET value = (length + (SELECT count(*) FROM fresh))::text WHERE key = 'count';
    UPDATE {meta} SET value = coalesce((SELECT sha256 FROM fresh ORDER BY event DESC LIMIT 1), head)
        WHERE key = 'head';
    RETURN NULL;
END $$
"""
"""Holds the chain together whoever inserts, and notes how long it is."""

_GROWN = (
    "CREATE TRIGGER log_grows AFTER INSERT ON {log} REFERENCING NEW TABLE AS fresh "
    "FOR EACH STATEMENT EXECUTE FUNCTION {schema}.log_grows()"
)
_REFUSES = (
    "CREATE OR REPLACE FUNCTION {schema}.only_grows() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION {words}; END $$"
)
_REFUSED = (
    "CREATE TRIGGER only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
    "FOR EACH STATEMENT EXECUTE FUNCTION {schema}.only_grows()"
)


class Database:
    """A schema in one transaction, as :class:`~landtrack.store.session.Session` says.

    Parameters
    ----------
    connection
        The connection, in a transaction.
    shared
        Which store it is.
    """

    def __init__(self, connection: sa.Connection, shared: Shared) -> None:
        self.connection = connection
        self.shared = shared
        self.name = shared.name

    @property
    def user(self) -> str:
        """Who is at work.

        Returns
        -------
        str
            The user as whom the database knows us.
        """
        return str(self.connection.scalar(sa.select(sa.literal_column("session_user"))))

    def tables(self) -> set[str]:
        """Name all tables that there are.

        Returns
        -------
        set of str
            Those in the schema of the store.
        """
        return set(self.connection.scalars(
            sa.text("SELECT tablename FROM pg_tables WHERE schemaname = :schema"),
            {"schema": self.shared.schema},
        ))

    def layers(self) -> set[str]:
        """Name the tables with shapes.

        Returns
        -------
        set of str
            Their names.
        """
        rows = self.select(LAYERS.name, ("name", "geometry_type"))
        return {name for name, geometry_type in rows if geometry_type}

    def frames(self) -> list[str]:
        """Name the layers and tables that are not the store's own.

        Returns
        -------
        list of str
            In the order in which they were put there.
        """
        return [name for (name,) in self.select(LAYERS.name, ("name",))]

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
        of = self._table(table, {*columns, *(where or {}), "fid"})
        query = sa.select(*(of.c[name] for name in columns)).order_by(of.c.fid)
        for name, value in (where or {}).items():
            query = query.where(of.c[name] == value)
        return [tuple(row) for row in self.connection.execute(query)]

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
        of = self._table(table, {"fid"})
        return int(self.connection.scalar(sa.select(sa.func.count()).select_from(of)) or 0)

    def insert(self, table: Declared, rows: Sequence[Row]) -> None:
        """Add rows.

        Parameters
        ----------
        table
            The table.
        rows
            Values of all its columns.
        """
        self._copy_in(table.name, list(table.columns), rows)

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
        of = self._table(table.name, set(columns))
        named = sa.tuple_(*(of.c[name] for name in columns))
        for start in range(0, len(rows), MOST_AT_ONCE):
            wanted = named.in_(rows[start:start + MOST_AT_ONCE])
            self.connection.execute(sa.delete(of).where(wanted))

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
            made = sa.Table(
                table.name, sa.MetaData(schema=self.shared.schema), columns.fid(),
                *(
                    sa.Column(name, columns.KINDS[kind], nullable=not table.must(name))
                    for name, kind in table.columns.items()
                ),
                *(sa.UniqueConstraint(*each) for each in table.unique),
            )
            if table.index:
                sa.Index(f"{table.name}_feature", *(made.c[name] for name in table.index))
            made.create(self.connection)
            if table.only_grows:
                self.run(_REFUSES, words=sql.Literal(ONLY_GROWS))
                self.run(_REFUSED, table=self.named(table.name))
            if table == LOG:
                self.run(_GROWS, meta=self.named(META.name))
                self.run(_GROWN, log=self.named(LOG.name))

    def grown_to(self, count: int, head: str) -> None:
        """Do nothing: the database notes by itself how long the log is.

        Parameters
        ----------
        count
            How many events it has.
        head
            The hash of the last.
        """

    def put(self, table: Table) -> str:
        """Put a layer or table in the place of the one of that name.

        Parameters
        ----------
        table
            Its rows.

        Returns
        -------
        str
            Where its columns are others than before or none, a table that waits to take its
            place with :meth:`swap`; else empty.

        Raises
        ------
        OutputError
            If a column is of a type that has no like in the database.
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
        """Put a table in the place of another; readers of that one wait from here to the end.

        Parameters
        ----------
        waiting
            What :meth:`put` gave.
        name
            The name that it takes.
        """
        self.run("DROP TABLE IF EXISTS {table}", table=self.named(name))
        self.run(
            "ALTER TABLE {table} RENAME TO {name}", table=self.named(waiting),
            name=sql.Identifier(name),
        )

    def drop(self, name: str) -> None:
        """Take out a layer or table, if it is there.

        Parameters
        ----------
        name
            Its name.
        """
        self.run("DROP TABLE IF EXISTS {table}", table=self.named(name))
        self.delete(LAYERS, ("name",), [(name,)])

    def get(self, name: str) -> Table:
        """Read a layer or table.

        Parameters
        ----------
        name
            Its name.

        Returns
        -------
        Table
            As it was put.

        Raises
        ------
        SourceError
            If it is not there.
        """
        found = self.select(LAYERS.name, [*LAYERS.columns], {"name": name})
        if not found:
            raise SourceError(f"{self.name} has no table {name!r}.", mend="Look at its layers.")
        ((_, geometry_type, crs, told),) = found
        schema = columns.read_back(told)
        shapes = SHAPE if geometry_type else ""
        named = {each: "geom" if each == shapes else each for each in schema.names}
        of = self._table(name, {*named.values(), "fid"})
        query = sa.select(*(
            sa.func.ST_AsBinary(of.c.geom) if each == shapes else of.c[column]
            for each, column in named.items()
        )).order_by(of.c.fid)
        rows = self.connection.execute(query).fetchall()
        values = list(zip(*rows, strict=True)) or [()] * len(schema)
        arrays = [
            pa.array(own, type=each.type) for own, each in zip(values, schema, strict=True)
        ]
        return Table(name, pa.Table.from_arrays(arrays, schema=schema), geometry_type, crs)

    def run(self, statement: str, **parts: sql.Composable) -> None:
        """Run a statement about tables themselves.

        Parameters
        ----------
        statement
            With names in braces; ``{schema}`` is that of the store.
        **parts
            What stands for the other names.
        """
        self.execute(sql.SQL(statement).format(
            **{"schema": sql.Identifier(self.shared.schema), **parts}
        ))

    def execute(self, statement: sql.Composed) -> None:
        """Run a whole statement.

        Parameters
        ----------
        statement
            With all its names.
        """
        with self._cursor() as cursor:
            cursor.execute(statement)

    def named(self, table: str) -> sql.Identifier:
        """Name a table in a statement.

        Parameters
        ----------
        table
            The table.

        Returns
        -------
        Identifier
            With the schema, quoted.
        """
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
        made = [columns.of_field(table, each, srid) for each in table.rows.schema]
        sa.Table(name, sa.MetaData(schema=self.shared.schema), columns.fid(), *made).create(
            self.connection
        )

    def _srid(self, crs: str) -> int:
        """Find the number of a CRS in the database; 0 where it has none."""
        if not (known := _EPSG.fullmatch(crs)):
            return 0
        found = self.connection.scalar(
            sa.text("SELECT srid FROM spatial_ref_sys WHERE auth_name = 'EPSG' "
                    "AND auth_srid = :code"), {"code": int(known[1])},
        )
        return int(found or 0)
