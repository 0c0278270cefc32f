"""Frozen value types, and the columns of the tables that flow between the steps.

Nothing here computes: a table is a pandas frame with the columns named below; a place, a
layer kind, a rule or a state is a frozen value that :mod:`landtrack.catalog` makes from a
file, in which a key that is not named here is an error.
"""

from __future__ import annotations

import dataclasses
import enum
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from landtrack.model.tables import (
    COUNT_COLUMNS as COUNT_COLUMNS,
    FINDING_COLUMNS as FINDING_COLUMNS,
    ISSUE_COLUMNS as ISSUE_COLUMNS,
    KEY_COLUMNS as KEY_COLUMNS,
    MEASURE_COLUMNS as MEASURE_COLUMNS,
    SETS_ASIDE as SETS_ASIDE,
    STATUS_COLUMNS as STATUS_COLUMNS,
    Coverage as Coverage,
    Issue as Issue,
    Outcome as Outcome,
    Severity as Severity,
)

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

class Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Base of the values read from data files: frozen, and strict about keys."""


class IssueKind(Value, frozen=True, kw_only=True):
    """How much a kind of issue weighs, and who can mend it."""

    severity: Severity
    who: Literal["planner", "survey", "company", "data"]


# --- layer kinds ------------------------------------------------------------------------

FieldType = Literal["text", "number", "numbers", "integer", "date", "choice"]
GeometryKind = Literal["polygon", "line", "point", "any"]


class Field(Value, frozen=True, kw_only=True):
    """One attribute of a layer kind.

    ``unit`` is the unit of the stored value; ``choices_from`` names a track of the
    workflow whose state codes are the allowed values; ``show`` is the block of the plot
    card that the field stands in.
    """

    name: str
    type: FieldType
    required: bool = False
    unit: str | None = None
    minimum: float | None = None
    choices: tuple[str, ...] = ()
    choices_from: str | None = None
    show: Literal["facts", "documents"] | None = None


class Schema(Value, frozen=True, kw_only=True):
    """A layer kind: its key, geometry, fields, and what is measured of it at each plot.

    ``parameters`` are the distances and thresholds that its measures use, each named with
    its unit.
    """

    id: str
    key: str
    group: str
    geometry: GeometryKind
    field: tuple[Field, ...]
    class_field: str | None = None
    measures: tuple[str, ...] = ()
    parameters: Mapping[str, float] = msgspec.field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Give the fields by name.

        Returns
        -------
        mapping of str to Field
            In the order of the file.
        """
        return {each.name: each for each in self.field}


# --- workflow ---------------------------------------------------------------------------


Titled = Mapping[str, str]
"""The same words by language code, such as ``{"zh": "征地", "en": "acquisition"}``."""


class State(Value, frozen=True, kw_only=True):
    """One state of a track; ``acquired`` marks land that is in hand."""

    code: str
    title: Titled
    source: str = ""
    acquired: bool = False


class Track(Value, frozen=True, kw_only=True):
    """An ordered list of states that a feature moves through."""

    title: Titled
    state: tuple[State, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """Give the state codes.

        Returns
        -------
        tuple of str
            In their order.
        """
        return tuple(state.code for state in self.state)


class Workflow(Value, frozen=True, kw_only=True):
    """The tracks that hold at a time and place."""

    id: str
    tracks: Mapping[str, Track]


# --- rules ------------------------------------------------------------------------------

Relation = Literal[">=", ">", "<=", "<", "between", "=="]

RELATIONS: Mapping[Relation, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt,
    "==": operator.eq,
}
"""The relations to one limit; ``between`` has two, both of them allowed values."""

Level = Literal["national", "province", "park"]
LEVELS: tuple[Level, ...] = ("national", "province", "park")
"""Who issues a pack, the most local last: its values come before those of the others."""

PLOT_LEVEL = "plot"
"""The level of a value agreed for one plot."""


class Stage(enum.StrEnum):
    """When a plot is vetted, in the order in which a project comes to it."""

    ENTRY = "entry"
    CONSTRUCTION_PERMIT = "construction_permit"
    COMPLETION = "completion"
    CERTIFICATE = "certificate"


STAGES: Mapping[str, Stage] = {
    "entered": Stage.ENTRY, "under_construction": Stage.CONSTRUCTION_PERMIT,
    "topping_out": Stage.CONSTRUCTION_PERMIT, "completed": Stage.COMPLETION,
    "certified": Stage.CERTIFICATE,
}
"""The stage of vetting by how far the ledger says a project is."""


class Sample(Value, frozen=True, kw_only=True):
    """A case a rule must answer as stated; ``value`` None is a missing input.

    ``facts`` are fields of the plot: those that a table is looked up by, that say whether
    a rule applies, or the dates of a sequence. ``threshold`` stands for the cell of a table
    that is still to be filled in.
    """

    value: float | None = None
    threshold: float | None = None
    facts: Mapping[str, Any] = msgspec.field(default_factory=dict)
    outcome: Outcome


class Row(Value, frozen=True, kw_only=True):
    """One value of a table; ``threshold`` None is a cell that is still to be filled in."""

    key: tuple[str, ...]
    threshold: float | None = None
    upper: float | None = None
    verified: bool
    source: str


class Table(Value, frozen=True, kw_only=True):
    """Limits by fields of the plot, from a CSV file beside the pack.

    ``by`` names what a row is looked up by: ``industry`` (the division of the plot's
    industry code in the ``classification`` of that year) or ``region_class`` (from the
    plot's land grade by the pack's ``region``). ``document`` names the official document in
    which the values stand that the file lacks. ``rows`` are filled in from the file.
    """

    file: str
    by: tuple[Literal["industry", "region_class"], ...]
    classification: int | None = None
    document: Titled
    rows: tuple[Row, ...] = ()


class Rule(Value, frozen=True, kw_only=True):
    """One limit on one index, or the order of two dates.

    Kind ``index``: the quotient of the measures ``numerator`` and ``denominator`` (or the
    numerator alone) is judged; where the numerator is missing and there is an
    ``instead``, the quotient of its two measures stands for it. The limit is ``threshold``
    (with ``upper`` for ``between``) or stands in ``table``. Kind ``sequence``: the field
    ``first`` must not be dated after the field ``second``, with ``relation`` ">" not on
    the same day either; from the stage ``due_from`` on the second date must be there.

    ``stage`` gives the severity by the stages of vetting at which the rule is judged; none
    means an error at all. ``applies_to`` names the values of fields for which it holds.
    Once loaded, limits and samples are in the unit of the measure.
    """

    id: str
    title: Titled
    text: Titled = msgspec.field(default_factory=dict)
    clause: str
    kind: Literal["index", "sequence"] = "index"
    measure: str = ""
    numerator: str = ""
    denominator: str = ""
    instead: tuple[str, str] | None = None
    first: str = ""
    second: str = ""
    documents: tuple[str, str] | None = None
    due_from: Stage | None = None
    relation: Relation = ">="
    threshold: float | None = None
    upper: float | None = None
    table: Table | None = None
    unit: str = "1"
    verified: bool = True
    source: str = ""
    stage: Mapping[Stage, Severity] = msgspec.field(default_factory=dict)
    applies_to: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    sample: tuple[Sample, ...]


class Region(Value, frozen=True, kw_only=True):
    """A class of regions, and the land grades that it holds."""

    code: str
    title: Titled
    grades: tuple[int, ...]


class RulePack(Value, frozen=True, kw_only=True):
    """Rules issued together, with their issuer, dates and source."""

    id: str
    version: str
    title: Titled
    level: Level = "park"
    issuer: str
    document_no: str
    in_force_from: date
    in_force_until: date | None = None
    source: str
    region: tuple[Region, ...] = ()
    rule: tuple[Rule, ...]

    @property
    def name(self) -> str:
        """The id with the version, as findings cite it.

        Returns
        -------
        str
            Such as ``"cn-2008@1"``.
        """
        return f"{self.id}@{self.version}"


class Override(Value, frozen=True, kw_only=True):
    """A limit agreed for one plot, such as in the contract of its land."""

    plot: str
    rule: str
    relation: Relation
    threshold: float
    upper: float | None = None
    unit: str
    document: str


class Waiver(Value, frozen=True, kw_only=True):
    """Leave to fail one rule for a time; the fail stays a fail."""

    plot: str
    rule: str
    approver: str
    reason: str
    document: str
    granted_on: date
    until: date


# --- places -----------------------------------------------------------------------------


class Column(Value, frozen=True, kw_only=True):
    """The column of a file that fills a field, and the unit its numbers are in."""

    column: str
    unit: str | None = None


Mapped = Mapping[str, str | Column]
"""Field name to column name, or to a column and its unit."""


class LedgerSource(Value, frozen=True, kw_only=True):
    """A table without geometry whose rows are joined to a layer by a key.

    ``key`` is the column of the ledger, ``on`` the field of the layer that it equals.
    """

    path: str
    key: str
    on: str
    fields: Mapped
    layer: str | None = None
    encoding: str | None = None
    values: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)


class LayerSource(Value, frozen=True, kw_only=True):
    """A file, and the layer in it, that holds features of one kind.

    ``crs`` is stated only where the file has none. ``where`` keeps the features whose
    column has one of the values. ``coverage`` is a file of polygons in which this source
    is complete: a plot inside it that meets nothing is ``clear``, outside it
    ``no_coverage``.
    """

    kind: str
    path: str
    layer: str | None = None
    crs: str | None = None
    encoding: str | None = None
    coverage: str | None = None
    where: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    fields: Mapped | None = None
    values: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    constants: Mapping[str, str | float] = msgspec.field(default_factory=dict)
    attribution: str = ""
    ledger: LedgerSource | None = None


class Basis(Value, frozen=True, kw_only=True):
    """Which of two figures the indices use, and how far they may differ unremarked."""

    land_area: Literal["declared", "measured"] = "declared"
    floor_area: Literal["declared", "measured"] = "declared"
    covered_area: Literal["declared", "measured"] = "declared"
    area_tolerance: float = 0.01


class Basemap(Value, frozen=True, kw_only=True):
    """A map under the map, by the name of a provider or by the address of its tiles."""

    provider: str = ""
    url: str = ""
    key: str = ""
    title: Titled = msgspec.field(default_factory=dict)
    attribution: str = ""
    max_zoom: int = 19


class Place(Value, frozen=True, kw_only=True):
    """A place as its catalog states it; relative paths start at ``folder``."""

    id: str
    title: Titled
    language: str
    crs: str
    folder: Path
    layers: tuple[LayerSource, ...]
    rules: str | tuple[str, ...] = "x-park-2006"
    workflow: str = "cn-2006"
    as_of: date | None = None
    notice: Titled = msgspec.field(default_factory=dict)
    basis: Basis = msgspec.field(default_factory=Basis)
    overrides: tuple[Override, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    basemaps: tuple[Basemap, ...] = ()

    @property
    def packs(self) -> tuple[str, ...]:
        """The ids of the rule packs, in the order of the catalog.

        Returns
        -------
        tuple of str
            One or several.
        """
        return (self.rules,) if isinstance(self.rules, str) else self.rules


# --- the result of a run ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Result:
    """All that one run made: the place, its data files, and the tables.

    ``layers`` holds a GeoDataFrame by layer kind, in the working CRS, indexed by the
    kind's key. ``pack`` is the most local of the ``packs`` by which the plots were judged.
    ``outputs`` names the files that were written.
    """

    place: Place
    lang: str
    schemas: Mapping[str, Schema]
    workflow: Workflow
    pack: RulePack
    packs: tuple[RulePack, ...] = ()
    layers: Mapping[str, GeoDataFrame]
    measures: pd.DataFrame
    findings: pd.DataFrame
    issues: pd.DataFrame
    status_log: pd.DataFrame
    counts: pd.DataFrame
    run: pd.DataFrame
    outputs: Mapping[str, Path] = dataclasses.field(default_factory=dict)

    @property
    def rules(self) -> Mapping[str, Rule]:
        """The rules by id, each as the most local pack states it.

        Returns
        -------
        mapping of str to Rule
            In the order of the packs, the most local last.
        """
        packs = sorted(self.packs or (self.pack,), key=lambda each: LEVELS.index(each.level))
        return {rule.id: rule for pack in packs for rule in pack.rule}
