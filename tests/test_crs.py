"""Areas are measured where they are true; points move by published transformations only."""

import numpy as np
import pytest
import shapely
from builders import box, frame
from pyproj import CRS, Transformer
from pyproj.aoi import AreaOfInterest
from pyproj.database import query_utm_crs_info

from landtrack.model.errors import CRSError
from landtrack.spatial import crs


@pytest.mark.parametrize(
    ("code", "fit"),
    [
        (4529, True),  # CGCS2000 3-degree zone 41
        (2056, True),  # oblique Mercator of Switzerland, in metres
        (5514, True),  # Krovak
        (32633, True),  # transverse Mercator: a UTM zone
        (3857, False),  # Web Mercator
        (3395, False),  # World Mercator
        (4326, False),  # degrees
        (4490, False),
        (2263, False),  # US survey feet
    ],
)
def test_areas_are_measured_in_true_metres_only(code, fit):
    assert crs.is_metric(CRS.from_epsg(code)) is fit
    if not fit:
        with pytest.raises(CRSError, match="areas and lengths measured there are wrong"):
            crs.require_metric(CRS.from_epsg(code), what="plots")


@pytest.mark.parametrize(
    ("longitude", "latitude", "first"),
    [
        (122.85, 41.05, "EPSG:4529"),
        (121.5, 31.2, "EPSG:4528"),  # on the line between zones 40 and 41: 40.5 rounds to even
        (75.0, 39.5, "EPSG:4513"),
        (14.4, 50.1, "EPSG:32633"),
        (-71.1, 42.4, "EPSG:32619"),
    ],
)
def test_a_fit_crs_is_named_for_any_place(longitude, latitude, first):
    assert crs.suggest(longitude, latitude)[0] == first


@pytest.mark.parametrize("place", [(14.4, 50.1), (6, 0), (180, -33), (-71.1, 84.5)])
def test_the_utm_zone_is_the_one_that_proj_names_for_the_place(place):
    area = AreaOfInterest(*place, *place)
    named = query_utm_crs_info(datum_name="WGS 84", area_of_interest=area)

    assert crs.suggest(*place)[-1:] == tuple(f"EPSG:{each.code}" for each in named[:1])


def test_a_missing_crs_is_told_with_its_mend():
    with pytest.raises(CRSError, match=r"has no coordinate reference system(.|\n)*State it"):
        crs.require_metric(None, what="plots")


def test_nonsense_for_a_crs_is_told_with_its_mend():
    with pytest.raises(CRSError, match=r"'zone 41' is no coordinate(.|\n)*EPSG:4529"):
        crs.parse("zone 41", what="[place] crs")


PLACES = ((122.85, 41.05), (121.6, 31.2), (87.6, 43.8), (110.3, 20.0))
"""Longitude and latitude of places in all corners of the land."""


@pytest.mark.parametrize(("east", "north"), PLACES)
def test_cgcs2000_and_wgs84_are_the_same_to_a_tenth_of_a_millimetre(east, north):
    cgcs2000, wgs84, zone = (CRS.from_epsg(code) for code in (4490, 4326, 4529))
    tenth_of_a_millimetre = 1e-9  # of a degree
    # the projection by itself, on the ellipsoid of CGCS2000 and without any change of datum
    plane = Transformer.from_crs(cgcs2000, zone, always_xy=True).transform(east, north)

    there = crs.transformer(cgcs2000, wgs84).transform(east, north)
    assert there == pytest.approx((east, north), abs=tenth_of_a_millimetre, rel=0)
    assert crs.transformer(wgs84, zone).transform(east, north) == pytest.approx(
        plane, abs=1e-4, rel=0
    )
    assert crs.transformer(zone, wgs84).transform(*plane) == pytest.approx(
        (east, north), abs=tenth_of_a_millimetre, rel=0
    )


@pytest.mark.parametrize("pair", [(4214, 4490), (2365, 4529), (2365, 4326), (2437, 2365)])
def test_between_chinas_old_and_new_datums_nothing_is_guessed(pair):
    with pytest.raises(CRSError, match=r"no published transformation(.|\n)*Ask the surveyor"):
        crs.transformer(*(CRS.from_epsg(code) for code in pair))


def test_easting_comes_first_whatever_the_authority_says():
    east, north = crs.transformer(CRS.from_epsg(4326), CRS.from_epsg(4529)).transform(122.85, 41.05)

    assert 41_480_000 < east < 41_490_000
    assert 4_540_000 < north < 4_550_000


def test_the_same_points_come_out_as_with_geopandas():
    plots = frame("plots", {"A": box(0, 0, 100, 100)})
    swiss = shapely.transform(
        plots.geometry.to_numpy(), lambda xy: xy - [41_487_000 - 2_757_000, 4_545_000 - 1_223_000]
    )
    moved = plots.set_geometry(swiss).set_crs("EPSG:2056", allow_override=True)

    ours = crs.to_crs(moved, CRS.from_epsg(4326)).geometry
    theirs = moved.to_crs(4326).geometry

    assert shapely.equals_exact(ours.to_numpy(), theirs.to_numpy(), tolerance=1e-12).all()


def test_points_beyond_a_projection_come_out_infinite_and_do_not_stop_it():
    far = frame("substations", {"s": shapely.Point(0, 95)}).set_crs(4326, allow_override=True)

    assert np.isinf(crs.to_crs(far, CRS.from_epsg(4529)).total_bounds).all()


def test_a_frame_without_a_crs_cannot_be_moved():
    lost = frame("plots", {"A": box(0, 0, 1, 1)}).set_crs(None, allow_override=True)

    with pytest.raises(CRSError, match="Declare it"):
        crs.to_crs(lost, CRS.from_epsg(4529))


def test_holes_count_against_the_ellipsoidal_area_however_they_are_wound():
    holed = box(0, 0, 100, 100).difference(box(10, 10, 20, 20))
    shapes = frame("plots", {"A": holed, "B": shapely.reverse(holed)}).geometry

    assert crs.ellipsoidal_area(shapes) == pytest.approx([9900, 9900], rel=1e-5)


def test_ellipsoidal_areas_agree_with_an_equal_area_projection():
    shapes = frame("plots", {"A": box(0, 0, 1000, 1000)})
    equal = Transformer.from_crs(4529, "+proj=laea +lat_0=41 +lon_0=122.8", always_xy=True)
    flat = shapely.transform(
        shapely.segmentize(shapes.geometry.to_numpy(), 10), equal.transform, interleaved=False
    )

    assert crs.ellipsoidal_area(shapes.geometry) == pytest.approx(shapely.area(flat), rel=1e-7)
