"""Reads a file at once: a document, a key, a list that somebody kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from landtrack.model.errors import SourceError


def read(
    path: Path, *, most: int | None = None, beyond: Callable[[int], SourceError] | None = None
) -> bytes:
    """Read a file.

    ``most``: The bytes that it may have.
    ``beyond``: Makes, of the bytes that it has, what is raised where they are more.
    Raises SourceError: If it cannot be read, or has more than it may.
    """
    try:
        size = path.stat().st_size
        if most is None or beyond is None or size <= most:
            return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path} cannot be read: {error.strerror}.", mend="Check the name of the file."
        ) from error
    raise beyond(size)
