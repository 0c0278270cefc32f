"""Which writer a file is for, by how its name ends.

A writer is a module with ``losses(frame)``, which tells what its format cannot hold before
anything is written, and ``write(frame, path)``.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Literal, NamedTuple, Protocol, cast

import geopandas as gpd

from landtrack.ingest.formats.base import Loss
from landtrack.model.errors import OutputError


class Writer(Protocol):
    """What a module that writes a format offers."""

    def losses(self, frame: gpd.GeoDataFrame, **options: Any) -> list[Loss]:  # noqa: ANN401
        """Tell what the format cannot hold of a frame."""
        ...

    def write(
        self, frame: gpd.GeoDataFrame, path: Path, **options: Any  # noqa: ANN401
    ) -> None:
        """Write a frame."""
        ...


class Target(NamedTuple):
    """A format that is written: its module, the coordinates it holds, what it can be told.

    ``options`` are what ``write`` can be told, ``asks`` what ``losses`` wants to know
    (``suffix`` is that of the file). ``coordinates`` are ``degrees`` where the format is in
    WGS 84 by its definition. ``submitted`` marks formats that land-approval systems take:
    nothing shifted goes there.
    """

    name: str
    suffixes: tuple[str, ...]
    module: str
    coordinates: Literal["any", "degrees"] = "any"
    options: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    layers: bool = False
    submitted: bool = False

    @property
    def writer(self) -> Writer:
        """Give the module that writes it.

        Returns: Imported now, if it was not yet.
        """
        return cast("Writer", importlib.import_module(f"landtrack.ingest.formats.{self.module}"))


TARGETS = (
    Target("GeoPackage", (".gpkg",), "geopackage", layers=True),
    Target("GeoJSON", (".geojson", ".json"), "geojson_out", coordinates="degrees"),
    Target("ESRI Shapefile", (".shp",), "shapefile_out", options=("encoding",), asks=("encoding",),
           submitted=True),
    Target("FlatGeobuf", (".fgb",), "flatgeobuf"),
    Target("KML", (".kml",), "kml", coordinates="degrees", layers=True),
    Target("DXF", (".dxf",), "dxf", layers=True),
    Target("GeoParquet", (".parquet", ".geoparquet"), "parquet_out"),
    Target("Boundary TXT", (".txt",), "boundary", options=("layout", "encoding"),
           asks=("layout",), submitted=True),
    Target("Coordinates", (".csv", ".xlsx"), "coordinates", options=("encoding",),
           asks=("suffix",), submitted=True),
)
"""Every format that is written."""


def of(path: Path) -> Target:
    """Tell which format a file is to be written in.

    Raises OutputError: If no writer knows the suffix; the mend lists those there are.
    """
    for target in TARGETS:
        if path.suffix.lower() in target.suffixes:
            return target
    known = ", ".join(suffix for target in TARGETS for suffix in target.suffixes)
    raise OutputError(
        f"{path.name}: nothing here writes {path.suffix or 'a file without suffix'}.",
        mend=f"End the name with one of: {known}.",
    )
