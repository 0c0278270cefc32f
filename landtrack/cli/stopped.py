"""What happens where a command is stopped: it says so, and has the exit status of the signal."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = 128
"""The exit status of what a signal ended is this and the number of the signal."""


class Stopped(KeyboardInterrupt):
    """A command was asked to end by the system, not by a key."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


@contextmanager
def listening() -> Iterator[None]:
    """Have the system's request to end undo what is half done, as Ctrl-C does.

    Without it the process would end at once, and its temporary folders would stay.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may say what a signal does
        return
    asked = [getattr(signal, name) for name in ("SIGTERM", "SIGBREAK") if hasattr(signal, name)]
    before = {each: signal.signal(each, _stop) for each in asked}
    try:
        yield
    finally:
        for each, earlier in before.items():
            signal.signal(each, earlier)


def status(stopped: KeyboardInterrupt) -> int:
    """Give the exit status: 130 after Ctrl-C, 143 where the system asked."""
    number = stopped.number if isinstance(stopped, Stopped) else signal.SIGINT
    return SIGNALS + int(number)


def _stop(number: int, _frame: FrameType | None) -> None:
    raise Stopped(number)
