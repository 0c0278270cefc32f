"""Which files belong together: one input of several files of one name."""

from __future__ import annotations

import re
import shutil
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from landtrack.model.errors import SourceError

COMPANIONS = {
    ".shp": (
        ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".shp.xml", ".fbn",
        ".fbx", ".ain", ".aih", ".atx", ".ixs", ".mxs",
    ),
    ".tab": (".dat", ".map", ".id", ".ind"),
    ".mif": (".mid",),
    ".gpkg": (".gpkg-wal", ".gpkg-shm", ".gpkg-journal"),
}
"""By the suffix of the file that is named, those of the files beside it that it cannot do without,
or that a program made for it."""
PARTS = {
    ".map": ("MapInfo table", ".tab"), ".id": ("MapInfo table", ".tab"),
    ".ind": ("MapInfo table", ".tab"), ".mid": ("MapInfo interchange file", ".mif"),
}
"""Files that are never read by themselves: what they are of, and the file to name."""
MAPINFO_DAT = 0x03
"""How the ``.dat`` of a MapInfo table begins, as a ``.dbf`` does; others are text of corners."""
NEEDED = {".tab": (".dat",), ".mif": ()}
"""What must be there for the file to be read."""
GATHERED = (".dbf", ".shx", ".prj", ".cpg")
"""The parts of a Shapefile that are looked for in other folders of an archive."""
SHAPES = {".map", ".id"}
"""The parts that hold the shapes of a MapInfo table: both, or none where it has no shapes."""


def of(path: Path) -> list[Path]:
    """List the files that belong to one.

    Returns: Those beside it, sorted; names are the same but for small and capital letters.
    """
    wanted = COMPANIONS.get(path.suffix.lower(), ())
    if not wanted or not path.parent.is_dir():
        return []
    stem = path.stem.casefold()
    names = {f"{stem}{suffix}" for suffix in wanted}
    return sorted(each for each in path.parent.iterdir() if each.name.casefold() in names)


def part(path: Path, suffix: str) -> Path | None:
    """Find the file of a set of files with a suffix, as a folder on Windows would have it.

    Returns: The one that is spelt as the set is; else the one that differs from it in capitals
    alone and is no other set's; None where there is none.
    Raises SourceError: If several are spelt otherwise: which one is meant is asked.
    """
    for spelt in (suffix, suffix.upper()):
        if path.with_suffix(spelt).exists():
            return path.with_suffix(spelt)
    found = [
        each for each in _called(path.parent.iterdir(), path.stem, suffix)
        if each.stem == path.stem or not _called(path.parent.glob("*"), each.stem, path.suffix,
                                                 spelt=True)
    ]
    if len(found) > 1:
        raise _asked(path, suffix, found)
    return found[0] if found else None


def gather(folder: Path) -> None:
    """Put the parts of Shapefiles beside them that a folder keeps in other folders.

    Raises SourceError: If several files may be one, or one may be of several Shapefiles.
    """
    named: dict[str, list[Path]] = defaultdict(list)
    for each in sorted(folder.rglob("*")):
        if each.is_file():
            named[each.name.casefold()].append(each)
    for name, whole in list(named.items()):
        stem = name.removesuffix(".shp")
        if stem == name:
            continue
        homes = {each.parent for each in whole}
        for suffix in GATHERED:
            parts = named.get(f"{stem}{suffix}", [])
            lone = [each for each in parts if each.parent not in homes]
            lacking = [each for each in whole if each.parent not in {it.parent for it in parts}]
            if not lone or not lacking:
                continue
            if len(lone) > 1:
                raise _asked(lacking[0], suffix, lone)
            if len(lacking) > 1:
                raise _asked(lone[0], ".shp", lacking)
            shutil.copyfile(lone[0], lacking[0].with_suffix(suffix))


def _called(paths: Iterable[Path], stem: str, suffix: str, *, spelt: bool = False) -> list[Path]:
    """List the files of a name, in small or capital letters or, but for the suffix, as spelt."""
    name = f"{stem}{suffix}".casefold()
    return sorted(
        each for each in paths
        if each.name.casefold() == name and (not spelt or each.stem == stem)
    )


def _asked(path: Path, suffix: str, found: Iterable[Path]) -> SourceError:
    return SourceError(
        f"Several files may be the {suffix} of {path}: {', '.join(map(str, found))}.",
        mend="Keep the one that belongs to it beside it, under the same name.",
    )


def without(paths: Iterable[Path]) -> list[Path]:
    """Leave out the files that belong to another of the same list.

    Returns: The others, in their order.
    """
    paths = list(paths)
    taken = {
        (path.parent, f"{path.stem.casefold()}{suffix}")
        for path in paths for suffix in COMPANIONS.get(path.suffix.lower(), ())
    }
    return [each for each in paths if (each.parent, each.name.casefold()) not in taken]


def insist(path: Path, head: bytes) -> None:
    """Refuse a part of an input that is named by itself, and one whose parts are not there.

    ``head``: Its first bytes.
    Raises SourceError: With the file to name, or what to ask for.
    """
    suffix = path.suffix.lower()
    whole = PARTS.get(suffix)
    if suffix == ".dat" and head[:1] == bytes([MAPINFO_DAT]) and b"\0" in head:
        whole = PARTS[".map"]
    if whole is not None:
        raise SourceError(
            f"{path} is a part of a {whole[0]}, which is several files of one name.",
            mend=f"Name the one that ends in {whole[1]}, with the others beside it.",
        )
    if suffix == ".tab" and re.search(rb'type\s+"?(?:raster|wms|tileserver)', head.lower()):
        raise SourceError(
            f"{path} is a picture that MapInfo lays under a map, and no layer.",
            mend="Ask for the table that was drawn on it: .tab with .dat, .map, .id.",
        )
    beside = {each.suffix.lower() for each in of(path)}
    lacking = [each for each in NEEDED.get(suffix, ()) if each not in beside]
    if suffix == ".tab" and len(shapes := beside & SHAPES) == 1:
        lacking += SHAPES - shapes
    if lacking and b"type native" in head.lower():
        raise SourceError(
            f"{path} is a part of a MapInfo table, of which {', '.join(lacking)} is missing.",
            mend="Ask for the whole set of files of that name: .tab, .dat, .map, .id.",
        )
    if suffix == ".mif" and not beside and re.search(rb"(?m)^\s*columns\s+[1-9]", head.lower()):
        raise SourceError(
            f"{path} is a part of a MapInfo interchange file, of which .mid is missing.",
            mend="Ask for the .mid of that name: it holds the attributes.",
        )
