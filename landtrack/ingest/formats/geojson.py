"""GeoJSON of every age: with a ``crs`` member, a bare list of features, in any encoding.

GDAL reads it; what GDAL would refuse or read wrongly for its wrapping alone is put right in
a copy first, and told.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from landtrack.ingest.formats import encoding as encodings, ovital, temporary, vector
from landtrack.ingest.formats.base import Contents, Encoding, Note
from landtrack.model import Issue
from landtrack.model.errors import CRSError, SourceError
from landtrack.spatial import crs
from landtrack.spatial.crs import offsets

OPTIONS = {"DATE_AS_STRING": "YES"}
"""Dates as text, so that 30 February is named and does not vanish."""
LINES = (".geojsonl", ".geojsons", ".ndjson")
"""Suffixes of files with one feature a line."""
CHUNK = 1 << 20
NAMED_CRS = re.compile(
    rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*"(?:name|code)"\s*:\s*(?:"((?:[^"\\]|\\.)*)"|(\d+))'
)
"""The CRS that a GeoJSON of old states, at its head or at its end."""
PLAIN = frozenset({"CRS84", "WGS84", "EPSG:4326"})
"""Names of what a GeoJSON without a CRS is in, beside those that PROJ knows."""


def layer_names(path: Path) -> list[str]:
    """Name the one layer of a GeoJSON file.

    Returns: The name that it states, else that of the file.
    Raises SourceError: If it is no GeoJSON.
    """
    with _readable(path, encodings.of(path).name) as (whole, _):
        try:
            return vector.layer_names(whole)
        except SourceError as error:
            raise _why(path, whole, error) from error


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read a GeoJSON file.

    ``layer``: Of a TopoJSON of several; of no use otherwise, as there is one.
    ``encoding``: Found from the bytes where not given.
    Returns: The features; a note where the encoding is not the UTF-8 that GeoJSON is in.
    Raises SourceError: If it is no GeoJSON, or cut off; the message says at which line and column.
    """
    found = Encoding(encoding or encodings.of(path).name, "utf-8", proven=True)
    with _readable(path, found.name) as (whole, notes):
        try:
            objects = _objects(whole)
            contents = (
                vector.read(whole, options=OPTIONS) if objects is None
                else _as_written(vector.read(whole, layer=layer), objects, layer)
            )
        except SourceError as error:
            raise _why(path, whole, error) from error
        contents = _in_named_crs(contents, _named_crs(whole))
    return contents._replace(notes=[*contents.notes, *notes], encoding=found)


def _named_crs(path: Path) -> str:
    """Read the name of the CRS that a file states; empty where it states none."""
    with path.open("rb") as file:
        ends = file.read(CHUNK)
        file.seek(max(len(ends), path.stat().st_size - CHUNK))
        ends += file.read()
    found = NAMED_CRS.search(ends)
    return "" if found is None else (found[1] or found[2]).decode("utf-8", errors="replace")


def _in_named_crs(contents: Contents, named: str) -> Contents:
    """Put features into the CRS that their file names, where GDAL passed it over for WGS 84.

    Shifted coordinates are brought back; of a name that nobody knows the CRS is not stated.
    """
    frame = contents.frame
    if not named or frame.crs is None or frame.crs != crs.WGS84:
        return contents
    shift = offsets.named(named.rpartition(":")[2])
    if shift is not None:
        frame, told = ovital.restored(frame, ovital.datums([shift] * len(frame)))
        return contents._replace(frame=frame, notes=[*contents.notes, *told])
    try:
        known = crs.parse(named, what="crs")
    except CRSError:
        if named.upper() in PLAIN:
            return contents
        note = Note(Issue.CRS_TEXT_UNKNOWN, named, field="crs")
        return contents._replace(
            frame=frame.set_crs(None, allow_override=True), notes=[*contents.notes, note]
        )
    if known == crs.WGS84 or crs.name(known) == "OGC:CRS84":
        return contents
    return contents._replace(frame=frame.set_crs(known, allow_override=True))


def _objects(path: Path) -> dict[str, Any] | None:
    """Give the layers of a TopoJSON; None of other JSON."""
    with path.open("rb") as file:
        if b'"Topology"' not in file.read(CHUNK):
            return None
    try:
        whole = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError):
        return None  # its reader says where it breaks
    held = whole.get("objects") if isinstance(whole, dict) else None
    return held if isinstance(held, dict) and whole.get("type") == "Topology" else None


def _as_written(contents: Contents, objects: dict[str, Any], layer: str | None) -> Contents:
    """Put back as text what GDAL made days of in a TopoJSON: 30 February becomes 2 March there."""
    frame = contents.frame
    days = [
        name for name in frame.columns
        if name != frame.geometry.name and frame[name].dtype.kind in "MO"
    ]
    own = objects.get(layer or next(iter(objects), ""), {})
    members = own.get("geometries", []) if own.get("type") == "GeometryCollection" else [own]
    if not days or len(members) != len(frame):
        note = Note(Issue.FILE_REMARK, f"no days: {', '.join(days)}")
        return contents._replace(
            frame=frame.assign(**dict.fromkeys(days)), notes=[*contents.notes, note]
        ) if days else contents
    written = {
        name: [(each.get("properties") or {}).get(name) for each in members] for name in days
    }
    return contents._replace(frame=frame.assign(**written))


@contextmanager
def _readable(path: Path, found: str) -> Iterator[tuple[Path, list[Note]]]:
    """Give a file that GDAL reads rightly: the file itself, or a copy put right."""
    with path.open("rb") as file:
        head = file.read(CHUNK)
    plain = head.removeprefix(codecs.BOM_UTF8).lstrip()
    listed = plain.startswith(b"[") and path.suffix.lower() not in LINES
    if found == "utf-8" and not listed:
        yield path, []
        return
    try:
        text = path.read_text(encoding="utf-8-sig" if found == "utf-8" else found)
        if listed:
            features = json.loads(text)
            if not all(isinstance(each, dict) and "geometry" in each for each in features):
                raise SourceError(
                    f"{path} is a JSON list, but not of GeoJSON features.",
                    mend="Export it as GeoJSON (a FeatureCollection).",
                )
            text = json.dumps({"type": "FeatureCollection", "features": features})
    except ValueError as error:
        raise SourceError(
            f"{path} cannot be read as JSON in {found}: {error}.",
            mend="Export it again as GeoJSON in UTF-8, or name its encoding in the catalog.",
        ) from error
    notes = [] if found == "utf-8" else [Note(Issue.ENCODING_DIFFERS, f"{found} / utf-8")]
    with temporary.folder() as folder:
        copy = folder / path.name
        copy.write_text(text, encoding="utf-8", newline="")
        with temporary.standing_for(folder, path):
            yield copy, notes


def _why(path: Path, whole: Path, error: SourceError) -> SourceError:
    """Say where the text stops being JSON, which GDAL tells only roughly."""
    text = whole.read_text(encoding="utf-8-sig", errors="replace")
    try:
        json.loads(text)
    except json.JSONDecodeError as fault:
        cut = fault.pos >= len(text.rstrip()) or "Unterminated" in fault.msg
        return SourceError(
            f"{path} is cut off at line {fault.lineno}, column {fault.colno}." if cut else
            f"{path} is no JSON at line {fault.lineno}, column {fault.colno}: {fault.msg}.",
            mend="Fetch it again: the end is missing." if cut
            else "Correct that place, or export the file again.",
        )
    except (ValueError, RecursionError):  # a number of more digits than Python takes
        pass
    return SourceError(
        f"{path} is JSON, but no GeoJSON: {error.cause.replace(str(whole), path.name)}",
        mend="Export it as GeoJSON (a FeatureCollection).",
    )
