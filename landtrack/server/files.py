"""The pages of the files of a place: what came, what it is, and what waits to take its place."""

from __future__ import annotations

import getpass
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple, TypeVar
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import changes_seen, deliver, files_seen, partials, places
from landtrack.model import translations
from landtrack.model.errors import LandtrackError
from landtrack.server import asked, catalogs, differences, uploads
from landtrack.server.guard import TooMuchError
from landtrack.server.home import Home
from landtrack.server.jobs import DONE, REFUSED, STOPPED, Job, Jobs
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for

UPLOAD, INSPECT = "upload", "inspect"
"""Kinds of jobs, by their keys among the words."""
MOST_LINES = 400
NOTHING: Mapping[str, str] = MappingProxyType({})
T = TypeVar("T")


class Waits(NamedTuple):
    """What waits to take the place of another, and what is known of how it differs.

    ``key``: The column that tells features apart, where the catalog says it; ``columns`` those
    there are, where it does not. ``drawn``: Small maps of how it differs, by layer. ``named``:
    Whether the catalog reads the file; ``judged`` what would be judged otherwise. ``listed``: All
    of what is known to differ.
    """

    delivered: deliver.Delivery
    key: str
    columns: tuple[str, ...]
    differs: Job | None
    drawn: Mapping[str, files_seen.Drawn]
    named: bool
    judged: Job | None
    listed: changes_seen.Listed | None


class FilePages:
    """What the desk answers of files."""

    def __init__(self, home: Home, jobs: Jobs) -> None:
        self.home, self.jobs = home, jobs

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        here = "/places/{name}/files"
        return (
            Address("/new", "GET", self.new),
            Address("/new", "POST", self.make, uploads.MOST),
            Address(here, "GET", self.files),
            Address(here, "POST", self.bring, uploads.MOST),
            Address("/places/{name}/inspect", "POST", self.inspect),
            Address(f"{here}/{{number}}/differs", "POST", self.differs),
            Address(f"{here}/{{number}}/preview", "POST", self.preview),
            Address(f"{here}/{{number}}/take", "POST", self.take),
            Address(f"{here}/{{number}}/drop", "POST", self.drop),
            Address(f"{here}/{{number}}/back", "POST", self.put_back),
            Address("/places/{name}/out", "POST", self.take_out),
        )

    def new(self, request: Request) -> Response:
        """Ask for the files of a new place."""
        self.may_be_new()
        return page(
            request, "new.html.j2", folder=self.home.served,
            halves=partials.listed(self.home.served, self.home.mark),
        )

    async def make(self, request: Request) -> Response:
        """Make a place of files."""
        await run_in_threadpool(self.may_be_new)
        number = await run_in_threadpool(self.jobs.begin, "", UPLOAD)
        took, fields = await self._received(request, self.home.served, number)
        name, receipt = await self.settled(
            request, took, number, lambda: took.settle_as(fields.get("title", [""])[-1])
        )
        await run_in_threadpool(self.came, request, number, name, receipt)
        return self.to_files(name)

    def files(self, request: Request) -> Response:
        """Show the files of a place."""
        name, folder = request.path_params["name"], asked.folder(self.home, request)
        words = words_for(request)
        known = places.plain(name, folder)
        seen = files_seen.files(folder, self.home.seen(folder), words, self.home.maps(folder))
        jobs = self.jobs.of(name, 50)
        return page(
            request, "files.html.j2", place=known, files=seen,
            own=not places.is_demo(folder),
            halves=partials.listed(folder, self.home.mark),
            waits=[
                self._waits(folder, known, each, jobs, words)
                for each in deliver.deliveries(folder)
            ],
            before=deliver.previous(folder), whats=changes_seen.WHATS,
            upload=next((each for each in jobs if each.kind == UPLOAD), None),
            inspect=next((each for each in jobs if each.kind == INSPECT), None),
        )

    async def bring(self, request: Request) -> Response:
        """Take files into a place."""
        name, folder = request.path_params["name"], await run_in_threadpool(
            asked.folder, self.home, request
        )
        await run_in_threadpool(places.insist_on_own, folder)
        number = await run_in_threadpool(self.jobs.begin, name, UPLOAD)
        took, _ = await self._received(request, folder, number)
        receipt = await self.settled(request, took, number, took.settle)
        await run_in_threadpool(self.came, request, number, name, receipt)
        return self.to_files(name)

    def inspect(self, request: Request) -> Response:
        """Look at all files anew."""
        folder = asked.folder(self.home, request)
        self._inspect(request, request.path_params["name"], folder)
        return self.to_files(request.path_params["name"])

    async def differs(self, request: Request) -> Response:
        """Compare what waits with what is there."""
        key = (await request.form()).get("key")
        return await run_in_threadpool(self._differs, request, key)

    def _differs(self, request: Request, key: object) -> Response:
        folder = asked.folder(self.home, request)
        own = deliver.delivery(folder, request.path_params["number"])
        if not isinstance(key, str) or not key:
            raise asked.UnknownError
        return self._compared(request, folder, own, key)

    def _compared(
        self, request: Request, folder: Path, own: deliver.Delivery, key: str
    ) -> Response:
        """Compare what waits with what is there, and say what would be judged otherwise."""
        known = places.plain(request.path_params["name"], folder)
        there = next((
            each for each in deliver.files_of(folder) if each.casefold() == own.main.casefold()
        ), None)
        if there is None:
            raise asked.UnknownError
        at = deliver.where(folder, own) / own.main
        number = differences.ask(
            self.home, self.jobs, request, own.id, (folder / there, at), key
        )
        if places.is_judged(folder) and any(map(known.names, own.files)):
            self._previewed(request, folder, own)
        return RedirectResponse(f"/jobs/{number}", 303)

    def put_back(self, request: Request) -> Response:
        """Have what was there before wait, and say how it differs from what is there."""
        name, folder = request.path_params["name"], asked.folder(self.home, request)
        places.insist_on_own(folder)
        own = deliver.put_back(folder, request.path_params["number"])
        key = places.plain(name, folder).key_of(own.main)
        there = {each.casefold() for each in deliver.files_of(folder)}
        if key and own.main.casefold() in there:
            return self._compared(request, folder, own, key)
        return self.to_files(name)

    async def take_out(self, request: Request) -> Response:
        """Take a file out of the place; it is kept, and can be put back."""
        typed = asked.texts(await request.form())
        return await run_in_threadpool(self._take_out, request, typed.get("file", ""))

    def _take_out(self, request: Request, file: str) -> Response:
        name, folder = request.path_params["name"], asked.folder(self.home, request)
        places.insist_on_own(folder)
        had = files_seen.counts(folder, self.home.seen(folder)).get(file, {})
        deliver.take_out(folder, file, by=_who(), had=had)
        self._inspect(request, name, folder)
        return self.to_files(name)

    def preview(self, request: Request) -> Response:
        """Ask what would be judged otherwise by what waits."""
        folder = asked.folder(self.home, request)
        own = deliver.delivery(folder, request.path_params["number"])
        return self._previewed(request, folder, own)

    def _previewed(
        self, request: Request, folder: Path, own: deliver.Delivery
    ) -> Response:
        return catalogs.preview(
            self.jobs, request, folder, [f"--delivery={own.id}"],
            self.home.judged(folder, own.id),
        )

    def take(self, request: Request) -> Response:
        """Let what waits take the place of what is there."""
        folder = asked.folder(self.home, request)
        number = request.path_params["number"]
        deliver.take(folder, number, by=_who(), had=self._had(folder, number))
        self._forget(folder, number)
        self._inspect(request, request.path_params["name"], folder)
        return self.to_files(request.path_params["name"])

    def _had(self, folder: Path, number: str) -> dict[str, int]:
        """Count the features of what a delivery takes the place of, as they were seen."""
        main = deliver.delivery(folder, number).main.casefold()
        seen = files_seen.counts(folder, self.home.seen(folder))
        return next((own for name, own in seen.items() if name.casefold() == main), {})

    def drop(self, request: Request) -> Response:
        """Throw away what waits."""
        folder = asked.folder(self.home, request)
        deliver.drop(folder, request.path_params["number"])
        self._forget(folder, request.path_params["number"])
        return self.to_files(request.path_params["name"])

    def _forget(self, folder: Path, number: str) -> None:
        """Throw away what was drawn of a delivery that does not wait any more."""
        for path in (self.home.differs, self.home.changes, self.home.judged):
            path(folder, number).unlink(missing_ok=True)

    def may_be_new(self) -> None:
        """Insist that the desk serves a folder of places, not a place."""
        if not places.may_hold_new(self.home.served):
            raise asked.UnknownError

    async def _received(
        self, request: Request, folder: Path, number: int
    ) -> tuple[deliver.Incoming, dict[str, list[str]]]:
        """Take in what a form brings; where it does not come whole, nothing is left of it."""
        took: deliver.Incoming | None = None
        try:
            took = await run_in_threadpool(
                deliver.Incoming, folder, mark=self.home.mark, expected=uploads.expected(request)
            )
            return took, await uploads.receive(request, took)
        except BaseException as error:
            self._failed(request, took, number, error)  # at once: the request may be cancelled
            raise

    async def settled(
        self, request: Request, took: deliver.Incoming, number: int, settle: Callable[[], T]
    ) -> T:
        """Put what came where it belongs; where it cannot be, nothing is left of it."""
        try:
            return await run_in_threadpool(settle)
        except LandtrackError as error:
            await run_in_threadpool(self._failed, request, took, number, error)
            raise

    def _failed(
        self, request: Request, took: deliver.Incoming | None, number: int, error: BaseException
    ) -> None:
        """Leave nothing of what did not come whole, and note why."""
        if took is not None:
            took.drop()
        words, said = words_for(request), ""
        if isinstance(error, LandtrackError):
            said = " ".join(asked.told(error, words.lang).values())
        elif isinstance(error, TooMuchError):
            said = words("desk.refused.too_much")
        broken = isinstance(error, ClientDisconnect)
        self.jobs.end(number, STOPPED if broken else REFUSED, said)

    def came(
        self, request: Request, number: int, name: str, receipt: deliver.Receipt,
        digests: Mapping[str, str] = NOTHING,
    ) -> None:
        """Note what came, and have it inspected.

        ``digests``: The SHA-256 of files that came in pieces, by name.
        """
        said = [_said(receipt, words_for(request)), *(
            f"SHA-256 {digest} {named}" for named, digest in digests.items()
        )]
        self.jobs.end(number, DONE, "\n".join(filter(None, said)), place=name)
        folder = asked.listed(self.home).get(name)
        if folder is not None and receipt.taken:
            self._inspect(request, name, folder)

    def _inspect(self, request: Request, name: str, folder: Path) -> int:
        """Begin to look at the files of a place."""
        typed = [
            INSPECT, str(folder), "--save", str(self.home.seen(folder)),
            "--maps", str(self.home.maps(folder)),
        ]
        if (code := differences.crs_of(places.plain(name, folder))) is not None:
            typed += ["--near", code]
        return self.jobs.ask(name, INSPECT, [*typed, "--lang", words_for(request).lang])

    def _waits(
        self, folder: Path, known: places.Plain, delivered: deliver.Delivery, jobs: list[Job],
        words: translations.Words,
    ) -> Waits:
        main = delivered.main
        key = known.key_of(main)
        layers = files_seen.columns(folder, self.home.seen(folder)).get(main, {})
        columns = dict.fromkeys(column for layer in layers.values() for column in layer)
        own = str(deliver.where(folder, delivered) / main)
        differs = next((
            each for each in jobs
            if each.kind == differences.DIFF and own in each.arguments.split("\0")
        ), None)
        judged = next((
            each for each in jobs
            if each.kind == catalogs.PREVIEW
            and f"--delivery={delivered.id}" in each.arguments.split("\0")
        ), None)
        return Waits(
            delivered, key, tuple(columns), differs,
            files_seen.changes(self.home.differs(folder, delivered.id), words)
            if differs is not None and differs.state == DONE else {},
            any(map(known.names, delivered.files)), judged, changes_seen.together(
                changes_seen.read(self.home.changes(folder, delivered.id)),
                changes_seen.read(self.home.judged(folder, delivered.id)),
            ),
        )

    @staticmethod
    def to_files(name: str) -> Response:
        """Go to the page of the files of a place."""
        return RedirectResponse(f"/places/{quote(name)}/files", 303)


def _who() -> str:
    """Name who sits at this computer, as it knows them; empty where it does not."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""


def _said(receipt: deliver.Receipt, words: translations.Words) -> str:
    """Say what became of what came, a line a file."""
    lines = [
        words(f"desk.came.{kind}", file=each)
        for kind, files in zip(receipt._fields, receipt, strict=True) for each in files
    ]
    more = len(lines) - MOST_LINES
    return "\n".join([*lines[:MOST_LINES], *([f"… +{more}"] if more > 0 else [])])
