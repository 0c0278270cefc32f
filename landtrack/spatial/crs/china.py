"""The datums of China and their Gauss-Kruger zones, as EPSG's register numbers them.

Zones are 3 or 6 degrees wide; the central meridian of the 3-degree zone n lies at 3 n
degrees, that of the 6-degree zone at 6 n - 3. In a prefixed zone the easting begins with the
zone's number (39 547 228 m); in the others it does not (547 228 m).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Literal, NamedTuple

from pyproj import CRS

from landtrack.model import Titled, Value, catalog
from landtrack.model.errors import CRSError

Width = Literal[3, 6]
MILLION = 1_000_000
"""A prefixed easting holds its zone's number in the millions of metres."""
WORD = re.compile(r"[\s_/()（）\-]+")
"""What differs between two ways to write the name of one datum."""


class Series(Value, frozen=True, kw_only=True):
    """Codes that follow each other in EPSG's register, from zone to zone."""

    width: Width
    prefixed: bool
    first: int
    zone: int
    count: int


class Datum(Value, frozen=True, kw_only=True):
    """A datum: its names in files, its codes; ``epsg_name`` is what PROJ calls it."""

    id: str
    title: Titled
    geographic: int
    epsg_name: str
    names: tuple[str, ...]
    series: tuple[Series, ...]


class Zone(NamedTuple):
    """A Gauss-Kruger zone of one datum."""

    datum: str
    width: Width
    number: int
    prefixed: bool

    @property
    def meridian(self) -> int:
        """Give the central meridian."""
        return 3 * self.number if self.width == 3 else 6 * self.number - 3  # noqa: PLR2004


@cache
def datums() -> dict[str, Datum]:
    """Load the datums.

    Raises CatalogError: If ``data/crs.toml`` is wrong.
    """
    path = catalog.data_file("", "crs")
    stated = catalog.read_toml(path).get("datum", [])
    return {each.id: each for each in catalog.convert(stated, tuple[Datum, ...], path)}


@cache
def codes() -> dict[int, Zone]:
    """Give each zone of each datum its number in the register.

    Returns: By EPSG code.
    """
    return {
        series.first + step: Zone(datum.id, series.width, series.zone + step, series.prefixed)
        for datum in datums().values()
        for series in datum.series
        for step in range(series.count)
    }


@cache
def crs_of(zone: Zone) -> CRS:
    """Give the CRS of a zone.

    Returns: As EPSG's register has it.
    Raises CRSError: If the register has no such zone; the mend names those it has.
    """
    for code, known in codes().items():
        if known == zone:
            return CRS.from_epsg(code)
    numbers = sorted({
        known.number for known in codes().values()
        if (known.datum, known.width) == (zone.datum, zone.width)
    })
    raise CRSError(
        f"There is no {zone.width}-degree zone {zone.number} of {zone.datum}.",
        mend=f"Zones of that width go from {numbers[0]} to {numbers[-1]}." if numbers
        else f"Use one of the datums {', '.join(datums())} with zones of 3 or 6 degrees.",
    )


def geographic(datum: str) -> CRS:
    """Give the CRS of longitudes and latitudes on a datum.

    Returns: Two-dimensional, in degrees.
    """
    return CRS.from_epsg(datums()[datum].geographic)


def zone_of(crs: CRS) -> Zone | None:
    """Tell which zone a CRS is.

    ``crs``: Any CRS.
    Returns: None where it is no Gauss-Kruger zone of a datum of China. WKT without a code, such as
    a Shapefile's, is known by its definition.
    """
    epsg = crs.to_epsg()
    return codes().get(epsg) if epsg is not None else None


def datum_of(crs: CRS) -> str | None:
    """Tell which datum of China a CRS stands on.

    ``crs``: Any CRS.
    Returns: Its id, or None where it is none of them.
    """
    geodetic = crs.geodetic_crs
    if geodetic is None or geodetic.datum is None:
        return None
    for each in datums().values():
        if geodetic.datum.name == each.epsg_name:
            return each.id
    return None


def datum_named(text: str) -> str | None:
    """Find the datum that a file names.

    ``text``: Such as ``"2000国家大地坐标系"``, ``"西安80"``, ``"CGCS2000"``.
    Returns: Its id; None where the name is not known.
    """
    wanted = _plain(text)
    for each in datums().values():
        if wanted in {_plain(name) for name in (each.id, *each.names)}:
            return each.id
    return None


def _plain(text: str) -> str:
    return WORD.sub("", text).casefold()


def prefix(easting: float) -> int | None:
    """Read the zone's number off an easting.

    ``easting``: Metres, with or without prefix.
    Returns: The number, 13 to 45; None where there is no prefix.
    """
    number = int(easting // MILLION)
    return number if 13 <= number <= 45 else None  # noqa: PLR2004  first and last zone


def width_of(number: int) -> Width:
    """Tell how wide the zone of a number is: no number stands for two widths in China.

    Returns: 6 up to zone 23, else 3.
    """
    return 6 if number <= 23 else 3  # noqa: PLR2004  the last 6-degree zone
