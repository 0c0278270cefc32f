"""Break the judging and the rule loader one place at a time, and see a test fail each time.

Run from the project folder: ``python tests/mutate_check.py [FILE ...]``. Every comparison,
connective, sign, number, truth value and choice of the files below is changed in turn, in a copy
of the package, and so are the lines of :data:`STATED`; status 1 if a change survives that is not
among :data:`NO_VERDICT`, with the reason why it changes no verdict.
"""

import ast
import copy
import multiprocessing
import os
import shutil
import sys
import tempfile
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import geopandas as gpd
import msgspec
import pandas as pd
import pytest

LOADED = (gpd, msgspec, pd)
"""What every process has loaded before it starts: the tests then take a second or two."""

ROOT = Path(__file__).parents[1]
WORKERS = os.cpu_count() or 1

CHECK = ("test_limits.py", "test_check.py")
TESTS = {
    "assessment/rules/outcome.py": CHECK,
    "assessment/rules/sequence.py": CHECK,
    "assessment/rules/limits.py": (*CHECK, "test_days.py"),
    "assessment/rules/grouping.py": CHECK,
    "assessment/rules/tables.py": CHECK,
    "assessment/rules/engine.py": (*CHECK, "test_evidence.py", "test_days.py"),
    "assessment/rules/samples.py": CHECK,
    "assessment/rules/inputs.py": (*CHECK, "test_days.py"),
    "assessment/rules/evidence.py": ("test_evidence.py",),
    "assessment/rules/projects.py": ("test_projects.py", "test_amounts.py"),
    "model/catalog/rules.py": (*CHECK, "test_catalog.py"),
    "model/catalog/units.py": (*CHECK, "test_catalog.py", "test_normalise.py"),
    "model/catalog/industry.py": (*CHECK, "test_catalog.py"),
    "model/rules.py": CHECK,
    "ingest/normalise/days.py": ("test_days.py",),
}
"""By file, the tests that must notice."""

ROOMS = {
    "tracking/lineage.py": ("test_shapes_history.py",),
    "ingest/read.py": ("test_outputs.py",),
    "model/visible.py": ("test_outputs.py",),
    "spatial/defects.py": ("test_defects.py",),
    "assessment/progress/forecast.py": ("test_rollup.py",),
    "spatial/crs/__init__.py": ("test_crs.py",),
    "ingest/formats/opening.py": ("test_opening.py", "test_one_by_one.py"),
    "output/reports/answers.py": ("test_answers.py",),
    "cli/main.py": ("test_cli.py",),
}
"""The same beside the judging: there only the lines of :data:`STATED` are changed."""

RISKY = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the start of a formula."""

QUICK = "not turns_a_fail_into_a_pass and not much_more_than_enough"
"""Leaves out the tests that try hundreds of examples: the tables of cases must be enough."""

STATED = (
    ("model/rules.py", '">=": operator.ge', '">=": operator.gt'),
    ("model/rules.py", '">": operator.gt', '">": operator.ge'),
    ("model/rules.py", '"<=": operator.le', '"<=": operator.lt'),
    ("model/rules.py", '"<": operator.lt', '"<": operator.le'),
    ("model/rules.py", '"==": operator.eq', '"==": operator.ge'),
    ("assessment/rules/outcome.py", "compared = np.where(on_line(value, limit), limit, value)",
     "compared = np.round(value, 2)"),
    ("assessment/rules/outcome.py", "NOISE = 1e-9", "NOISE = 1e-2"),
    ("assessment/rules/engine.py", "np.divide(numerator, denominator,", "np.divide(denominator, numerator,"),
    ("assessment/rules/limits.py", "catalog.times(own.threshold, factor)", "own.threshold"),
    ("assessment/rules/limits.py", "catalog.times(own.upper, factor)", "own.upper"),
    ("assessment/rules/tables.py", 'return (), "industry_year"', "year = 2002"),
    ("model/catalog/units.py", "return factors[unit]", "return 1.0"),
    ("model/catalog/units.py", 'float(f"{value * factor:.15g}")', "value * factor"),
    ("model/catalog/units.py", 'float(f"{value * factor:.15g}")', "round(value * factor, 1)"),
    ("model/catalog/rules.py", "threshold=_converted(rule.threshold, factor)",
     "threshold=rule.threshold"),
    ("model/catalog/rules.py", "upper=_converted(rule.upper, factor)", "upper=rule.upper"),
    ("model/catalog/rules.py", "row, threshold=_converted(row.threshold, factor)",
     "row, threshold=row.threshold"),
    ("tracking/lineage.py", "off = max(abs(parts - area), abs(parts - whole_after.area))",
     "off = abs(parts - area)"),
    ("ingest/read.py", "return sorted([path, *companions.of(path)]) if", "return [path] if"),
    ("ingest/read.py", "    _insist_unchanged(before)\n", ""),
    *(
        ("model/visible.py", 'RISKY = ("=", "+", "-", "@", "\\t", "\\r")',
         f"RISKY = {tuple(each for each in RISKY if each != gone)!r}")
        for gone in RISKY
    ),
    ("spatial/defects.py", "SPIKE_M = 0.05", "SPIKE_M = 0.5"),
    ("spatial/defects.py", "SPIKE_M = 0.05", "SPIKE_M = 0.03"),
    ("assessment/progress/forecast.py", "(earliest, by_terms) for clock", "(earliest, earliest) for clock"),
    ("assessment/progress/forecast.py", '("at_least", since[0])', '("at_least", since[1])'),
    ("spatial/crs/__init__.py", "always_xy=True, allow_ballpark", "always_xy=False, allow_ballpark"),
    ("ingest/formats/opening.py", "_ogr._register_drivers()", "None"),
    ("ingest/formats/opening.py", "if not kind.apart:", "if True:"),
    ("output/reports/answers.py", "LARGEST = 1 << 63", "LARGEST = 1 << 80"),
    ("cli/main.py", "return ctx.exit(NOT_DONE)", "return ctx.exit(FAILED)"),
    ("data/units.toml", '"万元/亩" = 15', '"万元/亩" = 1'),
    ("data/units.toml", '"%" = 0.01', '"%" = 1'),
)
"""Changes that the grammar does not give: a factor, a rounding, a division turned over."""

SAME_CODES = "any numbers do that are not below 0 and differ where the plots do"
ORDER = "the order of the projects, not what is said of them"

NO_VERDICT: dict[tuple[str, str], str] = {
    ("assessment/rules/outcome.py",
     "near: npt.NDArray[np.bool_] = np.abs(value - limit) <= NOISE * np.abs(limit)"):
    "differs only where a value is off its limit by exactly the noise",
    ("assessment/rules/sequence.py", "PAIR, EARLY = 10_000_000, 5_000_000"):
    "any two numbers as large make one number of two days",
    ("assessment/rules/limits.py", 'out = days < np.datetime64(pack.in_force_from, "D")'):
    "asks plot by plot on the first day too, with the same answer",
    ("assessment/rules/limits.py", 'out |= days > np.datetime64(pack.in_force_until, "D")'):
    "asks plot by plot on the last day too, with the same answer",
    ("assessment/rules/limits.py", "rivals: int = 0"): "samples are tried whatever the date",
    ("assessment/rules/limits.py", "3  ->  4"): "any three numbers that rise",
    ("assessment/rules/grouping.py", "yield own.get_indexer(subjects.inputs.index).astype(np.int64) + 1"):
    SAME_CODES,
    ("assessment/rules/grouping.py", "yield np.where(np.isnat(days), len(bounds) + 1, era).astype(np.int64)"):
    SAME_CODES,
    ("assessment/rules/grouping.py",
     "if any(each.rule.stage for each in statements) and subjects.stage is None:"):
    "more kinds than needed, each judged alike",
    ("assessment/rules/grouping.py", "at, _ = pd.factorize(at * (int(part.max(initial=0)) + 1) + part)"):
    SAME_CODES,
    ("assessment/rules/tables.py",
     "lookup.row(code, np.nan if year < 0 else year, np.nan if grade < 0 else grade)"):
    "there is no year 0 and no land of grade 0: both are as good as missing",
    ("assessment/rules/tables.py", "1.0  ->  2.0"): "any number below 0 stands for a missing one",
    ("assessment/rules/tables.py",
     "year >= 2011 and (self.table.classification or 0) >= 2011  # noqa: PLR2004  same codes"):
    "a table by industry has the year of its classification",
    ("assessment/rules/tables.py", "wanted = self.table.classification or 0"):
    "a table by industry has the year of its classification",
    ("assessment/rules/engine.py", "return pd.DataFrame(made, columns=list(FINDING_COLUMNS), copy=False)"):
    "a copy holds the same",
    ("assessment/rules/engine.py", "few = len(words) <= np.iinfo(np.int8).max"): "a wider code says the same",
    ("assessment/rules/projects.py", 'groups = own.groupby(keys, sort=False)["value"]'): ORDER,
    ("assessment/rules/projects.py", "groups = facts.groupby(of, sort=False)"): ORDER,
    ("assessment/rules/projects.py", "column = facts[name].groupby(of, sort=False)"): ORDER,
}
"""By file, and changed line or the change itself, why one that survives changes no verdict."""

SWAPPED = {
    ast.GtE: ast.Gt, ast.Gt: ast.GtE, ast.LtE: ast.Lt, ast.Lt: ast.LtE, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot,
    ast.IsNot: ast.Is, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.Add: ast.Sub,
    ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}


def changes(node):
    """Say in which ways a node can be changed: functions that change it in place."""
    found = []
    if isinstance(node, ast.Compare):
        found += [
            lambda each, at=at: each.ops.__setitem__(at, SWAPPED[type(each.ops[at])]())
            for at in range(len(node.ops))
        ]
    if isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in SWAPPED:
        found.append(lambda each: setattr(each, "op", SWAPPED[type(each.op)]()))
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        found.append(lambda each: setattr(each, "value", not each.value))
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        found.append(lambda each: setattr(each, "value", each.value + 1))
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "np.where" and len(node.args) > 2:
        found.append(lambda each: each.args.__setitem__(slice(1, 3), each.args[2:0:-1]))
    if isinstance(node, ast.Call) and ast.unparse(node.func) in {"min", "max"}:
        other = {"min": "max", "max": "min"}
        found.append(lambda each: setattr(each.func, "id", other[each.func.id]))
    if isinstance(node, ast.IfExp):
        found.append(lambda each: each.__dict__.update(body=each.orelse, orelse=each.body))
    return found


def places(tree):
    """Walk what judges: no annotations, no texts of documentation, no kinds of classes."""
    open_ones = [(tree, [])]
    while open_ones:
        node, path = open_ones.pop()
        yield node, path
        for name, value in ast.iter_fields(node):
            skipped = name in {"annotation", "returns", "decorator_list"} or (
                name == "keywords" and isinstance(node, ast.ClassDef)
            )
            if skipped or getattr(node, "arg", "") == "strict":
                continue
            if isinstance(value, ast.AST):
                open_ones.append((value, [*path, (name, None)]))
            elif isinstance(value, list):
                open_ones += [
                    (each, [*path, (name, at)]) for at, each in enumerate(value)
                    if isinstance(each, ast.AST)
                ]


def at(tree, path):
    """Find the node at a path."""
    for name, number in path:
        tree = getattr(tree, name) if number is None else getattr(tree, name)[number]
    return tree


def mutants(name):
    """Give every change of a file: the line before, the line after, the whole source."""
    source = (ROOT / "landtrack" / name).read_text(encoding="utf-8")
    for file, old, new in STATED:
        if file == name:
            if old not in source:
                raise SystemExit(f"{name} no longer holds {old!r}: bring the list up to date.")
            yield old, new, source.replace(old, new, 1)
    if not name.endswith(".py") or name in ROOMS:
        return
    tree = ast.parse(source)
    for node, path in places(tree):
        ways = changes(node)
        for number in range(len(ways)):
            fresh = copy.deepcopy(tree)
            changed = at(fresh, path)
            before = ast.unparse(changed)
            changes(changed)[number](changed)
            line = source.splitlines()[node.lineno - 1].strip()
            yield line, f"{before}  ->  {ast.unparse(changed)}", ast.unparse(fresh)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.Invert, ast.Not)):
            fresh = copy.deepcopy(tree)
            (name_of, index), parent = path[-1], at(fresh, path[:-1])
            if index is None:
                setattr(parent, name_of, at(fresh, path).operand)
            else:
                getattr(parent, name_of)[index] = at(fresh, path).operand
            line = source.splitlines()[node.lineno - 1].strip()
            yield line, f"not so: {ast.unparse(node)}", ast.unparse(fresh)


def survives(job):
    """Put a changed file into a copy and run the tests that concern it, in an own process."""
    top, name, changed = job
    with tempfile.TemporaryDirectory(dir=top) as folder:
        copied(Path(folder))
        (Path(folder) / "landtrack" / name).write_text(changed, encoding="utf-8")
        os.chdir(folder)
        sys.path.insert(0, folder)
        tests = [f"tests/{each}" for each in {**TESTS, **ROOMS}.get(name, CHECK)]
        quiet = ["-W", "ignore::pytest.PytestAssertRewriteWarning", "-k", QUICK]
        with (
            (Path(folder) / "said").open("w") as said, redirect_stdout(said), redirect_stderr(said)
        ):
            status = pytest.main(["-q", "-x", "-p", "no:cacheprovider", *quiet, *tests])
        os.chdir(top)
    return status == 0


def copied(folder):
    """Copy what the tests need."""
    ignored = shutil.ignore_patterns("__pycache__", "pictures", "output", "places")
    for name in ("landtrack", "tests", "layers"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    for name in ("setup.cfg", "pyproject.toml"):
        shutil.copy(ROOT / name, folder / name)
    return folder


def main(names):
    """Make every change and say which survive."""
    jobs = [
        (name, *mutant)
        for name in names or [*TESTS, *ROOMS, "data/units.toml"]
        for mutant in mutants(name)
    ]
    survivors = 0
    starting = multiprocessing.get_context("fork" if hasattr(os, "fork") else "spawn")
    with (
        tempfile.TemporaryDirectory() as top,
        starting.Pool(WORKERS, maxtasksperchild=1) as pool,
    ):
        came = pool.imap(survives, [(top, name, changed) for name, _, _, changed in jobs])
        for (name, line, said, _), alive in zip(jobs, came, strict=True):
            reason = NO_VERDICT.get((name, line)) or NO_VERDICT.get((name, said))
            if alive:
                known = "no verdict" if reason else "SURVIVED  "
                print(known, name, "|", line, "|", said, flush=True)  # noqa: T201
            survivors += alive and reason is None
    print(f"{len(jobs)} changes, {survivors} survive that may change a verdict")  # noqa: T201
    return int(survivors > 0)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
