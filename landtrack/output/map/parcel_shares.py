"""What each plot has of each parcel, where the layers are small enough to be measured again.

The measures hold what a plot has of all parcels of a state together. Of small layers the page
gets the pairs besides, so that a card of a parcel tells them to the last digit; measuring those
of large ones would take longer than all else of a map.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from landtrack.output import wording
from landtrack.output.map import columns, encode, shapes
from landtrack.spatial import crs, measures

if TYPE_CHECKING:
    import numpy.typing as npt

    from landtrack.model import Schema
    from landtrack.model.assessment import Features
    from landtrack.model.translations import Words

BLOCK = "parcels/columns/plots"


def of_parcels(parcels: Features, plots: Features, schema: Schema, words: Words) -> bytes | None:
    """Measure what plots have of parcels.

    ``parcels``, ``plots``: The layers, in the CRS in which areas are measured.
    ``schema``: The kind of the parcels, with the sliver up to which ground is no share.
    ``words``: Of the language in which areas are written; figures are the same in all.
    Returns: Of each parcel how many plots; of each pair the row of the plot, the area and the area
    in words. None where the two are not in one CRS to measure in.
    """
    if parcels.crs is None or parcels.crs != plots.crs or not crs.is_metric(parcels.crs):
        return None
    parcel, own_parcels = _valid(parcels)
    plot, own_plots = _valid(plots)
    pairs = measures.shared_area(own_plots, own_parcels)
    pairs = pairs.where(pairs.amount > measures.sliver(schema))
    of, at = parcel[pairs.feature], plot[pairs.plot]
    order = np.lexsort((at, of))
    area = pairs.amount[order]
    return encode.parts(
        encode.unsigned(np.bincount(of, minlength=parcels.count)), encode.unsigned(at[order]),
        columns.exact(area),
        encode.texts([wording.quantity(words, each, "m2") for each in area.tolist()]),
    )


def _valid(features: Features) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    """Give the shapes of a layer that can be measured, and the rows that they are of."""
    geometry = np.concatenate([np.empty(0, dtype=object), *features.shapes()])
    rows = np.flatnonzero(shapes.drawable(geometry))
    rows = rows[shapely.is_valid(geometry[rows])]
    return rows, geometry[rows]
