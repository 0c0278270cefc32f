"""Units are read, never assumed: one grammar for headings, cells and catalogs."""

import pytest
from hypothesis import given, strategies as st

from landtrack.model import catalog
from landtrack.model.catalog import units
from landtrack.model.catalog.units import Asked, Unit

MU, ACRE, FOOT = 10_000 / 15, 4046.8564224, 0.3048**2
STORED = sorted(units.units())
SPELLINGS = [
    (stored, name, factor)
    for stored, names in sorted(units.units().items()) for name, factor in sorted(names.items())
]
BRACKETS = [
    "（{}）", "({})", "【{}】", "[{}]", "〔{}〕", "（单位：{}）", "(单位:{})", "（ {} ）", "<{}>",
    " ({})",
]
APART = ["/{}", "_{}", "、{}", "，{}", "-{}", "\n{}", " {}", "：{}", "／{}"]


@pytest.mark.parametrize(
    ("heading", "factor"),
    [
        ("用地面积（hm²）", 10_000), ("用地面积（hm2）", 10_000), ("用地面积（万㎡）", 10_000),
        ("用地面积(万平米)", 10_000), ("用地面积（万平方米）", 10_000), ("用地面积（㎡）", 1),
        ("用地面积（平米）", 1), ("用地面积（M²）", 1), ("用地面积（m^2）", 1),
        ("用地面积（市亩）", MU),
        ("用地面积（亩 ）", MU), ("用地面积（单位：亩）", MU), ("用地面积（畝）", MU),
        ("用地面积（万亩）", MU * 1e4),
        ("用地面积（公亩）", 100), ("用地面积（k㎡）", 1e6), ("用地面积（㎢）", 1e6),
        ("用地面积（平方千米）", 1e6), ("用地面积（平方公里）", 1e6), ("用地面积 (ha)", 10_000),
        ("用地面积（HA）", 10_000), ("用地面积（公頃）", 10_000), ("用地面积（acre）", ACRE),
        ("用地面积（sq ft）", FOOT), ("用地面积（sq.ft.）", FOOT), ("用地面积亩", MU),
        ("占地亩数", MU),
        ("用地面积/亩", MU), ("用地面积，亩", MU), ("用地面积\n亩", MU), ("land_area_ha", 10_000),
        ("land_area_m2", 1), ("land_area_sq_ft", FOOT), ("用地面积（净）（亩）", MU),
        ("用地面积（亩，净）", MU), ("用地面积（亩", MU), ("亩", MU),
    ],
)
def test_an_area_is_in_the_unit_of_its_heading(heading, factor):
    assert units.of_column([heading], "m2").factor == pytest.approx(factor, rel=1e-12)


@pytest.mark.parametrize(
    ("heading", "factor"),
    [
        ("投资（元）", 1), ("投资（千元）", 1e3), ("投资（万元）", 1e4), ("投资（百万元）", 1e6),
        ("投资（亿元）", 1e8), ("投资（亿）", 1e8), ("投资（万）", 1e4), ("投资（億元）", 1e8),
        ("投资（万元人民币）", 1e4), ("投资（人民币万元）", 1e4), ("投资（人民币，万元）", 1e4),
        ("投资【万元】", 1e4),
        ("投资（万 元）", 1e4), ("投资（萬元）", 1e4), ("投资（单位：万元）", 1e4),
        ("投资（单位万元）", 1e4),
        ("投资（RMB 10,000）", 1e4), ("投资（RMB'000）", 1e3), ("投资（CNY million）", 1e6),
        ("投资（million yuan）", 1e6), ("投资（10k CNY）", 1e4), ("投资（十亿元）", 1e9),
        ("投资额万元", 1e4),
        ("投资_万元", 1e4), ("fixed_investment_cny", 1), ("投资（万元，含税）", 1e4),
        ("投资（万元，2006年）", 1e4), ("投资（万圆）", 1e4), ("投资（￥）", 1),
    ],
)
def test_money_is_in_the_unit_of_its_heading(heading, factor):
    assert units.of_column([heading], "CNY").factor == factor


@pytest.mark.parametrize(
    ("heading", "stored", "factor"),
    [
        ("层高（mm）", "m", 0.001), ("层高（毫米）", "m", 0.001), ("层高（cm）", "m", 0.01),
        ("长度（km）", "m", 1000), ("桥长（米）", "m", 1), ("电压（kV）", "kV", 1), ("电压（千伏）",
        "kV", 1),
        ("电压（V）", "kV", 0.001), ("管径（DN）", "mm", 1), ("DN", "mm", 1), ("管径（m）",
        "mm", 1000),
        ("管径cm", "mm", 10),
    ],
)
def test_a_length_or_a_voltage_is_in_the_unit_of_its_heading(heading, stored, factor):
    assert units.of_column([heading], stored).factor == factor


@pytest.mark.parametrize(
    ("heading", "why", "currency"),
    [
        ("投资（万美元）", "currency", "USD"), ("投资（美元）", "currency", "USD"),
        ("投资（US$ million）", "currency", "USD"), ("投资（$）", "currency", "USD"),
        ("投资（港币）", "currency", "HKD"), ("投资（万港元）", "currency", "HKD"), ("投资（€）",
        "currency", "EUR"),
        ("投资（日元）", "currency", "JPY"), ("投资（万元/亩）", "dimension", ""),
        ("投资（元/㎡）", "dimension", ""), ("投资（亩）", "dimension", ""), ("投资（外币）",
        "unknown", ""),
        ("投资（million）", "unknown", ""), ("投资（万元/元）", "unknown", ""),
        ("投资（万元、元）", "several", ""), ("投资（万元/年）", "unknown", ""), ("投资（X）",
        "unknown", ""),
    ],
)
def test_money_of_another_currency_by_land_or_in_no_known_unit_is_asked(heading, why, currency):
    found = units.of_column([heading], "CNY")

    assert isinstance(found, Asked)
    assert (found.why, found.currency) == (why, currency)


@pytest.mark.parametrize(
    ("heading", "name", "factor"),
    [
        ("投资（万元，美元）", "万美元", 1e4), ("投资（美元）（万元）", "万美元", 1e4),
        ("投资（万）（港币）", "万港币", 1e4), ("投资美元（万元）", "万美元", 1e4),
        ("投资（万元）USD", "万USD", 1e4), ("投资（元，欧元）", "欧元", 1),
        ("投资（10⁴元、美元）", "万美元", 1e4),
    ],
)
def test_another_currency_beside_a_multiple_of_yuan_is_that_currency(heading, name, factor):
    found = units.of_column([heading], "CNY")

    assert (found.why, found.name, found.factor) == ("currency", name, factor)


@pytest.mark.parametrize(
    "heading",
    ["投资（亩均，万元）", "投资（万元）（每亩）", "投资（万元，人均）", "Tax (CNY, per mu)"],
)
def test_an_amount_by_land_or_head_is_none_of_the_whole(heading):
    assert units.of_column([heading], "CNY").why == "dimension"


@pytest.mark.parametrize("unit", [
    "坪", "顷", "垧", "分", "市顷", "亩/户", "m³", "万元", "方", "104m²", "10⁴", "x亩",
])
def test_an_area_in_no_known_unit_is_asked(unit):
    assert isinstance(units.of_column([f"用地面积（{unit}）"], "m2"), Asked)


@pytest.mark.parametrize(
    "heading",
    [
        "用地面积", "inv", "land", "area", "DKMJ", "MJ", "用地面积（净）", "用地面积（2006年）",
        "用地面积（必填）", "",
    ],
)
def test_a_heading_without_a_unit_states_none(heading):
    assert units.of_column([heading], "m2") is None


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("用地面积（hm²）", "用地面积"), ("固定资产投资万元", "固定资产投资"), ("land_area_ha",
        "land_area"),
        ("权利人", "权利人"), ("楼层", "楼层"), ("层数", "层数"), ("length", "length"), ("长度",
        "长度"),
        ("地块名称", "地块名称"), ("用地面积（净）（亩）", "用地面积"),
    ],
)
def test_the_unit_is_taken_off_the_name_and_nothing_else_is(heading, name):
    assert units.split(heading)[0] == name


def test_a_row_of_units_comes_before_the_heading_above_it():
    assert units.of_column(["亩", "用地面积（㎡）"], "m2").factor == pytest.approx(MU)
    assert units.of_column(["用地面积", "规模（亩）"], "m2").factor == pytest.approx(MU)


@pytest.mark.parametrize(
    ("heading", "stored", "factor"),
    [
        ("用地面积（10⁴m²）", "m2", 1e4), ("面积(×10⁴㎡)", "m2", 1e4), ("投资(10⁴元)", "CNY", 1e4),
        ("投资（10^4元）", "CNY", 1e4), ("建筑面积(10^4 m2)", "m2", 1e4),
        ("面积（10^6m²）", "m2", 1e6), ("投资（10⁸元）", "CNY", 1e8), ("面积/10⁴m²", "m2", 1e4),
    ],
)
def test_a_power_of_ten_before_a_unit_is_its_multiplier(heading, stored, factor):
    found = units.of_column([heading], stored)

    assert found.factor == factor
    assert units.read(found.name, stored).factor == factor  # as the draft writes it


def test_a_figure_of_a_year_is_money_where_it_is_of_a_year():
    assert units.of_column(["年产值（万元/年）"], "CNY", yearly=True).factor == 1e4
    assert units.of_column(["年产值（万元/a）"], "CNY", yearly=True).factor == 1e4


@given(st.sampled_from(SPELLINGS), st.sampled_from(BRACKETS), st.data())
def test_every_unit_of_the_data_is_read_in_any_bracket_and_spelling(spelling, bracket, data):
    stored, name, factor = spelling
    written = data.draw(st.sampled_from([
        name, name.upper(), name.lower(), name.replace("m2", "㎡").replace("m²", "㎡"),
        name.replace("2", "²"), " ".join(name) if not name.isascii() else name,
        "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in name),
    ]))

    found = units.of_column(["数量" + bracket.format(written)], stored)

    assert isinstance(found, Unit)
    assert found.factor == factor


@given(st.sampled_from([each for each in SPELLINGS if each[0] in {"CNY", "m2"}]),
       st.sampled_from(APART))
def test_every_unit_of_money_and_area_is_read_behind_whatever_sets_it_apart(spelling, apart):
    stored, name, factor = spelling

    assert units.of_column(["数目" + apart.format(name)], stored).factor == factor


@given(st.text(max_size=12), st.sampled_from(STORED))
def test_any_text_is_a_unit_or_asked_or_says_nothing(text, stored):
    found = units.of_column([f"数目（{text}）"], stored)

    assert found is None or isinstance(found, (Unit, Asked))


def test_the_catalog_uses_the_same_grammar():
    assert catalog.unit_factor("m2", "万㎡") == 10_000
    assert catalog.unit_factor("CNY", "百万元") == 1_000_000
    assert catalog.unit_factor("CNY", "万美元") is None
