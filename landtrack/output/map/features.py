"""The features of a layer, from a frame at hand or read piece by piece, as whole centimetres."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.model.assessment import Features
from landtrack.output.map import blocks
from landtrack.spatial import crs as systems

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from landtrack.model.assessment import Assessment

AT_ONCE = 16_384
"""Shapes that are worked on at once."""


def coded(features: Features) -> blocks.Coded:
    """Write the shapes as whole centimetres of the page, two pieces at a time.

    Returns: In the order of the table.
    Raises CRSError: If the layer has no CRS, or there is no way from it to WGS 84.
    """
    source = features.crs or systems.WGS84
    made = blocks.Joined()
    made.add(blocks.code(np.empty(0, dtype=object), source))
    with ThreadPoolExecutor(2) as pool:
        waiting = []
        for some in features.shapes():
            waiting.append(pool.submit(blocks.code, some, source))
            if len(waiting) > 2:  # noqa: PLR2004  one more than are worked on
                made.add(waiting.pop(0).result())
        for each in waiting:
            made.add(each.result())
    return made.all()


def of_frame(frame: GeoDataFrame) -> Features:
    """Take the features of a frame.

    ``frame``: A layer in its CRS, indexed by its key.
    Returns: The same.
    Raises CRSError: If the frame has no CRS.
    """
    if frame.crs is None:
        systems.to_crs(frame, systems.WGS84)  # says so
    geometry = frame.geometry.to_numpy()

    def pieces() -> Iterator[npt.NDArray[np.object_]]:
        for first in range(0, len(geometry), AT_ONCE):
            yield geometry[first : first + AT_ONCE]

    def names(keys: pd.Index) -> dict[str, str]:
        if "name" not in frame:
            return {}
        found = frame.loc[frame.index.intersection(keys), "name"]
        return {str(key): name for key, name in found.items() if isinstance(name, str) and name}

    ends = shapely.bounds(geometry).reshape(-1, 4)
    ends = ends[np.isfinite(ends).all(axis=1)]
    none = np.full(2, np.nan)
    west, south = ends[:, :2].min(axis=0) if len(ends) else none
    east, north = ends[:, 2:].max(axis=0) if len(ends) else none
    return Features(
        count=len(frame), crs=frame.crs,
        bounds=(float(west), float(south), float(east), float(north)),
        table=lambda: frame, shapes=pieces, names=names,
    )


def of(assessment: Assessment) -> dict[str, Features]:
    """Give the features of every layer that there is, by kind.

    Raises CRSError: If a layer has no CRS.
    """
    found = {}
    for kind, each in assessment.sets.items():
        if each.pieces is not None:
            found[kind] = each.pieces
        elif each.frame is not None and kind in assessment.schemas:
            found[kind] = of_frame(each.frame)
    return found
