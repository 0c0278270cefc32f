"""The desk as one application: its pages behind its guard."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from landtrack.app import deliver, partials
from landtrack.model.errors import LandtrackError
from landtrack.server import asked, pages, routes
from landtrack.server.guard import KNOCK, Guard, Keys, TooMuchError
from landtrack.server.home import Home
from landtrack.server.jobs import Jobs
from landtrack.server.passwords import Passwords, admitting, same
from landtrack.server.worker import Worker


def application(
    home: Home, keys: Keys, *, port: int, secret: str, worker: Worker | None = None
) -> ASGIApp:
    """Make the desk of a folder.

    ``keys``: Of who comes in.
    ``port``: On which it will listen.
    ``secret``: Known to who may read the home of the desk, and so may come in.
    ``worker``: Of several desks; two of its own, which end with it, where not given: one of them
    draws sheets, and others need not wait for it.
    """
    folders = [home.state, home.served, *asked.listed(home).values()]
    deliver.recover(folders, home.mark)
    for each in folders:
        partials.clear(each)
    jobs = Jobs(home.jobs, home.plain)
    answers, drawer = worker or Worker(), worker or Worker()
    passwords = Passwords(home.passwords)
    table = pages.Pages(home, jobs, answers, passwords, drawer).table()

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        if answers is not worker:
            answers.close()
            drawer.close()
        jobs.close()

    inside = Starlette(
        routes=routes.routes(table), lifespan=life, exception_handlers=HANDLERS,
    )
    inside.state.plain = home.plain
    guarded = Guard(
        inside, keys=keys, port=port, limit_of=routes.limit_of(table), refused=pages.refused,
        for_all=pages.FOR_ALL, admits=admitting(passwords, routes.place_of(table)),
    )
    return _Door(guarded, keys, secret)


class _Door:
    """Hands an address to a second desk of the same user; all else goes on to the guard."""

    def __init__(self, app: ASGIApp, keys: Keys, secret: str) -> None:
        self.app, self.keys, self.secret = app, keys, secret
        self.knocked = Route(KNOCK, self._open, methods=["POST"])

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == KNOCK and scope["method"] == "POST":
            await self.knocked.handle(scope, receive, send)
            return
        await self.app(scope, receive, send)

    def _open(self, request: Request) -> Response:
        """Give a token to who knows the secret: no page of a browser can."""
        said = request.headers.get("x-landtrack-secret", "")
        if "origin" in request.headers or not same(said, self.secret):
            return JSONResponse({}, 403)
        return JSONResponse({"token": self.keys.token()})


def _too_much(request: Request, _: Exception) -> Response:
    return pages.refused(request, 413, "too_much")


def _not_so(request: Request, error: Exception) -> Response:
    """Say that an address is not asked that way."""
    answer = pages.refused(request, 405, "method")
    if isinstance(error, HTTPException) and error.headers:
        answer.headers.update(error.headers)
    return answer


HANDLERS: Mapping[Any, Callable[[Request, Exception], Response]] = {
    asked.UnknownError: pages.unknown, 404: pages.unknown, LandtrackError: pages.failed,
    TooMuchError: _too_much, 405: _not_so,
}
"""How failures are answered."""
