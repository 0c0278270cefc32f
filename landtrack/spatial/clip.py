"""The shapes of what plots share with layers, cut when somebody asks to see them.

Measuring never builds these shapes (:mod:`landtrack.spatial.kernels`); a map or a sheet that shows
the overlap of one plot does.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from landtrack.model.errors import TableError
from landtrack.spatial import measures


def cut(plot: gpd.GeoDataFrame | gpd.GeoSeries | BaseGeometry, layer: gpd.GeoDataFrame) -> (
    gpd.GeoDataFrame
):
    """Cut what a layer has inside a plot.

    Parameters
    ----------
    plot
        Valid polygons by ``plot_id``, such as ``result.layers["plots"].loc[["XP-036"]]``, or
        one shape in the CRS of the layer.
    layer
        m features in the same metric CRS, indexed by key.

    Returns
    -------
    GeoDataFrame
        The layer's columns by its key; a row for each plot and feature that share more than
        an edge or a corner, ``geometry`` what they share, of the feature's own dimension;
        ``plot_id`` which plot (empty for a bare shape), ``shared`` how much: square metres
        of a polygon, metres of a line, 1 for a point. The largest first of each plot.

    Raises
    ------
    TableError
        If the plots are in another CRS than the layer.
    """
    if isinstance(plot, BaseGeometry):
        shapes, names = np.array([plot], dtype=object), np.array([""], dtype=object)
    else:
        if plot.crs is None or layer.crs is None or CRS(plot.crs) != CRS(layer.crs):
            raise TableError(
                "The plot and the layer are not in the same CRS.",
                mend="Bring both into the working CRS with crs.to_crs first.",
            )
        shapes, names = plot.geometry.to_numpy(), plot.index.to_numpy(dtype=object)
    features = layer.geometry.to_numpy()
    dimension = shapely.get_dimensions(features)
    found = []
    for kind, shared in enumerate((measures.inside, measures.shared_length, measures.shared_area)):
        some = np.flatnonzero(dimension == kind)
        pairs = shared(shapes, features[some])
        found.append((pairs.plot, some[pairs.feature], pairs.amount))
    at, which, amount = (np.concatenate(each) for each in zip(*found, strict=True))
    order = np.lexsort((which, -amount, at))
    at, which, amount = at[order], which[order], amount[order]
    pieces = shapely.intersection(shapes[at], features[which])
    made = layer.iloc[which].set_geometry(
        gpd.GeoSeries(_of_dimension(pieces, dimension[which]), layer.index[which], crs=layer.crs)
    )
    return made.assign(plot_id=names[at], shared=amount)


def _of_dimension(pieces: measures.Shapes, dimension: measures.Positions) -> measures.Shapes:
    """Drop from mixed pieces where the shapes only touch."""
    mixed = np.flatnonzero(shapely.get_type_id(pieces) == shapely.GeometryType.GEOMETRYCOLLECTION)
    for nth in mixed:
        parts = shapely.get_parts(pieces[nth])
        pieces[nth] = shapely.union_all(parts[shapely.get_dimensions(parts) == dimension[nth]])
    return pieces
