"""The guard at the door: who may come in, from where, with how much, and what a page may do.

A desk listens on this computer only, and that is not enough: other users of the computer can reach
it, and so can any page that the browser shows, by a name that somebody turns to this computer (DNS
rebinding). So the name asked for must be one of this computer's own, every request that changes
something must come from a page of the desk, and a secret that is handed over once becomes a cookie.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from landtrack.server.passwords import IN, NOT_ASKED, TOO_MANY, WITHIN_S, WRONG

SAFE = frozenset({"GET", "HEAD"})
TOKEN = "token"  # noqa: S105  the name of the parameter
KNOCK = "/door"
"""Where a second desk of the same folder asks for a way in to the first."""
MOST_TOKENS = 16
"""How many addresses may be handed out before one of them was opened."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What a page of the desk may load and do; an answer that says its own keeps it."""
HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",  # with none a form says null for where it comes from
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


class Keys:
    """The secrets of a desk: one-time tokens for the address, and those of who came in by one.

    Only hashes are kept; with the desk they are gone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tokens: list[bytes] = []
        self._inside: set[bytes] = set()

    def token(self) -> str:
        """Make a token that lets in once."""
        made = secrets.token_urlsafe(32)
        with self._lock:
            self._tokens = [*self._tokens, _hash(made)][-MOST_TOKENS:]
        return made

    def enter(self, token: str) -> str | None:
        """Exchange a token for the secret of a cookie.

        Returns: None where it is none, or was used before.
        """
        with self._lock:
            if (own := _hash(token)) not in self._tokens:
                return None
            self._tokens.remove(own)
            made = secrets.token_urlsafe(32)
            self._inside.add(_hash(made))
            return made

    def knows(self, secret: str) -> bool:
        """Tell whether a secret is of somebody who came in."""
        with self._lock:
            return _hash(secret) in self._inside


class Guard:
    """Lets in who may, and puts on every answer what a page may do."""

    def __init__(  # noqa: PLR0913  each is a thing of its own
        self, app: ASGIApp, *, keys: Keys, port: int,
        limit_of: Callable[[str, str], int], refused: Callable[[Request, int, str], Response],
        for_all: frozenset[str] = frozenset(),
        admits: Callable[[Request], int] = lambda _: NOT_ASKED,
    ) -> None:
        """Stand before an application.

        ``port``: On which the desk listens.
        ``limit_of``: By method and path, how many bytes a request may bring.
        ``refused``: Makes the page that says why not: the status, and a key below ``desk.refused``.
        ``for_all``: Paths that need no cookie, as that page has a style too.
        ``admits``: Tells whether an application password lets a request in, see
        :mod:`~landtrack.server.passwords`.
        """
        self.app, self.keys, self.port = app, keys, port
        self.limit_of, self.refused, self.for_all = limit_of, refused, for_all
        self.admits = admits
        self.cookie = f"landtrack-{port}"  # cookies do not tell ports apart
        self.hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let in."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # there are no websockets here
        request = Request(scope)
        answer = self._answer(request)
        if answer is not None:
            await answer(scope, receive, _with_headers(send))
            return
        limit = self.limit_of(scope["method"], scope["path"])
        await self.app(scope, limited(receive, limit), _with_headers(send))

    def _answer(self, request: Request) -> Response | None:
        """Give the answer to who may not come in, or came with a token; None for the others."""
        headers = request.headers
        if headers.get("host", "").lower() not in self.hosts:
            return PlainTextResponse("This desk answers to the name of this computer only.\n", 421)
        if request.method not in SAFE and not self._from_here(headers):
            return self.refused(request, 403, "elsewhere")
        if request.method == "GET" and (token := request.query_params.get(TOKEN)):
            return self._entered(request, token)
        known = request.method in SAFE and request.url.path in self.for_all
        known = known or self.keys.knows(request.cookies.get(self.cookie, ""))
        if not known and (answer := self._by_password(request)) is not None:
            return answer
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self.limit_of(request.method, request.url.path):
            return self.refused(request, 413, "too_much")
        return None

    def _by_password(self, request: Request) -> Response | None:
        """Give the answer to who has no cookie; None where an application password lets in."""
        status = self.admits(request) if request.method in SAFE else NOT_ASKED
        if status == IN:
            return None
        if status == NOT_ASKED:
            return self.refused(request, WRONG, "stranger")
        answer = self.refused(request, status, "tries" if status == TOO_MANY else "password")
        if status == TOO_MANY:
            answer.headers["retry-after"] = f"{WITHIN_S:.0f}"
        else:
            answer.headers["www-authenticate"] = 'Basic realm="landtrack", charset="UTF-8"'
        return answer

    def _from_here(self, headers: Headers) -> bool:
        """Tell whether a request that changes something comes from a page of this desk."""
        origin = urlsplit(headers.get("origin", ""))
        site = headers.get("sec-fetch-site", "same-origin")
        return origin.scheme == "http" and origin.netloc == headers["host"] and (
            site == "same-origin"
        )

    def _entered(self, request: Request, token: str) -> Response:
        """Make a cookie of a token, and take it out of the address."""
        secret = self.keys.enter(token)
        kept = [each for each in request.query_params.multi_items() if each[0] != TOKEN]
        answer = RedirectResponse(request.url.path + (f"?{urlencode(kept)}" if kept else ""), 303)
        if secret is None and self.keys.knows(request.cookies.get(self.cookie, "")):
            return answer  # opened once more by who is in
        if secret is None:
            return self.refused(request, 401, "used")
        answer.set_cookie(self.cookie, secret, httponly=True, samesite="strict", path="/")
        return answer


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _with_headers(send: Send) -> Send:
    """Add to every answer what it does not say itself."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return sending


class TooMuchError(Exception):
    """A request brought more than it may."""


def limited(receive: Receive, limit: int) -> Receive:
    """Count what a request brings: it may say less than it brings."""
    brought = 0

    async def receiving() -> Message:
        nonlocal brought
        message = await receive()
        brought += len(message.get("body", b""))
        if brought > limit:
            raise TooMuchError
        return message

    return receiving
