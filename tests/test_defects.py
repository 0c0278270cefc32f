"""Outlines that are valid and still wrong are found, and shown where."""

import numpy as np
import pytest
import shapely
from hypothesis import given, strategies as st

from landtrack.spatial import defects


def array(*shapes):
    return np.array(shapes, dtype=object)


SQUARE = shapely.box(0, 0, 10, 10)


def square_with(tip_width, height):
    """Make a square with a needle on its upper side, its tip at (5, 10 + height)."""
    half = tip_width / 2
    return shapely.Polygon([
        (0, 0), (10, 0), (10, 10), (5 + half, 10), (5, 10 + height), (5 - half, 10), (0, 10)
    ])


@pytest.mark.parametrize(
    ("shape", "tips"),
    [
        pytest.param(SQUARE, [], id="a square"),
        pytest.param(square_with(0.01, 5), [(5, 15)], id="a centimetre wide, 5 m high"),
        pytest.param(square_with(0.0001, 0.04), [], id="4 cm: the grain of digitising"),
        pytest.param(square_with(0.0001, 0.06), [(5, 10.06)], id="6 cm high"),
        pytest.param(square_with(0.001, 0.1), [(5, 10.1)], id="10 cm high"),
        pytest.param(square_with(0.001, 0.49), [(5, 10.49)], id="49 cm high"),
        pytest.param(square_with(2, 5), [], id="a gable"),
        pytest.param(SQUARE.difference(square_with(0.01, 5).difference(SQUARE).buffer(0)), [],
                     id="nothing taken away"),
        pytest.param(shapely.box(-9, -9, 19, 19).difference(square_with(0.01, 5)), [(5, 15)],
                     id="in a hole"),
        pytest.param(shapely.MultiPolygon([shapely.box(-9, 0, -5, 4), square_with(0.01, 5)]),
                     [(5, 15)], id="in the second part"),
    ],
)
def test_a_spike_is_a_corner_that_doubles_back(shape, tips):
    found = defects.spikes(array(SQUARE, shape))

    assert [(point.x, point.y) for point in found.shape] == tips
    assert set(found.row.tolist()) <= {1}


@given(start=st.integers(0, 6))
def test_a_spike_is_found_wherever_the_ring_begins(start):
    ring = list(square_with(0.01, 5).exterior.coords)[:-1]

    found = defects.spikes(array(shapely.Polygon(ring[start:] + ring[:start])))

    assert [(point.x, point.y) for point in found.shape] == [(5, 15)]


@pytest.mark.parametrize(
    ("width", "count"), [(0.09, 1), (0.11, 0)], ids=["9 cm wide", "11 cm wide"]
)
def test_a_sliver_is_a_part_of_less_than_10_cm_mean_width(width, count):
    strip = shapely.box(20, 0, 20 + width, 1000)

    found = defects.slivers(array(SQUARE, shapely.MultiPolygon([SQUARE, strip])))

    assert found.row.tolist() == [1] * count
    assert [part.area for part in found.shape] == [pytest.approx(width * 1000)] * count


def test_a_shape_that_stands_there_twice_is_found_however_it_is_drawn():
    turned = shapely.Polygon([(10, 10), (0, 10), (0, 0), (10, 0)])
    nearly = shapely.Polygon([(0, 0), (10, 0), (10, 10), (5, 9), (0, 10)])

    later, earlier = defects.duplicates(array(SQUARE, nearly, turned, SQUARE))

    assert later.tolist() == [2, 3]
    assert earlier.tolist() == [0, 0]


def test_nothing_in_nothing():
    none = array()

    assert not len(defects.spikes(none).row)
    assert not len(defects.slivers(none).row)
    assert not len(defects.duplicates(none)[0])
    assert not len(defects.gaps(none))


@pytest.mark.parametrize(
    ("apart", "area"), [(0.3, 3.0), (0.0, None), (1.5, None)],
    ids=["30 cm by 10 m", "touching", "a lane"],
)
def test_a_gap_is_the_narrow_ground_between_neighbours(apart, area):
    found = defects.gaps(array(SQUARE, shapely.box(10 + apart, 0, 20, 10)))

    assert [part.area for part in found] == ([] if area is None else [pytest.approx(area)])
