"""Break the judging and the rule loader one place at a time, and see a test fail each time.

Run from the project folder: ``python tests/mutate_check.py``. Each mutation is made in a copy
of the package; status 1 if one survives.
"""

# ruff: noqa: E501  a mutation reads best on one line

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ("tests/test_check.py", "tests/test_limits.py")

MUTATIONS = (
    ("model.py", '">=": operator.ge', '">=": operator.gt'),
    ("model.py", '">": operator.gt', '">": operator.ge'),
    ("model.py", '"<=": operator.le', '"<=": operator.lt'),
    ("model.py", '"<": operator.lt', '"<": operator.le'),
    ("model.py", '"==": operator.eq', '"==": operator.ge'),
    ("check/compare.py", "NOISE = 1e-9", "NOISE = 0.0"),
    ("check/compare.py", "NOISE = 1e-9", "NOISE = 1e-2"),
    ("check/compare.py", "(compared >= limit) &", "(compared > limit) &"),
    ("check/compare.py", "(value <= upper) |", "(value < 0) |"),
    ("check/compare.py", "| on_line(value, upper))", "| (value > 0))"),
    ("check/compare.py", "np.isfinite(value) & np.isfinite(limit)\n    told", "np.isfinite(limit)\n    told"),
    ("check/compare.py", "np.isfinite(value) & np.isfinite(limit)\n    told", "np.isfinite(value)\n    told"),
    ("check/compare.py", "np.where(kept, PASS, FAIL), UNKNOWN)", "np.where(kept, PASS, FAIL), PASS)"),
    ("check/compare.py", "np.where(kept, PASS, FAIL)", "np.where(kept, FAIL, PASS)"),
    ("check/compare.py", "compared = np.where(on_line(value, limit), limit, value)", "compared = np.round(value, 2)"),
    ("check/engine.py", "usable = denominator > 0", "usable = denominator != 0"),
    ("check/engine.py", "usable = denominator > 0", "usable = denominator >= 0"),
    ("check/engine.py", "np.divide(numerator, denominator,", "np.divide(denominator, numerator,"),
    ("check/engine.py", "np.isnan(numerator) + 2 * ~usable", "np.isnan(numerator) + 0 * ~usable"),
    ("check/engine.py", "bound * parts[1] - parts[0]", "bound - parts[0]"),
    ("check/engine.py", "value - bound,", "bound - value,"),
    ("check/engine.py", "outcome = np.where(chosen.skipped, NOT_APPLICABLE, outcome)", "pass"),
    ("check/engine.py", "<= as_of <= each.until", "<= as_of < each.until"),
    ("check/engine.py", "each.granted_on <= as_of", "each.granted_on < each.until and as_of"),
    ("check/engine.py", "& (outcome == FAIL)]", "& (outcome >= FAIL)]"),
    ("check/sequence.py", "days >= 0", "days > 0"),
    ("check/sequence.py", "days > 0 if", "days >= 0 if"),
    ("check/sequence.py", "second[both] - first[both]", "first[both] - second[both]"),
    ("check/sequence.py", "[NOT_APPLICABLE, UNKNOWN]", "[NOT_APPLICABLE, PASS]"),
    ("check/sequence.py", "[~due, ~both]", "[~due & False, ~both]"),
    ("check/sequence.py", 'subjects.words(rule.documents[1]) != ""', 'subjects.words(rule.documents[1]) == "?"'),
    ("check/sequence.py", "order.index(rule.due_from.value):", "order.index(rule.due_from.value) + 1:"),
    ("check/limits.py", "reverse=True", "reverse=False"),
    ("check/limits.py", "return not out.any()", "return True"),
    ("check/limits.py", '(days < np.datetime64(pack.in_force_from, "D"))', '(days <= np.datetime64(pack.in_force_from, "D"))'),
    ("check/limits.py", '(days > np.datetime64(pack.in_force_until, "D"))', '(days >= np.datetime64(pack.in_force_until, "D"))'),
    ("check/limits.py", "undated if stated.rivals else np.zeros(len(subjects), dtype=bool)", "np.zeros(len(subjects), dtype=bool)"),
    ("check/limits.py", 'missing = have == ""', 'missing = have == "?"'),
    ("check/limits.py", "~missing & ~np.isin(have, values)", "~missing & np.isin(have, values)"),
    ("check/limits.py", "gravest = min(", "gravest = max("),
    ("check/limits.py", "fresh = here > rank", "fresh = here >= rank"),
    ("check/limits.py", "decides = ~said.skipped & ~open_cell", "decides = ~said.skipped"),
    ("check/limits.py", "catalog.times(own.threshold, factor)", "own.threshold"),
    ("check/limits.py", "catalog.times(own.upper, factor)", "own.upper"),
    ("check/tables.py", "row is None or row.threshold is None", "row is None"),
    ("check/tables.py", "for row in rows if row is not None}) > 1", "for row in rows if row is not None}) > 9"),
    ("check/tables.py", 'return (), "industry_year"', "year = 2002"),
    ("check/tables.py", "mapped = year != self.table.classification", "mapped = False"),
    ("check/tables.py", "np.nan if year < 0 else year", "2002 if year < 0 else year"),
    ("catalog/units.py", "return factors[unit]", "return 1.0"),
    ("catalog/units.py", "if unit not in factors:", "if False:"),
    ("catalog/units.py", 'float(f"{value * factor:.15g}")', "value * factor"),
    ("catalog/units.py", 'float(f"{value * factor:.15g}")', "round(value * factor, 1)"),
    ("catalog/rules.py", "threshold=_converted(rule.threshold, factor)", "threshold=rule.threshold"),
    ("catalog/rules.py", "upper=_converted(rule.upper, factor)", "upper=rule.upper"),
    ("catalog/rules.py", "row, threshold=_converted(row.threshold, factor)", "row, threshold=row.threshold"),
    ("catalog/rules.py", "if threshold is not None and threshold <= 0:", "if False:"),
    ("catalog/rules.py", "rule.upper < rule.threshold", "False"),
    ("catalog/industry.py", "low <= division <= high", "True"),
    ("catalog/industry.py", "FIRST_OF_NEW = 2011", "FIRST_OF_NEW = 1"),
    ("data/units.toml", '"万元/亩" = 15', '"万元/亩" = 1'),
    ("data/units.toml", '"%" = 0.01', '"%" = 1'),
)


def survives(package, mutation):
    """Make one mutation, run the tests that concern it, and undo it."""
    name, old, new = mutation
    path = package / name
    source = path.read_text(encoding="utf-8")
    if old not in source:
        raise SystemExit(f"{name} no longer holds {old!r}: bring this list up to date.")
    path.write_text(source.replace(old, new, 1), encoding="utf-8")
    try:
        ran = subprocess.run(  # noqa: S603  our own tests
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS],
            cwd=package.parent, env={**os.environ, "PYTHONPATH": str(package.parent)},
            capture_output=True, check=False,
        )
    finally:
        path.write_text(source, encoding="utf-8")
    return ran.returncode == 0


def main():
    """Run every mutation and say which survived."""
    survivors = []
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        ignored = shutil.ignore_patterns("__pycache__")
        for name in ("landtrack", "tests", "layers"):
            shutil.copytree(ROOT / name, copy / name, ignore=ignored)
        for name in ("setup.cfg", "pyproject.toml"):
            shutil.copy(ROOT / name, copy / name)
        for mutation in MUTATIONS:
            alive = survives(copy / "landtrack", mutation)
            survivors += [mutation] * alive
            print("survived" if alive else "caught  ", *map(repr, mutation), flush=True)  # noqa: T201
    print(f"{len(MUTATIONS) - len(survivors)} of {len(MUTATIONS)} caught")  # noqa: T201
    return int(bool(survivors))


if __name__ == "__main__":
    raise SystemExit(main())
