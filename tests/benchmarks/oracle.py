# ruff: noqa: T201
"""Compares verdicts with the independent computation over as many projects as are asked for.

Run::

    python tests/benchmarks/oracle.py 100000

A batch of 2 000 projects is one place; after each, how many verdicts differ is printed.
"""

import sys
import tempfile
from collections import Counter
from itertools import product
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import ledgers

BATCH = 2000


def main(count):
    every, wrong = 0, Counter()
    for seed, (land, lost) in zip(
        range(-(-count // BATCH)), _again(product(("measured", "declared"), (False, True))),
        strict=False,
    ):
        with tempfile.TemporaryDirectory() as folder:
            came, differ = ledgers.compare(
                Path(folder) / "place", seed=seed, count=min(BATCH, count), land=land, lost=lost
            )
        every += len(came)
        wrong += Counter(differ.values())
        print(f"seed {seed}, land {land}, lost {lost}: {every:,} verdicts, {wrong.total()} differ")
        for key, (said, right) in list(differ.items())[:5]:
            print("  ", *key, f"{said}, not {right}")
    print(dict(wrong))
    return int(bool(wrong))


def _again(pairs):
    kept = list(pairs)
    while True:
        yield from kept


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
