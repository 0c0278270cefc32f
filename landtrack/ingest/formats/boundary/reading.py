"""From the lines of a boundary-coordinate TXT to parcels."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.ingest.formats import axes, rings
from landtrack.ingest.formats.axes import Grid, Placed
from landtrack.ingest.formats.base import Contents, Note
from landtrack.ingest.formats.boundary import judging, lines
from landtrack.ingest.formats.boundary.judging import Shapes
from landtrack.ingest.formats.boundary.layout import words
from landtrack.ingest.formats.boundary.lines import Lines, Points
from landtrack.ingest.formats.encoding import read_text
from landtrack.model import Issue
from landtrack.model.errors import SourceError
from landtrack.spatial.crs import china

ATTRS = "boundary"
"""Under this key the header stands in the frame's ``attrs``, by section and key."""
PRECISION_M = 0.001
"""The format's own, where 精度 says nothing else."""
CLOSING, CLOSING_DEGREES = 2.5, 1e-8
"""How far a ring's last point may lie from its first, in precisions, and in degrees."""
FINEST, COARSEST = 1e-6, 1.0
"""Precisions in metres that may be meant."""
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


def read(
    path: Path, *, layer: str | None = None, encoding: str | None = None,
    layout: str | None = None,
) -> Contents:
    """Read the parcels of a boundary-coordinate TXT.

    ``layer``: Its only layer, named as the file without its suffix.
    ``encoding``: Its encoding; found from the bytes where not given.
    ``layout``: Id of its layout in ``data/boundary``; recognised where not given.
    Returns: A row for each parcel line, indexed by its number from 1: the fields of the layout as
    text, 地块面积 in hectares whatever the file has, polygons with easting (or longitude) first.
    The CRS is that of datum and zone, none where the file does not tell. The header stands in
    ``frame.attrs["boundary"]``, by section and key.
    Raises SourceError: If the file is no such file, is in no encoding that fits, or its axes or its
    layout can be read in two ways.
    """
    if layer is not None and layer != path.stem:
        raise SourceError(
            f"{path} has no layer {layer!r}.", mend=f"Its only layer is {path.stem!r}."
        )
    found = lines.parse(read_text(path, encoding), what=path, layout=layout)
    n = len(found.parcels)
    header = {key: value for held in found.header.values() for key, value in held.items()}
    grid, notes = stated_grid(header)
    present, feature = np.unique(found.points.parcel, return_inverse=True)
    placed = axes.place(found.points.north, found.points.east, feature, grid, what=path)
    notes += _place_notes(placed, present)
    special, fields = words().fields, _fields(found)
    shaped = _shapes(found.points, placed, precision(header), n, fields.get(special.kind))
    unplaced = np.zeros(n, dtype=bool)
    unplaced[present[placed.unplaced]] = True
    verdict = judging.judge(found, shaped, fields, unplaced)
    columns = {name: pd.array(values, dtype="str") for name, values in fields.items()}
    if special.area in columns:
        columns[special.area] = verdict.area_ha
    columns.pop(special.count, None)
    frame = gpd.GeoDataFrame(
        columns, geometry=verdict.shapes, crs=placed.crs, index=pd.RangeIndex(1, n + 1)
    )
    bad = np.flatnonzero(shapely.is_missing(verdict.shapes) | verdict.doubtful | unplaced)
    notes += [*found.notes, *verdict.notes]
    frame = frame.drop(index=bad + 1)
    frame.attrs[ATTRS] = {name: dict(held) for name, held in found.header.items()}
    return Contents(frame, [int(number) + 1 for number in bad], notes)


def stated_grid(header: dict[str, str]) -> tuple[Grid, list[Note]]:
    """Read from a header where its coordinates lie.

    ``header``: Values by key.
    Returns grid : Grid: What is stated; the datum is none where the projection is no Gauss-Kruger.
    """
    notes: list[Note] = []
    key, datum = _stated(header, "datum")
    known = china.datum_named(datum)
    if datum and known is None:
        notes.append(Note(Issue.CRS_TEXT_UNKNOWN, datum, field=key))
    key, projection = _stated(header, "projection")
    plain = projection.replace(" ", "").casefold()
    names = words().projections["gauss_kruger"]
    if projection and plain not in {name.replace(" ", "").casefold() for name in names}:
        notes.append(Note(Issue.CRS_TEXT_UNKNOWN, projection, field=key))
        known = None
    number = _digits(_stated(header, "zone")[1])
    meridian = _digits(_stated(header, "meridian")[1])
    if number is None and meridian is not None and meridian % 3 == 0:
        number = meridian // 3
    return Grid(known, number, _digits(_stated(header, "width")[1])), notes


def precision(header: dict[str, str]) -> float | None:
    """Read the precision, written as 0.001 or as a number of digits.

    ``header``: Values by key.
    Returns: Metres; None where nothing sensible is stated.
    """
    text = _stated(header, "precision")[1]
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\D*", text)
    if match is None:
        return None
    value = float(match[1])
    if value >= 1 and value.is_integer() and "." not in match[1]:
        value = 10.0 ** -min(value, 9)
    return value if FINEST <= value <= COARSEST else None


def _stated(header: dict[str, str], what: str) -> tuple[str, str]:
    """Give the key under which something is stated, and its value; ``""`` for neither."""
    for key in words().keys[what]:
        if header.get(key):
            return key, header[key]
    return "", ""


def _digits(text: str) -> int | None:
    match = re.search(r"\d{1,3}", text)
    return int(match[0]) if match else None


def _fields(found: Lines) -> dict[str, list[str | None]]:
    """Give the fields of the parcel lines by column; None where nothing stands."""
    names = found.layout.parcel
    rows = [_aligned(fields, names) for fields in found.parcels]
    return {
        name: [row[at] or None for row in rows] for at, name in enumerate(names) if name
    }


def _aligned(fields: list[str], names: tuple[str, ...]) -> list[str]:
    """Give a parcel's fields their places; all are missing where these cannot be told.

    A name with a comma in it makes more fields than there are; the kind of geometry behind
    it shows how many are the name.
    """
    special, more = words().fields, len(fields) - len(names)
    if more == 1 and not fields[-1]:  # a comma too many at the end
        fields, more = fields[:-1], 0
    if more == 0:
        return fields
    if more > 0 and (special.name, special.kind) in pairwise(names):
        at, kinds = names.index(special.name), lines.kinds()
        if fields[at + 1 + more] in kinds and not kinds & set(fields[at : at + 1 + more]):
            return [*fields[:at], ",".join(fields[at : at + 1 + more]), *fields[at + 1 + more :]]
    return [""] * len(names)


def _shapes(
    points: Points, placed: Placed, stated: float | None, n: int, kinds: list[str | None] | None
) -> Shapes:
    """Make the geometry that each parcel line says it is."""
    tolerance = CLOSING * (stated or PRECISION_M)
    if placed.degrees:
        tolerance = CLOSING_DEGREES
    made = rings.outlines(
        placed.east, placed.north, points.parcel, points.ring, n=n, tolerance=tolerance
    )
    shapes, unclosed = made.shapes, made.unclosed.copy()
    known = words().kinds
    for number, kind in enumerate(kinds or ()):
        if kind not in {known.point, known.line}:
            continue
        own = slice(*np.searchsorted(points.parcel, [number, number + 1]))
        if own.stop > own.start:
            xy = np.column_stack([placed.east[own], placed.north[own]])
            shapes[number] = (
                _point(xy) if kind == known.point else _line(xy, points.ring[own])
            )
            unclosed[number] = False
            made.other.pop(number, None)
    return Shapes(
        shapes=shapes, other=made.other, unclosed=unclosed, broken=made.broken,
        corners=made.corners, rows=np.bincount(points.parcel, minlength=n),
        degrees=placed.degrees,
    )


def _point(xy: Floats) -> shapely.Geometry:
    return shapely.Point(xy[0]) if len(xy) == 1 else shapely.MultiPoint(xy)


def _line(xy: Floats, ring: npt.NDArray[np.int64]) -> shapely.Geometry | None:
    """Make a line of each run of a number; none where one has a single point."""
    parts = np.split(xy, np.flatnonzero(np.diff(ring)) + 1)
    if min(map(len, parts)) == 1:
        return None
    return shapely.LineString(parts[0]) if len(parts) == 1 else shapely.MultiLineString(parts)


def _place_notes(placed: Placed, present: npt.NDArray[np.int64]) -> list[Note]:
    """Name what was found out about the axes and the zone."""
    notes = [Note(Issue.ZONE_DIFFERS, text) for text in placed.differs]
    for issue, flags in (
        (Issue.AXES_TURNED, placed.turned), (Issue.ZONE_MOVED, placed.moved),
    ):
        notes += judging.each_or_all(issue, present[flags], len(present), lambda _: "")
    notes += [
        Note(Issue.COORDINATES_UNPLACED, "", int(present[at]) + 1)
        for at in np.flatnonzero(placed.unplaced)
    ]
    return notes
