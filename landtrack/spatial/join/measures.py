"""One function for each measure of plots against a layer, over what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import shapely

from landtrack.model import Schema, Workflow
from landtrack.spatial import measures
from landtrack.spatial.measures import Figures, Pairs, Positions

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """Plots and one layer, with what several measures need of them computed once."""

    plots: gpd.GeoDataFrame
    frame: gpd.GeoDataFrame
    schema: Schema
    workflow: Workflow
    tall_m: Figures | None = None
    """Above which height a storey counts twice, by plot; NaN, or None, where none does."""
    perhaps_m: Figures | None = None
    """Above which height it may, by plot; as ``tall_m`` where not given."""

    @cached_property
    def plot_shapes(self) -> measures.Shapes:
        """The n plots."""
        shapes: measures.Shapes = self.plots.geometry.to_numpy()
        return shapes

    @cached_property
    def shapes(self) -> measures.Shapes:
        """The m features."""
        shapes: measures.Shapes = self.frame.geometry.to_numpy()
        return shapes

    @cached_property
    def areas(self) -> Pairs:
        """Square metres shared by each pair, slivers among them."""
        return measures.shared_area(self.plot_shapes, self.shapes)

    @cached_property
    def hits(self) -> Pairs:
        """Square metres shared by each pair that is more than a sliver."""
        return self.areas.where(self.areas.amount > measures.sliver(self.schema))

    @cached_property
    def all_lengths(self) -> Pairs:
        """Metres of each line inside each plot, slivers among them."""
        return measures.shared_length(self.plot_shapes, self.shapes)

    @cached_property
    def lengths(self) -> Pairs:
        """Metres of each line inside each plot, where it is more than a sliver."""
        pairs = self.all_lengths
        return pairs.where(pairs.amount > measures.sliver(self.schema))

    @cached_property
    def nearest(self) -> measures.Nearest:
        """The nearest feature of each plot."""
        return measures.nearest(self.plot_shapes, self.shapes)

    @cached_property
    def has_floors(self) -> Mask:
        """Which features are buildings; structures and yards have no floor area."""
        mask: Mask = ~self.frame["class"].isin(["structure", "yard"]).to_numpy()
        return mask

    @cached_property
    def storeys(self) -> Figures:
        """The storeys that the buildings are said to have."""
        stated: Figures = self.frame["storeys"].to_numpy(dtype="float64")
        return stated

    @cached_property
    def heights(self) -> list[Figures | None]:
        """The storey heights of the buildings, where all of them are stated and can be."""
        field = self.schema.fields["storey_heights_m"]
        return measures.storeys_by_height(
            self.frame[field.name], least=field.minimum or 0.0,
            most=np.inf if field.maximum is None else field.maximum,
        )

    @cached_property
    def listed(self) -> Figures:
        """How many storeys have a height; NaN where heights are not stated."""
        return np.array([np.nan if each is None else len(each) for each in self.heights])

    @cached_property
    def tall(self) -> Figures:
        """How many storeys of the building of each hit count twice at its plot."""
        return self._above(self.tall_m)

    def _above(self, limit: Figures | None) -> Figures:
        """Count the storeys of the building of each hit that are higher than its plot allows."""
        found = np.where(np.isnan(self.listed), np.nan, 0.0)[self.hits.feature]
        if limit is None:
            return found
        above = limit[self.hits.plot]
        for height in np.unique(above[np.isfinite(above)]):
            tall = np.array([
                np.nan if each is None else np.count_nonzero(each > height)
                for each in self.heights
            ])
            found = np.where(above == height, tall[self.hits.feature], found)
        return found

    @cached_property
    def counted(self) -> Figures:
        """The storeys of the building of each hit as the plot ratio counts them."""
        of = self.hits.feature
        return np.where(np.isnan(self.listed[of]), self.storeys[of], self.listed[of] + self.tall)

    @cached_property
    def contradicted(self) -> Mask:
        """At which hits the building has other storeys than heights."""
        of = self.hits.feature
        known = np.isfinite(self.storeys[of]) & np.isfinite(self.listed[of])
        mask: Mask = known & (self.storeys[of] != self.listed[of]) & self.has_floors[of]
        return mask

    @cached_property
    def fewest(self) -> Figures:
        """The fewest storeys that the building of each hit can count for."""
        stated = self.storeys[self.hits.feature]
        return np.where(self.contradicted, np.minimum(stated, self.counted), self.counted)

    @cached_property
    def most(self) -> Figures:
        """The most storeys that the building of each hit can count for."""
        stated = self.storeys[self.hits.feature]
        tall = np.where(self.tall == self.listed[self.hits.feature], stated, self.tall)
        highest = np.maximum(self.counted, stated + np.minimum(tall, stated))
        return np.where(self.contradicted, highest, self.counted)

    @cached_property
    def utmost(self) -> Figures:
        """The most storeys of the building of each hit, were all of unknown height tall.

        A lower limit takes a storey of unknown height once, as none is known to be tall; an
        upper limit holds only where it holds with these.
        """
        limit = self.tall_m if self.perhaps_m is None else self.perhaps_m
        if limit is None:
            return self.most
        of = self.hits.feature
        stated, listed, tall = self.storeys[of], self.listed[of], self._above(limit)
        may = np.isfinite(limit[self.hits.plot])
        unlisted = np.where(may, np.fmax(stated - listed, 0.0), 0.0)
        of_stated = stated + np.minimum(stated, tall + unlisted)
        by_heights = np.where(self.contradicted, np.fmax(of_stated, listed + tall), listed + tall)
        return np.where(
            np.isnan(listed), np.where(may, 2.0, 1.0) * stated, np.fmax(by_heights, self.most)
        )

    def floors(self, counted: Figures) -> Pairs:
        """Floor area of each hit by its storeys, a building shared by area; NaN if unknown."""
        counted = np.where(self.has_floors[self.hits.feature], counted, 0.0)
        return Pairs(self.hits.plot, self.hits.feature, counted * self.hits.amount)

    def covered(self, pairs: Pairs, mask: Mask) -> Figures:
        """Square metres of each plot that some of the features cover, counted once."""
        return measures.covered_area(
            self.plot_shapes, self.shapes, pairs.where(mask[pairs.feature])
        )

    @cached_property
    def acquired(self) -> Mask:
        """Which parcels are in a state in which the land is in hand."""
        states = self.workflow.track("approval").state
        codes = [each.code for each in states if each.acquired]
        mask: Mask = self.frame["state"].isin(codes).to_numpy()
        return mask

    @cached_property
    def ground(self) -> Figures:
        """Square metres of each plot that any of the features covers, slivers too, counted once."""
        return measures.covered_area(self.plot_shapes, self.shapes, self.areas)

    @cached_property
    def in_hand(self) -> Figures:
        """Square metres of each plot in acquired parcels, and in none that is not.

        What both claim is in hand for nobody; less than a sliver of it is two surveys' difference.
        """
        acquired, others = (
            self.covered(self.areas, each) for each in (self.acquired, ~self.acquired)
        )
        claimed = acquired + others - self.ground
        return np.asarray(
            acquired - np.where(claimed > measures.sliver(self.schema), claimed, 0.0)
        )


Measured = tuple[Figures, Positions]


def _sum(meeting: Meeting, pairs: Pairs) -> Measured:
    """Add up by plot; the largest share decided."""
    n = len(meeting.plots)
    feature = np.full(n, -1, dtype=np.intp)
    order = np.argsort(pairs.amount, kind="stable")
    feature[pairs.plot[order]] = pairs.feature[order]
    return pairs.totals(n), feature


def _largest(meeting: Meeting, pairs: Pairs) -> Positions:
    """Give the feature of the largest share of each plot, -1 where there is none."""
    return _sum(meeting, pairs)[1]


def _overlap_m2(meeting: Meeting, mask: Mask) -> Measured:
    """Area shared with the features; the one that has all of it, where there is only one."""
    pairs = meeting.hits.where(mask[meeting.hits.feature])
    value = pairs.totals(len(meeting.plots))
    return value, _of_all(meeting, pairs, value)


def _of_all(meeting: Meeting, pairs: Pairs, ground: Figures) -> Positions:
    """Give the feature that has all of the ground by itself, -1 where several share it."""
    largest = np.zeros(len(meeting.plots))
    np.maximum.at(largest, pairs.plot, pairs.amount)
    noise = 1e-9 * shapely.area(meeting.plot_shapes) + measures.SLIVER_M2
    return np.where(largest >= ground - noise, _largest(meeting, pairs), -1)


def _overlap_share(meeting: Meeting, mask: Mask) -> Measured:
    """Area shared with the features, as a share of the plot's measured area.

    Where a layer has no area of its own to be told (a park lies on districts), ground under
    several features counts once: a plot is not 200 % within boundaries.
    """
    value, feature = _overlap_m2(meeting, mask)
    if "overlap_m2" not in meeting.schema.measures:
        value = meeting.covered(meeting.hits, mask)
        feature = _of_all(meeting, meeting.hits.where(mask[meeting.hits.feature]), value)
    return value / shapely.area(meeting.plot_shapes), feature


def _length_m(meeting: Meeting, mask: Mask) -> Measured:
    """Length of the lines inside the plot."""
    return _sum(meeting, meeting.lengths.where(mask[meeting.lengths.feature]))


def _nearest_m(meeting: Meeting, mask: Mask) -> Measured:
    """Distance to the nearest of the features."""
    if mask.all():
        return meeting.nearest.distance, meeting.nearest.feature
    positions = np.append(np.flatnonzero(mask), -1)
    found = measures.nearest(meeting.plot_shapes, meeting.shapes[mask])
    return found.distance, positions[found.feature]


def _access(meeting: Meeting, mask: Mask) -> Mask:
    """Choose the roads that give access: those not closed to motor vehicles."""
    access: Mask = mask & (meeting.frame["motor"] != "no").to_numpy()
    return access


def _nearest_road_m(meeting: Meeting, mask: Mask) -> Measured:
    """Distance to the centreline of the nearest road that gives access."""
    return _nearest_m(meeting, _access(meeting, mask))


def _nearest_width_m(meeting: Meeting, mask: Mask) -> Measured:
    """Width of the nearest road that gives access."""
    _, feature = _nearest_road_m(meeting, mask)
    widths = np.append(meeting.frame["width_m"].to_numpy(dtype="float64"), np.nan)
    return widths[feature], feature


def _frontage_m(meeting: Meeting, mask: Mask) -> Measured:
    """Boundary that fronts on access roads; unknown where one of unknown width is near."""
    limits = meeting.schema.parameters
    widths = meeting.frame["width_m"].to_numpy(dtype="float64")
    access = _access(meeting, mask)
    known = np.flatnonzero(access & np.isfinite(widths))
    length, road = measures.frontage(
        meeting.plot_shapes,
        meeting.shapes[known],
        widths[known] / 2 + limits["tolerance_m"],
        angle_deg=limits["angle_deg"],
    )
    feature = np.append(known, -1)[road]
    unknown = np.flatnonzero(access & ~np.isfinite(widths))
    near = measures.nearest(meeting.plot_shapes, meeting.shapes[unknown])
    unsure = near.distance <= limits["unknown_width_m"]
    length[unsure] = np.nan
    feature[unsure] = unknown[near.feature[unsure]]
    return length, feature


def _count(meeting: Meeting, mask: Mask) -> Measured:
    """How many of the features share ground with the plot; the first that does.

    Polygons by the ground that they share, lines by what runs inside, points by where they
    are: on the boundary is not inside.
    """
    dimension = shapely.get_dimensions(meeting.shapes)
    found = np.zeros(len(meeting.plots))
    first = np.full(len(meeting.plots), len(meeting.frame), dtype=np.intp)
    for kind, shared in enumerate((measures.inside, measures.shared_length, measures.shared_area)):
        some = np.flatnonzero(mask & (dimension == kind))
        if not len(some):
            continue
        pairs = shared(meeting.plot_shapes, meeting.shapes[some])
        if kind:
            pairs = pairs.where(pairs.amount > measures.sliver(meeting.schema))
        found += np.bincount(pairs.plot, minlength=len(found))
        np.minimum.at(first, pairs.plot, some[pairs.feature])
    return found, np.where(found > 0, first, -1)


def _covered_m2(meeting: Meeting, mask: Mask) -> Measured:
    """Ground of the plot that the features cover, overlaps counted once."""
    return meeting.covered(meeting.hits, mask), _overlap_m2(meeting, mask)[1]


def _floor_area_known_m2(meeting: Meeting, _: Mask) -> Measured:
    """Floor area of the buildings whose storeys are known."""
    floors = meeting.floors(meeting.counted)
    return _sum(meeting, floors.where(np.isfinite(floors.amount)))


def _floor_area_m2(meeting: Meeting, _: Mask) -> Measured:
    """Floor area of all buildings, by storey heights where they are stated."""
    return _sum_of_all(meeting, meeting.floors(meeting.counted))


def _floor_by_storeys_m2(meeting: Meeting, _: Mask) -> Measured:
    """Footprints by the number of storeys, each once."""
    return _sum_of_all(meeting, meeting.floors(meeting.storeys[meeting.hits.feature]))


def _floor_by_heights_m2(meeting: Meeting, _: Mask) -> Measured:
    """Floor area by the records of storeys alone, the tall ones twice."""
    listed = meeting.listed[meeting.hits.feature]
    return _sum_of_all(meeting, meeting.floors(listed + meeting.tall))


def _floor_tall_m2(meeting: Meeting, _: Mask) -> Measured:
    """Floor area that counting the tall storeys twice adds, where heights are stated."""
    floors = meeting.floors(meeting.tall)
    return _sum(meeting, floors.where(np.isfinite(floors.amount)))


def _sum_of_all(meeting: Meeting, floors: Pairs) -> Measured:
    """Add floor areas up; unknown where that of one building is."""
    value, feature = _sum(meeting, floors.where(np.isfinite(floors.amount)))
    unknown = np.isnan(floors.amount)
    value[floors.plot[unknown]] = np.nan
    feature[floors.plot[unknown]] = floors.feature[unknown]
    return value, feature


# Of parcels, slivers count too: what is acquired, what is not and what lies in no parcel add
# up to the plot.


def _acquired_m2(meeting: Meeting, _: Mask) -> Measured:
    """Area of the plot that is in hand; the largest acquired parcel decided."""
    return _without_noise(meeting, meeting.in_hand), _overlap_m2(meeting, meeting.acquired)[1]


def _not_acquired_m2(meeting: Meeting, _: Mask) -> Measured:
    """Area of the plot not in hand; the largest parcel that is not decided."""
    missing = shapely.area(meeting.plot_shapes) - meeting.in_hand
    return _without_noise(meeting, missing), _overlap_m2(meeting, ~meeting.acquired)[1]


def _no_parcel_m2(meeting: Meeting, _: Mask) -> Measured:
    """Area of the plot in no parcel: there is none to be named."""
    outside = shapely.area(meeting.plot_shapes) - meeting.ground
    return _without_noise(meeting, outside), np.full(len(outside), -1, dtype=np.intp)


def _double_claim_m2(meeting: Meeting, _: Mask) -> Measured:
    """Area of the plot that parcels claim more than once, each claim after the first.

    The largest of the parcels that share ground with another decided.
    """
    pairs = meeting.areas
    total = pairs.totals(len(meeting.plots))
    double = _without_noise(meeting, total - meeting.ground)
    pairs = pairs.where(double[pairs.plot] > 0)
    claimed = pairs.where(measures.overlapped(meeting.shapes, pairs))
    return double, _largest(meeting, claimed)


def _without_noise(meeting: Meeting, difference: Figures) -> Figures:
    """Make the rounding that is left of a difference of areas zero."""
    noise = 1e-9 * shapely.area(meeting.plot_shapes) + measures.SLIVER_M2
    return np.where(difference <= noise, 0.0, difference)


MEASURES: Mapping[str, Callable[[Meeting, Mask], Measured]] = {
    "overlap_m2": _overlap_m2,
    "overlap_share": _overlap_share,
    "length_m": _length_m,
    "nearest_m": _nearest_m,
    "nearest_road_m": _nearest_road_m,
    "nearest_width_m": _nearest_width_m,
    "frontage_m": _frontage_m,
    "count": _count,
    "inside_count": _count,
    "covered_m2": _covered_m2,
    "floor_area_known_m2": _floor_area_known_m2,
    "floor_area_m2": _floor_area_m2,
    "floor_by_storeys_m2": _floor_by_storeys_m2,
    "floor_by_heights_m2": _floor_by_heights_m2,
    "floor_tall_m2": _floor_tall_m2,
    "acquired_m2": _acquired_m2,
    "not_acquired_m2": _not_acquired_m2,
    "no_parcel_m2": _no_parcel_m2,
    "double_claim_m2": _double_claim_m2,
    "footprint_m2": _overlap_m2,
}
"""What a schema may name under ``measures``: values by plot, and the feature that decided."""
