"""A unit that is said of a whole table holds where a column's own heading says none."""

import math
import sqlite3
from contextlib import closing

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
from builders import box

from landtrack.app import draft_catalog, vet
from landtrack.model import Issue, catalog
from landtrack.model.catalog import notes

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")

MU = 10_000 / 15
INVESTMENT, LAND = "fixed_investment_cny", "land_area_m2"


@pytest.mark.parametrize(
    ("said", "money", "land"),
    [
        (["某园区项目台账", "单位：亩、万元"], 1e4, MU), (["台账（万元）"], 1e4, None),
        (["填报单位：某公司"], None, None), (["Unit: 10k CNY"], 1e4, None),
        (["计量单位　万元"], 1e4, None), (["单位：", "万元"], 1e4, None),
        (["金额单位：人民币万元  面积单位：亩"], 1e4, MU), (["单位:万元,公顷"], 1e4, 1e4),
        (["金额单位为万元"], 1e4, None), (["面积以亩计，金额以千元计"], 1e3, MU),
        (["All amounts in CNY million"], 1e6, None), (["Parks in Ha Noi"], None, None),
        (["单位：亩，RMB 10,000"], 1e4, MU), (["單位：萬元"], 1e4, None),
        (["单位：百万元（含税）"], 1e6, None), (["建设单位 亩力公司"], None, None),
    ],
)
def test_a_note_states_units_each_of_its_kind_of_quantity(said, money, land):
    found = [notes.of_table(said, stored) for stored in ("CNY", "m2")]

    assert [each and each.factor for each in found] == [money and pytest.approx(money),
                                                        land and pytest.approx(land)]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (["单位：元", "（万元）"], "several"), (["单位：万元/亩"], "several"),
        (["单位：万美元"], "currency"), (["单位：万元、万美元"], "several"),
        (["单位：万元  币种：美元"], "several"),
    ],
)
def test_what_a_note_leaves_open_is_asked(said, why):
    assert notes.of_table(said, "CNY").why == why


@pytest.mark.parametrize(
    ("heading", "said", "name"),
    [
        ("投资（万元）", ["币种：美元"], "万美元"),
        ("投资（万元）", ["台账", "货币为港币，面积单位：亩"], "万港币"),
        ("Investment (CNY million)", ["Currency: USD"], "百万USD"), ("投资", ["币别:欧元"], "欧元"),
    ],
)
def test_the_currency_of_a_whole_table_is_that_of_its_columns(heading, said, name):
    found = notes.of_column([heading], said, "CNY")

    assert (found.why, found.name) == ("currency", name)


@pytest.mark.parametrize(
    "said", ["币种：人民币", "币种：元", "货币资金：1000", "币种", "美元贷款另列"]
)
def test_a_note_of_no_other_currency_leaves_the_heading_alone(said):
    assert notes.of_column(["投资（万元）"], [said], "CNY").factor == 1e4
    assert notes.of_column(["用地（亩）"], ["币种：美元"], "m2").factor == pytest.approx(MU)


def vetted(site, rows, columns):
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "P1"})])
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(site.folder / "ledger.xlsx")
    site.entries["plots.geojson"]["ledger"] = {
        "path": "ledger.xlsx", "key": "key", "on": "plot_id", "fields": columns,
    }
    site.catalog()
    return vet.vet(catalog.place(site.folder))


HEADING = ["key", "用地面积", "固定资产投资"]


@pytest.mark.parametrize(
    "rows",
    [
        [["园区台账"], ["单位：亩、万元"], HEADING, ["P1", 15, 3000]],
        [["园区台账", None, "单位：亩、万元"], HEADING, ["P1", 15, 3000]],
        [["单位：", "亩", "万元"], HEADING, ["P1", "15亩", 3000]],
        [HEADING, ["P1", 15, 3000], ["注：面积单位为亩，金额单位为万元"]],
    ],
)
def test_a_run_holds_the_catalog_against_the_note_of_a_ledger(site, rows):
    stated = vetted(site, rows, {
        LAND: {"column": "用地面积", "unit": "亩"},
        INVESTMENT: {"column": "固定资产投资", "unit": "万元"},
    })
    denied = vetted(site, rows, {INVESTMENT: {"column": "固定资产投资", "unit": "元"}})
    silent = vetted(site, rows, {INVESTMENT: "固定资产投资"})

    assert stated.layers["plots"][INVESTMENT].tolist() == [30_000_000]
    assert stated.layers["plots"][LAND].tolist() == [10_000]
    for result in (denied, silent):
        assert math.isnan(result.layers["plots"][INVESTMENT].iloc[0])
        assert Issue.UNIT_DIFFERS in set(result.issues["issue"])


def test_a_draft_takes_the_unit_of_the_note(site):
    heading = ["地块编号", *HEADING[1:]]
    vetted(site, [["园区台账"], ["单位：亩、万元"], heading, ["P1", 15, 3000]], {})
    (site.folder / "catalog.toml").unlink()
    plots = gpd.read_file(site.folder / "plots.geojson")
    plots = plots[["plot_id", "geometry"]].rename(columns={"plot_id": "地块编号"})
    plots.to_file(site.folder / "项目地块.geojson")
    (site.folder / "plots.geojson").unlink()

    draft_catalog.init(site.folder)
    result = vet.vet(catalog.place(site.folder))

    assert result.layers["plots"][INVESTMENT].tolist() == [30_000_000]
    assert result.layers["plots"][LAND].tolist() == [10_000]


@pytest.mark.parametrize(
    "text",
    [
        "单位：亩、万元,,,\nplot_id,用地面积,固定资产投资,WKT\n{}",
        "plot_id,用地面积,固定资产投资,WKT\n,亩,万元,\n{}",
    ],
)
def test_the_notes_of_a_layer_that_is_a_table_hold_too(site, text):
    shape = box(0, 0, 100, 100).wkt
    (site.folder / "lots.csv").write_text(text.format(f'P1,15,3000,"{shape}"\n'), "utf-8")
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "P1"})])
    entry = site.entries.pop("plots.geojson")
    fields = {"plot_id": "plot_id", LAND: {"column": "用地面积", "unit": "亩"}}
    site.entries["lots.csv"] = {
        **entry, "path": "lots.csv", "crs": "EPSG:4527",
        "fields": {**fields, INVESTMENT: "固定资产投资"},
    }
    site.catalog()

    result = vet.vet(catalog.place(site.folder))

    assert result.layers["plots"][LAND].tolist() == [10_000]
    assert math.isnan(result.layers["plots"][INVESTMENT].iloc[0])
    rows = result.issues[result.issues["issue"] == Issue.UNIT_DIFFERS]
    assert rows["value"].tolist() == ["固定资产投资: 万元 ≠ CNY"]


@pytest.mark.parametrize(
    ("beside", "said", "told_of"),
    [
        ("币种", ["人民币", "美元", "", "USD"], {"P2": "2000 | 美元", "P4": "2000 | USD"}),
        ("单位", ["万元", "亿元", "", "亩"], {"P2": "2000 | 亿元", "P4": "2000 | 亩"}),
        ("单位", ["甲公司", "乙公司", "丙厂", ""], {}),
        ("备注", ["美元", "美元", "美元", "美元"], {}),
    ],
)
def test_a_column_beside_that_says_another_unit_or_currency_leaves_the_row_unknown(
    site, beside, said, told_of
):
    site.layer("plots", [
        (box(200 * n, 0, 200 * n + 100, 100), {"plot_id": f"P{n}"}) for n in range(1, 5)
    ])
    (site.folder / "ledger.csv").write_text(
        f"key,固定资产投资（万元）,{beside}\n"
        + "".join(f"P{n},2000,{each}\n" for n, each in enumerate(said, 1)), encoding="utf-8",
    )
    site.entries["plots.geojson"]["ledger"] = {
        "path": "ledger.csv", "key": "key", "on": "plot_id",
        "fields": {INVESTMENT: {"column": "固定资产投资（万元）", "unit": "万元"}},
    }
    site.catalog()

    result = vet.vet(catalog.place(site.folder))

    told = result.issues[result.issues["issue"] == Issue.UNIT_BESIDE]
    assert dict(zip(told["feature_id"], told["value"], strict=True)) == told_of
    unknown = result.layers["plots"][INVESTMENT].isna()
    assert {*unknown[unknown].index} == {*told_of}


@pytest.mark.parametrize("named", ["TZ", "固定资产投资（万元）"])
def test_the_alias_of_a_column_is_its_heading(site, named):
    frame = gpd.GeoDataFrame(
        {"plot_id": ["P1"], "TZ": [3000]}, crs="EPSG:4527",
        geometry=[box(0, 0, 100, 100)],
    )
    pyogrio.write_dataframe(frame, site.folder / "lots.gpkg", layer="lots")
    with closing(sqlite3.connect(site.folder / "lots.gpkg")) as database, database:
        database.execute(
            "CREATE TABLE gpkg_data_columns (table_name TEXT, column_name TEXT, name TEXT, "
            "title TEXT, description TEXT, mime_type TEXT, constraint_name TEXT)"
        )
        database.execute(
            "INSERT INTO gpkg_data_columns VALUES "
            "('lots', 'TZ', '固定资产投资（万元）', NULL, NULL, NULL, NULL)"
        )
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "P1"})])
    entry = site.entries.pop("plots.geojson")
    fields = {"plot_id": "plot_id", INVESTMENT: named}
    site.entries["lots.gpkg"] = {**entry, "path": "lots.gpkg", "fields": fields}
    site.catalog()

    result = vet.vet(catalog.place(site.folder))

    assert math.isnan(result.layers["plots"][INVESTMENT].iloc[0])
    assert Issue.UNIT_DIFFERS in set(result.issues["issue"])
