"""A command that is killed, or finds no room, before a call that writes: all, or nothing.

A sample of what ``tests/benchmarks/kills.py`` does with every command and call.
"""

import errno
import sys
from pathlib import Path

import pytest
import watched

sys.path.append(str(Path(__file__).parent / "benchmarks"))

import kills

pytestmark = pytest.mark.skipif(not watched.WORKS, reason="only this kernel asks before a call")


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    """Give commands to be tried on a small place with a run, an event and evidence."""
    folder = tmp_path_factory.mktemp("killed")
    place = kills.places(folder)
    start = kills.prepared(folder, place, handed=False)
    return {
        name: kills.Tried(name, kills.CASES[name], start, folder, place)
        for name in ("evidence", "copy", "migrate")
    }


@pytest.mark.parametrize(
    ("name", "how", "every"),
    [("evidence", "kill", 25), ("evidence", "full", 60), ("evidence", "limit", 60),
     ("evidence", "readonly", 60), ("copy", "kill", 40), ("copy", "full", 90),
     ("migrate", "kill", 140)],
)
def test_whenever_a_command_is_stopped_all_is_as_before_or_new_and_the_next_needs_no_hand(
    tried, name, how, every
):
    command = tried[name]
    points = command.points(every, 10**6)

    assert {at: odd for at in points if (odd := command.at(at, how))} == {}
    assert points


def test_a_disk_that_is_full_at_the_ledger_is_told_and_nothing_else_is_printed(tmp_path):
    """A library that finds no room for the rest of a file prints a trace of its own."""
    site = kills.places(tmp_path)["first"]

    def no_room(call):
        full = "ledger.xlsx" in call.path and call.name in watched.GROWS
        return errno.ENOSPC if full else None

    ended = kills.called(("run", site, "--out", "build", "--lang", "en"), tmp_path, no_room)

    assert ended.status == 2
    assert "disk is full" in ended.said
    assert "Exception ignored" not in ended.said
    assert "Traceback" not in ended.said


def test_no_temporary_file_is_made_that_the_next_command_would_not_sweep(tmp_path):
    """Python tries the folder for temporary files with one of its own, killed or not."""
    site = Path(kills.places(tmp_path)["first"])

    ended = kills.called(("inspect", str(next(site.glob("plots.*")))), tmp_path)

    made = {
        call.path.partition("/temporary/")[2].partition("/")[0] for call in ended.calls
        if call.name in watched.MAKES and "/temporary/" in call.path
    }
    assert made
    assert {name for name in made if not name.startswith("landtrack-")} == set()


def test_evidence_waits_out_of_sight_until_an_event_names_it(tried):
    """Killed when all is written but the name of the evidence: the event counts, and its scan."""
    command = tried["evidence"]
    named = [call.number for call in command.ended.calls
             if call.name == "rename" and kills.evidence.TAKING in call.path]

    assert command.at(named[-1], "kill") == []
