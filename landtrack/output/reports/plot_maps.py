"""Small maps for paper: plots in red with what lies around them; all plots by verdict."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landtrack.assessment.rules import verdicts
from landtrack.model import Outcome
from landtrack.model.assessment import Assessment
from landtrack.model.translations import Words, places
from landtrack.output.reports.document import Chart, layout
from landtrack.output.style import fonts, symbology
from landtrack.output.wording.messages import Message, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MM_IN = 25.4
ROOM = 1.7
"""The map is so many times as high as the plots, at least."""
LEAST_M = 180.0
"""Metres from top to bottom, at least: a plot alone says not where it is."""
MOST = 4_000
"""Features of a layer that are drawn; a map so small shows no more."""
MOST_NUMBERED = 80
"""Plots that fail and have their numbers on the map of a place; more would not be read."""
GROUND = (
    ("boundaries", "none", "#8C6D8C", 0.9), ("water", "#CFE3EF", "#9CC3D9", 0.4),
    ("parcels", "none", "#D8D4C8", 0.4), ("roads", "#FFFFFF", "#A9A59A", 1.4),
    ("railways", "none", "#6B6B6B", 0.8),
)
"""Layers below the plots: kind, fill, line, its width in points."""
BUILDINGS = "#B9B4A8", "#8F8A7E", 0.3
LOOSE = 1.15
"""That of a whole place is so many times as high as its plots."""
PALE = {"pass": "#CDEBDD", "fail": "#F6C9A8", "unknown": "#E1E1E1", "not_judged": "#FFFFFF"}
HATCHES = {"none": None, "diagonal": "////", "cross": "xx", "dots": ".."}
"""How the hatches of the symbology are drawn here: a copy without colour tells them, too."""
OWN, OTHER, TEXT = "#B3261E", "#5F6F7A", "#3D4A53"
BESIDE = ((0, 0), (0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (-1, 1), (1, -1), (-1, -1))
"""Where else the number of a plot may stand, in its own width and height."""
CORNER = 0.35
NEAT = 0.25
"""Of the height a scale bar is no longer than this."""


class _Label(NamedTuple):
    """``within`` is how wide the ground is that it must stay on; ``tries`` are other places."""

    text: str
    x: float
    y: float
    size: float
    colour: str
    within: float = np.inf
    tries: tuple[tuple[float, float], ...] = ((0, 0),)


class _Window(NamedTuple):
    west: float
    south: float
    east: float
    north: float

    @property
    def box(self) -> shapely.Geometry:
        return shapely.box(*self)


def chart(result: Assessment, plots: Sequence[str], *, height_mm: float) -> tuple[Chart, ...]:
    """Make the map of some plots, as wide as a page.

    ``height_mm``: How high it is on paper.
    Returns: None where they have no place.
    """
    every = result.layers["plots"]
    own = every.loc[list(plots)]
    if own.geometry.is_empty.all() or own.geometry.isna().all():
        return ()

    def draw(words: Words) -> Figure:
        return _draw(result, own, height_mm, words)

    return (Chart(
        draw, say("vet.map_caption"), high_mm=height_mm,
        as_high=lambda high: chart(result, plots, height_mm=high)[0],
    ),)


def by_verdict(result: Assessment, caption: Message, *, height_mm: float) -> tuple[Chart, ...]:
    """Make the map of all plots of a place by their verdicts, as wide as a page.

    Returns: None where no plot has a place.
    """
    plots = result.layers["plots"]
    if plots.geometry.is_empty.all() or plots.geometry.isna().all():
        return ()
    found = verdicts.by_subject(plots.index, result.findings)

    def draw(words: Words) -> Figure:
        return _draw_verdicts(result, found, height_mm, words)

    return (Chart(draw, caption),)


def _draw_verdicts(
    result: Assessment, found: pd.Series, height_mm: float, words: Words
) -> Figure:
    from matplotlib.patches import Patch

    plots = result.layers["plots"]
    figure, axes, window = _ground(result, plots, height_mm, LOOSE)
    looked, keys = symbology.load(), []
    for verdict in verdicts.VERDICTS:
        own = plots[(found == verdict).to_numpy()]
        if own.empty:
            continue
        style = looked.style("plots", verdict)
        look: dict[str, Any] = {
            "hatch": HATCHES[style.hatch], "linestyle": "--" if style.dash else "-",
        }
        _shapes(axes, own, PALE[verdict], style.stroke, 1.1, **look)
        told = words("vet.counted", outcome=words(f"outcome.{verdict}"), count=len(own))
        keys.append(Patch(facecolor=PALE[verdict], edgecolor=style.stroke, label=told, **look))
    axes.legend(handles=keys, loc="upper left", fontsize=8, framealpha=0.9, borderpad=0.6)
    failing = plots[(found == Outcome.FAIL).to_numpy()]
    labels = _road_names(result, window)
    labels += [_Label(str(key), *_middle(shape), 7, OWN, tries=BESIDE)
               for key, shape in failing.geometry.iloc[:MOST_NUMBERED].items()]
    _label(axes, labels, window, figure)
    _bar(axes, window, words)
    return figure


def _draw(
    result: Assessment, own: gpd.GeoDataFrame, height_mm: float, words: Words
) -> Figure:
    figure, axes, window = _ground(result, own, height_mm, ROOM)
    others = _within(result.layers["plots"], window)
    others = others[~others.index.isin(own.index)]
    _shapes(axes, others, "#E4EAEE", OTHER, 0.7)
    _shapes(axes, own, "#F3C1B8", "none", 0.0)
    if (buildings := result.layers.get("buildings")) is not None:
        _shapes(axes, _within(buildings, window), *BUILDINGS)
    _shapes(axes, own, "none", OWN, 2.0)
    labels = [_Label(str(key), *_middle(shape), 9.5, OWN, tries=BESIDE)
              for key, shape in own.geometry.items()]
    labels += _road_names(result, window)
    labels += [_Label(str(key), *_middle(shape), 6.5, OTHER, _wide(shape))
               for key, shape in others.geometry.items()]
    _label(axes, labels, window, figure)
    _bar(axes, window, words)
    return figure


def _ground(
    result: Assessment, own: gpd.GeoDataFrame, height_mm: float, room: float
) -> tuple[Figure, Axes, _Window]:
    """Begin a map: what lies below the plots, around some of them."""
    from matplotlib.figure import Figure

    size = layout.WIDTH_MM / MM_IN, height_mm / MM_IN
    figure = Figure(figsize=size)
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    window = _window(own, size[0] / size[1], room)
    axes.set_xlim(window.west, window.east)
    axes.set_ylim(window.south, window.north)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color("#9AA7B0")
    axes.set_facecolor("#F7F6F1")
    for kind, fill, line, width in GROUND:
        frame = result.layers.get(kind)
        if frame is not None:
            _shapes(axes, _within(frame, window), fill, line, width)
    return figure, axes, window


def _window(own: gpd.GeoDataFrame, wide: float, room: float) -> _Window:
    """Choose what ground is shown: the plots in the middle, in the shape of the map."""
    west, south, east, north = own.total_bounds
    high = max((north - south) * room, (east - west) * room / wide, LEAST_M)
    x, y = (west + east) / 2, (south + north) / 2
    return _Window(x - high * wide / 2, y - high / 2, x + high * wide / 2, y + high / 2)


def _within(frame: gpd.GeoDataFrame, window: _Window) -> gpd.GeoDataFrame:
    found = np.sort(frame.sindex.query(window.box))[:MOST]
    return frame.iloc[found]


def _shapes(
    axes: Axes, frame: gpd.GeoDataFrame, fill: str, line: str, width: float,
    **look: Any,  # noqa: ANN401  matplotlib
) -> None:
    """Draw areas, lines and points."""
    from matplotlib.collections import LineCollection, PathCollection
    from matplotlib.path import Path

    parts = shapely.get_parts(shapely.force_2d(frame.geometry.to_numpy()))
    areal = shapely.get_dimensions(parts) == 2  # noqa: PLR2004
    paths = [
        Path.make_compound_path(*(
            Path(shapely.get_coordinates(ring), closed=True) for ring in shapely.get_rings(part)
        ))
        for part in parts[areal]
    ]
    axes.add_collection(PathCollection(
        paths, facecolors=fill, edgecolors=line, linewidths=width, zorder=1, **look,
    ), autolim=False)
    lines = parts[shapely.get_dimensions(parts) == 1]
    axes.add_collection(LineCollection(
        [shapely.get_coordinates(each) for each in lines], colors=line, linewidths=width, zorder=1,
    ), autolim=False)


def _road_names(result: Assessment, window: _Window) -> list[_Label]:
    """Name each road once, where most of it is seen."""
    roads = result.layers.get("roads")
    if roads is None or "name" not in roads:
        return []
    seen = _within(roads, window)
    labels = []
    for name, own in seen[seen["name"].notna()].groupby("name", sort=False):
        inside = shapely.intersection(shapely.union_all(own.geometry.to_numpy()), window.box)
        pieces = shapely.get_parts(inside)
        if len(pieces):
            longest = pieces[np.argmax(shapely.length(pieces))]
            labels.append(_Label(str(name), *_middle(longest), 7.5, TEXT))
    return labels


def _wide(shape: shapely.Geometry) -> float:
    if shape is None or shape.is_empty:
        return 0.0
    return float(1.15 * (shape.bounds[2] - shape.bounds[0]))


def _middle(shape: shapely.Geometry) -> tuple[float, float]:
    """Give a point on a shape, of a line its middle."""
    if shape is None or shape.is_empty:
        return float("nan"), float("nan")
    point = (
        shapely.line_interpolate_point(shape, 0.5, normalized=True)
        if shape.geom_type == "LineString" else shapely.point_on_surface(shape)
    )
    return float(shapely.get_x(point)), float(shapely.get_y(point))


def _label(
    axes: Axes, labels: Sequence[_Label], window: _Window, figure: Figure
) -> None:
    """Write the labels, the first first: one that would lie on another is left out.

    So is one with a letter that no font has.
    """
    per_point = (window.east - window.west) / (figure.get_figwidth() * 72)
    taken = [_corner(window)]
    chain = fonts.chain("regular")
    for each in labels:
        wide = places(each.text) * each.size * 0.56 * per_point / 2
        high = each.size * 1.3 * per_point / 2
        if 2 * wide > each.within or fonts.missing([each.text], chain):
            continue
        boxes = [
            (x, y, shapely.box(x - wide, y - high, x + wide, y + high))
            for right, up in each.tries if each.x == each.x
            for x, y in [(each.x + right * (wide + high), each.y + up * 2.2 * high)]
        ]
        free = [
            found for found in boxes if window.box.contains(found[2])
            and not any(found[2].intersects(other) for other in taken)
        ]
        if not free:
            continue
        x, y, box = free[0]
        taken.append(box)
        axes.text(
            x, y, each.text, fontsize=each.size, color=each.colour, ha="center", va="center",
            zorder=3,
            bbox={"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.6},
        )


def _unit(window: _Window) -> float:
    """Give the metres by which the corner is measured: a map that is high has no larger one."""
    return min(window.north - window.south, CORNER * (window.east - window.west))


def _corner(window: _Window) -> shapely.Geometry:
    """Give the ground below the scale bar and the arrow."""
    high = _unit(window)
    return shapely.box(
        window.west, window.south, window.west + 0.46 * high, window.south + 0.2 * high
    )


def _bar(axes: Axes, window: _Window, words: Words) -> None:
    """Draw a scale bar of a round length, and where north is."""
    high = _unit(window)
    power = 10.0 ** np.floor(np.log10(NEAT * high))
    long = max(each * power for each in (1, 2, 5) if each * power <= NEAT * high)
    x, y = window.west + 0.05 * high, window.south + 0.07 * high
    left, low, right, top = _corner(window).bounds
    axes.fill([left, right, right, left], [low, low, top, top], color="white", alpha=0.75, zorder=3,
              linewidth=0)
    axes.plot([x, x + long], [y, y], color=TEXT, linewidth=2.2, solid_capstyle="butt", zorder=4)
    said = f"{long:,.0f} {words.unit('m')}"
    axes.text(x + long / 2, y + 0.02 * high, said, fontsize=7.5, color=TEXT, ha="center",
              va="bottom", zorder=4)
    at = x + long + 0.1 * high
    axes.annotate(
        words("vet.north"), xy=(at, y + 0.1 * high), xytext=(at, y - 0.03 * high), ha="center",
        va="bottom", fontsize=8, color=TEXT, zorder=4,
        arrowprops={"arrowstyle": "-|>", "color": TEXT, "linewidth": 1.2},
    )
