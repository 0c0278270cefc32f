"""One plot or project on one page: formulas, mends that are tried, what if, waivers, roll-up."""

import documents
import pytest
from builders import box
from click.testing import CliRunner

from landtrack.app import vet
from landtrack.cli.main import main
from landtrack.model import catalog, translations
from landtrack.model.errors import CatalogError, SourceError
from landtrack.output.reports import document, vetting

pytestmark = pytest.mark.usefixtures("read_here", "vets_kept")

EN = translations.load("en")


@pytest.fixture(scope="module")
def park():
    return vet.vet(catalog.place(catalog.demo_place()), lang="en")


def section(result, case, key):
    """The rows and notes of one section, by the first cells."""
    page = documents.sections(vetting.build(result, case), EN)
    return next((each for each in page if each.title == EN(f"vet.{key}")), None)


def outcomes(case):
    return dict(case.findings()[["rule", "outcome"]].values.tolist())


def test_the_page_and_the_findings_table_say_the_same_of_every_plot(park):
    by_plot = park.findings.groupby("plot_id")

    for plot, told in by_plot:
        assert outcomes(vetting.case(park, plot)) == dict(told[["rule", "outcome"]].values.tolist())


def test_a_formula_has_its_numbers_filled_in(park):
    rows = section(park, vetting.case(park, "XP-055"), "indices").rows

    assert rows[0][1].endswith("= 2,500.0 CNY/m²")
    assert "Fixed-asset investment" in rows[0][1]
    assert " ÷ Land area " in rows[0][1]
    assert rows[0][2] == "≥ 2,500 CNY/m² (park: x-park-2006@1)"


def origins(result, name, **changes):
    case = vetting.case(result, name).changed(changes)
    return {row[0]: (row[1], row[2]) for row in section(result, case, "inputs").rows}


def test_each_input_names_the_file_row_and_column_that_it_comes_from(park):
    told = origins(park, "XP-055")

    assert told["Fixed-asset investment"][1] == (
        "declared: ledger.csv, 项目编号 = XM-055, 固定资产投资（万元） (4500 万元 = 45,000,000 CNY)"
    )
    assert told["Floor area counted"][1].startswith("measured: buildings.geojson, XP-055-01, XP-")
    assert told["Environmental approval on"] == (
        "2006-09-27", "declared: ledger.csv, 项目编号 = XM-055, 环评批复日期"
    )


def test_an_input_of_the_layer_itself_names_feature_and_column(site):
    site.basis["land_area"] = "declared"
    site.layer("plots", [
        (box(0, 0, 1, 1), {"no": "Z"}), (box(0, 0, 100, 100), {"no": "A", "mu": 15, "yi": 0.3}),
    ], fields={"plot_id": "no", "land_area_m2": "mu", "fixed_investment_cny": "yi"})
    result = vet.vet(catalog.place(site.folder), lang="en")

    told = origins(result, "A")

    assert told["Land area"][1] == "declared: plots.geojson, feature 2, mu (15 (not used))"
    assert told["Covered ground area"] == ("6,000 m²", "measured: buildings.geojson, b1")
    assert told["Indices verified on"] == ("not known", "stated in no file")


def test_a_ledger_of_plots_names_the_plot(site):
    (site.folder / "ledger.csv").write_text("no,money\nA,3000\n", encoding="utf-8")
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "A"})],
               ledger={"path": "ledger.csv", "key": "no", "on": "plot_id",
                       "fields": {"fixed_investment_cny": {"column": "money", "unit": "万元"}}})

    told = origins(vet.vet(catalog.place(site.folder), lang="en"), "A")

    assert told["Fixed-asset investment"][1] == (
        "declared: ledger.csv, no = A, money (3000 万元 = 30,000,000 CNY)"
    )


def test_an_input_that_is_stated_for_all_or_entered_says_so(site):
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "A"})],
               constants={"fixed_investment_cny": 7}, fields={"plot_id": "plot_id"})
    result = vet.vet(catalog.place(site.folder), lang="en")

    assert origins(result, "A")["Fixed-asset investment"] == ("7 CNY", "stated in catalog.toml")
    assert origins(result, "A", investment_cny=8)["Fixed-asset investment"] == (
        "8 CNY", "what if: entered for this answer"
    )


def test_what_was_asked_stands_on_the_page_beside_what_is_stored(park):
    case = vetting.case(park, "XP-011").changed({"floor_area_m2": "10584"})

    told = section(park, case, "what_if")

    assert told.rows == (("Floor area counted", "8,783 m²", "10,584 m²"),)
    assert told.notes == ("Asked for this answer only; nothing is stored.",)
    assert section(park, vetting.case(park, "XP-011"), "what_if") is None
    assert case.findings()["evidence"].tolist() == [""] * 6


def test_the_levels_of_evidence_stand_side_by_side_with_a_warning(site):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), floor_area_m2=9000)])
    site.layer("buildings", [(box(0, 0, 60, 100), {
        "building_id": "b1", "class": "building", "storeys": 2, "storey_heights_m": "8.1;4",
    })])
    result = vet.vet(catalog.place(site.folder), lang="en")

    told = section(result, vetting.case(result, "A"), "evidence")

    assert told.rows == (
        ("declared floor area", "9,000 m²", "-50.0% against the figure used"),
        ("footprints by storeys", "18,000 m²", "says the same"),
        ("storey by storey", "18,000 m²", "used"),
        ("Figure used", "18,000 m²", "storey by storey"),
    )
    assert told.notes == ("it differs from: declared floor area",)
    note = section(result, vetting.case(result, "A"), "indices").rows[1][-1]
    assert note == "floor area: storey by storey; it differs from: declared floor area"


def test_a_page_is_as_of_its_day_and_by_its_rules(park):
    import dataclasses
    import datetime as dt

    case = dataclasses.replace(vetting.case(park, "XP-001"), rules_on=dt.date(2020, 1, 2))

    assert " · as of 2006-12-31 · by the rules of 2020-01-02 · " in document.said(
        EN, vetting.build(park, case).subtitle
    )


@pytest.mark.parametrize("plot", ["XP-036", "XP-064", "XP-011", "XP-053", "XP-037", "XP-042",
                                  "XP-063", "XP-040"])
def test_every_change_that_is_told_makes_the_index_pass(park, plot):
    case = vetting.case(park, plot)
    failing = [row for row in case.findings().to_dict("records") if row["outcome"] == "fail"]
    assert failing

    for row in failing:
        found = vetting.smallest(case, park.rules[row["rule"]], row)
        assert len(found) == 2  # more of the numerator, or less land
        for change in found:
            assert outcomes(case.changed({change.measure: change.value}))[row["rule"]] == "pass"


def test_more_floor_area_is_also_told_in_storeys_on_the_present_footprint(site):
    """6 000 m² of ground, two storeys of 10 000 m² land: 0.6 needs nothing, 1.5 needs more."""
    site.catalog("""
[[override]]
plot = "A"
rule = "plot-ratio"
relation = ">="
threshold = 2.0
unit = "1"
document = "contract 7"
""")
    result = vet.vet(catalog.place(site.folder))

    rows = section(result, vetting.case(result, "A"), "mends").rows

    assert rows[0][1] == (
        "Floor area counted must grow by 8,000 m² (storeys on the present footprint: 2 more)"
    )
    assert rows[1][1] == "Land area must shrink by 4,000 m² (6.00 mu)"


def test_changes_for_several_failing_indices_come_together_and_by_land_alone(site):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=20e6)])
    site.layer("buildings", [
        (box(0, 0, 30, 100), {"building_id": "b", "class": "building", "storeys": 1}),
    ])
    result = vet.vet(catalog.place(site.folder))

    notes = section(result, vetting.case(result, "A"), "mends").notes

    assert "5 million CNY" in notes[0]
    assert "3,000 m²" in notes[0]
    assert "1,501 m²" in notes[0]
    assert notes[1].endswith("Land area must shrink by 5,000 m² (7.50 mu)")


def test_less_land_that_hurts_another_index_says_so(site):
    site.head["rules"] = ["x-park-2006", "cn-2008"]
    facts = {"accepted_on": "2010-01-01", "office_land_m2": 690, "green_area_m2": 1900,
             "fixed_investment_cny": 20e6}
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), **facts)])
    result = vet.vet(catalog.place(site.folder))

    rows = section(result, vetting.case(result, "A"), "mends").rows

    assert rows[0][2] == EN("vet.unhurt")
    assert rows[1][2] == "would then fail: Office and living land, Greening"


def test_what_if_changes_the_answer_and_nothing_else(park):
    case = vetting.case(park, "XP-011")
    before = park.findings.copy()

    changed = case.changed({"floor_area_m2": "10584", "investment_cny": 1})

    assert outcomes(changed) == outcomes(case) | {
        "plot-ratio": "pass", "investment-intensity": "fail",
    }
    assert outcomes(case)["plot-ratio"] == "fail"
    assert park.findings.equals(before)


def test_what_if_may_change_a_date(park):
    case = vetting.case(park, "XP-059")

    assert outcomes(case)["verified-before-certificate"] == "fail"
    changed = case.changed({"certificate_on": "2006-12-13"})
    assert outcomes(changed)["verified-before-certificate"] == "pass"


@pytest.mark.parametrize(
    ("change", "words"),
    [({"floors": "3"}, "no figure or fact named 'floors'"),
     ({"floor_area_m2": "many"}, "floor_area_m2 = 'many' is not exactly one number")],
)
def test_what_if_of_something_that_is_not_there_is_refused(park, change, words):
    with pytest.raises(CatalogError, match=words):
        vetting.case(park, "XP-011").changed(change)


def test_a_certificate_before_the_verification_names_both_dates_with_their_documents(park):
    timeline = section(park, vetting.case(park, "XP-059"), "timeline")

    assert ("2006-11-19", "Land certificate on", "示意-土2006-059") in timeline.rows
    assert timeline.notes[-1] == (
        "Indices verified before the land certificate: fail (Indices verified on 2006-12-12 "
        "lies after Land certificate on 2006-11-19: out of order)"
    )


@pytest.mark.parametrize(
    ("declared", "flips"), [(10_000, False), (12_000, True)]
)
def test_a_verdict_that_depends_on_the_land_area_says_so(site, declared, flips):
    """25 million on 10 000 m² measured passes; on 12 000 m² declared it fails."""
    site.basis["land_area"] = "declared"
    site.layer("plots", [site.plot(
        "A", box(0, 0, 100, 100), fixed_investment_cny=25e6 * 1.01, land_area_m2=declared,
    )])
    result = vet.vet(catalog.place(site.folder))

    told = section(result, vetting.case(result, "A"), "land_areas")

    assert (told.notes[0].startswith("Investment intensity: the outcome depends")) == flips


@pytest.mark.parametrize(
    ("investment", "near"), [(25e6, True), (26e6, True), (26.3e6, False), (24e6, True)]
)
def test_what_lies_near_its_limit_is_pointed_out(site, investment, near):
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=investment)
    ])
    result = vet.vet(catalog.place(site.folder))

    assert ("within 5% of the limit" in section(
        result, vetting.case(result, "A"), "indices"
    ).rows[0][-1]) == near


WAIVER = """
[[waiver]]
plot = "A"
rule = "investment-intensity"
approver = "park committee"
reason = "moved by the park"
document = "no. 5"
granted_on = 2006-06-01
until = 2006-12-31
"""


@pytest.mark.parametrize(("day", "said"), [("2006-07-01", "fail (waived until 2006-12-31)"),
                                           ("2007-01-01", "fail")])
def test_a_waived_fail_is_shown_as_a_fail_everywhere(site, day, said):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=1)])
    text_of_place = (site.catalog(WAIVER).folder / "catalog.toml").read_text(encoding="utf-8")
    (site.folder / "catalog.toml").write_text(
        text_of_place.replace("[place]", f"[place]\nas_of = {day}"), encoding="utf-8"
    )
    result = vet.vet(catalog.place(site.folder))
    page = vetting.build(result, vetting.case(result, "A"))

    assert page.outcome == "fail"
    assert section(result, vetting.case(result, "A"), "indices").rows[0][4] == said
    assert "park committee" in document.to_text(page, EN)


def test_a_waiver_of_a_plot_that_is_not_there_is_refused(site):
    site.catalog(WAIVER.replace('"A"', '"Z"'))

    with pytest.raises(CatalogError, match=r"no\. 5 names the plot 'Z'"):
        vet.vet(catalog.place(site.folder))


# --- projects over several plots ---------------------------------------------------------------


def test_a_project_is_judged_by_its_sums_and_not_by_averaged_ratios(site):
    """20 million on 1 000 m² and on 9 000 m²: 20 000 and 2 222 a plot, 4 000 the project."""
    site.layer("plots", [
        site.plot("A", box(0, 0, 10, 100), project_id="P", fixed_investment_cny=20e6),
        site.plot("B", box(20, 0, 110, 100), project_id="P", fixed_investment_cny=20e6),
        site.plot("C", box(200, 0, 300, 100), project_id="Q", fixed_investment_cny=None),
    ], amounts_of="plot")
    result = vet.vet(catalog.place(site.folder))
    intensity = result.findings[result.findings["rule"] == "investment-intensity"]
    assert intensity["outcome"].tolist() == ["pass", "fail", "unknown"]

    whole = result.projects
    whole = whole[whole["rule"] == "investment-intensity"].set_index("plot_id")

    assert whole.loc["P", ["value", "outcome"]].tolist() == [4000.0, "pass"]
    assert whole.loc["Q", "outcome"] == "unknown"
    case = vetting.case(result, "P")
    assert case.plots == ("A", "B")
    assert case.findings()["value"].iloc[0] == 4000.0


def test_the_page_of_a_project_tells_the_whole_and_each_plot(site):
    site.layer("plots", [
        site.plot("A", box(0, 0, 10, 100), project_id="P", fixed_investment_cny=20e6),
        site.plot("B", box(20, 0, 110, 100), project_id="P", fixed_investment_cny=20e6),
    ], amounts_of="plot")
    result = vet.vet(catalog.place(site.folder), lang="en")

    for name in ("P", "A"):
        page = documents.sections(vetting.build(result, vetting.case(result, name)), EN)
        told = next(each for each in page if each.title == "The whole of project P")
        assert [row[:2] for row in told.rows] == [
            ("project P", "4,000.0 CNY/m²: pass"), ("A", "20,000.0 CNY/m²: pass"),
            ("B", "2,222.2 CNY/m²: fail"),
        ]


def test_a_waiver_and_an_override_may_name_a_project(site):
    site.layer("plots", [
        site.plot("A", box(0, 0, 50, 100), project_id="P"),
        site.plot("B", box(50, 0, 100, 100), project_id="P"),
        site.plot("C", box(200, 0, 300, 100), project_id="Q"),
    ])
    site.catalog("".join(f"""
[[override]]
plot = "{name}"
rule = "building-coverage"
relation = ">="
threshold = 70
unit = "%"
document = "contract {name}"
""" for name in "PQ"))

    result = vet.vet(catalog.place(site.folder), lang="en")

    limits = result.findings.set_index(["plot_id", "rule"])["threshold"].unstack()
    assert limits["building-coverage"].to_dict() == {"A": 0.45, "B": 0.45, "C": 0.7}
    whole = result.projects.set_index(["plot_id", "rule"])["threshold"].unstack()
    assert whole["building-coverage"].to_dict() == {"P": 0.7, "Q": 0.7}
    for name, limit in {"P": 0.7, "Q": 0.7, "C": 0.7, "A": 0.45}.items():
        case = vetting.case(result, name)
        assert case.findings().set_index("rule")["threshold"]["building-coverage"] == limit


@pytest.mark.parametrize("others", [["B"], ["B", "C"], ["1", "B"]])
def test_which_of_a_plot_and_a_project_of_one_number_is_meant_is_asked(site, others):
    shapes = {"1": box(0, 0, 100, 100), "B": box(200, 0, 300, 100), "C": box(400, 0, 500, 100)}
    site.layer("plots", [
        site.plot(name, shape, project_id="1" if name in others else f"P{name}")
        for name, shape in shapes.items()
    ])
    result = vet.vet(catalog.place(site.folder))

    with pytest.raises(SourceError, match="'1' is a plot of") as asked:
        vetting.case(result, "1")
    plot, project = vetting.case(result, "plots:1"), vetting.case(result, "project:1")

    assert asked.value.mend == "Name the one that is meant: plots:1 or project:1."
    assert plot.plots == ("1",)
    assert project.plots == tuple(others)
    verdicts = result.findings[result.findings["plot_id"] == "1"].set_index("rule")["outcome"]
    assert outcomes(plot) == verdicts.to_dict()
    if result.projects is not None:  # a project of one plot has no verdict of its own
        own = result.projects[result.projects["plot_id"] == "1"].set_index("rule")["outcome"]
        assert outcomes(project) == own.to_dict()


def test_a_plot_stands_as_the_project_of_its_own_number_does(site):
    site.layer("plots", [
        site.plot("1", box(0, 0, 50, 100), project_id="1"),
        site.plot("B", box(50, 0, 100, 100), project_id="1", fixed_investment_cny=None),
    ])
    result = vet.vet(catalog.place(site.folder))

    found = vetting.case(result, "plots:1").findings().set_index("rule")

    run = result.findings[result.findings["plot_id"] == "1"].set_index("rule")
    assert found["outcome"].to_dict() == run["outcome"].to_dict()
    assert found["value"].fillna(-1).to_dict() == pytest.approx(run["value"].fillna(-1).to_dict())


def test_a_plot_that_is_the_whole_of_the_project_of_its_number_is_not_asked(site):
    site.layer("plots", [site.plot("1", box(0, 0, 100, 100), project_id="1")])
    result = vet.vet(catalog.place(site.folder))

    for name in ("1", "plots:1", "project:1"):
        assert vetting.case(result, name).plots == ("1",)
    with pytest.raises(SourceError, match="no plot or project 'project:2'"):
        vetting.case(result, "project:2")


def test_a_project_of_which_one_plot_is_not_known_is_unknown(site):
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), project_id="P"),
        site.plot("B", box(200, 0, 300, 100), project_id="P", fixed_investment_cny=None),
    ])
    result = vet.vet(catalog.place(site.folder))

    table = result.projects.set_index("rule")

    assert table.loc["investment-intensity", "outcome"] == "unknown"
    assert outcomes(vetting.case(result, "P"))["investment-intensity"] == "unknown"


def test_a_plot_that_is_not_there_names_some_that_are(park):
    with pytest.raises(SourceError, match=r"no plot or project 'X'(.|\n)*XP-001"):
        vetting.case(park, "X")


# --- the commands ------------------------------------------------------------------------------


def typed(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    ("plot", "status"), [("XP-001", 0), ("XP-011", 1), ("XP-065", 3), ("XP-999", 2)]
)
def test_vet_prints_a_page_and_its_status_says_how_it_came_out(plot, status):
    assert typed("vet", plot).exit_code == status


def test_vet_asks_what_if():
    assert typed("vet", "XP-011", "--set", "floor_area_m2=10584").exit_code == 0
    assert "Write name=value" in typed("vet", "XP-011", "--set", "floor_area_m2").stderr


def test_the_rules_can_be_listed_shown_tested_and_compared(tmp_path):
    assert "cn-2008@1" in typed("rules", "list").stdout
    shown = typed("rules", "show", "cn-2023", "--lang", "en").stdout
    assert "36      ≥ 0.8  [limit not verified against the official document]" in shown
    assert "30 × the limit is not filled in" in shown
    assert typed("rules", "test", "x-park-2006").stdout == (
        "x-park-2006@1: 6 rules hold their 33 samples\n"
    )
    assert typed("rules", "diff", "cn-2008", "cn-2008").exit_code == 0
    changed = tmp_path / "cn-2008.toml"
    shipped = catalog.data_file("rules", "cn-2008").read_text(encoding="utf-8")
    changed.write_text(shipped.replace("threshold = 30\n", "threshold = 29\n"), encoding="utf-8")
    differs = typed("rules", "diff", "cn-2008", changed)
    assert differs.exit_code == 1
    assert differs.stdout == "building-coverage\n  - ≥ 30 % (二)\n  + ≥ 29 % (二)\n"
    assert "has no sample exactly on the limit 0.29" in typed("rules", "test", changed).stderr
