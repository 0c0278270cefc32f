"""The pages of the plots of a place: which there are, the case of each, what is printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from landtrack.app import kept_what_ifs, notes, papers, places
from landtrack.app.case_types import FIGURES, OUTCOMES, Wanted
from landtrack.model.errors import LandtrackError
from landtrack.server import asked, previews
from landtrack.server.home import Home
from landtrack.server.jobs import Job, Jobs
from landtrack.server.questions import AskWhatIf, HasPlot, Issued, OneCase, Plots
from landtrack.server.routes import Address
from landtrack.server.speaking import may, page, words_for
from landtrack.server.worker import Worker

PRINT, VERIFY = "print", "verify"
"""Kinds of jobs, by their keys among the words."""
TYPED = (*FIGURES, "name", "by")
"""What is typed to ask what if, and to keep it."""
WHAT_IF = "/places/{name}/what-if"
AT_ONCE = 200
"""How many plots a page lists."""
QUIET_S = 0.5
"""How long a case is looked at before it is made ready to be asked what if."""
LONGEST = 40
"""Signs of a figure that is typed."""
FIELDS = ("drawn_by", "checked_by", "on", "scale", "paper")


class CasePages:
    """What the desk answers of plots and papers."""

    def __init__(self, home: Home, jobs: Jobs, worker: Worker) -> None:
        self.home, self.jobs, self.worker = home, jobs, worker

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/plots", "GET", self.plots),
            Address("/places/{name}/case", "GET", self.case),
            Address("/places/{name}/papers", "GET", self.papers),
            Address("/places/{name}/papers/{file}", "GET", self.paper),
            Address("/places/{name}/register", "GET", self.register),
            Address("/places/{name}/papers/{file}/verify", "POST", self.verify),
            Address(WHAT_IF, "GET", self.what_if),
            Address("/places/{name}/form", "POST", self.form),
            Address("/places/{name}/sheet", "POST", self.sheet),
            Address("/places/{name}/pack", "POST", self.pack),
        )

    def plots(self, request: Request) -> Response:
        """List the plots that are asked for."""
        known, held = self._place(request)
        which = _wanted(request.query_params)
        listed = self.worker.ask(Plots(
            out=held.out, token=held.token, wanted=which,
            first=asked.number(request.query_params.get("from", "")) or 0, most=AT_ONCE,
        ))
        return page(
            request, "plots.html.j2", place=known, listed=listed, which=which, at_once=AT_ONCE,
            outcomes=OUTCOMES, asked=_address(which),
        )

    def case(self, request: Request) -> Response:
        """Show why a plot stands as it does."""
        known, held = self._place(request)
        key, which = request.query_params.get("plot", ""), _wanted(request.query_params)
        own = self.worker.ask(OneCase(
            out=held.out, token=held.token, plot=key, lang=words_for(request).lang, wanted=which,
        ))
        if own is None:
            raise asked.UnknownError
        if may(request)(f"GET {WHAT_IF}"):
            self.worker.prepare(AskWhatIf(
                out=held.out, token=held.token, folder=str(known.folder), plot=key, changes={},
                lang="en",
            ), QUIET_S)
        return page(
            request, "case.html.j2", place=known, case=own, asked=_address(which),
            beside=own.beside, forms=papers.KINDS["form"], figures=FIGURES,
            typed=dict.fromkeys(TYPED, ""), **previews.form({}, plot=key),
            notes=_notes(request, known.folder, key), most_text=notes.MOST_TEXT,
            most_pictures=notes.MOST_PICTURES, **_kept(request, known.folder, key),
        )

    def papers(self, request: Request) -> Response:
        """List what was printed."""
        known = asked.place(self.home, request)
        return page(
            request, "papers.html.j2", place=known,
            papers=papers.listed(places.out_of(known.folder)),
            jobs=[each for each in self.jobs.of(known.name) if each.kind in {PRINT, VERIFY}],
        )

    def register(self, request: Request) -> Response:
        """List what was issued, each with its revisions and where it is kept."""
        known, held = self._place(request)
        asked_for = request.query_params
        text, state = asked_for.get("text", "")[:100], asked_for.get("state", "")
        told = self.worker.ask(Issued(
            out=held.out, token=held.token, text=text, state=state, most=AT_ONCE,
            first=asked.number(asked_for.get("from", "")) or 0,
        ))
        more = {name: own for name, own in (("text", text), ("state", state)) if own}
        return page(
            request, "register.html.j2", place=known, told=told, text=text, state=state,
            states=("current", "superseded", "gone"), at_once=AT_ONCE, proved=papers.PROVED,
            asked=f"&{urlencode(more, quote_via=quote)}" if more else "",
        )

    def paper(self, request: Request) -> Response:
        """Give what was printed, to be kept."""
        found, _ = self._paper(request)
        answer = FileResponse(found, media_type="application/octet-stream", filename=found.name)
        answer.headers["content-security-policy"] = "sandbox"
        return answer

    def verify(self, request: Request) -> Response:
        """Prove a sheet, an atlas or a pack by itself and by the store."""
        found, out = self._paper(request)
        if found.suffix not in papers.PROVED:
            raise asked.UnknownError
        return self._ask(request, VERIFY, "verify", [], out, [str(found)])

    async def form(self, request: Request) -> Response:
        """Print the vetting form of a plot."""
        typed, folder, out = await self._typed(request)
        kind = typed.get("as", "")
        if kind not in papers.KINDS["form"]:
            raise asked.UnknownError
        key = typed["plot"]
        made = papers.new(out, "form", key, kind)
        return self._ask(request, PRINT, "vet", [f"--{kind}={made}"], out, [key, str(folder)])

    def what_if(self, request: Request) -> Response:
        """Judge a plot with other figures, beside how it stands; nothing of it is stored."""
        known, held = self._place(request)
        asked_for = request.query_params
        typed = {name: asked_for.get(name, "").strip()[:LONGEST] for name in TYPED}
        question = AskWhatIf(
            out=held.out, token=held.token, folder=str(known.folder),
            plot=asked_for.get("plot", ""), lang=words_for(request).lang,
            changes={name: typed[name] for name in FIGURES if typed[name]},
        )
        told, fault = None, None
        try:
            told = self.worker.ask(question)
        except LandtrackError as error:  # said beside what was typed, to be corrected
            fault = asked.told(error, question.lang)
        if told is None and fault is None:
            raise asked.UnknownError
        return page(
            request, "what_if.html.j2", status=200 if fault is None else 409, place=known,
            plot=question.plot, told=told, fault=fault, typed=typed, figures=FIGURES,
            **_kept(request, known.folder, question.plot),
        )

    async def sheet(self, request: Request) -> Response:
        """Print a sheet of a plot, or of the place."""
        typed, _, out = await self._typed(request)
        template = typed.get("template", "")
        known = papers.templates().get(template)
        if known is None:
            raise asked.UnknownError
        key = typed["plot"] if known.of_plots else "all"
        made = papers.new(out, template, key, "pdf")
        return self._ask(request, PRINT, "sheet", [f"--out={made}", *stated(typed)], out, [
            template, *([f"plots:{key}"] if known.of_plots else []),
        ])

    async def pack(self, request: Request) -> Response:
        """Pack all papers of a plot."""
        typed, folder, out = await self._typed(request)
        made = papers.new(out, "pack", typed["plot"], "zip")
        own = {name: text for name, text in typed.items() if name not in {"scale", "paper"}}
        return self._ask(request, PRINT, "pack", [f"--out={made}", *stated(own)], out, [
            typed["plot"], str(folder),
        ])

    async def _typed(self, request: Request) -> tuple[dict[str, str], Path, Path]:
        """Read what was typed; the plot is one that there is."""
        typed = asked.texts(await request.form())
        folder = await run_in_threadpool(asked.folder, self.home, request)
        out = await run_in_threadpool(asked.judged, folder)
        known = HasPlot(out=str(out), plot=typed.get("plot", ""))
        if not await run_in_threadpool(self.worker.ask, known):
            raise asked.UnknownError
        return typed, folder, out

    def _ask(
        self, request: Request, kind: str, command: str, options: Sequence[str], out: Path,
        arguments: Sequence[str],
    ) -> Response:
        return asked.job(self.jobs, request, kind, [command], options, arguments, out=out)

    def _paper(self, request: Request) -> tuple[Path, Path]:
        """Find a paper and the outputs that it is among."""
        out = places.out_of(asked.folder(self.home, request))
        found = papers.file_of(out, request.path_params["file"])
        if found is None:
            raise asked.UnknownError
        return found, out

    def _place(self, request: Request) -> tuple[places.Plain, asked.Held]:
        """Find the place and its store."""
        known = asked.place(self.home, request)
        return known, asked.held(self.home, request, known.folder)


def _kept(request: Request, folder: Path, plot: str) -> dict[str, Any]:
    """Give the what-ifs that are kept of a plot, and what tells them from any others."""
    if not may(request)("GET /places/{name}/what-ifs"):
        return {"kept": (), "mark": ""}
    try:
        found = kept_what_ifs.of_plot(folder, places.out_of(folder), plot)
    except LandtrackError:  # the page that compares them says why
        return {"kept": None, "mark": ""}
    return {"kept": found, "mark": kept_what_ifs.mark(found)}


def _notes(request: Request, folder: Path, plot: str) -> tuple[notes.Note, ...] | None:
    """Give the notes of a plot; None where their file cannot be read."""
    if not may(request)("GET /places/{name}/notes"):
        return ()
    try:
        return notes.of_feature(folder, "plots", plot)
    except LandtrackError:  # their own page says why
        return None


def made_by(job: Job, out: Path) -> str | None:
    """Name the paper that a job made; None where it made none that is still there.

    ``out``: The outputs of its place.
    """
    for each in job.arguments.split("\0") if job.kind == PRINT else ():
        path = Path(each.partition("=")[2])
        if path.parent == out / papers.FOLDER and papers.file_of(out, path.name) == path:
            return path.name
    return None


def stated(typed: Mapping[str, str]) -> list[str]:
    """Write what is to stand on a sheet as options."""
    options = {"drawn_by": "--by", "checked_by": "--checked"}
    made = []
    for name in FIELDS:
        value = typed.get(name, "").strip()
        if value:
            made.append(f"{options.get(name, f'--{name}')}={value}")
    made += [f"--set={line}" for line in previews.values_of(typed)]
    return [*made, *(["--draft"] if typed.get("draft") else [])]


def _wanted(asked_for: QueryParams) -> Wanted:
    """Read which plots are wanted."""
    return Wanted(
        asked_for.get("outcome", ""), asked_for.get("rule", ""), asked_for.get("text", "")[:100],
        asked_for.get("nearest", "") == "yes",
    )


def _address(which: Wanted) -> str:
    """Write which plots are wanted as a part of an address, with & in front; empty for all."""
    told = {
        "outcome": which.outcome, "rule": which.rule, "text": which.text,
        "nearest": "yes" if which.nearest else "",
    }
    made = urlencode({name: value for name, value in told.items() if value}, quote_via=quote)
    return f"&{made}" if made else ""
