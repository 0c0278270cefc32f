"""Corners as they stand in real tables: blocks side by side, sorted rows, footers, two systems."""

import math

import openpyxl
import pytest
from click.testing import CliRunner
from notes import issues

from landtrack.cli.main import main
from landtrack.ingest.formats import coordinates
from landtrack.model import Issue
from landtrack.model.errors import SourceError

NORTH, EAST = 4_545_500, 41_487_500
AREA = pytest.approx(30_000, abs=1)
"""Of a twelve-sided ring of radius 100 m: 3 r²."""
HEADING = ("界址点号", "X坐标", "Y坐标")
SORTED = sorted(range(12), key=lambda at: str(at + 1))


def ring(n=12, *, radius=100.0, east=EAST):
    """Give the corners (north, east) of a ring, clockwise from the north."""
    angles = [2 * math.pi * at / n for at in range(n)]
    return [
        (round(NORTH + radius * math.cos(each), 3), round(east + radius * math.sin(each), 3))
        for each in angles
    ]


def named(points, name="J{}", *, first=1):
    return [(name.format(at), *point) for at, point in enumerate(points, start=first)]


CORNERS = named(ring())
SQUARE = named(ring(4))
"""Half of a square of 200 m: 20 000 m²."""


@pytest.fixture
def write(tmp_path):
    def writer(*rows, merged=()):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for each in merged:
            book.active.merge_cells(each)
        path = tmp_path / "corners.xlsx"
        book.save(path)
        return path

    return writer


def of_parcel(rows):
    return [("Z1", *row) for row in rows]


# --- the order of corners -------------------------------------------------------------------


@pytest.mark.fault("36-points-sorted-as-text")
@pytest.mark.parametrize("name", ["J{}", "{}", "Z1-J{}", "J{}-1", "J{}点", "{}#"])
@pytest.mark.parametrize("order", [
    pytest.param(SORTED, id="as text"), pytest.param(SORTED[::-1], id="as text, from the end"),
    pytest.param([*range(0, 12, 2), *range(1, 12, 2)], id="odd ones first"),
    pytest.param([5, 0, 11, 3, 8, 1, 10, 2, 7, 4, 9, 6], id="in no order"),
])
def test_corners_that_cross_as_they_stand_go_by_their_numbers(write, name, order):
    rows = named(ring(), name)
    path = write(("地块编号", *HEADING), *of_parcel([rows[at] for at in order]))

    found = coordinates.read(path)

    assert found.frame.area.tolist() == [AREA]
    assert issues(found).count(Issue.CORNERS_SORTED) == 1


@pytest.mark.fault("36-points-sorted-as-text")
def test_a_corner_put_in_later_stands_behind_the_one_that_it_is_named_after(write):
    names = ["J1", "J2", "J2-1", *(f"J{at}" for at in range(3, 12))]
    rows = sorted((name, *point) for name, point in zip(names, ring(), strict=True))

    found = coordinates.read(write(("地块编号", *HEADING), *of_parcel(rows)))

    assert found.frame.area.tolist() == [AREA]


@pytest.mark.parametrize("order", [
    pytest.param([*range(5, 12), *range(5)], id="begun elsewhere"),
    pytest.param(list(range(11, -1, -1)), id="against the clock"),
])
def test_numbers_that_run_on_stay_as_they_stand(write, order):
    path = write(("地块编号", *HEADING), *of_parcel([CORNERS[at] for at in order]))

    found = coordinates.read(path)

    assert found.frame.area.tolist() == [AREA]
    assert Issue.CORNERS_SORTED not in issues(found)


def test_numbers_of_a_common_list_do_not_change_an_outline_that_does_not_cross(write):
    """Four points of a grid, numbered row by row: by their numbers they would cross."""
    corners = [("J1", 100, 0), ("J2", 100, 100), ("J4", 0, 100), ("J3", 0, 0)]
    rows = [(name, NORTH + north, EAST + east) for name, north, east in corners]

    found = coordinates.read(write(("地块编号", *HEADING), *of_parcel(rows)))

    assert found.frame.area.tolist() == [10_000]
    assert Issue.CORNERS_SORTED not in issues(found)


# --- blocks side by side --------------------------------------------------------------------

RUNNING = [(at, *row) for at, row in enumerate(CORNERS, start=1)]


@pytest.mark.fault("35-points-in-two-halves")
@pytest.mark.parametrize(("heading", "rows"), [
    pytest.param(
        ("序号", *HEADING) * 2, [RUNNING[at] + RUNNING[at + 6] for at in range(6)],
        id="a running number in each block",
    ),
    pytest.param(
        ("序号", "地块编号", *HEADING, "序号", *HEADING),
        [(at + 1, "Z1", *CORNERS[at], at + 7, *CORNERS[at + 6]) for at in range(6)],
        id="parcels in the first block only",
    ),
    pytest.param(
        HEADING * 2, [CORNERS[2 * at] + CORNERS[2 * at + 1] for at in range(6)], id="by rows",
    ),
    pytest.param(
        ("地块编号", *HEADING * 2),
        of_parcel([CORNERS[2 * at] + CORNERS[2 * at + 1] for at in range(6)]),
        id="by rows, of a parcel",
    ),
    pytest.param(
        HEADING * 2, [CORNERS[at] + CORNERS[11 - at] for at in range(6)], id="down and up again",
    ),
    pytest.param(
        (*HEADING, HEADING[0], HEADING[2], HEADING[1]),
        [(*CORNERS[at], *(CORNERS[at + 6][place] for place in (0, 2, 1))) for at in range(6)],
        id="axes the other way round in the second",
    ),
    pytest.param(
        HEADING * 2, [CORNERS[at] + CORNERS[at + 6] for at in range(6)] + [CORNERS[0]],
        id="closed below the first block",
    ),
    pytest.param(
        HEADING * 2,
        [CORNERS[at] + CORNERS[at + 6] for at in range(6)] + [("面积", "30000", "㎡")],
        id="an area below the first block",
    ),
    pytest.param(
        (*HEADING * 2, "备注"), [(*CORNERS[at], *CORNERS[at + 6], "铁桩") for at in range(6)],
        id="a column behind the blocks",
    ),
])
def test_corners_in_blocks_are_one_parcel_by_their_numbers(write, heading, rows):
    found = coordinates.read(write(heading, *rows))

    assert found.frame.area.tolist() == [AREA]
    assert issues(found).count(Issue.CORNERS_SIDE_BY_SIDE) == 1


def test_blocks_that_count_from_one_are_parcels_of_their_own(write):
    other = named(ring(4, east=EAST + 400))

    rows = [one + two for one, two in zip(SQUARE, other, strict=True)]
    found = coordinates.read(write(HEADING * 2, *rows))

    assert found.frame.area.tolist() == [pytest.approx(20_000)] * 2


@pytest.mark.parametrize(("rows", "merged"), [
    pytest.param([("界址点号", "X", "Y", "X", "Y")], [], id="headings alone"),
    pytest.param(
        [("界址点号", "1980西安坐标系", None, "2000国家大地坐标系", None),
         (None, "X", "Y", "X", "Y")], ["A1:A2", "B1:C1", "D1:E1"], id="systems above",
    ),
    pytest.param([("X", "Y", "X", "Y")], [], id="without names of points"),
])
def test_two_systems_side_by_side_are_asked_for_and_never_added(write, rows, merged):
    own = [[*row, row[1] + 50.1, row[2] + 100.2][5 - len(rows[0]):] for row in [*SQUARE, SQUARE[0]]]

    with pytest.raises(SourceError) as raised:
        coordinates.read(write(*rows, *own, merged=merged))

    assert "twice" in raised.value.cause
    assert "delete" in raised.value.mend


# --- rows that are no corners ---------------------------------------------------------------


@pytest.mark.fault("37-points-footer-units-row")
@pytest.mark.parametrize("row", [
    ("周长", "565.69", "m"), ("周长（m）", 565.69, None), ("—", "—", "—"), ("/", "/", "/"),
    ("-", "－", "—"), ("perimeter", 565.69, "m"), ("面积", "20000", "㎡"), ("面积", 20000, "m2"),
])
def test_a_length_an_area_and_dashes_below_corners_are_none(write, row):
    found = coordinates.read(write(HEADING, *SQUARE, row))

    assert found.frame.area.tolist() == [pytest.approx(20_000)]
    assert Issue.LINE_UNREADABLE not in issues(found)


@pytest.mark.fault("37-points-footer-units-row")
@pytest.mark.parametrize("row", [
    (1, 2, 3), ("1", "2", "3"), ("甲", "1", "2"), ("甲", 1, 2), ("（1）", "（2）", "（3）"),
    ("①", "②", "③"), ("栏次", 1, 2),
])
def test_a_row_of_the_numbers_of_the_columns_is_no_corner(write, row):
    found = coordinates.read(write(HEADING, row, *SQUARE))

    assert found.frame.area.tolist() == [pytest.approx(20_000)]
    assert issues(found).count(Issue.TABLE_ROW_NOTE) == 1


# --- what convert tells ---------------------------------------------------------------------


@pytest.mark.fault("36-points-sorted-as-text")
def test_convert_tells_an_outline_that_crosses_itself_as_run_does(write, tmp_path):
    swapped = [*SQUARE[:2], ("J3", *SQUARE[3][1:]), ("J4", *SQUARE[2][1:])]
    path = write(("地块编号", *HEADING), *of_parcel(swapped))

    said = CliRunner().invoke(main, [
        "convert", str(path), str(tmp_path / "o.gpkg"), "--lang", "en",
    ])

    assert said.exit_code == 1
    assert "crosses itself" in said.stdout


# --- pages ----------------------------------------------------------------------------------

PAGES = CORNERS[:6], CORNERS[6:]


@pytest.mark.fault("35-points-in-two-halves")
@pytest.mark.parametrize("between", [
    pytest.param([("第1页 共2页",), ("界址点成果表（续）",), HEADING], id="numbers of pages"),
    pytest.param([("续上表",), HEADING], id="continued"),
    pytest.param([("Table of corners (continued)",), HEADING], id="in English"),
    pytest.param([("界址点成果表",), HEADING], id="the title again"),
])
@pytest.mark.parametrize("parcel", [None, "Z1"])
def test_a_parcel_that_goes_on_on_the_next_page_is_one(write, between, parcel):
    rows = [("界址点成果表",), HEADING, *PAGES[0], *between, *PAGES[1], ("第2页 共2页",)]
    if parcel:
        rows = [
            (row[0], None, None, None) if len(row) == 1 else ("宗地号", *row)
            if row == HEADING else (parcel if row == CORNERS[0] else None, *row)
            for row in rows
        ]

    found = coordinates.read(write(*rows))

    assert found.frame.area.tolist() == [AREA]


def test_pages_on_which_each_parcel_closes_are_parcels_of_their_own(write):
    other = named(ring(4, east=EAST + 500), first=5)
    found = coordinates.read(write(
        ("界址点成果表",), HEADING, *SQUARE, SQUARE[0],
        ("界址点成果表（续）",), HEADING, *other, other[0],
    ))

    assert found.frame.area.tolist() == [pytest.approx(20_000, abs=1)] * 2


def test_open_blocks_whose_numbers_run_on_are_asked_for_where_both_readings_are_possible(write):
    found = coordinates.read(write(HEADING, *PAGES[0], HEADING, *PAGES[1]))

    assert found.frame.empty
    assert [note.value for note in found.notes if note.issue is Issue.CORNERS_RUN_ON] == [
        "10,000.08 m² + 10,000.08 m² / 30,000.16 m²"
    ]


# --- rows that are no corners ---------------------------------------------------------------


@pytest.mark.fault("38-open-list-of-corners")
@pytest.mark.parametrize("first", ["编号", "点号", "No."])
def test_each_of_several_open_lists_that_begin_again_is_told_with_its_area(write, first):
    lists = [ring(4), ring(4, radius=50, east=EAST + 500)]
    rows = [(f"{at}", *point) for each in lists for at, point in enumerate(each, 1)]

    found = coordinates.read(write((first, "X坐标", "Y坐标"), *rows))

    assert found.frame.geom_type.unique().tolist() == ["Point"]
    told = [note.value for note in found.notes if note.issue is Issue.POINTS_MAY_BE_PARCEL]
    assert told == ["4; 20,000.00 m²", "4; 5,000.00 m²"]


@pytest.mark.fault("38-open-list-of-corners")
def test_points_of_which_nothing_is_known_but_where_they_lie_may_be_a_parcel(write):
    found = coordinates.read(write(("X坐标", "Y坐标"), *ring(4)))

    told = [note.value for note in found.notes if note.issue is Issue.POINTS_MAY_BE_PARCEL]
    assert told == ["4; 20,000.00 m²"]


@pytest.mark.parametrize("rows", [
    [("变电所", "110"), ("配电室", "10"), ("开关站", "35"), ("环网柜", "10")],
    [("1", "a"), ("2", "b"), ("1", "c"), ("2", "d")],
    [("2", "a"), ("1", "b"), ("5", "c"), ("9", "d")],
])
def test_points_with_names_of_their_own_are_no_list_of_corners(write, rows):
    found = coordinates.read(write(
        ("编码", "备注", "X坐标", "Y坐标"),
        *((*row, *point) for row, point in zip(rows, ring(4), strict=True)),
    ))

    assert Issue.POINTS_MAY_BE_PARCEL not in issues(found)


@pytest.mark.fault("37-points-footer-units-row")
@pytest.mark.parametrize("name", ["中心点", "形心", "平均值", "最大值", "合计", "Centroid", "mean"])
@pytest.mark.parametrize("closed", [True, False])
def test_a_centre_or_a_mean_in_the_rows_of_a_parcel_is_no_corner(write, name, closed):
    rows = of_parcel([*SQUARE, *([SQUARE[0]] if closed else []), (name, NORTH, EAST)])

    found = coordinates.read(write(("宗地号", *HEADING), *rows))

    assert found.frame.area.tolist() == [pytest.approx(20_000, abs=1)]
    assert {Issue.TABLE_ROW_NOTE, Issue.TABLE_ROW_TOTAL} & set(issues(found))


APART = ("K1", NORTH, EAST)
"""The centre of the square."""


@pytest.mark.fault("37-points-footer-units-row")
@pytest.mark.parametrize("name", ["K1", "BM1", "GPS07", "T12", "A", "控1"])
@pytest.mark.parametrize("rows", [
    pytest.param([*SQUARE, APART], id="behind"),
    pytest.param([APART, *SQUARE], id="before"),
    pytest.param([*SQUARE, SQUARE[0], APART], id="behind the closing point"),
    pytest.param([APART, *SQUARE, ("K2", NORTH, EAST - 80)], id="on both sides"),
])
def test_a_parcel_with_a_point_beside_its_corners_that_may_be_a_control_point_is_asked_for(
    write, name, rows
):
    own = of_parcel([(name if each[0] == "K1" else each[0], *each[1:]) for each in rows])

    found = coordinates.read(write(("宗地号", *HEADING), *own))

    assert not len(found.frame)
    assert [note.feature for note in found.notes if note.issue is Issue.CORNER_MAY_BE_NONE] == [1]


def test_the_area_of_a_parcel_is_told_with_and_without_what_may_be_a_control_point(write):
    found = coordinates.read(write(("宗地号", *HEADING), *of_parcel([*SQUARE, APART])))

    assert [note.value for note in found.notes if note.issue is Issue.CORNER_MAY_BE_NONE] == [
        "K1: 15,000.00 m² / 20,000.00 m²"
    ]


@pytest.mark.fault("37-points-footer-units-row")
@pytest.mark.parametrize("name", ["BM1", "GPS07", "控1", "图根3", "圖根3", "ＫＺ2", "中心1"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_control_point_among_the_corners_is_asked_for_by_its_name(write, name, at):
    rows = of_parcel([*SQUARE[:at], (name, *APART[1:]), *SQUARE[at:]])

    found = coordinates.read(write(("宗地号", *HEADING), *rows))

    assert not len(found.frame)
    assert [note.feature for note in found.notes if note.issue is Issue.CORNER_MAY_BE_NONE] == [1]


@pytest.mark.parametrize("letter", ["BM", "K", "控"])
def test_corners_that_are_all_called_so_are_corners(write, letter):
    rows = of_parcel([(f"{letter}{n}", *each[1:]) for n, each in enumerate(SQUARE, start=1)])

    assert coordinates.read(write(("宗地号", *HEADING), *rows)).frame.area.tolist() == [
        pytest.approx(20_000)
    ]


def test_a_corner_that_was_put_in_between_others_under_a_name_of_its_own_is_told(write):
    late = ("X1", NORTH + 60, EAST + 60)
    rows = of_parcel([SQUARE[0], late, *SQUARE[1:]])

    found = coordinates.read(write(("宗地号", *HEADING), *rows))

    assert len(found.frame) == 1
    told = [note.value for note in found.notes if note.issue is Issue.CORNER_NAMED_APART]
    assert told == ["X1: 21,000.00 m² / 20,000.00 m²"]


@pytest.mark.parametrize("last", [("闭合", *SQUARE[0][1:]), ("终点", *SQUARE[0][1:])])
def test_a_closing_point_may_have_a_name_of_its_own(write, last):
    found = coordinates.read(write(("宗地号", *HEADING), *of_parcel([*SQUARE, last])))

    assert found.frame.area.tolist() == [pytest.approx(20_000)]
    assert Issue.CORNER_MAY_BE_NONE not in issues(found)


@pytest.mark.fault("35-points-in-two-halves")
@pytest.mark.parametrize("closed", [True, False])
@pytest.mark.parametrize("beside", [True, False])
def test_a_block_of_corners_inside_another_may_be_its_hole_and_is_asked_for(
    write, closed, beside
):
    outer = [*SQUARE, *([SQUARE[0]] if closed else [])]
    inner = named(ring(4, radius=20.0), first=1)
    inner = [*inner, *([inner[0]] if closed else [])]
    if beside:
        rows = [(*one, *other) for one, other in zip(outer, inner, strict=True)]
        path = write((*HEADING, *HEADING), *rows)
    else:
        path = write(HEADING, *outer, (None, None, None), *inner)

    found = coordinates.read(path)

    assert not len(found.frame)
    assert [note.value for note in found.notes if note.issue is Issue.CORNERS_WITHIN] == [
        "20,000.00 m² / 800.00 m²"
    ]


@pytest.mark.parametrize("titles", [("地块一", "地块二"), ("Z1", "Z2")])
def test_blocks_that_have_names_are_parcels_wherever_they_lie(write, titles):
    inner = named(ring(4, radius=20.0), first=1)
    rows = [(titles[0], *each) for each in SQUARE] + [(titles[1], *each) for each in inner]

    found = coordinates.read(write(("宗地号", *HEADING), *rows))

    assert found.frame.area.tolist() == [pytest.approx(20_000, abs=1), pytest.approx(800, abs=1)]
    assert Issue.CORNERS_WITHIN not in issues(found)


DEGREES = [("J1", 120.0, 30.0), ("J2", 120.001, 30.0), ("J3", 120.001, 30.001),
           ("J4", 120.0, 30.001)]
"""96.486 m by 110.852 m on the ellipsoid: 10 696 m²."""


def test_points_in_degrees_near_one_another_are_no_parcel(write):
    trees = [(name, *place) for name, (_, *place) in zip("abcd", DEGREES, strict=True)]

    found = coordinates.read(write(("名称", "经度", "纬度"), *trees))

    assert found.frame.geom_type.tolist() == ["Point"] * 4


@pytest.mark.fault("38-open-list-of-corners")
def test_an_open_list_in_degrees_is_told_with_its_area(write):
    found = coordinates.read(write(("界址点号", "经度", "纬度"), *DEGREES))

    assert found.frame.geom_type.tolist() == ["Polygon"]
    told = [note.value for note in found.notes if note.issue is Issue.CORNERS_OF_ONE_PARCEL]
    assert told == ["4; 10,695.69 m²"]


@pytest.mark.parametrize("stated", [10_700, 12_000])
def test_an_area_stated_below_corners_in_degrees_is_compared_in_square_metres(write, stated):
    rows = [*of_parcel(DEGREES), ("面积（㎡）", None, None, stated)]

    found = coordinates.read(write(("宗地号", "界址点号", "经度", "纬度"), *rows))

    agrees = Issue.CORNERS_AREA_AGREES in issues(found)
    assert agrees == (stated == 10_700)
    assert agrees != (Issue.CORNERS_AREA_DIFFERS in issues(found))


def test_a_hole_whose_corners_have_names_of_their_own_is_a_hole(write):
    hole = [("N1", NORTH + 20, EAST + 20), ("N2", NORTH + 20, EAST + 40),
            ("N3", NORTH + 40, EAST + 20)]
    rows = of_parcel([*SQUARE, SQUARE[0], *hole, hole[0]])

    found = coordinates.read(write(("宗地号", *HEADING), *rows))

    assert found.frame.area.tolist() == [pytest.approx(20_000 - 200)]
    assert not {Issue.CORNER_MAY_BE_NONE, Issue.CORNER_NAMED_APART} & set(issues(found))


@pytest.mark.fault("37-points-footer-units-row")
@pytest.mark.parametrize("row", [
    ("点数", 4, None), ("比例尺", "1:500", None), ("高程基准", 1985, None),
    ("以下空白", "以下空白", "以下空白"), (None, None, "S=20000㎡"),
    ("坐标系", "CGCS2000", "3度带"),
])
@pytest.mark.parametrize("closed", [True, False])
def test_a_row_below_the_corners_that_names_no_point_takes_none_away(write, row, closed):
    corners = [*SQUARE, *([SQUARE[0]] if closed else [])]

    found = coordinates.read(write(HEADING, *corners, row))

    assert found.frame.area.tolist() == [pytest.approx(20_000, abs=1)]
    assert Issue.TABLE_ROW_NOTE in issues(found)


@pytest.mark.parametrize("row", [("J5", "约4545500", 41_487_500), ("J5", None, None)])
def test_a_corner_that_cannot_be_read_still_sets_its_parcel_aside(write, row):
    found = coordinates.read(write(("宗地号", *HEADING), *of_parcel([*SQUARE, row])))

    assert found.frame.empty


@pytest.mark.parametrize("ditto", ["〃", "同上", '"', "ditto"])
def test_a_sign_for_the_cell_above_is_the_parcel_above(write, ditto):
    rows = [
        (name if at == 0 else ditto, *corner)
        for name, corners in (("Z1", SQUARE), ("Z2", named(ring(4, east=EAST + 500))))
        for at, corner in enumerate(corners)
    ]

    found = coordinates.read(write(("宗地号", *HEADING), *rows))

    assert found.frame["宗地号"].tolist() == ["Z1", "Z2"]
    assert found.frame.area.tolist() == [pytest.approx(20_000, abs=1)] * 2


@pytest.mark.fault("37-points-footer-units-row")
@pytest.mark.parametrize("unit", ["ft", "英尺", "km", "mm"])
def test_coordinates_in_another_unit_than_metres_are_refused(write, unit):
    with pytest.raises(SourceError, match=f"in {unit}"):
        coordinates.read(write(HEADING, (None, unit, unit), *SQUARE))


@pytest.mark.fault("35-points-in-two-halves")
def test_lengths_of_sides_in_rows_of_their_own_part_no_blocks(write):
    rows = []
    for at in range(6):
        rows.append((*CORNERS[at], None, *CORNERS[at + 6], None))
        rows.append((None, None, None, 51.76) * 2)

    found = coordinates.read(write((*HEADING, "边长") * 2, *rows))

    assert found.frame.area.tolist() == [AREA]


@pytest.mark.fault("36-points-sorted-as-text")
@pytest.mark.parametrize("step", [1, -1])
def test_an_order_of_text_is_found_where_the_outline_does_not_cross(write, step):
    """Three corners of a notch at the end: the outline is simple in both orders."""
    notch = [
        (NORTH + radius * math.cos(turn), EAST + radius * math.sin(turn))
        for radius, angle in [(100, 40 * at) for at in range(9)] + [(60, -30), (40, 0), (60, 8)]
        for turn in [math.radians(angle)]
    ]
    corners = named(notch)
    whole = coordinates.read(write(("宗地号", *HEADING), *of_parcel(corners)))

    found = coordinates.read(write(
        ("宗地号", *HEADING), *of_parcel([corners[at] for at in SORTED[::step]])
    ))

    assert found.frame.area.tolist() == whole.frame.area.tolist()
    assert Issue.CORNERS_SORTED in issues(found)


@pytest.mark.parametrize("names", [
    ["J1", "J2", "J15", "J14", "J3", "J4", "J20", "J19", "J7", "J8", "J5", "J6"],
    ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"],
])
def test_corners_that_are_read_as_points_are_told(write, names):
    rows = [(name, *point) for name, point in zip(names, ring(), strict=True)]

    found = coordinates.read(write(HEADING, *rows))

    assert Issue.POINTS_MAY_BE_PARCEL in issues(found)
