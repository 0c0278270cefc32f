"""The pages of what happened: how far each feature is, and a step entered for one or many."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from landtrack.app import places, steps
from landtrack.server import asked
from landtrack.server.home import Home
from landtrack.server.jobs import Jobs
from landtrack.server.routes import Address
from landtrack.server.speaking import page
from landtrack.server.standings import Standings

STEP, UNDO, HISTORY = "step", "undo", "history"
"""Kinds of jobs, by their keys among the words."""
AT_ONCE = 1000
"""How many features a page lists."""
MOST = 1 << 20
"""Bytes that a form may bring: the keys of many features."""
TOLD = {"at": "--at", "document": "--document", "by": "--by", "note": "--note"}


class StepPages:
    """What the desk answers of steps."""

    def __init__(self, home: Home, jobs: Jobs, standings: Standings) -> None:
        self.home, self.jobs, self.standings = home, jobs, standings

    def table(self) -> tuple[Address, ...]:
        """List the addresses."""
        return (
            Address("/places/{name}/steps", "GET", self.show),
            Address("/places/{name}/step", "POST", self.step, MOST),
            Address("/places/{name}/history", "POST", self.history),
            Address("/places/{name}/undo", "POST", self.undo),
        )

    def show(self, request: Request) -> Response:
        """Show the features of a track that are in a state, and the steps that they may take."""
        folder, tracks = self._tracks(request)
        chosen = request.query_params.get("track", next(iter(tracks.names), ""))
        features = tracks.features(chosen)
        counts = Counter(each.state for each in features)
        states = [each for each in ("", *tracks.workflow.track(chosen).codes) if counts[each]]
        state = request.query_params.get("state", next(iter(states), ""))
        state = "" if state == steps.NONE else state
        found = [each for each in features if each.state == state]
        return page(
            request, "steps.html.j2", place=places.plain(request.path_params["name"], folder),
            tracks=tracks, chosen=chosen, counts=counts, states=states, state=state,
            none=steps.NONE,
            titles={each.code: each.title for each in tracks.workflow.track(chosen).state},
            found=found[:AT_ONCE], more=max(0, len(found) - AT_ONCE),
            offered=steps.offered(tracks.workflow.track(chosen), state),
            files=self._scans(folder),
        )

    async def step(self, request: Request) -> Response:
        """Enter a step for the features that were ticked: for all of them, or for none."""
        typed = await request.form(max_fields=AT_ONCE + 20)
        folder, tracks = await run_in_threadpool(self._tracks, request)
        action = _text(typed, "action")
        if action not in tracks.workflow.actions:
            raise asked.UnknownError
        track, _ = tracks.workflow.actions[action]
        known = {each.key for each in tracks.features(track)}
        keys = [each for each in typed.getlist("key") if isinstance(each, str)]
        if not keys or not known.issuperset(keys):
            raise asked.UnknownError
        options = [f"{option}={_text(typed, name)}" for name, option in TOLD.items()
                   if _text(typed, name)]
        if (scan := _text(typed, "scan")):
            if scan not in self._scans(folder):
                raise asked.UnknownError
            options.append(f"--evidence={folder / scan}")
        if _text(typed, "seen").isdecimal():
            options.append(f"--seen={_text(typed, 'seen')}")
        return self._ask(request, STEP, folder, "apply", options, [action, *keys])

    async def history(self, request: Request) -> Response:
        """Say what happened to a feature."""
        typed = await request.form()
        folder = await run_in_threadpool(asked.folder, self.home, request)
        key = _text(typed, "key")
        if not key:
            raise asked.UnknownError
        return self._ask(request, HISTORY, folder, "show", [], [key])

    async def undo(self, request: Request) -> Response:
        """Take an event back, with the reason."""
        typed = await request.form()
        folder = await run_in_threadpool(asked.folder, self.home, request)
        number, why = _text(typed, "event"), _text(typed, "why")
        if not number.isdecimal():
            raise asked.UnknownError
        options = [f"--why={why}", f"--by={_text(typed, 'by')}"]
        return self._ask(request, UNDO, folder, "undo", options, [number])

    def _ask(
        self, request: Request, kind: str, folder: Path, command: str, options: list[str],
        arguments: list[str],
    ) -> Response:
        return asked.job(
            self.jobs, request, kind, ["status", command], options, arguments,
            out=places.out_of(folder),
        )

    def _tracks(self, request: Request) -> tuple[Path, steps.Tracks]:
        """Find the place that is asked for, and what is tracked there."""
        folder = asked.folder(self.home, request)
        tracks = steps.of(places.stands(places.out_of(folder), self.standings.of))
        if tracks is None:
            raise asked.UnknownError
        return folder, tracks

    @staticmethod
    def _scans(folder: Path) -> list[str]:
        """List the files of a place that may be documents."""
        return sorted(
            each.name for each in folder.iterdir()
            if each.suffix.lower() in {".pdf", ".jpg", ".jpeg", ".png", ".tif", ".tiff", ".ofd"}
            and each.is_file() and not each.is_symlink()
        )


def _text(typed: FormData, name: str) -> str:
    """Give a field of a form; empty where there is none."""
    value = typed.get(name, "")
    return value.strip() if isinstance(value, str) else ""
