"""OGC API Features of a place: a request is handed to the worker, its answer is sent or shown."""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import msgspec
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from landtrack.app import places
from landtrack.app.ogc_types import FILES, Asked, Given, Resource
from landtrack.model.errors import LandtrackError
from landtrack.model.outputs import STORE
from landtrack.server import asked
from landtrack.server.asked import Held
from landtrack.server.home import Home
from landtrack.server.passwords import Passwords
from landtrack.server.programs import OfPerson, PersonsPasswords, again
from landtrack.server.questions import Ogc, OgcFile, Project
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.worker import Worker

OK = 200
BELOW = "/places/{name}/ogc"
PATHS: dict[str, str] = {
    "landing": "", "conformance": "/conformance", "api": "/api", "collections": "/collections",
    "collection": "/collections/{collection}", "queryables": "/collections/{collection}/queryables",
    "items": "/collections/{collection}/items",
    "item": "/collections/{collection}/items/{feature:path}",
}
"""Where each resource is, below the landing page."""


FILE = "/collections/{collection}/file/{kind}"
"""Where features are given as one file."""
KEPT_S = 3600
"""Seconds for which a file is kept that nobody has taken to its end."""
MAKE, REVOKE = "make", "revoke"


class OgcPages:
    """What the desk answers to a GIS, read only."""

    def __init__(
        self, home: Home, worker: Worker, passwords: Passwords | PersonsPasswords | None
    ) -> None:
        self.home, self.worker, self.passwords = home, worker, passwords
        self._making = threading.Lock()

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            *(
                Address(f"{BELOW}{PATHS[each]}", "GET", self._answering(each), by_password=True)
                for each in get_args(Resource)
            ),
            Address(f"{BELOW}{FILE}", "GET", self.file, by_password=True),
            Address("/places/{name}/gis", "GET", self.show),
            Address("/places/{name}/gis/project", "GET", self.project),
            Address("/places/{name}/gis/{kind}", "POST", self.change),
        )

    def file(self, request: Request) -> Response:
        """Give all features that are wanted as one file, made by a process of its own."""
        wanted, kind = _asked(request, "items"), request.path_params["kind"]
        if kind not in FILES:
            return _sent(request, _none(request, wanted))
        try:
            held = asked.held(self.home, request, asked.folder(self.home, request))
            with self._making:  # one at a time, and the pages have their own worker meanwhile
                return self._file(request, held, msgspec.structs.replace(wanted, feature=kind))
        except asked.UnknownError:
            return _sent(request, _none(request, wanted))
        except LandtrackError as error:
            return _sent(request, _refused(wanted, error))

    def _file(self, request: Request, held: Held, wanted: Asked) -> Response:
        folder = _empty(self.home.given)
        worker = Worker()
        try:
            given = worker.ask(OgcFile(
                out=held.out, token=held.token, asked=wanted, folder=str(folder)
            ))
        finally:
            worker.close()
        if given.status != OK:
            _away(folder)
            return _sent(request, given)
        name = json.loads(given.body)["name"]
        return FileResponse(
            folder / name, media_type=given.kind,
            filename=f"{request.path_params['name']}-{name}",
            headers={"content-security-policy": "sandbox"},
            background=BackgroundTask(_away, folder),
        )

    def show(self, request: Request) -> Response:
        """Show how a GIS is connected, and the application password that was just made."""
        known = asked.place(self.home, request)
        own = self._own(request)
        return self._page(
            request, known, own, None if own is None else own.shown_once(known.name)
        )

    def _page(
        self, request: Request, known: places.Plain, own: Passwords | OfPerson | None,
        fresh: str | None,
    ) -> Response:
        return page(
            request, "gis.html.j2", place=known, address=_base(request), fresh=fresh,
            kept=None if own is None else own.of(known.name),
            judged=known.shared or (places.out_of(known.folder) / STORE).is_file(),
        )

    def _own(self, request: Request) -> Passwords | OfPerson | None:
        """Find the passwords of the desk, or in a shared one those of who is signed in."""
        own = self.passwords
        return own.of_person(request) if isinstance(own, PersonsPasswords) else own

    def project(self, request: Request) -> Response:
        """Give a project of QGIS that opens all of it; the password QGIS asks for."""
        held = asked.held(self.home, request, asked.folder(self.home, request))
        made = self.worker.ask(Project(
            out=held.out, token=held.token, base=_base(request), lang=words_for(request).lang
        ))
        called = quote(f"{request.path_params['name']}.qgs", safe="")
        return Response(made, media_type="application/x-qgis-project", headers={
            "content-disposition": f"attachment; filename*=utf-8''{called}",
            "content-security-policy": "sandbox",
        })

    def change(self, request: Request) -> Response:
        """Make the application password of a place anew, or take it away."""
        known, kind, own = asked.place(self.home, request), request.path_params["kind"], None
        if kind in {MAKE, REVOKE}:
            own = self._own(request)
        if own is None:
            raise asked.UnknownError
        name = known.name
        if kind == REVOKE:
            own.revoke(name)
        elif isinstance(own, OfPerson):  # it is nowhere but on this page
            if not own.proved:
                return RedirectResponse(again(f"/places/{quote(name, safe='')}/gis"), 303)
            return self._page(request, known, own, own.make(name))
        else:
            own.make(name)
        return RedirectResponse(f"/places/{quote(name, safe='')}/gis", 303)

    def _answering(self, resource: Resource) -> Callable[[Request], Response]:
        """Make what answers the requests of a resource."""

        def answered(request: Request) -> Response:
            wanted = _asked(request, resource)
            try:
                held = asked.held(self.home, request, asked.folder(self.home, request))
                return _sent(request, self.worker.ask(
                    Ogc(out=held.out, token=held.token, asked=wanted)
                ))
            except asked.UnknownError:
                return _sent(request, _none(request, wanted))
            except LandtrackError as error:
                return _sent(request, _refused(wanted, error))

        return answered


def _asked(request: Request, resource: Resource) -> Asked:
    """Read what is asked for, as far as its address and its headers say it."""
    return Asked(
        resource=resource, base=_base(request), query=tuple(request.query_params.multi_items()),
        lang=words_for(request).lang,
        collection=request.path_params.get("collection", ""),
        feature=request.path_params.get("feature", ""),
        html="text/html" in request.headers.get("accept", ""),
    )


def _base(request: Request) -> str:
    """Give the address of the landing page, as who asks names the desk."""
    name = quote(request.path_params["name"], safe="")
    return f"{request.url.scheme}://{request.headers['host']}/places/{name}/ogc"


def _empty(given: Path) -> Path:
    """Make an empty folder for a file; what was left of long ago is removed."""
    given.mkdir(exist_ok=True)
    for each in given.iterdir():
        with suppress(OSError):
            if time.time() - each.stat().st_mtime > KEPT_S:
                _away(each)
    return Path(tempfile.mkdtemp(dir=given))


def _away(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


def _none(request: Request, wanted: Asked) -> Given:
    """Say that there is no such thing."""
    return _failure(wanted, 404, "NotFound", words_for(request)("desk.refused.none"))


def _refused(wanted: Asked, error: LandtrackError) -> Given:
    """Say why a store is not given."""
    told = asked.told(error, wanted.lang)
    return _failure(wanted, 409, "Conflict", f"{told['cause']} {told['mend']}")


def _failure(wanted: Asked, status: int, code: str, why: str) -> Given:
    """Say why there is no answer."""
    html = dict(wanted.query).get("f", "html" if wanted.html else "json") == "html"
    return Given(
        status=status, kind="application/json", html=html,
        body=json.dumps({"code": code, "description": why}, ensure_ascii=False).encode(),
    )


def _sent(request: Request, given: Given) -> Response:
    """Send an answer, or show it as a page."""
    headers = {"content-crs": f"<{given.crs}>"} if given.crs else {}
    if not given.html:
        return Response(given.body, given.status, headers=headers, media_type=given.kind)
    answer = page(
        request, "ogc.html.j2", status=given.status, document=json.loads(given.body),
        name=request.path_params["name"],
    )
    answer.headers.update(headers)
    return answer
