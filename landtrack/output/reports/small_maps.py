"""Small maps of what a file holds, beside what else lies in the place.

A map is the data of SVG paths with their looks and a few figures; it has no words, so that whoever
shows it says them in the language of the reader, and no names out of files, so that none can do
anything there. However large the file is, its map is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

from landtrack.output.reports.document.shapes import Shapes, drawable, rough
from landtrack.spatial.crs import recognise

WIDTH, HEIGHT, MARGIN, FOOT = 320.0, 200.0, 12.0, 14.0
"""Of a map, in pixels; the foot is for the bar of the scale."""
MOST_BYTES = 8_000
"""Characters of one path."""
FAR = 3.0
"""So many times the larger of two extents apart, what lies where is shown by signs alone."""
LEAST_M = 200.0
"""What is smaller is taken to be so large when it is asked whether something is far from it."""
LEAST_PX = 8.0
"""What is smaller on the map is shown by a sign."""
BAR_PX = 90.0
"""Of the bar of the scale, at most."""
MOST_M = 1e9
"""Coordinates that are larger are no place."""
DEGREE_M = 111_320.0
SIGN = 5.0
"""Half of a sign, in pixels."""
WAYS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")
ELLIPSOID = Geod(ellps="WGS84")
MEETS, APART, FAR_AWAY, ALONE, UNPLACED = "meets", "apart", "far", "alone", "unplaced"
"""How what is shown lies to the rest of the place."""

Coordinates = npt.NDArray[np.float64]
Box = tuple[float, float, float, float]


class Lies(NamedTuple):
    """Shapes where they lie: in degrees of WGS 84, or as written where ``placed`` is not true.

    ``loose``: Only to some hundred metres, as those of an old datum.
    """

    shapes: Shapes
    placed: bool = True
    loose: bool = False


@dataclass(frozen=True, kw_only=True)
class SmallMap:
    """A small map: its paths, each with its look, from below to above.

    ``bar_px``, ``bar_m``: The bar of its scale; 0 where there is none. ``lies``: How it lies to the
    rest of the place, empty where that is not asked; ``away_m`` and ``way`` how far from it and in
    which direction. ``counts``: What its signs stand for. ``cells``: Whether what is too small is
    shown as cells. ``loose``: Whether it lies there only to some hundred metres.
    """

    paths: tuple[tuple[str, str], ...]
    size: tuple[float, float] = (WIDTH, HEIGHT)
    bar_px: float = 0.0
    bar_m: float = 0.0
    lies: str = ALONE
    away_m: float = 0.0
    way: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    cells: bool = False
    loose: bool = False


class To(NamedTuple):
    """How shapes lie to the rest of the place, as :class:`SmallMap` says it."""

    lies: str = ALONE
    away_m: float = 0.0
    way: str = ""
    loose: bool = False


class Change(NamedTuple):
    """What differs between two deliveries, in one plane in metres, n shapes each."""

    kept: Shapes
    new: Shapes
    gone: Shapes
    moved_from: Shapes
    moved_to: Shapes


def of_layer(
    own: Lies, land: Lies | None = None, *, bad: Shapes | None = None, problems: int = 0,
    most: int = MOST_BYTES,
) -> SmallMap | None:
    """Draw what a layer holds beside the rest of its place.

    ``land``: The rest; None where nothing of it is known.
    ``bad``: Features with problems, and where these are, as ``own`` has its shapes.
    ``problems``: How many features have some.
    ``most``: Characters of one path.
    Returns: None where nothing lies anywhere.
    """
    shapes = _sane(own.shapes)
    if not len(shapes):
        return None
    around = _sane(land.shapes) if land is not None and own.placed else shapes[:0]
    counts = {"problems": problems} if problems else {}
    marked = shapes[:0] if bad is None else _sane(bad)
    if not len(around):
        return _Sheet((shapes, marked), most, degrees=own.placed).whole(
            shapes, marked, around, To(ALONE if own.placed else UNPLACED), counts
        )
    loose = own.loose != (land is not None and land.loose)
    away, way = apart(shapes, around)
    if away > FAR * max(_across(shapes), _across(around), LEAST_M):
        return _Sheet(_middles((shapes, around)), most).signs(
            shapes, around, (), To(FAR_AWAY, away, way, loose), counts
        )
    return _Sheet((shapes, around, marked), most).whole(
        shapes, marked, around, To(APART if away else MEETS, away, way, loose), counts
    )


def of_readings(
    readings: Sequence[Lies], land: Lies | None, *, most: int = MOST_BYTES // 2
) -> list[SmallMap | None]:
    """Draw each way in which a layer can be read beside the rest of its place.

    ``readings``: The layer, as each of them places it.
    ``land``: The rest; None where nothing of it is known.
    Returns: One for each; those that lie far away, or beside nothing, in one frame.
    """
    every = [_sane(each.shapes) for each in readings]
    around = _sane(land.shapes) if land is not None else np.empty(0, object)
    frame = [*_middles([each for each in every if len(each)]), *_middles([around])]
    made: list[SmallMap | None] = []
    for own, shapes in zip(readings, every, strict=True):
        near = of_layer(own, land, most=most)
        if near is None or (len(around) and near.lies != FAR_AWAY):
            made.append(near)
            continue
        others = [each for each in every if each is not shapes and len(each)]
        made.append(_Sheet(frame, most).signs(
            shapes, around, others, To(near.lies, near.away_m, near.way, own.loose or near.loose)
        ))
    return made


def of_change(change: Change, *, most: int = MOST_BYTES) -> SmallMap | None:
    """Draw what differs between two deliveries of a layer.

    Returns: New, gone and moved features, each kind with a sign of its own over the others that
    stay as they are; None where nothing differs that has a shape.
    """
    kept, new, gone, before, after = (_sane(each) for each in change)
    counts = {"new": len(new), "gone": len(gone), "moved": len(after)}
    if not any(counts.values()):
        return None
    sheet = _Sheet((kept, new, gone, before, after), most, degrees=False)
    sheet.put("land", kept, most // 2)
    sheet.put("gone", gone)
    sheet.put("gone", before, most // 2)
    sheet.put("new", new)
    sheet.put("moved", after)
    sheet.sign("plus", new)
    sheet.sign("cross", gone)
    sheet.sign("diamond", after)
    return sheet.made(To(""), {key: number for key, number in counts.items() if number})


def apart(first: Shapes, second: Shapes) -> tuple[float, str]:
    """Tell how far shapes lie from others, and in which direction seen from those.

    ``first``, ``second``: In degrees, some of each.
    Returns: Metres between their boxes, without the farthest hundredth, and one of ``WAYS``; 0 and
    nothing where the boxes meet.
    """
    one, other = _box(first), _box(second)
    (x, from_x), (y, from_y) = (_gap(one[axis::2], other[axis::2]) for axis in (0, 1))
    _, _, metres = ELLIPSOID.inv(from_x, from_y, x, y)
    if not metres:
        return 0.0, ""
    azimuth, _, _ = ELLIPSOID.inv(*_centre(other), *_centre(one))
    return float(metres), WAYS[round(azimuth / 45) % 8]


def _gap(one: Sequence[float], other: Sequence[float]) -> tuple[float, float]:
    """Give the two ends of the gap between two spans; one point where they meet."""
    if one[0] > other[1]:
        return one[0], other[1]
    if one[1] < other[0]:
        return one[1], other[0]
    middle = (max(one[0], other[0]) + min(one[1], other[1])) / 2
    return middle, middle


def _box(shapes: Shapes) -> Box:
    found = recognise.numbers(shapes)
    assert found is not None  # noqa: S101  there are some, and all lie somewhere
    return (found.west, found.south, found.east, found.north)


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


def _across(shapes: Shapes) -> float:
    """Tell how far it is across shapes, in metres."""
    west, south, east, north = _box(shapes)
    return float(ELLIPSOID.inv(west, south, east, north)[2])


def _middles(groups: Iterable[Shapes]) -> list[Shapes]:
    return [np.array([shapely.Point(*_centre(_box(each)))]) for each in groups if len(each)]


def _sane(shapes: Shapes) -> Shapes:
    """Keep the shapes that lie somewhere that can be."""
    found = drawable(shapes)
    kept: Shapes = found[(np.abs(shapely.bounds(found)) < MOST_M).all(axis=1)]
    return kept


class _Sheet:
    """A map in the making: where on it what lies, and its paths."""

    def __init__(self, shown: Iterable[Shapes], most: int, *, degrees: bool = True) -> None:
        """Make room for all that is shown.

        ``degrees``: Whether coordinates are degrees; as in a plane else.
        """
        self.most = most
        self.paths: list[tuple[str, str]] = []
        self.cells = False
        west, south, east, north = shapely.total_bounds(np.concatenate([*shown]))
        self._x, self._y = (west + east) / 2, (south + north) / 2
        self._per_x = self._per_y = 1.0
        if degrees:
            self._per_x = DEGREE_M * max(np.cos(np.radians(self._y)), 0.05)
            self._per_y = DEGREE_M
        least = 20.0 if degrees else 1e-6
        self._scale = min(
            (WIDTH - 2 * MARGIN) / max((east - west) * self._per_x, least),
            (HEIGHT - FOOT - 2 * MARGIN) / max((north - south) * self._per_y, least),
        )

    def whole(
        self, shapes: Shapes, bad: Shapes, around: Shapes, to: To, counts: Mapping[str, int]
    ) -> SmallMap:
        """Draw shapes over those around them, and over both those with problems."""
        self.put("land", around, self.most // 2)
        if self._is_small(around):
            self.sign("place", around[:1])
        areal = shapely.get_dimensions(shapes) == 2  # noqa: PLR2004
        self.put("area", shapes[areal])
        self.put("line", shapes[~areal])
        if self._is_small(shapes):
            self.sign("here", shapes[:1])
        self.put("bad", bad, self.most // 2)
        self.sign("cross", bad)
        return self.made(to, counts)

    def signs(
        self, shapes: Shapes, around: Shapes, others: Iterable[Shapes], to: To,
        counts: Mapping[str, int] = MappingProxyType({}),
    ) -> SmallMap:
        """Draw by signs alone where shapes lie, where those do that they belong to, and others."""
        at, place = _middles([shapes]), _middles([around])
        if place:
            ends = self._on_paper(shapely.get_coordinates(np.concatenate([*at, *place])))
            self._add("way", "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in ends))
            self.sign("place", place[0])
        if around_it := _middles(others):
            self.sign("other", np.concatenate(around_it))
        self.sign("here", at[0])
        return self.made(to, counts)

    def put(self, look: str, shapes: Shapes, most: int | None = None) -> None:
        """Draw shapes, as roughly as it takes."""
        text, cells = rough(shapely.transform(shapes, self._on_paper), most or self.most)
        self._add(look, text)
        self.cells |= cells

    def sign(self, look: str, shapes: Shapes) -> None:
        """Put a sign at each shape; one for those that are too close to each other."""
        if not len(shapes):
            return
        bounds = shapely.bounds(shapely.transform(shapes, self._on_paper))
        at = (bounds[:, :2] + bounds[:, 2:]) / 2
        cells = np.round(at / (3 * SIGN)).astype(int)
        _, first = np.unique(cells @ np.array([int(WIDTH), 1]), return_index=True)
        marks = "".join(_SIGNS[look](x, y) for x, y in at[np.sort(first)].tolist())
        self._add(f"sign-{look}", marks)

    def made(self, to: To, counts: Mapping[str, int]) -> SmallMap:
        """Give the map."""
        bar = 0.0 if to.lies == UNPLACED else _round(BAR_PX / self._scale)
        return SmallMap(
            paths=tuple(self.paths), bar_px=round(bar * self._scale, 1), bar_m=bar,
            counts=dict(counts), cells=self.cells, **to._asdict(),
        )

    def _add(self, look: str, text: str) -> None:
        if text:
            self.paths.append((look, text))

    def _is_small(self, shapes: Shapes) -> bool:
        if not len(shapes):
            return False
        west, south, east, north = shapely.total_bounds(shapes)
        wide = max((east - west) * self._per_x, (north - south) * self._per_y)
        return bool(wide * self._scale < LEAST_PX)

    def _on_paper(self, at: Coordinates) -> Coordinates:
        return np.column_stack([
            WIDTH / 2 + (at[:, 0] - self._x) * self._per_x * self._scale,
            (HEIGHT - FOOT) / 2 - (at[:, 1] - self._y) * self._per_y * self._scale,
        ])


def _round(metres: float) -> float:
    """Give the largest of 1, 2, 5, 10 … that is not longer."""
    power = 10.0 ** np.floor(np.log10(metres))
    return float(max(each * power for each in (1, 2, 5) if each * power <= metres))


def _plus(x: float, y: float) -> str:
    return f"M{x - SIGN:.1f} {y:.1f}h{2 * SIGN}M{x:.1f} {y - SIGN:.1f}v{2 * SIGN}"


def _cross(x: float, y: float) -> str:
    return (
        f"M{x - SIGN:.1f} {y - SIGN:.1f}l{2 * SIGN} {2 * SIGN}"
        f"M{x - SIGN:.1f} {y + SIGN:.1f}l{2 * SIGN} {-2 * SIGN}"
    )


def _diamond(x: float, y: float) -> str:
    return f"M{x:.1f} {y - SIGN:.1f}l{SIGN} {SIGN}l{-SIGN} {SIGN}l{-SIGN} {-SIGN}Z"


def _square(x: float, y: float) -> str:
    return f"M{x - SIGN:.1f} {y - SIGN:.1f}h{2 * SIGN}v{2 * SIGN}h{-2 * SIGN}Z"


def _circle(x: float, y: float) -> str:
    half = f"a{SIGN} {SIGN} 0 1 0"
    return f"M{x - SIGN:.1f} {y:.1f}{half} {2 * SIGN} 0{half} {-2 * SIGN} 0"


_SIGNS = {
    "plus": _plus, "cross": _cross, "diamond": _diamond, "place": _square, "here": _circle,
    "other": _circle,
}
