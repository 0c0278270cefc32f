"""What was printed of a place: forms, sheets and packs, in a folder of its outputs."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from landtrack.model import Titled, catalog

FOLDER = "papers"
FORM = "form"
KINDS = {FORM: ("pdf", "docx", "xlsx", "html"), "sheet": ("pdf",), "pack": ("zip",)}
"""What can be printed, and as what files."""
SUFFIXES = frozenset(f".{each}" for suffixes in KINDS.values() for each in suffixes)
PROVED = frozenset({".pdf", ".zip"})
"""What can be verified."""
NOT_IN_NAMES = re.compile(r"[^\w.+-]+")
LONGEST = 80
BELOW = " › "
"""What stands between the folder of papers that were made together and the name of one."""


class Paper(NamedTuple):
    """A paper that is there: its file, when it was printed, and its size in bytes."""

    name: str
    at: datetime
    size: int

    @property
    def suffix(self) -> str:
        """The end of its name."""
        return Path(self.name).suffix

    @property
    def proves_itself(self) -> bool:
        """Tell whether it can be verified; a form claims nothing that could be."""
        return self.suffix in PROVED and not self.name.startswith(f"{FORM}-")


class Issued(NamedTuple):
    """A revision of a sheet or pack as the register has it.

    ``title`` is that of its template, ``features`` what it is of, ``at`` when it was registered,
    ``sha256`` the digest of what it says and ``file_sha256`` that of its file. ``paper`` is the
    name of that file among the papers, or of the pack that it is in, None where none of those is
    it. ``draft`` says why it may not be issued, empty where it may; ``superseded_by`` is the
    revision that took its place.
    """

    number: str
    revision: int
    title: Titled
    features: str
    scale: int | None
    pages: int | None
    drawn_by: str
    checked_by: str
    drawn_on: str
    at: str
    sha256: str
    file: str
    file_sha256: str
    paper: str | None
    draft: str
    superseded_by: str


class Register(NamedTuple):
    """A part of what was issued, the last first: from the one numbered ``first`` on.

    ``found`` counts what was asked for, ``every`` all; ``altered`` are the numbers and revisions
    that are not as they were entered, ``sealed`` is False where the seals that prove it do not
    hold.
    """

    shown: tuple[Issued, ...]
    first: int
    found: int
    every: int
    altered: tuple[tuple[str, str], ...]
    sealed: bool


class Page(NamedTuple):
    """A picture of a page: a PNG, and its size in dots."""

    png: bytes
    width: int
    height: int


class Previewed(NamedTuple):
    """A sheet as it would be issued now.

    ``number`` and ``revision`` are those that it would have, ``pages`` counts its pages, the first
    of which are ``shown``. ``lacks`` are the values that must be stated, by name, in words;
    ``reasons`` says why it may not be issued. It is the one numbered ``at``, from 0, of as many as
    were asked for.
    """

    title: Titled
    subject: str
    number: str
    revision: int
    scale: int
    paper: str
    pages: int
    shown: tuple[Page, ...]
    lacks: dict[str, str]
    reasons: tuple[str, ...]
    at: int
    of: int


class Template(NamedTuple):
    """A template of sheets: what one can be of, nothing where it is of the whole place."""

    title: Titled
    kinds: tuple[str, ...]

    @property
    def of_plots(self) -> bool:
        """Tell whether a plot can be printed by it."""
        return "plots" in self.kinds


def templates() -> dict[str, Template]:
    """List the templates of sheets of a plot or of the whole place, by id.

    Returns: The user's before the shipped ones; those of plots first.
    Raises CatalogError: If one of them is wrong.
    """
    fit = {name: each for name, each in _templates().items() if each.of_plots or not each.kinds}
    return dict(sorted(fit.items(), key=lambda each: not each[1].of_plots))


def of_many() -> dict[str, Template]:
    """List the templates of which an atlas can be made, by id: those of features.

    Raises CatalogError: If one of them is wrong.
    """
    return {name: each for name, each in _templates().items() if each.kinds}


@cache
def _templates() -> dict[str, Template]:
    from landtrack.output.sheets import template  # not before: only printing asks for it

    loaded = {name: template.load(name) for name in catalog.data_files("sheets")}
    return {name: Template(each.title, tuple(each.subject.kinds)) for name, each in loaded.items()}


def listed(out: Path) -> list[Paper]:
    """List the papers of a place, the last printed first.

    ``out``: The outputs of the place.
    """
    found = [
        Paper(name, datetime.fromtimestamp(stat.st_mtime).astimezone(), stat.st_size)
        for name, path in there(out).items() if (stat := path.stat())
    ]
    return sorted(found, key=lambda each: (each.at, each.name), reverse=True)


def file_of(out: Path, name: str) -> Path | None:
    """Find a paper by its name; None where there is none of it."""
    return there(out).get(name)


def there(out: Path) -> dict[str, Path]:
    """Find the papers of a place, by the folder that they were made into and their name in it."""
    folder = out / FOLDER
    if not folder.is_dir():
        return {}
    return {
        BELOW.join(each.relative_to(folder).parts): each
        for each in (*folder.iterdir(), *folder.glob("*/*"))
        if each.suffix in SUFFIXES and each.is_file()
        and not (each.is_symlink() or each.parent.is_symlink())
    }


def new(out: Path, what: str, key: str, suffix: str) -> Path:
    """Say where a paper goes; the folder is made, and a name that is taken is not used again.

    ``what``: Of :data:`KINDS`, or a template of a sheet.
    ``key``: What it is of, of any signs.
    """
    return _fresh(out, f"{what}-{key}", f".{suffix}")


def folder_for(out: Path, what: str) -> Path:
    """Say where several files go that are made together: a folder of their own among the papers."""
    return _fresh(out, what, "")


def _fresh(out: Path, named: str, suffix: str) -> Path:
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    stem = NOT_IN_NAMES.sub("_", named)[:LONGEST].rstrip("._")
    path, count = folder / f"{stem}{suffix}", 2
    while path.exists():
        path, count = folder / f"{stem} ({count}){suffix}", count + 1
    return path
