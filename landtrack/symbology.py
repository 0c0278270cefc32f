"""How every layer kind looks, and which class of its kind each feature is drawn as.

The looks stand in ``data/symbology.toml``, in the lengths of print, and know nothing of a
screen: the map and the sheets draw from the same file.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Literal

import msgspec
import numpy as np
import pandas as pd

from landtrack import catalog
from landtrack.errors import CatalogError
from landtrack.model import NOT_JUDGED, Outcome, Schema, Value

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

UNKNOWN = "unknown"
"""The class of a feature whose class is missing; also the verdict of a plot."""

WHOLE = ""
"""The one class of a kind that is not divided into classes."""

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


class Symbology(Value, frozen=True, kw_only=True):
    """The looks of all kinds, and the order of their groups in a legend."""

    groups: tuple[str, ...]
    default: Style
    unknown: Change
    kind: Mapping[str, KindSymbols]

    def order(self, kind: str) -> int:
        """Say when a kind is drawn.

        Parameters
        ----------
        kind
            A layer kind.

        Returns
        -------
        int
            Lower is drawn earlier; 0 for a kind that the file does not name.
        """
        return self.kind[kind].order if kind in self.kind else 0

    def place(self, kind: str) -> int:
        """Say where a kind stands in a legend.

        Parameters
        ----------
        kind
            A layer kind.

        Returns
        -------
        int
            Its place in the file; those that the file does not name come last.
        """
        return list(self.kind).index(kind) if kind in self.kind else len(self.kind)

    def style(self, kind: str, code: str = WHOLE) -> Style:
        """Give the look of one class of a kind.

        Parameters
        ----------
        kind
            A layer kind; one that the file does not name has the file's default.
        code
            A class, as :func:`classes` gives it.

        Returns
        -------
        Style
            The complete look.
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

        Parameters
        ----------
        kind
            A layer kind.
        codes
            The classes that occur.

        Returns
        -------
        tuple of str
            Those of the file in its order, then numbers by size, then words, the
            missing class last; each once.
        """
        symbols = self.kind.get(kind, KindSymbols(order=0))
        listed = {code: place for place, code in enumerate(symbols.classes)}

        def rank(code: str) -> tuple[int, float, str]:
            if code in listed:
                return (0, listed[code], code)
            number = _number(code)
            if code == UNKNOWN:
                return (3, 0.0, code)
            return (1, number, code) if number is not None else (2, 0.0, code)

        return tuple(sorted(set(codes), key=rank))


@cache
def load() -> Symbology:
    """Load the symbology file.

    Returns
    -------
    Symbology
        The user's where there is one, else the shipped one.

    Raises
    ------
    CatalogError
        If the file is wrong, or a colour is not written ``#RRGGBB``.
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


VERDICTS = (Outcome.FAIL.value, Outcome.UNKNOWN.value, NOT_JUDGED, Outcome.PASS.value)
"""The verdicts on plots and projects, the worst first."""


def verdicts(plot_ids: Iterable[str], findings: pd.DataFrame) -> pd.Series:
    """Sum up what the rules say of each plot.

    Parameters
    ----------
    plot_ids
        The plots.
    findings
        The findings table.

    Returns
    -------
    Series of str
        By plot: ``fail`` if any rule fails, else ``unknown`` if any is unknown, else ``pass``
        if any passes; ``not_judged`` where no rule says anything of it.
    """
    ids = pd.Index(list(plot_ids), dtype=object)
    outcome = findings["outcome"].astype(str)
    having = {
        each: ids.isin(findings.loc[outcome == each.value, "plot_id"])
        for each in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.PASS)
    }
    verdict = np.where(
        having[Outcome.FAIL], Outcome.FAIL.value,
        np.where(
            having[Outcome.UNKNOWN], Outcome.UNKNOWN.value,
            np.where(having[Outcome.PASS], Outcome.PASS.value, NOT_JUDGED),
        ),
    )
    return pd.Series(verdict, index=ids, dtype=object)


def classes(
    frame: GeoDataFrame, schema: Schema, findings: pd.DataFrame | None = None
) -> pd.Series:
    """Give the class that each feature of a layer is drawn as.

    Parameters
    ----------
    frame
        The layer, indexed by its key.
    schema
        Its kind.
    findings
        The findings table, by which plots are classed.

    Returns
    -------
    Series of str
        In the order of the rows: for plots the verdict, for other kinds the value of the
        class field, :data:`UNKNOWN` where it is missing, :data:`WHOLE` for a kind without.
    """
    return pd.Series(
        np.asarray(classed(frame, schema, findings), dtype=object), index=frame.index
    )


def classed(
    frame: pd.DataFrame, schema: Schema, findings: pd.DataFrame | None = None
) -> pd.Categorical:
    """Give the classes as :func:`classes` does, each class once and numbers for the rows.

    Parameters
    ----------
    frame, schema, findings
        As :func:`classes` takes them.

    Returns
    -------
    Categorical of str
        In the order of the rows; none is missing.
    """
    if schema.id == "plots" and findings is not None:
        return pd.Categorical(verdicts(frame.index, findings))
    if schema.class_field is None or schema.class_field not in frame.columns:
        whole = WHOLE if schema.class_field is None else UNKNOWN
        return pd.Categorical.from_codes(np.zeros(len(frame), dtype=np.int8), [whole])
    numbers, values = pd.factorize(frame[schema.class_field])
    # Values that are written alike are one class; a missing one has the number -1, the last.
    places, codes = pd.factorize(np.array([*map(class_code, values), UNKNOWN], dtype=object))
    return pd.Categorical.from_codes(places[numbers], codes)


def class_code(value: object) -> str:
    """Write a value of a class field as a class.

    Parameters
    ----------
    value
        A choice, a text, a number or nothing.

    Returns
    -------
    str
        Such as ``"compensated"`` or ``"220"``; :data:`UNKNOWN` where there is no value.
    """
    if value is None or value is pd.NaT or value is pd.NA or value == "":
        return UNKNOWN
    if isinstance(value, str):
        return value
    number = _number(str(value))
    if number is None:
        return str(value)
    return UNKNOWN if math.isnan(number) else f"{number:.12g}"


def _changed(style: Style, change: Change) -> Style:
    """Lay what a class states over the style below it."""
    stated = {key: each for key, each in msgspec.structs.asdict(change).items() if each is not None}
    return msgspec.structs.replace(style, **stated)


def _in_range(ranges: Iterable[Range], code: str) -> Change:
    """Find the first range that a class's number falls in."""
    number = _number(code)
    if number is None:
        return Change()
    return next((each.style for each in ranges if each.start <= number < each.below), Change())


def _number(code: str) -> float | None:
    """Read a class as a number."""
    try:
        return float(code)
    except ValueError:
        return None


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
