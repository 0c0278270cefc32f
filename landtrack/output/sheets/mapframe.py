"""The map of a sheet: layers, grid and frame, true to scale."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import msgspec
import numpy as np
import shapely

from landtrack.model.assessment import FINDINGS, ISSUES, MEASURES, Assessment, LayerSet
from landtrack.output import wording
from landtrack.output.sheets import features, labels, layout
from landtrack.output.sheets.collisions import Taken
from landtrack.output.sheets.layout import Box, Window
from landtrack.output.sheets.pdf_canvas import Pen
from landtrack.output.sheets.subjects import Subject, fingerprint
from landtrack.output.sheets.template import Layer, Template
from landtrack.output.style import symbology
from landtrack.output.style.symbology import Style
from landtrack.tracking import touched

BLACK = "#000000"
HALO = "#FFFFFF"
GRID_LINE = "#7FA0B5"
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
        return made

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
    return msgspec.structs.replace(symbology.load().style(layer.kind, code), **stated)


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


def place_labels(pen: Pen, prepared: Prepared, window: Window, drawn: Drawn) -> None:
    """Place and write the labels of the layers, plots before what lies below them."""
    wanted = {layer.kind: layer for layer in prepared.layers if layer.label}
    before = len(drawn.placed.labels)
    for seen in reversed(drawn.seen):
        layer = wanted.get(seen.kind)
        if layer is None or not len(seen.rows):
            continue
        frame = prepared.source.layers[seen.kind]
        columns = [prepared.said(seen.kind, name, seen.rows) for name in layer.label]
        keys = prepared.said(seen.kind, str(frame.index.name), seen.rows)
        labels.place(
            labels.Wish(
                keys=[f"{seen.kind}:{key}" for key in keys],
                shapes=frame.geometry.to_numpy()[seen.rows],
                lines=list(zip(*columns, strict=True)), sizes=layer.label_mm,
            ),
            window, pen.ems, drawn.placed,
        )
    pen.fill(BLACK)
    with pen.marked("labels"):
        labels.draw(pen, drawn.placed.labels[before:])


# --- frame ----------------------------------------------------------------------------------


def frame(pen: Pen, template: Template, window: Window, drawn: Drawn) -> None:
    """Draw the frame and the grid with its coordinates.

    ``drawn``: What it shows; where no corner of it is known, points of the grid are.
    """
    box = window.box
    known = _grid(pen, template, window)
    drawn.known = drawn.known or known
    look = template.frame
    pen.stroke(look.colour, look.line_mm)
    with pen.marked("frame"):
        pen.rectangle(box)
    pen.stroke(look.colour, look.outer_mm)
    pen.rectangle(box.inset(-look.apart_mm))


def _grid(pen: Pen, template: Template, window: Window) -> list[dict[str, Any]]:
    """Draw the grid; give back points of it that can be found on the page."""
    grid, apart = template.grid, template.frame.apart_mm
    if grid.kind == "none":
        return []
    west, south, east, north = window.bounds
    step = layout.nice_step(window.ground(grid.apart_mm))
    digits = 0 if step >= 1 else 1 if step >= 0.1 else 2  # noqa: PLR2004
    easts, norths = layout.ticks(west, east, step), layout.ticks(south, north, step)
    lines = grid.kind == "lines"
    pen.stroke(GRID_LINE if lines else BLACK, 0.1)
    pen.fill(BLACK)
    for each in easts:
        _east_line(pen, window, each, (f"{each:.{digits}f}", grid.text_mm, apart))
    for each in norths:
        _north_line(pen, window, each, (f"{each:.{digits}f}", grid.text_mm, apart), whole=lines)
    if not lines:
        return _crosses(pen, window, easts, norths)
    ends = [(east, end) for east in easts for end in (south, north)]
    with pen.marked("grid"):
        pen.segments([(*window.on_paper(e, south), *window.on_paper(e, north)) for e in easts])
    return [{"mark": "grid", "east": east, "north": end} for east, end in ends]


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
    pen: Pen, window: Window, north: float, how: tuple[str, float, float], *, whole: bool
) -> None:
    """Draw a line of one northing, or its ends at the frame, and its label left and right."""
    text, size, far = how
    box = window.box
    _, y = window.on_paper(window.east, north)
    pen.segments([
        (box.left, y, box.left - far, y), (box.right, y, box.right + far, y),
        *([(box.left, y, box.right, y)] if whole else []),
    ])
    if y + pen.width(text, size) + 1 < box.top + far:
        pen.text(box.left - far / 2 + 0.3 * size, y + 0.6, text, size=size, angle=np.pi / 2)
        pen.text(box.right + far / 2 + 0.5 * size, y + 0.6, text, size=size, angle=np.pi / 2)


def _crosses(
    pen: Pen, window: Window, easts: Sequence[float], norths: Sequence[float]
) -> list[dict[str, Any]]:
    """Draw crosses within the map; give back the left ends of them."""
    arm = 2.0
    box = window.box
    places = [(east, north, *window.on_paper(east, north)) for east in easts for north in norths]
    inside = [
        each for each in places
        if box.left + arm < each[2] < box.right - arm
        and box.bottom + arm < each[3] < box.top - arm
    ]
    with pen.marked("grid"):
        pen.segments([(x - arm, y, x + arm, y) for _, _, x, y in inside])
    pen.segments([(x, y - arm, x, y + arm) for _, _, x, y in inside])
    return [
        {"mark": "grid", "east": east - window.ground(arm), "north": north}
        for east, north, _, _ in inside
    ]


def arrow_box(template: Template, window: Window) -> Box:
    """Say where the north arrow stands."""
    box, (wide, high), away = window.box, ARROW_MM, 2.0
    left = box.left + away if "w" in template.north else box.right - away - wide
    bottom = box.bottom + away if "s" in template.north else box.top - away - high
    return Box(left=left, bottom=bottom, right=left + wide, top=bottom + high)


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
