"""Compares what is written in the map with what lies there: lengths, numbers, names, areas."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely

from landtrack.model.translations import DASH
from landtrack.output.sheets.paper import Paper, Said, bare, named, near, states
from landtrack.output.sheets.readback import Inscribed, Measured
from landtrack.output.sheets.recount_pieces import ground_of

BESIDE_MM = 5.0
"""How far from its side a length may stand."""

NUMBER_MM = 9.0
"""How far from its corner a number may stand."""

LABEL_MM = 8.0
"""How far from what it names a label may stand."""

PARALLEL = 0.02
"""Radians by which a length may be turned against its side."""

HALF_MM = 0.00051
"""What is printed to the millimetre is off by half of one at most."""

RUNS = 24
"""Into how many parts a text of several fonts is drawn at most that is looked for."""

PLACE = ("boundaries", "parcels", "plots")
"""What reaches as far as the place."""

INSET_OFF = 0.002
"""By which share a small map may be off its scale: its edges are known to a hundredth of a mm."""

FIGURES = frozenset("0123456789.,")


@dataclass(frozen=True, kw_only=True)
class Map:
    """The map of one page: what it claims, what was read, and where that lies on the ground."""

    claim: Mapping[str, Any]
    measured: Measured

    def texts(self, mark: str) -> list[Inscribed]:
        """Give the texts that were drawn as something.

        Returns: In the order in which they were drawn.
        """
        return [each for each in self.measured.inscribed if each.mark == mark and each.text]

    def ground(self, texts: Sequence[Inscribed]) -> Any:  # noqa: ANN401  an array of shapes
        """Give the ground under texts.

        Returns: Boxes in the working CRS.
        """
        left, bottom = self.claim["frame"][:2]
        west, south = self.claim["ground"][:2]
        boxes = (np.array([each.box for each in texts]).reshape(-1, 4) - (left, bottom) * 2)
        boxes *= self.claim["scale"] / 1000
        return shapely.box(*(boxes + (west, south) * 2).T)

    def metres(self, mm: float) -> float:
        """Turn millimetres of paper into metres of ground.

        ``mm``: Millimetres.
        """
        return float(mm * self.claim["scale"] / 1000)


def inscribed(paper: Paper) -> Said:
    """Compare all that is written in the maps of a sheet."""
    known = {"", "lengths", "numbers", "fraction", "labels", "north", "maps", "pieces"}
    for claim, measured in paper.pages:
        if "ground" not in claim:
            continue
        page = Map(claim=claim, measured=measured)
        if "inset" in claim:
            yield from ((measured.page, each) for each in _inset(paper, claim["inset"]))
        said = [
            *_labels(paper, page),
            *(f"{each.text!r} stands in the map, of which nothing is known"
              for each in measured.inscribed if each.text and each.mark not in known - {""}),
        ]
        if paper.kind:
            said += [
                *_lengths(paper, page), *_numbers(paper, page), *_fraction(paper, page),
                *pieces_in(paper, page),
            ]
        for each in said:
            yield measured.page, each


def _inset(paper: Paper, claim: Mapping[str, Any]) -> Iterator[str]:
    """See that the small map marks the subject, in the place as a whole, at the scale it says."""
    corners = shapely.points(shapely.get_coordinates(paper.shape))
    if shapely.distance(corners, shapely.Point(claim["east"], claim["north"])).min() > HALF_MM:
        yield "the map of the place marks what is not the subject"
    west, south, east, north = claim["ground"]
    whole = [
        each.total_bounds for kind, each in paper.source.layers.items()
        if kind in PLACE and not each.empty
    ]
    if any(a[0] < west or a[1] < south or a[2] > east or a[3] > north for a in whole):
        yield "the map of the place does not show all of it"
    left, _, right, _ = claim["frame"]
    if abs((east - west) * 1000 / (right - left) / claim["scale"] - 1) > INSET_OFF:
        yield f"the map of the place is not 1:{claim['scale']}"


def _lengths(paper: Paper, page: Map) -> Iterator[str]:
    """Compare the length that is written along a side with the side."""
    start, end = _sides(paper.shape)
    length = np.hypot(*(end - start).T)
    west, south, east, north = page.claim["ground"]
    lines = shapely.linestrings(np.stack([start, end], axis=1))
    way = np.arctan2(*(end - start).T[::-1])
    texts = page.texts("lengths")
    for text, ground in zip(texts, page.ground(texts), strict=True):
        turned = np.abs((way - text.angle + math.pi / 2) % math.pi - math.pi / 2)
        away = np.where(
            turned < PARALLEL, shapely.distance(shapely.centroid(ground), lines), np.inf
        )
        if away.min(initial=np.inf) > page.metres(BESIDE_MM):
            yield f"the length {text.text} stands at no side"
        elif not any(
            near(text.text, each, 0.0051) for each in length[away <= away.min() + page.metres(0.2)]
        ):
            yield f"the side is {length[away.argmin()]:.2f} m long, {text.text!r} stands along it"
    dropped = sum(each.startswith("side:") for each in page.claim["dropped"])
    middle = (start + end) / 2
    seen = int(np.count_nonzero(
        (middle > (west, south)).all(axis=1) & (middle < (east, north)).all(axis=1)
    ))
    margin = int(np.count_nonzero(
        np.minimum(np.abs(middle - (west, south)), np.abs(middle - (east, north))).min(axis=1)
        < page.metres(0.3)
    ))
    if (texts or dropped) and len(texts) + dropped < seen - margin:
        yield f"{seen - len(texts) - dropped} sides have no length"


def _sides(shape: shapely.Geometry) -> tuple[Any, Any]:
    """Give both ends of each side, to the millimetre."""
    starts, ends = [], []
    for part in shapely.get_parts(shape):
        for ring in (part.exterior, *part.interiors):
            points = np.round(shapely.get_coordinates(ring), 3)
            apart = (points[1:] != points[:-1]).any(axis=1)
            starts.append(points[:-1][apart])
            ends.append(points[1:][apart])
    return np.vstack(starts), np.vstack(ends)


def _numbers(paper: Paper, page: Map) -> Iterator[str]:
    """See that each number stands at its corner, and that the corners are those of the shape."""
    corners = shapely.STRtree(shapely.points(shapely.get_coordinates(paper.shape)))
    known = {
        each["name"]: shapely.Point(each["east"], each["north"])
        for each in page.claim["known"] if "name" in each
    }
    for name, point in known.items():
        if not len(corners.query(point, predicate="dwithin", distance=2 * HALF_MM)):
            yield f"there is no corner where {name} is"
    texts = page.texts("numbers")
    for text, ground in zip(texts, page.ground(texts), strict=True):
        at = known.get(text.text)
        if at is None:
            yield f"{text.text} is no boundary point"
        elif shapely.distance(ground, at) > page.metres(NUMBER_MM):
            yield f"{text.text} does not stand at its corner"


def _fraction(paper: Paper, page: Map) -> Iterator[str]:
    """Compare number, land class and area in the middle of the parcel."""
    texts = page.texts("fraction")
    if not texts:
        return
    frame = paper.source.layers[paper.kind]
    rows = frame[frame.index.astype("str").isin(paper.ids)].reset_index().to_dict("records")
    right = {bare(each) for each in (DASH, ", ".join(paper.ids), *paper.stated.values())}
    for row in rows:
        right |= _words_of(paper, paper.kind, row)
    joined = sorted(right, key=len)
    for text in texts:
        area = near(text.text, float(shapely.area(paper.shape)), 0.0051)
        if not area and text.text not in right and not (
            set(text.text) - FIGURES and any(text.text in each for each in joined)
        ):
            yield f"{text.text!r} stands in the parcel, which is not so"


def pieces_in(paper: Paper, page: Map) -> Iterator[str]:
    """See that owner and land class stand in the piece whose number stands with them."""
    texts = page.texts("pieces")
    if not texts:
        return
    ground, pieces = page.ground(texts), ground_of(paper)
    for text, middle in zip(texts, shapely.centroid(ground), strict=True):
        around = shapely.buffer(middle, page.metres(LABEL_MM))
        near = [each for each in pieces if shapely.intersects(each.shape, around)]
        if not any(text.text in each.says for each in near):
            yield f"{text.text!r} stands within the line, where it is not so"


def _labels(paper: Paper, page: Map) -> Iterator[str]:
    """See that each name or figure is of something that lies there."""
    texts = page.texts("labels")
    if not texts:
        return
    ground = shapely.buffer(page.ground(texts), page.metres(LABEL_MM), join_style="mitre")
    right: list[set[str]] = [set() for _ in texts]
    for kind in dict.fromkeys([*page.claim["layers"], *filter(None, [paper.kind])]):
        frame = paper.source.layers.get(kind)
        if frame is None or frame.empty:
            continue
        of, at = frame.sindex.query(ground, predicate="intersects")
        rows = frame.iloc[np.unique(at)].reset_index()
        words = dict(zip(
            np.unique(at).tolist(),
            (_words_of(paper, kind, row) for row in rows.to_dict("records")), strict=True,
        ))
        for text, feature in zip(of.tolist(), at.tolist(), strict=True):
            right[text] |= words[feature]
    for at, said in enumerate(right):
        if not any(each in said for each in _joined(texts, at)):
            yield f"{texts[at].text!r} is of nothing that lies there"


def _joined(texts: Sequence[Inscribed], at: int) -> Iterator[str]:
    """Give a text, and what it is a part of: one of two fonts is drawn in parts."""
    for begin in range(at, max(at - RUNS, -1), -1):
        for end in range(at + 1, min(begin + RUNS, len(texts)) + 1):
            yield "".join(each.text for each in texts[begin:end])


def _words_of(paper: Paper, kind: str, row: Mapping[Any, Any]) -> set[str]:
    """Give all that can be written of a feature: key, fields, holder, area."""
    words, schema = paper.source.words, paper.source.schemas[kind]
    key = str(row[schema.key])
    shape = row["geometry"] if "geometry" in row else next(
        each for each in row.values() if isinstance(each, shapely.Geometry)
    )
    said = {key, named(row, key), f"{shape.area:,.1f}"}
    for name, value in row.items():
        field = schema.fields.get(str(name))
        if isinstance(value, str):
            said |= {value, words(f"choice.{name}.{value}")} if words.has(
                f"choice.{name}.{value}"
            ) else {value}
            if value in (titled := states(paper.source, schema)):
                said.add(words.pick(titled[value].title))
        elif isinstance(value, (int, float)) and not pd.isna(value):
            figure = f"{value:,.6f}".rstrip("0").rstrip(".")
            said |= {figure, figure.replace(",", "")}
            if field is not None and field.unit:
                said.add(f"{figure}{words(f'unit.{field.unit}')}")
        elif isinstance(value, (list, tuple, np.ndarray)):
            said.add(", ".join(map(str, value)))
    return {bare(each) for each in said if each}
