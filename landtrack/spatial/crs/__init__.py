"""Every decision about coordinate reference systems.

Measuring happens in a projected CRS in metres that is true to scale, or not at all.
Coordinates are always in the order easting (or longitude), northing (or latitude).
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.database import CRSInfo, query_utm_crs_info
from pyproj.exceptions import CRSError as ProjCRSError, ProjError

from landtrack.model import Transformation, Value, catalog
from landtrack.model.errors import CRSError
from landtrack.spatial.crs import datum, recognise

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries

WGS84 = CRS.from_epsg(4326)
CGCS2000_ZONE_25 = 4513
"""EPSG code of the first 3-degree CGCS2000 zone with zone prefix; zone 45 is 4533."""


class Equivalent(Value, frozen=True, kw_only=True):
    """Datums between which the null transformation is right, and who says so."""

    datums: tuple[str, ...]
    source: str


def parse(text: str, *, what: str) -> CRS:
    """Make a CRS from what a catalog or a user states.

    ``text``: An EPSG code such as ``"EPSG:4529"``, WKT or PROJ text.
    ``what``: What the CRS is of, for the message.
    Raises CRSError: If PROJ does not know it.
    """
    try:
        return CRS.from_user_input(text)
    except ProjCRSError as error:
        raise CRSError(
            f"{what}: {text!r} is no coordinate reference system that PROJ knows.",
            mend='State an EPSG code, such as "EPSG:4529".',
        ) from error


def name(crs: CRS) -> str:
    """Name a CRS for people.

    Returns: Its authority code where it has one, else its name.
    """
    authority = crs.to_authority()
    return ":".join(authority) if authority else crs.name


def is_metric(crs: CRS) -> bool:
    """Tell whether areas and lengths can be measured in a CRS.

    Returns: True for a projected CRS in metres that is not a Mercator of the web or the sea, whose
    scale grows with the latitude (2.43 times the area at 50 degrees).
    """
    operation = crs.coordinate_operation
    return (
        crs.is_projected
        and all(axis.unit_name == "metre" for axis in crs.axis_info[:2])
        and not (
            operation is not None
            and "Mercator" in operation.method_name
            and "Transverse" not in operation.method_name
            and "Oblique" not in operation.method_name
        )
    )


def require_metric(crs: CRS | None, *, what: str, bounds: tuple[float, ...] | None = None) -> CRS:
    """Insist on a CRS in which areas and lengths can be measured.

    ``crs``: The reference system, or none.
    ``bounds``: West, south, east, north of the data in ``crs``, so that the mend can name a CRS.
    Returns: The same.
    Raises CRSError: If it is missing, in degrees or feet, or Web Mercator; the mend names a fit
    one.
    """
    if crs is None:
        raise CRSError(
            f"{what} has no coordinate reference system.",
            mend='State it, such as crs = "EPSG:4529", in the catalog.',
        )
    if is_metric(crs):
        return crs
    fit = "a projected CRS in metres, such as the 3-degree CGCS2000 zone or the UTM zone"
    if bounds is not None and np.all(np.isfinite(bounds)):
        left, bottom, right, top = bounds
        west, south, east, north = transformer(crs, WGS84).transform_bounds(
            left, bottom, right, top
        )
        fit = " or ".join(suggest((west + east) / 2, (south + north) / 2))
    raise CRSError(
        f"{what} is in {name(crs)} ({crs.name}): areas and lengths measured there are wrong.",
        mend=f"Measure in {fit}: state it as crs in [place] of the catalog.",
    )


def suggest(longitude: float, latitude: float) -> tuple[str, ...]:
    """Name CRSs in which a place can be measured.

    ``longitude``, ``latitude``: Degrees in WGS 84.
    Returns: Authority codes: the 3-degree CGCS2000 zone where EPSG's area of use of that zone holds
    the point, then the UTM zone.
    """
    found = []
    zone = round(longitude / 3)
    code = CGCS2000_ZONE_25 + zone - 25
    if CGCS2000_ZONE_25 <= code <= CGCS2000_ZONE_25 + 20:
        use = CRS.from_epsg(code).area_of_use
        if use is not None and use.south <= latitude <= use.north:
            found.append(f"EPSG:{code}")
    found += [
        f"{zone.auth_name}:{zone.code}" for zone in _utm_zones() if zone.area_of_use is not None
        and zone.area_of_use.west <= longitude <= zone.area_of_use.east
        and zone.area_of_use.south <= latitude <= zone.area_of_use.north
    ][:1]
    return tuple(found)


@cache
def _utm_zones() -> tuple[CRSInfo, ...]:
    """List the UTM zones; to ask PROJ for that of a point takes as long, each time anew."""
    return tuple(query_utm_crs_info(datum_name="WGS 84"))


@cache
def _equivalents() -> tuple[Equivalent, ...]:
    path = catalog.data_file("", "crs")
    stated = catalog.read_toml(path).get("equivalent", [])
    return catalog.convert(stated, tuple[Equivalent, ...], path)


@cache
def transformer(source: CRS, target: CRS) -> Transformer:
    """Make the transformation between two CRSs, easting first.

    Raises CRSError: If PROJ knows only a ballpark between the two datums, by which points would
    move by tens to hundreds of metres unnoticed.
    """
    geodetic = [crs.geodetic_crs for crs in (source, target)]
    datums = {each.datum.name for each in geodetic if each is not None and each.datum is not None}
    null_is_right = len(datums) == 1 or any(
        datums <= set(pair.datums) for pair in _equivalents()
    )
    try:
        return Transformer.from_crs(
            source, target, always_xy=True, allow_ballpark=null_is_right
        )
    except ProjError as error:
        raise CRSError(
            f"There is no published transformation from {name(source)} to {name(target)}: "
            "points could land tens to hundreds of metres off.",
            mend="Ask the surveyor for the data in the working CRS, or for the 3, 4 or 7 "
            "parameters between the two datums and state them as [[transformation]].",
        ) from error


def to_crs(
    frame: GeoDataFrame, target: CRS, stated: Iterable[Transformation] = ()
) -> GeoDataFrame:
    """Bring a frame into another CRS.

    ``frame``: n rows in a stated CRS.
    ``target``: The CRS to reach.
    ``stated``: Transformations between datums for which none is published.
    Returns: The same n rows in ``target``; points that the transformation cannot reach have
    infinite coordinates.
    Raises CRSError: If the frame has no CRS, or only a ballpark leads to the target; it says how
    many metres are at stake, where that is known.
    """
    if frame.crs is None:
        raise CRSError(
            "The frame has no coordinate reference system.",
            mend="Declare it with frame.set_crs(...).",
        )
    source = CRS.from_user_input(frame.crs)
    if source == target:
        return frame.copy()
    change = datum.change(source, target, stated)
    if change is None:
        try:
            change = transformer(source, target).transform
        except CRSError as error:
            raise _at_stake(error, frame, source) from error
    moved = shapely.transform(frame.geometry.to_numpy(), change, interleaved=False)
    return frame.set_geometry(moved, crs=target)


def _at_stake(error: CRSError, frame: GeoDataFrame, source: CRS) -> CRSError:
    """Say by how many metres points may be off, where EPSG has anything to go by."""
    span = recognise.numbers(frame.geometry.to_numpy())
    reading = None if span is None else recognise.readings(span, stated=source)
    if not reading:
        return error
    metres = datum.at_stake(source, reading[0].longitude, reading[0].latitude)
    if metres is None:
        return error
    return CRSError(
        f"{error.cause} The transformations to WGS 84 that EPSG has for other parts of the "
        f"country move this place by {metres[0]:.0f} to {metres[1]:.0f} m.",
        mend=error.mend,
    )


def ellipsoidal_area(geometry: GeoSeries) -> npt.NDArray[np.float64]:
    """Measure areas on the WGS 84 ellipsoid, which no projection distorts.

    ``geometry``: n polygons in any CRS from which a published transformation leads to WGS 84.
    Returns ndarray of float64, (n,): Square metres; NaN for a missing geometry.
    Raises CRSError: If only a ballpark transformation leads to WGS 84.

    References
    ----------
    .. [1] C. F. F. Karney, "Algorithms for geodesics", J. Geodesy 87 (2013), section 6,
       by way of PROJ's ``geod_polygonarea``.
    """
    geod = Geod(ellps="WGS84")
    degrees = to_crs(geometry.to_frame("geometry"), WGS84).geometry
    return np.array([
        np.nan if shape is None else abs(geod.geometry_area_perimeter(_oriented(shape))[0])
        for shape in degrees
    ])


def _oriented(shape: shapely.Geometry) -> shapely.Geometry:
    """Wind shells one way and holes the other, so that holes count against the area."""
    return shapely.orient_polygons(shapely.force_2d(shape))
