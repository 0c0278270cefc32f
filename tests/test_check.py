"""Rules judge measures: the outcomes, the margin, the smallest fix, the samples."""

import numpy as np
import pytest
from builders import facts, own_measures, pack, rule, sequence
from hypothesis import given, strategies as st

from landtrack.assessment import rules as check
from landtrack.model import Outcome, Sample, catalog
from landtrack.model.errors import CatalogError, TableError

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


@pytest.mark.parametrize("limit", [1e-6, 0.6, 2500.0, 1e9])
def test_rounding_is_seen_in_proportion_to_the_limit(limit):
    one = rule(threshold=limit)

    assert judged(one, limit * (1 - 1e-12), 1.0).outcome == "pass"
    assert judged(one, limit * (1 - 1e-6), 1.0).outcome == "fail"


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
QUOTIENT = Sample(inputs={"floor_area_m2": 5.0, "land_area_m2": 10.0}, outcome=Outcome.FAIL)


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        pytest.param((PASS, LINE), "no sample that must fail", id="cannot fail"),
        pytest.param((FAIL,), "no sample that must pass", id="cannot pass"),
        pytest.param((PASS, FAIL), "exactly on the limit", id="the line is not tried"),
        pytest.param(
            (PASS, LINE, QUOTIENT, Sample(value=0.61, outcome=Outcome.FAIL)),
            "comes out as pass, not fail", id="an inverted rule is caught",
        ),
        pytest.param(
            (PASS, LINE, FAIL, QUOTIENT, Sample(outcome=Outcome.PASS)), "comes out as unknown",
            id="a missing value that passes is caught",
        ),
    ],
)
def test_a_rule_that_its_samples_do_not_prove_is_refused(samples, words):
    with pytest.raises(CatalogError, match=words):
        check.try_samples(pack(rule(sample=samples)))


@pytest.mark.parametrize(
    "inputs",
    [
        pytest.param((), id="no sample states what is divided"),
        pytest.param(({"floor_area_m2": 9.0, "land_area_m2": 10.0},), id="passes either way"),
    ],
)
def test_a_rule_whose_samples_do_not_tell_what_is_divided_by_what_is_refused(inputs):
    samples = (PASS, LINE, FAIL, *(Sample(inputs=each, outcome=Outcome.PASS) for each in inputs))

    with pytest.raises(CatalogError) as refused:
        check.try_samples(pack(rule(sample=samples)))

    said = str(refused.value)
    assert "no sample that tells floor_area_m2 ÷ land_area_m2 from its inverse" in said
    assert "inputs = { floor_area_m2 = …, land_area_m2 = … }" in said


def test_the_inverse_is_what_both_inputs_exchanged_give():
    """17 ÷ 10 passes, 10 ÷ 17 fails: the sample proves it; 10 ÷ 10 and 17 ÷ 17 would not."""
    told = Sample(inputs={"floor_area_m2": 17.0, "land_area_m2": 10.0}, outcome=Outcome.PASS)

    assert check.try_samples(pack(rule(sample=(PASS, LINE, FAIL, told)))) == 4


def test_an_index_that_divides_by_nothing_has_no_inverse():
    assert check.try_samples(pack(rule(denominator="", sample=(PASS, LINE, FAIL)))) == 3


def test_a_sample_that_comes_out_otherwise_is_told_as_it_is_stated():
    wrong = Sample(
        inputs={"floor_area_m2": 7.0, "land_area_m2": 10.0}, facts={"capital": "x"},
        outcome=Outcome.FAIL,
    )
    said = "the sample floor_area_m2 7.0, land_area_m2 10.0, capital x comes out as pass, not fail"
    with pytest.raises(CatalogError, match=said):
        check.try_samples(pack(rule(sample=(PASS, LINE, FAIL, QUOTIENT, wrong))))
    with pytest.raises(CatalogError, match=r"the sample 0\.7 with capital x comes out as pass"):
        check.try_samples(pack(rule(sample=(
            PASS, LINE, FAIL, QUOTIENT,
            Sample(value=0.7, facts={"capital": "x"}, outcome=Outcome.FAIL),
        ))))


def in_turn(first, second, outcome, **facts):
    return Sample(facts={
        "eia_approved_on": first, "construction_permit_on": second, **facts
    }, outcome=outcome)


IN_TURN = in_turn("2006-05-01", "2006-05-02", Outcome.PASS, capital="x")
SAME_DAY = in_turn("2006-05-01", "2006-05-01", Outcome.PASS, capital="x")
TURNED = in_turn("2006-05-02", "2006-05-01", Outcome.FAIL, capital="x")


@pytest.mark.parametrize(
    ("samples", "words"),
    [
        pytest.param((IN_TURN, SAME_DAY, TURNED), None, id="proved"),
        pytest.param((IN_TURN, TURNED), "no sample exactly on the same day", id="no same day"),
        pytest.param(
            (IN_TURN, SAME_DAY, TURNED,
             in_turn("2006-05-01", "2006-05-02", Outcome.UNKNOWN)), None,
            id="for whom is not stated: unknown",
        ),
        pytest.param(
            (IN_TURN, SAME_DAY, TURNED, in_turn("2006-05-01", None, Outcome.NOT_APPLICABLE)), None,
            id="not due, whoever it is for",
        ),
        pytest.param(
            (IN_TURN, SAME_DAY, TURNED,
             in_turn("2006-05-02", "2006-05-01", Outcome.NOT_APPLICABLE, capital="y")), None,
            id="for others",
        ),
        pytest.param(
            (IN_TURN, SAME_DAY, TURNED,
             in_turn("2006-05-01", "2006-05-02", Outcome.PASS, capital="x",
                     accepted_on="1999-01-01")), None,
            id="a sample is tried whatever its day",
        ),
    ],
)
def test_the_samples_of_a_sequence_are_dates(samples, words):
    one = pack(sequence(applies_to={"capital": ("x",)}, sample=samples))

    if words is None:
        assert check.try_samples(one) == len(samples)
        return
    with pytest.raises(CatalogError, match=words):
        check.try_samples(one)


@pytest.mark.parametrize("name", catalog.data_files("rules"))
def test_every_shipped_pack_holds_its_own_samples(name):
    loaded = catalog.rule_pack(name)

    check.try_samples(loaded)
    assert all(each.clause for each in loaded.rule)
    assert loaded.source


NATIONAL = [catalog.rule_pack("cn-2008"), catalog.rule_pack("cn-2023")]
ELECTRONICS = {
    "industry_code": "40", "industry_year": 2002, "land_grade": 3, "accepted_on": "2010-01-01",
    "office_land_m2": 700.0, "office_floor_area_m2": None, "gross_floor_area_m2": None,
    "green_area_m2": 2000.0, "annual_output_cny": None, "annual_tax_cny": None,
}
FIGURES = {"fixed_investment_cny": 44e6, "land_area_m2": AREA, "floor_area_m2": 10_000,
           "covered_area_m2": 3000}


def nationally(**changes):
    """Judge a plant for electronics that meets every index of 2008 exactly."""
    table = check.evaluate(
        own_measures(A={name: changes.pop(name, value) for name, value in FIGURES.items()}),
        NATIONAL, facts=facts(A=ELECTRONICS | changes),
    )
    return table.set_index("rule")


def test_the_indices_of_2008_pass_exactly_on_their_lines():
    table = nationally()

    assert table[table["outcome"] == "pass"].index.tolist() == [
        "investment-intensity", "plot-ratio", "building-coverage", "office-land-share",
        "green-share",
    ]
    assert set(table.loc[table["outcome"] == "pass", "rule_version"]) == {"cn-2008@1"}
    assert table.loc["investment-intensity", "threshold"] == 4400.0
    assert not table.loc["green-share", "verified"]
    assert table.loc["building-coverage", "verified"]


@pytest.mark.parametrize(
    ("rule_id", "change"),
    [
        ("investment-intensity", {"fixed_investment_cny": 44e6 - 1}),
        ("plot-ratio", {"floor_area_m2": 9999.9}),
        ("building-coverage", {"covered_area_m2": 2999.9}),
        ("office-land-share", {"office_land_m2": 700.1}),
        ("office-land-share", {"office_land_m2": None, "office_floor_area_m2": 701.0,
                               "gross_floor_area_m2": 10_000.0}),
        ("green-share", {"green_area_m2": 2000.1}),
    ],
)
def test_each_index_of_2008_fails_just_off_its_line(rule_id, change):
    assert nationally(**change)["outcome"][rule_id] == "fail"


def test_a_project_of_2024_is_judged_by_the_pack_of_2023_and_nothing_of_it_is_verified():
    table = nationally(accepted_on="2024-02-01", covered_area_m2=3999.9)

    assert table.loc["building-coverage", ["outcome", "threshold"]].tolist() == ["fail", 0.4]
    reason = "limit:自然资发〔2023〕72号 (cn-2023-plot-ratio.csv)"
    assert table.loc["plot-ratio", "reason"] == reason
    assert table.loc["green-share", ["outcome", "reason"]].tolist() == [
        "not_applicable", "not_in_force"
    ]
    judged_ones = table[table["outcome"].isin(["pass", "fail"])]
    assert not judged_ones["verified"].any()


def test_a_user_fills_in_a_table_without_touching_the_pack(tmp_path, monkeypatch):
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "cn-2023-plot-ratio.csv").write_text(
        "industry,threshold,verified,source\n36,0.8,true,annex\n39,1.1,true,annex\n"
    )
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    table = check.evaluate(
        own_measures(A=FIGURES), catalog.rule_pack("cn-2023"),
        facts=facts(A=ELECTRONICS | {"accepted_on": "2024-02-01"}),
    ).set_index("rule")

    assert table.loc["plot-ratio", ["outcome", "threshold"]].tolist() == ["fail", 1.1]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("industry,threshold\n36,0.8\n", "lacks the column source, verified"),
        ("industry,threshold,verified,source\n36,-,true,x\n", "line 2: '-' is no number"),
        ("industry,threshold,verified,source\n36,0,true,x\n", "the limit 0 is none"),
        ("industry,threshold,verified,source\n36,0.8,yes,x\n", "verified is 'yes'"),
        (
            "industry,threshold,verified,source\n17,1,true,x\n36,0.8,true,x\n36,0.9,true,x\n",
            "two rows for 36",
        ),
        ("industry,threshold,verified,source\n36,inf,true,x\n", "line 2: 'inf' is no number"),
        ("industry,threshold,verified,source\n36,nan,true,x\n", "line 2: 'nan' is no number"),
        (
            "industry,threshold,upper,verified,source\n36,0.8,1.2,true,x\n",
            "the row 36 has an upper limit, and the rule's relation is >=",
        ),
    ],
)
def test_a_table_that_is_wrong_is_refused(tmp_path, monkeypatch, content, words):
    """A dash, a zero and an empty cell are three things: only the empty one is 'not known'."""
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "cn-2023-plot-ratio.csv").write_text(content)
    monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path))

    with pytest.raises(CatalogError, match=words):
        catalog.rule_pack("cn-2023")


X_PARK = catalog.data_file("rules", "x-park-2006").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('unit = "CNY/m2"', 'unit = "m2"', "unit 'm2' does not convert to that of investment_int"),
        ("threshold = 45\n", "", "needs either a threshold or a table"),
        ('relation = ">"\n', 'relation = "between"\n', "`upper` goes with the relation between"),
        ('relation = ">"\n', 'relation = "between"\nupper = 40\n', "nothing passes"),
        ('clause = "一（二）1"', 'clauses = "1"', "unknown field `clauses`"),
        ('first = "eia_approved_on"\n', "", "a sequence needs the fields"),
        ('first = "eia_approved_on"\n', 'first = "eia_approved_on"\nthreshold = 3\n',
         "a sequence takes no limit"),
        ('first = "eia_approved_on"\n', 'first = "eia_approved_on"\nrelation = "<="\n',
         "a sequence takes no limit"),
        ('first = "eia_approved_on"\n', 'first = "eia_approved_on"\nnumerator = "x"\n',
         "a sequence takes no limit"),
        ('first = "eia_approved_on"\n',
         'first = "eia_approved_on"\ntable = { file = "t", by = ["industry"], document = {} }\n',
         "a sequence takes no limit"),
        ('measure = "plot_ratio"\n', "", "an index needs `measure` and `numerator`"),
        ('numerator = "floor_area_m2"\n', "", "an index needs `measure` and `numerator`"),
        ('id = "plot-ratio"', 'id = "building-coverage"', "two rules share an id"),
        ("in_force_from", "in_force_until = 2000-01-01\nin_force_from", "before it begins"),
    ],
)
def test_a_pack_that_is_wrong_or_contradicts_itself_is_refused(tmp_path, old, new, words):
    assert old in X_PARK
    path = tmp_path / "x-park-2006.toml"
    path.write_text(X_PARK.replace(old, new), encoding="utf-8")

    with pytest.raises(CatalogError, match=words):
        catalog.rule_pack_of(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('relation = ">"\nthreshold = 45\n',
                     'relation = "between"\nthreshold = 45\nupper = 45\n', id="one value alone"),
        pytest.param("in_force_from = 2006-05-31",
                     "in_force_until = 2006-05-31\nin_force_from = 2006-05-31", id="one day alone"),
    ],
)
def test_a_pack_may_allow_as_little_as_one(tmp_path, old, new):
    assert old in X_PARK
    path = tmp_path / "x-park-2006.toml"
    path.write_text(X_PARK.replace(old, new), encoding="utf-8")

    assert len(catalog.rule_pack_of(path).rule) == 6


RATIO_2008 = ("cn-2008", "cn-2008-plot-ratio.csv")


def shipped_with(folder, table, *changes):
    """Write the pack of 2008 with another table of plot ratios, and changes of its text."""
    text = catalog.data_file("rules", "cn-2008").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (folder / "cn-2008-plot-ratio.csv").write_text(table, encoding="utf-8")
    path = folder / "cn-2008.toml"
    path.write_text(text, encoding="utf-8")
    return path


HEAD = "industry,threshold,upper,verified,source\n"


def test_a_cell_of_a_table_is_verified_as_it_says(tmp_path):
    path = shipped_with(tmp_path, HEAD + "36,0.7,,true,a\n40,1,,false,b\n")

    rows = {row.key: row.verified for row in catalog.rule_pack_of(path).rule[1].table.rows}

    assert rows == {("36",): True, ("40",): False}


RANGE = ('relation = ">="\nunit = "1"', 'relation = "between"\nunit = "1"')


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param("36,0.7,1.2,true,a\n40,,,true,b\n", None, id="both limits, or none"),
        pytest.param("36,0.7,0.7,true,a\n", None, id="one value alone"),
        pytest.param("36,0.7,,true,a\n", "the row 36 has no upper limit", id="no upper limit"),
        pytest.param("36,,1.2,true,a\n", "the row 36 has an upper limit", id="no lower limit"),
        pytest.param("36,0.7,0.6,true,a\n", "the row 36: upper lies below", id="nothing passes"),
    ],
)
def test_a_table_of_ranges_states_both_limits(tmp_path, row, words):
    path = shipped_with(tmp_path, HEAD + row, RANGE)

    if words is None:
        assert catalog.rule_pack_of(path).rule[1].table.rows[0].upper in {1.2, 0.7}
        return
    with pytest.raises(CatalogError, match=words):
        catalog.rule_pack_of(path)


def test_a_table_by_industry_names_the_year_of_its_codes_and_no_other_table_does(tmp_path):
    path = shipped_with(
        tmp_path, HEAD, ('by = ["industry"]\nclassification = 2002\n', 'by = ["industry"]\n')
    )
    with pytest.raises(CatalogError, match="needs the year of the classification"):
        catalog.rule_pack_of(path)

    path = shipped_with(
        tmp_path, HEAD.replace("industry", "region_class"),
        ('by = ["industry"]\nclassification = 2002\n', 'by = ["region_class"]\n'),
    )
    assert catalog.rule_pack_of(path).rule[1].table.by == ("region_class",)


@pytest.mark.parametrize(
    ("limit", "unit"),
    [(2500, "CNY/m2"), (2500, "万元/公顷"), (2500 / 15, "万元/亩"), (25, "亿元/平方公里")],
)
def test_a_limit_may_be_stated_in_the_unit_of_its_document(tmp_path, limit, unit):
    text = X_PARK.replace("threshold = 2500.0", f"threshold = {limit!r}")
    path = tmp_path / "x-park-2006.toml"
    path.write_text(text.replace('unit = "CNY/m2"', f'unit = "{unit}"'), encoding="utf-8")

    loaded = catalog.rule_pack_of(path).rule[0]

    assert (loaded.threshold, loaded.unit) == (pytest.approx(2500.0, rel=1e-14), "CNY/m2")


def test_a_percentage_is_what_its_unit_says(tmp_path):
    path = tmp_path / "x-park-2006.toml"
    text = X_PARK.replace('threshold = 45\nunit = "%"', 'threshold = 0.45\nunit = "share"')
    path.write_text(text, encoding="utf-8")

    assert catalog.rule_pack_of(path).rule[2].threshold == 0.45
    assert catalog.rule_pack("x-park-2006").rule[2].threshold == 0.45


def test_both_limits_of_between_are_converted(tmp_path):
    path = tmp_path / "x-park-2006.toml"
    path.write_text(X_PARK.replace(
        'relation = ">"\nthreshold = 45\n', 'relation = "between"\nthreshold = 45\nupper = 65\n'
    ), encoding="utf-8")

    coverage = catalog.rule_pack_of(path).rule[2]

    assert (coverage.threshold, coverage.upper) == (0.45, 0.65)


def test_the_rows_of_a_table_are_converted(tmp_path):
    shipped = catalog.data_file("rules", "cn-2008").read_text(encoding="utf-8")
    path = tmp_path / "cn-2008.toml"
    path.write_text(shipped.replace('"万元/公顷"', '"万元/亩"'), encoding="utf-8")

    rows = {row.key: row.threshold for row in catalog.rule_pack_of(path).rule[0].table.rows}

    assert (rows["40", "1"], rows["40", "7"], rows["40", "2"]) == (66_000.0, 6600.0, None)
