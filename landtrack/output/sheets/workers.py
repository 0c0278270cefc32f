"""Shares the drawing and proving of an atlas out over the processors of the machine.

A helper is a Python process of its own that is asked through its pipes. What it gives back is
what would have been made here; what it cannot do, or does not live to do, is done here, where
an error is told. So the bytes of an atlas do not depend on how many helped.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from landtrack.model.errors import LandtrackError
from landtrack.output.sheets import batches, readback
from landtrack.output.style import fonts

MOST = 3
"""Helpers at most: each holds the libraries and its part of the layers in memory."""

WORK: Mapping[str, Callable[..., Any]] = {"draw": batches.draw, "prove": readback.prove}
"""What a helper can be asked for."""

BEGIN = "from landtrack.output.sheets import workers; workers.serve()"


@dataclass(frozen=True, kw_only=True)
class Job:
    """A piece of work: what it is done with here, and what is sent to a helper for it."""

    here: Callable[[], Any]
    away: Callable[[], tuple[Any, ...]]


@dataclass(kw_only=True)
class Team:
    """The helpers there are; none does all here."""

    helpers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def share(self, what: str, jobs: Sequence[Job]) -> list[Any]:
        """Have jobs done, by whoever is free.

        ``what``: A name of ``WORK``.
        Returns: What each gives, in their order.
        """
        left = deque(range(len(jobs)))
        done: dict[int, Any] = {}
        with ThreadPoolExecutor(max_workers=max(1, len(self.helpers))) as waiting:
            asked = [
                waiting.submit(_have_done, helper, (what, jobs), left, done)
                for helper in (self.helpers if len(jobs) > 1 else ())
            ]
            try:
                while (at := _next(left)) is not None:
                    done[at] = jobs[at].here()
            except BaseException:
                left.clear()
                self.dismiss()
                raise
            for each in asked:
                each.result()
        return [done[at] if at in done else job.here() for at, job in enumerate(jobs)]

    def dismiss(self) -> None:
        """End the helpers; what they were at is lost."""
        for helper in self.helpers:
            helper.kill()


def _next(left: deque[int]) -> int | None:
    try:
        return left.popleft()
    except IndexError:
        return None


def _have_done(
    helper: subprocess.Popen[bytes], work: tuple[str, Sequence[Job]], left: deque[int],
    done: dict[int, Any],
) -> None:
    """Give a helper one job after the other, until none is left or it cannot go on."""
    what, jobs = work
    assert helper.stdin is not None  # noqa: S101  both are pipes
    assert helper.stdout is not None  # noqa: S101
    while (at := _next(left)) is not None:
        try:
            pickle.dump((what, jobs[at].away()), helper.stdin, pickle.HIGHEST_PROTOCOL)
            helper.stdin.flush()
            able, answer = pickle.load(helper.stdout)  # noqa: S301  our own process
        except (EOFError, OSError, pickle.UnpicklingError):
            return  # the job is done here
        if not able:
            return
        done[at] = answer


@contextmanager
def team(jobs: int) -> Iterator[Team]:
    """Call helpers together, as many as there is work and processors for."""
    wanted = max(0, min((os.cpu_count() or 1) - 1, jobs - 1, MOST))
    called = Team(helpers=[
        subprocess.Popen(  # noqa: S603  ourselves
            [sys.executable, "-c", BEGIN], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(wanted if sys.executable else 0)
    ])
    try:
        yield called
    finally:
        called.dismiss()
        for helper in called.helpers:
            helper.communicate()


def serve() -> None:
    """Be a helper: do what is asked for on the standard input until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends who asked, and so this one
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    for weight in fonts.WEIGHTS:
        fonts.register(fonts.chain(weight)[0])
    while True:
        try:
            what, given = pickle.load(sys.stdin.buffer)  # noqa: S301  from our own process
        except EOFError:
            return
        try:
            answer: tuple[bool, Any] = (True, WORK[what](*given))
        except LandtrackError:  # told there, where it is done again
            answer = (False, None)
        pickle.dump(answer, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
