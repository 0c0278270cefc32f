"""The people of a shared desk: accounts, roles, sessions, links, and what is audited of them.

What may be done, and by whom, the functions of the database decide
(:mod:`~landtrack.store.postgis.desk_tables`); here they are called. ``token`` in an address says
for whom; without one it is the owner of the store, as at the terminal.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import psycopg
import sqlalchemy as sa
from psycopg import sql
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeoutError

from landtrack.model.address import Shared
from landtrack.model.errors import OutputError, SourceError
from landtrack.store.postgis import desk_tables
from landtrack.store.postgis.connect import desk, kept, told_by
from landtrack.store.postgis.database import Database
from landtrack.store.postgis.refusals import SignedOutError

MOST_NAME = 58
"""Signs of a schema whose desk has one beside it."""
Row = tuple[Any, ...]


class Person(NamedTuple):
    """Who is signed in: ``role`` is what they may do with the content, empty for nothing.

    ``proved`` says that they said who they are a short while ago, ``factors`` by how many, and
    ``second`` that they have a second one. ``session`` is its number.
    """

    name: str
    shown: str
    role: str
    administers: bool
    session: int
    proved: bool
    factors: int
    second: bool


class Secrets(NamedTuple):
    """By what somebody is known: the hash of the password, the secret of the second factor.

    ``device`` says that the browser is one from which they came in before.
    """

    password: str
    second: bytes | None
    device: bool


class Account(NamedTuple):
    """An account, as an administrator sees it: nothing in it lets anybody in."""

    name: str
    shown: str
    role: str
    administers: bool
    has_password: bool
    second: bool
    added_at: datetime
    added_by: str
    disabled_at: datetime | None
    disabled_by: str | None
    last_at: datetime | None


class Opened(NamedTuple):
    """A session that is open; ``own`` is the one that asks."""

    number: int
    person: str
    began_at: datetime
    seen_at: datetime
    ends_at: datetime
    address: str
    agent: str
    factors: int
    own: bool


class Worker(NamedTuple):
    """Who works at the content, and as what."""

    name: str
    shown: str
    role: str


class Program(NamedTuple):
    """The password by which a program reads for somebody: since and until when, and last seen."""

    made_at: datetime
    ends_at: datetime
    seen_at: datetime | None


class Entry(NamedTuple):
    """A line of the audit: who did what, about whom or what, from where."""

    number: int
    at: str
    kind: str
    person: str
    about: str
    address: str
    said: str
    previous: str
    sha256: str


# --- the desk of a store ------------------------------------------------------------------------


def installing(db: Database) -> tuple[str, list[sql.Composed]]:
    """Say how the desk of a store is made, or brought up to this version.

    Returns: What the names of the database's roles begin with that stand for those of people, and
    the statements.
    Raises OutputError: If the name of the store is too long, or the desk is of a later version.
    """
    schema, own = db.shared.schema, desk(db.shared.schema)
    if len(schema) > MOST_NAME:
        raise OutputError(
            f"The schema {schema} has too long a name for one of people beside it.",
            mend=f"Copy the store into a schema of at most {MOST_NAME} letters.",
        )
    about = _about(db)
    since = about.get("version", "")
    if since not in {"", *desk_tables.LATER, str(desk_tables.VERSION)}:
        raise OutputError(
            f"The people of {db.name} are of version {since}, which this landtrack does "
            "not know.",
            mend="Use the landtrack that made it, or a later one.",
        )
    roles = about.get("roles") or f"{schema[:40]}_{secrets.token_hex(3)}_"
    made = [] if about else [sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(own))]
    return roles, [*made, *desk_tables.statements(schema, roles, since=since)]


def roles_of(db: Database) -> str:
    """Say what the names of the roles begin with; empty where the store has no desk."""
    return _about(db).get("roles", "")


def _about(db: Database) -> dict[str, str]:
    """Read what a desk says of itself; nothing where there is none."""
    own = sql.Identifier(desk(db.shared.schema), "about").as_string(None)
    if not db.connection.scalar(sa.text("SELECT to_regclass(:own) IS NOT NULL"), {"own": own}):
        return {}
    return {
        str(key): str(value)
        for key, value in db.connection.execute(sa.text(f"SELECT key, value FROM {own}"))  # noqa: S608  a name of our own
    }


# --- who comes in -------------------------------------------------------------------------------


def seen(shared: Shared) -> Person | None:
    """Say whose session an address names, and note that it was seen.

    Returns: None where there is no such session, or it has ended.
    """
    try:
        (row,) = _call(shared, "seen", shared.token)
    except SignedOutError:
        return None
    return Person(*row)


def known(shared: Shared, name: str, device: bytes) -> Secrets | None:
    """Give that by which an account is known.

    ``device``: The hash of what the browser keeps, from which somebody came in before.
    Returns: None where there is no such account, or it is disabled.
    """
    rows = _call(shared, "known", name, device)
    if not rows:
        return None
    password, second, device_known = rows[0]
    return Secrets(password, None if second is None else bytes(second), device_known)


def enter(  # noqa: PLR0913  each is a thing of its own
    shared: Shared, name: str, token: str, *, device: bytes, former: str, address: str, agent: str,
    factors: int,
) -> None:
    """Open a session for somebody who is known; the one that the browser had before is ended."""
    _call(shared, "enters", name, digest(token), device, former, address, agent, factors)


def fail(shared: Shared, name: str, why: str, address: str) -> None:
    """Enter into the audit that somebody was not let in."""
    _call(shared, "fails", name, why, address)


def leave(shared: Shared) -> None:
    """End the session."""
    _call(shared, "leaves", shared.token)


def prove(shared: Shared, token: str, factors: int) -> None:
    """Note that who is at work said anew who they are; the session has a token anew."""
    _call(shared, "proves", shared.token, digest(token), factors)


def sessions(shared: Shared, name: str = "") -> list[Opened]:
    """List the open sessions of somebody, the last first; all where no name is given."""
    return [Opened(*row) for row in _call(shared, "sessions_of", shared.token, name)]


def end(shared: Shared, number: int) -> None:
    """End a session: one's own, or as an administrator any."""
    _call(shared, "ends", shared.token, number)


def of_link(shared: Shared, link: str) -> tuple[str, str] | None:
    """Say whose link it is: the name, and as it is shown; None where it is good no more."""
    rows = _call(shared, "link_of", link)
    return (rows[0][0], rows[0][1]) if rows else None


def use_link(shared: Shared, link: str, hashed: str, *, device: bytes, address: str) -> None:
    """Set a password by a link, once; all sessions of that person end."""
    _call(shared, "uses_link", link, hashed, device, address)


def set_password(shared: Shared, hashed: str, token: str) -> None:
    """Set one's own password; one's other sessions end, and this one has a token anew."""
    _call(shared, "sets_password", shared.token, hashed, digest(token))


def set_second(
    shared: Shared, secret: bytes | None, codes: Iterable[str], counter: int, token: str
) -> None:
    """Set one's own second factor with the hashes of its recovery codes, or none of it."""
    _call(shared, "sets_factor", shared.token, secret, [*codes], counter, digest(token))


def use_code(shared: Shared, name: str, counter: int) -> bool:
    """Take a code of the second factor: False where it, or a later one, was taken before."""
    return bool(_call(shared, "uses_code", name, counter)[0][0])


def use_recovery(shared: Shared, name: str, hashed: str, address: str) -> bool:
    """Take a recovery code: False where there is none such, or it was taken before."""
    return bool(_call(shared, "uses_recovery", name, hashed, address)[0][0])


def seen_program(shared: Shared, name: str, key: str) -> Person | None:
    """Say for whom a program reads by a password, and note that it was seen.

    Returns: None where it is none of that account, or good no more.
    """
    rows = _call(shared, "program_seen", name, key)
    for own, shown, role in rows:
        return Person(
            own, shown, role, administers=False, session=0, proved=False, factors=1, second=False
        )
    return None


def program(shared: Shared) -> Program | None:
    """Tell of the password by which a program reads for who is signed in."""
    rows = _call(shared, "program_of", shared.token)
    return Program(*rows[0]) if rows else None


def make_program(shared: Shared, key: str) -> None:
    """Make it another one, to who said a short while ago who they are."""
    _call(shared, "makes_program", shared.token, digest(key))


def drop_program(shared: Shared) -> None:
    """Take it away."""
    _call(shared, "drops_program", shared.token)


# --- people -------------------------------------------------------------------------------------


def accounts(shared: Shared) -> list[Account]:
    """List all accounts, those that are disabled too."""
    return [Account(*row) for row in _call(shared, "listed", shared.token)]


def at_work(shared: Shared) -> list[Worker]:
    """List who works at the content, to who is signed in."""
    return [Worker(*row) for row in _call(shared, "at_work", shared.token)]


def add(shared: Shared, name: str, shown: str, role: str, *, administers: bool) -> None:
    """Make an account; nobody can come in by it before a password was chosen by a link."""
    _call(shared, "adds", shared.token, name, shown, role, administers)


def give(shared: Shared, name: str, role: str, *, administers: bool) -> None:
    """Give somebody a role in the place of what they had; their sessions end."""
    _call(shared, "gives", shared.token, name, role, administers)


def disable(shared: Shared, name: str, *, off: bool = True) -> None:
    """Disable an account, or enable it again; its sessions and its link end."""
    _call(shared, "disables", shared.token, name, off)


def make_link(shared: Shared, name: str, link: str) -> None:
    """Make a link by which somebody chooses a password once, in the place of the one before."""
    _call(shared, "makes_link", shared.token, name, digest(link))


def drop_second(shared: Shared, name: str) -> None:
    """Take the second factor of somebody away who lost it; their sessions end."""
    _call(shared, "drops_factor", shared.token, name)


# --- audit --------------------------------------------------------------------------------------


def note(shared: Shared, kind: str, about: str, *, address: str = "", said: str = "") -> None:
    """Enter what who is signed in did: ``download``, ``catalog`` or ``job``."""
    _call(shared, "notes", shared.token, kind, about, address, said)


def audit(  # noqa: PLR0913  each is a way to choose
    shared: Shared, *, words: str = "", kind: str = "", person: str = "", since: str = "",
    until: str = "", before: int = 2**62, most: int = 200,
) -> list[Entry]:
    """Give lines of the audit, the last first, to its administrators and the owner.

    ``since``, ``until``: Days or moments, as they are written.
    """
    return [Entry(*row) for row in _call(
        shared, "audited", shared.token, words, kind, person, since, until, before, most
    )]


def audit_head(shared: Shared) -> tuple[int, str]:
    """Say how long the audit is, and the hash of its last line, as noted beside it."""
    count, _, head = str(_call(shared, "audit_head", shared.token)[0][0]).partition(":")
    return int(count), head


# --- parts --------------------------------------------------------------------------------------


def digest(token: str) -> bytes:
    """Make of a secret what is kept of it."""
    return hashlib.sha256(token.encode()).digest()


def _call(shared: Shared, function: str, *given: object) -> Sequence[Row]:
    """Call a function of the desk, in a transaction of its own.

    Raises SourceError: If the store has no desk, or the database cannot be reached.
    Raises LandtrackError: As it refuses.
    """
    statement = sql.SQL("SELECT * FROM {}({})").format(
        sql.Identifier(desk(shared.schema), function),
        sql.SQL(", ").join([sql.Placeholder()] * len(given)),
    )
    try:
        held = kept(shared.url).connect().execution_options(isolation_level="AUTOCOMMIT")
    except (DBAPIError, PoolTimeoutError) as error:
        raise _unreached(shared) from error
    with held, told_by(shared, OutputError):
        raw: psycopg.Connection[Row] = held.connection.driver_connection  # type: ignore[assignment]
        try:
            return raw.execute(statement, [*map(_writable, given)]).fetchall()
        except (psycopg.errors.UndefinedFunction, psycopg.errors.InvalidSchemaName) as error:
            raise SourceError(
                f"{shared} has no people, or those of an earlier version.",
                mend="Its owner makes them: `landtrack store grant ADDRESS desk USER`.",
            ) from error


def _writable(value: object) -> object:
    """Put a sign for what no database holds: a text may be of anybody."""
    if not isinstance(value, str):
        return value
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _unreached(shared: Shared) -> SourceError:
    return SourceError(
        f"The database of {shared} cannot be reached.",
        mend="Check that the server is up, and the address, the user and the password.",
    )
