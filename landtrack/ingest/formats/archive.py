"""ZIP archives: unpacked where nothing can come of it, Chinese names read rightly.

An archive is a stranger's: its names may climb out of the folder, its members may be
megabytes that unfold to terabytes, and a survey firm's program wrote Chinese names in GBK
without saying so.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from landtrack.ingest.formats import limits, scripts, temporary
from landtrack.model.errors import SourceError

MOST_TIMES = 200
"""How many times its packed size a member may unfold to; Shapefiles stay under 30."""
SMALL = 32 << 20
"""A member up to this size is unpacked whatever its ratio: it does no harm."""
SIDECARS = frozenset({
    ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".xml", ".gfs", ".txt",
    ".md", ".pdf", ".doc", ".docx", ".jpg", ".png", ".lock", ".ini", ".html", ".htm",
})
"""Files beside the data that are no layer of their own; a ``.txt`` may be one (see below)."""
UTF8_NAME = 0x800
"""The bit of a member's flags that says that its name is in UTF-8."""
ENCRYPTED = 0x1
CHUNK = 1 << 20


@dataclass
class _Unfolded:
    """What an input has unfolded to so far, all archives in it together."""

    depth: int = 0
    members: int = 0
    bytes: int = 0


_OPEN: ContextVar[_Unfolded | None] = ContextVar("unfolded", default=None)
"""Of the outermost archive that is open; archives are limited as a whole."""


@contextmanager
def _one_deeper(path: Path) -> Iterator[_Unfolded]:
    """Go into an archive, which may lie in another one."""
    outer = _OPEN.get()
    whole = outer or _Unfolded()
    token = _OPEN.set(whole)
    whole.depth += 1
    try:
        limits.insist(path, "archive_depth", whole.depth)
        yield whole
    finally:
        whole.depth -= 1
        _OPEN.reset(token)


@contextmanager
def unpacked(path: Path) -> Iterator[Path]:
    """Unpack an archive for the time of a ``with`` block.

    ``path``: The ``.zip``.
    Yields: A folder of its own that holds the members, gone after the block.
    Raises SourceError: If it is no archive, is damaged or locked with a password, climbs out of its
    folder, or unfolds to more than the limits of this module.
    """
    with _one_deeper(path) as whole, temporary.folder() as root:
        try:
            with zipfile.ZipFile(path) as archive:
                _unpack(archive, path, root, whole)
        except SourceError:
            raise
        except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, ValueError) as error:
            raise SourceError(
                f"{path} cannot be unpacked: {error}.",
                mend="Ask for the archive again; it is damaged or packed in an unusual way.",
            ) from error
        except RuntimeError as error:  # what zipfile raises for a password
            raise SourceError(
                f"{path} cannot be unpacked: {error}.",
                mend="Unpack it with its password, and name the files in it.",
            ) from error
        yield root


def _unpack(archive: zipfile.ZipFile, path: Path, root: Path, whole: _Unfolded) -> None:
    limits.look_at_archive(path, archive)
    members = [each for each in archive.infolist() if not each.is_dir()]
    whole.members += len(members)
    whole.bytes += sum(each.file_size for each in members)
    limits.insist(path, "archive_members", whole.members)
    limits.insist(path, "archive_data_files", _data_files(members))
    limits.insist(path, "archive_bytes", whole.bytes)
    seen: set[str] = set()
    for member, called in zip(members, member_names(members), strict=True):
        if member.file_size > max(SMALL, MOST_TIMES * member.compress_size):
            raise _too_much(path)
        name = PurePosixPath(called.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in str(name):
            raise SourceError(
                f"{path} holds a file whose name climbs out of the archive: {name}.",
                mend="Do not use this archive; ask for the files themselves.",
            )
        if str(name).casefold() in seen:
            raise SourceError(
                f"{path} holds two files of one name: {name}.",
                mend="Ask for the archive again, with each file once.",
            )
        seen.add(str(name).casefold())
        target = root.joinpath(*name.parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        # A link comes out as a small file that holds its target's name: nothing follows it.
        with archive.open(member) as packed, target.open("wb") as file:
            left = member.file_size  # what is stated may be a lie
            while chunk := packed.read(min(CHUNK, left)):
                left -= len(chunk)
                file.write(chunk)


def _data_files(members: list[zipfile.ZipInfo]) -> int:
    """Count the files that may hold layers; a file geodatabase is one."""
    names = [PurePosixPath(each.filename.lower().replace("\\", "/")) for each in members]
    inside = {
        part for name in names for part in name.parents if part.suffix == ".gdb"
    }
    alone = sum(
        name.suffix not in SIDECARS and inside.isdisjoint(name.parents) for name in names
    )
    return len(inside) + alone


def _too_much(path: Path) -> SourceError:
    return SourceError(
        f"{path} would unfold to far more than its size: it looks like an archive made to harm.",
        mend="Ask for the files themselves.",
    )


def member_names(members: Iterable[zipfile.ZipInfo]) -> list[str]:
    """Read the names of members in the encoding that they were written in.

    Returns: Their paths in the archive. Where it does not say UTF-8, the bytes are read as UTF-8 if
    they can be, else in the encoding that the bytes of all names together prove (such as Big5),
    else as GB 18030, else as the old default (code page 437).
    """
    members = list(members)
    written = {
        each.filename: each.filename.encode("cp437", errors="replace") for each in members
        if not (each.flag_bits & UTF8_NAME or each.filename.isascii())
    }
    foreign = [each for each in written.values() if not scripts.reads(each, "utf-8")]
    script = scripts.proven(foreign, None, None) if foreign else None
    encodings = ["utf-8", *([] if script is None else [script]), "gb18030", "cp437"]
    found = {
        name: next(text for each in encodings if (text := _decoded(said, each)) is not None)
        for name, said in written.items()
    }
    return [found.get(each.filename, each.filename) for each in members]


def _decoded(written: bytes, encoding: str) -> str | None:
    try:
        return written.decode(encoding)
    except UnicodeDecodeError:
        return None
