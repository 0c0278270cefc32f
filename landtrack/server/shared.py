"""The desk of a shared store: several people, each under their own name, behind a TLS proxy."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlsplit

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp

from landtrack.app import desk_roles
from landtrack.app.desk_roles import Way
from landtrack.model.address import Shared
from landtrack.model.errors import LandtrackError, OutputError, SourceError
from landtrack.server import asked, desk, home as homes, pages, routes
from landtrack.server.accounts import AccountPages, PeoplePages
from landtrack.server.entrance import Entrance
from landtrack.server.home import Home
from landtrack.server.jobs import Jobs
from landtrack.server.programs import PersonsPasswords
from landtrack.server.questions import SignOffs
from landtrack.server.routes import Address
from landtrack.server.shared_guard import Front, Programs, SharedGuard
from landtrack.server.speaking import page, words_for
from landtrack.server.tries import Tries
from landtrack.server.watch import Watch
from landtrack.server.worker import Worker
from landtrack.store import address as addresses, backends
from landtrack.store.postgis import people
from landtrack.store.postgis.people import Person

PORT = 8000
MOST_CONNECTIONS = 1000
"""Beyond these a connection is answered that the desk is busy."""
MOST_PLOTS = 2000
"""Plots that are offered as one types."""
ORIGIN = re.compile(r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[1-9][0-9]{0,4})?")


class SharedPages:
    """The first pages of a shared desk."""

    def __init__(self, home: Home, shared: Shared, worker: Worker) -> None:
        self.home, self.shared, self.worker = home, shared, worker

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/", "GET", self.front),
            Address("/places/{name}", "GET", self.place),
        )

    def front(self, request: Request) -> Response:
        """Lead to the place; who does nothing at it, to people or to their account."""
        person: Person = request.scope["person"]
        way = f"/places/{quote(self.home.served.name)}" if person.role else (
            "/people" if person.administers else "/account"
        )
        return RedirectResponse(way, 303)

    def place(self, request: Request) -> Response:
        """Show what waits for a signature, and the ways on."""
        folder, person = asked.folder(self.home, request), request.scope["person"]
        held = asked.held(self.home, request, folder)
        seen = self.worker.ask(SignOffs(
            out=held.out, token=held.token, plot="", lang=words_for(request).lang
        ))
        waiting = [each for each in (seen.shown if seen else ()) if each.undecided]
        submits = person.role in {"planner", "keeper"}
        return page(
            request, "shared.html.j2", place=asked.place(self.home, request),
            waiting=waiting, plots=self._plots(request) if submits else [],
            mine=any(not each.barred and each.state == "submitted" for each in waiting),
        )

    def _plots(self, request: Request) -> list[str]:
        own = replace(self.shared, token=request.scope["token"])
        with backends.of(own).reading(own) as db:
            return [str(key) for (key,) in db.select("plots", ("plot_id",))[:MOST_PLOTS]]


def application(
    home: Home, shared: Shared, front: Front, *, worker: Worker | None = None,
    tries: Tries | None = None, say: Callable[[str], None] | None = None,
) -> ASGIApp:
    """Make the desk of a shared store.

    ``home``: That of :func:`home_of`.
    ``worker``: Of several desks; one of its own, which ends with it, where not given.
    ``say``: Is given a line for each request, as :mod:`landtrack.server.watch` makes it.
    """
    shared = replace(shared, name=shared.schema)  # people need not know where it is
    tries = tries or Tries()
    jobs, answers, may = Jobs(home.jobs, home.plain), worker or Worker(), desk_roles.may()
    table = (
        *SharedPages(home, shared, answers).table(), *Entrance(shared, tries).table(),
        *AccountPages(shared, front).table(), *PeoplePages(shared, front).table(),
        *pages.Pages(home, jobs, answers, PersonsPasswords(shared)).table(),
    )

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        if answers is not worker:
            answers.close()
        jobs.close()

    inside = Starlette(
        routes=routes.routes(tuple(
            each for each in table if Way(each.method, each.path) in may
        )),
        lifespan=life, exception_handlers=desk.HANDLERS,
    )
    inside.state.plain = home.plain
    guard = SharedGuard(
        inside, front, seen=lambda token: people.seen(replace(shared, token=token)),
        programs=Programs(
            lambda name, key: people.seen_program(shared, name, key),
            lambda address: tries.begin([("program", address)]),
        ),
        find=routes.finding(table), may=may, refused=pages.refused,
    )
    return Watch(
        guard, find=routes.finding(table), alive=lambda: people.seen(replace(shared, token="")),
        waiting=jobs.unfinished, near=front.proxies, say=say or (lambda _: None),
    )


def home_of(place: Path, shared: Shared) -> Home:
    """Find the home of the desk of a shared store."""
    own = homes.of(place)
    made = replace(own, state=own.state / "shared", shared=addresses.written(shared))
    made.state.mkdir(exist_ok=True)
    return made


def serve(  # noqa: PLR0913  where it stands, and how it is told of
    place: Path, shared: Shared, *, bind: str, behind: str, proxies: Collection[str],
    tell: Callable[[str], None], say: Callable[[str], None],
) -> None:
    """Serve the desk of a shared store until it is stopped.

    ``place``: The folder of its place.
    ``bind``: ``HOST:PORT`` on which it listens.
    ``behind``: How it is seen from outside, such as https://desk.example.org.
    ``proxies``: The addresses from which the proxy asks.
    ``tell``: Called once with what it is seen as. ``say``: Is given a line for each request.
    Raises SourceError: If there is no such folder, or the store has no desk.
    Raises OutputError: If it would not be safe, or cannot listen there.
    """
    if not place.is_dir():
        raise SourceError(f"There is no folder {place}.", mend="Name the folder of the place.")
    front = front_of(behind, proxies)
    insist(shared)
    with listening(bind) as listener:
        server = uvicorn.Server(uvicorn.Config(
            application(home_of(place, shared), shared, front, say=say), log_level="warning",
            access_log=False, server_header=False, date_header=False, proxy_headers=False,
            timeout_graceful_shutdown=5, limit_concurrency=MOST_CONNECTIONS, ws="none",
            lifespan="on",
        ))
        tell(front.origin)
        with suppress(KeyboardInterrupt):  # that is how a desk ends
            server.run(sockets=[listener])


def front_of(behind: str, proxies: Collection[str]) -> Front:
    """Read how a desk is seen from outside.

    Raises OutputError: If that is not by TLS, or an address of a proxy is none.
    """
    origin = behind.lower().removesuffix("/")
    if ORIGIN.fullmatch(origin) is None or origin.endswith(":443"):
        raise OutputError(
            f"{behind} is not how a shared desk is reached: it needs TLS.",
            mend="Name the address at the proxy without a path: --behind https://desk.example.org.",
        )
    try:
        known = frozenset(str(ipaddress.ip_address(each)) for each in proxies)
    except ValueError as error:
        raise OutputError(
            f"The address of a proxy is none: {error}.",
            mend="Name it by its number, such as --proxy 10.0.0.2.",
        ) from error
    return Front(origin, known)


def insist(shared: Shared) -> None:
    """Refuse a store without a desk, and a user who is more than a desk.

    Raises SourceError: If it has none.
    Raises OutputError: If the user is the owner of the store, who needs no session.
    """
    people.known(shared, "", b"")
    try:
        people.accounts(shared)
    except LandtrackError:
        return  # as it should be: without a session the desk may do nothing
    raise OutputError(
        f"The user of {shared} owns the store: a desk is to have no right of its own.",
        mend="Name another one, made by `landtrack store grant ADDRESS desk USER`.",
    )


def listening(bind: str) -> socket.socket:
    """Listen.

    ``bind``: ``HOST:PORT``, or one of them.
    Raises OutputError: If it cannot be.
    """
    parts = urlsplit(f"//{bind}" if not bind.isdecimal() else f"//127.0.0.1:{bind}")
    try:
        host, port = parts.hostname or "127.0.0.1", parts.port or PORT
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, ValueError, OverflowError) as error:
        raise OutputError(
            f"{bind} cannot be listened on: {error}.",
            mend="Name a number of this computer and a free port: --bind 127.0.0.1:8000.",
        ) from error
