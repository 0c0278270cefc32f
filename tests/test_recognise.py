"""Coordinates are read in the one way that can be meant; where there are two, a person is asked."""

import shutil

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from builders import box
from hypothesis import assume, given, strategies as st
from pyproj import CRS, Geod, Transformer

from landtrack.app import vet
from landtrack.ingest.normalise import georeference
from landtrack.ingest.normalise.georeference import AmbiguousCRSError
from landtrack.model import Issue, LayerSource, Transformation, catalog
from landtrack.model.errors import CRSError
from landtrack.spatial import crs
from landtrack.spatial.crs import china, datum, offsets, recognise
from landtrack.spatial.crs.recognise import Numbers

ZONE_39 = CRS.from_epsg(4548)
"""CGCS2000, 117 degrees east, no number in front: the odd files lie in it, at 116.32 E 40 N."""
BEIJING = pytest.approx((116.3242, 40.0033), abs=1e-4)


def metres(east, north, size=1000):
    return Numbers(east, north, east + size, north + size)


def told(found):
    return [(each.crs.to_epsg(), each.swapped) for each in found]


# --- readings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "stated", "near", "expected"),
    [
        pytest.param(metres(441_000, 4_429_000), 4548, None, [(4548, False)],
                     id="as stated"),
        pytest.param(metres(4_429_000, 441_000), 4548, None, [(4548, True)],
                     id="stated, the northing first"),
        pytest.param(metres(39_441_000, 4_429_000), None, 4548, [(4527, False)],
                     id="number in front, datum from the place"),
        pytest.param(metres(39_441_000, 4_429_000), None, None,
                     [(4527, False), (2363, False), (2415, False), (4775, False)],
                     id="number in front, no place: four datums"),
        pytest.param(metres(4_429_000, 39_441_000), None, 4548, [(4527, True)],
                     id="number in front, the northing first"),
        pytest.param(metres(441_000, 4_429_000), None, 4548, [(4548, False)],
                     id="no number, the place's zone"),
        pytest.param(metres(441_000, 4_429_000), None, 4527, [(4548, False)],
                     id="no number, the place has it"),
        pytest.param(metres(360_000, 4_400_000), None, 4548, [(4548, False), (4549, False)],
                     id="no number, beside the edge: the zone or its neighbour"),
        pytest.param(metres(627_000, 4_429_000, size=1), None, 4528,
                     [(4548, False), (4549, False)],
                     id="no number: in the zone, or of the next one just across the edge"),
        pytest.param(metres(20_441_000, 4_429_000), None, 4548, [(4498, False)],
                     id="six degrees wide"),
        pytest.param(metres(441_000, 4_429_000), 4326, 4548, [(4548, False)],
                     id="metres that are called degrees"),
        pytest.param(Numbers(116.3, 39.9, 116.4, 40.0), 3857, 4548, [(4490, False)],
                     id="degrees that are called metres"),
        pytest.param(Numbers(39.9, 116.3, 40.0, 116.4), 4326, None, [(4326, True)],
                     id="the latitude first"),
        pytest.param(Numbers(116.3, 39.9, 116.4, 40.0), None, 2363, [(4490, False), (4610, False)],
                     id="degrees at a place on an old datum: two datums"),
        pytest.param(Numbers(1e12, 1e12, 1e12, 1e12), 4548, 4548, [], id="nowhere"),
        pytest.param(Numbers(5000, 6000, 7000, 8000), None, 4548, [], id="a local system"),
        pytest.param(Numbers(14.3, 50.0, 14.5, 50.1), None, 32633, [(4326, False)],
                     id="degrees elsewhere in the world"),
        pytest.param(metres(458_000, 5_550_000), None, 32633, [(32633, False)],
                     id="metres at a place in another country"),
    ],
)
def test_numbers_are_read_as_they_can_be_meant(span, stated, near, expected):
    stated, near = (None if code is None else CRS.from_epsg(code) for code in (stated, near))

    assert told(recognise.readings(span, stated=stated, near=near)) == expected


def test_without_a_place_metres_without_a_number_can_be_in_any_zone():
    found = recognise.readings(metres(441_000, 4_429_000))

    assert len(found) == 4 * 20  # four datums, 21 zones less those outside of China at 40 N
    assert {round(each.longitude - 0.32) % 3 for each in found} == {2}


@given(
    zone=st.sampled_from([zone for zone in china.codes().values() if zone.prefixed]),
    east=st.floats(-100_000, 100_000), north=st.floats(2_000_000, 5_900_000),
)
def test_a_number_in_front_is_always_read_as_its_zone(zone, east, north):
    at = zone.number * 1_000_000 + 500_000 + east
    area = china.crs_of(zone).area_of_use
    assume(area.south <= north / 111_200 <= area.north)

    found = recognise.readings(metres(at, north, size=1), near=china.crs_of(zone))

    assert china.crs_of(zone).to_epsg() in [code for code, _ in told(found)]
    assert all(abs(each.longitude - zone.meridian) < 2 for each in found)


def test_one_feature_far_off_does_not_change_how_all_are_read():
    shapes = np.array([box(0, 0, 1, 1)] * 500 + [shapely.Point(1e30, 1e30)], dtype=object)

    span = recognise.numbers(shapes)

    assert span == (*box(0, 0, 1, 1).bounds,)
    assert recognise.numbers(np.array([None, shapely.Point()], dtype=object)) is None


# --- the odd files ----------------------------------------------------------------------------

ODD = [
    ("no_prj.shp", [Issue.CRS_INFERRED]),
    ("no_prj_degrees.shp", [Issue.CRS_INFERRED]),
    ("no_crs.gpkg", [Issue.CRS_INFERRED]),
    ("wrong_prj_mercator.shp", [Issue.CRS_CONTRADICTED]),
    ("wrong_prj_wgs84.shp", [Issue.CRS_CONTRADICTED]),
    ("projected_no_crs.geojson", [Issue.CRS_CONTRADICTED]),
    ("cgcs2000_zone39_prefixed.shp", []),
    ("cgcs2000_zone39_prefixed_no_prj.shp", [Issue.CRS_INFERRED]),
    ("xy_swapped.shp", [Issue.AXES_SWAPPED]),
    ("latlon_swapped.geojson", [Issue.AXES_SWAPPED]),
    ("cgcs2000_geographic.gpkg", []),
    ("webmercator.gpkg", []),
    ("legacy_crs_projected.geojson", []),
]


def placed(frame, **stated):
    """Bring a frame into zone 39."""
    source = LayerSource(kind="roads", path="x", **stated)
    shapes, rows = georeference.shapes(
        frame, source, label="x", working=ZONE_39, transformations=()
    )
    return gpd.GeoSeries(shapes, crs=ZONE_39), [row["issue"] for row in rows]


@pytest.mark.parametrize(("name", "issues"), ODD)
def test_an_odd_file_ends_where_it_belongs_and_what_was_taken_is_told(real_data, name, issues):
    frame = pyogrio.read_dataframe(real_data / "odd" / "derived" / name)

    shapes, rows = placed(frame)

    assert rows == issues
    middle = shapes.to_crs(4326).union_all().centroid
    assert (middle.x, middle.y) == BEIJING


def test_a_wrong_zone_is_seen_by_how_far_it_lies_from_the_plots(real_data, site):
    shutil.copytree(real_data / "odd" / "derived", site.folder / "odd")
    site.entries.clear()
    site.head["crs"] = "EPSG:4548"
    site.entries["a"] = {"kind": "plots", "path": "odd/no_prj.shp", "crs": "EPSG:4548"}
    site.entries["b"] = {"kind": "buildings", "path": "odd/wrong_zone_120E.shp"}
    site.entries["c"] = {"kind": "villages", "path": "odd/xy_swapped.shp"}

    issues = vet.vet(catalog.place(site.catalog().folder)).issues

    far = issues[issues["issue"] == Issue.LAYER_FAR]
    assert far["layer"].tolist() == ["buildings"]
    assert far["value"].tolist() == ["255 km"]


def test_readings_that_remain_are_named_with_where_they_lie():
    frame = gpd.GeoDataFrame(geometry=[shapely.box(360_000, 4_400_000, 360_100, 4_400_100)])

    with pytest.raises(AmbiguousCRSError, match=r"2 ways: EPSG:4548 .* 115\.\d+°E; EPSG:4549"):
        placed(frame)


def test_axes_stated_against_the_numbers_are_an_error():
    frame = gpd.GeoDataFrame(geometry=[shapely.box(4_400_000, 441_000, 4_400_100, 441_100)])

    north_first, rows = placed(frame, crs="EPSG:4548", axes="north_east")
    assert north_first.total_bounds[0] == 441_000
    assert rows == []
    with pytest.raises(CRSError, match="fit the other order only"):
        placed(frame, crs="EPSG:4548", axes="east_north")


# --- between datums ---------------------------------------------------------------------------


def stated(method, **parameters):
    return Transformation(
        source_crs="EPSG:2363", target_crs="EPSG:4527", method=method, document="tests",
        **{"dx": 0.0, "dy": 0.0, **parameters},
    )


def moved(x, y, *transformations, source=2363, target=4527):
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(x, y)], crs=source)
    point = crs.to_crs(frame, CRS.from_epsg(target), transformations).geometry.iloc[0]
    return point.x, point.y


def test_between_old_datums_nothing_is_guessed_and_what_is_at_stake_is_told():
    with pytest.raises(CRSError, match=r"no published(.|\n)*\[\[transformation\]\]"):
        moved(39_441_000, 4_429_000)
    with pytest.raises(CRSError, match=r"move this place by \d+ to \d+ m"):
        moved(39_441_000, 4_429_000, source=2415)


def test_four_parameters_shift_turn_and_stretch_the_plane():
    quarter = 90 * 3600

    shifted = stated("plane4", dx=100.0, dy=-200.0)
    turned = stated("plane4", rotation=quarter, dx=39_941_000 + 0.0, dy=0.0)
    stretched = stated("plane4", scale=1.0)

    assert moved(39_441_000, 4_429_000, shifted) == pytest.approx((39_441_100, 4_428_800))
    x, y = 500_000.0, 4_429_000.0
    assert moved(x, y, turned) == pytest.approx((39_941_000 - y, x))
    assert moved(39_441_000, 4_429_000, stretched) == pytest.approx((39_441_039.441, 4_429_004.429))


def test_three_parameters_are_proj_s_geocentric_translation():
    parameters = stated("geocentric3", dx=10.0, dy=-20.0, dz=30.0)
    proj = Transformer.from_pipeline(
        "+proj=pipeline +step +inv +proj=tmerc +lon_0=117 +x_0=39500000 +a=6378140 +rf=298.257"
        " +step +proj=cart +a=6378140 +rf=298.257 +step +proj=helmert +x=10 +y=-20 +z=30"
        " +step +inv +proj=cart +ellps=GRS80 +step +proj=tmerc +lon_0=117 +x_0=39500000"
        " +ellps=GRS80"
    )

    assert moved(39_441_000, 4_429_000, parameters) == pytest.approx(
        proj.transform(39_441_000, 4_429_000, 0)[:2], abs=1e-3
    )


def test_seven_parameters_need_their_convention_and_the_two_are_each_other_s_mirror():
    turns = {"dz": 0.0, "rx": 1.0, "ry": -2.0, "rz": 3.0, "scale": 2.0}
    with pytest.raises(CRSError, match=r"do not say the sign(.|\n)*position_vector"):
        moved(39_441_000, 4_429_000, stated("geocentric7", **turns))

    vector = stated("geocentric7", convention="position_vector", **turns)
    mirrored = {**turns, "rx": -1.0, "ry": 2.0, "rz": -3.0}
    frame = stated("geocentric7", convention="coordinate_frame", **mirrored)

    assert moved(39_441_000, 4_429_000, vector) == pytest.approx(
        moved(39_441_000, 4_429_000, frame), abs=1e-6
    )


def test_stated_parameters_serve_every_crs_on_their_two_datums():
    shift = stated("plane4", dx=100.0, dy=-200.0)

    assert moved(441_000, 4_429_000, shift, source=2384, target=4548) == pytest.approx(
        (441_100, 4_428_800), abs=1e-4
    )
    assert datum.change(CRS.from_epsg(2415), CRS.from_epsg(4527), [shift]) is None


def test_a_catalog_states_transformations(site):
    site.layer("roads", [(box(0, 0, 9, 9).boundary, {"road_id": "r"})], crs="EPSG:2365")
    extra = (
        '[[transformation]]\nfrom = "EPSG:2365"\nto = "EPSG:4529"\nmethod = "plane4"\n'
        'dx = 7\ndy = 8\ndocument = "tests"'
    )
    place = catalog.place(site.catalog(extra).folder)

    roads = vet.vet(place).layers["roads"]

    assert roads.total_bounds[0] == box(0, 0, 9, 9).bounds[0] + 7


# --- the shifted coordinates of web maps ------------------------------------------------------

GCJ = [  # published test pairs of eviltransform: WGS 84, GCJ-02
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
BD = ((116.41661560068297, 39.92196580126834), (116.403988, 39.914266))
"""The published pair of gcoord: BD-09, WGS 84."""


def one(function, pair):
    x, y = function(np.array([pair[0]]), np.array([pair[1]]))
    return x[0], y[0]


@pytest.mark.parametrize(("true", "shifted"), GCJ)
def test_gcj_02_is_the_published_pairs_both_ways(true, shifted):
    assert one(offsets.to_gcj02, true) == pytest.approx(shifted, abs=1e-9)
    assert one(offsets.TO_WGS84["GCJ-02"], shifted) == pytest.approx(true, abs=1e-9)


def test_bd_09_is_the_published_pair_to_a_metre():
    shifted, true = BD

    found = one(offsets.TO_WGS84["BD-09"], shifted)

    assert Geod(ellps="WGS84").inv(*found, *true)[2] < 1


@given(st.floats(74, 134), st.floats(18, 53))
def test_the_inverse_of_the_shift_is_found_everywhere_in_china(longitude, latitude):
    shifted = one(offsets.to_gcj02, (longitude, latitude))

    assert one(offsets.TO_WGS84["GCJ-02"], shifted) == pytest.approx(
        (longitude, latitude), abs=1e-9
    )


@pytest.mark.parametrize("name", ["GCJ-02", "gcj02", "GCJ_02"])
def test_a_layer_in_gcj_02_is_moved_back_and_marked_unfit_to_submit(name):
    true, shifted = GCJ[2]
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(shifted)])

    shapes, rows = placed(frame, crs=name)

    assert rows == [Issue.CRS_SHIFTED]
    point = shapes.to_crs(4326).iloc[0]
    assert (point.x, point.y) == pytest.approx(true, abs=1e-8)


# --- a whole run ------------------------------------------------------------------------------


def test_layers_of_two_zones_end_in_the_one_that_the_place_states(site):
    edge = gpd.GeoSeries([shapely.box(121.499, 41.0, 121.501, 41.001)], crs=4490)
    halves = {4528: edge.to_crs(4528), 4529: edge.to_crs(4529)}  # zones 40 and 41 meet at 121.5 E
    for code, shapes in halves.items():
        site.layer("roads", [(shapes.iloc[0].boundary, {"road_id": str(code)})],
                   path=f"{code}.geojson", crs=f"EPSG:{code}")
    site.layer("plots", [site.plot("A", halves[4529].iloc[0])])

    roads = vet.vet(catalog.place(site.folder)).layers["roads"]

    assert roads.crs.to_epsg() == 4529
    assert shapely.hausdorff_distance(*roads.geometry) < 0.01


def test_a_boundary_txt_is_run_as_any_layer(site):
    from landtrack.app import convert

    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)), site.plot("B", box(200, 0, 300, 100))
    ])
    convert.carry_out(convert.plan(site.folder / "plots.geojson", site.folder / "地块.txt"))
    site.entries = {"a": {"kind": "plots", "path": "地块.txt", "fields": {"plot_id": "地块编号"}}}

    result = vet.vet(catalog.place(site.catalog().folder))

    assert result.layers["plots"].geometry.area.tolist() == pytest.approx([10_000, 10_000])
    assert list(result.layers["plots"].index) == ["A", "B"]
