"""The pages of what two persons sign: the cases of a place, and what somebody does with one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app.sign_off_types import ACCEPT, REFUSE, SUBMIT, WITHDRAW, Told
from landtrack.model.errors import LandtrackError
from landtrack.server import asked
from landtrack.server.home import Home
from landtrack.server.questions import SignOff, SignOffs
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.worker import Worker

LONGEST = {"by": 80, "text": 2000, "clause": 200, "figure": 200, "document": 200}
"""Signs of what is typed."""
REASON = "reason:"
"""Before the key of a finding, in the name of the field of its reason."""


class SignOffPages:
    """What the desk answers of cases."""

    def __init__(self, home: Home, worker: Worker) -> None:
        self.home, self.worker = home, worker

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/sign-offs", "GET", self.show),
            Address("/places/{name}/sign-offs", "POST", self.sign),
        )

    def show(self, request: Request) -> Response:
        """Show the cases of a place, or those of a plot with the form that submits it."""
        return self._page(request, request.query_params.get("plot", ""))

    async def sign(self, request: Request) -> Response:
        """Submit a plot, or accept, refuse or withdraw a case."""
        return await run_in_threadpool(self._sign, request, asked.texts(await request.form()))

    def _sign(self, request: Request, typed: Mapping[str, str]) -> Response:
        folder, what = asked.folder(self.home, request), typed.get("do", "")
        plot, case = typed.get("plot", ""), asked.number(typed.get("case", ""))
        if what not in {SUBMIT, ACCEPT, REFUSE, WITHDRAW} or (what != SUBMIT and case is None):
            raise asked.UnknownError
        held = asked.held(self.home, request, folder)
        try:
            done = self.worker.ask(SignOff(
                out=held.out, token=held.token, what=what, on=plot if what == SUBMIT else str(case),
                typed=Told(**{
                    name: typed.get(name, "").strip()[:most] for name, most in LONGEST.items()
                }),
                reasons={
                    name.removeprefix(REASON): why.strip()[:LONGEST["text"]]
                    for name, why in typed.items() if name.startswith(REASON)
                },
            ))
        except LandtrackError as error:
            return self._page(request, plot, typed=typed, fault=error)
        if not done:
            raise asked.UnknownError
        shown = f"?{urlencode({'plot': plot}, quote_via=quote)}" if plot else ""
        return RedirectResponse(
            f"/places/{quote(request.path_params['name'])}/sign-offs{shown}", 303
        )

    def _page(
        self, request: Request, plot: str, *, typed: Mapping[str, str] | None = None,
        fault: LandtrackError | None = None,
    ) -> Response:
        """Show cases, and what was typed where it could not be done."""
        folder = asked.folder(self.home, request)
        lang = words_for(request).lang
        held = asked.held(self.home, request, folder)
        seen = self.worker.ask(SignOffs(out=held.out, token=held.token, plot=plot, lang=lang))
        if seen is None:
            raise asked.UnknownError
        return page(
            request, "sign_offs.html.j2", status=200 if fault is None else 409,
            place=asked.place(self.home, request), seen=seen, plot=plot,
            typed=defaultdict(str, typed or {}), nothing=defaultdict(str),
            fault=None if fault is None else asked.told(fault, lang), longest=LONGEST,
        )
