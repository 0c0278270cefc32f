"""The land of plots and projects by how far its acquisition is, and what blocks it."""

from __future__ import annotations

import dataclasses

import geopandas as gpd
import msgspec
import numpy as np
import pandas as pd
import shapely

from landtrack.model import Workflow
from landtrack.model.assessment import LayerSet
from landtrack.model.site import ACQUISITION_COLUMNS, BLOCKING_COLUMNS, PARTS
from landtrack.spatial import join, land


def projects(plots: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Take the plots of each project together; plots without a project are left out.

    ``plots``: n valid polygons by ``plot_id`` with ``project_id``.
    Returns: By ``project_id``, sorted; ground that two plots claim counts once.
    """
    named = plots[plots["project_id"].notna()]
    shapes = named.geometry.groupby(named["project_id"]).agg(
        lambda own: own.iloc[0] if len(own) == 1 else shapely.union_all(own.to_numpy())
    )
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(shapes, crs=plots.crs))


def acquisition(
    subjects: gpd.GeoDataFrame, parcels: LayerSet, *, workflow: Workflow
) -> pd.DataFrame:
    """Divide the ground of plots or projects by the state of its acquisition.

    ``subjects``: n valid polygons in the working CRS: plots, or what :func:`projects` gives.
    Returns: Columns of ``model.site.ACQUISITION_COLUMNS``: per subject a row for each state of the
    parcels, and one for each of ``model.site.PARTS``. The states, less what is claimed twice, and
    the part in no parcel add up to the subject; so do ``acquired`` and ``not_acquired``. NaN where
    the parcels are not known.
    Raises TableError: If the parcels are in another CRS than the subjects.
    """
    join.require_same(subjects, parcels)
    # ground is divided without remainder: of a state, slivers count too
    schema = msgspec.structs.replace(
        parcels.schema, parameters={}, measures=("overlap_m2", *(f"{part}_m2" for part in PARTS)),
    )
    table = join.against(
        subjects, dataclasses.replace(parcels, schema=schema), workflow=workflow
    )
    whole = (table["measure"] == "overlap_m2") & (table["category"] == "")
    table = table[~whole].rename(columns={"plot_id": "subject", "value": "area_m2"})
    part = table["measure"].str.removesuffix("_m2")
    table["part"] = table["category"].where(part == "overlap", part)
    area = pd.Series(shapely.area(subjects.geometry.to_numpy()), subjects.index)
    table["share"] = table["area_m2"] / area.reindex(table["subject"]).to_numpy()
    return table[list(ACQUISITION_COLUMNS)].reset_index(drop=True)


def land_under(plots: gpd.GeoDataFrame, parcels: LayerSet) -> pd.DataFrame:
    """List the parcels under plots, each with its area and share.

    ``plots``: n valid polygons in the working CRS.
    Returns: As :func:`landtrack.spatial.land.under` gives it.
    Raises TableError: If the parcels are in another CRS than the plots.
    """
    join.require_same(plots, parcels)
    return land.under(
        plots, parcels.frame, parcels.schema, known=join.covered(plots, parcels)
    )


def blocking(subjects: gpd.GeoDataFrame, parcels: LayerSet, *, workflow: Workflow) -> pd.DataFrame:
    """Rank the parcels that are not acquired by how much of each subject they hold.

    ``subjects``: n valid polygons in the working CRS: plots, or what :func:`projects` gives.
    Returns: Columns of ``model.site.BLOCKING_COLUMNS``, the largest first; slivers are left out.
    Raises TableError: If the parcels are in another CRS than the subjects.
    """
    join.require_same(subjects, parcels)
    frame = parcels.frame
    if frame is None or frame.empty:
        return pd.DataFrame(columns=list(BLOCKING_COLUMNS))
    meeting = join.Meeting(
        plots=subjects, frame=frame, schema=parcels.schema, workflow=workflow
    )
    pairs = meeting.hits.where(~meeting.acquired[meeting.hits.feature])
    order = np.lexsort((pairs.feature, -pairs.amount, pairs.plot))
    subject, parcel, area = (each[order] for each in pairs)
    first = np.searchsorted(subject, subject)
    return pd.DataFrame({
        "subject": subjects.index.to_numpy()[subject],
        "rank": np.arange(len(subject)) - first + 1,
        "parcel_id": frame.index.to_numpy()[parcel],
        "state": frame["state"].to_numpy()[parcel],
        "area_m2": area,
        "share": area / shapely.area(meeting.plot_shapes)[subject],
    })[list(BLOCKING_COLUMNS)]
