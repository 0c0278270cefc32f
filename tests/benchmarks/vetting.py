"""How many findings the engine judges in a second of one core: prints the figures.

Run from the project folder: ``python tests/benchmarks/vetting.py``.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from builders import pack, rule

from landtrack.assessment import rules as check
from landtrack.model import catalog

PLOTS, RULES, TIMES = 100_000, 40, 5


def own_figures(rng):
    """Draw the figures of 100 000 plots; every fiftieth lacks its floor area."""
    names = (
        "floor_area_m2", "land_area_m2", "covered_area_m2", "fixed_investment_cny",
    )
    figures = pd.DataFrame(
        {name: rng.uniform(1, 1e5, PLOTS) for name in names},
        index=[f"P{at}" for at in range(PLOTS)],
    )
    figures.iloc[::50, 0] = np.nan
    return figures


def known_facts(rng, index):
    """Draw dates, stages, industries and land grades, as a ledger holds them."""
    days = pd.Timestamp("2006-01-01") + pd.to_timedelta(rng.integers(0, 7000, PLOTS), unit="D")
    return pd.DataFrame({
        "accepted_on": days, "eia_approved_on": days + pd.Timedelta(days=20),
        "construction_permit_on": days + pd.to_timedelta(rng.integers(0, 60, PLOTS), unit="D"),
        "industry_code": rng.choice(["13", "26", "36", "40", "41"], PLOTS),
        "industry_year": rng.choice([2002.0, 2017.0], PLOTS),
        "land_grade": rng.integers(1, 16, PLOTS).astype("float64"),
        "stage": rng.choice(["entered", "under_construction", "completed"], PLOTS),
        **{name: rng.uniform(1, 1e4, PLOTS) for name in (
            "office_land_m2", "office_floor_area_m2", "gross_floor_area_m2", "green_area_m2",
            "annual_output_cny", "annual_tax_cny",
        )},
    }, index=index)


def judged(inputs, facts, packs):
    """Judge all plots by all packs, and take the best of five runs."""
    took = {"judged": [], "with words as words": []}
    for _ in range(TIMES):
        subjects = check.Subjects(inputs=inputs, facts=facts)
        begun = time.process_time()
        findings = check.judge(subjects, packs)
        took["judged"].append(time.process_time() - begun)
        check.plain(findings)
        took["with words as words"].append(time.process_time() - begun)
    for name, seconds in took.items():
        best = min(seconds)
        rate = len(findings) / best
        print(f"{len(findings):,} findings {name}: {best:.2f} s, {rate:,.0f} a second")  # noqa: T201
    return findings


def main():
    """Judge by 40 rules of one pack; by the shipped packs of two levels and three times."""
    rng = np.random.default_rng(1)
    inputs = own_figures(rng)
    rules = pack(*(rule(id=f"r{at}", threshold=0.1 + at / 40) for at in range(RULES)))
    print("40 rules of one park")  # noqa: T201
    findings = judged(inputs, pd.DataFrame(index=inputs.index), [rules])
    assert findings["outcome"].value_counts()["unknown"] == PLOTS // 50 * RULES
    print("the shipped packs: tables by industry and grade, dates, stages, two levels")  # noqa: T201
    shipped = [catalog.rule_pack(name) for name in ("cn-2008", "cn-2023", "x-park-2006")]
    findings = judged(inputs, known_facts(rng, inputs.index), shipped)
    assert set(findings["outcome"]) == {"pass", "fail", "unknown", "not_applicable"}


if __name__ == "__main__":
    main()
