"""Values and columns of what is told of a site: acquisition, services, clearance."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date

import msgspec

from landtrack.model import Titled, Value

ACQUISITION_COLUMNS = ("subject", "part", "area_m2", "share", "coverage")
"""``part`` is a state of approval (``unknown`` where a parcel has none), or one of
:data:`PARTS`; ``share`` is of the subject's measured area, in its working CRS.
"""
PARTS = ("acquired", "not_acquired", "no_parcel", "double_claim")
BLOCKING_COLUMNS = ("subject", "rank", "parcel_id", "state", "area_m2", "share")
LAND_COLUMNS = ("plot_id", "part", "parcel_id", "state", "area_m2", "share")
"""``part`` is ``parcel``, or one of :data:`LAND_RESTS`; the areas of a plot add up to it."""
LAND_RESTS = ("slivers", "double_claim", "no_parcel", "no_data")
"""Of a plot: parcels that share less than drawings agree to; ground that several parcels claim,
each claim after the first, below 0; ground in no parcel; ground of which nothing is known.
"""
READINESS_COLUMNS = ("plot_id", "set", "item", "readiness", "value_m", "feature_id", "reason")
"""A row with ``item`` empty is the set as a whole. ``value_m`` is a length or a distance."""
CLEARANCE_COLUMNS = (
    "plot_id", "layer", "lost_m2", "at_least_m2", "net_m2", "feature_id", "reason",
)
"""``layer`` empty is all layers together, ground in two corridors counted once. ``lost_m2``
and ``net_m2``, the buildable area that is left, are NaN where not known; ``at_least_m2`` is
lost in any case.
"""


SETBACK_COLUMNS = (
    "plot_id", "setback", "layer", "feature_id", "relation", "distance_m", "required_m", "area_m2",
    "effect", "clause", "verified", "reason",
)
"""Per plot and setback a row for each feature that it meets or touches, or whose class, width or
edge is not known; else one for the nearest. ``distance_m`` is from where the setback is measured:
NaN where that is not known. ``area_m2`` is the ground of the plot in it, at least where unknown.
"""


RETURN_COLUMNS = (
    "plot_id", "index", "value", "share", "among", "industry", "industry_share", "industry_among",
)
"""``value`` is 万元 or people a mu; ``share`` of the ``among`` plots with a figure those that are
no higher, 1 for the highest; likewise of its industry, NaN and 0 where that is not known.
"""


class Relation(enum.StrEnum):
    """How a plot lies to ground that a law keeps clear; unknown is never shown as clear."""

    MEETS = "meets"
    TOUCHES = "touches"
    CLEAR = "clear"
    UNKNOWN = "unknown"


class Effect(enum.StrEnum):
    """What a law asks of the ground: that nothing is built, a permit, or no new zone beside it."""

    KEEP_CLEAR = "keep_clear"
    PERMIT = "permit"
    NEW_ZONE = "new_zone"


class Readiness(enum.StrEnum):
    """Whether a service is there; unknown is never shown as ready."""

    READY = "ready"
    NOT_READY = "not_ready"
    UNKNOWN = "unknown"


class Reason(enum.StrEnum):
    """Why readiness or clearance is as it is."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    NO_DATA = "no_data"
    NOT_STATED = "not_stated"
    STATE_UNKNOWN = "state_unknown"
    CLASS_UNKNOWN = "class_unknown"
    WIDTH_UNKNOWN = "width_unknown"
    AXIS_UNKNOWN = "axis_unknown"


class Item(Value, frozen=True, kw_only=True):
    """One service of a site.

    It is read from the plot's field ``fact``, or from ``layer``: there when a feature of one
    of the ``classes`` (any where none is named) is within ``reach_m``, or when the plot
    fronts on one where no reach is named.
    """

    id: str
    title: Titled
    fact: str = ""
    layer: str = ""
    classes: tuple[str, ...] = ()
    reach_m: float | None = None


class ItemSet(Value, frozen=True, kw_only=True):
    """Services that make up a standard, such as 五通一平, and who says so."""

    id: str
    title: Titled
    items: tuple[str, ...]
    source: str


class ReadinessSets(Value, frozen=True, kw_only=True):
    """The items, the sets of them, and the states in which a work serves."""

    serving: tuple[str, ...]
    item: tuple[Item, ...]
    set: tuple[ItemSet, ...]


class Corridor(Value, frozen=True, kw_only=True):
    """Ground along a line of a class that must not be built on.

    ``classes`` names the classes, or ``least`` and ``most`` a range of numbers; ``where`` asks for
    values of other fields. ``clear_m`` is kept to either side of the line's outermost part, which
    is ``axis_m`` off its axis, or half of the field ``width``; what is not stated is not known, but
    that it is no farther off than ``edge_within_m``. ``setback`` names the corridors of a layer
    that are asked for together by one ``clause``: a feature is in one of them at most.
    """

    layer: str
    classes: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    where: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    clear_m: float | None = None
    axis_m: float | None = None
    width: str = ""
    edge_within_m: float = 0.0
    setback: str = ""
    effect: Effect = Effect.KEEP_CLEAR
    clause: str = ""
    in_force_from: date | None = None
    verified: bool = True
    source: str = ""

    def holds(self, code: str) -> bool:
        """Tell whether it is of a class.

        Returns: False for a class that is no number, where a range of numbers is named.
        """
        if self.classes:
            return code in self.classes
        try:
            number = float(code)
        except ValueError:
            return False
        least, most = self.least, self.most
        return (least is None or number >= least) and (most is None or number <= most)


class Setback(Value, frozen=True, kw_only=True):
    """What the corridors that name it are called."""

    id: str
    title: Titled


class Corridors(Value, frozen=True, kw_only=True):
    """The corridors, how near a line of unknown width leaves a plot unknown, states of no line."""

    unknown_within_m: float
    gone: tuple[str, ...] = ()
    setback: tuple[Setback, ...] = ()
    corridor: tuple[Corridor, ...]

    def on(self, day: date | None) -> Corridors:
        """Leave out what was not in force on a day; nothing where there is none."""
        return self if day is None else msgspec.structs.replace(self, corridor=tuple(
            each for each in self.corridor
            if each.in_force_from is None or each.in_force_from <= day
        ))

    def together(self) -> dict[tuple[str, str], list[Corridor]]:
        """Bring the corridors together of which a feature is in one at most, by layer and id."""
        found: dict[tuple[str, str], list[Corridor]] = {}
        for each in self.corridor:
            found.setdefault((each.layer, each.setback), []).append(each)
        return found
