"""Outputs that a killed program left: one run, old or new, or a file says that they are two."""

import filecmp
import itertools
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from landtrack.model.errors import OutputError
from landtrack.store import staging

CHANGES = ("replace", "rename", "unlink", "link", "mkdir", "rmdir")
"""The calls of the operating system that change a folder."""

WITHOUT_KILL = pytest.mark.skipif(
    not hasattr(signal, "SIGKILL"), reason="no way to kill a process at once here"
)


def stopped_at(point, out, said, kind):
    """Replace the outputs of a folder in a process killed before one change; say if it was."""
    child = os.fork()
    if not child:
        done = itertools.count(1)
        for name in CHANGES:
            setattr(os, name, killing(getattr(os, name), done, point))
        try:
            written(out, said, kind)
        finally:
            os._exit(0)
    return os.WIFSIGNALED(os.waitpid(child, 0)[1])


def killing(call, done, point):
    """Make a call of the operating system the last of its process where its turn is come."""
    def counting(*given, **named):
        if next(done) == point:
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*given, **named)
    return counting


def written(out, said, kind):
    """Replace the outputs of a folder."""
    last = staging.Last("store", shutil.copyfile, lambda *both: filecmp.cmp(*both, shallow=False))
    with staging.staging(out, last=last if kind == "store" else None) as folder:
        (folder / "blocks").mkdir()
        for name in of_run(said, kind):
            (folder / name).write_text(said)


def left_unfinished(out, kind):
    """Kill a program that has replaced two files of several."""
    for point in range(1, 100):
        stopped_at(point, out, "new", kind)
        if (out / staging.UNFINISHED).exists() and (out / "a.csv").read_text() == "new":
            return


def contents(out):
    return {
        path.relative_to(out).as_posix(): path.read_text()
        for path in sorted(out.rglob("*"))
        if path.is_file() and path.name != staging.LOCK_NAME
    }


def of_run(said, kind):
    names = ["a.csv", "blocks/1.js", "map.html", "new.txt", *(["store"] if kind == "store" else [])]
    return dict.fromkeys(names, said)


@WITHOUT_KILL
@pytest.mark.fault("61-killed-while-publishing")
@pytest.mark.parametrize("kind", ["store", "files"])
def test_whenever_it_is_killed_a_folder_is_of_one_run_or_says_so_and_the_next_run_needs_no_hand(
    tmp_path, kind
):
    """Killed before every change of the file system, one after the other."""
    written(tmp_path / "old", "old", kind)
    (tmp_path / "old" / "blocks" / "stale.js").write_text("old")
    before = contents(tmp_path / "old")
    mixed, killed = 0, True
    for point in range(1, 200):
        out = Path(shutil.copytree(tmp_path / "old", tmp_path / f"{point}"))
        killed = stopped_at(point, out, "new", kind)
        shown = {
            name: said for name, said in contents(out).items()
            if not name.startswith(staging.PREFIX)
        }
        if not killed:
            assert shown == of_run("new", kind)
            break
        mixed += staging.UNFINISHED in shown
        assert staging.UNFINISHED in shown or shown in (
            before, of_run("new", kind), {**before, **of_run("new", kind)}
        ), point
        written(out, "next", kind)
        assert contents(out) == of_run("next", kind), point
    assert not killed
    assert mixed > 3


@WITHOUT_KILL
def test_a_killed_run_is_rolled_back_by_whoever_writes_there_next(tmp_path):
    written(tmp_path, "old", "files")
    left_unfinished(tmp_path, "files")

    with staging.staging(tmp_path) as folder:
        (folder / "sheet.pdf").write_text("sheet")

    assert contents(tmp_path) == {**of_run("old", "files"), "sheet.pdf": "sheet"}


@WITHOUT_KILL
def test_outputs_of_two_runs_say_so_in_both_languages_and_are_put_in_order_by_a_run_only(tmp_path):
    written(tmp_path, "old", "store")
    left_unfinished(tmp_path, "store")

    said = (tmp_path / staging.UNFINISHED).read_text(encoding="utf-8")
    assert "two runs" in said
    assert "两次运行" in said
    with (
        pytest.raises(OutputError, match=r"of two runs(.|\n)*landtrack run"),
        staging.staging(tmp_path),
    ):
        pytest.fail("it went on")


def test_a_journal_that_was_changed_by_hand_is_told(tmp_path):
    (tmp_path / staging.UNFINISHED).write_text("mine")

    with (
        pytest.raises(OutputError, match=r"UNFINISHED.txt cannot be read(.|\n)*Delete it"),
        staging.staging(tmp_path),
    ):
        pytest.fail("it went on")


@WITHOUT_KILL
@pytest.mark.fault("61-killed-while-publishing")
@pytest.mark.parametrize(("call", "of"), [("replace", "issues.csv"), ("unlink", "UNFINISHED.txt")])
def test_a_run_that_is_killed_says_so_and_the_next_leaves_nothing_of_it(
    fault, site, tmp_path, call, of
):
    site.catalog()
    out, calls = tmp_path / "o", tmp_path / "calls"
    command = ["run", str(site.folder), "--out", str(out)]

    def run(point, *more):
        return subprocess.run(  # noqa: S603
            [sys.executable, str(fault / "crash_at.py"), str(point), *command, *more],
            check=False, capture_output=True, env={**os.environ, "CRASHLOG": str(calls)},
        ).returncode

    run(0, "--as-of", "2006-08-01")
    calls.unlink()
    run(0)
    made = calls.read_text().splitlines()
    point = next(
        int(line.split()[0]) for line in made if line.split()[1] == call and of in line
    )

    assert run(point) == -signal.SIGKILL
    assert "两次运行" in (out / staging.UNFINISHED).read_text(encoding="utf-8")

    assert run(0) >= 0
    assert {path.name for path in out.iterdir()} == {
        "findings.csv", "issues.csv", "ledger.xlsx", "map.html", "project.gpkg",
    }
