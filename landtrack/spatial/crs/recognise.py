"""Which CRS coordinates are in, found from their numbers.

A *reading* is a CRS and an order of the axes in which the numbers mean a place that the CRS
is made for. What a file states is believed where it is such a reading. Where it is not, or
states nothing, every reading there is of the numbers is found; the place, where it is known,
rules out those on another datum or in another part of the country. One reading that is left
is taken and told; where two are left, a person is asked.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from landtrack.spatial.crs import china
from landtrack.spatial.crs.china import Zone

NORTH_M = (1_900_000.0, 5_960_000.0)
"""Northings of China's land, 17 to 54 degrees north, in a Gauss-Kruger zone."""
EAST_M = (200_000.0, 800_000.0)
"""Eastings in a zone with its false easting of 500 km and without prefix."""
CHINA_DEGREES = (73.0, 3.0, 136.0, 54.0)
"""West, south, east, north of China with its sea."""
BESIDE_DEGREES = 3.0
"""How far beyond a CRS's area of use data may lie and still be meant: one zone."""
ACROSS_DEGREES = 0.2
"""How far a park may reach across the edge of its zone."""
SAMPLE = 10_000
"""How many shapes are looked at."""


class Numbers(NamedTuple):
    """The span of the coordinates as written, without the farthest hundredth."""

    west: float
    south: float
    east: float
    north: float

    @property
    def swapped(self) -> Numbers:
        """Give the span with its axes exchanged."""
        return Numbers(self.south, self.west, self.north, self.east)

    def within(self, west: float, south: float, east: float, north: float) -> bool:
        """Tell whether all of the span lies in a box."""
        return (
            west <= self.west and self.east <= east and south <= self.south and self.north <= north
        )


class Reading(NamedTuple):
    """A way to read coordinates, and where on Earth it puts their middle.

    ``swapped`` coordinates have the northing first. The place is in degrees of the CRS's own
    datum or WGS 84, true to some hundred metres.
    """

    crs: CRS
    swapped: bool
    longitude: float
    latitude: float


def numbers(shapes: npt.NDArray[np.object_]) -> Numbers | None:
    """Take the span of the coordinates of shapes.

    ``shapes``: Some may be missing, empty or not finite.
    Returns: The first to the 99th hundredth of at most 10 000 shapes spread over all; None where
    there is no finite coordinate.
    """
    step = max(1, len(shapes) // SAMPLE)
    coordinates = shapely.get_coordinates(shapes[::step])
    finite = coordinates[np.isfinite(coordinates).all(axis=1)]
    if not len(finite):
        return None
    low, high = np.percentile(finite, [1, 99], axis=0)
    return Numbers(low[0], low[1], high[0], high[1])


def readings(found: Numbers, *, stated: CRS | None = None, near: CRS | None = None
             ) -> list[Reading]:
    """List the ways to read coordinates.

    ``stated``: The CRS that the file or the catalog states.
    ``near``: The working CRS of the place that they belong to.
    Returns: Only the stated one as it is, where that can be meant; else the stated one with its
    axes exchanged, where that can be; else all that can be. Where ``near`` is given, those on its
    datum and in its area of use.
    """
    if stated is not None:
        for swapped in (False, True):
            if (reading := _read(stated, found, swapped=swapped)) is not None:
                return [reading]
    candidates = _candidates(found, near)
    return [each for each in candidates if near is None or _belongs(each, near)]


def _read(crs: CRS, found: Numbers, *, swapped: bool) -> Reading | None:
    """Read the numbers in a CRS; None where they lie outside of what it is made for."""
    span = found.swapped if swapped else found
    if crs.is_geographic:
        if not span.within(-180, -90, 180, 90):
            return None
    elif span.within(-180, -180, 180, 180):
        return None  # within metres of the origin: degrees that were called metres
    zone = china.zone_of(crs)
    if zone is not None and not _in_zone(span, zone):
        return None
    degrees = _degrees(crs, (span.west + span.east) / 2, (span.south + span.north) / 2)
    if degrees is None or not _in_area(crs, *degrees):
        return None
    return Reading(crs, swapped, *degrees)


def _in_zone(span: Numbers, zone: Zone) -> bool:
    """Tell whether metres can be those of a zone, by their magnitude."""
    first = zone.number * china.MILLION if zone.prefixed else 0
    return span.within(first + EAST_M[0], NORTH_M[0], first + EAST_M[1], NORTH_M[1])


def outside(shapes: npt.NDArray[np.object_], crs: CRS) -> npt.NDArray[np.bool_]:
    """Tell which shapes lie far from the area that a CRS is made for.

    ``shapes``: n shapes with finite coordinates.
    Returns ndarray of bool, (n,): False for all where that area is not known.
    """
    area, geodetic = crs.area_of_use, crs.geodetic_crs
    if area is None or area.west > area.east or geodetic is None or not len(shapes):
        return np.zeros(len(shapes), dtype=bool)
    bounds = shapely.bounds(shapes)
    x, y = (bounds[:, :2] + bounds[:, 2:]).T / 2
    longitude, latitude = x, y
    if not crs.is_geographic:
        change = Transformer.from_crs(crs, geodetic, always_xy=True)
        longitude, latitude = change.transform(x, y)
        again = change.transform(longitude, latitude, direction="INVERSE")
        with np.errstate(invalid="ignore"):
            there = np.hypot(again[0] - x, again[1] - y) < 1
        longitude = np.where(there, longitude, np.inf)
    inside: npt.NDArray[np.bool_] = (
        (area.west - BESIDE_DEGREES <= longitude) & (longitude <= area.east + BESIDE_DEGREES)
        & (area.south - BESIDE_DEGREES <= latitude) & (latitude <= area.north + BESIDE_DEGREES)
    )
    return ~inside


def _degrees(crs: CRS, x: float, y: float) -> tuple[float, float] | None:
    """Give longitude and latitude on the CRS's own datum."""
    geodetic = crs.geodetic_crs
    if geodetic is None:
        return None
    if crs.is_geographic:
        return x, y
    try:
        change = Transformer.from_crs(crs, geodetic, always_xy=True)
        longitude, latitude = change.transform(x, y, errcheck=True)
        again = change.transform(longitude, latitude, direction="INVERSE", errcheck=True)
    except ProjError:
        return None
    # PROJ takes a place beyond the edge of the world for one within.
    return (longitude, latitude) if np.hypot(again[0] - x, again[1] - y) < 1 else None


def _in_area(crs: CRS, longitude: float, latitude: float) -> bool:
    """Tell whether a place lies in or beside the area that a CRS is made for."""
    area = crs.area_of_use
    if area is None or area.west > area.east:  # unknown, or across the date line
        return True
    return (
        area.west - BESIDE_DEGREES <= longitude <= area.east + BESIDE_DEGREES
        and area.south - BESIDE_DEGREES <= latitude <= area.north + BESIDE_DEGREES
    )


def _candidates(found: Numbers, near: CRS | None) -> list[Reading]:
    """Find every reading of numbers of which nothing is stated."""
    systems: list[CRS] = []
    if near is not None:
        systems.append(near)
    for span in (found, found.swapped):
        if span.within(*CHINA_DEGREES):
            systems += [china.geographic(datum) for datum in china.datums()]
        if span.within(-180, -90, 180, 90):
            systems.append(CRS.from_epsg(4326))
        systems += [china.crs_of(zone) for zone in _zones(span)]
    told: list[Reading] = []
    for crs in dict.fromkeys(systems):
        for swapped in (False, True):
            reading = _read(crs, found, swapped=swapped)
            if reading is not None and not _same(reading, told):
                told.append(reading)
    return told


def _zones(span: Numbers) -> list[Zone]:
    """List the zones that metres can be in: one width where the number is in front."""
    number = china.prefix(span.west)
    if number is not None:
        width = china.width_of(number)
        zones = [Zone(datum, width, number, prefixed=True) for datum in china.datums()]
    else:
        zones = [zone for zone in china.codes().values() if not zone.prefixed]
    return [zone for zone in zones if _in_zone(span, zone)]


def _same(reading: Reading, told: list[Reading]) -> bool:
    """Tell whether a reading differs from none: other words for one place and datum."""
    return any(
        reading.swapped == other.swapped
        and _datum(reading.crs) == _datum(other.crs)
        and abs(reading.longitude - other.longitude) < 1e-9  # noqa: PLR2004  0.1 mm
        and abs(reading.latitude - other.latitude) < 1e-9  # noqa: PLR2004
        for other in told
    )


def _datum(crs: CRS) -> str:
    """Name a datum; CGCS2000 and WGS 84 are one to a tenth of a millimetre."""
    own = china.datum_of(crs)
    if own is None and crs.geodetic_crs is not None and crs.geodetic_crs.datum is not None:
        own = crs.geodetic_crs.datum.name
    return "wgs84" if own == "cgcs2000" or str(own).startswith("World Geodetic") else str(own)


def _belongs(reading: Reading, near: CRS) -> bool:
    """Tell whether a reading is on the datum and in the part of the world of a place."""
    if _datum(reading.crs) not in {_datum(near), "wgs84"}:
        return False
    zone = china.zone_of(near)
    if zone is None or reading.crs == near:
        return _in_area(near, reading.longitude, reading.latitude)
    return abs(reading.longitude - zone.meridian) <= zone.width / 2 + ACROSS_DEGREES
