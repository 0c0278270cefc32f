"""A folder of files gets a drafted catalog that runs, with every guess marked."""

import bz2
import gzip
import re
import tomllib
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely
from builders import CRS, box, line
from click.testing import CliRunner

from landtrack.app import draft_catalog, vet
from landtrack.cli.main import main
from landtrack.model import catalog
from landtrack.model.errors import OutputError, SourceError

pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture
def folder(tmp_path):
    """Make what a survey firm hands over: Chinese names, GBK, a ledger, a .prj that is missing."""
    folder = tmp_path / "某某园区"
    (folder / "管线").mkdir(parents=True)
    plots = gpd.GeoDataFrame(
        {"DKBH": ["A", "B"], "XMBH": ["P1", "P2"], "DKMC": ["甲", "乙"], "闲置列": [1, 2]},
        geometry=[box(0, 0, 100, 100), box(200, 0, 300, 100)], crs=CRS,
    )
    pyogrio.write_dataframe(plots, folder / "项目地块.shp", encoding="GBK")
    parcels = gpd.GeoDataFrame(
        {"编号": ["z1", "z2"], "征地状态": ["已批复", "谈着呢"], "面积": [5000.0, 5000.0]},
        geometry=[box(0, 0, 50, 100), box(50, 0, 100, 100)], crs=CRS,
    )
    pyogrio.write_dataframe(parcels, folder / "征地地块.shp", encoding="GBK")
    (folder / "征地地块.prj").unlink()
    pipes = gpd.GeoDataFrame(
        {"管径": [300], "介质": ["给水"]}, geometry=[line((0, -5), (300, -5))], crs="EPSG:4490",
    )
    pipes.geometry = gpd.GeoSeries([line((0, -5), (300, -5))], crs=CRS).to_crs(4490)
    pipes.to_file(folder / "管线" / "给水.geojson")
    (folder / "台账.csv").write_bytes(
        "项目编号,企业名称,用地面积（亩）,固定资产投资（万元）\nP1,甲厂,15,2600\nP2,乙厂,15,\n"
        .encode("gb18030")
    )
    (folder / "说明.docx").write_bytes(b"PK\x05\x06" + bytes(18))
    (folder / "plan.dwg").write_bytes(b"AC1015")
    return folder


OSM_XML = b"""<?xml version='1.0' encoding='UTF-8'?>
<osm version="0.6"><node id="1" lat="47.1" lon="9.5" version="1"/></osm>"""


@pytest.mark.parametrize("name", ["park.osm", "park.osm.gz", "park.osm.bz2"])
def test_a_folder_of_an_osm_extract_alone_points_to_init_osm(tmp_path, name):
    packed = {".gz": gzip.compress, ".bz2": bz2.compress}.get(Path(name).suffix, bytes)
    (tmp_path / name).write_bytes(packed(OSM_XML))
    (tmp_path / "readme.txt").write_text("hello", "utf-8")

    said = {lang: CliRunner().invoke(main, ["init", str(tmp_path), "--lang", lang])
            for lang in ("en", "zh")}

    assert {each.exit_code for each in said.values()} == {2}
    assert f"landtrack init FOLDER --osm {tmp_path / name}" in said["en"].stderr
    assert f"landtrack init 文件夹 --osm {tmp_path / name}" in said["zh"].stderr
    assert not (tmp_path / "catalog.toml").exists()


def test_an_osm_extract_beside_layers_is_no_hindrance(folder):
    (folder / "park.osm").write_bytes(OSM_XML)

    assert {each["kind"] for each in tomllib.loads(draft_catalog.draft(folder))["layer"]} == {
        "plots", "parcels", "pipelines",
    }


def test_the_draft_names_each_file_its_kind_and_its_columns(folder):
    text = draft_catalog.draft(folder)
    tables = tomllib.loads(text)

    assert tables["place"]["crs"] == CRS
    assert tables["place"]["title"] == {"zh": "某某园区", "en": "某某园区"}
    layers = {each["kind"]: each for each in tables["layer"]}
    assert set(layers) == {"plots", "parcels", "pipelines"}
    assert layers["plots"]["fields"] == {"plot_id": "DKBH", "project_id": "XMBH", "name": "DKMC"}
    assert layers["plots"]["ledger"] == {
        "path": "台账.csv", "key": "项目编号", "on": "project_id",
        "fields": {
            "company": "企业名称",
            "fixed_investment_cny": {"column": "固定资产投资（万元）", "unit": "万元"},
            "land_area_m2": {"column": "用地面积（亩）", "unit": "亩"},
        },
    }
    assert layers["parcels"]["fields"] == {
        "parcel_id": "编号", "state": "征地状态", "area_m2": "面积"
    }
    assert layers["parcels"]["crs"] == CRS
    assert layers["pipelines"]["path"] == "管线/给水.geojson"
    assert tables["basis"] == {
        "land_area": "declared", "floor_area": "measured", "covered_area": "measured"
    }


def test_every_guess_and_every_file_left_out_is_marked(folder):
    text = draft_catalog.draft(folder)

    assert "# guess: called '项目地块', 3 of 4 columns" in text
    assert "# columns that no field was found for: 闲置列" in text
    assert "# guess: 2 of 3 layers are in it" in text or "# guess: 1 of 3 layers is in it" in text
    assert f'crs = "{CRS}"   # guess: by the numbers' in text
    assert "# [layer.values.state]" in text
    assert '# "谈着呢" = ""' in text
    assert '# guess: values.state."已批复" = "approved"' in text
    assert '"已批复" = ""' not in text
    assert 'company = "企业名称"   # guess: ' in text
    assert '# guess: unit = "亩", read from the heading\nland_area_m2 = ' in text
    assert 'key = "项目编号"   # guess: ' in text
    assert text.count('"   # guess: ') > 12
    assert "# plan.dwg:" in text


def test_a_heading_below_a_title_is_a_guess_that_changes_nothing(folder):
    ledger = folder / "台账.csv"
    plain = tomllib.loads(draft_catalog.draft(folder))
    ledger.write_bytes("园区台账\n\n".encode("gb18030") + ledger.read_bytes())

    text = draft_catalog.draft(folder)

    assert "# guess: ledger.header_row = 3, where the heading was found" in text
    assert tomllib.loads(text) == plain


def test_what_is_said_beside_a_guess_is_in_the_language_of_who_drafts(folder, monkeypatch):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    said = CliRunner().invoke(main, ["init", str(folder), "--lang", "zh"]).output

    assert "# 推测：名称为 '项目地块'，4 列中认出 3 列" in said
    assert "# 没有找到对应字段的列：闲置列" in said
    assert "个图层中有" in said
    assert f'crs = "{CRS}"   # 推测：由数值推定' in said
    assert "# 没有认出来的；请写进类别正确的 [[layer]]，或不采用：" in said
    assert "plan.dwg 是 DWG 图" in said
    assert re.findall(r"#.*\b(?:guess|columns|the|which|file)\b.*", said) == []
    assert tomllib.loads(said.partition("已写入")[0])["place"]["language"] == "zh"


@pytest.mark.parametrize("reader", ["zh", "en"])
def test_in_either_language_the_draft_says_the_same(folder, reader):
    english, other = (
        tomllib.loads(draft_catalog.draft(folder, reader=each)) for each in ("en", reader)
    )

    assert other == english


def test_the_draft_runs_as_it_is(folder):
    path = draft_catalog.init(folder)

    result = vet.vet(catalog.place(folder))

    assert path == folder / "catalog.toml"
    intensity = result.findings.query("rule == 'investment-intensity'").set_index("plot_id")
    assert intensity["outcome"].to_dict() == {"A": "pass", "B": "unknown"}
    assert set(result.layers) >= {"plots", "parcels", "pipelines"}


@pytest.mark.parametrize(
    ("heading", "key", "on"),
    [
        ("序号,项目编号", "项目编号", "project_id"), ("项目编号,序号", "项目编号", "project_id"),
        ("编号,XMBH", "XMBH", "project_id"), ("ID,项目代码", "项目代码", "project_id"),
        ("序号,地块编号", "地块编号", "plot_id"), ("XMBH,地块编号", "XMBH", "project_id"),
        ("序号,DKMC", "DKMC", "name"), ("序号,备注", "序号", "plot_id"),
    ],
)
def test_a_ledger_is_joined_by_what_both_call_alike_and_not_by_a_running_number(
    folder, heading, key, on
):
    rows = f"{heading},固定资产投资（万元）\n1,P1,2600\n"
    (folder / "台账.csv").write_text(rows, encoding="utf-8")
    draft_catalog.init(folder)

    found = tomllib.loads((folder / "catalog.toml").read_text(encoding="utf-8"))["layer"]
    ledger = next(each["ledger"] for each in found if each["kind"] == "plots")
    assert (ledger["key"], ledger["on"]) == (key, on)


@pytest.mark.parametrize("heading", [
    "Fixed-asset investment (10,000 CNY)", "Fixed assets investment (10,000 yuan)",
    "固定资产投资（万元）",
])
def test_a_ledger_in_english_is_recognised_as_one_in_chinese_is(folder, heading):
    (folder / "台账.csv").write_text(
        f"Project ID,Company,Land area (mu),{heading.replace(',', '')}\nP1,x,15,2600\n", "utf-8"
    )

    ledger = tomllib.loads(draft_catalog.draft(folder))["layer"]
    fields = next(each["ledger"] for each in ledger if "ledger" in each)["fields"]

    assert fields["fixed_investment_cny"]["column"] == heading.replace(",", "")
    assert fields["land_area_m2"]["unit"] in {"mu", "亩"}


def test_a_catalog_that_is_there_is_never_overwritten(folder):
    (folder / "catalog.toml").write_text("mine", encoding="utf-8")

    with pytest.raises(OutputError, match="is there already"):
        draft_catalog.init(folder)

    assert (folder / "catalog.toml").read_text(encoding="utf-8") == "mine"


def test_hostile_names_stay_text(tmp_path):
    hostile = 'a"\n[[layer]]\nkind="plots'
    gpd.GeoDataFrame({hostile: [1], "plot_id": ["A"]}, geometry=[box(0, 0, 1, 1)], crs=CRS).to_file(
        tmp_path / "plots.gpkg"
    )

    tables = tomllib.loads(draft_catalog.draft(tmp_path))

    assert len(tables["layer"]) == 1


@pytest.mark.parametrize(("path", "layer", "kind"), [
    ("cambridge_west.gpkg", "lots", "plots"), ("cambridge_west.gpkg", "hydrants", ""),
    ("cambridge.gpkg", "street_centerlines", "roads"), ("a.gpkg", "RailLine", "railways"),
    ("broadway.shp", "broadway", ""), ("trails.shp", "trails", ""),
    ("waterloo.shp", "waterloo", ""),
    ("bridges2019.shp", "bridges2019", "bridges"), ("PowerLines.shp", "PowerLines", "power_lines"),
    ("power-line 10kV.shp", "power-line 10kV", "power_lines"),
    ("boundary_A.shp", "x", "boundaries"),
    ("roads.gpkg", "parcels", "parcels"), ("roads.gpkg", "main", "roads"),
    ("主要道路2020.shp", "主要道路2020", "roads"), ("BRIDGE.shp", "BRIDGE", "bridges"),
    ("DLTB2020.shp", "DLTB2020", "land_classes"), ("plants/heat.shp", "heat", "plants"),
])
def test_a_kind_is_guessed_by_whole_words_and_by_the_layer_before_the_file(path, layer, kind):
    names = (each for each in catalog.schemas() if draft_catalog._named(each, layer))
    found = set(names) or {
        each for each in catalog.schemas() if draft_catalog._named(each, f"{path} {layer}")}

    assert found == ({kind} if kind else set())


def test_without_files_there_is_nothing_to_draft(tmp_path):
    with pytest.raises(SourceError, match="no file that can be read"):
        draft_catalog.draft(tmp_path)
    with pytest.raises(SourceError, match="is no folder"):
        draft_catalog.draft(tmp_path / "none")


def test_several_layers_of_a_file_are_told_apart_by_name(tmp_path):
    for name, kind in (("地块", "plots"), ("roads", "roads"), ("sidings", "")):
        shape = box(0, 0, 9, 9) if kind == "plots" else line((0, 0), (9, 9))
        gpd.GeoDataFrame({"编号": ["1"]}, geometry=[shape], crs=CRS).to_file(
            tmp_path / "cambridge.gpkg", layer=name  # no bridge is in it
        )

    layers = tomllib.loads(draft_catalog.draft(tmp_path))["layer"]

    assert [(each["kind"], each["layer"]) for each in layers] == [
        ("plots", "地块"), ("roads", "roads")
    ]


SURVEY = (
    "KFQDM,TBBH,QYMC,HYDM,YJZTZ,ZCZ,SSZE,QYYDMJ,XZBG,LD,ZJZMJ,RJL,JDZMJ,JZXS\n"
    "G231062,A,甲厂,2239,2600,100,10,8.22,0.47,0,5.82,0.708,4.05,49.27\n"
)
DEALS = (
    "电子监管号,项目名称,面积,土地来源,供地方式,行业分类,土地使用权人,合同签订日期,土地级别\n"
    "2301,甲,8.22,8.22,挂牌出让,C22,甲厂,2012-05-01,三级\n"
)


@pytest.mark.parametrize(("table", "expected", "constants"), [
    pytest.param(SURVEY, {
        "company": "QYMC", "industry_code": "HYDM", "total_investment_cny": "YJZTZ",
        "annual_output_cny": "ZCZ", "annual_tax_cny": "SSZE",
        **{name: {"column": column, "unit": "ha"} for name, column in (
            ("land_area_m2", "QYYDMJ"), ("floor_area_m2", "ZJZMJ"), ("covered_area_m2", "JDZMJ"),
            ("office_land_m2", "XZBG"), ("green_area_m2", "LD"),
        )},
    }, {}, id="the survey of parks, whose areas are hectares"),
    pytest.param(DEALS, {
        "company": "土地使用权人", "industry_code": "行业分类", "accepted_on": "合同签订日期",
        "land_area_m2": {"column": "面积", "unit": "ha"},
    }, {"industry_year": 2002}, id="land deals, whose 土地来源 is an area"),
])
def test_tables_of_known_layouts_are_read_as_offices_write_them(
    folder, table, expected, constants
):
    (folder / "台账.csv").write_text(table, encoding="utf-8")

    text = draft_catalog.draft(folder)
    plots = next(each for each in tomllib.loads(text)["layer"] if each["kind"] == "plots")

    assert plots["ledger"]["fields"] == expected
    assert plots.get("constants", {}) == constants
    assert ("土地来源 holds an area" in text) == bool(constants)


def test_a_table_that_lacks_a_column_of_a_layout_is_of_none(folder):
    (folder / "台账.csv").write_text(SURVEY.replace("KFQDM", "X"), encoding="utf-8")

    assert 'QYYDMJ", unit' not in draft_catalog.draft(folder)


def test_every_synonym_is_of_a_kind_or_field_that_there_is():
    known = draft_catalog.synonyms()
    schemas = catalog.schemas()
    fields = {name for schema in schemas.values() for name in schema.fields}

    assert set(known.kind) == set(schemas)
    assert set(known.key) <= set(schemas)
    assert set(known.field) <= fields


def test_the_command_shows_the_draft_and_what_to_do_next(folder):
    done = CliRunner().invoke(main, ["init", str(folder)])

    assert done.exit_code == 0
    assert "[[layer]]" in done.output
    assert "then run: landtrack run" in done.output


def test_the_shipped_demo_place_is_recognised(tmp_path):
    import shutil

    shutil.copytree(
        catalog.demo_place(), tmp_path / "x",
        ignore=shutil.ignore_patterns("*.toml", "*.md", "*.py", "__pycache__", "reported*"),
    )

    tables = tomllib.loads(draft_catalog.draft(tmp_path / "x"))

    layers = tables["layer"]
    assert tables["basis"]["land_area"] == "declared"
    expected = {
        each.path: each.kind for each in catalog.place(catalog.demo_place()).layers
    }
    drafted = {each["path"]: each["kind"] for each in layers}
    assert {path: drafted.get(path) for path in expected} == expected
    ledger = next(each["ledger"] for each in layers if each["kind"] == "plots")
    stated = next(
        each.ledger for each in catalog.place(catalog.demo_place()).layers if each.kind == "plots"
    )
    assert set(ledger["fields"]) == set(stated.fields)


@pytest.mark.parametrize(
    ("east", "north", "epsg", "rules", "workflow"),
    [
        pytest.param(39_441_800, 4_428_900, 4527, "x-park-2006", "cn-2006", id="Beijing"),
        pytest.param(500_000, 4_700_000, 32631, None, "none", id="Andorra"),
        pytest.param(16.4, 48.2, 4326, None, "none", id="Vienna"),
        pytest.param(117.2, 28.2, 4326, "x-park-2006", "cn-2006", id="Jiangxi, in degrees"),
    ],
)
def test_only_a_place_in_china_is_drafted_with_rules_of_china(
    tmp_path, east, north, epsg, rules, workflow
):
    size = 0.001 if east < 180 else 100
    shape = shapely.box(east, north, east + size, north + size)
    gpd.GeoDataFrame({"plot_id": ["A"]}, geometry=[shape], crs=epsg).to_file(
        tmp_path / "plots.gpkg"
    )

    place = tomllib.loads(draft_catalog.draft(tmp_path))["place"]

    assert (place.get("rules"), place["workflow"]) == (rules, workflow)
