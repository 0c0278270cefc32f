"""File geodatabases, FlatGeobuf, GML and GPX: whole and rightly, or what is missing is told."""

import contextlib
import json
import shutil
import struct

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from builders import EAST, NORTH, box
from hypothesis import HealthCheck, Phase, given, settings, strategies as st

from landtrack.ingest.formats import files, surfaces
from landtrack.ingest.formats.base import Note
from landtrack.model import Issue
from landtrack.model.errors import SourceError

pytestmark = pytest.mark.filterwarnings("ignore:.*(will be written as|adjusted to):UserWarning")
"""What pyogrio remarks while the files of these tests are written."""

TWO = shapely.MultiPolygon([box(0, 0, 1, 1)]), shapely.MultiPolygon([box(2, 0, 3, 1),
                                                                     box(4, 0, 5, 1)])


def plots(*shapes, crs="EPSG:4529", **columns):
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs)


@pytest.fixture
def geodatabase(tmp_path):
    """A file geodatabase with areas, points, an empty layer and a table."""
    path = tmp_path / "惠州园区.gdb"
    areas = plots(*TWO, 地块编号=["A-1", "乙"], 面积=[1.5, None],
                  日期=pd.to_datetime(["2006-05-31", None]))
    points = plots(shapely.Point(EAST, NORTH), 点号=["J1"])
    for frame, layer, kind in (
        (areas, "征地地块", "MultiPolygon"), (points, "界址点", "Point"),
        (areas.iloc[:0], "空图层", "MultiPolygon"),
    ):
        pyogrio.write_dataframe(
            frame, path, layer=layer, driver="OpenFileGDB", geometry_type=kind
        )
    table = pd.DataFrame({"项目": [f"项目{n}" for n in range(50)]})
    pyogrio.write_dataframe(table, path, layer="台账", driver="OpenFileGDB")
    return path


@pytest.mark.parametrize("packed", [None, "园区.gdb.zip", "资料.zip", "平铺.gdb.zip"])
def test_a_geodatabase_is_read_as_a_folder_and_zipped(tmp_path, geodatabase, packed):
    path = geodatabase
    if packed:
        root, folder = (geodatabase, ".") if "平铺" in packed else (tmp_path, geodatabase.name)
        made = shutil.make_archive(str(tmp_path / "made"), "zip", root, folder)
        path = tmp_path / packed
        shutil.move(made, path)

    names = files.layer_names(path)
    areas = files.read(path, layer="征地地块")

    assert {"征地地块", "界址点", "空图层", "台账"} <= set(names)
    assert areas.frame["地块编号"].tolist() == ["A-1", "乙"]
    assert areas.frame.geometry.area.tolist() == pytest.approx([1, 2], rel=1e-3)
    assert areas.frame.crs.to_epsg() == 4529
    assert areas.frame["日期"].dt.year.tolist()[0] == 2006
    assert areas.notes == []


def test_a_table_of_a_geodatabase_is_rows_without_geometry(geodatabase):
    contents = files.read(geodatabase, layer="台账")

    assert (len(contents.frame), contents.frame.geometry.notna().sum()) == (50, 0)


def test_an_empty_layer_is_empty_and_has_its_columns(geodatabase):
    contents = files.read(geodatabase, layer="空图层")

    assert (len(contents.frame), contents.notes) == (0, [])
    assert "地块编号" in contents.frame.columns


def test_a_geodatabase_whose_folder_was_renamed_is_refused_with_the_name(tmp_path, geodatabase):
    shutil.move(geodatabase, tmp_path / "改名")

    with pytest.raises(SourceError, match=r"(?s)geodatabase.*Mend: Rename the folder to 改名\.gdb"):
        files.layer_names(tmp_path / "改名")


@pytest.mark.parametrize("name", ["空.gdb", "文件夹"])
def test_a_folder_that_is_no_geodatabase_is_refused(tmp_path, name):
    (tmp_path / name).mkdir()

    with pytest.raises(SourceError, match=r"(?s)cannot be opened.*Mend: "):
        files.layer_names(tmp_path / name)


def test_a_geodatabase_that_is_cut_off_does_not_lose_rows_unsaid(geodatabase):
    table = max(geodatabase.glob("a*.gdbtable"), key=lambda path: path.name)
    table.write_bytes(table.read_bytes()[:-20])

    contents = files.read(geodatabase, layer="台账")

    assert Note(Issue.FEATURES_LACKING, f"{len(contents.frame)} / 50") in contents.notes
    assert len(contents.frame) < 50


def test_the_odd_geodatabase_has_37_layers_and_each_is_read(real_data):
    path = real_data / "odd" / "fiona" / "testopenfilegdb.gdb.zip"
    names = files.layer_names(path)

    assert len(names) == 37
    sizes = {name: len(files.read(path, layer=name).frame) for name in names}
    assert {"none": 6, "polygon": 5, "big_layer": 341, "no_field": 0}.items() <= sizes.items()


@pytest.mark.parametrize(
    ("suffix", "driver"), [(".fgb", "FlatGeobuf"), (".gml", "GML"), (".gpkg", "GPKG")]
)
def test_chinese_names_and_mixed_shapes_come_in(tmp_path, suffix, driver):
    path = tmp_path / f"征地{suffix}"
    shapes = [box(0, 0, 1, 1), shapely.Point(EAST, NORTH),
              shapely.LineString([(EAST, NORTH), (EAST + 3, NORTH + 4)])]
    options = {"SPATIAL_INDEX": "NO"} if driver == "FlatGeobuf" else {}
    pyogrio.write_dataframe(
        plots(*shapes, 名称=["面", "点", "线"]), path, driver=driver, layer="征地", **options
    )

    contents = files.read(path)

    assert files.layer_names(path) == ["征地"]
    assert contents.frame["名称"].tolist() == ["面", "点", "线"]
    assert contents.frame.geom_type.tolist() == ["Polygon", "Point", "LineString"]
    assert contents.frame.crs.to_epsg() == 4529
    assert contents.frame.index.tolist() == [1, 2, 3]


@pytest.mark.parametrize("suffix", [".fgb", ".gml"])
@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_file_that_is_cut_off_is_never_passed_as_whole(tmp_path, suffix, share):
    path = tmp_path / f"o{suffix}"
    driver = {".fgb": "FlatGeobuf", ".gml": "GML"}[suffix]
    frame = plots(*(box(n, 0, n + 1, 1) for n in range(40)), 号=[str(n) for n in range(40)])
    pyogrio.write_dataframe(frame, path, driver=driver)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])

    with contextlib.suppress(SourceError):
        contents = files.read(path)
        assert contents.notes or contents.bad or len(contents.frame) == 40


GML = """<?xml version="1.0"?>{doctype}<wfs:FeatureCollection
 xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml/3.2"
 xmlns:a="http://a"><gml:featureMember><a:plot gml:id="p1"><a:geom>
 <gml:Polygon srsName="urn:ogc:def:crs:EPSG::4529" gml:id="g"><gml:exterior><gml:LinearRing>
 <gml:posList>4545000 41487000 4545100 41487000 4545100 41487100 4545000 41487000</gml:posList>
 </gml:LinearRing></gml:exterior></gml:Polygon></a:geom><a:no>{text}</a:no></a:plot>
 </gml:featureMember></wfs:FeatureCollection>"""


def test_gml_in_the_order_of_its_crs_comes_in_easting_first(tmp_path):
    path = tmp_path / "wfs.xml"
    path.write_text(GML.format(doctype="", text="1"))

    assert files.read(path).frame.geometry[1].bounds == (41487000, 4545000, 41487100, 4545100)


GPX = (
    '<?xml version="1.0"?>{doctype}<gpx version="1.1" creator="x" '
    'xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="22.7" lon="114.1"><name>{text}</name>'
    "</wpt></gpx>"
)


def test_gpx_has_its_layers_and_longitude_first(tmp_path):
    path = tmp_path / "点.gpx"
    path.write_text(GPX.format(doctype="", text="界址点1"), encoding="utf-8")

    contents = files.read(path, layer="waypoints")

    assert "tracks" in files.layer_names(path)
    assert contents.frame["name"].tolist() == ["界址点1"]
    assert contents.frame.geometry[1] == shapely.Point(114.1, 22.7)


@pytest.mark.parametrize("template", [GML, GPX])
@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "aaa"><!ENTITY e "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
    ],
)
def test_xml_with_a_document_type_is_refused(tmp_path, template, doctype):
    path = tmp_path / ("o.gml" if template is GML else "o.gpx")
    path.write_text(template.format(doctype=doctype, text="&e;"))

    with pytest.raises(SourceError, match=r"(?s)DOCTYPE.*Mend: Do not use"):
        files.read(path)


@settings(
    max_examples=60, deadline=None, phases=[Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
@pytest.mark.parametrize("suffix", [".fgb", ".gml", ".gpx", ".gpkg"])
def test_a_mutated_file_is_read_or_refused(tmp_path, suffix, data):
    good = tmp_path / f"good{suffix}"
    if not good.exists() and suffix == ".gpx":
        good.write_text(GPX.format(doctype="", text="点"), encoding="utf-8")
    elif not good.exists():
        driver = {".fgb": "FlatGeobuf", ".gml": "GML", ".gpkg": "GPKG"}[suffix]
        pyogrio.write_dataframe(plots(*TWO, 名=["甲", "乙"]), good, driver=driver, layer="层")
    raw = good.read_bytes()
    at = data.draw(st.integers(0, len(raw)))
    until = data.draw(st.integers(at, min(at + 16, len(raw))))
    path = tmp_path / f"mutated{suffix}"
    path.write_bytes(raw[:at] + data.draw(st.binary(max_size=16)) + raw[until:])

    with contextlib.suppress(SourceError):
        for name in files.layer_names(path):
            files.read(path, layer=name)


def test_a_topojson_keeps_its_layers_apart_its_days_as_written_and_states_no_crs(tmp_path):
    def held(key, day):
        return {"type": "GeometryCollection", "geometries": [
            {"type": "Polygon", "arcs": [[0]], "properties": {"plot_id": key, "on": day}},
        ]}

    (tmp_path / "a.topojson").write_text(json.dumps({
        "type": "Topology", "arcs": [[[116, 40], [117, 40], [117, 41], [116, 40]]],
        "objects": {"plots": held("A", "2006-02-30"), "parcels": held("P", "2006-05-30T16:00:00Z")},
    }), encoding="utf-8")

    read = {name: files.read(tmp_path / "a.topojson", layer=name) for name in ("plots", "parcels")}

    assert [each.frame["plot_id"].tolist() for each in read.values()] == [["A"], ["P"]]
    assert [each.frame["on"].tolist() for each in read.values()] == [
        ["2006-02-30"], ["2006-05-30T16:00:00Z"]
    ]
    assert {each.frame.crs for each in read.values()} == {None}
    assert [note for each in read.values() for note in each.notes] == []


TRIANGLE = [(0, 0, 5), (4, 0, 5), (0, 3, 5), (0, 0, 5)]


def patches(kind, patch, flag):
    """Write one triangle as WKB of a surface: by ISO (1000 more is Z) or with the flag of EWKB."""
    add = 0x80000000 if flag else 1000
    ring = struct.pack("<II", 1, 4) + b"".join(struct.pack("<3d", *each) for each in TRIANGLE)
    return struct.pack("<BII", 1, kind + add, 1) + struct.pack("<BI", 1, patch + add) + ring


@pytest.mark.parametrize("flag", [False, True], ids=["ISO", "EWKB"])
@pytest.mark.parametrize(("kind", "patch"), [(15, 3), (16, 17), (16, 3)])
def test_a_surface_of_patches_is_its_polygons(kind, patch, flag):
    wkb = patches(kind, patch, flag)

    shape = shapely.from_wkb(surfaces.as_polygons(wkb))

    assert shape.geom_type == "MultiPolygon"
    assert shape.area == 6
    with pytest.raises(ValueError, match="too early"):
        surfaces.as_polygons(wkb[:-1 - 8 * 12])


@pytest.mark.parametrize("shape", [
    shapely.Point(1, 2), shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)]),
    shapely.GeometryCollection([shapely.MultiPoint([(0, 0), (1, 1)]), shapely.box(0, 0, 2, 2)]),
])
def test_what_is_no_surface_stays_as_it_is(shape):
    assert surfaces.as_polygons(shape.wkb) == shape.wkb
