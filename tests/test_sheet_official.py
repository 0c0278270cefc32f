"""What an office expects of a sheet: its words, codes, pieces, and room to sign."""

import dataclasses

import pytest
import shapely
from builders import box
from click.testing import CliRunner
from pyproj import CRS
from sheets import SIGNED, at, loaded, make_store, opened, printed, text_of

from landtrack.cli import main
from landtrack.model import parcel_codes
from landtrack.model.errors import OutputError, SourceError
from landtrack.output.sheets import contents, pieces, preflight, subjects, template
from landtrack.spatial.crs import china

CODE = "340123002004GB00011"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Give plot A on two parcels and two land classes, a fifth of it in neither; C has a code."""
    return make_store(
        tmp_path_factory.mktemp("official"),
        parcels=[
            (box(0, 0, 60, 100), {"parcel_id": "P1", "owner": "大营盘村"}),
            (box(60, 0, 80, 100), {"parcel_id": "P2", "owner": "达朝村"}),
            (box(300, 0, 340, 40), {"parcel_id": CODE, "owner": "甲公司"}),
        ],
        land_classes=[
            (box(-20, -20, 80, 40), {"land_class_id": "L1", "class_code": "0102"}),
            (box(-20, 40, 60, 120), {"land_class_id": "L2", "class_code": "0201"}),
        ],
    )


@pytest.mark.parametrize("epsg", [4490 + 39, 4513, 4553, 4547, 4499, 4510, 2364, 21421])
def test_a_zone_is_named_as_offices_write_it_with_the_meridian_of_the_register(epsg, store):
    crs = CRS.from_epsg(epsg)
    zone = china.zone_of(crs)
    (meridian,) = [
        each.value for each in crs.coordinate_operation.params
        if each.name == "Longitude of natural origin"
    ]

    named = contents._crs_name(dataclasses.replace(loaded(store), crs=crs))

    assert f"{zone.width}度带 第{zone.number}带" in named
    assert f"中央子午线 {meridian:.0f}°（EPSG:{epsg}）" in named
    assert ("Y 坐标不含带号" in named) == ("CM" in crs.name)
    assert ("2000国家大地坐标系" in named) == ("CGCS2000" in crs.name)


@pytest.mark.parametrize(("text", "spaced"), [
    (CODE, "340123 002 004 GB 00011"),
    ("340123 002 004 GB 00011", "340123 002 004 GB 00011"),
    (f"{CODE}F00010001", "340123 002 004 GB 00011 F00010001"),
    ("340123002004JA00011", "340123 002 004 JA 00011"),
    ("340123002004GA00011", None),  # ownership of a collective, of land of the state
    ("340123002004XB00011", None), ("34012300200GB00011", None), ("XP-001", None), ("", None),
])
def test_a_parcel_code_is_read_by_its_parts(text, spaced):
    assert parcel_codes.spaced(text) == spaced


def test_a_parcel_code_is_put_together_only_of_all_its_parts():
    parts = {
        "county": "340123", "cadastral_area": "002", "cadastral_sub_area": "004",
        "parcel_feature": "GB", "parcel_number": "00011",
    }

    assert parcel_codes.composed(parts) == "340123 002 004 GB 00011"
    for name in parts:
        assert parcel_codes.composed({**parts, name: ""}) is None


@pytest.mark.parametrize(("selection", "stated", "shown"), [
    (f"parcels:{CODE}", {}, "340123 002 004 GB 00011"),
    ("plots:A", {"parcel_code": CODE}, "340123 002 004 GB 00011"),
    ("plots:A", {}, ""),
])
def test_the_code_stands_on_the_sheet_where_it_is_known(store, selection, stated, shown):
    made = printed(store, "parcel", selection, stated=stated)

    assert made.plans[0].content.values["parcel_code"] == shown
    assert not shown or "".join(shown.split()) in text_of(made.pdf)


def test_a_code_that_is_none_makes_a_draft(store):
    with pytest.raises(SourceError, match=r"340123 不符合 GB/T 37346"):
        printed(store, "parcel", "plots:A", stated={"parcel_code": "340123"})


def test_owner_and_land_class_stand_inside_the_line_by_piece_and_in_the_table(store):
    made = printed(store, "demarcation", "plots:A")

    rows = made.plans[0].content.tables["pieces"].rows
    assert [(row[1], row[2], row[3][-4:], row[4]) for row in rows] == [
        ("大营盘村", "P1", "0102", "2400.00"), ("大营盘村", "P1", "0201", "3600.00"),
        ("达朝村", "P2", "0102", "800.00"), ("达朝村", "P2", "无地类资料"[-4:], "1200.00"),
        ("不在任何征地地块内", "–", "无地类资料"[-4:], "2000.00"),
    ]
    written = [
        (each.text, shapely.Point(*middle(each.box, made.claims[0])))
        for each in made.measured[0].inscribed if each.mark == "pieces"
    ]
    assert [text for text, _ in written] == [
        "(1)大营盘村", "0102", "(2)大营盘村", "0201", "(3)达朝村", "0102", "(4)达朝村", "(5)",
    ]
    ground = [shapely.box(*at(x0, y0), *at(x1, y1)) for x0, y0, x1, y1 in (
        (0, 0, 60, 40), (0, 0, 60, 40), (0, 40, 60, 100), (0, 40, 60, 100), (60, 0, 80, 40),
        (60, 0, 80, 40), (60, 40, 80, 100), (80, 0, 100, 100),
    )]
    assert all(each.contains(point) for each, (_, point) in zip(ground, written, strict=True))


def middle(found, claim):
    """Give the ground under the middle of a text."""
    left, bottom = claim["frame"][:2]
    west, south = claim["ground"][:2]
    metres = claim["scale"] / 1000
    return (
        west + ((found[0] + found[2]) / 2 - left) * metres,
        south + ((found[1] + found[3]) / 2 - bottom) * metres,
    )


@pytest.mark.parametrize(("change", "said"), [
    ({"owner": "达朝村"}, "parcel P1 is of 大营盘村"),
    ({"class_code": "0201"}, "piece 1 has"),
    ({"shape": box(0, 0, 50, 50)}, "piece 1 has 2400.00"),
])
def test_a_piece_that_is_not_so_is_caught(store, monkeypatch, change, said):
    once = pieces.of

    def other(*how):
        first, *rest = once(*how)
        return (dataclasses.replace(first, **change), *rest)

    monkeypatch.setattr(pieces, "of", other)

    with pytest.raises(OutputError, match=said):
        printed(store, "demarcation", "plots:A")


def test_what_is_not_stated_is_left_blank_and_asked_for_never_invented(store, tmp_path):
    found = loaded(store)
    (subject,) = subjects.select(found, look := template.load("demarcation"), "plots:A")

    blank = contents.of(found, subject, SIGNED, look.tables)
    stated = contents.of(found, subject, SIGNED | {"survey_unit": "测绘院"}, look.tables)

    names = ["survey_unit", "surveyed_on", "map_sheet"]
    assert [name for name, _ in preflight.unstated(found, look, blank)] == names
    assert [name for name, _ in preflight.unstated(found, look, stated)] == names[1:]
    assert preflight.reasons(found, look, subject, blank) == ()

    said = CliRunner().invoke(main.main, [
        "sheet", "demarcation", "plots:A", "--store", str(store), "--by", "张三",
        "--checked", "李四", "--out", str(tmp_path / "a.pdf"),
    ]).output
    assert "测绘单位 (--set survey_unit=…)" in said


@pytest.mark.parametrize("named", ["parcel", "demarcation"])
def test_there_is_room_for_a_seal_and_signatures(store, named):
    pdf = printed(store, named, "plots:A", stated={
        "survey_unit": "测绘院", "surveyed_on": "2006-11-02", "map_sheet": "K51G028042",
    }).pdf

    text = text_of(pdf)
    for each in ("测绘单位（盖章）：测绘院", "制图（签名）", "审核（签名）", "K51G028042",
                 "2006-11-02", "2000国家大地坐标系", "3度带第41带", "中央子午线123°"):
        assert each in text
    assert "高程" not in text  # shapes have no heights
    with opened(pdf) as document:
        assert len(document.pages) == 1
