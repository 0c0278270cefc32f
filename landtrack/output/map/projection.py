"""The working CRS in the page: polynomials between the page's projection and the working one.

Whatever the CRS of a place is, over the extent of a place it is a smooth function of the
page's own coordinates; polynomials of Chebyshev stand for it, forth and back, and their
error is measured on points between those that they were fitted to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from numpy.polynomial import chebyshev

from landtrack.model.errors import CRSError
from landtrack.output.map.blocks import RADIUS
from landtrack.spatial import crs

if TYPE_CHECKING:
    from collections.abc import Callable

    from pyproj import CRS

Floats = npt.NDArray[np.float64]

DEGREES = (4, 6, 8, 11, 14)
GOOD, MOST = 1e-4, 0.01
"""Errors in metres: at the first no higher degree is tried, above the second there is none."""

AROUND, LEAST = 1.0, 5000.0
"""The part of the extent that is added on each side, and at least so many metres."""


def fitted(working: CRS, west: float, south: float, east: float, north: float) -> dict[str, Any]:
    """Fit the working CRS round the extent of the layers.

    ``working``: A projected CRS in metres.
    ``west``, ``south``, ``east``, ``north``: The extent in metres of EPSG:3857.
    Returns: ``name`` of the CRS; ``forward`` and ``back``: each the box it holds in and the
    coefficients of both coordinates; ``error`` in metres. Without the latter three where the CRS
    does not reach over the extent.
    """
    name = {"name": crs.name(working)}
    wide = max(LEAST, AROUND * (east - west), AROUND * (north - south))
    page = (west - wide, south - wide, east + wide, north + wide)
    try:
        to_working = crs.transformer(crs.WGS84, working).transform
        from_working = crs.transformer(working, crs.WGS84).transform
    except CRSError:
        return name
    forward = _fit(lambda x, y: to_working(*_degrees(x, y)), page)
    if forward is None:
        return name
    corners = np.array(to_working(*_degrees(*_grid(page, 9))))
    if not np.isfinite(corners).all():
        return name
    plane = (*corners.min(axis=1).tolist(), *corners.max(axis=1).tolist())
    back = _fit(lambda x, y: _page(*from_working(x, y)), plane)
    if back is None:
        return name
    return {
        **name, "forward": forward[0], "back": back[0],
        "error": round(max(forward[1], back[1]), 6),
    }


def _fit(
    function: Callable[[Floats, Floats], tuple[Floats, Floats]], box: tuple[float, ...]
) -> tuple[dict[str, Any], float] | None:
    """Fit both results of a function over a box; none where it is not finite or not smooth."""
    best: tuple[dict[str, Any], float] | None = None
    for degree in DEGREES:
        nodes = np.cos(np.pi * (np.arange(degree + 4) + 0.5) / (degree + 4))
        inverse = np.linalg.pinv(chebyshev.chebvander(nodes, degree))
        values = np.array(function(*_grid(box, nodes=nodes))).reshape(2, len(nodes), len(nodes))
        if not np.isfinite(values).all():
            return None
        terms = [inverse @ each @ inverse.T for each in values]
        error = _error(function, box, terms)
        if best is None or error < best[1]:
            best = ({"box": list(box), "terms": [each.tolist() for each in terms]}, error)
        if best[1] < GOOD:
            break
    return best if best is not None and best[1] < MOST else None


def _error(
    function: Callable[[Floats, Floats], tuple[Floats, Floats]], box: tuple[float, ...],
    terms: list[Floats],
) -> float:
    """Measure by how far polynomials are off, between their nodes."""
    unit = np.linspace(-1, 1, 23)
    exact = np.array(function(*_grid(box, nodes=unit))).reshape(2, len(unit), len(unit))
    off = [
        np.abs(chebyshev.chebgrid2d(unit, unit, each) - right).max()
        for each, right in zip(terms, exact, strict=True)
    ]
    worst = float(np.hypot(*off))
    return worst if np.isfinite(worst) else np.inf


def _grid(
    box: tuple[float, ...], count: int = 0, *, nodes: Floats | None = None
) -> tuple[Floats, Floats]:
    """Lay a grid over a box."""
    unit = np.linspace(-1, 1, count) if nodes is None else nodes
    west, south, east, north = box
    x = (west + east) / 2 + unit * (east - west) / 2
    y = (south + north) / 2 + unit * (north - south) / 2
    xs, ys = np.meshgrid(x, y, indexing="ij")
    return xs.ravel(), ys.ravel()


def _degrees(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Turn metres of the page into degrees."""
    return np.degrees(x / RADIUS), np.degrees(np.arctan(np.sinh(y / RADIUS)))


def _page(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Turn degrees into metres of the page."""
    return np.radians(lon) * RADIUS, np.arcsinh(np.tan(np.radians(lat))) * RADIUS
