"""Every file comes in by one door: told by its bytes, unpacked safely, or refused with a mend."""

import json
import os
import stat
import struct
import zipfile
from pathlib import Path

import geopandas as gpd
import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, strategies as st

from landtrack.ingest.formats import archive, encoding, export, files, limits, zip_input
from landtrack.model import Issue
from landtrack.model.errors import LimitError, SourceError

PLOTS = gpd.GeoDataFrame(
    {"名称": ["甲", "乙"]}, geometry=[shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)], crs=4490
)


def geojson(codec="utf-8"):
    return PLOTS.to_json(ensure_ascii=False, drop_id=True).encode(codec)


def zipped(path, **members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return path


def names(contents):
    return contents.frame["名称"].tolist()


# --- told by the bytes ------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".resource", ".txt", ""])
def test_geojson_is_known_whatever_it_is_called(tmp_path, suffix):
    path = tmp_path / f"plots{suffix}"
    path.write_bytes(geojson())

    assert files.of(path) is files.GEOJSON
    assert names(files.read(path)) == ["甲", "乙"]


@pytest.mark.parametrize(
    ("content", "name", "match"),
    [
        (b"AC1015\0\0\0", "plan.dwg", "AC1015(.|\n)*Save it as DXF"),
        (b"AC1032\0\0\0", "plan.dat", "DWG(.|\n)*Save it as DXF"),
        (b"<!DOCTYPE html><html>log in", "plots.geojson", "web page"),
        (b"", "plots.gpkg", "0 bytes"),
        (b"\x00\x01\x00\x00Standard Jet DB\0", "dltb.mdb", "file geodatabase"),
    ],
)
def test_what_nobody_reads_rightly_is_refused_with_what_to_ask_for(tmp_path, content, name, match):
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(SourceError, match=match):
        files.read(path)


# --- GeoJSON ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codec", "told"),
    [
        ("utf-8", []),
        ("utf-8-sig", []),
        ("gb18030", [(Issue.ENCODING_DIFFERS, "gb18030 / utf-8")]),
        ("utf-16", [(Issue.ENCODING_DIFFERS, "utf-16 / utf-8")]),
    ],
)
def test_geojson_comes_in_in_any_encoding(tmp_path, codec, told):
    path = tmp_path / "plots.geojson"
    path.write_bytes(geojson(codec))

    contents = files.read(path)

    assert names(contents) == ["甲", "乙"]
    assert [(note.issue, note.value) for note in contents.notes] == told
    assert path.read_bytes() == geojson(codec)


def test_text_that_ends_within_a_character_of_utf_8_is_not_utf_8(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("甲".encode()[:2])

    assert encoding.of(path).name == "gb18030"


def test_a_bare_list_of_features_is_a_collection(tmp_path):
    path = tmp_path / "plots.json"
    path.write_text(json.dumps(json.loads(geojson())["features"]), encoding="utf-8")

    assert names(files.read(path)) == ["甲", "乙"]


def test_the_old_crs_member_is_heard(tmp_path):
    path = tmp_path / "plots.geojson"
    path.write_bytes(PLOTS.to_crs(4534).to_json(drop_id=True).encode())

    assert files.read(path).frame.crs.to_epsg() == 4534


def test_half_a_character_is_read_as_the_sign_for_what_cannot_be_read(tmp_path):
    path = tmp_path / "plots.geojson"
    path.write_bytes(geojson().replace("甲".encode(), b"a\\ud83db"))

    assert names(files.read(path)) == ["a\ufffdb", "乙"]


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda text: text[: len(text) * 2 // 3], "is cut off at line 1, column"),
        (lambda text: text.replace('"type"', "type"), "is no JSON at line 1, column"),
        (lambda _: "[1, 2]", "not of GeoJSON features"),
        (lambda _: '{"a": 1}', "no GeoJSON"),
        (lambda text: text.replace("[[[", "[[[" + "9" * 5000 + ",1],[", 1), "no GeoJSON"),
    ],
)
def test_broken_geojson_is_refused_with_the_place(tmp_path, change, match):
    path = tmp_path / "plots.geojson"
    path.write_text(change(geojson().decode()), encoding="utf-8")

    with pytest.raises(SourceError, match=match):
        files.read(path)


def test_a_geoparquet_whose_shape_says_more_corners_than_it_holds_is_refused(tmp_path):
    path = tmp_path / "plots.parquet"
    PLOTS.to_parquet(path)
    table = pq.read_table(path)
    shapes = pa.array([struct.pack("<BII", 1, 3, 2**32 - 1)] * len(table), pa.binary())
    at = table.schema.get_field_index("geometry")
    pq.write_table(table.set_column(at, table.schema.field(at), shapes), path)

    with pytest.raises(SourceError, match="cannot be read as GeoParquet"):
        files.read(path)


# --- archives ---------------------------------------------------------------------------------


def shapefile(folder, name="地块"):
    PLOTS.to_file(folder / f"{name}.shp", encoding="GBK")  # what a survey firm's program does
    return {each.name: each.read_bytes() for each in folder.glob(f"{name}.*")}


def test_a_zipped_shapefile_in_a_folder_comes_in_with_its_chinese_names(tmp_path):
    path = zipped(
        tmp_path / "a.zip", **{f"成果/{k}": v for k, v in shapefile(tmp_path).items()}
    )

    assert files.layer_names(path) == ["地块"]
    assert names(files.read(path, layer="地块")) == ["甲", "乙"]


SPELT = {".shp": "PLOTS.shp", ".dbf": "plots.dbf", ".shx": "Plots.SHX", ".prj": "plots.PRJ",
         ".cpg": "plots.cpg"}
"""The parts of a Shapefile as several programs spelt them."""


def spelt_apart(folder):
    return {SPELT[Path(name).suffix]: content for name, content in
            shapefile(folder, "plots").items() if Path(name).suffix in SPELT}


@pytest.mark.parametrize("packed", [True, False], ids=["zipped", "unpacked"])
def test_the_parts_of_a_shapefile_may_be_spelt_in_several_cases(tmp_path, packed):
    (tmp_path / "from").mkdir()
    parts = spelt_apart(tmp_path / "from")
    if packed:
        path = zipped(tmp_path / "a.zip", **parts)
    else:
        for name, content in parts.items():
            (tmp_path / name).write_bytes(content)
        path = tmp_path / "PLOTS.shp"

    contents = files.read(path)

    assert names(contents) == ["甲", "乙"]
    assert contents.frame.crs == PLOTS.crs
    assert contents.notes == []


def test_which_part_of_several_that_are_spelt_otherwise_is_meant_is_asked(tmp_path):
    (tmp_path / "from").mkdir()
    parts = spelt_apart(tmp_path / "from")
    parts["pLOTS.dbf"] = parts["plots.dbf"]
    for name, content in parts.items():
        (tmp_path / name).write_bytes(content)
    if len(list(tmp_path.glob("*.dbf"))) < 2:
        pytest.skip("a file system where names in other letters are the same")

    with pytest.raises(SourceError, match=r"Several files may be the \.dbf .*pLOTS\.dbf"):
        files.read(tmp_path / "PLOTS.shp")


def test_a_part_that_is_spelt_as_another_shapefile_is_that_ones(tmp_path):
    for name, content in shapefile(tmp_path, "plots").items():
        if name.endswith((".shp", ".shx")):
            (tmp_path / f"PLOTS{Path(name).suffix}").write_bytes(content)
    if len(list(tmp_path.glob("*.shp"))) < 2:
        pytest.skip("a file system where names in other letters are the same")

    contents = files.read(tmp_path / "PLOTS.shp")

    assert Issue.ATTRIBUTES_MISSING in [each.issue for each in contents.notes]
    assert names(files.read(tmp_path / "plots.shp")) == ["甲", "乙"]


def in_folders(parts, **folders):
    return {f"{folders.get(Path(name).suffix[1:], 'shp')}/{name}": content
            for name, content in parts.items()}


def test_the_parts_of_a_shapefile_may_lie_in_several_folders_of_an_archive(tmp_path):
    (tmp_path / "from").mkdir()
    parts = spelt_apart(tmp_path / "from")
    path = zipped(tmp_path / "a.zip", **in_folders(parts, dbf="dbf", prj="投影", shx="x/y"))

    contents = files.read(path)

    assert names(contents) == ["甲", "乙"]
    assert contents.frame.crs == PLOTS.crs
    assert contents.notes == []


@pytest.mark.parametrize("second", ["other/plots.dbf", "other/PLOTS.shp"])
def test_of_parts_in_other_folders_that_may_be_two_things_it_is_asked_which(tmp_path, second):
    (tmp_path / "from").mkdir()
    parts = spelt_apart(tmp_path / "from")
    like = parts["plots.dbf" if second.endswith("dbf") else "PLOTS.shp"]
    path = zipped(tmp_path / "a.zip", **in_folders(parts, dbf="dbf"), **{second: like})

    with pytest.raises(SourceError, match=r"Several files may be the \.(dbf|shp) .*other/"):
        files.read(path)


def test_names_written_in_gbk_without_a_word_are_read_rightly(tmp_path):
    path = tmp_path / "gbk.zip"
    path.write_bytes(_unmarked(tmp_path))

    assert files.layer_names(path) == ["地块"]


@pytest.mark.parametrize(("codec", "name"), [
    ("big5", "工業區地塊圖"), ("big5", "園區計畫範圍"), ("gbk", "工业区地块图"),
    ("gbk", "园区范围"),
    ("gbk", "地块"), ("utf-8", "園區"),
])
def test_names_in_an_archive_are_read_by_what_their_bytes_prove(tmp_path, codec, name):
    path = tmp_path / "old.zip"
    path.write_bytes(_unmarked(tmp_path, name, codec))

    assert files.layer_names(path) == [name]
    assert names(files.read(path)) == ["甲", "乙"]


def _unmarked(folder, name="地块", codec="gbk"):
    """Write an archive as old programs do: the names in GBK, and nothing said of it."""

    class Plain(zipfile.ZipInfo):
        def _encodeFilenameFlags(self):  # noqa: N802  what zipfile calls
            return self.filename.encode(codec), self.flag_bits & ~archive.UTF8_NAME

    path = folder / "plain.zip"
    with zipfile.ZipFile(path, "w") as file:
        for part, content in shapefile(folder, name).items():
            file.writestr(Plain(part), content)
    return path.read_bytes()


def test_layers_of_several_files_have_names_of_their_own(tmp_path):
    path = zipped(
        tmp_path / "two.zip", **{"a/plots.geojson": geojson(), "b/plots.geojson": geojson(),
                                 "roads.geojson": geojson(), "readme.txt": b"hello"},
    )

    assert files.layer_names(path) == [
        "a/plots.geojson:plots", "b/plots.geojson:plots", "roads"
    ]
    assert names(files.read(path, layer="b/plots.geojson:plots")) == ["甲", "乙"]
    with pytest.raises(SourceError, match=r"no layer 'plots'(.|\n)*roads"):
        files.read(path, layer="plots")


def test_what_is_wrong_in_an_archive_is_named_by_its_place_in_it(tmp_path):
    path = zipped(tmp_path / "a.zip", **{"成果/地块.geojson": b'{"type": '})

    with pytest.raises(SourceError, match=r"a\.zip:成果.地块\.geojson"):
        files.layer_names(path)


def test_an_archive_without_layers_is_told(tmp_path):
    with pytest.raises(SourceError, match=r"no file that has layers(.|\n)*Pack the .shp"):
        files.layer_names(zipped(tmp_path / "a.zip", **{"readme.txt": b"hello"}))


def test_a_bomb_is_not_unfolded(tmp_path):
    path = zipped(tmp_path / "bomb.zip", **{"plots.geojson": b"0" * (300 << 20)})
    assert path.stat().st_size < 1 << 20

    with pytest.raises(SourceError, match="made to harm"), archive.unpacked(path):
        pass


def test_an_archive_of_too_many_files_is_not_unfolded(tmp_path, monkeypatch):
    few = msgspec.structs.replace(limits.limits(), archive_members=3)
    monkeypatch.setattr(limits, "limits", lambda: few)
    path = zipped(tmp_path / "many.zip", **{f"{number}.json": b"{}" for number in range(4)})

    with pytest.raises(LimitError, match="archive_members = 3"), archive.unpacked(path):
        pass


@pytest.mark.parametrize("name", ["../out.geojson", "/etc/out.geojson", "a\\..\\..\\out.geojson",
                                  "C:/out.geojson"])
def test_a_name_that_climbs_out_is_refused_and_nothing_is_written(tmp_path, name):
    path = zipped(tmp_path / "a.zip", **{name: geojson()})

    with pytest.raises(SourceError, match="climbs out"), archive.unpacked(path):
        pass

    assert list(tmp_path.rglob("out*")) == []


def test_a_link_in_an_archive_leads_nowhere(tmp_path):
    secret = tmp_path / "secret.geojson"
    secret.write_bytes(geojson())
    info = zipfile.ZipInfo("plots.geojson")
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    path = zipped(tmp_path / "a.zip")
    with zipfile.ZipFile(path, "w") as file:
        file.writestr(info, str(secret))

    with archive.unpacked(path) as folder:
        assert not (folder / "plots.geojson").is_symlink()
        assert (folder / "plots.geojson").read_text() == str(secret)


@pytest.mark.parametrize("spoil", [
    lambda content: content[:-30],
    lambda content: content[:60] + bytes(20) + content[80:],
    lambda _: b"PK\x03\x04 this is none",
])
def test_a_damaged_archive_is_refused(tmp_path, spoil):
    path = zipped(tmp_path / "a.zip", **{"plots.geojson": geojson() * 3})
    path.write_bytes(spoil(path.read_bytes()))

    with pytest.raises(SourceError, match=r"cannot be unpacked(.|\n)*again"):
        files.layer_names(path)


def test_a_locked_archive_is_refused_with_the_mend(tmp_path):
    path = zipped(tmp_path / "a.zip", **{"plots.geojson": geojson()})
    content = bytearray(path.read_bytes())
    content[6] |= archive.ENCRYPTED
    content[content.index(b"PK\x01\x02") + 8] |= archive.ENCRYPTED
    path.write_bytes(content)

    with pytest.raises(SourceError, match="password"):
        files.layer_names(path)


def test_what_was_unpacked_is_gone_afterwards(tmp_path):
    with archive.unpacked(zipped(tmp_path / "a.zip", **{"plots.geojson": geojson()})) as folder:
        assert (folder / "plots.geojson").is_file()

    assert not os.path.lexists(folder)


# --- anything at all --------------------------------------------------------------------------

HEADS = [b"", b"PK\x03\x04", b"PAR1", b"\x00\x00\x27\x0a", b"{", b"[", b"SQLite format 3\0",
         b"<kml", b"<?xml", b"AC1015", b"  0\nSECTION\n", b"\xff\xfe{\0"]


@given(
    head=st.sampled_from(HEADS), rest=st.binary(max_size=300),
    suffix=st.sampled_from(["", ".geojson", ".shp", ".zip", ".gpkg", ".parquet", ".csv", ".kml"]),
)
def test_no_bytes_whatever_crash_a_reader(tmp_path_factory, head, rest, suffix):
    path = tmp_path_factory.mktemp("any") / f"x{suffix}"
    path.write_bytes(head + rest)

    try:
        for name in files.layer_names(path):
            files.read(path, layer=name)
    except SourceError:
        pass  # which cannot be made without a cause and a mend


# --- formats of several kinds of features, under Chinese names --------------------------------

MIXED = gpd.GeoDataFrame(
    {"地块 名称": ["甲", "乙", "丙", None]},
    geometry=[shapely.box(0, 0, 1, 1), shapely.Point(2, 2), shapely.LineString([(3, 3), (4, 4)]),
              shapely.MultiPolygon([shapely.box(5, 5, 6, 6), shapely.box(7, 7, 8, 8)])],
    crs=4326,
)
HOLDING_ALL = [".gpkg", ".geojson", ".fgb", ".parquet", ".kml"]


@pytest.fixture(params=HOLDING_ALL)
def written(request, tmp_path):
    """Write a frame into a folder with a Chinese name, under a Chinese name."""
    folder = tmp_path / "成果 数据"
    folder.mkdir()

    def write(frame):
        path = folder / f"项目 地块{request.param}"
        target = export.of(path)
        layer = {"layer": "图层 一"} if target.layers else {}
        target.writer.write(frame, path, **layer)
        return path

    return write


def test_mixed_shapes_under_chinese_names_come_back_whole(written):
    path = written(MIXED)

    (name,) = files.layer_names(path)
    contents = files.read(path, layer=name)

    assert contents.bad == []
    assert contents.frame["地块 名称"].dropna().tolist() == ["甲", "乙", "丙"]
    order = [shapely.normalize(each) for each in contents.frame.geometry]
    expected = [shapely.normalize(each) for each in MIXED.geometry]
    assert all(
        shapely.hausdorff_distance(one, other) < 1e-8 and one.geom_type == other.geom_type
        for one, other in zip(order, expected, strict=True)
    )


def test_a_layer_without_features_is_a_layer(written):
    path = written(MIXED.iloc[:0])

    for name in files.layer_names(path):
        assert files.read(path, layer=name).frame.empty


def test_several_layers_are_told_apart_by_their_chinese_names(tmp_path):
    for suffix in (".gpkg", ".kml", ".dxf"):
        path = tmp_path / f"a{suffix}"
        crs = 4326 if suffix == ".kml" else 4529
        for name in ("地块", "道路"):
            frame = MIXED.iloc[:1].set_crs(crs, allow_override=True).assign(名=[name])
            export.of(path).writer.write(frame, path, layer=name)

        assert files.layer_names(path) == ["地块", "道路"]
        assert files.read(path, layer="道路").frame["名"].tolist() == ["道路"]


# --- what an archive holds beside its layers -----------------------------------------------------


@pytest.mark.parametrize(("name", "content"), [
    ("more.rar", b"Rar!\x1a\x07\x01\x00" + b"0" * 40), ("more.7z", b"7z\xbc\xaf\x27\x1c00"),
    ("drawing.dwg", b"AC1027" + b"\0" * 40),
    ("ledger.xlsx", b"PK\x03\x04 broken"), ("broken.geojson", b'{"type": '),
])
def test_a_member_that_is_no_layer_is_named_and_refuses_no_archive(tmp_path, name, content):
    path = zipped(tmp_path / "a.zip", **{"plots.geojson": geojson(), name: content})

    contents = files.read(path)

    assert files.layer_names(path) == ["plots"]
    assert names(contents) == ["甲", "乙"]
    assert [(each.issue, each.value) for each in contents.notes] == [
        (Issue.ARCHIVE_MEMBER_LEFT, name)
    ]


@pytest.mark.parametrize("data", [b"garbage " * 50, b"\0\1\2" * 50, b"", b"\0\0\x27\x0a"])
@pytest.mark.parametrize("packed", [False, True])
def test_a_shapefile_that_is_none_is_named_as_it_is_called_and_told_of_nothing_else(
    tmp_path, data, packed
):
    path = tmp_path / "junk.shp"
    path.write_bytes(data)
    named = str(path)
    if packed:
        path = zipped(tmp_path / "a.zip", **{"sub/junk.shp": data})
        named = f"{path}:sub/junk.shp"

    with pytest.raises(SourceError) as failed:
        files.read(path)

    for said in (failed.value.cause, failed.value.mend, str(failed.value)):
        assert "landtrack-" not in said
        assert "VRT" not in said
    assert named.replace(os.sep, "/") in failed.value.cause.replace(os.sep, "/")


def test_a_text_that_points_at_other_files_is_told_that_it_is_not_followed(tmp_path):
    path = tmp_path / "plots.gpkg"
    path.write_text("<OGRVRTDataSource/>")

    with pytest.raises(SourceError, match="VRT"):
        files.read(path)


def test_a_table_of_an_archive_is_read_as_one_and_is_not_left_out(tmp_path):
    path = zipped(tmp_path / "a.zip", **{
        "plots.geojson": geojson(), "台账/一.csv": "编号,企业\n甲,某厂\n".encode("gb18030"),
    })

    contents = files.read(path)

    assert files.layer_names(path) == ["plots"]
    assert contents.notes == []
    assert zip_input.all_names(path) == (["plots"], ["台账/一.csv"])
    assert zip_input.read_table(path).frame["企业"].tolist() == ["某厂"]
    with pytest.raises(SourceError, match="has no table 'none'"):
        zip_input.read_table(path, sheet="none")


def test_a_member_that_is_left_out_is_named_once_and_not_with_every_layer(tmp_path):
    path = zipped(
        tmp_path / "a.zip", **{"a.geojson": geojson(), "b.geojson": geojson(), "c.rar": b"Rar!"},
    )

    assert [len(files.read(path, layer=name).notes) for name in ("a", "b")] == [1, 0]


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("second", ["plots.geojson", "PLOTS.GeoJSON"])
def test_two_members_of_one_name_are_refused(tmp_path, second):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("plots.geojson", geojson())
        file.writestr(second, geojson())

    with pytest.raises(SourceError, match="two files of one name"):
        files.read(path)


@pytest.mark.parametrize(("parts", "lacking"), [
    ((".dat", ".map"), ".id"), ((".dat", ".id"), ".map"), ((".map", ".id"), ".dat"),
])
def test_a_mapinfo_table_of_which_a_part_is_lacking_says_which(tmp_path, parts, lacking):
    path = zipped(tmp_path / "a.zip", **{
        "t.tab": b'!table\n!version 300\nDefinition Table\n  Type NATIVE Charset "Neutral"\n',
        **{f"t{part}": b"\x03" for part in parts},
    })

    with pytest.raises(SourceError, match=rf"of which \{lacking} is missing"):
        files.read(path)
