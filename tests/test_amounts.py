"""A project's amounts are the project's: they exist once, whatever plots it has."""

import csv

import numpy as np
import openpyxl
import pandas as pd
import pytest
from builders import box, in_turns
from click.testing import CliRunner

from landtrack import store
from landtrack.app import vet
from landtrack.assessment import progress, reconcile
from landtrack.cli.main import main
from landtrack.ingest.normalise import amounts
from landtrack.model import Figure, catalog

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")

INTENSITY, RATIO, COVERAGE = "investment-intensity", "plot-ratio", "building-coverage"


def typed(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


def vetted(folder):
    return vet.vet(catalog.place(folder))


def told(result, rule=INTENSITY):
    """Give value, outcome and the project judged, by plot."""
    own = result.findings[result.findings["rule"] == rule].set_index("plot_id")
    return own[["value", "outcome", "subject"]].apply(tuple, axis="columns").to_dict()


def whole(result, rule=INTENSITY):
    own = result.projects[result.projects["rule"] == rule].set_index("plot_id")
    return own[["value", "outcome"]].apply(tuple, axis="columns").to_dict()


def issues(result):
    rows = result.issues[["issue", "feature_id", "value"]].itertuples(index=False)
    return [tuple(row) for row in rows if row.issue != "storey_heights_missing"]


def ledger(site, rows, *, on="project_id", plots, kind="plots", **entry):
    """Write a ledger and the plots that it is of, each with a building on half of it."""
    path = site.folder / "ledger of {}.csv".format(entry.get("path", kind))
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("k", "invested", "land"), *rows])
    fields = {"fixed_investment_cny": "invested"}
    if any(len(row) > 2 for row in rows):
        fields["land_area_m2"] = "land"
    site.layer(
        kind, [(shape, {"plot_id": plot, **facts}) for plot, (shape, facts) in plots.items()],
        ledger={"path": path.name, "key": "k", "on": on, "fields": fields}, **entry,
    )
    return site


def two_plots(project="P"):
    return {
        "A": (box(0, 0, 100, 100), {"project_id": project}),
        "B": (box(200, 0, 300, 100), {"project_id": project}),
    }


# --- the reported cases -----------------------------------------------------------------------


@pytest.mark.fault("01-project-two-plots")
def test_the_investment_of_a_project_is_divided_by_the_land_of_all_its_plots(fault):
    typed("init", fault)
    run = typed("run", fault, "--out", fault / "build")

    assert run.exit_code == 1
    result = vetted(fault)
    assert whole(result) == {"001": (1875.0, "fail"), "002": (3750.0, "pass")}
    assert told(result) == {
        "P01": (1875.0, "fail", "001"), "P02": (1875.0, "fail", "001"),
        "P03": (3750.0, "pass", "002"), "P04": (3750.0, "pass", "002"),
    }
    form = typed("vet", "001", fault, "--lang", "en")
    assert form.exit_code == 1
    assert "30,000,000 CNY ÷ Land area 16,000 m² = 1,875.0 CNY/m²" in form.stdout
    assert "60,000,000" not in form.stdout
    assert typed("vet", "002", fault).exit_code == 0


@pytest.mark.fault("02-project-two-plots-declared")
def test_declared_land_of_a_project_counts_once(fault):
    typed("init", fault)
    typed("run", fault, "--out", fault / "build")
    result = vetted(fault)

    assert whole(result) == {"001": (1875.0, "fail"), "002": (3750.0, "pass")}
    assert whole(result, RATIO)["002"] == (1.0, "pass")
    assert whole(result, COVERAGE)["002"] == (pytest.approx(0.5), "pass")
    assert told(result, RATIO)["P03"] == (1.0, "pass", "002")
    form = typed("vet", "002", fault, "--lang", "en").stdout
    assert "60,000,000 CNY ÷ Land area 16,000 m² = 3,750.0 CNY/m²" in form
    assert "area_differs" not in set(result.issues["issue"])


@pytest.mark.fault("03-ledger-row-counted-twice")
def test_a_row_of_the_ledger_is_counted_once_for_the_project(fault):
    run = typed("run", fault, "--out", fault / "build")

    assert run.exit_code == 1
    assert whole(vetted(fault)) == {"A": (1500.0, "fail")}
    assert told(vetted(fault)) == {"P1": (1500.0, "fail", "A"), "P2": (1500.0, "fail", "A")}
    assert typed("vet", "A", fault).exit_code == 1


# --- whose an amount is -----------------------------------------------------------------------


def test_a_ledger_of_plots_gives_each_plot_its_own_and_the_project_their_sum(site):
    ledger(site, [("A", 26e6), ("B", 20e6)], on="plot_id", plots=two_plots())

    result = vetted(site.folder)

    assert told(result) == {"A": (2600.0, "pass", ""), "B": (2000.0, "fail", "")}
    assert whole(result) == {"P": (2300.0, "fail")}


def test_the_amount_of_a_project_of_one_plot_is_that_of_the_plot(site):
    ledger(site, [("P", 26e6)], plots={"A": (box(0, 0, 100, 100), {"project_id": "P"})})

    result = vetted(site.folder)

    assert told(result) == {"A": (2600.0, "pass", "")}
    assert result.layers["plots"].loc["A", "fixed_investment_cny"] == 26e6


@pytest.mark.parametrize("same_ledger", [True, False])
def test_a_project_over_two_files_has_its_amount_once(site, same_ledger):
    one, other = ({name: each} for name, each in two_plots().items())
    ledger(site, [("P", 30e6)], plots=one)
    if same_ledger:
        ledger(site, [("P", 30e6)], plots=other, path="more.geojson")
    else:
        site.layer("plots", [(shape, {"plot_id": "B", **facts}) for shape, facts in
                             other.values()], path="more.geojson")

    assert told(vetted(site.folder)) == {"A": (1500.0, "fail", "P"), "B": (1500.0, "fail", "P")}


def test_two_ledgers_that_state_one_project_differently_leave_it_unknown(site):
    one, other = ({name: each} for name, each in two_plots().items())
    ledger(site, [("P", 30e6)], plots=one)
    ledger(site, [("P", 90e6)], plots=other, path="more.geojson")

    result = vetted(site.folder)

    assert whole(result)["P"][1] == "unknown"
    assert told(result)["A"][1:] == ("unknown", "")
    assert ("amount_contradicted", "P", "30,000,000 / 90,000,000") in issues(result)


def test_where_a_plot_of_the_project_was_set_aside_nothing_is_known_of_its_land(site):
    plots = two_plots()
    plots["B"] = (None, {"project_id": "P"})
    ledger(site, [("P", 30e6)], plots=plots)

    result = vetted(site.folder)

    assert told(result)["A"][1] == "unknown"
    assert whole(result)["P"][1] == "unknown"


def test_declared_land_of_the_project_stays_known_where_a_plot_was_set_aside(site):
    site.basis["land_area"] = "declared"
    plots = two_plots()
    plots["B"] = (None, {"project_id": "P"})
    ledger(site, [("P", 30e6, 20_000)], plots=plots)

    result = vetted(site.folder)

    assert whole(result)["P"] == (1500.0, "fail")
    assert whole(result, RATIO)["P"][1] == "unknown"


def test_a_column_that_repeats_the_amount_of_the_project_at_each_plot_is_no_figure_of_theirs(site):
    plots = {name: (shape, {**facts, "fixed_investment_cny": 30e6})
             for name, (shape, facts) in two_plots().items()}
    ledger(site, [("P", 30e6)], plots=plots)

    assert told(vetted(site.folder)) == {"A": (1500.0, "fail", "P"), "B": (1500.0, "fail", "P")}


def test_a_ledger_by_company_whose_plots_are_of_several_projects_counts_for_none(site):
    plots = {
        "A": (box(0, 0, 100, 100), {"project_id": "P", "company": "Co"}),
        "B": (box(200, 0, 300, 100), {"project_id": "Q", "company": "Co"}),
    }
    ledger(site, [("Co", 60e6)], on="company", plots=plots)

    result = vetted(site.folder)

    assert [each[1] for each in told(result).values()] == ["unknown", "unknown"]
    assert ("amount_shared", "Co", "A, B") in issues(result)


def test_a_ledger_by_company_whose_plots_are_one_project_is_of_that_project(site):
    plots = {name: (shape, {**facts, "company": "Co"})
             for name, (shape, facts) in two_plots().items()}
    ledger(site, [("Co", 60e6)], on="company", plots=plots)

    assert whole(vetted(site.folder)) == {"P": (3000.0, "pass")}


def test_an_amount_is_divided_by_land_where_the_catalog_says_so_and_the_finding_tells_it(site):
    plots = two_plots()
    plots["B"] = (box(200, 0, 500, 100), {"project_id": "P"})
    ledger(site, [("P", 120e6)], plots=plots)
    next(iter(site.entries.values()))["ledger"]["share"] = "land_area"
    site.catalog()

    result = vetted(site.folder)
    form = typed("vet", "A", site.folder, "--lang", "en").stdout

    assert told(result) == {"A": (3000.0, "pass", ""), "B": (3000.0, "pass", "")}
    assert set(result.findings.loc[result.findings["rule"] == INTENSITY, "share"]) == {"land_area"}
    assert result.layers["plots"]["fixed_investment_cny"].tolist() == [30e6, 90e6]
    assert whole(result) == {"P": (3000.0, "pass")}
    assert "divided among its plots by land area" in form


def test_a_limit_agreed_for_a_plot_is_not_judged_by_the_amount_of_its_project(site):
    ledger(site, [("P", 60e6)], plots=two_plots())
    site.catalog("""[[override]]
plot = "A"
rule = "investment-intensity"
relation = ">="
threshold = 100
unit = "CNY/m2"
document = "contract of A"
""")

    found = told(vetted(site.folder))

    assert found["A"][1:] == ("unknown", "")
    assert found["B"] == (3000.0, "pass", "P")


def test_what_if_of_a_plot_is_judged_by_the_figure_typed_for_the_plot(site):
    ledger(site, [("P", 30e6)], plots=two_plots())

    form = typed("vet", "A", site.folder, "--set", "fixed_investment_cny=26000000",
                 "--lang", "en").stdout

    assert "26,000,000 CNY ÷ Land area 10,000 m² = 2,600.0 CNY/m²" in form


def test_what_if_of_a_plot_never_takes_the_figures_of_its_project(site):
    site.basis["land_area"] = "declared"
    ledger(site, [("P", 60e6, 20_000)], plots=two_plots())

    form = typed("vet", "A", site.folder, "--set", "fixed_investment_cny=20000000", "--lang", "en")

    assert "60,000,000 CNY ÷" not in form.stdout
    tried = form.stdout.partition("== Indices")[2].partition("Plot ratio")[0]
    assert "Outcome: unknown" in tried
    both = typed("vet", "A", site.folder, "--set", "fixed_investment_cny=20000000", "--set",
                 "land_area_m2=1ha", "--lang", "en")
    assert "20,000,000 CNY ÷ Land area 10,000 m² = 2,000.0 CNY/m²" in both.stdout


def test_the_store_keeps_what_is_of_the_projects(site, tmp_path):
    ledger(site, [("P", 30e6)], plots=two_plots())
    typed("run", site.folder, "--out", tmp_path / "build")

    kept = store.amounts(tmp_path / "build" / "project.gpkg")

    assert kept.loc["P", "fixed_investment_cny"] == 30e6
    assert kept.loc["P", "plots"] == 2


# --- who adds up ------------------------------------------------------------------------------


def three_plots(site):
    """Make a project of two plots, whose ledger states 30 million, and one of one, of 26."""
    plots = {**two_plots(), "C": (box(400, 0, 500, 100), {"project_id": "Q"})}
    site.basis["land_area"] = "declared"
    ledger(site, [("P", 30e6, 20_000), ("Q", 26e6, 10_000)], plots=plots)
    (entry,) = (each for each in site.entries.values() if each["kind"] == "plots")
    entry["ledger"]["fields"]["total_investment_cny"] = "invested"
    return site.catalog()


def test_the_classes_of_investment_of_a_report_count_a_project_once(site):
    result = vetted(three_plots(site).folder)

    table = progress.investment(result.layers["plots"], result.amounts)

    assert table["projects"].sum() == 2
    assert table["total_cny"].sum() == 56e6


@pytest.mark.parametrize(
    ("where", "value"),
    [
        pytest.param({}, 56e6, id="all plots"),
        pytest.param({"project_id": "P"}, 30e6, id="the whole project"),
        pytest.param({"plot_id": "A"}, None, id="one plot of two: not known"),
        pytest.param({"plot_id": "C"}, 26e6, id="a project of one plot"),
    ],
)
def test_a_reported_sum_is_compared_with_each_amount_counted_once(site, where, value):
    figure = Figure(id="f", item="i", title={"en": "f"}, layer="plots", measure="sum",
                    field="fixed_investment_cny", where=where)

    found = reconcile.derive(figure, reconcile.ground(vetted(three_plots(site).folder)))

    assert found.value == value


def test_the_map_and_the_ledger_hold_the_amount_of_the_project_once(site):
    three_plots(site)
    typed("run", site.folder, "--out", site.folder / "build")

    page = (site.folder / "build" / "map.html").read_text(encoding="utf-8")
    path = site.folder / "build" / "ledger.xlsx"
    sheets = pd.read_excel(path, sheet_name=None, engine="openpyxl")
    whole_sheet = next(each for each in sheets.values() if "Fixed-asset investment (CNY)" in each
                       and "Plots" in each).set_index("Project")

    assert '"fixed_investment_cny":{"P":30000000' in page
    assert whole_sheet["Fixed-asset investment (CNY)"].to_dict()["P"] == 30e6


def test_two_days_are_compared_by_the_amounts_of_projects(site):
    three_plots(site)
    told = typed("changes", "2020-01-01", "2021-01-01", site.folder)

    assert told.exit_code == 0


@pytest.mark.parametrize(
    ("rows", "outcome"),
    [
        ([("P", 60e6), ("", 1e6)], "unknown"),
        ([("P", 60e6), ("", 1e6), ("", 1e6), ("Q", 1e6)], "unknown"),
        ([("P", 60e6), ("", "")], "pass"),
        ([("", 1e6), ("P", 60e6)], "pass"),
        ([("P", 60e6), ("Q", 1e6), ("", 1e6)], "pass"),
    ],
)
def test_an_amount_that_rows_below_without_a_key_may_add_to_is_not_known(site, rows, outcome):
    result = vetted(ledger(site, rows, plots=two_plots()).folder)

    assert whole(result)["P"][1] == outcome
    below = [each[1] for each in issues(result) if each[0] == "ledger_row_below"]
    assert ("P" in below) == (outcome == "unknown")


@pytest.mark.parametrize(("company", "outcome"), [("B", "pass"), ("A", "unknown"), ("", "unknown")])
def test_a_row_without_a_key_is_no_phase_only_if_it_names_another_company(site, company, outcome):
    ledger(site, [("P", 60e6), ("", 1e6)], plots=two_plots())
    path = next(site.folder.glob("ledger*.csv"))
    path.write_text(f"k,invested,who\nP,60000000,A\n,1000000,{company}\n", encoding="utf-8")
    stated = site.entries["plots.geojson"]["ledger"]
    stated["fields"] = {"fixed_investment_cny": "invested", "company": "who"}

    assert whole(vetted(site.catalog().folder))["P"][1] == outcome


@pytest.mark.parametrize("rows", [
    pytest.param([("P", 60e6), ("", 1e6)], id="below the key"),
    pytest.param([("P", 60e6)], id="none"),
])
@pytest.mark.parametrize("first", [True, False])
def test_what_one_ledger_leaves_in_doubt_another_does_not_settle(site, rows, first):
    """Two files of plots with a ledger each, both of P; one goes on below it without a key."""
    site.basis["land_area"], plots = "measured", two_plots()
    ledgers = [rows, [("P", 60e6)]][:: 1 if first else -1]
    for name, own, (plot, (shape, told)) in zip("ab", ledgers, plots.items(), strict=True):
        (site.folder / f"{name}.csv").write_text(
            "k,invested\n" + "".join(f"{key},{value:.0f}\n" for key, value in own),
            encoding="utf-8",
        )
        site.layer("plots", [(shape, {"plot_id": plot, **told})], path=f"{name}.geojson", ledger={
            "path": f"{name}.csv", "key": "k", "on": "project_id",
            "fields": {"fixed_investment_cny": "invested"},
        })
    del site.entries["plots.geojson"]

    result = vetted(site.catalog().folder)

    assert whole(result)["P"][1] == ("pass" if len(rows) == 1 else "unknown")
    assert not [each for each in issues(result) if "inf" in str(each)]


@pytest.mark.parametrize(("mark", "company"), in_turns(
    {each: each for each in ("〃", "同上", "'' ", "Ditto", "- 〃 -")}, ["A", "〃", ""]
))
def test_a_mark_for_the_cell_above_is_no_key_and_no_other_company(site, mark, company):
    ledger(site, [("P", 60e6), (mark, 1e6)], plots=two_plots())
    path = next(site.folder.glob("ledger*.csv"))
    path.write_text(f"k,invested,who\nP,60000000,A\n{mark},1000000,{company}\n", encoding="utf-8")
    stated = site.entries["plots.geojson"]["ledger"]
    stated["fields"] = {"fixed_investment_cny": "invested", "company": "who"}

    result = vetted(site.catalog().folder)

    assert whole(result)["P"][1] == "unknown"
    assert {each[0] for each in issues(result)} >= {"ledger_key_missing", "ledger_row_below"}


# --- how a project is written -----------------------------------------------------------------


@pytest.mark.parametrize(("ways", "files", "first"), in_turns({
    f"{one} {other}": (one, other) for one, other in [
        ("X1", "Ｘ１"), ("X1", "x1"), ("X-1", "X－1"), ("X-1", "X–1"), ("X1", "X 1"),
        ("001", "1"), ("甲厂(一期)", "甲厂（一期）"), ("1", "001"), ("x1", "Ｘ１"),
    ]
}, [1, 2], [True, False]))
def test_a_project_that_its_plots_write_in_two_ways_is_one(site, ways, files, first):
    """30 million by the 20 000 m² of both plots is 1 500; by one of them 3 000 would pass."""
    one, other = ways
    site.entries.pop("plots.geojson")
    key = one if first else other
    plots = list(two_plots().values())
    for (_, own), project in zip(plots, (one, other), strict=True):
        own["project_id"] = project
    for at, names in enumerate(["AB"] if files == 1 else "AB"):
        ledger(
            site, [(key, 30e6)], path=f"{at}.geojson",
            plots={name: plots["AB".index(name)] for name in names},
        )

    result = vetted(site.folder)

    assert {each[1] for each in told(result).values()} == {"fail"}
    assert list(whole(result).values()) == [(1500.0, "fail")]
    assert "ledger_key_zeros" in {each[0] for each in issues(result)}


@pytest.mark.parametrize("sign", [";", "；", "、", ",", " / ", "+"])
def test_the_ground_of_a_plot_of_several_projects_is_nobodys_for_certain(site, sign):
    plots = two_plots()
    plots["A"][1]["project_id"] = f"P{sign}Q"
    ledger(site, [("P", 30e6), ("Q", 30e6)], plots=plots)

    result = vetted(site.folder)

    assert told(result)["B"][1] == "unknown"
    assert ("projects_several", "A", f"P{sign}Q") in issues(result)


# --- one plot of several parts ----------------------------------------------------------------


def test_one_plot_drawn_in_two_rows_is_one_plot_counted_once(site):
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), land_area_m2=20_000),
        site.plot("A", box(200, 0, 300, 100), land_area_m2=20_000),
    ])

    result = vetted(site.folder)

    assert list(result.layers["plots"].index) == ["A"]
    assert told(result) == {"A": (1300.0, "fail", "")}
    assert ("plot_part", "A", "2/2: 10,000.00 m²") in issues(result)
    assert result.layers["plots"].loc["A", "land_area_m2"] == 20_000


def test_areas_that_are_those_of_the_parts_add_up(site):
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), land_area_m2=10_000),
        site.plot("A", box(200, 0, 300, 100), land_area_m2=10_000),
    ])

    assert vetted(site.folder).layers["plots"].loc["A", "land_area_m2"] == 20_000


def test_parts_that_state_different_amounts_leave_it_unknown(site):
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)),
        (box(200, 0, 300, 100), {"plot_id": "A", "fixed_investment_cny": 50e6}),
    ])

    result = vetted(site.folder)

    assert np.isnan(result.layers["plots"].loc["A", "fixed_investment_cny"])
    assert ("part_amounts_differ", "A", "26,000,000 / 50,000,000") in issues(result)


def test_a_plot_of_which_a_part_has_no_shape_is_set_aside_whole(site):
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)), (None, {"plot_id": "A"}),
        site.plot("B", box(200, 0, 300, 100)),
    ])

    result = typed("run", site.folder, "--out", site.folder / "build")

    assert "1 plot set aside (A)" in result.stdout
    assert list(vetted(site.folder).layers["plots"].index) == ["B"]


def test_two_plots_of_one_number_that_contradict_each_other_stay_two_and_share_no_row(site):
    ledger(site, [("A", 26e6)], on="plot_id", plots={})
    entry = next(iter(site.entries.values()))
    site.layer("plots", [
        (box(0, 0, 100, 100), {"plot_id": "A", "company": "one"}),
        (box(200, 0, 300, 100), {"plot_id": "A", "company": "other"}),
    ], ledger=entry["ledger"])

    result = vetted(site.folder)

    assert list(result.layers["plots"].index) == ["A", "A#2"]
    assert [each[1] for each in told(result).values()] == ["unknown", "unknown"]


@pytest.mark.fault("01-project-two-plots")
def test_the_form_of_a_plot_says_at_each_figure_and_change_that_it_is_the_projects(fault):
    typed("init", fault)

    said = typed("vet", "P01", fault, "--lang", "zh").stdout

    assert "固定资产投资: 3000 万元 = 30,000,000 元（项目 001）" in said
    assert said.count("投资强度: 1,875.0 元/m²（项目 001）: 不符合") == 2  # P01 and P02
    assert said.count("投资强度: 1,875.0 元/m²: 不符合") == 1  # the project itself
    assert "调整: 还需减少用地面积 4,000 m²（6.00 亩）（项目 001）" in said
    tried = said[said.index("用地面积取值对结论的影响"):said.index("== 办理时序")]
    assert "平面 | 数值: 8,000 m² | 容积率" in tried
    assert "投资强度: 按项目 001 整体判定，数值为整个项目的" in tried


@pytest.mark.fault("01-project-two-plots")
def test_the_ledger_says_which_values_of_a_plot_are_its_projects(fault):
    typed("init", fault)
    typed("run", fault, "--out", fault / "build")

    rows = openpyxl.load_workbook(fault / "build" / "ledger.xlsx")["项目台账"].values
    heads = next(rows)
    whose = [row[heads.index("数值归属")] for row in rows if row[0]]

    assert whose == [
        f"投资强度：按项目 {project} 整体判定，数值为整个项目的"
        for project in ("001", "001", "002", "002")
    ]


@pytest.mark.parametrize(("one", "other", "alike"), [
    (700 * 2000 / 3, 466_666.666_666_7, True), (10_000.0, 10_000.0, True),
    (10_000.0, 10_000.000_1, False), (10_000.0, np.nan, False), (np.nan, np.nan, False),
    (0.0, 0.0, True), (0.0, 1e-12, False),
])
def test_amounts_are_one_but_for_the_last_digits_of_converting_units(one, other, alike):
    """700 mu are 466,666.67 m²; a square centimetre of a hectare is a difference."""
    assert amounts.same(pd.Series([one]), pd.Series([other])).tolist() == [alike]
