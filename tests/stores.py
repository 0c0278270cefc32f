"""Stores of both kinds for the tests, and ways to meddle with them behind landtrack's back."""

import dataclasses
import os
import shutil
import sqlite3
import uuid
from contextlib import contextmanager
from pathlib import Path

import pytest

from landtrack import store
from landtrack.app import credentials, people as use_case, vet
from landtrack.model import catalog
from landtrack.store import Shared

KINDS = ("geopackage", "postgis")


def server():
    """Name the database of the tests; without it, say so and skip, but not under CI."""
    named = os.environ.get("LANDTRACK_POSTGIS")
    if named:
        return named
    reason = ("LANDTRACK_POSTGIS names no database: the tests on the shared store need one, such "
              "as `.ci/postgis start FOLDER` prints")
    if os.environ.get("CI"):
        pytest.fail(reason)
    return pytest.skip(reason)


def fresh():
    """Name a store that is not there yet, in a schema of its own."""
    named = server()
    schema = f"t{uuid.uuid4().hex[:12]}"
    return store.address.parse(f"{named}{'&' if '?' in named else '?'}schema={schema}")


@contextmanager
def opened_desk(path, *, roles):
    """Make a shared store of a GeoPackage with people, and give its owner's and its desk's address.

    ``roles``: By the names of accounts, the roles of each.
    """
    from landtrack.store.postgis import people

    owner = fresh()
    user = f"{owner.schema}_user"
    try:
        store.copy(path, owner)
        execute(owner, f"CREATE ROLE {user} LOGIN")
        store.grant(owner, "desk", user)
        for name, may in roles.items():
            own, administers = use_case.read(may)
            people.add(owner, name, name.title(), own, administers=administers)
        yield owner, as_user(owner, user)
    finally:
        dropped(owner)


def signed_in(at, name, **how):
    """Give the address of a desk by which somebody is at work, without asking who they are."""
    from landtrack.store.postgis import people

    token = credentials.token()
    people.enter(at, name, token, **{
        "device": people.digest(name), "former": "", "address": "10.0.0.7", "agent": "a browser",
        "factors": 1, **how,
    })
    return dataclasses.replace(at, token=token)


def written(address):
    """Write what names a store as a planner types it."""
    if not isinstance(address, Shared):
        return str(address)
    return f"{address.url}{'&' if '?' in address.url else '?'}schema={address.schema}"


def as_user(shared, name):
    """Give the address of a store for another user of the database."""
    return store.address.parse(
        written(shared).replace("postgresql://postgres@", f"postgresql://{name}@"))


def dropped(shared):
    import psycopg

    with psycopg.connect(shared.url) as db:
        db.execute(f"DROP SCHEMA IF EXISTS {shared.schema} CASCADE")
        db.execute(f"DROP SCHEMA IF EXISTS {shared.schema}_desk CASCADE")
        for (role,) in db.execute(
            "SELECT rolname FROM pg_roles WHERE starts_with(rolname, %s)", (f"{shared.schema}_",)
        ).fetchall():
            db.execute(f"DROP OWNED BY {role}")
            db.execute(f"DROP ROLE {role}")


def judged(folder):
    """Judge a place into a store, without the other outputs of a run, and give its folder."""
    out = folder / "build"
    out.mkdir()
    store.write(vet.vet(catalog.place(folder)), out / "project.gpkg")
    return folder


def kept(kind, made, folder):
    """Give a copy of a GeoPackage in a store of a kind."""
    path = Path(folder) / "project.gpkg"
    shutil.copy(made, path)
    if kind == "geopackage":
        yield path
        return
    shared = fresh()
    try:
        store.copy(path, shared)
        path.unlink()
        yield shared
    finally:
        dropped(shared)


def execute(address, *statements):
    """Run SQL in a store, as another program would."""
    if isinstance(address, Shared):
        with _connected(address) as db:
            for each in statements:
                db.execute(each)
        return
    db = sqlite3.connect(address)
    try:
        with db:
            for each in statements:
                db.execute(each)
    finally:
        db.close()


def meddled(address, *statements):
    """Run SQL in a store after taking its guards away."""
    if isinstance(address, Shared):
        execute(address, *_guards("DISABLE"), *statements, *_guards("ENABLE"))
        return
    db = sqlite3.connect(address)
    triggers = dict(db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    db.close()
    guards = [made for name, made in triggers.items() if "_no_" in name]
    execute(address, *(f"DROP TRIGGER {name}" for name in triggers), *statements, *guards)


def sealed(path):
    """Seal a GeoPackage as it is now, as a run would that wrote it so; give it back."""
    names = sorted({*store.names(path)} - store.session.OWN)
    digests = store.geopackage.digests_of(path, names)
    with store.geopackage.writing(path) as db:
        store.seals.of_run(db, digests)
    return path


def _guards(what):
    return [f"ALTER TABLE {name} {what} TRIGGER USER"
            for name in ("status_log", "landtrack_evidence", "landtrack_seals")]


def rows(shared, query):
    """Ask a database, as another program would."""
    with _connected(shared) as db:
        return db.execute(query).fetchall()


def _connected(shared):
    import psycopg

    return psycopg.connect(shared.url, options=f"-c search_path={shared.schema},public")
