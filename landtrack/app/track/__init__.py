"""Enters events into a store, and asks it: one writer at a time, nothing half done.

A store knows its own workflow and features, so that its path is all that is needed.
"""

from landtrack.app.track import witness
from landtrack.app.track.commands import apply, take_in, told_of, undo
from landtrack.app.track.queries import (
    checked,
    clocks,
    entered,
    faults,
    line,
    lineage,
    problems,
    told,
)
from landtrack.app.track.session import Tracked, enter, tracked
from landtrack.app.track.shapes import reshape, shapes_near, shapes_now

__all__ = [
    "Tracked", "apply", "checked", "clocks", "enter", "entered", "faults", "line", "lineage",
    "problems", "reshape", "shapes_near", "shapes_now", "take_in", "told", "told_of", "tracked",
    "undo", "witness",
]
