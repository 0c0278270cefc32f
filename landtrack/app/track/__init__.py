"""Enters events into a store, and asks it: one writer at a time, nothing half done.

A store knows its own workflow and features, so that its path is all that is needed.
"""

from landtrack.app.track import showing, witness
from landtrack.app.track.commands import Sorted, apply, look, take_in, told_of, undo, undoing
from landtrack.app.track.queries import (
    Below,
    beneath,
    checked,
    clocks,
    entered,
    faults,
    line,
    lineage,
    problems,
    told,
)
from landtrack.app.track.session import Tracked, enter, today, tracked
from landtrack.app.track.shapes import Change, look_at, reshape, shapes_near, shapes_now

__all__ = [
    "Below", "Change", "Sorted", "Tracked", "apply", "beneath", "checked", "clocks", "enter",
    "entered", "faults", "line", "lineage", "look", "look_at", "problems", "reshape",
    "shapes_near", "shapes_now", "showing", "take_in", "today", "told", "told_of", "tracked",
    "undo", "undoing", "witness",
]
