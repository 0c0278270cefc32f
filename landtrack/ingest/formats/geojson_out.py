"""GeoJSON as RFC 7946 has it: WGS 84, UTF-8."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from landtrack.ingest.formats import gdal_out
from landtrack.ingest.formats.base import Loss

DECIMALS = 9
"""Of a degree: a tenth of a millimetre."""

HEAD = 4096
"""Bytes before the first feature."""

SPARE = 3
"""Decimals more than are written: GDAL takes a last digit behind five noughts for an error."""


def losses(frame: gpd.GeoDataFrame) -> list[Loss]:
    """Tell what GeoJSON cannot hold of a frame.

    ``frame``: n features in WGS 84.
    Returns: Coordinates rounded to a tenth of a millimetre.
    """
    return [Loss("rounded", len(frame), detail="0.1 mm")]


def write(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write GeoJSON.

    ``frame``: n features in WGS 84.
    Raises OutputError: If it cannot be written.
    """
    gdal_out.write(
        frame.set_geometry(_rounded(frame.geometry.to_numpy()), crs=frame.crs), path,
        driver="GeoJSON", layer=path.stem, RFC7946="YES",
        COORDINATE_PRECISION=str(DECIMALS + SPARE),
    )
    _state_resolution(path)


def _state_resolution(path: Path) -> None:
    """Correct what GDAL says of the resolution: it takes the spare decimals for written ones."""
    said, true = (f'_coordinate_resolution": 1e-{each:02}'.encode()
                  for each in (DECIMALS + SPARE, DECIMALS))
    with path.open("r+b") as file:
        head = file.read(HEAD)
        file.seek(0)
        file.write(head.replace(said, true))


def _rounded(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Round all places, and heights where there are any."""
    made = shapes.copy()
    for high in (False, True):
        own = shapely.has_z(shapes) == high
        made[own] = shapely.transform(
            shapes[own], lambda places: np.round(places, DECIMALS), include_z=high
        )
    return made
