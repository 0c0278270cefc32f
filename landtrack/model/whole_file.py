"""Reads and writes a file at once: a document, a key, a list that somebody kept."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from landtrack.model.errors import SourceError

T = TypeVar("T")
MOST_KEPT = 64 << 20
"""Bytes of a file that landtrack keeps itself: of a larger one nothing is read."""


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


def decoded(path: Path, kind: type[T], foreign: Callable[[str], SourceError]) -> T | None:
    """Read JSON that landtrack keeps itself, where others may lay something else.

    ``kind``: What it is to hold.
    ``foreign``: Makes, of why it is none that landtrack wrote, what is raised.
    Returns: None where there is no such file.
    Raises SourceError: If it cannot be read, or is none that landtrack wrote.
    """
    if not path.exists():
        return None
    data = read(path, most=MOST_KEPT, beyond=lambda _: foreign("too long"))
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise foreign(str(error)) from error


def write(path: Path, data: bytes) -> None:
    """Write a file that is there whole or not at all, whatever ends it.

    ``path``: The file; its folder is there.
    Raises OSError: If it cannot be written; what was there is as it was.
    """
    half = path.with_name(f".{path.name}.half")
    try:
        with half.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
