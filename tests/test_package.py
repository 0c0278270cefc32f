"""What is shipped is what stands here, and the house keeps its order."""

import configparser
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_LINES = 500


def setup_cfg():
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def test_every_package_is_in_the_wheel():
    stated = setup_cfg()["options"]["packages"].split()
    found = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "landtrack").rglob("__init__.py")
    }

    assert set(stated) == found | {"landtrack.demo"}


def test_every_data_file_is_in_the_wheel():
    patterns = setup_cfg()["options.package_data"]["landtrack"].split(", ")
    package = ROOT / "landtrack"
    shipped = {path for pattern in patterns for path in package.glob(pattern) if path.is_file()}
    there = {path for path in (package / "data").rglob("*") if path.is_file()}

    assert there <= shipped


def test_no_module_grows_beyond_what_can_be_read_at_a_sitting():
    long = {
        str(path.relative_to(ROOT)): lines
        for path in (ROOT / "landtrack").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }

    assert long == {}


def test_no_test_measures_time():
    """A machine may be busy: what takes how long is measured in ``tests/benchmarks``."""
    clocks = re.compile(
        r"perf_counter|process_time|monotonic|thread_time|time\.time\(|timeit|cpu_times|getrusage"
    )
    measuring = [
        path.name for path in sorted((ROOT / "tests").glob("test_*.py"))
        if path != Path(__file__) and clocks.search(path.read_text(encoding="utf-8"))
    ]

    assert measuring == []


def test_the_top_level_is_as_agreed():
    tools = {"pyproject.toml", "LICENSE", "CHANGELOG.md", ".gitignore", ".ci"}
    agreed = {"landtrack", "layers", "notebooks", "tests", "setup.cfg", "README.md"}
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("no git here: what is kept cannot be told from what lies about")
    listed = subprocess.run(  # noqa: S603  git, of our own folder
        [git, "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert {name.split("/")[0] for name in listed.stdout.split("\0") if name} == agreed | tools
