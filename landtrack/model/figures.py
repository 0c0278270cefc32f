"""Figures of a report: where each can be taken from in the layers; and targets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

import msgspec

from landtrack.model.value import Titled, Value


class Range(Value, frozen=True, kw_only=True):
    """Which values of a field are meant: bounds, how its text begins, or which are not."""

    at_least: float | None = None
    below: float | None = None
    starts: str | None = None
    other_than: tuple[str, ...] = ()


Wanted = str | float | tuple[str, ...] | Range


class Lack(Value, frozen=True, kw_only=True):
    """What a figure could be taken from if there were such a layer, or field of it."""

    layer: str
    field: str = ""

    def __str__(self) -> str:
        """Name it as the catalog does: the layer, or layer and field."""
        return f"{self.layer}.{self.field}" if self.field else self.layer


class Unlike(Value, frozen=True, kw_only=True):
    """A unit that a figure has, and one that it was wanted in and that is of something else."""

    own: str
    wanted: str

    def __str__(self) -> str:
        """Show both."""
        return f"{self.own} → {self.wanted}"


class Stated(Value, frozen=True, kw_only=True):
    """A figure as somebody states it: in which unit, of which day, and by which document."""

    value: float
    unit: str = ""
    on: date
    source: str


class Figure(Value, frozen=True, kw_only=True):
    """How a figure is taken from a place: which features, and what of them.

    ``count`` counts the features, ``distinct`` the values of ``field``; ``sum``, ``least`` and
    ``most`` take the field; ``area`` and ``length`` the shapes. ``where`` keeps the features
    whose fields are as wanted. ``rule`` instead takes the limit of a rule, or counts it, and
    ``target`` a target of the place. A figure that ``lacks`` something cannot be taken: a summary
    and a target then say what is ``stated`` of it, and that it is; nothing is proved by it.
    ``item`` and ``year`` are those of the reported figure; ``tolerance`` is in its unit.
    ``unit`` is that of a field whose schema states none.
    """

    id: str
    item: str
    title: Titled
    year: int | None = None
    layer: str = ""
    measure: Literal["count", "distinct", "sum", "least", "most", "area", "length"] = "count"
    field: str = ""
    where: Mapping[str, Wanted] = msgspec.field(default_factory=dict)
    rule: str = ""
    target: str = ""
    lacks: Lack | None = None
    unit: str = ""
    relation: Literal["equal", "at_least"] = "equal"
    tolerance: float = 0.0
    stated: Stated | None = None


class Target(Value, frozen=True, kw_only=True):
    """What is to be reached by a day, and what one strives for.

    ``figure`` takes what is reached; ``dated_by`` is the field of its layer that dates each
    feature, by which the pace is told. ``base`` was there when counting began on ``since``.
    """

    id: str
    title: Titled
    secure: float
    strive: float | None = None
    unit: str
    by: date
    since: date
    figure: str
    dated_by: str = ""
    base: float = 0.0
    source: str


class Section(Value, frozen=True, kw_only=True):
    """A paragraph of a yearly summary.

    In ``text``, ``{figure}`` or ``{figure:unit}`` stands for a figure of the place, in the
    unit of the report or in another.
    """

    year: int
    title: Titled
    text: Titled
