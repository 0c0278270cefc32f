"""Judges geometry and figures against each other; repairs under a stated rule.

The rule: of a collection the parts of the layer's kind are kept; a hole outside of its shell
is dropped; a polygon that is invalid then is rebuilt from its rings (GEOS ``make_valid``, method
"structure"), keeping its polygons; what cannot be measured is set aside, and what crosses itself
so often that its repair would not come to an end. Each is named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from landtrack.ingest import stray_parts
from landtrack.model import Basis, Issue, Schema, catalog, issues
from landtrack.spatial import defects, measures, tangles

Shapes = npt.NDArray[np.object_]
Mask = npt.NDArray[np.bool_]


class Tell(Protocol):
    """Names a fault of the feature at a position, with the shape after its repair."""

    def __call__(
        self, at: int, issue: Issue, value: str, after: shapely.Geometry | None = None
    ) -> None:
        """Put it into a row."""
        ...


DIMENSION = {"polygon": 2, "line": 1, "point": 0}
OVERLAP_WIDTH_M = 0.001
"""Neighbours may share a strip this wide by rounding of their corners to the millimetre."""
LARGE = 20_000
"""An outline of more corners may take for ever even to be found invalid, if it crosses itself."""
FAR_M = 50_000.0
"""A layer farther from the plots than this serves none of them: its zone is wrong."""


def geometry(
    frame: gpd.GeoDataFrame, schema: Schema
) -> tuple[gpd.GeoDataFrame, list[issues.Row]]:
    """Set aside what cannot be measured and repair what is invalid.

    ``frame``: n features in the working CRS, indexed by key, with the column ``source``.
    Returns frame : GeoDataFrame: The features that can be measured, two-dimensional and valid.
    """
    given = frame.geometry.to_numpy()
    shapes = shapely.force_2d(given) if shapely.has_z(given).any() else given.copy()
    rows: list[issues.Row] = []
    gone = np.zeros(len(frame), dtype=bool)

    def tell(at: int, issue: Issue, value: str, after: shapely.Geometry | None = None) -> None:
        shown: list[tuple[issues.Role, shapely.Geometry]] = []
        if given[at] is not None and np.isfinite(shapely.bounds(given[at])).all():
            shown.append(("original", given[at]))
        if after is not None:
            shown.append(("repaired", after))
        rows.append(issues.shown(issues.row(
            issue, source=frame["source"].iloc[at], layer=schema.id, value=value,
            feature_id=str(frame.index[at]), field="geometry",
        ), shown))

    def set_aside(found: Mask, issue: Issue, value: Callable[[int], str]) -> None:
        fresh = np.flatnonzero(found & ~gone).tolist()
        for at in fresh:
            tell(at, issue, value(at))
        gone[fresh] = True

    def set_aside_tangled(of: Mask) -> None:
        found = of.copy()
        found[of] = tangles.tangled(shapes[of])
        set_aside(found, Issue.GEOMETRY_UNREPAIRABLE, lambda at: shapes[at].geom_type)

    set_aside(
        shapely.is_missing(shapes) | shapely.is_empty(shapes), Issue.GEOMETRY_MISSING, lambda _: ""
    )
    bounds = shapely.bounds(shapes)
    set_aside(np.isinf(bounds).any(axis=1), Issue.GEOMETRY_OUT_OF_BOUNDS, lambda _: "")
    _reduce_collections(shapes, ~gone, schema, tell)
    large = ~gone & (shapely.get_num_coordinates(shapes) > LARGE)
    set_aside_tangled(large)
    invalid = ~gone
    invalid[invalid] = ~shapely.is_valid(shapes[invalid])
    not_a_number = invalid.copy()
    not_a_number[invalid] = _has_nan(shapes[invalid])
    set_aside(not_a_number, Issue.GEOMETRY_NOT_FINITE, lambda _: "NaN")
    set_aside(~_fits(shapes, schema), Issue.GEOMETRY_KIND, lambda at: shapes[at].geom_type)
    invalid &= ~gone
    set_aside_tangled(invalid)
    invalid &= ~gone
    _drop_stray_holes(shapes, invalid, tell)
    repaired = _of_dimension(
        shapely.make_valid(shapes[invalid], method="structure", keep_collapsed=False), schema
    )
    lost = invalid.copy()
    lost[invalid] = shapely.is_empty(repaired)
    set_aside(lost, Issue.GEOMETRY_UNREPAIRABLE, lambda at: shapes[at].geom_type)
    for at, after in zip(np.flatnonzero(invalid).tolist(), repaired, strict=True):
        if not lost[at]:
            change = shapely.area(after) - shapely.area(shapes[at])
            tell(at, Issue.GEOMETRY_REPAIRED, f"{change:+.3f} m²", after)
    shapes[invalid] = repaired
    return frame.set_geometry(shapes, crs=frame.crs)[~gone], rows


def _reduce_collections(shapes: Shapes, of: Mask, schema: Schema, tell: Tell) -> None:
    """Put the parts of the layer's kind in the place of each collection, in ``shapes`` itself."""
    if schema.geometry == "any":
        return
    for at in np.flatnonzero(stray_parts.collections(shapes) & of).tolist():
        kept = stray_parts.of_dimension(shapes[at], DIMENSION[schema.geometry])
        if kept is not None:
            shapes[at] = kept.shape
            if kept.left_out:
                tell(at, Issue.PARTS_LEFT_OUT, kept.left_out)


def _drop_stray_holes(shapes: Shapes, invalid: Mask, tell: Tell) -> None:
    """Take holes outside of their shells away, in ``shapes`` itself; what is valid then is."""
    holed = invalid.copy()
    holed[invalid] = stray_parts.with_holes(shapes[invalid])
    for at in np.flatnonzero(holed).tolist():
        mended = stray_parts.without_stray_holes(shapes[at])
        if mended.holes:
            area = shapely.area(mended.holes).sum()
            tell(at, Issue.HOLE_OUTSIDE, f"{len(mended.holes)}: {area:,.3f} m²", mended.shape)
        shapes[at] = mended.shape
        invalid[at] = mended.moved or not shapely.is_valid(mended.shape)


def _has_nan(shapes: Shapes) -> Mask:
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    found = np.zeros(len(shapes), dtype=bool)
    found[owner[np.isnan(coordinates).any(axis=1)]] = True
    return found


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
    kept = np.empty(len(shapes), dtype=object)
    for at, shape in enumerate(shapes):
        parts = shapely.get_parts(shapely.get_parts(shape))
        kept[at] = shapely.union_all(parts[shapely.get_dimensions(parts) == want])
    return kept


def plots(frame: gpd.GeoDataFrame, basis: Basis) -> list[issues.Row]:
    """Check what the plots say of themselves.

    ``frame``: n valid plots in the working CRS, by ``plot_id``.
    Returns: Areas that differ by more than the tolerance, plots that overlap each other, outlines
    that are valid and still wrong, industry codes and investments to look at.
    """
    return [
        *overlaps(frame, "plots", Issue.PLOTS_OVERLAP), *outlines(frame, "plots"),
        *areas(frame, "plots", "land_area_m2", basis.area_tolerance), *industry_codes(frame),
        *magnitudes(frame),
    ]


def parcels(frame: gpd.GeoDataFrame, basis: Basis) -> list[issues.Row]:
    """Check what the parcels say of themselves.

    ``frame``: n valid parcels in the working CRS, by ``parcel_id``.
    Returns: Areas that differ by more than the tolerance, parcels that overlap each other, outlines
    that are valid and still wrong.
    """
    return [
        *overlaps(frame, "parcels", Issue.PARCELS_OVERLAP), *outlines(frame, "parcels"),
        *areas(frame, "parcels", "area_m2", basis.area_tolerance),
        *land_uses(frame, "parcels", "land_use_code"),
    ]


def areas(
    frame: gpd.GeoDataFrame, layer: str, field: str, tolerance: float
) -> list[issues.Row]:
    """Name the features whose declared area is not that of their shape.

    ``frame``: n valid polygons in the working CRS, indexed by key.
    ``field``: The declared area, m².
    ``tolerance``: By which share of the measured area they may differ unremarked.
    """
    measured = shapely.area(frame.geometry.to_numpy())
    declared = frame[field].to_numpy(dtype="float64")
    differs = np.abs(declared - measured) > tolerance * measured
    return [
        issues.row(
            Issue.AREA_DIFFERS, source=frame["source"].iloc[at], layer=layer,
            feature_id=str(frame.index[at]), field=field,
            value=f"{declared[at]:,.2f} m² / {measured[at]:,.2f} m² "
            f"({(declared[at] / measured[at] - 1) * 100:+.2f}%)",
        )
        for at in np.flatnonzero(differs)
    ]


def outlines(frame: gpd.GeoDataFrame, layer: str) -> list[issues.Row]:
    """Name the outlines that are valid and still wrong.

    ``frame``: n valid polygons in the working CRS, indexed by key.
    Returns: One per feature that doubles back (with the number of places), has parts too narrow to
    be land (with their area), or has the shape of an earlier one (with its key).
    """
    shapes = frame.geometry.to_numpy()
    rows: list[issues.Row] = []

    def tell(
        at: int, issue: Issue, value: str, shown: Iterable[tuple[issues.Role, shapely.Geometry]]
    ) -> None:
        rows.append(issues.shown(issues.row(
            issue, source=frame["source"].iloc[at], layer=layer, feature_id=str(frame.index[at]),
            field="geometry", value=value,
        ), shown))

    sharp = defects.spikes(shapes)
    for at in np.unique(sharp.row).tolist():
        tips = sharp.shape[sharp.row == at]
        tell(at, Issue.SHAPE_SPIKE, str(len(tips)), [("spike", tip) for tip in tips])
    narrow = defects.slivers(shapes)
    for at in np.unique(narrow.row).tolist():
        parts = narrow.shape[narrow.row == at]
        area = f"{shapely.area(parts).sum():,.3f} m²"
        tell(at, Issue.SHAPE_SLIVER, area, [("sliver", part) for part in parts])
    for at, other in zip(*(each.tolist() for each in defects.duplicates(shapes)), strict=True):
        tell(at, Issue.SHAPE_DUPLICATE, str(frame.index[other]), [("duplicate", shapes[at])])
    return rows


def far_layers(layers: Mapping[str, gpd.GeoDataFrame]) -> list[issues.Row]:
    """Name the sources that lie so far from the plots that their CRS must be wrong.

    ``layers``: By kind, in the working CRS, with the column ``source``; ``plots`` among them.
    Returns: One per source of which no part lies within :data:`FAR_M` of the box of the plots.
    """
    near = shapely.box(*layers["plots"].total_bounds)
    rows = []
    for kind, frame in layers.items():
        sources, shapes = frame["source"].to_numpy(dtype=object), frame.geometry.to_numpy()
        for source in sorted(set(sources)):
            bounds = shapely.total_bounds(shapes[sources == source])
            metres = shapely.distance(near, shapely.box(*bounds))
            if metres > FAR_M:
                rows.append(issues.row(
                    Issue.LAYER_FAR, source=str(source), layer=kind,
                    value=f"{metres / 1000:,.0f} km",
                ))
    return rows


def magnitudes(frame: gpd.GeoDataFrame) -> list[issues.Row]:
    """Name the investments that look as if 万元 had been written for 元, or the reverse.

    ``frame``: n plots by ``plot_id``.
    Returns: One per investment that by the plot's measured area is below or above what the schema's
    parameters call likely; nothing is corrected.
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

    ``frame``: n plots by ``plot_id`` with ``industry_code`` and ``industry_year``.
    Returns: One per plot whose code comes without the year of its classification, or does not exist
    in it.
    """
    coded = frame["industry_code"].notna()
    if not coded.any():
        return []
    known = catalog.industries()
    rows = []
    for key, each in frame[coded].iterrows():
        code, year = each["industry_code"], each["industry_year"]
        if pd.isna(year):
            issue, field, value = Issue.INDUSTRY_YEAR_MISSING, "industry_year", str(code)
        elif not known.holds(code, year):
            issue, field = Issue.INDUSTRY_CODE_UNKNOWN, "industry_code"
            value = f"{code} (GB/T 4754-{year:g})"
        else:
            continue
        rows.append(issues.row(
            issue, source=each["source"], layer="plots", feature_id=str(key), field=field,
            value=value,
        ))
    return rows


def land_uses(frame: gpd.GeoDataFrame, layer: str, field: str) -> list[issues.Row]:
    """Name the land use codes that their classification has not, or that changed since.

    ``frame``: n features by key with ``land_use_standard`` and the codes in ``field``.
    Returns: One per feature that states both; nothing is said of one that names no classification.
    """
    stated = frame[frame["land_use_standard"].notna() & frame[field].notna()]
    rows = []
    for key, source, name, code in zip(
        stated.index, stated["source"], stated["land_use_standard"], stated[field], strict=True
    ):
        standard = catalog.land_uses().get(name)
        found = None if standard is None else standard.codes.get(str(code))
        if standard is None or found is None:
            issue, value = Issue.LAND_USE_UNKNOWN, f"{code} ({name})"
        elif found.now not in ("", found.code):
            issue, value = Issue.LAND_USE_CHANGED, f"{code} → {found.now}"
        else:
            continue
        rows.append(issues.row(
            issue, source=source, layer=layer, feature_id=str(key), field=field, value=value,
        ))
    return rows


def overlaps(frame: gpd.GeoDataFrame, layer: str, issue: Issue) -> list[issues.Row]:
    """Name the pairs of features that claim the same ground.

    ``frame``: n valid polygons in the working CRS, indexed by key.
    Returns: One per pair that shares more than a strip of :data:`OVERLAP_WIDTH_M` along the shorter
    boundary, at the later feature, naming the earlier and the square metres.
    """
    shapes = frame.geometry.to_numpy()
    with measures.about(layer):
        pairs = measures.shared_area(shapes, shapes)
    left, right, shared = pairs.where(pairs.plot > pairs.feature)
    around = shapely.length(shapes)
    told = shared > OVERLAP_WIDTH_M * np.minimum(around[left], around[right])
    left, right, shared = left[told], right[told], shared[told]
    common = shapely.intersection(shapes[left], shapes[right])  # of the few that are told
    sources, keys = (each.to_numpy(dtype=object) for each in (frame["source"], frame.index))
    return [
        issues.shown(issues.row(
            issue, source=sources[one], layer=layer, feature_id=str(keys[one]), field="geometry",
            value=f"{keys[other]}: {area:,.2f} m²",
        ), [("overlap", shape)])
        for one, other, area, shape in zip(left, right, shared, common, strict=True)
    ]


def buildings(frame: gpd.GeoDataFrame, plots: gpd.GeoDataFrame) -> list[issues.Row]:
    """Check that storeys and storey heights agree, and that buildings keep to their plots.

    ``frame``: n buildings by ``building_id`` with ``storeys`` and ``storey_heights_m``.
    ``plots``: The plots, in the same CRS.
    Returns: Buildings whose number of heights is not the number of storeys, those that reach beyond
    the plots that they stand on, and one row for each source in which storeys come without heights.
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
    return rows + outside(frame, plots)


def outside(frame: gpd.GeoDataFrame, plots: gpd.GeoDataFrame) -> list[issues.Row]:
    """Name the buildings that stand on a plot and reach beyond it into none.

    ``frame``: n valid polygons by ``building_id``.
    ``plots``: Valid polygons by ``plot_id``, in the same CRS.
    Returns: One per building with more than a strip of :data:`OVERLAP_WIDTH_M` along its boundary
    outside of all plots, naming the square metres and a plot it stands on.
    """
    shapes = frame.geometry.to_numpy()
    with measures.about("buildings"):
        pairs = measures.shared_area(shapes, plots.geometry.to_numpy())
    area = shapely.area(shapes)
    beyond = area - pairs.totals(len(shapes))
    told = (beyond > OVERLAP_WIDTH_M * shapely.length(shapes)) & (beyond < area)
    stands_on = dict(zip(pairs.plot.tolist(), plots.index[pairs.feature], strict=True))
    return [
        issues.row(
            Issue.FOOTPRINT_OUTSIDE, source=frame["source"].iloc[at], layer="buildings",
            feature_id=str(frame.index[at]), field="geometry",
            value=f"{stands_on[at]}: {beyond[at]:,.2f} m²",
        )
        for at in np.flatnonzero(told) if at in stands_on
    ]
