"""The words of findings and hits: no rounding that contradicts a verdict, nothing untold."""

from __future__ import annotations

import math
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, strategies as st

from landtrack.model import LEVELS, MEASURE_COLUMNS, RELATIONS, catalog, translations
from landtrack.output import wording
from landtrack.output.wording.messages import tell

RULES = {
    rule.id: rule for rule in catalog.rule_pack("x-park-2006").rule if rule.kind == "index"
}
ZH, EN = translations.load("zh"), translations.load("en")
SCHEMAS = catalog.schemas()
WORKFLOW = catalog.workflow("cn-2006")


def row(value, outcome, *, margin=math.nan, fix=math.nan, reason=""):
    return {"value": value, "outcome": outcome, "margin": margin, "fix": fix, "reason": reason}


def told(rule, *arguments, words=ZH, **more):
    return wording.finding(words, row(*arguments, **more), RULES[rule])


def figure(shown):
    return Decimal(re.sub(r"[^0-9.]", "", shown.replace("m²", "")))


@pytest.mark.parametrize(
    ("rule", "value", "outcome", "shown"),
    [
        pytest.param("plot-ratio", 0.5996, "fail", "0.5996", id="0.600 would look met"),
        pytest.param("plot-ratio", 0.59999999, "fail", "0.59999999", id="by a hair"),
        pytest.param("plot-ratio", 0.6, "pass", "0.600", id="on the limit is met"),
        pytest.param("plot-ratio", 0.5, "fail", "0.500", id="plain"),
        pytest.param("building-coverage", 0.45, "fail", "45.00%", id="on a strict limit"),
        pytest.param("building-coverage", 0.450000001, "pass", "45.0000001%", id="above it"),
        pytest.param("investment-intensity", 2499.96, "fail", "2,499.96 元/m²", id="intensity"),
        pytest.param("investment-intensity", 2600.04, "pass", "2,600.0 元/m²", id="far above"),
    ],
)
def test_a_value_never_looks_as_if_it_were_on_the_other_side(rule, value, outcome, shown):
    assert told(rule, value, outcome).value == shown


@given(rule=st.sampled_from(sorted(RULES)), value=st.floats(0, 5000, allow_subnormal=False))
def test_shown_value_and_shown_limit_agree_with_the_outcome(rule, value):
    limit = RULES[rule].threshold
    value = value if RULES[rule].unit == "CNY/m2" else value / 5000
    # Nearer than a limit can be written, a value is on it.
    assume(value == limit or abs(value - limit) > 1e-12 * limit)
    kept = RELATIONS[RULES[rule].relation]
    outcome = "pass" if kept(value, limit) else "fail"

    said = told(rule, value, outcome)

    assert kept(figure(said.value), figure(said.limit)) == (outcome == "pass")


def recalculated(rule, numerator, denominator):
    """Write a formula; give it, and what dividing the numbers that it shows comes to."""
    names = (RULES[rule].numerator, RULES[rule].denominator)
    value = numerator / denominator
    limit = RULES[rule].threshold
    near = math.isclose(value, limit, rel_tol=1e-9, abs_tol=0)
    kept = RELATIONS[RULES[rule].relation](limit if near else value, limit)
    told = tell(ZH, wording.formula(
        row(value, "pass" if kept else "fail"), RULES[rule],
        dict(zip(names, (numerator, denominator), strict=True)),
    ))
    parts, shown = told.split(" = ")
    first, second = (
        float(re.search(r" ([0-9.,]+) ", part)[1].replace(",", "")) for part in parts.split(" ÷ ")
    )
    percent = 100 if shown.endswith("%") else 1
    digits = -figure(shown).as_tuple().exponent
    return told, round(Decimal(repr(first / second)) * percent, digits) == figure(shown)


@pytest.mark.parametrize(
    ("rule", "numerator", "denominator", "told"),
    [
        pytest.param("plot-ratio", 8783.0, 17_640.0,
                     "计容建筑面积 8,783 m² ÷ 用地面积 17,640 m² = 0.498", id="plain"),
        pytest.param("plot-ratio", 8783.04, 17_640.0,
                     "计容建筑面积 8,783 m² ÷ 用地面积 17,640 m² = 0.498", id="no more"),
        pytest.param("plot-ratio", 10_583.9, 17_640.0,
                     "计容建筑面积 10,583.9 m² ÷ 用地面积 17,640.0 m² = 0.59999",
                     id="10,584 would come to 0.6"),
        pytest.param("building-coverage", 0.3, 0.9,
                     "建筑占地面积 0.30 m² ÷ 用地面积 0.9 m² = 33.33%", id="small, not nothing"),
    ],
)
def test_who_divides_the_shown_numbers_comes_to_the_shown_value(
    rule, numerator, denominator, told
):
    assert recalculated(rule, numerator, denominator) == (told, True)


@given(
    rule=st.sampled_from(sorted(RULES)), numerator=st.floats(1e-3, 1e9),
    denominator=st.floats(1, 1e7),
)
def test_any_formula_can_be_recalculated(rule, numerator, denominator):
    assert recalculated(rule, numerator, denominator)[1]


def test_the_formula_of_what_is_not_known_is_a_dash():
    names = {"floor_area_m2": math.nan, "land_area_m2": 1.0}

    assert wording.formula(row(math.nan, "unknown"), RULES["plot-ratio"], names) == "–"


def test_margin_has_its_sign_and_is_never_zero_by_rounding():
    assert told("plot-ratio", 0.5996, "fail", margin=-0.0004).margin == "−0.0004"
    assert told("plot-ratio", 0.60000001, "pass", margin=1e-8).margin == "+0.00000001"
    assert told("building-coverage", 0.46, "pass", margin=0.01).margin == "+1.00 个百分点"
    assert told("building-coverage", 0.45, "fail", margin=0.0).margin == "±0.00 个百分点"
    assert told("investment-intensity", 2750.0, "pass", margin=250.0).margin == "+250.0 元/m²"


@pytest.mark.parametrize(
    ("rule", "fix", "words"),
    [
        pytest.param("investment-intensity", 1_250_000.0,
                     "还需增加固定资产投资 1,250,000 元", id="whole"),
        pytest.param("investment-intensity", 1_249_999.2,
                     "还需增加固定资产投资 1,250,000 元", id="rounded so that it is enough"),
        pytest.param("investment-intensity", 1_250_000.0000000002,
                     "还需增加固定资产投资 1,250,000 元", id="the noise of floats is not shown"),
        pytest.param("building-coverage", 100.0,
                     "还需增加建筑占地面积 101 m²", id="a strict limit asks for more"),
        pytest.param("building-coverage", 0.0, "还需增加建筑占地面积 1 m²", id="on a strict limit"),
        pytest.param("plot-ratio", -5.0, "还需减少计容建筑面积 5 m²", id="less is needed"),
        pytest.param("plot-ratio", math.nan, "", id="not known"),
    ],
)
def test_fix_is_told_in_the_unit_of_the_numerator(rule, fix, words):
    assert told(rule, 0.1, "fail", fix=fix).fix == words


def test_fix_and_reason_are_told_only_where_they_apply():
    passed = told("plot-ratio", 0.7, "pass", fix=5.0, reason="floor_area_m2")

    assert (passed.fix, passed.reason) == ("", "")


def test_unknown_names_every_missing_input_and_who_has_it():
    said = told("plot-ratio", math.nan, "unknown", reason="floor_area_m2, land_area_m2", words=EN)

    assert said.value == translations.DASH
    assert said.reason == (
        "Floor area counted is missing (ask the company); "
        "Land area is missing (ask the planner)"
    )


@pytest.mark.parametrize("reason", ["", None, math.nan, "  "])
def test_no_reason_is_no_words(reason):
    assert tell(ZH, wording.missing_of(reason)) == ""


@pytest.mark.parametrize("value", [None, np.nan, math.inf, pd.NA])
def test_a_missing_value_is_a_dash(value):
    assert told("plot-ratio", value, "unknown").value == translations.DASH


@pytest.mark.parametrize(
    ("measure", "unit"),
    [("investment_intensity_cny_m2", "CNY/m2"), ("fixed_investment_cny", "CNY"),
     ("overlap_m2", "m2"), ("nearest_m", "m"), ("overlap_share", "share"), ("count", "0"),
     ("plot_ratio", "1")],
)
def test_unit_is_read_from_the_name_of_a_measure(measure, unit):
    assert wording.unit_of(measure) == unit


def test_a_small_amount_is_not_shown_as_nothing():
    assert wording.quantity(ZH, 0.03, "m2") == "0.03 m²"
    assert wording.quantity(ZH, 0.0, "m2") == "0 m²"
    assert wording.quantity(EN, math.nan, "m2") == "not known"


def attribute(kind, field, value, words=ZH):
    return wording.attribute(words, SCHEMAS[kind].fields[field], WORKFLOW, value)


@pytest.mark.parametrize(
    ("kind", "field", "value", "shown"),
    [
        ("parcels", "state", "compensated", "补偿已到位"),
        ("pipelines", "medium", "gas", "燃气"),
        ("villages", "state", "standing", "未撤村"),
        ("pipelines", "medium", "lava", "lava"),
        ("power_lines", "voltage_kv", np.float64(0.4), "0.4 kV"),
        ("roads", "width_m", 24.0, "24 m"),
        ("roads", "lanes", np.int64(4), "4"),
        ("plots", "industry_year", 2002, "2002"),
        ("plots", "total_investment_cny", 1.3e8, "130,000,000 元"),
        ("plots", "accepted_on", pd.Timestamp(2006, 3, 1), "2006-03-01"),
        ("plots", "accepted_on", pd.NaT, ""),
        ("plots", "name", np.nan, ""),
        ("buildings", "storey_heights_m", (4.5, 9.0), "4.5 m, 9 m"),
        ("buildings", "storey_heights_m", np.array([3.0]), "3 m"),
        ("buildings", "storey_heights_m", None, ""),
    ],
)
def test_attributes_are_written_in_words(kind, field, value, shown):
    assert attribute(kind, field, value) == shown


@pytest.mark.parametrize(
    ("kind", "code", "label"),
    [("parcels", "notified", "已告知"), ("power_lines", "220", "220 kV"),
     ("power_lines", "unknown", "未注明"), ("plots", "fail", "不符合"), ("roads", "", "")],
)
def test_classes_are_named(kind, code, label):
    assert wording.class_label(ZH, SCHEMAS[kind], WORKFLOW, code) == label


def hits(kind, rows, layer=None):
    table = pd.DataFrame(
        [("P", kind, *rest) for rest in rows], columns=list(MEASURE_COLUMNS)
    )
    rows = table.to_dict("records")
    names = {} if layer is None else {kind: layer["name"].to_dict()}
    return [
        (each.label, each.what, each.value, each.coverage, each.feature)
        for each in wording.hits(ZH, rows, {kind: SCHEMAS[kind]}, names, WORKFLOW)
    ]


def test_a_layer_of_which_nothing_is_known_says_so_once():
    rows = [(code, "nearest_m", np.nan, None, "no_coverage") for code in ("", "gas", "water")]

    assert hits("pipelines", rows) == [("", "", "", "no_coverage", "")]
    assert hits("pipelines", []) == [("", "", "", "no_coverage", "")]


def test_a_layer_that_is_not_met_says_so_once():
    rows = [("", "overlap_m2", 0.0, None, "clear"), ("", "overlap_share", 0.0, None, "clear"),
            ("standing", "overlap_m2", 0.0, None, "clear")]

    assert hits("villages", rows) == [("", "", "", "clear", "")]


def test_distance_is_told_though_the_layer_is_not_met():
    layer = pd.DataFrame({"name": ["主管", None]}, index=["G1", "G2"])
    rows = [("", "nearest_m", 35.0, "G1", "clear"), ("", "length_m", 0.0, None, "clear"),
            ("water", "nearest_m", 80.0, "G2", "clear")]

    assert hits("pipelines", rows, layer) == [
        ("", "最近距离", "35.0 m", "clear", "主管"), ("给水", "最近距离", "80.0 m", "clear", "G2")
    ]


def test_area_and_share_stand_on_one_line_and_states_in_their_order():
    rows = [("", "acquired_m2", 0.0, None, "clear"), ("", "not_acquired_m2", 900.0, "Z", "hit"),
            ("", "double_claim_m2", 0.0, None, "clear"),
            ("compensated", "overlap_m2", 300.0, "Z", "hit"),
            ("compensated", "overlap_share", 0.25, "Z", "hit"),
            ("surveyed", "overlap_m2", 600.0, "Z", "hit"),
            ("surveyed", "overlap_share", 0.5, "Z", "hit")]

    assert [each[:3] for each in hits("parcels", rows)] == [
        ("", "已征面积", "0 m²"), ("", "未征到位面积", "900 m²"),
        ("已勘测定界", "涉及面积", "600 m²（占 50.0%）"),
        ("补偿已到位", "涉及面积", "300 m²（占 25.0%）"),
    ]


def test_land_in_no_parcel_is_told_but_is_no_hit():
    rows = [("", "overlap_m2", 0.0, None, "clear"), ("", "no_parcel_m2", 500.0, None, "hit"),
            ("", "not_acquired_m2", 500.0, None, "hit")]

    assert [each[1:4] for each in hits("parcels", rows)] == [
        ("未征到位面积", "500 m²", "clear"), ("不在任何征地地块内", "500 m²", "clear")
    ]


def test_what_a_class_tells_is_not_told_again_of_the_whole():
    rows = [(code, "overlap_share", 1.0, "B", "hit") for code in ("", "park")]

    assert [each[0] for each in hits("boundaries", rows)] == ["园区"]


def test_a_hit_of_unknown_size_is_not_silent():
    rows = [("", "nearest_road_m", 0.0, "R", "hit"), ("", "nearest_width_m", np.nan, "R", "hit")]

    assert [each[1:3] for each in hits("roads", rows)] == [
        ("最近道路（中心线）", "0.0 m"), ("最近道路宽度", "未知")
    ]


def test_both_languages_have_the_same_places_in_the_same_keys():
    zh, en = (
        {key: set(re.findall(r"{(\w+)", said)) for key, said in words.entries.items()}
        for words in (ZH, EN)
    )

    assert zh == en


def finding_with(words=EN, **more):
    return wording.finding(words, {**row(0.5, "fail"), **more}, RULES["plot-ratio"])


def test_a_limit_found_through_inferred_codes_names_them_and_says_so():
    inferred = {"source": "a; GB/T 4754-2017 2911 → GB/T 4754-2002 29"}

    assert finding_with(ZH, **inferred).note == (
        "2017 年版行业 2911 轮胎制造 对应 2002 年版 29 橡胶制品业：按名称推断，非官方对照"
    )
    assert finding_with(EN, **inferred).note == (
        "industry 2911 轮胎制造 of 2017 taken for 29 橡胶制品业 of 2002: "
        "inferred from names, not official"
    )


def test_a_limit_that_was_not_verified_or_that_came_before_others_is_told():
    assert finding_with(verified=True).note == ""
    assert finding_with(verified=False).note == (
        "limit not verified against the official document"
    )
    said = finding_with(
        verified=True, decided_by="park: p@1", overrode="national: n@1 >= 0.7"
    ).note
    assert said == "limit of park: p@1, before national: n@1 >= 0.7"


def test_the_limit_that_is_shown_is_the_one_that_won():
    said = finding_with(relation="between", threshold=0.7, upper=1.8)

    assert said.limit == "0.7–1.8"


def test_a_waived_fail_reads_as_a_fail():
    assert finding_with(waived_until="2006-12-31").outcome == "fail (waived until 2006-12-31)"


def test_a_limit_that_is_not_filled_in_names_its_document():
    assert tell(EN, wording.missing_of("limit:no. 24 (t.csv)")) == (
        "the limit is not filled in: it stands in no. 24 (t.csv)"
    )


@pytest.mark.parametrize("level", [*LEVELS, "plot"])
def test_the_level_of_a_limit_is_told_in_words(level):
    said = tell(ZH, wording.origin_of(f"{level}: x-park-2006@1"))

    assert said.endswith("：x-park-2006@1")
    assert not said.startswith(level)


def test_a_limit_without_a_level_is_told_as_it_is():
    assert wording.origin_of("x-park-2006@1") == "x-park-2006@1"


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (2_640_000.0, "m2", "2,640,000 m²"),
        (0.4512, "%", "45.12%"),
        (0.5, "share", "50.0%"),
        (float("nan"), "m2", "not known"),
        (None, "m", "not known"),
        (0.0, "m", "0.0 m"),
        (0.6, "1", "0.600"),
    ],
)
def test_numbers_are_written_for_reading(value, unit, shown):
    assert wording.quantity(translations.load("en"), value, unit) == shown
