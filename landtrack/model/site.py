"""Values and columns of what is told of a site: acquisition, services, clearance."""

from __future__ import annotations

import enum

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

    ``classes`` names the classes, or ``least`` and ``most`` a range of numbers. ``clear_m``
    is kept to either side of the line's outermost part, which is ``axis_m`` off its axis;
    what is not stated is not known.
    """

    layer: str
    classes: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    clear_m: float | None = None
    axis_m: float | None = None
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


class Corridors(Value, frozen=True, kw_only=True):
    """The corridors, how near a line of unknown width leaves a plot unknown, states of no line."""

    unknown_within_m: float
    gone: tuple[str, ...] = ()
    corridor: tuple[Corridor, ...]
