"""The records of a Shapefile, counted and placed by its own bytes.

A Shapefile is several files of one table: shapes in the ``.shp``, their places in the ``.shx``,
attributes in the ``.dbf``. GDAL believes the ``.dbf`` for the number of features and the
``.shx`` for their places, and passes over what the ``.shp`` holds beyond them without a word.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

HEAD = 100
"""Bytes of the head of a ``.shp`` and a ``.shx``."""
RECORD_HEAD = 8
"""Bytes of the number and the length before each shape, and of an entry of the index."""
POLYGONS = (5, 15, 25)
BOX = 36
"""Bytes of type and box before the number of rings."""
CORNERS = 3
"""Fewest points of a ring."""
DBF_HEAD = 32
DELETED = 0x2A


class Index(NamedTuple):
    """Where records start in a ``.shp``, and the bytes of each without its head."""

    start: Numbers
    length: Numbers


class Table(NamedTuple):
    """The records of a ``.dbf``: stated and there; ``deleted`` by record, of those there."""

    stated: int
    there: int
    head: int
    width: int
    deleted: Flags


def sound_index(shp: Path, shx: Path) -> bool:
    """Tell whether an index agrees with its ``.shp``.

    ``shp``, ``shx``: The shapes and their index.
    Returns: False where an entry points at no record of its number and length, or the ``.shp`` has
    records that are not in the index. Entries beyond the end of a ``.shp`` that is cut off are no
    fault of the index; room that nothing uses is allowed.
    """
    index = _stated(shx)
    content = _content(shp)
    if index is None or not len(content):
        return index is not None
    if (index.start < HEAD).any():
        return False
    inside = index.start + RECORD_HEAD <= len(content)
    numbers, lengths = _heads(content, index.start[inside])
    if (lengths != index.length[inside]).any():
        return False
    used = HEAD + int((index.length[inside] + RECORD_HEAD).sum())
    in_order = (numbers == np.flatnonzero(inside) + 1).all()
    if in_order and used >= len(content):
        return True
    found, numbered = _walk(content)
    return bool(len(found) <= np.count_nonzero(inside) and (in_order or not numbered))


def walked(shp: Path) -> Index:
    """Go through the records of a ``.shp`` one behind the other.

    Returns: By the record's number; where one stands there twice, the later one, which a program
    wrote when the shape outgrew its room. Ends where the bytes are no record.
    """
    found, _ = _walk(_content(shp))
    placed = np.array(found, dtype=np.int64).reshape(-1, 2)
    return Index(placed[:, 0], placed[:, 1])


def _walk(content: memoryview | bytes) -> tuple[list[tuple[int, int]], bool]:
    """List start and length of the records, and tell whether they are numbered from 1."""
    found: list[tuple[int, int, int]] = []
    at = HEAD
    while at + RECORD_HEAD <= len(content):
        number, words = struct.unpack_from(">2i", content, at)
        if words < 2 or at + RECORD_HEAD + 2 * words > len(content):  # noqa: PLR2004  a type
            break
        found.append((number, at, 2 * words))
        at += RECORD_HEAD + 2 * words
    last = {number: (start, length) for number, start, length in found}
    if sorted(last) == list(range(1, len(last) + 1)):
        return [last[number] for number in sorted(last)], True
    return [(start, length) for _, start, length in found], False


def index(shp: Path, shx: Path | None) -> Index:
    """Place the records of a ``.shp``.

    ``shx``: Their index, where there is a sound one.
    Returns: By the index; by the ``.shp`` itself where there is none.
    """
    stated = None if shx is None else _stated(shx)
    return walked(shp) if stated is None else stated


def write_index(shp: Path, shx: Path) -> None:
    """Make an index anew.

    ``shx``: The index to write.
    """
    found = walked(shp)
    entries = np.column_stack([found.start // 2, found.length // 2]).astype(">i4").tobytes()
    with shp.open("rb") as file:
        head = bytearray(file.read(HEAD).ljust(HEAD, b"\0"))
    struct.pack_into(">i", head, 24, (HEAD + len(entries)) // 2)
    shx.write_bytes(bytes(head) + entries)


def write_shapes(shp: Path, target: Path, records: int) -> None:
    """Copy a ``.shp`` so that it has a number of records: what lacks is no shape."""
    found = walked(shp)
    content = bytearray(shp.read_bytes())
    del content[int((found.start + RECORD_HEAD + found.length).max(initial=HEAD)):]
    for number in range(len(found.start) + 1, records + 1):
        content += struct.pack(">2i", number, 2) + bytes(4)
    struct.pack_into(">i", content, 24, len(content) // 2)
    target.write_bytes(bytes(content))


def table(dbf: Path) -> Table | None:
    """Count the records of a ``.dbf``.

    Returns: None where its head is none.
    """
    size = dbf.stat().st_size
    with dbf.open("rb") as file:
        first = file.read(DBF_HEAD)
    if len(first) < DBF_HEAD:
        return None
    stated, head, width = struct.unpack("<IHH", first[4:12])
    if not width or head > size:
        return None
    there = (size - head) // width
    marks = np.memmap(dbf, dtype=np.uint8, mode="r", offset=head)[: there * width : width]
    return Table(stated, there, head, width, np.asarray(marks == DELETED))


def write_table(dbf: Path, target: Path, records: int) -> None:
    """Copy a ``.dbf`` so that it has a number of records: what lacks is empty."""
    found = table(dbf)
    content = bytearray(dbf.read_bytes())
    if found is None:
        return
    del content[found.head + min(found.there, records) * found.width:]
    content += b" " * (found.width * (records - min(found.there, records))) + b"\x1a"
    struct.pack_into("<I", content, 4, records)
    target.write_bytes(bytes(content))


def rings(shp: Path, starts: Iterable[int]) -> Iterator[list[shapely.LinearRing]]:
    """Read the rings of polygons as they were written.

    Yields: Those of one record in their order and winding; none where it is no polygon.
    """
    content = _content(shp)
    for start in starts:
        at = start + RECORD_HEAD
        if struct.unpack_from("<i", content, at)[0] not in POLYGONS:
            yield []
            continue
        parts, points = struct.unpack_from("<2i", content, at + BOX)
        first = np.frombuffer(content, "<i4", parts, at + BOX + 8)
        corners = np.frombuffer(content, "<f8", 2 * points, at + BOX + 8 + 4 * parts)
        pieces = np.split(corners.reshape(-1, 2), first[1:])
        yield [shapely.LinearRing(piece) for piece in pieces if len(piece) >= CORNERS]


def _content(shp: Path) -> memoryview | bytes:
    """Give the bytes of a ``.shp``, which stay in the file until they are asked for."""
    if shp.stat().st_size <= HEAD:
        return b""
    return np.memmap(shp, dtype=np.uint8, mode="r").data


def _stated(shx: Path) -> Index | None:
    """Read an index; None where it is none."""
    content = shx.read_bytes()
    if len(content) < HEAD:
        return None
    entries = np.frombuffer(content, ">i4", 2 * ((len(content) - HEAD) // RECORD_HEAD), HEAD)
    placed = 2 * entries.astype(np.int64).reshape(-1, 2)
    return Index(placed[:, 0], placed[:, 1])


def _heads(content: memoryview | bytes, start: Numbers) -> tuple[Numbers, Numbers]:
    """Read the number and the bytes of the records that start somewhere."""
    raw = np.frombuffer(content, np.uint8)
    bytes_ = raw[start[:, None] + np.arange(RECORD_HEAD)]
    pairs = np.ascontiguousarray(bytes_).view(">i4").astype(np.int64)
    return pairs[:, 0], 2 * pairs[:, 1]
