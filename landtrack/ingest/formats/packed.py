"""One file packed as one stream, as extracts of OpenStreetMap come: gzip or bzip2."""

from __future__ import annotations

import bz2
import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any, NamedTuple

HEAD = 4096
"""How many bytes of what is inside are looked at."""
PIECE = 64
"""By how many at a time, so that those before a break are seen."""
CHUNK = 1 << 22
DAMAGED = (OSError, EOFError, zlib.error)
"""What is raised where a stream is not whole."""


class Packing(NamedTuple):
    """A way of packing: how its files end, and how they are opened."""

    suffix: str
    opener: Callable[[Path, str], Any]


PACKINGS: Mapping[bytes, Packing] = {
    b"\x1f\x8b": Packing("gz", gzip.open), b"BZh": Packing("bz2", bz2.open),
}
"""Ways of packing by the first bytes of a file."""


def packing(head: bytes) -> Packing | None:
    """Tell how a file is packed.

    ``head``: Its first bytes.
    Returns: None where it is not.
    """
    return next((each for mark, each in PACKINGS.items() if head.startswith(mark)), None)


def packing_of(path: Path) -> Packing | None:
    """Tell how a file is packed, by its first bytes.

    Returns: None where it is not.
    """
    with path.open("rb") as file:
        return packing(file.read(HEAD))


def opened(path: Path) -> IO[bytes]:
    """Open what is in a file, be it packed or not."""
    own = packing_of(path)
    made: IO[bytes] = path.open("rb") if own is None else own.opener(path, "rb")
    return made


def beginning(path: Path, head: bytes) -> bytes:
    """Give the first bytes of what is packed in a file.

    ``head``: Its own first bytes.
    Returns: Those before a break; none where it is not packed.
    """
    own = packing(head)
    if own is None:
        return b""
    begin = b""
    try:
        with own.opener(path, "rb") as file:
            while len(begin) < HEAD and (piece := file.read(PIECE)):
                begin += piece
    except DAMAGED:
        return begin
    return begin


def unfolding(path: Path) -> Iterator[int]:
    """Count what a packed file unfolds to, without keeping any of it.

    Yields: Bytes so far; no more where the stream breaks off, which its reader tells.
    """
    total = 0
    try:
        with opened(path) as file:
            while chunk := file.read(CHUNK):
                total += len(chunk)
                yield total
    except DAMAGED:
        return
