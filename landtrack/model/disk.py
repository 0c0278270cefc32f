"""What a disk says that takes nothing: one place for its kinds, their words and what to do."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from landtrack.model.errors import LandtrackError, OutputError, SourceError

FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
LARGE = {errno.EFBIG}
READ_ONLY = {errno.EROFS}
NO_RIGHT = {errno.EACCES, errno.EPERM}
HELD = {32, 33}
"""Numbers of Windows: another program has the file, or a part of it, for itself."""
WINDOWS = os.name == "nt"
PROBE = 1 << 16
"""Bytes that are written to ask a disk."""


def refusal(error: BaseException, path: Path | None = None) -> LandtrackError | None:
    """Give the failure that an exception comes from where a disk refused to write, else None.

    Libraries wrap what the system says, each in an exception of its own.

    ``path``: What was to be written: what the system names may lie in a folder on the way to it.
    """
    said = (_told(each, path) for each in _linked(error) if isinstance(each, OSError))
    return next((each for each in said if each), None)


def _linked(error: BaseException) -> list[BaseException]:
    """Give an exception and all that it was made of."""
    seen = [error]
    for each in seen:  # which grows
        linked = (each.__cause__, each.__context__, *each.args)
        seen += [one for one in linked if isinstance(one, BaseException) and one not in seen]
    return seen


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Say of whatever cannot be written which file or folder it is, and what to do.

    ``path``: The file, or the folder that takes files.
    Raises OutputError: Where the system refuses.
    """
    try:
        yield
    except LandtrackError:
        raise
    except OSError as error:
        raise failure(error, path) from error
    except Exception as error:  # of a library, which may wrap what the system said
        if not any(isinstance(each, OSError) for each in _linked(error)):
            raise
        raise failure(error, path) from error


def failure(error: BaseException, path: Path) -> LandtrackError:
    """Give the failure of a file that cannot be written, whatever the reason."""
    return refusal(error, path) or OutputError(
        f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.",
        mend="Close the program that has it open, or name another place; what was there before "
        "is as it was.",
    )


def asked(path: Path) -> LandtrackError | None:
    """Ask a disk, for a library that does not pass on what the system said.

    Returns: Why nothing can be written beside the file; None where it can.
    """
    try:
        with tempfile.TemporaryFile(dir=path.parent) as file:
            file.write(b"\0" * PROBE)
            file.flush()
    except OSError as error:
        return refusal(error, path)
    return None


def _told(error: OSError, path: Path | None) -> LandtrackError | None:
    """Say what one word of the system means."""
    named = error.filename2 or error.filename
    its = Path(os.fsdecode(named)) if isinstance(named, (str, bytes, os.PathLike)) else None
    at = path or its
    if error.errno in FULL | LARGE:
        return _no_room(at, large=error.errno in LARGE)
    if error.errno in NO_RIGHT and its and its.is_file() and not os.access(its, os.R_OK):
        return SourceError(
            f"{its} may not be read: you have no right to.",
            mend="Ask for the right to read it, or for a copy of your own.",
        )
    return _not_allowed(at, error) if at else None


def _no_room(at: Path | None, *, large: bool) -> OutputError:
    """Say that nothing more goes onto the disk, or into the file."""
    if large:
        return OutputError(
            f"{at} cannot be written: the disk takes no file so large." if at else
            "The disk takes no file so large.",
            mend="Have the limit of the size of files raised, or name a place on another disk, and "
            "run the command again: what was there before is as it was, or is put right by that.",
        )
    return OutputError(
        f"{at} cannot be written: the disk is full, or your share of it." if at else
        "The disk is full, or your share of it.",
        mend="Make room on the disk and run the command again: what was there before is as it "
        "was, or is put right by that.",
    )


def _not_allowed(at: Path, error: OSError) -> OutputError | None:
    """Say what may not be written: the system gives one word for all."""
    if error.errno in READ_ONLY:
        return OutputError(
            f"{at} cannot be written: the disk is read only.",
            mend="Name a place on another disk, or have this one opened for writing.",
        )
    held = getattr(error, "winerror", None) in HELD
    if not held and error.errno not in NO_RIGHT:
        return None
    if held or (WINDOWS and at.is_file()):
        return OutputError(
            f"{at} cannot be written: another program has it open, or you have no right to write "
            "it.",
            mend="Close the program that has it open, such as Excel, and run the command again; or "
            "name another file.",
        )
    folder = at if at.is_dir() else at.parent
    return OutputError(
        f"{at} cannot be written: you have no right to write into {folder}.",
        mend="Ask for the right to write there, or name another folder.",
    )
