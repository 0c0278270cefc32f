"""Who may do what with a shared store, by the grants of the database.

A reader reads; a planner enters events, evidence and sheets besides; a keeper replaces the
layers and tables by those of a new run. Keepers are members of a role that owns these, never
of the one that owns the log, so that they cannot take its guards away.
"""

from __future__ import annotations

import sqlalchemy as sa
from psycopg import sql

from landtrack.errors import OutputError, SourceError
from landtrack.store.address import Shared
from landtrack.store.postgis.columns import LAYERS
from landtrack.store.postgis.connect import told_by, transaction
from landtrack.store.postgis.database import Database
from landtrack.store.session import EVIDENCE, LOG, META, SHEETS, STATES

MAY = ("none", "reader", "planner", "keeper")
"""What can be granted; ``none`` takes all of it back."""

_READS = (
    "GRANT USAGE ON SCHEMA {schema} TO {who}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {who}",
)
_ENTERS = (
    "GRANT INSERT ON {log}, {evidence} TO {who}",
    "GRANT INSERT, DELETE ON {states} TO {who}",
    "GRANT INSERT, UPDATE, DELETE ON {sheets} TO {who}",
)
_NOTHING = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {who}",
    "REVOKE ALL ON SCHEMA {schema} FROM {who}",
)


def grant(shared: Shared, may: str, who: str, *, only_told: bool = False) -> list[str]:
    """Let a user of the database do so much with a store, and no more.

    Parameters
    ----------
    shared
        The store.
    may
        One of :data:`MAY`.
    who
        The user, or a role that stands for several.
    only_told
        Run nothing.

    Returns
    -------
    list of str
        The statements.

    Raises
    ------
    SourceError
        If the database has no such user.
    OutputError
        If we may not grant it.
    """
    with transaction(shared) as connection, told_by(shared, OutputError):
        db = Database(connection, shared)
        if META.name not in db.tables():
            raise SourceError(
                f"There is no store at {shared}.",
                mend="Make it with `landtrack store copy` or `landtrack run --store`.",
            )
        if not _is_role(connection, who):
            raise SourceError(
                f"The database of {shared} has no user {who!r}.",
                mend=f"Make it: CREATE ROLE {who} LOGIN.",
            )
        db.declare(SHEETS)
        statements = _statements(db, may, who)
        told = [each.as_string(None) for each in statements]
        if only_told:
            connection.rollback()
        else:
            for each in statements:
                db.execute(each)
        return told


def as_keeper(db: Database) -> None:
    """Act as the keepers do for the rest of a transaction, where there are any.

    Parameters
    ----------
    db
        The open store.
    """
    role = _keepers_of(db)
    if _owns(db, role) and db.connection.scalar(
        sa.text("SELECT pg_has_role(session_user, :role, 'member')"), {"role": role}
    ):
        db.run("SET LOCAL ROLE {role}", role=sql.Identifier(role))


def share(db: Database, table: str) -> None:
    """Let all who may read a store read a table that is new in it.

    Parameters
    ----------
    db
        The open store.
    table
        The table.
    """
    readers = db.connection.scalars(
        sa.text(
            "SELECT grantee::regrole::text FROM pg_class, aclexplode(relacl) "
            "WHERE oid = CAST(:layers AS regclass) AND privilege_type = 'SELECT' "
            "AND grantee <> 0 AND grantee <> relowner"
        ),
        {"layers": f'"{db.shared.schema}"."{LAYERS.name}"'},
    )
    for who in readers.all():  # as the database writes it, quoted where it must be
        db.run("GRANT SELECT ON {table} TO " + who, table=db.named(table))


def _statements(db: Database, may: str, who: str) -> list[sql.Composed]:
    schema = db.shared.schema
    names: dict[str, sql.Composable] = {
        "schema": sql.Identifier(schema), "who": sql.Identifier(who),
        **{name: db.named(table.name) for name, table in (
            ("log", LOG), ("evidence", EVIDENCE), ("states", STATES), ("sheets", SHEETS),
        )},
    }
    role = _keepers_of(db)
    names["role"] = sql.Identifier(role)
    wanted = [*_NOTHING, *(("REVOKE {role} FROM {who}",) if _is_role(db.connection, role) else ())]
    if may != "none":
        wanted += _READS
    if may in ("planner", "keeper"):
        wanted += _ENTERS
    made = [sql.SQL(each).format(**names) for each in wanted]
    if may == "keeper":
        if not _owns(db, role):
            made += _keepers(db, names)
        made.append(sql.SQL("GRANT {role} TO {who}").format(**names))
    return made


def _keepers(db: Database, names: dict[str, sql.Composable]) -> list[sql.Composed]:
    """Make the role of the keepers, the owner of all that a run replaces."""
    own = {**names, "who": names["role"]}
    wanted = [
        *(() if _is_role(db.connection, _keepers_of(db)) else ("CREATE ROLE {role} NOLOGIN",)),
        "GRANT {role} TO CURRENT_USER", *_READS, *_ENTERS,
        "GRANT CREATE ON SCHEMA {schema} TO {role}",
    ]
    made = [sql.SQL(each).format(**own) for each in wanted]
    return made + [
        sql.SQL("ALTER TABLE {} OWNER TO {}").format(db.named(table), names["role"])
        for table in (*db.frames(), LAYERS.name)
    ]


def _keepers_of(db: Database) -> str:
    """Name the role that owns the layers and tables once there are keepers."""
    database = db.connection.scalar(sa.text("SELECT current_database()"))
    return f"landtrack_{database}_{db.shared.schema}"[:63]


def _owns(db: Database, role: str) -> bool:
    owner = db.connection.scalar(
        sa.text("SELECT tableowner FROM pg_tables WHERE schemaname = :schema "
                "AND tablename = :layers"),
        {"schema": db.shared.schema, "layers": LAYERS.name},
    )
    return str(owner) == role


def _is_role(connection: sa.Connection, name: str) -> bool:
    return bool(connection.scalar(
        sa.text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": name}
    ))
