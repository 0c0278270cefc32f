"""Boundary points: where numbering begins, which way it goes, holes, parts, and sides."""

import numpy as np
import pytest
import shapely
from hypothesis import given, strategies as st

from landtrack.model.errors import TableError
from landtrack.spatial.boundary_points import rings


def points(shape):
    return [ring.points.tolist() for ring in rings(shape)]


def test_numbering_begins_in_the_north_west_and_goes_clockwise():
    (ring,) = rings(shapely.box(0, 0, 100, 50))

    assert ring.points.tolist() == [[0, 50], [100, 50], [100, 0], [0, 0]]
    assert list(ring.numbers) == [1, 2, 3, 4]
    assert ring.sides.tolist() == [100, 50, 100, 50]


@pytest.mark.parametrize("first", range(4))
@pytest.mark.parametrize("reverse", [False, True])
def test_it_does_not_matter_how_the_polygon_was_drawn(first, reverse):
    corners = [(0, 0), (100, 0), (100, 50), (0, 50)]
    drawn = corners[first:] + corners[:first]
    drawn = drawn[::-1] if reverse else drawn

    assert points(shapely.Polygon(drawn)) == points(shapely.Polygon(corners))


def test_of_two_corners_as_near_to_the_north_west_the_more_northern_is_first():
    diamond = shapely.Polygon([(0, 50), (50, 100), (100, 50), (50, 0)])

    (ring,) = rings(diamond)

    assert ring.points[0].tolist() == [50, 100]


def test_a_hole_runs_against_the_clock_and_the_numbers_run_on():
    shape = shapely.Polygon(
        [(0, 0), (100, 0), (100, 100), (0, 100)],
        [[(40, 40), (60, 40), (60, 60), (40, 60)], [(10, 80), (20, 80), (20, 90), (10, 90)]],
    )

    outer, first, second = rings(shape)

    assert (outer.hole, first.hole, second.hole) == (0, 1, 2)
    assert [each.first for each in (outer, first, second)] == [1, 5, 9]
    assert first.points[0].tolist() == [10, 90]  # the more north-western hole
    assert first.points[1].tolist() == [10, 80]  # down first: against the clock
    assert shapely.LinearRing(outer.points).is_ccw is False
    assert shapely.LinearRing(second.points).is_ccw is True


def test_parts_come_from_the_north_west_on():
    shape = shapely.MultiPolygon([shapely.box(200, 0, 300, 100), shapely.box(0, 0, 100, 100)])

    first, second = rings(shape)

    assert (first.part, second.part) == (1, 2)
    assert first.points[0].tolist() == [0, 100]
    assert second.first == 5


def test_points_nearer_than_a_millimetre_are_one():
    shape = shapely.Polygon([(0, 0), (100, 0), (100, 0.0004), (100, 100), (0, 100)])

    assert len(points(shape)[0]) == 4


def test_sides_are_those_of_the_points_as_printed():
    shape = shapely.Polygon([(0, 0), (100.0004, 0), (100.0004, 100), (0, 100)])

    (ring,) = rings(shape)

    assert ring.sides.tolist() == [100, 100, 100, 100]


@pytest.mark.parametrize(
    "shape", [shapely.LineString([(0, 0), (1, 1)]), shapely.Point(0, 0), shapely.Polygon()]
)
def test_only_an_area_has_boundary_points(shape):
    with pytest.raises(TableError, match="Only a polygon has boundary points"):
        rings(shape)


def test_a_ring_that_vanishes_at_a_millimetre_is_named():
    shape = shapely.Polygon([(0, 0), (0.0004, 0), (0, 0.0004)])

    with pytest.raises(TableError, match=r"(?s)fewer than three corners.*Remove the ring"):
        rings(shape)


@given(
    angles=st.lists(st.integers(0, 359), min_size=3, max_size=40, unique=True),
    radius=st.floats(10, 1000), first=st.integers(0, 39),
)
def test_numbering_depends_on_the_shape_alone(angles, radius, first):
    turns = np.radians(sorted(angles))
    corners = np.column_stack([radius * np.cos(turns), radius * np.sin(turns)])
    shape = shapely.Polygon(corners)
    if not shape.is_valid or shape.area < 1:
        return

    rolled = shapely.Polygon(np.roll(corners, first, axis=0)[::-1])

    assert points(rolled) == points(shape)
    (ring,) = rings(shape)
    assert shapely.LinearRing(ring.points).is_ccw is False
    assert ring.sides.sum() == pytest.approx(shape.length, rel=1e-3)
