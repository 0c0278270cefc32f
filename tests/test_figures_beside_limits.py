"""A figure never looks as if it met a limit that it misses: the page writes as Python does."""

import pytest
from builders import rule
from scripts import run

from landtrack.model import RELATIONS, Outcome, translations
from landtrack.output import wording

WORDS = translations.load("en")

VECTORS = [
    # unit, relation, threshold, upper, value, as it is written
    ("1", ">=", 0.6, None, 59_996 / 100_000, "0.59996"),
    ("1", ">=", 0.6, None, 0.6, "0.600"),
    ("1", ">=", 0.6, None, 0.59949, "0.599"),
    ("1", ">=", 0.6, None, 0.5999999999, "0.5999999999"),
    ("1", "<=", 2.5, None, 2.5000001, "2.5000001"),
    ("1", "<=", 2.5, None, 2.5, "2.500"),
    ("1", ">", 0.6, None, 0.6, "0.600"),
    ("1", ">", 0.6, None, 0.60001, "0.60001"),
    ("%", ">", 0.45, None, 0.45, "45.00%"),
    ("%", ">", 0.45, None, 0.450004, "45.0004%"),
    ("%", ">=", 0.45, None, 0.449996, "44.9996%"),
    ("%", "between", 0.3, 0.5, 0.5000049, "50.0005%"),
    ("%", "between", 0.3, 0.5, 0.299999, "29.9999%"),
    ("%", "between", 0.3, 0.5, 0.5, "50.00%"),
    ("%", "<=", 0.2, None, 0.07, "7.00%"),
    ("CNY/m2", ">=", 2500.0, None, 2499.96, "2,499.96 CNY/m²"),
    ("CNY/m2", ">=", 2500.0, None, 2500.04, "2,500.0 CNY/m²"),
    ("CNY/m2", ">=", 2500.0, None, 1234567.85, "1,234,567.8 CNY/m²"),
    ("1", ">=", 0.1, None, 0.5995, "0.600"),
    ("1", ">=", 0.1, None, 0.5985, "0.598"),
    ("1", ">=", 0.1, None, 1e-7, "0.000"),
    ("1", ">=", 1e-7, None, 9e-8, "0.000"),
]


def met(relation, threshold, upper, value):
    if relation == "between":
        return threshold <= value <= upper
    return bool(RELATIONS[relation](value, threshold))


@pytest.mark.parametrize(("unit", "relation", "threshold", "upper", "value", "written"), VECTORS)
def test_python_keeps_a_figure_on_its_side(unit, relation, threshold, upper, value, written):
    judged = rule(unit=unit, relation=relation, threshold=threshold, upper=upper, sample=())
    outcome = Outcome.PASS if met(relation, threshold, upper, value) else Outcome.FAIL
    row = {
        "plot_id": "A", "rule": judged.id, "value": value, "relation": relation,
        "threshold": threshold, "upper": upper, "unit": unit, "outcome": outcome.value,
        "margin": None, "fix": None, "reason": "", "rule_version": "test@1", "source": "",
        "stage": "", "severity": "", "decided_by": "", "overrode": "", "verified": True,
        "waived_until": "", "evidence": "",
    }

    assert wording.finding(WORDS, row, judged).value == written


@pytest.mark.fault("66-demo-trial-plot-over-plot")
def test_the_page_writes_every_figure_as_python_does():
    asked = [
        [value, unit, {"relation": relation, "threshold": threshold, "upper": upper},
         met(relation, threshold, upper, value)]
        for unit, relation, threshold, upper, value, _ in VECTORS
    ]

    told = run(
        {"Words": "core/words.js"},
        """({ Words }, { words, asked }) => {
            Words.setup({ en: words }, "en");
            return asked.map((each) => Words.beside(...each));
        }""",
        {"words": dict(WORDS.entries), "asked": asked},
    )

    assert told == [vector[-1] for vector in VECTORS]
