"""Vector files a batch of features at a time, for layers that are larger than memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from landtrack.ingest.formats import opening
from landtrack.model.errors import SourceError

Shapes = npt.NDArray[np.object_]

BATCH = 20_000
"""Features that are in memory at a time."""
GEOPARQUET = {".parquet", ".geoparquet"}


class Batch(NamedTuple):
    """Some features of a layer: the number of the first, counted from 0, and the shapes."""

    first: int
    shapes: Shapes


def crs_of(path: Path, *, layer: str | None = None) -> str | None:
    """Read which CRS a layer states.

    ``path``: A GeoParquet file, or a file that GDAL can open, such as a GeoPackage.
    ``layer``: Name of the layer; the first where not given.
    Returns: As pyproj reads it; None where it states none.
    Raises SourceError: If the file cannot be opened.
    """
    if path.suffix.lower() in GEOPARQUET:
        column = _geo(path)[1]
        stated = column.get("crs", "OGC:CRS84")  # so the format says
        return json.dumps(stated) if isinstance(stated, dict) else stated
    with _named(path):
        found: str | None = opening.read_info(path, layer=layer)["crs"]
        return found


def batches(path: Path, *, layer: str | None = None, rows: int = BATCH) -> Iterator[Batch]:
    """Read the shapes of a layer batch by batch.

    ``path``: A GeoParquet file, or a file that GDAL can open, such as a GeoPackage.
    ``layer``: Name of the layer; the first where not given.
    Yields: In the order of the file; a feature without a shape is None.
    Raises SourceError: If the file cannot be opened, or a shape cannot be read.
    """
    read = _of_parquet(path, rows) if path.suffix.lower() in GEOPARQUET else _of_gdal(
        path, layer, rows
    )
    first = 0
    for wkb in read:
        try:
            shapes = shapely.from_wkb(wkb)
        except shapely.GEOSException as error:
            raise SourceError(
                f"{path}: a shape among features {first + 1} to {first + len(wkb)} cannot be "
                f"read: {error}.",
                mend="Export the layer again from the program that made it.",
            ) from error
        yield Batch(first, shapes)
        first += len(shapes)


def _of_gdal(path: Path, layer: str | None, rows: int) -> Iterator[Shapes]:
    first = 0
    while True:
        with _named(path):
            _, _, wkb, _ = opening.read_raw(
                path, layer=layer, columns=[], skip_features=first, max_features=rows,
                force_2d=True,
            )
        if len(wkb):
            yield wkb
        if len(wkb) < rows:
            return
        first += rows


def _of_parquet(path: Path, rows: int) -> Iterator[Shapes]:
    import pyarrow.parquet

    name, column = _geo(path)
    if column.get("encoding") != "WKB":
        raise SourceError(
            f"{path} holds its shapes as {column.get('encoding')}, not as WKB.",
            mend="Write the GeoParquet file with geometry_encoding WKB.",
        )
    with pyarrow.parquet.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=rows, columns=[name]):
            yield batch.column(0).to_numpy(zero_copy_only=False)


def _geo(path: Path) -> tuple[str, dict[str, Any]]:
    """Read the name of the geometry column of a GeoParquet file, and what is said of it."""
    import pyarrow.parquet

    try:
        metadata = pyarrow.parquet.read_schema(path).metadata or {}
    except (OSError, ValueError) as error:
        raise SourceError(
            f"{path} cannot be opened: {error}.", mend="Check that it is a GeoParquet file."
        ) from error
    if b"geo" not in metadata:
        raise SourceError(
            f"{path} is Parquet without geometry.", mend="Write it as GeoParquet 1.0 or later."
        )
    geo = json.loads(metadata[b"geo"])
    name = str(geo["primary_column"])
    return name, geo["columns"][name]


class _named:  # noqa: N801 - used as a statement
    """Name the file in what GDAL says."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __enter__(self) -> None:
        return None

    def __exit__(self, _: object, error: BaseException | None, __: object) -> None:
        if isinstance(error, DataSourceError | DataLayerError):
            raise SourceError(
                f"{self.path} cannot be opened: {error}.",
                mend="Check the path and the name of the layer.",
            ) from error
