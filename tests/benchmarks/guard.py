"""Fail, with exit status 1, where a join has lost more than 30 % of the ratio it must keep.

    python tests/benchmarks/guard.py

Small enough for every change: 5 000 plots. Ours and geopandas run in turns and are compared
run by run, so a busy machine slows both; the best pair of several counts, because noise
can only hide a ratio, not lend one to slow code for long.
"""
# ruff: noqa: T201 - a script that prints

import statistics
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import joins

from landtrack.spatial import kernels

PLOTS = 5_000
RUNS = 5
LOST = 0.7
GOALS = {
    "areas-parcels": 10.0, "areas-buildings": 10.0, "nearest-short": 1.0, "nearest-long": 30.0,
    "nearest-points": 1.0, "lengths-short": 5.0, "lengths-long": 5.0, "frontage-short": 5.0,
    "inside-points": 1.0,
}
"""How many times as quick as geopandas each join must be."""


def main():
    """Print each ratio, and return the number of those that are lost."""
    kernels.ready()
    lost = 0
    for case, goal in GOALS.items():
        ratios = []
        for _ in range(RUNS):
            seconds = joins.compare(case, PLOTS, 1, ["ours", "geopandas"])
            ratios.append(seconds["geopandas"] / seconds["ours"])
        kept = max(ratios) >= LOST * goal
        lost += not kept
        print(f"{case:<16} {statistics.median(ratios):6.1f} x (best {max(ratios):.1f} x), "
              f"must be {goal:g} x: {'kept' if kept else 'LOST'}")
    return lost


if __name__ == "__main__":
    sys.exit(min(main(), 1))
