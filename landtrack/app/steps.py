"""How far each feature is on each track of a place, and which steps its workflow offers now."""

from __future__ import annotations

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
    """What is tracked at a place.

    ``stands``: As ``landtrack store summary`` says of its store.
    """

    workflow: Workflow
    stands: Mapping[str, Any]

    @property
    def event(self) -> int:
        """Number the last event of the log."""
        return int(self.stands["event"])

    @property
    def names(self) -> tuple[str, ...]:
        """Name the tracks of which there are features."""
        return tuple(
            name for name, track in self.workflow.tracks.items()
            if any(self.stands["features"].get(kind) for kind in track.kinds)
        )

    def features(self, track: str) -> tuple[Feature, ...]:
        """Give the features of a track with their states."""
        known = {
            (layer, key): (state, since)
            for layer, key, name, state, since in self.stands["states"] if name == track
        }
        return tuple(
            Feature(kind, key, *known.get((kind, key), ("", "")))
            for kind in self.workflow.track(track).kinds
            for key in self.stands["features"].get(kind, ())
        )


def of(stands: Mapping[str, Any]) -> Tracks | None:
    """Say what is tracked at a place.

    ``stands``: As ``landtrack store summary`` says of its store.
    Returns: None where the place has no workflow.
    Raises CatalogError: If its workflow is gone or wrong.
    """
    if not stands.get("workflow"):
        return None
    return Tracks(catalog.workflow(stands["workflow"]), stands)


def offered(track: Track, state: str) -> tuple[Action, ...]:
    """Give the steps that may be taken from a state; empty for none yet."""
    return tuple(each for each in track.action if state in each.leaves)
