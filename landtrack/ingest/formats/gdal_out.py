"""What the writers that go by way of GDAL share: one layer, whole, or an error with a mend."""

from __future__ import annotations

import contextlib
import io
import json
import struct
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from landtrack.ingest.formats.base import Loss
from landtrack.model import disk
from landtrack.model.errors import OutputError
from landtrack.model.value import ALWAYS

DAY = f"{ALWAYS:%Y-%m-%d}"
"""The day that files say they are of: the same input makes the same bytes on any day."""


SILENT = frozenset({"GeoJSON", "FlatGeobuf"})
"""Drivers of one file that say nothing where a disk is full: they write into memory first."""


@contextlib.contextmanager
def fresh(*, dated: bool = False) -> Iterator[None]:
    """Write a new GeoPackage at once: the disk is waited for when it is whole, not at each table.

    Who puts it in its place has it on the disk before; see :mod:`landtrack.store.staging`.

    ``dated``: Whether it says when it was written; else its layers have a day that is always the
    same.
    """
    options = {"OGR_SQLITE_SYNCHRONOUS": "OFF"}
    if not dated:
        options["OGR_CURRENT_DATE"] = f"{DAY}T00:00:00.000Z"
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)


def nested(frame: gpd.GeoDataFrame) -> list[str]:
    """List the columns whose cells are lists or tables, which few formats hold.

    ``frame``: n features.
    """
    return [
        str(name) for name, dtype in frame.dtypes.items()
        if dtype == "object"
        and frame[name].map(lambda cell: isinstance(cell, (list, dict, tuple))).any()
    ]


def nested_losses(frame: gpd.GeoDataFrame) -> list[Loss]:
    """Tell which columns are written as JSON text.

    ``frame``: n features.
    Returns: One per column of lists or tables.
    """
    return [Loss("as_text", len(frame), name) for name in nested(frame)]


def write(
    frame: gpd.GeoDataFrame, path: Path, *, driver: str, layer: str | None = None,
    **options: Any,  # noqa: ANN401
) -> None:
    """Write one layer through GDAL.

    ``frame``: n features; the index is not written.
    ``layer``: Name of the layer, where the format has several.
    Raises OutputError: If GDAL refuses a field, a value or the file.
    """
    texts = {
        name: frame[name].map(
            lambda cell: json.dumps(cell, ensure_ascii=False)
            if isinstance(cell, (list, dict, tuple)) else cell
        )
        for name in nested(frame)
    }
    told: Mapping[str, Any] = {"layer": layer, **options} if layer else options
    memory = io.BytesIO() if driver in SILENT else None
    try:
        with warnings.catch_warnings(), fresh():
            warnings.filterwarnings("ignore", "'crs' was not provided", UserWarning)  # it is told
            pyogrio.write_dataframe(
                frame.assign(**texts), path if memory is None else memory, driver=driver, **told
            )
    except (
        DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, ValueError,
        OSError,
    ) as error:
        raise disk.refusal(error, path) or disk.asked(path) or OutputError(
            f"{path.name} cannot be written: {error}.",
            mend="Rename the field or mend the value that is named, or choose GeoPackage.",
        ) from error
    if memory is not None:
        with disk.writing(path):
            path.write_bytes(memory.getbuffer())
    if driver == "ESRI Shapefile" and not _whole_shapefile(path):
        raise disk.asked(path) or OutputError(
            f"{path} cannot be written: the disk did not take all of it.",
            mend="Make room on the disk, or name a place on another one.",
        )


def _whole_shapefile(path: Path) -> bool:
    """Say whether its files are as long as their heads say: GDAL says nothing of a full disk."""
    for suffix in (".shp", ".shx"):
        own = path.with_suffix(suffix)
        with own.open("rb") as file:
            head = file.read(28)
        if len(head) < 28 or 2 * int.from_bytes(head[24:], "big") != own.stat().st_size:  # noqa: PLR2004
            return False
    table = path.with_suffix(".dbf")
    with table.open("rb") as file:
        head = file.read(12)
    if len(head) < 12:  # noqa: PLR2004
        return False
    rows, begin, long = struct.unpack("<IHH", head[4:])
    return bool(table.stat().st_size >= begin + rows * long)


def missing_crs(frame: gpd.GeoDataFrame) -> list[Loss]:
    """Tell that nothing is said of the coordinates.

    ``frame``: n features.
    Returns: One where the frame has no CRS.
    """
    return [Loss("no_crs", len(frame))] if frame.crs is None else []


def kinds(frame: gpd.GeoDataFrame) -> pd.Series[Any]:
    """Name the kind of each shape without its Multi.

    ``frame``: n features.
    Returns: ``Polygon``, ``LineString``, ``Point`` or ``GeometryCollection``; missing where there
    is no shape.
    """
    names: pd.Series[Any] = frame.geometry.geom_type.str.removeprefix("Multi")
    return names.replace("LinearRing", "LineString")
