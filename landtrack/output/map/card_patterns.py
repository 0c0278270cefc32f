"""Sentences of many features as few patterns and many numbers.

The sentences come from :mod:`landtrack.output.wording`, which is asked once for each pattern: of
the features that are told alike but for their figures, one is put into words and its figures
are cut out. Each pattern is tried on another of its features; where it does not give the
very same words, and where a figure is rounded in a way of its own, the words of the feature
itself are kept.

In a pattern stands, between two control characters, the number of a figure among those of
the feature, with its decimals; or of a name or a day.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from landtrack.output.map.encode import Integers

OPEN, CLOSE = "\x01", "\x02"
MARK = re.compile(f"{OPEN}([nfd])(\\d+):(\\d*){CLOSE}")

Told = Any
"""Texts in lists and dictionaries, as the page reads them."""


@dataclass(frozen=True)
class Cut:
    """A figure (``f``), name (``n``) or day (``d``) that stands in a sentence."""

    kind: str
    at: int
    decimals: int = 0

    def mark(self, number: int) -> str:
        """Write what stands for it in a pattern."""
        return f"{OPEN}{self.kind}{number}:{self.decimals}{CLOSE}"


class NotCutError(Exception):
    """A figure does not stand in its sentence exactly once."""


@dataclass(frozen=True)
class Pattern:
    """What is told alike of many features, by language; and which numbers go into it."""

    told: Mapping[str, Told]
    uses: tuple[int, ...] = ()


@dataclass
class Section:
    """One block of the cards: the patterns, and per feature which and with which numbers."""

    patterns: list[Pattern]
    rows: Integers
    numbers: list[Integers] = field(default_factory=list)


Render = Callable[[int], Mapping[str, Told]]
"""Puts a row into words, in every language."""

RenderCut = Callable[[int], tuple[Mapping[str, Told], list[Cut]]]
"""The same with marks in place of the figures, and the cuts that the marks number."""


def written(number: int, decimals: int) -> str:
    """Write a whole number of tenths, hundredths and so on.

    Parameters
    ----------
    number
        Such as 24688.
    decimals
        Such as 1.

    Returns
    -------
    str
        Such as ``"2,468.8"``.
    """
    sign = "-" if number < 0 else ""
    digits = f"{abs(number):0{decimals + 1}d}"
    whole, rest = (digits[:-decimals], digits[-decimals:]) if decimals else (digits, "")
    return f"{sign}{int(whole):,}" + (f".{rest}" if rest else "")


def day(number: int) -> str:
    """Write a day that is counted from 1970 on."""
    return (dt.date(1970, 1, 1) + dt.timedelta(days=number)).isoformat()


def cut(text: str, found: str, mark: str) -> str:
    """Put a mark in place of what stands in a text exactly once.

    Parameters
    ----------
    text
        The sentence.
    found
        The figure, name or day.
    mark
        What goes in its place.

    Returns
    -------
    str
        The sentence with the mark.

    Raises
    ------
    NotCutError
        If it does not stand there, or several times.
    """
    places = [
        each.start() for each in re.finditer(re.escape(found), text)
        if not _inside_number(text, each.start(), each.end())
    ]
    if len(places) != 1:
        raise NotCutError(f"{found!r} stands {len(places)} times in {text!r}")
    return text[: places[0]] + mark + text[places[0] + len(found):]


def _inside_number(text: str, start: int, end: int) -> bool:
    """Tell whether a longer number stands round a place of a text."""
    before = text[start - 1 : start]
    after = re.match(r"[.,]?\d", text[end:])
    return before.isdigit() or (before in {".", ","} and text[start - 2 : start - 1].isdigit()) \
        or (text[start].isdigit() and after is not None) or before == OPEN


def filled(told: Told, uses: Sequence[int], numbers: Sequence[int], names: Sequence[str]) -> Told:
    """Fill a pattern in, as the page does.

    Parameters
    ----------
    told
        The pattern in one language.
    uses
        Unused places are left out of the numbers by these.
    numbers
        All numbers of the feature.
    names
        The names that numbers stand for.

    Returns
    -------
    Told
        The words.
    """
    if isinstance(told, dict):
        return {key: filled(each, uses, numbers, names) for key, each in told.items()}
    if isinstance(told, list):
        return [filled(each, uses, numbers, names) for each in told]
    if not isinstance(told, str):
        return told

    def put(found: re.Match[str]) -> str:
        number = int(numbers[uses[int(found[2])]])
        if found[1] == "n":
            return names[number]
        return day(number) if found[1] == "d" else written(number, int(found[3] or 0))

    return MARK.sub(put, told)


def section(
    keys: npt.NDArray[np.int64],
    alone: npt.NDArray[np.bool_],
    numbers: Callable[[int], Sequence[int]],
    render: Render,
    render_cut: RenderCut,
    names: Sequence[str],
) -> Section:
    """Find the patterns of one block of the cards.

    Parameters
    ----------
    keys
        Per feature a number; those with the same are told alike but for their figures.
    alone
        Per feature whether it keeps words of its own.
    numbers
        Gives all numbers of a feature.
    render, render_cut
        Put a feature into words, and cut its figures out.
    names
        The names that numbers stand for.

    Returns
    -------
    Section
        The patterns, and per feature which and with which numbers.
    """
    made = Section([], np.zeros(len(keys), dtype=np.int64))
    literal: dict[str, int] = {}
    free = np.flatnonzero(~alone)
    order = free[np.argsort(keys[free], kind="stable")]
    groups = np.split(order, np.flatnonzero(np.diff(keys[order])) + 1) if len(order) else []
    own = [np.flatnonzero(alone)]
    for rows in groups:
        pattern = _pattern(rows, numbers, render, render_cut, names)
        if pattern is None:
            own.append(rows)
        else:
            made.rows[rows] = len(made.patterns)
            made.patterns.append(pattern)
    for row in np.concatenate(own).tolist():
        told = render(row)
        text = json.dumps(told, ensure_ascii=False, sort_keys=True)
        if text not in literal:
            literal[text] = len(made.patterns)
            made.patterns.append(Pattern(told))
        made.rows[row] = literal[text]
    return made


def _pattern(
    rows: Integers, numbers: Callable[[int], Sequence[int]], render: Render,
    render_cut: RenderCut, names: Sequence[str],
) -> Pattern | None:
    """Make a pattern of one row, and try it on the last one; none where it does not hold."""
    try:
        told, cuts = render_cut(int(rows[0]))
    except NotCutError:
        return None
    uses = tuple(each.at for each in cuts)
    for row in {int(rows[0]), int(rows[len(rows) // 2]), int(rows[-1])}:
        found = numbers(row)
        said = render(row)
        if any(filled(each, uses, found, names) != said[lang] for lang, each in told.items()):
            return None
    return Pattern(told, uses)
