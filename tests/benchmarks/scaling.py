"""Print how the cost per plot grows with the number of plots, sizes measured by turns.

    python tests/benchmarks/scaling.py 10000 100000 1000000 --runs 3

Each turn measures every size, the small ones repeatedly, so that a busy machine slows all. It
is processor time of all threads, which other work on the machine disturbs least.
"""
# ruff: noqa: T201 - a script that prints

import argparse
import gc
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import joins

import layers
from landtrack.spatial import kernels

REPEATED = 200_000
"""Plots that a turn measures at least, in as many repetitions as that takes, up to 10."""


def main():
    """Print a line for each join: microseconds per plot, and the growth from the first size."""
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("plots", nargs="*", type=int, default=[10_000, 100_000])
    arguments.add_argument("--runs", type=int, default=3)
    arguments.add_argument("--only", nargs="*", default=list(joins.CASES))
    given = arguments.parse_args()
    kernels.ready()
    for case in given.only:
        work = {
            n: joins.ours(case, layers.plots(n), joins.CASES[case](n)) for n in given.plots
        }
        cost, growth = {n: [] for n in work}, {n: [] for n in work}
        for _ in range(given.runs):
            for n, join in work.items():
                cost[n].append(1e6 * quickest(join, n) / n)
                growth[n].append(cost[n][-1] / cost[given.plots[0]][-1])
        told = ", ".join(
            f"{n:,}: {statistics.median(cost[n]):.2f} us ({statistics.median(growth[n]) - 1:+.0%})"
            for n in work
        )
        print(f"{case:<16} {told}", flush=True)


def quickest(join, n):
    """Time a join; the median of several where it is small."""
    seconds = []
    for _ in range(min(max(REPEATED // n, 1), 10)):
        gc.collect()
        begun = time.process_time()
        join()
        seconds.append(time.process_time() - begun)
    return statistics.median(seconds)


if __name__ == "__main__":
    main()
