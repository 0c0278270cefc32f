"""The command line as a planner meets it: exit status, words, and no traceback."""

import errno
import logging
import os
import re
import subprocess
import sys

import pytest
import xlsxwriter
from builders import box
from click.testing import CliRunner

from landtrack.cli import fault
from landtrack.cli.main import main
from landtrack.model import catalog


def typed(*arguments):
    """Type a command where no width of a terminal is stated, whatever ran before."""
    runner = CliRunner(env={"COLUMNS": None})
    return runner.invoke(main, [str(each) for each in arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    ("plots", "status"),
    [
        pytest.param({"A": 26e6}, 0, id="all pass"),
        pytest.param({"A": 24e6}, 1, id="one fails"),
        pytest.param({"A": None}, 3, id="nothing fails, one is unknown"),
        pytest.param({"A": None, "B": 24e6}, 1, id="a fail weighs more than an unknown"),
    ],
)
def test_the_exit_status_says_how_it_came_out(site, tmp_path, plots, status):
    site.layer("plots", [
        site.plot(name, box(0, 0, 100, 100), fixed_investment_cny=investment)
        if name == "A" else site.plot(name, box(200, 0, 300, 100), fixed_investment_cny=investment)
        for name, investment in plots.items()
    ])

    result = typed("run", site.folder, "--out", tmp_path / "build")

    assert result.exit_code == status
    assert ("1 plot by rule" if len(plots) == 1 else f"{len(plots)} plots by rule") in result.stdout
    assert "map.html" in result.stdout


def test_the_summary_counts_outcomes_issues_features_and_names_the_outputs(site, tmp_path):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), land_area_m2="many")])

    text = typed("run", site.folder, "--out", tmp_path / "build").stdout

    assert "Small place" in text
    assert re.search(r"Investment intensity +│ >= 2,500 CNY/m2", text)
    assert re.search(r"Building coverage +│ > 45 %", text)
    assert "issues: 1 error, 1 info" in text
    assert "features: 2 read = 2 kept + 0 set aside + 0 not selected" in text
    for name in ("map.html", "project.gpkg", "ledger.xlsx", "findings.csv", "issues.csv"):
        assert f"{name:<13} {tmp_path / 'build' / name}" in text


def test_the_steps_are_told_while_it_works(site, tmp_path):
    told = typed("run", site.folder, "--out", tmp_path / "build").stderr

    assert [line.split()[0] for line in told.splitlines()] == [
        "read", "read", "normalise", "normalise", "validate", "join", "check", "write", "write",
        "write",
    ]


def test_what_cannot_be_done_is_two_lines_and_status_2(tmp_path):
    result = typed("run", tmp_path / "nowhere")

    assert result.exit_code == 2
    assert result.stderr.splitlines()[-2:] == [
        f"Error: There is no catalog.toml in {tmp_path / 'nowhere'}.",
        (
            "  Mend: Name a folder that has one, such as layers/x-park-2006; "
            "`landtrack help catalog` says how to write one for your own place."
        ),
    ]


def test_an_output_folder_that_cannot_be_written_is_status_2(site, tmp_path):
    (tmp_path / "build").write_text("a file in the way")

    result = typed("run", site.folder, "--out", tmp_path / "build" / "deeper")

    assert result.exit_code == 2
    assert "Mend: Name another folder with --out" in result.stderr


def python(*arguments, **environment):
    return subprocess.run(  # noqa: S603  our own module
        [sys.executable, *arguments], capture_output=True, text=True, check=False,
        encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1", **environment},
    )


def test_it_runs_as_a_module():
    result = python("-m", "landtrack", "--help")

    assert result.returncode == 0
    assert "Usage: landtrack" in result.stdout


def test_a_title_that_the_terminals_code_page_lacks_stops_nothing(site, tmp_path):
    site.head["title"] = {"en": "Bubeneč 园区"}
    site.catalog()

    result = python(
        "-m", "landtrack", "run", str(site.folder), "--out", str(tmp_path / "build"),
        PYTHONIOENCODING="cp1252", PYTHONUTF8="0",
    )

    assert result.returncode == 0, result.stderr
    assert "Bubene?" in result.stdout


def test_help_loads_no_heavy_library():
    """Help answers at once because what takes long to import is imported when it is used."""
    code = (
        "import sys\nfrom landtrack.cli.main import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "print(sorted({'geopandas', 'pandas', 'numpy', 'shapely', 'folium', 'rich', 'msgspec'}"
        " & set(sys.modules)))"
    )

    assert python("-c", code).stdout.splitlines()[-1] == "[]"


def test_every_name_the_package_offers_is_there():
    import landtrack

    for name in landtrack.__all__:
        assert getattr(landtrack, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'utils'"):
        _ = landtrack.utils
    assert dir(landtrack) == sorted(landtrack.__all__)


def test_every_command_has_help():
    for name, command in main.commands.items():
        assert command.help, name


def test_what_the_package_logs_is_told_on_the_terminal_once(capsys):
    """Such as that it compiles, which takes long and happens once."""
    for _ in range(2):
        CliRunner().invoke(main, ["rules", "list"])
    logging.getLogger("landtrack").info("Compiling")

    assert capsys.readouterr().err == "Compiling\n"


@pytest.mark.parametrize(("rules", "marked"), [("cn-2008", True), ("x-park-2006", False)])
def test_a_limit_that_was_not_verified_is_marked_in_the_table(site, tmp_path, rules, marked):
    site.head["rules"] = rules
    site.catalog()

    shown = typed("run", site.folder, "--out", tmp_path / "build").stdout

    assert ("[limit not verified" in re.sub(r"\s*[│┃]\s*", " ", shown)) is marked


# --- what nobody expected -----------------------------------------------------------------


def broken(monkeypatch, tmp_path, error):
    """Let looking at a file fail in a way that nobody expected; traces go to a folder."""
    def fail(*_, **__):
        raise error

    monkeypatch.setattr("landtrack.ingest.profile.paths", fail)
    monkeypatch.setattr(fault, "folder", lambda: tmp_path / "logs")
    return tmp_path / "logs"


@pytest.mark.parametrize(
    "error", [TypeError("unsupported"), RecursionError("too deep"), KeyError("x"), OSError("disk")]
)
def test_an_unexpected_exception_is_two_lines_a_file_with_the_trace_and_status_2(
    monkeypatch, tmp_path, error
):
    logs = broken(monkeypatch, tmp_path, error)

    result = typed("inspect", "a.geojson", "--lang", "en")

    assert result.exit_code == 2
    assert result.stdout == ""
    (trace,) = logs.iterdir()
    first, second = result.stderr.splitlines()
    assert first.startswith("Error: This is a fault of landtrack, not of your files")
    assert type(error).__name__ in first
    assert second.startswith("  What to do: send this file")
    assert second.endswith(str(trace))
    kept = trace.read_text(encoding="utf-8")
    assert kept.startswith("landtrack ")
    assert "Traceback (most recent call last)" in kept
    assert kept.rstrip().endswith(f"{type(error).__name__}: {error}")


def caused(error, cause):
    error.__cause__ = cause
    return error


FULL = {"en": "The disk is full, or your share of it.", "zh": "磁盘已满"}
LARGE = {"en": "The disk takes no file so large.", "zh": "这么大的文件"}


@pytest.mark.parametrize(("error", "told"), [
    (OSError(errno.ENOSPC, "No space left on device"), FULL),
    (OSError(errno.EFBIG, "File too large"), LARGE),
    (xlsxwriter.exceptions.FileCreateError(OSError(errno.ENOSPC, "No space left")), FULL),
    (caused(ValueError("odd"), caused(TypeError("odd"), OSError(errno.ENOSPC, "full"))), FULL),
], ids=["full", "too large", "of a library", "far below"])
def test_a_disk_without_room_is_no_fault_of_landtrack(monkeypatch, tmp_path, error, told):
    logs = broken(monkeypatch, tmp_path, error)

    for lang, words in told.items():
        result = typed("inspect", "a.geojson", "--lang", lang)

        assert result.exit_code == 2
        assert words in result.stderr
    assert not logs.exists()


def test_without_room_for_temporary_files_it_is_said_which_variable_names_them(
    monkeypatch, site
):
    def none():
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    site.catalog()
    monkeypatch.setattr("tempfile.gettempdir", none)

    for lang in ("en", "zh"):
        result = typed("run", str(site.folder), "--out", str(site.folder / "b"), "--lang", lang)

        assert result.exit_code == 2
        assert "TMPDIR" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "computer", "words"),
    [
        (["--lang", "zh"], "en_US.UTF-8", "程序本身的缺陷"),
        (["--lang=en"], "zh_CN.UTF-8", "fault of landtrack"),
        ([], "zh_CN.UTF-8", "程序本身的缺陷"),
        ([], "de_DE.UTF-8", "fault of landtrack"),
    ],
)
def test_a_fault_is_told_in_the_language_of_the_reader(
    monkeypatch, tmp_path, arguments, computer, words
):
    broken(monkeypatch, tmp_path, ValueError("odd"))
    monkeypatch.setenv("LC_ALL", computer)

    assert words in typed("inspect", "a.geojson", *arguments).stderr


def test_a_fault_is_told_where_no_trace_can_be_kept(monkeypatch, tmp_path):
    broken(monkeypatch, tmp_path, ValueError("odd"))
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setattr(fault, "folder", lambda: tmp_path / "file" / "logs")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "file"))

    result = typed("inspect", "a.geojson", "--lang", "en")

    assert result.exit_code == 2
    assert "could not be written to this disk" in result.stderr


def test_a_wrong_option_and_a_broken_pipe_are_no_fault_of_landtrack(monkeypatch, tmp_path):
    logs = broken(monkeypatch, tmp_path, BrokenPipeError(errno.EPIPE, "closed"))

    assert "fault of landtrack" not in typed("inspect", "--nothing").stderr
    assert typed("inspect", "a.geojson").exit_code == 1
    assert not logs.exists()


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_handbook_shows_what_the_first_command_prints(tmp_path, monkeypatch, lang):
    monkeypatch.chdir(tmp_path)
    start = (catalog.SHIPPED / "docs" / lang / "start.md").read_text(encoding="utf-8")

    said = CliRunner().invoke(main, ["run", "--lang", lang], env={"COLUMNS": "78"})

    assert said.exit_code == 1
    assert "\n".join(line.rstrip() for line in said.stdout.rstrip().splitlines()) in start
