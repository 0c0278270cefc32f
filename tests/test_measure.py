"""Measures whose answers can be worked out in the head, small and large, against GEOS."""

import numpy as np
import pandas as pd
import pytest
import shapely
from benchmarks import layers
from builders import box, line, point
from hypothesis import given, strategies as st

from landtrack.spatial import kernels, measures


def shapes(*made):
    return np.array(made, dtype=object)


def pairs(found):
    return list(zip(found.plot.tolist(), found.feature.tolist(), strict=True))


@pytest.fixture(params=["shapely", "compiled"])
def way(request, monkeypatch):
    """Have either of the two ways answer, however little there is to measure."""
    if request.param == "compiled" and not kernels.ready():
        pytest.skip("numba is not installed")
    monkeypatch.setattr(measures, "_pays", lambda *_: request.param == "compiled")
    return request.param


SQUARE = box(0, 0, 100, 100)


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("feature", "area"),
    [
        pytest.param(box(50, 50, 150, 150), 2500.0, id="a quarter"),
        pytest.param(box(-10, -10, 110, 110), 10_000.0, id="all of it"),
        pytest.param(box(20, 20, 30, 30), 100.0, id="a feature inside"),
        pytest.param(SQUARE, 10_000.0, id="the same again"),
        pytest.param(SQUARE.difference(box(20, 20, 80, 80)), 6400.0, id="around a hole"),
        pytest.param(box(100, 0, 200, 100), None, id="along an edge: no hit"),
        pytest.param(box(100, 100, 200, 200), None, id="at a corner: no hit"),
        pytest.param(box(20, 20, 80, 80).union(box(90, 90, 120, 95)), 3650.0, id="two parts"),
        pytest.param(shapely.Polygon(), None, id="empty"),
    ],
)
def test_area_shared_with_a_square(feature, area):
    found = measures.shared_area(shapes(SQUARE), shapes(feature))

    assert found.amount.tolist() == ([] if area is None else [pytest.approx(area, rel=1e-9)])


@pytest.mark.usefixtures("way")
def test_what_lies_in_a_hole_of_the_feature_is_no_hit():
    ring = box(-50, -50, 150, 150).difference(box(-10, -10, 110, 110))

    assert pairs(measures.shared_area(shapes(SQUARE), shapes(ring))) == []


@pytest.mark.usefixtures("way")
def test_pairs_come_by_plot_then_feature():
    plots = shapes(box(0, 0, 10, 10), box(500, 0, 510, 10), box(5, 0, 15, 10))
    features = shapes(box(0, 0, 20, 5), box(499, 0, 501, 5), box(0, 0, 20, 5), box(7, 0, 8, 1))

    found = measures.shared_area(plots, features)

    assert pairs(found) == [(0, 0), (0, 2), (0, 3), (1, 1), (2, 0), (2, 2), (2, 3)]
    assert found.totals(3).tolist() == pytest.approx([101.0, 5.0, 101.0])


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("feature", "metres"),
    [
        pytest.param(line((-50, 50), (150, 50)), 100.0, id="across"),
        pytest.param(line((50, -50), (50, 50)), 50.0, id="up, and ends inside"),
        pytest.param(line((0, 0), (100, 0)), 100.0, id="along the edge counts as inside"),
        pytest.param(line((-20, 100), (60, 100)), 60.0, id="along part of the edge"),
        pytest.param(line((-10, 10), (10, -10)), None, id="past a corner: no hit"),
        pytest.param(line((-10, 50), (0, 50)), None, id="up to the edge: no hit"),
        pytest.param(line((10, 50), (60, 50), (10, 50)), 50.0, id="there and back counts once"),
        pytest.param(shapely.MultiLineString([line((10, 10), (20, 10)), line((10, 20), (50, 20))]),
                     50.0, id="two parts"),
    ],
)
def test_length_of_a_line_in_a_square(feature, metres):
    found = measures.shared_length(shapes(SQUARE), shapes(feature))

    assert found.amount.tolist() == ([] if metres is None else [pytest.approx(metres, rel=1e-9)])


@pytest.mark.usefixtures("way")
@pytest.mark.parametrize(
    ("features", "nearest", "metres"),
    [
        pytest.param([line((0, 130), (100, 130)), line((0, 120), (100, 120))], 1, 20.0, id="2nd"),
        pytest.param([line((0, 120), (100, 120)), line((120, 0), (120, 100))], 0, 20.0, id="tie"),
        pytest.param([line((130, 0), (140, 0)), line((10, 10), (20, 20))], 1, 0.0, id="inside"),
        pytest.param([line((-90, 500), (90, 500)), line((-9, 50), (9, 50)),
                      line((50, 50), (51, 50))], 1, 0.0, id="two at 0: the first"),
        pytest.param([point(103, 104), point(100, 104)], 1, 4.0, id="points"),
        pytest.param([point(103, 104)], 0, 5.0, id="off a corner"),
        pytest.param([], -1, np.nan, id="nothing"),
    ],
)
def test_nearest_to_a_square(features, nearest, metres):
    found = measures.nearest(shapes(SQUARE), np.array(features, dtype=object))

    assert found.feature.tolist() == [nearest]
    np.testing.assert_allclose(found.distance, [metres], atol=1e-8)


@pytest.mark.usefixtures("way")
def test_the_nearest_of_long_lines_is_that_of_whole_lines():
    plots, lines = layers.plots(300), layers.roads(900, vertices=40)
    tree = shapely.STRtree(lines)
    (_, expected), metres = tree.query_nearest(plots, all_matches=False, return_distance=True)

    found = measures.nearest(plots, lines)

    np.testing.assert_allclose(found.distance, metres, rtol=1e-9, atol=1e-8)
    apart = metres > 0
    assert (found.feature == expected)[apart].all()


@pytest.mark.usefixtures("way")
def test_a_plot_in_a_courtyard_is_as_far_from_a_line_as_its_wall():
    court = shapes(box(0, 0, 100, 100).difference(box(40, 40, 60, 60)))

    found = measures.nearest(court, shapes(line((48, 50), (52, 50))))

    assert found.distance[0] == pytest.approx(8.0, abs=1e-8)


@pytest.mark.usefixtures("way")
def test_mixed_shapes_are_measured_too():
    plots = shapes(SQUARE, box(300, 0, 400, 100))
    features = shapes(point(310, 120), box(120, 0, 200, 100), line((0, 130), (9, 130)))

    found = measures.nearest(plots, features)

    assert found.feature.tolist() == [1, 0]
    assert found.distance.tolist() == pytest.approx([20.0, 20.0])


def union_area(plots, features, found):
    """Work out the covered area plot by plot."""
    own = [features[found.feature[found.plot == plot]] for plot in range(len(plots))]
    return [
        shapely.area(shapely.intersection(plot, shapely.union_all(each)))
        for plot, each in zip(plots, own, strict=True)
    ]


@given(seed=st.integers(0, 1000))
def test_ground_covered_several_times_counts_once(seed):
    plots = layers.plots(12, seed=seed)
    features = np.concatenate([layers.buildings(12, seed=seed), layers.plots(12, seed=seed + 1)])
    found = measures.shared_area(plots, features)

    covered = measures.covered_area(plots, features, found)

    assert covered.tolist() == pytest.approx(union_area(plots, features, found), rel=1e-9)


def test_parcels_that_only_touch_cover_what_they_share():
    plots, parcels = layers.plots(60), layers.parcels(60)
    found = measures.shared_area(plots, parcels)

    covered = measures.covered_area(plots, parcels, found)

    assert covered.tolist() == found.totals(60).tolist()


@pytest.mark.usefixtures("way")
def test_a_feature_given_twice_covers_once():
    twice = shapes(box(0, 0, 50, 50), box(0, 0, 50, 50), box(90, 90, 200, 200))
    found = measures.shared_area(shapes(SQUARE), twice)

    assert measures.covered_area(shapes(SQUARE), twice, found).tolist() == pytest.approx([2600.0])


@pytest.mark.parametrize(
    ("roads", "reach", "metres", "best"),
    [
        pytest.param([line((0, -10), (100, -10))], [15.0], 100.0, 0, id="one side"),
        pytest.param([line((20, -10), (50, -10))], [10.0], 30.0, 0, id="as long as the road"),
        pytest.param([line((20, -6), (50, -6))], [10.0], 46.0, 0, id="and round its ends"),
        pytest.param([line((-10, 50), (0, 50))], [5.0], 0.0, -1, id="a road that ends at it"),
        pytest.param([line((0, -20), (100, -20))], [15.0], 0.0, -1, id="too far"),
        pytest.param([line((0, -5), (60, -5)), line((40, -5), (100, -5))], [5.0, 5.0], 100.0, 1,
                     id="twice along the same stretch counts once"),
        pytest.param([line((0, -5), (30, -5)), line((-5, 0), (-5, 80))], [5.0, 5.0], 110.0, 1,
                     id="the longer one decides"),
        pytest.param([], [], 0.0, -1, id="no road"),
    ],
)
def test_frontage_of_a_square(roads, reach, metres, best):
    length, road = measures.frontage(
        shapes(SQUARE), np.array(roads, dtype=object), np.array(reach), angle_deg=30
    )

    assert length.tolist() == [pytest.approx(metres, abs=1e-6)]
    assert road.tolist() == [best]


def test_frontage_is_that_of_round_zones_cut_by_geos():
    plots, roads = layers.plots(200), layers.roads(200, vertices=6)
    reach = np.full(len(roads), 12.0)
    zone = shapely.union_all(shapely.buffer(roads, 12.0, quad_segs=2000))
    expected = shapely.length(shapely.intersection(shapely.boundary(plots), zone))

    length, road = measures.frontage(plots, roads, reach, angle_deg=90)

    np.testing.assert_allclose(length, expected, rtol=1e-6, atol=1e-3)
    assert ((road >= 0) == (length > 0)).all()


def test_heights_that_no_storey_can_have_are_no_record():
    heights = pd.Series([None, "8.1;8.0", "4500", "4.5;0"], dtype="str")

    found = measures.storeys_by_height(heights, least=2, most=15)

    assert [None if each is None else each.tolist() for each in found] == [
        None, [8.1, 8.0], None, None,
    ]


def test_measuring_changes_no_argument():
    plots, parcels = layers.plots(400), layers.parcels(400)
    before = shapely.to_wkb(np.concatenate([plots, parcels]))

    found = measures.shared_area(plots, parcels)
    kept = found.amount.copy()
    measures.covered_area(plots, parcels, found)

    assert (shapely.to_wkb(np.concatenate([plots, parcels])) == before).all()
    assert (found.amount == kept).all()
