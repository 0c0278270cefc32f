"""What the map asks of the desk about trial plots: those that are kept, outlines of files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from landtrack.app import trials
from landtrack.model import whole_file
from landtrack.model.errors import LandtrackError
from landtrack.server import asked, uploads
from landtrack.server.home import Home
from landtrack.server.jobs import DONE, Job, Jobs
from landtrack.server.routes import Address
from landtrack.server.speaking import words_for

MOST = 256 * 1024
"""Bytes of a trial plot that is sent."""
MOST_BROUGHT = 256 << 20
"""Bytes of a file that outlines are taken from."""
OUTLINES = "outlines"
"""A kind of jobs, by its key among the words."""
FOUND = "outlines.json"

Mark = Annotated[str, msgspec.Meta(max_length=40)]
Name = Annotated[str, msgspec.Meta(max_length=80)]


class Keep(msgspec.Struct, forbid_unknown_fields=True):
    """A trial plot that is to be kept; ``seen`` is the mark of that which it takes the place of."""

    trial: trials.Drawn
    seen: Mark


class Rename(msgspec.Struct, forbid_unknown_fields=True):
    """Another name for one that was seen."""

    name: Name
    to: Name
    seen: Mark


class Remove(msgspec.Struct, forbid_unknown_fields=True):
    """One that was seen and is to go."""

    name: Name
    seen: Mark


class TrialPages:
    """What the desk answers of trial plots, as JSON."""

    def __init__(self, home: Home, jobs: Jobs) -> None:
        self.home, self.jobs = home, jobs

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        here = "/places/{name}/trials"
        return (
            Address(here, "GET", self.list),
            Address(f"{here}/keep", "POST", self.keep, MOST),
            Address(f"{here}/rename", "POST", self.rename),
            Address(f"{here}/remove", "POST", self.remove),
            Address(f"{here}/bring", "POST", self.bring, MOST_BROUGHT),
            Address(f"{here}/brought/{{number}}", "GET", self.brought),
        )

    def list(self, request: Request) -> Response:
        """List those that are kept."""
        return self._said(request, trials.listed)

    async def keep(self, request: Request) -> Response:
        """Keep one under its name."""
        body = await request.body()

        def kept(folder: Path) -> object:
            told = trials.decoded(body, Keep)
            return trials.keep(folder, told.trial, told.seen)

        return await run_in_threadpool(self._said, request, kept)

    async def rename(self, request: Request) -> Response:
        """Give one another name."""
        body = await request.body()

        def renamed(folder: Path) -> object:
            told = trials.decoded(body, Rename)
            return trials.rename(folder, told.name, told.to, told.seen)

        return await run_in_threadpool(self._said, request, renamed)

    async def remove(self, request: Request) -> Response:
        """Remove one."""
        body = await request.body()

        def removed(folder: Path) -> object:
            told = trials.decoded(body, Remove)
            trials.remove(folder, told.name, told.seen)
            return None

        return await run_in_threadpool(self._said, request, removed)

    async def bring(self, request: Request) -> Response:
        """Begin to read the outlines of a file that is brought."""
        folder = await run_in_threadpool(asked.folder, self.home, request)
        try:
            path, fields = await uploads.one(request, self.home, self.home.brought)
        except LandtrackError as error:
            return as_json(asked.told(error, words_for(request).lang, request), 409)
        stated = fields.get("crs", [""])[-1].strip()
        number = await run_in_threadpool(
            self.jobs.ask, request.path_params["name"], OUTLINES, [
                "outlines", f"--place={folder}", f"--save={path.parent / FOUND}",
                *([f"--from-crs={stated}"] if stated else []),
                f"--lang={words_for(request).lang}", "--", str(path),
            ],
        )
        return as_json({"job": number})

    def brought(self, request: Request) -> Response:
        """Give the outlines of a file that was brought, or say why there are none yet."""
        number = asked.number(request.path_params["number"])
        job = None if number is None else self.jobs.get(number)
        if job is None or (job.kind, job.place) != (OUTLINES, request.path_params["name"]):
            raise asked.UnknownError
        path = self._found(job) if job.state == DONE else None
        found = None if path is None else msgspec.Raw(whole_file.read(path))
        return as_json({"state": job.state, "said": job.said, "found": found})

    def _found(self, job: Job) -> Path | None:
        """Find what a job wrote; None where it is gone."""
        named = (each.partition("=") for each in job.arguments.split("\0"))
        path = next((Path(value) for name, _, value in named if name == "--save"), None)
        inside = path is not None and path.parent.parent == self.home.brought
        return path if inside and path is not None and path.is_file() else None

    def _said(self, request: Request, work: Callable[[Path], object]) -> Response:
        """Answer in JSON; where another one is there, with that; an expected failure in words."""
        folder = asked.folder(self.home, request)
        try:
            return as_json(work(folder))
        except trials.ChangedError as error:
            return as_json({"name": error.name, "theirs": error.theirs}, 409)
        except LandtrackError as error:
            return as_json(asked.told(error, words_for(request).lang, request), 409)


def as_json(value: object, status: int = 200) -> Response:
    """Answer with plain values."""
    return Response(msgspec.json.encode(value), status, media_type="application/json")
