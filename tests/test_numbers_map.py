"""The map reads a typed figure as a cell of a file is read: one list of cases for both."""

import math

import pytest
from scripts import run
from test_numbers import CASES

from landtrack.model import catalog
from landtrack.output.map import trial_limits

OWN = [each for each in CASES if each[0] in ("", *trial_limits.STORED)]


@pytest.mark.parametrize("stored", ["", *trial_limits.STORED])
def test_the_map_reads_every_case_as_python_does(stored):
    own = [(written, value) for unit, written, value in OWN if unit == stored]

    found = run(
        {"Numbers": "core/numbers.js"},
        "({ Numbers }, [cells, stored, units]) => cells.map((each) => "
        "{ const read = Numbers.read(units, each, stored);"
        " return Number.isNaN(read) ? null : read; })",
        [[written for written, _ in own], stored, catalog.units.of_entries(trial_limits.STORED)],
    )

    assert {
        written: read for (written, _), read in zip(own, found, strict=True)
    } == {written: None if value is None else pytest.approx(value) for written, value in own}
    assert not any(math.isnan(each) for each in found if each is not None)
