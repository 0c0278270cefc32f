"""From one datum to another by the parameters that a surveying office gives.

Between the old datums of China and CGCS2000 nothing is published: the parameters are the
office's, for its own area, and the catalog of a place holds them with their document.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt
from pyproj import CRS, Geod, Transformer
from pyproj.transformer import TransformerGroup

from landtrack.model import Transformation
from landtrack.model.errors import CRSError

Values = npt.NDArray[np.float64]
Change = Callable[[Values, Values], tuple[Values, Values]]
SECOND = np.pi / 180 / 3600
"""Of arc, in radians."""


def change(source: CRS, target: CRS, stated: Iterable[Transformation]) -> Change | None:
    """Make the way from one CRS to another out of stated parameters.

    ``source``, ``target``: Two CRSs on different datums.
    Returns: Takes and gives eastings (or longitudes) and northings (or latitudes); None where no
    stated transformation leads between the two datums.
    Raises CRSError: If the transformation that leads there is stated wrongly.
    """
    for each in stated:
        first, last = CRS.from_user_input(each.source_crs), CRS.from_user_input(each.target_crs)
        if _datum(first) == _datum(source) and _datum(last) == _datum(target):
            _require_sound(each, first, last)
            step = _plane(each) if each.method == "plane4" else _geocentric(each, first, last)
            ends = (first, last) if each.method == "plane4" else (
                _degrees(first), _degrees(last)
            )
            return _chain(_plain(source, ends[0]), step, _plain(ends[1], target))
    return None


def _require_sound(stated: Transformation, first: CRS, last: CRS) -> None:
    if stated.method == "plane4" and not (first.is_projected and last.is_projected):
        raise CRSError(
            f"The four parameters of {stated.document} need two projected CRSs.",
            mend="State the zones that they were determined in as `from` and `to`.",
        )
    if stated.method == "geocentric7" and stated.convention is None:
        raise CRSError(
            f"The seven parameters of {stated.document} do not say the sign of their rotations.",
            mend='State convention = "position_vector" (Bursa-Wolf) or "coordinate_frame": ask '
            "the office, for the wrong one moves points by tens of metres.",
        )


def _datum(crs: CRS) -> str | None:
    geodetic = crs.geodetic_crs
    return None if geodetic is None or geodetic.datum is None else geodetic.datum.name


def _degrees(crs: CRS) -> CRS:
    geodetic = crs.geodetic_crs
    if geodetic is None:
        raise CRSError(f"{crs.name} has no datum.", mend="State a CRS with an EPSG code.")
    return geodetic.to_2d()


def _plain(source: CRS, target: CRS) -> Change:
    """Go between two CRSs on one datum."""
    return Transformer.from_crs(source, target, always_xy=True).transform


def _chain(*steps: Change) -> Change:
    def whole(x: Values, y: Values) -> tuple[Values, Values]:
        for step in steps:
            x, y = step(x, y)
        return x, y

    return whole


def _geocentric(stated: Transformation, first: CRS, last: CRS) -> Change:
    """Turn and shift in space, between degrees on two ellipsoids at height nought."""
    turns = (
        f" +rx={stated.rx} +ry={stated.ry} +rz={stated.rz} +s={stated.scale}"
        f" +convention={stated.convention}" if stated.method == "geocentric7" else ""
    )
    before, after = (_ellipsoid(crs) for crs in (first, last))
    return Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad"
        f" +step +proj=push +v_3 +step +proj=cart {before}"
        f" +step +proj=helmert +x={stated.dx} +y={stated.dy} +z={stated.dz}{turns}"
        f" +step +inv +proj=cart {after} +step +proj=pop +v_3"
        " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    ).transform


def _ellipsoid(crs: CRS) -> str:
    shape = crs.ellipsoid
    if shape is None:
        raise CRSError(f"{crs.name} has no ellipsoid.", mend="State a CRS with an EPSG code.")
    return f"+a={shape.semi_major_metre!r} +rf={shape.inverse_flattening!r}"


def _plane(stated: Transformation) -> Change:
    """Turn, stretch and shift in the plane."""
    stretch, angle = 1 + stated.scale * 1e-6, stated.rotation * SECOND
    cosine, sine = stretch * np.cos(angle), stretch * np.sin(angle)

    def turned(x: Values, y: Values) -> tuple[Values, Values]:
        return stated.dx + cosine * x - sine * y, stated.dy + sine * x + cosine * y

    return turned


def at_stake(source: CRS, longitude: float, latitude: float) -> tuple[float, float] | None:
    """Say how far points may be off where the datum is passed over.

    ``source``: The CRS that data is in.
    ``longitude``, ``latitude``: Where it lies, degrees.
    Returns: The least and the most metres by which the transformations to WGS 84 that EPSG has for
    this datum, each for some part of the country, would move the place; None where it has none.
    """
    degrees = _degrees(source)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Best transformation", UserWarning)  # grids not here
        group = TransformerGroup(degrees, 4326, always_xy=True, allow_ballpark=False)
    moved = [each.transform(longitude, latitude) for each in group.transformers]
    geod = Geod(ellps="WGS84")
    shifts = [
        geod.inv(longitude, latitude, x, y)[2] for x, y in moved if np.isfinite([x, y]).all()
    ]
    return (min(shifts), max(shifts)) if shifts else None
