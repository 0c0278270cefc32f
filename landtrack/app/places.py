"""The places of a folder: which there are, how each stands, and what its issues ask for."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from landtrack import store
from landtrack.model import ISSUE_COLUMNS, Place, catalog, translations
from landtrack.model.catalog import CATALOG_NAME
from landtrack.model.classes import VERDICT
from landtrack.model.errors import LandtrackError, OutputError, SourceError
from landtrack.model.outputs import OUTPUTS, STORE
from landtrack.store import backends
from landtrack.store.session import Session

OUT = "build"
"""The folder for the outputs of a place, inside its own."""
OPEN = ("error", "warning")
"""Severities of issues that ask for something."""


class Run(NamedTuple):
    """How a place stood at its last run.

    ``at``: when it was made, with its time zone; ``as_of`` the day it is of, empty for that of the
    files. ``verdicts``: plots by verdict; ``issues``: rows by severity. ``changed``: the files of
    the place that are not as they were then, gone ones included; ``outputs``: those that are there.
    """

    at: datetime
    as_of: str
    rules: str
    verdicts: Counter[str]
    issues: Counter[str]
    changed: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def questions(self) -> int:
        """Count the issues that ask for something."""
        return sum(self.issues[each] for each in OPEN)


@dataclass(frozen=True, kw_only=True)
class Known:
    """A folder that is a place, or may become one.

    ``name`` names it among the others; ``place`` is its catalog, None where there is none or it is
    wrong; ``run`` its last run, None where there was none or its store was edited. ``fault`` says
    what is wrong with either.
    """

    name: str
    folder: Path
    out: Path
    place: Place | None
    fault: LandtrackError | None
    run: Run | None

    @property
    def drafted(self) -> bool:
        """Tell whether there is a catalog, be it a wrong one."""
        return is_drafted(self.folder)

    def title(self, words: translations.Words) -> str:
        """Give the title in a language; the name of the folder where no catalog says one."""
        return self.name if self.place is None else words.pick(self.place.title) or self.name


def listed(home: Path) -> dict[str, Path]:
    """List the places of a folder.

    ``home``: A place, or a folder of places.
    Returns: Folders by name: the folder itself where it has a catalog, or has files of which one
    can be drafted and no place below it; else those below it that do.
    """
    if is_drafted(home):
        return {home.name: home}
    below = {each.name: each for each in sorted(home.iterdir()) if _is_place(each)}
    if any(map(is_drafted, below.values())):
        return below
    return {home.name: home} if _is_place(home) or not below else below


def is_drafted(folder: Path) -> bool:
    """Tell whether a folder has a catalog, be it a wrong one."""
    return (folder / CATALOG_NAME).is_file()


def _is_place(folder: Path) -> bool:
    """Tell whether a folder has a catalog, or files of which one can be drafted."""
    if folder.name.startswith(".") or folder.name == OUT or not folder.is_dir():
        return False
    return any(each.is_file() and not each.name.startswith(".") for each in folder.iterdir())


def known(name: str, folder: Path) -> Known:
    """Say how a place stands.

    ``name``: As :func:`listed` has it.
    Returns: What its catalog and its store say; what is wrong with either is its ``fault``.
    """
    out = out_of(folder)
    place, run, fault = None, None, None
    try:
        place = catalog.place(folder)
        run = _run(out, folder)
    except LandtrackError as error:
        fault = error
    return Known(name=name, folder=folder, out=out, place=place, fault=fault, run=run)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A place by its catalog alone: ``place`` is None where there is none, or it is wrong."""

    name: str
    folder: Path
    place: Place | None

    @property
    def drafted(self) -> bool:
        """Tell whether there is a catalog, be it a wrong one."""
        return is_drafted(self.folder)

    def title(self, words: translations.Words) -> str:
        """Give the title in a language; the name of the folder where no catalog says one."""
        return self.name if self.place is None else words.pick(self.place.title) or self.name

    def key_of(self, file: str) -> str:
        """Name the column that tells the features of a file apart; empty where none is named."""
        for each in () if self.place is None else self.place.layers:
            if each.path.casefold() == file.casefold() and each.kind in catalog.schemas():
                key = catalog.schemas()[each.kind].key
                stated = (each.fields or {}).get(key, key)
                return stated if isinstance(stated, str) else stated.column
            if each.ledger is not None and each.ledger.path.casefold() == file.casefold():
                return each.ledger.key
        return ""


def plain(name: str, folder: Path) -> Plain:
    """Say what the catalog of a place says; its store is not read.

    ``name``: As :func:`listed` has it.
    """
    try:
        place = catalog.place(folder)
    except LandtrackError:
        place = None
    return Plain(name=name, folder=folder, place=place)


def may_hold_new(home: Path) -> bool:
    """Tell whether new places may be made in a folder: it is no place itself."""
    return not is_demo(home) and (is_empty(home) or home not in listed(home).values())


def is_empty(home: Path) -> bool:
    """Tell a folder in which nothing is, but what is hidden."""
    return all(each.name.startswith(".") for each in home.iterdir())


def is_demo(folder: Path) -> bool:
    """Tell the demo place, which is not changed."""
    return folder.resolve() == catalog.demo_place().resolve()


def insist_on_own(folder: Path) -> None:
    """Insist that a place is somebody's own.

    Raises OutputError: If it is the demo place.
    """
    if is_demo(folder):
        raise OutputError(
            "The demo place is not changed.",
            mend="Open a folder of your own: landtrack serve FOLDER; new places are made there.",
        )


def out_of(folder: Path) -> Path:
    """Say where the outputs of a place go: into it; those of the demo place where one stands."""
    return Path.cwd() / OUT if is_demo(folder) else folder / OUT


def _run(out: Path, folder: Path) -> Run | None:
    """Read how the last run came out; None where there was none."""
    path = out / STORE
    if not store.exists(path):
        return None
    with judged(path) as db:
        rows = db.select("runs", ("at", "as_of", "rules", "inputs"))
        verdicts = Counter(str(own) for (own,) in db.select("plots", (VERDICT,)))
        issues = Counter(str(own) for (own,) in db.select("issues", ("severity",)))
    written, as_of, rules, inputs = rows[-1]
    at = datetime.fromisoformat(written)
    return Run(
        at=at, as_of=as_of or "", rules=rules or "", verdicts=verdicts, issues=issues,
        changed=_changed(inputs, folder, at),
        outputs=tuple(name for name in OUTPUTS if (out / name).is_file()),
    )


@contextmanager
def judged(path: Path) -> Iterator[Session]:
    """Open a store whose results are as its run wrote them.

    Raises SourceError: If there is none, or they were edited.
    """
    if not path.is_file():
        raise SourceError(f"There is no store at {path}.", mend="Make it with `landtrack run`.")
    there = path.stat()
    _insist(path, there.st_mtime_ns, there.st_size)
    with backends.of(path).reading(path) as db:
        yield db


@lru_cache(maxsize=64)
def _insist(path: Path, _written: int, _size: int) -> None:
    """Refuse a store whose results were edited; one that holds is not looked at again."""
    store.seals.insist(path)


def _changed(inputs: str, folder: Path, at: datetime) -> tuple[str, ...]:
    """List the inputs of a run that are gone, of another size, or were written since."""
    found = []
    for each in [*json.loads(inputs), {"path": CATALOG_NAME, "bytes": None}]:
        path = folder / each["path"]
        if not path.is_file():
            found.append(each["path"])
            continue
        now = path.stat()
        if now.st_size != (each["bytes"] or now.st_size) or now.st_mtime > at.timestamp() + 1:
            found.append(each["path"])
    return tuple(dict.fromkeys(found))


class Asked(NamedTuple):
    """What one who mends is asked for: issues alike, the worst first."""

    who: str
    severity: str
    issue: str
    rows: tuple[dict[str, Any], ...]
    more: int


def asked(out: Path, words: translations.Words, *, most: int = 200) -> list[Asked]:
    """Sort the issues of a place as a list of work: by who mends them, and of one kind together.

    ``out``: Its outputs.
    ``words``: In which the mends are said.
    ``most``: So many rows of one kind are given, the others counted.
    Returns: Those that ask for something (errors and warnings), errors first.
    Raises SourceError: If there is no store, or its results were edited.
    """
    with judged(out / STORE) as db:
        table = pd.DataFrame(db.select("issues", ISSUE_COLUMNS), columns=list(ISSUE_COLUMNS))
    table = table[table["severity"].isin(OPEN)]
    found = []
    order = ["who_mends", "severity", "issue"]
    for (who, severity, issue), own in table.groupby(order, sort=True):
        shown = translations.with_mends(own.head(most), words)
        found.append(Asked(
            str(who), str(severity), str(issue), tuple(shown.to_dict("records")),
            len(own) - len(shown),
        ))
    return sorted(found, key=lambda each: (each.who, OPEN.index(each.severity), each.issue))
