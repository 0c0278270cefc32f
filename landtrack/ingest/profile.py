"""Looks at files: reads them as a run would, and judges what is in them."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from landtrack.ingest import apart, read, validate
from landtrack.ingest.formats import encoding, files, tables, vector, zip_input
from landtrack.ingest.formats.base import Contents, Described, Note
from landtrack.ingest.formats.tables import separated
from landtrack.ingest.normalise import georeference
from landtrack.ingest.profile_types import Box, FieldSeen, FileSeen, LayerSeen, ReadingSeen
from landtrack.model import Issue, LayerSource, Schema, issues
from landtrack.model.errors import CRSError, LimitError, SourceError
from landtrack.model.outputs import FINDINGS_CSV, ISSUES_CSV, STORE
from landtrack.spatial import crs, defects
from landtrack.spatial.crs import recognise
from landtrack.spatial.crs.recognise import Reading

ANY = Schema(id="", key="number", group="", geometry="any", field=())
"""The kind of a layer of which nothing is known: its features by their number."""
NO_DATA = frozenset({".toml", ".py"})
"""What lies in the folder of a place and is none of its data: its catalog, programs."""
EXAMPLE = 40
"""Characters shown of a value."""


def paths(named: Path) -> list[Path]:
    """List the files to look at.

    Returns: The file, or every file of the folder and its subfolders that may be data.
    Raises SourceError: If there is no such file or folder.
    """
    if not named.exists():
        raise SourceError(f"{named} is not there.", mend="Correct its name.")
    if named.is_dir() and named.suffix.lower() != ".gdb":
        return zip_input.members(named)
    return [named]


def outputs(found: Iterable[Path]) -> set[Path]:
    """Find the folders that hold what an earlier run gave: it is no source of a place.

    ``found``: Files.
    """
    names: dict[Path, set[str]] = {}
    for each in found:
        names.setdefault(each.parent, set()).add(each.name)
    return {each for each, own in names.items() if {FINDINGS_CSV, ISSUES_CSV, STORE} <= own}


def sources(named: Path) -> list[Path]:
    """List the files to look at; of a folder neither what an earlier run gave nor what is no data.

    Raises SourceError: If there is no such file or folder.
    """
    found = paths(named)
    if found == [named]:
        return found
    own = outputs(found)
    return [
        each for each in found
        if own.isdisjoint(each.parents) and each.suffix.lower() not in NO_DATA
    ]


def look(
    path: Path, *, near: CRS | None = None, gaps: bool = False, fit: tables.Fit | None = None
) -> FileSeen:
    """Look at one file.

    Parameters
    ----------
    path
        The file.
    near
        The working CRS of the place that it belongs to, which rules out readings of the
        coordinates.
    gaps
        Whether narrow gaps between neighbours are told too.
    fit
        What is wanted of the heading of a table; its rows alone tell where not given.

    Returns
    -------
    FileSeen
        What it is; the cause and the mend where it cannot be read.
    """
    size = sum(each.stat().st_size for each in read.siblings(path))
    try:
        return apart.call(_look, path, near, gaps, fit, inputs=(path,))
    except SourceError as error:  # it did not come to an end
        return _unread(path, "?", size, error)


def _look(path: Path, near: CRS | None, gaps: bool, fit: tables.Fit | None) -> FileSeen:  # noqa: FBT001
    """Look at one file; in the process that reads."""
    size = sum(each.stat().st_size for each in read.siblings(path))
    name = "?"
    try:
        found = files.of(path)
        name = vector.driver(path) if found.name == "GDAL" else found.name
        names, bare = _names(path, found)
        layers = [_layer(path, layer, found, (near, fit), gaps=gaps) for layer in names]
        layers += [
            _of_table(each, zip_input.read_table(path, sheet=each, fit=fit)) for each in bare
        ]
    except SourceError as error:
        return _unread(path, name, size, error)
    return FileSeen(path=str(path), format=name, bytes=size, layers=tuple(layers))


def _unread(path: Path, name: str, size: int, error: SourceError) -> FileSeen:
    return FileSeen(
        path=str(path), format=name, bytes=size, cause=error.cause, mend=error.mend,
        over_limit=isinstance(error, LimitError),
    )


def _names(path: Path, told: files.Format) -> tuple[list[str], list[str]]:
    """List the layers of a file; of a workbook every sheet, be it of coordinates or not.

    Returns: The layers, and the tables without shapes that lie in an archive beside them.
    """
    if told is files.ARCHIVE:
        return zip_input.all_names(path)
    return tables.names(path) if told is files.TABLE else told.reader.layer_names(path), []


def _layer(
    path: Path, name: str, told: files.Format, of: tuple[CRS | None, tables.Fit | None], *,
    gaps: bool,
) -> LayerSeen:
    near, fit = of
    try:
        contents = told.reader.read(path, layer=name, encoding=None)
    except SourceError:
        if told is not files.TABLE or path.suffix.lower() == ".dat":
            raise
        return _table(path, name, fit)
    if told in (files.BOUNDARY, files.TABLE) and not tables.is_workbook(path):
        contents = contents._replace(encoding=encoding.of(path))
    return _seen(name, contents, near=near, gaps=gaps)


def _table(path: Path, name: str, fit: tables.Fit | None) -> LayerSeen:
    """See a table without geometry, such as a ledger."""
    sheet = name if tables.is_workbook(path) else None
    return _of_table(name, tables.read(path, sheet=sheet, fit=fit))


def _of_table(name: str, found: tables.Table) -> LayerSeen:
    """See a table as it was read."""
    frame, notes = found.frame, list(found.notes)
    if lost := separated.lost_letters(found.names):
        notes.append(Note(Issue.TABLE_TEXT_LOST, ", ".join(lost)))
    whole = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([None] * len(frame), index=frame.index))
    seen = _seen(name, Contents(whole, [], notes), near=None, gaps=False, table=True)
    above = {column.name: column for column in found.columns}
    return dataclasses.replace(
        seen, heading_row=found.heading_row, said=(*found.above, *found.below),
        fields=tuple(
            dataclasses.replace(
                each, heading=above[each.name].heading, over=above[each.name].over,
                unit_row=above[each.name].unit_row,
            )
            for each in seen.fields
        ),
    )


def _seen(
    name: str, contents: Contents, *, near: CRS | None, gaps: bool, table: bool = False
) -> LayerSeen:
    frame = contents.frame
    rows = read.noted(contents, source=name)
    if frame.empty and not contents.bad:
        rows.append(issues.row(Issue.LAYER_EMPTY, source=name, layer=""))
    shapes = frame.geometry
    span = recognise.numbers(shapes.to_numpy())
    stated = None if frame.crs is None else CRS.from_user_input(frame.crs)
    found = [] if span is None else recognise.readings(span, stated=stated, near=near)
    rows += _crs_rows(name, frame, near) if span is not None else []
    placed = _measurable(frame, found)
    checked = placed if placed is not None else shapes.set_crs(None, allow_override=True)
    if not table:
        rows += _judged(name, checked, metric=placed is not None, gaps=gaps)
    found_in = contents.encoding
    return LayerSeen(
        name=name, read=len(frame) + len(contents.bad), unreadable=len(contents.bad),
        kinds={} if table else _kinds(shapes), fields=_fields(contents),
        encoding=found_in.name if found_in else "",
        encoding_stated=(found_in.stated or "") if found_in else "",
        encoding_proven=found_in is None or found_in.proven,
        crs_stated="" if stated is None else _told(stated),
        readings=tuple(_reading(each) for each in found),
        span=None if span is None else _whole(shapes),
        ground=_ground(shapes, found), said=contents.said, issues=issues.frame(rows),
        marks=issues.marks(rows, checked.crs), shapes=checked,
    )


def _told(system: CRS) -> str:
    return f"{crs.name(system)} ({system.name})" if crs.name(system) != system.name else system.name


def _reading(found: Reading) -> ReadingSeen:
    return ReadingSeen(
        crs=crs.name(found.crs), name=found.crs.name, northing_first=found.swapped,
        longitude=found.longitude, latitude=found.latitude,
    )


def _crs_rows(name: str, frame: gpd.GeoDataFrame, near: CRS | None) -> list[issues.Row]:
    """Say what is remarkable about the CRS, in the words of a run."""
    source = LayerSource(kind="", path=name)
    try:
        return georeference.read(frame, source, label=name, near=near)[2]
    except CRSError as error:
        return [georeference.unplaced(error, frame, source, label=name)]


def _measurable(frame: gpd.GeoDataFrame, found: list[Reading]) -> gpd.GeoSeries | None:
    """Bring the shapes into a CRS in true metres, where their reading is known."""
    if len(found) != 1:
        return None
    reading = found[0]
    shapes = frame.geometry.to_numpy()
    if reading.swapped:
        shapes = georeference.swapped(shapes)
    placed = gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, index=frame.index, crs=reading.crs))
    if crs.is_metric(reading.crs):
        return placed.geometry
    fit = crs.suggest(reading.longitude, reading.latitude)
    for code in fit:
        try:
            return crs.to_crs(placed, CRS.from_user_input(code)).geometry
        except CRSError:
            continue
    return None


def _judged(name: str, shapes: gpd.GeoSeries, *, metric: bool, gaps: bool) -> list[issues.Row]:
    """Judge the shapes: all of them for validity, polygons in metres for their outlines."""
    whole = gpd.GeoDataFrame(
        {"source": name}, index=shapes.index.astype(str), geometry=shapes.to_numpy(),
        crs=shapes.crs,
    )
    kept, rows = validate.geometry(whole, ANY)
    areal = kept[shapely.get_dimensions(kept.geometry.to_numpy()) == 2]  # noqa: PLR2004
    if metric and len(areal):
        rows += validate.outlines(areal, "")
        rows += validate.overlaps(areal, "", Issue.FEATURES_OVERLAP)
        if gaps:
            rows += [
                issues.shown(
                    issues.row(Issue.FEATURES_GAP, source=name, layer="",
                               value=f"{gap.area:,.2f} m²"),
                    [("gap", gap)],
                )
                for gap in defects.gaps(areal.geometry.to_numpy())
            ]
    return rows


def _kinds(shapes: gpd.GeoSeries) -> dict[str, int]:
    names = shapes.geom_type.mask(shapes.is_empty, "empty").fillna("missing")
    return {str(kind): int(number) for kind, number in names.value_counts().items()}


def _fields(contents: Contents) -> tuple[FieldSeen, ...]:
    frame = contents.frame
    seen = []
    for name in frame.columns.drop(frame.geometry.name):
        cells = frame[name].dropna()
        example = "" if cells.empty else str(cells.iloc[0])
        described = contents.columns.get(str(name), Described("", {}))
        seen.append(FieldSeen(
            alias=described.alias, coded=dict(described.values), unit_row=described.unit_row,
            name=str(name), type=_type(frame[name]), filled=len(cells),
            example=example if len(example) <= EXAMPLE else example[: EXAMPLE - 1] + "…",
        ))
    return tuple(seen)


def _type(column: pd.Series[Any]) -> str:
    """Name a column's type; the words are keys of the text catalog."""
    if pd.api.types.is_bool_dtype(column):
        return "bool"
    if pd.api.types.is_integer_dtype(column):
        return "integer"
    if pd.api.types.is_float_dtype(column):
        return "number"
    if pd.api.types.is_datetime64_any_dtype(column):
        return "date"
    return "text" if pd.api.types.is_string_dtype(column) else "mixed"


def _whole(shapes: gpd.GeoSeries) -> Box | None:
    """Give the box of the coordinates as written, but for those that are no numbers."""
    boxes = shapely.bounds(shapes.to_numpy())
    boxes = boxes[np.isfinite(boxes).all(axis=1)]
    if not len(boxes):
        return None
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return (float(low[0]), float(low[1]), float(high[0]), float(high[1]))


def _ground(shapes: gpd.GeoSeries, found: list[Reading]) -> Box | None:
    """Give the box on the ground, to some hundred metres where the datum is an old one."""
    box = _whole(shapes)
    if len(found) != 1 or box is None:
        return None
    reading = found[0]
    west, south, east, north = (box[1], box[0], box[3], box[2]) if reading.swapped else box
    if reading.crs.is_geographic:
        return (west, south, east, north)
    geodetic = reading.crs.geodetic_crs
    if geodetic is None:
        return None
    bounds = crs.transformer(reading.crs, geodetic).transform_bounds(west, south, east, north)
    return (float(bounds[0]), float(bounds[1]), float(bounds[2]), float(bounds[3]))
