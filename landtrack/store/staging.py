"""Puts outputs in place: all of them whole, or none.

Files are made in a folder beside their place and moved when all are there. A file that
cannot be replaced, because a spreadsheet has it open for instance, leaves every file as it
was. One run at a time writes into a folder.

Several files cannot be replaced at one moment. While they are, a file that anybody can read says
so; where the program is killed in between, it stays, and the next one that writes there puts
the earlier files back, or finishes.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import msgspec

from landtrack.model import Value, disk, translations
from landtrack.model.errors import LandtrackError, OutputError
from landtrack.model.value import ALWAYS
from landtrack.store import locks

LOCK_NAME = ".landtrack.lock"
PREFIX = ".landtrack-"
EARLIER = ".earlier"
UNFINISHED = "UNFINISHED.txt"
"""What stands in a folder while its files are replaced: words, and in its last line the journal."""
REGISTER = ".register.json"
"""What stands for the register of a store among the files of an issue: which, and what it lists."""


class Last(NamedTuple):
    """The file that is put in place last, all of it or not at all, in a way of its own.

    ``put`` puts the fresh one into the place of the earlier one; ``holds`` says of both
    whether that has been done.
    """

    name: str
    put: Callable[[Path, Path], None]
    holds: Callable[[Path, Path], bool]


class Register(Value, frozen=True, kw_only=True):
    """The register of sheets that files are entered in: the address of its store, and their hashes.

    It holds them or not: the files are put in place or back accordingly, by whoever comes next.
    """

    store: str
    sha256: tuple[str, ...]

    @classmethod
    def holds(cls, fresh: Path, _: Path) -> bool:
        """Say whether the register that a file names lists what it should."""
        own = msgspec.json.decode(fresh.read_bytes(), type=cls)
        from landtrack.store import address, backends
        from landtrack.store.session import SHEETS

        named = address.parse(own.store)
        backend = backends.of(named)
        if not backend.exists(named):
            return False
        with backend.reading(named) as db:
            if SHEETS.name not in db.tables():
                return False
            there = {sha256 for (sha256,) in db.select(SHEETS.name, ("file_sha256",))}
        return there.issuperset(own.sha256)


class _Journal(Value, frozen=True, kw_only=True):
    """What is being moved: from which folder, which files, and which of them were there before."""

    folder: str
    names: tuple[str, ...]
    before: tuple[str, ...]
    last: str = ""
    done: bool = False


@contextmanager
def exclusive(out: Path) -> Iterator[None]:
    """Be the only one who writes into a folder.

    ``out``: The folder; made where it is not there.
    Yields: Until the block ends nobody else gets in.
    Raises OutputError: If the folder cannot be made or written, or another run is writing into it.
    """
    with ExitStack() as alone:
        _enter(alone, out)
        yield


def _enter(alone: ExitStack, out: Path) -> None:
    """Take the lock of a folder."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        alone.enter_context(locks.held(out / LOCK_NAME))
    except TimeoutError as error:
        raise OutputError(
            f"Another run is writing into {out}.", mend="Wait until it is done, then run again."
        ) from error
    except OSError as error:
        raise _unwritable(error, out) from error


def insist_writable(out: Path) -> None:
    """Insist that something can be written into a folder, before the work for it begins.

    Raises OutputError: If nothing can.
    """
    there = next(each for each in (out.absolute(), *out.absolute().parents) if each.is_dir())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
    except OSError as error:
        raise _unwritable(error, out) from error


def _unwritable(error: OSError, out: Path) -> LandtrackError:
    return disk.refusal(error, out) or OutputError(
        f"The folder {out} cannot be written: {error.strerror}.",
        mend="Name another folder with --out, or ask for the right to write there.",
    )


@contextmanager
def staging(out: Path, last: Last | None = None) -> Iterator[Path]:
    """Give a folder to write into, and move what is in it into place at the end.

    ``out``: The folder that the files are for; made where it is not there.
    ``last``: A file that is not moved but put into place in a way of its own, all of it or not at
    all, when the others are there.
    Yields: An empty folder on the same disk. When the block ends without an exception, its files,
    those of its folders too, replace those of the same name in ``out``.
    Raises OutputError: If the folder cannot be made or written, another run is writing into it, a
    file cannot be replaced, or what is there is of two runs, of which one was killed: only a run
    can tell which of them its store is of.
    """
    with exclusive(out):
        try:
            _settle(out, last)
            for left in out.glob(f"{PREFIX}*"):  # of a run that was killed: the lock is ours
                shutil.rmtree(left)
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=out))
            yield folder
            _move(folder, out, last)
        except LandtrackError:
            raise
        except OSError as error:
            raise disk.failure(error, out) from error
        finally:
            if not (out / UNFINISHED).exists():
                for made in out.glob(f"{PREFIX}*"):
                    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a file to write into, and put it in its place at the end.

    ``path``: The file; its folder is made where it is not there.
    Yields: Another file beside it. When the block ends without an exception, it replaces ``path``;
    else ``path`` is as it was.
    Raises OutputError: If it cannot be written or put in place.
    """
    with disk.writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=path.parent) as folder:
            fresh = Path(folder) / path.name
            yield fresh
            to_disk(fresh)
            fresh.replace(path)


def write_whole(path: Path, text: str) -> None:
    """Write a text as a file, whole or not at all."""
    with whole(path) as fresh:
        fresh.write_text(text, encoding="utf-8", newline="\n")


def to_disk(path: Path) -> None:
    """Wait until a file is on the disk: the power may fail when another name points at it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _move(folder: Path, out: Path, last: Last | None) -> None:
    """Replace the files one by one; on a failure put the earlier ones back."""
    fresh = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    own = last and Path(last.name)
    moving = [name for name in fresh if name != own]  # the other is replaced whole, or not at all
    for name in moving:
        to_disk(folder / name)
    kept = folder / EARLIER
    for name in moving:
        for parent in (out, kept):
            (parent / name).parent.mkdir(parents=True, exist_ok=True)
        _keep(out / name, kept / name)
    journal = _Journal(
        folder=folder.name, names=tuple(name.as_posix() for name in fresh),
        before=tuple(name.as_posix() for name in moving if (kept / name).exists()),
        last=last.name if last and own in fresh else "",
    )
    if len(fresh) > 1:
        _note(out, journal)
    try:
        for name in moving:
            (folder / name).replace(out / name)
        if last and own in fresh:
            last.put(folder / last.name, out / last.name)
    except (OSError, LandtrackError) as error:
        _put_back(out, journal)
        if isinstance(error, LandtrackError):
            raise
        raise OutputError(
            f"{error.filename2 or error.filename} cannot be replaced: {error.strerror}.",
            mend="Close the program that has the file open, and run again; "
            "the earlier outputs are as they were.",
        ) from error
    if len(fresh) > 1:
        _finish(out, journal)
    else:  # one file is there, or not
        _forget(out, fresh)


def _note(out: Path, journal: _Journal) -> None:
    """Say in the folder that its files are being replaced, in words and as a journal."""
    words = [translations.load(lang)("unfinished.said") for lang in translations.languages()]
    noted = out / journal.folder / UNFINISHED
    with noted.open("w", encoding="utf-8") as file:
        file.write("\n".join([*words, json.dumps(msgspec.to_builtins(journal))]))
        file.flush()
        os.fsync(file.fileno())
    noted.replace(out / UNFINISHED)


def _settle(out: Path, last: Last | None) -> None:
    """Bring a folder in order in which a program was killed while it replaced files."""
    noted = out / UNFINISHED
    if not noted.exists():
        return
    journal = _journal(noted)
    done = journal.done
    if journal.last == REGISTER and not done:
        done = Register.holds(out / journal.folder / REGISTER, out)
    elif journal.last and not done:
        if last is None or last.name != journal.last:
            raise OutputError(
                f"The outputs in {out} are of two runs: one was killed while it put them in "
                "place.",
                mend="Run again with `landtrack run`: it puts this in order first.",
            )
        done = last.holds(out / journal.folder / last.name, out / last.name)
    if done:
        _finish(out, journal)
    else:
        _put_back(out, journal)


def _journal(noted: Path) -> _Journal:
    try:
        told = noted.read_text(encoding="utf-8").splitlines()[-1]
        return msgspec.json.decode(told, type=_Journal)
    except (msgspec.DecodeError, UnicodeDecodeError, IndexError) as error:
        raise OutputError(
            f"{noted} cannot be read: it was changed by hand.",
            mend=f"Delete it and the folders {PREFIX}* beside it, then run again.",
        ) from error


def _put_back(out: Path, journal: _Journal) -> None:
    """Put the earlier files in place again; as often as it takes."""
    folder = out / journal.folder
    for name in journal.names:
        if name == journal.last or (folder / name).exists():  # it was not moved
            continue
        if name not in journal.before:
            (out / name).unlink(missing_ok=True)
        elif (folder / EARLIER / name).exists():
            (folder / EARLIER / name).replace(out / name)
    (out / UNFINISHED).unlink(missing_ok=True)


def _finish(out: Path, journal: _Journal) -> None:
    """Clear up when all files are in place, which takes no return.

    Raises OSError: If that cannot be noted, where nothing else tells that all are there; they are
    put back then.
    """
    if not journal.done:
        try:
            _note(out, msgspec.structs.replace(journal, done=True))
        except OSError:
            if not journal.last:
                _put_back(out, journal)
                raise
            # on a disk without room: the file that was put in place last tells as much
    for name in journal.names:
        left = out / journal.folder / name
        if name != journal.last and left.exists():
            left.replace(out / name)
    _forget(out, [Path(name) for name in journal.names])
    (out / UNFINISHED).unlink()


def _forget(out: Path, fresh: Sequence[Path]) -> None:
    """Remove from folders that were written anew what an earlier run left in them."""
    for folder in {name.parent for name in fresh} - {Path()}:
        for path in (out / folder).iterdir():
            if path.is_file() and path.relative_to(out) not in fresh:
                path.unlink()


def _keep(target: Path, kept: Path) -> None:
    """Keep a file under a second name, without a moment in which it is not there."""
    if not target.exists():
        return
    try:
        kept.hardlink_to(target)
    except OSError:  # a file system without hard links
        shutil.copy2(target, kept)


def write_dated(whole: io.BytesIO, path: Path) -> None:
    """Write the parts of a zipped document under one date: same contents, same bytes.

    ``whole``: The document as a library made it, each part dated by the clock.
    """
    with zipfile.ZipFile(whole) as made, zipfile.ZipFile(path, "w") as out:
        for name in made.namelist():
            entry = zipfile.ZipInfo(name, ALWAYS.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            out.writestr(entry, made.read(name))
