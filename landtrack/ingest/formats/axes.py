"""Which of two columns of coordinates is the easting, and in which zone they lie.

In China the numbers tell: a northing has up to seven digits before the point, an easting six,
or eight with its zone's number in front, and longitudes are greater than latitudes. Where
two readings remain, neither is taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pyproj import CRS

from landtrack.model.errors import SourceError
from landtrack.spatial import crs
from landtrack.spatial.crs import china
from landtrack.spatial.crs.china import MILLION, Width, Zone

NORTHINGS = (300_000, 6_000_000)
EASTINGS = (100_000, 900_000)
"""Metres, from the southern reefs to the Amur; a zone of 6 degrees is 670 km wide."""
LONGITUDES, LATITUDES = (73, 136), (3, 54)
"""Degrees."""

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Grid(NamedTuple):
    """What is stated of where coordinates lie; none where nothing is.

    ``datum`` is an id of :func:`landtrack.spatial.crs.china.datums`; ``number`` and ``width`` are
    of
    the Gauss-Kruger zone, as stated, right or not.
    """

    datum: str | None = None
    number: int | None = None
    width: int | None = None


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Coordinates, easting (or longitude) first, and their CRS where it is known.

    Those of features that fit no reading are 0.

    ``degrees`` tells longitudes from metres. By feature: ``unplaced`` are those whose numbers
    fit no reading, ``turned`` those whose columns stand the other way round than stated,
    ``moved`` those brought from another zone into that of most. ``differs`` says
    where the numbers contradict what is stated.
    """

    east: Floats
    north: Floats
    crs: CRS | None
    degrees: bool
    unplaced: Flags
    turned: Flags
    moved: Flags
    differs: tuple[str, ...]


class _Reading(NamedTuple):
    """One way to read the columns: which is north, and what kind of east the other is."""

    kind: str
    turned: bool


READINGS = tuple(
    _Reading(kind, turned) for kind in ("prefixed", "plain", "degrees") for turned in (False, True)
)


def place(
    north: Floats, east: Floats, feature: npt.NDArray[np.int64], grid: Grid, *, what: Path,
    named: bool = False,
) -> Placed:
    """Find out which column is which, and the zone.

    ``north``, ``east``: n coordinates each, as the file names them, right or not.
    ``feature``: n numbers of the feature that each point is of, from 0 without a gap.
    ``named``: Whether the file says outright which is which: then this decides where the numbers do
    not, and coordinates of no zone of China are left as they are, without CRS.
    Returns: n coordinates; by feature what was done to them.
    Raises SourceError: If the numbers can be read both ways round, or lie in no zone of China at
    all; the message says what each reading would be.
    """
    fits = [
        _is_north(east if turned else north, kind) & _is_east(north if turned else east, kind)
        for kind, turned in READINGS
    ]
    possible = np.column_stack([_every(each, feature) for each in fits])
    ways = possible.sum(axis=1)
    if named and not ways.any():
        no = np.zeros(len(ways), dtype=bool)
        return Placed(
            east=east, north=north, crs=None, degrees=False, unplaced=no, turned=no, moved=no,
            differs=(),
        )
    if not ways.any():
        at = int(np.logical_or.reduce(fits).argmin())  # one that fits nothing, if there is one
        raise _nowhere(north[at], east[at], what)
    if (ways > 1).any() and not named:
        sure = np.flatnonzero(possible[ways == 1].any(axis=0))
        if len(sure) != 1:
            at = int(np.flatnonzero(ways[feature] > 1)[0])
            raise _both_ways(north[at], east[at], grid, what)
        possible[ways > 1] &= np.arange(len(READINGS)) == sure[0]
    reading = np.where(possible.any(axis=1), possible.argmax(axis=1), -1)
    turned = (reading % 2 == 1) & (reading >= 0)
    flip, none = turned[feature], (reading < 0)[feature]
    return _in_one_zone(
        np.where(none, 0, np.where(flip, north, east)),
        np.where(none, 0, np.where(flip, east, north)),
        feature, grid, reading // 2, turned,
    )


def _is_north(values: Floats, kind: str) -> Flags:
    low, high = LATITUDES if kind == "degrees" else NORTHINGS
    return (low <= values) & (values <= high)


def _is_east(values: Floats, kind: str) -> Flags:
    if kind == "degrees":
        low, high = LONGITUDES
        return (low <= values) & (values <= high)
    low, high = EASTINGS
    number = values // MILLION
    known = np.isin(number, _numbers()) if kind == "prefixed" else number == 0
    rest = values - number * MILLION
    return known & (low <= rest) & (rest <= high)


def _numbers() -> list[int]:
    """List the numbers of all zones."""
    return sorted({zone.number for zone in china.codes().values()})


def _every(true: Flags, feature: npt.NDArray[np.int64]) -> Flags:
    """Tell of which features every point is true."""
    return np.asarray(np.bincount(feature, weights=~true) == 0)


def _in_one_zone(
    east: Floats, north: Floats, feature: npt.NDArray[np.int64], grid: Grid,
    kind: npt.NDArray[np.int64], turned: Flags,
) -> Placed:
    """Bring all features into the zone of most of them."""
    n = len(kind)
    main = int(np.bincount(kind[kind >= 0]).argmax())
    if main != 0:
        unplaced = kind != main
        degrees = READINGS[2 * main].kind == "degrees"
        if degrees:
            found = china.geographic(grid.datum) if grid.datum else None
            differs: list[str] = []
        else:
            found, differs = _stated_zone(grid)
        return Placed(
            east=east, north=north, crs=found, degrees=degrees, unplaced=unplaced,
            turned=turned & ~unplaced, moved=np.zeros(n, dtype=bool), differs=tuple(differs),
        )
    number = (east // MILLION).astype(np.int64)
    if grid.number in _numbers():  # features without prefix among others that have it
        bare = (kind == 1)[feature]
        east = np.where(bare, east + grid.number * MILLION, east)
        number = np.where(bare, grid.number, number)
        kind = np.where(kind == 1, 0, kind)
    first = np.zeros(n, dtype=np.int64)
    first[feature] = number
    unplaced = (kind != 0) | ~_every(number == first[feature], feature)
    zone = int(np.bincount(first[~unplaced]).argmax()) if not unplaced.all() else int(first[0])
    moved = ~unplaced & (first != zone)
    system = _crs(grid.datum, zone, prefixed=True)
    for other in np.unique(first[moved]):
        source = _crs(grid.datum, int(other), prefixed=True)
        if system is None or source is None or china.width_of(int(other)) != china.width_of(zone):
            unplaced |= first == other
            continue
        points = (moved & (first == other))[feature]
        change = crs.transformer(source, system)
        east, north = east.copy(), north.copy()
        east[points], north[points] = change.transform(east[points], north[points])
    differs = _differs(grid, zone)
    return Placed(
        east=east, north=north, crs=system, degrees=False, unplaced=unplaced,
        turned=turned & ~unplaced, moved=moved & ~unplaced, differs=tuple(differs),
    )


def _stated_zone(grid: Grid) -> tuple[CRS | None, list[str]]:
    """Give the CRS of eastings without prefix, by what is stated alone."""
    if grid.number is None:
        return None, []
    if grid.number not in _numbers():
        return None, [f"{grid.number} / –"]
    return _crs(grid.datum, grid.number, prefixed=False), _differs(grid, grid.number)


def _differs(grid: Grid, number: int) -> list[str]:
    """Say where a zone contradicts what is stated."""
    found = []
    if grid.number is not None and grid.number != number:
        found.append(f"{grid.number} / {number}")
    width = china.width_of(number)
    if grid.width is not None and grid.width != width:
        found.append(f"{grid.width}° / {width}°")
    return found


def _crs(datum: str | None, number: int, *, prefixed: bool) -> CRS | None:
    """Give the CRS of a zone; none where the datum is not known or has no such zone."""
    width: Width = china.width_of(number)
    if datum is None or Zone(datum, width, number, prefixed) not in china.codes().values():
        return None
    return china.crs_of(Zone(datum, width, number, prefixed))


def _both_ways(north: float, east: float, grid: Grid, what: Path) -> SourceError:
    system, _ = _stated_zone(grid)
    return SourceError(
        f"{what}: ({north}, {east}) can be read as north {north}, east {east}"
        f"{_where(east, north, system)} or as north {east}, east {north}"
        f"{_where(north, east, system)}.",
        mend="Ask for the file with the zone's number in front of the eastings, which tells "
        "the axes apart.",
    )


def _where(east: float, north: float, system: CRS | None) -> str:
    """Say where on Earth a reading puts a point, where the CRS is known."""
    geodetic = system.geodetic_crs if system is not None else None
    if system is None or geodetic is None:
        return ""
    longitude, latitude = crs.transformer(system, geodetic).transform(east, north)
    return f" ({longitude:.3f}° E, {latitude:.3f}° N)"


def _nowhere(north: float, east: float, what: Path) -> SourceError:
    return SourceError(
        f"{what}: coordinates such as ({north}, {east}) are neither northing and easting "
        "of a zone of China nor degrees.",
        mend="If leading digits were taken off or a local grid is used, ask the surveyor for "
        "full coordinates; the parameters of a local grid cannot be guessed.",
    )
