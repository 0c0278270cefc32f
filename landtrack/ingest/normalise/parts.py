"""Features drawn in several rows of one number: one feature of several parts, counted once."""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.ingest.normalise.amounts import CONTRADICTED
from landtrack.model import Issue, Schema, issues

LIKE = 0.01
"""By which share a declared area may differ from a shape that it is of."""


def together(
    frame: gpd.GeoDataFrame, schema: Schema
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Make one feature of the rows of a file that share their key and say nothing different.

    ``frame``: n features in the working CRS with the schema's fields and ``source``, none given
    twice.
    Returns frame : GeoDataFrame: At most n features: the shapes of one key as one, its fields as
    any of its rows says them. An amount that is the same in all of them is that of the feature;
    areas that are each those of their own shape add up; else it is ``amounts.CONTRADICTED``, as it
    is where a row has something that is no figure. Rows that contradict each other, or are of
    several files, stay apart.
    Returns rows : list of issues.Row: One for each part after the first, and one for each amount of
    which rows differ.
    """
    rows: list[issues.Row] = []
    if not schema.parts:
        return frame, rows
    keep = np.ones(len(frame), dtype=bool)
    shapes = frame.geometry.to_numpy().copy()
    changed: dict[str, dict[int, object]] = {}
    numbers = pd.Series(np.arange(len(frame)))
    repeated = frame.duplicated([schema.key, "source"], keep=False).to_numpy()
    groups = numbers[repeated].groupby(
        [frame[schema.key].to_numpy()[repeated], frame["source"].to_numpy()[repeated]], sort=False
    )
    for (key, source), at in groups:
        own = frame.iloc[at.to_numpy()]
        if not _agree(own, schema):
            continue
        first = int(at.iloc[0])
        sizes = shapely.area(own.geometry.to_numpy())
        keep[at.to_numpy()[1:]] = False
        rows += [
            issues.row(
                Issue.PLOT_PART, source=source, layer=schema.id, feature_id=str(key),
                field=schema.key, value=f"{number}/{len(own)}: {size:,.2f} m²",
            )
            for number, size in enumerate(sizes[1:], start=2)
        ]
        shapes[first] = _one_shape(own.geometry.to_numpy())
        for name in schema.fields:
            value, doubt = _one_value(own[name], sizes, adds_up=name in schema.amounts)
            changed.setdefault(name, {})[first] = value
            if doubt:
                rows.append(issues.row(
                    Issue.PART_AMOUNTS_DIFFER, source=source, layer=schema.id,
                    feature_id=str(key), field=name, value=doubt,
                ))
    if keep.all():
        return frame, rows
    whole = frame.assign(**{
        name: _with(frame[name], values) for name, values in changed.items()
    })
    return whole.set_geometry(shapes, crs=frame.crs)[keep].reset_index(drop=True), rows


def _with(column: pd.Series, values: Mapping[int, object]) -> pd.Series:
    """Give a column with other values at some places."""
    changed = column.copy()
    for place, value in values.items():
        changed.iloc[place] = value
    return changed


def _agree(own: gpd.GeoDataFrame, schema: Schema) -> bool:
    """Tell whether rows say nothing of each other that cannot be of one feature."""
    said = [name for name in schema.fields if name not in {schema.key, "note", *schema.amounts}]
    return all(own[name].dropna().drop_duplicates().size <= 1 for name in said)


def _one_shape(shapes: npt.NDArray[np.object_]) -> shapely.Geometry | None:
    """Collect parts; without one of them there is no shape, for it would be too small."""
    if shapely.is_missing(shapes).any() or shapely.is_empty(shapes).any():
        return None
    if shapely.is_valid(shapes).all():
        return shapely.union_all(shapely.force_2d(shapes))
    polygons = shapely.get_parts(shapes)
    if (shapely.get_type_id(polygons) == shapely.GeometryType.POLYGON).all():
        return shapely.multipolygons(polygons)
    return shapely.geometrycollections(polygons)


def _one_value(
    values: pd.Series, sizes: npt.NDArray[np.float64], *, adds_up: bool
) -> tuple[object, str]:
    """Say what a field is of all parts, and what is told of it where that cannot be known."""
    known = values[values.notna()]
    if known.empty:
        return values.iloc[0], ""
    if not adds_up:
        return known.iloc[0], ""
    amounts = known.to_numpy(dtype="float64")
    own = str(values.name).endswith("land_area_m2") and len(amounts) == len(sizes)
    if own and (np.abs(amounts - sizes) <= LIKE * sizes).all():
        return float(amounts.sum()), ""
    if (amounts == amounts[0]).all():
        return float(amounts[0]), ""
    doubt = " / ".join(f"{each:,.10g}" for each in amounts)
    return CONTRADICTED, "" if CONTRADICTED in amounts else doubt
