"""Outlines are taken from a file as the one reader of files reads it, or refused in its words."""

import json
import zipfile

import geopandas as gpd
import pytest
import shapely
from builders import EAST, NORTH, Site, box
from click.testing import CliRunner

from landtrack.app import outlines
from landtrack.cli.main import main
from landtrack.ingest.formats.boundary import writing
from landtrack.model.errors import CRSError, SourceError

NOTCHED = shapely.Polygon([
    (EAST, NORTH), (EAST + 100.1234, NORTH), (EAST + 100, NORTH + 80), (EAST + 40, NORTH + 30),
    (EAST, NORTH + 80),
])
HOLED = box(200, 0, 300, 100).difference(box(220, 20, 240, 40))


@pytest.fixture
def place(tmp_path):
    site = Site(tmp_path / "park")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    return site.folder


def areas(crs=4529):
    made = gpd.GeoDataFrame(
        {"name": ["甲", "乙", "丙", None], "no": [7, 8, 9, 10], "size": [0.5, 1, 2, 3]},
        geometry=[
            NOTCHED, HOLED, shapely.MultiPolygon([box(0, 200, 10, 210), box(20, 200, 30, 210)]),
            shapely.LineString([(EAST, NORTH), (EAST + 9, NORTH)]),
        ], crs=4529,
    )
    return made.to_crs(crs)


def shapefile(folder):
    only = areas().iloc[:3]
    only.to_file(folder / "a.shp", encoding="utf-8")
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        for each in folder.glob("a.*"):
            if each.suffix != ".zip":
                archive.write(each, each.name)
    return folder / "a.zip"


def geojson(folder):
    areas(4326).to_file(folder / "a.geojson", driver="GeoJSON", COORDINATE_PRECISION=10)
    return folder / "a.geojson"


def geopackage(folder):
    areas(4490).iloc[:3].to_file(folder / "a.gpkg", layer="a")
    return folder / "a.gpkg"


def kml(folder):
    ring = " ".join(f"{x:.11f},{y:.11f}" for x, y in
                    areas(4326).geometry.iloc[0].exterior.coords)
    (folder / "a.kml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        "<Document><Placemark><name>甲</name><Polygon><outerBoundaryIs><LinearRing><coordinates>"
        f"{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark></Document>"
        "</kml>", encoding="utf-8",
    )
    return folder / "a.kml"


def boundary_txt(folder):
    frame = areas().iloc[:1].rename(columns={"name": "地块名称"})[["地块名称", "geometry"]]
    writing.write(frame, folder / "a.txt")
    return folder / "a.txt"


def dxf(folder, shift=(0, 0)):
    import ezdxf

    corners = [(x - shift[0], y - shift[1]) for x, y in list(NOTCHED.exterior.coords)[:-1]]

    drawing = ezdxf.new()
    drawing.header["$INSUNITS"] = 6
    drawing.modelspace().add_lwpolyline(corners, close=True)
    drawing.saveas(folder / "a.dxf")
    return folder / "a.dxf"


FORMATS = {each.__name__: each for each in (shapefile, geojson, geopackage, kml, boundary_txt, dxf)}


@pytest.mark.parametrize("made", FORMATS.values(), ids=FORMATS)
def test_the_corners_of_a_file_come_in_the_working_crs_of_the_place(place, tmp_path, made):
    found = outlines.of(made(tmp_path), place)

    assert found.crs == "EPSG:4529"
    [first] = [each for each in found.outlines if each.corners == 5 and not each.holes]
    own = shapely.Polygon(first.ring)
    assert own.normalize().equals_exact(NOTCHED.normalize(), 0.0012)  # whole millimetres
    assert first.area_m2 == pytest.approx(NOTCHED.area, abs=0.3)
    assert all(round(value, 3) == value for corner in first.ring for value in corner)


def test_what_cannot_be_a_trial_plot_is_named_without_its_corners(place, tmp_path):
    found = outlines.of(geojson(tmp_path), place)

    assert [(each.name, each.holes, bool(each.ring)) for each in found.outlines] == [
        ("a · 1 · 甲 · 7", 0, True), ("a · 2 · 乙 · 8", 1, False),
        ("a · 3.1 · 丙 · 9", 0, True), ("a · 3.2 · 丙 · 9", 0, True),
    ]
    assert found.others == 1
    assert found.outlines[1].area_m2 == pytest.approx(HOLED.area, abs=0.01)


def test_of_many_the_first_are_listed_and_the_others_counted(place, tmp_path, monkeypatch):
    monkeypatch.setattr(outlines, "MOST", 3)
    found = outlines.of(geojson(tmp_path), place)
    assert (len(found.outlines), found.more) == (3, 1)

    monkeypatch.setattr(outlines, "MOST_CORNERS", 4)
    assert outlines.of(geojson(tmp_path), place).outlines[0].ring == []


def test_where_coordinates_mean_nothing_the_reader_says_so_and_who_knows_says_what(
    place, tmp_path
):
    with pytest.raises(CRSError):
        outlines.of(dxf(tmp_path, shift=(EAST, NORTH)), place)

    found = outlines.of(dxf(tmp_path, shift=(41e6, 0)), place, from_crs="EPSG:4550")
    own = shapely.Polygon(found.outlines[0].ring)
    assert own.normalize().equals_exact(NOTCHED.normalize(), 0.0012)


@pytest.mark.parametrize(("name", "data", "said"), [
    ("a.geojson", b"{", "a.geojson"), ("a.zip", b"PK", "a.zip"), ("a.docx", b"x", "a.docx"),
    ("a.geojson", json.dumps({"type": "FeatureCollection", "features": [{
        "type": "Feature", "properties": {}, "geometry": {
            "type": "Point", "coordinates": [122.8, 41.0]}}]}).encode(), "no area"),
])
def test_a_file_without_an_outline_is_refused_in_words(place, tmp_path, name, data, said):
    (tmp_path / name).write_bytes(data)
    with pytest.raises(SourceError, match=said):
        outlines.of(tmp_path / name, place)


def test_the_command_writes_them_as_json_whole_or_not_at_all(place, tmp_path):
    save = tmp_path / "found.json"
    typed = ["outlines", str(geojson(tmp_path)), f"--place={place}", f"--save={save}"]

    told = CliRunner().invoke(main, [*typed, "--lang=en"])

    assert told.exit_code == 0, told.output
    assert "4 outlines of a.geojson" in told.output
    held = json.loads(save.read_text(encoding="utf-8"))
    assert set(held) == {"crs", "outlines", "more", "others"}
    assert set(held["outlines"][0]) == {"name", "corners", "holes", "area_m2", "ring"}
    (tmp_path / "a.geojson").write_bytes(b"{")
    before = save.read_bytes()
    assert CliRunner().invoke(main, typed).exit_code == 2
    assert save.read_bytes() == before
