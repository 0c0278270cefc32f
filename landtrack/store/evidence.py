"""Evidence: scans, letters and plans, kept under the hash of what is in them.

A GeoPackage keeps them in a folder beside it, a database in a table that only grows. What is taken
into the folder waits out of sight until the log names it (:func:`settled`); a program that is
killed meanwhile leaves what the next one puts in place, or removes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from landtrack.model import disk
from landtrack.model.address import Address
from landtrack.model.errors import LandtrackError, SourceError
from landtrack.store import backends
from landtrack.store.session import EVIDENCE, LOG, Session

TAKING = ".taking"
"""The folder within that of the evidence where files wait for an event that names them."""

Kept = tuple[str, str, bytes]
"""The hash of a file, its suffix, and what is in it."""


def folder_of(store: Path) -> Path:
    """Say where a GeoPackage has its evidence.

    Returns: Such as ``project.evidence``.
    """
    return store.with_suffix(".evidence")


@contextmanager
def settled(store: Address) -> Iterator[None]:
    """Put in place, before and after, what was taken in and the log names; let go of the rest.

    For the one who writes into the store: in a folder nobody else may take in anything meanwhile.
    """
    _settle(store)
    try:
        yield
    except LandtrackError:  # nothing was entered; on a disk without room the log cannot be asked
        if isinstance(store, Path):
            shutil.rmtree(folder_of(store) / TAKING, ignore_errors=True)
            with suppress(OSError):  # unless there is other evidence
                folder_of(store).rmdir()
        raise
    except BaseException:  # stopped, perhaps just after it was entered
        with suppress(LandtrackError):
            _settle(store)
        raise
    _settle(store, all_named=True)


def keep(store: Address, file: Path) -> str:
    """Take a file into the evidence of a store, within :func:`settled`.

    ``file``: The scan, letter or plan; it stays where it is.
    Returns: The SHA-256 of its bytes: the name under which it is kept, with its suffix.
    Raises SourceError: If there is no such file.
    Raises OutputError: If it cannot be kept.
    """
    if not file.is_file():
        raise SourceError(f"There is no file {file}.", mend="Correct the path of --evidence.")
    suffix = file.suffix.lower()
    if isinstance(store, Path):
        return _into_folder(folder_of(store), file, suffix)
    content = file.read_bytes()
    sha256 = hashlib.sha256(content).hexdigest()
    with backends.of(store).writing(store) as db:
        put(db, (sha256, suffix, content))
    return sha256


def put(db: Session, kept: Kept) -> None:
    """Take evidence into an open database, unless it is there."""
    if not db.select(EVIDENCE.name, ("sha256",), {"sha256": kept[0], "suffix": kept[1]}):
        db.insert(EVIDENCE, [kept])


def every(store: Address, wanted: Collection[str] | None = None) -> Iterator[Kept]:
    """Give the evidence of a store, one by one.

    ``wanted``: The hashes asked for; all evidence where not given.
    Yields: Hash, suffix and content; of a folder what its files are named.
    """
    if isinstance(store, Path):
        for path in sorted([*folder_of(store).glob("*"), *_named(store)]):
            asked = wanted is None or path.stem in wanted
            if asked and path.is_file() and not path.name.startswith("."):
                yield path.stem, path.suffix, path.read_bytes()
        return
    with backends.of(store).reading(store) as db:
        for sha256, suffix in db.select(EVIDENCE.name, ("sha256", "suffix")):
            if wanted is not None and sha256 not in wanted:
                continue
            ((content,),) = db.select(
                EVIDENCE.name, ("content",), {"sha256": sha256, "suffix": suffix}
            )
            yield sha256, suffix, content


def faults(store: Address, wanted: set[str]) -> dict[str, str]:
    """Compare the evidence that events name with what is kept.

    Returns: By hash: ``vanished``, or ``altered`` where the bytes are no longer those.
    """
    found = dict.fromkeys(sorted(wanted), "vanished")
    for sha256, _, content in every(store, wanted):
        if hashlib.sha256(content).hexdigest() == sha256:
            found.pop(sha256, None)
        else:
            found[sha256] = "altered"
    return found


def _into_folder(folder: Path, file: Path, suffix: str) -> str:
    taking = folder / TAKING
    with disk.writing(folder):
        taking.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=taking, prefix=".")
        with os.fdopen(handle, "wb") as copy, file.open("rb") as source:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        with Path(name).open("rb") as copied:  # the copy: the file may change under our hands
            sha256 = hashlib.file_digest(copied, "sha256").hexdigest()
        Path(name).replace(taking / f"{sha256}{suffix}")
    return sha256


def _named(store: Path) -> list[Path]:
    """List what was taken in and is named by an event, though it is not in place."""
    taken = [*(folder_of(store) / TAKING).glob("[!.]*")]
    if not taken or not store.is_file():
        return []
    with backends.of(store).reading(store) as db:
        named = {sha256 for (sha256,) in db.select(LOG.name, ("evidence_sha256",))}
    return [
        each for each in taken
        if each.stem in named and not (folder_of(store) / each.name).exists()
    ]


def _settle(store: Address, *, all_named: bool = False) -> None:
    """Put in place what the log names: all, where it was just entered, without reading the log."""
    if not isinstance(store, Path):
        return
    folder = folder_of(store)
    if not (folder / TAKING).is_dir():
        return
    named = [*(folder / TAKING).glob("[!.]*")] if all_named else _named(store)
    with suppress(OSError):  # the next one does it; what is named is found where it is
        for each in named:
            each.replace(folder / each.name)
        shutil.rmtree(folder / TAKING)
        if not any(folder.iterdir()):
            folder.rmdir()
