"""Shapes on the ground as the data of SVG paths."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]


def path(shapes: Shapes) -> str:
    """Write outlines, lines and points to a tenth of a unit; a point is a line of no length."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    areal = shapely.get_dimensions(parts) == 2  # noqa: PLR2004
    return "".join(map(_line, [*shapely.get_rings(parts[areal]), *parts[~areal]]))


def _line(line: shapely.Geometry) -> str:
    at = shapely.get_coordinates(line)
    closed = line.geom_type == "LinearRing"
    listed = "L".join(f"{x:.1f} {y:.1f}" for x, y in (at[:-1] if closed else at))
    end = "Z" if closed else "h0" if len(at) == 1 else ""
    return f"M{listed}{end}" if listed else ""
