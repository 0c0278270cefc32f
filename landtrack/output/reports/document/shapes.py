"""Shapes on the ground as the data of SVG paths."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import shapely

Shapes = npt.NDArray[np.object_]
AREAS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)
FINEST = 0.4
"""How far an outline on paper may be off, at least."""
LEAST = 7
"""Characters of a point, at least: what cannot fit is not written first."""
CELL = 2.0
"""Side of the smallest cell in which something too small for an outline is shown."""


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


def drawable(shapes: Shapes) -> Shapes:
    """Keep the shapes that lie somewhere, in the plane."""
    found: Shapes = shapely.force_2d(shapes)
    at, row = shapely.get_coordinates(found, return_index=True)
    keep = ~(shapely.is_missing(found) | shapely.is_empty(found))
    keep[row[~np.isfinite(at).all(axis=1)]] = False
    somewhere: Shapes = found[keep]
    return somewhere


def outlines(shapes: Shapes) -> Shapes:
    """Give the outlines of areas, and the rest as it is: areas that are simplified are repaired."""
    areas = np.isin(shapely.get_type_id(shapes), AREAS)
    lines: Shapes = shapes.copy()
    lines[areas] = shapely.boundary(shapes[areas])
    return lines


def rough(shapes: Shapes, most: int) -> tuple[str, bool]:
    """Write shapes as the data of one SVG path that is no longer than it may be.

    ``shapes``: On paper, drawable, in any number.
    ``most``: Characters, a hundred or more.
    Returns: The path: outlines as roughly as it takes, and what is too small for one as the cells
    of a grid in which it lies; and whether anything was taken for a cell that has an extent.
    """
    if not len(shapes):
        return "", False
    bounds = shapely.bounds(shapes)
    extent = (bounds[:, 2:] - bounds[:, :2]).max(axis=1)
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    lines = outlines(shapes)
    tolerance = FINEST
    while True:
        small = extent < 4 * tolerance
        if LEAST * np.count_nonzero(~small) <= most:
            drawn = shapely.simplify(lines[~small], tolerance, preserve_topology=False)
            lines[~small] = drawn  # the next time from here, which is as rough as twice that
            if LEAST * int(shapely.get_num_coordinates(drawn).sum()) <= most:
                text = path(drawn) + _cells(middles[small], max(CELL, 2 * tolerance))
                if len(text) <= most:
                    return text, bool((small & (extent > 0)).any())
        tolerance *= 2


def _cells(points: npt.NDArray[np.float64], step: float) -> str:
    """Write the cells of a grid in which points lie; those beside each other as one."""
    if not len(points):
        return ""
    cells = np.floor(points / step).astype(int)[:, ::-1]
    least, wide = cells.min(axis=0), int(np.ptp(cells[:, 1])) + 1
    one = np.unique((cells - least) @ np.array([wide, 1]))  # many times faster than by rows
    cells = np.column_stack(np.divmod(one, wide)) + least
    ends = np.flatnonzero((np.diff(cells[:, 0]) != 0) | (np.diff(cells[:, 1]) != 1))
    first, last = np.append(0, ends + 1), np.append(ends, len(cells) - 1)
    return "".join(
        f"M{column * step:.4g} {row * step:.4g}h{wide * step:.4g}v{step:.4g}h-{wide * step:.4g}Z"
        for (row, column), wide in zip(
            cells[first].tolist(), (cells[last, 1] - cells[first, 1] + 1).tolist(), strict=True
        )
    )
