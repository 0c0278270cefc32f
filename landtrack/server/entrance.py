"""The entrance of a shared desk: signing in and out, a first password, saying anew who one is."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import credentials, people as use_case
from landtrack.model.address import Shared
from landtrack.model.errors import LandtrackError
from landtrack.server import asked, shared_guard
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.tries import Tries
from landtrack.store.postgis import people
from landtrack.store.postgis.people import Person

MOST_AT_ONCE = 8
"""Passwords that wait to be checked at a time: the threads are for pages, too."""
LONGEST = 200
"""Signs of what is typed."""
Typed = Mapping[str, str]


class Entrance:
    """What is there for who is not signed in, or is to say anew who they are."""

    def __init__(self, shared: Shared, tries: Tries | None = None) -> None:
        self.shared, self.tries = shared, tries or Tries()
        credentials.ready()
        self._waiting = threading.BoundedSemaphore(MOST_AT_ONCE)

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/sign-in", "GET", self.show),
            Address("/sign-in", "POST", self.sign_in),
            Address("/sign-out", "POST", self.sign_out),
            Address("/first", "GET", self.first),
            Address("/first", "POST", self.choose),
            Address("/again", "GET", self.again),
            Address("/again", "POST", self.prove),
        )

    def show(self, request: Request) -> Response:
        """Show the form by which one comes in."""
        way = shared_guard.own_path(request.query_params.get("next", "/"))
        return page(
            request, "sign_in.html.j2", way=way, why="", name="",
            chosen=request.query_params.get("chosen") == "yes",
        )

    async def sign_in(self, request: Request) -> Response:
        """Let in who is known."""
        return await run_in_threadpool(self._sign_in, request, await _typed(request))

    def _sign_in(self, request: Request, typed: Typed) -> Response:
        name, way = typed["name"].strip().casefold(), shared_guard.own_path(typed["next"])
        device, address = shared_guard.device_of(request), request.scope["visitor"]
        found = people.known(self.shared, name, people.digest(device))
        known = found is not None and found.device
        keys = [("name", f"{name}\0{device if known else ''}")]
        keys += [] if known else [("address", shared_guard.counted(address))]
        factors, wait = self._checked(keys, name, found, typed, address)
        if factors == 0:
            return self._refused(request, "sign_in.html.j2", wait, way=way, name=name, chosen=False)
        token, device = credentials.token(), device or credentials.token()
        people.enter(
            self.shared, name, token, device=people.digest(device),
            former=request.scope["token"], address=address,
            agent=request.headers.get("user-agent", ""), factors=factors,
        )
        return shared_guard.know(
            shared_guard.keep(RedirectResponse(way, 303), token), device
        )

    def sign_out(self, request: Request) -> Response:
        """End the session."""
        people.leave(self._own(request))
        answer = shared_guard.forget(RedirectResponse(shared_guard.SIGN_IN, 303))
        answer.headers["clear-site-data"] = '"cache", "storage"'
        return answer

    def first(self, request: Request) -> Response:
        """Show the form by which a password is chosen, to who has a link that is good."""
        return self._first(request, request.query_params.get("link", "")[:LONGEST])

    async def choose(self, request: Request) -> Response:
        """Choose a password by a link."""
        return await run_in_threadpool(self._choose, request, await _typed(request))

    def _choose(self, request: Request, typed: Typed) -> Response:
        if typed["password"] != typed["repeat"]:
            why = words_for(request)("desk.people.repeat_differs")
            return self._first(request, typed["link"], why)
        device = shared_guard.device_of(request) or credentials.token()
        if not self._waiting.acquire(blocking=False):
            return self._first(request, typed["link"], words_for(request)("desk.people.busy"))
        try:
            use_case.choose(
                self.shared, typed["link"], typed["password"], device=device,
                address=request.scope["visitor"],
            )
        except LandtrackError as error:
            told = asked.told(error, words_for(request).lang)
            return self._first(request, typed["link"], f"{told['cause']} {told['mend']}")
        finally:
            self._waiting.release()
        answer = RedirectResponse(f"{shared_guard.SIGN_IN}?{urlencode({'chosen': 'yes'})}", 303)
        return shared_guard.know(answer, device)

    def _first(self, request: Request, link: str, why: str = "") -> Response:
        whose = people.of_link(self.shared, link)
        if whose is None:
            return page(
                request, "problem.html.j2", status=404,
                why=words_for(request)("desk.people.no_link"),
            )
        return page(
            request, "first.html.j2", status=409 if why else 200, link=link, whose=whose, why=why,
            least=credentials.LEAST, most=credentials.MOST,
        )

    def again(self, request: Request) -> Response:
        """Ask who is signed in to say anew who they are."""
        way = shared_guard.own_path(request.query_params.get("next", "/"))
        return page(request, "again.html.j2", way=way, why="")

    async def prove(self, request: Request) -> Response:
        """Take what somebody says anew; the session has another token from then on."""
        return await run_in_threadpool(self._prove, request, await _typed(request))

    def _prove(self, request: Request, typed: Typed) -> Response:
        person: Person = request.scope["person"]
        way, address = shared_guard.own_path(typed["next"]), request.scope["visitor"]
        found = people.known(self.shared, person.name, b"")
        keys = [("name", f"{person.name}\0again")]
        factors, wait = self._checked(keys, person.name, found, typed, address)
        if factors == 0:
            return self._refused(request, "again.html.j2", wait, way=way)
        token = credentials.token()
        people.prove(self._own(request), token, factors)
        return shared_guard.keep(RedirectResponse(way, 303), token)

    def _checked(
        self, keys: list[tuple[str, str]], name: str, found: people.Secrets | None, typed: Typed,
        address: str,
    ) -> tuple[int, float]:
        """Check what was typed, if it may be tried now.

        Returns: By how many factors they are known, 0 for not; and the seconds to wait.
        """
        if wait := self.tries.begin(keys):
            return 0, wait
        if not self._waiting.acquire(blocking=False):
            return 0, 1.0
        try:
            factors = use_case.check(
                self.shared, name, found, typed["password"], typed["code"], address
            )
        finally:
            self._waiting.release()
        if factors:
            self.tries.succeed(keys)
        return factors, 0.0

    def _refused(
        self, request: Request, template: str, wait: float, **values: object
    ) -> Response:
        """Show the form again: why nobody was let in, and how long they are to wait."""
        words, seconds = words_for(request), math.ceil(wait)
        why = words("desk.people.wait", seconds=seconds) if seconds else words("desk.people.wrong")
        answer = page(request, template, status=429 if seconds else 401, why=why, **values)
        if seconds:
            answer.headers["retry-after"] = str(seconds)
        return answer

    def _own(self, request: Request) -> Shared:
        return replace(self.shared, token=request.scope["token"])


async def _typed(request: Request) -> Typed:
    """Read what was typed, no longer than it may be; what is missing is empty."""
    own = asked.texts(await request.form())
    names = ("name", "password", "repeat", "code", "next", "link")
    most = {"password": credentials.MOST + 1, "repeat": credentials.MOST + 1,
            "next": shared_guard.LONGEST}
    return {each: own.get(each, "")[:most.get(each, LONGEST)] for each in names}
