"""What open maps are told: which map there is, and what was entered since it was drawn.

It is found out once for all who listen to a place, when a step was entered or a job went on here,
and at each look at its files, as others may enter steps too.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, NamedTuple

from landtrack.model import translations
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.model.outputs import Identity
from landtrack.server import asked
from landtrack.server.asked import Held
from landtrack.server.bell import Bell
from landtrack.server.drawings import drawn
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


class _There(NamedTuple):
    """What tells the map, the notes and the store of a place from others; a judging not done.

    ``store`` says why it could not be looked at, where it could not.
    """

    drawn: str
    notes: str
    store: Identity | str
    job: Judging | None


class _Looked(NamedTuple):
    """What is looked at of a place."""

    mark: Callable[[Held], str]
    kept: Path | None
    judging: Callable[[], Judging | None]

    def at(self, held: Held) -> _There | None:
        """Look how it is; None where the session has ended by which it would be looked at."""
        notes, job = drawn(self.kept), self.judging()
        try:
            return _There(self.mark(held), notes, asked.identity(held), job)
        except LandtrackError as error:
            return None if asked.has_ended(error) else _There("", notes, error.cause, job)


class _Place:
    """A place that is listened to: what was told last, who listens how often, who may no longer."""

    def __init__(self) -> None:
        self.text = ""
        self.bell = Bell()
        self.listening: Counter[Held] = Counter()
        self.ended: set[Held] = set()
        self.watch: asyncio.Task[None] | None = None

    @property
    def who(self) -> Held | None:
        """Somebody who listens and may."""
        return next((each for each in self.listening if each not in self.ended), None)


class News:
    """Tells open maps what happens, all of a place the same."""

    def __init__(self, worker: Worker, bell: Bell) -> None:
        """``bell``: Rung when a step was entered or a job went on."""
        self.worker, self.bell = worker, bell
        self._places: dict[str, _Place] = {}

    async def of(
        self, held: Held, mark: Callable[[Held], str], kept: Path | None,
        judging: Callable[[], Judging | None],
    ) -> AsyncIterator[str]:
        """Give server-sent events: how it is now, and again whenever it is otherwise.

        They end where the session has ended by which somebody listens to a shared store.

        ``held``: The store of a place. ``mark``: Tells the map of it, for whom it is given, from
        any other. ``kept``: The file of its notes, None where none can be.
        ``judging``: Gives the last judging of the place that was not done.
        """
        own = self._places.setdefault(held.out, _Place())
        own.listening[held] += 1
        if own.watch is None:
            own.watch = asyncio.create_task(self._watch(_Looked(mark, kept, judging), own))
        try:
            told = ""
            while held not in own.ended:
                count, text = own.bell.count, own.text
                fresh = text != told
                if not fresh and await own.bell.after(count, HERE_S):
                    continue
                if not await _may(held):
                    return
                told = text
                yield text if fresh else ": here\n\n"
        finally:
            own.listening[held] -= 1
            own.listening += Counter()  # without those who are gone
            if not own.listening:
                own.watch.cancel()
                self._places.pop(held.out, None)

    async def _watch(self, looked: _Looked, own: _Place) -> None:
        """Look whether anything is otherwise, as long as somebody listens."""
        seen = None
        while True:
            count, held = self.bell.count, own.who
            if held is not None:
                there = await asyncio.to_thread(looked.at, held)
                if there is None:  # the next look is by somebody else
                    own.ended.add(held)
                    own.bell.ring()
                    continue
                if there != seen:
                    own.text, told = await asyncio.to_thread(self._told, held, there)
                    seen = there if told or not held.token else None
                    own.bell.ring()
            await self.bell.after(count, LOOK_S)

    def _told(self, held: Held, there: _There) -> tuple[str, bool]:
        """Say how a place is, as a server-sent event, and whether it could be found out."""
        said: dict[str, Any] = {
            "drawn": there.drawn, "notes": there.notes,
            "judging": None if there.job is None else there.job._asdict(),
        }
        try:
            since: dict[str, Any] = self.worker.ask(MapNews(out=held.out, token=held.token))
            said |= since
        except LandtrackError as error:
            said["fault"] = _in_words(error)
        except BrokenError:
            said["fault"] = _in_words(SourceError(
                "The worker of the desk broke off over this.", mend="Judge the place again.",
            ))
        return f"data: {json.dumps(said, ensure_ascii=False)}\n\n", "fault" not in said


async def _may(held: Held) -> bool:
    """Tell whether somebody may be told of a store still."""
    if not held.token:
        return True
    try:
        await asyncio.to_thread(asked.identity, held)
    except LandtrackError as error:
        return not asked.has_ended(error)
    return True


def _in_words(error: LandtrackError) -> dict[str, str]:
    """Say a failure in each language: who listens may read any."""
    return {lang: asked.told(error, lang)["cause"] for lang in translations.languages()}


