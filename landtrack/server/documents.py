"""Documents of a whole place: atlas, report, what differs between days; files to be verified."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from landtrack.app import papers, places
from landtrack.model.errors import SourceError
from landtrack.server import asked, differences, previews, uploads
from landtrack.server.cases import PRINT, VERIFY, stated
from landtrack.server.home import Home
from landtrack.server.jobs import Jobs
from landtrack.server.routes import Address
from landtrack.server.speaking import page
from landtrack.server.standings import Standings

DAYS = "days"
"""A kind of jobs, by its key among the words."""
YEAR = re.compile(r"(19|20)[0-9]{2}")
LONGEST = 200
"""Signs of what may be named at once."""


class DocumentPages:
    """What the desk answers of documents of a whole place."""

    def __init__(self, home: Home, jobs: Jobs, standings: Standings) -> None:
        self.home, self.jobs, self.standings = home, jobs, standings

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/documents", "GET", self.show),
            Address("/places/{name}/atlas", "POST", self.atlas),
            Address("/places/{name}/report", "POST", self.report),
            Address("/places/{name}/days", "POST", self.days),
            Address("/places/{name}/verify", "POST", self.verify, uploads.MOST),
        )

    def show(self, request: Request) -> Response:
        """Offer what can be made."""
        folder, out = self._judged(request)
        asked_for = request.query_params
        template, of = (asked_for.get(each, "")[:LONGEST] for each in ("template", "of"))
        return page(
            request, "documents.html.j2", **previews.form({"template": template}, of=of),
            place=places.plain(request.path_params["name"], folder),
            open_numbers=self.standings.open_numbers(asked.Held(str(out)), folder),
        )

    async def atlas(self, request: Request) -> Response:
        """Print a sheet of each feature that is named."""
        typed = asked.texts(await request.form())
        template, of = typed.get("template", ""), typed.get("of", "").strip() or "*"
        if template not in papers.of_many():
            raise asked.UnknownError
        _, out = await run_in_threadpool(self._judged, request)
        made = await run_in_threadpool(papers.new, out, f"atlas-{template}", of, "pdf")
        return asked.job(
            self.jobs, request, PRINT, ["atlas"], [f"--out={made}", *stated(typed)],
            [template, of], out=out,
        )

    async def report(self, request: Request) -> Response:
        """Write the report, and the summary of a year where one is named."""
        typed = asked.texts(await request.form())
        year = typed.get("year", "").strip()
        folder, out = await run_in_threadpool(self._judged, request)
        if year and not YEAR.fullmatch(year):
            raise SourceError(f"{year[:40]} is no year.", mend="Write it so: 2026.")
        made = await run_in_threadpool(papers.folder_for, out, f"report-{year}" if year else (
            "report"
        ))
        return asked.job(
            self.jobs, request, PRINT, ["report"],
            [f"--out={made}", *([f"--year={year}"] if year else [])], [str(folder)], out=out,
        )

    async def days(self, request: Request) -> Response:
        """List what differs between two days."""
        typed = asked.texts(await request.form())
        folder, out = await run_in_threadpool(self._judged, request)
        days = [_day(typed.get(name, "")) for name in ("before", "after")]
        if days[0] >= days[1]:
            raise SourceError(
                f"{days[1]} is not after {days[0]}.", mend="Name the earlier day first."
            )
        kept = self.home.changes(folder, differences.named(*days))
        await run_in_threadpool(differences.forget, self.home, folder)
        return asked.job(
            self.jobs, request, DAYS, ["diff"], [f"--save={kept}"], [*days, str(folder)], out=out
        )

    async def verify(self, request: Request) -> Response:
        """Verify a file that is brought, by itself and by the store."""
        _, out = await run_in_threadpool(self._judged, request)
        path, _ = await uploads.one(request, self.home, self.home.brought)
        return asked.job(self.jobs, request, VERIFY, ["verify"], [], [str(path)], out=out)

    def _judged(self, request: Request) -> tuple[Path, Path]:
        """Find a place and its outputs; there is a store among them."""
        folder = asked.folder(self.home, request)
        return folder, asked.judged(folder)


def _day(text: str) -> str:
    """Read a day as a browser sends it."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError as error:
        raise SourceError(
            f"{text.strip()[:40]} is no day.", mend="Write it so: 2026-11-30."
        ) from error
