"""Cuts areas along a line that was drawn, and puts areas together as they lie."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

import shapely
from shapely import ops

from landtrack.app.track.shapes import LEAST_M2
from landtrack.model.errors import TableError

MOST_CORNERS = 200
"""Of a line along which something is cut."""
MOST_NAME = 120
_CORNER = re.compile(r"([-+]?\d{1,9}(?:\.\d{1,9})?)[,，]([-+]?\d{1,9}(?:\.\d{1,9})?)")


def corners(text: str) -> list[tuple[float, float]]:
    """Read the corners of a line: east and north of each with a comma between, blanks between them.

    Raises TableError: If they are none, fewer than two, or more than a line may have.
    """
    told = text.split()
    found = [_CORNER.fullmatch(each) for each in told]
    if not 1 < len(told) <= MOST_CORNERS or not all(found):
        raise TableError(
            f"A line cannot be read from {text[:60]!r}.",
            mend="Write east and north of each corner with a comma between, for example "
            f"500000.25,4540000.5, and blanks between the corners: 2 to {MOST_CORNERS} of them.",
        )
    return [(float(each[1]), float(each[2])) for each in found if each]


def cut(key: str, shape: shapely.Geometry, line: Sequence[tuple[float, float]]) -> list[
    shapely.Geometry
]:
    """Cut an area along a line.

    ``line``: East and north of its corners, in the CRS of the shape.
    Returns: The pieces from north to south, and from west to east; together they are the area.
    Raises TableError: If the line does not cut it through, or leaves a piece that is none.
    """
    blade, parts = shapely.LineString(line), shapely.get_parts(shape)
    found = [piece for part in parts for piece in shapely.get_parts(ops.split(part, blade))]
    if len(found) == len(parts):
        raise TableError(
            f"The line does not cut {key} through.",
            mend="Draw it from outside of it to outside of it, or from one point of its outline to "
            "another.",
        )
    if (least := min(each.area for each in found)) < LEAST_M2:
        raise TableError(
            f"The line leaves a piece of {key} of {least:.6f} m².",
            mend="It runs along the outline: draw it beside, or put its corners onto corners.",
        )
    return sorted(found, key=_from_north_west)


def named(pieces: Sequence[shapely.Geometry], names: Sequence[str]) -> Mapping[
    str, shapely.Geometry
]:
    """Name pieces; several of one name are one feature.

    Raises TableError: If a piece has no name, or one that is too long.
    """
    told = [each.strip() for each in names]
    if len(told) != len(pieces) or not all(told) or max(map(len, told)) > MOST_NAME:
        raise TableError(
            f"{len(pieces)} pieces need a number each.",
            mend="Give each piece its number; pieces of the same number are one feature.",
        )
    return {
        name: shapely.union_all([
            piece for piece, own in zip(pieces, told, strict=True) if own == name
        ]) for name in dict.fromkeys(told)
    }


def _from_north_west(shape: shapely.Geometry) -> tuple[float, float, float]:
    """Order pieces as one reads a map, by whole metres; of those that begin alike the small one."""
    west, _, _, north = shape.bounds
    return -math.floor(north), math.floor(west), shape.area
