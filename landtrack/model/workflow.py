"""Workflows: the states that features move through, and the actions that move them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from landtrack.model.value import Titled, Value

NO_STATE = ""
"""The state of a feature on a track on which nothing has happened yet."""

NO_WORKFLOW = "none"
"""The workflow of a place of which it is not known how its approvals go: it has no tracks."""


class State(Value, frozen=True, kw_only=True):
    """One state of a track.

    ``acquired`` marks land that is in hand, ``gone`` what is no longer there; ``also`` are other
    words for it in files.
    """

    code: str
    title: Titled
    source: str = ""
    acquired: bool = False
    gone: bool = False
    also: tuple[str, ...] = ()


class Clock(Value, frozen=True, kw_only=True):
    """Days that the law sets between two actions.

    At most: the stopping action must come within ``days`` of the starting one. At least:
    it may not come before they are over. ``days`` are counted from the day after.
    """

    id: str
    title: Titled
    days: int
    unit: Literal["calendar", "working"]
    bound: Literal["at_most", "at_least"]
    source: str
    verified: bool = True


class Action(Value, frozen=True, kw_only=True):
    """One step: the states it may leave, the state it sets, who takes it, and on what paper.

    ``leaves`` holds ``""`` where it may be the first. ``needs`` names other tracks and the
    states one of which the feature must be in there. ``verified`` is false where the order
    of the step was not found in a source.
    """

    code: str
    title: Titled
    leaves: tuple[str, ...]
    sets: str
    role: Titled
    document: Titled = msgspec.field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    starts: tuple[Clock, ...] = ()
    stops: tuple[str, ...] = ()
    source: str
    verified: bool = True


class Track(Value, frozen=True, kw_only=True):
    """An ordered list of states that a feature moves through, and the actions on it.

    ``kinds`` are the layers whose features have the track.
    """

    title: Titled
    kinds: tuple[str, ...]
    state: tuple[State, ...]
    action: tuple[Action, ...] = ()

    @property
    def codes(self) -> tuple[str, ...]:
        """Give the state codes.

        Returns: In their order.
        """
        return tuple(state.code for state in self.state)


class Workflow(Value, frozen=True, kw_only=True):
    """The tracks that hold at a time and place.

    ``calendar`` is the country whose public holidays are no working days.
    """

    id: str
    tracks: Mapping[str, Track]
    title: Titled = msgspec.field(default_factory=dict)
    calendar: str = "CN"

    def track(self, name: str) -> Track:
        """Give a track.

        ``name``: Such as ``approval``.
        Returns: Without states where the workflow does not have it: nothing is known of them then.
        """
        return self.tracks.get(name, Track(title={}, kinds=(), state=()))

    @property
    def titles(self) -> Mapping[tuple[str, str], Titled]:
        """Give the names of the states, by track and code."""
        return {
            (name, state.code): state.title
            for name, track in self.tracks.items() for state in track.state
        }

    @property
    def actions(self) -> Mapping[str, tuple[str, Action]]:
        """Give the actions by code, each with its track.

        Returns: In the order of the file.
        """
        return {
            action.code: (name, action)
            for name, track in self.tracks.items() for action in track.action
        }

    @property
    def clocks(self) -> Mapping[str, Clock]:
        """Give the clocks by id.

        Returns: In the order of the actions that start them.
        """
        return {
            clock.id: clock for _, action in self.actions.values() for clock in action.starts
        }
