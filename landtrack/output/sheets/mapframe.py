"""The map of a sheet: layers, grid and frame, true to scale."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import msgspec
import numpy as np
import shapely

from landtrack.model.assessment import FINDINGS, ISSUES, MEASURES, Assessment, LayerSet
from landtrack.output import wording
from landtrack.output.sheets import features, inset, labels, layout, lettering
from landtrack.output.sheets.collisions import Taken
from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.lettering import Label
from landtrack.output.sheets.pdf_canvas import BLACK, PT, Pen
from landtrack.output.sheets.subjects import Subject, fingerprint
from landtrack.output.sheets.template import Corner, Layer, Template
from landtrack.output.style import symbology
from landtrack.output.style.symbology import Style
from landtrack.tracking import touched

HALO = lettering.HALO
GRID_LINE = "#5F8298"
GRID_MM = 0.13
ARM_MM = 2.0
"""From the middle of a cross of the grid to its ends."""

FIGURE_MM = 0.5
"""How far the grid keeps off figures, whose tails reach below their boxes."""

LEAST_WEIGHT = 0.5
"""Width in points of the finest line: finer ones do not survive a copier."""

BY_PIECE = ("parcels", "land_classes")
CORNERS: tuple[Corner, ...] = ("ne", "nw", "se", "sw")
ARROW_MM = (10.0, 16.0)
"""Width and height of the north arrow with its letter."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """The features of one layer that meet the map: their rows, and their classes."""

    kind: str
    rows: np.ndarray
    codes: np.ndarray


@dataclass(kw_only=True)
class Drawn:
    """What a map came to show, for the legend and for reading it back.

    ``layers`` says by kind how many features there are and their common hash; ``known`` are
    points whose place on paper can be measured; ``dropped`` are the labels that had no place.
    """

    seen: list[Seen] = field(default_factory=list)
    layers: dict[str, dict[str, Any]] = field(default_factory=dict)
    known: list[dict[str, Any]] = field(default_factory=list)
    placed: labels.Placed = field(default_factory=labels.Placed)


class Prepared:
    """What the maps of a document share: hashes of features, and columns to label them by."""

    def __init__(self, source: Assessment, template: Template) -> None:
        self.source, self.template = source, template
        order = symbology.load().order
        self.layers = [
            layer for layer in sorted(template.layer, key=lambda each: order(each.kind))
            if layer.kind in source.layers
        ]
        self._prints: dict[str, np.ndarray] = {}
        self._columns: dict[tuple[str, str], np.ndarray] = {}
        self._codes: dict[str, np.ndarray] = {}
        self._lasts: dict[str, np.ndarray] = {}
        self._around: inset.Around | None = None

    @property
    def around(self) -> inset.Around:
        """What small maps show of the place."""
        if self._around is None:
            self._around = inset.around(self.source)
        return self._around

    def seen(self, window: Window, near: shapely.Geometry | None) -> list[Seen]:
        """Find the features that meet a map.

        ``near``: The subject, for layers of which only what is near is drawn.
        Returns: By layer, in the order in which they are drawn.
        """
        view = shapely.box(*window.bounds)
        found = []
        for layer in self.layers:
            area = view
            if layer.near_mm is not None and near is not None:
                area = near.buffer(window.ground(layer.near_mm)).intersection(view)
            frame = self.source.layers[layer.kind]
            rows = np.sort(frame.sindex.query(area, predicate="intersects"))
            if layer.kind not in self._codes:
                self._codes[layer.kind] = self.source.classes[layer.kind].to_numpy()
            found.append(Seen(kind=layer.kind, rows=rows, codes=self._codes[layer.kind][rows]))
        return found

    def digest(self, seen: Seen) -> str:
        """Hash the features that meet a map."""
        if seen.kind not in self._prints:
            self._prints[seen.kind] = fingerprint(self.source.layers[seen.kind])
        rows = np.sort(self._prints[seen.kind][seen.rows])
        return hashlib.sha256(rows.tobytes()).hexdigest()[:32]

    @cached_property
    def _events(self) -> dict[tuple[str, str], int]:
        """Find the last event of each feature up to the day."""
        day = self.source.as_of
        return {
            feature: event.event
            for event in sorted(self.source.events, key=lambda each: each.event)
            if day is None or event.span.first <= day
            for feature in touched(event)
        }

    def last_event(self, subject: Subject, seen: Iterable[Seen]) -> int:
        """Find the last event of the log, up to the day, that is of a feature on a sheet.

        Returns: Its number; 0 where there is none.
        """
        last = max((self._events.get((subject.kind, each), 0) for each in subject.ids), default=0)
        for each in seen:
            if each.kind not in self._lasts:
                keys = self.source.layers[each.kind].index
                self._lasts[each.kind] = np.array(
                    [self._events.get((each.kind, str(key)), 0) for key in keys], dtype=np.int64
                )
            last = max(last, int(self._lasts[each.kind][each.rows].max(initial=0)))
        return last

    def part(self, windows: Sequence[Window]) -> Prepared:
        """Take what some maps show, and nothing more.

        Returns: With the hashes of the whole; what maps are drawn from is the same.
        """
        views = np.array([shapely.box(*each.bounds) for each in windows], dtype=object)
        rows = {
            kind: np.unique(frame.sindex.query(views, predicate="intersects")[1])
            for kind, frame in self.source.layers.items()
        }
        source = self.source
        made = Prepared(dataclasses.replace(
            source,
            sets={
                kind: LayerSet(
                    schema=each.schema, frame=source.layers[kind].iloc[rows[kind]],
                    coverage=each.coverage, complete=each.complete,
                )
                for kind, each in source.sets.items() if kind in rows
            },
            tables={name: source.tables[name].iloc[:0] for name in (FINDINGS, MEASURES, ISSUES)},
            events=(),
        ), self.template)
        made._prints = {kind: each[rows[kind]] for kind, each in self._prints.items()}
        if self.template.first("inset"):
            made._around = self.around
        return made

    def shown(self, seen: Seen, window: Window) -> np.ndarray:
        """Give the shapes of some features on paper, in millimetres."""
        scale, box = 1000 / window.scale, window.box
        return np.asarray(shapely.transform(
            features.cut(self.source.layers[seen.kind].geometry.to_numpy()[seen.rows], window),
            lambda xy: (xy - (window.east, window.north)) * scale + (box.left, box.bottom),
        ))

    def said(self, kind: str, name: str, rows: np.ndarray) -> list[str]:
        """Write one field of some features; ``measured_m2`` is the area of the shape.

        Returns: The words, in their order.
        """
        frame = self.source.layers[kind]
        if name == "measured_m2":
            return [f"{area:,.1f}" for area in shapely.area(frame.geometry.to_numpy()[rows])]
        if (kind, name) not in self._columns:
            self._columns[kind, name] = self._column(frame, name)
        values: list[Any] = self._columns[kind, name][rows].tolist()
        if name == frame.index.name:
            return values
        described = self.source.schemas[kind].fields[name]
        return [
            wording.attribute(self.source.words, described, self.source.workflow, value)
            for value in values
        ]

    @staticmethod
    def _column(frame: gpd.GeoDataFrame, name: str) -> np.ndarray:
        if name == frame.index.name:
            return np.array([str(key) for key in frame.index.tolist()], dtype=object)
        if name not in frame:
            return np.full(len(frame), "", dtype=object)
        return np.asarray(frame[name].astype(object).to_numpy())


def layers(
    pen: Pen, prepared: Prepared, window: Window, near: shapely.Geometry | None
) -> Drawn:
    """Draw the layers of a template.

    ``near``: The subject, for layers of which only what is near is drawn.
    """
    box = window.box
    drawn = Drawn(placed=labels.Placed(
        taken=Taken(frame=(box.left, box.bottom, box.right, box.top))
    ))
    drawn.seen = prepared.seen(window, near)
    for layer, seen in zip(prepared.layers, drawn.seen, strict=True):
        drawn.layers[layer.kind] = {"count": len(seen.rows), "sha256": prepared.digest(seen)}
        if not len(seen.rows):
            continue
        frame = prepared.source.layers[layer.kind]
        shapes = features.cut(frame.geometry.to_numpy()[seen.rows], window)
        with pen.marked(layer.kind):
            for code in symbology.load().sorted_classes(layer.kind, seen.codes):
                features.draw(pen, window, shapes[seen.codes == code], style(layer, code))
        drawn.known += _known(layer.kind, shapes, seen.codes, window)
    return drawn


def style(layer: Layer, code: str) -> Style:
    """Give the look of a class on a sheet."""
    stated = {
        key: value for key, value in msgspec.structs.asdict(layer.look).items()
        if value is not None
    }
    made = msgspec.structs.replace(symbology.load().style(layer.kind, code), **stated)
    if 0 < made.weight < LEAST_WEIGHT:
        made = msgspec.structs.replace(made, weight=LEAST_WEIGHT)
    return made


def _known(
    kind: str, shapes: np.ndarray, codes: np.ndarray, window: Window
) -> list[dict[str, Any]]:
    """Name two corners of polygons, far apart, that can be found again on the page."""
    ids = shapely.get_type_id(shapes)
    polygons = (ids == features.POLYGONS[0]) | (ids == features.POLYGONS[1])
    if not polygons.any():
        return []
    first = symbology.load().sorted_classes(kind, codes[polygons])[0]
    own = shapes[polygons & (codes == first)]
    xy = shapely.get_coordinates(own)
    west, south, east, north = window.bounds
    inside = (xy[:, 0] > west) & (xy[:, 0] < east) & (xy[:, 1] > south) & (xy[:, 1] < north)
    if not inside.any():
        return []
    found = xy[inside]
    chosen = [found[np.argmin(found.sum(axis=1))], found[np.argmax(found.sum(axis=1))]]
    return [{"mark": kind, "east": float(e), "north": float(n)} for e, n in chosen]


def place_labels(
    pen: Pen, prepared: Prepared, window: Window, drawn: Drawn, *,
    outside: shapely.Geometry | None = None,
) -> list[Label]:
    """Place the labels of the layers: facilities first, then by the order in which they lie.

    ``outside``: Where parcels and land classes are not labelled, which is told by piece there.
    Symbols and facilities are taken; over lines a label comes only where it has no other place.
    Returns: Those that were placed, to be written when all else is drawn.
    """
    begun = len(drawn.placed.labels)
    seen = [
        (layer, each) for layer, each in zip(prepared.layers, drawn.seen, strict=True)
        if len(each.rows)
    ]
    shapes = {each.kind: prepared.shown(each, window) for _, each in seen}
    _take_lines(shapes, drawn)
    wanted = [(layer, each) for layer, each in reversed(seen) if layer.label]
    wishes = [
        (_wish(prepared, layer, each, outside if each.kind in BY_PIECE else None),
         pen.bold_ems if layer.label_bold else pen.ems)
        for layer, each in sorted(wanted, key=lambda both: both[0].label_rank, reverse=True)
    ]
    beside = [
        (wish, labels.place(wish, window, ems, drawn.placed), ems)
        for wish, ems in wishes if wish.beside
    ]
    for layer, each in seen:
        _take_symbols(layer, each, shapes[each.kind], drawn)
    for wish, left, ems in beside:
        labels.stand_beside(wish, left, ems, drawn.placed)
    for wish, ems in wishes:
        if not wish.beside:
            labels.place(wish, window, ems, drawn.placed)
    return drawn.placed.labels[begun:]


def _wish(
    prepared: Prepared, layer: Layer, seen: Seen, outside: shapely.Geometry | None
) -> labels.Wish:
    """Say what is to be labelled of a layer, and how."""
    frame = prepared.source.layers[seen.kind]
    columns = [prepared.said(seen.kind, name, seen.rows) for name in layer.label]
    keys = prepared.said(seen.kind, str(frame.index.name), seen.rows)
    shapes = frame.geometry.to_numpy()[seen.rows]
    if outside is not None:
        shapes = shapely.difference(shapes, outside)
    return labels.Wish(
        keys=[f"{seen.kind}:{key}" for key in keys], shapes=shapes,
        lines=list(zip(*columns, strict=True)), sizes=layer.label_mm, bold=layer.label_bold,
        colour=layer.label_colour, beside=layer.beside,
        away_mm=max(
            _reach(layer, code, int(shapely.get_dimensions(shapes[0])))
            for code in np.unique(seen.codes)
        ),
    )


def _reach(layer: Layer, code: str, dimension: int) -> float:
    """Say how far a symbol or a line reaches from its middle."""
    look = style(layer, code)
    if dimension == 0:
        return (look.radius * features.CORNER + look.weight / 2) / PT
    return max(look.weight, look.casing_weight) / 2 / PT if dimension == 1 else 0.0


def _take_lines(shapes: Mapping[str, np.ndarray], drawn: Drawn) -> None:
    """Keep what labels should not lie over: lines of the layers."""
    lines = [
        part for each in shapes.values()
        for part in shapely.get_parts(each[shapely.get_dimensions(each) == 1])
    ]
    if lines:
        drawn.placed.lines = shapely.STRtree(np.array(lines, dtype=object))


def _take_symbols(layer: Layer, seen: Seen, shapes: np.ndarray, drawn: Drawn) -> None:
    """Take symbols, and facilities as far as they reach."""
    dimension = shapely.get_dimensions(shapes)
    points = np.flatnonzero(dimension == 0)
    if len(points):
        reach = {code: _reach(layer, code, 0) for code in np.unique(seen.codes[points])}
        half = np.array([reach[code] for code in seen.codes[points]])
        x, y = shapely.get_coordinates(shapely.centroid(shapes[points])).T
        drawn.placed.taken.add(shapely.box(x - half, y - half, x + half, y + half))
    if layer.beside:
        drawn.placed.taken.add(shapes[dimension == 2])  # noqa: PLR2004


def write_labels(pen: Pen, placed: Sequence[Label]) -> None:
    """Write labels over their halos."""
    lettering.halos(pen, placed)
    with pen.state(), pen.marked("labels"):
        lettering.draw(pen, placed)


# --- frame ----------------------------------------------------------------------------------


def frame(pen: Pen, template: Template, window: Window, drawn: Drawn) -> None:
    """Draw the frame and the grid with its coordinates; the grid leaves figures out.

    ``drawn``: What it shows; where no corner of it is known, points of the grid are.
    """
    box = window.box
    known = _grid(pen, template, window, drawn.placed.figures)
    drawn.known = drawn.known or known
    look = template.frame
    pen.stroke(look.colour, look.line_mm)
    with pen.marked("frame"):
        pen.rectangle(box)
    pen.stroke(look.colour, look.outer_mm)
    pen.rectangle(box.inset(-look.apart_mm))


def _grid(
    pen: Pen, template: Template, window: Window, figures: Sequence[shapely.Geometry]
) -> list[dict[str, Any]]:
    """Draw the grid; give back points of it that can be found on the page."""
    grid, apart = template.grid, template.frame.apart_mm
    if grid.kind == "none":
        return []
    west, south, east, north = window.bounds
    step = layout.nice_step(window.ground(grid.apart_mm))
    digits = 0 if step >= 1 else 1 if step >= 0.1 else 2  # noqa: PLR2004
    easts, norths = layout.ticks(west, east, step), layout.ticks(south, north, step)
    lines = grid.kind == "lines"
    pen.stroke(BLACK, GRID_MM)
    pen.fill(BLACK)
    for each in easts:
        _east_line(pen, window, each, (f"{each:.{digits}f}", grid.text_mm, apart))
    for each in norths:
        _north_line(pen, window, each, (f"{each:.{digits}f}", grid.text_mm, apart))
    around = shapely.STRtree(shapely.buffer(
        np.array([*figures], dtype=object), FIGURE_MM, cap_style="square", join_style="mitre"
    ))
    if not lines:
        return _crosses(pen, window, [(e, n) for e in easts for n in norths], around)
    ends = [(east, end) for east in easts for end in (south, north)]
    pen.stroke(GRID_LINE, GRID_MM)
    with pen.marked("grid"):
        pen.segments(_cut([
            *((*window.on_paper(e, south), *window.on_paper(e, north)) for e in easts),
            *((*window.on_paper(west, n), *window.on_paper(east, n)) for n in norths),
        ], around))
    return [{"mark": "grid", "east": east, "north": end} for east, end in ends]


def _cut(
    lines: Sequence[tuple[float, float, float, float]], around: shapely.STRtree
) -> list[tuple[float, float, float, float]]:
    """Cut level and upright lines where figures stand."""
    made: list[tuple[float, float, float, float]] = []
    for x0, y0, x1, y1 in lines:
        line: shapely.Geometry = shapely.LineString([(x0, y0), (x1, y1)])
        met = around.geometries[around.query(line, predicate="intersects")]
        if len(met):
            line = shapely.difference(line, shapely.union_all(met))
        made += [
            (*shapely.get_coordinates(part)[0], *shapely.get_coordinates(part)[-1])
            for part in shapely.get_parts(line) if not part.is_empty
        ]
    return made


def _east_line(pen: Pen, window: Window, east: float, how: tuple[str, float, float]) -> None:
    """Draw the ends of a line of one easting at the frame, and its label above and below."""
    text, size, far = how
    box = window.box
    x, _ = window.on_paper(east, window.north)
    pen.segments([(x, box.bottom, x, box.bottom - far), (x, box.top, x, box.top + far)])
    if x + pen.width(text, size) + 1 < box.right + far:
        pen.text(x + 0.6, box.bottom - far / 2 - 0.5 * size, text, size=size)
        pen.text(x + 0.6, box.top + far / 2 - 0.3 * size, text, size=size)


def _north_line(
    pen: Pen, window: Window, north: float, how: tuple[str, float, float]
) -> None:
    """Draw the ends of a line of one northing at the frame, and its label left and right."""
    text, size, far = how
    box = window.box
    _, y = window.on_paper(window.east, north)
    pen.segments([(box.left, y, box.left - far, y), (box.right, y, box.right + far, y)])
    if y + pen.width(text, size) + 1 < box.top + far:
        pen.text(box.left - far / 2 + 0.3 * size, y + 0.6, text, size=size, angle=np.pi / 2)
        pen.text(box.right + far / 2 + 0.5 * size, y + 0.6, text, size=size, angle=np.pi / 2)


def _crosses(
    pen: Pen, window: Window, places: Sequence[tuple[float, float]], around: shapely.STRtree
) -> list[dict[str, Any]]:
    """Draw crosses within the map where no figure stands; give back the left ends of them."""
    arm, box = ARM_MM, window.box
    inside = [
        (east, north, x, y) for east, north in places
        for x, y in [window.on_paper(east, north)]
        if box.left + arm < x < box.right - arm and box.bottom + arm < y < box.top - arm
        and not len(around.query(
            shapely.box(x - arm, y - arm, x + arm, y + arm), predicate="intersects"
        ))
    ]
    with pen.marked("grid"):
        pen.segments([
            line for _, _, x, y in inside
            for line in ((x - arm, y, x + arm, y), (x, y - arm, x, y + arm))
        ])
    return [
        {"mark": "grid", "east": east - window.ground(arm), "north": north}
        for east, north, _, _ in inside
    ]


def arrow_box(template: Template, window: Window, subject: Subject) -> Box:
    """Say where the north arrow stands: in the corner of the template, or the next that is free.

    Returns: Its box; no line of the subject lies in it where there is such a corner.
    """
    corners = [_corner(window.box, each) for each in dict.fromkeys([template.north, *CORNERS])]
    if not subject.kind:
        return corners[0]
    line = shapely.boundary(subject.shape)
    shapely.prepare(line)
    return next((
        each for each in corners if not shapely.intersects(line, shapely.box(
            *_on_ground(window, each.left, each.bottom), *_on_ground(window, each.right, each.top)
        ))
    ), corners[0])


def _corner(box: Box, corner: Corner) -> Box:
    """Say where the arrow stands in a corner of the map."""
    (wide, high), away = ARROW_MM, 2.0
    left = box.left + away if "w" in corner else box.right - away - wide
    bottom = box.bottom + away if "s" in corner else box.top - away - high
    return Box(left=left, bottom=bottom, right=left + wide, top=bottom + high)


def _on_ground(window: Window, x: float, y: float) -> tuple[float, float]:
    return (
        window.east + window.ground(x - window.box.left),
        window.north + window.ground(y - window.box.bottom),
    )


def north_arrow(pen: Pen, box: Box, letter: str) -> None:
    """Draw an arrow to grid north: up."""
    pen.fill(HALO)
    pen.rectangle(box, "f")
    middle = (box.left + box.right) / 2
    tip, foot = box.top - 4.0, box.bottom + 1.0
    pen.fill(BLACK)
    pen.stroke(BLACK, 0.15)
    pen.path([(middle, tip), (middle - 2.6, foot), (middle, foot + 2.6)], "b")
    pen.fill(HALO)
    pen.path([(middle, tip), (middle + 2.6, foot), (middle, foot + 2.6)], "b")
    pen.fill(BLACK)
    with pen.marked("north"):
        pen.text(middle, box.top - 3.0, letter, size=3.2, anchor="center", bold=True)
