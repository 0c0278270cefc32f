"""The worker of a desk: one process with all libraries loaded, which answers what pages ask.

It is started when something is first asked and ends with the desk: it watches a pipe. Where it
takes too long or too much memory it is ended; who asked is told, also where it broke off, and the
next question starts another one. What is asked and answered are plain values of the types in
:mod:`landtrack.server.questions`: nothing that comes over the pipe can run.
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, TypeVar

import msgspec
import psutil

from landtrack.model import errors
from landtrack.model.errors import LandtrackError, OutputError, SourceError
from landtrack.server import frames
from landtrack.server.questions import ANSWERS, Answer, Question

T = TypeVar("T")
COMMAND = ("-X", "utf8", "-m", "landtrack.server.answering")
MOST_BYTES = 3_000_000_000
"""Memory beyond which it is ended: some ten times what 10 000 plots take."""
LOOK_S = 0.25
"""Seconds between two looks at one that is at work."""
GRACE_S = 6.0


class BrokenError(RuntimeError):
    """The worker met what is no expected failure; its trace is the message."""


class Worker:
    """Answers the questions of a desk, one after the other."""

    def __init__(
        self, *, command: Sequence[str] = COMMAND, most_bytes: int = MOST_BYTES
    ) -> None:
        self.command, self.most_bytes = command, most_bytes
        self._turn = threading.Lock()
        self._process: _Process | None = None
        self._later: threading.Timer | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The number of its process, None where there is none now."""
        process = self._process
        return None if process is None else process.own.pid

    def ask(self, question: Question[T], *, seconds: float | None = None) -> T:
        """Ask something.

        ``seconds``: How long an answer may take; as the question has it where not given.
        Raises LandtrackError: As the use case does; where no answer came, because the process
        took too long or too much memory or broke off, an OutputError if something may have been
        entered, else a SourceError.
        Raises BrokenError: If it failed as it should not.
        """
        encoded = msgspec.msgpack.encode(question)
        with self._turn:
            came = self._answered(question, encoded, seconds or question.seconds)
        if came.broken:
            raise BrokenError(came.broken)
        if came.fault is not None:
            kind = getattr(errors, came.fault.kind, LandtrackError)
            kind = SourceError if kind is errors.NothingToVetError else kind
            raise kind(came.fault.cause, mend=came.fault.mend)
        value: T = msgspec.msgpack.decode(came.value, type=ANSWERS[type(question)])
        return value

    def prepare(self, question: Question[Any], after_s: float = 0.0) -> None:
        """Have something read before somebody asks for it; of several the last one.

        ``after_s``: When: what is asked meanwhile comes first.
        """
        def asks() -> None:
            with suppress(LandtrackError, OSError, BrokenError):  # who asks is told why
                if not self._closed:
                    self.ask(question)

        if self._later is not None:
            self._later.cancel()
        self._later = threading.Timer(after_s, asks)
        self._later.daemon = True
        self._later.start()

    def close(self) -> None:
        """End it: the desk is closing."""
        self._closed = True
        process = self._process
        if process is not None:
            process.end()

    def _answered(self, question: Question[Any], encoded: bytes, seconds: float) -> Answer:
        """Have a question answered by the process that is there, or a new one.

        One that was killed while nobody asked may not be known to be gone yet: what enters nothing
        is asked of another one then.
        """
        process = self._process
        if process is not None and not process.alive:
            process.kill()
            process = None
        known = process is not None
        process = process or self._started()
        came, why = process.ask(encoded, seconds, self.most_bytes)
        if came is None and why == "broken" and known and not question.writes:
            process.kill()
            process = self._started()
            came, why = process.ask(encoded, seconds, self.most_bytes)
        if came is None or process.memory > self.most_bytes:
            self._process = None
            process.kill()
        if came is None:
            raise _untold(question, why, seconds)
        return msgspec.msgpack.decode(came, type=Answer)

    def _started(self) -> _Process:
        """Start a process; where the desk is closing, it ends at once."""
        process = self._process = _Process(self.command)
        if self._closed:
            process.end()
        return process


class _Process:
    """A process that answers, and what came of it."""

    def __init__(self, command: Sequence[str]) -> None:
        self.own = subprocess.Popen(  # noqa: S603  landtrack itself; nothing goes through a shell
            [sys.executable, *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            env=os.environ | {"NO_COLOR": "1"},
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        assert self.own.stdin is not None  # noqa: S101  both are pipes
        assert self.own.stdout is not None  # noqa: S101
        self.asks, self.answers = self.own.stdin, self.own.stdout
        self.came: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=self._listen, name="worker", daemon=True).start()

    @property
    def alive(self) -> bool:
        """Tell whether it can be asked."""
        return self.own.poll() is None and not self.asks.closed

    @property
    def memory(self) -> int:
        """The bytes of memory that it takes; 0 where it is no more."""
        with suppress(psutil.Error):
            return int(psutil.Process(self.own.pid).memory_info().rss)
        return 0

    def ask(self, encoded: bytes, seconds: float, most_bytes: int) -> tuple[bytes | None, str]:
        """Send a question and wait for its answer.

        Returns: The answer, or None and why there is none: ``time``, ``memory`` or ``broken``.
        """
        ends = time.monotonic() + seconds
        try:
            frames.send(self.asks, encoded)
        except (OSError, ValueError):
            return None, "broken"
        while True:
            with suppress(queue.Empty):
                return self.came.get(timeout=LOOK_S), "broken"
            if time.monotonic() > ends:
                return None, "time"
            if self.memory > most_bytes:
                return None, "memory"

    def kill(self) -> None:
        """End it, whatever it is at."""
        self.own.kill()
        with suppress(OSError):
            self.asks.close()
        self.own.wait()

    def end(self) -> None:
        """Let it end, and end it where it does not."""
        with suppress(OSError):
            self.asks.close()
        try:
            self.own.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def _listen(self) -> None:
        """Take in answers until no more can come."""
        with self.answers:
            while (told := frames.receive(self.answers)) is not None:
                self.came.put(told)
        self.came.put(None)


def _untold(question: Question[Any], why: str, seconds: float) -> LandtrackError:
    """Say that no answer came."""
    if question.writes:
        kind: type[LandtrackError] = OutputError
        mend = ("All of it was entered, or nothing: look at the history of a feature before you "
                "enter it again.")
    else:
        kind = SourceError
        mend = "Ask again: another one is started. If it happens once more, judge the place again."
    if why == "time":
        return kind(
            f"The worker of the desk took more than {seconds:g} seconds over this, and was ended.",
            mend=mend,
        )
    return kind({
        "memory": "The worker of the desk took more memory over this than it may, and was ended.",
        "broken": "The worker of the desk broke off over this.",
    }[why], mend=mend)
