"""Vector files in bulk, and feature by feature when one of them is bad.

Whole layers are read at once; where that fails, the features are gone through one by one to
name those that cannot be read. What opens the file is :mod:`landtrack.ingest.formats.opening`.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
import shapely
from pyarrow.lib import ArrowException
from pyogrio.errors import DataLayerError, DataSourceError

from landtrack.ingest.formats import gdal_out, opening
from landtrack.ingest.formats.base import Contents, Note
from landtrack.model import Issue
from landtrack.model.errors import SourceError

HARMLESS = (
    "Could not parse column",  # texts and numbers in one column: normalise names what it is
    "Measured (M) geometry types",  # measures along a line are not used
    "invalid value encountered",  # coordinates that are no numbers: validate names them
)
"""How remarks begin that need no word to the user."""
HINT = "; It might help to specify"
"""How GDAL begins an advice to programmers behind the cause."""


def layer_names(path: Path) -> list[str]:
    """List the layers of a vector file.

    Returns: Names in the order of the file.
    Raises SourceError: If GDAL cannot open it.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what GDAL remarks is told when a layer is read
            return opening.list_layers(path)
    except DataSourceError as error:
        raise SourceError(
            f"{path} cannot be opened: {str(error).partition(HINT)[0].rstrip('.')}.",
            mend="Export it again, for example as GeoPackage; a DWG as DXF.",
        ) from error


def driver(path: Path) -> str:
    """Name the format of a file as GDAL does.

    Raises SourceError: If GDAL cannot open it.
    """
    names = layer_names(path)
    if not names:
        raise SourceError(f"{path} holds no layer.", mend="Ask what it should hold.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as above
            return str(opening.read_info(path, layer=names[0])["driver"])
    except (DataSourceError, DataLayerError, ValueError) as error:
        raise _unreadable(path, error) from error


def read(
    path: Path, *, layer: str | None = None, encoding: str | None = None,
    options: Mapping[str, str] = MappingProxyType({}),
) -> Contents:
    """Read one layer whole.

    ``layer``: Name of the layer; the first where not given.
    ``encoding``: Character encoding of the attributes, where the file does not say or says it
    wrong.
    Raises SourceError: If the file cannot be opened or the layer holds no table.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame, bad = _read_somehow(path, layer=layer, encoding=encoding, options=options)
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[None] * len(frame))
    if not bad:
        frame.index = pd.RangeIndex(1, len(frame) + 1)
    notes = dict.fromkeys(str(each.message) for each in caught)
    told = [Note(Issue.FILE_REMARK, note) for note in notes if not note.startswith(HARMLESS)]
    return Contents(frame, bad, told)


def _read_somehow(
    path: Path, *, layer: str | None, encoding: str | None, options: Mapping[str, str]
) -> tuple[gpd.GeoDataFrame | pd.DataFrame, list[int]]:
    """Read a layer at once: by columns, else by rows (curves), else feature by feature."""
    faults = (
        DataSourceError, ValueError, RuntimeError, OSError, shapely.errors.GEOSException,
        ArrowException,
    )
    for by_columns in (True, False):
        try:
            frame = opening.read_frame(
                path, layer=layer, encoding=encoding, use_arrow=by_columns, **options
            )
            if by_columns:
                _insist_on_utf8(frame)
        except faults as error:
            cause = error
        else:
            return frame, []
    return _read_one_by_one(path, layer=layer, encoding=encoding, options=options, cause=cause)


def _insist_on_utf8(frame: pd.DataFrame) -> None:
    """Refuse text that is not in UTF-8, which Arrow takes over from GDAL unseen."""
    for name, dtype in frame.dtypes.items():
        if dtype == "str":
            pa.array(frame[name]).validate(full=True)


def _read_one_by_one(
    path: Path, *, layer: str | None, encoding: str | None, options: Mapping[str, str],
    cause: Exception,
) -> tuple[gpd.GeoDataFrame, list[int]]:
    """Read feature by feature, leaving out those that cannot be read."""
    rows: dict[int, dict[str, Any]] = {}
    bad: list[int] = []
    try:
        crs = opening.crs_of(path, layer, options)
        for number, values in opening.one_by_one(
            path, layer=layer, encoding=encoding, options=options
        ):
            if values is None:
                bad.append(number)
            else:
                rows[number] = values
    except SourceError:
        raise
    except opening.FAULTS as error:
        raise _unreadable(path, cause) from error
    if bad and not rows:
        raise _unreadable(path, cause)
    frame = gpd.GeoDataFrame.from_dict(rows, orient="index")
    if frame.empty:
        frame = gpd.GeoDataFrame(geometry=[])
    return frame.set_geometry("geometry", crs=crs), bad


def _unreadable(path: Path, cause: Exception) -> SourceError:
    return SourceError(
        f"{path} cannot be read: {cause}.",
        mend="Export it again, for example as GeoPackage; name its encoding in the catalog.",
    )


def write(
    frame: gpd.GeoDataFrame | pd.DataFrame, path: Path, *, layer: str, dated: bool = True
) -> None:
    """Add a layer, or a table without geometry, to a GeoPackage.

    ``frame``: n rows; the index is not written.
    ``path``: The GeoPackage, made where it is not there.
    ``dated``: Whether it says when it was written; without that the same rows are the same bytes.
    Raises OutputError: If it cannot be written.
    """
    with gdal_out.fresh(dated=dated):
        pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", append=path.exists())
