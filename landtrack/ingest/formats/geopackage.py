"""GeoPackage: holds everything that landtrack reads."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd

from landtrack.ingest.formats import gdal_out
from landtrack.ingest.formats.base import Loss

RESERVED = ("fid", "geom", "geometry")
"""Columns that a GeoPackage has of its own, in any letter case."""


def losses(frame: gpd.GeoDataFrame) -> list[Loss]:
    """Tell what a GeoPackage cannot hold of a frame.

    ``frame``: n features.
    Returns: Columns of lists (written as text), columns with a reserved name (written with an
    underscore behind it), names that differ in letter case only, a missing CRS.
    """
    return [
        *(Loss("renamed", 1, old, new) for old, new in _renamed(frame).items()),
        *gdal_out.nested_losses(frame), *gdal_out.missing_crs(frame),
    ]


def write(frame: gpd.GeoDataFrame, path: Path, *, layer: str | None = None) -> None:
    """Add a layer to a GeoPackage.

    ``frame``: n features.
    ``path``: The file; made where it is not there.
    ``layer``: Its name; that of the file where not given.
    Raises OutputError: If it cannot be written.
    """
    gdal_out.write(
        frame.rename(columns=_renamed(frame)), path, driver="GPKG", layer=layer or path.stem,
        append=path.exists(),
    )


def _renamed(frame: gpd.GeoDataFrame) -> dict[str, str]:
    """Give a name of its own to each column that SQLite would take for another."""
    taken: set[str] = set(RESERVED)
    found = {}
    for name in frame.columns.drop(frame.geometry.name).astype(str):
        own = name
        while own.casefold() in taken:
            own += "_"
        taken.add(own.casefold())
        if own != name:
            found[name] = own
    return found
