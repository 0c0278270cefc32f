"""What a file is, and all that is wrong with it, is told without changing a byte of it."""

import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from builders import CRS, box, line
from click.testing import CliRunner

from landtrack.cli.main import main
from landtrack.ingest import profile
from landtrack.model import catalog, translations
from landtrack.model.errors import SourceError
from landtrack.output.reports import document, inspection
from landtrack.spatial import crs as crs_module

EN, ZH = translations.load("en"), translations.load("zh")


@pytest.fixture
def look(tmp_path):
    """Write shapes as GeoPackage and look at them."""

    def run(shapes, *, crs=CRS, near=None, gaps=False, **columns):
        path = tmp_path / "a.parquet"
        columns = columns or {"编号": [str(at) for at in range(len(shapes))]}
        gpd.GeoDataFrame(columns, geometry=shapes, crs=crs).to_parquet(path)
        near = None if near is None else crs_module.parse(near, what="tests")
        return profile.look(path, near=near, gaps=gaps)

    return run


def text_of(seen, words):
    return document.to_text(inspection.report([seen], words), words)


def found(seen):
    """List the issues of the only layer: kind, feature, value."""
    (layer,) = seen.layers
    return layer.issues[["issue", "feature_id", "value"]].to_numpy().tolist()


def test_a_layer_without_fault_is_described(look):
    seen = look([box(0, 0, 10, 10), box(20, 0, 30, 10)], 名称=["甲", None], n=[1, 2], x=[0.5, 1.5])

    (layer,) = seen.layers
    assert seen.format == "GeoParquet"
    assert (layer.read, layer.unreadable, layer.kinds) == (2, 0, {"Polygon": 2})
    assert [(each.name, each.type, each.filled, each.example) for each in layer.fields] == [
        ("名称", "text", 1, "甲"), ("n", "integer", 2, "1"), ("x", "number", 2, "0.5")
    ]
    assert layer.crs_stated.startswith("EPSG:4529")
    assert layer.span == (*box(0, 0, 30, 10).bounds,)
    assert layer.ground == pytest.approx((122.8451, 41.0398, 122.8455, 41.0399), abs=1e-3)
    assert layer.issues.empty
    assert "no problem found" in text_of(seen, EN)
    assert "未发现问题" in text_of(seen, ZH)


def test_each_fault_names_its_feature_and_shows_where(look):
    bowtie = shapely.Polygon(box(0, 0, 9, 9).exterior.coords).exterior.coords
    bowtie = shapely.Polygon([bowtie[0], bowtie[2], bowtie[1], bowtie[3]])
    shapes = [box(0, 0, 10, 10), box(9, 0, 20, 10), None, bowtie, box(30, 0, 40, 10),
              box(30, 0, 40, 10), box(40.5, 0, 50, 10)]

    seen = look(shapes, gaps=True)

    assert found(seen) == [
        ["geometry_missing", "3", ""],
        ["geometry_repaired", "4", "+40.500 m²"],
        ["shape_duplicate", "6", "5"],
        ["features_overlap", "2", "1: 10.00 m²"],
        ["features_overlap", "4", "1: 40.50 m²"],
        ["features_overlap", "6", "5: 100.00 m²"],
        ["features_gap", "", "5.00 m²"],
    ]
    marks = seen.layers[0].marks
    assert marks["role"].tolist() == [
        "original", "repaired", "duplicate", "overlap", "overlap", "overlap", "gap"
    ]
    assert seen.layers[0].kinds == {"Polygon": 6, "missing": 1}


@pytest.mark.parametrize(
    ("crs", "near", "readings", "issue"),
    [
        (CRS, None, [4529], []),
        (None, None, [4529, 2365, 2417, 4777], ["crs_ambiguous"]),
        (None, CRS, [4529], ["crs_inferred"]),
        ("EPSG:3857", CRS, [4529], ["crs_contradicted"]),
    ],
)
def test_the_crs_is_stated_or_read_off_the_numbers_with_the_other_readings(
    look, crs, near, readings, issue
):
    seen = look([box(0, 0, 10, 10)], crs=crs, near=near)

    (layer,) = seen.layers
    assert [each.crs for each in layer.readings] == [f"EPSG:{code}" for code in readings]
    assert layer.issues["issue"].tolist() == issue
    assert (layer.ground is not None) == (len(readings) == 1)
    said = text_of(seen, EN)
    assert all(f"EPSG:{code}" in said for code in readings)


def test_degrees_are_judged_in_metres(look):
    square = shapely.box(122.8, 41.0, 122.81, 41.01)

    seen = look([square, square], crs="EPSG:4490")

    assert [row[0] for row in found(seen)] == ["shape_duplicate", "features_overlap"]
    assert seen.layers[0].marks.crs.to_epsg() == 4529


def test_lines_and_points_are_counted_and_not_judged_as_land(look):
    seen = look([line((0, 0), (9, 9)), line((0, 0), (9, 9))])

    assert found(seen) == []
    assert seen.layers[0].kinds == {"LineString": 2}


def test_an_empty_layer_is_told(look):
    assert found(look([], 编号=np.array([], dtype=str))) == [["layer_empty", "", ""]]


def test_a_ledger_is_a_table(tmp_path):
    path = tmp_path / "台账.csv"
    path.write_bytes("项目编号,用地面积（亩）\nA,15\nB,\n".encode("gb18030"))

    (layer,) = profile.look(path).layers

    assert (layer.read, layer.kinds) == (2, {})
    assert [(each.name, each.filled) for each in layer.fields] == [
        ("项目编号", 2), ("用地面积（亩）", 1)
    ]
    assert layer.issues.empty


def test_a_file_that_cannot_be_read_says_why_and_what_to_do(tmp_path):
    path = tmp_path / "plan.dwg"
    path.write_bytes(b"AC1015")

    seen = profile.look(path)

    assert seen.layers == ()
    assert "AC1015" in seen.cause
    assert "DXF" in seen.mend
    assert "Save it as DXF" in text_of(seen, EN)


def test_json_holds_everything_but_the_shapes(look):
    seen = look([box(0, 0, 10, 10), box(9, 0, 20, 10)])

    (file,) = json.loads(inspection.to_json([seen], EN))

    (layer,) = file["layers"]
    assert layer["issues"][0]["issue"] == "features_overlap"
    assert layer["issues"][0]["mend"].startswith("The feature overlaps 1")
    assert layer["readings"][0]["crs"] == CRS
    assert "shapes" not in layer


def test_the_page_marks_what_is_bad_and_escapes_every_value(look):
    hostile = "</td><script>alert(1)</script>"

    seen = look([box(0, 0, 10, 10), box(9, 0, 20, 10)], **{
        hostile: [hostile, '"><img onerror=x>']
    })
    page = document.to_html(inspection.report([seen], ZH), ZH)

    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert page.count('class="ring"') == 1
    assert "http" not in page.replace("http-equiv", "")


def test_a_folder_is_looked_through_and_left_as_it_was(tmp_path):
    for name in ("a.parquet", "子目录/b.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs=CRS).to_parquet(tmp_path / name)
    (tmp_path / "readme.md").write_text("hello")
    (tmp_path / "~$open.xlsx").write_text("lock")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}

    done = CliRunner().invoke(main, ["inspect", str(tmp_path), "--json"])

    assert done.exit_code == 0
    assert [file["path"] for file in json.loads(done.output)] == [
        str(tmp_path / "a.parquet"), str(tmp_path / "子目录" / "b.parquet")
    ]
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    with pytest.raises(SourceError, match="is not there"):
        profile.paths(tmp_path / "none")


def test_the_command_says_by_its_status_whether_something_is_wrong(real_data, tmp_path):
    odd = real_data / "odd" / "derived"
    page = tmp_path / "page.html"

    fine = CliRunner().invoke(main, ["inspect", str(odd / "cpg_936.shp")])
    wrong = CliRunner().invoke(main, ["inspect", str(odd / "nan_inf.gpkg"), "--html", str(page)])

    assert fine.exit_code == 0
    assert "gb18030 by the bytes (the file states gb18030)" in fine.output
    assert wrong.exit_code == 1
    assert 'class="status error"' in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_handbook_shows_what_inspect_says_of_five_odd_files(real_data, monkeypatch, lang):
    monkeypatch.chdir(real_data / "odd" / "derived")
    page = (catalog.SHIPPED / "docs" / lang / "formats.md").read_text(encoding="utf-8")

    for name in ("gbk_cpg_says_utf8.shp", "wrong_prj_wgs84.shp", "xy_swapped.shp",
                 "boundary_utf8_lf_bad.txt", "truncated.geojson"):
        said = CliRunner().invoke(main, ["inspect", name, "--near", "EPSG:4527", "--lang", lang])
        assert said.stdout.strip() in page, name
