"""The shifted coordinates of Chinese web maps, GCJ-02 and BD-09, brought back to WGS 84.

The shift is not published; the formulas in use everywhere follow the maps to some metres
(:data:`ACCURACY_M`). Such coordinates are good to look at, never to submit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

Values = npt.NDArray[np.float64]
Pair = tuple[Values, Values]

AXIS_M = 6_378_245.0
"""Half the great axis of the ellipsoid of Krassowsky, in which the shift is made."""
ECCENTRICITY_2 = 0.006_693_421_622_965_943
ACCURACY_M = 5.0
"""How far the formulas may be off the maps; metres."""
CHINA = (73.0, 3.0, 136.0, 54.0)
"""West, south, east, north of where the maps are shifted."""
RESTORED = "restored"
"""Key of a frame's ``attrs``: its file says itself what is shifted, and that was undone."""
ROUNDS = 12
"""The inverse is found by repetition, each round some 1000 times nearer."""


def _waves(at: Values, *parts: tuple[float, float]) -> Values:
    """Sum up sines: an amplitude and a wavelength each, by two thirds as the formula has it."""
    total = np.zeros_like(at)
    for amplitude, wavelength in parts:
        total += amplitude * np.sin(2 * np.pi * at / wavelength)
    return total * 2 / 3


def to_gcj02(longitude: Values, latitude: Values) -> Pair:
    """Shift WGS 84 as Chinese web maps do.

    ``longitude``, ``latitude``: Degrees in WGS 84, in China.
    Returns longitude, latitude : ndarray of float64, (n,): Degrees in GCJ-02.

    References
    ----------
    .. [1] The formula in public use; test pairs of ``eviltransform``.
    """
    x, y = longitude - 105.0, latitude - 35.0
    root = np.sqrt(np.abs(x))
    east = (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
        + _waves(x, (20, 1 / 3), (20, 1), (20, 2), (40, 6), (150, 24), (300, 60))
    )
    north = (
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
        + _waves(x, (20, 1 / 3), (20, 1)) + _waves(y, (20, 2), (40, 6), (160, 24), (320, 60))
    )
    angle = np.radians(latitude)
    flat = 1 - ECCENTRICITY_2 * np.sin(angle) ** 2
    meridian = AXIS_M * (1 - ECCENTRICITY_2) / flat**1.5
    parallel = AXIS_M / np.sqrt(flat) * np.cos(angle)
    return longitude + np.degrees(east / parallel), latitude + np.degrees(north / meridian)


def _bd09_to_gcj02(longitude: Values, latitude: Values) -> Pair:
    x, y = longitude - 0.0065, latitude - 0.006
    turn = np.pi * 3000 / 180
    radius = np.hypot(x, y) - 0.00002 * np.sin(y * turn)
    angle = np.arctan2(y, x) - 0.000003 * np.cos(x * turn)
    return radius * np.cos(angle), radius * np.sin(angle)


def _gcj02_to_wgs84(longitude: Values, latitude: Values) -> Pair:
    east, north = longitude.copy(), latitude.copy()
    for _ in range(ROUNDS):
        shifted = to_gcj02(east, north)
        east, north = east + longitude - shifted[0], north + latitude - shifted[1]
    return east, north


def _bd09_to_wgs84(longitude: Values, latitude: Values) -> Pair:
    return _gcj02_to_wgs84(*_bd09_to_gcj02(longitude, latitude))


TO_WGS84: dict[str, Callable[[Values, Values], Pair]] = {
    "GCJ-02": _gcj02_to_wgs84, "BD-09": _bd09_to_wgs84,
}
"""By the name that a catalog states; degrees in, degrees of WGS 84 out."""


def named(text: str) -> str | None:
    """Find the shifted system that a catalog names.

    ``text``: Such as ``"GCJ-02"``, ``"gcj02"``, ``"BD09"``.
    Returns: A key of :data:`TO_WGS84`; None where it names none.
    """
    plain = text.replace("-", "").replace("_", "").replace(" ", "").upper()
    return next((name for name in TO_WGS84 if name.replace("-", "") == plain), None)


class Restored(NamedTuple):
    """Shapes in WGS 84, how many were shifted by each system, and how far on the ground."""

    shapes: npt.NDArray[np.object_]
    moved: dict[str, tuple[int, float]]


def restore(shapes: npt.NDArray[np.object_], stated: Sequence[str | None]) -> Restored:
    """Bring those shapes back to WGS 84 that are said to be shifted, each by its own word.

    ``shapes``: Longitude and latitude in degrees; some may be missing.
    ``stated``: For each a key of :data:`TO_WGS84`, or None where it is not shifted.
    Returns: ``moved`` gives number and mean metres by system. What lies outside of China is left:
    the maps shift nothing there.
    """
    restored = shapes.copy()
    moved: dict[str, tuple[int, float]] = {}
    inside = shapely.intersects(shapely.box(*CHINA), shapes)
    for name in dict.fromkeys(each for each in stated if each is not None):
        own = inside & np.array([each == name for each in stated], dtype=bool)
        if not own.any():
            continue
        restored[own] = shapely.transform(shapes[own], TO_WGS84[name], interleaved=False)
        before, after = (shapely.get_coordinates(each[own]) for each in (shapes, restored))
        _, _, metres = Geod(ellps="WGS84").inv(*before.T, *after.T)
        moved[name] = int(own.sum()), float(np.mean(metres))
    return Restored(restored, moved)
