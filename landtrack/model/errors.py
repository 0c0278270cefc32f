"""The one tree of expected failures.

::

    LandtrackError
    ├── CatalogError (ValueError)      a catalog, rule pack, schema or text file is wrong
    ├── SourceError (OSError)          an input file is missing, unreadable or of the wrong kind
    │   └── LimitError                 it is beyond a limit of what is read
    │   └── NothingToVetError          every plot was set aside; the issues say why
    ├── CRSError (ValueError)          a coordinate reference system is missing, wrong or mixed
    ├── TableError (ValueError)        a table that was handed in lacks what its step needs
    ├── RequestError (ValueError)      a program asks an interface for what it does not have
    └── OutputError (OSError)          an output cannot be written

Each names the cause and the mend; neither can be left out. Wrong *data* is never an
exception but a row of the issues table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class LandtrackError(Exception):
    """Base of all expected failures.

    Parameters
    ----------
    cause
        What is wrong, naming the file, layer or field and what was found there.
    mend
        What the user can do about it, as an instruction.
    """

    def __init__(self, cause: str, *, mend: str) -> None:
        super().__init__(f"{cause}\n  Mend: {mend}")
        self.cause = cause
        self.mend = mend


class CatalogError(LandtrackError, ValueError):
    """A catalog, rule pack, schema, symbology or text file says something it may not."""


class SourceError(LandtrackError, OSError):
    """An input file is missing, cannot be read, or is not what it is said to be."""


class NothingToVetError(SourceError):
    """Every plot was set aside."""

    def __init__(self, cause: str, *, mend: str, issues: pd.DataFrame) -> None:
        super().__init__(cause, mend=mend)
        self.issues = issues


class LimitError(SourceError):
    """An input file would take more memory, disk or time than one file may.

    ``limit``: The limit and its figure, such as ``json_depth = 100``, where it is one of the table.
    """

    def __init__(self, cause: str, *, mend: str, limit: str = "") -> None:
        super().__init__(cause, mend=mend)
        self.limit = limit


class CRSError(LandtrackError, ValueError):
    """A coordinate reference system is missing, wrong for measuring, or mixed."""


class TableError(LandtrackError, ValueError):
    """A table handed to a step lacks a column, an index or rows that the step needs."""


class RequestError(LandtrackError, ValueError):
    """A program asks an interface for what it does not have, or not as it is to be asked.

    ``status``: That of HTTP which says so.
    """

    def __init__(self, cause: str, *, mend: str, status: int = 400) -> None:
        super().__init__(cause, mend=mend)
        self.status = status


class OutputError(LandtrackError, OSError):
    """An output cannot be written where it was asked for."""
