"""How far each feature is on each track of a place, and which steps its workflow offers now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from landtrack.model import Action, Track, Workflow, catalog

NONE = "none"
"""Stands for no state yet, in an address."""


class Feature(NamedTuple):
    """A feature on a track: its layer and key, its state (empty for none yet), and since when."""

    kind: str
    key: str
    state: str
    since: str


@dataclass(frozen=True)
class Tracks:
    """What is tracked at a place: its workflow, the features of each track, the last event."""

    workflow: Workflow
    features: Mapping[str, tuple[Feature, ...]]
    event: int

    def counts(self, track: str) -> Counter[str]:
        """Count the features of a track by state."""
        return Counter(each.state for each in self.features.get(track, ()))

    def at(self, track: str, state: str) -> tuple[Feature, ...]:
        """Give the features of a track that are in a state; empty for those without one."""
        return tuple(each for each in self.features.get(track, ()) if each.state == state)


def of(stands: Mapping[str, Any]) -> Tracks | None:
    """Say what is tracked at a place.

    ``stands``: As ``landtrack store summary`` says of its store.
    Returns: The tracks of which there are features; None where the place has no workflow.
    Raises CatalogError: If its workflow is gone or wrong.
    """
    if not stands.get("workflow"):
        return None
    flow = catalog.workflow(stands["workflow"])
    known = {(layer, key, track): (state, since)
             for layer, key, track, state, since in stands["states"]}
    found = {
        name: tuple(
            Feature(kind, key, *known.get((kind, key, name), ("", "")))
            for kind in track.kinds for key in stands["features"].get(kind, ())
        )
        for name, track in flow.tracks.items()
    }
    return Tracks(flow, {name: each for name, each in found.items() if each}, stands["event"])


def offered(track: Track, state: str) -> tuple[Action, ...]:
    """Give the steps that may be taken from a state; empty for none yet."""
    return tuple(each for each in track.action if state in each.leaves)
