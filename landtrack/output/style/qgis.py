"""Looks for QGIS: symbols and renderers as its projects and QML styles hold them, in points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple
from xml.etree.ElementTree import Element, SubElement

from landtrack.output.style.symbology import Style

Shape = Literal["fill", "line", "marker"]
UNIT = "Point"
HATCHED, DOTTED = 4.0, 4.5
"""Points between two lines, and between two dots, of a hatch."""
THIN, SMALL = 0.5, 1.2
"""Points of the width of those lines, and of those dots."""
ANGLES: Mapping[str, tuple[int, ...]] = {"diagonal": (45,), "cross": (45, 135)}
SYMBOLS: Mapping[str, str] = {
    "circle": "circle", "square": "square", "triangle": "triangle", "diamond": "diamond",
}


class Look(NamedTuple):
    """The look of a class: its code, what it is called, and its style."""

    code: str
    label: str
    style: Style


def renderer(shape: Shape, field: str, looks: Iterable[Look], other: Look) -> Element:
    """Make the renderer of a layer.

    ``field``: By whose values features are classed; empty where all look alike.
    ``looks``: Of the classes, in the order of the legend.
    ``other``: Of what is of no class, or of all where there are none.
    """
    if not field:
        made = Element("renderer-v2", {"type": "singleSymbol", "symbollevels": "0"})
        SubElement(made, "symbols").append(_symbol(shape, other.style, "0"))
        return made
    made = Element("renderer-v2", {
        "type": "categorizedSymbol", "attr": field, "symbollevels": "0",
    })
    categories, symbols = SubElement(made, "categories"), SubElement(made, "symbols")
    for at, each in enumerate([*looks, other]):
        SubElement(categories, "category", {
            "symbol": str(at), "value": "" if each is other else each.code, "label": each.label,
            "render": "true",
        })
        symbols.append(_symbol(shape, each.style, str(at)))
    return made


def _symbol(shape: Shape, style: Style, name: str) -> Element:
    made = Element("symbol", {
        "type": shape, "name": name, "alpha": "1", "clip_to_extent": "1", "force_rhr": "0",
    })
    parts = {"fill": _fill, "line": _line, "marker": _marker}[shape](style)
    for each in parts:
        made.append(each)
    return made


def _fill(style: Style) -> Iterator[Element]:
    if style.casing is not None and style.casing_weight:
        yield _layer("SimpleLine", _stroke(style.casing, style.opacity, style.casing_weight, ()))
    yield _layer("SimpleFill", {
        "color": _colour(style.fill, style.fill_opacity), "style": "solid", "outline_style": "no",
    })
    for angle in ANGLES.get(style.hatch, ()):
        hatch = _layer("LinePatternFill", {
            "angle": str(angle), "distance": str(HATCHED), "distance_unit": UNIT,
        })
        _within(hatch, "line", _layer("SimpleLine", _stroke(style.stroke, 1.0, THIN, ())))
        yield hatch
    if style.hatch == "dots":
        dots = _layer("PointPatternFill", {
            "distance_x": str(DOTTED), "distance_y": str(DOTTED), "distance_x_unit": UNIT,
            "distance_y_unit": UNIT,
        })
        _within(dots, "marker", _layer("SimpleMarker", {
            "name": "circle", "size": str(SMALL), "size_unit": UNIT, "outline_style": "no",
            "color": _colour(style.stroke, 1.0),
        }))
        yield dots
    yield _layer("SimpleLine", _stroke(style.stroke, style.opacity, style.weight, style.dash))


def _line(style: Style) -> Iterator[Element]:
    if style.casing is not None and style.casing_weight:
        yield _layer("SimpleLine", _stroke(style.casing, style.opacity, style.casing_weight, ()))
    yield _layer("SimpleLine", _stroke(style.stroke, style.opacity, style.weight, style.dash))


def _marker(style: Style) -> Iterator[Element]:
    yield _layer("SimpleMarker", {
        "name": SYMBOLS[style.symbol], "size": str(2 * style.radius), "size_unit": UNIT,
        "color": _colour(style.fill, style.fill_opacity), "outline_style": "solid",
        "outline_color": _colour(style.stroke, style.opacity),
        "outline_width": str(style.weight), "outline_width_unit": UNIT,
    })


def _stroke(
    colour: str, opacity: float, weight: float, dash: tuple[float, ...]
) -> dict[str, str]:
    told = {
        "line_color": _colour(colour, opacity), "line_style": "solid", "line_width": str(weight),
        "line_width_unit": UNIT, "joinstyle": "round", "capstyle": "flat" if dash else "round",
    }
    if dash:
        told |= {"use_custom_dash": "1", "customdash": ";".join(map(str, dash)),
                 "customdash_unit": UNIT}
    return told


def _within(outer: Element, shape: Shape, layer: Element) -> None:
    """Put the symbol of a hatch into its layer."""
    made = SubElement(outer, "symbol", {
        "type": shape, "name": "@", "alpha": "1", "clip_to_extent": "1", "force_rhr": "0",
    })
    made.append(layer)


def _layer(kind: str, told: Mapping[str, str]) -> Element:
    made = Element("layer", {"class": kind, "enabled": "1", "locked": "0", "pass": "0"})
    options = SubElement(made, "Option", {"type": "Map"})
    for name, value in told.items():
        SubElement(options, "Option", {"name": name, "type": "QString", "value": value})
    return made


def _colour(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[at:at + 2], 16) for at in (1, 3, 5))
    return f"{red},{green},{blue},{round(255 * opacity)}"
