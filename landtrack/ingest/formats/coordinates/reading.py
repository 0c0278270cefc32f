"""From the rows of a table to points or polygons."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCRSError
from shapely.errors import GEOSException

from landtrack.ingest.formats import axes, limits, rings
from landtrack.ingest.formats.axes import Grid
from landtrack.ingest.formats.base import Contents, Described, Note
from landtrack.ingest.formats.boundary.reading import stated_grid
from landtrack.ingest.formats.coordinates import closing, columns, footers, halves, rows, sheets
from landtrack.ingest.formats.coordinates.rows import Points
from landtrack.ingest.formats.coordinates.sheets import Table
from landtrack.ingest.formats.tables.words import is_blank
from landtrack.model import Issue
from landtrack.model.catalog import units
from landtrack.model.errors import SourceError
from landtrack.spatial import crs
from landtrack.spatial.crs import china

Floats = npt.NDArray[np.float64]


class _Where(NamedTuple):
    """Coordinates east first, their CRS, and by feature which were turned or fit nothing."""

    east: Floats
    north: Floats
    crs: CRS | None
    turned: npt.NDArray[np.bool_]
    unplaced: npt.NDArray[np.bool_]
    notes: list[Note]


def read(
    path: Path, *, layer: str | None = None, encoding: str | None = None,
    header_row: int | None = None,
) -> Contents:
    """Read a table of coordinates.

    ``path``: A workbook, a CASS ``.dat``, or text with separators.
    ``layer``: The sheet; the first that holds anything where not given.
    ``encoding``: Of text; found from the bytes where not given.
    ``header_row``: The number of the row of the heading, from 1; found where not given.
    Returns: A row for each parcel where the table has a column of parcels, of rings, or blocks of
    rows with a title, else for each row: points, or what its WKT says. Easting (or longitude)
    first. Columns that are the same all through a parcel are its attributes. The CRS is what the
    table states, none where it does not.
    Raises SourceError: If it cannot be read, names no coordinates, or its axes can be read in two
    ways.
    """
    table = sheets.read(path, layer=layer, encoding=encoding, header_row=header_row)
    described = {
        name: Described("", {}, str(unit).strip())
        for name, unit in zip(table.heading, table.units, strict=False)
        if name and not is_blank(unit)
    }
    return _contents(table, path)._replace(
        columns=described, said=_said(table), epoch=table.epoch
    )


def _contents(table: Table, path: Path) -> Contents:
    """Make features of the rows of a table."""
    found = columns.roles(table.heading)
    beyond = [*table.notes, *sheets.beyond(table)]
    if "wkt" in found:
        contents = _of_wkt(table, found, path)
        return contents._replace(notes=[*contents.notes, *beyond])
    pair = columns.pair(found)
    if pair is None:
        raise SourceError(f"{path} names no coordinates.", mend="Name their columns.")
    _insist_on_values(table, path, [
        at for at, each in enumerate(table.heading) if columns.role_of(each) in pair
    ])
    _insist_on_metres(table, path, pair)
    table = halves.unrolled(rows.spelt_out(table), path)
    found = columns.roles(table.heading)
    table, stated = footers.without(
        table, (found[pair[0]], found[pair[1]]), found.get("point")
    )
    beyond = [*table.notes, *sheets.beyond(table)]
    points, notes = rows.points(table, found, pair)
    if not len(points.rows):
        raise SourceError(
            f"{path} has no row with coordinates below its heading.",
            mend=f"Fill in the columns {table.heading[found[pair[0]]]} and "
            f"{table.heading[found[pair[1]]]}.",
        )
    where = _place(table, found, points, pair, path)
    notes += [*where.notes, *_place_notes(where), *beyond]
    if points.parcels:
        contents = _parcels(table, found, points, where, notes)
        proofs = footers.checked(stated, points.members, contents.frame.geometry)
        return contents._replace(notes=[*contents.notes, *proofs])
    return _single(table, found, points, where, notes)


def _insist_on_metres(table: Table, path: Path, pair: Sequence[str]) -> None:
    """Refuse coordinates whose row of units says that they are in something else than metres."""
    for heading, cell in zip(table.heading, table.units, strict=False):
        if columns.role_of(heading) not in pair or is_blank(cell):
            continue
        read = units.read(str(cell), "m")
        if isinstance(read, units.Asked) or (read is not None and read.factor != 1):
            raise SourceError(
                f"{path} states {heading} in {read.name}.",
                mend="Give the coordinates in metres, or in degrees.",
            )


def _insist_on_values(table: Table, path: Path, at: Sequence[int]) -> None:
    found = sorted(row for row, column in table.uncomputed if column in at)
    if found:
        raise SourceError(
            f"{path}, row {found[0]}: a coordinate is a formula that was never computed.",
            mend="Open the workbook in a spreadsheet program, save it, and read it again.",
        )


# --- where they lie -----------------------------------------------------------------------


def _place(
    table: Table, found: dict[str, int], points: Points, pair: tuple[str, str], path: Path
) -> _Where:
    """Tell the axes apart, by the CRS that the table states, or by the numbers."""
    stated, grid, notes = _stated(table, found)
    if stated is not None:
        return _by_crs(points, stated, pair, notes)
    named = pair != columns.PAIRS[-1]
    present, feature = np.unique(points.feature, return_inverse=True)
    placed = axes.place(points.north, points.east, feature, grid, what=path, named=named)
    turned, unplaced = np.zeros(points.n, dtype=bool), np.zeros(points.n, dtype=bool)
    turned[present[placed.turned]] = True
    unplaced[present[placed.unplaced]] = True
    notes += [Note(Issue.ZONE_DIFFERS, text) for text in placed.differs]
    notes += [Note(Issue.ZONE_MOVED, "", int(at) + 1) for at in present[placed.moved]]
    return _Where(placed.east, placed.north, placed.crs, turned, unplaced, notes)


def _place_notes(where: _Where) -> list[Note]:
    """Name the features that were turned, once where all were, and those that fit nothing."""
    everywhere = len(where.turned) > 1 and where.turned.all()
    turned = [None] if everywhere else [at + 1 for at in np.flatnonzero(where.turned).tolist()]
    return [
        *(Note(Issue.AXES_TURNED, "", feature) for feature in turned),
        *(Note(Issue.COORDINATES_UNPLACED, "", at + 1)
          for at in np.flatnonzero(where.unplaced).tolist()),
    ]


def _stated(table: Table, found: dict[str, int]) -> tuple[CRS | None, Grid, list[Note]]:
    """Read what titles and columns say of the CRS: the CRS itself, or datum and zone."""
    grid, notes = stated_grid(_titles(table))
    for role in {"crs", "zone"} & set(found):
        heading = table.heading[found[role]]
        values = {_whole(row[found[role]]) for row in table.rows if not is_blank(row[found[role]])}
        values.discard(heading)
        text = ", ".join(sorted(values))
        system = _named_crs(text) if role == "crs" else None
        if system is not None:
            return system, grid, notes
        if role == "zone" and text.isdecimal():
            grid = grid._replace(number=int(text[:3]))
        elif role == "crs" and china.datum_named(text) is not None:
            grid = grid._replace(datum=china.datum_named(text))
        elif values:
            notes.append(Note(Issue.CRS_TEXT_UNKNOWN, text[: rows.SHOWN], field=heading))
    return None, grid, notes


def _said(table: Table) -> tuple[str, ...]:
    """Give the texts above the heading, and those of rows that have no coordinates."""
    found = columns.roles(table.heading)
    pair = ("wkt",) if "wkt" in found else columns.pair(found) or ()
    own = [found[role] for role in pair]
    beside = [row for row in table.rows if all(is_blank(row[at]) for at in own)]
    return tuple(
        cell for row in (*table.above, *beside) for cell in row if isinstance(cell, str)
    )


def _titles(table: Table) -> dict[str, str]:
    """Read keys and values above the heading, such as the datum's."""
    texts = [cell for row in table.above for cell in row if isinstance(cell, str)]
    parts = [part for text in texts for part in re.split("[;；,，]", text)]
    pairs = [re.split("[=:：＝]", part, maxsplit=1) for part in parts]
    return {pair[0].strip(): pair[1].strip() for pair in pairs if len(pair) > 1}


def _whole(value: object) -> str:
    """Write a cell as text, 39.0 as 39."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _named_crs(text: str) -> CRS | None:
    names = {columns.plain(name): code for name, code in columns.words().crs.items()}
    try:
        system = CRS.from_user_input(names.get(columns.plain(text), text))
    except (ProjCRSError, ValueError):
        return None
    return system if system.is_geographic or system.is_projected else None


def _by_crs(
    points: Points, stated: CRS, pair: tuple[str, str], notes: list[Note]
) -> _Where:
    """Take the axes as they stand if that puts every point where the CRS is used, else turned."""
    east, north = points.east, points.north
    if pair == columns.PAIRS[-1] and china.datum_of(stated) is None:
        east, north = north, east  # outside of China x goes east
    inside = _in_use(east, north, stated)
    turned = False
    if not inside.all() and _in_use(north, east, stated).all():
        turned, east, north = True, north, east
        inside = _in_use(east, north, stated)
    unplaced = np.bincount(points.feature, weights=~inside, minlength=points.n) > 0
    return _Where(east, north, stated, np.full(points.n, turned), unplaced, notes)


def _in_use(east: Floats, north: Floats, stated: CRS) -> npt.NDArray[np.bool_]:
    """Tell which points lie within a degree of the area that a CRS is used in."""
    area, geodetic = stated.area_of_use, stated.geodetic_crs
    if area is None or geodetic is None:
        return np.ones(len(east), dtype=bool)
    change = crs.transformer(stated, geodetic)
    longitude, latitude = change.transform(east, north)
    return np.asarray(
        (area.west - 1 <= longitude) & (longitude <= area.east + 1)
        & (area.south - 1 <= latitude) & (latitude <= area.north + 1)
    )


# --- features -----------------------------------------------------------------------------


def _parcels(
    table: Table, found: dict[str, int], points: Points, where: _Where, notes: list[Note]
) -> Contents:
    """Make a polygon of the points of each feature."""
    n, feature = points.n, points.feature
    made = rings.outlines(
        where.east, where.north, feature, points.ring, n=n,
        tolerance=closing.tolerance(where.east),
    )
    doubtful = points.spoiled | made.broken | (points.scattered & made.unclosed)
    none = shapely.is_missing(made.shapes)
    counts = np.bincount(feature, minlength=n)
    for issue, which in (
        (Issue.RING_UNUSABLE, none),
        (Issue.RING_INCOMPLETE, doubtful & ~none & ~where.unplaced),
    ):
        notes += [Note(issue, str(counts[at]), at + 1) for at in np.flatnonzero(which).tolist()]
    notes += [
        Note(Issue.RING_ROLES, _areas([made.shapes[at], other]), at + 1)
        for at, other in made.other.items()
    ]
    inside = np.zeros(n, dtype=bool)
    if not {"parcel", "ring", "part"} & set(found):
        inside, within = _inside_others(made.shapes, points.titles, ~(none | doubtful))
        notes += within
    attributes, varying = _attributes(table, found, points)
    if points.titles:
        titles = [points.titles.get(at) for at in range(n)]
        attributes[columns.words().title] = pd.Series(titles, dtype="str")
    if varying:
        notes.append(Note(Issue.COLUMN_VARIES, ", ".join(varying)))
    frame = gpd.GeoDataFrame(attributes, geometry=made.shapes, crs=where.crs)
    return _without(frame, none | doubtful | inside | points.asked | where.unplaced, notes)


def _inside_others(
    shapes: npt.NDArray[np.object_], titles: Mapping[int, str], good: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], list[Note]]:
    """Find blocks without a title that lie inside another, and may be its holes: both are asked."""
    asked = np.zeros(len(shapes), dtype=bool)
    usable = np.flatnonzero(good & shapely.is_valid(shapes))
    outer, inner = shapely.STRtree(shapes[usable]).query(shapes[usable], predicate="covers")
    notes = []
    for one, other in zip(usable[outer].tolist(), usable[inner].tolist(), strict=True):
        if one == other or other in titles or shapes[one].equals(shapes[other]):
            continue
        asked[[one, other]] = True
        notes.append(Note(
            Issue.CORNERS_WITHIN, _areas([shapes[one], shapes[other]]), other + 1
        ))
    return asked, notes


def _areas(shapes: Sequence[shapely.Geometry]) -> str:
    """Write the areas of shapes beside one another."""
    own = np.array(shapes, dtype=object)
    degrees = closing.are_degrees(shapely.bounds(own))
    return " / ".join(f"{each:,.2f} m²" for each in rings.areas_m2(own, degrees=degrees))


def _single(
    table: Table, found: dict[str, int], points: Points, where: _Where, notes: list[Note]
) -> Contents:
    """Make a point of each row; one whose coordinates are blank has no geometry."""
    shapes: npt.NDArray[np.object_] = np.full(points.n, None, dtype=object)
    shapes[points.feature] = shapely.points(where.east, where.north)
    filled = np.flatnonzero(points.members >= 0).tolist()
    left = {found[name] for name in columns.pair(found) or ()}
    attributes = {
        name: _column([table.rows[row][at] for row in filled])
        for at, name in enumerate(table.heading)
        if name not in {"", columns.words().written["parcel"]} and at not in left
        and not (at == found.get("crs") and where.crs is not None)
    }
    frame = gpd.GeoDataFrame(attributes, geometry=shapes, crs=where.crs)
    return _without(frame, points.spoiled | where.unplaced, notes)


def _of_wkt(table: Table, found: dict[str, int], path: Path) -> Contents:
    """Make of each row what its WKT says."""
    filled = [row for row in table.rows if any(not is_blank(cell) for cell in row)]
    numbers = [
        number for row, number in zip(table.rows, table.numbers, strict=True)
        if any(not is_blank(cell) for cell in row)
    ]
    texts = [row[found["wkt"]] for row in filled]
    shapes = np.array([_shape(text) for text in texts], dtype=object)
    blank = np.array([is_blank(text) for text in texts], dtype=bool)
    bad = shapely.is_missing(shapes) & ~blank
    stated, grid, notes = _stated(table, found)
    notes += [
        Note(Issue.LINE_UNREADABLE, rows.shown([texts[at]], numbers[at]), at + 1)
        for at in np.flatnonzero(bad).tolist()
    ]
    shapes, system, turned = _turned(shapes, grid, path)
    if stated is None and system is not None:
        stated = system
    notes += [Note(Issue.AXES_TURNED, "", at + 1) for at in np.flatnonzero(turned).tolist()]
    attributes = {
        name: _column([row[at] for row in filled])
        for at, name in enumerate(table.heading) if name and at != found["wkt"]
    }
    frame = gpd.GeoDataFrame(attributes, geometry=shapes, crs=stated)
    return _without(frame, bad, notes)


def _shape(text: object) -> shapely.Geometry | None:
    """Read WKT; none where it is blank or cannot be read, such as curves, or nests without end."""
    if is_blank(text):
        return None
    written = str(text)
    signs = np.frombuffer(written.encode("utf-8", "replace"), dtype=np.uint8)
    open_now = np.cumsum((signs == ord("(")).astype(np.int64) - (signs == ord(")")))
    if open_now.max(initial=0) > limits.limits().shape_depth + len("((("):  # those of a polygon
        return None
    try:
        return shapely.from_wkt(written)
    except (GEOSException, NotImplementedError):
        return None


def _turned(
    shapes: npt.NDArray[np.object_], grid: Grid, path: Path
) -> tuple[npt.NDArray[np.object_], CRS | None, npt.NDArray[np.bool_]]:
    """Turn the shapes that only make sense in China with their axes the other way round."""
    turned = np.zeros(len(shapes), dtype=bool)
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    finite = np.isfinite(xy).all(axis=1)
    present, feature = np.unique(owner[finite], return_inverse=True)
    if not len(present):
        return shapes, None, turned
    placed = axes.place(
        xy[finite, 1], xy[finite, 0], feature, grid, what=path, named=True
    )
    turned[present[placed.turned]] = True
    if turned.any():
        shapes = shapes.copy()
        shapes[turned] = shapely.transform(shapes[turned], lambda each: each[:, ::-1])
    moved = placed.moved.any() or placed.unplaced.any()
    return shapes, None if moved else placed.crs, turned


def _attributes(
    table: Table, found: dict[str, int], points: Points
) -> tuple[dict[str, pd.Series[Any]], list[str]]:
    """Give the columns that are the same all through each feature; name the others."""
    own = columns.words().written["parcel"]
    placing = {at for role, at in found.items() if role not in {"parcel", "point", "zone"}}
    members = [
        (row, number) for row, number in enumerate(points.members.tolist()) if number >= 0
    ]
    attributes: dict[str, pd.Series[Any]] = {}
    varying = []
    for at, name in enumerate(table.heading):
        if name in {"", own} or at in placing:
            continue
        values: list[Any] = [None] * points.n
        for row, number in members:
            cell = table.rows[row][at]
            if is_blank(cell):
                continue
            if values[number] is None:
                values[number] = cell
            elif values[number] != cell:
                varying.append(name)
                break
        else:
            attributes[name] = _column(values)
    return attributes, varying


def _column(cells: Sequence[Any]) -> pd.Series[Any]:
    """Make a column: of numbers or dates where all cells are, else of text."""
    values = [None if is_blank(cell) else cell for cell in cells]
    there = [value for value in values if value is not None]
    if there and all(isinstance(each, (int, float)) and not isinstance(each, bool)
                     for each in there):
        return pd.Series(values, dtype="float64" if None in values else None)
    if there and all(isinstance(each, dt.datetime) for each in there):
        return pd.Series(values, dtype="datetime64[us]")
    return pd.Series(
        [value if isinstance(value, (str, type(None))) else _whole(value) for value in values],
        dtype="str",
    )


def _without(
    frame: gpd.GeoDataFrame, bad: npt.NDArray[np.bool_], notes: list[Note]
) -> Contents:
    """Leave out the features that could not be read; they have a number, from 1, all the same."""
    numbered = frame.set_axis(pd.RangeIndex(1, len(frame) + 1), axis="index")
    numbers = np.flatnonzero(bad) + 1
    return Contents(numbered.drop(index=numbers), numbers.tolist(), notes)
