"""What is said, as keys with their arguments: it becomes words where it is shown.

A message holds no word of any language: keys of the text catalog, figures with the decimals that
are shown, days, names. :func:`tell` puts it into words; the page of the map does the same in the
language of its reader. A figure, day or name that is a cell of a table says of which, so that
many messages that differ in those alone are one with places to fill.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from landtrack.model import Titled
from landtrack.model.rounding import written
from landtrack.model.translations import SHARES, Words


@dataclass(frozen=True, slots=True)
class Say:
    """An entry of the text catalog; ``values`` fill its places."""

    key: str
    values: Mapping[str, Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Title:
    """Words of a data file, by language."""

    by_language: Titled


@dataclass(frozen=True, slots=True)
class Figure:
    """A number in its unit with the decimals that are shown; ``bare`` without the unit.

    A share is a fraction of 1. ``of`` is the cell that the number stands in.
    """

    value: Decimal
    unit: str
    digits: int
    of: Hashable = None
    bare: bool = False

    @property
    def digits_shown(self) -> str:
        """The number as it is written, in every language alike."""
        number = self.value * 100 if self.unit in SHARES else self.value
        return written(number, self.digits)


MOST_OF_MONEY = 6
"""Decimals of an amount in the larger unit at most: to a yuan of a million."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of yuan, said in the larger unit that its reader counts in, to the last digit.

    ``sum``: It is of many, which is said in a unit that is larger still.
    """

    cny: Decimal
    sum: bool = False

    @property
    def table(self) -> str:
        """Where the texts name its unit."""
        return "money_sum" if self.sum else "money"

    def scaled(self, words: Words) -> tuple[Decimal, int]:
        """Give the amount in the unit of a language, and its decimals."""
        amount = self.cny / Decimal(words(f"{self.table}.scale"))
        digits = -int(round(amount, MOST_OF_MONEY).normalize().as_tuple().exponent)
        return amount, max(0, digits)


@dataclass(frozen=True, slots=True)
class Unit:
    """The name of a unit."""

    unit: str


@dataclass(frozen=True, slots=True)
class Day:
    """A day as it is written; ``of`` is the cell that it stands in."""

    written: str
    of: Hashable = None


@dataclass(frozen=True, slots=True)
class Name:
    """A name or key; ``of`` is the cell that it stands in."""

    written: str
    of: Hashable = None


@dataclass(frozen=True, slots=True)
class Joined:
    """Several messages with an entry of the text catalog between them."""

    by: str
    parts: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """Several messages, one after another, without a blank at the end."""

    parts: tuple[Message, ...]


Message: TypeAlias = str | date | Say | Title | Figure | Money | Unit | Day | Name | Joined | Line


def say(key: str, **values: Message) -> Say:
    """Say an entry of the text catalog."""
    return Say(key, values)


def joined(between: str, parts: Iterable[Message]) -> Message:
    """Put messages one after another with a text between them; empty ones are left out."""
    kept = [each for each in parts if each]
    return Line(tuple(said for each in kept for said in (between, each))[1:]) if kept else ""


def once(parts: Iterable[Message]) -> Message:
    """Put sentences one after another, those that are the same once."""
    told: list[Message] = []
    told.extend(each for each in parts if each not in told)
    return Joined("wording.joint", tuple(told)) if told else ""


def tell(words: Words, message: Message) -> str:  # noqa: PLR0911  one for each kind of message
    """Put a message into words.

    Raises CatalogError: If the language has no words for a key.
    """
    match message:
        case Say(key, values):
            return words(key, **{name: tell(words, each) for name, each in values.items()})
        case Title(by_language):
            return words.pick(by_language)
        case Figure(unit=unit, bare=bare):
            shown = message.digits_shown
            return shown if bare else f"{shown}%" if unit in SHARES else \
                f"{shown} {words.unit(unit)}".rstrip()
        case Money():
            amount, digits = message.scaled(words)
            return f"{round(amount, digits):,.{digits}f} {words(f'{message.table}.unit')}"
        case Unit(unit):
            return words.unit(unit)
        case Day(written) | Name(written):
            return written
        case date():
            return f"{message:%Y-%m-%d}"
        case Joined(by, parts):
            return words(by).join(tell(words, each) for each in parts)
        case Line(parts):
            return "".join(tell(words, each) for each in parts).rstrip()
        case _:
            return message


def figures_in(message: Message) -> tuple[str, ...]:
    """List the numbers that a message shows."""
    match message:
        case Figure():
            return (message.digits_shown,)
        case Say(values=values):
            return tuple(shown for each in values.values() for shown in figures_in(each))
        case Joined(parts=parts) | Line(parts):
            return tuple(shown for each in parts for shown in figures_in(each))
        case _:
            return ()
