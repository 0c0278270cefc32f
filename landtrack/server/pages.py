"""The pages of the desk: a request is parsed, one use case called, its answer shown."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response, StreamingResponse

from landtrack.app import answered_at, edit_catalog, places, since_last_run
from landtrack.model import catalog, outputs
from landtrack.model.catalog import SHIPPED
from landtrack.model.errors import LandtrackError
from landtrack.server import asked, catalogs, reprints
from landtrack.server.asked import Held, UnknownError, told
from landtrack.server.bell import Bell
from landtrack.server.cases import CasePages, made_by
from landtrack.server.catalogs import CatalogPages
from landtrack.server.countings import ShapePages, TablePages, number_of
from landtrack.server.differences import DifferencePages, list_of
from landtrack.server.documents import DocumentPages
from landtrack.server.drawings import Drawings
from landtrack.server.files import FilePages
from landtrack.server.helping import HelpPages
from landtrack.server.home import Home
from landtrack.server.jobs import DONE, Job, Jobs
from landtrack.server.maps import RUN, MapPages
from landtrack.server.news import News
from landtrack.server.notes import NotePages
from landtrack.server.ogc import OgcPages
from landtrack.server.open_numbers import NumberPages
from landtrack.server.overviews import OverviewPages
from landtrack.server.passwords import Passwords
from landtrack.server.pieces import PiecePages
from landtrack.server.previews import PreviewPages
from landtrack.server.programs import PersonsPasswords
from landtrack.server.questions import Plots
from landtrack.server.routes import Address
from landtrack.server.sign_offs import SignOffPages
from landtrack.server.speaking import may, page, remembering, words_for
from landtrack.server.standings import Standings
from landtrack.server.steps import StepPages
from landtrack.server.targets import TargetPages
from landtrack.server.trials import TrialPages
from landtrack.server.tutorials import TutorialPages
from landtrack.server.what_ifs import WhatIfPages
from landtrack.server.worker import Worker

STATIC = ("desk.css", "desk.js", "pieces.js")
FOR_ALL = frozenset({"/static/desk.css"})
"""What is given to who is not in: the page that says so has a style too."""
AT_ONCE_S = 15
"""Seconds after which a stream says that it is still there."""
DRAFT = "init"
"""What can be asked for of a place beside a judging: the command, and its key among the words."""


class Pages:
    """What the desk answers."""

    def __init__(
        self, home: Home, jobs: Jobs, worker: Worker,
        passwords: Passwords | PersonsPasswords | None = None, drawer: Worker | None = None,
    ) -> None:
        """Make them.

        ``drawer``: Draws sheets before they are printed; the same worker where not given.
        """
        self.home, self.jobs, self.worker = home, jobs, worker
        self.drawer = drawer or worker
        self.passwords = passwords
        self.standings = Standings(home, worker)
        self.told = News(worker, Bell() if jobs is None else jobs.bell)
        if jobs is not None:
            jobs.ending = self._look_ahead

    def table(self) -> tuple[Address, ...]:
        """List every address of the desk."""
        files = FilePages(self.home, self.jobs)
        return (
            Address("/", "GET", self.front),
            Address("/static/{file}", "GET", self.static),
            Address("/places/{name}", "GET", self.place),
            Address("/places/{name}/issues", "GET", self.issues),
            Address("/places/{name}/outputs/{file}", "GET", self.output),
            *MapPages(
                self.home, self.jobs, self.told, Drawings(self.home, self.drawer)
            ).table(),
            *HelpPages(self.worker).table(),
            *TutorialPages(self.home, self.jobs).table(),
            *files.table(),
            *DifferencePages(self.home, self.jobs).table(),
            *PiecePages(self.home, self.jobs, files).table(),
            *CatalogPages(self.home, self.jobs, self.worker).table(),
            *CasePages(self.home, self.jobs, self.worker).table(),
            *PreviewPages(self.home, self.worker, self.drawer).table(),
            *SignOffPages(self.home, self.worker).table(),
            *WhatIfPages(self.home, self.jobs, self.worker).table(),
            *DocumentPages(self.home, self.jobs, self.standings).table(),
            *OverviewPages(self.home, self.standings).table(),
            *NumberPages(self.home, self.standings).table(),
            *TargetPages(self.home).table(),
            *StepPages(self.home, self.jobs, self.worker).table(),
            *TrialPages(self.home, self.jobs).table(),
            *NotePages(self.home, self.worker).table(),
            *TablePages(self.home, self.jobs).table(),
            *ShapePages(self.home, self.jobs, self.worker).table(),
            *OgcPages(self.home, self.worker, self.passwords).table(),
            Address("/places/{name}/{kind}", "POST", self.ask),
            Address("/jobs/{number}", "GET", self.job),
            Address("/jobs/{number}/news", "GET", self.news),
            Address("/jobs/{number}/stop", "POST", self.stop),
            Address("/jobs/{number}/again", "POST", self.again),
        )

    # --- places -----------------------------------------------------------------------------

    def front(self, request: Request) -> Response:
        """List the places, or show the only one."""
        found = asked.served(self.home)
        fresh = places.is_empty(self.home.served) and places.may_hold_new(self.home.served)
        if fresh and not self.home.demo:
            return remembering(request, RedirectResponse("/new", 303))
        if found == {self.home.served.name: self.home.served}:
            only = RedirectResponse(f"/places/{quote(self.home.served.name)}", 303)
            return remembering(request, only)
        look = self.standings.of_file
        known = [places.known(name, folder, look=look) for name, folder in found.items()]
        return page(
            request, "places.html.j2", places=known, folder=self.home.served,
            new=places.may_hold_new(self.home.served),
            last=[each for name in ("", *found) for each in self.jobs.of(name, 1)],
        )

    def place(self, request: Request) -> Response:
        """Show how a place stands, and what can be done next."""
        known = self._known(request)
        words = words_for(request)
        fault = known.fault
        if self.worker.pid is None and known.run is not None:
            self.worker.prepare(Plots(out=str(known.out)))
        return page(
            request, "place.html.j2", place=known, jobs=self.jobs.of(known.name),
            fault=None if fault is None else told(fault, words.lang),
            demo=places.is_demo(known.folder), learning=known.folder == self.home.tutorial,
            guesses=_guesses(known.folder),
        )

    def issues(self, request: Request) -> Response:
        """List what the data of a place ask for, by who mends it."""
        folder = self._folder(request)
        held = asked.held(self.home, request, folder)
        mends = may(request)("GET /places/{name}/catalog") and not places.is_demo(folder)
        own = partial(answered_at.address, answered_at.parts_of(folder)) if mends else None
        return page(
            request, "issues.html.j2", place=asked.place(self.home, request), groups=places.asked(
                places.out_of(folder), words_for(request), look=self.standings.looking(held), at=own
            ),
        )

    def output(self, request: Request) -> Response:
        """Give an output of the last run, to be kept."""
        place, name = request.path_params["name"], request.path_params["file"]
        if name not in outputs.OUTPUTS:
            raise UnknownError
        answer = _file(
            self._out(request) / name, "application/octet-stream", called=f"{place}-{name}"
        )
        answer.headers["content-security-policy"] = "sandbox"
        return answer

    # --- jobs -------------------------------------------------------------------------------

    def ask(self, request: Request) -> Response:
        """Begin what takes long, and show it at work."""
        folder = self._folder(request)
        name, kind = request.path_params["name"], request.path_params["kind"]
        lang = words_for(request).lang
        if kind == RUN:
            typed = ["run", str(folder), "--out", str(places.out_of(folder))]
        elif kind == DRAFT and not places.is_drafted(folder):
            typed = ["init", str(folder)]
        else:
            raise UnknownError
        number = self.jobs.ask(name, kind, [*typed, "--lang", lang])
        return RedirectResponse(f"/jobs/{number}", 303)

    def job(self, request: Request) -> Response:
        """Show a job."""
        own = self._job(request)
        folder = asked.listed(self.home).get(own.place)
        candidate = catalogs.candidate_of(own)
        return page(
            request, "job.html.j2", job=own,
            made=None if folder is None else made_by(own, places.out_of(folder)),
            candidate=candidate, listed=list_of(own),
            part="" if folder is None else catalogs.part_of(folder, candidate),
            shown=number_of(own), typed=reprints.typed_before(own),
            took=self.jobs.took(own) if own.going_on else None,
            judged=folder is not None and own.kind == RUN and own.state == DONE,
            since=self._since(own, folder),
        )

    def _since(self, job: Job, folder: Path | None) -> Mapping[str, Any] | None:
        """Say what a judging that is done changed; None where it is not known any more."""
        if folder is None or job.kind != RUN or job.state != DONE:
            return None
        last = self.jobs.last(job.place, RUN)
        held = Held(str(places.out_of(folder)))
        stands, before = self.standings.of(held), self.standings.before(held)
        if last is None or last.id != job.id or not stands or before is None or stands["cause"]:
            return None
        return {
            "at": before["at"], "turned": since_last_run.turned(before, stands),
            "states": since_last_run.states(before, stands),
            "issues": since_last_run.issues(before, stands),
            "titles": catalog.workflow(stands["workflow"]).titles if stands["workflow"] else {},
        }

    async def news(self, request: Request) -> Response:
        """Tell what a job says, line by line, until it ends."""
        own = self._job(request)
        return StreamingResponse(self._told(request, own.id), media_type="text/event-stream")

    def stop(self, request: Request) -> Response:
        """End a job."""
        own = self._job(request)
        self.jobs.stop(own.id)
        return RedirectResponse(f"/jobs/{own.id}", 303)

    async def again(self, request: Request) -> Response:
        """Ask again for a sheet that was refused, with what lacked."""
        typed = asked.texts(await request.form())
        return await run_in_threadpool(self._again, request, typed)

    def _again(self, request: Request, typed: Mapping[str, str]) -> Response:
        own = self._job(request)
        if reprints.typed_before(own) is None or own.place not in asked.listed(self.home):
            raise UnknownError
        number = self.jobs.ask(own.place, own.kind, reprints.again(own, typed))
        return RedirectResponse(f"/jobs/{number}", 303)

    async def _told(self, request: Request, number: int) -> AsyncIterator[str]:
        """Give the lines of a job as they come, as server-sent events."""
        shown = 0
        while not await request.is_disconnected():
            count = self.jobs.bell.count
            own = await asyncio.to_thread(self.jobs.get, number)
            if own is None:
                return
            lines = own.said.splitlines()
            if len(lines) > shown or not own.going_on:
                data = {"lines": lines[shown:], "state": own.state}
                yield f"data: {json.dumps(data, ensure_ascii=False)}\n\n"
                shown = len(lines)
            if not own.going_on:
                return
            if not await self.jobs.bell.after(count, AT_ONCE_S):
                yield ": here\n\n"

    def _look_ahead(self, place: str, kind: str) -> None:
        """Look at what a run wrote while its job is still at work: who comes next need not wait."""
        folder = asked.listed(self.home).get(place)
        if kind == RUN and folder is not None:
            with suppress(LandtrackError, OSError):  # its page says why
                held = Held(str(places.out_of(folder)))
                self.standings.of(held)
                self.standings.prepare_overview(held, folder)
                self.worker.prepare(Plots(out=str(places.out_of(folder))))

    # --- parts ------------------------------------------------------------------------------

    def static(self, request: Request) -> Response:
        """Give the style and the script of the desk."""
        name = request.path_params["file"]
        if name not in STATIC:
            raise UnknownError
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return _file(SHIPPED / "templates" / "desk" / name, kind)

    def _folder(self, request: Request) -> Path:
        """Find the folder of the place that is asked for."""
        return asked.folder(self.home, request)

    def _out(self, request: Request) -> Path:
        """Find the outputs of the place that is asked for; nothing of them is read."""
        return places.out_of(self._folder(request))

    def _known(self, request: Request) -> places.Known:
        """Say how the place stands that is asked for: its catalog and store are read."""
        return places.known(
            request.path_params["name"], self._folder(request), look=self.standings.of_file
        )

    def _job(self, request: Request) -> Job:
        number = asked.number(request.path_params["number"])
        own = None if number is None else self.jobs.get(number)
        if own is None:
            raise UnknownError
        return own


def _guesses(folder: Path) -> int:
    """Count the guesses of a catalog that nobody confirmed; 0 where there is none to read."""
    try:
        return len(edit_catalog.read(folder).guesses()) if places.is_drafted(folder) else 0
    except LandtrackError:
        return 0  # its page says why


def unknown(request: Request, _: Exception) -> Response:
    """Say that there is no such page."""
    return page(request, "problem.html.j2", status=404, why=words_for(request)("desk.refused.none"))


def refused(request: Request, status: int, why: str) -> Response:
    """Say why a request was not let in."""
    return page(request, "problem.html.j2", status=status, why=words_for(request)(
        f"desk.refused.{why}"
    ))


def failed(request: Request, error: Exception) -> Response:
    """Say an expected failure."""
    if not isinstance(error, LandtrackError):
        raise error
    own = told(error, words_for(request).lang, request)
    return page(request, "problem.html.j2", status=409, why=own["cause"], mend=own["mend"])


def _file(path: Path, kind: str, *, called: str | None = None) -> FileResponse:
    """Give a file that is there."""
    if not path.is_file():
        raise UnknownError
    return FileResponse(path, media_type=kind, filename=called)
