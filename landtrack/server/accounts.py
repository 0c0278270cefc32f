"""One's own account at a shared desk, and for its administrators people and the audit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import audit, credentials, people as use_case
from landtrack.app.audit import Wanted
from landtrack.model.address import Shared
from landtrack.model.errors import LandtrackError
from landtrack.server import asked, shared_guard
from landtrack.server.asked import UnknownError
from landtrack.server.programs import again
from landtrack.server.routes import Address
from landtrack.server.shared_guard import Front
from landtrack.server.speaking import page, words_for
from landtrack.store.postgis import people
from landtrack.store.postgis.people import Account, Person

AT_ONCE = 100
"""Lines of the audit that a page lists."""
LONGEST = 200
"""Signs of what is typed."""
ACCOUNT = "/account"
PEOPLE = "/people"


class AccountPages:
    """What who is signed in sees of their own account."""

    def __init__(self, shared: Shared, front: Front) -> None:
        self.shared, self.front = shared, front

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address(ACCOUNT, "GET", self.show),
            Address("/account/password", "POST", self.password),
            Address("/account/second", "GET", self.second),
            Address("/account/second", "POST", self.take_second),
            Address("/account/second/off", "POST", self.second_off),
            Address("/account/sessions/{number}", "POST", self.end),
        )

    def show(self, request: Request) -> Response:
        """Show who one is, one's sessions, and by what one comes in."""
        return self._page(request)

    async def password(self, request: Request) -> Response:
        """Choose another password."""
        return await run_in_threadpool(self._password, request, await request.form())

    def _password(self, request: Request, form: FormData) -> Response:
        typed, person = asked.texts(form), _person(request)
        if not person.proved:
            return _again(ACCOUNT)
        words = words_for(request)
        if typed.get("password", "") != typed.get("repeat", ""):
            return self._page(request, words("desk.people.repeat_differs"))
        try:
            token = use_case.change(_own(self.shared, request), person, typed.get("password", ""))
        except LandtrackError as error:
            told = asked.told(error, words.lang)
            return self._page(request, f"{told['cause']} {told['mend']}")
        return shared_guard.keep(RedirectResponse(f"{ACCOUNT}?done=password", 303), token)

    def second(self, request: Request) -> Response:
        """Show a new secret for an authenticator."""
        if not _person(request).proved:
            return _again("/account/second")
        return self._second(request, credentials.secret())

    async def take_second(self, request: Request) -> Response:
        """Take the second factor on, once its first code was typed."""
        return await run_in_threadpool(self._take_second, request, await request.form())

    def _take_second(self, request: Request, form: FormData) -> Response:
        typed = asked.texts(form)
        if not _person(request).proved:
            return _again("/account/second")
        try:
            secret = credentials.read(typed.get("secret", "")[:LONGEST])
        except ValueError:
            raise UnknownError from None
        if len(secret) != credentials.SECRET:
            raise UnknownError
        done = use_case.second(
            _own(self.shared, request), secret, typed.get("code", "")[:LONGEST]
        )
        if done is None:
            return self._second(request, secret, words_for(request)("desk.people.no_code"))
        token, codes = done
        return shared_guard.keep(page(request, "codes.html.j2", codes=codes), token)

    def second_off(self, request: Request) -> Response:
        """Come in by the password alone from then on."""
        if not _person(request).proved:
            return _again(ACCOUNT)
        token = credentials.token()
        people.set_second(_own(self.shared, request), None, [], 0, token)
        return shared_guard.keep(RedirectResponse(f"{ACCOUNT}?done=second", 303), token)

    def end(self, request: Request) -> Response:
        """End one of one's own sessions."""
        _end(self.shared, request, _person(request).name)
        return RedirectResponse(ACCOUNT, 303)

    def _second(self, request: Request, secret: bytes, why: str = "") -> Response:
        own = credentials.address(secret, _person(request).name, self.front.host)
        return page(
            request, "second.html.j2", status=409 if why else 200, why=why,
            secret=credentials.shown(secret), own=own, picture=credentials.picture(own),
        )

    def _page(self, request: Request, why: str = "") -> Response:
        person = _person(request)
        return page(
            request, "account.html.j2", status=409 if why else 200, why=why,
            sessions=people.sessions(_own(self.shared, request), person.name),
            done=request.query_params.get("done", "") if not why else "",
            least=credentials.LEAST, most=credentials.MOST, roles=sorted(shared_guard.held(person)),
        )


class PeoplePages:
    """What administrators see: who may come in, and what happened."""

    def __init__(self, shared: Shared, front: Front) -> None:
        self.shared, self.front = shared, front

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        one = f"{PEOPLE}/{{person}}"
        return (
            Address(PEOPLE, "GET", self.show),
            Address(PEOPLE, "POST", self.add),
            Address(one, "GET", self.one),
            Address(f"{one}/roles", "POST", self.roles),
            Address(f"{one}/link", "POST", self.link),
            Address(f"{one}/disable", "POST", self.disable),
            Address(f"{one}/enable", "POST", self.enable),
            Address(f"{one}/second", "POST", self.second),
            Address(f"{one}/sessions/{{number}}", "POST", self.end),
            Address("/audit", "GET", self.audit),
            Address("/audit/export", "GET", self.export),
        )

    def show(self, request: Request) -> Response:
        """List the accounts, with the form that makes one."""
        return self._list(request)

    async def add(self, request: Request) -> Response:
        """Make an account, and show the link by which its password is chosen."""
        return await run_in_threadpool(self._add, request, await request.form())

    def _add(self, request: Request, form: FormData) -> Response:
        typed = {name: own.strip()[:LONGEST] for name, own in asked.texts(form).items()}
        try:
            made = use_case.add(
                _own(self.shared, request), typed.get("name", ""), typed.get("shown", ""),
                _roles(form), self.front.origin,
            )
        except LandtrackError as error:
            told = asked.told(error, words_for(request).lang)
            return self._list(request, f"{told['cause']} {told['mend']}", typed)
        return self._one(request, made.name, link=made.link)

    def one(self, request: Request) -> Response:
        """Show an account, its sessions, and what may be done with it."""
        return self._one(request, request.path_params["person"])

    async def roles(self, request: Request) -> Response:
        """Give somebody other roles."""
        return await run_in_threadpool(self._give, request, await request.form())

    def _give(self, request: Request, form: FormData) -> Response:
        return self._do(request, lambda own, name: use_case.give(own, name, _roles(form)))

    def link(self, request: Request) -> Response:
        """Make a link by which somebody chooses a password, and show it once."""
        name = request.path_params["person"]
        self._account(request, name)
        made = use_case.link(_own(self.shared, request), name, self.front.origin)
        return self._one(request, name, link=made)

    def disable(self, request: Request) -> Response:
        """Disable an account."""
        return self._do(request, people.disable)

    def enable(self, request: Request) -> Response:
        """Enable it again."""
        return self._do(request, lambda own, name: people.disable(own, name, off=False))

    def second(self, request: Request) -> Response:
        """Take the second factor of somebody away who lost it."""
        return self._do(request, people.drop_second)

    def end(self, request: Request) -> Response:
        """End a session of somebody."""
        name = request.path_params["person"]
        _end(self.shared, request, name)
        return RedirectResponse(f"{PEOPLE}/{quote(name)}", 303)

    def audit(self, request: Request) -> Response:
        """Show the audit, the last line first."""
        own, wanted = _own(self.shared, request), _wanted(request)
        before = asked.number(request.query_params.get("before", ""))
        found = people.audit(own, **wanted._asdict(), most=AT_ONCE, before=before or audit.END)
        told = {name: text for name, text in wanted._asdict().items() if text}
        words = words_for(request)
        return page(
            request, "audit.html.j2", lines=[(each, audit.line(each, words)) for each in found],
            wanted=wanted, asked=urlencode(told), more=len(found) == AT_ONCE,
            kinds=[(each, words(f"audit.kind.{each}")) for each in audit.KINDS],
        )

    def export(self, request: Request) -> Response:
        """Give the lines that are wanted as a table."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "audit.csv"
            own = _own(self.shared, request)
            count = audit.export(own, path, _wanted(request))
            people.note(
                own, "download", "audit", address=request.scope["visitor"], said=str(count)
            )
            content = path.read_bytes()
        return Response(content, media_type="text/csv", headers={
            "content-disposition": "attachment; filename=audit.csv",
            "content-security-policy": "sandbox",
        })

    def _do(self, request: Request, what: Callable[[Shared, str], None]) -> Response:
        """Do something with an account."""
        name = request.path_params["person"]
        self._account(request, name)
        try:
            what(_own(self.shared, request), name)
        except LandtrackError as error:
            told = asked.told(error, words_for(request).lang)
            return self._one(request, name, why=f"{told['cause']} {told['mend']}")
        return RedirectResponse(f"{PEOPLE}/{quote(name)}", 303)

    def _account(self, request: Request, name: str) -> Account:
        """Find an account.

        Raises UnknownError: If there is none of that name.
        """
        for each in people.accounts(_own(self.shared, request)):
            if each.name == name:
                return each
        raise UnknownError

    def _one(self, request: Request, name: str, *, link: str = "", why: str = "") -> Response:
        own = self._account(request, name)
        return page(
            request, "person.html.j2", status=409 if why else 200, own=own, link=link, why=why,
            roles=use_case.ROLES, held=use_case.held(own),
            told=use_case.said(own, words_for(request)),
            sessions=people.sessions(_own(self.shared, request), name),
        )

    def _list(
        self, request: Request, why: str = "", typed: Mapping[str, str] | None = None
    ) -> Response:
        words = words_for(request)
        return page(
            request, "people.html.j2", status=409 if why else 200, why=why,
            typed={"name": "", "shown": "", **(typed or {})},
            roles=use_case.ROLES, accounts=[
                (each, *use_case.said(each, words))
                for each in people.accounts(_own(self.shared, request))
            ],
        )


def _person(request: Request) -> Person:
    own: Person = request.scope["person"]
    return own


def _own(shared: Shared, request: Request) -> Shared:
    """Give the store as who is signed in is at work in it."""
    return replace(shared, token=request.scope["token"])


def _again(way: str) -> Response:
    """Have somebody say anew who they are first."""
    return RedirectResponse(again(way), 303)


def _end(shared: Shared, request: Request, name: str) -> None:
    """End a session of somebody.

    Raises UnknownError: If they have none of that number.
    """
    number, own = asked.number(request.path_params["number"]), _own(shared, request)
    if number not in {each.number for each in people.sessions(own, name)}:
        raise UnknownError
    people.end(own, number)


def _roles(form: FormData) -> list[str]:
    """Read the roles that were ticked; the one of the content is chosen of several."""
    told = [each for each in form.getlist("role") if isinstance(each, str)]
    return [each for each in told if each]


def _wanted(request: Request) -> Wanted:
    """Read which lines of the audit are wanted."""
    told = request.query_params
    return Wanted(**{name: told.get(name, "").strip()[:LONGEST] for name in Wanted._fields})
