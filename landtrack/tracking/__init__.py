"""What happened to features, and the states that it led to.

A log of events is the truth; the state of a feature on a track is the fold of its events
(:mod:`~landtrack.tracking.states`). An event enters the log when its feature's history allows it
(:mod:`~landtrack.tracking.admission`) and is never altered (:mod:`~landtrack.tracking.hash_chain`).
"""

from landtrack.model.events import Event
from landtrack.tracking.admission import allowed, filled, judged, what
from landtrack.tracking.deadlines import running, soonest
from landtrack.tracking.event_table import asked, event_columns
from landtrack.tracking.events import (
    ENTRIES,
    INHERITED,
    RECORDED,
    SHAPE,
    SHAPE_ACTIONS,
    UNDO,
    Placed,
    by_feature,
    from_table,
    ordered,
    shapes_of,
    standing,
    to_table,
)
from landtrack.tracking.hash_chain import (
    START,
    Break,
    Link,
    altered,
    breaks,
    breaks_of_rows,
    links,
)
from landtrack.tracking.initial_events import of_day, stated
from landtrack.tracking.lineage import (
    Balance,
    ancestors,
    balance,
    lineage,
    misfits,
    refused,
    reshaped,
    reshaped_keys,
    retired,
    shapes_of_day,
    touched,
)
from landtrack.tracking.states import (
    Areas,
    Fact,
    Ground,
    Held,
    Needed,
    Refusal,
    Running,
    refusals,
    states,
)

__all__ = [
    "ENTRIES", "INHERITED", "RECORDED", "SHAPE", "SHAPE_ACTIONS", "START", "UNDO", "Areas",
    "Balance", "Break", "Event", "Fact", "Ground", "Held", "Link", "Needed", "Placed", "Refusal",
    "Running", "allowed", "altered", "ancestors", "asked", "balance", "breaks", "breaks_of_rows",
    "by_feature", "event_columns", "filled", "from_table", "judged", "lineage", "links", "misfits",
    "of_day", "ordered", "refusals", "refused", "reshaped", "reshaped_keys", "retired", "running",
    "shapes_of", "shapes_of_day", "soonest", "standing", "stated", "states", "to_table", "touched",
    "what",
]
