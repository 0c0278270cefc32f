"""From points or polygons to a table of coordinates."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import xlsxwriter
from pyproj import CRS

from landtrack.ingest.formats.base import Loss
from landtrack.ingest.formats.coordinates import columns
from landtrack.model import disk
from landtrack.model.errors import OutputError
from landtrack.model.value import ALWAYS
from landtrack.model.visible import RISKY

MOST_ROWS, LONGEST = 1_048_575, 32_767
"""Rows of a sheet below its heading, and characters of a cell."""
ENCODINGS = ("utf-8-sig", "gb18030")
PLACING = frozenset(
    {"wkt", "longitude", "latitude", "north", "east", "x", "y", "part", "ring", "crs"}
)
"""What columns of attributes must not be called: they would be read as something else."""


def losses(frame: gpd.GeoDataFrame, *, suffix: str = ".csv") -> list[Loss]:
    """Tell what a table of coordinates cannot hold of a frame.

    ``frame``: n points or polygons.
    ``suffix``: How the file's name will end: ``.csv``, which has no types, or ``.xlsx``.
    Returns: Figures and dates that become text, heights, and features without geometry.
    """
    found = []
    if suffix != ".xlsx":
        found += [
            Loss("value_as_text", int(values.notna().sum()), field=str(name))
            for name, values in frame.drop(columns=frame.geometry.name).items()
            if values.dtype.kind in "ifbM" and values.notna().any()
        ]
    for what, number in (
        ("shape_missing", int((frame.geometry.isna() | frame.geometry.is_empty).sum())),
        ("heights_dropped", int(frame.geometry.has_z.sum())),
    ):
        found += [Loss(what, number)] if number else []
    return found


def write(frame: gpd.GeoDataFrame, path: Path, *, encoding: str = "utf-8-sig") -> None:
    """Write a table of coordinates: a row for each point, or for each corner of a polygon.

    ``frame``: n points, or n polygons; features without geometry are left out.
    ``path``: An ``.xlsx`` or ``.csv`` to make. Rings are closed by their first point; a column
    names the CRS. In CSV text that a spreadsheet would run as a formula gets an apostrophe in
    front; in a workbook text is text, and numbers have 16 digits.
    ``encoding``: Of CSV: ``utf-8-sig`` or ``gb18030``.
    Raises OutputError: If nothing has a geometry, the shapes are of other kinds or mixed, a
    column's name would be taken for coordinates, a sheet has no room, or the file cannot be
    written.
    """
    shown = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if shown.empty:
        raise OutputError(
            "There is no feature with a geometry to write.",
            mend="Check which layer was chosen.",
        )
    attributes = [name for name in frame.columns if name != frame.geometry.name]
    _insist_on_names(attributes, points=set(shown.geometry.geom_type) <= {"Point"})
    coordinates = _coordinates(shown)
    number = coordinates.pop("number")
    table = {
        **coordinates,
        **{str(name): shown[name].to_numpy(dtype=object)[number] for name in attributes},
    }
    rows = [[_cell(value) for value in row] for row in zip(*table.values(), strict=True)]
    with disk.writing(path):
        if path.suffix.lower() == ".xlsx":
            _write_workbook(path, list(table), rows)
        else:
            _write_text(path, list(table), rows, encoding)


def _insist_on_names(attributes: Sequence[Any], *, points: bool) -> None:
    """Refuse columns that would be read back as coordinates."""
    written = dict(columns.words().written)
    if points:
        del written["point"]  # a survey point has a name
    taken = [
        str(name) for name in attributes
        if columns.role_of(name) in PLACING or str(name) in written.values()
    ]
    if taken:
        raise OutputError(
            f"The columns {', '.join(taken)} would be read as coordinates.",
            mend="Rename or drop them first.",
        )


def _coordinates(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Give the columns of the points by heading, and each row's place in the frame."""
    kinds = set(frame.geometry.geom_type)
    written = columns.words().written
    if kinds <= {"Point"}:
        xy = shapely.get_coordinates(frame.geometry.to_numpy())
        number = np.arange(len(frame))
        names: dict[str, Any] = {written["parcel"]: number + 1}
    elif kinds <= {"Polygon", "MultiPolygon"}:
        names, number, xy = _corners(frame)
    else:
        raise OutputError(
            f"A table of coordinates holds points or polygons, not {', '.join(sorted(kinds))}.",
            mend="Write the layer as GeoPackage, or each kind on its own.",
        )
    degrees = frame.crs is not None and frame.crs.is_geographic
    east, north = ("longitude", "latitude") if degrees else ("east", "north")
    order = (east, north) if degrees else (north, east)
    values = {east: xy[:, 0], north: xy[:, 1]}
    names |= {written[each]: values[each] for each in order}
    if frame.crs is not None:
        names[written["crs"]] = [_name(frame.crs)] * len(xy)
    return {**names, "number": number}


def _name(system: CRS) -> str:
    """Name a CRS so that it is found again."""
    authority = system.to_authority()
    return ":".join(authority) if authority else str(system.to_wkt())


def _corners(frame: gpd.GeoDataFrame) -> tuple[dict[str, Any], Any, Any]:
    """Give the corners of polygons with parcel, part, ring and number, and their coordinates."""
    oriented = shapely.orient_polygons(frame.geometry.to_numpy(), exterior_cw=True)
    parts, of_part = shapely.get_parts(oriented, return_index=True)
    rings, of_ring = shapely.get_rings(parts, return_index=True)
    xy, of_corner = shapely.get_coordinates(rings, return_index=True)
    number = of_part[of_ring][of_corner]
    part = _counted(of_part)[of_ring][of_corner]
    ring = _counted(of_part[of_ring])[of_corner]
    corner = _counted(of_corner)
    last = np.append(np.diff(of_corner) != 0, values=True)
    written = columns.words().written
    return {
        written["parcel"]: number + 1, written["part"]: part, written["ring"]: ring,
        written["point"]: np.where(last, 1, corner),
    }, number, xy


def _counted(groups: Any) -> Any:  # noqa: ANN401  an array of numbers, ascending
    """Count the members of each group from 1."""
    begins = np.flatnonzero(np.diff(groups, prepend=-1) != 0)
    length = np.diff(begins, append=len(groups))
    return np.arange(len(groups)) - np.repeat(begins, length) + 1


def _cell(value: Any) -> Any:  # noqa: ANN401  a cell
    """Give a value as a workbook holds it."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or (isinstance(value, float) and not np.isfinite(value)):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    if isinstance(value, (str, int, float, dt.datetime, dt.date)):
        return None if value == "" else value
    return str(value)


def _write_workbook(path: Path, headings: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write a sheet whose texts are texts."""
    if len(rows) > MOST_ROWS:
        raise OutputError(
            f"{len(rows)} points do not go on a sheet of {MOST_ROWS} rows.",
            mend="Write them as .csv.",
        )
    long = [cell for row in rows for cell in row if isinstance(cell, str) and len(cell) > LONGEST]
    if long:
        raise OutputError(
            f"{long[0][:20]!r}… has {len(long[0])} characters; a cell holds {LONGEST}.",
            mend="Write it as .csv.",
        )
    whole = io.BytesIO()  # zipfile prints a trace of its own where a disk is full
    options = {
        "constant_memory": True, "default_date_format": "yyyy-mm-dd hh:mm:ss",
        "tmpdir": path.parent,
    }
    with xlsxwriter.Workbook(whole, options) as book:
        book.set_properties({"created": ALWAYS.replace(tzinfo=None)})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for at, cell in enumerate(headings):
            sheet.write_string(0, at, cell)
        for down, row in enumerate(rows, start=1):
            for at, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(down, at, cell)
                elif cell is not None:
                    sheet.write(down, at, cell)
    path.write_bytes(whole.getbuffer())


def _write_text(
    path: Path, headings: Sequence[str], rows: Sequence[Sequence[Any]], encoding: str
) -> None:
    """Write CSV; what a spreadsheet would run as a formula gets an apostrophe in front."""
    if encoding not in ENCODINGS:
        raise OutputError(
            f"A table is not written in {encoding!r}.", mend=f"Choose {' or '.join(ENCODINGS)}."
        )
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow([_safe(each) for each in headings])
        writer.writerows([_safe(each) for each in row] for row in rows)


def _safe(cell: Any) -> Any:  # noqa: ANN401  a cell
    if isinstance(cell, float):
        return repr(cell)
    if isinstance(cell, str) and cell.lstrip("'").startswith(RISKY):
        return f"'{cell}"
    return cell
