"""The guard of a shared desk: who may come in, from where, as whom, and where they may go.

It stands behind a proxy that speaks TLS. What the proxy says of the other end is taken from it
alone, and requests that come by another way are refused. Whose session it is the database says for
each request; where somebody may go stands in ``data/desk_roles.toml``.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Mapping
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from landtrack.app.desk_roles import ADMINISTRATOR, NOBODY, Way
from landtrack.model.errors import LandtrackError
from landtrack.server import passwords
from landtrack.server.guard import HEADERS, SAFE, limited
from landtrack.server.routes import Address
from landtrack.store.postgis.people import Person

COOKIE, DEVICE = "__Host-landtrack", "__Host-landtrack-known"
"""The cookie of a session, and the one by which a browser is known from which somebody came in."""
DEVICE_S = 365 * 24 * 3600
SIGN_IN = "/sign-in"
IPV6, OWN_BITS = 6, 64
"""Bits of an address of IPv6 by which connections are told apart; the rest its user chooses."""
LONGEST = 512
"""Signs of a way to go on to."""
HSTS = {"strict-transport-security": "max-age=31536000"}


class Front(NamedTuple):
    """How a desk is seen from outside: ``origin`` is that of the proxy, such as https://desk.org.

    ``proxies`` are the addresses from which that one asks.
    """

    origin: str
    proxies: frozenset[str]

    @property
    def host(self) -> str:
        """The name that is asked for."""
        return urlsplit(self.origin).netloc


class Programs(NamedTuple):
    """How programs are let in that read for somebody.

    ``seen`` says of a name and a password whose they are; ``wait`` counts a wrong one from an
    address and gives the seconds to wait for the next. Who has a right one never waits.
    """

    seen: Callable[[str, str], Person | None]
    wait: Callable[[str], float]


class SharedGuard:
    """Lets in who may go where they ask."""

    def __init__(  # noqa: PLR0913  each is a thing of its own
        self, app: ASGIApp, front: Front, *, seen: Callable[[str], Person | None],
        programs: Programs,
        find: Callable[[str, str], Address | None], may: Mapping[Way, frozenset[str]],
        refused: Callable[..., Response],
    ) -> None:
        """Stand before an application.

        ``seen``: Says whose session a token is of.
        ``programs``: Lets programs in that read for somebody, where an address says so.
        ``find``: Finds the address that a method and a path meet, of any desk.
        ``may``: Which roles an address is for; one that is not in it does not work here yet.
        ``refused``: Makes the page that says why not: the status, and a key below ``desk.refused``.
        """
        self.app, self.front, self.seen, self.find = app, front, seen, find
        self.may, self.refused, self.programs = may, refused, programs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let in."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no websockets here
        sending = _secured(send)
        request = Request(scope)
        answer = self._elsewhere(request)
        if answer is None:
            scope["scheme"], scope["token"] = "https", _cookie(request, COOKIE)
            scope["visitor"] = address_of(request, self.front.proxies)
            scope["person"] = None
            try:
                if scope["token"]:
                    scope["person"] = await run_in_threadpool(self.seen, scope["token"])
                elif self._for_programs(request):
                    answer = await run_in_threadpool(self._program, request)
                answer = answer or self._answer(request, scope["person"])
            except LandtrackError:
                answer = self.refused(request, 503, "no_database")
        if answer is not None:
            await answer(scope, receive, sending)
            return
        found = self.find(scope["method"], scope["path"])
        assert found is not None  # noqa: S101  else there was an answer
        await self.app(scope, limited(receive, found.limit), sending)

    def _elsewhere(self, request: Request) -> Response | None:
        """Give the answer to what does not come by the proxy, or not from a page of the desk."""
        peer = request.client.host if request.client else ""
        if peer not in self.front.proxies:
            return PlainTextResponse("This desk is asked by its proxy only.\n", 403)
        if request.headers.get("host", "").lower() != self.front.host:
            return PlainTextResponse("This desk answers to its own name only.\n", 421)
        if request.method not in SAFE and not self._from_here(request.headers):
            return self.refused(request, 403, "elsewhere")
        return None

    def _from_here(self, headers: Headers) -> bool:
        """Tell whether a request that changes something comes from a page of this desk."""
        return headers.get("origin") == self.front.origin and (
            headers.get("sec-fetch-site", "same-origin") == "same-origin"
        )

    def _answer(self, request: Request, person: Person | None) -> Response | None:
        """Give the answer to who may not go there; None for the others."""
        found = self.find(request.method, request.url.path)
        roles = None if found is None else self.may.get(Way(found.method, found.path))
        if roles is not None and NOBODY in roles:
            return self._too_much(request, found)
        if person is None:
            return self._to_sign_in(request)
        status, why = (404, "none") if found is None else (501, "not_shared") if roles is None \
            else (200, "") if roles & held(person) else (403, "role")
        return self.refused(request, status, why) if why else self._too_much(request, found)

    def _for_programs(self, request: Request) -> bool:
        """Tell whether a request is one by which a program reads; a browser is asked to sign in."""
        found = self.find(request.method, request.url.path)
        asks = "authorization" in request.headers
        return found is not None and found.by_password and (
            asks or "text/html" not in request.headers.get("accept", "")
        )

    def _program(self, request: Request) -> Response | None:
        """Let a program in, or give the answer that says why not."""
        name, key = passwords.sent(request.headers.get("authorization", ""))
        person = self.programs.seen(name, key) if name and key else None
        if person is not None:
            request.scope["person"], request.scope["token"] = person, key
            return None
        wait = 0.0
        if "authorization" in request.headers:
            wait = self.programs.wait(counted(request.scope["visitor"]))
        answer = self.refused(request, *((429, "tries") if wait else (401, "password")))
        if wait:
            answer.headers["retry-after"] = f"{math.ceil(wait)}"
        else:
            answer.headers["www-authenticate"] = 'Basic realm="landtrack", charset="UTF-8"'
        return answer

    def _to_sign_in(self, request: Request) -> Response:
        if request.method not in SAFE:
            return self.refused(request, 401, "signed_out")
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        way = f"?next={quote(own_path(asked), safe='')}" if asked != "/" else ""
        return RedirectResponse(f"{SIGN_IN}{way}", 303)

    def _too_much(self, request: Request, found: Address | None) -> Response | None:
        length = request.headers.get("content-length", "0")
        if found is not None and length.isdecimal() and int(length) <= found.limit:
            return None
        return self.refused(request, 413, "too_much")


def held(person: Person) -> frozenset[str]:
    """Say which roles somebody has."""
    own = {person.role, ADMINISTRATOR if person.administers else ""}
    return frozenset(own - {""})


def own_path(text: str) -> str:
    """Give the way to go on to where it is one of this desk, else the first page."""
    plain = text.isprintable() and "\\" not in text and len(text) <= LONGEST
    if not plain or not text.startswith("/") or text.startswith("//"):
        return "/"
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc else "/"


def keep(answer: Response, token: str) -> Response:
    """Give a browser its session."""
    answer.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="strict", path="/")
    return answer


def know(answer: Response, device: str) -> Response:
    """Give a browser that by which it is known from then on."""
    answer.set_cookie(
        DEVICE, device, max_age=DEVICE_S, secure=True, httponly=True, samesite="strict", path="/"
    )
    return answer


def forget(answer: Response) -> Response:
    """Take its session from a browser."""
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="strict")
    return answer


def device_of(request: Request) -> str:
    """Give that by which a browser is known; empty where it is not."""
    return _cookie(request, DEVICE)


def address_of(request: Request, proxies: frozenset[str]) -> str:
    """Say from where somebody asks: what the proxy says last, which is what it saw itself."""
    peer = request.client.host if request.client else ""
    last = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    try:
        return str(ipaddress.ip_address(last)) if last and peer in proxies else peer
    except ValueError:
        return peer


def counted(address: str) -> str:
    """Give what is counted of an address: of IPv6 the network, which is one connection's."""
    try:
        own = ipaddress.ip_address(address)
    except ValueError:
        return address
    if own.version == IPV6:
        return str(ipaddress.ip_network((own, OWN_BITS), strict=False))
    return address


def _cookie(request: Request, name: str) -> str:
    """Give a cookie; of several of a name none: one of them is of somebody else."""
    values = []
    for header in request.headers.getlist("cookie"):
        for part in header.split(";"):
            own, sign, value = part.strip().partition("=")
            if sign and own == name:
                values.append(value)
    return values[0] if len(values) == 1 and values[0].isascii() else ""


def _secured(send: Send) -> Send:
    """Add to every answer what it does not say itself, and to every cookie that it needs TLS."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in (HEADERS | HSTS).items():
                headers.setdefault(name, value)
            message["headers"] = [
                (name, value + b"; Secure" if name == b"set-cookie"
                 and b"secure" not in value.lower() else value)
                for name, value in message["headers"]
            ]
        await send(message)

    return sending
