"""The demo park `layers/x-park-2006` says what the park's report for 2006 says.

Lengths and areas are taken from the coordinates as written, in whole millimetres: totals are exact.
"""

from __future__ import annotations

import csv
import json
import math
import os
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from shapely import STRtree, union_all
from shapely.geometry import shape

ROOT = Path(__file__).resolve().parents[1]
PLACE = ROOT / "layers" / "x-park-2006"
SCHEMAS = ROOT / "landtrack" / "data" / "schemas"
LAYERS = (
    "boundaries", "bridges", "buildings", "clusters", "farmland", "land_classes", "parcels",
    "pipelines", "plants", "plots", "power_lines", "railways", "relocations", "roads",
    "substations", "villages", "water",
)  # fmt: skip

SLIVER = 0.01  # m²: two outlines that share an edge may seem to overlap by rounding


def layer(name: str) -> list[dict]:
    """Properties of a layer's features, with the geometry as written and as a shape."""
    document = json.loads(
        (PLACE / f"{name}.geojson").read_text(encoding="utf-8"), parse_float=Decimal
    )
    return [
        {**row["properties"], "written": row["geometry"], "shape": shape(row["geometry"])}
        for row in document["features"]
    ]


def ledger() -> dict[str, dict]:
    with (PLACE / "ledger.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["项目编号"]: row for row in csv.DictReader(file)}


def millimetres(points: list) -> list[tuple[int, int]]:
    whole = [(Decimal(x) * 1000, Decimal(y) * 1000) for x, y in points]
    assert all(value == int(value) for point in whole for value in point)
    return [(int(x), int(y)) for x, y in whole]


def length_m(row: dict) -> Decimal:
    total = 0
    for (x0, y0), (x1, y1) in pairwise(millimetres(row["written"]["coordinates"])):
        square = (x1 - x0) ** 2 + (y1 - y0) ** 2
        total += math.isqrt(square)
        assert math.isqrt(square) ** 2 == square, (
            "segment is not a whole number of millimetres long"
        )
    return Decimal(total) / 1000


def area_m2(row: dict) -> Decimal:
    (ring,) = row["written"]["coordinates"]
    twice = sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise(millimetres(ring)))
    return Decimal(abs(twice)) / 2_000_000


def total(name: str, measure, /, **wanted: object) -> Decimal:
    return sum(
        (
            measure(row)
            for row in layer(name)
            if all(row[key] == value for key, value in wanted.items())
        ),
        Decimal(0),
    )


def declared(field: str):
    return lambda row: Decimal(row[field])


def one(_row: dict) -> int:
    return 1


def investments() -> list[int]:
    return [int(row["总投资（万元）"]) * 10_000 for row in entered()]


def entered() -> list[dict]:
    return [row for row in ledger().values() if row["项目编号"].startswith("XM-")]


def started(**wanted: str) -> int:
    rows = [row for row in entered() if row["进展"] in {"在建", "即将封顶"}]
    return sum(all(row[key] == value for key, value in wanted.items()) for row in rows)


def floor_area(parts: list[tuple[dict, object]]) -> float | None:
    """Footprint by storey; above 8 m a storey counts twice; unknown where storeys are missing."""
    floor = 0.0
    for row, inside in parts:
        if row["class"] != "building":
            continue
        if row["storeys"] is None:
            return None
        heights = [float(height) for height in row["storey_heights_m"].split(";")]
        floor += inside.area * (row["storeys"] + sum(height > 8 for height in heights))
    return floor


def indices() -> dict[str, tuple[float | None, float | None, float | None]]:
    """Investment intensity, plot ratio and building coverage of every plot."""
    buildings = layer("buildings")
    handed_in = {row["plot_id"] for row in layer("site_plan_coverage")}
    books = ledger()
    found = {}
    for plot in layer("plots"):
        book = books[plot["project_id"]]
        land = float(book["用地面积（m²）"] or 0)
        fixed = float(book["固定资产投资（万元）"] or 0) * 10_000
        parts = [(row, plot["shape"].intersection(row["shape"])) for row in buildings]
        parts = [(row, inside) for row, inside in parts if inside.area > SLIVER]
        planned = plot["plot_id"] in handed_in
        floor = floor_area(parts) if planned else None
        covered = union_all([inside for _, inside in parts]).area if planned else None
        found[plot["plot_id"]] = tuple(
            None if not amount or not land else amount / land for amount in (fixed, floor, covered)
        )
    return found


def verdict(intensity: float | None, ratio: float | None, coverage: float | None) -> str:
    """One letter per index: P pass, F fail, ? unknown."""
    passes = (
        None if intensity is None else intensity >= 2500,
        None if ratio is None else ratio >= 0.6,
        None if coverage is None else coverage > 0.45,
    )
    return "".join({True: "P", False: "F", None: "?"}[passed] for passed in passes)


TOPPING_OUT = (
    "projects about to top out (Ningbo Liaoyuan; Youge Bio; Liaoning Hengye; Xingong Steel; ...)"
)
# The reported figures, each with the way to take it from the files.
MEASURED = {
    "acquired land between Qianshan West Road and Renda Road (former Anqi Road)": lambda: total(
        "parcels", area_m2, state="province_agreed"
    ),
    "acquired land north of Hengye Road (dossier)": lambda: total(
        "parcels", area_m2, state="reported_state"
    ),
    "acquired land north of Hengye Road (reported to province)": lambda: total(
        "parcels", area_m2, state="reported_province"
    ),
    "land taken by Tengda Avenue and Anliu Road": lambda: total(
        "parcels", area_m2, state="compensated"
    ),
    "rural houses relocated (at least)": lambda: total(
        "relocations", declared("quantity"), **{"class": "houses"}
    ),
    "enterprises moved": lambda: total(
        "relocations", declared("quantity"), **{"class": "enterprises"}
    ),
    "graves moved (at least)": lambda: total(
        "relocations", declared("quantity"), **{"class": "graves"}
    ),
    "greenhouses demolished (at least)": lambda: total(
        "relocations", declared("quantity"), **{"class": "greenhouses"}
    ),
    "villages fully withdrawn (Dachao; Dayingpan)": lambda: total(
        "villages", one, state="withdrawn"
    ),
    "villages partly withdrawn (Wusantaizi; X)": lambda: total(
        "villages", one, state="partly_withdrawn"
    ),
    "trunk roads open to traffic (9 roads; total length)": lambda: total("roads", length_m) / 1000,
    "trunk roads (count)": lambda: total("roads", one, state="in_service"),
    "trunk road width (at least 40 to 50)": lambda: min(row["width_m"] for row in layer("roads")),
    "Tengda Avenue width": lambda: total("roads", declared("width_m"), name="腾达大道"),
    "Tengda Avenue lanes (both directions)": lambda: total(
        "roads", declared("lanes"), name="腾达大道"
    ),
    "overpass bridge (1)": lambda: total("bridges", declared("length_m"), **{"class": "overpass"}),
    "medium bridges (2; total length)": lambda: total(
        "bridges", declared("length_m"), **{"class": "medium"}
    ),
    "small bridges (5; total length)": lambda: total(
        "bridges", declared("length_m"), **{"class": "small"}
    ),
    "tap-water mains laid": lambda: (
        total("pipelines", length_m, medium="water", state="in_service") / 1000
    ),
    "culverts planned in the south area": lambda: total(
        "pipelines", length_m, medium="culvert", state="planned", due_on="2007-05-31"
    ),
    "drain pipes planned in the south area": lambda: total(
        "pipelines", length_m, medium="drainage", state="planned", due_on="2007-05-31"
    ),
    "second sewage plant phase 2 capacity": lambda: total(
        "plants", declared("capacity"), **{"class": "sewage_plant"}, state="under_construction"
    ),
    "second sewage plant phase 2 investment": lambda: total(
        "plants", declared("investment_cny"), **{"class": "sewage_plant"}
    ),
    "temporary power lines erected": lambda: total(
        "power_lines", length_m, work="erected", temporary="yes", state="in_service"
    ),
    "power lines moved": lambda: total("power_lines", length_m, work="moved"),
    "220 kV substations existing": lambda: total(
        "substations", one, voltage_kv=220, state="in_service"
    ),
    "66 kV substation existing": lambda: total(
        "substations", one, voltage_kv=66, state="in_service"
    ),
    "500 kV substation new": lambda: total(
        "substations", one, voltage_kv=500, state="under_construction", due_on="2007-12-31"
    ),
    "66 kV substation new": lambda: total(
        "substations", one, voltage_kv=66, state="under_construction", due_on="2006-12-31"
    ),
    "thermal power plant planned (2 x 300 MW)": lambda: total(
        "plants", declared("capacity"), **{"class": "heat_and_power_plant"}, state="planned"
    ),
    "heating pipelines laid": lambda: (
        total("pipelines", length_m, medium="heating", state="in_service") / 1000
    ),
    "heating boilers (20 t and 40 t)": lambda: total(
        "plants", one, **{"class": "boiler"}, state="in_service"
    ),
    "standard factory buildings (4): site area": lambda: total("plots", area_m2, plot_id="BZCF-1"),
    "standard factory buildings (4): floor area": lambda: sum(
        area_m2(row) * row["storeys"]
        for row in layer("buildings")
        if row["building_id"].startswith("BZCF-1") and row["class"] == "building"
    ),
    "projects that entered the park": lambda: len(entered()),
    "total investment of the 72 entered projects": lambda: sum(investments()),
    "projects under construction": started,
    "entered projects of 200 million CNY or more": lambda: sum(
        money >= 200e6 for money in investments()
    ),
    "entered projects of 100 to 200 million CNY": lambda: sum(
        100e6 <= money < 200e6 for money in investments()
    ),
    "entered projects of 50 to 100 million CNY": lambda: sum(
        50e6 <= money < 100e6 for money in investments()
    ),
    "started projects with foreign or outside capital": lambda: started(资金来源="外资和域外投资"),
    "started projects that are local moves or conversions": lambda: started(
        资金来源="本地搬迁改造"
    ),
    "started projects that are new investment by local firms": lambda: started(
        资金来源="本地企业新上"
    ),
    TOPPING_OUT: lambda: started(进展="即将封顶"),
}
# Figures of the report that no layer holds: plans, targets, expectations, earthworks, rules.
NOT_IN_THE_LAYERS = {
    "excavation",
    "fill",
    "heated floor area capacity",
    "projects in the rolling four-batches plan",
    "total investment of the 134 projects",
    "target for projects started (secure 40; strive for 50)",
    "new projects to start (secure 150; strive for 200)",
    "expected yearly sales of the started projects",
    "expected yearly profit and tax of the started projects",
    "investment intensity must reach",
    "plot ratio at or above",
    "building coverage greater than",
    "environmental assessment passed before entry",
    "land certificate issued only after the three indices are verified",
}
REPORTED = list(
    csv.DictReader((PLACE / "reported_figures.csv").read_text(encoding="utf-8").splitlines())
)

# Plots that do not pass all three: intensity, plot ratio, coverage.
VERDICTS = {
    "XP-036": "FPP",
    "XP-064": "FPP",
    "XP-011": "PFP",
    "XP-053": "PFP",
    "XP-040": "PFP",
    "XP-037": "PPF",
    "XP-042": "PPF",
    "XP-063": "PPF",
    "XP-065": "?PP",
    "XP-041": "P?P",
    "XP-047": "P??",
    "XP-072": "P??",
    "XP-054": "???",
    "BZCF-1": "?PP",
}


@pytest.fixture(scope="module")
def measured_indices():
    return indices()


@pytest.mark.parametrize("figure", REPORTED, ids=lambda figure: figure["item"][:45])
def test_total_equals_the_reported_figure(figure):
    if figure["item"] in NOT_IN_THE_LAYERS:
        assert figure["item"] not in MEASURED
        return
    assert MEASURED[figure["item"]]() == Decimal(figure["value"])


def test_every_way_to_measure_belongs_to_a_reported_figure():
    assert set(MEASURED) | NOT_IN_THE_LAYERS == {figure["item"] for figure in REPORTED}


def test_the_rest_of_the_72_projects_are_below_50_million():
    assert sum(money < 50e6 for money in investments()) == 27


def test_projects_that_have_not_started_name_no_source_of_capital():
    waiting = [row for row in entered() if row["进展"] == "已入区"]
    assert len(waiting) == 22
    assert not any(row["资金来源"] for row in waiting)


def test_fixed_investment_is_within_total_investment():
    for row in entered():
        assert float(row["固定资产投资（万元）"] or 0) <= float(row["总投资（万元）"])


@pytest.mark.parametrize("name", ["宁波燎原", "优格生物", "辽宁衡业", "新工钢构"])
def test_named_firm_is_topping_out(name):
    (row,) = [row for row in entered() if row["企业名称"] == name]
    assert row["进展"] == "即将封顶"


@pytest.mark.parametrize(
    "courted", ["烨联", "宝得", "中橡", "台精", "瑞士", "东南汽车港", "南螺", "威尔泰", "配送中心"]
)
def test_firm_only_hoped_for_in_2007_is_not_among_the_entered(courted):
    assert courted not in (PLACE / "ledger.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("name", [*LAYERS, "site_plan_coverage"])
def test_layer_is_written_one_feature_a_line_in_epsg_4529(name):
    text = (PLACE / f"{name}.geojson").read_text(encoding="utf-8")
    document = json.loads(text)
    assert document["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4529"
    assert text.endswith("}\n")
    assert sum(line.startswith('{"type": "Feature"') for line in text.splitlines()) == len(
        document["features"]
    )
    for row in layer(name):
        west, south, east, north = row["shape"].bounds
        assert 41_485_000 < west <= east < 41_490_000
        assert 4_542_500 < south <= north < 4_548_500


@pytest.mark.parametrize("name", LAYERS)
def test_layer_has_only_fields_of_its_schema_and_unique_keys(name):
    schema = tomllib.loads((SCHEMAS / f"{name}.toml").read_text(encoding="utf-8"))
    fields = {field["name"] for field in schema["field"]}
    choices = {
        field["name"]: set(field["choices"]) | {None}
        for field in schema["field"]
        if "choices" in field
    }
    rows = layer(name)
    for row in rows:
        assert set(row) - {"written", "shape"} <= fields
        assert all(row.get(key) in allowed for key, allowed in choices.items())
        assert row["shape"].is_valid
    keys = [row[schema["key"]] for row in rows]
    assert all(keys)
    assert len(set(keys)) == len(keys)


def test_catalog_maps_ledger_columns_to_plot_fields():
    catalog = tomllib.loads((PLACE / "catalog.toml").read_text(encoding="utf-8"))
    schema = tomllib.loads((SCHEMAS / "plots.toml").read_text(encoding="utf-8"))
    fields = {field["name"]: field for field in schema["field"]}
    (plots,) = [entry for entry in catalog["layer"] if entry["kind"] == "plots"]
    heads = set(next(iter(ledger().values())))
    mapping = plots["ledger"]["fields"]
    columns = {
        column["column"] if isinstance(column, dict) else column for column in mapping.values()
    }
    assert set(mapping) <= set(fields)
    assert columns | {plots["ledger"]["key"]} == heads
    for field, values in plots["ledger"]["values"].items():
        assert {row[mapping[field]] for row in ledger().values()} - {""} <= set(values)
        assert set(values.values()) <= set(fields[field]["choices"])
    assert {entry["kind"] for entry in catalog["layer"]} == set(LAYERS)
    for entry in catalog["layer"]:
        assert (PLACE / entry["path"]).is_file()


def test_ledger_and_plots_name_the_same_projects():
    assert sorted(row["project_id"] for row in layer("plots")) == sorted(ledger())


def test_no_field_is_for_persons():
    fields = {key for name in LAYERS for row in layer(name) for key in row} | set(
        next(iter(ledger().values()))
    )
    for word in (
        "person",
        "contact",
        "phone",
        "姓名",
        "联系人",
        "电话",
        "负责人",
        "法人",
        "主任",
        "市长",
    ):
        assert not any(word in field for field in fields)


def test_parcels_declare_their_measured_area_and_do_not_overlap():
    rows = layer("parcels")
    assert all(Decimal(row["area_m2"]) == round(area_m2(row), 3) for row in rows)
    assert overlaps(rows) == []


def overlaps(rows: list[dict]) -> list[tuple]:
    shapes = [row["shape"] for row in rows]
    pairs = STRtree(shapes).query(shapes, predicate="intersects").T
    return [(a, b) for a, b in pairs if a < b and shapes[a].intersection(shapes[b]).area > SLIVER]


def test_plots_do_not_overlap_each_other():
    assert overlaps(layer("plots")) == []


@pytest.mark.parametrize("name", ["roads", "substations", "plants", "water"])
def test_plots_stand_clear_of(name):
    plots = [row["shape"] for row in layer("plots")]
    for row in layer(name):
        half_width = float(row["width_m"]) / 2 if name == "roads" else 0
        taken = (
            row["shape"].buffer(half_width, cap_style="flat", join_style="mitre")
            if half_width
            else row["shape"]
        )
        assert all(plot.intersection(taken).area < SLIVER for plot in plots)


def test_plots_do_not_stand_on_villages_that_still_stand():
    standing = [row["shape"] for row in layer("villages") if row["state"] == "standing"]
    assert len(standing) == 3
    assert not any(
        plot["shape"].intersects(village) for plot in layer("plots") for village in standing
    )


@pytest.mark.parametrize(
    "name", ["plots", "parcels", "roads", "substations", "plants", "villages", "clusters"]
)
def test_layer_lies_within_the_park(name):
    (park,) = layer("boundaries")
    assert all(park["shape"].covers(row["shape"]) for row in layer(name))


def test_the_villages_share_the_park_out_and_no_plot_is_on_basic_farmland():
    (park,) = layer("boundaries")
    villages = [row["shape"] for row in layer("administrative")]
    assert len(villages) == 4
    assert union_all(villages).symmetric_difference(park["shape"]).area < 5  # mm along km
    assert sum(each.area for each in villages) == pytest.approx(park["shape"].area, abs=1)
    farmland = union_all([row["shape"] for row in layer("farmland")])
    assert farmland.area > 0
    assert all(row["shape"].intersection(farmland).area < SLIVER for row in layer("plots"))


def test_the_land_survey_has_a_class_for_every_parcel():
    classes = union_all([row["shape"] for row in layer("land_classes")])
    assert all(
        row["shape"].difference(classes).area < SLIVER * row["shape"].length
        for row in layer("parcels")
    )


def test_plots_lie_in_the_cluster_the_ledger_names():
    clusters = {row["name"]: row["shape"] for row in layer("clusters")}
    books = ledger()
    named = [(row, books[row["project_id"]]["产业集群"]) for row in layer("plots")]
    assert Counter(name for _, name in named if name)["冶金矿山设备"] == 7
    for row, name in named:
        assert not name or row["shape"].intersection(clusters[name]).area > 0.99 * row["shape"].area


def test_bridges_are_as_long_as_declared_and_lie_along_a_road():
    roads = union_all([row["shape"] for row in layer("roads")])
    assert Counter(row["class"] for row in layer("bridges")) == {
        "overpass": 1,
        "medium": 2,
        "small": 5,
    }
    for row in layer("bridges"):
        assert length_m(row) == Decimal(row["length_m"])
        assert roads.buffer(0.01).covers(row["shape"])


def test_some_pipes_run_inside_plots_and_most_plots_have_frontage():
    pipes = union_all([row["shape"] for row in layer("pipelines")])
    crossed = [row for row in layer("plots") if row["shape"].intersection(pipes).length > 10]
    assert 5 <= len(crossed) < 73
    fronts = union_all(
        [row["shape"].buffer(float(row["width_m"]) / 2 + 5) for row in layer("roads")]
    )
    assert all(row["shape"].exterior.intersection(fronts).length > 20 for row in layer("plots"))


def test_acquired_land_differs_from_plot_to_plot():
    parcels = layer("parcels")
    everything = union_all([row["shape"] for row in parcels])
    compensated = union_all([row["shape"] for row in parcels if row["state"] == "compensated"])
    shares = {
        row["plot_id"]: row["shape"].intersection(everything).area / row["shape"].area
        for row in layer("plots")
    }
    assert 0.5 < shares["XP-010"] < 0.95
    assert sum(share < 0.01 for share in shares.values()) >= 5
    assert sum(share > 0.999 for share in shares.values()) >= 30
    assert sum(row["shape"].intersection(compensated).area > 100 for row in layer("plots")) >= 10


def test_each_plot_has_its_expected_verdicts(measured_indices):
    found = {plot: verdict(*values) for plot, values in measured_indices.items()}
    assert {plot: letters for plot, letters in found.items() if letters != "PPP"} == VERDICTS
    assert len(found) == 73


@pytest.mark.parametrize(
    ("index", "counts"),
    [
        (0, {"P": 68, "F": 2, "?": 3}),
        (1, {"P": 66, "F": 3, "?": 4}),
        (2, {"P": 67, "F": 3, "?": 3}),
    ],
    ids=["intensity", "plot ratio", "coverage"],
)
def test_verdicts_per_index(measured_indices, index, counts):
    assert Counter(verdict(*values)[index] for values in measured_indices.values()) == counts


@pytest.mark.parametrize(
    ("plot", "index", "limit"), [("XP-055", 0, 2500), ("XP-062", 1, 0.6), ("XP-063", 2, 0.45)]
)
def test_plot_stands_exactly_on_the_limit(measured_indices, plot, index, limit):
    assert measured_indices[plot][index] == limit


def test_no_other_plot_is_near_a_limit(measured_indices):
    on_limit = {("XP-055", 0), ("XP-062", 1), ("XP-063", 2)}
    for plot, values in measured_indices.items():
        for index, (value, limit) in enumerate(zip(values, (2500, 0.6, 0.45), strict=True)):
            if value is not None and (plot, index) not in on_limit:
                assert abs(value / limit - 1) > 0.003


@pytest.mark.parametrize(
    ("plot", "height"), [("XP-035", 8.5), ("XP-040", 8.0), ("XP-011", 7.5), ("XP-053", 7.5)]
)
def test_highest_storey(plot, height):
    heights = [
        float(value)
        for row in layer("buildings")
        if row["building_id"].startswith(plot) and row["storey_heights_m"]
        for value in row["storey_heights_m"].split(";")
    ]
    assert max(heights) == height


def test_the_high_storey_is_what_makes_the_plot_ratio_pass():
    plot = next(row for row in layer("plots") if row["plot_id"] == "XP-035")
    once = sum(
        row["shape"].area * row["storeys"]
        for row in layer("buildings")
        if row["building_id"].startswith("XP-035") and row["class"] == "building"
    )
    assert once / plot["shape"].area < 0.6


def test_every_building_gives_as_many_heights_as_storeys_except_the_demonstration():
    without = []
    for row in layer("buildings"):
        if row["class"] == "building" and row["storeys"] is None:
            without.append(row["building_id"])
        elif row["class"] == "building":
            assert len(row["storey_heights_m"].split(";")) == row["storeys"]
    assert [building.rpartition("-")[0] for building in without] == ["XP-041"]


def test_one_building_stands_across_two_plots_and_none_outside():
    plots = {row["plot_id"]: row["shape"] for row in layer("plots")}
    across = defaultdict(set)
    for row in layer("buildings"):
        for plot, outline in plots.items():
            if outline.intersection(row["shape"]).area > SLIVER:
                across[row["building_id"]].add(plot)
        assert (
            row["shape"]
            .difference(union_all([plots[name] for name in across[row["building_id"]]]))
            .area
            < SLIVER
        )
    assert {key: names for key, names in across.items() if len(names) != 1} == {
        "XP-023-XP-024": {"XP-023", "XP-024"}
    }


def test_buildings_do_not_stand_in_each_other():
    assert overlaps([row for row in layer("buildings") if row["class"] == "building"]) == []


def test_site_plans_cover_all_plots_but_two():
    handed_in = {row["plot_id"]: row["shape"] for row in layer("site_plan_coverage")}
    plots = {row["plot_id"]: row["shape"] for row in layer("plots")}
    assert set(plots) - set(handed_in) == {"XP-047", "XP-072"}
    assert all(plots[plot].equals(outline) for plot, outline in handed_in.items())


def test_declared_land_equals_measured_land_except_the_demonstrations():
    books = ledger()
    differing = {
        row["plot_id"]: books[row["project_id"]]["用地面积（m²）"]
        for row in layer("plots")
        if books[row["project_id"]]["用地面积（m²）"] != ""
        and Decimal(books[row["project_id"]]["用地面积（m²）"]) != area_m2(row)
    }
    assert set(differing) == {"XP-045"}
    (plot,) = [row for row in layer("plots") if row["plot_id"] == "XP-045"]
    assert abs(Decimal(differing["XP-045"]) / area_m2(plot) - 1) > Decimal("0.01")
    assert [key for key, row in books.items() if not row["用地面积（m²）"]] == ["XM-054"]


def test_documents_are_in_order_except_the_demonstrations():
    missing, late, early = [], [], []
    for key, row in ledger().items():
        assessed, permitted = row["环评批复日期"], row["施工许可日期"]
        verified, issued = row["核验日期"], row["发证日期"]
        missing += [key] * (not row["环评批复文号"])
        late += [key] * bool(assessed and permitted and assessed > permitted)
        early += [key] * bool(issued and (not verified or issued < verified))
        assert bool(permitted) == (row["进展"] != "已入区")
        for value in (row["受理日期"], assessed, permitted, verified, issued):
            assert not value or date.fromisoformat(value) <= date(2006, 12, 31)
    assert (missing, late, early) == (["XM-071"], ["XM-033"], ["XM-059"])
    assert sum(bool(row["发证日期"]) for row in ledger().values()) == 5


def test_document_numbers_are_plainly_fictitious():
    numbers = [
        row[head]
        for row in ledger().values()
        for head in row
        if head.endswith(("文号", "证号")) and row[head]
    ]
    numbers += [row["document_no"] for row in layer("parcels")]
    assert all(number.startswith("示意-") for number in numbers)
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    "plot",
    [
        *VERDICTS,
        "XP-010",
        "XP-023",
        "XP-024",
        "XP-033",
        "XP-035",
        "XP-045",
        "XP-055",
        "XP-059",
        "XP-062",
        "XP-071",
    ],
)
def test_demonstration_says_what_it_shows(plot):
    (row,) = [row for row in layer("plots") if row["plot_id"] == plot]
    assert ledger()[row["project_id"]]["备注"].startswith("示例：")
    assert plot in (PLACE / "README.md").read_text(encoding="utf-8")


def test_the_script_makes_the_same_files_byte_for_byte(tmp_path):
    subprocess.run(  # noqa: S603 - our own script
        [sys.executable, PLACE / "make_layers.py", tmp_path],
        check=True,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    made = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert set(made) == {path.name for path in PLACE.iterdir() if path.suffix == ".geojson"} | {
        "ledger.csv", "events.csv",
    }
    for name, content in made.items():
        assert content == (PLACE / name).read_bytes(), name
