"""What a page says of steps: how far each feature is, and which its workflow offers now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from landtrack.model import Action, Track

NONE = "none"
"""Stands for no state yet, in an address."""


class Feature(NamedTuple):
    """A feature on a track: its layer and key, its state (empty for none yet), and since when."""

    kind: str
    key: str
    state: str
    since: str


class Seen(NamedTuple):
    """The features of a track that are in a state, of which ``more`` are not given.

    ``names`` are the tracks of which there are features, ``counts`` the features of the ``chosen``
    one by state, ``states`` those in which there are some, and ``event`` the last one of the log.
    Of the features that were asked for ``apart`` counts those in other states, and ``unknown`` are
    keys of none on the track.
    """

    workflow: str
    names: tuple[str, ...]
    chosen: str
    counts: Mapping[str, int]
    states: tuple[str, ...]
    state: str
    found: tuple[Feature, ...]
    more: int
    event: int
    apart: Mapping[str, int] = {}
    unknown: tuple[str, ...] = ()


class Held(NamedTuple):
    """A feature whose shape may be changed: its key, its states and its area, in words."""

    key: str
    states: str
    area: str


class Drawn(NamedTuple):
    """A piece that a line cuts off, or several features as one: its area in words, and a picture.

    ``path`` is its outline, as SVG draws it, and ``at`` where its number goes.
    """

    area: str
    path: str
    at: tuple[float, float]


class Chosen(NamedTuple):
    """Features of one layer whose shapes are to be changed, on a track.

    ``drawn`` are the shapes after, where no file is needed for them; ``around`` are the outlines of
    others in the picture of ``size``.
    """

    kind: str
    track: str
    found: tuple[Held, ...]
    drawn: tuple[Drawn, ...] = ()
    around: tuple[str, ...] = ()
    size: tuple[float, float] = (0, 0)


class Happened(NamedTuple):
    """An entry of the log: of a feature, and of ``others`` that it names.

    ``what`` is its step in words, ``before`` and ``after`` states or shapes; ``undoes`` is the
    entry that it takes back, 0 for none. One that was taken back names by which, and why; of any
    other ``why_not`` says why it may not be, where it may not.
    """

    number: int
    at: str
    what: str
    before: str
    after: str
    layer: str
    key: str
    others: tuple[str, ...]
    document: str
    note: str
    by: str
    recorded_at: str
    scan: bool
    undoes: int
    undone_by: int = 0
    undone_why: str = ""
    may_undo: bool = False
    why_not: str = ""


class Holds(NamedTuple):
    """A state that a feature holds on a track, since when, and by which document, in words."""

    track: str
    state: str
    since: str
    document: str
    perhaps: str


class Beneath(NamedTuple):
    """A parcel below a plot: which part of the plot lies on it, and its states, in words."""

    parcel: str
    share: str
    state: str


class Of(NamedTuple):
    """How a feature stands; of a plot what lies beneath, and how much of it is in hand."""

    layer: str
    key: str
    states: tuple[Holds, ...]
    beneath: tuple[Beneath, ...]
    outlook: str


class History(NamedTuple):
    """What happened to features, or to a place: a part, from the one numbered ``first`` on.

    ``found`` counts what was asked for, ``stated`` the entries that are left out as they only say
    what a file states.
    """

    features: tuple[Of, ...]
    events: tuple[Happened, ...]
    first: int
    found: int
    stated: int


class Turned(NamedTuple):
    """What would be otherwise of a feature: a state on a track, or its shape, in words."""

    layer: str
    key: str
    what: str
    before: str
    after: str


class Undoing(NamedTuple):
    """What would be taken back, the last first, and what would change by it."""

    events: tuple[Happened, ...]
    turned: tuple[Turned, ...]


class Entered(NamedTuple):
    """What was entered, in words, a line each, and the numbers of its first and last event."""

    lines: tuple[str, ...]
    first: int
    last: int


class Told(NamedTuple):
    """What is told of a step: when, the number of its document, by whom, and a remark."""

    at: str
    document: str = ""
    by: str = ""
    note: str = ""


def offered(track: Track, state: str) -> tuple[Action, ...]:
    """Give the steps that may be taken from a state; empty for none yet."""
    return tuple(each for each in track.action if state in each.leaves)
