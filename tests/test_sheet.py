"""Sheets: true to scale by another library's ruler, right in their words, refused when unfit."""

import errno
import hashlib
import io
import math
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import geopandas as gpd
import numpy as np
import pikepdf
import pypdfium2
import pyproj
import pytest
import shapely
import zxingcpp
from builders import EAST, NORTH, Site, box
from sheets import (
    SIGNED,
    at,
    copied,
    loaded,
    make_store,
    opened,
    polygon,
    printed,
    size_mm,
    tagged,
    text_of,
)
from stores import sealed

from landtrack import store as stores
from landtrack.app import vet
from landtrack.model import catalog
from landtrack.model.errors import CatalogError, OutputError, SourceError
from landtrack.output.sheets import (
    georeference,
    issue,
    make,
    preflight,
    readback,
    recount,
    subjects as selecting,
    template,
    verify,
)
from landtrack.output.sheets.make import Order
from landtrack.output.style import fonts
from landtrack.store import assessment, log, sheet_register


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return make_store(tmp_path_factory.mktemp("place"))


@pytest.fixture
def store(shared, tmp_path):
    return copied(shared, tmp_path / "own")


# --- exactness ------------------------------------------------------------------------------


@pytest.mark.parametrize(("named", "selection", "paper"), [
    ("parcel", "plots:A", (210, 297)), ("parcel", "P2", (210, 297)),
    ("project", "A", (420, 297)), ("demarcation", "A", (420, 297)),
    ("status", "*", (420, 297)), ("overview", "*", (1189, 841)),
])
def test_every_template_is_true_to_scale_by_another_ruler(store, named, selection, paper):
    made = printed(store, named, selection)

    with opened(made.pdf) as document:
        page = document.pages[0]
        assert size_mm(page) == pytest.approx(paper, abs=2e-4)
        (bar,) = tagged(page, "checkbar")
        assert math.dist(*bar) == pytest.approx(100, rel=1e-6)
        claim = made.claims[0]
        (scalebar,) = tagged(page, "scalebar")
        metres = claim["bars"]["scalebar"]["metres"]
        assert math.dist(*scalebar) * claim["scale"] / 1000 == pytest.approx(metres, rel=1e-6)
        (frame,) = tagged(page, "frame")
        west, _, east, _ = claim["ground"]
        width = max(x for x, _ in frame) - min(x for x, _ in frame)
        assert width * claim["scale"] / 1000 == pytest.approx(east - west, rel=1e-6)


def test_the_boundary_lies_where_its_coordinates_say(store):
    made = printed(store, "parcel", "plots:A")
    claim = made.claims[0]

    with opened(made.pdf) as document:
        (ring,) = tagged(document.pages[0], "boundary")
    left, bottom, *_ = claim["frame"]
    west, south, *_ = claim["ground"]
    metres = claim["scale"] / 1000
    found = {(round(west + (x - left) * metres, 3), round(south + (y - bottom) * metres, 3))
             for x, y in ring}

    assert found == {at(0, 0), at(100, 0), at(100, 100), at(0, 100)}


def test_the_georeference_gives_every_boundary_point_within_a_millimetre(store):
    made = printed(store, "status", "*")

    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        (port,) = document.pages[0]["/VP"]
        left, bottom, right, top = (float(each) for each in port["/BBox"])
        degrees = np.array([float(each) for each in port["/Measure"]["/GPTS"]]).reshape(-1, 2)
        epsg = int(port["/Measure"]["/GCS"]["/EPSG"])
    change = pyproj.Transformer.from_crs(4490, epsg, always_xy=True)
    corners = np.column_stack(change.transform(degrees[:, 1], degrees[:, 0]))
    paper = np.array([(left, bottom), (left, top), (right, top), (right, bottom)])
    affine, *_ = np.linalg.lstsq(np.column_stack([paper, np.ones(4)]), corners, rcond=None)
    with opened(made.pdf) as document:
        page = document.pages[0]
        drawn = np.vstack(tagged(page, "parcels")) / (25.4 / 72)
    ground = np.column_stack([drawn, np.ones(len(drawn))]) @ affine

    for corner in (at(0, 0), at(100, 0), at(220, 100), at(0, 100)):
        assert np.min(np.hypot(*(ground - corner).T)) < 0.001


def test_text_can_be_found_and_all_fonts_are_embedded(store):
    made = printed(store, "parcel", "plots:A", stated={"owner": "水田用地林木公司"})

    assert "水田用地林木公司" in text_of(made.pdf)
    assert "用地路" in text_of(made.pdf)
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        for page in document.pages:
            for font in page["/Resources"]["/Font"].values():
                assert "/FontFile2" in font["/FontDescriptor"], font["/BaseFont"]


def test_the_holder_of_a_plot_is_its_company_and_of_a_parcel_its_owner(store):
    assert "权利人甲公司" in text_of(printed(store, "parcel", "plots:A").pdf)
    assert "权利人达朝村" in text_of(printed(store, "parcel", "P2").pdf)
    assert "申请用地单位甲公司" in text_of(printed(store, "demarcation", "plots:A").pdf)


def test_same_input_same_bytes(store, tmp_path):
    first = printed(store, "project", "A").pdf

    assert printed(store, "project", "A").pdf == first
    assert printed(copied(store, tmp_path / "else"), "project", "A").pdf == first


def test_the_point_table_lists_every_point_north_first_with_a_closing_row(store):
    text = text_of(printed(store, "parcel", "plots:A").pdf)

    east, north = at(0, 100)
    assert text.count(f"J1{north:.3f}{east:.3f}") == 2
    assert f"J2{north:.3f}{east + 100:.3f}100.000" in text
    assert "10000.00m²" in text


# --- shapes ---------------------------------------------------------------------------------


def one_plot(tmp_path, shape, **facts):

    return make_store(tmp_path, [Site.plot("A", shape, **facts)])


def test_holes_and_parts_are_drawn_and_listed(tmp_path):
    holed = polygon((0, 0), (100, 0), (100, 100), (0, 100), holes=[[(40, 40), (60, 40), (60, 60)]])
    both = shapely.MultiPolygon([holed, box(150, 0, 200, 50)])

    made = printed(one_plot(tmp_path, both), "parcel", "plots:A")

    with opened(made.pdf) as document:
        points = [each for ring in tagged(document.pages[0], "boundary") for each in ring]
    assert [ring.hole for ring in made.plans[0].content.rings] == [0, 1, 0]
    assert len({(round(x, 2), round(y, 2)) for x, y in points}) == 4 + 3 + 4
    text = text_of(made.pdf)
    for said in ("第1部分外环", "第1部分内环1", "第2部分外环", "J11", "12300.00m²"):
        assert said in text


def test_two_thousand_points_flow_over_columns_and_pages_none_lost(tmp_path):
    turns = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    circle = polygon(*(200 * np.column_stack([np.cos(turns), np.sin(turns)])).tolist())

    made = printed(one_plot(tmp_path, circle), "parcel", "plots:A")

    assert len(made.claims) > 5
    pages = pypdfium2.PdfDocument(made.pdf)
    text = "".join("".join(each.get_textpage().get_text_bounded().split()) for each in pages)
    assert all(f"J{number}45" in text for number in range(1, 2001))
    assert any(each.startswith("point:") for each in made.claims[0]["dropped"])


@pytest.mark.parametrize(("shape", "scale"), [
    (box(0, 0, 1, 1), 50), (box(0, 0, 5000, 4000), 50000),
])
def test_a_square_metre_and_five_kilometres_have_their_sheet(tmp_path, shape, scale):
    made = printed(one_plot(tmp_path, shape), "parcel", "plots:A")

    assert made.claims[0]["scale"] == scale
    assert made.measured[0].points == 4


def test_a_name_of_120_characters_is_printed_whole(tmp_path):
    name = "".join(chr(0x4E00 + 7 * each) for each in range(120))

    made = printed(one_plot(tmp_path, box(0, 0, 100, 100), name=name), "parcel", "plots:A")

    assert name in text_of(made.pdf)


def test_a_character_that_no_font_has_is_named_and_nothing_is_written(tmp_path):
    store = one_plot(tmp_path, box(0, 0, 100, 100), name="甲𠮷乙")

    with pytest.raises(OutputError, match=r"U\+20BB7"):
        printed(store, "parcel", "plots:A")

    assert not (store.parent / "sheet.pdf").exists()
    assert sheet_register.rows(store) == []


def test_a_line_break_in_a_name_is_no_box(tmp_path):
    made = printed(one_plot(tmp_path, box(0, 0, 100, 100), name="甲\n乙"), "parcel", "plots:A")

    assert "甲乙" in text_of(made.pdf)


def test_neighbours_are_named_and_none_are_missed_where_there_are_none(store, tmp_path):
    assert "大营盘村P1" in text_of(printed(store, "parcel", "P2").pdf)
    (tmp_path / "alone").mkdir()
    alone = make_store(tmp_path / "alone", parcels=[
        (box(0, 0, 50, 50), {"parcel_id": "P1", "state": "approved"})
    ])

    made = printed(alone, "parcel", "P1")

    assert made.claims[0]["dropped"] == []


def test_a_demarcation_shares_the_area_out_by_owner_land_class_and_farmland(tmp_path):

    store = make_store(
        tmp_path, [Site.plot("A", box(0, 0, 100, 100))],
        parcels=[
            (box(-50, -50, 70, 150), {"parcel_id": "P1", "state": "approved", "owner": "东村"}),
            (box(70, -50, 90, 150), {"parcel_id": "P2", "state": "approved", "owner": "西村"}),
        ],
        land_classes=[
            (box(-50, -50, 60, 150), {"land_class_id": "1", "class_code": "0103"}),
            (box(60, -50, 150, 150), {"land_class_id": "2", "class_code": "0601"}),
        ],
        farmland=[(box(0, 0, 25, 40), {"farmland_id": "1", "owner": "东村"})],
    )

    tables = printed(store, "demarcation", "A").plans[0].content.tables

    assert tables["owners"].rows == (
        ("东村", "1", "7000.00", "0.7000", "70.00%"), ("西村", "1", "2000.00", "0.2000", "20.00%"),
        ("不在任何征地地块内", "", "1000.00", "0.1000", "10.00%"),
    )
    assert [row[:3] for row in tables["land_classes"].rows] == [
        ("旱地 0103", "1", "6000.00"), ("工业用地 0601", "1", "4000.00"),
    ]
    assert tables["farmland"].rows == (
        ("东村", "1", "1000.00", "0.1000", "10.00%"),
        ("其余面积", "", "9000.00", "0.9000", "90.00%"),
    )


def drawn_over(tmp_path, **layers):
    """Print the demarcation of a plot, and give its tables."""
    store = make_store(tmp_path, [Site.plot("A", box(0, 0, 100, 100))], **layers)
    return printed(store, "demarcation", "A").plans[0].content.tables


FAR_FARMLAND = [(box(500, 0, 600, 100), {"farmland_id": "1", "owner": "东村"})]


@pytest.mark.fault("67-demo-farmland-none")
def test_farmland_that_is_not_touched_is_said_to_be_so_with_no_area(tmp_path):
    table = drawn_over(tmp_path, farmland=FAR_FARMLAND)["farmland"]

    assert table.rows == (("不占用", "", "0.00", "0.0000", "0.00%"),)
    assert table.foot == "占用合计：0.00 m²"


def test_the_foot_of_what_farmland_is_taken_is_not_the_area_of_the_plot(tmp_path):
    farmland = [(box(0, 0, 25, 40), {"farmland_id": "1", "owner": "东村"})]

    assert drawn_over(tmp_path, farmland=farmland)["farmland"].foot == "占用合计：1000.00 m²"


def test_where_the_farmland_is_known_in_part_only_nothing_found_is_no_data(tmp_path):
    site = Site(tmp_path / "site")
    site.head |= {"language": "zh", "as_of": "2006-12-31"}
    site.layer("plots", [Site.plot("A", box(0, 0, 100, 100))])
    (tmp_path / "part.geojson").write_text("")
    site.layer("boundaries", [(box(400, 0, 900, 100), {"boundary_id": "1"})], path="part.geojson")
    site.layer("farmland", FAR_FARMLAND, coverage="part.geojson")
    path = tmp_path / "project.gpkg"
    stores.write(vet.vet(catalog.place(site.folder)), path)

    table = printed(path, "demarcation", "A").plans[0].content.tables["farmland"]

    assert table.rows == (("无数据", "", "", "", ""),)


def test_ground_without_a_land_class_is_said_to_have_none_on_record(tmp_path):
    classes = [(box(500, 0, 600, 100), {"land_class_id": "1", "class_code": "0103"})]

    table = drawn_over(tmp_path, land_classes=classes)["land_classes"]

    assert table.rows == (("无地类资料", "", "10000.00", "1.0000", "100.00%"),)


def test_a_layer_of_buildings_of_which_none_is_on_the_plot_is_not_missing(tmp_path):
    buildings = [(box(300, 0, 310, 10), {"building_id": "b", "class": "building", "storeys": 1})]
    store = make_store(tmp_path, [Site.plot("A", box(0, 0, 100, 100))], buildings=buildings)

    table = printed(store, "project", "A").plans[0].content.tables["buildings"]

    assert table.rows == (("无建筑物", "", "", ""),)


def test_without_a_layer_its_table_says_no_data(store):
    tables = printed(store, "demarcation", "plots:A").plans[0].content.tables

    assert tables["land_classes"].rows == tables["farmland"].rows == (("无数据", "", "", "", ""),)


# --- scale and splitting --------------------------------------------------------------------


def test_without_parcels_there_is_no_total_of_them(tmp_path):
    site = Site(tmp_path / "site")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    stores.write(vet.vet(catalog.place(site.folder)), tmp_path / "project.gpkg")

    made = printed(tmp_path / "project.gpkg", "status", "*")

    (table,) = made.plans[0].content.tables.values()
    assert (table.rows[0][0], table.foot) == ("no data", "")


def test_a_scale_that_is_given_is_kept(store):
    assert printed(store, "parcel", "plots:A", scale=2000).claims[0]["scale"] == 2000


def test_a_scale_at_which_it_does_not_fit_is_refused_with_one_that_would(store):
    with pytest.raises(SourceError, match=r"(?s)at 1:100 it does not fit.*--scale 1:\d+ or leave"):
        printed(store, "parcel", "plots:A", scale=100)


def test_or_split_over_maps_with_an_index(store):
    made = printed(store, "demarcation", "A", scale=200, split=True)

    index, *tiles = made.claims
    assert index["scale"] > 200 == tiles[0]["scale"]
    tiles = [each for each in tiles if "ground" in each]
    covered = shapely.union_all([shapely.box(*each["ground"]) for each in tiles])
    assert covered.buffer(1e-6).contains(box(0, 0, 100, 100))
    text = text_of(made.pdf)
    count = len(tiles)
    assert f"分幅索引（共{count}幅）" in text
    assert f"第{count}幅/共{count}幅" in text


# --- what may be issued ---------------------------------------------------------------------


def test_a_sheet_that_lacks_a_mandatory_value_is_refused(store):
    with pytest.raises(SourceError, match=r"(?s)未填写：审核者.*--draft"):
        printed(store, "parcel", "plots:A", stated={"checked_by": ""})


def test_or_printed_as_a_draft_that_says_so_and_supersedes_nothing(store):
    fit = printed(store, "parcel", "plots:A")
    draft = printed(store, "parcel", "plots:A", stated={"checked_by": ""}, draft=True)

    assert "草图DRAFT" not in text_of(fit.pdf)
    assert "草图DRAFT" in text_of(draft.pdf)
    issued, drafted = sheet_register.rows(store)
    assert (issued["draft"], issued["superseded_by"]) == ("", "")
    assert (drafted["number"], drafted["draft"]) == (f"{issued['number']}-draft", "未填写：审核者")


def test_an_issue_of_the_feature_is_a_reason(store):
    found = assessment.load(store)
    loaded = template.load("parcel")
    (subject,) = selecting.select(found, loaded, "plots:A")

    import pandas as pd

    row = {"source": "", "layer": "plots", "feature_id": "A", "field": "", "value": "",
           "issue": "plots_overlap", "severity": "error", "who_mends": "", "mend": ""}
    troubled = found.replace(issues=pd.DataFrame([row, row | {"feature_id": "B"}]))
    (plan,), _ = make.plans(troubled, loaded, [subject], Order(stated=SIGNED), lambda *_: None)

    assert preflight.reasons(troubled, loaded, subject, plan.content) == ("A：项目地块重叠",)


@pytest.mark.parametrize(("degrees", "refused"), [(1.4, False), (1.8, False), (2.2, True)])
def test_what_lies_far_outside_of_the_zone_is_a_draft(store, degrees, refused):
    found = assessment.load(store)
    loaded = template.load("parcel")
    change = pyproj.Transformer.from_crs(4490, 4529, always_xy=True)
    east, north = change.transform(123 + degrees, 41)
    subject = selecting.Subject(
        kind="plots", ids=("A",), shape=shapely.box(east, north, east + 100, north + 100), facts={}
    )
    (plan,), _ = make.plans(found, loaded, [subject], Order(stated=SIGNED), lambda *_: None)

    reasons = preflight.reasons(found, loaded, subject, plan.content)

    assert any("超出投影带" in each for each in reasons) is refused


def test_of_two_parks_in_two_zones_only_that_of_the_store_has_true_sheets(tmp_path):

    store = make_store(tmp_path, [
        Site.plot("A", box(0, 0, 100, 100)), Site.plot("F", box(-252_000, 0, -251_900, 100)),
    ])

    with pytest.raises(SourceError, match=r"of F may not be issued: 超出投影带 1\.\d+ 度"):
        printed(store, "parcel", "plots:*")

    assert printed(store, "parcel", "plots:A").claims[0]["draft"] == []
    assert printed(store, "parcel", "plots:F", draft=True).claims[0]["draft"]


def test_a_map_without_polygons_is_measured_by_its_grid(store, tmp_path, monkeypatch):
    own = tmp_path / "data" / "sheets"
    own.mkdir(parents=True)
    shipped = (template.catalog.SHIPPED / "sheets" / "status.toml").read_text(encoding="utf-8")
    only_roads = shipped[:shipped.index("[[layer]]")] + '[[layer]]\nkind = "roads"\n'
    (own / "status.toml").write_text(only_roads, encoding="utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path / "data"))
    template.load.cache_clear()

    made = printed(store, "status", "*")

    template.load.cache_clear()
    assert {each["mark"] for each in made.claims[0]["known"]} == {"grid"}
    assert made.measured[0].points >= 2


def test_frame_and_fonts_are_those_of_the_template(store, tmp_path, monkeypatch):
    folder = tmp_path / "data"
    (folder / "sheets").mkdir(parents=True)
    (folder / "fonts").mkdir()
    shutil.copy(fonts.chain("bold")[0].path, folder / "fonts" / "own.ttf")
    shipped = (Path(template.__file__).parents[2] / "data/sheets/parcel.toml").read_text("utf-8")
    own = shipped.replace('id = "parcel"', 'id = "own"') + """
[frame]
line_mm = 0.7
apart_mm = 9
colour = "#0000FF"
[fonts]
regular = "own.ttf"
"""
    (folder / "sheets" / "own.toml").write_text(own, "utf-8")
    monkeypatch.setenv("LANDTRACK_DATA", str(folder))
    made = printed(store, "own", "plots:A")

    with opened(made.pdf) as document:
        (line,) = [each for each in document.pages[0].rects if each.get("tag") == "LT_frame"]
        inner, outer = line, max(document.pages[0].rects, key=lambda each: each["height"])
        assert line["stroking_color"] == (0, 0, 1)
        assert line["linewidth"] == pytest.approx(0.7 / 25.4 * 72, abs=1e-3)
        assert (outer["width"] - inner["width"]) * 25.4 / 72 == pytest.approx(18, abs=0.01)
        body = {each["fontname"].split("+")[1] for each in document.pages[0].chars}
    assert body == {"NotoSansSC-Bold"}

    (folder / "fonts" / "own.ttf").unlink()
    with pytest.raises(SourceError, match=r"(?s)no font own\.ttf.*\[fonts\]"):
        printed(store, "own", "plots:A")


def test_web_mercator_is_refused(store):
    import sqlite3

    with sqlite3.connect(store) as connection:
        connection.execute("UPDATE runs SET working_crs = 'EPSG:3857'")
    sealed(store)

    with pytest.raises(ValueError, match="areas and lengths measured there are wrong"):
        assessment.load(store)


# --- register -------------------------------------------------------------------------------


def test_the_register_keeps_every_revision_and_what_supersedes_it(store):
    printed(store, "parcel", "plots:A")
    printed(store, "parcel", "plots:A")
    made = printed(store, "parcel", "plots:A", stated={"owner": "乙公司"})

    first, second = sheet_register.rows(store)
    assert (first["revision"], first["superseded_by"]) == (1, "2")
    assert (second["revision"], second["superseded_by"]) == (2, "")
    assert second["file_sha256"] == hashlib.sha256(made.pdf).hexdigest()
    assert (second["scale"], second["paper"], second["drawn_by"]) == (
        made.claims[0]["scale"], "A4", "张三"
    )


def test_the_code_says_number_revision_hash_and_head_of_the_log(store):
    made = printed(store, "parcel", "plots:A")

    page = pypdfium2.PdfDocument(made.pdf)[0]
    (code,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    row = sheet_register.rows(store)[0]
    head = log.read(store).rows[-1][1].sha256
    assert code.text == f"LT:{row['number']}:1:{row['sha256'][:32]}:2:{head[:32]}"


def test_the_register_outlives_a_new_run(tmp_path):
    import landtrack

    store = make_store(tmp_path)
    printed(store, "parcel", "plots:A")
    before = sheet_register.rows(store)

    landtrack.run(tmp_path / "site", out=tmp_path / "build")

    assert sheet_register.rows(store) == before != []
    assert len(gpd.read_file(store, layer="sheets")) == 1


def test_while_a_store_is_replaced_nothing_is_registered_in_it(store, monkeypatch):
    monkeypatch.setattr(sheet_register, "WAIT_S", 0.1)

    with (
        sheet_register.locked(store),
        pytest.raises(OutputError, match=r"(?s)register of sheets.*is in use.*Wait until"),
    ):
        printed(store, "parcel", "plots:A")

    assert not (store.parent / "sheet.pdf").exists()


def test_two_at_once_are_both_registered(store, tmp_path):
    with ThreadPoolExecutor(max_workers=2) as pool:
        both = [
            pool.submit(printed, store, "parcel", f"plots:{plot}", out=tmp_path / plot / "s.pdf")
            for plot in "AB"
        ]
        hashes = {hashlib.sha256(each.result().pdf).hexdigest() for each in both}

    assert {row["file_sha256"] for row in sheet_register.rows(store)} == hashes
    assert {row["number"] for row in sheet_register.rows(store)} == {
        "site-parcel-A", "site-parcel-B"
    }


def test_points_that_stand_close_are_drawn_small_and_do_not_hide_the_line(tmp_path):
    turns = np.linspace(0, 2 * np.pi, 300, endpoint=False)
    circle = polygon(*(200 * np.column_stack([np.cos(turns), np.sin(turns)])).tolist())

    made = printed(one_plot(tmp_path, circle), "parcel", "plots:A")

    with opened(made.pdf) as document:
        widths = [
            max(x for x, _ in ring) - min(x for x, _ in ring)
            for ring in tagged(document.pages[0], "points")
        ]
    apart = made.plans[0].content.rings[0].sides[0] * 1000 / made.claims[0]["scale"]
    assert max(widths) < apart


def test_a_disk_that_fills_up_leaves_nothing_behind(store, monkeypatch):
    def full(_path, _data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match=r"(?s)disk is full.*Make room"):
        printed(store, "parcel", "plots:A")

    assert sheet_register.rows(store) == []
    assert sorted(p.name for p in store.parent.iterdir() if not p.name.startswith(".")
                  and "lock" not in p.name) == ["project.gpkg"]


def test_an_atlas_has_an_index_bookmarks_and_a_page_set_for_each(store):
    made = printed(store, "parcel", "plots:*")

    index, first, second = made.claims
    assert index["index"] is True
    assert (first["subject"]["ids"], second["subject"]["ids"]) == (["A"], ["B"])
    with pikepdf.open(io.BytesIO(made.pdf)) as document:
        with document.open_outline() as outline:
            assert [each.title for each in outline.root] == ["图幅索引", "宗地图 A", "宗地图 B"]
        assert len(document.pages[0]["/Annots"]) == 2


def test_or_a_file_for_each(store, tmp_path):
    found, loaded = assessment.load(store), template.load("parcel")
    subjects = selecting.select(found, loaded, "plots:*")

    made = issue.each(
        found, loaded, subjects, Order(stated=SIGNED), tmp_path / "out", lambda *_: None
    )

    assert sorted(made) == ["site-parcel-A.pdf", "site-parcel-B.pdf"]
    assert {p.name for p in (tmp_path / "out").glob("*.pdf")} == {*made, "index.pdf"}
    index = (tmp_path / "out" / "index.pdf").read_bytes()
    assert all(name in text_of(index) for name in made)
    assert verify.pdf(index, found.words, found)[1:3] == ([], [])


@pytest.mark.parametrize(("selection", "said"), [
    ("Z", r"(?s)nothing 'Z'.*such as P1, P2, A"),
    ("roads:R", r"(?s)cannot be of roads.*parcels, plots"),
])
def test_a_selection_of_nothing_is_told_with_what_there_is(store, selection, said):
    found, loaded = assessment.load(store), template.load("parcel")

    with pytest.raises(SourceError, match=said):
        selecting.select(found, loaded, selection)


@pytest.mark.parametrize(("selection", "ids"), [
    ("*", [("P1",), ("P2",)]), ("plots:*", [("A",), ("B",)]), ("B, A", [("B",), ("A",)]),
    ("A+B", [("A", "B")]), ("P?", [("P1",), ("P2",)]), ("A,A", [("A",)]),
])
def test_selections(store, selection, ids):
    found, loaded = assessment.load(store), template.load("parcel")

    assert [each.ids for each in selecting.select(found, loaded, selection)] == ids


SIGNS = ("A[1]", "A+1", "甲,乙", "a/b", "*", "..", "  A")
"""Keys with signs that mean something to selections, or to names of files."""


@pytest.fixture(scope="module")
def signs(tmp_path_factory):
    return assessment.load(make_store(tmp_path_factory.mktemp("signs"), [
        Site.plot(key, box(at * 200, 0, at * 200 + 100, 100)) for at, key in enumerate(SIGNS)
    ]))


@pytest.mark.parametrize("at", range(len(SIGNS)), ids=SIGNS)
def test_a_key_of_any_signs_has_its_sheet_and_file(signs, tmp_path, at):
    subject = selecting.subject_of(signs, "plots", (signs.layers["plots"].index[at],))

    made = issue.each(
        signs, template.load("parcel"), [subject], Order(stated=SIGNED), tmp_path / "out",
        lambda *_: None,
    )

    assert subject.ids[0].strip() == SIGNS[at].strip()
    ((name, sheet),) = made.items()
    assert (tmp_path / "out" / name).read_bytes() == sheet.pdf
    assert verify.pdf(sheet.pdf, signs.words, signs)[1:3] == ([], [])


# --- a sheet that is not true is caught -----------------------------------------------------


def spoilt(pdf, before, after):
    """Change the drawing of the first page."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        page = document.pages[0]
        code = page.Contents.read_bytes()
        assert before(code) if callable(before) else before in code
        page.Contents = document.make_stream(
            after(code) if callable(after) else code.replace(before, after)
        )
        made = io.BytesIO()
        document.save(made)
    return made.getvalue()


def scaled(code):
    """Draw all ground one per cent larger."""
    lines = code.split(b"\n")
    for at_line, each in enumerate(lines):
        if (each.endswith(b" cm") and each.startswith(b".00")) or each.startswith(b"0.00"):
            parts = each.split()
            parts[0] = parts[3] = f"{float(parts[0]) * 1.01:.15f}".encode()
            lines[at_line] = b" ".join(parts)
    return b"\n".join(lines)


@pytest.mark.parametrize(("what", "change"), [
    ("point", scaled),
    ("frame", lambda code: code.replace(b"/LT_frame BMC\n", b"/LT_frame BMC\n1.01 0 0 1 0 0 cm ")),
    ("checkbar", lambda c: c.replace(b"/LT_checkbar BMC\n", b"/LT_checkbar BMC\n1 0 0 1 1 0 cm ")),
    ("checkbar", lambda code: code.replace(b"/LT_checkbar", b"/LT_other")),
    ("inset", lambda code: code.replace(b"/LT_inset_subject", b"/LT_other")),
    ("inset", lambda code: code.replace(
        b"/LT_inset_subject BMC\n", b"/LT_inset_subject BMC\n1 0 0 1 1 0 cm "
    )),
    ("text", lambda code: code.replace(b" Tj", b" pop", 30)),
])
def test_a_page_that_is_not_as_it_claims_is_caught(store, what, change):
    pdf = printed(store, "parcel", "plots:A").pdf
    claims = georeference.claims_of(pdf)
    assert readback.prove(pdf, claims)[1] == []

    spoiled = spoilt(pdf, b"", change)

    assert what in {each.what for each in readback.prove(spoiled, claims)[1]}


@pytest.mark.parametrize(("change", "said"), [
    ({"east": EAST + 150}, "marks what is not the subject"),
    ({"ground": [EAST + 50, NORTH, EAST + 250, NORTH + 120]}, "does not show all of it"),
    ({"scale": 777}, "is not 1:777"),
])
def test_a_small_map_of_the_place_that_is_not_so_is_caught(store, change, said):
    pdf = printed(store, "parcel", "plots:A").pdf
    claims = georeference.claims_of(pdf)
    proof = readback.prove(pdf, claims)
    assert claims[0]["inset"]["scale"] > claims[0]["scale"]

    claims[0]["inset"] |= change

    assert said in str(recount.faults(loaded(store), claims, [proof]))


def test_a_page_of_another_size_is_caught(store):
    pdf = printed(store, "parcel", "plots:A").pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.pages[0].MediaBox = [0, 0, 595, 842]
        made = io.BytesIO()
        document.save(made)

    _, faults = readback.prove(made.getvalue(), georeference.claims_of(pdf))

    assert "paper" in {each.what for each in faults}


def test_a_table_that_says_otherwise_than_the_line_is_caught(store):
    pdf = printed(store, "parcel", "plots:A").pdf
    claims = georeference.claims_of(pdf)
    claims[0]["known"][0]["north"] += 0.01  # what the line says, by a centimetre

    assert "table" in {each.what for each in readback.prove(pdf, claims)[1]}


def test_the_export_fails_where_the_proof_does(store, monkeypatch):
    fault = readback.Fault(page=1, what="frame", said="the frame lies 0.2 mm off")
    monkeypatch.setattr(readback, "prove", lambda *_: ([], [fault]))

    with pytest.raises(OutputError, match=r"frame lies 0\.2 mm off"):
        printed(store, "parcel", "plots:A")

    assert not (store.parent / "sheet.pdf").exists()
    assert sheet_register.rows(store) == []


@pytest.mark.parametrize(("data", "said"), [
    (b"", "cannot be read"), (b"%PDF-1.7\n%%EOF", "cannot be read"), (b"PNG", "cannot be read"),
])
def test_what_is_no_pdf_is_told(data, said):
    with pytest.raises(SourceError, match=said):
        georeference.claims_of(data)


def test_a_pdf_of_another_program_is_told(tmp_path):
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(tmp_path / "other.pdf"))
    canvas.drawString(9, 9, "other")
    canvas.save()

    with pytest.raises(SourceError, match="carries no claims of landtrack"):
        georeference.claims_of((tmp_path / "other.pdf").read_bytes())


def test_tables_that_fill_no_large_page_stand_on_a_small_one(store, tmp_path):
    with opened(printed(store, "project", "A").pdf) as document:
        assert [size_mm(page) for page in document.pages] == [
            pytest.approx((420, 297)), pytest.approx((210, 297)),
        ]
    long = one_plot(tmp_path, box(0, 0, 100, 100), note="长" * 6000)
    with opened(printed(long, "project", "A").pdf) as document:
        assert size_mm(document.pages[-1]) == pytest.approx((420, 297))


def test_a_table_is_written_smaller_rather_than_on_a_page_for_a_few_rows(tmp_path):
    angles = np.radians(np.arange(0, 360, 20))
    corners = [(50 + 40 * np.sin(each), 50 + 40 * np.cos(each)) for each in angles]

    assert len(printed(one_plot(tmp_path, polygon(*corners)), "parcel", "A").claims) == 1


@pytest.mark.parametrize("length", [3_000, 30_000])
def test_a_row_goes_on_to_the_next_page_and_one_higher_than_a_page_is_refused(tmp_path, length):
    store = one_plot(tmp_path, box(0, 0, 100, 100), note="长" * length)

    if length < 10_000:
        assert "长" * length in text_of(printed(store, "project", "A").pdf)
    else:
        with pytest.raises(CatalogError, match=r"does not fit on a page.*30,000 characters"):
            printed(store, "project", "A")


def test_a_text_that_is_too_long_for_its_box_is_refused_not_cut(tmp_path):
    store = one_plot(tmp_path, box(0, 0, 100, 100), name="很" * 900)

    with pytest.raises(CatalogError, match="of 900 characters does not fit"):
        printed(store, "parcel", "plots:A")
