"""Verdicts on thousands of ledgers made by chance, against an independent computation."""

from collections import Counter
from pathlib import Path

import ledgers
import pytest

PLACES = [
    pytest.param("measured", False, id="land as measured"),
    pytest.param("declared", False, id="land as declared"),
    pytest.param("measured", True, id="a building was set aside"),
]
COUNT = 1700
"""Projects of each place: more than 5 000 in all."""


@pytest.mark.parametrize(("land", "lost"), PLACES)
def test_no_verdict_is_another_than_that_of_an_independent_computation(tmp_path, land, lost):
    came, differ = ledgers.compare(
        tmp_path / "place", seed=f"{land} {lost}", count=COUNT, land=land, lost=lost
    )

    outcomes = Counter(came.values())
    assert min(outcomes[each] for each in ("pass", "fail", "unknown")) > 100, outcomes
    assert not differ


def test_the_oracle_is_short_and_shares_no_code():
    text = (Path(__file__).parent / "oracle.py").read_text(encoding="utf-8")
    code = text.split('"""', 2)[2].strip().splitlines()

    assert len(code) <= 60
    assert not [line for line in code if "import" in line and "landtrack" in line]
