"""What open maps are told: which map there is, and what was entered since it was drawn.

It is found out once for all who listen to a place, when a step was entered or a job went on here,
and at each look at its files, as others may enter steps too.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

from landtrack.model import outputs, translations
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.server import asked
from landtrack.server.bell import Bell
from landtrack.server.questions import MapNews
from landtrack.server.worker import BrokenError, Worker

LOOK_S = 1.0
"""Seconds between two looks at the files of a place."""
HERE_S = 15.0
"""Seconds after which a stream says that it is still there."""


class Judging(NamedTuple):
    """A judging of a place that is not done: its address, and whether it waits or works."""

    job: str
    going_on: bool


class _Place:
    """A place that is listened to: what was told last, and how many listen."""

    def __init__(self) -> None:
        self.text = ""
        self.bell = Bell()
        self.listening = 0
        self.watch: asyncio.Task[None] | None = None


class News:
    """Tells open maps what happens, all of a place the same."""

    def __init__(self, worker: Worker, bell: Bell) -> None:
        """``bell``: Rung when a step was entered or a job went on."""
        self.worker, self.bell = worker, bell
        self._places: dict[Path, _Place] = {}

    async def of(
        self, out: Path, kept: Path | None, judging: Callable[[], Judging | None]
    ) -> AsyncIterator[str]:
        """Give server-sent events: how it is now, and again whenever it is otherwise.

        ``out``: The outputs of a place; ``kept``: the file of its notes, None where none can be.
        ``judging``: Gives the last judging of the place that was not done.
        """
        own = self._places.setdefault(out, _Place())
        own.listening += 1
        if own.watch is None:
            own.watch = asyncio.create_task(self._watch(out, kept, judging, own))
        try:
            told = ""
            while True:
                count = own.bell.count
                if own.text != told:
                    told = own.text
                    yield told
                elif not await own.bell.after(count, HERE_S):
                    yield ": here\n\n"
        finally:
            own.listening -= 1
            if not own.listening:
                own.watch.cancel()
                self._places.pop(out, None)

    async def _watch(
        self, out: Path, kept: Path | None, judging: Callable[[], Judging | None], own: _Place
    ) -> None:
        """Look whether anything is otherwise, as long as somebody listens."""
        seen = None
        while True:
            count = self.bell.count
            there, job = await asyncio.to_thread(_mark, out, kept), await asyncio.to_thread(judging)
            if (there, job) != seen:
                seen = there, job
                own.text = await asyncio.to_thread(self._told, out, kept, job)
                own.bell.ring()
            await self.bell.after(count, LOOK_S)

    def _told(self, out: Path, kept: Path | None, job: Judging | None) -> str:
        """Say how a place is, as a server-sent event."""
        said: dict[str, Any] = {
            "drawn": _drawn(out / outputs.MAP), "notes": _drawn(kept),
            "judging": None if job is None else job._asdict(),
        }
        try:
            since: dict[str, Any] = self.worker.ask(MapNews(out=str(out)))
            said |= since
        except LandtrackError as error:
            said["fault"] = _in_words(error)
        except BrokenError:
            said["fault"] = _in_words(SourceError(
                "The worker of the desk broke off over this.", mend="Judge the place again.",
            ))
        return f"data: {json.dumps(said, ensure_ascii=False)}\n\n"


def _in_words(error: LandtrackError) -> dict[str, str]:
    """Say a failure in each language: who listens may read any."""
    return {lang: asked.told(error, lang)["cause"] for lang in translations.languages()}


def _mark(out: Path, kept: Path | None) -> tuple[object, ...]:
    """Tell the map, the store and the notes of a place from any others that stood there."""
    return _drawn(out / outputs.MAP), _drawn(kept), outputs.identity(out / outputs.STORE)


def drawn(there: os.stat_result) -> str:
    """Tell a file from any other that stood or will stand under its name."""
    return f"{there.st_mtime_ns:x}-{there.st_size:x}"


def _drawn(path: Path | None) -> str:
    """Tell a file from any other; empty where there is none."""
    try:
        return "" if path is None else drawn(path.stat())
    except OSError:
        return ""
