"""The interactive map: what stands in its page, and that nothing else does."""

from __future__ import annotations

import dataclasses
import json
import re
from datetime import date
from pathlib import Path

import folium
import folium.plugins
import geopandas as gpd
import msgspec
import numpy as np
import pageread
import pandas as pd
import pytest
from builders import changed
from pyproj import CRS
from shapely import GeometryCollection, LineString, MultiPoint, Point, Polygon, box

from landtrack.model import (
    COUNT_COLUMNS,
    FINDING_COLUMNS,
    ISSUE_COLUMNS,
    MEASURE_COLUMNS,
    LayerSource,
    Place,
    catalog,
    issues,
)
from landtrack.model.assessment import Assessment
from landtrack.model.errors import CRSError, OutputError
from landtrack.output import map as webmap
from landtrack.output.map import features, offline, shapes
from landtrack.output.map.page import page_json, speaking

EAST, NORTH = 41_487_000.0, 4_545_000.0
HOSTILE = "</script><img src=x onerror=alert(1)>{{7*7}}{% raw %}\u2028&amp;"


def square(x, y, size):
    """A square with its lower left corner x, y metres from the origin of the tests."""
    return box(EAST + x, NORTH + y, EAST + x + size, NORTH + y + size)


def line(*points):
    return LineString([(EAST + x, NORTH + y) for x, y in points])


def layer(kind, rows, shapes):
    key = catalog.schemas()[kind].key
    frame = gpd.GeoDataFrame(rows, geometry=list(shapes), crs="EPSG:4529")
    if not rows:
        frame[key] = pd.Series(dtype=object)
    return frame.set_index(key)


def plots(names=("金山机械", "Green Foods 🌾", "未建项目")):
    rows = [
        {
            "plot_id": f"P-0{at + 1}", "name": name, "company": f"{name}有限公司",
            "capital": "outside_capital", "stage": "completed", "land_area_m2": 40_000.0,
            "total_investment_cny": 130e6, "fixed_investment_cny": None if at == 2 else 110e6,
            "accepted_on": pd.Timestamp(2006, 3, 1 + at), "eia_document_no": "环审〔2006〕12号",
            "eia_approved_on": pd.Timestamp(2006, 4, 2) if at == 0 else pd.NaT,
            "industry": "通用设备制造", "industry_year": np.int64(2002), "note": np.nan,
        }
        for at, name in enumerate(names)
    ]
    shapes = (square(320 * at, 0, 200) for at in range(len(names)))
    return layer("plots", rows, shapes)


def layers_of(hostile=""):
    """A small place with something of every shape."""
    return {
        "boundaries": layer(
            "boundaries", [{"boundary_id": "B1", "name": "X工业园区", "class": "park"}],
            [square(-200, -400, 1300)],
        ),
        "parcels": layer(
            "parcels",
            [
                {"parcel_id": "Z1", "name": hostile or "一号", "state": "compensated",
                 "state_on": pd.Timestamp(2006, 1, 5), "batch": "2005-1", "area_m2": 90_000.0},
                {"parcel_id": "Z2", "name": None, "state": "reported_province",
                 "state_on": pd.NaT, "batch": None, "area_m2": np.nan},
                {"parcel_id": "Z3", "name": "三号", "state": None,
                 "state_on": pd.NaT, "batch": None, "area_m2": 1.5},
                {"parcel_id": "Z4", "name": "四号", "state": "returned",
                 "state_on": pd.NaT, "batch": None, "area_m2": 1.5},
            ],
            [square(-50, -50, 300), square(260, -50, 300), square(570, -50, 300),
             square(-50, 300, 200)],
        ),
        "buildings": layer(
            "buildings",
            [{"building_id": "H1", "name": "厂房", "class": "building", "storeys": 2.0,
              "storey_heights_m": (4.5, 9.0)},
             {"building_id": "H2", "name": "料场", "class": "yard", "storeys": np.nan,
              "storey_heights_m": None}],
            [square(20, 20, 100), square(340, 20, 60)],
        ),
        "roads": layer(
            "roads", [{"road_id": "R1", "name": "金山大街", "class": "主干路", "width_m": 24.0,
                       "lanes": 4, "motor": None, "state": "in_service"},
                      {"road_id": "R2", "name": "厂内路", "class": None, "width_m": np.nan,
                       "lanes": 2, "motor": None, "state": "planned"}],
            [line((-150, -80), (1000, -80)), line((660, 60), (830, 60))],
        ),
        "railways": layer(
            "railways", [{"railway_id": "T1", "name": "沈丹线"}],
            [line((-150, 620), (1050, 480))],
        ),
        "pipelines": layer(
            "pipelines",
            [{"pipeline_id": f"G{at}", "name": None, "medium": medium, "diameter_mm": 400.0}
             for at, medium in enumerate(("water", "drainage", "sewage", "heating", "gas"))],
            [line((-100, -110 - 15 * at), (950, -110 - 15 * at)) for at in range(5)],
        ),
        "power_lines": layer(
            "power_lines",
            [{"line_id": f"W{at}", "name": f"{kv} kV 线", "voltage_kv": float(kv)}
             for at, kv in enumerate((10, 66, 220))],
            [line((-100, 250 + 30 * at), (950, 250 + 30 * at)) for at in range(3)],
        ),
        "substations": layer(
            "substations", [{"substation_id": "S1", "name": "南变", "voltage_kv": 66.0}],
            [Point(EAST + 500, NORTH + 420)],
        ),
        "plants": layer(
            "plants",
            [{"plant_id": "F1", "name": "污水处理厂", "class": "sewage_plant", "capacity": 20000.0,
              "capacity_unit": "t/d"}],
            [GeometryCollection([Point(EAST + 800, NORTH + 400),
                                 MultiPoint([(EAST + 830, NORTH + 400)])])],
        ),
        "clusters": layer("clusters", [], []),
        "plots": plots(("金山机械", hostile or "Green Foods 🌾", "未建项目")),
    }


def measured(plot_ids):
    """The measures table, as the join step makes it."""
    rows = []
    for at, plot in enumerate(plot_ids):
        unknown = at == 2
        own = {
            "area_m2": 40_008.0, "area_ellipsoidal_m2": 40_011.2, "land_area_m2": 40_000.0,
            "floor_area_m2": np.nan if unknown else 24_000.0, "covered_area_m2": 19_000.0,
            "fixed_investment_cny": np.nan if unknown else 110e6,
        }
        rows += [(plot, "plots", "", name, value, plot, "hit") for name, value in own.items()]
        rows += [
            (plot, "parcels", "", "overlap_m2", 40_008.0, "Z1", "hit"),
            (plot, "parcels", "", "overlap_share", 1.0, "Z1", "hit"),
            (plot, "parcels", "", "acquired_m2", 30_000.0, "Z1", "hit"),
            (plot, "parcels", "", "not_acquired_m2", 10_008.0, "Z1", "hit"),
            (plot, "parcels", "", "no_parcel_m2", 0.0, None, "hit"),
            (plot, "parcels", "", "double_claim_m2", 0.0, None, "hit"),
            (plot, "parcels", "compensated", "overlap_m2", 30_000.0, "Z1", "hit"),
            (plot, "parcels", "compensated", "overlap_share", 0.74985, "Z1", "hit"),
            (plot, "parcels", "reported_province", "overlap_m2", 10_008.0, "Z2", "hit"),
            (plot, "parcels", "reported_province", "overlap_share", 0.25015, "Z2", "hit"),
            (plot, "villages", "", "overlap_m2", np.nan, None, "no_coverage"),
            (plot, "villages", "", "overlap_share", np.nan, None, "no_coverage"),
            (plot, "water", "", "overlap_m2", 0.0, None, "clear"),
            (plot, "water", "", "overlap_share", 0.0, None, "clear"),
            (plot, "roads", "", "nearest_road_m", 80.0, "R1", "hit"),
            (plot, "roads", "", "nearest_width_m", 24.0, "R1", "hit"),
            (plot, "roads", "", "frontage_m", 0.0, "R1", "hit"),
            (plot, "pipelines", "", "nearest_m", 110.0, "G0", "hit"),
            (plot, "pipelines", "", "length_m", 0.0, None, "clear"),
            (plot, "pipelines", "water", "nearest_m", 110.0, "G0", "hit"),
            (plot, "pipelines", "gas", "nearest_m", 170.0, "G4", "hit"),
            (plot, "power_lines", "220", "nearest_m", 110.0, "W2", "hit"),
            (plot, "substations", "66", "nearest_m", 361.2, "S1", "hit"),
            (plot, "buildings", "", "count", 1.0, "H1", "hit"),
            (plot, "buildings", "", "footprint_m2", 10_000.0, "H1", "hit"),
            (plot, "buildings", "", "floor_area_known_m2", 20_000.0, "H1", "hit"),
        ]
    return pd.DataFrame(rows, columns=list(MEASURE_COLUMNS))


def judged(plot_ids):
    """The findings table: the first passes, the second fails, the third is unknown."""
    cases = {
        0: [("investment-intensity", 2750.0, "pass", 250.0, np.nan, ""),
            ("plot-ratio", 0.6, "pass", 0.0, np.nan, ""),
            ("building-coverage", 0.475, "pass", 0.025, np.nan, "")],
        1: [("investment-intensity", 2468.75, "fail", -31.25, 1_250_000.0, ""),
            ("plot-ratio", 0.5996, "fail", -0.0004, 16.0, ""),
            ("building-coverage", 0.45, "fail", 0.0, 0.0, "")],
        2: [("investment-intensity", np.nan, "unknown", np.nan, np.nan, "fixed_investment_cny"),
            ("plot-ratio", np.nan, "unknown", np.nan, np.nan, "floor_area_m2"),
            ("building-coverage", 0.475, "pass", 0.025, np.nan, "")],
    }
    limits = {"investment-intensity": (">=", 2500.0, "CNY/m2"), "plot-ratio": (">=", 0.6, "1"),
              "building-coverage": (">", 0.45, "%")}
    rows = [
        (plot, rule, value, *limits[rule], outcome, margin, fix, reason, "1", "report")
        for at, plot in enumerate(plot_ids)
        for rule, value, outcome, margin, fix, reason in cases[min(at, 2)]
    ]
    table = pd.DataFrame(rows, columns=list(FINDING_COLUMNS[: len(rows[0])] if rows else []))
    return table.reindex(columns=list(FINDING_COLUMNS))


def made(lang="zh", *, frames=None, hostile=""):
    """A result as a run makes it."""
    frames = layers_of(hostile) if frames is None else frames
    ids = list(frames["plots"].index) if "plots" in frames else []
    return changed(Assessment(
        place=Place(
            id="test", title={"zh": "X工业园区", "en": "X industrial park"}, language="zh",
            crs="EPSG:4529", folder=Path(), as_of=date(2006, 5, 31),
            notice={"zh": "假设位置，仅供演示。", "en": "Assumed position, for show only."},
            layers=(LayerSource(kind="roads", path="r.gpkg", attribution="© 测试 <b>data</b>"),),
        ),
        lang=lang,
        schemas=catalog.schemas(),
        workflow=catalog.workflow("cn-2006"),
        packs=(catalog.rule_pack("x-park-2006"),),
        crs=CRS.from_epsg(4529),
        sets={},
        tables={
            "measures": measured(ids),
            "findings": judged(ids),
            "issues": pd.DataFrame(
                [("plots.gpkg", "plots", "P-02", "land_area_m2", "area_differs",
                  "40,000 / 40,008", "warning", "survey", "请核对用地面积。")]
                if len(ids) > 1 else [],
                columns=list(ISSUE_COLUMNS),
            ),
            "issue_shapes": issues.marks([], "EPSG:4529"),
            "counts": pd.DataFrame(columns=list(COUNT_COLUMNS)),
        },
        events=(),
        run={},
    ), layers=frames)


def page_of(result):
    return webmap.to_html(webmap.build(result))


def markup_of(page):
    """The page without its scripts and data."""
    return re.sub(r"<script.*?</script>", "", page, flags=re.DOTALL)


def data_of(page, name):
    return pageread.json_of(page, name)


@pytest.fixture(scope="module")
def page():
    return page_of(made())


def test_the_same_result_gives_the_same_bytes(page):
    assert page == page_of(made())


def test_rendering_twice_gives_the_same_bytes(page):
    built = webmap.build(made())

    assert webmap.to_html(built) == webmap.to_html(built) == page


def test_the_page_names_no_address_of_the_network(page):
    outside = re.findall(r"(?:src|href)=[\"']?(?!data:)[^\s>]+", markup_of(page))

    assert outside == []


def test_only_leaflet_is_in_the_page_and_folium_keeps_its_own_list(page):
    assert "jquery.com" not in page
    assert "bootstrap" not in page.lower()
    assert len(folium.Map.default_js) > 1


def test_no_image_of_the_style_is_left_outside(page):
    assert set(re.findall(r"url\((.{5})", page)) <= {"data:", "#defa"}


def test_a_plugin_that_needs_the_network_is_refused():
    built = webmap.build(made())
    folium.plugins.Fullscreen().add_to(built)

    with pytest.raises(OutputError, match=r"Control\.FullScreen") as caught:
        webmap.to_html(built)

    assert "folium.Marker" in caught.value.mend


def test_folium_elements_may_be_added_and_a_notebook_shows_the_map():
    built = webmap.build(made())
    folium.Marker([41.0, 122.0], popup="Gate", tooltip="gate").add_to(built)

    assert isinstance(built, folium.Map)
    assert "L.marker(" in webmap.to_html(built)
    assert "<iframe srcdoc=" in built._repr_html_()


def test_a_random_name_in_the_data_is_not_renumbered():
    name = "layer_" + "0123456789abcdef" * 2
    result = made()
    place = msgspec.structs.replace(result.place, notice={"zh": name})

    assert name in page_of(dataclasses.replace(result, place=place))


def test_hostile_names_stay_data_in_every_block(page):
    hostile = page_of(made(hostile=HOSTILE))

    assert "<img src=x" not in hostile
    assert pageread.column(hostile, "parcels", "name", "zh")[0] == HOSTILE
    assert pageread.column(hostile, "plots", "name", "zh")[1] == HOSTILE
    assert hostile.count("<script") == page.count("<script")


def test_no_handler_is_written_into_the_markup(page):
    assert re.search(r"<[^>]+\son\w+=", markup_of(page)) is None


def test_title_date_rules_notice_and_attribution_are_in_the_page(page):
    data = data_of(page, "landtrack-page")

    assert data["title"] == {"zh": "X工业园区", "en": "X industrial park"}
    assert data["subtitle"]["zh"] == "数据截至 2006-05-31 · X工业园区入区条件（2006）"
    assert data["notice"]["zh"] == "假设位置，仅供演示。"
    assert data["attributions"] == ["© 测试 <b>data</b>"]
    assert '<html lang="zh">' in page


def test_card_tells_value_limit_margin_and_fix():
    written = page_of(made())
    intensity, ratio, _ = pageread.card(written, 1)["findings"]

    assert pageread.classes(written, "plots") == ["pass", "fail", "unknown"]
    assert intensity["limit"] == "≥ 2,500 元/m²"
    assert intensity["fix"] == "还需增加固定资产投资 1,250,000 元"
    assert ratio["value"] == "0.5996"


def test_card_tells_what_is_missing_and_who_has_it():
    card = pageread.card(page_of(made("en")), 2, "en")

    assert card["findings"][0]["reason"] == "Fixed-asset investment is missing (ask the company)"


def test_card_tells_every_layer():
    said = pageread.card(page_of(made()), 0)["layers"]

    assert said["villages"]["coverage"] == "no_coverage"
    assert said["water"]["coverage"] == "clear"
    assert said["clusters"]["coverage"] == "no_coverage"
    labels = [part["label"] for part in said["parcels"]["classes"]]
    assert labels == ["", "已报省", "补偿已到位"]
    assert said["parcels"]["classes"][2]["lines"] == [
        ["涉及面积", "30,000 m²（占 75.0%）", "一号", "overlap_m2", "compensated", "30,000 m²"]
    ]
    lines = [line[:3] for line in said["roads"]["classes"][0]["lines"]]
    assert ["最近道路（中心线）", "80.0 m", "金山大街"] in lines


def test_card_shows_declared_and_measured_land_area():
    figures = pageread.card(page_of(made()), 0)["figures"]

    assert figures["用地面积（申报）"] == "40,000 m²"
    assert figures["实测面积"] == "40,008 m²"
    assert figures["实测与申报相差"] == "+0.02%"


def test_issue_of_a_plot_stands_on_its_card_only():
    written = page_of(made())
    issues = [pageread.card(written, row)["issues"] for row in range(3)]

    assert [len(each) for each in issues] == [0, 1, 0]
    assert issues[1][0]["title"] == "申报面积与实测面积不符"


def test_legend_lists_layers_by_group_with_counts_and_classes():
    written = page_of(made())
    groups = {
        each["title"]["zh"]: [data_of(written, f"layer-{kind}") for kind in each["kinds"]]
        for each in data_of(written, "landtrack-page")["groups"]
    }

    assert list(groups) == ["项目", "土地", "交通", "管网", "电力", "边界"]
    plots_row = groups["项目"][0]
    assert [(each["label"]["zh"], each["count"]) for each in plots_row["classes"]] == [
        ("符合", 1), ("不符合", 1), ("无法判定", 1)
    ]
    assert [each["label"]["zh"] for each in groups["土地"][0]["classes"]] == [
        "已报省", "补偿已到位", "退回补正", "未注明"
    ]
    assert groups["电力"][0]["classes"][-1]["label"]["zh"] == "220 kV"


def test_coordinates_come_back_to_the_centimetre():
    frame = plots()
    written = json.loads(shapes.geojson(frame, [0, 0, 0]))
    rings = [Polygon(each["geometry"]["coordinates"][0]) for each in written["features"]]
    back = gpd.GeoSeries(rings, crs=4326).to_crs(4529)

    assert back.hausdorff_distance(frame.geometry.reset_index(drop=True)).max() < 0.01


def test_several_points_become_features_of_one_row(page):
    features = data_of(page, "layer-plants")["features"]["features"]

    assert [each["geometry"]["type"] for each in features] == ["Point", "Point"]
    assert {each["properties"]["r"] for each in features} == {0}


def test_fields_are_words_and_missing_ones_are_empty(page):
    assert data_of(page, "layer-parcels")["columns"]["state"]["label"]["en"] == "State"
    assert pageread.column(page, "parcels", "parcel_id", "zh")[:2] == ["Z1", "Z2"]
    assert pageread.column(page, "parcels", "state", "zh")[0] == "补偿已到位"
    assert pageread.column(page, "parcels", "state", "en")[2] == ""
    assert pageread.column(page, "parcels", "state_on", "zh")[:2] == ["2006-01-05", ""]
    areas = pageread.column(page, "parcels", "area_m2", "en")
    assert areas == ["90,000 m²", "", "1.5 m²", "1.5 m²"]
    assert pageread.column(page, "plants", "capacity", "zh") == ["20000 t/d"]
    assert pageread.column(page, "buildings", "storey_heights_m", "zh") == ["4.5 m, 9 m", ""]


@pytest.mark.parametrize(
    "frames",
    [
        pytest.param({}, id="nothing at all"),
        pytest.param({"plots": layer("plots", [], [])}, id="no plots"),
        pytest.param({"plots": plots(("only",))}, id="one plot"),
        pytest.param({"roads": layers_of()["roads"]}, id="no layer of plots"),
    ],
)
def test_a_poor_place_still_has_a_map(frames):
    written = page_of(made(frames=frames))

    for kind, frame in frames.items():
        assert data_of(written, f"layer-{kind}")["count"] == len(frame)


def test_shapes_that_are_missing_empty_or_endless_are_not_drawn():
    frame = plots(("a", "b", "c"))
    frame.geometry = [None, Polygon(), Polygon([(np.inf, 0), (1, np.inf), (1, 1)])]

    written = page_of(made(frames={"plots": frame}))

    assert data_of(written, "layer-plots")["features"]["features"] == []
    assert data_of(written, "landtrack-page")["bounds"] is None
    assert pageread.column(written, "plots", "plot_id", "zh") == ["P-01", "P-02", "P-03"]


def test_a_layer_without_crs_is_an_error():
    frame = plots().set_crs(None, allow_override=True)

    with pytest.raises(CRSError, match="no coordinate reference system"):
        webmap.build(made(frames={"plots": frame}))


def test_building_changes_no_table():
    result = made()
    before = {kind: frame.copy() for kind, frame in result.layers.items()}
    measures = result.measures.copy()

    webmap.build(result)

    pd.testing.assert_frame_equal(result.measures, measures)
    for kind, frame in before.items():
        pd.testing.assert_frame_equal(pd.DataFrame(result.layers[kind]), pd.DataFrame(frame))


def test_both_languages_are_in_every_page(page):
    data = data_of(page, "landtrack-page")

    assert data["langs"] == ["zh", "en"]
    assert data["words"]["zh"].keys() == data["words"]["en"].keys()
    for kind in (kind for group in data["groups"] for kind in group["kinds"]):
        for each in data_of(page, f"layer-{kind}")["classes"]:
            assert not re.search(r"[\u4e00-\u9fff]", each["label"]["en"])


def test_numbering_is_by_first_appearance():
    a, b = "a" * 32, "b" * 32

    assert offline.sequential(f"map_{b} map_{a} map_{b}") == "map_1 map_2 map_1"


def test_the_page_tells_whole_projects_that_have_several_plots():
    result = made("en")
    plots = result.layers["plots"].assign(project_id=["P", "P", "Q"])
    first = result.findings[result.findings["plot_id"] == plots.index[0]]
    wholes = pd.concat([first.assign(plot_id="P"), first.assign(plot_id="Q")])
    result = changed(
        result, layers={**result.layers, "plots": plots}, project_findings=wholes
    )

    told = json.loads(page_json(result, features.of(result), speaking("en")))["wholes"]

    assert list(told) == ["P"]  # Q is one plot, whose own findings say it
    assert [each["code"] for each in told["P"]["en"]] == ["pass"] * len(first)
    assert len(told["P"]["zh"]) == len(first)
