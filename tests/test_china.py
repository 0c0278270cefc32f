"""The zones of China's datums: every code against PROJ's copy of EPSG's register."""

import re

import pytest
from pyproj import CRS
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from landtrack.model.errors import CRSError
from landtrack.spatial.crs import china
from landtrack.spatial.crs.china import Zone

NAMED = re.compile(
    r"(CGCS2000|Xian 1980|Beijing 1954|New Beijing) / (3-degree )?Gauss-Kruger (zone|CM) (\d+)"
)
IDS = {
    "CGCS2000": "cgcs2000", "Xian 1980": "xian1980", "Beijing 1954": "beijing1954",
    "New Beijing": "new_beijing",
}


def registered():
    found = {}
    for info in query_crs_info("EPSG", PJType.PROJECTED_CRS):
        if match := NAMED.match(info.name):
            datum, three, kind, number = match.groups()
            width = 3 if three else 6
            zone = int(number)
            if kind == "CM":
                zone = zone // 3 if width == 3 else (zone + 3) // 6
            found[int(info.code)] = Zone(IDS[datum], width, zone, kind == "zone")
    return found


def test_every_zone_is_numbered_as_in_the_register():
    assert len(registered()) == 256
    assert china.codes() == registered()


@pytest.mark.parametrize("datum", ["cgcs2000", "xian1980", "beijing1954", "new_beijing"])
def test_a_crs_tells_its_datum_and_zone(datum):
    zone = Zone(datum, 3, 39, prefixed=True)

    crs = china.crs_of(zone)

    assert china.zone_of(crs) == zone
    assert china.datum_of(crs) == datum
    assert china.datum_of(china.geographic(datum)) == datum
    assert crs.coordinate_operation.params[1].value == zone.meridian == 117
    assert china.zone_of(CRS.from_wkt(crs.to_wkt("WKT1_ESRI"))) == zone


def test_other_crs_are_of_no_datum_of_china():
    assert china.zone_of(CRS.from_epsg(32633)) is None
    assert china.datum_of(CRS.from_epsg(4326)) is None


def test_a_zone_that_is_not_there_names_those_that_are():
    with pytest.raises(CRSError, match="from 25 to 45"):
        china.crs_of(Zone("cgcs2000", 3, 50, prefixed=True))


@pytest.mark.parametrize(
    ("written", "datum"),
    [
        ("2000国家大地坐标系", "cgcs2000"),
        ("CGCS_2000", "cgcs2000"),
        ("80国家大地坐标系", "xian1980"),
        ("1980西安坐标系", "xian1980"),
        ("西安80", "xian1980"),
        ("北京54", "beijing1954"),
        ("新1954年北京坐标系", "new_beijing"),
        ("独立坐标系", None),
        ("", None),
    ],
)
def test_a_datum_is_known_by_the_names_that_files_use(written, datum):
    assert china.datum_named(written) == datum


@pytest.mark.parametrize(
    ("easting", "number", "width"),
    [
        (39_547_228.49, 39, 3),
        (20_500_000, 20, 6),
        (547_228.49, None, None),
        (46_500_000, None, None),
    ],
)
def test_the_zone_is_read_off_the_easting(easting, number, width):
    assert china.prefix(easting) == number
    assert number is None or china.width_of(number) == width
