"""Messages of many features as few patterns and many numbers.

Of the features of which the same is said but for figures, days and names, the messages are made
once: what differs becomes places, which the page fills with the numbers of each feature and puts
into words. Where the messages of other features of the group do not have the same places, and
where a figure is rounded in a way of its own, a feature keeps a pattern of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from landtrack.model.translations import SHARES
from landtrack.output.map.encode import Integers
from landtrack.output.wording.messages import (
    Day,
    Figure,
    Joined,
    Line,
    Message,
    Name,
    Say,
    Title,
    Unit,
)

Said = Any
"""Messages in lists and dictionaries, as the page has them."""


class Place(NamedTuple):
    """Where the number of a figure, day or name is, among those of a feature; its decimals."""

    at: int
    decimals: int = 0


Places: TypeAlias = Mapping[Any, Place]
"""The places of the cells of a feature, by what figures are ``of``."""


@dataclass(frozen=True)
class Pattern:
    """What is said alike of many features, as the page reads it; and which numbers go into it."""

    said: Said
    uses: tuple[int, ...] = ()


@dataclass
class Section:
    """One block of the cards: the patterns, and per feature which and with which numbers."""

    patterns: list[Pattern]
    rows: Integers
    numbers: list[Integers] = field(default_factory=list)


def section(
    keys: npt.NDArray[np.int64], alone: npt.NDArray[np.bool_],
    say: Callable[[int], Said], places: Callable[[int], Places],
) -> Section:
    """Find the patterns of one block of the cards.

    ``keys``: Per feature a number; of those with the same the same is said, but for their figures.
    ``places``: Gives the places of its cells by what figures are ``of``.
    """
    made = Section([], np.zeros(len(keys), dtype=np.int64))
    known: dict[str, int] = {}

    def number(pattern: Pattern) -> int:
        text = json.dumps([pattern.said, pattern.uses], ensure_ascii=False, sort_keys=True)
        if text not in known:
            known[text] = len(made.patterns)
            made.patterns.append(pattern)
        return known[text]

    free = np.flatnonzero(~alone)
    order = free[np.argsort(keys[free], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(keys[order])) + 1) if len(order) else []
    own = [np.flatnonzero(alone)]
    for rows in groups:
        first, *others = (
            pattern(say(row), places(row))
            for row in dict.fromkeys((int(rows[0]), int(rows[len(rows) // 2]), int(rows[-1])))
        )
        if all(each == first for each in others):
            made.rows[rows] = number(first)
        else:
            own.append(rows)
    for row in np.concatenate(own).tolist():
        made.rows[row] = number(pattern(say(row), {}))
    return made


def pattern(said: Said, places: Places) -> Pattern:
    """Make a pattern of what is said of one feature.

    ``places``: Of its cells; a figure of another one, or with other decimals, is written out.
    """
    filling = _Filling(places)
    return Pattern(filling.form(said), tuple(filling.uses))


class _Filling:
    """Puts places into messages, and numbers them in the order in which they come."""

    def __init__(self, places: Places) -> None:
        self.places, self.uses = places, list[int]()

    def form(self, said: Said) -> Said:
        """Write messages as the page reads them."""
        if isinstance(said, dict):
            return {name: self.form(each) for name, each in said.items()}
        if isinstance(said, list):
            return [self.form(each) for each in said]
        return said if said is None or isinstance(said, str) else self._message(said)

    def _message(self, said: Message) -> Said:  # noqa: PLR0911  one for each kind of message
        match said:
            case Say(key, values):
                filled = {"$with": self.form(dict(values))} if values else {}
                return {"$say": key, **filled}
            case Title(by_language):
                return {"$pick": dict(by_language)}
            case Figure():
                return self._figure(said)
            case Unit(unit):
                return {"$unit": "%" if unit in SHARES else unit}
            case Day(written, of):
                return self._of("$day", of) or written
            case Name(written, of):
                return self._of("$name", of) or written
            case Joined(by, parts):
                return {"$join": by, "$parts": self.form(list(parts))}
            case Line(parts):
                return {"$line": self.form(list(parts))}
        raise TypeError(said)

    def _figure(self, said: Figure) -> Said:
        place = self.places.get(said.of)
        shown: dict[str, int | str]
        if place is not None and place.decimals == said.digits:
            shown = {"$figure": self._use(place), "$decimals": said.digits}
        else:
            shown = {"$figure": said.digits_shown}
        if said.bare or not said.unit:
            return shown
        return {**shown, "$in": "%" if said.unit in SHARES else said.unit}

    def _of(self, what: str, of: Hashable) -> Said:
        place = self.places.get(of)
        return None if place is None else {what: self._use(place)}

    def _use(self, place: Place) -> int:
        if place.at not in self.uses:
            self.uses.append(place.at)
        return self.uses.index(place.at)


def keys_in(said: Said) -> set[str]:
    """List the entries of the text catalog that a pattern names.

    Returns: Dotted keys, those of units among them.
    """
    if isinstance(said, list):
        return {key for each in said for key in keys_in(each)}
    if not isinstance(said, dict):
        return set()
    own = {str(said[name]) for name in ("$say", "$join") if name in said}
    units = {
        f"unit.{said[name]}" for name in ("$in", "$unit") if said.get(name, "%") not in {"%", ""}
    }
    return own | units | {key for each in said.values() for key in keys_in(each)}

