"""Texts of a drawing, and the polygons that they name."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from ezdxf.entities import DXFEntity, MText, Text
from ezdxf.math import Vec3

SIGN = 0.6
"""Width of a Latin letter or digit as a share of its height; a Chinese character is square."""
ASCII = 0x80
STRIP = 0.02
"""Metres; of polygons around a text, those whose areas differ by less than a strip of this
width along their outline are one shape drawn twice.
"""
BETWEEN = "; "
"""Stands between the texts of one polygon."""


class Words(NamedTuple):
    """A text: what it says, where its middle lies, and the point it is fixed at, in metres."""

    text: str
    layer: str
    entity: str
    middle: tuple[float, float]
    anchor: tuple[float, float]


def words(entity: Text | MText, layer: str, scale: float) -> Words | None:
    """Read a text of a drawing.

    ``scale``: Metres to one unit of the drawing.
    Returns: Without codes for fonts and colours; none where nothing is written.
    """
    said = " ".join(entity.plain_text().split())  # type: ignore[union-attr]
    if not said:
        return None
    if isinstance(entity, MText):
        anchor, middle = _paragraph(entity)
    else:
        anchor, middle = _line(entity, said)
    place = [Vec3(each) * scale for each in (anchor, middle)]
    if not np.all(np.isfinite([each.xyz for each in place])):
        raise ValueError("a text that stands nowhere")
    return Words(said, layer, entity.dxftype(), (place[1].x, place[1].y), (place[0].x, place[0].y))


def label(
    polygons: npt.NDArray[np.object_], said: list[Words]
) -> tuple[dict[int, str], list[Words]]:
    """Give each polygon the texts inside of it.

    ``polygons``: n polygons in metres.
    Returns: Texts by the polygon's place in ``polygons``, several from the top down and from left
    to right with ``"; "`` between; and the texts that no polygon took. A text belongs to the
    smallest polygon that its middle lies in (its fixed point, where the middle lies in none), and
    to each of those drawn twice.
    """
    tree = shapely.STRtree(polygons)
    areas, lengths = shapely.area(polygons), shapely.length(polygons)
    took: dict[int, list[Words]] = {}
    left = []
    inside = [_around(tree, [getattr(each, at) for each in said]) for at in ("middle", "anchor")]
    for number, each in enumerate(said):
        around = inside[0].get(number) or inside[1].get(number) or []
        if not around:
            left.append(each)
            continue
        least = min(areas[around])
        for polygon in around:
            if areas[polygon] - least <= STRIP * lengths[polygon]:
                took.setdefault(polygon, []).append(each)
    return {polygon: BETWEEN.join(_in_order(texts)) for polygon, texts in took.items()}, left


def _around(tree: shapely.STRtree, points: list[tuple[float, float]]) -> dict[int, list[int]]:
    """Find the polygons that each point lies in."""
    if not points:
        return {}
    found: dict[int, list[int]] = {}
    for point, polygon in zip(
        *tree.query(shapely.points(points), predicate="intersects"), strict=True
    ):
        found.setdefault(int(point), []).append(int(polygon))
    return found


def _in_order(texts: list[Words]) -> list[str]:
    ordered = sorted(texts, key=lambda each: (-each.middle[1], each.middle[0]))
    return list(dict.fromkeys(each.text for each in ordered))


def _width(said: str, height: float) -> float:
    """Estimate how long a text is."""
    return height * sum(SIGN if ord(sign) < ASCII else 1.0 for sign in said)


def _line(entity: Text, said: str) -> tuple[Vec3, Vec3]:
    """Find the fixed point and the middle of a line of text."""
    dxf = entity.dxf
    across, up = dxf.get("halign", 0), dxf.get("valign", 0)
    height = float(dxf.get("height", 0.0))
    length = _width(said, height) * float(dxf.get("width", 1.0))
    system = entity.ocs()
    placed = dxf.hasattr("align_point") and (across or up)
    anchor = Vec3(dxf.align_point if placed else dxf.insert)
    if placed and across in {3, 5}:  # fitted between two points
        middle = Vec3(dxf.insert).lerp(anchor)
    else:
        along = {0: 0.5, 2: -0.5}.get(across, 0.0) * length
        above = 0.0 if across == 4 else {3: -0.5, 2: 0.0}.get(up, 0.5) * height  # noqa: PLR2004
        middle = anchor + Vec3(along, above).rotate_deg(float(dxf.get("rotation", 0.0)))
    return system.to_wcs(anchor), system.to_wcs(middle)


def _paragraph(entity: MText) -> tuple[Vec3, Vec3]:
    """Find the fixed point and the middle of a paragraph."""
    lines = entity.plain_text(split=True)
    height = float(entity.dxf.get("char_height", 0.0))
    width = max((_width(line, height) for line in lines), default=0.0)
    tall = height * len(lines) * 1.67  # from one line to the next
    place = int(entity.dxf.get("attachment_point", 1)) - 1
    along = (0.5 - (place % 3) / 2) * width
    above = ((place // 3) / 2 - 0.5) * tall
    turned = Vec3(along, above).rotate_deg(entity.get_rotation())
    return Vec3(entity.dxf.insert), Vec3(entity.dxf.insert) + turned


def is_text(entity: DXFEntity) -> bool:
    """Tell whether an entity is a text.

    Returns: True for TEXT, ATTRIB and MTEXT; a block's ATTDEF is the form, not the text.
    """
    return isinstance(entity, (Text, MText)) and entity.dxftype() != "ATTDEF"
