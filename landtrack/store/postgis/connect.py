"""Connections to a database, and its refusals in words."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError, TimeoutError as PoolTimeoutError

from landtrack.model.address import Shared
from landtrack.model.errors import LandtrackError, OutputError, SourceError
from landtrack.store import session
from landtrack.store.postgis import refusals

MOST_KEPT = 8
"""Databases of which a process keeps connections."""
KEPT = 4
"""Connections that a process of a desk keeps; three times as many it has at most."""
PERSON = "landtrack_person"
"""Under which key a connection keeps the person who is at work by it."""
OF_DESK = "_desk"
"""What the name of the schema of a desk's people ends in."""


def desk(schema: str) -> str:
    """Name the schema of the people of a store's desk; no table in it is given to anybody."""
    return f"{schema}{OF_DESK}"


@contextmanager
def connected(shared: Shared, isolation: str, **options: object) -> Iterator[sa.Connection]:
    """Connect to the database of a store.

    ``**options``: What else SQLAlchemy is to know of it.
    Raises SourceError: If the database cannot be reached.
    """
    try:
        own = kept(shared.url) if shared.token else _engine(shared.url, session.WAIT_S)
        connection = own.connect()
    except (DBAPIError, PoolTimeoutError) as error:
        raise SourceError(
            f"The database of {shared} cannot be reached: {_said(error)}.",
            mend="Check the address, the user and the password (in the address, PGPASSWORD or "
            ".pgpass), and that the server is up.",
        ) from error
    with connection:
        yield connection.execution_options(isolation_level=isolation, **options)


@lru_cache(maxsize=32)  # an engine asks the server what it is, and keeps how statements are told
def _engine(address: str, wait_s: float) -> sa.Engine:
    return engine(address, wait_s)


_kept: OrderedDict[str, sa.Engine] = OrderedDict()
_keeping = threading.Lock()


def kept(address: str) -> sa.Engine:
    """Give what keeps connections: every request of a desk asks who it is of, and reads as them.

    Of many databases those that were asked last keep theirs; what the others kept is closed.
    """
    with _keeping:
        own = _kept.pop(address, None) or engine(address, session.WAIT_S, kept=KEPT)
        _kept[address] = own
        old = [_kept.popitem(last=False)[1] for _ in range(len(_kept) - MOST_KEPT)]
    for each in old:
        each.dispose()
    return own


def engine(address: str, wait_s: float, *, kept: int = 0) -> sa.Engine:
    """Make what connects to a database.

    ``kept``: How many connections it keeps; none where not given.
    """
    pool = {"pool_size": kept, "max_overflow": 2 * kept, "pool_pre_ping": True} if kept else {
        "poolclass": sa.NullPool
    }
    return sa.create_engine(
        sa.make_url(address).set(drivername="postgresql+psycopg"), **pool,
        connect_args={
            "connect_timeout": max(int(wait_s), 1), "application_name": "landtrack",
            "options": "-c TimeZone=UTC -c search_path=pg_catalog "  # nothing of a user's is found
                       f"-c lock_timeout={wait_s * 1000:.0f}ms",
        },
    )


@contextmanager
def transaction(shared: Shared) -> Iterator[sa.Connection]:
    """Open a transaction that writes, alone: others wait for so long, then are told.

    Yields: In a transaction that is committed at the end, and rolled back on an exception.
    Raises OutputError: If another program is writing.
    """
    with (
        connected(shared, "READ COMMITTED") as connection, told_by(shared, OutputError),
        connection.begin(),
    ):
        connection.execute(
            sa.select(sa.func.pg_advisory_xact_lock(
                sa.func.hashtext("landtrack"), sa.func.hashtext(shared.schema)
            ))
        )
        act(connection, shared, "acts")
        yield connection


def act(connection: sa.Connection, shared: Shared, by: str) -> None:
    """Be at work, to the end of a transaction, as the person whose session an address names.

    The database says who that is, and takes the rights of that person's role.

    ``by``: The function of the desk: ``reads``, or ``acts`` where something is to be entered.
    """
    connection.info.pop(PERSON, None)
    if not shared.token:
        return
    name, role = connection.execute(
        sa.text(f'SELECT name, as_role FROM "{desk(shared.schema)}".{by}(:token)'),  # noqa: S608  names of our own
        {"token": shared.token},
    ).one()
    connection.execute(sa.text("SELECT set_config('role', :role, true)"), {"role": role})
    connection.info[PERSON] = name


@contextmanager
def told_by(shared: Shared, kind: type[LandtrackError]) -> Iterator[None]:
    """Tell what a database refuses as its cause and its mend.

    Raises LandtrackError: If it is.
    """
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        if isinstance(cause, psycopg.Error) and cause.sqlstate == refusals.CODE:
            raise refusals.told(str(cause.diag.message_primary)) from error
        if isinstance(cause, psycopg.errors.LockNotAvailable):
            raise OutputError(
                f"{shared} is locked: another program is writing into it.",
                mend="Wait until it is done, then try again; the store is as it was.",
            ) from error
        if isinstance(cause, psycopg.errors.InsufficientPrivilege):
            raise kind(
                f"You may not do this with {shared}: {_said(error)}.",
                mend="Ask its keeper for the right, given with `landtrack store grant`.",
            ) from error
        raise kind(
            f"{shared} did not take it: {_said(error)}.",
            mend="Check that the server is up and its disk has room; the store is as it was.",
        ) from error


def _said(error: DBAPIError | PoolTimeoutError | psycopg.Error) -> str:
    """Give the first line of what the database said."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).strip().splitlines()[0].rstrip(".") if str(cause).strip() else "no reason"
