"""GeoParquet, read by way of Arrow: GDAL's wheels come without it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely
from pyproj.exceptions import CRSError

from landtrack.ingest.formats.base import Contents
from landtrack.model.errors import SourceError


def layer_names(path: Path) -> list[str]:
    """Name the one layer of a GeoParquet file."""
    return [path.stem]


def read(path: Path, *, layer: str | None = None, encoding: str | None = None) -> Contents:
    """Read a GeoParquet file.

    Raises SourceError: If it is damaged, or a table without geometry.
    """
    del layer, encoding
    try:
        frame = gpd.read_parquet(path)
    except (
        OSError, ValueError, KeyError, NotImplementedError, CRSError, shapely.errors.GEOSException,
    ) as error:
        raise SourceError(
            f"{path} cannot be read as GeoParquet: {error}.",
            mend="Write it with its geometry column described (GeoParquet 1.0 or later), or "
            "export it as GeoPackage.",
        ) from error
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    if frame.geometry.name != "geometry":
        frame = frame.rename_geometry("geometry")
    return Contents(frame, [], [])
