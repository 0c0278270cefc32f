"""A Shapefile's text comes in rightly whatever it says, or does not say, of its encoding."""

import itertools
import struct

import geopandas as gpd
import pyogrio
import pytest
import shapely
from builders import box, frame
from hypothesis import assume, example, given, strategies as st
from pyproj import CRS

from landtrack.ingest.formats import dbf, files
from landtrack.ingest.formats.base import Note
from landtrack.ingest.formats.shapefile import read
from landtrack.model import Issue
from landtrack.model.errors import SourceError

NAMES = ["搜狐网络大厦", "衡业集团", "柯尔标准件", "征地地块", "已报省"]


@pytest.fixture
def shapefile(tmp_path):
    """Write a Shapefile with Chinese text in an encoding, and let it say another."""

    def write(codec, says=None, driver=0, names=NAMES):
        shapes = {name: box(number, 0, number + 1, 1) for number, name in enumerate(names)}
        plots = frame("plots", shapes)
        path = tmp_path / "plots.shp"
        latin = [name.encode(codec).decode("iso-8859-1") for name in names]
        plots = plots[["geometry"]].assign(name=latin)
        pyogrio.write_dataframe(plots, path, encoding="ISO-8859-1")
        path.with_suffix(".cpg").unlink()
        if says is not None:
            path.with_suffix(".cpg").write_text(says)
        table = bytearray(path.with_suffix(".dbf").read_bytes())
        table[29] = driver
        path.with_suffix(".dbf").write_bytes(table)
        return path

    return write


@pytest.mark.parametrize("says", [None, "UTF-8", "GBK", "936", "Big5", "ISO-8859-1"])
@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_what_the_bytes_are_goes_before_what_the_file_says(shapefile, codec, says):
    contents = read(shapefile(codec, says))

    assert contents.frame["name"].tolist() == NAMES
    told = {note.issue: note.value for note in contents.notes}
    stated = {"UTF-8": "utf-8", "GBK": "gb18030", "936": "gb18030", "Big5": "big5",
              "ISO-8859-1": "iso-8859-1"}.get(says)
    if stated and stated != codec:
        assert told == {Issue.ENCODING_DIFFERS: f"{codec} / {stated}"}
    else:
        assert told == {}


@pytest.mark.parametrize("driver", [0x00, 0x57, 0x4D])
def test_the_language_driver_byte_may_say_anything(shapefile, driver):
    assert read(shapefile("gb18030", driver=driver)).frame["name"].tolist() == NAMES


def test_traditional_chinese_in_big5_is_told_from_simplified(shapefile):
    names = ["工業區土地", "變電所", "道路與橋樑", "污水處理廠"]

    assert read(shapefile("big5", names=names)).frame["name"].tolist() == names


def test_the_catalogs_word_goes_before_all(shapefile):
    contents = read(shapefile("gb18030"), encoding="iso-8859-1")

    assert contents.frame["name"][1] == NAMES[0].encode("gb18030").decode("iso-8859-1")


WESTERN = ["Oberfläche", "Straße", "Zürich"]


def test_western_text_is_read_as_stated(shapefile):
    contents = read(shapefile("cp1252", "1252", names=WESTERN))

    assert contents.frame["name"].tolist() == WESTERN
    assert contents.notes == []


def test_western_text_of_which_nothing_is_stated_is_a_guess_that_is_told(shapefile):
    contents = read(shapefile("cp1252", names=WESTERN))

    assert contents.frame["name"].tolist() == WESTERN
    assert contents.notes == [Note(Issue.ENCODING_DIFFERS, "cp1252 / –")]


def test_without_its_index_a_shapefile_is_read_and_left_as_it_is(shapefile):
    path = shapefile("utf-8", "UTF-8")
    path.with_suffix(".shx").unlink()

    contents = read(path)

    assert contents.frame["name"].tolist() == NAMES
    assert contents.notes == [Note(Issue.INDEX_REBUILT, "plots.shp")]
    assert not path.with_suffix(".shx").exists()


def test_without_its_attributes_the_shapes_come_in_and_it_is_told(shapefile):
    path = shapefile("utf-8")
    path.with_suffix(".dbf").unlink()

    contents = read(path)

    assert len(contents.frame) == len(NAMES)
    assert contents.notes == [Note(Issue.ATTRIBUTES_MISSING, "plots.shp")]


@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40), st.integers(0, 3))
def test_a_cell_cut_inside_a_character_loses_that_character_only(text, cut):
    whole = text.encode("utf-8")
    assume(len(whole) > cut)
    kept = whole[: len(whole) - cut]

    read = dbf.decode(kept.decode("iso-8859-1"), "utf-8")

    assert text.startswith(read)
    assert len(text) - len(read) <= cut


@given(st.binary(max_size=400))
@example(b"\x03" + bytes(9) + b"\x60" + bytes(21) + b"NAME")  # cut off inside a field
def test_no_bytes_whatever_break_the_look_at_the_encoding(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("dbf") / "x.dbf"
    path.write_bytes(content)

    assert dbf.encoding(path).name


ODD = [
    "gbk_no_cpg", "gbk_ldid_4d", "utf8_no_cpg", "utf8_cpg_says_gbk", "gbk_cpg_says_utf8",
    "cpg_936", "utf8_field_name_cut_mid_char", "truncated_field_names", "text_over_254", "no_shx",
]


@pytest.mark.parametrize("name", ODD)
def test_the_odd_files_come_in_rightly(real_data, name):
    contents = read(real_data / "odd" / "derived" / f"{name}.shp")

    assert len(contents.frame) == 40
    assert contents.frame["名称"].iloc[0] == "搜狐网络大厦"


# --- shapes -----------------------------------------------------------------------------------


def written(tmp_path, shape, name="plots.shp"):
    path = tmp_path / name
    gpd.GeoDataFrame({"n": [1]}, geometry=[shape], crs=4529).to_file(path)
    return path


def patched(path, change):
    """Change the coordinates of the first record's rings, or its type."""
    content = bytearray(path.read_bytes())
    change(content)
    path.write_bytes(content)
    return path


def rewound(content):
    """Turn the winding of every ring of the first record."""
    at = 108  # behind the head of the file and that of the record
    parts, points = struct.unpack_from("<ii", content, at + 36)
    starts = [*struct.unpack_from(f"<{parts}i", content, at + 44), points]
    first = at + 44 + 4 * parts
    for low, high in itertools.pairwise(starts):
        ring = [content[first + 16 * each:first + 16 * (each + 1)] for each in range(low, high)]
        content[first + 16 * low:first + 16 * high] = b"".join(reversed(ring))


HOLED = box(0, 0, 100, 100).difference(box(20, 20, 50, 50))


def test_rings_wound_the_wrong_way_are_still_shell_and_hole(tmp_path):
    path = patched(written(tmp_path, HOLED), rewound)

    found = read(path)

    (shape,) = found.frame.geometry
    assert shape.is_valid
    assert shape.area == 100 * 100 - 30 * 30
    assert len(shape.interiors) == 1
    assert found.notes == [Note(Issue.RINGS_REWOUND, feature=1)]


def test_two_parts_are_two_parts_however_they_are_wound(tmp_path):
    parts = shapely.MultiPolygon([box(0, 0, 10, 10), box(20, 0, 30, 10)])

    for path in (written(tmp_path, parts), patched(written(tmp_path, parts, "b.shp"), rewound)):
        shape = read(path).frame.geometry.iloc[0]
        assert (shape.area, len(shape.geoms)) == (200, 2)


def test_heights_do_no_harm(tmp_path):
    found = read(written(tmp_path, shapely.force_3d(HOLED, 5.0)))

    assert (found.bad, found.notes) == ([], [])
    assert found.frame.geometry.area.tolist() == [9100]


def measured(path):
    """Give every corner of the only polygon a measure: shape type 25 of the format."""
    points = 5
    more = struct.pack(f"<{2 + points}d", 0.0, 1.0, *range(points))
    content = bytearray(path.read_bytes()) + more
    words = struct.unpack_from(">i", content, 104)[0] + len(more) // 2
    struct.pack_into(">i", content, 24, len(content) // 2)
    struct.pack_into("<i", content, 32, 25)
    struct.pack_into(">i", content, 104, words)
    struct.pack_into("<i", content, 108, 25)
    path.write_bytes(content)
    index = bytearray(path.with_suffix(".shx").read_bytes())
    struct.pack_into("<i", index, 32, 25)
    struct.pack_into(">i", index, 104, words)
    path.with_suffix(".shx").write_bytes(index)
    return path


def test_measures_do_no_harm(tmp_path):
    found = read(measured(written(tmp_path, box(0, 0, 9, 9))))

    assert (found.bad, found.notes) == ([], [])
    assert found.frame.geometry.area.tolist() == [81]


def test_multipatches_are_refused_with_words(tmp_path):
    def as_multipatch(content):
        content[32:36] = struct.pack("<i", 31)

    path = patched(written(tmp_path, box(0, 0, 1, 1)), as_multipatch)

    with pytest.raises(SourceError, match=r"surfaces in space(.|\n)*Footprint"):
        read(path)


def test_the_shp_alone_gives_its_shapes_and_says_what_is_missing(tmp_path):
    path = written(tmp_path, HOLED)
    for suffix in (".shx", ".dbf", ".prj", ".cpg"):
        path.with_suffix(suffix).unlink()

    found = read(path)

    assert found.frame.geometry.area.tolist() == [9100]
    assert found.frame.crs is None
    assert {note.issue for note in found.notes} == {Issue.ATTRIBUTES_MISSING, Issue.INDEX_REBUILT}
    assert sorted(each.name for each in tmp_path.iterdir()) == ["plots.shp"]


@pytest.mark.parametrize("driver", [0x57, 0x00, 0x4D])
def test_gbk_without_a_cpg_is_read_whatever_the_head_says(shapefile, driver):
    assert read(shapefile("gb18030", None, driver)).frame["name"].tolist() == NAMES


@pytest.mark.parametrize("says", [None, "Big5", "UTF-8"])
def test_big5_is_read_by_its_bytes(shapefile, says):
    names = ["工業用地", "電力線路", "變電所", "道路紅線"]

    assert read(shapefile("big5", says, names=names)).frame["name"].tolist() == names


def test_an_esri_prj_is_its_epsg_zone(tmp_path):
    path = written(tmp_path, HOLED)
    path.with_suffix(".prj").write_text(CRS.from_epsg(4529).to_wkt("WKT1_ESRI"))

    assert read(path).frame.crs.to_epsg() == 4529


# --- files that disagree ------------------------------------------------------------------------


@pytest.fixture
def four(tmp_path):
    """Write four squares named by their number, side by side, 10 m wide."""
    path = tmp_path / "four.shp"
    shapes = [box(10 * number, 0, 10 * number + 10, 10) for number in range(4)]
    gpd.GeoDataFrame({"n": [1, 2, 3, 4]}, geometry=shapes, crs=4529).to_file(path)
    return path


def table(path, *, records=None, stated=None, deleted=()):
    """Cut or lengthen the attributes, state another number, mark records as deleted."""
    dbf_path = path.with_suffix(".dbf")
    content = bytearray(dbf_path.read_bytes())
    head, width = struct.unpack_from("<HH", content, 8)
    rows = content[head:head + 4 * width]
    for number in deleted:
        rows[(number - 1) * width] = 0x2A
    rows = (rows + rows)[: (4 if records is None else records) * width]
    struct.pack_into("<I", content, 4, len(rows) // width if stated is None else stated)
    dbf_path.write_bytes(bytes(content[:head] + rows) + b"\x1a")


@pytest.mark.parametrize(
    ("change", "names", "told"),
    [
        pytest.param({"records": 3}, {1: 1, 2: 2, 3: 3, 4: None},
                     {Issue.RECORDS_LACKING: "4 / 3: 4"}, id="a record short"),
        pytest.param({"records": 1}, {1: 1, 2: None, 3: None, 4: None},
                     {Issue.RECORDS_LACKING: "4 / 1: 2–4"}, id="three records short"),
        pytest.param({"stated": 3}, {1: 1, 2: 2, 3: 3, 4: 4}, {},
                     id="the head states fewer than there are"),
        pytest.param({"records": 3, "stated": 4}, {1: 1, 2: 2, 3: 3, 4: None},
                     {Issue.FEATURES_LACKING: "3 / 4", Issue.RECORDS_LACKING: "4 / 3: 4"},
                     id="cut off"),
        pytest.param({"records": 6}, {1: 1, 2: 2, 3: 3, 4: 4, 5: 1, 6: 2},
                     {Issue.SHAPES_LACKING: "6 / 4: 5–6"}, id="two records more"),
        pytest.param({"deleted": [2]}, {1: 1, 3: 3, 4: 4}, {Issue.RECORDS_DELETED: "1: 2"},
                     id="one marked as deleted"),
        pytest.param({"records": 3, "deleted": [1, 3]}, {2: 2, 4: None},
                     {Issue.RECORDS_LACKING: "4 / 3: 4", Issue.RECORDS_DELETED: "2: 1, 3"},
                     id="short, and two marked as deleted"),
    ],
)
def test_no_shape_and_no_record_is_lost_where_their_numbers_differ(four, change, names, told):
    table(four, **change)

    found = read(four)

    assert found.frame["n"].astype(object).where(found.frame["n"].notna(), None).to_dict() == names
    west = found.frame.geometry.dropna().bounds["minx"]
    assert ((west - west.iloc[0]) / 10).tolist() == [
        number - west.index[0] for number in west.index
    ]
    assert {note.issue: note.value for note in found.notes} == told


def entries(path, change):
    """Change the entries (start and length in words) of the index."""
    index = path.with_suffix(".shx")
    content = index.read_bytes()
    rows = [list(struct.unpack_from(">2i", content, at)) for at in range(100, len(content), 8)]
    rows = change(rows)
    index.write_bytes(content[:100] + b"".join(struct.pack(">2i", *row) for row in rows))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda rows: [[at + 2, length] for at, length in rows], id="starts moved"),
        pytest.param(lambda rows: [[at, length - 4] for at, length in rows], id="lengths"),
        pytest.param(lambda rows: rows[:2], id="two entries short"),
        pytest.param(lambda rows: [rows[0], rows[2], rows[1], rows[3]], id="two exchanged"),
        pytest.param(lambda rows: [*rows[:3], rows[0]], id="one twice"),
        pytest.param(lambda rows: [[at, 0] for at, _ in rows], id="no lengths"),
        pytest.param(lambda rows: [[0, 0] for _ in rows], id="nothing"),
        pytest.param(lambda rows: [[10**6, rows[0][1]], *rows[1:]], id="one beyond the end"),
        pytest.param(lambda rows: [*rows[:3], [10**6, rows[3][1]]], id="the last beyond the end"),
        pytest.param(lambda _: [], id="empty"),
    ],
)
def test_an_index_that_contradicts_the_shapes_is_not_believed_and_told(four, change):
    entries(four, change)
    before = four.with_suffix(".shx").read_bytes()

    found = read(four)

    assert found.frame["n"].tolist() == [1, 2, 3, 4]
    assert (found.frame.bounds["minx"].diff().dropna() == 10).all()
    assert {note.issue: note.value for note in found.notes} == {Issue.INDEX_DIFFERS: "four.shp"}
    assert four.with_suffix(".shx").read_bytes() == before


def test_room_in_the_shp_that_a_program_left_behind_is_no_contradiction(four):
    content = four.read_bytes()
    first = content[100:108 + 2 * struct.unpack_from(">i", content, 104)[0]]
    words = len(content) // 2
    four.write_bytes(content + first)  # the first shape was written anew, at the end
    entries(four, lambda rows: [[words, rows[0][1]], *rows[1:]])

    found = read(four)

    assert (found.frame["n"].tolist(), found.notes) == ([1, 2, 3, 4], [])


def test_records_that_a_program_numbered_from_nought_are_left_as_they_are(four):
    content = bytearray(four.read_bytes())
    at = 100
    for number in range(4):
        struct.pack_into(">i", content, at, number)
        at += 8 + 2 * struct.unpack_from(">i", content, at + 4)[0]
    four.write_bytes(content)

    found = read(four)

    assert (found.frame["n"].tolist(), found.notes) == ([1, 2, 3, 4], [])


def polygons(path, shapes):
    """Write polygons ring by ring, each wound as it is given."""
    body, index = b"", b""
    for number, rings in enumerate(shapes, 1):
        corners = [corner for ring in rings for corner in ring]
        starts = [sum(map(len, rings[:at])) for at in range(len(rings))]
        record = struct.pack("<i4d2i", 5, 0, 0, 0, 0, len(rings), len(corners))
        record += struct.pack(f"<{len(starts)}i", *starts)
        record += b"".join(struct.pack("<2d", *corner) for corner in corners)
        index += struct.pack(">2i", 50 + len(body) // 2, len(record) // 2)
        body += struct.pack(">2i", number, len(record) // 2) + record
    head = struct.pack(">6i", 9994, 0, 0, 0, 0, 0)
    more = struct.pack("<2i8d", 1000, 5, *[0.0] * 8)
    for suffix, rest in ((".shp", body), (".shx", index)):
        path.with_suffix(suffix).write_bytes(
            head + struct.pack(">i", 50 + len(rest) // 2) + more + rest
        )
    return path


SHELL = [(0, 0), (0, 100), (100, 100), (100, 0), (0, 0)]
HOLE = [(110, 110), (120, 110), (120, 115), (110, 115), (110, 110)]
"""Wound as a hole, outside of the shell."""


@pytest.mark.parametrize(
    ("shapes", "area"),
    [
        pytest.param([[SHELL, HOLE]], 10_000 - 50, id="a hole outside stays a hole"),
        pytest.param([[HOLE, SHELL]], 10_000 - 50, id="also where it comes first"),
        pytest.param([[SHELL, HOLE[::-1]]], 10_000 + 50, id="wound as a shell it is a part"),
        pytest.param([[SHELL, HOLE], [HOLE]], 10_000 + 50,
                     id="in a file that winds single rings as holes, winding says nothing"),
    ],
)
def test_the_winding_says_what_a_ring_outside_is(tmp_path, shapes, area):
    found = read(polygons(tmp_path / "rings.shp", shapes))

    assert shapely.area(found.frame.geometry.iloc[0]) == area


# --- alphabets --------------------------------------------------------------------------------

SPAIN, POLAND, RUSSIA, JAPAN, KOREA, CHINA, KENYA = (
    (0.0, 40.0), (19.9, 50.0), (37.6, 55.7), (139.7, 35.7), (127.0, 37.5), (116.3, 39.9),
    (36.8, -1.3),
)
SHORT = ["征地", "地块", "鑫", "衢州", "亳州", "工业", "甲", "一号", "浒墅关", "A1地块"]


def judged(names, codec, place=None, stated=None):
    """Judge names as the cells of a field of 80 bytes."""
    return dbf.judge([name.encode(codec) + b" " for name in names], stated, place)


@pytest.mark.parametrize(
    ("names", "codec", "place", "found"),
    [
        pytest.param(["Ñandú", "Peña"], "cp1252", SPAIN, "cp1252", id="Spanish"),
        pytest.param(["Ñandú", "Peña"], "cp1252", None, "cp1252", id="Spanish, nowhere"),
        pytest.param(["Ñandú", "Peña"], "cp1252", CHINA, "cp1252", id="Spanish in China"),
        pytest.param(["Zone d’activité", "Forêt", "Île"], "cp1252", None, "cp1252", id="French"),
        pytest.param(["Łódź", "Kraków", "Żabia"], "cp1250", POLAND, "cp1250", id="Polish"),
        pytest.param(["Škoda", "Plzeň", "Průmysl"], "cp1250", POLAND, "cp1250", id="Czech"),
        pytest.param(["Łódź", "Ślęza", "Gdańsk"], "iso-8859-2", POLAND, "iso-8859-2",
                     id="Polish in Latin-2"),
        pytest.param(["Москва", "Участок"], "cp1251", RUSSIA, "cp1251", id="Russian"),
        pytest.param(["Москва", "Участок"], "cp1251", None, "cp1251", id="Russian, nowhere"),
        pytest.param(["ЗАВОД", "ДОМА", "СКЛАД"], "cp1251", RUSSIA, "cp1251", id="in capitals"),
        pytest.param(["工業用地", "道路", "さくら"], "cp932", JAPAN, "cp932", id="Japanese"),
        pytest.param(["공장용지", "도로"], "cp949", KOREA, "cp949", id="Korean"),
        pytest.param(["工業區土地", "變電所"], "big5", (121.5, 25.0), "big5", id="Taiwan"),
        *(pytest.param([name], "gb18030", place, "gb18030", id=f"{name} {said}")
          for name in SHORT
          for said, place in (("in China", CHINA), ("nowhere", None))),
        pytest.param(["内罗毕工业园", "一号地块"], "gb18030", KENYA, "gb18030",
                     id="Chinese far from China"),
    ],
)
def test_the_script_is_told_by_bytes_and_place(names, codec, place, found):
    assert judged(names, codec, place).name == found


def test_a_guess_of_an_alphabet_is_never_called_proven():
    assert not judged(["Ñandú", "Peña"], "cp1252", SPAIN).proven
    assert judged(["征地"], "gb18030", CHINA).proven


@pytest.mark.parametrize("stated", ["cp1252", "cp1250", "cp1251"])
def test_an_alphabet_that_is_stated_is_believed(stated):
    assert judged(["Ñandú"], "cp1252", CHINA, stated).name == stated


SPANISH = ["Ñandú", "Peña"]


def moved(path, east, north):
    """Put a Shapefile elsewhere; its table stays as it is."""
    table = path.with_suffix(".dbf").read_bytes()
    codes = path.with_suffix(".cpg")
    said = codes.read_text() if codes.exists() else None
    shapes = [
        shapely.box(east + at, north, east + at + 0.5, north + 0.5) for at in range(2)
    ]
    pyogrio.write_dataframe(
        gpd.GeoDataFrame({"name": ["a", "b"]}, geometry=shapes, crs="EPSG:4326"), path
    )
    path.with_suffix(".dbf").write_bytes(table)
    codes.unlink()
    if said is not None:
        codes.write_text(said)
    return path


@pytest.mark.fault("69-latin1-without-cpg")
@pytest.mark.parametrize("says", [
    "ANSI 1252", "ANSI", "1252", "OEM 1252", "windows-1252", "no one",
])
def test_a_code_page_may_be_called_by_any_program_and_none_is_a_fault(shapefile, says):
    contents = read(moved(shapefile("cp1252", says, names=SPANISH), -4, 40))

    assert contents.frame["name"].tolist() == SPANISH


@pytest.mark.fault("69-latin1-without-cpg")
def test_text_that_is_not_in_the_encoding_stated_is_not_left_out(shapefile):
    contents = read(moved(shapefile("cp1252", "UTF-8", names=SPANISH), -4, 40))

    assert contents.frame["name"].tolist() == SPANISH
    assert Note(Issue.ENCODING_DIFFERS, "cp1252 / utf-8") in contents.notes


def test_one_broken_text_among_good_ones_is_kept_and_told(shapefile):
    names = ["征地地块", "Ñandú", "Peña"]
    path = shapefile("utf-8", "UTF-8", names=names)
    table = path.with_suffix(".dbf").read_bytes()
    path.with_suffix(".dbf").write_bytes(table.replace("ñ".encode(), b"\xf1a"))

    contents = read(path)

    assert contents.frame["name"].tolist() == ["征地地块", "Ñandú", "Pe\ufffdaa"]
    assert Note(Issue.ENCODING_DIFFERS, "utf-8 / utf-8") in contents.notes


@pytest.mark.fault("69-latin1-without-cpg")
@pytest.mark.parametrize("driver", [0x01, 0x02])
def test_what_a_table_of_dos_states_is_believed_where_chinese_is_not_at_home(shapefile, driver):
    path = moved(shapefile("cp850", driver=driver, names=["Peña", "Año"]), -4, 40)

    assert read(path).frame["name"].tolist() == ["Peña", "Año"]


@pytest.mark.parametrize("driver", [0x01, 0x02])
def test_chinese_in_china_is_read_whatever_a_table_of_dos_states(shapefile, driver):
    path = moved(shapefile("gb18030", driver=driver, names=["征地地块", "衡业集团"]), 121, 39)

    assert read(path).frame["name"].tolist() == ["征地地块", "衡业集团"]


@pytest.mark.fault("69-latin1-without-cpg")
def test_an_encoding_found_by_bytes_where_it_is_not_at_home_is_a_guess_that_is_told(shapefile):
    path = moved(shapefile("gb18030", names=["征地地块", "衡业集团"]), -4, 40)

    contents = read(path)

    assert contents.frame["name"].tolist() == ["征地地块", "衡业集团"]
    assert Note(Issue.ENCODING_DIFFERS, "gb18030 / –") in contents.notes


def test_numbers_that_look_like_the_line_of_a_parcel_are_no_boundary_text(shapefile):
    """14.42 ends in the bytes ``,@``, and the first byte of 50.08 ends a line."""
    path = moved(shapefile("utf-8", names=["a", "b"]), 14.42, 50.08)
    assert b",@\n" in path.read_bytes()[:4096]

    assert files.of(path) is files.SHAPEFILE
