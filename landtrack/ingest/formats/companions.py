"""Which files belong together: one input of several files of one name."""

from __future__ import annotations

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
    beside = {each.suffix.lower() for each in of(path)}
    lacking = [each for each in NEEDED.get(suffix, ()) if each not in beside]
    if suffix == ".tab" and len(shapes := beside & SHAPES) == 1:
        lacking += SHAPES - shapes
    if lacking and b"type native" in head.lower():
        raise SourceError(
            f"{path} is a part of a MapInfo table, of which {', '.join(lacking)} is missing.",
            mend="Ask for the whole set of files of that name: .tab, .dat, .map, .id.",
        )
