"""What differs between two versions of the same layers: two days, or two data drops."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.ingest.formats import vector

DIFF_COLUMNS = (
    "layer", "feature_id", "what", "field", "before", "after", "moved_m", "apart_m", "changed_m2",
    "geometry",
)
"""``what`` is added, removed, renumbered, state, shape, fact, verdict or column; ``moved_m`` how
far a shape was moved that is the same else; ``apart_m`` how far at most the outlines of two shapes
are apart; ``changed_m2`` the area that only one of the two covers; ``geometry`` the later shape,
else the earlier.
"""
SHAPE_NOISE_M = 0.01
"""Shapes whose outlines are nowhere farther apart than this are the same: a centimetre."""
NUMBER_NOISE = 1e-6
"""Share by which two numbers may differ through rounding."""
NO_SIZES = (None, None, None)
"""Of what differs by no shape: neither moved nor apart, and no area that changed."""
OWN = ("geometry", "source", "row")
"""Columns that say where a feature stands in its file, not what it is."""


def differences(
    before: Mapping[str, gpd.GeoDataFrame], after: Mapping[str, gpd.GeoDataFrame],
    *, noise_m: float = SHAPE_NOISE_M, columns: bool = False,
) -> gpd.GeoDataFrame:
    """List what differs between two versions of layers.

    ``before``, ``after``: Layers by kind, indexed by key, in one metric CRS.
    ``noise_m``: How far outlines may be apart without being told, in metres.
    ``columns``: Whether a column that only one of the two has is told, with how many cells of it
    are filled.
    Returns: Columns ``DIFF_COLUMNS``, by layer and feature. A feature with another key but the same
    shape is ``renumbered``.
    """
    rows: list[tuple[object, ...]] = []
    crs = None
    for kind in sorted({*before, *after}):
        first, second = before.get(kind), after.get(kind)
        one = second if second is not None else first
        if one is None:
            continue
        crs = one.crs
        first = one.iloc[:0] if first is None else first
        second = one.iloc[:0] if second is None else second
        rows += _of_kind(kind, first, second, noise_m)
        if columns and len(first.columns) and len(second.columns):
            rows += _columns(kind, first, second)
    table = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=list(DIFF_COLUMNS)), geometry="geometry", crs=crs
    )
    return table.sort_values(["layer", "feature_id", "what"], ignore_index=True)


def _of_kind(
    kind: str, first: gpd.GeoDataFrame, second: gpd.GeoDataFrame, noise_m: float
) -> Iterator[tuple[object, ...]]:
    both = first.index.intersection(second.index)
    gone, new = first.index.difference(second.index), second.index.difference(first.index)
    pairs = _same_shape(first.loc[gone], second.loc[new], noise_m)
    for old, young in pairs.items():
        yield (kind, str(young), "renumbered", "", str(old), str(young), None, None, 0.0,
               second.geometry[young])
    for key in gone.difference(list(pairs)):
        yield kind, str(key), "removed", "", _size(first.geometry[key]), "", *NO_SIZES, (
            first.geometry[key])
    for key in new.difference(list(pairs.values())):
        yield kind, str(key), "added", "", "", _size(second.geometry[key]), *NO_SIZES, (
            second.geometry[key])
    yield from _shapes(kind, first.loc[both].geometry, second.loc[both].geometry, noise_m)
    for name in [name for name in second.columns if name not in OWN and name in first]:
        what = "state" if name == "state" else "fact"
        old, young = first.loc[both, name], second.loc[both, name]
        for key in both[_other(old, young)]:
            yield (kind, str(key), what, name, _written(old[key]), _written(young[key]),
                   *NO_SIZES, second.geometry[key])


def _columns(
    kind: str, first: gpd.GeoDataFrame, second: gpd.GeoDataFrame
) -> Iterator[tuple[object, ...]]:
    """Tell the columns that only one of two files has."""
    for name in [*first.columns, *second.columns]:
        if name not in OWN and (name in first) != (name in second):
            ends = [
                str(int(each[name].notna().sum())) if name in each else ""
                for each in (first, second)
            ]
            yield (kind, "", "column", str(name), *ends, *NO_SIZES, None)


def _shapes(
    kind: str, first: gpd.GeoSeries, second: gpd.GeoSeries, noise_m: float
) -> Iterator[tuple[object, ...]]:
    """Tell the shapes that moved by more than rounding."""
    moved = ~_alike(first.to_numpy(), second.to_numpy(), noise_m)
    for key in first.index[moved]:
        old, young = first[key], second[key]
        changed = shapely.symmetric_difference(old, young).area
        yield (kind, str(key), "shape", "", _size(old), _size(young), _moved(old, young, noise_m),
               _apart(old, young), changed, young)


def _moved(old: shapely.Geometry, young: shapely.Geometry, noise_m: float) -> float | None:
    """Say how far a shape was moved, in metres; None where it is another one, too."""
    if old is None or young is None or old.is_empty or young.is_empty:
        return None
    by = np.subtract(*(each.centroid.coords[0][:2] for each in (young, old)))
    there = shapely.transform(old, lambda points: points + by)
    same = _alike(np.array([there]), np.array([young]), max(noise_m, SHAPE_NOISE_M))[0]
    return float(np.hypot(*by)) if same else None


def _apart(old: shapely.Geometry, young: shapely.Geometry) -> float | None:
    """Say how far at most the outlines of two shapes are apart, in metres."""
    far = float(shapely.hausdorff_distance(*(
        shapely.boundary(each) if shapely.get_dimensions(each) > 1 else each
        for each in (old, young)
    )))
    return far if np.isfinite(far) else None


def _alike(
    first: npt.NDArray[np.object_], second: npt.NDArray[np.object_], noise_m: float
) -> npt.NDArray[np.bool_]:
    """Tell which shapes are the same but for rounding: point by point, else by their outlines."""
    same = np.asarray(shapely.equals_exact(first, second, tolerance=noise_m), dtype=bool)
    left = np.flatnonzero(~same)
    if len(left):
        outlines = [
            np.where(shapely.get_dimensions(side[left]) > 1, shapely.boundary(side[left]),
                     side[left]) for side in (first, second)
        ]
        far = shapely.hausdorff_distance(*outlines)
        same[left] = np.nan_to_num(far, nan=np.inf) <= noise_m
    return same


def _same_shape(
    gone: gpd.GeoDataFrame, new: gpd.GeoDataFrame, noise_m: float
) -> dict[object, object]:
    """Pair features that went with features that came in the very same place."""
    if gone.empty or new.empty:
        return {}
    there, here = new.sindex.query(gone.geometry, predicate="intersects")
    olds, youngs = gone.geometry.to_numpy(), new.geometry.to_numpy()
    alike = _alike(olds[there], youngs[here], noise_m)
    pairs: dict[object, object] = {}
    for i, j in zip(there[alike], here[alike], strict=True):
        if gone.index[i] not in pairs and new.index[j] not in pairs.values():
            pairs[gone.index[i]] = new.index[j]
    return pairs


def _other(first: pd.Series, second: pd.Series) -> npt.NDArray[np.bool_]:
    """Mark the rows whose values differ, by more than rounding where they are numbers."""
    if pd.api.types.is_numeric_dtype(first) and pd.api.types.is_numeric_dtype(second):
        same = np.isclose(
            first.to_numpy("float64", na_value=np.nan), second.to_numpy("float64", na_value=np.nan),
            rtol=NUMBER_NOISE, atol=0.0, equal_nan=True,
        )
        return np.asarray(~same, dtype=bool)
    pairs = zip(map(_written, first), map(_written, second), strict=True)
    return np.fromiter((one != other for one, other in pairs), dtype=bool, count=len(first))


def _written(value: Any) -> str:  # noqa: ANN401  a cell
    if isinstance(value, (list, tuple, np.ndarray)):
        return "; ".join(map(_written, value))
    if value is None or pd.isna(value):
        return ""
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _size(shape: shapely.Geometry) -> str:
    """Tell how large a shape is, with its unit."""
    if shape is None or shape.is_empty or shapely.get_dimensions(shape) == 0:
        return ""
    return f"{shape.area:.1f} m²" if shape.area else f"{shape.length:.1f} m"


def with_verdicts(table: gpd.GeoDataFrame, verdicts: pd.DataFrame) -> gpd.GeoDataFrame:
    """Add the verdicts that differ.

    ``table``: What :func:`differences` gave.
    ``verdicts``: What :func:`landtrack.assessment.rules.verdict_changes` gave.
    Returns: A row more for each; without a shape. A plot that was only renumbered keeps its
    verdicts: those that differ are of its new number.
    """
    told = _of_renumbered(table, verdicts)
    if told.empty:
        return table
    added = pd.DataFrame({
        "layer": "plots", "feature_id": told["plot_id"], "what": "verdict",
        "field": told["rule"], "before": told["before"], "after": told["after"],
        "moved_m": np.nan, "apart_m": np.nan, "changed_m2": np.nan, "geometry": None,
    })
    shaped = gpd.GeoDataFrame(added, geometry="geometry", crs=table.crs)
    whole = shaped if table.empty else pd.concat([table, shaped], ignore_index=True)
    return gpd.GeoDataFrame(whole, geometry="geometry", crs=table.crs)


def _of_renumbered(table: gpd.GeoDataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Hold the verdicts of plots that were renumbered against each other, by rule."""
    own = table[(table["layer"] == "plots") & (table["what"] == "renumbered")]
    if own.empty or verdicts.empty:
        return verdicts
    fresh = dict(zip(own["before"].astype(str), own["after"].astype(str), strict=True))
    keys = verdicts["plot_id"].astype(str)
    old, new = keys.isin(fresh), keys.isin(fresh.values())
    was = verdicts[old].assign(plot_id=keys[old].map(fresh)).set_index(["plot_id", "rule"])
    merged = verdicts[new].join(was["before"].rename("was"), on=["plot_id", "rule"])
    merged["before"] = merged["was"].fillna(merged["before"])
    alone = was[~was.index.isin(pd.MultiIndex.from_frame(merged[["plot_id", "rule"]]))]
    told = pd.concat([
        verdicts[~(old | new)], merged.drop(columns="was"), alone.reset_index()[verdicts.columns],
    ])
    return told[told["before"] != told["after"]]


def write_layer(table: gpd.GeoDataFrame, path: Path) -> None:
    """Write the differences that have a shape as a map layer.

    ``table``: What :func:`differences` gave.
    """
    path.unlink(missing_ok=True)
    vector.write(table[table.geometry.notna()], path, layer="differences", dated=False)
