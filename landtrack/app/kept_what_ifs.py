"""What-ifs that are kept under a name: a file of the place, apart from all that is believed.

``.landtrack/what-ifs.json`` of the place (of the demo place, which is not changed, among its
outputs) lists them: which plot, its name, the figures as they were typed, who kept it and when, and
on what it stood then. Nothing that is judged, printed or issued reads it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import msgspec

from landtrack.app import places
from landtrack.app.deliver import OWN
from landtrack.model import whole_file
from landtrack.model.address import Outputs
from landtrack.model.catalog import paths
from landtrack.model.errors import SourceError
from landtrack.model.value import Value

NAME = "what-ifs.json"
MOST = 20
"""How many are kept of a plot."""


class Basis(Value, frozen=True, kw_only=True):
    """What an answer stood on: the rule packs by name, each with a digest, and the plot's figures.

    ``outcomes`` are those of the rules with the figures that were asked for, ``limits`` those that
    were in force for the plot, whatever their packs say (none in files of before they were kept).
    """

    rules: Mapping[str, str]
    figures: Mapping[str, float | None]
    outcomes: Mapping[str, str]
    limits: Mapping[str, str] = {}


class Kept(Value, frozen=True, kw_only=True):
    """A what-if of a plot: its name, and the figures as they were typed. ``at`` is UTC."""

    plot: str
    name: str
    figures: Mapping[str, str]
    by: str
    at: str
    basis: Basis


class _File(Value, frozen=True, kw_only=True):
    """The file of a place."""

    version: Literal[1]
    what_ifs: tuple[Kept, ...]


def path_of(folder: Path, out: Path) -> Path:
    """Say where those of a place are kept.

    ``folder``: Of the place; ``out``: its outputs.
    Raises SourceError: If a link leads out of the place there.
    """
    home = out if places.is_demo(folder) else folder
    return paths.confined(home, home / OWN / NAME)


def read(folder: Path, out: Path) -> tuple[Kept, ...]:
    """Read those of a place, in the order in which they were kept.

    Raises SourceError: If the file is none that landtrack wrote.
    """
    path = path_of(folder, out)
    kept = whole_file.decoded(path, _File, lambda why: _foreign(path, why))
    return kept.what_ifs if kept else ()


def _foreign(path: Path, why: str) -> SourceError:
    return SourceError(
        f"{path} cannot be read: {why}.",
        mend="Correct it, or move it away: the what-ifs that are kept are in it.",
    )


def of_plot(folder: Path, out: Outputs, plot: str) -> tuple[Kept, ...]:
    """Read those of a plot.

    Raises SourceError: If the file is none that landtrack wrote.
    """
    if not isinstance(out, Path):
        return ()  # they are files of a place: of a shared store none are kept
    return tuple(each for each in read(folder, out) if each.plot == plot)


def mark(kept: tuple[Kept, ...]) -> str:
    """Tell those of a plot from any others: who changes them says which ones were seen."""
    return hashlib.sha256(msgspec.json.encode(kept)).hexdigest()[:16]


def written(what_ifs: tuple[Kept, ...]) -> bytes:
    """Write those of a place as its file has them."""
    return msgspec.json.format(
        msgspec.json.encode(_File(version=1, what_ifs=what_ifs)), indent=2
    )
