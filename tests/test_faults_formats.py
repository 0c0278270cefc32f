"""The reported faults of file formats, coordinates and shapes come out at their right value."""

import json
import re
import sqlite3
import zipfile
from contextlib import closing

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from landtrack.cli.main import main
from landtrack.ingest import profile, read
from landtrack.ingest.formats import domains, files, mapinfo as mapinfo_counts
from landtrack.ingest.normalise import georeference
from landtrack.model import Issue, LayerSource, Place
from landtrack.model.errors import SourceError


def typed(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def run(folder):
    """Run a place, and give the folder of what it made."""
    typed("run", folder, "--out", folder / "build")
    return folder / "build"


def issues_of(build):
    """Give what a run told: issue and value by feature."""
    rows = pd.read_csv(build / "issues.csv", dtype=str, keep_default_na=False)
    return {(row.feature_id, row.issue): row.value for row in rows.itertuples()}


@pytest.mark.fault("44-hole-outside-shell")
def test_a_hole_outside_of_its_shell_is_dropped_and_told(fault):
    build = run(fault)

    plots = pyogrio.read_dataframe(build / "project.gpkg", layer="plots")
    assert plots.geometry.area.tolist() == [10_000.0]
    assert issues_of(build) == {("A", "hole_outside"): "1: 50.000 m²"}


@pytest.mark.fault("68-collection-as-plot")
def test_of_a_collection_the_areas_are_taken_and_the_rest_is_told(fault):
    build = run(fault)

    told = issues_of(build)
    assert told["A", "parts_left_out"] == "Point 1"
    assert told["b2", "parts_left_out"] == "LineString 1"
    kinds = dict(pyogrio.list_layers(build / "project.gpkg"))
    assert (kinds["plots"], kinds["buildings"]) == ("Polygon", "Polygon")
    measures = pyogrio.read_dataframe(build / "project.gpkg", layer="measures")
    value = measures.query("layer == 'plots'").set_index(["plot_id", "measure"])["value"]
    coverage = value.xs("covered_area_m2", level=1) / value.xs("land_area_m2", level=1)
    assert coverage.round(3).to_dict() == {"A": 0.8, "B": 0.6}


@pytest.mark.fault("39-dbf-shorter")
def test_every_shape_of_a_shapefile_is_kept_and_what_lacks_is_told(fault):
    said = typed("inspect", fault / "short.shp", "--lang", "en").stdout

    assert "features: 4" in said
    assert "4 / 3: 4. Those shapes are kept without attributes" in said

    said = typed("inspect", fault / "del.shp", "--lang", "en").stdout

    assert "features: 3" in said
    assert "Records marked as deleted were left out (number: which) 1: 2" in said


@pytest.mark.fault("43-prj-contradicted")
def test_a_prj_that_the_numbers_deny_is_named_as_such_by_every_command(fault):
    denied = r"EPSG:27700 \(OSGB36 / British National Grid\)"
    numbers = "479,300.000 – 479,800.000; 4,763,400.000 – 4,763,650.000"

    result = typed("convert", fault / "lots.shp", fault / "o.gpkg")
    assert result.exit_code == 2
    assert re.search(rf"contradict the coordinate reference .*outside of {denied}", result.output)
    assert numbers in result.output
    assert "does not say" not in result.output
    assert not (fault / "o.gpkg").exists()

    result = typed("inspect", fault / "lots.shp")
    assert result.exit_code == 1
    assert re.search(rf"{denied}: {numbers} → EPSG:", result.output)

    result = typed("init", fault)
    assert re.search(rf"the file states {denied}, outside of which its numbers", result.output)

    catalog = (fault / "catalog.toml").read_text("utf-8").replace("EPSG:????", "EPSG:4548")
    (fault / "catalog.toml").write_text(catalog, "utf-8")
    result = typed("run", fault, "--out", fault / "build")
    told = issues_of(fault / "build")["", "crs_contradicted"]
    assert re.match(rf"{denied} → EPSG:4548", told)


STATED_WRONGLY = [
    pytest.param("EPSG:27700", (479_300, 4_763_400), "crs_denied", id="metres of another country"),
    pytest.param("EPSG:4326", (520_000, 3_130_000), "crs_denied", id="metres called degrees"),
    pytest.param("EPSG:4527", (520_000, 3_130_000), "crs_denied", id="no zone where one belongs"),
    pytest.param("EPSG:32633", (16.4, 48.2), "crs_denied", id="degrees called metres"),
    pytest.param("EPSG:32633", (39_520_000, 3_130_000), "crs_denied", id="a zone of any datum"),
    pytest.param("EPSG:27700", (4.7e15, 9e15), "crs_impossible", id="numbers that lie nowhere"),
]


@pytest.mark.parametrize(("stated", "corner", "issue"), STATED_WRONGLY)
def test_what_the_numbers_deny_is_told_with_both(tmp_path, stated, corner, issue):
    east, north = corner
    size = 0.001 if abs(east) < 180 else 100
    frame = gpd.GeoDataFrame(
        {"id": [1]}, geometry=[shapely.box(east, north, east + size, north + size)], crs=stated
    )
    frame.to_file(tmp_path / "lots.gpkg")

    (layer,) = profile.look(tmp_path / "lots.gpkg").layers

    told = dict(zip(layer.issues["issue"], layer.issues["value"], strict=True))
    assert told[issue].startswith(stated)
    assert f"{east:,.3f} – " in told[issue]


@pytest.mark.fault("42-ovkml-states-gcj02")
def test_placemarks_that_say_gcj02_are_brought_back_and_it_is_told(fault):
    said = typed("inspect", fault / "GCJ-02.ovkml").stdout

    assert "116.31241° – 116.31639° E, 39.99105° – 39.99178° N" in said
    assert "GCJ-02 ±5 m: 3 / 3, 541 m" in said
    assert "may be shifted" not in said


def ovkml(path, words):
    """Write squares that say what their coordinates are, the first corner at 116.32, 39.99."""
    ring = "116.32,39.99,0 116.321,39.99,0 116.321,39.991,0 116.32,39.991,0 116.32,39.99,0"
    marks = "".join(
        f"<Placemark><name>{word}</name>"
        + (f"<OvAttr/><OvCoordType>{word}</OvCoordType>" if word else "")
        + f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark>" for word in words
    )
    text = f"<kml xmlns='http://www.opengis.net/kml/2.2'><Document>{marks}</Document></kml>"
    if path.suffix == ".ovkmz":
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("doc.kml", text)
    else:
        path.write_text(text, "utf-8")
    return path


def ovjsn(path, flags):
    """Write the same squares as JSON, the second in a folder."""
    ring = [39.99, 116.32, 39.99, 116.321, 39.991, 116.321, 39.991, 116.32]
    items = [
        {"Type": 13, "Object": {"Name": str(flag), "Comment": "c", "ObjectDetail": {
            "Latlng": ring, "Obj3dView": {"Gcj02": 1},
        } | ({} if flag is None else {"Gcj02": flag})}} for flag in flags
    ]
    if len(items) > 1:
        items[1:] = [{"Type": 30, "Object": {"Name": "f", "ObjectDetail": {
            "ObjChildren": items[1:]}}}]
    text = json.dumps({"Version": "V10.6.2", "Type": 1, "ObjItems": items})
    path.write_text("\ufeff" + text, "utf-8")
    return path


def seen(path):
    contents = files.read(path)
    told = {note.issue: note.value for note in contents.notes}
    return contents.frame.geometry.bounds["minx"].round(5).tolist(), told


TRUE_EAST, SHIFTED_EAST = 116.32, 116.31389
"""Where 116.32 degrees lie as they are, and where as GCJ-02."""


@pytest.mark.parametrize("suffix", [".ovkml", ".ovkmz", ".kml"])
@pytest.mark.parametrize(
    ("words", "east", "told"),
    [
        pytest.param(["GCJ02"], [SHIFTED_EAST], {"crs_shifted"}, id="without a hyphen"),
        pytest.param(["gcj-02"], [SHIFTED_EAST], {"crs_shifted"}, id="small letters"),
        pytest.param(["CGCS2000"], [TRUE_EAST], set(), id="CGCS2000"),
        pytest.param(["WGS84"], [TRUE_EAST], set(), id="WGS84"),
        pytest.param(["WGS84", "GCJ-02"], [TRUE_EAST, SHIFTED_EAST], {"crs_shifted"},
                     id="each by its own word"),
        pytest.param(["GCJ-02", ""], [SHIFTED_EAST, TRUE_EAST],
                     {"crs_shifted", "datum_may_be_shifted"}, id="one that says nothing"),
        pytest.param(["Mars"], [TRUE_EAST], {"datum_word_unknown", "datum_may_be_shifted"},
                     id="a word that nobody knows"),
    ],
)
def test_each_placemark_is_read_by_what_it_says(tmp_path, suffix, words, east, told):
    found, notes = seen(ovkml(tmp_path / f"lots{suffix}", words))

    assert found == east
    assert set(notes) == told


@pytest.mark.parametrize(
    ("flags", "east", "told"),
    [
        pytest.param([1], [SHIFTED_EAST], {"crs_shifted"}, id="1 is GCJ-02"),
        pytest.param([0], [TRUE_EAST], set(), id="0 is true"),
        pytest.param([0, 1, 0], [TRUE_EAST, SHIFTED_EAST, TRUE_EAST], {"crs_shifted"},
                     id="each by its own flag, in folders too"),
        pytest.param([None], [TRUE_EAST], {"datum_may_be_shifted"}, id="no flag"),
    ],
)
def test_the_flag_of_an_ovjsn_says_whether_it_is_shifted(tmp_path, flags, east, told):
    path = ovjsn(tmp_path / "lots.ovjsn", flags)

    found, notes = seen(path)

    assert found == east
    assert set(notes) == told
    assert files.read(path).frame["name"].tolist() == [str(flag) for flag in flags]


def test_an_ovjsn_that_is_broken_is_refused_with_words(tmp_path):
    path = tmp_path / "lots.ovjsn"
    path.write_text('{"ObjItems": [', "utf-8")

    with pytest.raises(SourceError, match="no whole JSON"):
        files.read(path)


def test_what_was_brought_back_is_not_brought_back_again_by_the_catalogs_word(site):
    path = ovkml(site.folder / "lots.ovkml", ["GCJ-02"])
    source = LayerSource(kind="parcels", path=path.name, crs="GCJ-02")

    shapes, own, _ = georeference.read(files.read(path).frame, source, label="lots")

    assert shapes[0].bounds[0] == pytest.approx(SHIFTED_EAST, abs=1e-5)
    assert own.to_epsg() == 4326


def test_coordinates_brought_back_are_not_written_into_what_is_submitted(tmp_path):
    path = ovkml(tmp_path / "lots.ovkml", ["GCJ-02"])

    result = typed("convert", path, tmp_path / "lots.txt", "--to-crs", "EPSG:4527")

    assert result.exit_code == 2
    assert "true to metres only" in result.output
    assert not (tmp_path / "lots.txt").exists()


@pytest.mark.fault("41-mapinfo-dat")
def test_a_mapinfo_table_is_one_file_for_every_command(fault, tmp_path):
    for named in ("plots.zip", "tab"):
        result = typed("inspect", fault / named)
        assert result.exit_code == 0
        assert result.output.count("features: 2 (Polygon 2)") == 1
        assert "✗" not in result.output

    result = typed("convert", fault / "plots.zip", tmp_path / "o.gpkg")
    assert result.exit_code == 0
    assert len(pyogrio.read_dataframe(tmp_path / "o.gpkg")) == 2

    typed("init", fault / "tab")
    said = (fault / "tab" / "catalog.toml").read_text("utf-8")
    assert said.count("[[layer]]") == 1
    assert "plots.dat" not in said.replace("plots.tab", "")
    assert "cannot" not in said
    typed("run", fault / "tab", "--out", fault / "build")
    assert len(pyogrio.read_dataframe(fault / "build" / "project.gpkg", layer="plots")) == 2


def mapinfo(folder, name, suffix):
    """Write a MapInfo table, or an interchange file."""
    frame = gpd.GeoDataFrame(
        {"id": [1, 2]}, crs="EPSG:32650",
        geometry=[shapely.box(5e5 + at, 3.1e6, 5e5 + at + 90, 3.1e6 + 90) for at in (0, 100)],
    )
    pyogrio.write_dataframe(frame, folder / f"{name}{suffix}", driver="MapInfo File")


@pytest.mark.parametrize(
    ("suffix", "renamed"),
    [(".tab", None), (".mif", None), (".tab", str.upper), (".mif", str.upper)],
    ids=["tab", "mif", "TAB", "MIF"],
)
def test_side_files_of_mapinfo_are_no_files_of_their_own(tmp_path, suffix, renamed):
    mapinfo(tmp_path, "plots", suffix)
    (tmp_path / "survey.dat").write_text("1,J1,3130000,39520000\n", "utf-8")
    for each in list(tmp_path.iterdir()) if renamed else []:
        each.rename(each.with_suffix(renamed(each.suffix)))
    with zipfile.ZipFile(tmp_path.parent / "set.zip", "w") as packed:
        for each in tmp_path.iterdir():
            packed.write(each, each.name)

    named = [each.name.lower() for each in profile.paths(tmp_path)]

    assert sorted(named) == sorted([f"plots{suffix}", "survey.dat"])
    assert "plots" in files.layer_names(tmp_path.parent / "set.zip")


@pytest.mark.parametrize(
    ("suffix", "part", "named"),
    [(".tab", ".dat", "ends in .tab"), (".tab", ".map", "ends in .tab"),
     (".tab", ".id", "ends in .tab"), (".mif", ".mid", "ends in .mif")],
)
def test_a_part_of_mapinfo_named_by_itself_says_which_file_to_name(tmp_path, suffix, part, named):
    mapinfo(tmp_path, "plots", suffix)

    with pytest.raises(SourceError, match=named):
        files.layer_names(tmp_path / f"plots{part}")


def test_a_mapinfo_table_without_its_attributes_says_what_is_missing(tmp_path):
    mapinfo(tmp_path, "plots", ".tab")
    (tmp_path / "plots.dat").unlink()

    with pytest.raises(SourceError, match=r"\.dat is missing(.|\n)*whole set"):
        files.layer_names(tmp_path / "plots.tab")


@pytest.mark.fault("69-latin1-without-cpg")
def test_letters_with_accents_are_not_read_as_chinese(fault):
    said = typed("inspect", fault / "lots.shp").stdout

    assert "Ñandú" in said
    assert "cp1252, a guess" in said
    assert files.read(fault / "lots.shp").frame["NAME"].tolist() == ["Ñandú", "Peña"]


@pytest.mark.fault("40-coded-values")
def test_coded_values_are_found_by_alias_and_words(fault):
    said = typed("inspect", fault / "征地.gpkg").stdout
    assert "ZT (报批状态; 1 未办理, 2 已公告, 3 已补偿)" in said

    typed("init", fault)
    drafted = (fault / "catalog.toml").read_text("utf-8")
    assert 'state = "ZT"' in drafted
    assert '# "未办理" = ""' in drafted
    assert '# "已补偿" = ""' in drafted

    build = run(fault)
    parcels = pyogrio.read_dataframe(build / "project.gpkg", layer="parcels")
    states = parcels.set_index("parcel_id")["state"].dropna().to_dict()
    assert states == {"P02": "announced"}
    told = issues_of(build)
    assert told["P01", "not_a_choice"] == "未办理"
    assert told["P03", "not_a_choice"] == "已补偿"


def coded(folder, *, codes=(1, 2, None), domain=None, alias="报批状态"):
    """Write three parcels whose column ZT is coded, with its alias and words."""
    frame = gpd.GeoDataFrame(
        {"DKBH": ["A", "B", "C"], "ZT": list(codes)}, crs="EPSG:4527",
        geometry=[
            shapely.box(39_441_800 + at, 4_428_900, 39_441_890 + at, 4_428_980)
            for at in (0, 100, 200)
        ],
    )
    path = folder / "lots.gpkg"
    pyogrio.write_dataframe(frame, path, layer="征地地块")
    domain = {"1": "已公告", "2": "已批复"} if domain is None else domain
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "CREATE TABLE gpkg_data_columns (table_name TEXT, column_name TEXT, name TEXT, "
            "title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT)"
        )
        database.execute(
            "CREATE TABLE gpkg_data_column_constraints (constraint_name TEXT, "
            "constraint_type TEXT, value TEXT, min NUMERIC, min_is_inclusive BOOLEAN, "
            "max NUMERIC, max_is_inclusive BOOLEAN, description TEXT)"
        )
        database.execute(
            "INSERT INTO gpkg_data_columns VALUES ('征地地块', 'ZT', ?, NULL, NULL, NULL, 'zt')",
            (alias,),
        )
        database.executemany(
            "INSERT INTO gpkg_data_column_constraints (constraint_name, constraint_type, value, "
            "description) VALUES ('zt', 'enum', ?, ?)", domain.items(),
        )
    return path


def read_as(path, **source):
    place = Place(
        id="t", title={"zh": "t"}, language="zh", crs="EPSG:4527", folder=path.parent, layers=()
    )
    raw = read.layer(LayerSource(kind="parcels", path=path.name, **source), place)
    return raw.frame


@pytest.mark.parametrize("codes", [(1, 2, None), ("1", "2", None), (1.0, 2.0, None)],
                         ids=["numbers", "text", "decimals"])
def test_codes_are_their_words(tmp_path, codes):
    frame = read_as(coded(tmp_path, codes=codes), fields={"state": "ZT"})

    assert frame["ZT"].tolist()[:2] == ["已公告", "已批复"]
    assert pd.isna(frame["ZT"].tolist()[2])


def test_a_column_may_be_named_by_its_alias(tmp_path):
    frame = read_as(coded(tmp_path), fields={"state": "报批状态"})

    assert frame["报批状态"].tolist()[:2] == ["已公告", "已批复"]


def test_codes_that_the_catalog_knows_are_left_to_it(tmp_path):
    frame = read_as(
        coded(tmp_path, codes=("1", "2", "2")), fields={"state": "ZT"},
        values={"state": {"1": "approved"}},
    )

    assert frame["ZT"].tolist() == ["1", "已批复", "已批复"]


def test_a_code_without_words_and_a_column_that_selects_stay_as_they_are(tmp_path):
    path = coded(tmp_path, codes=("1", "9", "2"))

    assert read_as(path, fields={"state": "ZT"})["ZT"].tolist() == ["已公告", "9", "已批复"]
    selected = read_as(path, fields={"state": "ZT"}, where={"ZT": ("1",)})
    assert selected["ZT"].tolist() == ["1", "9", "2"]


ITEM = """<DEFeatureClassInfo><Name>lots</Name><GPFieldInfoExs>
<GPFieldInfoEx><Name>ZT</Name><AliasName>报批状态</AliasName><DomainName>zt</DomainName>
</GPFieldInfoEx><GPFieldInfoEx><Name>N</Name><AliasName>N</AliasName></GPFieldInfoEx>
</GPFieldInfoExs></DEFeatureClassInfo>"""
DOMAIN = """<GPCodedValueDomain2><DomainName>zt</DomainName><CodedValues>
<CodedValue><Name>已公告</Name><Code>1</Code></CodedValue></CodedValues></GPCodedValueDomain2>"""


def test_a_geodatabase_says_aliases_and_words_in_its_items(tmp_path, monkeypatch):
    items = pd.DataFrame(
        {"Name": ["lots", "zt", "", "x"], "Definition": [ITEM, DOMAIN, None, "<broken"]}
    )
    monkeypatch.setattr(domains.opening, "read_frame", lambda *_, **__: items)

    (said,) = domains.of(tmp_path, "lots").values()
    assert (said.alias, said.values) == ("报批状态", {"1": "已公告"})


@pytest.mark.fault("41-mapinfo-dat")
def test_a_picture_registered_by_mapinfo_is_said_to_be_none_of_the_layers(tmp_path):
    path = tmp_path / "底图.tab"
    path.write_text(
        '!table\n!version 300\n\nDefinition Table\n  File "a.jpg"\n  Type "RASTER"\n', "utf-8"
    )

    with pytest.raises(SourceError) as raised:
        files.layer_names(path)

    assert "a picture that MapInfo lays under a map" in raised.value.cause
    assert "DRIVER" not in raised.value.cause


@pytest.mark.fault("41-mapinfo-dat")
@pytest.mark.parametrize("zipped", [False, True])
def test_a_mif_without_its_attributes_is_not_read_as_if_it_had_none(tmp_path, zipped):
    path = tmp_path / "plots.mif"
    box_of = gpd.GeoDataFrame({"ID": ["P1"]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    box_of.to_file(path, driver="MapInfo File", engine="pyogrio")
    path.with_suffix(".mid").unlink()
    if zipped:
        packed = path.with_suffix(".zip")
        with zipfile.ZipFile(packed, "w") as file:
            file.write(path, path.name)
        path = packed

    with pytest.raises(SourceError, match=r"of which \.mid is missing"):
        files.layer_names(path)


@pytest.mark.fault("41-mapinfo-dat")
@pytest.mark.parametrize(
    ("records", "said"), [(1, "1 / 2"), (2, None), (3, "2 / 3"), (0, "0 / 2")],
)
def test_a_mif_whose_mid_has_other_records_than_it_has_objects_is_told(tmp_path, records, said):
    mapinfo(tmp_path, "plots", ".mif")
    lines = (tmp_path / "plots.mid").read_bytes().splitlines(keepends=True)
    (tmp_path / "plots.mid").write_bytes(b"".join([*lines, *lines][:records]))

    found = {note.issue: note.value for note in files.read(tmp_path / "plots.mif").notes}

    assert found.get(Issue.FEATURES_LACKING) == said


@pytest.mark.fault("41-mapinfo-dat")
def test_objects_of_a_mif_are_counted_as_mapinfo_writes_them(tmp_path):
    (tmp_path / "a.mif").write_text(
        "Version 300\nColumns 1\n  point Char(9)\nData\n\nPoint 1 2\n    Symbol (35,0,12)\nnone\n"
        "Collection 2\nRegion 1\n  3\n0 0\n1 0\n0 1\n    Pen (1,2,0)\nPline 2\n0 0\n1 1\n"
        'PLINE Multiple 1\n  2\n0 0\n1 1\nLine 0 0 1 1\nText "region 1" 0 0 1 1\n', "utf-8",
    )
    (tmp_path / "a.mid").write_text('"a"\n"two\nlines"\n\n', "utf-8")

    assert mapinfo_counts.stated(tmp_path / "a.mif") == 6


@pytest.mark.fault("39-dbf-shorter")
def test_a_shapefile_without_its_shapes_is_named_and_not_passed_over(tmp_path):
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    frame.to_file(tmp_path / "lots.shp")
    (tmp_path / "lots.shp").unlink()

    result = typed("inspect", tmp_path)

    assert result.exit_code == 1
    assert "is a part of a Shapefile, of which .shp is missing" in " ".join(result.output.split())


@pytest.mark.fault("39-dbf-shorter")
@pytest.mark.parametrize("left", [b"", b"\x03" * 20])
def test_a_table_of_attributes_that_is_empty_is_told_as_missing(tmp_path, left):
    frame = gpd.GeoDataFrame({"n": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    frame.to_file(tmp_path / "lots.shp")
    (tmp_path / "lots.dbf").write_bytes(left)

    found = files.read(tmp_path / "lots.shp")

    assert Issue.ATTRIBUTES_MISSING in {note.issue for note in found.notes}
    assert len(found.frame) == 1


@pytest.mark.fault("42-ovkml-states-gcj02")
@pytest.mark.parametrize(
    ("named", "code", "told"),
    [
        ("GCJ-02", 4326, Issue.CRS_SHIFTED), ("urn:ogc:def:crs:OGC::BD09", 4326, Issue.CRS_SHIFTED),
        ("CGCS2000", 4490, None), ("4490", 4490, None), ("WGS 84", 4326, None),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", 4326, None), ("EPSG:4527", 4527, None),
        ("urn:ogc:def:crs:EPSG::999999", None, Issue.CRS_TEXT_UNKNOWN),
        ("local", None, Issue.CRS_TEXT_UNKNOWN),
    ],
)
def test_the_crs_that_a_geojson_names_is_not_passed_over_for_wgs84(tmp_path, named, code, told):
    corners = [[116.3, 39.9], [116.4, 39.9], [116.4, 40.0], [116.3, 39.9]]
    (tmp_path / "lots.geojson").write_text(json.dumps({
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {"n": 1},
                      "geometry": {"type": "Polygon", "coordinates": [corners]}}],
        "crs": {"type": "name", "properties": {"name": named}},
    }), "utf-8")

    found = files.read(tmp_path / "lots.geojson")

    assert (None if found.frame.crs is None else found.frame.crs.to_epsg()) == code
    assert [note.issue for note in found.notes] == ([told] if told else [])
    moved = found.frame.total_bounds[0] - 116.3
    assert (0.004 < abs(moved) < 0.02) == (told is Issue.CRS_SHIFTED)


@pytest.mark.fault("14-xls-rar-7z-et-wp")
def test_what_nothing_opens_is_told_without_advice_for_programmers(tmp_path):
    path = tmp_path / "plots.gpkg"
    path.write_bytes(b"\x00\x01 no database " * 20)

    with pytest.raises(SourceError) as raised:
        files.layer_names(path)

    assert "driver" not in raised.value.cause.lower()


@pytest.mark.fault("14-xls-rar-7z-et-wp")
@pytest.mark.parametrize(("name", "begins"), [
    ("台账.csv", b"\x89PNG\r\n\x1a\n\0\0"), ("台账.xls", b"\xff\xd8\xff\xe0JFIF"),
    ("地块.txt", b"GIF89a\0\0"), ("地块.dat", b"II*\0\x08\0"),
])
def test_a_picture_under_another_name_is_said_to_be_one(tmp_path, name, begins):
    path = tmp_path / name
    path.write_bytes(begins)

    with pytest.raises(SourceError, match="is a picture"):
        files.layer_names(path)
