"""What the program OVITAL (奥维) says of its coordinates, and its files in JSON.

Each feature of an ``.ovkml``, ``.ovkmz`` or ``.ovjsn`` says by itself whether it is shifted as
Chinese web maps are. Those are brought back; a feature that does not say is told.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from landtrack.ingest.formats import encoding as encodings
from landtrack.ingest.formats.base import Contents, Encoding, Note
from landtrack.model import Issue
from landtrack.model.errors import SourceError
from landtrack.spatial.crs import offsets

TRUE = frozenset({"CGCS2000", "WGS84", "WGS1984"})
"""Words, without signs, for coordinates that are not shifted."""
POINT, LINE, AREA = 7, 8, 13
"""Types of objects in an ``.ovjsn``."""
GROUP_KEYS = ("ObjItems", "ObjChildren")
"""Where objects stand in a file or a folder of an ``.ovjsn``."""
CORNERS = 3
CLOSED = 5e-7
"""Degrees within which a line comes back to its start."""


class Datum(NamedTuple):
    """What a feature says of its coordinates; ``shift`` where they are shifted."""

    said: str
    known: bool
    shift: str | None


def datums(said: Iterable[str]) -> list[Datum]:
    """Read what features say of their coordinates.

    ``said``: Such as ``CGCS2000``, ``GCJ02``, ``GCJ-02``, ``WGS84``; empty where nothing is said.
    Returns: In their order; a word that nobody knows says nothing.
    """
    found = []
    for each in said:
        plain = "".join(letter for letter in each.upper() if letter.isalnum())
        shift = offsets.named(each)
        found.append(Datum(each, plain in TRUE or shift is not None, shift))
    return found


def restored(
    frame: gpd.GeoDataFrame, stated: list[Datum]
) -> tuple[gpd.GeoDataFrame, list[Note]]:
    """Bring back what is shifted, each feature by its own word.

    ``frame``: n features in EPSG:4326.
    Returns frame : GeoDataFrame: In WGS 84; marked, so that it is not brought back a second time.
    Returns notes : list of Note: By how much how many were moved; the words that nobody knows.
    """
    notes = [
        Note(Issue.DATUM_WORD_UNKNOWN, each.said, feature=int(number))
        for number, each in zip(frame.index, stated, strict=True) if each.said and not each.known
    ]
    if not any(each.shift for each in stated):
        return frame, notes
    found = offsets.restore(frame.geometry.to_numpy(), [each.shift for each in stated])
    notes += [
        Note(Issue.CRS_SHIFTED, f"{name} ±{offsets.ACCURACY_M:g} m: {number} / {len(frame)}, "
             f"{metres:,.0f} m")
        for name, (number, metres) in found.moved.items()
    ]
    frame = frame.set_geometry(gpd.GeoSeries(found.shapes, index=frame.index, crs=frame.crs))
    frame.attrs[offsets.RESTORED] = True
    return frame, notes


def layer_names(path: Path) -> list[str]:
    """Name the one layer of an ``.ovjsn``.

    Returns: Its name without suffix.
    """
    return [path.stem]


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read an ``.ovjsn``.

    ``encoding``: Found from the bytes where not given.
    Returns: In EPSG:4326 with ``name`` and ``comment``; what is shifted was brought back.
    Raises SourceError: If it is no JSON of OVITAL.
    """
    del layer
    found = Encoding(encoding or encodings.of(path).name, "utf-8", proven=True)
    try:
        whole = json.loads(encodings.read_text(path, encoding))
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"{path} is no whole JSON: {error}.", mend="Export it again from OVITAL, best as KML."
        ) from error
    unused: Counter[str] = Counter()
    rows: dict[int, tuple[dict[str, str], shapely.Geometry, str]] = {}
    bad: list[int] = []
    notes: list[Note] = []
    for number, (kind, item) in enumerate(_objects(whole, unused), 1):
        detail = item["ObjectDetail"]
        name = str(item.get("Name") or "")
        try:
            shape, closed = _shape(kind, detail)
        except (KeyError, TypeError, ValueError):
            bad.append(number)
            continue
        if closed:
            notes.append(Note(Issue.LINE_TAKEN_AS_AREA, name, feature=number))
        values = {"name": name, "comment": str(item.get("Comment") or "")}
        rows[number] = values, shape, _said(detail.get("Gcj02"))
    if unused:
        told = ", ".join(f"{kind} {count}" for kind, count in sorted(unused.items()))
        notes.append(Note(Issue.ENTITIES_UNUSED, told))
    frame = gpd.GeoDataFrame(
        [values for values, _, _ in rows.values()], index=list(rows), columns=["name", "comment"],
        geometry=[shape for _, shape, _ in rows.values()], crs="EPSG:4326",
    )
    stated = datums(said for _, _, said in rows.values())
    frame, told_of = restored(frame, stated)
    unsaid = frame.geometry[[not each.known for each in stated]]
    if len(unsaid):
        west, south, _, _ = unsaid.total_bounds
        notes.append(Note(Issue.DATUM_MAY_BE_SHIFTED, f"{west:.5f}, {south:.5f}"))
    return Contents(frame, bad, [*notes, *told_of], found)


def _said(flag: object) -> str:
    """Put the flag of an object into the words of the other files."""
    return {"1": "GCJ-02", "0": "CGCS2000", "True": "GCJ-02", "False": "CGCS2000"}.get(
        str(flag), ""
    )


def _objects(whole: object, unused: Counter[str]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Go through the objects with coordinates, also those in folders, in their order."""
    waiting = [whole]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting += reversed(item)
            continue
        if not isinstance(item, dict):
            continue
        own = item.get("Object")
        held: dict[str, Any] = own if isinstance(own, dict) else item
        detail = held.get("ObjectDetail")
        inner = [
            part[key] for part in (item, own, detail) if isinstance(part, dict)
            for key in GROUP_KEYS if isinstance(part.get(key), list)
        ]
        waiting += reversed(inner)
        if isinstance(detail, dict) and not inner:
            kind = held.get("Type", item.get("Type"))
            if kind in (POINT, LINE, AREA):
                yield int(kind), held
            else:
                unused[f"Type {kind}"] += 1


def _shape(kind: int, detail: dict[str, Any]) -> tuple[shapely.Geometry, bool]:
    """Make the shape of an object; tells whether a line that comes back became an area."""
    flat = [detail["Lat"], detail["Lng"]] if kind == POINT else detail["Latlng"]
    corners = np.array(flat, dtype="float64").reshape(-1, 2)[:, ::-1]
    if not np.isfinite(corners).all() or (np.abs(corners) > [180, 90]).any():
        raise ValueError("coordinates that are no degrees")
    if kind == POINT:
        return shapely.Point(corners[0]), False
    if kind == AREA:
        return shapely.Polygon(corners), False
    closed = len(corners) > CORNERS and np.abs(corners[0] - corners[-1]).max() <= CLOSED
    return (shapely.Polygon(corners), True) if closed else (shapely.LineString(corners), False)
