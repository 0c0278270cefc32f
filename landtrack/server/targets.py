"""The targets of a place as a list, and a form to set them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from landtrack.app import places, stated_figures, toml_edit
from landtrack.model import Target, catalog
from landtrack.model.errors import LandtrackError
from landtrack.server import asked
from landtrack.server.home import Home
from landtrack.server.routes import Address
from landtrack.server.speaking import page, words_for

NEW = "new"
"""Stands in an address for a target that is to be set."""


class TargetPages:
    """What the desk answers of what a park set itself."""

    def __init__(self, home: Home) -> None:
        self.home = home

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/targets", "GET", self.show),
            Address("/places/{name}/targets", "POST", self.set),
        )

    def show(self, request: Request) -> Response:
        """List the targets, and the form of one of them where it is asked for."""
        folder = asked.folder(self.home, request)
        wanted = request.query_params.get("target", "")
        known = {each.id: each for each in catalog.targets(folder)}
        if wanted and wanted != NEW and wanted not in known:
            raise asked.UnknownError
        typed = {"target": wanted} | (
            _typed(known[wanted], words_for(request).lang) if wanted in known else {}
        )
        return self._page(request, folder, typed if wanted or not known else None)

    async def set(self, request: Request) -> Response:
        """Set a target, or remove it."""
        form = asked.texts(await request.form())
        return await run_in_threadpool(self._set, request, form)

    def _set(self, request: Request, form: Mapping[str, str]) -> Response:
        folder, seen = asked.folder(self.home, request), form.get("seen", "")
        try:
            if "remove" in form:
                stated_figures.drop(folder, form["remove"], seen)
            else:
                own = stated_figures.target(folder, form, words_for(request).lang)
                stated_figures.put(folder, own, seen)
        except toml_edit.ChangedError:
            return self._page(request, folder, form, changed=True)
        except LandtrackError as error:
            return self._page(request, folder, form, fault=error)
        return RedirectResponse(request.url.path, status_code=303)

    def _page(
        self, request: Request, folder: Path, typed: Mapping[str, str] | None, *,
        fault: LandtrackError | None = None, changed: bool = False,
    ) -> Response:
        lang = words_for(request).lang
        shown = None if typed is None or "remove" in typed else {
            name: value[:stated_figures.LONGEST] for name, value in typed.items()
        }
        return page(
            request, "targets.html.j2", status=409 if fault or changed else 200, typed=shown,
            place=places.plain(request.path_params["name"], folder), changed=changed,
            fault=None if fault is None else asked.told(fault, lang, request), new=NEW,
            targets=catalog.targets(folder), countable=stated_figures.countable(folder),
            seen=stated_figures.mark(folder),
        )


def _typed(own: Target, lang: str) -> dict[str, str]:
    """Write a target as it would be typed."""
    return {
        "title": own.title.get(lang) or next(iter(own.title.values()), ""), "figure": own.figure,
        "dated_by": own.dated_by, "secure": f"{own.secure:.15g}",
        "strive": "" if own.strive is None else f"{own.strive:.15g}", "unit": own.unit,
        "since": own.since.isoformat(), "by": own.by.isoformat(), "source": own.source,
    }
