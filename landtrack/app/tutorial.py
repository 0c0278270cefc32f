"""The tutorial of the desk: steps through a copy of the demo place that may be changed.

What the steps are stands in ``data/tutorial.toml``; a bureau may have its own. How far somebody is
lies beside the copy, in the home of the desk.
"""

from __future__ import annotations

import shutil
from collections.abc import Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import msgspec

from landtrack.model import Titled, Value, catalog, whole_file
from landtrack.model.errors import OutputError, SourceError

OUTPUTS = shutil.ignore_patterns("build", ".landtrack", "__pycache__")
"""What a place that lies there was given by runs of its own."""


class Step(Value, frozen=True, kw_only=True):
    """A step: where it opens, what is to be done there, and what is seen then.

    ``link``: An address, with ``{place}`` for that of the copy. ``noticed``: What the desk sees by
    itself; empty where the reader says when it is done. ``figures``: What ``answer`` names.
    """

    id: str
    link: str
    title: Titled
    task: Titled
    answer: Titled
    noticed: str = ""
    figures: Mapping[str, str | int] = msgspec.field(default_factory=dict)


class _Steps(Value, frozen=True, kw_only=True):
    """The file of the steps."""

    step: tuple[Step, ...]


class Progress(Value, frozen=True, kw_only=True):
    """How far somebody is: when it was begun, UTC, and the steps that are done."""

    version: Literal[1] = 1
    begun: str = ""
    done: tuple[str, ...] = ()


@cache
def steps() -> tuple[Step, ...]:
    """Load the steps.

    Returns: Of the user's file where there is one, else of the shipped one.
    Raises CatalogError: If ``data/tutorial.toml`` is wrong.
    """
    path = catalog.data_file("", "tutorial")
    return catalog.convert(catalog.read_toml(path), _Steps, path).step


def progress(path: Path) -> Progress:
    """Say how far somebody is; at the beginning where nothing is kept, or nothing of ours."""
    try:
        found = whole_file.decoded(path, Progress, _foreign)
    except SourceError:
        return Progress()
    return found or Progress()


def _foreign(why: str) -> SourceError:
    return SourceError(f"It is not what was kept: {why}.", mend="Begin the tutorial anew.")


def begin(copy: Path, kept: Path) -> None:
    """Put a fresh copy of the demo place where the old one is, and begin anew.

    ``copy``: Where it lies; nothing else lies there.
    ``kept``: Where it is kept how far somebody is.
    Raises OutputError: If it cannot be put there.
    """
    fresh = copy.with_name(f"{copy.name}.new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(catalog.demo_place(), fresh, ignore=OUTPUTS)
        if copy.exists():
            shutil.rmtree(copy)
        fresh.replace(copy)
        _keep(kept, Progress(begun=datetime.now(UTC).isoformat(timespec="seconds")))
    except OSError as error:
        raise OutputError(
            f"The tutorial place cannot be put back: {error.strerror}.",
            mend="Close what has a file of it open, wait for what works on it, and try again.",
        ) from error


def tick(kept: Path, known: Progress, noticed: Collection[str], *, off: str = "") -> Progress:
    """Keep what is done now.

    ``known``: How far somebody was. ``noticed``: Steps that are done beside those of before.
    ``off``: A step that is not done after all.
    """
    every = [each.id for each in steps()]
    done = tuple(
        each for each in every if each != off and (each in known.done or each in noticed)
    )
    now = msgspec.structs.replace(known, done=done)
    if now != known:
        with suppress(OSError):  # what cannot be kept is ticked again
            _keep(kept, now)
    return now


def _keep(kept: Path, now: Progress) -> None:
    whole_file.write(kept, msgspec.json.encode(now))
