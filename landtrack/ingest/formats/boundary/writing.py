"""From parcels to a boundary-coordinate TXT, as strictly as approval systems read it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely
from pyproj import CRS

from landtrack.ingest.formats.base import Loss
from landtrack.ingest.formats.boundary import layout as layouts
from landtrack.ingest.formats.boundary.layout import Layout, words
from landtrack.ingest.formats.boundary.reading import ATTRS
from landtrack.model import disk
from landtrack.model.errors import OutputError
from landtrack.spatial import crs
from landtrack.spatial.crs import china
from landtrack.spatial.crs.china import MILLION, Zone

DIGITS = (3, 4)
"""Decimals of coordinates: millimetres, and where these do not do, tenths of them."""
ROUNDED_M = 0.000051
"""Half of the finest decimal, and what 39 million metres are off by for being binary.

Less than the tenth of a millimetre within which coordinates must read back, so that writing
them again and again changes them no more."""
AREA_DIGITS = 4
HECTARE_M2, MOST_HA = 10_000, 1e9
FORBIDDEN = re.compile(r"[,\x00-\x1f\x7f\x85\u2028\u2029]")
"""There is no quoting in the format: no commas and no breaks in a text."""
EXACT = 1e-9
"""What numbers may be off by for being stored in binary."""
SHOWN = 5
"""How many features an error names."""

Floats = npt.NDArray[np.float64]


class _Rings(NamedTuple):
    """The rings of all parcels in the order they are written, first points not repeated."""

    parcel: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]
    closed: npt.NDArray[np.bool_]
    xy: Floats


def losses(
    frame: gpd.GeoDataFrame, *, layout: str = "national", digits: int | None = None
) -> list[Loss]:
    """Tell what the format cannot hold of parcels.

    ``frame``: n parcels.
    ``layout``: Id of a layout in ``data/boundary``.
    ``digits``: Decimals of the coordinates; as many as they need where not given, 3 or 4.
    Returns: Columns that the layout has no field for, figures that become text, areas that are
    rounded, heights, parcels without geometry, and coordinates that are rounded, also where that
    makes a shape invalid.
    Raises SourceError: If there is no such layout.
    Raises OutputError: If a declared area is no area.
    """
    chosen = layouts.named(layout)
    used = _columns(frame, chosen)
    area = words().fields.area
    found = [
        Loss("column", int(frame[name].notna().sum()), field=str(name))
        for name in frame.columns.drop(frame.geometry.name)
        if name not in used.values() and frame[name].notna().any()
    ]
    for field, name in used.items():
        given = frame[name].dropna()
        if field == area:
            areas = _declared(frame, name)
            number = int(((areas - areas.round(AREA_DIGITS)).abs() > EXACT).sum())
            found += [Loss("area_rounded", number, field=name)] if number else []
        elif given.dtype.kind in "ifbM":
            found.append(Loss("value_as_text", len(given), field=name))
    shapes = frame.geometry
    for what, number in (
        ("shape_missing", int((shapes.isna() | shapes.is_empty).sum())),
        ("heights_dropped", int(shapes.has_z.sum())),
    ):
        found += [Loss(what, number)] if number else []
    zone = china.zone_of(frame.crs) if frame.crs is not None else None
    return found + _rounding(shapes.to_numpy(), _shift(zone), digits)


def _shift(zone: Zone | None) -> Floats:
    """Give what is added to coordinates, east and north, for the zone's number."""
    prefix = zone.number * MILLION if zone is not None and not zone.prefixed else 0
    return np.array([prefix, 0.0])


def _rounding(
    shapes: npt.NDArray[np.object_], shift: Floats, digits: int | None
) -> list[Loss]:
    """Tell what rounding does to coordinates, as they are written and read again."""
    xy = shapely.get_coordinates(shapes) + shift
    decimals = _decimals(xy) if digits is None else digits

    def rounded(each: Floats) -> Floats:
        texts = (f"{value:.{decimals}f}" for value in (each + shift).ravel().tolist())
        return np.array([float(text) for text in texts]).reshape(each.shape)

    off = np.abs(xy - rounded(xy - shift)).max(initial=0)
    found = []
    if off > ROUNDED_M:
        found.append(Loss("rounded", len(shapes), detail=f"{off:.4f} m"))
    after = shapely.transform(shapes, rounded)
    number = int((shapely.is_valid(shapes) & ~shapely.is_valid(after)).sum())
    return found + ([Loss("invalid_when_rounded", number)] if number else [])


def write(
    frame: gpd.GeoDataFrame, path: Path, *, layout: str = "national",
    encoding: str = "gb18030", digits: int | None = None,
    header: Mapping[str, str] | None = None,
) -> None:
    """Write parcels.

    ``frame``: n parcels in a Gauss-Kruger zone of a datum of China, valid polygons (or points or
    lines); columns as the layout names its fields, 地块面积 in hectares, measured where it is
    missing. Parcels without geometry are left out.
    ``path``: The file to make. Lines end in CR LF; each ring begins at its north-west corner, is
    closed by its first point, and goes round clockwise, a hole the other way.
    ``layout``: Id of a layout in ``data/boundary``.
    ``encoding``: ``gb18030`` or ``utf-8``.
    ``digits``: Decimals of the coordinates; where not given 3, or 4 where they have more.
    ``header``: Values by key that come before those of ``frame.attrs["boundary"]``, such as
    数据产生单位; datum, zone and precision are those of the data.
    Raises OutputError: If nothing has a geometry, the CRS is no such zone, a parcel lies in another
    zone, is no valid shape of its kind, or has text that the format cannot hold, or the file cannot
    be written.
    Raises SourceError: If there is no such layout.
    """
    chosen = layouts.named(layout)
    if not chosen.parcel:
        raise OutputError(
            f"The layout {layout!r} has no parcel lines.",
            mend="Choose one that has: "
            f"{', '.join(each.id for each in layouts.layouts().values() if each.parcel)}.",
        )
    if encoding.lower().replace("-", "") not in {"gb18030", "utf8"}:
        raise OutputError(
            f"The boundary TXT is not written in {encoding!r}.", mend="Choose gb18030 or utf-8."
        )
    zone = _zone(frame)
    shown = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if shown.empty:
        raise OutputError(
            "There is no parcel with a geometry to write.",
            mend="Check which layer was chosen; an empty file is none that systems accept.",
        )
    _insist_on_shapes(shown)
    _insist_on_zone(shown, zone)
    rings = _rings(shown.geometry, zone)
    decimals = digits if digits is not None else _decimals(rings.xy)
    lines = [
        *_header_lines(frame, chosen, zone, decimals, header or {}),
        f"[{words().section}]",
        *_parcel_lines(shown, chosen, rings, decimals),
    ]
    try:
        data = "\r\n".join([*lines, ""]).encode(encoding)
    except UnicodeEncodeError as error:
        raise OutputError(
            f"{error.object[error.start]!r} cannot be written in {encoding}.",
            mend="Delete the character, which no font has.",
        ) from error
    with disk.writing(path):
        path.write_bytes(data)


def framed(system: CRS) -> tuple[list[str], float] | None:
    """Give what stands round the points of a CRS, for who writes them without this module.

    Returns: The lines before the first parcel, and what is added to coordinates in the east; None
    where the CRS is no Gauss-Kruger zone of a datum of China.
    """
    zone = china.zone_of(system)
    if zone is None:
        return None
    bare = gpd.GeoDataFrame(geometry=[], crs=system)
    lines = _header_lines(bare, layouts.named("national"), zone, DIGITS[0], {})
    return [*lines, f"[{words().section}]"], float(_shift(zone)[0])


def _zone(frame: gpd.GeoDataFrame) -> Zone:
    zone = china.zone_of(frame.crs) if frame.crs is not None else None
    if zone is None:
        stated = crs.name(frame.crs) if frame.crs is not None else "no CRS"
        raise OutputError(
            f"The boundary TXT holds Gauss-Kruger zones of China's datums; the data are in "
            f"{stated}.",
            mend="Convert them first, such as with --to-crs EPSG:4527 (CGCS2000, zone 39).",
        )
    return zone


def _insist_on_shapes(frame: gpd.GeoDataFrame) -> None:
    """Refuse what approval systems refuse, naming the parcels."""
    shapes = frame.geometry.to_numpy()
    collections = shapely.get_type_id(shapes) == 7  # noqa: PLR2004  GeometryCollection
    broken = ~shapely.is_valid(shapes) & ~collections
    for flags, why in ((collections, "of mixed kinds"), (broken, "not valid")):
        if flags.any():
            first = shapes[np.flatnonzero(flags)[0]]
            reason = f" ({shapely.is_valid_reason(first)})" if why == "not valid" else ""
            raise OutputError(
                f"The shapes of {_named(frame, flags)} are {why}{reason}.",
                mend="Repair them first; ask the surveyor to confirm what was meant.",
            )


def _insist_on_zone(frame: gpd.GeoDataFrame, zone: Zone) -> None:
    """Refuse parcels that lie wholly in another zone; one across the border is of this one."""
    system = frame.crs
    if system.geodetic_crs is None:
        return
    bounds = frame.geometry.bounds.to_numpy()
    middle = (bounds[:, 1] + bounds[:, 3]) / 2
    change = crs.transformer(system, system.geodetic_crs)
    west, _ = change.transform(bounds[:, 0], middle)
    east, _ = change.transform(bounds[:, 2], middle)
    beyond = (west > zone.meridian + zone.width / 2) | (east < zone.meridian - zone.width / 2)
    beyond |= ~(np.isfinite(west) & np.isfinite(east))
    if beyond.any():
        raise OutputError(
            f"{_named(frame, beyond)} lie outside of zone {zone.number}, which goes from "
            f"{zone.meridian - zone.width / 2:g}° to {zone.meridian + zone.width / 2:g}° east.",
            mend="Write the parcels of each zone into a file of their own, in its CRS.",
        )


def _named(frame: gpd.GeoDataFrame, flags: npt.NDArray[np.bool_]) -> str:
    labels = [str(label) for label in frame.index[flags]]
    more = f" and {len(labels) - SHOWN} more" if len(labels) > SHOWN else ""
    return f"{', '.join(labels[:SHOWN])}{more}"


def _rings(shapes: gpd.GeoSeries, zone: Zone) -> _Rings:
    """Give every ring from its north-west corner on, with the zone's number in front."""
    oriented = shapely.force_2d(shapely.orient_polygons(shapes.to_numpy(), exterior_cw=True))
    parts, parcel = shapely.get_parts(oriented, return_index=True)
    is_area = shapely.get_dimensions(parts) == 2  # noqa: PLR2004
    lines, of_part = shapely.get_rings(parts[is_area], return_index=True)
    of_part = np.flatnonzero(is_area)[of_part]
    every = np.concatenate([lines, parts[~is_area]])
    part = np.concatenate([of_part, np.flatnonzero(~is_area)])
    closed = np.arange(len(every)) < len(lines)
    order = np.argsort(part, kind="stable")
    every, part, closed = every[order], part[order], closed[order]
    xy, ring = shapely.get_coordinates(every, return_index=True)
    last = np.append(np.diff(ring) != 0, True)
    keep = ~(last & closed[ring])
    xy, ring = xy[keep], ring[keep]
    xy = xy + _shift(zone)
    size = np.bincount(ring, minlength=len(every))
    return _Rings(parcel[part], size, closed, xy[_from_north_west(xy, ring, size, closed)])


def _from_north_west(
    xy: Floats, ring: npt.NDArray[np.int64], size: npt.NDArray[np.int64],
    closed: npt.NDArray[np.bool_],
) -> npt.NDArray[np.int64]:
    """Turn each closed ring so that it begins with the corner next to its north-west."""
    start = np.cumsum(size) - size
    west = np.minimum.reduceat(xy[:, 0], start)[ring]
    north = np.maximum.reduceat(xy[:, 1], start)[ring]
    away = np.hypot(xy[:, 0] - west, xy[:, 1] - north)
    nearest = np.lexsort((xy[:, 0], -xy[:, 1], away, ring))[start]
    shift = np.where(closed, nearest - start, 0)
    local = np.arange(len(ring)) - start[ring]
    return np.asarray(start[ring] + (local + shift[ring]) % size[ring], dtype=np.int64)


def _decimals(xy: Floats) -> int:
    """Tell how many decimals the coordinates need."""
    few, many = DIGITS
    return few if np.abs(xy - xy.round(few)).max(initial=0) <= ROUNDED_M else many


def _header_lines(
    frame: gpd.GeoDataFrame, layout: Layout, zone: Zone, digits: int, header: Mapping[str, str]
) -> list[str]:
    """Write the header: what was read, what is stated, and what the CRS says."""
    kept: Mapping[str, Mapping[str, str]] = frame.attrs.get(ATTRS, {})
    own, keys = words().header, words().keys
    template = layout.header or layouts.named("national").header
    said = {**kept.get(own, {}), **header}
    datum = next((said[key] for key in keys["datum"] if key in said), "")
    ours = {key for names in keys.values() for key in names}
    if china.datum_named(datum) == zone.datum:  # parameters of another datum mean nothing here
        ours -= set(keys["parameters"])
    values = {
        **template, **{key: value for key, value in said.items() if key not in ours},
        keys["datum"][0]: china.datums()[zone.datum].names[0],
        keys["width"][0]: str(zone.width),
        keys["zone"][0]: str(zone.number),
        keys["precision"][0]: f"{10.0 ** -digits:.{digits}f}",
    }
    others = {section: held for section, held in kept.items() if section != own}
    lines = []
    for section, held in {**others, own: values}.items():
        lines += [f"[{section}]"] if section else []
        lines += [f"{key}={value}" for key, value in held.items()]
    for line in lines:
        if "\n" in line or "\r" in line:
            raise OutputError(
                f"{line!r} does not go on one line of the header.", mend="Take the break out."
            )
    return lines


def _columns(frame: gpd.GeoDataFrame, layout: Layout) -> dict[str, str]:
    """Find the column that each field of a parcel line is written from."""
    special = words().fields
    found = {}
    for field in layout.parcel:
        if field in {"", special.count, special.kind}:
            continue
        names = (field, *words().synonyms.get(field, ()))
        column = next((name for name in names if name in frame.columns), None)
        if column is not None:
            found[field] = column
    if special.kind in frame.columns and special.kind in layout.parcel:
        found[special.kind] = special.kind
    return found


def _parcel_lines(
    frame: gpd.GeoDataFrame, layout: Layout, rings: _Rings, digits: int
) -> list[str]:
    """Write each parcel's line and its points, which are numbered through the parcel."""
    special = words().fields
    rows = np.bincount(rings.parcel, rings.size + rings.closed, minlength=len(frame)).astype(int)
    columns = {field: _texts(frame, name) for field, name in _columns(frame, layout).items()}
    columns[special.count] = [str(number) for number in rows.tolist()]
    columns[special.kind] = _kinds(frame)
    if special.area in layout.parcel:
        columns[special.area] = _areas(frame, _columns(frame, layout).get(special.area))
    blank = [""] * len(frame)
    heads = zip(*(columns.get(field, blank) for field in layout.parcel), strict=True)
    points = _point_lines(layout, rings, digits)
    ends = np.cumsum(rows).tolist()
    lines: list[str] = []
    for head, start, end in zip(heads, [0, *ends], ends, strict=False):
        lines += [",".join([*head, "@"]), *points[start:end]]
    return lines


def _point_lines(layout: Layout, rings: _Rings, digits: int) -> list[str]:
    """Write the points of all rings, the first point of each again at its end."""
    size = rings.size + rings.closed
    start = np.cumsum(rings.size) - rings.size
    local = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    at = np.repeat(start, size) + local % np.repeat(rings.size, size)
    of_parcel = np.searchsorted(rings.parcel, rings.parcel)  # the first ring of each one's parcel
    number = at - np.repeat(start[of_parcel], size) + 1
    ring = np.repeat(np.arange(len(size)) - of_parcel + 1, size)
    special, form = words().fields, f"%.{digits}f"
    columns = {
        special.point: ("J%d", number), special.ring: ("%d", ring),
        special.north: (form, rings.xy[at, 1]), special.east: (form, rings.xy[at, 0]),
    }
    pattern = ",".join(columns[field][0] if field else "" for field in layout.point)
    values = [columns[field][1].tolist() for field in layout.point if field]
    return [pattern % each for each in zip(*values, strict=True)]


def _kinds(frame: gpd.GeoDataFrame) -> list[str]:
    kinds = words().kinds
    of_dimension = {0: kinds.point, 1: kinds.line, 2: kinds.polygon}
    return [of_dimension[int(each)] for each in shapely.get_dimensions(frame.geometry.to_numpy())]


def _areas(frame: gpd.GeoDataFrame, column: str | None) -> list[str]:
    """Write the declared areas in hectares, those measured where there is none."""
    measured = frame.geometry.area / HECTARE_M2
    declared = measured if column is None else _declared(frame, column).fillna(measured)
    return [f"{value:.{AREA_DIGITS}f}" for value in declared]


def _declared(frame: gpd.GeoDataFrame, column: str) -> pd.Series[Any]:
    """Read declared areas as numbers."""
    areas = pd.to_numeric(frame[column], errors="coerce").astype("float64")
    wrong = (areas.isna() & frame[column].notna()) | ~areas.between(0, MOST_HA) & areas.notna()
    if wrong.any():
        raise OutputError(
            f"{column} of {_named(frame, wrong.to_numpy())} is no area in hectares: "
            f"{frame.loc[wrong, column].iloc[0]!r}.",
            mend="Correct it, or leave it empty: it is measured then.",
        )
    return areas


def _texts(frame: gpd.GeoDataFrame, column: str) -> list[str]:
    """Write a column as text; refuse what would break the line."""
    texts = ["" if pd.isna(value) else _text(value) for value in frame[column]]
    wrong = np.array([FORBIDDEN.search(text) is not None for text in texts], dtype=bool)
    if wrong.any():
        text = texts[int(np.flatnonzero(wrong)[0])]
        raise OutputError(
            f"{column} of {_named(frame, wrong)} has a comma or a line break: {text!r}.",
            mend="The format has no quoting: take it out.",
        )
    return texts


def _text(value: Any) -> str:  # noqa: ANN401  a cell
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
