"""How findings and layer hits are put into words: the same on the map and in the ledger.

A figure that fails a limit is never rounded until it looks as if it met it: it is shown
with as many decimals as it takes to stay on its own side of the limit.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

import pandas as pd

from landtrack import symbology
from landtrack.model import Coverage, Field, Outcome, Rule, Schema, Workflow
from landtrack.text import DASH, DIGITS, Words

UNITS = {
    "_cny_m2": "CNY/m2", "_m2": "m2", "_cny": "CNY", "_share": "share",
    "_mm": "mm", "_kv": "kV", "_m": "m",
}
"""Unit by the ending of a measure's name; the first that fits."""

SUPPLIERS = {"area_m2": "survey", "land_area_m2": "planner"}
"""Who can supply a missing input; all others the company."""

DECIDED = {"nearest_m", "nearest_road_m", "frontage_m", "overlap_m2", "overlap_share"}
"""The measures at which the feature that decided is named; the others are sums."""

ALWAYS = {"acquired_m2"}
"""The measures of which nothing is news, too: no land in hand."""

ABSENCES = {"not_acquired_m2", "no_parcel_m2"}
"""The measures of what is not there: they are told, but are no hit of the layer."""

RELATIONS = {">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt}
MOST_DIGITS = 17


@dataclass(frozen=True, kw_only=True)
class FindingWords:
    """One finding in words; ``fix`` and ``reason`` are empty where they do not apply."""

    name: str
    value: str
    limit: str
    margin: str
    outcome: str
    fix: str
    reason: str
    clause: str


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One line of what a layer says of a plot.

    ``kind``, ``category``, ``measure`` and ``coverage`` are codes; the other fields are
    words. ``label`` is the class, empty for the whole layer. ``what`` and ``value`` are
    empty where only the coverage is told. ``feature`` names the feature that decided.
    """

    kind: str
    title: str
    category: str
    label: str
    measure: str
    what: str
    value: str
    coverage: str
    said: str
    feature: str


def finding(words: Words, row: Mapping[str, Any], rule: Rule) -> FindingWords:
    """Put one finding into words.

    Parameters
    ----------
    words
        The words of the language.
    row
        A row of the findings table.
    rule
        The rule that it is of.

    Returns
    -------
    FindingWords
        What is shown of it.
    """
    outcome = str(row["outcome"])
    value = _decimal(row["value"])
    digits = _digits(value, rule, meets=outcome == Outcome.PASS)
    return FindingWords(
        name=words.pick(rule.title),
        value=DASH if value is None else _amount(words, value, rule.unit, digits),
        limit=words.limit(rule),
        margin=_margin(words, _decimal(row["margin"]), rule.unit, digits),
        outcome=words(f"outcome.{outcome}"),
        fix=_fix(words, _decimal(row["fix"]), rule) if outcome == Outcome.FAIL else "",
        reason=missing(words, row["reason"]) if outcome == Outcome.UNKNOWN else "",
        clause=rule.clause,
    )


def missing(words: Words, names: object) -> str:
    """Say which inputs are missing and who can supply them.

    Parameters
    ----------
    words
        The words of the language.
    names
        Names of inputs separated by commas, as in the ``reason`` of a finding.

    Returns
    -------
    str
        Such as ``"缺少固定资产投资（请项目单位提供）"``; ``""`` if none is named.
    """
    if not isinstance(names, str) or not names.strip():
        return ""
    told = [
        words(
            "wording.missing",
            what=input_name(words, name),
            who=words(f"who.{SUPPLIERS.get(name, 'company')}"),
        )
        for name in (each.strip() for each in names.split(","))
    ]
    return words("wording.joint").join(told)


def input_name(words: Words, name: str) -> str:
    """Name a measure or field.

    Parameters
    ----------
    words
        The words of the language.
    name
        Such as ``"floor_area_m2"``.

    Returns
    -------
    str
        Its words; the name itself where there are none.
    """
    for table in ("measure", "field"):
        if words.has(f"{table}.{name}"):
            return words(f"{table}.{name}")
    return name


def unit_of(measure: str) -> str:
    """Tell the unit of a measure from its name.

    Parameters
    ----------
    measure
        Such as ``"overlap_m2"``.

    Returns
    -------
    str
        A unit that :meth:`landtrack.text.Words.number` knows; ``"count"`` has ``"0"``.
    """
    if measure == "count":
        return "0"
    return next((unit for ending, unit in UNITS.items() if measure.endswith(ending)), "1")


def quantity(words: Words, value: object, unit: str) -> str:
    """Write a number that is not judged, rounded for reading.

    Parameters
    ----------
    words
        The words of the language.
    value
        The number, or nothing.
    unit
        Its unit, as :func:`unit_of` gives it.

    Returns
    -------
    str
        Such as ``"1,200 m²"``; a small amount that is not nothing never reads as zero.
    """
    exact = _decimal(value)
    if exact is None:
        return words("wording.not_known")
    if unit == "0":
        return f"{exact:,.0f}"
    return _amount(words, exact, unit, _until_nonzero(exact, unit, DIGITS.get(unit, 2)))


def choice(words: Words, field: Field, workflow: Workflow, code: str) -> str:
    """Name the value of a choice field.

    Parameters
    ----------
    words
        The words of the language.
    field
        The field.
    workflow
        Where the states of ``field.choices_from`` are named.
    code
        The value.

    Returns
    -------
    str
        Its words; the code itself where there are none.
    """
    if field.choices_from is not None and field.choices_from in workflow.tracks:
        for state in workflow.tracks[field.choices_from].state:
            if state.code == code:
                return words.pick(state.title)
    key = f"choice.{field.name}.{code}"
    return words(key) if words.has(key) else code


def class_label(words: Words, schema: Schema, workflow: Workflow, code: str) -> str:
    """Name a class of a layer kind.

    Parameters
    ----------
    words
        The words of the language.
    schema
        The kind.
    workflow
        Where the states of land and works are named.
    code
        A class, as :func:`landtrack.symbology.classes` gives it; a verdict for plots.

    Returns
    -------
    str
        Such as ``"220 kV"``; ``""`` for the whole layer.
    """
    if code == "":
        return ""
    if schema.id == "plots":
        return words(f"outcome.{code}")
    field = schema.fields.get(schema.class_field or "")
    if code == symbology.UNKNOWN or field is None:
        return words("wording.no_class")
    if field.type == "number":
        unit = words(f"unit.{field.unit}") if field.unit else ""
        return f"{code} {unit}".rstrip()
    return choice(words, field, workflow, code)


def attribute(words: Words, field: Field, workflow: Workflow, value: Any) -> str:  # noqa: ANN401
    """Write the value of a field.

    Parameters
    ----------
    words
        The words of the language.
    field
        The field.
    workflow
        Where the states of land and works are named.
    value
        Its value, or nothing.

    Returns
    -------
    str
        The words; ``""`` where there is no value.
    """
    if isinstance(value, (list, tuple)):
        return ", ".join(attribute(words, field, workflow, each) for each in value)
    if hasattr(value, "tolist") and not isinstance(value, str):
        return attribute(words, field, workflow, value.tolist())
    if value is None or pd.isna(value) or value == "":
        return ""
    if isinstance(value, str):
        return choice(words, field, workflow, value) if field.type == "choice" else value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _plain(words, Decimal(repr(value)), field.unit)
    return words.value(value)


def hits(
    words: Words,
    measures: pd.DataFrame,
    schemas: Mapping[str, Schema],
    layers: Mapping[str, pd.DataFrame],
    workflow: Workflow,
) -> list[Hit]:
    """Put into words what every layer says of one plot.

    Parameters
    ----------
    words
        The words of the language.
    measures
        The rows of the measures table of that plot.
    schemas
        The layer kinds, in the order in which they are to be told.
    layers
        The layers by kind, for the names of the features that decided.
    workflow
        Where the states of land and works are named.

    Returns
    -------
    list of Hit
        For every kind with measures at least one line: what was measured, else that the
        layer is not met, or that nothing is known. A layer of which nothing is known says
        so once, not for every class; a class that is not met is left out; and what a class
        tells is not told again of the whole layer.
    """
    by_layer: dict[str, list[Mapping[str, Any]]] = {}
    for row in measures.to_dict("records"):
        by_layer.setdefault(str(row["layer"]), []).append({str(key): row[key] for key in row})
    told: list[Hit] = []
    for kind, schema in schemas.items():
        if kind == "plots" or not schema.measures:
            continue
        told += _LayerTelling(words, schema, workflow, layers.get(kind)).lines(
            by_layer.get(kind, [])
        )
    return told


@dataclass(frozen=True)
class _LayerTelling:
    """What one layer says of one plot."""

    words: Words
    schema: Schema
    workflow: Workflow
    frame: pd.DataFrame | None

    def lines(self, rows: Sequence[Mapping[str, Any]]) -> list[Hit]:
        """Tell the whole layer, then those of its classes that have something to say."""
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
        told = {(line.measure, line.value) for line in parts if line.measure}
        whole = [
            line
            for line in self._class("", by_class.get("", []))
            if (line.measure, line.value) not in told
        ]
        return whole + parts

    def _rank(self, code: str) -> tuple[float, str]:
        """Put classes into the order of their choices or states, numbers by size."""
        field = self.schema.fields.get(self.schema.class_field or "")
        order: tuple[str, ...] = field.choices if field is not None else ()
        if field is not None and field.choices_from in self.workflow.tracks:
            order = self.workflow.tracks[str(field.choices_from)].codes
        if code in order:
            return (order.index(code), code)
        try:
            return (float(code), code)
        except ValueError:
            return (math.inf, code)

    def _class(self, code: str, rows: Sequence[Mapping[str, Any]]) -> list[Hit]:
        """Tell one class: its measures, or in one line that there is nothing."""
        if not rows:
            return []
        worth = [row for row in rows if _worth_telling(row)]
        if worth:
            return self._measured(code, worth)
        known = any(row["coverage"] == Coverage.CLEAR for row in rows)
        return [self._line(code, coverage=Coverage.CLEAR if known else Coverage.NO_COVERAGE)]

    def _measured(self, code: str, rows: Sequence[Mapping[str, Any]]) -> list[Hit]:
        """Tell the measures in the order of the schema, an area with its share."""
        found = {str(row["measure"]): row for row in rows}
        share = found.pop("overlap_share", None) if "overlap_m2" in found else None
        names = [name for name in self.schema.measures if name in found]
        told = []
        for name in [*names, *(each for each in found if each not in names)]:
            row = found[name]
            value = quantity(self.words, row["value"], unit_of(name))
            if name == "overlap_m2" and share is not None:
                part = quantity(self.words, share["value"], "share")
                value = self.words("wording.with_share", value=value, share=part)
            told.append(
                self._line(
                    code,
                    coverage=Coverage.CLEAR if name in ABSENCES else str(row["coverage"]),
                    measure=name,
                    value=value,
                    feature=self._feature(row["feature_id"]) if name in DECIDED else "",
                )
            )
        return told

    def _line(
        self, code: str, *, coverage: str, measure: str = "", value: str = "", feature: str = ""
    ) -> Hit:
        """Make one line."""
        return Hit(
            kind=self.schema.id,
            title=self.words(f"kind.{self.schema.id}"),
            category=code,
            label=class_label(self.words, self.schema, self.workflow, code),
            measure=measure,
            what=input_name(self.words, measure) if measure else "",
            value=value,
            coverage=str(coverage),
            said=self.words(f"coverage.{coverage}"),
            feature=feature,
        )

    def _feature(self, feature_id: object) -> str:
        """Name the feature that decided: its name, else its key."""
        if not isinstance(feature_id, str) or not feature_id:
            return ""
        if self.frame is None or "name" not in self.frame or feature_id not in self.frame.index:
            return feature_id
        name = self.frame["name"].loc[feature_id]
        return name if isinstance(name, str) and name else feature_id


def _worth_telling(row: Mapping[str, Any]) -> bool:
    """Tell whether a measure says more than that the layer is not met."""
    if row["coverage"] == Coverage.HIT or row["measure"] in ALWAYS:
        return True
    value = _decimal(row["value"])
    return row["coverage"] == Coverage.CLEAR and value is not None and value != 0


def _category(value: object) -> str:
    """Read the class of a measure; a missing one is the whole layer."""
    return value if isinstance(value, str) else ""


def _decimal(value: Any) -> Decimal | None:  # noqa: ANN401  a cell of a table
    """Read a figure exactly; a missing or endless one is none."""
    if value is None or pd.isna(value) or not math.isfinite(float(value)):
        return None
    return Decimal(repr(float(value)))


def _digits(value: Decimal | None, rule: Rule, *, meets: bool) -> int:
    """Find how many decimals keep a value on its side of the limit as it is shown."""
    first = DIGITS.get(rule.unit, 2)
    if value is None:
        return first
    percent = 100 if rule.unit in {"%", "share"} else 1
    limit = Decimal(f"{rule.threshold * percent:.10g}")
    kept = RELATIONS[rule.relation]
    for digits in range(first, MOST_DIGITS):
        if kept(round(value * percent, digits), limit) == meets:
            return digits
    return MOST_DIGITS


def _until_nonzero(value: Decimal, unit: str, digits: int) -> int:
    """Find how many decimals keep a value that is not nothing from reading as zero."""
    percent = 100 if unit in {"%", "share"} else 1
    while value and digits < MOST_DIGITS and not round(value * percent, digits):
        digits += 1
    return digits


def _amount(words: Words, value: Decimal, unit: str, digits: int) -> str:
    """Write a figure with a stated number of decimals and its unit."""
    if unit in {"%", "share"}:
        return f"{round(value * 100, digits):,.{digits}f}%"
    named = words(f"unit.{unit}")
    return f"{round(value, digits):,.{digits}f} {named}".rstrip()


def _plain(words: Words, value: Decimal, unit: str | None) -> str:
    """Write an attribute's number as it was given, to six decimals at most."""
    figure = f"{round(value, 6):,f}"
    figure = figure.rstrip("0").rstrip(".") if "." in figure else figure
    named = words(f"unit.{unit}") if unit else ""
    return f"{figure} {named}".rstrip() if unit else figure.replace(",", "")


def _margin(words: Words, margin: Decimal | None, unit: str, digits: int) -> str:
    """Write by how much a value lies above or below its limit."""
    if margin is None:
        return DASH
    digits = _until_nonzero(margin, unit, digits)
    sign = "+" if margin > 0 else "−" if margin < 0 else "±"
    if unit in {"%", "share"}:
        figure = f"{abs(round(margin * 100, digits)):,.{digits}f}"
        return sign + words("wording.points", figure=figure)
    return sign + _amount(words, abs(margin), unit, digits)


def _fix(words: Words, fix: Decimal | None, rule: Rule) -> str:
    """Say by how much the numerator has to change, rounded so that it is enough."""
    if fix is None or (fix == 0 and rule.relation in {">=", "<="}):
        return ""
    unit = unit_of(rule.numerator)
    digits = DIGITS.get(unit, 2)
    step = Decimal(1).scaleb(-digits)
    amount = Decimal(f"{abs(fix):.12g}")
    enough = amount.quantize(step, rounding=ROUND_CEILING)
    if enough == amount and rule.relation in {">", "<"}:
        enough += step
    key = "wording.fix_less" if fix < 0 else "wording.fix_more"
    return words(
        key, what=input_name(words, rule.numerator), amount=_amount(words, enough, unit, digits)
    )
