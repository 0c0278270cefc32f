"""Messages on a pipe: their length, then their bytes."""

from __future__ import annotations

import functools
import operator
import struct
from collections.abc import Iterable
from typing import IO, Any

HEAD = struct.Struct("<Q")


def send(out: IO[bytes], message: bytes) -> None:
    """Write a message.

    Raises OSError: If nobody reads it.
    """
    out.write(HEAD.pack(len(message)))
    out.write(message)
    out.flush()


def receive(source: IO[bytes]) -> bytes | None:
    """Read a message; None where no whole one comes any more."""
    try:
        head = source.read(HEAD.size)
        if len(head) < HEAD.size:
            return None
        (length,) = HEAD.unpack(head)
        message = source.read(length)
    except (OSError, ValueError):  # closed meanwhile
        return None
    return message if len(message) == length else None


def union(types: Iterable[type]) -> Any:  # noqa: ANN401  a type
    """Give the type of which is whatever is of one of some types."""
    return functools.reduce(operator.or_, types)
