"""FlatGeobuf: everything but lists; quick to read in part."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from landtrack.ingest.formats import gdal_out
from landtrack.ingest.formats.base import Loss


def losses(frame: gpd.GeoDataFrame) -> list[Loss]:
    """Tell what FlatGeobuf cannot hold of a frame.

    ``frame``: n features.
    Returns: Columns of lists (written as text), features without a shape (dropped by the format, so
    refused on writing), a missing CRS.
    """
    return [*gdal_out.nested_losses(frame), *gdal_out.missing_crs(frame)]


def write(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write FlatGeobuf.

    ``frame``: n features, in any order; the file keeps it.
    Raises OutputError: If it cannot be written.
    """
    gdal_out.write(frame, path, driver="FlatGeobuf", layer=path.stem, SPATIAL_INDEX="NO")
