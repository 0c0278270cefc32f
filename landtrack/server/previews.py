"""A sheet beside the form that prints it, as it would be issued; nothing is entered by looking."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from landtrack.app import papers, places
from landtrack.app.papers import Previewed
from landtrack.model.errors import LandtrackError
from landtrack.server import asked
from landtrack.server.home import Home
from landtrack.server.questions import HasPlot, PreviewSheet
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.worker import Worker

FIELDS = ("template", "scale", "paper", "drawn_by", "checked_by", "on", "values", "draft")
"""What is typed for a sheet."""
NAMED = ("drawn_by", "checked_by")
"""Of what a sheet may lack, what has a field of its own."""
VALUE = "value."
"""Stands before the name of any other value that is asked for in an input."""
NAMED_VALUE = re.compile(r"value\.\w{1,60}")
PAPERS = ("A4", "A3", "A2", "A1", "A0")
LONGEST = 4000
"""Signs of what is typed in one field."""
QUIET_S = 1.0


class PreviewPages:
    """What the desk answers who wants to see a sheet before it is printed.

    They are drawn by a worker of their own: no other page waits for them, nor they for a job.
    """

    def __init__(self, home: Home, worker: Worker, drawer: Worker) -> None:
        self.home, self.worker, self.drawer = home, worker, drawer

    def table(self) -> tuple[Address, ...]:
        """List the addresses: those that print, asked and not told."""
        return (
            Address("/places/{name}/sheet", "GET", self.sheet),
            Address("/places/{name}/atlas", "GET", self.atlas),
        )

    def sheet(self, request: Request) -> Response:
        """Show a sheet of a plot, or of the place."""
        plot = request.query_params.get("plot", "")
        known = papers.templates().get(request.query_params.get("template", ""))
        out = asked.judged(asked.folder(self.home, request))
        if known is None or not self.worker.ask(HasPlot(out=str(out), plot=plot)):
            raise asked.UnknownError
        return self._page(request, out, f"plots:{plot}" if known.of_plots else "*", plot=plot)

    def atlas(self, request: Request) -> Response:
        """Show a sheet of an atlas, the first where none is asked for."""
        of = request.query_params.get("of", "").strip()[:LONGEST]
        if request.query_params.get("template", "") not in papers.of_many():
            raise asked.UnknownError
        out = asked.judged(asked.folder(self.home, request))
        return self._page(request, out, of or "*", of=of)

    def _page(self, request: Request, out: Path, selection: str, **subject: str) -> Response:
        words, asked_for = words_for(request), request.query_params
        typed = {name: asked_for.get(name, "")[:LONGEST] for name in FIELDS}
        typed["values"] = "\n".join(values_of(dict(asked_for)))[:LONGEST]
        seen, fault = None, None
        try:
            seen = self.drawer.ask(PreviewSheet(
                out=str(out), template=typed["template"], selection=selection, typed=typed,
                at=asked.number(asked_for.get("at", "")) or 0, lang=words.lang,
            ))
        except LandtrackError as error:  # said in the place of the sheet, beside what was typed
            fault = asked.told(error, words.lang)
        if seen is None and fault is None:
            raise asked.UnknownError
        return page(
            request, "sheet.html.j2", status=200 if fault is None else 409,
            place=places.plain(request.path_params["name"], asked.folder(self.home, request)),
            **form(typed, seen=seen, fault=fault, **subject),
        )


def form(
    typed: Mapping[str, str], *, plot: str = "", of: str = "", seen: Previewed | None = None,
    fault: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Give what the form of a sheet shows: of a plot, or of what is named where there is none.

    ``typed``: What was typed, by its name; blank where not given.
    ``seen``, ``fault``: The sheet as it would be issued, or why there is none; neither at first.
    """
    lacks = {} if seen is None else seen.lacks
    told = {name: each for name, each in {**typed, "plot": plot, "of": of}.items() if each}

    def turned(at: int) -> str:
        """Write the address of another of those sheets."""
        return urlencode({**told, "at": at}, quote_via=quote)

    return {
        "sheet": {
            "typed": {**dict.fromkeys(FIELDS, ""), **typed}, "plot": plot, "of": of,
            "templates": papers.templates() if plot else papers.of_many(), "papers": PAPERS,
            "lacks": lacks, "others": {
                name: each for name, each in lacks.items() if name not in NAMED
            },
            "turned": turned, "seen": seen, "fault": fault, "pages": () if seen is None else [
                (f"data:image/png;base64,{base64.b64encode(each.png).decode()}", *each[1:])
                for each in seen.shown
            ],
        },
    }


def values_of(typed: Mapping[str, str]) -> list[str]:
    """List what is stated for a sheet, as ``name=value``: in inputs of its own, and in lines."""
    own = [
        f"{name.removeprefix(VALUE)}={value.strip()}" for name, value in typed.items()
        if NAMED_VALUE.fullmatch(name) and value.strip()
    ]
    return [*filter(None, map(str.strip, typed.get("values", "").splitlines())), *own]
