"""Tables of coordinates come in whole, whatever their columns are called."""

import datetime as dt
import zipfile
from itertools import pairwise

import geopandas as gpd
import msgspec
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import assume, example, given, settings, strategies as st
from notes import issues, only

from landtrack.ingest.formats import coordinates, limits
from landtrack.ingest.formats.base import Loss
from landtrack.ingest.formats.coordinates.cells import angle, with_commas
from landtrack.model import Issue
from landtrack.model.errors import OutputError, SourceError

EAST, NORTH = 500_000, 3_700_000
SQUARE = [(0, 0), (0, 100), (100, 100), (100, 0)]
"""Clockwise from the south-west, (east, north)."""
INNER = [(20, 20), (40, 20), (40, 40), (20, 40)]
"""Counter-clockwise within it: 400 m²."""


def corners(ring, *, close=True, east=EAST):
    """Give the rows (name, north, east) of a ring."""
    points = [*ring, ring[0]] if close else ring
    return [
        (f"J{1 if close and at == len(points) else at}", NORTH + y, east + x)
        for at, (x, y) in enumerate(points, start=1)
    ]


def csv(heading, *rows, separator=","):
    return "\n".join([heading, *(separator.join(map(str, row)) for row in rows)]) + "\n"


@pytest.fixture
def read(tmp_path):
    """Read text or bytes as a .csv, rows as an .xlsx."""
    def reader(content, name="a.csv", **options):
        path = tmp_path / name
        if isinstance(content, dict):
            book = openpyxl.Workbook()
            book.remove(book.active)
            for title, rows in content.items():
                sheet = book.create_sheet(title)
                for row in rows:
                    sheet.append(row)
            path = tmp_path / "a.xlsx"
            book.save(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return coordinates.read(path, **options)

    return reader


# --- what columns are called --------------------------------------------------------------


@pytest.mark.parametrize(
    "heading",
    [
        "地块编号,点号,X坐标,Y坐标", "宗地号,界址点号,X（m）,Y（m）", "地块,点号,北坐标,东坐标",
        "plot_id,point,Northing,Easting", "Parcel ID,vertex,X,Y",
        "地块号,序号,纵坐标X(m),横坐标Y(m)",
        "地块号,点号,纵坐标(m),横坐标(m)", "地块,点号,纵坐标（米）,横坐标（米）",
        "Parcel,point,Northing (m),Easting (m)", "图斑号,点名,N,E",
        " 地块编号 ,点 号,Ｘ,Ｙ", "﻿地块编号,点号,X坐标（北）,Y坐标（东）",
    ],
)
def test_columns_are_known_by_many_headings(read, heading):
    rows = [("甲", *each) for each in corners(SQUARE)]

    contents = read(csv(heading, *rows))

    assert contents.bad == []
    assert contents.frame.geometry[1].bounds == (EAST, NORTH, EAST + 100, NORTH + 100)
    assert contents.frame.iloc[0, 0] == "甲"
    assert issues(contents) == [Issue.COLUMN_VARIES]  # the names of the points


def test_a_table_that_names_no_coordinates_is_refused_with_what_to_name(read):
    with pytest.raises(SourceError, match=r"none of the first 30 rows.*\n.*X坐标（北）.*经度.*WKT"):
        read("a,b\n1,2\n")
    with pytest.raises(SourceError, match=r"no row with coordinates.*\n.*Y坐标 and X坐标"):
        read("地块编号,X坐标,Y坐标\n")


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_any_separator_and_encoding_is_found(read, separator, encoding):
    heading = separator.join(["地块编号", "点号", "X坐标", "Y坐标"])
    content = csv(heading, *[("甲", *each) for each in corners(SQUARE)], separator=separator)

    assert read(content.encode(encoding)).frame.loc[1, "地块编号"] == "甲"


def test_titles_above_the_heading_say_where_it_lies(read):
    titles = "界址点成果表,,\n坐标系：2000国家大地坐标系；带号：39；几度分带：3,,\n"

    contents = read(titles + csv("地块编号,X坐标,Y坐标", *[
        ("甲", *each[1:]) for each in corners(SQUARE)
    ]))

    assert contents.frame.crs.to_epsg() == 4548
    assert contents.notes == []


def test_a_heading_of_two_rows_is_read_as_one(read):
    contents = read({"成果": [
        ["地块编号", "点号", "坐标", None], [None, None, "X", "Y"],
        *[["甲", *each] for each in corners(SQUARE)],
    ]})

    assert contents.frame.loc[1, "地块编号"] == "甲"
    assert contents.frame.geometry[1].area == 10_000


# --- axes and CRS -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "flip"),
    [("地块,X,Y", False), ("地块,X,Y", True), ("地块,Northing,Easting", False),
     ("地块,Northing,Easting", True)],
)
def test_the_numbers_tell_the_axes_apart_whatever_they_are_called(read, heading, flip):
    rows = [("甲", *(each[:0:-1] if flip else each[1:])) for each in corners(SQUARE)]

    contents = read(csv(heading, *rows))

    assert contents.frame.geometry[1].bounds[0] == EAST
    assert issues(contents) == [Issue.AXES_TURNED] * flip


def test_x_and_y_that_could_be_both_are_refused_and_named_axes_are_not(read):
    rows = [("甲", 500_000 + y, 600_000 + x) for x, y in SQUARE]

    with pytest.raises(SourceError, match=r"can be read as north 500000\.0, east 600000\.0 or as"):
        read(csv("地块,X,Y", *rows))
    assert read(csv("地块,北坐标,东坐标", *rows)).frame.geometry[1].bounds[0] == 600_000


def test_coordinates_of_a_local_grid_are_taken_where_the_axes_are_named(read):
    rows = [("甲", y, x) for x, y in SQUARE]

    contents = read(csv("地块,北坐标,东坐标", *rows))

    assert contents.frame.crs is None
    assert contents.frame.geometry[1].area == 10_000
    with pytest.raises(SourceError, match="neither northing and easting"):
        read(csv("地块,X,Y", *rows))


@pytest.mark.parametrize(
    ("column", "value", "east", "epsg"),
    [
        ("坐标系", "EPSG:4527", 39_500_000, 4527), ("SRID", "4548", 500_000, 4548),
        ("坐标系", "2000国家大地坐标系", 39_500_000, 4527), ("带号", "39", 39_500_000, None),
        ("坐标系", "不知道", 39_500_000, None),
    ],
)
def test_a_column_may_say_the_crs_or_a_part_of_it(read, column, value, east, epsg):
    rows = [("甲", *each[1:], value) for each in corners(SQUARE, east=east)]

    contents = read(csv(f"地块,X,Y,{column}", *rows))

    assert (contents.frame.crs and contents.frame.crs.to_epsg()) == epsg
    assert (Issue.CRS_TEXT_UNKNOWN in issues(contents)) == (value == "不知道")


def test_zone_and_datum_in_columns_make_the_crs(read):
    rows = [("甲", *each[1:], "西安80", 39.0) for each in corners(SQUARE)]

    assert read({"表": [["地块", "X", "Y", "坐标系", "带号"], *rows]}).frame.crs.to_epsg() == 2384


@pytest.mark.parametrize("heading", ["地块,经度,纬度", "plot,lon,lat"])
def test_longitudes_and_latitudes_are_read(read, heading):
    rows = [("甲", 117 + x / 1e5, 39 + y / 1e5) for x, y in SQUARE]

    contents = read(csv(heading, *rows))

    assert contents.frame.geometry[1].bounds == (117, 39, 117.001, 39.001)
    assert contents.frame.crs is None  # no datum is stated
    turned = read(csv(heading, *[(name, north, east) for name, east, north in rows]))
    assert turned.frame.geometry[1].equals(contents.frame.geometry[1])
    assert only(turned, Issue.AXES_TURNED)


@pytest.mark.parametrize(
    ("cell", "degrees"),
    [
        ("117°30′36″", 117.51), ("117°30'36\"", 117.51), ("117°30′36″E", 117.51),
        ("东经117°30′36″", 117.51), ("117度30分36秒", 117.51), ("117:30:36", 117.51),
        ("117 30 36", 117.51), ("117-30-36", 117.51), ("１１７°３０′３６″", 117.51),
        ("117°30.6′", 117.51), ("117.51°", 117.51), ("N 39°30′00″", 39.5), ("39°30′S", -39.5),
        ("-0°30′", -0.5), ("W0°30′", -0.5), ("117°60′00″", None), ("117°30′60″", None),
        ("117.5°30′", None), ("117°30.5′30″", None), ("E117°E", None), ("度", None), ("", None),
        ("117", None),
    ],
)
def test_degrees_minutes_and_seconds_are_read(cell, degrees):
    found = angle(cell)

    assert (None if np.isnan(found) else round(found, 9)) == degrees


def test_a_table_in_degrees_minutes_and_seconds_is_read(read):
    rows = [("甲", "117°00′00″", "39°00′00″"), ("甲", "117°00′36″", "39°00′00″"),
            ("甲", "117°00′36″", "39°00′36″")]

    assert read(csv("地块,经度,纬度", *rows)).frame.geometry[1].bounds == pytest.approx(
        (117, 39, 117.01, 39.01)
    )


@pytest.mark.parametrize("write", ["{:,.3f}", "{: .3f}", "{:.3f} ", "{:.9e}", "{}"])
def test_numbers_may_have_separators_and_blanks(read, write):
    rows = [("甲", f'"{write.format(north)}"', f'"{write.format(east)}"')
            for _, north, east in corners([(0, 0), (0, 1000), (1000, 1000), (1000, 0)])]

    assert read(csv("地块,X,Y", *rows)).frame.geometry[1].area == pytest.approx(1e6)


@pytest.mark.parametrize("write", ["{:.1f}", "{:.2f}", "{:.3f}", "{:.4f}"])
@pytest.mark.parametrize("east", [EAST, 41_000_000 + EAST])
def test_decimal_commas_are_read_where_they_can_be_nothing_else_and_told(read, write, east):
    rows = [(name, *(write.format(each).replace(".", ",") for each in pair))
            for name, *pair in corners(SQUARE, east=east)]

    found = read(csv("点号;X;Y", *rows, separator=";"))

    assert found.frame.area.tolist() == [10_000]
    assert [note.value for note in found.notes if note.issue is Issue.DECIMAL_COMMA] == ["Y", "X"]


def test_degrees_with_decimal_commas_are_read(read):
    rows = [("甲", *(f"{each:.6f}".replace(".", ",") for each in (117 + x / 1e4, 39 + y / 1e4)))
            for x, y in [*SQUARE, SQUARE[0]]]

    found = read(csv("地块;经度;纬度", *rows, separator=";"))

    assert found.frame.geometry[1].bounds == pytest.approx((117, 39, 117.01, 39.01))


@pytest.mark.parametrize(
    "cells",
    [
        ["3700000,500000", "3700100,5"], ["3.700.000,5", "3700100,5"], ["3,7"],
        ["37,000", "37,001"],
        ["3700000,5", "3700100.5"], ["117°30′,5", "117,30155"], ["3700000", None], [3_700_000.5],
    ],
)
def test_a_comma_that_may_be_something_else_is_no_decimal_comma(cells):
    assert not with_commas(cells)


def test_a_row_of_who_drew_and_checked_is_no_parcel(read):
    found = read({"表": [
        ["点号", "X(m)", "Y(m)"], *corners(SQUARE), ["宗地面积：10000平方米"],
        ["制图：甲", None, "检查：乙"], ["测绘单位：某院"],
    ]})

    assert found.frame.area.tolist() == [10_000]
    assert not found.bad


def test_full_width_digits_are_read(read):
    wide = str.maketrans("0123456789.,", "０１２３４５６７８９．，")
    rows = [("甲", str(north).translate(wide), f"{east:,}".translate(wide))
            for _, north, east in corners(SQUARE)]

    assert read(csv("地块,X,Y", *rows)).frame.geometry[1].area == 10_000


# --- many parcels, parts and rings --------------------------------------------------------


def test_rows_are_grouped_by_their_parcel_and_blank_cells_mean_the_one_above(read):
    first, second = corners(SQUARE), corners(SQUARE, east=EAST + 500)

    contents = read({"表": [
        ["地块编号", "点号", "X", "Y", "面积"],
        ["甲", *first[0], 1.0], *[[None, *each, None] for each in first[1:]],
        ["乙", *second[0], 2.0], *[[None, *each, None] for each in second[1:]],
    ]})

    assert contents.frame["地块编号"].tolist() == ["甲", "乙"]
    assert contents.frame["面积"].tolist() == [1.0, 2.0]
    assert contents.frame.area.tolist() == [10_000, 10_000]


@pytest.mark.parametrize("close", [True, False])
def test_a_closing_row_is_optional(read, close):
    rows = [("甲", *each) for each in corners(SQUARE, close=close)]

    assert read(csv("地块,点号,X,Y", *rows)).frame.geometry[1].area == 10_000


def test_columns_of_parts_and_rings_make_parts_and_holes(read):
    far = [(x + 300, y) for x, y in SQUARE]
    rows = [
        ("甲", part, ring, *each[1:])
        for part, ring, points in ((1, 1, SQUARE), (1, 2, INNER), (2, 1, far))
        for each in corners(points)
    ]

    shape = read(csv("地块,部分,圈号,X,Y", *rows)).frame.geometry[1]

    assert shape.area == 19_600
    assert len(shape.geoms) == 2


def test_rings_without_a_column_are_told_apart_where_they_close(read):
    rows = [("甲", *each[1:]) for ring in (SQUARE, INNER) for each in corners(ring)]

    assert read(csv("地块,X,Y", *rows)).frame.geometry[1].area == 9_600


def test_blocks_with_a_title_are_parcels_of_that_name(read):
    contents = read({"表": [
        ["点号", "X", "Y", "备注"], ["一号地块"], *corners(SQUARE, close=False),
        ["二号地块"], ["点号", "X", "Y"], *corners(SQUARE, close=False, east=EAST + 500),
        ["合计", None, None, "2 块"],
    ]})

    assert contents.frame["地块名称"].tolist() == ["一号地块", "二号地块"]
    assert contents.frame.area.tolist() == [10_000, 10_000]
    assert only(contents, Issue.TABLE_ROW_TOTAL) == (
        Issue.TABLE_ROW_TOTAL, "13: 合计, 2 块", None, ""
    )


@pytest.mark.parametrize("close", [True, False])
def test_blocks_apart_by_blank_rows_are_parcels(read, close):
    first = corners(SQUARE, close=close)
    second = corners(SQUARE, close=close, east=EAST + 500)

    contents = read(csv("点号,X,Y", *first, (), *second))

    assert contents.frame.area.tolist() == [10_000, 10_000]


def test_lengths_of_sides_between_the_corners_part_nothing(read):
    points = [[*each, None] for each in corners(SQUARE)]
    rows = [row for point in points for row in (point, [None, None, None, 100.0])][:-1]

    contents = read({"表": [["界址点成果表"], ["界址点号", "X(m)", "Y(m)", "边长(m)"], *rows]})

    assert contents.frame.area.tolist() == [10_000]
    assert contents.frame["边长(m)"].tolist() == [100.0]


def test_rows_that_come_back_to_the_first_are_a_parcel_without_any_column_of_parcels(read):
    assert read(csv("点号,X,Y", *corners(SQUARE))).frame.area.tolist() == [10_000]


def test_parcels_are_told_apart_by_their_number_and_not_by_their_name(read):
    rows = [("工业用地", "甲", *each[1:]) for each in corners(SQUARE)]
    rows += [("工业用地", "乙", *each[1:]) for each in corners(SQUARE, east=EAST + 500)]

    contents = read(csv("地块名称,地块编号,X,Y", *rows))

    assert contents.frame["地块编号"].tolist() == ["甲", "乙"]
    assert contents.frame["地块名称"].tolist() == ["工业用地", "工业用地"]


def test_a_corner_without_coordinates_sets_its_parcel_aside_and_a_total_does_not(read):
    rows = [("甲", *each, "") for each in corners(SQUARE, close=False)]
    other = [("乙", *each, "") for each in corners(SQUARE)]

    missing = read(csv("地块,点号,X,Y,备注", *rows, ("甲", "J5", "", "", ""), *other))
    total = read(csv("地块,点号,X,Y,备注", *rows, ("甲", "", "", "", "合计"), *other))

    assert missing.bad == [1]
    assert only(missing, Issue.LINE_UNREADABLE).value == "6: 甲, J5"
    assert total.bad == []


def test_rows_that_close_nothing_are_points_with_all_that_they_say(read):
    contents = read(csv("点号,X,Y,编码", *[(*each, "K") for each in corners(SQUARE, close=False)]))

    assert contents.frame.geometry.geom_type.unique().tolist() == ["Point"]
    assert contents.frame["点号"].tolist() == ["J1", "J2", "J3", "J4"]


def test_a_parcel_whose_rows_lie_apart_and_close_nothing_is_set_aside(read):
    rows = [("甲", *each[1:]) for each in corners(SQUARE, close=False)]
    other = [("乙", *each[1:]) for each in corners(SQUARE, east=EAST + 500)]

    contents = read(csv("地块,X,Y", *rows[:3], *other, rows[3]))

    assert contents.bad == [1]
    assert only(contents, Issue.RING_INCOMPLETE).feature == 1


@pytest.mark.parametrize("cell", ["abc", "", "1_0"])
def test_a_corner_that_cannot_be_read_sets_its_parcel_aside_and_is_named(read, cell):
    rows = [("甲", *each) for each in corners(SQUARE)]
    rows[1] = ("甲", "J2", cell, EAST)
    rows += [("乙", *each) for each in corners(SQUARE)]

    contents = read(csv("地块,点号,X,Y", *rows))

    assert contents.bad == [1]
    assert only(contents, Issue.LINE_UNREADABLE).value.startswith("3: 甲, J2, ")
    assert list(contents.frame["地块"]) == ["乙"]


def test_two_points_make_no_parcel(read):
    rows = [("甲", *each[1:]) for each in corners(SQUARE[:2], close=False)]
    rows += [("乙", *each[1:]) for each in corners(SQUARE)]

    contents = read(csv("地块,X,Y", *rows))

    assert contents.bad == [1]
    assert only(contents, Issue.RING_UNUSABLE).value == "2"


def test_a_point_without_coordinates_has_no_geometry_and_one_with_bad_ones_is_named(read):
    contents = read(csv("点名,X,Y", ("a", NORTH, EAST), ("b", "", ""), ("c", "x", EAST)))

    assert contents.frame["点名"].tolist() == ["a", "b"]
    assert contents.frame.geometry.isna().tolist() == [False, True]
    assert contents.bad == [3]
    assert only(contents, Issue.LINE_UNREADABLE).feature == 3


# --- CASS ---------------------------------------------------------------------------------


def test_a_cass_file_is_points_by_its_suffix_east_before_north(read):
    content = "1,C7,408261.305,2815193.253,4.952\n2,,408254.339,2815187.780,\n"

    contents = read(content, name="a.DAT")

    assert contents.frame.geometry[1].coords[0] == (408261.305, 2815193.253)
    assert contents.frame.drop(columns="geometry").loc[1].to_dict() == {
        "点号": "1", "编码": "C7", "H": "4.952",
    }
    assert contents.notes == []


def test_a_cass_file_of_a_local_grid_is_taken_as_the_format_has_it(read):
    contents = read("1,,53.211,31.121,1\n", name="a.dat")

    assert contents.frame.geometry[1].coords[0] == (53.211, 31.121)


# --- WKT ----------------------------------------------------------------------------------


def test_wkt_is_read_in_its_own_order_and_turned_where_only_that_makes_sense(read):
    upright = f"POINT ({EAST} {NORTH})"
    turned = f"POINT ({NORTH} {EAST})"

    contents = read(csv("id,wkt", ("a", upright), ("b", turned)))

    assert contents.frame.geometry.tolist() == [shapely.Point(EAST, NORTH)] * 2
    assert only(contents, Issue.AXES_TURNED).feature == 2


def test_a_very_long_wkt_is_read_from_text(read):
    ring = ", ".join(f"{EAST + np.cos(a):.9f} {NORTH + np.sin(a):.9f}"
                     for a in np.linspace(0, 2 * np.pi, 20_000)[:-1])
    first = ring.split(", ")[0]

    contents = read(csv("id;WKT", ("a", f"POLYGON (({ring}, {first}))"), separator=";"))

    assert contents.frame.geometry[1].area == pytest.approx(np.pi)


# --- workbooks ----------------------------------------------------------------------------


def test_sheets_are_layers_and_empty_ones_are_none(tmp_path, read):
    rows = [["地块", "X", "Y"], *[["甲", *each[1:]] for each in corners(SQUARE)]]
    contents = read({"说明": [["某园区"]], "坐标": rows, "Sheet3": []}, layer="坐标")

    assert coordinates.layer_names(tmp_path / "a.xlsx") == ["坐标"]
    assert len(contents.frame) == 1
    with pytest.raises(SourceError, match=r"no sheet 'x'.\n.*说明, 坐标"):
        coordinates.read(tmp_path / "a.xlsx", layer="x")


def test_columns_of_a_workbook_keep_their_types(read):
    when = dt.datetime(2024, 5, 1)  # noqa: DTZ001  as cells have them
    frame = read({"表": [
        ["点名", "X", "Y", "高程", "日期", "杂"], ["a", NORTH, EAST, 1.5, when, 1],
        ["b", NORTH, EAST, 2, when, "二"],
    ]}).frame

    assert frame["高程"].tolist() == [1.5, 2.0]
    assert frame["日期"].dtype.kind == "M"
    assert frame["杂"].tolist() == ["1", "二"]


def test_a_formula_that_was_never_computed_is_not_taken_for_nothing(read):
    with pytest.raises(SourceError, match=r"row 3: a coordinate is a formula.*\n.*save it"):
        read({"表": [["点名", "X", "Y"], ["a", NORTH, EAST], ["b", "=B2+1", EAST]]})


def test_old_broken_and_hostile_workbooks_are_refused(read, tmp_path, monkeypatch):
    with pytest.raises(SourceError, match=r"read as a workbook.*\n.*xlsx, without a password"):
        read(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", name="a.xls")
    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        read(b"PK\x03\x04 and no more", name="a.xlsx")
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/sharedStrings.xml", b"\0" * 2**24)
    few = msgspec.structs.replace(limits.limits(), workbook_bytes=2**23)
    monkeypatch.setattr(limits, "limits", lambda: few)
    with pytest.raises(SourceError, match="workbook_bytes = 8,388,608"):
        coordinates.read(bomb)
    with pytest.raises(SourceError, match="cannot be opened"):
        coordinates.read(tmp_path / "none.csv")


LAUGHS = """<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa">{more}]>
<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1" t="inlineStr"><is><t>&j;</t></is></c></row></sheetData></worksheet>"""


def test_entities_that_grow_without_end_are_refused(tmp_path):
    path, hostile = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    openpyxl.Workbook().save(path)
    more = "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghij"))
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(hostile, "w") as made:
        for name in whole.namelist():
            sheet = name.endswith("sheet1.xml")
            made.writestr(name, LAUGHS.format(more=more) if sheet else whole.read(name))

    with pytest.raises(SourceError, match="cannot be read as a workbook"):
        coordinates.read(hostile)


def test_a_stray_cell_in_the_last_corner_of_a_sheet_costs_nothing_and_is_named(tmp_path):
    book = openpyxl.Workbook()
    for row in (["点名", "X", "Y"], ["a", NORTH, EAST]):
        book.active.append(row)
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")

    contents = coordinates.read(tmp_path / "a.xlsx")

    assert len(contents.frame) == 1
    assert only(contents, Issue.TABLE_BEYOND).value == "1048576"


def test_a_row_with_a_comma_too_many_is_named(read):
    contents = read(csv("点名,X,Y,备注", ("a", NORTH, EAST, "好,坏")))

    assert only(contents, Issue.TABLE_BEYOND).value == "2"


# --- the odd files ------------------------------------------------------------------------


def test_the_odd_table_of_boundary_points_is_read_whole(real_data):
    contents = coordinates.read(real_data / "odd" / "derived" / "boundary_points_XisNorth.csv")

    frame = contents.frame
    assert contents.bad == []
    assert issues(contents) == [Issue.COLUMN_VARIES]
    assert frame["地块编号"].tolist() == [f"DK-00{n}" for n in range(1, 7)]
    assert frame.area.tolist() == pytest.approx(
        [2545.27, 4363.37, 1213.40, 8976.59, 784.66, 1248.42], abs=0.05
    )
    assert frame.crs is None  # neither zone nor datum is stated
    assert frame.geometry[1].bounds == (442417.781, 4428869.652, 442457.696, 4428946.746)


@pytest.mark.parametrize(
    ("name", "bad", "without"),
    [("wkt_gbk_semicolon.csv", [], 0), ("wkt_utf8_bom.csv", [], 0), ("wkt.xlsx", [], 0),
     ("wkt_bad_rows.csv", [3, 6], 2)],
)
def test_the_odd_tables_of_wkt_are_read_but_for_the_bad_rows(real_data, name, bad, without):
    contents = coordinates.read(real_data / "odd" / "derived" / name)

    frame = contents.frame
    assert contents.bad == bad
    assert len(frame) == 40 - len(bad)
    assert [note.feature for note in contents.notes] == bad
    assert frame.loc[1, "名称"] == "搜狐网络大厦"
    shapes = frame.geometry
    none = shapes.isna() | shapes.is_empty
    assert none.sum() == without
    measured = frame.area[~none]
    assert measured.tolist() == pytest.approx(frame["mj"][~none].astype(float).tolist(), rel=1e-4)


@pytest.mark.parametrize(
    ("name", "n", "epsg", "first", "turned"),
    [
        ("csv.resource", 2, 4258, (-0.393631, 53.000879), True),
        ("xlsm.resource", 50, 27700, (559716.56, 193740), False),
        ("xlsx_res.xlsx", 3, 27700, (550553, 256496), False),
    ],
)
def test_the_odd_registers_lie_in_the_united_kingdom(real_data, name, n, epsg, first, turned):
    contents = coordinates.read(real_data / "odd" / "planning_data_uk" / name)

    assert len(contents.frame) == n
    assert contents.bad == []
    assert contents.frame.crs.to_epsg() == epsg
    assert contents.frame.geometry[1].coords[0] == first
    assert issues(contents) == [Issue.AXES_TURNED] * turned
    assert {"Hectares"} <= set(contents.frame.columns)


def test_curves_are_named_as_bad_rows(real_data):
    contents = coordinates.read(real_data / "odd" / "fiona" / "curves_line.csv")

    assert contents.bad == [2, 3, 6, 8]
    assert list(contents.frame.index) == [1, 4, 5, 7, 9]


# --- writing ------------------------------------------------------------------------------

HOLED = shapely.Polygon(
    [(EAST + x, NORTH + y) for x, y in SQUARE], [[(EAST + x, NORTH + y) for x, y in INNER]]
)


def parcels(*shapes, crs="EPSG:4548", **columns):
    index = range(1, len(shapes) + 1)
    return gpd.GeoDataFrame(columns, geometry=list(shapes), crs=crs, index=index)


def test_a_written_table_names_what_stands_in_it(tmp_path):
    coordinates.write(parcels(HOLED, 名称=["甲"]), tmp_path / "a.csv")

    lines = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[:2] == [
        "地块序号,部分,圈号,点号,X坐标（北）,Y坐标（东）,坐标系,名称",
        "1,1,1,1,3700000.0,500000.0,EPSG:4548,甲",
    ]
    assert lines[5:7] == [
        "1,1,1,1,3700000.0,500000.0,EPSG:4548,甲", "1,1,2,1,3700020.0,500020.0,EPSG:4548,甲",
    ]
    assert len(lines) == 11


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "'=1", "''@"])
@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_a_name_that_begins_as_a_formula_is_text(tmp_path, text, suffix):
    path = tmp_path / f"a{suffix}"

    coordinates.write(parcels(HOLED, 名称=[text]), path)

    assert coordinates.read(path).frame.loc[1, "名称"] == text
    if suffix == ".csv":
        cell = path.read_text(encoding="utf-8-sig").splitlines()[1].rsplit(",", 1)[1]
        assert cell.startswith("'")
    else:
        assert openpyxl.load_workbook(path).active["H2"].data_type == "s"


def test_what_a_table_cannot_hold_is_told_or_refused(tmp_path):
    frame = parcels(HOLED, shapely.force_3d(HOLED), None, 层数=[1, 2, 3])

    assert coordinates.losses(frame, suffix=".csv") == [
        Loss("value_as_text", 3, field="层数"), Loss("shape_missing", 1),
        Loss("heights_dropped", 1),
    ]
    assert coordinates.losses(frame, suffix=".xlsx") == [
        Loss("shape_missing", 1), Loss("heights_dropped", 1),
    ]
    line = shapely.LineString([(EAST, NORTH), (EAST, NORTH + 1)])
    with pytest.raises(OutputError, match="points or polygons, not LineString"):
        coordinates.write(parcels(line), tmp_path / "a.csv")
    with pytest.raises(OutputError, match="columns X, 圈号 would be read as coordinates"):
        coordinates.write(parcels(HOLED, X=[1], 圈号=[1]), tmp_path / "a.csv")
    with pytest.raises(OutputError, match="no feature with a geometry"):
        coordinates.write(parcels(None), tmp_path / "a.csv")
    with pytest.raises(OutputError, match="not written in 'big5'"):
        coordinates.write(parcels(HOLED), tmp_path / "a.csv", encoding="big5")
    with pytest.raises(OutputError, match="cannot be written"):
        coordinates.write(parcels(HOLED), tmp_path / "none" / "a.csv")
    with pytest.raises(OutputError, match="cannot be written"):
        coordinates.write(parcels(HOLED), tmp_path / "none" / "a.xlsx")
    with pytest.raises(OutputError, match="a cell holds 32767"):
        coordinates.write(parcels(HOLED, 名称=["长" * 40_000]), tmp_path / "a.xlsx")


WORDS = st.text(st.characters(exclude_categories=("C", "Z")), max_size=6)


@st.composite
def features(draw):
    """Draw points, or polygons with a hole or a second part, and a CRS for them."""
    degrees = draw(st.booleans())
    x0, y0, size = (117.0, 39.0, 0.001) if degrees else (EAST, NORTH, 100.0)
    shapes = []
    points = draw(st.booleans())
    for _ in range(draw(st.integers(1, 4))):
        x = x0 + size * draw(st.floats(0, 50))
        y = y0 + size * draw(st.floats(0, 50))
        box = shapely.box(x, y, x + size * draw(st.floats(0.5, 3)), y + size)
        if points:
            shapes.append(shapely.Point(x, y))
            continue
        kind = draw(st.sampled_from(["plain", "hole", "parts"]))
        if kind == "hole":
            box -= shapely.box(x + size / 8, y + size / 8, x + size / 4, y + size / 4)
        if kind == "parts":
            box = shapely.MultiPolygon([box, shapely.box(x, y + 2 * size, x + size, y + 3 * size)])
        shapes.append(box)
    assume(all(shape.is_valid for shape in shapes))
    return shapes, "EPSG:4490" if degrees else "EPSG:4548"


@settings(max_examples=60)
@given(drawn=features(), texts=st.lists(WORDS, min_size=4, max_size=4),
       suffix=st.sampled_from([".csv", ".xlsx"]))
def test_what_is_written_reads_back_the_same(tmp_path_factory, drawn, texts, suffix):
    shapes, crs = drawn
    path = tmp_path_factory.mktemp("round") / f"a{suffix}"
    names = [text or None for text in texts[: len(shapes)]]
    frame = parcels(*shapes, crs=crs, 名称=pd.array(names, dtype="str"))

    coordinates.write(frame, path)
    contents = coordinates.read(path)

    assert contents.bad == []
    assert set(issues(contents)) <= {Issue.COLUMN_VARIES}
    back = contents.frame
    assert back.crs == frame.crs
    assert list(back.columns) == ["名称", "geometry"]
    assert back["名称"].astype(object).where(back["名称"].notna(), None).tolist() == names
    assert [shape.geom_type for shape in back.geometry] == [shape.geom_type for shape in shapes]
    near = 0 if suffix == ".csv" else 1e-8
    assert shapely.equals_exact(
        shapely.normalize(back.geometry.to_numpy()), shapely.normalize(np.array(shapes)), near
    ).all()


# --- whatever comes -----------------------------------------------------------------------

CELLS = st.sampled_from([
    "地块", "点号", "X", "Y", "经度", "纬度", "WKT", "圈号", "坐标系", "带号", "甲", "J1",
    "3700000", "500000",
    "3700100", "39500000", "117°30′", "39.5", "", "", "=1", "abc", "EPSG:4548", "POINT (1 2)",
    "1e308", "nan", "POLYGON ((0 0, 1 1", "39", "合计", '"', "北坐标", "东坐标", "9" * 50,
])


@settings(max_examples=200)
@given(rows=st.lists(st.lists(CELLS, max_size=6), max_size=15),
       heading=st.sampled_from([
           [], ["地块", "点号", "X", "Y"], ["北坐标", "东坐标"], ["经度", "纬度", "WKT"],
           ["地块", "圈号", "X", "Y", "坐标系"],
       ]))
@example(rows=[["甲", "J1", "3700000", "500000"]], heading=["地块", "点号", "X", "Y"])
def test_no_mixture_of_cells_crashes_or_loses_a_feature(tmp_path_factory, rows, heading):
    path = tmp_path_factory.mktemp("any") / "a.csv"
    path.write_text("\n".join(",".join(row) for row in [heading, *rows]), encoding="utf-8")

    try:
        contents = coordinates.read(path)
    except SourceError:
        return
    numbers = sorted([*contents.frame.index, *contents.bad])
    assert numbers == list(range(1, len(numbers) + 1))
    assert set(contents.bad) <= {note.feature for note in contents.notes}


@settings(max_examples=200)
@given(data=st.binary(max_size=200), at=st.integers(0, 6000))
def test_no_bytes_in_a_workbook_crash_it(tmp_path_factory, whole_workbook, data, at):
    path = tmp_path_factory.mktemp("any") / "a.xlsx"
    path.write_bytes(whole_workbook[:at] + data + whole_workbook[at + len(data) :])

    try:
        contents = coordinates.read(path)
    except SourceError:
        return
    assert len(contents.frame) + len(contents.bad) >= 1


@pytest.fixture(scope="module")
def whole_workbook(tmp_path_factory):
    path = tmp_path_factory.mktemp("whole") / "a.xlsx"
    coordinates.write(parcels(HOLED, 名称=["甲"]), path)
    return path.read_bytes()
