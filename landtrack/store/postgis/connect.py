"""Connections to a database, and its refusals in words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import psycopg
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from landtrack.model.address import Shared
from landtrack.model.errors import LandtrackError, OutputError, SourceError
from landtrack.store import session


@contextmanager
def connected(shared: Shared, isolation: str, **options: object) -> Iterator[sa.Connection]:
    """Connect to the database of a store.

    ``**options``: What else SQLAlchemy is to know of it.
    Raises SourceError: If the database cannot be reached.
    """
    try:
        connection = _engine(shared.url, session.WAIT_S).connect()
    except DBAPIError as error:
        raise SourceError(
            f"The database of {shared} cannot be reached: {_said(error)}.",
            mend="Check the address, the user and the password (in the address, PGPASSWORD or "
            ".pgpass), and that the server is up.",
        ) from error
    with connection:
        yield connection.execution_options(isolation_level=isolation, **options)


@lru_cache(maxsize=32)  # an engine asks the server what it is, and keeps how statements are told
def _engine(address: str, wait_s: float) -> sa.Engine:
    """Make what connects to a database; it keeps no connection."""
    return sa.create_engine(
        sa.make_url(address).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool,
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
        yield connection


@contextmanager
def told_by(shared: Shared, kind: type[LandtrackError]) -> Iterator[None]:
    """Tell what a database refuses as its cause and its mend.

    Raises LandtrackError: If it is.
    """
    try:
        yield
    except (DBAPIError, psycopg.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
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


def _said(error: DBAPIError | psycopg.Error) -> str:
    """Give the first line of what the database said."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(cause).strip().splitlines()[0].rstrip(".") if str(cause).strip() else "no reason"
