"""Where the features of a layer come from: a frame at hand, or a store read piece by piece."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import shapely

from landtrack.assessment.rules import verdicts
from landtrack.model import classes
from landtrack.output.map import blocks
from landtrack.spatial import crs as systems

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pyproj import CRS

    from landtrack.model import Schema

AT_ONCE = 16_384
"""Shapes that are worked on at once."""

VERDICT = "verdict"
"""The column of a stored layer of plots that holds the verdict on each."""


def give_back() -> None:
    """Give memory that is free again back to the system, where it would be kept for later."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # of glibc alone
        if trim is not None:
            trim(0)


@dataclass(frozen=True, kw_only=True)
class Source:
    """The features of a layer.

    ``bounds`` are west, south, east, north in ``crs``, NaN without a shape. ``table`` gives
    the rows by their key, with their shapes where they are few; ``shapes`` gives the shapes
    piece by piece, in the order of the table. With ``judged`` the table of plots holds the
    verdicts already.
    """

    count: int
    crs: CRS | None
    bounds: tuple[float, float, float, float]
    table: Callable[[], pd.DataFrame]
    shapes: Callable[[], Iterator[npt.NDArray[np.object_]]]
    judged: bool = False

    def classes(
        self, frame: pd.DataFrame, schema: Schema, findings: pd.DataFrame
    ) -> pd.Categorical:
        """Give the class of each row.

        ``frame``: The table, in any order.
        ``findings``: The findings, by which plots are classed that are not judged yet.
        Returns: In the order of the rows.
        """
        if self.judged and VERDICT in frame:
            return pd.Categorical(frame[VERDICT].fillna(classes.UNKNOWN))
        return verdicts.categorise(frame, schema, findings)

    def coded(self) -> blocks.Coded:
        """Write the shapes as whole centimetres of the page, two pieces at a time.

        Returns: In the order of the table.
        Raises CRSError: If the layer has no CRS, or there is no way from it to WGS 84.
        """
        source = self.crs or systems.WGS84
        made = blocks.Joined()
        made.add(blocks.code(np.empty(0, dtype=object), source))
        with ThreadPoolExecutor(2) as pool:
            waiting = []
            for some in self.shapes():
                waiting.append(pool.submit(blocks.code, some, source))
                if len(waiting) > 2:  # noqa: PLR2004  one more than are worked on
                    made.add(waiting.pop(0).result())
            for each in waiting:
                made.add(each.result())
        return made.all()


def of_frame(frame: GeoDataFrame) -> Source:
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

    ends = shapely.bounds(geometry).reshape(-1, 4)
    ends = ends[np.isfinite(ends).all(axis=1)]
    none = np.full(2, np.nan)
    west, south = ends[:, :2].min(axis=0) if len(ends) else none
    east, north = ends[:, 2:].max(axis=0) if len(ends) else none
    return Source(
        count=len(frame), crs=frame.crs,
        bounds=(float(west), float(south), float(east), float(north)),
        table=lambda: frame, shapes=pieces,
    )
