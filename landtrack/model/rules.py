"""Rules as data: packs, limits, tables, samples, and what was agreed for single plots."""

from __future__ import annotations

import enum
import operator
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Literal

import msgspec

from landtrack.model.tables import Outcome, Severity
from landtrack.model.value import Titled, Value

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

    ``inputs`` state the measures that the index is made of, instead of its ``value``, in
    the units that they are stored in: they show which is divided by which.
    ``facts`` are fields of the plot: those that a table is looked up by, that say whether
    a rule applies, or the dates of a sequence; ``as_of`` among them is the day of vetting.
    ``threshold`` stands for the cell of a table that is still to be filled in.
    """

    value: float | None = None
    threshold: float | None = None
    inputs: Mapping[str, float] = msgspec.field(default_factory=dict)
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
    the same day either; from the stage ``due_from`` on the second date must be there. With
    ``within_years`` the second must come before so many years after the first are over: what has
    not come is judged on the day of vetting, and what came passes, whenever it did.

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
    within_years: int = 0
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


class TallStorey(Value, frozen=True, kw_only=True):
    """The height above which a storey counts twice in the floor area, in metres; and its clause."""

    above_m: float
    clause: str


class RulePack(Value, frozen=True, kw_only=True):
    """Rules issued together, with their issuer, dates and source.

    ``workflow`` is that of the approvals which the rules go with, where they go with one. A pack
    that ``holds_for_all`` judges every plot by what is in force on the day of vetting, others by
    what was when it was accepted.
    """

    id: str
    version: str
    title: Titled
    level: Level = "park"
    issuer: str
    document_no: str
    in_force_from: date
    in_force_until: date | None = None
    source: str
    workflow: str | None = None
    holds_for_all: bool = False
    region: tuple[Region, ...] = ()
    tall_storey: TallStorey | None = None
    rule: tuple[Rule, ...]

    @property
    def name(self) -> str:
        """The id with the version, as findings cite it.

        Returns: Such as ``"cn-2008@1"``.
        """
        return f"{self.id}@{self.version}"


class Override(Value, frozen=True, kw_only=True):
    """A limit agreed for one plot or project, such as in the contract of its land.

    It holds from the day ``agreed_on`` on; without one it always did. ``replaces`` names the
    document of an earlier one of the same plot and rule, which ends where this one begins.
    ``of`` says what ``plot`` is the key of, where a plot and another project have the same.
    """

    plot: str
    of: Literal["plot", "project"] | None = None
    rule: str
    relation: Relation
    threshold: float
    upper: float | None = None
    unit: str
    document: str
    agreed_on: date | None = None
    replaces: str | None = None


class Waiver(Value, frozen=True, kw_only=True):
    """Leave to fail one rule for a time; the fail stays a fail. ``of`` as in an override."""

    plot: str
    of: Literal["plot", "project"] | None = None
    rule: str
    approver: str
    reason: str
    document: str
    granted_on: date
    until: date


def by_id(packs: Iterable[RulePack]) -> dict[str, Rule]:
    """Give the rules of packs by id, each as the most local pack states it.

    Returns: In the order of the packs, the most local last, and of one level the later.
    """
    local = sorted(packs, key=lambda each: (LEVELS.index(each.level), each.in_force_from))
    return {rule.id: rule for pack in local for rule in pack.rule}
