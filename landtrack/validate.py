"""Judges geometry and figures against each other; repairs under a stated rule.

The rule: a polygon that is invalid is rebuilt from its rings (GEOS ``make_valid``, method
"structure"), keeping its polygons; what cannot be measured is set aside. Both are named.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack import catalog, issues, measure
from landtrack.model import Basis, Issue, Schema

Shapes = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]

DIMENSION = {"polygon": 2, "line": 1, "point": 0}
OVERLAP_WIDTH_M = 0.001
"""Neighbours may share a strip this wide by rounding of their corners to the millimetre."""


def geometry(
    frame: gpd.GeoDataFrame, schema: Schema
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Set aside what cannot be measured and repair what is invalid.

    Parameters
    ----------
    frame
        n features in the working CRS, indexed by key, with the column ``source``.
    schema
        Their layer kind.

    Returns
    -------
    frame : GeoDataFrame
        The features that can be measured, two-dimensional and valid.
    rows : list of issues.Row
        One for each feature set aside or repaired.
    """
    shapes = shapely.force_2d(frame.geometry.to_numpy())
    rows: list[issues.Row] = []
    gone = np.zeros(len(frame), dtype=bool)

    def set_aside(found: Mask, issue: Issue, values: Shapes | str = "") -> None:
        fresh = np.flatnonzero(found & ~gone)
        said = np.broadcast_to(np.asarray(values, dtype=object), len(frame))
        rows.extend(
            issues.row(
                issue, source=frame["source"].iloc[at], layer=schema.id,
                feature_id=str(frame.index[at]), field="geometry", value=said[at],
            )
            for at in fresh
        )
        gone[fresh] = True

    set_aside(shapely.is_missing(shapes) | shapely.is_empty(shapes), Issue.GEOMETRY_MISSING)
    bounds = shapely.bounds(shapes)
    set_aside(np.isinf(bounds).any(axis=1), Issue.GEOMETRY_OUT_OF_BOUNDS)
    set_aside(_has_nan(shapes), Issue.GEOMETRY_NOT_FINITE, "NaN")
    kinds = _kind_names(shapes)
    set_aside(~_fits(shapes, schema), Issue.GEOMETRY_KIND, kinds)
    invalid = ~gone & ~shapely.is_valid(shapes)
    with np.errstate(invalid="ignore"):  # of those set aside for their coordinates
        before = shapely.area(shapes)
    shapes[invalid] = _of_dimension(
        shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False), schema
    )
    lost = invalid & shapely.is_empty(shapes)
    set_aside(lost, Issue.GEOMETRY_UNREPAIRABLE, kinds)
    repaired = invalid & ~lost
    rows += [
        issues.row(
            Issue.GEOMETRY_REPAIRED, source=frame["source"].iloc[at], layer=schema.id,
            feature_id=str(frame.index[at]), field="geometry",
            value=f"{shapely.area(shapes[at]) - before[at]:+.3f} m²",
        )
        for at in np.flatnonzero(repaired)
    ]
    return frame.set_geometry(shapes, crs=frame.crs)[~gone], rows


def _has_nan(shapes: Shapes) -> Mask:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    found = np.zeros(len(shapes), dtype=bool)
    found[owner[np.isnan(coordinates).any(axis=1)]] = True
    return found


def _kind_names(shapes: Shapes) -> Shapes:
    return np.array(["" if each is None else each.geom_type for each in shapes], dtype=object)


def _fits(shapes: Shapes, schema: Schema) -> Mask:
    """Tell which shapes are of the schema's kind; collections are judged by their parts."""
    if schema.geometry == "any":
        return np.ones(len(shapes), dtype=bool)
    fits: Mask = shapely.get_dimensions(shapes) == DIMENSION[schema.geometry]
    return fits


def _of_dimension(shapes: Shapes, schema: Schema) -> Shapes:
    """Keep, of each repaired shape, the parts that are of the schema's kind."""
    if schema.geometry == "any":
        return shapes
    want = DIMENSION[schema.geometry]
    kept = []
    for shape in shapes:
        parts = shapely.get_parts(shapely.get_parts(shape))
        kept.append(shapely.union_all(parts[shapely.get_dimensions(parts) == want]))
    return np.array(kept, dtype=object)


def plots(frame: gpd.GeoDataFrame, basis: Basis) -> list[issues.Row]:
    """Check what the plots say of themselves.

    Parameters
    ----------
    frame
        n valid plots in the working CRS, by ``plot_id``.
    basis
        For the tolerance between declared and measured area.

    Returns
    -------
    list of issues.Row
        Areas that differ by more than the tolerance, plots that overlap each other.
    """
    rows = overlaps(frame, "plots", Issue.PLOTS_OVERLAP)
    measured = shapely.area(frame.geometry.to_numpy())
    declared = frame["land_area_m2"].to_numpy(dtype="float64")
    differs = np.abs(declared - measured) > basis.area_tolerance * measured
    rows += [
        issues.row(
            Issue.AREA_DIFFERS, source=frame["source"].iloc[at], layer="plots",
            feature_id=str(frame.index[at]), field="land_area_m2",
            value=f"{declared[at]:,.2f} m² / {measured[at]:,.2f} m² "
            f"({(declared[at] / measured[at] - 1) * 100:+.2f}%)",
        )
        for at in np.flatnonzero(differs)
    ]
    return rows + industry_codes(frame) + magnitudes(frame)


def magnitudes(frame: gpd.GeoDataFrame) -> list[issues.Row]:
    """Name the investments that look as if 万元 had been written for 元, or the reverse.

    Parameters
    ----------
    frame
        n plots by ``plot_id``.

    Returns
    -------
    list of issues.Row
        One per investment that by the plot's measured area is below or above what the
        schema's parameters call likely; nothing is corrected.
    """
    limits = catalog.schemas()["plots"].parameters
    area = shapely.area(frame.geometry.to_numpy())
    rows = []
    for field in ("total_investment_cny", "fixed_investment_cny"):
        amount = frame[field].to_numpy(dtype="float64")
        intensity = amount / area
        odd = (intensity < limits["least_intensity_cny_m2"]) & (amount > 0)
        odd |= intensity > limits["most_intensity_cny_m2"]
        rows += [
            issues.row(
                Issue.INVESTMENT_MAGNITUDE, source=frame["source"].iloc[at], layer="plots",
                feature_id=str(frame.index[at]), field=field,
                value=f"{amount[at]:,.0f} CNY / {area[at]:,.0f} m² = {intensity[at]:,.2f} CNY/m²",
            )
            for at in np.flatnonzero(odd)
        ]
    return rows


def industry_codes(frame: gpd.GeoDataFrame) -> list[issues.Row]:
    """Name the industry codes that say nothing.

    Parameters
    ----------
    frame
        n plots by ``plot_id`` with ``industry_code`` and ``industry_year``.

    Returns
    -------
    list of issues.Row
        One per plot whose code comes without the year of its classification, or does not
        exist in it.
    """
    known = catalog.industries()
    rows = []
    for key, each in frame[frame["industry_code"].notna()].iterrows():
        code, year = each["industry_code"], each["industry_year"]
        if pd.isna(year):
            issue, field, value = Issue.INDUSTRY_YEAR_MISSING, "industry_year", str(code)
        elif known.division(code, year) is None:
            issue, field = Issue.INDUSTRY_CODE_UNKNOWN, "industry_code"
            value = f"{code} (GB/T 4754-{year:g})"
        else:
            continue
        rows.append(issues.row(
            issue, source=each["source"], layer="plots", feature_id=str(key), field=field,
            value=value,
        ))
    return rows


def overlaps(frame: gpd.GeoDataFrame, layer: str, issue: Issue) -> list[issues.Row]:
    """Name the pairs of features that claim the same ground.

    Parameters
    ----------
    frame
        n valid polygons in the working CRS, indexed by key.
    layer
        Their layer kind.
    issue
        The kind of issue that a pair is.

    Returns
    -------
    list of issues.Row
        One per pair that shares more than a strip of :data:`OVERLAP_WIDTH_M` along the
        shorter boundary, at the later feature, naming the earlier and the square metres.
    """
    shapes = frame.geometry.to_numpy()
    pairs = measure.shared_area(shapes, shapes)
    left, right, shared = pairs.where(pairs.plot > pairs.feature)
    around = shapely.length(shapes)
    told = shared > OVERLAP_WIDTH_M * np.minimum(around[left], around[right])
    sources, keys = (each.to_numpy(dtype=object) for each in (frame["source"], frame.index))
    return [
        issues.row(
            issue, source=sources[one], layer=layer, feature_id=str(keys[one]), field="geometry",
            value=f"{keys[other]}: {area:,.2f} m²",
        )
        for one, other, area in zip(left[told], right[told], shared[told], strict=True)
    ]


def buildings(frame: gpd.GeoDataFrame) -> list[issues.Row]:
    """Check that storeys and storey heights agree.

    Parameters
    ----------
    frame
        n buildings by ``building_id`` with ``storeys`` and ``storey_heights_m``.

    Returns
    -------
    list of issues.Row
        Buildings whose number of heights is not the number of storeys, and one row for
        each source in which storeys come without heights.
    """
    heights = frame["storey_heights_m"]
    listed = heights.str.count(";").add(1).astype("float64")
    differs = listed.notna() & frame["storeys"].notna() & (listed != frame["storeys"])
    rows = [
        issues.row(
            Issue.STOREY_HEIGHTS_DIFFER, source=each["source"], layer="buildings",
            feature_id=str(key), field="storey_heights_m",
            value=f"{each['storeys']:g} / {each['storey_heights_m']}",
        )
        for key, each in frame[differs].iterrows()
    ]
    without = frame[frame["storeys"].notna() & heights.isna()]
    rows += [
        issues.row(
            Issue.STOREY_HEIGHTS_MISSING, source=str(source), layer="buildings",
            field="storey_heights_m", value=len(group),
        )
        for source, group in without.groupby("source")
    ]
    return rows
