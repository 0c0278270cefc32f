"""Entities of a drawing as vertices, arcs and splines no further off than a tolerance.

Vertices lie on the curve, chords inside of it: a full circle of 50 m radius loses 0.013 %
of its area at the tolerance of 0.01 m.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from ezdxf.entities import (
    Arc,
    Circle,
    DXFEntity,
    Ellipse,
    Hatch,
    Line,
    LWPolyline,
    MPolygon,
    Polyline,
    Solid,
    Spline,
)
from ezdxf.entities.boundary_paths import (
    AbstractEdge,
    ArcEdge,
    EllipseEdge,
    LineEdge,
    PolylinePath,
    SplineEdge,
)
from ezdxf.lldxf import const
from ezdxf.math import OCS, Vec3

Vertices = npt.NDArray[np.float64]
"""n rows of x, y, z in the drawing's units."""

LEAST_STEPS = 8
"""A full circle has at least so many sides, however small it is."""
MOST_STEPS = 100_000
"""A curve that needs more sides than these is no curve of a plan."""
FARTHEST = 1e9
"""Metres; no coordinate of a plan is larger, and a spline beyond would never end."""
STEEPEST = 11
"""The highest degree of a spline that any program writes."""
MEETS = 1e-6
"""Metres; edges of a hatch that lie closer than this are one point written twice."""
SAFELY = 0.5
"""ezdxf measures a chord against its middle alone; asked for half, it keeps the whole."""
ROUNDEST = 1e6
"""The largest bulge: an arc that is a full circle but for 4 millionths."""
CONTROL_POINT = 16
"""The flag of a vertex that shapes a polyline and does not lie on it."""


class Curve(NamedTuple):
    """The vertices of an entity, and whether the last is joined to the first."""

    vertices: Vertices
    closed: bool


def curve(entity: DXFEntity, tolerance: float, scale: float) -> Curve:
    """Follow an entity that is one line, curve or ring.

    ``entity``: A LINE, ARC, CIRCLE, ELLIPSE, SPLINE, LWPOLYLINE, POLYLINE, SOLID or TRACE.
    ``tolerance``: How far a chord may lie off the curve, in metres.
    ``scale``: Metres to one unit of the drawing.
    Returns: In metres, in the drawing's world coordinates.
    Raises ValueError: If its numbers are none, or it is no such entity.
    """
    match entity:
        case Line():
            found = Curve(_array([entity.dxf.start, entity.dxf.end]), closed=False)
        case Circle():  # an Arc is one too
            found = _arc(entity, tolerance / scale)
        case Ellipse():
            found = _ellipse(entity, tolerance / scale)
        case Spline():
            found = _spline(entity, tolerance / scale, FARTHEST / scale)
        case LWPolyline():
            found = _light_polyline(entity, tolerance / scale)
        case Polyline():
            found = _polyline(entity, tolerance / scale)
        case Solid():
            found = Curve(_array(entity.wcs_vertices()), closed=True)
        case _:
            raise ValueError(f"a {entity.dxftype()} is no curve")
    return Curve(checked(found.vertices * scale), found.closed)


def rings(hatch: Hatch | MPolygon, tolerance: float, scale: float) -> list[Vertices]:
    """Follow the rings of a hatch.

    ``hatch``: The hatch; frames left free around its texts are no part of its shape.
    ``tolerance``: How far a chord may lie off the curve, in metres.
    ``scale``: Metres to one unit of the drawing.
    Returns: The rings, in metres.
    Raises ValueError: If edges of a ring do not meet.
    """
    level = float(hatch.dxf.elevation.z)
    offset = Vec3(hatch.dxf.get("offset_vector", (0, 0)) if isinstance(hatch, MPolygon) else (0, 0))
    found: list[Vertices] = []
    for path in hatch.paths:
        if path.path_type_flags & const.BOUNDARY_PATH_TEXTBOX:
            continue
        if isinstance(path, PolylinePath):
            corners = np.array(path.vertices, dtype="float64").reshape(-1, 3)
            flat = [_bulged(corners, closed=True, tolerance=tolerance / scale)]
        else:
            flat = list(_loops([_edge(each, tolerance, scale) for each in path.edges]))
        for ring in flat:
            at_level = np.column_stack([ring[:, :2] + offset.xyz[:2], np.full(len(ring), level)])
            found.append(checked(_world(at_level, hatch.ocs()) * scale))
    return found


def checked(vertices: Vertices) -> Vertices:
    """Insist on coordinates that a plan can have.

    ``vertices``: In metres.
    Returns: The same.
    Raises ValueError: If one is no number or farther off than ``FARTHEST``.
    """
    if not len(vertices) or not np.all(np.abs(vertices) <= FARTHEST):
        raise ValueError("coordinates that are none")
    return vertices


def _array(points: Iterable[Vec3]) -> Vertices:
    return np.array([Vec3(each).xyz for each in points], dtype="float64").reshape(-1, 3)


def _edge(edge: AbstractEdge, tolerance: float, scale: float) -> Curve:
    """Follow an edge of a hatch in the plane of the hatch and the drawing's units."""
    match edge:
        case LineEdge():
            return Curve(_array([Vec3(edge.start), Vec3(edge.end)]), closed=False)
        case ArcEdge():
            arc = Arc.new(dxfattribs={
                "center": edge.center, "radius": edge.radius,
                "start_angle": edge.start_angle, "end_angle": edge.end_angle,
            })
            return _unclosed(_arc(arc, tolerance / scale).vertices)
        case EllipseEdge():
            ellipse = Ellipse.new(dxfattribs={
                "center": edge.center, "major_axis": edge.major_axis, "ratio": edge.ratio,
                "start_param": edge.start_param, "end_param": edge.end_param,
            })
            return _ellipse(ellipse, tolerance / scale)
        case SplineEdge():
            spline = Spline.new(dxfattribs={"degree": edge.degree})
            spline.control_points = edge.control_points
            spline.fit_points = edge.fit_points
            spline.knots = edge.knot_values
            spline.weights = edge.weights
            return _spline(spline, tolerance / scale, FARTHEST / scale)
        case _:
            raise ValueError("a hatch with an edge of no kind")


def _steps(radius: float, angle: float, tolerance: float) -> int:
    """Say into how many chords an arc is cut."""
    if not (math.isfinite(radius) and math.isfinite(angle) and radius > 0):
        raise ValueError("an arc without a radius")
    widest = 2 * math.acos(max(1 - tolerance / radius, 0.0))
    step = min(widest, 2 * math.pi / LEAST_STEPS)
    number = math.ceil(abs(angle) / step - 1e-9) if step > 0 else MOST_STEPS + 1
    if number > MOST_STEPS:
        raise ValueError("an arc far too large")
    return max(number, 1)


def _arc(entity: Circle, tolerance: float) -> Curve:
    """Cut an arc or a circle into chords."""
    radius = abs(entity.dxf.radius)
    full = not isinstance(entity, Arc)
    start = 0.0 if full else float(np.radians(entity.dxf.start_angle))
    angle = 2 * np.pi
    if isinstance(entity, Arc):
        angle = float(np.radians(entity.dxf.end_angle - entity.dxf.start_angle) % (2 * np.pi))
        angle = angle or 2 * np.pi
    steps = _steps(radius, angle, tolerance)
    at = start + angle * np.arange(steps + (0 if full else 1)) / steps
    centre = Vec3(entity.dxf.center)
    flat = np.column_stack([
        centre.x + radius * np.cos(at),
        centre.y + radius * np.sin(at),
        np.full(len(at), centre.z),
    ])
    return Curve(_world(flat, entity.ocs()), full)


def _ellipse(entity: Ellipse, tolerance: float) -> Curve:
    numbers = [*entity.dxf.center.xyz, *entity.dxf.major_axis.xyz, entity.dxf.ratio,
               entity.dxf.start_param, entity.dxf.end_param]
    if not np.all(np.isfinite(numbers)) or not 0 < abs(entity.dxf.ratio) <= 1 + MEETS:
        raise ValueError("an ellipse without axes")
    _steps(entity.dxf.major_axis.magnitude, 2 * np.pi, tolerance)
    return _unclosed(_array(entity.flattening(SAFELY * tolerance, LEAST_STEPS)))


def _spline(entity: Spline, tolerance: float, farthest: float) -> Curve:
    points = [*entity.control_points, *entity.fit_points]
    numbers = np.array([*_array(map(Vec3, points)).ravel(), *entity.knots])
    weights = np.array(entity.weights, dtype="float64")
    if (
        not points
        or not np.all(np.abs(numbers) <= farthest)
        or not np.all((weights > MEETS) & (weights < 1 / MEETS))
        or not 1 <= entity.dxf.degree <= STEEPEST
    ):
        raise ValueError("a spline without a course")
    vertices = _array(entity.flattening(SAFELY * tolerance, LEAST_STEPS))
    if entity.closed and len(vertices):
        back = np.abs(vertices[0] - vertices[-1]).max() <= MEETS
        return Curve(vertices[:-1] if back else vertices, closed=True)
    return _unclosed(vertices)


def _unclosed(vertices: Vertices) -> Curve:
    """Tell a curve that comes back to its very start from one that does not."""
    ends = len(vertices) > 3 and np.abs(vertices[0] - vertices[-1]).max() <= MEETS  # noqa: PLR2004
    return Curve(vertices[:-1], closed=True) if ends else Curve(vertices, closed=False)


def _light_polyline(entity: LWPolyline, tolerance: float) -> Curve:
    # Each vertex is x, y, two widths and the bulge.
    corners = np.array(entity.lwpoints.values, dtype="float64").reshape(-1, 5)[:, [0, 1, 4]]
    flat = _bulged(corners, closed=entity.closed, tolerance=tolerance)
    level = np.full(len(flat), float(entity.dxf.elevation))
    return Curve(_world(np.column_stack([flat, level]), entity.ocs()), entity.closed)


def _polyline(entity: Polyline, tolerance: float) -> Curve:
    """Follow a polyline of the old kind, flat or in space."""
    corners = [each for each in entity.vertices if not each.dxf.flags & CONTROL_POINT]
    if entity.is_3d_polyline:
        return Curve(_array(each.dxf.location for each in corners), entity.is_closed)
    points = [(each.dxf.location.x, each.dxf.location.y, each.dxf.bulge) for each in corners]
    flat = _bulged(
        np.array(points, dtype="float64").reshape(-1, 3), closed=entity.is_closed,
        tolerance=tolerance,
    )
    level = Vec3(entity.dxf.elevation).z or (corners[0].dxf.location.z if corners else 0.0)
    return Curve(
        _world(np.column_stack([flat, np.full(len(flat), level)]), entity.ocs()),
        entity.is_closed,
    )


def _bulged(corners: Vertices, *, closed: bool, tolerance: float) -> Vertices:
    """Put chords in the place of the arcs of a polyline.

    The bulge of a corner is the tangent of a quarter of the angle of the arc to the next,
    positive where the arc turns left.
    """
    if not np.all(np.isfinite(corners)) or np.any(np.abs(corners[:, 2]) > ROUNDEST):
        raise ValueError("coordinates that are none")
    if not np.any(corners[:, 2]):
        return corners[:, :2]
    flat = corners[:, :2]
    made = []
    begun = 0
    for number in np.flatnonzero(corners[:, 2] if closed else corners[:-1, 2]).tolist():
        made += [
            flat[begun : number + 1],
            _between(flat[number], flat[(number + 1) % len(flat)], corners[number, 2], tolerance),
        ]
        begun = number + 1
    return np.concatenate([*made, flat[begun:]])


def _between(start: Vertices, end: Vertices, bulge: float, tolerance: float) -> Vertices:
    """Give the vertices between the ends of an arc that is stated by its bulge."""
    chord = end - start
    if not chord.any():
        return np.empty((0, 2))
    angle = 4 * math.atan(bulge)
    lift = (1 - bulge * bulge) / (4 * bulge)
    centre = start + chord / 2 + lift * np.array([-chord[1], chord[0]])
    arm = start - centre
    steps = _steps(math.hypot(*arm), angle, tolerance)
    turn = angle * np.arange(1, steps) / steps
    cos, sin = np.cos(turn), np.sin(turn)
    found: Vertices = np.column_stack([
        centre[0] + arm[0] * cos - arm[1] * sin, centre[1] + arm[0] * sin + arm[1] * cos,
    ])
    return found


def _world(flat: Vertices, system: OCS) -> Vertices:
    """Bring an entity's own coordinates into the world's."""
    return _array(system.points_to_wcs(map(Vec3, flat.tolist()))) if system.transform else flat


def _loops(pieces: list[Curve]) -> Iterator[Vertices]:
    """Join the edges of a hatch, which follow each other, each perhaps backwards."""
    loop: list[Vertices] = []
    for piece in pieces:
        edge = piece.vertices
        if piece.closed:
            yield edge
            continue
        if loop:
            if len(loop) == 1 and _apart(loop[0][-1], edge) > MEETS:
                loop = [loop[0][::-1]]
            if _apart(loop[-1][-1], edge) > MEETS:
                raise ValueError("a hatch whose edges do not meet")
            if np.abs(loop[-1][-1] - edge[0]).max() > np.abs(loop[-1][-1] - edge[-1]).max():
                edge = edge[::-1]
        loop.append(edge)
        if np.abs(loop[-1][-1] - loop[0][0]).max() <= MEETS:
            yield np.concatenate([each[:-1] for each in loop])
            loop = []
    if loop:
        raise ValueError("a hatch whose edges do not close")


def _apart(end: Vertices, edge: Vertices) -> float:
    """Measure from an end to the nearer end of an edge."""
    return float(min(np.abs(end - edge[0]).max(), np.abs(end - edge[-1]).max()))
