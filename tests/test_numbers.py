"""One strict parser of numbers: what is not exactly one number is refused, with its value."""

import math
import tomllib
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import assume, given, strategies as st

from landtrack.ingest.normalise import quantities, values
from landtrack.ingest.normalise.units import ColumnUnit
from landtrack.model.catalog import numbers, units

CASES = [
    (case.get("stored", ""), written, case.get("value"))
    for case in tomllib.loads(
        (Path(__file__).parent / "numbers.toml").read_text(encoding="utf-8")
    )["case"]
    for written in case["written"]
]
NOTHING = {"", " ", "-", "nan", "NaN"}
"""What says that there is no value, which is no wrong one."""


def read(*cells, stored="", factor=1.0):
    """Read a column; give its values and which cells were refused."""
    column = pd.Series(cells, dtype="object")
    unit = ColumnUnit(stored=stored, factor=factor)
    found = quantities.read(column, values.as_text(column), unit)
    return found.value.tolist(), found.refused.tolist(), found


@pytest.mark.parametrize(("stored", "written", "value"), CASES)
def test_a_cell_is_exactly_one_number_or_refused(stored, written, value):
    [found], [refused], _ = read(written, stored=stored)

    if value is None:
        assert math.isnan(found)
        assert refused or written.strip() in NOTHING
    else:
        assert found == value
        assert not refused


@pytest.mark.parametrize(("stored", "written"), [case[:2] for case in CASES])
def test_a_cell_is_read_alike_among_others(stored, written):
    alone, _, _ = read(written, stored=stored)
    among, _, _ = read("7", written, "8.5", stored=stored)

    assert str(among[1]) == str(alone[0])


@pytest.mark.parametrize(
    ("cells", "figures"),
    [
        (("12,5", "3,75", "4"), [12.5, 3.75, 4]),
        (("1.234,5", "12"), [1234.5, 12]),
        (("1.234.567,25",), [1234567.25]),
        (("12,5亩", "3,5亩"), [12.5, 3.5]),
        (("0,8123", "1,2"), [0.8123, 1.2]),
    ],
)
def test_a_decimal_comma_is_decided_by_the_whole_column_and_told(cells, figures):
    found, refused, whole = read(*cells, stored="m2" if "亩" in cells[0] else "")

    scale = 10_000 / 15 if "亩" in cells[0] else 1
    assert found == pytest.approx([each * scale for each in figures])
    assert not any(refused)
    assert whole.commas.any()


@pytest.mark.parametrize(
    "cells",
    [
        ("12,5",),  # one cell is no evidence: it may be two numbers
        ("12,5", "3", "4", "5", "6"),  # nor one of many
        ("12,5", "3,5", "4.5"),  # a decimal point in the same column
        ("12,5", "3,5", "3,000"),  # thousands, or three and no more
        ("12,5", "3,5", "1,234,567"),
        ("12，5", "3，5"),  # a comma of lists
        ("12,5", "3,5", "约4"),
        ("1200,1200", "1300,1300"),
        ("1.234", "12,5", "3,5"),  # thousands, or a decimal point
    ],
)
def test_a_comma_that_may_mean_two_things_is_refused(cells):
    found, refused, whole = read(*cells)

    odd = {"12,5", "3,5", "12，5", "3，5", "1200,1200", "1300,1300"}
    assert [refused[at] for at, cell in enumerate(cells) if cell in odd] == [True] * sum(
        cell in odd for cell in cells
    )
    assert not whole.commas.any()
    assert all(math.isnan(value) for value, cell in zip(found, cells, strict=True) if cell in odd)


def test_a_cell_without_a_unit_is_in_that_of_its_column_and_one_with_a_unit_in_its_own():
    found, _, whole = read("12", "12亩", "8000m²", stored="m2", factor=10_000.0)

    assert found == pytest.approx([120_000, 8000, 8000])
    assert whole.unit.tolist()[1:] == ["亩", "m²"]


def test_in_a_column_of_no_known_unit_only_cells_with_a_unit_of_their_own_are_known():
    found, refused, _ = read("12", "12亩", "12x", stored="m2", factor=None)

    assert found[1] == pytest.approx(8000)
    assert math.isnan(found[0])
    assert refused == [False, False, True]


@given(
    st.floats(min_value=0.001, max_value=1e9).map(lambda x: float(f"{x:.6g}")),
    st.sampled_from([
        (stored, name, factor) for stored, names in units.units().items() if stored != "%"
        for name, factor in names.items() if not name[0].isdigit() and stored != "CNY/m2"
    ]),
    st.sampled_from(["{}{}", "{} {}", "{}  {}"]),
    st.sampled_from(["f", ",", "full", "e"]),
)
def test_what_is_written_with_a_unit_is_read_as_it_was_meant(x, unit, layout, form):
    stored, name, factor = unit
    assume(name not in {"千", "百"})
    text = {"f": f"{x:.9f}", ",": f"{x:,.9f}", "e": f"{x:.12e}"}.get(form, f"{x:.9f}")
    if form == "full":
        text = "".join(chr(ord(each) + 0xFEE0) for each in text)

    [found], [refused], _ = read(layout.format(text, name), stored=stored)

    assert not refused
    assert found == pytest.approx(x * factor, rel=1e-6, abs=1e-9 * factor)


@given(st.text(alphabet="0123456789.,， +-eE_xdm²①亩万元¥约(),/\n ", max_size=10))
def test_stricter_never_reads_what_python_and_people_would_not(text):
    value = numbers.number(text)

    if not math.isnan(value):
        plain = numbers.half_width(text).replace(",", "")
        assert float(plain) == value
        assert not set(numbers.half_width(text)) & set("_ \n")


def test_a_million_cells_are_read_at_once():
    column = pd.Series([f"{each}.5" for each in range(1000)] * 1000)

    found = quantities.read(column, values.as_text(column), ColumnUnit(stored=""))

    assert found.value.sum() == 1000 * (sum(range(1000)) + 500)


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("9.5;4.2", "9.5;4.2"), ("9.5；4.2", "9.5;4.2"), ("9.5、4.2", "9.5;4.2"),
        ("9.5/4.2", "9.5;4.2"), ("9.5 4.2", "9.5;4.2"), ("9.5,4.2", "9.5;4.2"),
        ("9.5, 4.2", "9.5;4.2"), ("9.5,4", "9.5;4"), ("9.5m;4.2m", "9.5;4.2"),
        ("4500mm", "4.5"), ("4.5", "4.5"), ("4,5", None), ("4，5", None), ("4,5;4,2", None),
        ("4500,4200", None), ("4.5;", None), ("4.5;x", None), ("约4.5", None), ("4.5²", None),
        ("4.5×2", None), ("4_5", None),
    ],
)
def test_a_list_of_heights_is_read_whole_or_not_at_all(written, found):
    read_ = quantities.read_lists(pd.Series([written], dtype="str"), ColumnUnit(stored="m"))

    assert (None if pd.isna(read_[0]) else read_[0]) == found


@pytest.mark.fault("24-comma-is-no-thousands")
@pytest.mark.parametrize(("cells", "figures"), [
    pytest.param(("3.000", "2.500,5", "1.250"), (None, None, None), id="grouped by points"),
    pytest.param(("3.000", "2.500,5", "1250,5", "12"), (None, None, None, 12), id="some of them"),
    pytest.param(("3.000亩", "2.500,5"), (None, None), id="with a unit"),
    pytest.param(("3.000", "2.500", "12.5"), (3, 2.5, 12.5), id="nothing groups by points"),
])
def test_a_point_before_three_digits_is_doubted_where_another_cell_groups_by_points(
    cells, figures
):
    values_, refused, _ = read(*cells, stored="m2")

    assert [None if math.isnan(each) else each for each in values_] == list(figures)
    assert refused == [each is None for each in figures]
    plain = [each.removesuffix("亩") for each in cells]
    found, _ = numbers.of_column(plain)
    assert [None if math.isnan(each) else each for each in found] == list(figures)
