"""How many features a MapInfo interchange file says that it holds.

GDAL reads a ``.mif`` and its ``.mid`` side by side, ends with the shorter one and says nothing.
"""

from __future__ import annotations

import re
from pathlib import Path

from landtrack.ingest.formats import companions

OBJECT = re.compile(
    rb"\s*(point|line|pline|region|arc|text|rect|roundrect|ellipse|multipoint|none|collection)\b"
    rb"(?:\s+(\d+))?", re.IGNORECASE,
)
"""How an object begins, and of how many parts a collection is; all other lines are of the last."""
DATA = re.compile(rb"\s*data\s*$", re.IGNORECASE)


def stated(path: Path) -> int:
    """Count the features of a ``.mif``: its objects, or its records where they are more.

    ``path``: The ``.mif``.
    """
    mid = companions.part(path, ".mid")
    return max(_objects(path), 0 if mid is None else _records(mid))


def _objects(mif: Path) -> int:
    """Count the objects behind the heading; the parts of a collection are of it."""
    found = parts = 0
    with mif.open("rb") as file:
        for line in file:
            if DATA.match(line):
                break
        for line in file:
            began = OBJECT.match(line)
            if began is None:
                continue
            if parts:
                parts -= 1
                continue
            found += 1
            if began[1].lower() == b"collection":
                parts = int(began[2] or 0)
    return found


def _records(mid: Path) -> int:
    """Count the lines that hold anything, but for line ends within quotes."""
    found, quotes = 0, 0
    with mid.open("rb") as file:
        for line in file:
            found += bool(line.strip()) and quotes % 2 == 0
            quotes += line.count(b'"')
    return found
