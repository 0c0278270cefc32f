"""What pages say of plots, as plain values: who shows them needs no tables to know these types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from landtrack.model import NOT_JUDGED, Outcome, Titled

FIGURES = ("fixed_investment_cny", "land_area_m2", "floor_area_m2", "covered_area_m2")
"""What the indices are made of: it can be asked what if they were otherwise."""
OUTCOMES = (Outcome.FAIL, Outcome.UNKNOWN, NOT_JUDGED, Outcome.PASS)
"""How a plot may stand, the worst first."""


class Wanted(NamedTuple):
    """Which plots of a list are wanted; empty for any.

    ``outcome``: The verdict on the plot or, where a ``rule`` is named, what that one says of it.
    ``text``: Part of a key or a name.
    ``nearest``: Those nearest to the limit of the rule first.
    """

    outcome: str = ""
    rule: str = ""
    text: str = ""
    nearest: bool = False


class Stands(NamedTuple):
    """How a plot stands by one rule.

    ``margin``: How far it is from its limit, as a share of it where there is one; None if unknown.
    """

    outcome: str
    margin: float | None


class Plot(NamedTuple):
    """A plot of the list: its names, its verdict, and how it stands by each rule."""

    key: str
    project: str
    name: str
    company: str
    verdict: str
    by_rule: Mapping[str, Stands]


class Listed(NamedTuple):
    """A part of the plots that are wanted, from the one numbered ``first`` on.

    ``found`` counts those that are wanted, ``every`` all of the place, ``counts`` all by outcome;
    ``titles`` are those of the rules, by id.
    """

    shown: tuple[Plot, ...]
    first: int
    found: int
    every: int
    counts: Mapping[str, int]
    titles: Mapping[str, Titled]


class Beside(NamedTuple):
    """The plots before and behind one in a list, and the place of that one in it, from 1."""

    before: str | None
    behind: str | None
    at: int
    of: int


class Said(NamedTuple):
    """A finding in words, beside its rule and its outcome as codes."""

    rule: str
    outcome: str
    name: str
    said_outcome: str
    value: str
    limit: str
    margin: str
    clause: str
    why: tuple[str, ...]


class Case(NamedTuple):
    """What is known of one plot: itself, its findings, and those of its project as a whole.

    ``beside``: Its neighbours in the list that was asked for; None where it is not in that.
    ``land``: What lies under it, where that was asked: a row each of what, state, area and share.
    """

    plot: Plot
    findings: tuple[Said, ...]
    project: tuple[Said, ...]
    beside: Beside | None = None
    land: tuple[tuple[str, ...], ...] = ()


class Leaf(NamedTuple):
    """A page of the handbook: its title, itself as HTML, and all topics with their titles."""

    title: str
    body: str
    others: tuple[tuple[str, str], ...]


class Changed(NamedTuple):
    """What a rule says of a plot now, and what it would say."""

    now: Said
    then: Said

    @property
    def flips(self) -> bool:
        """Tell whether the outcome is another."""
        return self.now.outcome != self.then.outcome


class WhatIf(NamedTuple):
    """How a plot is judged, and how it would be with other figures: its verdict, and by rule.

    ``figures`` are those that were asked for, in words: as they are, and as what was typed
    was read; ``values`` are those of now that are known, as numbers.
    """

    now: str
    then: str
    rules: tuple[Changed, ...]
    figures: Mapping[str, tuple[str, str]] = {}
    values: Mapping[str, float] = {}


class Column(NamedTuple):
    """How a plot stands, or would with other figures: one of those that are compared.

    ``name`` is empty for how it stands; ``by`` and ``at`` say who kept it and when, UTC.
    ``figures`` are those by which it is judged, in words; ``asked`` those that were asked for, as
    they were typed. ``since`` says what is otherwise than when it was kept, ``fault`` (cause and
    mend) why it cannot be judged; empty where it can.
    """

    name: str
    by: str
    at: str
    verdict: str
    figures: Mapping[str, str]
    asked: Mapping[str, str]
    said: tuple[Said, ...]
    since: tuple[str, ...]
    fault: tuple[str, ...]


class Compared(NamedTuple):
    """A plot as it stands, and beside it the what-ifs that are kept of it.

    ``mark`` tells those from any others.
    """

    plot: Plot
    columns: tuple[Column, ...]
    mark: str


def beside(keys: Sequence[str], key: str) -> Beside | None:
    """Find what stands before and behind a plot in a list; None where it is not in it."""
    if key not in keys:
        return None
    at = keys.index(key)
    return Beside(
        keys[at - 1] if at else None, keys[at + 1] if at + 1 < len(keys) else None,
        at + 1, len(keys),
    )
