"""Areas cut along a drawn line: together the pieces are the area, and each lies where it lay."""

import pytest
import shapely
from builders import box
from hypothesis import given, strategies as st
from shapely import affinity

from landtrack.app.track import cutting
from landtrack.model.errors import TableError

SQUARE = box(0, 0, 100, 100)
HOLED = shapely.Polygon(
    SQUARE.exterior.coords, [box(40, 40, 60, 60).exterior.coords[::-1]]
)
LEFT, RIGHT = SQUARE.bounds[0], SQUARE.bounds[2]
BOTTOM, TOP = SQUARE.bounds[1], SQUARE.bounds[3]


def at(*points):
    """Give corners x, y metres from the corner of the square."""
    return [(LEFT + x, BOTTOM + y) for x, y in points]


@pytest.mark.parametrize(("shape", "line", "areas"), [
    (SQUARE, [(60, -1), (60, 101)], [6000, 4000]),
    (SQUARE, [(60, 0), (60, 100)], [6000, 4000]),  # from outline to outline
    (SQUARE, [(-1, 30), (101, 30)], [7000, 3000]),  # from north to south
    (SQUARE, [(-1, 50), (50, 50), (50, 101)], [2500, 7500]),
    (SQUARE, [(-1, 20), (101, 20), (101, 80), (-1, 80)], [2000, 6000, 2000]),
    (HOLED, [(-1, 50), (101, 50)], [4800, 4800]),
    (HOLED, [(10, -1), (10, 101)], [1000, 8600]),
    (shapely.union_all([SQUARE, box(200, 0, 300, 100)]), [(50, -1), (50, 101)],
     [5000, 5000, 10000]),
])
def test_pieces_come_from_north_to_south_and_west_to_east(shape, line, areas):
    pieces = cutting.cut("Z", shape, at(*line))

    assert [each.area for each in pieces] == pytest.approx(areas)
    assert shapely.union_all(pieces).symmetric_difference(shape).area < 1e-6


@pytest.mark.parametrize(("line", "why"), [
    ([(10, 10), (90, 90)], "does not cut Z through"),  # within
    ([(-1, 50), (50, 50)], "does not cut Z through"),  # ends in it
    ([(-10, -10), (-5, 200)], "does not cut Z through"),  # beside it
    ([(0, 0), (0, 100)], "does not cut Z through"),  # along its outline
    ([(0.00005, -1), (0.00005, 101)], "leaves a piece of Z of 0.005"),
])
def test_a_line_that_cuts_nothing_through_is_refused(line, why):
    with pytest.raises(TableError, match=why):
        cutting.cut("Z", SQUARE, at(*line))


@given(
    st.lists(st.tuples(st.integers(-20, 120), st.integers(-20, 120)), min_size=2, max_size=8),
    st.integers(0, 359), st.booleans(),
)
def test_whatever_is_drawn_no_ground_is_lost_and_none_counted_twice(line, turned, holed):
    shape = affinity.rotate(HOLED if holed else SQUARE, turned)
    try:
        pieces = cutting.cut("Z", shape, at(*line))
    except TableError:
        return
    assert len(pieces) > 1
    assert all(each.is_valid and each.geom_type == "Polygon" for each in pieces)
    assert sum(each.area for each in pieces) == pytest.approx(shape.area, abs=1e-6)
    assert shapely.union_all(pieces).symmetric_difference(shape).area < 1e-6


@pytest.mark.parametrize(("text", "corners"), [
    ("1,2 3,4", [(1, 2), (3, 4)]),
    (" 41487200.25，4545000.5\n41487300,-1.000 ", [(41487200.25, 4545000.5), (41487300, -1)]),
])
def test_the_corners_of_a_line_are_read_as_they_are_written(text, corners):
    assert cutting.corners(text) == corners


@pytest.mark.parametrize("text", [
    "", "1,2", "1,2 3", "1 2 3 4", "a,b c,d", "1,2 3,nan", "1,2 inf,3", "1e9,2 3,4", "1,2,3 4,5,6",
    " ".join(["1,2"] * 201), "1,2 " + "9" * 400 + ",1",
])
def test_what_is_no_line_is_told(text):
    with pytest.raises(TableError, match="A line cannot be read"):
        cutting.corners(text)


def test_pieces_of_one_number_are_one_feature():
    pieces = cutting.cut("Z", SQUARE, at((-1, 20), (101, 20), (101, 80), (-1, 80)))

    made = cutting.named(pieces, ["a", " b", "a "])

    assert {name: each.area for name, each in made.items()} == pytest.approx({"a": 4000, "b": 6000})


@pytest.mark.parametrize("names", [["a"], ["a", ""], ["a", "b", "c"], ["a", "x" * 121], []])
def test_each_piece_needs_a_number(names):
    with pytest.raises(TableError, match="need a number each"):
        cutting.named(cutting.cut("Z", SQUARE, at((50, -1), (50, 101))), names)
