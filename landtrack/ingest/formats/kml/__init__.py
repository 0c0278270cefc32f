"""KML and KMZ: each folder that holds placemarks is a layer.

Longitudes and latitudes of WGS 84; heights are left out. A closed line is the area that
somebody drew and is reported. Links to other files are named, never followed.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element

import geopandas as gpd
import pandas as pd
import shapely

from landtrack.ingest.formats import ovital
from landtrack.ingest.formats.base import Contents, Note
from landtrack.ingest.formats.kml.document import Document, load, tag
from landtrack.ingest.formats.kml.placemarks import Placemark, placemark
from landtrack.ingest.formats.kml.writing import DATUM, losses, write
from landtrack.model import Issue
from landtrack.model.errors import SourceError
from landtrack.spatial.crs import offsets

__all__ = ["layer_names", "losses", "read", "write"]

CONTAINERS = frozenset({"kml", "Document", "Folder"})
UNREAD = frozenset({
    "NetworkLink", "GroundOverlay", "PhotoOverlay", "ScreenOverlay", "Tour", "NetworkLinkControl",
})


class Folder(NamedTuple):
    """A folder that holds placemarks: its names from the outermost inwards."""

    path: tuple[str, ...]
    placemarks: list[Element]


def layer_names(path: Path) -> list[str]:
    """List the folders that hold placemarks.

    ``path``: The ``.kml`` or ``.kmz``.
    Returns: Names in the order of the file; where two folders have one name, those of the folders
    around them stand before it. A folder without a name is part of the one around it, a document
    without one has the file's.
    Raises SourceError: If the file cannot be read.
    """
    return list(_named(_folders(load(path, None).root, path.stem, Counter())))


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read the placemarks of one folder.

    ``path``: The ``.kml`` or ``.kmz``.
    ``layer``: Name of the folder; the first where not given.
    ``encoding``: Of its text; found from the bytes where not given.
    Returns: In EPSG:4326, with ``name``, ``description`` and what else stands in the placemarks:
    extended data with or without a schema, and tables of two columns in descriptions.
    Raises SourceError: If the file cannot be read, has no such folder, or none of its coordinates
    are degrees.
    """
    document = load(path, encoding)
    unused: Counter[str] = Counter()
    layers = _named(_folders(document.root, path.stem, unused))
    if layer is None:
        layer = next(iter(layers), "")
    elif layer not in layers:
        raise SourceError(
            f"{path} has no folder {layer!r} with placemarks.",
            mend=f"Name one that it has: {', '.join(layers)}.",
        )
    types = _types(document.root)
    found = [placemark(each, types) for each in layers.get(layer, [])]
    if found and all(each.bad for each in found):
        raise SourceError(
            f"{path} holds no longitudes and latitudes in degrees (in {layer!r}).",
            mend="KML is in WGS 84, longitude before latitude: export it again from the map "
            "program, or ask for the projected coordinates in another format.",
        )
    unused.update(kind for each in found for kind in each.unused)
    rows = {number: each for number, each in enumerate(found, 1) if not each.bad}
    stated = ovital.datums([each.datum for each in rows.values()])
    frame, told = ovital.restored(_frame(rows), stated)
    return Contents(
        frame,
        [number for number, each in enumerate(found, 1) if each.bad],
        [*document.notes, *_notes(document, frame, found, unused, stated), *told],
        document.encoding,
    )


def _folders(root: Element, name: str, unused: Counter[str]) -> list[Folder]:
    """Go through the folders; counts what is not read."""
    found: dict[tuple[int, ...], Folder] = {}
    waiting: list[tuple[Element, tuple[str, ...], tuple[int, ...]]] = [(root, (name,), (0,))]
    while waiting:
        element, path, key = waiting.pop()
        folder = found.setdefault(key, Folder(path, []))
        inner = []
        for number, each in enumerate([element] if tag(element) == "Placemark" else element):
            kind = tag(each)
            if kind == "Placemark":
                folder.placemarks.append(each)
            elif kind in CONTAINERS:
                own = _name(each)
                if own is None:
                    inner.append((each, path, key))
                else:
                    inner.append((each, (*path, own), (*key, number)))
            elif kind in UNREAD:
                unused[kind] += 1
        waiting += reversed(inner)
    return [folder for folder in found.values() if folder.placemarks]


def _name(element: Element) -> str | None:
    text = next((each.text for each in element if tag(each) == "name"), None)
    return " ".join(text.split()) or None if text else None


def _named(folders: list[Folder]) -> dict[str, list[Element]]:
    """Name folders as shortly as tells them apart."""
    last = Counter(folder.path[-1] for folder in folders)
    named: dict[str, list[Element]] = {}
    for folder in folders:
        once = last[folder.path[-1]] == 1
        name = folder.path[-1] if once else "/".join(folder.path[1:] or folder.path)
        named.setdefault(name, []).extend(folder.placemarks)
    return named


def _types(root: Element) -> dict[str, dict[str, str]]:
    """Read the types of fields by schema."""
    return {
        schema.get("id", ""): {
            field.get("name", ""): field.get("type", "")
            for field in schema if tag(field) == "SimpleField"
        }
        for schema in root.iter() if tag(schema) == "Schema"
    }


def _frame(rows: dict[int, Placemark]) -> gpd.GeoDataFrame:
    """Make the table of a layer."""
    index = pd.Index(list(rows), dtype="int64")
    names = dict.fromkeys(name for each in rows.values() for name in each.values)
    columns = {
        name: pd.Series([each.values.get(name) for each in rows.values()], index, dtype="object")
        .infer_objects()
        for name in names
    }
    shapes = [each.shape for each in rows.values()]
    if "geometry" in columns:
        columns["geometry_2"] = columns.pop("geometry")
    return gpd.GeoDataFrame(columns, geometry=shapes, index=index, crs="EPSG:4326")


def _notes(
    document: Document, frame: gpd.GeoDataFrame, found: list[Placemark], unused: Counter[str],
    datums: list[ovital.Datum],
) -> list[Note]:
    """Say what is remarkable about a layer."""
    notes = [
        note._replace(feature=number)
        for number, each in enumerate(found, 1) if not each.bad for note in each.notes
    ]
    high = sum(each.high for each in found)
    if high:
        notes.append(Note(Issue.ALTITUDE_DROPPED, str(high)))
    if unused:
        told = ", ".join(f"{kind} {number}" for kind, number in sorted(unused.items()))
        notes.append(Note(Issue.ENTITIES_UNUSED, told))
    stated = any(each.get("name") == DATUM for each in document.root.iter() if tag(each) == "Data")
    unsaid = frame.geometry[[not each.known for each in datums]].dropna()
    if not stated and len(unsaid) and shapely.intersects(
        shapely.box(*offsets.CHINA), unsaid.to_numpy()
    ).any():
        west, south, _, _ = unsaid.total_bounds
        notes.append(Note(Issue.DATUM_MAY_BE_SHIFTED, f"{west:.5f}, {south:.5f}"))
    return notes
