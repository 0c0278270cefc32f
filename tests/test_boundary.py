"""The boundary-coordinate TXT comes in whole, or says exactly why not."""

import codecs

import pytest
import shapely
from hypothesis import example, given, settings, strategies as st
from notes import issues, only

from landtrack.ingest.formats import boundary
from landtrack.ingest.formats.boundary.layout import layouts
from landtrack.model import Issue
from landtrack.model.errors import SourceError

EAST, NORTH = 39_500_000, 3_700_000
"""South-west corner of every parcel here: on the central meridian of zone 39."""
HEADER = {
    "坐标系": "2000国家大地坐标系", "几度分带": "3", "投影类型": "高斯克吕格", "计量单位": "米",
    "带号": "39", "精度": "0.001", "转换参数": ",,,,,,",
}
SQUARE = [(0, 0), (0, 100), (100, 100), (100, 0)]
"""Clockwise from the south-west, (east, north): one hectare."""
INNER = [(20, 20), (20, 40), (40, 40), (40, 20)]
"""Clockwise within it: 400 m²."""
WIDE = [(10, 10), (10, 90), (90, 90), (90, 10)]
"""Clockwise within it: 6400 m²."""
BESIDE = [(200, 0), (200, 20), (220, 20), (220, 0)]
"""Clockwise beside it: 400 m²."""
ISLAND = [(25, 25), (25, 35), (35, 35), (35, 25)]
"""Clockwise within the inner one: 100 m²."""


def rows(*rings, close=True, numbers=None, east=EAST, form="J{n},{ring},{north:.3f},{east:.3f}"):
    """Write the points of rings, each closed by its first point again."""
    lines = []
    for at, ring in enumerate(rings, start=1):
        points = [*ring, ring[0]] if close else ring
        for n, (x, y) in enumerate(points, start=1):
            name = 1 if close and n == len(points) else n
            number = numbers[at - 1] if numbers else at
            lines.append(form.format(n=name, ring=number, north=NORTH + y, east=east + x))
    return lines


def parcel(*rings, line=None, area="1.0000", name="地块1", count=None, **how):
    """Write a parcel: its line and its points."""
    points = rows(*rings, **how)
    stated = len(points) if count is None else count
    return [line or f"{stated},{area},1,{name},面,H50G002051,工业用地,0601,@", *points]


def text(*parcels, header=HEADER, ends="\r\n", head="[属性描述]", body="[地块坐标]"):
    """Put a whole file together."""
    lines = [head, *(f"{key}={value}" for key, value in header.items()), body]
    return ends.join([*lines, *(line for each in parcels for line in each), ""])


@pytest.fixture
def read(tmp_path):
    """Read a text as a file, in UTF-8 where the test does not give bytes."""
    def reader(content, **options):
        path = tmp_path / "地块.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return boundary.read(path, **options)

    return reader


# --- the plain case -----------------------------------------------------------------------


def test_a_file_as_the_rule_has_it_is_read_without_remark(read):
    contents = read(text(parcel(SQUARE)))

    assert contents.bad == []
    assert contents.notes == []
    frame = contents.frame
    assert frame.crs.to_epsg() == 4527
    assert list(frame.index) == [1]
    assert frame.drop(columns="geometry").loc[1].to_dict() == {
        "地块面积": 1.0, "地块编号": "1", "地块名称": "地块1", "记录图形属性": "面",
        "图幅号": "H50G002051", "地块用途": "工业用地", "地类编码": "0601",
    }
    assert frame.geometry[1].bounds == (EAST, NORTH, EAST + 100, NORTH + 100)


def test_its_only_layer_is_named_as_the_file(tmp_path):
    path = tmp_path / "地块.txt"
    path.write_text(text(parcel(SQUARE)), encoding="utf-8")

    assert boundary.layer_names(path) == ["地块"]
    assert len(boundary.read(path, layer="地块").frame) == 1
    with pytest.raises(SourceError, match="no layer 'other'"):
        boundary.read(path, layer="other")


def test_every_key_of_the_header_is_kept_by_section_and_unknown_ones_too(read):
    content = "[项目信息]\n项目名称=开发区\n" + text(
        parcel(SQUARE), header={**HEADER, "审核人": "某人", "转换参数": "1,2,3,4,5,6,7"}
    )

    kept = read(content).frame.attrs["boundary"]

    assert kept["项目信息"] == {"项目名称": "开发区"}
    assert kept["属性描述"]["审核人"] == "某人"
    assert kept["属性描述"]["转换参数"] == "1,2,3,4,5,6,7"


def test_a_header_may_hold_any_sign(read):
    contents = read(text(parcel(SQUARE), header={**HEADER, "审核人": "@", "备注": "＝a=[b],1,2,@"}))

    assert contents.notes == []
    assert contents.frame.attrs["boundary"]["属性描述"]["备注"] == "＝a=[b],1,2,@"


def test_two_parcels_with_the_same_line_stay_two(read):
    contents = read(text(parcel(SQUARE), parcel([(x + 200, y) for x, y in SQUARE])))

    assert list(contents.frame.index) == [1, 2]
    assert contents.frame.geometry[2].bounds[0] == EAST + 200


# --- encodings and signs ------------------------------------------------------------------


@pytest.mark.parametrize(
    "encode",
    [
        pytest.param(lambda text: text.encode(), id="UTF-8"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="UTF-8 with a mark"),
        pytest.param(lambda text: text.encode("gb18030"), id="GB 18030"),
        pytest.param(lambda text: text.encode("utf-16"), id="UTF-16 little-endian"),
        pytest.param(
            lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), id="UTF-16 big-endian"
        ),
    ],
)
def test_every_encoding_that_exporters_write_is_found(read, encode):
    frame = read(encode(text(parcel(SQUARE, name="一号地块")))).frame

    assert frame.loc[1, "地块名称"] == "一号地块"


def test_utf_16_without_a_mark_is_found_by_its_zeros(read):
    content = text(*(parcel(SQUARE, area="") for _ in range(200)), header={"带号": "39"})
    plain = content.encode("ascii", errors="ignore").decode()  # coordinates and commas

    assert len(read(plain.encode("utf-16-le")).frame) == 200


def test_an_encoding_that_does_not_fit_is_refused_with_the_line(read):
    with pytest.raises(SourceError, match=r"not in utf-8: byte \d+, line 1.*\n.*encoding"):
        read(text(parcel(SQUARE)).encode("gb18030"), encoding="utf-8")
    with pytest.raises(SourceError, match="no encoding 'gbx'"):
        read(text(parcel(SQUARE)), encoding="gbx")


@pytest.mark.parametrize("ends", ["\r\n", "\n", "\r"])
def test_lines_may_end_in_any_way(read, ends):
    assert read(text(parcel(SQUARE), ends=ends)).notes == []


def test_one_stray_carriage_return_among_crlf_is_an_end_too(read):
    content = text(parcel(SQUARE)).replace("\r\nJ2", "\rJ2")

    assert read(content).notes == []


@pytest.mark.parametrize("brackets", ["【】", "［］"])
def test_full_width_brackets_digits_and_commas_are_read(read, brackets):
    left, right = brackets
    lines = parcel(SQUARE)
    lines[2] = "Ｊ２，１，３７００１００．０００，３９５０００００．０００"
    content = text(lines, head=f"{left}属性描述{right}", body=f"{left}地块坐标{right}")

    contents = read(content.replace("带号=39", "带号＝39"))

    assert contents.notes == []
    assert contents.frame.geometry[1].area == 10_000
    assert contents.frame.attrs["boundary"]["属性描述"]["带号"] == "39"


def test_a_parcel_line_wholly_in_full_width_signs_is_read(read):
    contents = read(text(parcel(SQUARE, line="5，1.0000，1，地块1，面，，工业用地，，＠")))

    assert contents.frame.loc[1, "地块用途"] == "工业用地"


# --- axes and zones -----------------------------------------------------------------------


def test_the_axes_are_told_apart_by_size_whichever_way_they_stand(read):
    swapped = parcel(SQUARE, form="J{n},{ring},{east:.3f},{north:.3f}")

    contents = read(text(swapped))

    assert contents.frame.geometry[1].bounds == (EAST, NORTH, EAST + 100, NORTH + 100)
    assert issues(contents) == [Issue.AXES_TURNED]


def test_one_parcel_the_other_way_round_is_named(read):
    swapped = parcel(SQUARE, form="J{n},{ring},{east:.3f},{north:.3f}")

    contents = read(text(parcel(SQUARE), swapped))

    assert only(contents, Issue.AXES_TURNED).feature == 2
    assert contents.frame.geometry[1].equals(contents.frame.geometry[2])


def near_equator(first, second):
    return ["5,1,1,a,面,,,,@", *(
        f"J1,1,{first + x:.3f},{second + y:.3f}" for x, y in [*SQUARE, SQUARE[0]]
    )]


def test_where_both_orders_are_possible_both_are_named_and_neither_taken(read):
    with pytest.raises(
        SourceError,
        match=r"north 500000.0, east 600000.0 \(117.901° E, 4.521° N\) "
        r"or as north 600000.0, east 500000.0 \(117.000° E, 5.426° N\)",
    ):
        read(text(near_equator(500_000, 600_000)))


def test_a_parcel_that_could_be_both_follows_those_that_can_be_one_only(read):
    sure = parcel(SQUARE, east=500_000)

    contents = read(text(sure, near_equator(500_000, 600_000)))

    assert contents.frame.geometry[2].bounds[0] == 600_000


@pytest.mark.parametrize(
    ("header", "east", "epsg", "told"),
    [
        pytest.param({}, EAST, 4527, [], id="as the rule has it"),
        pytest.param({"带号": ""}, EAST, 4527, [], id="empty zone: by the prefix"),
        pytest.param({"带号": "39带"}, EAST, 4527, [], id="with a word behind"),
        pytest.param({"几度分带": "", "分带": "3度带"}, EAST, 4527, [], id="another key"),
        pytest.param({"带号": "40"}, EAST, 4527, ["40 / 39"], id="zone contradicts the prefix"),
        pytest.param({"带号": "3"}, EAST, 4527, ["3 / 39"], id="width written as the zone"),
        pytest.param({"几度分带": "6"}, EAST, 4527, ["6° / 3°"], id="width contradicts"),
        pytest.param({}, 500_000, 4548, [], id="no prefix: by the header"),
        pytest.param({"带号": "", "中央经线": "117"}, 500_000, 4548, [], id="by the meridian"),
        pytest.param({"带号": ""}, 500_000, None, [], id="no prefix and no zone: open"),
        pytest.param({"带号": "3"}, 500_000, None, ["3 / –"], id="no prefix, no such zone: open"),
        pytest.param({"几度分带": "6", "带号": "20"}, 20_500_000, 4498, [], id="six degrees"),
        pytest.param({"几度分带": "6", "带号": "20"}, 500_000, 4509, [], id="the same, bare"),
        pytest.param({"坐标系": "1980西安坐标系"}, EAST, 2363, [], id="Xian 1980"),
        pytest.param({"坐标系": "80国家大地坐标系"}, EAST, 2363, [], id="Xian under another name"),
        pytest.param({"坐标系": "1954年北京坐标系"}, EAST, 2415, [], id="Beijing 1954"),
        pytest.param({"坐标系": ""}, EAST, None, [], id="datum not stated: open"),
    ],
)
def test_datum_and_zone_make_the_crs_and_what_contradicts_is_told(read, header, east, epsg, told):
    contents = read(text(parcel(SQUARE, east=east), header={**HEADER, **header}))

    found = contents.frame.crs
    assert (found and found.to_epsg()) == epsg
    assert [note.value for note in contents.notes if note.issue == Issue.ZONE_DIFFERS] == told
    assert contents.frame.geometry[1].bounds[0] == east


@pytest.mark.parametrize(
    ("key", "value"), [("坐标系", "城市独立坐标系"), ("投影类型", "墨卡托")]
)
def test_a_datum_or_projection_that_is_not_known_leaves_the_crs_open_and_is_told(read, key, value):
    contents = read(text(parcel(SQUARE), header={**HEADER, key: value}))

    assert contents.frame.crs is None
    note = only(contents, Issue.CRS_TEXT_UNKNOWN)
    assert (note.field, note.value) == (key, value)


def test_a_parcel_of_the_next_zone_is_brought_into_that_of_most(read):
    # 1.5 degrees east of one meridian is 1.5 degrees west of the next
    west, next_door = parcel(SQUARE), parcel(SQUARE, east=40_360_000)

    contents = read(text(west, west, next_door))

    assert only(contents, Issue.ZONE_MOVED).feature == 3
    moved = contents.frame.geometry[3]
    assert 39_630_000 < moved.bounds[0] < 39_650_000
    assert moved.area == pytest.approx(10_000, rel=1e-3)


def test_a_parcel_with_points_of_two_zones_is_set_aside(read):
    lines = parcel(SQUARE)
    lines[2] = lines[2].replace("395", "405")

    contents = read(text(lines, parcel(SQUARE)))

    assert contents.bad == [1]
    assert only(contents, Issue.COORDINATES_UNPLACED).feature == 1


def test_degrees_are_known_by_their_size_in_either_order(read):
    form = "J{n},{ring},{north:.7f},{east:.7f}"
    ring = [(117 - EAST, 33 - NORTH), (117 - EAST, 33.001 - NORTH), (117.001 - EAST, 33 - NORTH)]

    contents = read(text(parcel(ring, area="0.5179", form=form)))

    assert contents.frame.crs.to_epsg() == 4490
    assert contents.frame.geometry[1].bounds == pytest.approx((117, 33, 117.001, 33.001))
    assert contents.frame.loc[1, "地块面积"] == 0.5179  # half of 93.4 m by 110.9 m


def test_coordinates_of_no_zone_are_refused(read):
    with pytest.raises(SourceError, match=r"neither northing and easting.*\n.*leading digits"):
        read(text(parcel(SQUARE, form="J{n},{ring},{n}.000,2{n}.000")))


# --- rings --------------------------------------------------------------------------------


def back(ring):
    """Wind a ring the other way."""
    return ring[::-1]


@pytest.mark.parametrize(
    ("rings", "declared", "area", "parts", "holes"),
    [
        pytest.param([SQUARE, back(INNER)], "0.9600", 9600, 1, 1, id="a hole winds back"),
        pytest.param([back(SQUARE), INNER], "0.9600", 9600, 1, 1, id="also where the first does"),
        pytest.param([SQUARE, BESIDE], "1.0400", 10_400, 2, 0, id="ring 2 is another part"),
        pytest.param([SQUARE, back(BESIDE)], "1.0400", 10_400, 2, 0, id="wound wrongly: a part"),
        pytest.param([SQUARE, INNER], "0.9600", 9600, 1, 1, id="wound wrongly: a hole by area"),
        pytest.param([SQUARE, INNER], "1.0400", 10_400, 2, 0, id="overlapping part by area"),
        pytest.param([SQUARE, WIDE], "1.6400", 16_400, 2, 0, id="the same where it is most of it"),
        pytest.param(
            [SQUARE, back(INNER), ISLAND], "", 9700, 2, 1, id="an island, without any area"
        ),
        pytest.param(
            [SQUARE, back(INNER), ISLAND], "0.9700", 9700, 2, 1, id="an island in the hole"
        ),
        pytest.param(
            [BESIDE, SQUARE, back(INNER), ISLAND], "1.0100", 10_100, 3, 1,
            id="parts, a hole and an island",
        ),
    ],
)
def test_a_ring_is_hole_or_part_by_winding_and_place_and_area(
    read, rings, declared, area, parts, holes
):
    contents = read(text(parcel(*rings, area=declared)))

    shape = contents.frame.geometry[1]
    polygons = shapely.get_parts(shape)
    assert sum(polygon.area for polygon in polygons) == area
    assert len(polygons) == parts
    assert sum(len(polygon.interiors) for polygon in polygons) == holes
    assert contents.notes == []


@pytest.mark.parametrize("declared", ["", "0.5000"])
def test_where_neither_winding_nor_area_decides_it_is_told_with_both_areas(read, declared):
    contents = read(text(parcel(SQUARE, INNER, area=declared)))

    assert only(contents, Issue.RING_ROLES).value == "9600.00 / 10400.00 m²"
    assert contents.frame.geometry[1].area == 9600


def test_rings_that_all_bear_the_number_1_are_told_apart_where_they_close(read):
    contents = read(text(parcel(SQUARE, back(INNER), area="0.96", numbers=[1, 1])))

    assert contents.frame.geometry[1].area == 9600


def test_a_ring_closed_by_a_point_of_another_name_is_closed(read):
    lines = parcel(SQUARE)
    lines[-1] = lines[-1].replace("J1", "J5")

    contents = read(text(lines))

    assert contents.notes == []
    assert len(contents.frame.geometry[1].exterior.coords) == 5


@pytest.mark.parametrize(
    ("precision", "off", "closed"),
    [("0.001", 0.001, True), ("0.001", 0.01, False), ("3", 0.001, True), ("3", 0.01, False),
     ("0.01", 0.01, True), ("2", 0.01, True), ("", 0.001, True), ("", 0.01, False)],
)
def test_the_last_point_may_miss_the_first_by_the_precision(read, precision, off, closed):
    lines = parcel(SQUARE)
    lines[-1] = f"J1,1,{NORTH:.3f},{EAST + off:.3f}"

    contents = read(text(lines, header={**HEADER, "精度": precision}))

    assert (Issue.RING_CLOSED not in issues(contents)) == closed


def test_an_open_ring_is_closed_and_told(read):
    contents = read(text(parcel(SQUARE, close=False), parcel(SQUARE)))

    assert contents.frame.geometry[1].area == 10_000
    assert only(contents, Issue.RING_CLOSED).feature == 1


def test_a_file_that_never_closes_says_so_once(read):
    contents = read(text(*[parcel(SQUARE, close=False)] * 3))

    assert only(contents, Issue.RING_CLOSED).feature is None


@pytest.mark.parametrize("points", [0, 1, 2])
def test_fewer_than_three_points_make_no_parcel(read, points):
    contents = read(text(parcel(SQUARE[:points], close=False), parcel(SQUARE)))

    assert contents.bad == [1]
    assert only(contents, Issue.RING_UNUSABLE).feature == 1
    assert list(contents.frame.index) == [2]


def test_points_and_lines_are_read_as_what_they_say_they_are(read):
    line = "3,,1,水管,线,,,,@"
    mark = "1,,1,界桩,点,,,,@"
    contents = read(text(
        parcel(SQUARE[:3], line=line, close=False), parcel(SQUARE[:1], line=mark, close=False)
    ))

    assert contents.frame.geometry[1].length == 200
    assert contents.frame.geometry[2].geom_type == "Point"
    assert contents.notes == []


def test_a_densified_arc_is_told_and_kept(read):
    arc = [(0.01 * n, 100 + 0.0001 * n) for n in range(20)]
    contents = read(text(parcel([(0, 0), *arc, (100, 100), (100, 0)], area="")))

    assert only(contents, Issue.VERTICES_DENSE).value == "19 / 24"
    assert len(contents.frame.geometry[1].exterior.coords) == 24


# --- counts and areas ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("count", "told"),
    [
        pytest.param(5, None, id="with the closing point"),
        pytest.param(4, None, id="without it"),
        pytest.param(6, "6 / 5", id="one more"),
        pytest.param(2, "2 / 5", id="less: every point is read all the same"),
        pytest.param("x", None, id="no number"),
    ],
)
def test_the_count_of_points_is_compared_and_not_relied_upon(read, count, told):
    contents = read(text(parcel(SQUARE, count=count), parcel(SQUARE)))

    found = [note.value for note in contents.notes if note.issue == Issue.POINT_COUNT]
    assert found == ([told] if told else [])
    assert contents.frame.geometry[1].area == 10_000


@pytest.mark.parametrize(
    ("declared", "hectares", "told"),
    [
        pytest.param("1.0000", 1.0, [], id="hectares"),
        pytest.param("10000.00", 1.0, [Issue.AREA_UNIT], id="square metres"),
        pytest.param("15", 1.0, [Issue.AREA_UNIT], id="mu"),
        pytest.param("1.0000公顷", 1.0, [], id="hectares that say so"),
        pytest.param("10000平方米", 1.0, [], id="square metres that say so"),
        pytest.param("10000㎡", 1.0, [], id="square metres by their sign"),
        pytest.param("１．０", 1.0, [], id="full-width digits"),
        pytest.param("", None, [], id="none"),
        pytest.param("1.05", 1.05, [Issue.AREA_DIFFERS], id="hectares, but not what is drawn"),
        pytest.param("1234", None, [Issue.AREA_UNIT_UNKNOWN], id="neither"),
        pytest.param("约一公顷", None, [Issue.AREA_UNIT_UNKNOWN], id="no number"),
        pytest.param("1.0500公顷", 1.05, [Issue.AREA_DIFFERS], id="stated, but not what is drawn"),
    ],
)
def test_the_unit_of_the_area_shows_in_the_geometry(read, declared, hectares, told):
    contents = read(text(parcel(SQUARE, area=declared)))

    assert contents.frame["地块面积"].replace({float("nan"): None}).tolist() == [hectares]
    assert issues(contents) == told


def test_a_parcel_whose_area_is_wrong_is_in_the_unit_of_the_others(read):
    contents = read(text(*[parcel(SQUARE, area="10000")] * 3, parcel(SQUARE, area="12000")))

    assert contents.frame["地块面积"].tolist() == [1.0, 1.0, 1.0, 1.2]
    assert only(contents, Issue.AREA_UNIT).feature is None
    assert only(contents, Issue.AREA_DIFFERS).value == "12000.00 / 10000.00 m²"


# --- lines that cannot be read ------------------------------------------------------------


@pytest.mark.parametrize("line", ["J99,1,abc,def", "坏行", "J9,1,nan,inf", "J9,1,1_0,2_0", "J9"])
def test_a_bad_line_is_named_and_the_parcel_kept_where_its_area_proves_it_whole(read, line):
    lines = parcel(SQUARE)
    contents = read(text([*lines[:3], line, *lines[3:]]))

    assert only(contents, Issue.LINE_UNREADABLE).value == f"13: {line}"
    assert only(contents, Issue.LINE_UNREADABLE).feature == 1
    assert contents.frame.geometry[1].area == 10_000


@pytest.mark.parametrize("area", ["", "1.0000"])
def test_where_the_bad_line_was_a_corner_the_parcel_is_set_aside(read, area):
    lines = parcel(SQUARE, area=area)
    lines[2] = "J2,1,abc,def"

    contents = read(text(lines, parcel(SQUARE)))

    assert contents.bad == [1]
    assert only(contents, Issue.RING_INCOMPLETE).feature == 1


@pytest.mark.parametrize("area", ["", "1.0000"])
def test_a_file_that_was_cut_off_does_not_give_its_last_parcel_for_whole(read, area):
    whole = text(parcel(SQUARE), parcel([(0, 50), *SQUARE[1:]], area=area, count=30), ends="\n")

    contents = read(whole[: whole.rindex("J4")])

    assert contents.bad == [2]


def test_a_ring_broken_in_two_is_not_given_for_two(read):
    octagon = [(0, 30), (0, 70), (30, 100), (70, 100), (100, 70), (100, 30), (70, 0), (30, 0)]
    lines = parcel(octagon, BESIDE, area="")
    lines += lines[3:6]  # three corners of ring 1 stand behind ring 2
    del lines[3:6]

    contents = read(text(lines, parcel(SQUARE)))

    assert contents.bad == [1]
    assert only(contents, Issue.RING_INCOMPLETE).feature == 1


def test_a_parcel_line_without_its_at_sign_begins_a_parcel_all_the_same(read):
    contents = read(text(parcel(SQUARE), parcel(SQUARE, line="5,1.0000,2,地块2,面,,,")))

    assert contents.frame["地块名称"].tolist() == ["地块1", "地块2"]


def test_a_comma_in_a_name_is_found_by_the_kind_of_geometry_behind_it(read):
    contents = read(text(parcel(SQUARE, name="一厂,北区"), parcel(SQUARE)))

    assert contents.frame.loc[1, "地块名称"] == "一厂,北区"
    assert contents.frame.loc[1, "地块用途"] == "工业用地"
    assert only(contents, Issue.FIELD_COUNT).feature == 1


def test_fields_that_cannot_be_told_apart_are_missing_and_named(read):
    contents = read(text(parcel(SQUARE, line="5,1.0,地块1,面,@"), parcel(SQUARE), parcel(SQUARE)))

    assert contents.frame.drop(columns="geometry").loc[1].isna().all()
    assert only(contents, Issue.FIELD_COUNT).value == "5,1.0,地块1,面"
    assert contents.frame.geometry[1].area == 10_000


def test_files_put_one_after_another_are_read_if_they_lie_in_one_place(read):
    assert len(read(text(parcel(SQUARE)) + text(parcel(SQUARE))).frame) == 2
    with pytest.raises(SourceError, match="带号=40, below parcels for which it was 39"):
        read(text(parcel(SQUARE)) + text(parcel(SQUARE), header={**HEADER, "带号": "40"}))


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\0" * 100, b"\xff\xfe", b"PK\x03\x04 1,2", b"a,b\n1,2\n",
        "会议纪要\n第一条，无\n".encode(),
    ],
)
def test_what_is_no_such_file_is_refused(read, content):
    with pytest.raises(SourceError):
        read(content)


# --- layouts ------------------------------------------------------------------------------

FARMLAND = "5,1.0000,1,田块1,面,,,,一般,0101,7,6,改造,@"
EXAMPLES = {
    "national": (parcel(SQUARE), {"地块编号": "1", "地类编码": "0601"}),
    "farmland": (parcel(SQUARE, line=FARMLAND), {"图斑类型": "一般", "备注": "改造"}),
    "one-map": (
        parcel(SQUARE, line="77,地块1,建设用地,,@"), {"地块编号": "77", "地块类型": "建设用地"}
    ),
    "enforcement": (
        parcel(SQUARE, line="5,地块1,违法,工业,@"), {"地块名称": "地块1", "地块用途": "工业"}
    ),
    "swap": (
        parcel(SQUARE, line="5,10000,,地块1,,,,复垦,@ ",
               form="J{n},{east:.3f},{north:.3f},,{ring},"),
        {"地块面积": 1.0, "地块用途": "复垦"},
    ),
    "points": (rows(SQUARE, form="J{n},{north:.3f},{east:.3f}"), {}),
    "points-rings": (rows(SQUARE), {}),
    "points-bare": (rows(SQUARE, form="{north:.3f},{east:.3f}"), {}),
}


def test_every_layout_that_is_shipped_has_an_example_here():
    assert set(EXAMPLES) == set(layouts())


@pytest.mark.parametrize("layout", EXAMPLES)
@pytest.mark.parametrize("named", [False, True])
def test_a_layout_is_recognised_or_named(read, layout, named):
    lines, expected = EXAMPLES[layout]

    contents = read(text(lines), layout=layout if named else None)

    assert contents.frame.geometry[1].bounds == (EAST, NORTH, EAST + 100, NORTH + 100)
    assert contents.frame.loc[1, list(expected)].to_dict() == expected
    assert issues(contents) in ([], [Issue.AREA_UNIT])


def test_a_field_that_a_layout_leaves_empty_speaks_against_it(read):
    contents = read(text(parcel(SQUARE, line="77,地块1,违法,工业,@")))

    assert contents.frame.loc[1, "地块用途"] == "工业"  # no layout but enforcement has it
    assert only(contents, Issue.POINT_COUNT).value == "77 / 5"


def test_points_apart_by_blanks_are_read_without_any_header(read):
    lines = rows(SQUARE, form="{north:.3f}\t{east:.3f}")

    contents = read("\n".join(lines))

    assert contents.frame.geometry[1].area == 10_000
    assert contents.frame.crs is None


def test_a_layout_that_is_not_known_keeps_every_field_by_number(read):
    more = parcel(SQUARE, line="5,1.0000,1,地块1,面,,,0601,甲,乙,@")
    fewer = parcel(SQUARE, line="地块1,甲,@")

    longer, shorter = read(text(more)), read(text(fewer))

    assert longer.frame.loc[1, ["地类编码", "字段9", "字段10"]].tolist() == ["0601", "甲", "乙"]
    assert shorter.frame.loc[1, ["字段1", "字段2"]].tolist() == ["地块1", "甲"]
    assert only(longer, Issue.LAYOUT_UNKNOWN).value == "10"
    assert only(shorter, Issue.LAYOUT_UNKNOWN).value == "2"


def test_points_of_unknown_make_are_refused_with_how_to_describe_them(read):
    with pytest.raises(SourceError, match="no boundary-coordinate file"):
        read(text(parcel(SQUARE, form="J{n},{ring},{north:.3f},{east:.3f},5,5,5")))
    with pytest.raises(SourceError, match=r"no layout .* named 'x'\.\n.*national"):
        read(text(parcel(SQUARE)), layout="x")


def test_a_bureau_adds_its_layout_in_its_own_folder(read, tmp_path, monkeypatch):
    folder = tmp_path / "bureau" / "boundary"
    folder.mkdir(parents=True)
    (folder / "ours.toml").write_text(
        'id = "ours"\ntitle = { zh = "本局" }\norder = 1\nsource = "本局通知"\n'
        'parcel = ["地块名称", "街道"]\npoint = ["点号", "地块圈号", "X坐标", "Y坐标"]\n',
        encoding="utf-8",
    )
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path / "bureau"))
    layouts.cache_clear()
    try:
        contents = read(text(parcel(SQUARE, line="地块1,甲,@")))
    finally:
        layouts.cache_clear()

    assert contents.frame.loc[1, "街道"] == "甲"
    assert contents.notes == []


def test_names_of_points_that_number_nothing_are_said_to_be_left_out(read):
    assert only(
        read(text(parcel(SQUARE, form="界桩-{n},{ring},{north:.3f},{east:.3f}"))),
        Issue.POINT_NAMES_LEFT,
    ).value.startswith("界桩-1")


# --- the odd files ------------------------------------------------------------------------

AREAS_M2 = [2545.27, 4363.37, 1213.40, 8976.59, 784.66, 1248.42, 2930.64, 875.19]
"""Of the same buildings in wkt_utf8_bom.csv beside the file."""


@pytest.mark.parametrize(
    ("name", "unread"),
    [("boundary_gbk.txt", []), ("boundary_utf8_lf_bad.txt", ["31: J99,1,abc,def", "32: 坏行"])],
)
def test_the_odd_files_come_in_whole(real_data, name, unread):
    contents = boundary.read(real_data / "odd" / "derived" / name)

    frame = contents.frame
    assert contents.bad == []
    assert [note.value for note in contents.notes] == unread
    assert frame.crs.to_epsg() == 4527
    assert frame["地块名称"].tolist()[:2] == ["搜狐网络大厦", "东升大厦"]
    assert frame.area.tolist() == pytest.approx(AREAS_M2, abs=0.05)
    assert frame["地块面积"].tolist() == pytest.approx([area / 1e4 for area in AREAS_M2], abs=5e-5)


@pytest.mark.parametrize("name", ["collection.txt", "sequence.txt"])
def test_texts_that_are_something_else_are_refused(real_data, name):
    with pytest.raises(SourceError, match="no boundary-coordinate file"):
        boundary.read(real_data / "odd" / "fiona" / name)


# --- whatever comes -----------------------------------------------------------------------

PIECES = st.sampled_from([
    *text(parcel(SQUARE, back(INNER), area="0.96")).split("\r\n"), "J9,1,abc,1", "坏行", "", "@",
    "5,1,1,a,面,,,,@", "J1,2,3700010,39500010", "J1,1,3700010,40500010", "J1,1,500010,600010",
    ",,,,@", "=", "[", "带号=40", "精度=9", "J1,1,33.5,117.5", "a=b", ",,,", "J,1,1e308,-1e308",
])


@settings(max_examples=200)
@given(lines=st.lists(PIECES, max_size=40), ends=st.sampled_from(["\n", "\r", "\r\n"]))
@example(lines=["5,1,1,a,面,,,,@", "J1,1,3700010,39500010"], ends="\n")
def test_no_mixture_of_lines_crashes_or_loses_a_parcel(tmp_path_factory, lines, ends):
    path = tmp_path_factory.mktemp("any") / "a.txt"
    path.write_text(ends.join(lines), encoding="utf-8", newline="")

    try:
        contents = boundary.read(path)
    except SourceError:
        return
    numbers = sorted([*contents.frame.index, *contents.bad])
    begun = sum(line.endswith("@") for line in lines)
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) - begun in {0, 1}  # points before any parcel line are one too
    assert contents.frame.geometry.notna().all()
    why = {note.feature for note in contents.notes}
    assert set(contents.bad) <= why
    for note in contents.notes:
        assert note.feature is None or 1 <= note.feature <= len(numbers)


@settings(max_examples=200)
@given(data=st.binary(max_size=300), at=st.integers(0, 400), how=st.sampled_from("rid"))
def test_no_bytes_crash_it(tmp_path_factory, data, at, how):
    whole = text(parcel(SQUARE)).encode("gb18030")
    behind = at + len(data) if how == "r" else at
    path = tmp_path_factory.mktemp("any") / "a.txt"
    path.write_bytes(data if how == "d" else whole[:at] + data + whole[behind:])

    try:
        contents = boundary.read(path)
    except SourceError:
        return
    assert len(contents.frame) + len(contents.bad) >= 1
