"""The features of a drawing, layer by layer: areas, lines and points with what names them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import shapely
from ezdxf.document import Drawing
from ezdxf.entities import (
    Circle,
    DXFEntity,
    Ellipse,
    Hatch,
    Line,
    LWPolyline,
    MPolygon,
    Point,
    Polyline,
    Solid,
    Spline,
)
from ezdxf.math import Matrix44
from pyproj import CRS

from landtrack.ingest.formats.base import Encoding, Note
from landtrack.ingest.formats.dxf import blocks, curves, extended, rings, texts
from landtrack.ingest.formats.dxf.document import BROKEN, Document
from landtrack.model import Issue

TOLERANCE = 0.01
"""Metres; chords lie no further off an arc, an ellipse or a spline."""
COLUMNS = (
    "layer", "handle", "entity", "color", "block", "block_attributes", "label", "elevation",
    "cass_code", "xdata",
)
"""``color`` is the number in AutoCAD's index (256: as the layer) or ``#rrggbb``;
``elevation`` is in metres, missing where it is not the same all over the feature.
"""
OPTIONAL = ("block", "block_attributes", "cass_code", "xdata")
"""Columns that a layer has only if one of its features has something there."""
SAME = 2 * TOLERANCE
"""Metres; outlines that lie no further apart are one shape drawn twice."""
MOST_VERTICES = 100_000_000
"""What a drawing may hold in vertices once its curves are cut."""
PAPER = "(paper space)"
"""Stands for the layer of what is drawn on a sheet and not on the ground."""


@dataclass(kw_only=True)
class Feature:
    """A feature: its shape in metres (none where it cannot be read) and its columns.

    ``order`` is its place in the file, ``vertices`` are those of a line that may be part
    of a ring.
    """

    order: int
    fields: dict[str, str]
    shape: shapely.Geometry | None = None
    elevation: float | None = None
    attributes: dict[str, extended.Value] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)
    vertices: curves.Vertices | None = None
    hatch: bool = False
    hole: bool = False


class Drawn(NamedTuple):
    """What a drawing holds: features by layer, remarks by layer, and on the whole file."""

    layers: dict[str, list[Feature]]
    crs: CRS | None
    encoding: Encoding
    remarks: dict[str, list[Note]]
    notes: list[Note]


def collect(
    opened: Document, scale: float, unused: Counter[tuple[str, str]]
) -> Drawn:
    """Take from a drawing what can be used of it.

    ``scale``: Metres to one of its units, where its geodata do not place it.
    ``unused``: Counts, by layer and type, the entities that are not used; added to.
    Returns: Features in the order of the file.
    Raises TooManyError: If the drawing unfolds to more than any drawing holds.
    """
    place = _Place(scale, opened.placement)
    layers: dict[str, list[Feature]] = {}
    said: list[texts.Words] = []
    total = 0
    for order, placed in enumerate(blocks.placed(opened.drawing, unused)):
        entity = placed.entity
        try:
            if texts.is_text(entity):
                said += place.words(entity, placed.layer)
                continue
            found = [_feature(placed, order, each) for each in place.shapes(entity)]
        except BROKEN:
            found = [_feature(placed, order, None)]
        if not found:
            unused[placed.layer, entity.dxftype()] += 1
            continue
        total += sum(0 if each.vertices is None else len(each.vertices) for each in found)
        if total > MOST_VERTICES:
            raise blocks.TooManyError(f"its curves have more than {MOST_VERTICES:,} vertices")
        layers.setdefault(placed.layer, []).extend(found)
    remarks: dict[str, list[Note]] = {}
    for layer, features in layers.items():
        layers[layer], remarks[layer] = _assembled(features)
    _label(layers, said, unused)
    _hidden(opened.drawing, remarks)
    _count_paper(opened.drawing, unused)
    notes = _unused(unused, remarks)
    return Drawn(layers, opened.crs, opened.encoding, remarks, notes)


class _Shape(NamedTuple):
    """One shape of an entity: an area or a point, or the vertices of a line or ring."""

    vertices: curves.Vertices
    closed: bool
    area: shapely.Geometry | None = None


class _Place(NamedTuple):
    """Where a drawing lies: its scale, or the matrix that its geodata state."""

    scale: float
    matrix: Matrix44 | None

    @property
    def metres(self) -> float:
        """Give the metres to one unit."""
        if self.matrix is None:
            return self.scale
        return float(np.hypot(self.matrix[0, 0], self.matrix[0, 1]))

    def moved(self, vertices: curves.Vertices) -> curves.Vertices:
        """Bring vertices in metres to where the geodata put them."""
        if self.matrix is None:
            return vertices
        matrix = np.array(list(self.matrix)).reshape(4, 4)
        return curves.checked(vertices / self.metres @ matrix[:3, :3] + matrix[3, :3])

    def words(self, entity: DXFEntity, layer: str) -> list[texts.Words]:
        """Read a text, if it says anything."""
        said = texts.words(entity, layer, self.metres)  # type: ignore[arg-type]
        if said is None:
            return []
        middle, anchor = (
            self.moved(np.array([[*at, 0.0]]))[0, :2] for at in (said.middle, said.anchor)
        )
        return [said._replace(middle=tuple(middle), anchor=tuple(anchor))]

    def shapes(self, entity: DXFEntity) -> Iterator[_Shape]:
        """Follow an entity; nothing where it is of no use."""
        if isinstance(entity, Hatch | MPolygon):
            found = [self.moved(each)
                     for each in curves.rings(entity, TOLERANCE, self.metres)]
            area = rings.polygons(found, int(entity.dxf.get("hatch_style", 0)))
            for part in shapely.get_parts(area):
                yield _Shape(np.concatenate(found), closed=True, area=part)
        elif isinstance(entity, Point):
            at = np.array([entity.dxf.location.xyz]) * self.metres
            at = self.moved(curves.checked(at))
            yield _Shape(at, closed=False, area=shapely.Point(at[0, :2]))
        elif isinstance(entity, Line | Circle | Ellipse | Spline | LWPolyline | Solid) or (
            isinstance(entity, Polyline)
            and not entity.is_polygon_mesh and not entity.is_poly_face_mesh
        ):
            curve = curves.curve(entity, TOLERANCE, self.metres)
            yield _Shape(self.moved(curve.vertices), curve.closed)


def _feature(placed: blocks.Placed, order: int, shape: _Shape | None) -> Feature:
    """Make a feature of an entity and one of its shapes."""
    entity = placed.entity
    true_color = entity.dxf.get("true_color")
    fields = {
        "layer": placed.layer,
        "handle": placed.handle,
        "entity": entity.dxftype(),
        "color": str(placed.color) if true_color is None else f"#{true_color & 0xFFFFFF:06x}",
    }
    optional = {
        "block": placed.block or None,
        "block_attributes": placed.attributes or None,
        "cass_code": extended.cass_code(entity),
        "xdata": extended.described(entity),
    }
    fields |= {name: text for name, text in optional.items() if text is not None}
    made = Feature(
        order=order, fields=fields, attributes=extended.attributes(entity),
        hole=extended.is_hole(entity), hatch=isinstance(entity, Hatch | MPolygon),
    )
    if shape is None:
        return made
    levels = shape.vertices[:, 2]
    made.elevation = float(levels[0]) if np.ptp(levels) == 0 else None
    if shape.area is not None:
        made.shape = shape.area
    elif shape.closed and len(shape.vertices) >= rings.CORNERS:
        made.shape = shapely.Polygon(shape.vertices[:, :2])
    elif len(shape.vertices) > 1:
        made.shape = shapely.LineString(shape.vertices[:, :2])
        made.vertices = None if shape.closed else shape.vertices
    else:
        made.shape = shapely.Point(shape.vertices[0, :2])
    return made


def _assembled(features: list[Feature]) -> tuple[list[Feature], list[Note]]:
    """Close and join the lines of a layer, and take outlines with their hatches once."""
    lines = [each for each in features if each.vertices is not None]
    found = rings.bounded([each.vertices for each in lines if each.vertices is not None])
    joined: set[int] = set()
    for ring in found:
        members = sorted((lines[number] for number in ring.members), key=lambda each: each.order)
        first = members[0]
        first.shape = shapely.Polygon(ring.vertices[:, :2])
        first.vertices = None
        handles = ", ".join(dict.fromkeys(each.fields["handle"] for each in members))
        if len(members) > 1:
            first.notes.append(Note(Issue.LINES_JOINED, f"{len(members)}: {handles}"))
            joined.update(id(each) for each in members[1:])
        if ring.gap > rings.EXACT:
            first.notes.append(Note(Issue.RING_CLOSED, f"{handles}, {ring.gap:.4f} m"))
    for each in lines:
        gap = None if each.vertices is None else rings.nearly(each.vertices)
        if gap is not None and id(each) not in joined:
            each.notes.append(Note(Issue.RING_OPEN, f"{each.fields['handle']}, {gap:.3f} m"))
    kept = [each for each in features if id(each) not in joined]
    return _filled(kept)


def _filled(features: list[Feature]) -> tuple[list[Feature], list[Note]]:
    """Take an outline and a hatch of the same shape once, with what both say."""
    hatches = [each for each in features if each.hatch and each.shape is not None]
    outlines = [
        each for each in features
        if not each.hatch and isinstance(each.shape, shapely.Polygon)
    ]
    if not hatches or not outlines:
        return features, []
    tree = shapely.STRtree([each.shape for each in outlines])
    dropped: set[int] = set()
    for hatch in hatches:
        outer, *inner = [shapely.Polygon(ring) for ring in _rings(hatch.shape)]
        for number in tree.query(outer).tolist():
            outline = outlines[number]
            if id(outline) in dropped or outline.shape is None:
                continue
            if _same(outer, outline.shape) and not outline.hole:
                hatch.fields |= {"handle": outline.fields["handle"]}
                hatch.fields = outline.fields | hatch.fields
                hatch.attributes |= outline.attributes
                dropped.add(id(outline))
            elif outline.hole and any(_same(each, outline.shape) for each in inner):
                dropped.add(id(outline))
    told = sum(not each.hole for each in outlines if id(each) in dropped)
    notes = [Note(Issue.OUTLINE_FILLED, str(told))] if told else []
    return [each for each in features if id(each) not in dropped], notes


def _rings(shape: shapely.Geometry) -> list[shapely.LinearRing]:
    return [shape.exterior, *shape.interiors]


def _same(one: shapely.Polygon, other: shapely.Polygon) -> bool:
    """Tell whether two rings are one shape, their curves perhaps cut elsewhere."""
    near = np.abs(np.array(one.bounds) - np.array(other.bounds)).max() <= SAME
    return bool(near) and shapely.hausdorff_distance(one.exterior, other.exterior) <= SAME


def _label(
    layers: dict[str, list[Feature]], said: list[texts.Words],
    unused: Counter[tuple[str, str]],
) -> None:
    """Write into each polygon's ``label`` the texts in it; count those in none."""
    areas = [
        each for features in layers.values() for each in features
        if isinstance(each.shape, shapely.Polygon)
    ]
    found, left = texts.label(np.array([each.shape for each in areas], dtype="object"), said)
    for number, text in found.items():
        areas[number].fields["label"] = text
    for each in left:
        unused[each.layer, each.entity] += 1


def _hidden(drawing: Drawing, remarks: dict[str, list[Note]]) -> None:
    """Remark on layers that the drawing does not show."""
    for name, notes in remarks.items():
        layer = drawing.layers.get(name) if name in drawing.layers else None
        if layer is not None and (layer.is_off() or layer.is_frozen()):
            notes.append(Note(Issue.LAYER_HIDDEN, name))


def _count_paper(drawing: Drawing, unused: Counter[tuple[str, str]]) -> None:
    """Count what is drawn on sheets; the windows of a sheet show the ground and are none."""
    for layout in drawing.layouts:
        if layout.is_any_paperspace:
            for entity in layout:
                if entity.dxftype() != "VIEWPORT":
                    unused[PAPER, entity.dxftype()] += 1


def _unused(
    unused: Counter[tuple[str, str]], remarks: dict[str, list[Note]]
) -> list[Note]:
    """Name what was not used: with its layer if that is read, else with the file."""
    by_layer: dict[str, list[str]] = {}
    for (layer, kind), number in sorted(unused.items()):
        by_layer.setdefault(layer, []).append(f"{kind} {number}")
    elsewhere = []
    for layer, kinds in by_layer.items():
        if layer in remarks:
            remarks[layer].append(Note(Issue.ENTITIES_UNUSED, ", ".join(kinds)))
        else:
            elsewhere.append(Note(Issue.ENTITIES_UNUSED, f"{layer}: {', '.join(kinds)}"))
    return elsewhere
