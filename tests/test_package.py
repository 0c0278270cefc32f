"""What is shipped is what stands here, and the house keeps its order."""

import configparser
import inspect
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from numpydoc.validate import validate

import landtrack
from landtrack.assessment.rules.case import Case
from landtrack.ingest.profile_types import FileSeen
from landtrack.model.catalog import Place

ROOT = Path(__file__).parents[1]


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


def test_the_script_of_the_map_is_shipped_and_its_modules_are_not():
    patterns = setup_cfg()["options.package_data"]["landtrack"].split(", ")
    package = ROOT / "landtrack"
    scripts = {
        path.relative_to(package).as_posix() for pattern in patterns
        for path in package.glob(pattern) if path.suffix == ".js"
    }

    assert scripts == {
        "data/templates/page.js", "data/templates/desk/desk.js", "data/templates/desk/pieces.js",
    }
    assert (package / "output" / "map" / "frontend" / "app" / "main.js").is_file()


def test_the_rooms_are_those_of_the_picture_and_of_the_contract():
    """At most eleven, ``data`` among them; the contract names all that hold code."""
    package = ROOT / "landtrack"
    rooms = {path.parent.name for path in package.glob("*/__init__.py")}
    lines = setup_cfg()["importlinter:contract:house"]["layers"].split("\n")
    named = [[room.strip() for room in line.split("|")] for line in lines if line.strip()]
    house = (package / "README.md").read_text(encoding="utf-8")
    drawn = house.partition("only from lines below")[2]
    picture = drawn.partition("```\n")[2].partition("```")[0].splitlines()

    assert rooms == {room for line in named for room in line}
    assert len(rooms | {"data"}) <= 11
    assert {path.name for path in package.glob("*.py")} == {"__init__.py", "__main__.py"}
    assert [re.split(r"\s{2,}", line)[0].split(" | ") for line in picture] == named


def test_the_public_names_are_few():
    assert len(landtrack.__all__) <= 12
    assert sorted(landtrack.__all__) == dir(landtrack) == sorted(landtrack._NAMES)


def public():
    """The names of the interface, the types that they give, and their methods, by full name."""
    for thing in [*(getattr(landtrack, name) for name in landtrack.__all__), Case, FileSeen, Place]:
        name = f"{thing.__module__}.{thing.__qualname__}"
        yield name
        if inspect.isclass(thing):
            for member, value in vars(thing).items():
                if not member.startswith("_") and (
                    inspect.isfunction(value) or isinstance(value, property)
                ):
                    yield f"{name}.{member}"


@pytest.mark.parametrize("name", list(public()))
def test_what_a_stranger_calls_says_what_it_takes_gives_and_raises(name):
    """As numpydoc asks; types stand in the signature, fields of a type beside the field."""
    left = {"ES01", "EX01", "PR04", "PR08", "RT02", "RT03", "RT04", "SA01", "SS06", "YD01"}
    said = validate(name)
    left |= set() if said["type"] in {"function", "property"} else {"PR01"}
    wrong = [error for error in said["errors"] if error[0] not in left]

    assert wrong == []


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
