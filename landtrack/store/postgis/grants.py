"""Who may do what with a shared store, by the grants of the database.

A reader reads; a checker issues sheets besides, and enters no event; a planner enters events and
evidence besides; a keeper replaces the layers and tables by those of a new run. All is the owner's:
nobody else can make anything in the schema, put a trigger or a rule on a table, or take a guard
away. A desk has no right of its own: it takes that of the person whose session it shows, each role
of people being a role of the database.
"""

from __future__ import annotations

import sqlalchemy as sa
from psycopg import sql

from landtrack.model.address import Shared
from landtrack.model.errors import OutputError, SourceError
from landtrack.store import log
from landtrack.store.postgis import desk_tables, people
from landtrack.store.postgis.columns import LAYERS
from landtrack.store.postgis.connect import told_by, transaction
from landtrack.store.postgis.database import Database
from landtrack.store.postgis.guards import DROP, MAKE, SWAP
from landtrack.store.session import EVIDENCE, LOG, META, SEALS, SHEETS, STATES

DESK = "desk"
MAY = ("none", "reader", "checker", "planner", "keeper", DESK)
"""What can be granted; ``none`` takes all of it back."""

SAYS_INHERIT = 160_000
"""From which version of PostgreSQL a grant says whether it gives its rights without being asked."""

_READS = (
    "GRANT USAGE ON SCHEMA {schema} TO {who}",
    "GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {who}",
)
_ISSUES = (
    "GRANT INSERT ON {seals} TO {who}",
    "GRANT INSERT, DELETE ON {sheets} TO {who}",
)
_ENTERS = (
    "GRANT INSERT ON {log}, {evidence} TO {who}",
    "GRANT INSERT, DELETE ON {states} TO {who}",
)
_CALLED = ", ".join(f"{{schema}}.{each}" for each in (MAKE, SWAP, DROP))
_REPLACES = (
    "GRANT INSERT, DELETE ON {replaced} TO {who}",
    f"GRANT EXECUTE ON FUNCTION {_CALLED} TO {{who}}",
)
_REPLACES_NOTHING = (f"REVOKE ALL ON FUNCTION {_CALLED} FROM {{who}}",)
_NOTHING = (
    "REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {who}",
    "REVOKE ALL ON SCHEMA {schema} FROM {who}",
)


def grant(shared: Shared, may: str, who: str, *, only_told: bool = False) -> list[str]:
    """Let a user of the database do so much with a store, and no more.

    Raises SourceError: If the database has no such user.
    Raises OutputError: If we may not grant it.
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
        log.require_format(db)
        db.declare(SHEETS)
        db.guard_anew()
        statements = _statements(db, may, who) + _of_desk(db, may, who)
        told = [each.as_string(None) for each in statements]
        if only_told:
            connection.rollback()
        else:
            for each in statements:
                db.execute(each)
        return told


def _statements(db: Database, may: str, who: str) -> list[sql.Composed]:
    names: dict[str, sql.Composable] = {
        "schema": sql.Identifier(db.shared.schema), "who": sql.Identifier(who),
        **{name: db.named(table.name) for name, table in (
            ("log", LOG), ("evidence", EVIDENCE), ("states", STATES), ("sheets", SHEETS),
            ("seals", SEALS),
        )},
        "replaced": sql.SQL(", ").join(map(db.named, (*db.frames(), LAYERS.name))),
    }
    wanted = [*_NOTHING, *_REPLACES_NOTHING]
    former = _former_keepers(db)
    if former:  # of an earlier version: a role that owned the layers
        names["role"] = sql.Identifier(former)
        wanted.append("REVOKE {role} FROM {who}")
    if may not in ("none", DESK):
        wanted += _READS
    if may in ("checker", "planner", "keeper"):
        wanted += _ISSUES
    if may in ("planner", "keeper"):
        wanted += _ENTERS
    if may == "keeper":
        wanted += _REPLACES
    return [sql.SQL(each).format(**names) for each in wanted]


def _of_desk(db: Database, may: str, who: str) -> list[sql.Composed]:
    """Let a user be the desk of a store, or take that from one who is.

    Raises OutputError: If we may not make the roles of people.
    """
    schema, names = db.shared.schema, {"who": sql.Identifier(who)}
    roles = people.roles_of(db)
    if may != DESK:
        return [*desk_tables.given(schema, who, taken=True), *(
            sql.SQL("REVOKE {role} FROM {who}").format(role=sql.Identifier(roles + each), **names)
            for each in desk_tables.CONTENT
        )] if roles and _is_member(db, who, roles + desk_tables.CONTENT[0]) else []
    if not db.connection.scalar(sa.text(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )):
        raise OutputError(
            f"You may not make roles in the database of {db.name}.",
            mend="Have a superuser let you: ALTER ROLE … CREATEROLE.",
        )
    later = int(str(db.connection.scalar(sa.text("SHOW server_version_num")))) >= SAYS_INHERIT
    roles, made = people.installing(db)
    if not later:
        made.append(sql.SQL("ALTER ROLE {who} NOINHERIT").format(**names))
    for each in desk_tables.CONTENT:
        role = roles + each
        if not _is_role(db.connection, role):
            made.append(sql.SQL("CREATE ROLE {} NOLOGIN").format(sql.Identifier(role)))
        made += _statements(db, each, role)
        made.append(sql.SQL(
            "GRANT {role} TO {who}" + (" WITH INHERIT FALSE, SET TRUE" if later else "")
        ).format(role=sql.Identifier(role), **names))
    return [*made, *desk_tables.given(schema, who)]


def _is_member(db: Database, who: str, role: str) -> bool:
    return bool(db.connection.scalar(sa.text(
        "SELECT count(*) FROM pg_auth_members JOIN pg_roles AS held ON held.oid = roleid "
        "JOIN pg_roles AS own ON own.oid = member WHERE held.rolname = :role "
        "AND own.rolname = :who"
    ), {"role": role, "who": who}))


def take_over(db: Database) -> None:
    """Give all of an earlier version the rights of this: the layers are the owner's, too."""
    for who, may in db.connection.execute(sa.text(
        "SELECT grantee::regrole::text, privilege_type FROM pg_class, aclexplode(relacl) "
        "WHERE pg_class.oid = CAST(:log AS regclass) AND privilege_type IN ('SELECT', 'INSERT') "
        "AND grantee <> 0 AND grantee <> relowner"
    ), {"log": db.named(LOG.name).as_string(None)}).all():  # names as the database quotes them
        db.run(f"GRANT {may} ON {{table}} TO {who}", table=db.named(SEALS.name))
    role = _former_keepers(db)
    if not role:
        return
    members = db.connection.scalars(sa.text(
        "SELECT member.rolname FROM pg_auth_members "
        "JOIN pg_roles AS held ON held.oid = roleid JOIN pg_roles AS member ON member.oid = "
        "pg_auth_members.member WHERE held.rolname = :role "
        "AND member.rolname <> current_user"
    ), {"role": role}).all()
    for table in (*db.frames(), LAYERS.name):
        db.run("ALTER TABLE {table} OWNER TO CURRENT_USER", table=db.named(table))
    for each in _NOTHING:
        db.execute(sql.SQL(each).format(
            schema=sql.Identifier(db.shared.schema), who=sql.Identifier(role)
        ))
    for who in members:
        for statement in _statements(db, "keeper", who):
            db.execute(statement)


def _former_keepers(db: Database) -> str:
    """Name the role that owned the layers in an earlier version; empty where there is none."""
    database = db.connection.scalar(sa.text("SELECT current_database()"))
    role = f"landtrack_{database}_{db.shared.schema}"[:63]
    return role if _is_role(db.connection, role) else ""


def _is_role(connection: sa.Connection, name: str) -> bool:
    return bool(connection.scalar(
        sa.text("SELECT count(*) FROM pg_roles WHERE rolname = :name"), {"name": name}
    ))
