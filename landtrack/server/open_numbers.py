"""The open numbers of the yearly report and summaries as a work list, and forms to state them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import places, stated_figures, toml_edit
from landtrack.model import NO_STATE, lacking
from landtrack.model.errors import LandtrackError
from landtrack.server import asked
from landtrack.server.home import Home
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for
from landtrack.server.standings import Standings

LONGEST = 200
"""Signs of what is typed that are shown again."""


class NumberPages:
    """What the desk answers of numbers that a report needs and the layers do not give."""

    def __init__(self, home: Home, standings: Standings) -> None:
        self.home, self.standings = home, standings

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/numbers", "GET", self.show),
            Address("/places/{name}/numbers", "POST", self.state),
        )

    def show(self, request: Request) -> Response:
        """List what is open, each with where it is mended."""
        folder, told = self._told(request)
        return self._page(request, folder, told)

    async def state(self, request: Request) -> Response:
        """Take what is stated of a figure, or take it back."""
        form = asked.texts(await request.form())
        return await run_in_threadpool(self._state, request, form)

    def _state(self, request: Request, form: Mapping[str, str]) -> Response:
        folder, told = self._told(request)
        own = next((each for each in told["numbers"] if each["id"] == form.get("figure")), None)
        if own is None:
            raise asked.UnknownError
        try:
            stated = None if "back" in form else stated_figures.typed(
                form, own["unit"], date.today()  # noqa: DTZ011  the day here
            )
            stated_figures.state(folder, own["id"], stated, form.get("seen", ""))
        except toml_edit.ChangedError:
            return self._page(request, folder, told, form, changed=True)
        except LandtrackError as error:
            return self._page(request, folder, told, form, fault=error)
        return RedirectResponse(f"{request.url.path}#{own['id']}", status_code=303)

    def _told(self, request: Request) -> tuple[Path, Mapping[str, Any]]:
        """Give the folder of a place, and its overview."""
        folder = asked.folder(self.home, request)
        return folder, self.standings.overview(asked.held(self.home, request, folder), folder)

    def _page(
        self, request: Request, folder: Path, told: Mapping[str, Any],
        typed: Mapping[str, str] | None = None, *, fault: LandtrackError | None = None,
        changed: bool = False,
    ) -> Response:
        words = words_for(request)
        typed = {name: value[:LONGEST] for name, value in (typed or {}).items()}
        return page(
            request, "numbers.html.j2", status=409 if typed else 200, told=told, typed=typed,
            place=places.plain(request.path_params["name"], folder), changed=changed,
            fault=None if fault is None else asked.told(fault, words.lang, request),
            seen=stated_figures.mark(folder), no_state=NO_STATE,
            lacking=partial(lacking.said, words),
            open_=sum(
                each["stated"] is None and each["value"] is None for each in told["numbers"]
            ),
        )
