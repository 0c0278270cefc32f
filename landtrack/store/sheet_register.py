"""The register of sheets: a table of the store with every revision that was issued.

A sheet has a number, and a new revision where what it says has changed; the revision before
is then superseded. The same sheet asked for again is the same revision.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import msgspec

from landtrack import store
from landtrack.model.errors import OutputError
from landtrack.store import Address, locks, staging
from landtrack.store.address import to_keep
from landtrack.store.session import SHEETS, Session

LONGEST = 60
"""Characters of a number; a longer one ends in a hash."""

WAIT_S = 30


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep others from registering in a store, such as while it is replaced.

    Raises OutputError: If another does so for half a minute, or the folder cannot be written.
    """
    with ExitStack() as alone:
        try:
            alone.enter_context(locks.held(path.with_name(f".{path.name}.sheets.lock"), WAIT_S))
        except OSError as error:
            raise OutputError(
                f"The register of sheets in {path.name} is in use, or {path.parent} cannot be "
                f"written: {error}.",
                mend="Wait until the other run is done, or ask for the right to write there.",
            ) from error
        yield


@contextmanager
def opened(address: Address) -> Iterator[Session]:
    """Open the register for one issue of sheets: all of it is kept, or nothing.

    Raises OutputError: If the store cannot be written.
    """
    alone = locked(address) if isinstance(address, Path) else nullcontext()
    with alone, store.backends.of(address).writing(address) as db:
        db.declare(SHEETS)
        yield db


@contextmanager
def issuing(address: Address, out: Path) -> Iterator[tuple[Session, Path]]:
    """Open the register, and a folder for files that are entered in it: all is kept, or nothing.

    ``out``: The folder that the files are for. A program that is killed while both are changed
    leaves what the next one that writes there finishes, or puts back.
    Yields: The register, and the folder to write into.
    Raises OutputError: If the store or the folder cannot be written, or a file not be replaced.
    """
    with ExitStack() as stack:
        db = stack.enter_context(opened(address))
        last = staging.Last(
            staging.REGISTER, lambda *_: stack.close(), staging.Register.holds
        )
        with staging.staging(out, last=last) as folder:
            yield db, folder
            listed = {sha256 for (sha256,) in db.select(SHEETS.name, ("file_sha256",))}
            made = [hashlib.sha256(each.read_bytes()).hexdigest() for each in folder.iterdir()]
            (folder / staging.REGISTER).write_bytes(msgspec.json.encode(staging.Register(
                store=to_keep(address),
                sha256=tuple(each for each in made if each in listed),
            )))


def number(place: str, template: str, subject: str) -> str:
    """Make the number that a sheet is filed under."""
    made = f"{place}-{template}-{subject}"
    if len(made) <= LONGEST:
        return made
    return f"{made[:LONGEST - 9]}~{hashlib.sha256(made.encode()).hexdigest()[:8]}"


def revision(db: Session, filed: str, sha256: str) -> int:
    """Find the revision that a sheet is.

    Returns: That of the last one if it says the same, else the next; 1 for the first.
    """
    known = db.select(
        SHEETS.name, ("revision", "sha256"), {"number": filed}
    ) if SHEETS.name in db.tables() else []  # one that is only read may hold no register yet
    if not known:
        return 1
    last, says = max(known)
    return int(last) if says == sha256 else int(last) + 1


def enter(db: Session, stated: Mapping[str, Any]) -> None:
    """Enter a revision, and mark what it supersedes.

    ``stated``: Its row; when it was registered is added.
    """
    row = {
        **dict.fromkeys(SHEETS.columns), **stated, "superseded_by": "", "registered_at": db.now(),
    }
    earlier = [
        dict(zip(SHEETS.columns, each, strict=True))
        for each in db.select(SHEETS.name, [*SHEETS.columns], {"number": row["number"]})
    ]
    store.seals.enter(db, store.seals.SHEET, row)
    db.delete(SHEETS, ("number",), [(row["number"],)])
    db.insert(SHEETS, [_values(each) for each in _after(earlier, row)])


def _after(earlier: Sequence[Mapping[str, Any]], row: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Put a revision among those of its number: the ones before it are superseded."""
    fresh = [
        {**each, "superseded_by": each["superseded_by"] or str(row["revision"])}
        for each in earlier if each["revision"] < row["revision"]
    ]
    return [*fresh, row, *(each for each in earlier if each["revision"] > row["revision"])]


def _values(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in SHEETS.columns)


def faults(address: Address) -> list[tuple[str, dict[str, str]]]:
    """Hold the register against the seals of the sheets that were issued.

    Returns: Words' key under ``log``, and their values: the revisions that were altered, added or
    taken out. None where all is as it was entered, and where seals were altered, which
    :func:`landtrack.store.seals.breaks` tells: of what those hold nothing can be said.
    """
    issued: dict[str, list[Mapping[str, Any]]] = {}
    kept = store.seals.read(address)
    if store.seals.breaks(kept):
        return []
    for each in kept:
        sheets = [each.holds] if each.kind == store.seals.SHEET else each.holds.get("sheets", [])
        for row in sheets:
            issued[row["number"]] = _after(issued.get(row["number"], []), row)
    sealed = {_values(row) for own in issued.values() for row in own}
    listed = {_values(row) for row in rows(address)}
    wrong = sorted({(str(row[0]), str(row[1])) for row in sealed ^ listed})
    return [("sheet_edited", {"number": number, "revision": each}) for number, each in wrong]


def rows(address: Address) -> list[dict[str, Any]]:
    """Read the register.

    Returns: A row for each revision; none where there is no register yet.
    """
    with store.backends.of(address).reading(address) as db:
        if SHEETS.name not in db.tables():
            return []
        found = db.select(SHEETS.name, [*SHEETS.columns])
    return [dict(zip(SHEETS.columns, row, strict=True)) for row in found]


def carry(earlier: Address, path: Path) -> None:
    """Take the register and its seals over into a store that replaces an earlier one."""
    if not store.exists(earlier):
        return
    kept = rows(earlier)
    if kept:
        with store.geopackage.writing(path) as db:
            db.declare(SHEETS)
            db.insert(SHEETS, [_values(row) for row in kept])
    store.seals.carry(store.seals.read(earlier), path)
