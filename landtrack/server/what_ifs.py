"""What-ifs that are kept under a name and compared, and the decision that is drafted of a case."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import kept_what_ifs, papers, places
from landtrack.app.case_types import FIGURES
from landtrack.model.errors import LandtrackError
from landtrack.server import asked
from landtrack.server.cases import LONGEST, PRINT
from landtrack.server.home import Home
from landtrack.server.jobs import Jobs
from landtrack.server.questions import CompareWhatIfs, Draft, HasPlot, KeepWhatIf, RemoveWhatIf
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.worker import Worker

MOST_SIGNS = 8000
"""Signs of a decision: it is handed to a command, and no system takes one of any length."""
NAMED = 60
"""Signs of a name."""


class WhatIfPages:
    """What the desk answers of what-ifs that are kept, and of decisions."""

    def __init__(self, home: Home, jobs: Jobs, worker: Worker) -> None:
        self.home, self.jobs, self.worker = home, jobs, worker

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/what-ifs", "GET", self.compare),
            Address("/places/{name}/what-ifs", "POST", self.keep),
            Address("/places/{name}/what-ifs/remove", "POST", self.remove),
            Address("/places/{name}/decision", "GET", self.decision),
            Address("/places/{name}/decision", "POST", self.print),
        )

    def compare(self, request: Request) -> Response:
        """Show all what-ifs of a plot side by side."""
        return self._compared(request, request.query_params.get("plot", ""))

    async def keep(self, request: Request) -> Response:
        """Keep a what-if under a name."""
        typed = asked.texts(await request.form())
        return await run_in_threadpool(self._keep, request, typed)

    def _keep(self, request: Request, typed: Mapping[str, str]) -> Response:
        folder, out = self._judged(request)
        figures = {name: typed.get(name, "").strip()[:LONGEST] for name in FIGURES}
        return self._changed(request, typed, KeepWhatIf(
            out=str(out), folder=str(folder), plot=typed.get("plot", ""),
            name=_plain(typed.get("name", ""))[:NAMED], by=_plain(typed.get("by", ""))[:NAMED],
            changes={name: value for name, value in figures.items() if value},
            seen=typed.get("seen", ""),
        ))

    async def remove(self, request: Request) -> Response:
        """Remove a what-if."""
        typed = asked.texts(await request.form())
        return await run_in_threadpool(self._remove, request, typed)

    def _remove(self, request: Request, typed: Mapping[str, str]) -> Response:
        folder, out = self._judged(request)
        return self._changed(request, {"plot": typed.get("plot", "")}, RemoveWhatIf(
            out=str(out), folder=str(folder), plot=typed.get("plot", ""),
            name=typed.get("name", ""), seen=typed.get("seen", ""),
        ))

    def decision(self, request: Request) -> Response:
        """Show the draft of a decision, to be gone over."""
        known = asked.place(self.home, request)
        held = asked.held(self.home, request, known.folder)
        asked_for = request.query_params
        key, name = asked_for.get("plot", ""), asked_for.get("name", "")
        text = self.worker.ask(Draft(
            out=held.out, token=held.token, folder=str(known.folder), plot=key, name=name,
            lang=words_for(request).lang,
        ))
        if text is None:
            raise asked.UnknownError
        return page(
            request, "decision.html.j2", place=known, plot=key, name=name, text=text,
            forms=papers.KINDS["form"], most=MOST_SIGNS,
        )

    async def print(self, request: Request) -> Response:
        """Print a decision, as it was gone over, with the vetting form."""
        typed = asked.texts(await request.form())
        folder, out = await run_in_threadpool(self._judged, request)
        key, kind, name = (typed.get(each, "") for each in ("plot", "as", "name"))
        known = HasPlot(out=str(out), plot=key)
        if kind not in papers.KINDS["form"] or not await run_in_threadpool(self.worker.ask, known):
            raise asked.UnknownError
        figures: Mapping[str, str] = {}
        if name:
            every = await run_in_threadpool(kept_what_ifs.of_plot, folder, out, key)
            own = next((each for each in every if each.name == name), None)
            if own is None:
                raise asked.UnknownError
            figures = own.figures
        made = await run_in_threadpool(papers.new, out, "decision", key, kind)
        text = typed.get("text", "").replace("\r\n", "\n")[:MOST_SIGNS]
        return asked.job(
            self.jobs, request, PRINT, ["vet"],
            [f"--{kind}={made}", f"--decision={text}",
             *(f"--set={each}={value}" for each, value in figures.items())],
            [key, str(folder)], out=out,
        )

    def _changed(
        self, request: Request, typed: Mapping[str, str], question: KeepWhatIf | RemoveWhatIf
    ) -> Response:
        """Change what is kept of a plot; what is refused is said beside what is kept now."""
        try:
            found = self.worker.ask(question)
        except LandtrackError as error:
            fault = asked.told(error, words_for(request).lang)
            return self._compared(request, question.plot, typed=typed, fault=fault)
        if not found:
            raise asked.UnknownError
        name = quote(request.path_params["name"])
        return RedirectResponse(
            f"/places/{name}/what-ifs?{urlencode({'plot': question.plot})}", 303
        )

    def _compared(
        self, request: Request, key: str, *, typed: Mapping[str, str] | None = None,
        fault: Mapping[str, str] | None = None,
    ) -> Response:
        """Show what is kept of a plot, and what was typed where it could not be kept."""
        folder, out = self._judged(request)
        told, why = None, fault
        try:
            told = self.worker.ask(CompareWhatIfs(
                out=str(out), folder=str(folder), plot=key, lang=words_for(request).lang
            ))
        except LandtrackError as error:
            why = why or asked.told(error, words_for(request).lang)
        else:
            if told is None:
                raise asked.UnknownError
        return page(
            request, "what_ifs.html.j2", status=409 if why else 200, told=told, fault=why,
            place=places.plain(request.path_params["name"], folder), plot=key, figures=FIGURES,
            typed={each: (typed or {}).get(each, "") for each in (*FIGURES, "name", "by")},
            form=bool(typed and "name" in typed),
            mark="" if told is None else told.mark,
        )

    def _judged(self, request: Request) -> tuple[Path, Path]:
        """Find a place and its outputs; there is a store among them."""
        folder = asked.folder(self.home, request)
        return folder, asked.judged(folder)


def _plain(text: str) -> str:
    """Leave out what cannot be seen of a name."""
    return " ".join("".join(each for each in text if each.isprintable()).split())
