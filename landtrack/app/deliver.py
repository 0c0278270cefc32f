"""Takes in files that a person hands over: whole or not at all, and never over others unseen.

What comes is written into a hidden folder of the place, and goes to where it belongs only when all
of it is there. A file of the name of one that is there does not take its place: it waits as a
delivery, to be compared, until a person says that it counts; the one before is kept.
"""

from __future__ import annotations

import errno
import filecmp
import json
import os
import re
import secrets
import shutil
import threading
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any, NamedTuple

import msgspec

from landtrack.model import whole_file
from landtrack.model.catalog import paths
from landtrack.model.errors import LimitError, OutputError, SourceError
from landtrack.model.visible import without_unseen

OWN = ".landtrack"
"""The folder of a place that holds what is on its way, what waits, and what was before."""
INCOMING, WAITING, BEFORE, PARTIAL = "incoming", "deliveries", "previous", "partial"
HALF = "half-"
"""How the folder of a delivery begins that is not all there yet."""
PLAN = "plan.json"
"""Says where what came goes, once all of it is there; written last."""
OUT = "build"
"""The folder of the outputs of a place: nothing is handed over into it."""

MOST_FILE = 2 << 30
"""Bytes of one file."""
MOST_FILES = 5000
MOST_PART = 150
"""Bytes of the name of a file or a folder; file systems take 255, and suffixes are added."""
MOST_PARTS = 8
"""Folders within one another, the file included."""
LEFT_FREE = 200 << 20
"""Bytes that stay free on the disk."""

OF_PARTS = frozenset({".shp", ".tab", ".mif"})
"""How the file is called that is opened, of those that are always several."""

_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f\x7f]')
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
_settling = threading.Lock()


class Receipt(NamedTuple):
    """What became of the files that came, by their names in the place.

    ``taken``: They are there now. ``same``: They were there already, byte for byte. ``waiting``:
    Others of their names are there; they wait as deliveries. ``left``: Not taken: hidden files,
    outputs of a run, a name that came twice or is that of a folder.
    """

    taken: tuple[str, ...]
    same: tuple[str, ...]
    waiting: tuple[str, ...]
    left: tuple[str, ...]


class Delivery(NamedTuple):
    """Files that wait to take the place of others.

    ``id``: Its name. ``at``: When it came, UTC. ``files``: Their names in the place. ``was_until``:
    Of files that were there before and are to be put back: until when they counted.
    """

    id: str
    at: datetime
    files: tuple[str, ...]
    was_until: datetime | None = None

    @property
    def main(self) -> str:
        """Name the file that is opened, of files that belong together."""
        return _main(self.files)


class Previous(NamedTuple):
    """Files that others took the place of, and that are kept.

    ``id``: The name of the delivery that took it. ``until``: When that was, UTC. ``files``: Their
    names in the place. ``by``: Who let it, as the computer knows them; empty where nobody wrote it
    down. ``had``: Features of their layers, by name, where they had been looked at.
    """

    id: str
    until: datetime
    files: tuple[str, ...]
    by: str = ""
    had: Mapping[str, int] = MappingProxyType({})

    @property
    def main(self) -> str:
        """Name the file that is opened, of files that belong together."""
        return _main(self.files)


class _About(msgspec.Struct, frozen=True):
    """What is written down of files that others took the place of, or that are to be put back."""

    until: datetime
    by: str = ""
    had: Mapping[str, int] = msgspec.field(default_factory=dict)


# --- names ------------------------------------------------------------------------------------


def clean(named: str) -> str | None:
    """Make a name of a file in a place of one that somebody else gave it.

    ``named``: A name, or a path of folders and a name, as any system writes it.
    Returns: A path by / that stays inside a folder and that Windows takes too; None for what is no
    data: hidden files, those that systems and programs put beside.
    """
    parts = []
    for part in re.split(r"[/\\]+", named):
        if part in ("", ".", ".."):
            continue
        own = _clean_part(part)
        if part.startswith((".", "~$")) or own.startswith("~$") or (
            not _CLUTTER.isdisjoint((part.casefold(), own.casefold()))
        ):
            return None
        if own:
            parts.append(own)
    return "/".join([*parts[:MOST_PARTS - 1], parts[-1]] if len(parts) > MOST_PARTS else parts) or (
        None
    )


def _clean_part(part: str) -> str:
    """Make a name that every system takes; empty where nothing is left of it."""
    text = unicodedata.normalize("NFC", without_unseen(part))
    text = _FORBIDDEN.sub("_", text).strip().rstrip(". ").lstrip(".")
    stem, dot, suffix = text.rpartition(".")
    suffix = suffix if dot and len(suffix) <= 12 else ""  # noqa: PLR2004  no suffix is longer
    while len(text.encode()) > MOST_PART:
        stem = (stem if suffix else text)[:-1]
        text = f"{stem}.{suffix}" if suffix else stem
    text = text.rstrip(". ")
    return f"_{text}" if text and paths.is_device(text) else text


def _key(name: str) -> str:
    """Give what two names share that Windows takes for one."""
    return unicodedata.normalize("NFC", name).casefold()


def _above(name: str) -> list[str]:
    """List the folders that a name lies in, by their keys."""
    return [_key(str(each)) for each in PurePosixPath(name).parents if str(each) != "."]


def _family(name: str) -> str:
    """Give what the files share that belong together, such as the parts of a Shapefile."""
    path = PurePosixPath(_key(name))
    stem = path.stem
    if path.suffix == ".xml":
        stem = PurePosixPath(stem).stem
    return str(path.parent / stem)


def _main(names: Iterable[str]) -> str:
    """Name the file that is opened, of files that belong together."""
    return min(names, key=lambda each: (_rank(each), len(each), each))


def _is_one(names: Sequence[str]) -> bool:
    """Tell whether several files are the parts of one, as those of a Shapefile are."""
    several = len({_family(each) for each in names}) != 1
    return not several and PurePosixPath(_main(names)).suffix.lower() in OF_PARTS


def _rank(name: str) -> int:
    suffix = PurePosixPath(name.lower()).suffix
    beside = (".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".qix", ".xml", ".shx", ".dbf")
    return beside.index(suffix) + 1 if suffix in beside else 0


# --- what comes -------------------------------------------------------------------------------


def insist_on_room(folder: Path, expected: int) -> None:
    """Insist that there is room for what will come.

    ``expected``: Its bytes.
    Raises OutputError: If there is not.
    """
    free = shutil.disk_usage(folder).free
    if free < expected + LEFT_FREE:
        raise OutputError(
            f"There is no room in {folder}: {expected / 1e6:,.0f} MB come, and of the "
            f"{free / 1e6:,.0f} MB that are free {LEFT_FREE / 1e6:,.0f} MB are to stay so.",
            mend="Make room on the disk, or bring fewer files at a time.",
        )


def too_long(named: str) -> LimitError:
    """Say that a file is longer than one may be."""
    return LimitError(
        f"{named} has more than {MOST_FILE / 2**30:g} GiB.",
        mend="Put it into the folder of the place by hand.",
    )


def too_many() -> LimitError:
    """Say that too many files come at once."""
    return LimitError(
        f"More than {MOST_FILES:,} files come at once.", mend="Bring them in several parts."
    )


class Incoming:
    """Files on their way into a folder: written beside it, and there only when :meth:`settle` says.

    It is for one thread at a time.
    """

    def __init__(self, folder: Path, *, mark: str, expected: int) -> None:
        """Begin.

        ``folder``: The place, or the folder in which a place is to be made; it is there.
        ``mark``: Names who takes them in, so that what was interrupted is found again.
        ``expected``: The bytes that will come.
        Raises OutputError: If there is no room for them, or nothing can be written there.
        """
        self.folder = folder
        insist_on_room(folder, expected)
        kept = paths.confined(folder, folder / OWN / INCOMING)
        self.own = kept / f"{mark}-{secrets.token_hex(8)}"
        self.files = self.own / "files"
        with told(folder):
            self.files.mkdir(parents=True)
        self._names: dict[str, str] = {}
        self._folders: set[str] = set()
        self._left: list[str] = []
        self._at: int | None = None
        self._bytes = 0
        self._named = ""

    def begin(self, named: str) -> None:
        """Begin a file.

        ``named``: As who brings it calls it.
        Raises LimitError: If there are too many.
        """
        self._bytes, self._named = 0, named
        name = self._named_so(named)
        if name is not None:
            with told(self.folder):
                self._at = os.open(self.files / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY
                                   | getattr(os, "O_BINARY", 0), 0o666)

    def adopt(self, named: str, path: Path | None) -> None:
        """Take in a file that lies beside already, and stays there until what came is settled.

        ``named``: As who brings it calls it.
        ``path``: On the same disk; None of one that is only told not to be taken.
        Raises LimitError: If there are too many.
        """
        name = self._named_so(named)
        if name is not None and path is not None:
            with told(self.folder):
                try:
                    os.link(path, self.files / name)
                except OSError:  # no links on this file system
                    path.rename(self.files / name)

    def _named_so(self, named: str) -> str | None:
        """Give a file its name and make its folder; None where it is not taken."""
        name = clean(named)
        if name is None or _key(name) in self._names or self._blocked(name):
            said = without_unseen(re.split(r"[/\\]", named)[-1])[:MOST_PART]
            self._left.append(name or said or "?")
            return None
        if len(self._names) >= MOST_FILES:
            raise too_many()
        with told(self.folder):
            (self.files / name).parent.mkdir(parents=True, exist_ok=True)
        self._names[_key(name)] = name
        self._folders.update(_above(name))
        return name

    def write(self, data: bytes | memoryview) -> None:
        """Go on with the file that was begun.

        Raises LimitError: If it is longer than a file may be.
        Raises OutputError: If there is no room left.
        """
        self._bytes += len(data)
        if self._bytes > MOST_FILE:
            raise too_long(self._named)
        if self._at is not None:
            with told(self.folder):
                view = memoryview(data)
                while view:
                    view = view[os.write(self._at, view):]

    def end(self) -> None:
        """End the file that was begun."""
        if self._at is not None:
            at, self._at = self._at, None
            with told(self.folder):
                try:
                    os.fsync(at)
                finally:
                    os.close(at)

    def settle(self) -> Receipt:
        """Put what came to where it belongs.

        Raises OutputError: If it cannot be written there.
        """
        with _settling, told(self.folder):
            names = self._without_common_folder()
            there = _there(self.folder)
            same, waiting, taken = self._sorted(names, there)
            plan: dict[str, Any] = {
                "new": [[source, there.spelt(name)] for source, name in taken],
                "waiting": [
                    [_new_id(), [[source, there.spelt(name)] for source, name in family]]
                    for family in waiting
                ],
            }
            whole_file.write(self.own / PLAN, _json(plan))
            _carry_out(self.folder, self.own)
        return Receipt(
            tuple(target for _, target in plan["new"]), tuple(name for _, name in same),
            tuple(target for _, family in plan["waiting"] for _, target in family),
            tuple(self._left),
        )

    def settle_as(self, name: str) -> tuple[str, Receipt]:
        """Make a new place of what came.

        ``name``: Of its folder; that of the folder that came where empty, else of the first file.
        Returns: Its name, and what became of the files.
        Raises OutputError: If there is a folder of that name, or it cannot be made.
        Raises SourceError: If nothing came, or the place has no name.
        """
        if not self._names:
            raise SourceError("No file came.", mend="Choose the files of the place.")
        common = self._common_folder()
        own = clean(name) if name.strip() else common or clean(
            Path(next(iter(self._names.values()))).stem
        )
        if not own or "/" in own or _key(own) == OUT:
            raise SourceError(
                "The new place has no name that a folder can have.",
                mend="Give it a name of letters and digits.",
            )
        with _settling, told(self.folder):
            target = self.folder / own
            if any(_key(each.name) == _key(own) for each in self.folder.iterdir()):
                raise OutputError(
                    f"There is a folder {own} already.",
                    mend="Give the new place another name, or bring the files to that one.",
                )
            (self.files / common if common else self.files).rename(target)
            shutil.rmtree(self.own, ignore_errors=True)
        tidy(self.folder)
        names = tuple(name for _, name in self._without_common_folder())
        return own, Receipt(names, (), (), tuple(self._left))

    def settle_in(self, folder: Path) -> Path:
        """Put the only file that came into a folder of its own; the parts of a Shapefile are one.

        ``folder``: In which that folder is made; on the same disk.
        Returns: The file that is opened, under the name that it came by.
        Raises SourceError: If no file came, or several.
        Raises OutputError: If it cannot be written there.
        """
        names = list(self._names.values())
        if len(names) != 1 and not _is_one(names):
            raise SourceError("One file is looked at, not none or several.", mend="Choose one.")
        at = folder / self.own.name
        with told(self.folder):
            at.mkdir(parents=True)
            for name in names:
                (self.files / name).rename(at / PurePosixPath(name).name)
        shutil.rmtree(self.own, ignore_errors=True)
        tidy(self.folder)
        return at / PurePosixPath(_main(names)).name

    def came(self) -> list[Path]:
        """List the files that came, in their order, where they lie until they go elsewhere."""
        return [self.files / name for name in self._names.values()]

    def drop(self) -> None:
        """Leave nothing of what came."""
        with suppress(OSError, OutputError):
            self.end()
        shutil.rmtree(self.own, ignore_errors=True)
        tidy(self.folder)

    def _blocked(self, name: str) -> bool:
        """Tell whether what came before has a file where this has a folder, or a folder for it."""
        return _key(name) in self._folders or any(each in self._names for each in _above(name))

    def _common_folder(self) -> str:
        """Name the folder in which all that came lies: that which was dropped."""
        tops = {name.partition("/")[0] for name in self._names.values()}
        inside = all("/" in name for name in self._names.values())
        return next(iter(tops)) if inside and len(tops) == 1 else ""

    def _without_common_folder(self) -> list[tuple[str, str]]:
        """Give each file as it came, and its name in the place."""
        common = self._common_folder()
        return [
            (name, name.removeprefix(f"{common}/") if common else name)
            for name in self._names.values()
        ]

    def _sorted(self, names: Sequence[tuple[str, str]], there: _There) -> tuple[
        list[tuple[str, str]], list[list[tuple[str, str]]], list[tuple[str, str]]
    ]:
        """Tell what is there already, what would take another's place, and what is new."""
        families: dict[str, list[tuple[str, str]]] = defaultdict(list)
        same: list[tuple[str, str]] = []
        meets: set[str] = set()
        for source, name in names:
            if name.startswith(f"{OUT}/") or there.blocks(name):
                self._left.append(name)
                continue
            found = there.files.get(_key(name))
            if found is not None and _alike(self.files / source, self.folder / found):
                same.append((source, name))
                continue
            families[_family(name)].append((source, name))
            if found is not None:
                meets.add(_family(name))
        waiting = [own for each, own in families.items() if each in meets]
        taken = [one for each, own in families.items() if each not in meets for one in own]
        return same, waiting, taken


@dataclass(frozen=True)
class _There:
    """What is in a place: files and folders, as they are spelt, by their keys."""

    files: Mapping[str, str]
    folders: Mapping[str, str]

    def blocks(self, name: str) -> bool:
        """Tell whether a folder has the name, or a file that of one of its folders."""
        return _key(name) in self.folders or any(each in self.files for each in _above(name))

    def spelt(self, name: str) -> str:
        """Spell a name as it is there; that of a new file within folders as they are spelt."""
        if (found := self.files.get(_key(name))) is not None:
            return found
        for each in PurePosixPath(name).parents:
            if (found := self.folders.get(_key(str(each)))) is not None:
                return f"{found}/{PurePosixPath(name).relative_to(each)}"
        return name


def files_of(folder: Path) -> list[str]:
    """List the files of a place: neither hidden ones nor outputs, by their names in it."""
    return sorted(_there(folder).files.values())


def _there(folder: Path) -> _There:
    files: dict[str, str] = {}
    folders: dict[str, str] = {}
    for at, below, names in os.walk(folder):
        inside = Path(at).relative_to(folder)
        below[:] = [
            each for each in below
            if not each.startswith(".") and (inside.parts or _key(each) != OUT)
        ]
        links = [each for each in below if (Path(at) / each).is_symlink()]  # led through by nobody
        below[:] = [each for each in below if each not in links]
        for own, listed in ((folders, below), (files, names), (files, links)):
            for each in listed:
                if not each.startswith("."):
                    path = (inside / each).as_posix()
                    own[_key(path)] = path
    return _There(files, folders)


def _alike(one: Path, other: Path) -> bool:
    return one.stat().st_size == other.stat().st_size and filecmp.cmp(one, other, shallow=False)


def _carry_out(folder: Path, own: Path) -> None:
    """Do what a plan says, or the rest of it; it may be done twice."""
    plan = json.loads((own / PLAN).read_text(encoding="utf-8"))
    for source, target in plan["new"]:
        path = own / "files" / source
        if path.is_file():
            try:
                _move(path, folder / target)
            except FileExistsError:  # somebody put one there meanwhile
                _move(path, folder / OWN / WAITING / _new_id() / target)
    for number, family in plan["waiting"]:
        for source, target in family:
            path = own / "files" / source
            if path.is_file():
                _move(path, folder / OWN / WAITING / number / target)
    shutil.rmtree(own, ignore_errors=True)
    tidy(folder)


def _move(path: Path, target: Path) -> None:
    """Give a file another name, unless there is one of it.

    Raises FileExistsError: If there is.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, target)
    except FileExistsError:
        raise
    except OSError as error:  # no links on this file system
        if target.exists():
            raise FileExistsError(target) from error
        path.rename(target)
    else:
        path.unlink()


# --- what waits -------------------------------------------------------------------------------


def deliveries(folder: Path) -> list[Delivery]:
    """List what waits to take the place of others, the last first."""
    at = folder / OWN / WAITING
    return [
        each if (about := _about(at / each.id)) is None else each._replace(was_until=about.until)
        for each in _listed(at)
    ]


def previous(folder: Path) -> list[Previous]:
    """List what was replaced and is kept, the last first."""
    at = folder / OWN / BEFORE
    found = []
    for each in _listed(at):
        about = _about(at / each.id)
        found.append(
            Previous(each.id, each.at, each.files) if about is None
            else Previous(each.id, about.until, each.files, about.by, about.had)
        )
    return sorted(found, key=lambda each: each.until, reverse=True)


def put_back(folder: Path, number: str) -> Delivery:
    """Have what was replaced wait as a delivery, to be seen before it counts again; it stays kept.

    ``number``: Its name.
    Returns: The delivery.
    Raises SourceError: If there is none of that name, or what is there is the same.
    Raises OutputError: If there is no room for it.
    """
    with _settling, told(folder):
        own = next((each for each in previous(folder) if each.id == number), None)
        if own is None:
            raise SourceError(
                "There is no such delivery any more.", mend="Look at the files of the place anew."
            )
        kept = paths.confined(folder, folder / OWN / BEFORE / own.id)
        there = _there(folder).files
        if all(
            (name := there.get(_key(each))) is not None and _alike(kept / each, folder / name)
            for each in own.files
        ):
            raise SourceError(
                f"{own.main} is as it was then.", mend="There is nothing to put back."
            )
        insist_on_room(folder, sum((kept / each).stat().st_size for each in own.files))
        made = _new_id()
        waiting = paths.confined(folder, folder / OWN / WAITING)
        half = waiting / f"{HALF}{made}"
        for each in own.files:
            (half / each).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(kept / each, half / each, follow_symlinks=False)
        _write_about(waiting / made, _About(own.until))
        half.rename(waiting / made)
    return delivery(folder, made)


def _about(at: Path) -> _About | None:
    """Read what is written down of a delivery; None where there is nothing that can be read."""
    with suppress(SourceError):
        return whole_file.decoded(at.with_name(f"{at.name}.json"), _About, lambda why: SourceError(
            f"{at.name}: {why}.", mend="Look at the files of the place anew."
        ))
    return None


def _write_about(at: Path, about: _About) -> None:
    at.parent.mkdir(parents=True, exist_ok=True)
    whole_file.write(at.with_name(f"{at.name}.json"), msgspec.json.encode(about))


def delivery(folder: Path, number: str) -> Delivery:
    """Find what waits by its name.

    Raises SourceError: If there is none of that name.
    """
    found = next((each for each in deliveries(folder) if each.id == number), None)
    if found is None:
        raise SourceError(
            "There is no such delivery any more.", mend="Look at the files of the place anew."
        )
    return found


def where(folder: Path, delivered: Delivery) -> Path:
    """Say where the files of a delivery lie while they wait."""
    return folder / OWN / WAITING / delivered.id


def take(
    folder: Path, number: str, *, by: str = "", had: Mapping[str, int] | None = None
) -> Delivery:
    """Let a delivery take the place of what is there, which is kept.

    ``number``: Its name.
    ``by``: Who lets it. ``had``: Features of the layers of what is there, by name.
    Returns: What it was.
    Raises SourceError: If there is none of that name.
    Raises OutputError: If a file is held open by another program, or cannot be moved; all is as it
    was then.
    """
    with _settling, told(folder):
        own = delivery(folder, number)
        families = {
            _family(each) for each in own.files
            if _rank(each) or PurePosixPath(each).suffix.lower() in OF_PARTS
        }
        named = {_key(each) for each in own.files}
        old = [
            each for each in files_of(folder)
            if _key(each) in named or (_family(each) in families and _rank(each))
        ]
        at = where(folder, own)
        if old:
            about = _About(datetime.now(UTC), by, had or {})
            _write_about(folder / OWN / BEFORE / own.id, about)
        whole_file.write(at / PLAN, _json({"old": old, "kept": own.id}))
        _exchange(folder, at)
    return own


def take_out(
    folder: Path, name: str, *, by: str = "", had: Mapping[str, int] | None = None
) -> tuple[str, ...]:
    """Take a file out of a place, with those that are one with it; they are kept.

    ``name``: As :func:`files_of` gives it.
    ``by``: Who takes it out. ``had``: Features of its layers, by name.
    Returns: The files that were taken out.
    Raises SourceError: If there is none of that name.
    Raises OutputError: If one is held open by another program, or cannot be moved; all is as it
    was then.
    """
    with _settling, told(folder):
        there = files_of(folder)
        if name not in there:
            raise SourceError(
                "There is no such file in the place.", mend="Look at the files of the place anew."
            )
        parts = PurePosixPath(name).suffix.lower() in OF_PARTS
        own = [
            each for each in there
            if each == name or (parts and _rank(each) and _family(each) == _family(name))
        ]
        made = _new_id()
        at = folder / OWN / WAITING / made
        at.mkdir(parents=True)
        _write_about(folder / OWN / BEFORE / made, _About(datetime.now(UTC), by, had or {}))
        whole_file.write(at / PLAN, _json({"old": own, "kept": made}))
        _exchange(folder, at)
    return tuple(own)


def drop(folder: Path, number: str) -> Delivery:
    """Throw away what waits.

    Raises SourceError: If there is none of that name.
    """
    with _settling, told(folder):
        own = delivery(folder, number)
        shutil.rmtree(where(folder, own))
        _forget_about(where(folder, own))
        tidy(folder)
    return own


def _exchange(folder: Path, at: Path) -> None:
    """Keep what is there and put a delivery in its place, or do the rest of it."""
    plan = json.loads((at / PLAN).read_text(encoding="utf-8"))
    kept = folder / OWN / BEFORE / plan["kept"]
    moved: list[str] = []
    try:
        for each in plan["old"]:
            if (folder / each).is_file() and not (kept / each).exists():
                (kept / each).parent.mkdir(parents=True, exist_ok=True)
                (folder / each).rename(kept / each)
                moved.append(each)
    except OSError:
        for each in moved:
            (kept / each).rename(folder / each)
        (at / PLAN).unlink()
        shutil.rmtree(kept, ignore_errors=True)
        _forget_about(kept)
        raise
    for path in list(_below(at)):
        name = path.relative_to(at).as_posix()
        with suppress(FileExistsError):
            _move(path, folder / name)
    shutil.rmtree(at, ignore_errors=True)
    _forget_about(at)
    tidy(folder)


def _forget_about(at: Path) -> None:
    at.with_name(f"{at.name}.json").unlink(missing_ok=True)


def _listed(at: Path) -> list[Delivery]:
    found = []
    for each in sorted(at.iterdir(), reverse=True) if at.is_dir() else ():
        with suppress(ValueError):
            said = f"{each.name.partition('-')[0]}+0000"
            moment = datetime.strptime(said, "%Y%m%dT%H%M%S%f%z")
            files = tuple(path.relative_to(each).as_posix() for path in _below(each))
            if files:
                found.append(Delivery(each.name, moment, files))
    return found


def _below(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path != folder / PLAN:
            yield path


# --- what was interrupted ---------------------------------------------------------------------


def recover(folders: Iterable[Path], mark: str) -> None:
    """Put right what was interrupted: half of what came goes, what was all there is carried out.

    ``folders``: Places, and the folder in which they lie.
    ``mark``: Of who took it in; that of others is left alone.
    """
    for folder in folders:
        with suppress(OSError):
            for own in (folder / OWN / INCOMING).glob(f"{mark}-*"):
                if (own / PLAN).is_file():
                    _carry_out(folder, own)
                else:
                    shutil.rmtree(own, ignore_errors=True)
        with suppress(OSError):
            for own in (folder / OWN / WAITING).glob("*"):
                if own.name.startswith(HALF):
                    shutil.rmtree(own, ignore_errors=True)
                elif (own / PLAN).is_file():
                    _exchange(folder, own)
        tidy(folder)


def tidy(folder: Path) -> None:
    """Take away folders of our own that hold nothing."""
    for each in (INCOMING, WAITING, BEFORE, PARTIAL, "."):
        with suppress(OSError):
            (folder / OWN / each).rmdir()


def _new_id() -> str:
    return f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"


def _json(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode()


class told:  # noqa: N801  used as a function
    """Turn what a file system refuses into an expected failure."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, OSError) or isinstance(error, (OutputError, SourceError)):
            return
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutputError(
                f"There is no room left in {self.folder}; nothing was taken.",
                mend="Make room on the disk, or bring fewer files at a time.",
            ) from error
        named = Path(error.filename).name if isinstance(error.filename, str) else self.folder.name
        raise OutputError(
            f"{named} cannot be written or moved: {error.strerror}.",
            mend="Close the program that has it open, or ask for the right to write there.",
        ) from error
