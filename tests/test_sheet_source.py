"""What sheets are hashed by: each change to the millimetre, and nothing below it."""

import geopandas as gpd
import pytest
import shapely

from landtrack.output.sheets import subjects as selecting

HOLE = [(40, 40), (40, 60), (60, 60), (60, 40)]
SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
PLAIN = shapely.Polygon(SQUARE)


def printed(shape, key="A", **fields):
    columns = {name: [value] for name, value in fields.items()}
    frame = gpd.GeoDataFrame({"plot_id": [key], **columns}, geometry=[shape], crs="EPSG:4529")
    return selecting.fingerprint(frame.set_index("plot_id"))[0]


@pytest.mark.parametrize("other", [
    shapely.Polygon([(0, 0), (100, 0), (100, 100.001), (0, 100)]),
    shapely.Polygon(SQUARE, [HOLE]),
    shapely.MultiPolygon([PLAIN]),
    shapely.MultiPolygon([PLAIN, shapely.Polygon(HOLE)]),
    shapely.LineString([*SQUARE, SQUARE[0]]),
    shapely.MultiPoint([*SQUARE, SQUARE[0]]),
    shapely.Polygon(SQUARE[::-1]),
], ids=["a millimetre", "a hole", "of parts", "two parts", "a line", "points", "turned"])
def test_another_shape_has_another_hash(other):
    assert printed(other) != printed(PLAIN)


def test_of_the_same_points_holes_and_parts_differ():
    one = shapely.Polygon(SQUARE, [HOLE])
    two = shapely.MultiPolygon([PLAIN, shapely.Polygon(HOLE)])

    assert shapely.get_coordinates(one).tolist() == shapely.get_coordinates(two).tolist()
    assert printed(one) != printed(two)


def test_less_than_a_millimetre_and_a_height_are_no_change():
    near = shapely.Polygon([(0, 0), (100, 0.0004), (100, 100 ), (0, 100)])

    assert printed(near) == printed(PLAIN)
    assert printed(shapely.force_3d(PLAIN, 7)) == printed(PLAIN)


def test_key_and_fields_count():
    assert len({
        printed(PLAIN), printed(PLAIN, "B"), printed(PLAIN, name="x"), printed(PLAIN, name="y"),
        printed(PLAIN, name=None),
    }) == 5


def test_features_of_all_kinds_stand_in_one_layer():
    shapes = [PLAIN, shapely.Point(1, 2), shapely.LineString([(0, 0), (1, 1)]),
              shapely.Polygon(SQUARE, [HOLE]), PLAIN]
    frame = gpd.GeoDataFrame(
        {"plot_id": ["A"] * 5}, geometry=shapes, crs="EPSG:4529"
    ).set_index("plot_id")

    together = selecting.fingerprint(frame)

    assert together.tolist() == [printed(each) for each in shapes]


def test_a_layer_without_features_has_no_hashes():
    frame = gpd.GeoDataFrame({"road_id": []}, geometry=[], crs="EPSG:4529").set_index("road_id")

    assert selecting.fingerprint(frame).tolist() == []
