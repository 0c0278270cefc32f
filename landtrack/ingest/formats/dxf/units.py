"""The units of a drawing, and whether its coordinates bear them out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from ezdxf.document import Drawing
from ezdxf.entities import LWPolyline

from landtrack.ingest.formats.base import Note
from landtrack.model import Issue

METRES = {
    1: ("in", 0.0254), 2: ("ft", 0.3048), 3: ("mi", 1609.344), 4: ("mm", 0.001),
    5: ("cm", 0.01), 7: ("km", 1000.0), 10: ("yd", 0.9144), 13: ("µm", 1e-6),
    14: ("dm", 0.1), 15: ("dam", 10.0), 16: ("hm", 100.0), 21: ("ft (US)", 1200 / 3937),
    22: ("in (US)", 100 / 3937), 23: ("yd (US)", 3600 / 3937),
}
"""Metres to one unit, by the number that $INSUNITS states; 0 (none) and 6 are metres."""

NORTHING = (2.0e6, 5.95e6)
"""Where the northing of a place in China lies, in metres."""
EASTING = ((2.0e5, 8.0e5), (13.2e6, 45.8e6))
"""Where its easting lies, without and with the number of the zone before it."""
SAMPLE = 2000
"""How many points are looked at."""


class Unit(NamedTuple):
    """Metres to one unit of a drawing, and what there is to say about it."""

    scale: float
    notes: list[Note]


def unit(drawing: Drawing) -> Unit:
    """Find the unit of a drawing.

    Returns: That of ``$INSUNITS``; metres where it states none, or where the drawing's numbers as
    they stand are the metres of a grid of China and would be no place of it in the unit stated:
    programs write millimetres or inches there without being asked.
    """
    stated = drawing.header.get("$INSUNITS", 0)
    if stated not in METRES:
        return Unit(1.0, [])
    name, scale = METRES[stated]
    points = _points(drawing)
    if _on_grid(points) and not _on_grid(points * scale):
        return Unit(1.0, [Note(Issue.UNITS_CONTRADICTED, name)])
    return Unit(scale, [Note(Issue.UNITS_SCALED, f"{name} × {scale:.7g} = m")])


def _points(drawing: Drawing) -> np.ndarray:
    """Take a point of each of the first entities: n rows of x and y."""
    found = []
    for entity in drawing.modelspace():
        if isinstance(entity, LWPolyline):
            found += [each[:2] for each in entity.get_points("xy")[:1]]
        else:
            for name in ("insert", "start", "center", "location"):
                if entity.dxf.hasattr(name):
                    at = entity.dxf.get(name)
                    found.append((at[0], at[1]))
        if len(found) >= SAMPLE:
            break
    return np.array(found, dtype="float64").reshape(-1, 2)


def _on_grid(points: np.ndarray) -> bool:
    """Tell whether points lie in a grid of China, most of them at least."""
    if not len(points):
        return False
    east, north = points[:, 0], points[:, 1]
    inside = np.zeros(len(points), dtype=bool)
    for low, high in EASTING:
        inside |= (east >= low) & (east <= high)
    inside &= (north >= NORTHING[0]) & (north <= NORTHING[1])
    return bool(inside.mean() > 0.5)  # noqa: PLR2004
