"""A command that a person or the system stops: it says so, and leaves nothing half done."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

DEMO = Path(__file__).parents[1] / "layers" / "x-park-2006"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals to send")


def stopped(folder, number, at, lang="en"):
    """Start a run and send it a signal once it has said that it is at a step."""
    running = subprocess.Popen(  # noqa: S603  this interpreter
        [sys.executable, "-m", "landtrack", "run", str(DEMO), "--out", "build", "--lang", lang],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    seen = []
    for line in running.stderr:
        seen.append(line)
        if line.startswith(at):
            running.send_signal(number)
            break
    said = running.communicate()[1]
    return running.returncode, said, seen


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("at", ["read", "write"])
def test_a_run_that_is_stopped_says_so_and_leaves_nothing(tmp_path, number, status, at):
    code, said, seen = stopped(tmp_path, number, at)

    assert seen[-1].startswith(at)
    assert code == status
    assert "Stopped before it was done" in said
    assert "Traceback" not in said
    assert "fault of landtrack" not in said
    left = {path.name for path in tmp_path.rglob("*")} - {"build"}
    assert left == set()


def test_what_was_there_before_a_run_that_is_stopped_is_as_it_was(tmp_path):
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "map.html").write_text("mine", encoding="utf-8")

    code, said, _ = stopped(tmp_path, signal.SIGTERM, "写出", lang="zh")

    assert (code, "未完成即被中止" in said) == (143, True)
    assert (tmp_path / "build" / "map.html").read_text(encoding="utf-8") == "mine"
