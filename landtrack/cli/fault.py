"""What is said of an exception that nobody expected: a fault of landtrack, told in two lines."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path


def tell(error: Exception, lang: str) -> str:
    """Keep the trace of an exception in a file, and say what happened.

    Returns: Two lines in the reader's language: the cause, and where the trace lies.
    """
    cause = f"{type(error).__name__}: {error}".splitlines()[0][:200].rstrip()
    kept = _kept("".join(traceback.format_exception(error)))
    try:
        from landtrack.model import translations

        words = translations.load(lang)
        where = words("fault.trace", path=kept) if kept else words("fault.no_trace")
        return f"{words('fault.cause', cause=cause)}\n  {where}"
    except Exception:  # noqa: BLE001  the texts themselves may be what is broken
        return f"Error: This is a fault of landtrack: {cause}.\n  Trace: {kept or '-'}"


def folder() -> Path:
    """Give the folder where traces are kept."""
    import platformdirs

    return platformdirs.user_log_path("landtrack", appauthor=False)


def _kept(trace: str) -> Path | None:
    """Write the trace into the folder for logs, else into the one for temporary files."""
    now = datetime.now(UTC)
    name = f"fault-{now:%Y%m%dT%H%M%S%f}-{os.getpid()}.txt"
    made = (f"landtrack {_version()}", f"Python {platform.python_version()}", sys.platform)
    head = ", ".join([*made, now.isoformat(timespec="seconds")])
    for place in (folder, lambda: Path(tempfile.gettempdir())):
        with suppress(OSError):
            path = place() / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{head}\n\n{trace}", encoding="utf-8", errors="backslashreplace")
            return path
    return None


def _version() -> str:
    try:
        return metadata.version("landtrack")
    except metadata.PackageNotFoundError:
        return "?"
