"""Evidence files: kept beside the store under the hash of what is in them."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from landtrack.errors import OutputError, SourceError


def folder_of(store: Path) -> Path:
    """Say where a store keeps its evidence.

    Parameters
    ----------
    store
        The GeoPackage.

    Returns
    -------
    Path
        Such as ``project.evidence``.
    """
    return store.with_suffix(".evidence")


def keep(store: Path, file: Path) -> str:
    """Take a file into the evidence of a store.

    Parameters
    ----------
    store
        The GeoPackage.
    file
        The scan, letter or plan; it stays where it is.

    Returns
    -------
    str
        The SHA-256 of its bytes: the name under which it is kept, with its suffix.

    Raises
    ------
    SourceError
        If there is no such file.
    OutputError
        If it cannot be copied.
    """
    if not file.is_file():
        raise SourceError(f"There is no file {file}.", mend="Correct the path of --evidence.")
    folder = folder_of(store)
    try:
        folder.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, prefix=".")
        with os.fdopen(handle, "wb") as copy, file.open("rb") as source:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        sha256 = _sha256(Path(name))  # of the copy: the file may change under our hands
        Path(name).replace(folder / f"{sha256}{file.suffix.lower()}")
    except OSError as error:
        raise OutputError(
            f"{file} cannot be kept in {folder}: {error.strerror}.",
            mend="Check that the disk has room and that the folder may be written.",
        ) from error
    return sha256


def faults(store: Path, wanted: set[str]) -> dict[str, str]:
    """Compare the evidence that events name with the files there are.

    Parameters
    ----------
    store
        The GeoPackage.
    wanted
        The hashes that its events name.

    Returns
    -------
    dict of str to str
        By hash: ``vanished``, or ``altered`` where the bytes are no longer those.
    """
    there = {path.stem: path for path in folder_of(store).glob("*") if path.is_file()}
    found = {}
    for sha256 in sorted(wanted):
        if sha256 not in there:
            found[sha256] = "vanished"
        elif _sha256(there[sha256]) != sha256:
            found[sha256] = "altered"
    return found


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
