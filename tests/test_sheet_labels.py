"""Labels: in their polygon where they fit, never over one another, dropped only with a count."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings, strategies as st

from landtrack.output.sheets import labels
from landtrack.output.sheets.collisions import Taken, boxes_at
from landtrack.output.sheets.layout import Box, Window

WINDOW = Window(scale=1000, east=0.0, north=0.0, box=Box(left=0, bottom=0, right=200, top=200))
"""A metre of ground is a millimetre of paper."""


def wide(text):
    return float(len(text))


def put(shapes, texts, sizes=(2.0, 1.5), placed=None):
    placed = placed or labels.Placed(taken=Taken(frame=(0, 0, 200, 200)))
    wish = labels.Wish(
        keys=[str(at) for at in range(len(shapes))], shapes=np.array(shapes, dtype=object),
        lines=[text if isinstance(text, tuple) else (text,) for text in texts], sizes=sizes,
    )
    labels.place(wish, WINDOW, wide, placed)
    return placed


def test_a_label_stands_in_the_middle_in_the_largest_size_that_fits():
    (label,) = put([shapely.box(10, 10, 50, 30)], ["abcd"]).labels

    assert (label.x, label.y, label.size, label.angle) == (30, 20, 2.0, 0.0)


@pytest.mark.parametrize(("width", "size"), [(8.6, 2.0), (8.4, 1.5), (6.5, 1.5)])
def test_it_is_made_smaller_where_it_must_be(width, size):
    (label,) = put([shapely.box(50, 50, 50 + width, 60)], ["abcd"]).labels

    assert label.size == size


def test_it_lies_along_a_narrow_polygon():
    (label,) = put([shapely.box(50, 50, 53, 90)], ["abcdef"]).labels

    assert label.angle == pytest.approx(np.pi / 2)


def test_of_two_lines_the_first_is_kept_where_there_is_no_room_for_both():
    (label,) = put([shapely.box(50, 50, 60, 52)], [("abcd", "efgh")], sizes=(1.5,)).labels

    assert label.lines == ("abcd",)


def test_in_an_l_it_stands_in_the_wide_part():
    shape = shapely.Polygon([(10, 10), (12, 10), (12, 40), (60, 40), (60, 50), (10, 50)])

    (label,) = put([shape], ["abcdefghij"], sizes=(2.0,)).labels

    assert shape.contains(shapely.box(label.x - 10, label.y - 1, label.x + 10, label.y + 1))


def test_what_fits_nowhere_reaches_out_only_over_nothing():
    alone = put([shapely.box(50, 50, 52, 52)], ["abcdef"])
    assert len(alone.labels) == 1

    placed = labels.Placed(taken=Taken(frame=(0, 0, 200, 200)))
    placed.taken.take(Box(left=40, bottom=40, right=60, top=60))
    crowded = put([shapely.box(50, 50, 52, 52)], ["abcdef"], placed=placed)
    assert (crowded.labels, crowded.dropped) == ([], ["0"])


def test_of_two_polygons_in_one_place_each_has_a_label_of_its_own_place_or_none():
    shape = shapely.box(50, 50, 62, 53)

    placed = put([shape, shape, shape], ["abcd"] * 3)

    boxes = [
        shapely.box(each.x - 2 * each.size, each.y - 0.3 * each.size,
                    each.x + 2 * each.size, each.y + 0.3 * each.size)
        for each in placed.labels
    ]
    one, two = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    assert (one == two).all()
    assert len(placed.labels) + len(placed.dropped) == 3


def test_no_label_reaches_out_of_the_frame():
    placed = put([shapely.box(-50, 90, 1, 110)], ["abcdef"])

    assert (placed.labels, placed.dropped) == ([], ["0"])


def test_a_road_is_labelled_along_it_and_a_point_beside_it():
    road = shapely.LineString([(10, 10), (100, 100)])

    first, second = put([road, shapely.Point(150, 50)], ["road", "point"]).labels

    assert first.angle == pytest.approx(np.pi / 4)
    assert road.distance(shapely.Point(first.x, first.y)) < 3
    assert second.x > 150


def test_roads_of_one_name_are_labelled_once_also_where_they_bend():
    bend = [(10, 10), (30, 10.2), (50, 10.1), (70, 10.3)]
    roads = [shapely.LineString(each) for each in pairwise(bend)]

    (label,) = put(roads, ["a road of a long name"] * 3).labels

    assert abs(label.x - 40) < 5
    assert 10.2 < abs(label.y) < 13


def test_a_road_that_is_nowhere_straight_enough_has_no_label():
    turns = [(at, 10 + at % 4) for at in range(10, 100, 2)]

    assert put([shapely.LineString(turns)], ["a road"]).dropped == ["0"]


def test_a_facility_without_room_has_its_label_beside_it():
    plant = shapely.box(50, 50, 54, 54)
    placed = labels.Placed(taken=Taken(frame=(0, 0, 200, 200)))
    wish = labels.Wish(
        keys=["a"], shapes=np.array([plant], dtype=object), lines=[("abcdefgh",)], sizes=(2.0,),
        beside=True,
    )

    left = labels.place(wish, WINDOW, wide, placed)
    placed.taken.add(np.array([plant], dtype=object))
    labels.stand_beside(wish, left, wide, placed)

    (label,) = placed.labels
    assert (label.x - 8, label.y) == pytest.approx((54 + labels.BESIDE_MM + 0.24, 52))


def test_a_label_lies_over_a_line_only_where_it_has_no_other_place():
    placed = labels.Placed(taken=Taken(frame=(0, 0, 200, 200)))
    placed.lines = shapely.STRtree([shapely.LineString([(0, 20), (200, 20)])])

    first, second = put([shapely.box(10, 10, 50, 30), shapely.box(60, 18, 100, 22)],
                        ["abcd", "abcd"], sizes=(2.0,), placed=placed).labels

    assert abs(first.y - 20) > 1
    assert second.y == pytest.approx(20, abs=1)


@pytest.mark.parametrize(("angle", "reads"), [
    (0, 0), (90, 90), (91, -89), (180, 0), (-90, 90), (-89, -89), (270, 90),
])
def test_no_text_stands_on_its_head(angle, reads):
    assert np.degrees(labels.upright(np.radians(angle))) == pytest.approx(reads)


@st.composite
def coverages(draw):
    """Make neighbours that share their edges: a bent grid."""
    seed = draw(st.integers(0, 2**32 - 1))
    columns, rows = draw(st.integers(1, 12)), draw(st.integers(1, 12))
    rng = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(5, 195, columns + 1), np.linspace(5, 195, rows + 1))
    x = x + rng.uniform(-3, 3, x.shape)
    y = y + rng.uniform(-3, 3, y.shape)
    return [
        shapely.Polygon([(x[r, c], y[r, c]), (x[r, c + 1], y[r, c + 1]),
                         (x[r + 1, c + 1], y[r + 1, c + 1]), (x[r + 1, c], y[r + 1, c])])
        for r in range(rows) for c in range(columns)
    ]


@settings(max_examples=40)
@given(shapes=coverages(), length=st.integers(1, 14))
def test_no_two_labels_overlap_and_every_one_is_placed_or_counted(shapes, length):
    texts = ["字" * length] * len(shapes)

    placed = put(shapes, texts)

    assert sorted([*placed.dropped, *(each.key for each in placed.labels)]) == sorted(
        str(at) for at in range(len(shapes))
    )
    boxes = [
        boxes_at(
            np.array([[each.x, each.y]]),
            np.array([[length * each.size / 2, labels.CAP * each.size / 2]]),
            np.array([each.angle]),
        )[0] for each in placed.labels
    ]
    one, two = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    assert (one == two).all()


@settings(max_examples=40)
@given(shapes=coverages(), length=st.integers(1, 14))
def test_a_label_that_fits_in_the_middle_of_its_polygon_does_not_leave_it(shapes, length):
    placed = {each.key: each for each in put(shapes, ["字" * length] * len(shapes)).labels}

    for at, shape in enumerate(shapes):
        middle = shape.centroid
        half = np.array([[(length / 2 + labels.PAD) * 1.5, (labels.CAP / 2 + labels.PAD) * 1.5]])
        box = boxes_at(np.array([[middle.x, middle.y]]), half, np.zeros(1))[0]
        if shape.contains_properly(box):
            label = placed[str(at)]
            half = np.array([[length / 2 * label.size, labels.CAP / 2 * label.size]])
            own = boxes_at(np.array([[label.x, label.y]]), half, np.array([label.angle]))[0]
            assert shape.contains(own)
