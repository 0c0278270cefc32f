"""What happened to features, and the states that it led to.

A log of events is the truth; the state of a feature on a track is the fold of its events
(:mod:`~landtrack.status.fold`). An event enters the log when its feature's history allows it
(:mod:`~landtrack.status.entry`) and is never altered (:mod:`~landtrack.status.chain`).
"""

from landtrack.status.chain import START, Break, Link, breaks, links
from landtrack.status.clocks import running
from landtrack.status.entry import allowed, filled, judged
from landtrack.status.events import (
    RECORDED,
    UNDO,
    Event,
    Placed,
    by_feature,
    from_table,
    ordered,
    standing,
    to_table,
)
from landtrack.status.fold import Held, Refusal, refusals, states
from landtrack.status.opening import of_day, stated
from landtrack.status.sheet import asked

__all__ = [
    "RECORDED", "START", "UNDO", "Break", "Event", "Held", "Link", "Placed", "Refusal", "allowed",
    "asked", "breaks", "by_feature", "filled", "from_table", "judged", "links", "of_day",
    "ordered", "refusals", "running", "standing", "stated", "states", "to_table",
]
