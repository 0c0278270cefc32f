"""Changes a file of a place that people write by hand too: what is not meant stays as it is."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from landtrack.model import catalog, whole_file
from landtrack.model.errors import CatalogError, OutputError

writing = threading.RLock()
"""Held while files of places are looked at and changed."""


class ChangedError(Exception):
    """The file is not that which was looked at."""


def mark(*paths: Path) -> str:
    """Tell files of a place from any others; of one that is not there that it is not."""
    made = hashlib.sha256()
    for each in paths:
        path = catalog.paths.confined(each.parent, each)
        made.update(whole_file.read(path) if path.is_file() else b"\0")
    return made.hexdigest()


def edit(
    path: Path, change: Callable[[Any], None], check: Callable[[Path, dict[str, Any]], object]
) -> None:
    """Change a file, or make it.

    ``change``: Is given the document, comments and all, and changes it.
    ``check``: Is given the path and what the document would hold.
    Raises CatalogError: If it is no TOML, or ``check`` says so: then nothing is written.
    Raises OutputError: If it cannot be written.
    """
    path = catalog.paths.confined(path.parent, path)
    text = whole_file.read(path).decode("utf-8-sig") if path.is_file() else ""
    try:
        document = tomlkit.parse(text)
    except TOMLKitError as error:
        raise CatalogError(
            f"{path} is not valid TOML: {error}.", mend="Correct the line that is named."
        ) from error
    change(document)
    check(path, document.unwrap())
    replace(path, tomlkit.dumps(document))


def replace(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all.

    Raises OutputError: If it cannot be written.
    """
    try:
        whole_file.write(path, text.encode())
    except OSError as error:
        raise unwritable(path, error) from error


def unwritable(path: Path, error: OSError) -> OutputError:
    """Make what is said of a file or folder that cannot be written."""
    return OutputError(
        f"{path.name} cannot be written or moved: {error.strerror}.",
        mend="Close the program that has it open, or ask for the right to write there.",
    )
