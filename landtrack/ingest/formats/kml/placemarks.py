"""Placemarks: their shapes and their attributes, wherever a program put them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple
from xml.etree.ElementTree import Element

import numpy as np
import numpy.typing as npt
import shapely

from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.kml.document import tag
from landtrack.model import Issue

Corners = npt.NDArray[np.float64]

COMMA = re.compile(r"\s*,\s*")
CORNERS = 3
GAP = 5e-7
"""Degrees, 0.05 m of latitude; ends of a line that lie closer were meant to meet."""
PLAIN = ("name", "description", "address", "phoneNumber")
"""Elements of a placemark that are columns."""
TIMES = ("when", "begin", "end")
LINES = frozenset({"LineString", "Track", "LinearRing"})
GROUPS = frozenset({"MultiGeometry", "MultiTrack"})
SHAPES = frozenset({"Point", "Polygon"}) | LINES | GROUPS
UNREAD = frozenset({"Model"})
DATUM = "OvCoordType"
"""The element in which OVITAL says in which coordinates a placemark is."""
TRUE = frozenset({"1", "true"})


class Placemark(NamedTuple):
    """A placemark: its shape (none where it has none), columns, heights, remarks.

    ``bad`` where its coordinates are none, or none that a degree can be. ``datum`` is what
    OVITAL says of its coordinates, empty where nothing does.
    """

    shape: shapely.Geometry | None
    values: dict[str, str | int | float | bool]
    bad: bool
    high: bool
    notes: list[Note]
    unused: list[str]
    datum: str = ""


class NotDegreesError(ValueError):
    """Coordinates beyond what longitudes and latitudes can be."""


def placemark(element: Element, types: dict[str, dict[str, str]]) -> Placemark:
    """Read a placemark.

    ``element``: The ``Placemark``.
    ``types``: Types of fields, by the id of the schema and the name of the field.
    Returns: Longitude and latitude in degrees.
    """
    notes: list[Note] = []
    heights: list[bool] = []
    values = _values(element, types)
    name = str(values.get("name", ""))
    unused = [tag(each) for each in element if tag(each) in UNREAD]
    found: list[shapely.Geometry] = []
    try:
        for each in element:
            if tag(each) in SHAPES:
                found += _shapes(each, name, notes, heights)
    except ValueError:
        return Placemark(None, values, bad=True, high=any(heights), notes=notes, unused=unused)
    return Placemark(
        _one(found), values, bad=False, high=any(heights), notes=notes, unused=unused,
        datum=next(
            ((each.text or "").strip() for each in element.iter() if tag(each) == DATUM), ""
        ),
    )


def coordinates(text: str | None) -> Corners:
    """Read the text of coordinates.

    ``text``: Triples or pairs ``longitude,latitude,height``, blanks between.
    Returns: n rows of longitude, latitude, height (0 where it is not stated).
    Raises ValueError: If it is no such text, or holds no degrees.
    """
    points = [point.split(",") for point in COMMA.sub(",", text or "").split()]
    numbers = np.array(
        [[point[0], point[1], point[2] if len(point) > 2 and point[2] else 0]  # noqa: PLR2004
         for point in points if len(point) > 1 or _wrong(point)],
        dtype="float64",
    ).reshape(-1, 3)
    return checked(numbers)


def checked(corners: Corners) -> Corners:
    """Insist on degrees.

    ``corners``: n rows of longitude, latitude, height.
    Returns: The same.
    Raises ValueError: If there is none, or one is no number.
    Raises NotDegreesError: If one is beyond 180 or 90.
    """
    if not len(corners) or not np.all(np.isfinite(corners[:, :2])):
        raise ValueError("coordinates that are none")
    if np.any(np.abs(corners[:, :2]) > [180, 90]):
        raise NotDegreesError("coordinates that are no degrees")
    return corners


def _wrong(point: list[str]) -> bool:
    raise ValueError(f"{point} is no pair of numbers")


def _shapes(
    element: Element, name: str, notes: list[Note], heights: list[bool]
) -> Iterator[shapely.Geometry]:
    """Read the shapes of a geometry element, those of groups one by one."""
    kind = tag(element)
    if kind in GROUPS:
        for each in element:
            if tag(each) in SHAPES:
                yield from _shapes(each, name, notes, heights)
    elif kind == "Polygon":
        yield _polygon(element, name, notes, heights)
    else:
        corners = _corners(element)
        heights.append(bool(np.any(corners[:, 2])))
        yield shapely.Point(corners[0, :2]) if kind == "Point" else _line(
            corners, kind, name, notes
        )


def _corners(element: Element) -> Corners:
    """Read the coordinates of a point, line or track."""
    if tag(element) == "Track":
        text = " ".join(
            ",".join((each.text or "").split()) for each in element if tag(each) == "coord"
        )
        return coordinates(text)
    return coordinates(next(
        (each.text for each in element if tag(each) == "coordinates"), None
    ))


def _line(corners: Corners, kind: str, name: str, notes: list[Note]) -> shapely.Geometry:
    """Make a line; one that comes back to its start is the area that somebody drew."""
    flat = corners[:, :2]
    gap = np.abs(flat[0] - flat[-1]).max()
    if kind != "Track" and len(flat) > CORNERS and (gap <= GAP or kind == "LinearRing"):
        area = shapely.Polygon(flat)
        if area.area > 0:
            notes.append(Note(Issue.LINE_TAKEN_AS_AREA, name))
            return area
    if len(flat) == 1:
        return shapely.Point(flat[0])
    return shapely.LineString(flat)


def _polygon(
    element: Element, name: str, notes: list[Note], heights: list[bool]
) -> shapely.Polygon:
    """Make an area of its outer ring and its holes."""
    rings: dict[str, list[Corners]] = {"outerBoundaryIs": [], "innerBoundaryIs": []}
    for boundary in element:
        for ring in boundary:
            if tag(boundary) in rings and tag(ring) == "LinearRing":
                corners = _corners(ring)
                heights.append(bool(np.any(corners[:, 2])))
                if np.abs(corners[0, :2] - corners[-1, :2]).max() > GAP:
                    notes.append(Note(Issue.RING_CLOSED, name))
                rings[tag(boundary)].append(corners[:, :2])
    if len(rings["outerBoundaryIs"]) != 1:
        raise ValueError("an area without its outer ring")
    return shapely.Polygon(rings["outerBoundaryIs"][0], rings["innerBoundaryIs"])


def _one(found: list[shapely.Geometry]) -> shapely.Geometry | None:
    """Make one geometry of the shapes of a placemark."""
    if len(found) <= 1:
        return found[0] if found else None
    kinds = {each.geom_type for each in found}
    make = {
        "Point": shapely.MultiPoint, "LineString": shapely.MultiLineString,
        "Polygon": shapely.MultiPolygon,
    }.get(kinds.pop() if len(kinds) == 1 else "", shapely.GeometryCollection)
    return make(found)


def _values(
    element: Element, types: dict[str, dict[str, str]]
) -> dict[str, str | int | float | bool]:
    """Read the attributes: elements, extended data, and a table in the description."""
    found: dict[str, str | int | float | bool] = {}
    description = ""
    for each in element:
        kind = tag(each)
        if kind in PLAIN and (text := _inner(each)):
            found[kind] = text
            description = text if kind == "description" else description
        elif kind in {"TimeStamp", "TimeSpan"}:
            found |= {
                tag(time): (time.text or "").strip() for time in each if tag(time) in TIMES
            }
    table = _Table()
    if "<" in description:
        table.feed(description)
        table.close()
        found["description"] = table.text
        if not table.text:
            del found["description"]
    for name, value in (*_extended(element, types), *table.pairs.items()):
        if found.setdefault(name, value) != value:  # the placemark's own has the name
            found[f"{name}_2"] = value
    return found


def _inner(element: Element) -> str:
    """Give the text of an element, also where it was not kept apart from tags in it."""
    return "".join(element.itertext()).strip()


def _extended(
    element: Element, types: dict[str, dict[str, str]]
) -> Iterator[tuple[str, str | int | float | bool]]:
    """Read what stands in ``ExtendedData``, with or without a schema."""
    for data in (each for each in element if tag(each) == "ExtendedData"):
        for each in data:
            name = each.get("name")
            if tag(each) == "Data" and name:
                value = next((part for part in each if tag(part) == "value"), None)
                if value is not None and value.text is not None:
                    yield name, value.text
            elif tag(each) == "SchemaData":
                schema = types.get((each.get("schemaUrl") or "").rpartition("#")[2], {})
                for field in each:
                    name = field.get("name")
                    if tag(field) == "SimpleData" and name and field.text is not None:
                        yield name, _typed(field.text, schema.get(name, ""))
            elif tag(each) not in {"Data", "SchemaData"} and each.text and each.text.strip():
                yield tag(each), each.text.strip()


def _typed(text: str, kind: str) -> str | int | float | bool:
    """Read a value as its schema says, as text where it is no such value."""
    try:
        if kind in {"int", "uint", "short", "ushort"}:
            return int(text)
        if kind in {"float", "double"}:
            return float(text)
    except ValueError:
        return text
    return text.strip().lower() in TRUE if kind == "bool" else text


class _Table(HTMLParser):
    """Takes a description apart: pairs of a table's cells, and the text without tags."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pairs: dict[str, str] = {}
        self._row: list[str] = []
        self._said: list[str] = []
        self._silent = 0
        self._in_cell = False

    @property
    def text(self) -> str:
        """Give the text that stands in no row of two cells."""
        return " ".join(" ".join(self._said).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        """Begin a row or a cell."""
        if tag in {"script", "style"}:
            self._silent += 1
        elif tag in {"tr", "table"}:
            self._end_row()
        elif tag in {"td", "th"}:
            self._in_cell = True
            self._row.append("")

    def handle_endtag(self, tag: str) -> None:
        """End a row or a cell."""
        if tag in {"script", "style"}:
            self._silent = max(self._silent - 1, 0)
        elif tag in {"td", "th"}:
            self._in_cell = False
        elif tag in {"tr", "table"}:
            self._end_row()

    def handle_data(self, data: str) -> None:
        """Take text to its cell, or to the text outside of tables."""
        if self._silent:
            return
        if self._in_cell and self._row:
            self._row[-1] += data
        else:
            self._said.append(data)

    def close(self) -> None:
        """End what was not ended."""
        super().close()
        self._end_row()

    def _end_row(self) -> None:
        cells = [" ".join(cell.split()) for cell in self._row]
        while len(cells) > 2 and not cells[-1]:  # noqa: PLR2004  a cell begun and not ended
            cells.pop()
        if len(cells) == 2 and cells[0]:  # noqa: PLR2004
            self.pairs.setdefault(cells[0], cells[1])
        else:
            self._said += cells
        self._row = []
        self._in_cell = False
