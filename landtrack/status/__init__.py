"""What happened to features, and the states that it led to.

A log of events is the truth; the state of a feature on a track is the fold of its events
(:mod:`~landtrack.status.fold`). An event enters the log when its feature's history allows it
(:mod:`~landtrack.status.entry`) and is never altered (:mod:`~landtrack.status.chain`).
"""

from landtrack.status.chain import START, Break, Link, breaks, links
from landtrack.status.clocks import running
from landtrack.status.entry import allowed, filled, judged, what
from landtrack.status.events import (
    ENTRIES,
    INHERITED,
    RECORDED,
    SHAPE,
    SHAPE_ACTIONS,
    UNDO,
    Event,
    Placed,
    by_feature,
    from_table,
    ordered,
    shapes_of,
    standing,
    to_table,
)
from landtrack.status.fold import Held, Refusal, refusals, states
from landtrack.status.opening import of_day, stated
from landtrack.status.shapes import (
    imbalance,
    lineage,
    refused,
    reshaped,
    reshaped_keys,
    retired,
    shapes_of_day,
    touched,
)
from landtrack.status.sheet import asked, event_columns

__all__ = [
    "ENTRIES", "INHERITED", "RECORDED", "SHAPE", "SHAPE_ACTIONS", "START", "UNDO", "Break",
    "Event", "Held", "Link", "Placed", "Refusal", "allowed", "asked", "breaks", "by_feature",
    "event_columns", "filled", "from_table", "imbalance", "judged", "lineage", "links", "of_day",
    "ordered",
    "refusals", "refused", "reshaped", "reshaped_keys", "retired", "running", "shapes_of",
    "shapes_of_day", "standing", "stated", "states", "to_table", "touched", "what",
]
