"""Tables without geometry: CSV in any of the usual encodings, XLSX, and GeoPackage tables."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from pyogrio.errors import DataLayerError, DataSourceError

from landtrack.errors import SourceError
from landtrack.formats import opening

SHEETS = (".xlsx", ".ods")
"""What has a heading line even where all its cells are text; GDAL would guess."""

ENCODINGS = ("utf-8-sig", "gb18030")
"""Tried in this order: a strict UTF-8 reading of text in GB 18030 fails."""


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> pd.DataFrame:
    """Read a table.

    Parameters
    ----------
    path
        A ``.csv`` file, or any file that GDAL reads tables from (XLSX, ODS, GPKG, DBF).
    layer
        Name of the sheet or table; the first where not given.
    encoding
        Character encoding; found out where not given.

    Returns
    -------
    DataFrame
        Rows indexed from 1; every CSV column as text, empty cells missing.

    Raises
    ------
    SourceError
        If the file cannot be read, or no encoding fits.
    """
    if path.suffix.lower() == ".csv":
        frame = _read_csv(path, (encoding,) if encoding else ENCODINGS)
    else:
        headed = {"HEADERS": "FORCE"} if path.suffix.lower() in SHEETS else {}
        try:
            frame = pd.DataFrame(opening.read_frame(
                path, layer=layer, encoding=encoding, read_geometry=False, **headed
            ))
        except (DataSourceError, DataLayerError, ValueError) as error:
            raise SourceError(
                f"{path} cannot be read as a table: {error}.",
                mend="Save it as CSV in UTF-8 or as XLSX, and name its sheet in catalog.toml.",
            ) from error
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return frame


def _read_csv(path: Path, encodings: tuple[str, ...]) -> pd.DataFrame:
    for encoding in encodings:
        try:
            return pd.read_csv(
                path, dtype="str", encoding=encoding, keep_default_na=False, na_values=[""]
            )
        except UnicodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            raise SourceError(
                f"{path} is no table with one heading line: {error}.",
                mend="Save the sheet as CSV with commas and a heading line.",
            ) from error
    raise SourceError(
        f"{path} is in none of the encodings {', '.join(encodings)}.",
        mend="Save it as CSV in UTF-8, or name its encoding in catalog.toml.",
    )
