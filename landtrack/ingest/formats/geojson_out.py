"""GeoJSON as RFC 7946 has it: WGS 84, UTF-8."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from landtrack.ingest.formats import gdal_out
from landtrack.ingest.formats.base import Loss

DECIMALS = 9
"""Of a degree: a tenth of a millimetre."""


def losses(frame: gpd.GeoDataFrame) -> list[Loss]:
    """Tell what GeoJSON cannot hold of a frame.

    Parameters
    ----------
    frame
        n features in WGS 84.

    Returns
    -------
    list of Loss
        Coordinates rounded to a tenth of a millimetre.
    """
    return [Loss("rounded", len(frame), detail="0.1 mm")]


def write(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write GeoJSON.

    Parameters
    ----------
    frame
        n features in WGS 84.
    path
        The file.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    gdal_out.write(
        frame, path, driver="GeoJSON", layer=path.stem, RFC7946="YES",
        COORDINATE_PRECISION=str(DECIMALS),
    )
