"""``python -m landtrack.cli.watched``: a command that ends when who called it is gone.

Its standard input is a pipe that the caller holds open; when it closes, because the caller asked
for it or was killed, the command is interrupted as by Ctrl-C, and puts back what it was at.
"""

from __future__ import annotations

import _thread
import os
import threading

from landtrack.cli import language
from landtrack.cli.main import main


def _watch() -> None:
    """Wait until the pipe is closed."""
    while os.read(0, 1):  # not sys.stdin: its lock would be held when the command ends
        pass
    _thread.interrupt_main()


if __name__ == "__main__":
    threading.Thread(target=_watch, daemon=True).start()
    language.for_desk()
    main(prog_name="landtrack")
