"""Where the files of a place may lie: inside it, or in a folder that a person named.

A catalog comes from outside, like the files that it names. It may say where in the place a file
is; that one lies elsewhere is said by who calls, never by the catalog itself.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path, PurePosixPath, PureWindowsPath

from landtrack.model.errors import CatalogError, SourceError

VARIABLE = re.compile(r"\$\{?(LANDTRACK_[A-Z0-9_]+)\}?(?=[/\\]|$)")
"""An environment variable that ``root`` may begin with: one that is set for this program alone."""

_DEVICES = re.compile(r"con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9¹²³]", re.IGNORECASE)
"""What Windows takes for a device, in any folder and with any suffix."""

_root: ContextVar[Path | None] = ContextVar("root", default=None)


@contextmanager
def rooted(folder: Path | None) -> Iterator[None]:
    """Say, for a while, in which folder the files of every place lie.

    ``folder``: As a person named it; each place says for itself where not given.
    """
    before = _root.set(None if folder is None else folder.resolve())
    try:
        yield
    finally:
        _root.reset(before)


def root_of(path: Path, stated: object) -> Path:
    """Give the folder that the paths of a catalog start at.

    ``path``: The catalog.
    ``stated``: Its ``root``: a folder inside the place, or a variable ``LANDTRACK_…`` of the
    environment with a folder inside of that.
    Raises CatalogError: If it leads out, or names a variable that is not set, or another.
    """
    if (named := _root.get()) is not None:
        return named
    folder, rest = path.parent, "." if stated is None else str(stated)
    if found := VARIABLE.match(rest):
        value = os.environ.get(found[1])
        if not value:
            raise CatalogError(
                f"{path}: [place] root names an environment variable that is not set: {rest}.",
                mend="Set the variable to the folder that holds the place's files.",
            )
        folder, rest = Path(value), rest[found.end():].lstrip("/\\") or "."
    if "$" in rest or "%" in rest or not _inside(rest):
        raise CatalogError(
            f"{path}: [place] root leads out of the place: {rest}.",
            mend="Name a folder inside the place, or say where its files are on the command line: "
            "landtrack --root FOLDER …",
        )
    return (folder / rest).resolve()


def require_inside(named: str, where: str) -> None:
    """Insist that a path of a catalog leads nowhere but into its folder.

    ``where``: What names it, for the message.
    Raises CatalogError: If it is absolute, goes up, is a server's or a device's.
    """
    if not _inside(named):
        raise CatalogError(
            f"{where} names a file outside of the place: {named}.",
            mend="Put the file into the folder of the place, or say on the command line in which "
            "folder all its files are: landtrack --root FOLDER …",
        )


def confined(folder: Path, path: Path) -> Path:
    """Insist that a file of a place lies in its folder, wherever links lead.

    ``folder``: The folder of the place.
    Returns: The path, as it is.
    Raises SourceError: If it is a link that leads out, or goes through one.
    """
    if not path.resolve().is_relative_to(folder.resolve()):
        raise SourceError(
            f"{path} is a link that leads out of the folder of the place.",
            mend="Put the file itself there, or say on the command line in which folder all files "
            "are: landtrack --root FOLDER …",
        )
    return path


def is_device(name: str) -> bool:
    """Tell whether Windows takes the name of a file for a device."""
    return _DEVICES.fullmatch(name.partition(".")[0].rstrip()) is not None


def _inside(named: str) -> bool:
    """Tell whether a path stays in its folder, as Windows and as other systems read it."""
    windows, posix = PureWindowsPath(named), PurePosixPath(named)
    parts = [part for each in (windows, posix) for part in each.parts]
    return not (
        "\0" in named or windows.drive or windows.root or posix.root or ".." in parts
        or any(part.startswith("..") and not part.strip(". ") for part in parts)  # as Windows does
        or any(map(is_device, parts))
        or any(":" in part for part in parts)
    )
