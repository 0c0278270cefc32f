"""Prints the table of the reported faults, and whether each comes out right now.

Each row of ``tests/faults/cases.csv`` states a small input, the command, and the right value.
The tests that hold the right value carry ``@pytest.mark.fault("<case>")``. Run::

    python tests/faults_table.py            # all
    python tests/faults_table.py 01 15 18   # those whose names begin so

Exit status 0 when every case asked for has a test and every such test passes.
"""

import csv
import sys
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "faults" / "cases.csv"


class Collected:
    """Keeps the outcome of every test that carries the mark of a case."""

    def __init__(self, wanted):
        self.wanted = wanted
        self.outcomes = {}

    def pytest_collection_modifyitems(self, config, items):
        kept = []
        for item in items:
            for mark in item.iter_markers("fault"):
                if mark.args[0] in self.wanted:
                    self.outcomes.setdefault(mark.args[0], {})[item.nodeid] = "not run"
                    kept.append(item)
        config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = list(dict.fromkeys(kept))

    def pytest_runtest_logreport(self, report):
        for tests in self.outcomes.values():
            if report.nodeid in tests and (report.when == "call" or report.outcome != "passed"):
                tests[report.nodeid] = report.outcome


def main(starts):
    with CASES.open(encoding="utf-8", newline="") as file:
        cases = list(csv.DictReader(file))
    wanted = [
        row for row in cases if not starts or any(row["case"].startswith(each) for each in starts)
    ]
    collected = Collected({row["case"] for row in wanted})
    pytest.main(
        ["-q", "-n", "0", "-m", "fault", "--tb=line", str(CASES.parents[1])], plugins=[collected]
    )
    bad = 0
    print(f"\n{'case':44}{'kind':20}right  tests")
    for row in wanted:
        tests = collected.outcomes.get(row["case"], {})
        right = bool(tests) and all(outcome == "passed" for outcome in tests.values())
        bad += not right
        said = "yes" if right else "NO"
        note = ", ".join(
            f"{test.rpartition('::')[2]}: {outcome}"
            for test, outcome in tests.items() if outcome != "passed"
        ) or (f"{len(tests)} passed" if tests else "no test")
        print(f"{row['case']:44}{row['kind']:20}{said:7}{note}")
    print(f"{len(wanted) - bad} of {len(wanted)} right")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
