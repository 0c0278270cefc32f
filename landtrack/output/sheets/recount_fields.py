"""Measures that rest on fields besides shapes, worked out anew: floors, fronts, access, counts.

Plainly, feature by feature and metre by metre: nothing is shared with what measured them first.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import shapely

from landtrack.model import Schema

STEP_M = 0.25
"""How finely a boundary is gone along."""
NO_FLOORS = ("structure", "yard")

Rows = Sequence[Mapping[Any, Any]]
"""Features: their fields, and ``geometry``."""


def told_otherwise(
    schema: Schema, name: str, value: float, plot: shapely.Geometry, rows: Rows
) -> Iterator[str]:
    """Measure once more, and say so where it comes out otherwise.

    Yields: What is wrong; nothing for a measure that is not one of these.
    """
    if (again := AGAIN.get(name)) is None:
        return
    likely, slack = again(schema, plot, rows)
    if likely and not any(abs(each - value) <= slack + 1e-6 * abs(each) for each in likely):
        yield f"{name} is {likely[0]:.6g} by the features, {value:.6g} was measured"


Again = tuple[list[float], float]
"""Each value that it can be, and by how much two ways of measuring may differ."""


def _floors(_: Schema, plot: shapely.Geometry, rows: Rows) -> Again:
    """Add up storeys by ground: above which height a storey counts twice is any that is listed."""
    parts = []
    for row in rows:
        ground = float(shapely.area(shapely.intersection(plot, row["geometry"])))
        if ground > 0 and row.get("class") not in NO_FLOORS:
            heights = _heights(row.get("storey_heights_m"))
            parts.append((ground, len(heights) if heights else _figure(row, "storeys"), heights))
    limits = sorted({each for *_, heights in parts for each in heights} | {math.inf}, reverse=True)
    return [
        sum(
            ground * (count + sum(each > limit for each in heights))
            for ground, count, heights in parts if not math.isnan(count)
        )
        for limit in [*limits, 0.0]
    ], 0.02 + 1e-4 * sum(count for _, count, _ in parts if not math.isnan(count))


def _heights(said: Any) -> list[float]:  # noqa: ANN401  a cell
    """Read the heights of storeys; none where one of them is no height that can be."""
    try:
        found = [float(each) for each in str(said).split(";")] if isinstance(said, str) else []
    except ValueError:
        return []
    return found if all(2 <= each <= 15 for each in found) else []  # noqa: PLR2004  metres


def _figure(row: Mapping[Any, Any], name: str) -> float:
    value = row.get(name)
    return float(value) if isinstance(value, (int, float)) else math.nan


def _open(rows: Rows) -> list[Mapping[Any, Any]]:
    """Keep the roads that are open to motor vehicles."""
    return [row for row in rows if row.get("motor") != "no"]


def _fronts(schema: Schema, plot: shapely.Geometry, rows: Rows) -> Again:
    """Go along the boundary step by step, and count those beside a road."""
    limits = schema.parameters
    near = [
        row for row in _open(rows)
        if not math.isnan(_figure(row, "width_m"))
        and shapely.dwithin(
            plot, row["geometry"], _figure(row, "width_m") / 2 + limits["tolerance_m"]
        )
    ]
    fronting, corners = 0.0, 0
    for start, end in _pieces(plot.boundary):
        corners += 1
        count = max(1, math.ceil(math.dist(start, end) / STEP_M))
        at = (np.arange(count) + 0.5) / count
        points = shapely.points(start + (end - start) * at[:, None])
        beside = np.zeros(count, dtype=bool)
        for row in near:
            reach = _figure(row, "width_m") / 2 + limits["tolerance_m"]
            for first, last in _pieces(row["geometry"]):
                if _angle(end - start, last - first) <= limits["angle_deg"]:
                    beside |= shapely.dwithin(points, shapely.LineString([first, last]), reach)
        fronting += np.count_nonzero(beside) * math.dist(start, end) / count
    return [fronting], 2 * STEP_M * max(1, min(corners, 2 * len(near) + 2)) + 0.002 * plot.length


def _pieces(lines: shapely.Geometry) -> Iterator[tuple[Any, Any]]:
    for line in shapely.get_parts(lines):
        points = shapely.get_coordinates(line)
        yield from ((a, b) for a, b in itertools.pairwise(points) if (a != b).any())


def _angle(one: Any, other: Any) -> float:  # noqa: ANN401  two vectors
    """Give the angle between two ways, in degrees, whichever way each goes."""
    turned = abs(math.degrees(math.atan2(*one[::-1]) - math.atan2(*other[::-1]))) % 180
    return min(turned, 180 - turned)


def _nearest(_: Schema, plot: shapely.Geometry, rows: Rows) -> Again:
    away = [float(shapely.distance(plot, row["geometry"])) for row in _open(rows)]
    return [min(away)] if away else [], 0.02


def _width(_: Schema, plot: shapely.Geometry, rows: Rows) -> Again:
    """Give the widths of the roads that are nearest, of which there may be several."""
    away = {at: shapely.distance(plot, row["geometry"]) for at, row in enumerate(_open(rows))}
    least = min(away.values(), default=0.0)
    return [
        _figure(_open(rows)[at], "width_m") for at, metres in away.items() if metres <= least + 0.02
    ], 1e-6


def _inside(schema: Schema, plot: shapely.Geometry, rows: Rows) -> Again:
    """Count what shares ground, runs inside, or lies inside; slivers may be none."""
    sliver = max(schema.parameters.get("sliver_m2", 0.0), schema.parameters.get("sliver_m", 0.0))
    sure, perhaps = 0, 0
    for row in rows:
        shape = row["geometry"]
        if (dimension := int(shapely.get_dimensions(shape))) == 0:
            sure += bool(shapely.contains_properly(plot, shape))
            continue
        common = shapely.intersection(plot, shape)
        amount = float(common.area if dimension > 1 else common.length)
        sure += amount > 1.01 * sliver + 0.02
        perhaps += 0 < amount <= 1.01 * sliver + 0.02
    return [float(sure + each) for each in range(perhaps + 1)], 0.0


AGAIN: Mapping[str, Callable[[Schema, shapely.Geometry, Rows], Again]] = {
    "floor_area_m2": _floors, "floor_area_known_m2": _floors, "frontage_m": _fronts,
    "nearest_road_m": _nearest, "nearest_width_m": _width, "inside_count": _inside,
    "count": _inside,
}
"""What is measured again, and how."""
