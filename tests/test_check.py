"""Rules judge measures: the outcomes, the margin, the smallest fix, the samples."""

import numpy as np
import pytest
from builders import own_measures, pack, rule
from hypothesis import given, strategies as st

from landtrack import catalog, check
from landtrack.errors import CatalogError, TableError
from landtrack.model import Outcome, Sample

AREA = 10_000.0


def judged(one, numerator, denominator=AREA):
    measures = own_measures(A={one.numerator: numerator, one.denominator: denominator})
    return check.evaluate(measures, pack(one)).iloc[0]


@pytest.mark.parametrize(
    ("relation", "floor", "outcome"),
    [
        pytest.param(">=", 6000.0, "pass", id="exactly on a floor limit passes"),
        pytest.param(">=", 5999.99, "fail", id="a square centimetre below fails"),
        pytest.param(">=", 5950.0, "fail", id="0.595 is not rounded up to 0.60"),
        pytest.param(">=", 0.0, "fail", id="nothing built is a fail, not a missing value"),
        pytest.param(">", 6000.0, "fail", id="exactly on a strict limit fails"),
        pytest.param(">", 6000.01, "pass", id="just above a strict limit passes"),
        pytest.param("<=", 6000.0, "pass", id="exactly on a ceiling passes"),
        pytest.param("<=", 6000.01, "fail", id="above a ceiling fails"),
        pytest.param("<", 6000.0, "fail", id="exactly on a strict ceiling fails"),
        pytest.param("==", 6000.0, "pass", id="the same is equal"),
        pytest.param("==", 6000.01, "fail", id="nearly the same is not"),
        pytest.param(">=", None, "unknown", id="a missing input is never a pass"),
    ],
)
def test_a_value_is_compared_unrounded_with_its_limit(relation, floor, outcome):
    assert judged(rule(relation=relation), floor).outcome == outcome


@pytest.mark.parametrize(
    ("floor", "outcome", "margin", "fix"),
    [
        (6999.99, "fail", -0.000001, 0.01),
        (7000.0, "pass", 0.0, None),
        (12_000.0, "pass", 0.5, None),
        (18_000.0, "pass", 0.0, None),
        (18_000.01, "fail", 0.000001, -0.01),
        (None, "unknown", None, None),
    ],
)
def test_between_allows_both_of_its_limits_and_is_mended_at_the_nearer(floor, outcome, margin, fix):
    """The contract of Beihai 2023GC07007: not less than 0.7 and not more than 1.8."""
    finding = judged(rule(relation="between", threshold=0.7, upper=1.8), floor)

    assert finding.outcome == outcome
    assert finding.margin == pytest.approx(np.nan if margin is None else margin, nan_ok=True)
    assert finding.fix == pytest.approx(np.nan if fix is None else fix, nan_ok=True)


@pytest.mark.parametrize(
    ("floor", "land", "reason"),
    [
        (None, AREA, "floor_area_m2"),
        (6000.0, None, "land_area_m2"),
        (None, None, "floor_area_m2,land_area_m2"),
        (6000.0, 0.0, "land_area_m2"),
        (6000.0, -5.0, "land_area_m2"),
    ],
)
def test_unknown_names_each_input_that_is_missing_or_of_no_use(floor, land, reason):
    finding = judged(rule(), floor, land)

    assert (finding.outcome, finding.reason) == ("unknown", reason)
    assert np.isnan(finding.value)
    assert np.isnan(finding.fix)


def test_a_fail_says_how_much_is_missing():
    finding = judged(rule(), 4500.0)

    assert finding.value == 0.45
    assert finding.margin == pytest.approx(-0.15)
    assert finding.fix == pytest.approx(1500.0)  # 0.6 x 10 000 - 4 500


def test_a_pass_needs_no_fix_and_gives_no_reason():
    finding = judged(rule(), 7000.0)

    assert (finding.outcome, finding.reason) == ("pass", "")
    assert np.isnan(finding.fix)


@pytest.mark.parametrize("noise", [1 - 1e-12, 1 + 1e-12])
def test_rounding_of_measured_areas_does_not_move_a_value_off_the_limit(noise):
    """Exactly 45 % fails `> 45 %`, exactly 0.6 passes `>= 0.6`, however they were measured."""
    strict = rule(relation=">", threshold=0.45)

    assert judged(strict, 4500.0 * noise).outcome == "fail"
    assert judged(rule(), 6000.0 * noise).outcome == "pass"


@given(floor=st.floats(0, 1e7), more=st.floats(0, 1e3))
def test_raising_a_minimum_never_turns_a_fail_into_a_pass(floor, more):
    measures = own_measures(A={"floor_area_m2": floor, "land_area_m2": AREA})
    rules = pack(rule(id="low"), rule(id="high", threshold=0.6 + more))

    outcomes = check.evaluate(measures, rules)["outcome"].tolist()

    assert outcomes != ["fail", "pass"]


@given(floor=st.floats(0, 1e7), land=st.floats(1, 1e7))
def test_the_fix_is_enough_and_not_much_more_than_enough(floor, land):
    finding = judged(rule(), floor, land)

    if finding.outcome == "fail":
        assert judged(rule(), floor + finding.fix, land).outcome == "pass"
        assert judged(rule(), floor + finding.fix * 0.999, land).outcome == "fail"


def test_findings_come_plot_by_plot_in_the_order_of_the_rules():
    figures = {"floor_area_m2": 7000, "land_area_m2": AREA}
    table = check.evaluate(
        own_measures(B=figures, A=figures), pack(rule(id="one"), rule(id="two"))
    )

    assert table[["plot_id", "rule"]].values.tolist() == [
        ["B", "one"], ["B", "two"], ["A", "one"], ["A", "two"],
    ]
    assert set(table["rule_version"]) == {"test@1"}


def test_a_rule_on_a_measure_that_is_not_there_is_a_wrong_call():
    with pytest.raises(TableError, match="needs the measure green_area_m2"):
        check.evaluate(own_measures(A={"land_area_m2": 1}), pack(rule(numerator="green_area_m2")))


def test_measures_that_say_a_thing_twice_are_refused():
    twice = own_measures(A={"land_area_m2": 1})
    with pytest.raises(TableError, match="twice for plot A"):
        check.require_unique(twice.loc[[0, 0]])


PASS, LINE, FAIL = (
    Sample(value=0.7, outcome=Outcome.PASS), Sample(value=0.6, outcome=Outcome.PASS),
    Sample(value=0.5, outcome=Outcome.FAIL),
)


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        pytest.param((PASS, LINE), "no sample that must fail", id="cannot fail"),
        pytest.param((FAIL,), "no sample that must pass", id="cannot pass"),
        pytest.param((PASS, FAIL), "exactly on the limit", id="the line is not tried"),
        pytest.param(
            (PASS, LINE, Sample(value=0.61, outcome=Outcome.FAIL)), "comes out as pass, not fail",
            id="an inverted rule is caught",
        ),
        pytest.param(
            (PASS, LINE, FAIL, Sample(outcome=Outcome.PASS)), "comes out as unknown",
            id="a missing value that passes is caught",
        ),
    ],
)
def test_a_rule_that_its_samples_do_not_prove_is_refused(samples, words):
    with pytest.raises(CatalogError, match=words):
        check.try_samples(pack(rule(sample=samples)))


@pytest.mark.parametrize("name", catalog.data_files("rules"))
def test_every_shipped_pack_holds_its_own_samples(name):
    loaded = catalog.rule_pack(name)

    check.try_samples(loaded)
    assert all(each.clause for each in loaded.rule)
    assert loaded.source
