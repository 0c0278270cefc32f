"""GeoParquet: holds everything, also lists."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyarrow as pa

from landtrack.ingest.formats import gdal_out
from landtrack.ingest.formats.base import Loss
from landtrack.model import disk
from landtrack.model.errors import OutputError


def losses(frame: gpd.GeoDataFrame) -> list[Loss]:
    """Tell what GeoParquet cannot hold of a frame.

    ``frame``: n features.
    Returns: A missing CRS.
    """
    return gdal_out.missing_crs(frame)


def write(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write GeoParquet.

    ``frame``: n features.
    Raises OutputError: If a column mixes kinds of values.
    """
    try:
        frame.to_parquet(path, index=False)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise disk.refusal(error, path) or OutputError(
            f"{path.name} cannot be written: {error}.",
            mend="Write the column that is named as text, or choose GeoPackage.",
        ) from error
