"""A number reads alike wherever it is shown: on the page, in a form, on the overview."""

from decimal import Decimal

import pytest

from landtrack.model.rounding import written
from landtrack.output.wording import bare


@pytest.mark.parametrize(("value", "digits", "shown"), [  # those of words.test.js
    (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (-2.5, 0, "-2"), (2.675, 2, "2.68"),
    (1.005, 2, "1.00"), (40262.5, 0, "40,262"), (1e-7, 2, "0.00"), (-1e-7, 2, "0.00"),
    (1e21, 0, "1,000,000,000,000,000,000,000"),
])  # fmt: skip
def test_halfway_between_two_is_the_even_one_on_the_decimals_it_is_written_with(
    value, digits, shown
):
    assert written(value, digits) == shown
    assert written(Decimal(repr(value)), digits) == shown
    assert bare(value, digits).digits_shown == shown


@pytest.mark.parametrize(("value", "shown"), [(0.126, "+0.13"), (-0.126, "-0.13"), (0.001, "0.00")])
def test_a_difference_has_its_sign_unless_nothing_is_left_of_it(value, shown):
    assert written(value, 2, sign=True) == shown


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_shown_as_one(value):
    with pytest.raises(ValueError, match="no number"):
        written(value, 1)
