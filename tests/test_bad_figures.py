"""Figures, dates and codes as they come: each is judged, or named as an issue, never passed by."""

import documents
import pytest
from builders import box

from landtrack.app import vet
from landtrack.model import catalog, translations
from landtrack.output.reports import document, vetting

pytestmark = pytest.mark.usefixtures("read_here")
EN = translations.load("en")
WHOLE = {
    "fixed_investment_cny": 26e6, "land_area_m2": 10_000, "floor_area_m2": 7000,
    "covered_area_m2": 5000,
}


def vetted(site, rules="x-park-2006", **facts):
    """One hectare of declared figures that pass, but for those given."""
    site.head["rules"] = rules
    site.basis.update(land_area="declared", floor_area="declared", covered_area="declared")
    site.layer("plots", [(box(0, 0, 100, 100), {"plot_id": "A", **WHOLE, **facts})])
    return vet.vet(catalog.place(site.folder), lang="en")


def issues_of(result):
    told = result.issues[result.issues["feature_id"] == "A"]
    return set(zip(told["issue"], told["field"], strict=True))


def outcome(result, rule):
    return result.findings.set_index("rule")["outcome"][rule]


ALL_THREE = ("investment-intensity", "plot-ratio", "building-coverage")


@pytest.mark.parametrize(
    ("facts", "issue", "rules"),
    [
        pytest.param({"land_area_m2": 0}, ("area_differs", "land_area_m2"), ALL_THREE,
                     id="no land at all"),
        pytest.param({"land_area_m2": -5}, ("out_of_range", "land_area_m2"), ALL_THREE,
                     id="less than no land"),
        pytest.param({"land_area_m2": "many"}, ("not_a_number", "land_area_m2"), ALL_THREE,
                     id="land in words"),
        pytest.param({"floor_area_m2": -1}, ("out_of_range", "floor_area_m2"), ("plot-ratio",),
                     id="less than no floor"),
        pytest.param({"floor_area_m2": "约7000"}, ("not_a_number", "floor_area_m2"),
                     ("plot-ratio",), id="about so much floor"),
        pytest.param({"fixed_investment_cny": "两千万"}, ("not_a_number", "fixed_investment_cny"),
                     ("investment-intensity",), id="money in words"),
        pytest.param({"fixed_investment_cny": "1e999"}, ("not_a_number", "fixed_investment_cny"),
                     ("investment-intensity",), id="endless money"),
    ],
)
def test_a_figure_of_no_use_is_an_issue_and_what_rests_on_it_unknown(site, facts, issue, rules):
    result = vetted(site, **facts)

    assert issue in issues_of(result)
    assert {rule for rule in ALL_THREE if outcome(result, rule) == "unknown"} == set(rules)
    assert {outcome(result, rule) for rule in set(ALL_THREE) - set(rules)} <= {"pass"}


@pytest.mark.parametrize("blank", ["-", "—", "", " ", "无", None])
def test_what_people_write_for_nothing_is_missing_and_unknown(site, blank):
    result = vetted(site, fixed_investment_cny=blank)

    assert outcome(result, "investment-intensity") == "unknown"


@pytest.mark.parametrize("typed", [2600, 26_000_000_000_000])
def test_money_in_the_wrong_unit_is_warned_of_and_judged_as_it_stands(site, typed):
    result = vetted(site, fixed_investment_cny=typed)

    assert ("investment_magnitude", "fixed_investment_cny") in issues_of(result)
    assert outcome(result, "investment-intensity") == ("fail" if typed == 2600 else "pass")


@pytest.mark.parametrize(
    ("code", "year", "issue"),
    [
        ("38", 2002, ("industry_code_unknown", "industry_code")),
        ("00", 2017, ("industry_code_unknown", "industry_code")),
        ("98", 2017, ("industry_code_unknown", "industry_code")),
        ("C", 2017, ("industry_code_unknown", "industry_code")),
        ("39", 1999, ("industry_code_unknown", "industry_code")),
        ("39", None, ("industry_year_missing", "industry_year")),
        ("39", "2017年版", ("not_a_number", "industry_year")),
    ],
)
def test_an_industry_code_that_says_nothing_is_an_issue_and_no_guess(site, code, year, issue):
    result = vetted(site, "cn-2008", industry_code=code, industry_year=year, land_grade=1)

    assert issue in issues_of(result)
    assert outcome(result, "plot-ratio") == "unknown"


@pytest.mark.parametrize(
    ("approved", "permitted", "told"),
    [
        ("2006-06-02", "2006年6月1日", "fail"),
        ("2006/6/1", "20060602", "pass"),
        ("2006.6.1", "2006-06-01", "pass"),
        ("2006-02-30", "2006-06-01", "unknown"),
        ("01/06/2006", "2006-06-01", "unknown"),
        ("六月", "2006-06-01", "unknown"),
    ],
)
def test_dates_in_several_forms_are_read_or_named_and_their_order_judged(
    site, approved, permitted, told
):
    result = vetted(site, eia_approved_on=approved, construction_permit_on=permitted)

    assert outcome(result, "environment-first") == told
    assert (("not_a_date", "eia_approved_on") in issues_of(result)) == (told == "unknown")


@pytest.mark.parametrize(
    ("unit", "cell", "value"), [("%", "45", 0.45), ("share", "0.45", 0.45), ("%", "0.45", 0.0045)]
)
def test_a_percentage_is_what_its_unit_says(tmp_path, unit, cell, value):
    shipped = catalog.data_file("rules", "x-park-2006").read_text(encoding="utf-8")
    path = tmp_path / "x-park-2006.toml"
    path.write_text(
        shipped.replace('threshold = 45\nunit = "%"', f'threshold = {cell}\nunit = "{unit}"'),
        encoding="utf-8",
    )

    assert catalog.rule_pack_of(path).rule[2].threshold == value


def test_the_demo_place_shows_each_kind_of_verdict():
    park = vet.vet(catalog.place(catalog.demo_place()), lang="en")
    findings = park.findings
    indices = findings["unit"] != "d"

    def shown(plot, rule):
        case = vetting.case(park, plot)
        return vetting.build(park, case), case.findings().set_index("rule").loc[rule]

    assert set(findings.loc[indices, "outcome"]) == {"pass", "fail", "unknown"}
    for rule in ("environment-first", "verified-before-certificate"):
        told = set(findings.loc[findings["rule"] == rule, "outcome"])
        assert {"pass", "fail", "not_applicable"} <= told
    assert shown("XP-071", "environment-first")[1]["outcome"] == "unknown"
    page, waived = shown("XP-042", "building-coverage")
    assert (page.outcome, waived["waived_until"]) == ("fail", "2007-12-31")
    assert "fail (waived until 2007-12-31)" in document.to_text(page, EN)
    page, own = shown("XP-004", "plot-ratio")
    assert (own["outcome"], own["upper"]) == ("pass", 1.8)
    assert "limit of this plot: 示意-合同2006-004" in document.to_text(page, EN)
    assert "within 5% of the limit" in document.to_text(shown("XP-062", "plot-ratio")[0], EN)
    page, _ = shown("XP-045", "plot-ratio")
    assert any(each.title == EN("vet.land_areas") for each in documents.sections(page, EN))
