"""How many findings a second the engine judges on one core: prints the figures.

Run from the project folder: ``python tests/benchmarks/vetting.py``.
"""

import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parents[1]))

from builders import pack, rule

from landtrack import check

PLOTS, RULES, TIMES = 100_000, 40, 5


def main():
    """Judge 100 000 plots by 40 rules, some inputs missing, and take the best of five runs."""
    rng = np.random.default_rng(1)
    inputs = pd.DataFrame(
        {"floor_area_m2": rng.uniform(1, 1e5, PLOTS), "land_area_m2": rng.uniform(1, 1e5, PLOTS)},
        index=[f"P{at}" for at in range(PLOTS)],
    )
    inputs.iloc[::50, 0] = np.nan
    rules = pack(*(rule(id=f"r{at}", threshold=0.1 + at / 40) for at in range(RULES)))
    took = {"judged": [], "with words as words": []}
    for _ in range(TIMES):
        subjects = check.Subjects(inputs=inputs, facts=pd.DataFrame(index=inputs.index))
        begun = time.perf_counter()
        findings = check.judge(subjects, [rules])
        took["judged"].append(time.perf_counter() - begun)
        check.plain(findings)
        took["with words as words"].append(time.perf_counter() - begun)
    assert findings["outcome"].value_counts()["unknown"] == PLOTS // 50 * RULES
    for name, seconds in took.items():
        best = min(seconds)
        rate = len(findings) / best
        print(f"{len(findings):,} findings {name}: {best:.2f} s, {rate:,.0f} a second")  # noqa: T201


if __name__ == "__main__":
    main()
