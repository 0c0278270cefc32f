"""Frozen value types, and the columns of the tables that flow between the steps.

Nothing here computes: a table is a pandas frame with the columns named below; a place, a
layer kind, a rule or a state is a frozen value that :mod:`landtrack.model.catalog` makes from a
file, in which a key that is not named here is an error.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from landtrack.model.figures import (
    Figure as Figure,
    Lack as Lack,
    Range as Range,
    Section as Section,
    Stated as Stated,
    Target as Target,
    Unlike as Unlike,
    Wanted as Wanted,
)
from landtrack.model.rules import (
    LEVELS as LEVELS,
    PLOT_LEVEL as PLOT_LEVEL,
    RELATIONS as RELATIONS,
    STAGES as STAGES,
    Level as Level,
    Override as Override,
    Region as Region,
    Relation as Relation,
    Row as Row,
    Rule as Rule,
    RulePack as RulePack,
    Sample as Sample,
    Stage as Stage,
    Table as Table,
    TallStorey as TallStorey,
    Waiver as Waiver,
)
from landtrack.model.tables import (
    AMOUNT_COLUMNS as AMOUNT_COLUMNS,
    COUNT_COLUMNS as COUNT_COLUMNS,
    FINDING_COLUMNS as FINDING_COLUMNS,
    ISSUE_COLUMNS as ISSUE_COLUMNS,
    KEY_COLUMNS as KEY_COLUMNS,
    MARK_COLUMNS as MARK_COLUMNS,
    MEASURE_COLUMNS as MEASURE_COLUMNS,
    NOT_JUDGED as NOT_JUDGED,
    SETS_ASIDE as SETS_ASIDE,
    STATUS_COLUMNS as STATUS_COLUMNS,
    WRITTEN_COLUMNS as WRITTEN_COLUMNS,
    Coverage as Coverage,
    Issue as Issue,
    Outcome as Outcome,
    Severity as Severity,
)
from landtrack.model.value import Titled as Titled, Value as Value
from landtrack.model.workflow import (
    NO_STATE as NO_STATE,
    NO_WORKFLOW as NO_WORKFLOW,
    Action as Action,
    Clock as Clock,
    State as State,
    Track as Track,
    Workflow as Workflow,
)


class IssueKind(Value, frozen=True, kw_only=True):
    """How much a kind of issue weighs, and who can mend it.

    ``at`` is the key of the catalog that answers it; without one it is mended in the file.
    """

    severity: Severity
    who: Literal["planner", "survey", "company", "data"]
    at: str = ""


# --- layer kinds ------------------------------------------------------------------------

FieldType = Literal["text", "number", "numbers", "integer", "date", "choice"]
GeometryKind = Literal["polygon", "line", "point", "any"]


class Field(Value, frozen=True, kw_only=True):
    """One attribute of a layer kind.

    ``unit`` is the unit of the stored value, of a year where it is ``yearly``, ``minimum``
    and ``maximum`` are in it; ``choices_from`` names a track of the
    workflow whose state codes are the allowed values; ``dated_by`` names the field whose day
    is that from which the value holds; a ``passing`` value is of the day of its file only;
    an amount that ``adds_up`` is that of a project once, whatever plots it has; ``show`` is the
    block of the plot card that the field stands in. A date ``closes`` the track and state that
    it names (``environment.approved``): it is open as long as the track is not there.
    """

    name: str
    type: FieldType
    required: bool = False
    unit: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    yearly: bool = False
    choices: tuple[str, ...] = ()
    choices_from: str | None = None
    dated_by: str | None = None
    passing: bool = False
    adds_up: bool = False
    show: Literal["facts", "documents"] | None = None
    closes: str = ""


class Schema(Value, frozen=True, kw_only=True):
    """A layer kind: its key, geometry, fields, and what is measured of it at each plot.

    ``parameters`` are the distances and thresholds that its measures use, each named with
    its unit. Rows of one key are ``parts`` of one feature, where the kind says so.
    """

    id: str
    key: str
    group: str
    geometry: GeometryKind
    field: tuple[Field, ...]
    class_field: str | None = None
    measures: tuple[str, ...] = ()
    parts: bool = False
    parameters: Mapping[str, float] = msgspec.field(default_factory=dict)

    @property
    def fields(self) -> Mapping[str, Field]:
        """Give the fields by name.

        Returns: In the order of the file.
        """
        return {each.name: each for each in self.field}

    @property
    def amounts(self) -> tuple[str, ...]:
        """Name the fields that add up.

        Returns: In the order of the file.
        """
        return tuple(each.name for each in self.field if each.adds_up)

    @property
    def state_field(self) -> tuple[str, str] | None:
        """Name the field that holds states, and their track.

        Returns: The first one; None where there is none.
        """
        for field in self.field:
            if field.choices_from is not None:
                return field.name, field.choices_from
        return None

    @property
    def class_track(self) -> str:
        """Name the track whose states are the classes.

        Returns: Empty where the classes are something else.
        """
        field = self.fields.get(self.class_field or "")
        return (field.choices_from or "") if field else ""


# --- places -----------------------------------------------------------------------------


class Column(Value, frozen=True, kw_only=True):
    """The column of a file that fills a field, and the unit its numbers are in.

    ``unit`` is ``"?"`` as long as nobody knows it. Money of another currency needs the
    ``rate``, what one of it is in the stored one, and the day ``rate_on`` that it is of. A
    unit that holds ``against_heading`` is right though the heading states another.
    """

    column: str
    unit: str | None = None
    rate: Annotated[float, msgspec.Meta(gt=0)] | None = None
    rate_on: date | None = None
    against_heading: bool = False


Mapped = Mapping[str, str | Column]
"""Field name to column name, or to a column and its unit."""


class TableSource(Value, frozen=True, kw_only=True):
    """A table of a file: ``sheet`` and ``header_row`` (from 1) where they must be told.

    Without them the sheet and the row are those whose headings fit. ``layer`` is an older
    name of ``sheet``.
    """

    path: str
    sheet: str | None = None
    header_row: Annotated[int, msgspec.Meta(ge=1)] | None = None
    encoding: str | None = None
    layer: str | None = None


class LedgerSource(TableSource, frozen=True, kw_only=True):
    """A table without geometry whose rows are joined to a layer by a key.

    ``key`` is the column of the ledger, ``on`` the field of the layer that it equals. Joined on
    the key of the layer its rows are of features; joined on another field, such as
    ``project_id``, of all features that share it: their amounts exist once. ``share`` states by
    what such an amount is divided among them.
    """

    key: str
    on: str
    fields: Mapped
    values: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    share: Literal["land_area"] | None = None


class LayerSource(Value, frozen=True, kw_only=True):
    """A file, and the layer in it, that holds features of one kind.

    ``crs`` is stated only where the file has none, or ``"GCJ-02"`` or ``"BD-09"``;
    ``axes`` where its coordinates are known to have the northing first. ``where`` keeps
    the features whose column has one of the values. ``coverage`` is a file of polygons in
    which this source is complete: a plot inside it that meets nothing is ``clear``, outside
    it ``no_coverage``. ``valid_from`` and ``valid_until`` are the first and the last day on
    which the file holds: of several files of a kind, each of its time. ``sheet`` is ``layer``
    by the name that it has in a workbook, ``header_row`` the row of a table's heading, from 1.
    ``overlaps`` says of buildings whether footprints that overlap stand on one another or are
    one drawn twice; ``amounts_of`` of plots whether the amounts in columns of the file itself,
    or in a ledger of plots, are each plot's or its project's, repeated at each of its plots.
    """

    kind: str
    path: str
    valid_from: date | None = None
    valid_until: date | None = None
    layer: str | None = None
    sheet: str | None = None
    header_row: Annotated[int, msgspec.Meta(ge=1)] | None = None
    crs: str | None = None
    axes: Literal["east_north", "north_east"] | None = None
    encoding: str | None = None
    coverage: str | None = None
    where: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    fields: Mapped | None = None
    values: Mapping[str, Mapping[str, str]] = msgspec.field(default_factory=dict)
    constants: Mapping[str, str | float] = msgspec.field(default_factory=dict)
    attribution: str = ""
    overlaps: Literal["stacked", "duplicate"] | None = None
    amounts_of: Literal["plot", "project"] | None = None
    ledger: LedgerSource | None = None


class Basis(Value, frozen=True, kw_only=True):
    """Which of two figures the indices use, and by what share they may differ unremarked."""

    land_area: Literal["declared", "measured"] = "declared"
    floor_area: Literal["declared", "measured"] = "declared"
    covered_area: Literal["declared", "measured"] = "declared"
    area_tolerance: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.01


class Sign(Value, frozen=True, kw_only=True):
    """Whether two persons must have signed before a sheet, form or pack of a plot is issued.

    ``two`` is ``"nobody"`` where nobody must, ``"names"`` where two names are enough, as a store in
    a file has them, ``"accounts"`` where a shared store must know both.
    """

    two: Literal["nobody", "names", "accounts"] = "nobody"


class Transformation(Value, frozen=True, kw_only=True, rename={"source_crs": "from",
                                                               "target_crs": "to"}):
    """How coordinates get from one datum to another, as a surveying office states it.

    Three or seven parameters turn geocentric coordinates: shifts in metres, rotations in
    seconds of arc under ``convention``, scale in parts per million. Four parameters turn
    the plane of ``from`` into that of ``to``: shifts in metres, rotation in seconds of
    arc counter-clockwise, scale in parts per million. ``document`` says where they stand.
    """

    source_crs: str
    target_crs: str
    method: Literal["geocentric3", "geocentric7", "plane4"]
    dx: float
    dy: float
    dz: float = 0.0
    rx: float = 0.0
    ry: float = 0.0
    rz: float = 0.0
    rotation: float = 0.0
    scale: float = 0.0
    convention: Literal["position_vector", "coordinate_frame"] | None = None
    document: str


class Basemap(Value, frozen=True, kw_only=True):
    """A map under the map, by the name of a provider or by the address of its tiles.

    The address is a template of tiles, or of the resources of a WMTS, whose ``matrix_set``
    and ``style`` go into it where it has a place for them.
    """

    provider: str = ""
    url: str = ""
    key: str = ""
    matrix_set: str = ""
    style: str = ""
    title: Titled = msgspec.field(default_factory=dict)
    attribution: str = ""
    max_zoom: int = 19


class Place(Value, frozen=True, kw_only=True):
    """A place as its catalog states it; relative paths start at ``folder``.

    ``events`` is a table of what happened to its features, by which their states are known;
    ``reported_figures`` one of the figures that a report states. ``time_zone`` is that of its
    days, such as ``"Asia/Shanghai"``; that of the place on Earth where not stated. Without a
    ``workflow`` it is that which the rules name, else none.
    """

    id: str
    title: Titled
    language: str
    crs: str
    folder: Path
    layers: tuple[LayerSource, ...]
    rules: str | tuple[str, ...] = ()
    workflow: str | None = None
    as_of: date | None = None
    notice: Titled = msgspec.field(default_factory=dict)
    basis: Basis = msgspec.field(default_factory=Basis)
    sign: Sign = msgspec.field(default_factory=Sign)
    overrides: tuple[Override, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    transformations: tuple[Transformation, ...] = ()
    basemaps: tuple[Basemap, ...] = ()
    events: str | TableSource | None = None
    reported_figures: str | TableSource | None = None
    time_zone: str | None = None

    @property
    def packs(self) -> tuple[str, ...]:
        """The ids of the rule packs, in the order of the catalog.

        Returns
        -------
        tuple of str
            None where the place has no rules of its own: figures without verdicts.
        """
        return (self.rules,) if isinstance(self.rules, str) else self.rules
