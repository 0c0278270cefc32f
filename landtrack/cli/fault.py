"""What is said of an exception that nobody expected: a fault of landtrack, told in two lines."""

from __future__ import annotations

import locale
import os
import platform
import sys
import tempfile
import traceback
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

ENGLISH = "en"


def tell(error: Exception, typed: Sequence[str]) -> str:
    """Keep the trace of an exception in a file, and say what happened.

    Parameters
    ----------
    error
        The exception.
    typed
        The arguments of the command line, of which only ``--lang`` is looked at.

    Returns
    -------
    str
        Two lines in the reader's language: the cause, and where the trace lies.
    """
    lang = language(typed)
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
    """Give the folder where traces are kept.

    Returns
    -------
    Path
        That of the platform for logs.
    """
    import platformdirs

    return platformdirs.user_log_path("landtrack", appauthor=False)


def language(typed: Sequence[str]) -> str:
    """Tell in which language the reader reads.

    Parameters
    ----------
    typed
        The arguments of the command line.

    Returns
    -------
    str
        That of ``--lang`` where there are words for it, else Chinese or English as the
        computer is set.
    """
    asked = ""
    for at, each in enumerate(typed):
        if each == "--lang" and at + 1 < len(typed):
            asked = typed[at + 1]
        elif each.startswith("--lang="):
            asked = each.partition("=")[2]
    if asked in {"zh", ENGLISH}:
        return asked
    said = [os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    said = [each for each in said if each][:1] or [locale.getlocale()[0] or ""]
    return "zh" if said[0].lower().startswith(("zh", "chinese")) else ENGLISH


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
