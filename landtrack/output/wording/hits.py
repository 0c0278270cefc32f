"""What every layer says of a plot, in words."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from landtrack.model import Coverage, Schema, Workflow
from landtrack.model.translations import Words, unit_of
from landtrack.output.wording.messages import Message, Name, figures_in, say, tell
from landtrack.output.wording.phrases import class_name, decimal, figure, naming

Text = TypeVar("Text")

ABSENCES = {"not_acquired_m2", "no_parcel_m2"}
"""The measures of what is not there: they are told, but are no hit of the layer."""

DECIDED = {"nearest_m", "nearest_road_m", "frontage_m", "overlap_m2", "overlap_share"}
"""The measures at which the feature that decided is named; the others are sums."""

SHARED = {"overlap_m2", "overlap_share"}
"""The measures of ground that several features may share: none of them is all of it."""

EVIDENCE = {"floor_by_storeys_m2", "floor_by_heights_m2", "floor_tall_m2"}
"""The measures that only support another one: the vetting page sets them side by side."""

ALWAYS = {"acquired_m2"}
"""The measures of which nothing is news, too: no land in hand."""


@dataclass(frozen=True, kw_only=True)
class HitOf(Generic[Text]):
    """One line of what a layer says of a plot.

    ``kind``, ``category``, ``measure`` and ``coverage`` are codes; the other fields are
    messages, or words. ``label`` is the class, empty for the whole layer. ``what`` and ``value``
    are empty where only the coverage is told. ``feature`` names the feature that decided.
    ``area`` is the area alone, where ``value`` may tell its share besides.
    """

    kind: str
    category: str
    measure: str
    coverage: str
    title: Text
    label: Text
    what: Text
    value: Text
    said: Text
    feature: Text
    area: Text


Hit = HitOf[str]
"""One line in words."""

CODES = frozenset({"kind", "category", "measure", "coverage"})


def hits(
    words: Words,
    measures: Iterable[Mapping[str, Any]],
    schemas: Mapping[str, Schema],
    names: Mapping[str, Mapping[str, str]],
    workflow: Workflow,
) -> list[Hit]:
    """Put into words what every layer says of one plot, as :func:`lines` has it."""
    return [_in_words(words, line) for line in lines(measures, schemas, names, workflow)]


def lines(
    measures: Iterable[Mapping[str, Any]],
    schemas: Mapping[str, Schema],
    names: Mapping[str, Mapping[str, str]],
    workflow: Workflow,
) -> list[HitOf[Message]]:
    """Say what every layer says of one plot.

    ``measures``: The rows of the measures table of that plot, as mappings.
    ``schemas``: The layer kinds, in the order in which they are to be told.
    ``names``: By kind and key, the names of the features that may have decided.
    Returns: For every kind with measures at least one line: what was measured, else that the layer
    is not met, or that nothing is known. A layer of which nothing is known says so once, not for
    every class; a class that is not met is left out; and what a class tells is not told again of
    the whole layer.
    """
    by_layer: dict[str, list[Mapping[str, Any]]] = {}
    for row in measures:
        by_layer.setdefault(str(row["layer"]), []).append(row)
    return [
        line
        for kind, schema in schemas.items() if kind != "plots" and schema.measures
        for line in LayerLines(schema, workflow, names.get(kind, {})).of(by_layer.get(kind, []))
    ]


def _in_words(words: Words, line: HitOf[Message]) -> Hit:
    """Put one line into words."""
    found = {each.name: getattr(line, each.name) for each in fields(line)}
    return Hit(**{
        name: each if name in CODES else tell(words, each) for name, each in found.items()
    })


@dataclass(frozen=True)
class LayerLines:
    """What one layer says of plots: ``names`` of its features by key, where they have any."""

    schema: Schema
    workflow: Workflow
    names: Mapping[str, str]

    def of(self, rows: Sequence[Mapping[str, Any]]) -> list[HitOf[Message]]:
        """Say what it says of one plot: the whole layer, then its classes that it meets.

        ``rows``: The rows of the measures table of that plot and layer.
        Returns: As :func:`hits` has them. A figure is ``of`` the class and measure that it is, the
        name of a feature of ``"name"`` and those.
        """
        if all(row["coverage"] == Coverage.NO_COVERAGE for row in rows):
            return [self._line("", coverage=Coverage.NO_COVERAGE)]
        by_class: dict[str, list[Mapping[str, Any]]] = {}
        for row in rows:
            by_class.setdefault(_category(row["category"]), []).append(row)
        parts = [
            line
            for code in sorted(by_class, key=self._rank)
            if code
            for line in self._class(code, by_class[code])
            if line.coverage != Coverage.CLEAR or line.measure
        ]
        told = {(line.measure, figures_in(line.value)) for line in parts if line.measure}
        whole = [
            line
            for line in self._class("", by_class.get("", []))
            if not line.measure or (line.measure, figures_in(line.value)) not in told
        ]
        return whole + parts

    def _rank(self, code: str) -> tuple[float, str]:
        """Put classes into the order of their choices or states, numbers by size."""
        field = self.schema.fields.get(self.schema.class_field or "")
        order: tuple[str, ...] = field.choices if field is not None else ()
        if field is not None and field.choices_from in self.workflow.tracks:
            order = self.workflow.track(str(field.choices_from)).codes
        if code in order:
            return (order.index(code), code)
        try:
            return (float(code), code)
        except ValueError:
            return (math.inf, code)

    def _class(self, code: str, rows: Sequence[Mapping[str, Any]]) -> list[HitOf[Message]]:
        """Tell one class: its measures, or in one line that there is nothing."""
        if not rows:
            return []
        worth = [row for row in rows if _worth_telling(row)]
        if worth:
            return self._measured(code, worth)
        known = any(row["coverage"] == Coverage.CLEAR for row in rows)
        return [self._line(code, coverage=Coverage.CLEAR if known else Coverage.NO_COVERAGE)]

    def _measured(self, code: str, rows: Sequence[Mapping[str, Any]]) -> list[HitOf[Message]]:
        """Tell the measures in the order of the schema, an area with its share."""
        found = {str(row["measure"]): row for row in rows}
        share = found.pop("overlap_share", None) if "overlap_m2" in found else None
        names = [name for name in self.schema.measures if name in found]
        told = []
        for name in [*names, *(each for each in found if each not in names)]:
            row = found[name]
            value = figure(row["value"], unit_of(name), (code, name))
            area = value if name == "overlap_m2" else ""
            if area and share is not None:
                part = figure(share["value"], "share", (code, "overlap_share"))
                value = say("wording.with_share", value=value, share=part)
            told.append(
                self._line(
                    code,
                    coverage=Coverage.CLEAR if name in ABSENCES else str(row["coverage"]),
                    measure=name,
                    value=value,
                    feature=self._decided(code, name, row) if name in DECIDED else "",
                    area=area,
                )
            )
        return told

    def _line(
        self, code: str, *, coverage: str, measure: str = "", value: Message = "",
        feature: Message = "", area: Message = "",
    ) -> HitOf[Message]:
        """Make one line."""
        return HitOf(
            kind=self.schema.id,
            title=say(f"kind.{self.schema.id}"),
            category=code,
            label=class_name(self.schema, self.workflow, code),
            measure=measure,
            what=naming(measure) if measure else "",
            value=value,
            coverage=str(coverage),
            said=say(f"coverage.{coverage}"),
            feature=feature,
            area=area,
        )

    def _decided(self, code: str, name: str, row: Mapping[str, Any]) -> Message:
        """Name the feature of a measure; ground of several is never that of the largest."""
        feature = self._feature(row["feature_id"])
        if feature:
            return Name(feature, ("name", code, name))
        shared = name in SHARED and row["coverage"] == Coverage.HIT
        return say("land.several") if shared else ""

    def _feature(self, feature_id: object) -> str:
        """Name the feature that decided: its name, else its key."""
        if not isinstance(feature_id, str):
            return ""
        name = self.names.get(feature_id)
        return name if isinstance(name, str) and name else feature_id


def _worth_telling(row: Mapping[str, Any]) -> bool:
    """Tell whether a measure says more than that the layer is not met."""
    if row["measure"] in EVIDENCE:
        return False
    if row["coverage"] == Coverage.HIT or row["measure"] in ALWAYS:
        return True
    value = decimal(row["value"])
    return row["coverage"] == Coverage.CLEAR and value is not None and value != 0


def _category(value: object) -> str:
    """Read the class of a measure; a missing one is the whole layer."""
    return value if isinstance(value, str) else ""


