"""What other systems got wrong, and what landtrack makes of the same data."""

import pytest
from builders import box, facts, own_measures, pack, rule

from landtrack.app import vet
from landtrack.assessment import rules as check
from landtrack.assessment.rules import verdicts
from landtrack.model import Outcome, Sample, catalog
from landtrack.model.errors import CatalogError

LAND = 10_000.0


def judged(*rules, **figures):
    measures = own_measures(A={"land_area_m2": LAND, "floor_area_m2": 7000.0} | figures)
    return check.evaluate(measures, pack(*rules))


def test_a_ratio_that_is_turned_over_does_not_pass_its_own_samples():
    """SOLA: "at least 90 % complete" computed total by completed, true for all but the empty.

    Every sample of a bare value holds for the rule turned over, too; that of its inputs not.
    """
    turned = rule(numerator="land_area_m2", denominator="floor_area_m2")

    with pytest.raises(CatalogError, match=r"land_area_m2 10\.0 comes out as pass, not fail"):
        check.try_samples(pack(turned))


def test_a_rule_whose_samples_would_not_notice_is_refused():
    bare = tuple(each for each in rule().sample if not each.inputs)
    same = Sample(inputs={"floor_area_m2": 1.0, "land_area_m2": 1.0}, outcome=Outcome.PASS)

    for samples in (bare, (*bare, same)):
        with pytest.raises(CatalogError, match="floor_area_m2 ÷ land_area_m2 from its inverse"):
            check.try_samples(pack(rule(sample=samples)))


def test_the_pair_that_may_stand_for_an_index_is_tried_like_the_first():
    text = catalog.data_file("rules", "cn-2008").read_text(encoding="utf-8")
    whole = catalog.rule_pack("cn-2008")
    office = next(each for each in whole.rule if each.id == "office-land-share")
    without = tuple(each for each in office.sample if "office_floor_area_m2" not in each.inputs)

    assert 'instead = ["office_floor_area_m2", "gross_floor_area_m2"]' in text
    with pytest.raises(CatalogError, match="office_floor_area_m2 ÷ gross_floor_area_m2 from"):
        check.try_samples(pack(rule(**{
            name: getattr(office, name) for name in (
                "id", "measure", "numerator", "denominator", "instead", "relation", "threshold",
            )
        }, sample=without)))


@pytest.mark.parametrize(
    ("limits", "verdict"),
    [((0.6, 0.6, 0.6, 0.6, 0.6), "pass"), ((0.6, 0.6, 0.6, 0.6, 0.71), "fail")],
)
def test_one_rule_of_five_that_is_broken_is_not_averaged_away(limits, verdict):
    """zok213/RealEstate: a mean score of 95 or more was a pass, whatever was broken."""
    findings = judged(*(rule(id=f"r{at}", threshold=limit) for at, limit in enumerate(limits)))

    assert verdicts.by_subject(["A"], findings).tolist() == [verdict]


def test_a_missing_input_is_never_given_a_value_of_its_own():
    """zok213/RealEstate: a missing green area counted as 15 %, above its limit of 10 %."""
    green = rule(
        measure="green_share", numerator="green_area_m2", relation=">=", threshold=0.10, unit="%"
    )

    finding = judged(green, green_area_m2=None).iloc[0]

    assert (finding.outcome, finding.reason) == ("unknown", "green_area_m2")


@pytest.mark.parametrize(
    ("declared", "told"), [(10_500, False), (10_501, True), (60_000, True), (9499, True)]
)
def test_a_tolerance_of_five_per_cent_is_five_per_cent(site, declared, told):
    """PLUTO: (a - b) / b < 5 let lots pass that were five times too large."""
    site.basis["area_tolerance"] = 0.05
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), land_area_m2=declared)])

    issues = vet.vet(catalog.place(site.folder)).issues["issue"]

    assert ("area_differs" in set(issues)) == told


@pytest.mark.parametrize("share", [5, 1, -0.01])
def test_a_tolerance_that_is_no_share_is_refused(site, share):
    site.basis["area_tolerance"] = share
    site.catalog()

    with pytest.raises(CatalogError, match="area_tolerance"):
        catalog.place(site.folder)


def test_a_limit_that_is_missing_does_not_relax_the_rule(tmp_path, monkeypatch):
    """UrbanSim: the least of several limits skipped those that were NaN."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "cn-2008-plot-ratio.csv").write_text(
        "industry,threshold,upper,verified,source\n40,1.0,,true,x\n39,,,true,x\n"
    )
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))
    loaded = catalog.rule_pack("cn-2008")
    known = {"industry_code": "39", "industry_year": 2002, "office_land_m2": 1.0,
             "green_area_m2": 1.0, "gross_floor_area_m2": 1.0, "office_floor_area_m2": 1.0}
    figures = {"land_area_m2": LAND, "floor_area_m2": 1e9, "covered_area_m2": 1.0,
               "fixed_investment_cny": 1.0}

    told = check.evaluate(own_measures(A=figures), loaded, facts=facts(A=known)).set_index("rule")

    assert told.loc["plot-ratio", "outcome"] == "unknown"


def test_nothing_built_does_not_meet_a_minimum(site):
    """SimPLU3D: an empty configuration returned true."""
    site.layer("buildings", [(box(500, 0, 510, 10), {
        "building_id": "far", "class": "building", "storeys": 1,
    })])

    told = vet.vet(catalog.place(site.folder)).findings.set_index("rule")

    assert told.loc["plot-ratio", ["value", "outcome"]].tolist() == [0.0, "fail"]
    assert told.loc["building-coverage", ["value", "outcome"]].tolist() == [0.0, "fail"]


def test_where_nothing_is_known_of_buildings_a_minimum_is_unknown(site):
    del site.entries["buildings.geojson"]
    site.catalog()

    told = vet.vet(catalog.place(site.folder)).findings.set_index("rule")

    assert told.loc["plot-ratio", "outcome"] == "unknown"


def test_no_rule_at_all_is_no_pass():
    assert verdicts.by_subject(["A"], judged().iloc[:0]).tolist() == ["not_judged"]


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        pytest.param("", None, id="empty is not known"),
        pytest.param("-", "'-' is no number", id="a dash is refused"),
        pytest.param("0", "the limit 0 is none", id="and so is nought"),
        pytest.param("nan", "'nan' is no number", id="and no number"),
        pytest.param("inf", "'inf' is no number", id="and endless"),
    ],
)
def test_an_empty_cell_a_dash_and_a_nought_are_three_things(tmp_path, monkeypatch, cell, told):
    """PLUTO: null and "-" were mixed in the table of limits, one of them meaning "suppress"."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "cn-2023-plot-ratio.csv").write_text(
        f"industry,threshold,verified,source\n39,{cell},true,x\n"
    )
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    if told is None:
        assert catalog.rule_pack("cn-2023").rule[0].table.rows[0].threshold is None
        return
    with pytest.raises(CatalogError, match=told):
        catalog.rule_pack("cn-2023")


@pytest.mark.parametrize(
    ("stated", "value", "outcome"), [(0, 0.0, "fail"), (None, None, "unknown")]
)
def test_nought_is_a_figure_and_not_a_missing_one(site, stated, value, outcome):
    """db-pluto: a floor-area ratio of 0 stood for "not known"."""
    site.basis["floor_area"] = "declared"
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), floor_area_m2=stated)])

    told = vet.vet(catalog.place(site.folder)).findings.set_index("rule")

    assert told.loc["plot-ratio", "outcome"] == outcome
    assert told.loc["plot-ratio", "value"] == value or value is None


def test_a_ratio_is_not_rounded_before_it_is_judged():
    """PLUTO rounds to two decimals before use: 0.595 would read 0.60."""
    assert judged(rule(), floor_area_m2=5950.0).iloc[0].outcome == "fail"
