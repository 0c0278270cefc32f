"""How many rows a table has: which of them can be that of its heading."""

from __future__ import annotations

from pathlib import Path

from landtrack.ingest import read
from landtrack.model.catalog import paths


def last(folder: Path, path: str, sheet: str | None, encoding: str | None) -> int:
    """Give the number of the last row of a table with anything in it.

    ``folder``: The place. ``path``: The file, as a catalog names it.
    ``sheet``: Of a workbook; that with the most rows where not given.
    ``encoding``: Of text; found from the bytes where not given.
    Returns: 0 of what is no table, or lies in an archive.
    Raises SourceError: If it cannot be read, or has no such sheet.
    """
    return read.last_row(
        paths.confined(folder, folder / path), sheet=sheet, encoding=encoding
    )
