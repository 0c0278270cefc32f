"""The register of what was issued of a place, and where each of it is kept."""

from __future__ import annotations

import hashlib
import json
import zipfile
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from landtrack.app import papers
from landtrack.app.package import build
from landtrack.app.papers import Issued, Register
from landtrack.model import Titled, catalog
from landtrack.model.errors import LandtrackError
from landtrack.model.outputs import STORE
from landtrack.output.sheets import template
from landtrack.store import seals, sheet_register

PACK = "pack:"
"""Before the name of a template, where it is one of packs."""
CURRENT, SUPERSEDED, GONE = "current", "superseded", "gone"
"""What may be asked for alone: what counts now, what does not, what is not among the papers."""


def listed(out: Path, text: str, state: str, *, first: int = 0, most: int) -> Register:
    """List what was issued, the last first.

    ``out``: The outputs of the place.
    ``text``: Part of a number, of what it is of, of a name, a day, a file or the start of a digest;
    all where empty.
    ``state``: :data:`CURRENT`, :data:`SUPERSEDED` or :data:`GONE` alone; any where empty.
    ``first``: From which on, from 0; the last one where there are not so many.
    Raises SourceError: If there is no store, or it is none.
    """
    store = out / STORE
    every = _issued(out, sheet_register.rows(store))
    found = [each for each in every if _fits(each, text.strip().casefold(), state)]
    first = min(first, max(len(found) - 1, 0))
    faults = sheet_register.faults(store)
    return Register(
        shown=tuple(found[first : first + most]), first=first, found=len(found), every=len(every),
        altered=tuple((each["number"], each["revision"]) for _, each in faults),
        sealed=not seals.breaks(seals.read(store)),
    )


def _issued(out: Path, rows: list[dict[str, Any]]) -> list[Issued]:
    """Put the rows of a register with the papers that they are of, the last first."""
    registered = {row["file_sha256"] for row in rows}
    kept: dict[str, str] = {}
    for name, path in papers.there(out).items():
        own = _digest(path, *_mark(path))
        if path.suffix == ".zip" and own in registered:  # so it is one that was issued
            kept = {**dict.fromkeys(_within(path, *_mark(path)), name), **kept}
        kept[own] = name
    made = [_one(row, kept) for row in rows]
    return sorted(made, key=lambda each: (each.at, each.number, each.revision), reverse=True)


def _one(row: Mapping[str, Any], kept: Mapping[str, str]) -> Issued:
    told = {name: row[name] or "" for name in (
        "number", "drawn_by", "checked_by", "drawn_on", "sha256", "file", "file_sha256", "draft",
        "superseded_by",
    )}
    return Issued(
        **told, revision=int(row["revision"]), title=_title(row["template"] or ""),
        features=(row["features"] or "").replace(",", ", "), scale=row["scale"],
        pages=row["pages"], at=row["registered_at"] or "", paper=kept.get(told["file_sha256"]),
    )


def _fits(each: Issued, text: str, state: str) -> bool:
    """Tell whether a revision is asked for."""
    if state == CURRENT and each.superseded_by:
        return False
    if state == SUPERSEDED and not each.superseded_by:
        return False
    if state == GONE and each.paper is not None:
        return False
    digests = (each.sha256, each.file_sha256)
    return not text or any(
        text in part.casefold() for part in (
            each.number, each.features, each.drawn_by, each.checked_by, each.drawn_on, each.at,
            each.file, *each.title.values(),
        )
    ) or any(own.startswith(text) for own in digests)


@lru_cache(maxsize=64)
def _title(name: str) -> Titled:
    """Give the title of a template; its name where there is none of it any more."""
    try:
        if name.startswith(PACK):
            return build.load(name.removeprefix(PACK)).title
        if name in catalog.data_files("sheets"):
            return template.load(name).title
    except LandtrackError:  # edited since: its name says enough here
        pass
    return {"en": name}


def _mark(path: Path) -> tuple[int, int]:
    """Tell a file from another of its name."""
    own = path.stat()
    return own.st_mtime_ns, own.st_size


@lru_cache(maxsize=512)
def _within(path: Path, _written: int, _size: int) -> tuple[str, ...]:
    """List the digests of the files in a pack, as its manifest has them."""
    try:
        with zipfile.ZipFile(path) as pack:
            manifest = json.loads(pack.read(build.MANIFEST))
        return tuple(str(each["sha256"]) for each in manifest["files"])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile):  # replaced meanwhile
        return ()


@lru_cache(maxsize=4096)
def _digest(path: Path, _written: int, _size: int) -> str:
    """Give the digest of a file; of the same one it is not read again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
