"""Which limit holds: levels, tables, dates, stages, and the plot's own."""

import datetime as dt

import msgspec
import numpy as np
import pandas as pd
import pytest
from builders import facts, own_measures, pack, rule, sequence
from hypothesis import given, settings, strategies as st

from landtrack.assessment import rules
from landtrack.model import (
    Outcome,
    Override,
    Region,
    Row,
    Severity,
    Stage,
    Table,
    Waiver,
    catalog,
)
from landtrack.model.errors import CatalogError

AREA = 10_000.0


def measured(**floors):
    """Plots of one hectare by their floor area."""
    return own_measures(**{
        name: {"floor_area_m2": floor, "land_area_m2": AREA} for name, floor in floors.items()
    })


def judged(*packs, floor=6500.0, **fields):
    more = {name: fields.pop(name) for name in ("rules_on", "stage_for") if name in fields}
    if "stage_for" in more:
        more["stage"] = more.pop("stage_for")
    known = facts(A=fields) if fields else None
    return rules.evaluate(measured(A=floor), packs, facts=known, **more).iloc[0]


def or_missing(value):
    return pytest.approx(np.nan if value is None else value, nan_ok=True)


def table(*rows, by=("industry",), classification=2002, upper=None, **more):
    return rule(threshold=None, **more, table=Table(
        file="t.csv", by=by, classification=classification, document={"en": "the decree"},
        rows=tuple(
            Row(key=key, threshold=value, upper=upper, verified=verified,
                source=f"row {'/'.join(key)}")
            for key, value, verified in rows
        ),
    ))


# --- levels -----------------------------------------------------------------------------------

NATIONAL = pack(rule(threshold=0.7), id="nation", level="national")
PROVINCE = pack(rule(threshold=0.8), id="province", level="province")
PARK = pack(rule(threshold=0.6), id="park", level="park")


@pytest.mark.parametrize(
    ("packs", "threshold", "decided", "overrode"),
    [
        ((NATIONAL,), 0.7, "national: nation@1", ""),
        ((NATIONAL, PROVINCE), 0.8, "province: province@1", "national: nation@1 >= 0.7"),
        ((PARK, NATIONAL, PROVINCE), 0.6, "park: park@1",
         "province: province@1 >= 0.8; national: nation@1 >= 0.7"),
    ],
)
def test_the_most_local_limit_wins_and_the_finding_says_what_it_came_before(
    packs, threshold, decided, overrode
):
    finding = judged(*packs)

    assert (finding.threshold, finding.decided_by, finding.overrode) == (
        threshold, decided, overrode
    )
    assert finding.outcome == ("pass" if threshold <= 0.65 else "fail")


def test_both_limits_of_a_range_come_from_the_level_that_won():
    park = pack(rule(relation="between", threshold=0.5, upper=1.5), id="park", level="park")

    finding = judged(NATIONAL, park, floor=10_000.0)

    assert (finding.threshold, finding.upper, finding.outcome) == (0.5, 1.5, "pass")
    assert finding.margin == 0.5  # in the middle it is told how far the lower limit is


def test_the_plots_own_limit_comes_before_all_in_its_own_unit_and_relation():
    own = Override(
        plot="A", rule="ratio", relation="between", threshold=70, upper=180, unit="%",
        document="contract 7",
    )
    share = rule(measure="floor_share")

    table = rules.evaluate(
        measured(A=6500.0, B=6500.0), [pack(share, id="park")], overrides=[own]
    ).set_index("plot_id")

    assert table.loc["A", ["threshold", "upper", "relation", "outcome"]].tolist() == [
        0.7, 1.8, "between", "fail"
    ]
    assert table.loc["A", "decided_by"] == "plot: contract 7"
    assert table.loc["A", "overrode"] == "park: park@1 >= 0.6"
    assert table.loc["B", ["threshold", "outcome"]].tolist() == [0.6, "pass"]


def test_an_override_in_a_unit_that_does_not_convert_is_refused():
    own = Override(
        plot="A", rule="ratio", relation=">=", threshold=150, unit="万元/亩", document="contract 7"
    )
    with pytest.raises(CatalogError, match="contract 7: the unit '万元/亩' does not convert"):
        rules.evaluate(measured(A=1.0), pack(), overrides=[own])


def test_an_override_of_a_rule_that_there_is_none_of_is_refused():
    own = Override(plot="A", rule="x", relation=">=", threshold=1, unit="1", document="contract 7")

    with pytest.raises(CatalogError, match=r"contract 7 names the rule 'x'(.|\n)*one of: ratio"):
        rules.evaluate(measured(A=1.0), pack(), overrides=[own])


def test_packs_that_mean_different_measures_by_one_rule_are_refused():
    other = pack(rule(measure="building_coverage_share"), id="other")

    with pytest.raises(CatalogError, match="ratio judges different measures in test, other"):
        rules.evaluate(measured(A=1.0), [pack(), other])


# --- tables -----------------------------------------------------------------------------------

BY_INDUSTRY = table(
    (("36",), 0.7, True), (("39",), 0.7, True), (("40",), 1.0, True),
    (("29",), 0.8, True), (("30",), 1.0, True), (("24",), 1.0, True), (("42",), 1.0, True),
    (("25",), None, True),
)


@pytest.mark.parametrize(
    ("code", "year", "threshold", "reason", "verified"),
    [
        pytest.param("40", 2002, 1.0, "", True, id="electronics by the old code"),
        pytest.param("39", 2002, 0.7, "", True, id="the same number as"),
        pytest.param("39", 2017, 1.0, "", False, id="electronics by the new code"),
        pytest.param("C3911", 2017, 1.0, "", False, id="a class of it"),
        pytest.param("24", 2017, 1.0, "", False, id="two old divisions, one limit"),
        pytest.param("29", 2017, None, "industry_class", True, id="two old limits: which class?"),
        pytest.param("291", 2017, 0.8, "", False, id="a group of which all is one old division"),
        pytest.param("2911", 2017, 0.8, "", False, id="rubber, by its class"),
        pytest.param("2921", 2017, 1.0, "", False, id="plastics, by its class"),
        pytest.param("3961", 2017, None, "industry_code_2002", True, id="a new class: no guess"),
        pytest.param("0111", 2017, None, "industry_code_2002", True, id="not manufacturing"),
        pytest.param("39", None, None, "industry_year", True, id="no year: no guess"),
        pytest.param(None, 2002, None, "industry_code", True, id="no code"),
        pytest.param("38", 2002, None, "industry_code", True, id="no such code"),
        pytest.param("25", 2002, None, "limit:no. 1 (t.csv)", True, id="a cell to be filled in"),
        pytest.param("17", 2002, None, "limit:no. 1 (t.csv)", True, id="a row that is not there"),
    ],
)
def test_a_limit_by_industry_needs_code_and_year(code, year, threshold, reason, verified):
    finding = judged(pack(BY_INDUSTRY), industry_code=code, industry_year=year)

    assert finding.threshold == or_missing(threshold)
    assert (finding.reason, finding.verified) == (reason, verified)
    assert (finding.outcome == "unknown") == (threshold is None)


def test_what_was_found_through_the_crosswalk_says_so_wherever_it_is_told():
    inferred = judged(pack(BY_INDUSTRY), industry_code="C3911", industry_year=2017)
    stated = judged(pack(BY_INDUSTRY), industry_code="40", industry_year=2002)

    assert inferred.source.endswith("GB/T 4754-2017 3911 → GB/T 4754-2002 40")
    assert "GB/T 4754" not in stated.source
    carried = catalog.carried_in(inferred.source)
    assert (carried.code, carried.year, carried.divisions, carried.wanted) == (
        "3911", 2017, ("40",), 2002
    )
    assert catalog.carried_in(stated.source) is None


def test_a_table_may_ask_for_a_range():
    ranges = table((("36",), 0.5, True), relation="between", upper=1.5)
    known = {"industry_code": "36", "industry_year": 2002}

    assert judged(pack(ranges), floor=15_000.0, **known).outcome == "pass"
    above = judged(pack(ranges), floor=15_000.1, **known)
    assert (above.threshold, above.upper, above.outcome) == (0.5, 1.5, "fail")


@pytest.mark.parametrize(
    ("code", "year", "classification", "threshold", "verified"),
    [
        pytest.param("39", 2011, 2017, 0.7, True, id="2011 and 2017 have the same codes"),
        pytest.param("39", 2017, 2011, 0.7, True, id="2017 and 2011 too"),
        pytest.param("34", 2011, 2017, 1.0, False, id="34 of 2011 has the scales, 40 of 2017"),
        pytest.param("4042", 2011, 2017, None, True, id="spectacles are 35 in 2017"),
        pytest.param("4041", 2011, 2017, 1.0, True, id="the rest of 40 is where it was"),
        pytest.param("36", 2002, 2011, None, True, id="36 of 2002 is 35 of 2011"),
        pytest.param("41", 2002, 2011, 1.0, False, id="41 of 2002 is 34, 40, 43 of 2011"),
        pytest.param("39", 2011, 2002, None, True, id="39 of 2011 is 40 of 2002"),
    ],
)
def test_the_codes_changed_with_the_edition_of_2011(
    code, year, classification, threshold, verified
):
    limits = table(
        (("34",), 1.0, True), (("36",), 1.0, True), (("39",), 0.7, True), (("43",), 1.0, True),
        *[(("40",), 1.0, True)] * (classification > 2002), classification=classification,
    )
    finding = judged(pack(limits), industry_code=code, industry_year=year)

    assert (finding.threshold, finding.verified) == (or_missing(threshold), verified)


def test_all_that_is_missing_is_named_the_limits_facts_too():
    known = facts(A={"industry_code": "36"}, B={"industry_code": "36"}, C={"industry_code": None})
    figures = own_measures(
        A={"floor_area_m2": None, "land_area_m2": AREA},
        B={"floor_area_m2": 1.0, "land_area_m2": None},
        C={"floor_area_m2": None, "land_area_m2": 0.0},
    )
    told = rules.evaluate(figures, pack(BY_INDUSTRY), facts=known)

    assert told["reason"].tolist() == [
        "floor_area_m2,industry_year", "land_area_m2,industry_year",
        "floor_area_m2,land_area_m2,industry_code",
    ]


def test_a_rule_that_is_not_for_a_plot_asks_nothing_of_it():
    one = pack(rule(applies_to={"capital": ("relocation",)}))

    told = judged(one, floor=None, capital="local_investment")

    assert (told.outcome, told.reason) == ("not_applicable", "not_for")


@pytest.mark.parametrize(
    ("grade", "threshold", "reason"),
    [(4, 0.9, ""), (5, 0.5, ""), (None, None, "land_grade"), (16, None, "land_grade")],
)
def test_a_limit_by_region_follows_from_the_land_grade(grade, threshold, reason):
    by_region = pack(
        table((("1",), 0.9, True), (("2",), 0.5, True), by=("region_class",), classification=None),
        region=(
            Region(code="1", title={}, grades=(1, 2, 3, 4)),
            Region(code="2", title={}, grades=(5, 6)),
        ),
    )
    finding = judged(by_region, land_grade=grade)

    assert finding.threshold == or_missing(threshold)
    assert (finding.reason, finding.verified) == (reason, True)


def test_a_local_table_without_a_value_gives_way_but_one_that_is_unsure_does_not():
    local = pack(BY_INDUSTRY, id="local", level="province")

    gap = judged(NATIONAL, local, industry_code="25", industry_year=2002)
    unsure = judged(NATIONAL, local, industry_code="39")

    assert (gap.threshold, gap.decided_by) == (0.7, "national: nation@1")
    assert (unsure.outcome, unsure.reason) == ("unknown", "industry_year")
    assert (unsure.decided_by, unsure.overrode) == ("", "")


@pytest.mark.parametrize("known", [
    pytest.param({"industry_code": "39"}, id="that cannot be told"),
    pytest.param({"industry_code": "25", "industry_year": 2002}, id="that is to be filled in"),
])
def test_a_limit_that_a_wider_level_does_not_state_was_not_overridden(known):
    wider = pack(BY_INDUSTRY, id="wider", level="national")

    finding = judged(PARK, wider, **known)

    assert (finding.decided_by, finding.overrode) == ("park: park@1", "")


def test_a_limit_that_was_not_found_in_a_source_says_so():
    assert judged(pack(rule(verified=False))).verified is np.False_
    assert judged(pack(table((("36",), 0.7, False))), industry_code="36", industry_year=2002
                  ).verified is np.False_


# --- dates and stages -------------------------------------------------------------------------

OLD = pack(
    rule(threshold=0.6), id="old", level="national", in_force_from=dt.date(2008, 1, 31),
    in_force_until=dt.date(2023, 5, 10),
)
NEW = pack(rule(threshold=0.8), id="new", level="national", in_force_from=dt.date(2023, 5, 11))


@pytest.mark.parametrize(
    ("accepted", "version", "outcome"),
    [
        ("2008-01-30", "", "not_applicable"),
        ("2008-01-31", "old@1", "pass"),
        ("2023-05-10", "old@1", "pass"),
        ("2023-05-11", "new@1", "fail"),
        (None, "", "unknown"),
    ],
)
def test_a_project_is_judged_by_the_pack_of_the_day_on_which_it_was_accepted(
    accepted, version, outcome
):
    finding = judged(OLD, NEW, accepted_on=accepted)

    assert finding.outcome == outcome
    if version:
        assert finding.rule_version == version
    if accepted is None:
        assert finding.reason == "accepted_on"


def test_an_old_project_is_judged_by_todays_rules_only_when_asked():
    finding = judged(OLD, NEW, accepted_on="2010-05-01", rules_on=dt.date(2026, 1, 1))

    assert (finding.rule_version, finding.outcome) == ("new@1", "fail")


@pytest.mark.parametrize(
    ("stage", "outcome", "severity"),
    [
        ("entered", "fail", "warning"),
        ("completed", "fail", "error"),
        ("under_construction", "not_applicable", None),
        (None, "fail", "error"),
    ],
)
def test_severity_depends_on_the_stage(stage, outcome, severity):
    staged = rule(stage={Stage.ENTRY: Severity.WARNING, Stage.COMPLETION: Severity.ERROR})

    finding = judged(pack(staged), floor=1.0, stage=stage)

    assert finding.outcome == outcome
    assert severity in {None, finding.severity}


def test_a_plot_can_be_vetted_for_a_stage_ahead():
    staged = rule(stage={Stage.COMPLETION: Severity.ERROR})

    assert judged(pack(staged), stage="entered").outcome == "not_applicable"
    assert judged(pack(staged), stage="entered", stage_for=Stage.COMPLETION).outcome == "pass"


@pytest.mark.parametrize(
    ("capital", "outcome", "reason"),
    [("relocation", "pass", ""), ("local_investment", "not_applicable", "not_for"),
     (None, "unknown", "capital")],
)
def test_a_rule_applies_to_what_it_names_and_a_missing_fact_is_unknown(capital, outcome, reason):
    finding = judged(pack(rule(applies_to={"capital": ("relocation",)})), capital=capital)

    assert (finding.outcome, finding.reason) == (outcome, reason)


# --- sequences --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "outcome", "reason"),
    [
        pytest.param({"eia_approved_on": "2006-05-01", "construction_permit_on": "2006-06-01"},
                     "pass", "2006-05-01,2006-06-01", id="in order"),
        pytest.param({"eia_approved_on": "2006-06-01", "construction_permit_on": "2006-06-01"},
                     "pass", "2006-06-01,2006-06-01", id="on the same day"),
        pytest.param({"eia_approved_on": "2006-06-02", "construction_permit_on": "2006-06-01"},
                     "fail", "2006-06-02,2006-06-01", id="out of order names both dates"),
        pytest.param({"construction_permit_on": "2006-06-01"}, "unknown", "eia_approved_on",
                     id="no date of the approval"),
        pytest.param({"eia_approved_on": "2006-06-01"}, "not_applicable", "not_due",
                     id="not due yet"),
        pytest.param({"eia_approved_on": "2006-06-01", "construction_permit_no": "7"},
                     "unknown", "construction_permit_on", id="a permit without a date"),
        pytest.param({"stage": "under_construction"}, "unknown",
                     "eia_approved_on,construction_permit_on", id="built without any date"),
        pytest.param({"stage": "entered"}, "not_applicable", "not_due", id="only entered"),
    ],
)
def test_a_sequence_is_proved_by_dates(given, outcome, reason):
    finding = judged(pack(sequence()), **given)

    assert (finding.outcome, finding.reason) == (outcome, reason)


def test_each_plot_is_told_its_own_dates():
    days = {"A": "2006-05-01", "B": "2006-05-03", "C": None, "D": "2006-05-02"}
    known = facts(**{
        name: {"eia_approved_on": day, "construction_permit_on": "2006-05-02"}
        for name, day in days.items()
    })

    table = rules.evaluate(measured(**dict.fromkeys(days, 1.0)), pack(sequence()), facts=known)

    assert table[["outcome", "reason"]].values.tolist() == [
        ["pass", "2006-05-01,2006-05-02"], ["fail", "2006-05-03,2006-05-02"],
        ["unknown", "eia_approved_on"], ["pass", "2006-05-02,2006-05-02"],
    ]


def test_hundreds_of_plots_are_each_told_their_own_dates():
    """More different texts than one byte can count."""
    days = [str(day) for day in np.arange("2006-01-01", "2006-10-28", dtype="datetime64[D]")]
    known = facts(**{
        f"p{at}": {"eia_approved_on": day, "construction_permit_on": "2006-11-01"}
        for at, day in enumerate(days)
    })

    table = rules.evaluate(
        measured(**dict.fromkeys(known.index, 1.0)), pack(sequence()), facts=known
    )

    assert table["reason"].tolist() == [f"{day},2006-11-01" for day in days]
    assert set(table["threshold"]) == {0.0}


@pytest.mark.parametrize(
    ("given", "outcome", "reason"),
    [
        pytest.param({"capital": "relocation"}, "pass", "2006-05-01,2006-06-01", id="for it"),
        pytest.param({"capital": "other"}, "not_applicable", "not_for", id="not for it"),
        pytest.param({}, "unknown", "capital", id="who knows whether it is for it"),
        pytest.param({"construction_permit_on": None}, "not_applicable", "capital",
                     id="not due, whatever it is for"),
    ],
)
def test_a_sequence_may_be_for_some_plots_only(given, outcome, reason):
    dates = {"eia_approved_on": "2006-05-01", "construction_permit_on": "2006-06-01"}
    some = sequence(applies_to={"capital": ("relocation",)})

    finding = judged(pack(some), **{"capital": None} | dates | given)

    assert (finding.outcome, finding.reason) == (outcome, reason)


def test_the_dates_of_a_sequence_may_lie_before_1970():
    finding = judged(pack(sequence(), in_force_from=dt.date(1900, 1, 1)),
                     eia_approved_on="1958-03-01", construction_permit_on="1969-12-31")

    assert (finding.outcome, finding.reason) == ("pass", "1958-03-01,1969-12-31")


@given(st.lists(st.fixed_dictionaries({
    "industry_code": st.sampled_from(["36", "40", "25", "38", None]),
    "industry_year": st.sampled_from([2002, 2017, None]),
    "capital": st.sampled_from(["relocation", "local_investment", None]),
    "stage": st.sampled_from(["entered", "completed", None]),
    "accepted_on": st.sampled_from(["2008-01-30", "2010-01-01", "2023-05-11", None]),
}), min_size=1, max_size=8))
@settings(max_examples=25)
def test_plots_are_judged_together_as_each_would_be_alone(known):
    """Plots that limits cannot tell apart are asked about once; nobody must notice."""
    packs = [
        pack(msgspec.structs.replace(BY_INDUSTRY, id="ratio"), sequence(), id="t", level="park"),
        pack(rule(threshold=0.7, applies_to={"capital": ("relocation",)}), id="n",
             level="national", in_force_until=dt.date(2023, 5, 10)),
        pack(rule(threshold=0.9, stage={Stage.ENTRY: Severity.WARNING}), id="m",
             level="national", in_force_from=dt.date(2023, 5, 11)),
    ]
    own = Override(plot="p1", rule="ratio", relation="between", threshold=0.1, upper=0.2,
                   unit="1", document="contract")
    names = [f"p{at}" for at in range(len(known))]
    table = facts(**dict(zip(names, known, strict=True)))
    figures = measured(**dict.fromkeys(names, 6500.0))

    every = rules.evaluate(figures, packs, facts=table, overrides=[own] * ("p1" in names),
                           as_of=dt.date(2020, 1, 1))

    for name in names:
        alone = rules.evaluate(
            figures[figures["plot_id"] == name], packs, facts=table.loc[[name]],
            overrides=[own] * (name == "p1"), as_of=dt.date(2020, 1, 1),
        )
        same = every[every["plot_id"] == name].reset_index(drop=True)
        pd.testing.assert_frame_equal(same, alone)


def test_a_plot_without_a_date_is_not_judged_like_one_of_the_last_day():
    known = facts(A={"accepted_on": "2023-05-10"}, B={"accepted_on": None},
                  C={"accepted_on": "2024-01-01"})

    for order in (["A", "B", "C"], ["C", "B", "A"], ["B", "A", "C"]):
        told = rules.evaluate(
            measured(**dict.fromkeys(order, 6500.0)), [OLD, NEW], facts=known.loc[order]
        ).set_index("plot_id")["outcome"]
        assert told.to_dict() == {"A": "pass", "B": "unknown", "C": "fail"}


@pytest.mark.parametrize(
    ("fact", "one", "other", "told"),
    [
        pytest.param("industry_code", "36", "40", [0.7, 1.0], id="the industry"),
        pytest.param("land_grade", 4, 5, [0.9, 0.5], id="the land grade"),
        pytest.param("stage", "entered", "completed", [0.6, None], id="the stage"),
        pytest.param("capital", "x", "y", [0.6, None], id="what a rule applies to"),
        pytest.param("accepted_on", "2023-05-10", "2023-05-11", [0.6, None], id="the last day"),
    ],
)
def test_two_plots_that_differ_in_one_fact_alone_have_each_its_own_limit(fact, one, other, told):
    packs = {
        "industry_code": pack(BY_INDUSTRY),
        "land_grade": pack(
            table((("1",), 0.9, True), (("2",), 0.5, True), by=("region_class",),
                  classification=None),
            region=(
                Region(code="1", title={}, grades=(4,)), Region(code="2", title={}, grades=(5,)),
            ),
        ),
        "stage": pack(rule(stage={Stage.ENTRY: Severity.WARNING})),
        "capital": pack(rule(applies_to={"capital": ("x",)})),
        "accepted_on": pack(rule(), in_force_until=dt.date(2023, 5, 10)),
    }
    known = facts(**{
        name: {"industry_year": 2002, fact: value} for name, value in (("A", one), ("B", other))
    })

    table_of = rules.evaluate(measured(A=6500.0, B=6500.0), packs[fact], facts=known)

    expected = [None if each is None else pytest.approx(each) for each in told]
    shown = [
        None if row["outcome"] == "not_applicable" else row["threshold"]
        for row in table_of.to_dict("records")
    ]
    assert shown == expected


def test_a_sequence_may_ask_for_a_later_day():
    dates = {"eia_approved_on": "2006-06-01", "construction_permit_on": "2006-06-01"}

    assert judged(pack(sequence(relation=">")), **dates).outcome == "fail"
    dates["construction_permit_on"] = "2006-06-02"
    assert judged(pack(sequence(relation=">")), **dates).outcome == "pass"


# --- waivers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "floor", "until"),
    [
        pytest.param("2006-06-30", 1.0, "2006-12-31", id="while it holds"),
        pytest.param("2006-12-31", 1.0, "2006-12-31", id="on its last day"),
        pytest.param("2006-06-01", 1.0, "2006-12-31", id="on the day it is granted"),
        pytest.param("2007-01-01", 1.0, "", id="expired"),
        pytest.param("2006-05-31", 1.0, "", id="not granted yet"),
        pytest.param("2006-06-30", 9000.0, "", id="a pass needs none"),
        pytest.param("2006-06-30", None, "", id="an unknown is not waived"),
    ],
)
def test_a_waived_fail_is_a_fail_that_is_waived_until_a_day(day, floor, until):
    waiver = Waiver(
        plot="A", rule="ratio", approver="bureau", reason="r", document="no. 5",
        granted_on=dt.date(2006, 6, 1), until=dt.date(2006, 12, 31),
    )
    finding = rules.evaluate(
        measured(A=floor), pack(), waivers=[waiver], as_of=dt.date.fromisoformat(day)
    ).iloc[0]

    assert finding.waived_until == until
    if floor == 1.0:
        assert finding.outcome == Outcome.FAIL


@pytest.mark.parametrize("day", ["2006-05-31", "2006-06-15", "2007-01-01"])
def test_a_waiver_that_ends_before_it_is_granted_is_an_error_on_any_day(day):
    waiver = Waiver(
        plot="A", rule="ratio", approver="bureau", reason="r", document="no. 5",
        granted_on=dt.date(2006, 6, 30), until=dt.date(2006, 6, 1),
    )

    with pytest.raises(CatalogError, match=r"no\. 5 of A .*2006-06-01.*2006-06-30") as refused:
        rules.evaluate(
            measured(A=1.0), pack(), waivers=[waiver], as_of=dt.date.fromisoformat(day)
        )

    assert "`until`" in refused.value.mend


# --- another way to the same index ------------------------------------------------------------


@pytest.mark.parametrize(
    ("land", "floor", "whole", "area", "value", "reason"),
    [
        pytest.param(500.0, 9e9, 6000.0, AREA, 0.05, "", id="land of its own comes first"),
        pytest.param(None, 900.0, 6000.0, AREA, 0.15, "", id="else apportioned by floor area"),
        pytest.param(None, 0.1, 0.5, AREA, 0.2, "", id="however small"),
        pytest.param(None, None, 6000.0, AREA, None, "office_land_m2", id="else missing"),
        pytest.param(None, 900.0, 0.0, AREA, None, "office_land_m2", id="nothing to apportion by"),
        pytest.param(None, None, 6000.0, None, None, "office_land_m2,land_area_m2",
                     id="all that is missing of the first pair"),
    ],
)
def test_an_index_may_have_another_pair_of_measures(land, floor, whole, area, value, reason):
    share = rule(
        numerator="office_land_m2", relation="<=", threshold=0.07,
        instead=("office_floor_area_m2", "floor_area_m2"),
    )
    finding = rules.evaluate(own_measures(A={
        "office_land_m2": land, "land_area_m2": area, "office_floor_area_m2": floor,
        "floor_area_m2": whole,
    }), pack(share)).iloc[0]

    assert finding.value == pytest.approx(np.nan if value is None else value, nan_ok=True)
    assert finding.reason == reason


# --- where a limit comes from -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "told"), [("row 7", "test; 1; row 7"), ("", "test; 1")]
)
def test_a_finding_cites_document_clause_and_the_source_of_its_value(source, told):
    assert judged(pack(rule(source=source))).source == told
    one_of_two = rule(source=source, applies_to={"capital": ("x",)})
    assert judged(pack(one_of_two), capital="x").source == told


def test_a_finding_by_table_cites_the_row():
    known = {"industry_code": "36", "industry_year": 2002}

    assert judged(pack(BY_INDUSTRY), **known).source == "test; 1; row 36"


def test_a_plots_own_limit_counts_as_verified_and_cites_its_document():
    own = Override(plot="A", rule="ratio", relation=">=", threshold=0.1, unit="1", document="c 7")

    told = rules.evaluate(measured(A=1.0), pack(rule(verified=False)), overrides=[own]).iloc[0]

    assert (bool(told.verified), told.source) == (True, "c 7")


# --- packs that contradict each other ---------------------------------------------------------


@pytest.mark.parametrize(
    ("until", "level", "refused"),
    [
        pytest.param(None, "national", True, id="both without end"),
        pytest.param(dt.date(2023, 5, 11), "national", True, id="one day together"),
        pytest.param(dt.date(2023, 5, 10), "national", False, id="one after the other"),
        pytest.param(None, "park", False, id="of two levels"),
    ],
)
def test_two_packs_of_a_level_that_hold_on_the_same_day_are_refused(until, level, refused):
    old = pack(rule(), id="old", level=level, in_force_until=until)

    if not refused:
        judged(old, NEW, accepted_on="2020-01-01")
        return
    with pytest.raises(CatalogError, match="old and new both state the rule ratio on 2023-05-11"):
        judged(old, NEW, accepted_on="2020-01-01")
