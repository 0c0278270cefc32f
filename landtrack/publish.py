"""Puts outputs in place: all of them whole, or none.

Files are made in a folder beside their place and moved when all are there. A file that
cannot be replaced, because a spreadsheet has it open for instance, leaves every file as it
was. One run at a time writes into a folder.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from landtrack.errors import LandtrackError, OutputError

LOCK_NAME = ".landtrack.lock"
PREFIX = ".landtrack-"
EARLIER = ".earlier"

Last = tuple[str, Callable[[Path, Path], None]]
"""The name of a file, and what puts the fresh one into the place of the earlier one."""


@contextmanager
def exclusive(out: Path) -> Iterator[None]:
    """Be the only one who writes into a folder.

    Parameters
    ----------
    out
        The folder; made where it is not there.

    Yields
    ------
    None
        Until the block ends nobody else gets in.

    Raises
    ------
    OutputError
        If the folder cannot be made or written, or another run is writing into it.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock = FileLock(out / LOCK_NAME)
        lock.acquire(timeout=0)
    except Timeout as error:
        raise OutputError(
            f"Another run is writing into {out}.", mend="Wait until it is done, then run again."
        ) from error
    except OSError as error:
        raise OutputError(
            f"The folder {out} cannot be written: {error.strerror}.",
            mend="Name another folder with --out, or ask for the right to write there.",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def staging(out: Path, last: Last | None = None) -> Iterator[Path]:
    """Give a folder to write into, and move what is in it into place at the end.

    Parameters
    ----------
    out
        The folder that the files are for; made where it is not there.
    last
        A file that is not moved but put into place in a way of its own, all of it or not at
        all, when the others are there.

    Yields
    ------
    Path
        An empty folder on the same disk. When the block ends without an exception, its
        files, those of its folders too, replace those of the same name in ``out``.

    Raises
    ------
    OutputError
        If the folder cannot be made or written, another run is writing into it, or a file
        cannot be replaced.
    """
    with exclusive(out):
        try:
            for left in out.glob(f"{PREFIX}*"):  # of a run that was killed: the lock is ours
                shutil.rmtree(left)
            folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=out))
            yield folder
            _move(folder, out, last)
        except LandtrackError:
            raise
        except OSError as error:
            raise OutputError(
                f"The outputs could not be written into {out}: {error.strerror or error}.",
                mend="Check that the disk has room; the earlier outputs are as they were.",
            ) from error
        finally:
            for made in out.glob(f"{PREFIX}*"):
                shutil.rmtree(made, ignore_errors=True)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a file to write into, and put it in its place at the end.

    Parameters
    ----------
    path
        The file; its folder is made where it is not there.

    Yields
    ------
    Path
        Another file beside it. When the block ends without an exception, it replaces
        ``path``; else ``path`` is as it was.

    Raises
    ------
    OutputError
        If it cannot be written or put in place.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=PREFIX, dir=path.parent) as folder:
            fresh = Path(folder) / path.name
            yield fresh
            fresh.replace(path)
    except LandtrackError:
        raise
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror or error}.",
            mend="Close the program that has it open, or name another file; what was there "
            "before is as it was.",
        ) from error


def _move(folder: Path, out: Path, last: Last | None) -> None:
    """Replace the files one by one; on a failure put the earlier ones back."""
    fresh = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    own = last and Path(last[0])
    moving = [name for name in fresh if name != own]  # the other is replaced whole, or not at all
    kept = folder / EARLIER
    for name in moving:
        for parent in (out, kept):
            (parent / name).parent.mkdir(parents=True, exist_ok=True)
        _keep(out / name, kept / name)
    moved: list[Path] = []
    try:
        for name in moving:
            (folder / name).replace(out / name)
            moved.append(name)
        if last and own in fresh:
            last[1](folder / last[0], out / last[0])
    except (OSError, LandtrackError) as error:
        for name in moved:
            if (kept / name).exists():
                (kept / name).replace(out / name)
            else:
                (out / name).unlink()
        if isinstance(error, LandtrackError):
            raise
        raise OutputError(
            f"{error.filename2 or error.filename} cannot be replaced: {error.strerror}.",
            mend="Close the program that has the file open, and run again; "
            "the earlier outputs are as they were.",
        ) from error
    _forget(out, fresh)


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
