"""The land under plots: every parcel with its area and share, and what is in none.

The one place where it is worked out: cards, forms, sheets and tables tell what stands here.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from landtrack.model import Schema
from landtrack.model.site import LAND_COLUMNS
from landtrack.spatial import measures
from landtrack.spatial.measures import SLIVER_M2

LEAST_M2 = 0.01
"""A rest that is less, a decimetre by a decimetre, is rounding."""


def under(
    plots: gpd.GeoDataFrame, parcels: gpd.GeoDataFrame | None, schema: Schema, *,
    known: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> pd.DataFrame:
    """Divide the ground of plots by the parcels that it lies in.

    ``plots``: n valid polygons by ``plot_id`` in the working CRS.
    ``parcels``: The parcels by ``parcel_id`` in the same CRS; None where there is no such layer.
    ``schema``: Of the parcels, with the sliver up to which shared ground is none.
    ``known``: n: whether the parcels are known to be complete at the plot.
    Returns: Columns of ``model.site.LAND_COLUMNS``: per plot its parcels, the largest share first,
    then what is left, as named there. Square metres, and fractions of the measured area; both add
    up to the plot.
    """
    shapes = plots.geometry.to_numpy()
    whole = shapely.area(shapes)
    keys = plots.index.to_numpy(dtype=object)
    made = []
    covered, total = np.zeros(len(plots)), np.zeros(len(plots))
    slivers = np.zeros(len(plots))
    if parcels is not None and len(parcels):
        features = parcels.geometry.to_numpy()
        pairs = measures.shared_area(shapes, features)
        covered, total = measures.covered_area(shapes, features, pairs), pairs.totals(len(plots))
        large = pairs.amount > max(measures.sliver(schema), SLIVER_M2)
        slivers = pairs.where(~large).totals(len(plots))
        hits = pairs.where(large)
        made.append(pd.DataFrame({
            "at": hits.plot, "rank": 0, "part": "parcel",
            "parcel_id": parcels.index.to_numpy(dtype=object)[hits.feature],
            "state": parcels["state"].to_numpy(dtype=object)[hits.feature]
            if "state" in parcels else None,
            "area_m2": hits.amount,
        }))
    rests = (
        (1, "slivers", slivers), (2, "double_claim", covered - total),
        (3, "no_parcel", np.where(known, whole - covered, 0.0)),
        (4, "no_data", np.where(known, 0.0, whole - covered)),
    )
    for rank, part, area in rests:
        at = np.flatnonzero(np.abs(area) > LEAST_M2)
        made.append(pd.DataFrame({
            "at": at, "rank": rank, "part": part, "parcel_id": "", "state": None,
            "area_m2": area[at],
        }))
    table = pd.concat([each for each in made if len(each)] or made[:1], ignore_index=True)
    table = table.assign(order=-table["area_m2"]).sort_values(
        ["at", "rank", "order"], kind="stable"
    )
    at = table["at"].to_numpy(dtype=np.intp)
    table["plot_id"], table["share"] = keys[at], table["area_m2"].to_numpy() / whole[at]
    return table[list(LAND_COLUMNS)].reset_index(drop=True)
