"""The places of a folder: which there are, how each stands, and what its issues ask for."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from landtrack.app import answered_at, deliver
from landtrack.model import LayerSource, Place, catalog, translations
from landtrack.model.catalog import CATALOG_NAME
from landtrack.model.errors import LandtrackError, OutputError, SourceError
from landtrack.model.outputs import MAP, OUTPUTS, STORE

OUT = "build"
"""The folder for the outputs of a place, inside its own."""
Look = Callable[[Path], Mapping[str, Any] | None]
"""Says how a store stands; None where there is none."""
OPEN = ("error", "warning")
"""Severities of issues that ask for something."""


class Run(NamedTuple):
    """How a place stood at its last run.

    ``at``: when it was made, with its time zone; ``as_of`` the day it is of, empty for that of the
    files. ``verdicts``: plots by verdict; ``issues``: rows by severity. ``changed``: the files of
    the place that are not as they were then, gone ones included; ``outputs``: those that are there.
    ``due``: the last days of the statutory clocks that run.
    """

    at: datetime
    as_of: str
    rules: str
    verdicts: Counter[str]
    issues: Counter[str]
    changed: tuple[str, ...]
    outputs: tuple[str, ...]
    due: tuple[str, ...] = ()

    @property
    def overdue(self) -> int:
        """Count the statutory clocks that are over, on the day of the run or today."""
        day = self.as_of or date.today().isoformat()  # noqa: DTZ011  the day here
        return sum(each < day for each in self.due)

    @property
    def questions(self) -> int:
        """Count the issues that ask for something."""
        return sum(self.issues[each] for each in OPEN)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A folder that is a place, or may become one, by its catalog alone.

    ``name`` names it among the others; ``place`` is its catalog, None where there is none or it is
    wrong. ``shared`` says that its store is a shared one, of which a map is drawn when asked for.
    """

    name: str
    folder: Path
    place: Place | None
    shared: bool = False

    @property
    def drafted(self) -> bool:
        """Tell whether there is a catalog, be it a wrong one."""
        return is_drafted(self.folder)

    @cached_property
    def mapped(self) -> bool:
        """Tell whether there is a map of its last run."""
        return self.shared or (out_of(self.folder) / MAP).is_file()

    def title(self, words: translations.Words) -> str:
        """Give the title in a language; the name of the folder where no catalog says one."""
        return self.name if self.place is None else words.pick(self.place.title) or self.name

    def names(self, file: str) -> bool:
        """Tell whether a layer of the catalog or its ledger is read from a file."""
        return any(
            self.is_file(each.path, file) or (each.ledger is not None and self.is_file(
                each.ledger.path, file)) for each in self._layers()
        )

    def column_of(self, kind: str) -> str:
        """Name the column of the keys of a layer, as its catalog does; that of its kind else."""
        own = next((each for each in self._layers() if each.kind == kind), None)
        return _key_column(kind, own) if kind in catalog.schemas() else ""

    def key_of(self, file: str) -> str:
        """Name the column that tells the features of a file apart; empty where none is named."""
        for each in self._layers():
            if self.is_file(each.path, file) and each.kind in catalog.schemas():
                return _key_column(each.kind, each)
            if each.ledger is not None and self.is_file(each.ledger.path, file):
                return each.ledger.key
        return ""

    def _layers(self) -> tuple[LayerSource, ...]:
        return () if self.place is None else self.place.layers

    def is_file(self, stated: str, file: str) -> bool:
        """Tell whether a path of the catalog is that of a file of the place."""
        assert self.place is not None  # noqa: S101  its catalog states it
        at, folder = self.place.folder / stated, self.folder.resolve()
        return at.is_relative_to(folder) and (
            at.relative_to(folder).as_posix().casefold() == file.casefold()
        )


def _key_column(kind: str, source: LayerSource | None) -> str:
    """Name the column of the keys of a layer, as its catalog does; that of its kind else."""
    key = catalog.schemas()[kind].key
    stated = key if source is None else (source.fields or {}).get(key, key)
    return stated if isinstance(stated, str) else stated.column


@dataclass(frozen=True, kw_only=True)
class Known(Plain):
    """A place by its catalog and its last run.

    ``out`` holds its outputs; ``run`` is its last run, None where there was none or its store was
    edited. ``fault`` says what is wrong with catalog or store.
    """

    out: Path
    fault: LandtrackError | None
    run: Run | None


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


def known(name: str, folder: Path, *, look: Look | None = None) -> Known:
    """Say how a place stands.

    ``name``: As :func:`listed` has it.
    ``look``: Says how a store stands, as :func:`landtrack.app.standing.of` does; that one where
    not given.
    Returns: What its catalog and its store say; what is wrong with either is its ``fault``.
    """
    out = out_of(folder)
    place, run, fault = None, None, None
    try:
        place = catalog.place(folder)
        run = _run(out, folder, look or _in_this_process)
    except LandtrackError as error:
        fault = error
    return Known(name=name, folder=folder, out=out, place=place, fault=fault, run=run)


def plain(name: str, folder: Path, *, shared: bool = False) -> Plain:
    """Say what the catalog of a place says; its store is not read.

    ``name``: As :func:`listed` has it.
    """
    try:
        place = catalog.place(folder)
    except LandtrackError:
        place = None
    return Plain(name=name, folder=folder, place=place, shared=shared)


def may_hold_new(home: Path) -> bool:
    """Tell whether new places may be made in a folder: it is no place itself."""
    return not is_demo(home) and (is_empty(home) or home not in listed(home).values())


def is_empty(home: Path) -> bool:
    """Tell a folder in which nothing is, but what is hidden."""
    return all(each.name.startswith(".") for each in home.iterdir())


def is_judged(folder: Path) -> bool:
    """Tell whether a place has the store of a judging."""
    return (out_of(folder) / STORE).is_file()


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


def kept(folder: Path, name: str) -> Path:
    """Say where something lies that the desk keeps of a place; of the demo place by its outputs.

    ``name``: Of the file or folder.
    Raises SourceError: If a link leads out of the place there.
    """
    if is_demo(folder):
        return out_of(folder) / name
    return catalog.paths.confined(folder, folder / deliver.OWN / name)


def _in_this_process(path: Path) -> Mapping[str, Any] | None:
    """Read a store here, with the libraries that this takes."""
    from landtrack.app import standing  # not before: who serves pages has another process for it

    return standing.of(path) if path.is_file() else None


def stands(out: Path, look: Look) -> Mapping[str, Any]:
    """Say how the store of a place stands.

    ``out``: The outputs of the place.
    ``look``: Says it, as :func:`landtrack.app.standing.of` does.
    Raises SourceError: If there is no store, or its results were edited.
    """
    store = out / STORE
    told = look(store)
    if told is None:
        raise SourceError(f"There is no store at {store}.", mend="Make it with `landtrack run`.")
    if told["cause"]:
        raise SourceError(told["cause"], mend=told["mend"])
    return told


def _run(out: Path, folder: Path, look: Look) -> Run | None:
    """Say how the last run came out; None where there was none."""
    if look(out / STORE) is None:
        return None
    told = stands(out, look)
    at = datetime.fromisoformat(told["at"])
    return Run(
        at=at, as_of=told["as_of"], rules=told["rules"], verdicts=Counter(told["verdicts"]),
        issues=Counter(told["issues"]), changed=_changed(told["inputs"], folder, at),
        outputs=tuple(name for name in OUTPUTS if (out / name).is_file()),
        due=tuple(told.get("due", ())),
    )


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
    """What one who mends is asked for: issues alike, the worst first.

    Of values that mean nothing yet there is a row for each, with the ``count`` of those that have
    it.
    """

    who: str
    severity: str
    issue: str
    rows: tuple[dict[str, Any], ...]
    more: int


def asked(
    out: Path, words: translations.Words, *, look: Look = _in_this_process,
    at: Callable[[Mapping[str, Any]], str] | None = None,
) -> list[Asked]:
    """Sort the issues of a place as a list of work: by who mends them, and of one kind together.

    ``out``: Its outputs.
    ``words``: In which the mends are said.
    ``look``: Says how a store stands, as :func:`landtrack.app.standing.of` does.
    ``at``: Says where an issue is answered, as :func:`landtrack.app.answered_at.address` does.
    Returns: Those that ask for something (errors and warnings), errors first.
    Raises SourceError: If there is no store, or its results were edited.
    """
    found = [
        Asked(each["who"], each["severity"], each["issue"], tuple(_by_value([
            {**row, "mend": translations.mend(words, row), "at": "" if at is None else at(row)}
            for row in each["rows"]
        ])), each["more"])
        for each in stands(out, look)["asked"] if each["severity"] in OPEN
    ]
    return sorted(found, key=lambda each: (each.who, OPEN.index(each.severity), each.issue))


def _by_value(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the rows together in which the same value of a field means nothing yet."""
    found: dict[object, dict[str, Any]] = {}
    values: dict[str, dict[str, None]] = defaultdict(dict)
    for number, row in enumerate(rows):
        asks = answered_at.VALUES in row["at"] and row["value"]
        own = (row["at"], row["source"], row["value"]) if asks else number
        if asks:
            values[row["at"]][str(row["value"])] = None
        if own in found:
            found[own]["count"] += 1
        else:
            found[own] = {**row, "count": 1}
    return [
        {**row, "at": answered_at.with_values(row["at"], tuple(values.get(row["at"], ())))}
        for row in found.values()
    ]
