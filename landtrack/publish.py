"""Puts outputs in place: all of them whole, or none.

Files are made in a folder beside their place and moved when all are there. A file that
cannot be replaced, because a spreadsheet has it open for instance, leaves every file as it
was. One run at a time writes into a folder.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from landtrack.errors import OutputError

LOCK_NAME = ".landtrack.lock"


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """Give a folder to write into, and move what is in it into place at the end.

    Parameters
    ----------
    out
        The folder that the files are for; made where it is not there.

    Yields
    ------
    Path
        An empty folder on the same disk. When the block ends without an exception, its
        files replace those of the same name in ``out``.

    Raises
    ------
    OutputError
        If the folder cannot be made or written, another run is writing into it, or a file
        cannot be replaced.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".landtrack-", dir=out))
    except OSError as error:
        raise OutputError(
            f"The folder {out} cannot be written: {error.strerror}.",
            mend="Name another folder with --out, or ask for the right to write there.",
        ) from error
    lock = FileLock(out / LOCK_NAME)
    try:
        with lock.acquire(timeout=0):
            yield folder
            _move(folder, out)
    except Timeout as error:
        raise OutputError(
            f"Another run is writing into {out}.", mend="Wait until it is done, then run again."
        ) from error
    except OSError as error:
        if isinstance(error, OutputError):
            raise
        raise OutputError(
            f"The outputs could not be written into {out}: {error.strerror or error}.",
            mend="Check that the disk has room; the earlier outputs are as they were.",
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _move(folder: Path, out: Path) -> None:
    """Replace the files one by one; on a failure put the earlier ones back."""
    kept = folder / "earlier"
    kept.mkdir()
    moved: list[Path] = []
    fresh = sorted(path for path in folder.iterdir() if path.is_file())
    try:
        for path in fresh:
            target = out / path.name
            if target.exists():
                os.replace(target, kept / path.name)  # noqa: PTH105  replaces on Windows too
            moved.append(target)
            os.replace(path, target)  # noqa: PTH105
    except OSError as error:
        for target in moved:
            target.unlink(missing_ok=True)
            if (kept / target.name).exists():
                os.replace(kept / target.name, target)  # noqa: PTH105
        raise OutputError(
            f"{error.filename} cannot be replaced: {error.strerror}.",
            mend="Close the program that has the file open, and run again; "
            "the earlier outputs are as they were.",
        ) from error
