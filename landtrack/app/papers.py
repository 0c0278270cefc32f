"""What was printed of a place: forms, sheets and packs, in a folder of its outputs."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import NamedTuple

from landtrack.model import Titled, catalog

FOLDER = "papers"
KINDS = {"form": ("pdf", "docx", "xlsx", "html"), "sheet": ("pdf",), "pack": ("zip",)}
"""What can be printed, and as what files."""
SUFFIXES = frozenset(f".{each}" for suffixes in KINDS.values() for each in suffixes)
PROVED = frozenset({".pdf", ".zip"})
"""What can be verified."""
NOT_IN_NAMES = re.compile(r"[^\w.+-]+")
LONGEST = 80


class Paper(NamedTuple):
    """A paper that is there: its file, when it was printed, and its size in bytes."""

    name: str
    at: datetime
    size: int

    @property
    def suffix(self) -> str:
        """The end of its name."""
        return Path(self.name).suffix


class Template(NamedTuple):
    """A template of sheets: what one can be of, nothing where it is of the whole place."""

    title: Titled
    kinds: tuple[str, ...]

    @property
    def of_plots(self) -> bool:
        """Tell whether a plot can be printed by it."""
        return "plots" in self.kinds


@cache
def templates() -> dict[str, Template]:
    """List the templates of sheets of a plot or of the whole place, by id.

    Returns: The user's before the shipped ones; those of plots first.
    Raises CatalogError: If one of them is wrong.
    """
    from landtrack.output.sheets import template  # not before: only printing asks for it

    loaded = {name: template.load(name) for name in catalog.data_files("sheets")}
    found = {
        name: Template(each.title, tuple(each.subject.kinds)) for name, each in loaded.items()
    }
    fit = {name: each for name, each in found.items() if each.of_plots or not each.kinds}
    return dict(sorted(fit.items(), key=lambda each: not each[1].of_plots))


def listed(out: Path) -> list[Paper]:
    """List the papers of a place, the last printed first.

    ``out``: The outputs of the place.
    """
    folder = out / FOLDER
    if not folder.is_dir():
        return []
    found = [
        Paper(each.name, datetime.fromtimestamp(stat.st_mtime).astimezone(), stat.st_size)
        for each in folder.iterdir()
        if each.suffix in SUFFIXES and each.is_file() and (stat := each.stat())
    ]
    return sorted(found, key=lambda each: (each.at, each.name), reverse=True)


def file_of(out: Path, name: str) -> Path | None:
    """Find a paper by its name; None where there is none of it."""
    path = out / FOLDER / name
    known = path.suffix in SUFFIXES and path.name == name and not path.is_symlink()
    return path if known and path.is_file() else None


def new(out: Path, what: str, key: str, suffix: str) -> Path:
    """Say where a paper goes; the folder is made, and a name that is taken is not used again.

    ``what``: Of :data:`KINDS`, or a template of a sheet.
    ``key``: What it is of, of any signs.
    """
    folder = out / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    stem = NOT_IN_NAMES.sub("_", f"{what}-{key}")[:LONGEST].rstrip("._")
    path, count = folder / f"{stem}.{suffix}", 2
    while path.exists():
        path, count = folder / f"{stem} ({count}).{suffix}", count + 1
    return path
