"""What is shown before it counts: tables of many steps, and new shapes out of a file.

Both are brought as files and looked at by a job; the page says what would be entered, and a button
enters just that: where it would be anything else by then, nothing is entered and it is shown anew.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from landtrack.app import places, shown
from landtrack.model.errors import SourceError
from landtrack.server import asked, brought, uploads
from landtrack.server.brought import Brought
from landtrack.server.home import Home
from landtrack.server.jobs import DONE, Job, Jobs
from landtrack.server.questions import Chosen, Draw
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.worker import Worker

MARK = re.compile(r"[0-9a-f]{64}")
REFUSED = "refused.csv"
SHAPE_STEPS = ("split", "merge", "change_boundary", "correct_shape")
"""Changes of shapes, as the command takes them."""
DRAWN = "drawn.gpkg"
"""The file of what was drawn in the desk."""
MOST_KEYS = 100
"""Features whose shapes are changed at once."""
TEXTS = {"layer": "--layer", "at": "--at", "document": "--document", "why": "--why", "by": "--by",
         "column": "--key"}
"""What is typed of a change of shapes, and the options that take it."""


class Command(NamedTuple):
    """A command as it would be typed: its words, its options, and what it is called with."""

    words: tuple[str, ...]
    options: tuple[str, ...]
    arguments: tuple[str, ...]


class ShownPages(ABC):
    """What the desk answers of files that are shown before they count.

    ``below`` is where they lie, ``looks`` and ``enters`` are the kinds of their jobs, by their keys
    among the words, ``template`` is their page and ``kind`` what it shows.
    """

    below: str
    looks: str
    enters: str
    template: str
    kind: type[shown.Table | shown.Change]

    def __init__(self, home: Home, jobs: Jobs) -> None:
        self.home, self.jobs = home, jobs

    @abstractmethod
    def command(self, own: Brought) -> Command:
        """Say which command looks at what was brought, and enters it.

        Raises UnknownError: If what was typed is none that it takes.
        """

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        every = f"/places/{{name}}/{self.below}"
        return (
            Address(every, "POST", self.bring, uploads.MOST),
            Address(f"{every}/{{number}}", "GET", self.show),
            Address(f"{every}/{{number}}/look", "POST", self.look),
            Address(f"{every}/{{number}}/enter", "POST", self.enter),
        )

    async def bring(self, request: Request) -> Response:
        """Take a file in, and begin to look at it."""
        folder, out = await run_in_threadpool(self._judged, request)
        own = await brought.take(request, self.home, folder)
        try:
            return await run_in_threadpool(self.begun, request, own, out)
        except (asked.UnknownError, SourceError):
            await run_in_threadpool(own.drop)
            raise

    def begun(self, request: Request, own: Brought, out: Path) -> Response:
        """Begin to look at what was brought."""
        self._look(request, own, out)
        return self._to(request, own)

    def show(self, request: Request) -> Response:
        """Show what it would do, or what came of it."""
        folder, _ = self._judged(request)
        name, own = request.path_params["name"], self._own(request, folder)
        last = own.last(self.jobs, name)
        working = last is not None and last.going_on
        return page(
            request, self.template, place=places.plain(name, folder), own=own, last=last,
            seen=None if working else shown.read(own.shown, self.kind), working=working,
            entered=last is not None and last.kind == self.enters and last.state == DONE,
            listed=own.beside(REFUSED).is_file(), below=self.below,
        )

    def look(self, request: Request) -> Response:
        """Look at it again."""
        folder, out = self._judged(request)
        own = self._own(request, folder)
        self._look(request, own, out)
        return self._to(request, own)

    async def enter(self, request: Request) -> Response:
        """Enter what was shown: all of it, or nothing."""
        typed = asked.texts(await request.form())
        folder, out = await run_in_threadpool(self._judged, request)
        own = await run_in_threadpool(self._own, request, folder)
        if not MARK.fullmatch(typed.get("mark", "")):
            raise asked.UnknownError
        options = [f"--shown={typed['mark']}"]
        if typed.get("others") and self.kind is shown.Table:
            options.append("--leave-refused")
        await run_in_threadpool(self._ask, request, self.enters, options, own, out)
        return self._to(request, own)

    def _look(self, request: Request, own: Brought, out: Path) -> None:
        self._ask(request, self.looks, ["--look"], own, out)

    def _ask(
        self, request: Request, kind: str, options: Sequence[str], own: Brought, out: Path
    ) -> None:
        """Begin a job that looks at it or enters it, and keeps what is shown."""
        command = self.command(own)
        asked.job(
            self.jobs, request, kind, command.words,
            [*options, *command.options, f"--save={own.shown}"], command.arguments, out=out,
        )

    def _own(self, request: Request, folder: Path) -> Brought:
        return brought.find(self.home, folder, request.path_params["number"])

    def _judged(self, request: Request) -> tuple[Path, Path]:
        """Find a place and its outputs; there is a store among them."""
        folder = asked.folder(self.home, request)
        return folder, asked.judged(folder)

    def _to(self, request: Request, own: Brought) -> Response:
        name = quote(request.path_params["name"])
        return RedirectResponse(f"/places/{name}/{self.below}/{own.number}", 303)


class TablePages(ShownPages):
    """What the desk answers of tables of steps."""

    below, looks, enters, template = "tables", "table", "enter_table", "table.html.j2"
    kind = shown.Table

    def command(self, own: Brought) -> Command:
        """Say which command reads a table."""
        return Command(
            ("status", "import"), (f"--refused={own.beside(REFUSED)}",), (str(own.file),)
        )

    def begun(self, request: Request, own: Brought, out: Path) -> Response:
        """Begin to look at a table; a scan is offered as the evidence of a step.

        Raises SourceError: If it is neither.
        """
        if own.is_scan:
            name = quote(request.path_params["name"])
            at = {each: own.typed.get(each, [""])[-1] for each in ("track", "state")}
            asked_for = urlencode({
                **{each: value for each, value in at.items() if value}, "scan": own.number,
            })
            return RedirectResponse(f"/places/{name}/steps?{asked_for}#enter", 303)
        if not own.may_be_table:
            raise SourceError(
                f"{own.file.name} is neither a table nor a scan.",
                mend="Bring a table of steps (a workbook, CSV or text), or a scan as PDF, OFD, "
                "JPEG, PNG or TIFF.",
            )
        return super().begun(request, own, out)

    def table(self) -> tuple[Address, ...]:
        """List the addresses; the rows that are refused can be kept."""
        kept = Address("/places/{name}/tables/{number}/refused.csv", "GET", self.refused)
        return (*super().table(), kept)

    def refused(self, request: Request) -> Response:
        """Give the rows that are refused, to be kept."""
        own = self._own(request, self._judged(request)[0])
        path = own.beside(REFUSED)
        if not path.is_file():
            raise asked.UnknownError
        answer = FileResponse(
            path, media_type="application/octet-stream", filename=f"{own.file.stem}-{REFUSED}"
        )
        answer.headers["content-security-policy"] = "sandbox"
        return answer


class ShapePages(ShownPages):
    """What the desk answers of changes of shapes: chosen, a file brought, its balance shown."""

    below, looks, enters, template = "shapes", "shapes", "enter_shapes", "shapes.html.j2"
    kind = shown.Change

    def __init__(self, home: Home, jobs: Jobs, worker: Worker) -> None:
        super().__init__(home, jobs)
        self.worker = worker

    def command(self, own: Brought) -> Command:
        """Say which command changes shapes, as it was typed."""
        keys = own.typed.get("key", [])[: MOST_KEYS + 1]
        action = own.typed.get("action", [""])[-1]
        if action not in SHAPE_STEPS or not keys or len(keys) > MOST_KEYS or "" in keys:
            raise asked.UnknownError
        texts = {name: own.typed.get(name, [""])[-1].strip() for name in TEXTS}
        options = [f"{TEXTS[name]}={text}" for name, text in texts.items()]
        return Command(
            ("status", "reshape"), (*options, f"--to={own.file}"), (action, *keys)
        )

    def table(self) -> tuple[Address, ...]:
        """List the addresses; the features are chosen first."""
        return (
            Address("/places/{name}/reshape", "GET", self.choose),
            Address("/places/{name}/shapes/drawn", "POST", self.draw), *super().table(),
        )

    def choose(self, request: Request) -> Response:
        """Ask how the shapes of some features are to change, and for those after.

        They come in a file, or are drawn: one is cut along a line, several are one as they lie.
        """
        folder, out = self._judged(request)
        name, asked_for = request.path_params["name"], request.query_params
        keys = tuple(dict.fromkeys(asked_for.getlist("key")))[: MOST_KEYS + 1]
        line = asked_for.get("line", "")
        if not keys:
            raise asked.nothing_ticked()
        chosen = self.worker.ask(Chosen(
            out=str(out), track=asked_for.get("track"), keys=keys, line=line,
            lang=words_for(request).lang,
        ))
        if chosen is None or len(keys) > MOST_KEYS:
            raise asked.UnknownError
        known = places.plain(name, folder)
        return page(
            request, "reshape.html.j2", place=known, chosen=chosen, actions=SHAPE_STEPS,
            column=known.column_of(chosen.kind), line=line,
            likely="merge" if len(chosen.found) > 1 else "split",
        )

    async def draw(self, request: Request) -> Response:
        """Take the pieces that were drawn, each with its number, and begin to look at them."""
        return await run_in_threadpool(self._draw, request, await request.form())

    def _draw(self, request: Request, form: FormData) -> Response:
        folder, out = self._judged(request)
        typed = {
            name: [each for each in form.getlist(name) if isinstance(each, str)] for name in form
        }
        keys, texts = tuple(typed.get("key", ())), asked.texts(form)
        if not 0 < len(keys) <= MOST_KEYS:
            raise asked.UnknownError
        typed["action"] = ["merge" if len(keys) > 1 else "split"]
        own = brought.make(self.home, folder, DRAWN, typed)
        question = Draw(
            out=str(out), track=texts.get("track", ""), keys=keys, line=texts.get("line", ""),
            names=tuple(typed.get("piece", ())), path=str(own.file), lang=words_for(request).lang,
        )
        try:
            own = own._replace(typed=typed | {"layer": [self._drawn(question)], "column": [""]})
            own.keep()
            self._look(request, own, out)
        except BaseException:
            own.drop()
            raise
        return self._to(request, own)

    def _drawn(self, question: Draw) -> str:
        """Have what was drawn written, and say of which layer it is."""
        kind = self.worker.ask(question)
        if kind is None:
            raise asked.UnknownError
        return kind


def number_of(job: Job) -> tuple[str, str] | None:
    """Say where it is shown what a job looked at or entered: below what, and its number."""
    below = next((each.below for each in (TablePages, ShapePages) if job.kind in (
        each.looks, each.enters)), None)
    number = brought.number_of(job) if below else None
    return (below, number) if below and number else None
