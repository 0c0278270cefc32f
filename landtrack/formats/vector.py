"""Vector files in bulk, and feature by feature when one of them is bad.

pyogrio reads whole layers; fiona lists what a file holds and, where the bulk read fails,
goes through the features one by one to name those that cannot be read.
"""

from __future__ import annotations

import glob
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import fiona
import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from fiona.errors import FionaError
from pyogrio.errors import DataSourceError

from landtrack.errors import SourceError
from landtrack.formats import dbf
from landtrack.formats.contents import Contents, Note
from landtrack.model import Issue

OPEN_OPTIONS = {
    # Dates as text, so that 30 February is named and does not vanish.
    ".geojson": {"DATE_AS_STRING": "YES"},
    ".json": {"DATE_AS_STRING": "YES"},
}
"""What GDAL is told when it opens a file, by suffix."""

HARMLESS = (
    "Could not parse column",  # texts and numbers in one column: normalise names what it is
    "Measured (M) geometry types",  # measures along a line are not used
    "invalid value encountered",  # coordinates that are no numbers: validate names them
)
"""How remarks begin that need no word to the user."""


def layer_names(path: Path) -> list[str]:
    """List the layers of a vector file.

    Parameters
    ----------
    path
        A file that GDAL can open.

    Returns
    -------
    list of str
        Names in the order of the file.

    Raises
    ------
    SourceError
        If GDAL cannot open it.
    """
    if path.suffix.lower() == ".shp":
        return [path.stem]  # also where its index is missing and GDAL would refuse
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Measured", UserWarning)  # as in HARMLESS
            return [str(name) for name in pyogrio.list_layers(path)[:, 0]]
    except DataSourceError as error:
        raise SourceError(
            f"{path} cannot be opened: {error}.",
            mend="Export it again, for example as GeoPackage; a DWG as DXF.",
        ) from error


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read one layer whole.

    Parameters
    ----------
    path
        A file that GDAL can open.
    layer
        Name of the layer; the first where not given.
    encoding
        Character encoding of the attributes, where the file does not say or says it wrong.

    Returns
    -------
    Contents
        The features, and what was wrong with the file.

    Raises
    ------
    SourceError
        If the file cannot be opened or the layer holds no table.
    """
    if path.suffix.lower() == ".shp":
        return _read_shapefile(path, encoding)
    return _bulk(path, layer=layer, encoding=encoding)


def _bulk(path: Path, *, layer: str | None, encoding: str | None) -> Contents:
    """Read a layer at once, or where that fails feature by feature."""
    options = OPEN_OPTIONS.get(path.suffix.lower(), {})
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            frame = pyogrio.read_dataframe(path, layer=layer, encoding=encoding, **options)
            bad: list[int] = []
        except (DataSourceError, ValueError, RuntimeError, shapely.errors.GEOSException) as error:
            frame, bad = _read_one_by_one(path, layer=layer, encoding=encoding, cause=error)
    if not isinstance(frame, gpd.GeoDataFrame):
        frame = gpd.GeoDataFrame(frame, geometry=[None] * len(frame))
    if not bad:
        frame.index = pd.RangeIndex(1, len(frame) + 1)
    notes = dict.fromkeys(str(each.message) for each in caught)
    told = [Note(Issue.FILE_REMARK, note) for note in notes if not note.startswith(HARMLESS)]
    return Contents(frame, bad, told)


def _read_shapefile(path: Path, encoding: str | None) -> Contents:
    """Read a Shapefile: its text byte by byte, then in the encoding its bytes are in."""
    table = path.with_suffix(".dbf") if path.with_suffix(".dbf").exists() else None
    with _with_index(path) as whole:
        contents = _bulk(whole, layer=None, encoding="ISO-8859-1" if table else None)
    notes = list(contents.notes)
    if table is None:
        return contents._replace(notes=[*notes, Note(Issue.ATTRIBUTES_MISSING, path.name)])
    if encoding is None:
        found = dbf.encoding(table)
        encoding = found.name
        if found.stated != found.name and (found.stated or not found.proven):
            notes.append(Note(Issue.ENCODING_DIFFERS, f"{found.name} / {found.stated or '–'}"))
    if whole != path:
        notes.append(Note(Issue.INDEX_REBUILT, path.name))
    frame = contents.frame
    frame = frame.rename(columns={name: dbf.decode(name, encoding) for name in frame.columns})
    texts = {
        name: frame[name].map(lambda text: dbf.decode(text, encoding), na_action="ignore")
        for name, dtype in frame.dtypes.items()
        if dtype == "str"
    }
    return Contents(frame.assign(**texts), contents.bad, notes)


@contextmanager
def _with_index(path: Path) -> Iterator[Path]:
    """Give a Shapefile that has its index; where it is missing, a copy with one made anew."""
    if any(path.with_suffix(suffix).exists() for suffix in (".shx", ".SHX")):
        yield path
        return
    with tempfile.TemporaryDirectory() as folder:
        for each in path.parent.glob(f"{glob.escape(path.stem)}.*"):
            shutil.copy(each, folder)
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": "YES"})
        try:
            pyogrio.read_info(Path(folder) / path.name)
            yield Path(folder) / path.name
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": None})


def _read_one_by_one(
    path: Path, *, layer: str | None, encoding: str | None, cause: Exception
) -> tuple[gpd.GeoDataFrame, list[int]]:
    """Read feature by feature, leaving out those that cannot be read."""
    rows: dict[int, dict[str, Any]] = {}
    bad: list[int] = []
    options = dict(OPEN_OPTIONS.get(path.suffix.lower(), {}))
    if encoding:
        options["encoding"] = encoding
    try:
        with fiona.open(path, layer=layer, **options) as source:  # noqa: TID251  here
            crs = source.crs_wkt or None
            number = 0
            features = iter(source)
            while True:
                number += 1
                try:
                    feature = next(features)
                    shape = feature.geometry and shapely.geometry.shape(feature.geometry)
                except StopIteration:
                    break
                except (ValueError, TypeError, FionaError, shapely.errors.GEOSException):
                    bad.append(number)
                    continue
                rows[number] = {**feature.properties, "geometry": shape}
    except (FionaError, OSError, ValueError) as error:
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


def write(frame: gpd.GeoDataFrame | pd.DataFrame, path: Path, *, layer: str) -> None:
    """Add a layer, or a table without geometry, to a GeoPackage.

    Parameters
    ----------
    frame
        n rows; the index is not written.
    path
        The GeoPackage, made where it is not there.
    layer
        Name of the layer or table in it.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    pyogrio.write_dataframe(frame, path, layer=layer, driver="GPKG", append=path.exists())
