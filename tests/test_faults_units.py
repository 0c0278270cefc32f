"""What was reported of units, numbers and dates comes out right, and so do its siblings."""

import datetime as dt
import json
import math
import tomllib

import openpyxl
import pandas as pd
import pytest
from builders import Site, box

from landtrack.app import draft_catalog, vet
from landtrack.model import Issue, Outcome, catalog, translations
from landtrack.model.errors import CatalogError
from landtrack.output.reports import document, vetting

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")

MU, ACRE, FOOT = 10_000 / 15, 4046.8564224, 0.3048**2
INVESTMENT, LAND = "fixed_investment_cny", "land_area_m2"
HEADINGS = {  # by folder of the case: what one is of the land, of the investment; None is asked
    "00": (10_000, 1e8), "01": (10_000, 1e3), "02": (10_000, 1e6), "03": (1, None),
    "04": (1, 1e4), "05": (1, 1e4), "06": (10_000, 1e4), "07": (MU, 1e4), "08": (100, 1e8),
    "09": (1e6, None), "10": (1e6, 1e4), "11": (MU, 1e4), "12": (MU, 1e4), "13": (10_000, 1e4),
    "14": (10_000, None), "15": (ACRE, None), "16": (FOOT, None),
}


def drafted(folder):
    """Draft the catalog of a folder and vet it."""
    path = draft_catalog.init(folder)
    return vet.vet(catalog.place(folder)), path.read_text(encoding="utf-8")


def vetted(folder):
    return vet.vet(catalog.place(folder))


def told(result, issue):
    """Give the issue rows of a kind: feature, field, value."""
    rows = result.issues[result.issues["issue"] == issue]
    return list(rows[["feature_id", "field", "value"]].itertuples(index=False, name=None))


def outcomes(result, rule):
    return result.findings.loc[result.findings["rule"] == rule, "outcome"].tolist()


def values(result, rule):
    return result.findings.loc[result.findings["rule"] == rule, "value"].tolist()


# --- units ------------------------------------------------------------------------------------


@pytest.mark.fault("15-unit-hm2")
def test_hm2_in_a_heading_is_ten_thousand_square_metres(fault):
    result, _ = drafted(fault)

    assert result.layers["plots"][LAND].tolist() == [8000] * 6
    assert values(result, "investment-intensity") == [1250] * 6
    assert outcomes(result, "investment-intensity") == [Outcome.FAIL] * 6


@pytest.mark.fault("16-unit-thousand-yuan")
def test_thousands_of_yuan_in_a_heading_are_thousands(fault):
    result, _ = drafted(fault)

    assert result.layers["plots"][INVESTMENT].tolist() == [96_000_000] * 6
    assert values(result, "investment-intensity") == [12_000] * 6
    assert outcomes(result, "investment-intensity") == [Outcome.PASS] * 6


@pytest.mark.fault("17-unit-danwei")
def test_a_unit_behind_the_word_for_unit_is_read(fault):
    result, _ = drafted(fault)

    assert result.layers["plots"][LAND].tolist() == [8000] * 6
    assert values(result, "investment-intensity") == [3750] * 6
    assert outcomes(result, "investment-intensity") == [Outcome.PASS] * 6


@pytest.mark.fault("18-unit-headings")
@pytest.mark.parametrize("folder", sorted(HEADINGS))
def test_the_unit_of_a_heading_is_drafted_and_one_that_is_not_known_is_asked(fault, folder):
    land, money = HEADINGS[folder]

    result, draft = drafted(fault / folder)

    plots = result.layers["plots"]
    assert plots[LAND].tolist() == pytest.approx([0.8 * land] * len(plots))
    stated = next(
        each["ledger"]["fields"] for each in tomllib.loads(draft)["layer"] if "ledger" in each
    )
    if money is None:
        assert plots[INVESTMENT].isna().all()
        assert [field for _, field, _ in told(result, Issue.UNIT_UNKNOWN)] == [INVESTMENT]
        assert stated[INVESTMENT]["unit"] == "?"
        assert set(outcomes(result, "investment-intensity")) == {Outcome.UNKNOWN}
    else:
        assert plots[INVESTMENT].tolist() == pytest.approx([3000 * money] * len(plots))
        assert not told(result, Issue.UNIT_UNKNOWN)


@pytest.mark.fault("19-heading-against-unit")
@pytest.mark.parametrize(
    ("folder", "field", "said"),
    [("yuan-as-wan", INVESTMENT, "元 ≠ 万元"), ("mu-as-m2", LAND, "亩 ≠ m2")],
)
def test_a_heading_that_contradicts_the_catalog_lets_nothing_pass(fault, folder, field, said):
    result = vetted(fault / folder)

    assert result.layers["plots"][field].isna().all()
    assert [(name, value.split(": ")[1]) for _, name, value in told(result, Issue.UNIT_DIFFERS)] \
        == [(field, said)]
    assert outcomes(result, "investment-intensity") == [Outcome.UNKNOWN]


def ledger(site, heading, cells, field=INVESTMENT, **column):
    """Vet plots of 10 000 m² whose ledger has one column more than the key."""
    site.layer("plots", [
        (box(110 * at, 0, 110 * at + 100, 100), {"plot_id": f"P{at + 1}"})
        for at in range(len(cells))
    ])
    book = openpyxl.Workbook()
    book.active.append(["key", heading])
    for at, cell in enumerate(cells):
        book.active.append([f"P{at + 1}", cell])
    book.save(site.folder / "ledger.xlsx")
    site.entries["plots.geojson"]["ledger"] = {
        "path": "ledger.xlsx", "key": "key", "on": "plot_id",
        "fields": {field: {"column": heading, **column} if column else heading},
    }
    site.catalog()
    return vetted(site.folder)


def column(result, field=INVESTMENT):
    return result.layers["plots"][field].tolist()


def test_a_heading_that_is_wrong_yields_where_the_catalog_says_so(site):
    result = ledger(site, "投资（元）", [3000], unit="万元", against_heading=True)

    assert column(result) == [30_000_000]
    assert not told(result, Issue.UNIT_DIFFERS)


@pytest.mark.parametrize(
    ("heading", "unit"),
    [
        ("投资（万美元）", "万元"), ("投资（万元/亩）", "万元"), ("投资（元）", "千元"),
        ("投资额亿元", "万元"), ("投资_万元", "元"),
    ],
)
def test_a_unit_of_the_catalog_that_the_heading_denies_is_unknown(site, heading, unit):
    result = ledger(site, heading, [3000], unit=unit)

    assert told(result, Issue.UNIT_DIFFERS)
    assert outcomes(result, "investment-intensity") == [Outcome.UNKNOWN]


def test_a_unit_that_nobody_knows_is_what_the_catalog_says(site):
    assert column(ledger(site, "用地面积（垧）", [1], LAND, unit="ha"), LAND) == [10_000]


def test_a_column_of_money_without_a_unit_is_told_until_the_catalog_confirms_it(site):
    silent = ledger(site, "投资", [30_000_000])
    confirmed = ledger(site, "投资", [30_000_000], unit="CNY")

    assert told(silent, Issue.UNIT_NOT_STATED) == [("", INVESTMENT, "投资: CNY")]
    assert not told(confirmed, Issue.UNIT_NOT_STATED)
    assert column(silent) == column(confirmed) == [30_000_000]


def test_money_of_another_currency_needs_a_rate_and_its_day(site):
    with pytest.raises(CatalogError, match=r"needs a rate(.|\n)*rate_on"):
        ledger(site, "投资（万美元）", [300], unit="万美元")

    result = ledger(
        site, "投资（万美元）", [300, "200万美元", "$3000000"], unit="万美元", rate=8.0,
        rate_on=dt.date(2006, 3, 1),
    )

    assert column(result)[:2] == [24_000_000, 16_000_000]


def test_a_unit_marked_as_not_known_lets_only_cells_with_their_own_be_known(site):
    result = ledger(site, "投资", [3000, "3000万元"], unit="?")

    assert math.isnan(column(result)[0])
    assert column(result)[1] == 30_000_000
    assert told(result, Issue.UNIT_UNKNOWN)


def test_a_draft_marks_a_column_of_money_without_a_unit(site):
    ledger(site, "固定资产投资", [3000])
    (site.folder / "catalog.toml").unlink()
    frame = json.loads((site.folder / "plots.geojson").read_text(encoding="utf-8"))
    for each in frame["features"]:
        each["properties"] = {"地块编号": each["properties"]["plot_id"]}
    (site.folder / "项目地块.geojson").write_text(json.dumps(frame), encoding="utf-8")
    (site.folder / "plots.geojson").unlink()
    book = openpyxl.load_workbook(site.folder / "ledger.xlsx")
    book.active["A1"] = "地块编号"
    book.save(site.folder / "ledger.xlsx")

    draft = draft_catalog.init(site.folder).read_text(encoding="utf-8")

    assert "# no unit is stated: taken as CNY until unit" in draft


# --- numbers ----------------------------------------------------------------------------------


@pytest.mark.fault("24-comma-is-no-thousands")
def test_a_comma_stands_between_thousands_or_is_refused(fault):
    result, _ = drafted(fault)

    plots = result.layers["plots"]
    known = plots[LAND].dropna()
    assert known.index.tolist() == ["P13"]  # 12．5 mu
    assert known["P13"] == pytest.approx(12.5 * MU)
    assert [(key, value) for key, field, value in told(result, Issue.NOT_A_NUMBER)] == [
        ("P01", "12,5"), ("P02", "1,2"), ("P03", "12.000,0"), ("P04", "1 2"), ("P05", "12,00"),
        ("P06", "1.2,5"), ("P07", "12,"), ("P08", "12_0"), ("P09", "0x0C"), ("P10", "1e400"),
        ("P11", "12d"), ("P12", "１２，５"), ("P14", "12。5"), ("P15", "十二"), ("P16", "12.5."),
    ]


@pytest.mark.fault("25-two-numbers-in-a-cell")
def test_two_numbers_in_a_cell_are_none(fault):
    result = vetted(fault)

    assert result.layers["plots"][INVESTMENT].isna().all()
    assert [(key, value) for key, _, value in told(result, Issue.NOT_A_NUMBER)] == [
        ("P1", "1200,1200"), ("P2", "①②③④"), ("P3", "900\n950"), ("P4", "12 00"), ("P5", "9²"),
        ("P6", "24，5"),
    ]
    assert outcomes(result, "investment-intensity") == [Outcome.UNKNOWN] * 6


@pytest.mark.fault("26-number-with-unit")
def test_a_figure_of_a_ledger_is_read_with_its_own_unit(fault):
    result, _ = drafted(fault / "ledger")

    plots = result.layers["plots"]
    nothing = float("nan")
    assert plots[LAND].tolist() == pytest.approx(
        [8000, 8000, nothing, 8000, 8000, nothing, 8000, nothing, nothing, 8000], nan_ok=True
    )
    assert plots[INVESTMENT].tolist() == pytest.approx(
        [3e7, 3e7, 3e7, 3e7, 3e7, 3e7, nothing, 3e7, nothing, 3e7], nan_ok=True
    )
    assert [(key, value) for key, _, value in told(result, Issue.NOT_A_NUMBER)] == [
        ("P07", "3 000"), ("P09", "(3000)"), ("P03", "约12"), ("P06", "1,2"), ("P08", "≈12"),
        ("P09", "12/12"),
    ]


@pytest.mark.fault("26-number-with-unit")
def test_storeys_are_read_with_their_word_or_told(fault):
    result, _ = drafted(fault / "storeys")

    buildings = result.layers["buildings"]["storeys"].dropna()
    assert buildings.to_dict() == {"B1": 2, "B2": 2, "B7": 2, "B8": 2.5, "B10": 0, "B12": 2}
    assert [value for _, _, value in told(result, Issue.NOT_A_NUMBER)] == [
        "2+1", "2/-1", "地上2层", "二", "2F/1D", "2-3", "B1+2", "~2",
    ]


@pytest.mark.fault("26-number-with-unit")
def test_voltages_and_diameters_are_read_with_their_units(fault):
    result, _ = drafted(fault / "lines")

    assert result.layers["power_lines"]["voltage_kv"].tolist() == [220, 10, 35, 500]
    diameters = result.layers["pipelines"]["diameter_mm"]
    assert diameters.dropna().to_dict() == {"G1": 300, "G2": 400}
    assert told(result, Issue.NOT_A_NUMBER) == [("G3", "diameter_mm", "800×600")]


def test_a_column_of_decimal_commas_is_told(site):
    result = ledger(site, "投资（万元）", ["2600,5", "2700,25"], unit="万元")

    assert column(result) == [26_005_000, 27_002_500]
    assert told(result, Issue.DECIMAL_COMMA) == [("", INVESTMENT, "2600,5 (2 / 2)")]


# --- storey heights ---------------------------------------------------------------------------


@pytest.mark.fault("32-storey-height-mm")
def test_a_storey_of_4500_m_is_told_and_counts_once(fault):
    result = vetted(fault)

    assert told(result, Issue.OUT_OF_RANGE) == [("b", "storey_heights_m", "4500")]
    assert values(result, "plot-ratio") == [0.5]
    assert outcomes(result, "plot-ratio") == [Outcome.FAIL]


@pytest.mark.fault("33-storey-height-comma")
def test_a_height_with_a_decimal_comma_is_not_two_storeys(fault):
    result = vetted(fault)

    assert told(result, Issue.NOT_A_NUMBER) == [("b", "storey_heights_m", "4,5")]
    assert outcomes(result, "plot-ratio") == [Outcome.UNKNOWN]


@pytest.mark.parametrize(
    ("storeys", "heights", "outcome"),
    [
        (1, "4;4", "unknown"), (1, "4;5;3", "unknown"), (2, "4", "unknown"), (1, "9", "pass"),
        (1, "12;3", "unknown"), (2, "4;4", "pass"), (3, "9;4", "pass"), (None, "4;4", "pass"),
        (2, "4.5;0", "unknown"), (3, "4.5;0;0", "unknown"), (3, "9;4;0", "pass"),
    ],
)
def test_a_building_with_other_storeys_than_heights_decides_nothing_that_depends_on_it(
    site, storeys, heights, outcome
):
    site.layer("buildings", [(box(0, 0, 50, 100), {
        "building_id": "b", "class": "building", "storeys": storeys, "storey_heights_m": heights,
    })])
    result = vetted(site.folder)

    found = result.findings[result.findings["rule"] == "plot-ratio"].iloc[0]
    assert found["outcome"] == outcome
    assert found["reason"] == ("heights:floor_area_m2" if outcome == "unknown" else "")


@pytest.mark.fault("34-storey-height-zero")
def test_a_storey_of_0_m_is_none(fault):
    result = vetted(fault)

    assert told(result, Issue.OUT_OF_RANGE) == [("b", "storey_heights_m", "4.5;0")]
    assert outcomes(result, "plot-ratio") == [Outcome.FAIL]
    assert values(result, "plot-ratio") == [0.5]


@pytest.mark.parametrize("height", ["18", "4.5;22", "1.9", "4500;4200", "0", "4.5;-3"])
def test_heights_that_no_storey_has_never_double_a_floor(site, height):
    site.layer("buildings", [(box(0, 0, 50, 100), {
        "building_id": "b", "class": "building", "storeys": 1, "storey_heights_m": height,
    })])

    result = vetted(site.folder)

    assert values(result, "plot-ratio") == [0.5]
    assert [
        value for issue in (Issue.OUT_OF_RANGE, Issue.NOT_A_NUMBER)
        for _, _, value in told(result, issue)
    ] == [height]


# --- dates ------------------------------------------------------------------------------------


@pytest.mark.fault("21-geojson-dates-utc")
def test_moments_of_a_geojson_are_days_where_the_place_is(fault):
    result, _ = drafted(fault)

    plots = result.layers["plots"]
    for field in ("eia_approved_on", "construction_permit_on"):
        assert plots[field].dt.strftime("%Y-%m-%d").tolist() == ["2006-05-01"] * 4
    assert told(result, Issue.DAYS_LOCAL) == [
        ("", field, "2006-04-30T16:00:00Z → 2006-05-01 (Asia/Shanghai)")
        for field in ("eia_approved_on", "construction_permit_on")
    ]


@pytest.mark.fault("22-gpkg-datetime-utc")
def test_moments_of_a_geopackage_are_days_where_the_place_is(fault):
    result, _ = drafted(fault)

    plots = result.layers["plots"]
    for field in ("eia_approved_on", "construction_permit_on"):
        assert plots[field].dt.strftime("%Y-%m-%d").tolist() == ["2006-05-01"] * 4
    assert [field for _, field, _ in told(result, Issue.DAYS_LOCAL)] == [
        "eia_approved_on", "construction_permit_on"
    ]


@pytest.mark.fault("23-date-forms")
def test_a_day_is_read_in_the_forms_in_which_it_is_one(fault):
    result, _ = drafted(fault)

    days = result.layers["plots"]["entered_on"].dt.strftime("%Y-%m-%d")
    assert days.dropna().to_dict() == dict.fromkeys(
        ["P01", "P02", "P03", "P04", "P05", "P06", "P11", "P12"], "2006-03-05"
    )
    assert told(result, Issue.NOT_A_DATE) == [
        ("P07", "entered_on", "2006年3月"), ("P08", "entered_on", "2006.3"),
        ("P09", "entered_on", "06.3.5"), ("P10", "entered_on", "3/5/2006"),
    ]
    assert told(result, Issue.DAYS_OF_NUMBERS) == [
        ("", "entered_on", "38781 → 2006-03-05 (1900)")
    ]
    found = result.findings[result.findings["rule"] == "environment-before-entry"]
    assert found["outcome"].tolist() == [*["pass"] * 6, *["unknown"] * 4, *["pass"] * 2]
    assert set(found["reason"][6:10]) == {"entered_on"}


@pytest.mark.parametrize("written", ["2006年3月", "3/5/2006", "待定", "2006-02-30"])
@pytest.mark.parametrize("on", ["plot_id", "project_id", ""])
def test_a_step_whose_date_cannot_be_read_is_taken_on_an_unknown_day(site, written, on):
    own = {} if on else {"entered_on": written}
    site.layer("plots", [
        site.plot(key, box(at, 0, at + 100, 100), project_id="S", eia_approved_on="2006-01-05",
                  **own)
        for key, at in (("A", 0), ("B", 200))
    ])
    if on:
        rows = [f"{key},{written}" for key in {"plot_id": "AB"}.get(on, "S")]
        (site.folder / "l.csv").write_text("\n".join(["key,entry", *rows]), encoding="utf-8")
        site.entries["plots.geojson"]["ledger"] = {
            "path": "l.csv", "key": "key", "on": on, "fields": {"entered_on": "entry"},
        }
        site.catalog()
    result = vetted(site.folder)

    for table in (result.findings, result.projects):
        found = table[table["rule"] == "environment-before-entry"]
        assert set(found["outcome"]) == {"unknown"}
        assert set(found["reason"]) == {"entered_on"}


DAYS = {
    "2006-05-31": "2006-05-31", "2006/5/31": "2006-05-31", "2006.05.31": "2006-05-31",
    "２００６－５－３１": "2006-05-31", "2006 年 5 月 31 日": "2006-05-31",
    "2006年5月31号": "2006-05-31",
    "20060531": "2006-05-31", "二〇〇六年五月三十一日": "2006-05-31",
    "二○○六年十二月二十日": "2006-12-20",
    "二零零六年十月十日": "2006-10-10", "2006-05-31T08:00": "2006-05-31",
    "2006-05-31 23:59:59.9": "2006-05-31", "2006年5月31日 10时30分": "2006-05-31",
    "2006-04-30T16:00:00Z": "2006-05-01", "2006-04-30T15:59:59Z": "2006-04-30",
    "2006-05-01T00:00:00+08:00": "2006-05-01", "2006-05-01T00:30:00+09:00": "2006-04-30",
    "2006/04/30 16:00:00+00": "2006-05-01", "2006-04-30 20:00 UTC": "2006-05-01",
    "38838": "2006-05-01", "38838.75": "2006-05-01", 38838: "2006-05-01",
}
NO_DAYS = [
    "2006-02-30", "2006-13-01", "2006", "2006-5", "2006年", "06-3-5", "5.3.2006", "31/05/2006",
    "2006-05/31", "2006-05-31至2006-06-01", "2006-05-31 25:00", "2006-05-31 10:00 PM", "200605",
    "99999", "12345", "二〇〇六年三月", "二〇〇六年十三月一日", "2006-0531", "明天",
    "2006-05-31x",
    "1149033600", "2006年5月31日星期三",
]


@pytest.fixture(scope="module")
def accepted(tmp_path_factory):
    """Vet a place of a plot for each way of writing a day; give it with the way by plot."""
    site = Site(tmp_path_factory.mktemp("days") / "site")
    ways = {f"P{at}": each for at, each in enumerate([*DAYS, *NO_DAYS])}
    site.layer("plots", [
        site.plot(plot, box(200 * at, 0, 200 * at + 100, 100), accepted_on=each)
        for at, (plot, each) in enumerate(ways.items())
    ])
    return vetted(site.folder), ways


def test_a_date_is_the_day_of_the_place(accepted):
    result, ways = accepted

    days = result.layers["plots"]["accepted_on"].dt.strftime("%Y-%m-%d")
    assert {ways[plot]: day for plot, day in days.dropna().items()} == DAYS


def test_what_is_not_exactly_one_day_is_told(accepted):
    result, ways = accepted

    assert told(result, Issue.NOT_A_DATE) == [
        (plot, "accepted_on", each) for plot, each in ways.items() if each in NO_DAYS
    ]


@pytest.mark.parametrize("written", ["2006-05-31T08:00", "38838", 38838, "2006-02-30", "06-3-5"])
def test_the_only_date_of_a_column_is_read_as_it_is_among_others(site, written):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), accepted_on=written)])

    result = vetted(site.folder)

    day = DAYS.get(written)
    read = result.layers["plots"]["accepted_on"].dt.strftime("%Y-%m-%d").dropna().tolist()
    assert read == ([day] if day else [])
    assert told(result, Issue.NOT_A_DATE) == ([] if day else [("A", "accepted_on", written)])


def test_the_catalog_may_state_the_time_zone(site):
    site.head["time_zone"] = "Europe/London"
    site.layer("plots", [site.plot("A", box(0, 0, 1, 1), accepted_on="2006-04-30T16:00:00Z")])

    result = vetted(site.folder)

    assert result.layers["plots"]["accepted_on"].tolist() == [pd.Timestamp("2006-04-30")]


def test_a_time_zone_that_does_not_exist_is_a_wrong_catalog(site):
    site.head["time_zone"] = "Asia/Beijing"
    site.catalog()

    with pytest.raises(CatalogError, match=r"Asia/Beijing(.|\n)*Asia/Shanghai"):
        vetted(site.folder)


# --- what is entered by hand ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "figure"),
    [
        ("26000000", 26e6), ("2.6e7", 26e6), ("26,000,000", 26e6), ("2600万元", 26e6),
        ("0.26亿", 26e6),
    ],
)
def test_a_figure_of_what_if_is_read_as_a_cell_is(site, written, figure):
    case = vetting.case(vetted(site.folder), "A").changed({INVESTMENT: written})

    assert case.figure(INVESTMENT) == figure


@pytest.mark.parametrize(
    "written",
    [
        "1_000", "12,5", "nan", "inf", "1200,1200", "9²", "12 00", "0x10", "3000万美元", "12亩", "",
        "1e400",
    ],
)
def test_what_if_takes_exactly_one_number_in_a_known_unit(site, written):
    case = vetting.case(vetted(site.folder), "A")

    with pytest.raises(CatalogError, match="is not exactly one number"):
        case.changed({INVESTMENT: written})


def test_what_if_takes_exactly_one_day(site):
    case = vetting.case(vetted(site.folder), "A")

    assert case.changed({"accepted_on": "2006年5月31日"}).facts["accepted_on"] == "2006-05-31"
    with pytest.raises(CatalogError, match="is not exactly one day"):
        case.changed({"accepted_on": "3/5/2006"})


# --- sizes that the shapes deny ---------------------------------------------------------------


@pytest.mark.parametrize(("written", "like"), [(1, "ha"), (15, "mu"), (0.01, "km2")])
def test_an_area_without_a_unit_whose_size_the_shape_denies_is_unknown(site, written, like):
    site.basis["land_area"] = "declared"
    silent = ledger(site, "用地面积", [written], LAND)

    assert math.isnan(column(silent, LAND)[0])
    assert [value.rpartition("≈ ")[2] for _, _, value in told(silent, Issue.AREA_MAGNITUDE)] == [
        like
    ]
    assert column(ledger(site, "用地面积", [written], LAND, unit="m2"), LAND) == [written]


@pytest.mark.parametrize("written", [3000, 900_000, 3e11])
def test_an_investment_without_a_unit_of_an_unlikely_size_is_unknown(site, written):
    result = ledger(site, "投资", [written])

    assert math.isnan(column(result)[0])
    assert told(result, Issue.UNIT_NOT_STATED)


def test_the_form_shows_a_figure_as_written_beside_the_figure_as_taken(site):
    site.basis["land_area"] = "declared"
    result = ledger(site, "用地面积（亩）", [15], LAND, unit="亩")
    case = vetting.case(result, "P1")

    page = document.to_text(vetting.build(result, case), translations.load("en"))

    assert "(15 亩 = 10,000" in page


@pytest.mark.fault("20-date-1904-flip")
def test_an_approval_of_a_workbook_of_1904_comes_after_the_permit(fault):
    result, _ = drafted(fault)

    days = result.layers["plots"]["eia_approved_on"].dt.strftime("%Y-%m-%d")
    assert days.tolist() == ["2006-12-05"] * 3
    assert outcomes(result, "environment-first") == [Outcome.FAIL] * 3
