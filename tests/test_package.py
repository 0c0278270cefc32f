"""What is shipped is what stands here, and the house keeps its order."""

import configparser
from pathlib import Path

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


def test_the_top_level_is_as_agreed():
    tools = {
        "pyproject.toml", "LICENSE", "CHANGELOG.md", ".gitignore", ".ci", ".git",
        "build", ".setuptools", "landtrack.egg-info",  # made by installing and running
    }
    agreed = {"landtrack", "layers", "notebooks", "tests", "setup.cfg", "README.md"}
    hidden = {".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", ".venv",
              ".import_linter_cache"}

    assert {path.name for path in ROOT.iterdir()} - hidden - tools == agreed
