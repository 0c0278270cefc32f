"""The shapes of a layer in the degrees of the page, and where they lie."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import shapely

from landtrack.spatial import crs

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from landtrack.model.assessment import Features

DECIMALS = 7
"""Decimals of a degree: 1.1 cm at the equator, so rounding errs by 6 mm at most."""

COMPOUND = (shapely.GeometryType.MULTIPOINT, shapely.GeometryType.GEOMETRYCOLLECTION)


def geojson(frame: GeoDataFrame, numbers: Sequence[int]) -> str:
    """Write the shapes of a layer as GeoJSON in degrees.

    ``frame``: The layer in its working CRS.
    ``numbers``: The number of the class of each row.
    Returns: A feature collection; a feature of several points or of mixed shapes becomes several
    features of the same row, and one without a shape none.
    """
    row, shapes = simple_parts(degrees(frame))
    written = shapely.to_geojson(shapes)
    features = (
        f'{{"type":"Feature","properties":{{"c":{numbers[at]},"r":{at}}},"geometry":{text}}}'
        for at, text in zip(row.tolist(), written.tolist(), strict=True)
    )
    return f'{{"type":"FeatureCollection","features":[{",".join(features)}]}}'


def degrees(frame: GeoDataFrame) -> np.ndarray:
    """Give the shapes of a layer in longitude and latitude, rounded.

    ``frame``: The layer in its working CRS.
    Returns: In the order of the rows.
    Raises CRSError: If the layer has no CRS, or there is no way from it to WGS 84.
    """
    if frame.empty:
        return np.empty(0, dtype=object)
    shapes = crs.to_crs(frame, crs.WGS84).geometry.to_numpy()
    rounded = shapely.transform(shapely.force_2d(shapes), lambda xy: np.round(xy, DECIMALS))
    return np.asarray(rounded, dtype=object)


def bounds(
    found: Mapping[str, Features], kinds: Collection[str] = ()
) -> list[list[float]] | None:
    """Find the corners of layers.

    ``found``: The layers by kind.
    ``kinds``: Those that count; where none of them has a shape, or none is named, all do.
    Returns: South-west and north-east corner as latitude and longitude; None without shapes.
    Raises CRSError: If there is no way from the CRS of a layer to WGS 84.
    """
    extents = {kind: _extent(each) for kind, each in found.items()}
    chosen = [each for kind, each in extents.items() if each and kind in kinds]
    chosen = chosen or [each for each in extents.values() if each]
    if not chosen:
        return None
    west, south, east, north = np.array(chosen).T
    return [
        [float(south.min()), float(west.min())], [float(north.max()), float(east.max())],
    ]


def _extent(features: Features) -> tuple[float, ...] | None:
    """Find west, south, east, north of a layer in degrees."""
    west, south, east, north = box = features.bounds
    if not np.isfinite(box).all():
        return None
    if features.crs is not None and features.crs != crs.WGS84:
        to_degrees = crs.transformer(features.crs, crs.WGS84)
        box = to_degrees.transform_bounds(west, south, east, north)
    return tuple(float(each) for each in box) if np.isfinite(box).all() else None


def simple_parts(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Split collections into shapes that are drawn as one; drop those that cannot be.

    Returns row : ndarray of int: The row that each shape is of, rising.
    Returns shapes : ndarray of Geometry: Points, lines and polygons, lines and polygons of several
    parts too.
    """
    row = np.arange(len(shapes))
    drawn = drawable(shapes)
    row, shapes = row[drawn], shapes[drawn]
    while len(shapes) and (compound := np.isin(shapely.get_type_id(shapes), COMPOUND)).any():
        parts, at = shapely.get_parts(shapes[compound], return_index=True)
        row = np.concatenate([row[~compound], row[compound][at]])
        shapes = np.concatenate([shapes[~compound], parts])
    order = np.argsort(row, kind="stable")
    return row[order], shapes[order]


def drawable(shapes: np.ndarray) -> np.ndarray:
    """Tell which shapes can be drawn: there, not empty, and nowhere endless.

    Returns: One per shape.
    """
    ends = shapely.bounds(shapes).reshape(-1, 4)
    return np.asarray(np.isfinite(ends).all(axis=1))
