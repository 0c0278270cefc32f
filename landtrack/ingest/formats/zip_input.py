"""Layers in a ZIP archive, each read by the reader of the file that it is in."""

from __future__ import annotations

import os
from pathlib import Path

from landtrack.ingest.formats import archive, companions, files, tables
from landtrack.ingest.formats.base import Contents, Note
from landtrack.model import Issue
from landtrack.model.errors import LimitError, SourceError


def layer_names(path: Path) -> list[str]:
    """List the layers of all files in an archive.

    ``path``: The ``.zip``.
    Returns: The layer's name, behind the member's path where two members have one of that name.
    Raises SourceError: If it cannot be unpacked or holds no file with layers.
    """
    with archive.unpacked(path) as folder:
        return list(_layers(path, folder)[0])


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read one layer of an archive.

    ``path``: The ``.zip``.
    ``layer``: A name as :func:`layer_names` gives it; the first where not given.
    ``encoding``: Character encoding of the attributes; found out where not given.
    Raises SourceError: If it cannot be unpacked or read, or has no such layer.
    """
    with archive.unpacked(path) as folder:
        layers, left = _layers(path, folder)
        if layer is not None and layer not in layers:
            raise SourceError(
                f"{path} has no layer {layer!r}.", mend=f"Use one of: {', '.join(layers)}."
            )
        first = next(iter(layers))
        member, name = layers[layer or first]
        try:
            contents = files.read(member, layer=name, encoding=encoding)
        except SourceError as error:
            raise _inside(error, path, folder) from error
    told = [Note(Issue.ARCHIVE_MEMBER_LEFT, each) for each in left]
    return contents._replace(notes=[*told, *contents.notes]) if layer in (None, first) else contents


def _layers(path: Path, folder: Path) -> tuple[dict[str, tuple[Path, str]], list[str]]:
    """Find the members that are data, and give each of their layers a name of its own.

    Returns: The layers, and the members that nothing here reads.
    """
    found: list[tuple[str, Path, str]] = []
    faults: dict[str, SourceError] = {}
    try:
        companions.gather(folder)
    except SourceError as error:
        raise _inside(error, path, folder) from error
    for member in members(folder):
        inside = member.relative_to(folder).as_posix()
        try:
            names = files.layer_names(member)
            if files.of(member) is files.TABLE:  # one without corners is no layer
                files.read(member)
        except LimitError as error:
            raise _inside(error, path, folder) from error
        except SourceError as error:
            faults[inside] = _inside(error, path, folder)
            continue
        found += [(inside, member, name) for name in names]
    if not found:
        if faults:
            raise next(iter(faults.values()))
        raise SourceError(
            f"{path} holds no file that has layers.",
            mend="Pack the .shp with its .dbf, .shx and .prj, or the .gpkg or .geojson itself.",
        )
    taken = [name for _, _, name in found]
    return {
        name if taken.count(name) == 1 else f"{inside}:{name}": (member, name)
        for inside, member, name in found
    }, list(faults)


def _inside(error: SourceError, path: Path, folder: Path) -> SourceError:
    """Name a member by its place in the archive, not by where it was unpacked."""
    cause = error.cause.replace(f"{folder}{os.sep}", f"{path}:")
    if isinstance(error, LimitError):
        return LimitError(cause, mend=error.mend, limit=error.limit)
    return SourceError(cause, mend=error.mend)


def members(folder: Path) -> list[Path]:
    """List the files of a folder that may hold layers.

    Returns: Sorted; a file geodatabase is one, what stands beside the data is none.
    """
    found = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder).parts
        if any(part.lower().endswith(".gdb") for part in inside[:-1]):
            continue
        if any(part == "__MACOSX" or part.startswith((".", "~$")) for part in inside):
            continue
        if path.is_dir():
            if path.suffix.lower() == ".gdb":
                found.append(path)
        elif path.suffix.lower() not in archive.SIDECARS or _is_data(path) or _is_lone(path):
            found.append(path)
    return companions.without(found)


def _is_lone(path: Path) -> bool:
    """Tell the index of a Shapefile whose shapes are not there: it is named, not passed over."""
    return path.suffix.lower() == ".shx" and companions.part(path, ".shp") is None


def _is_data(path: Path) -> bool:
    """Tell text that holds features or a table, whatever it is called, from a note beside them."""
    if path.suffix.lower() != ".txt":
        return False
    try:
        told = files.of(path)
        return tables.is_table(path) if told is files.TABLE else told is not files.UNTOLD
    except SourceError:  # such as one of 0 bytes
        return False
