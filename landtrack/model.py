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

if TYPE_CHECKING:
    import pandas as pd
    from geopandas import GeoDataFrame

# --- tables -----------------------------------------------------------------------------

ISSUE_COLUMNS = (
    "source", "layer", "feature_id", "field", "issue", "value", "severity", "who_mends", "mend",
)
MEASURE_COLUMNS = (
    "plot_id", "layer", "category", "measure", "value", "feature_id", "coverage",
)
FINDING_COLUMNS = (
    "plot_id", "rule", "value", "relation", "threshold", "unit", "outcome", "margin",
    "fix", "reason", "rule_version", "source",
)
STATUS_COLUMNS = (
    "feature_id", "track", "at", "action", "from_state", "to_state", "document_no",
    "evidence_sha256", "by",
)
COUNT_COLUMNS = (
    "layer", "source", "read", "not_selected", "set_aside", "kept", "repaired",
)
"""Per source: read = not_selected + set_aside + kept; repaired are among the kept."""

KEY_COLUMNS = ("layer", "category", "measure")
"""What tells the measures of one plot apart; ``category`` is empty for a whole layer."""


class Outcome(enum.StrEnum):
    """What a rule says of a plot; unknown is never shown as pass."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Coverage(enum.StrEnum):
    """What a layer says of a plot: met, looked for and not met, or nothing known."""

    HIT = "hit"
    CLEAR = "clear"
    NO_COVERAGE = "no_coverage"


class Severity(enum.StrEnum):
    """How much an issue weighs."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Issue(enum.StrEnum):
    """Every kind of fault that the steps name; words and severity come by this code."""

    FILE_MISSING = "file_missing"
    FILE_UNREADABLE = "file_unreadable"
    FILE_REMARK = "file_remark"
    ENCODING_DIFFERS = "encoding_differs"
    INDEX_REBUILT = "index_rebuilt"
    ATTRIBUTES_MISSING = "attributes_missing"
    LAYER_MISSING = "layer_missing"
    LAYER_EMPTY = "layer_empty"
    FEATURE_UNREADABLE = "feature_unreadable"
    CRS_MISSING = "crs_missing"
    CRS_OVERRIDDEN = "crs_overridden"
    CRS_UNREACHABLE = "crs_unreachable"
    COLUMN_MISSING = "column_missing"
    KEY_MISSING = "key_missing"
    KEY_GENERATED = "key_generated"
    KEY_DUPLICATE = "key_duplicate"
    FEATURE_DUPLICATE = "feature_duplicate"
    NOT_A_NUMBER = "not_a_number"
    NOT_AN_INTEGER = "not_an_integer"
    NOT_A_DATE = "not_a_date"
    NOT_A_CHOICE = "not_a_choice"
    OUT_OF_RANGE = "out_of_range"
    GEOMETRY_MISSING = "geometry_missing"
    GEOMETRY_NOT_FINITE = "geometry_not_finite"
    GEOMETRY_OUT_OF_BOUNDS = "geometry_out_of_bounds"
    GEOMETRY_KIND = "geometry_kind"
    GEOMETRY_REPAIRED = "geometry_repaired"
    GEOMETRY_UNREPAIRABLE = "geometry_unrepairable"
    LEDGER_NO_MATCH = "ledger_no_match"
    LEDGER_DUPLICATE = "ledger_duplicate"
    LEDGER_UNUSED = "ledger_unused"
    AREA_DIFFERS = "area_differs"
    PLOTS_OVERLAP = "plots_overlap"
    PARCELS_OVERLAP = "parcels_overlap"
    STOREY_HEIGHTS_DIFFER = "storey_heights_differ"
    STOREY_HEIGHTS_MISSING = "storey_heights_missing"
    DATES_OUT_OF_ORDER = "dates_out_of_order"


SETS_ASIDE = frozenset({
    Issue.FEATURE_UNREADABLE, Issue.FEATURE_DUPLICATE, Issue.GEOMETRY_MISSING,
    Issue.GEOMETRY_NOT_FINITE, Issue.GEOMETRY_OUT_OF_BOUNDS, Issue.GEOMETRY_KIND,
    Issue.GEOMETRY_UNREPAIRABLE,
})
"""The issues whose feature does not go on to the joins; every other feature does."""


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

Relation = Literal[">=", ">", "<=", "<"]

RELATIONS: Mapping[Relation, Callable[[Any, Any], Any]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt,
}


class Sample(Value, frozen=True, kw_only=True):
    """A case a rule must answer as stated; ``value`` None is a missing input."""

    value: float | None = None
    outcome: Outcome


class Rule(Value, frozen=True, kw_only=True):
    """One limit on one measure.

    ``numerator`` and ``denominator`` name the measures of the plot whose quotient is
    judged; ``fix_unit`` is the unit in which a shortfall of the numerator is told.
    """

    id: str
    title: Titled
    clause: str
    measure: str
    numerator: str
    denominator: str
    relation: Relation
    threshold: float
    unit: str
    sample: tuple[Sample, ...]


class RulePack(Value, frozen=True, kw_only=True):
    """Rules issued together, with their issuer, dates and source."""

    id: str
    version: str
    title: Titled
    issuer: str
    document_no: str
    in_force_from: date
    in_force_until: date | None = None
    source: str
    rule: tuple[Rule, ...]


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


class Place(Value, frozen=True, kw_only=True):
    """A place as its catalog states it; relative paths start at ``folder``."""

    id: str
    title: Titled
    language: str
    crs: str
    folder: Path
    layers: tuple[LayerSource, ...]
    rules: str = "x-park-2006"
    workflow: str = "cn-2006"
    as_of: date | None = None
    notice: Titled = msgspec.field(default_factory=dict)
    basis: Basis = msgspec.field(default_factory=Basis)


# --- the result of a run ----------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Result:
    """All that one run made: the place, its data files, and the tables.

    ``layers`` holds a GeoDataFrame by layer kind, in the working CRS, indexed by the
    kind's key. ``outputs`` names the files that were written.
    """

    place: Place
    lang: str
    schemas: Mapping[str, Schema]
    workflow: Workflow
    pack: RulePack
    layers: Mapping[str, GeoDataFrame]
    measures: pd.DataFrame
    findings: pd.DataFrame
    issues: pd.DataFrame
    status_log: pd.DataFrame
    counts: pd.DataFrame
    run: pd.DataFrame
    outputs: Mapping[str, Path] = dataclasses.field(default_factory=dict)
