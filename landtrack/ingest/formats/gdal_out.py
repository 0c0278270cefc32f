"""What the writers that go by way of GDAL share: one layer, whole, or an error with a mend."""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataSourceError, FeatureError, FieldError, GeometryError

from landtrack.ingest.formats.base import Loss
from landtrack.model.errors import OutputError
from landtrack.model.value import ALWAYS

DAY = f"{ALWAYS:%Y-%m-%d}"
"""The day that files say they are of: the same input makes the same bytes on any day."""


@contextlib.contextmanager
def undated() -> Iterator[None]:
    """Let a GeoPackage say of its layers a day that is always the same."""
    name = "OGR_CURRENT_DATE"
    before = pyogrio.get_gdal_config_option(name)
    pyogrio.set_gdal_config_options({name: f"{DAY}T00:00:00.000Z"})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({name: before})


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
    try:
        with warnings.catch_warnings(), undated():
            warnings.filterwarnings("ignore", "'crs' was not provided", UserWarning)  # it is told
            pyogrio.write_dataframe(frame.assign(**texts), path, driver=driver, **told)
    except (
        DataSourceError, FeatureError, FieldError, GeometryError, ValueError, OSError
    ) as error:
        raise OutputError(
            f"{path.name} cannot be written: {error}.",
            mend="Rename the field or mend the value that is named, or choose GeoPackage.",
        ) from error


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
