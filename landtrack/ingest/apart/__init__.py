"""Files from outside are read in a process of their own, which may be killed.

::

    who asks                         the reader
    ─────────                        ──────────────────────────────────────────────
    call(function, …)  ── pickle ──► a function by its name, and what it is called with
                                     limits of memory and processor time for this input;
                                     no network, no other process, only the inputs and the
                                     libraries to be read, one folder to be written into
    values             ◄── border ── tables, shapes and words: nothing that can run

One reader serves a ``with`` block, such as all layers of a place one after the other; at a limit
it is killed, the input is refused with the limit named, and the next input gets a new one. On
Linux it is a fork of the process that asks: it costs milliseconds and has all that is loaded.
Where another thread is at work in landtrack, whose locks a fork would keep for ever, and on Windows
and macOS it is a new Python, and on these kept for the next block. Its folder goes with it, and
one that was left by a process that is no more is swept.

What is enforced where: ``confine.py``. The limits: ``data/limits.toml``. What crosses:
``border.py``.
"""

from landtrack.ingest.apart.border import may_cross as may_cross
from landtrack.ingest.apart.process import Shared as Shared, call as call, session as session

__all__ = ["Shared", "call", "may_cross", "session"]
