"""Layers and tables in a ZIP archive, each read by the reader of the file that it is in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from landtrack.ingest.formats import archive, companions, files, tables
from landtrack.ingest.formats.base import Contents, Note
from landtrack.model import Issue
from landtrack.model.errors import LimitError, SourceError

Named = dict[str, tuple[Path, str]]
"""By the name in the archive, the file and its layer or sheet."""


def layer_names(path: Path) -> list[str]:
    """List the layers of all files in an archive.

    ``path``: The ``.zip``.
    Returns: The layer's name, behind the member's path where two members have one of that name.
    Raises SourceError: If it cannot be unpacked or holds no file with layers.
    """
    with archive.unpacked(path) as folder:
        return list(_layers(path, folder)[0])


def all_names(path: Path) -> tuple[list[str], list[str]]:
    """List the layers of all files in an archive, and its tables without shapes, such as a ledger.

    Returns: The layers, as :func:`layer_names` gives them, and the tables: the path of the file in
    the archive, with the name of the sheet behind it where it has several.
    Raises SourceError: If it cannot be unpacked, or holds neither.
    """
    with archive.unpacked(path) as folder:
        layers, named, why = _held(path, folder)
        if not named:
            _insist(path, layers, why)
        return list(layers), list(named)


def read_table(
    path: Path, *, sheet: str | None = None, header_row: int | None = None,
    encoding: str | None = None, fit: tables.Fit | None = None,
) -> tables.Table:
    """Read a table of an archive.

    ``path``: The ``.zip``.
    ``sheet``: A name as :func:`all_names` gives it; the only one where not given.
    ``header_row`` and the others: As for :func:`landtrack.ingest.formats.tables.read`.
    Raises SourceError: If it cannot be unpacked or read, or which of its tables is meant is not
    known.
    """
    with archive.unpacked(path) as folder:
        named = _held(path, folder)[1]
        if sheet is None and len(named) == 1:
            sheet = next(iter(named))
        if sheet is None or sheet not in named:
            listed = ", ".join(named)
            raise SourceError(
                f"{path} has no table {sheet!r}." if sheet else f"{path} has several tables."
                if named else f"{path} holds no table.",
                mend=f"Name one of: {listed}." if named
                else "Pack the workbook or the CSV, or name the file itself.",
            )
        member, own = named[sheet]
        try:
            found = tables.read(
                member, sheet=own or None, header_row=header_row, encoding=encoding, fit=fit
            )
        except SourceError as error:
            raise _inside(error, path, folder) from error
    return replace(found, path=path, sheet=sheet)


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
    """Find the members that are layers, and give each of them a name of its own.

    Returns: The layers, and the members that nothing here reads.
    """
    layers, named, why = _held(path, folder)
    _insist(path, layers, why)
    of_tables = {member.relative_to(folder).as_posix() for member, _ in named.values()}
    return layers, [each for each in why if each not in of_tables]


def _insist(path: Path, layers: Named, why: Mapping[str, SourceError]) -> None:
    """Insist that there is a layer."""
    if layers:
        return
    if why:
        raise next(iter(why.values()))
    raise SourceError(
        f"{path} holds no file that has layers.",
        mend="Pack the .shp with its .dbf, .shx and .prj, or the .gpkg or .geojson itself.",
    )


def _held(path: Path, folder: Path) -> tuple[Named, Named, dict[str, SourceError]]:
    """Find the members that are data, and give each layer and table of them a name of its own.

    Returns: The layers, the tables without shapes, and by file why it is no layer.
    """
    named: Named = {}
    found: list[tuple[str, Path, str]] = []
    why: dict[str, SourceError] = {}
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
            why[inside] = _inside(error, path, folder)
            own = _sheets(member, path, folder)
            named |= {
                inside if len(own) == 1 else f"{inside}:{each}": (member, each) for each in own
            }
            continue
        found += [(inside, member, name) for name in names]
    taken = [name for _, _, name in found]
    return {
        name if taken.count(name) == 1 else f"{inside}:{name}": (member, name)
        for inside, member, name in found
    }, named, why


def _sheets(member: Path, path: Path, folder: Path) -> list[str]:
    """List the sheets of a file that are tables, empty for the one of text; none of others."""
    try:
        if files.of(member) is not files.TABLE:
            return []
        if not tables.is_workbook(member):
            return [""] if tables.is_table(member) else []
        return [each.sheet for each in tables.grids(member).shown]
    except LimitError as error:
        raise _inside(error, path, folder) from error
    except SourceError:
        return []


def _inside(error: SourceError, path: Path, folder: Path) -> SourceError:
    """Name a member by its place in the archive, not by where it was unpacked."""
    cause, mend = (
        each.replace(f"{folder}{os.sep}", f"{path}:") for each in (error.cause, error.mend)
    )
    if isinstance(error, LimitError):
        return LimitError(cause, mend=mend, limit=error.limit)
    return SourceError(cause, mend=mend)


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
