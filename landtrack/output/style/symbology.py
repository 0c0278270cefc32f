"""How every layer kind looks, and which class of its kind each feature is drawn as.

The looks stand in ``data/symbology.toml``, in the lengths of print, and know nothing of a
screen: the map and the sheets draw from the same file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Literal

import msgspec

from landtrack.model import Value, catalog
from landtrack.model.classes import UNKNOWN, WHOLE, class_number
from landtrack.model.errors import CatalogError

Symbol = Literal["circle", "square", "triangle", "diamond"]
Hatch = Literal["none", "diagonal", "cross", "dots"]


class Style(Value, frozen=True, kw_only=True):
    """A complete look: colours as ``#RRGGBB``, lengths in points, opacities of 0 to 1."""

    stroke: str
    weight: float
    opacity: float
    fill: str
    fill_opacity: float
    radius: float
    symbol: Symbol
    dash: tuple[float, ...] = ()
    hatch: Hatch = "none"
    casing: str | None = None
    casing_weight: float = 0.0


class Change(Value, frozen=True, kw_only=True):
    """What a class states of its look; the rest it has from the style below it."""

    stroke: str | None = None
    weight: float | None = None
    opacity: float | None = None
    fill: str | None = None
    fill_opacity: float | None = None
    radius: float | None = None
    symbol: Symbol | None = None
    dash: tuple[float, ...] | None = None
    hatch: Hatch | None = None
    casing: str | None = None
    casing_weight: float | None = None


class Range(Value, frozen=True, kw_only=True, rename={"start": "from"}):
    """The look of the numeric classes with ``start <= number < below``."""

    style: Change
    start: float = -math.inf
    below: float = math.inf


class KindSymbols(
    Value, frozen=True, kw_only=True, rename={"classes": "class", "ranges": "range"}
):
    """The looks of one layer kind; the kind with the lowest ``order`` is drawn first."""

    order: int
    default: Change = Change()
    classes: Mapping[str, Change] = msgspec.field(default_factory=dict)
    ranges: tuple[Range, ...] = ()


class Palette(Value, frozen=True, kw_only=True):
    """The colours of features by a value that is chosen on the map.

    ``categories`` are of values without an order, ``sequence`` from low to high, ``others`` of what
    has no colour of its own, ``unknown`` of what is not known.
    """

    categories: tuple[str, ...]
    sequence: tuple[str, ...]
    others: str
    unknown: str


OWN_PALETTE = Palette(
    categories=("#0072B2", "#E69F00", "#56B4E9", "#CC79A7", "#F0E442", "#332288"),
    sequence=("#00224E", "#43506C", "#7D7C78", "#BCAF6F", "#FEE838"), others="#FFFFFF",
    unknown="#BDBDBD",
)
"""Of a symbology that states none."""


class Symbology(Value, frozen=True, kw_only=True):
    """The looks of all kinds, and the order of their groups in a legend."""

    groups: tuple[str, ...]
    default: Style
    unknown: Change
    kind: Mapping[str, KindSymbols]
    palette: Palette = OWN_PALETTE

    def order(self, kind: str) -> int:
        """Say when a kind is drawn.

        Returns: Lower is drawn earlier; 0 for a kind that the file does not name.
        """
        return self.kind[kind].order if kind in self.kind else 0

    def place(self, kind: str) -> int:
        """Say where a kind stands in a legend.

        Returns: Its place in the file; those that the file does not name come last.
        """
        return list(self.kind).index(kind) if kind in self.kind else len(self.kind)

    def style(self, kind: str, code: str = WHOLE) -> Style:
        """Give the look of one class of a kind.

        ``kind``: A layer kind; one that the file does not name has the file's default.
        ``code``: A class, as :func:`classes` gives it.
        """
        symbols = self.kind.get(kind, KindSymbols(order=0))
        base = _changed(self.default, symbols.default)
        if code == WHOLE:
            return base
        if code in symbols.classes:
            return _changed(base, symbols.classes[code])
        if code == UNKNOWN:
            return _changed(base, self.unknown)
        return _changed(base, _in_range(symbols.ranges, code))

    def sorted_classes(self, kind: str, codes: Iterable[str]) -> tuple[str, ...]:
        """Put classes into the order of a legend.

        Returns: Those of the file in its order, then numbers by size, then words, the missing class
        last; each once.
        """
        symbols = self.kind.get(kind, KindSymbols(order=0))
        listed = {code: place for place, code in enumerate(symbols.classes)}

        def rank(code: str) -> tuple[int, float, str]:
            if code in listed:
                return (0, listed[code], code)
            number = class_number(code)
            if code == UNKNOWN:
                return (3, 0.0, code)
            return (1, number, code) if number is not None else (2, 0.0, code)

        return tuple(sorted(set(codes), key=rank))


@cache
def load() -> Symbology:
    """Load the symbology file.

    Returns: The user's where there is one, else the shipped one.
    Raises CatalogError: If the file is wrong, or a colour is not written ``#RRGGBB``.
    """
    path = catalog.data_file("", "symbology")
    loaded = catalog.convert(catalog.read_toml(path), Symbology, path)
    for where, colour in _colours(loaded):
        if not _is_colour(colour):
            raise CatalogError(
                f"{path}: {where} has the colour {colour!r}.",
                mend="Write a colour as # and six hexadecimal digits, such as #009E73.",
            )
    return loaded


def _changed(style: Style, change: Change) -> Style:
    """Lay what a class states over the style below it."""
    stated = {key: each for key, each in msgspec.structs.asdict(change).items() if each is not None}
    return msgspec.structs.replace(style, **stated)


def _in_range(ranges: Iterable[Range], code: str) -> Change:
    """Find the first range that a class's number falls in."""
    number = class_number(code)
    if number is None:
        return Change()
    return next((each.style for each in ranges if each.start <= number < each.below), Change())


def _colours(symbology: Symbology) -> Iterable[tuple[str, str]]:
    """List every colour of the file and where it stands."""
    styles: list[tuple[str, Style | Change]] = [
        ("[default]", symbology.default),
        ("[unknown]", symbology.unknown),
    ]
    for kind, symbols in symbology.kind.items():
        styles.append((f"[kind.{kind}] default", symbols.default))
        styles += [(f"[kind.{kind}.class] {code}", each) for code, each in symbols.classes.items()]
        styles += [(f"[[kind.{kind}.range]]", each.style) for each in symbols.ranges]
    for where, style in styles:
        for colour in (style.stroke, style.fill, style.casing):
            if colour is not None:
                yield where, colour


def _is_colour(text: str) -> bool:
    """Tell whether a text is ``#RRGGBB``."""
    return re.fullmatch("#[0-9a-fA-F]{6}", text) is not None
