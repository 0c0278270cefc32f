"""What differs between two versions of layers, as a list that a page shows.

Two versions are compared with heavy libraries, in a process of its own, which leaves the list as
JSON (:mod:`landtrack.app.changes_kept`); here it is only looked at. Texts are there in every
language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from landtrack.model import whole_file
from landtrack.model.errors import SourceError
from landtrack.model.value import Titled, Value

WHATS = (
    "verdict", "added", "removed", "moved", "shape", "renumbered", "state", "fact", "column",
    "outcome",
)
"""What a change may be, in the order in which they are counted: ``outcome`` is that of a plot which
is there on one side alone."""
OF_PLACE = (WHATS[0], WHATS[-1])
"""Those that only a judging tells."""
MOST = 20_000
"""Changes that are kept; the others are counted."""


class Change(Value, frozen=True, kw_only=True):
    """A change of a feature, or of the outcome of a rule.

    ``what``: One of :data:`WHATS`. ``field`` names the field or the rule, ``how`` says of a shape
    how far it is elsewhere, ``why`` of an outcome what made it another.
    """

    layer: str
    key: str
    what: str
    field: Titled
    before: Titled
    after: Titled
    how: Titled = msgspec.field(default_factory=dict)
    why: Titled = msgspec.field(default_factory=dict)


class Listed(Value, frozen=True, kw_only=True):
    """Changes, and how many there are of each kind, those included that are not listed.

    ``of`` are what was compared, where it was two files or days: their names.
    """

    changes: tuple[Change, ...]
    counts: Mapping[str, int]
    of: tuple[str, ...] = ()


class Wanted(NamedTuple):
    """Which changes are shown: all, where nothing is said."""

    what: str = ""
    layer: str = ""
    text: str = ""


class Shown(NamedTuple):
    """Some of the changes.

    ``counts``: By kind, of all; ``layers``: all that have changes. ``found``: How many are wanted;
    ``first``: Which of them is the first of ``rows``.
    """

    rows: Sequence[Change]
    counts: Mapping[str, int]
    layers: Sequence[str]
    found: int
    first: int
    every: int


def read(path: Path) -> Listed | None:
    """Read a list of changes; None where there is none that can be read."""
    try:
        there = path.stat()
        return _read(path, there.st_mtime_ns, there.st_size)
    except (OSError, SourceError):
        return None


def together(of_files: Listed | None, judged: Listed | None) -> Listed | None:
    """Put the features of two files and the verdicts that would be others into one list.

    ``of_files``: What differs between files. ``judged``: What would differ of the place.
    Returns: The features of the files where they were compared, else those of the place.
    """
    if of_files is None or judged is None:
        return of_files or judged
    told = [each for each in judged.changes if each.what in OF_PLACE]
    changes = sorted((*told, *of_files.changes), key=lambda each: WHATS.index(each.what))
    counts = {**of_files.counts, **{each: judged.counts.get(each, 0) for each in OF_PLACE}}
    return Listed(changes=tuple(changes), counts=counts, of=of_files.of)


def choose(listed: Listed, wanted: Wanted, *, first: int, most: int) -> Shown:
    """Choose which changes are shown.

    ``first``, ``most``: Of those that are wanted.
    """
    text = wanted.text.strip().casefold()
    found = [
        each for each in listed.changes
        if wanted.what in ("", each.what) and wanted.layer in ("", each.layer)
        and (not text or text in each.key.casefold())
    ]
    first = min(max(first, 0), max(len(found) - 1, 0))
    return Shown(
        found[first:first + most], {each: listed.counts.get(each, 0) for each in WHATS},
        sorted({each.layer for each in listed.changes}), len(found), first,
        sum(listed.counts.values()),
    )


def counted(changes: Sequence[Change]) -> dict[str, int]:
    """Count changes by kind."""
    return dict(Counter(each.what for each in changes))


@lru_cache(maxsize=4)
def _read(path: Path, _written: int, _size: int) -> Listed | None:
    """Read a list once as long as it is the same."""
    return whole_file.decoded(path, Listed, lambda why: SourceError(
        f"{path.name} is no list of changes: {why}.", mend="Compare the files again."
    ))
