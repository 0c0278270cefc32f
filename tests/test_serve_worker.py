"""The worker of the desk: it answers, ends, is started anew, and never says what is not so."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

import desks
import msgspec
import psutil
import pytest
from builders import Site, box

from landtrack import store
from landtrack.app import vet
from landtrack.app.case_types import Listed, Wanted
from landtrack.app.steps import Told
from landtrack.model import catalog, errors
from landtrack.server import frames, jobs, questions
from landtrack.server.worker import BrokenError, Worker
from landtrack.store import log

LIGHT = """
import os, sys, time, types
for name in ("cases", "decision", "handbook", "history", "map_news", "plot_land", "register",
             "standing", "step_entry", "what_if"):
    sys.modules[f"landtrack.app.{name}"] = types.ModuleType(name)
from landtrack.server import answering, questions
def answered(asked):
    print("a library prints")
    which = asked.out
    if which == "hang":
        time.sleep(60)
    if which == "die":
        os._exit(7)
    if which == "eat":
        held = [b"x" * 50_000_000 for _ in range(20)]
        time.sleep(60)
    if which == "refuse":
        from landtrack.model.errors import TableError
        raise TableError("No.", mend="Yes.")
    if which == "break":
        return 1 / 0
    return {"pid": os.getpid(), "out": which}
answering.ANSWERS[questions.Stands] = answered
answering.ANSWERS[questions.Undo] = answered
answering.serve()
"""
"""A worker without the libraries, which does what it is told."""
PATIENCE = 5.0
"""Seconds in which an answer must come; on a busy machine Python takes long to start."""


@pytest.fixture
def light():
    made = Worker(command=("-c", LIGHT), most_bytes=500_000_000)
    yield made
    made.close()


def stands(out):
    return questions.Stands(out=out)


def undo(out):
    return questions.Undo(out=out, events=(1,), why="", by="", lang="en")


@pytest.fixture(scope="module", autouse=True)
def _at_rest():
    """Leave no worker behind that other tests would meet."""
    yield
    desks.rest()


def gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


# --- the process ----------------------------------------------------------------------------


def test_one_process_answers_all_and_what_a_library_prints_is_no_answer(light):
    assert light.pid is None  # nobody asked yet

    told = [light.ask(stands("x")) for _ in range(3)]

    assert {each["pid"] for each in told} == {light.pid}


def test_many_may_ask_at_once_and_each_gets_its_own_answer(light):
    got = {}

    def ask(name):
        got[name] = light.ask(stands(name))["out"]

    threads = [threading.Thread(target=ask, args=(f"n{at}",)) for at in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert got == {name: name for name in got}
    assert len(got) == 8


@pytest.mark.parametrize(("what", "said"), [
    ("die", "broke off"), ("hang", "more than 1 seconds"), ("eat", "more memory"),
])
def test_who_asked_is_told_why_no_answer_came_and_the_next_question_is_answered(light, what, said):
    before = light.ask(stands("x"))["pid"]
    seconds = 1 if what == "hang" else 60

    with pytest.raises(errors.SourceError, match=said):
        light.ask(stands(what), seconds=seconds)

    assert light.ask(stands("x"))["pid"] != before
    assert gone(before)


def test_of_what_may_have_been_entered_it_is_said_that_it_must_be_looked_up(light):
    with pytest.raises(errors.OutputError) as refused:
        light.ask(undo("die"))

    assert "look at the history" in refused.value.mend


def test_a_refusal_is_raised_as_it_was_and_a_fault_says_where(light):
    with pytest.raises(errors.TableError) as refused:
        light.ask(stands("refuse"))
    with pytest.raises(BrokenError, match="ZeroDivisionError"):
        light.ask(stands("break"))

    assert (refused.value.cause, refused.value.mend) == ("No.", "Yes.")
    assert light.ask(stands("x"))["pid"] == light.pid


def test_one_that_was_killed_while_nobody_asked_is_not_missed(light):
    """Whether it is known to be gone already, or not yet."""
    for waits in (True, False):
        before = light.ask(stands("x"))["pid"]
        os.kill(before, signal.SIGKILL)
        if waits:
            desks.until(lambda killed=before: gone(killed), PATIENCE)

        assert light.ask(stands("x"))["pid"] != before


@pytest.mark.parametrize("at_work", [False, True], ids=["idle", "at work"])
def test_it_ends_with_a_desk_that_was_killed(at_work):
    code = f"""
import threading, time
from landtrack.server.worker import Worker
from landtrack.server.questions import Stands
made = Worker(command=("-c", {LIGHT!r}))
print(made.ask(Stands(out="x"))["pid"], flush=True)
if {at_work}:
    threading.Thread(target=made.ask, args=(Stands(out="hang"),), daemon=True).start()
time.sleep(60)
"""
    with subprocess.Popen(  # noqa: S603  ourselves
        [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True
    ) as server:
        pid = int(server.stdout.readline())
        time.sleep(0.5 if at_work else 0)
        server.kill()

    desks.until(lambda: gone(pid), 20)


# --- what crosses ---------------------------------------------------------------------------


def test_no_other_question_can_be_asked_and_none_brings_more_than_its_fields():
    known = msgspec.msgpack.Decoder(frames.union(questions.ANSWERS))
    good = msgspec.msgpack.encode(questions.Plots(out="x", most=1, wanted=Wanted(text="甲")))

    assert known.decode(good).wanted.text == "甲"
    for bad in ({"type": "Popen", "out": "x"}, {"type": "Stands", "out": "x", "run": "y"},
                {"type": "Enter", "out": "x"}, ["Stands"], "Stands"):
        with pytest.raises(msgspec.ValidationError):
            known.decode(msgspec.msgpack.encode(bad))


def test_every_question_has_its_answer_and_its_use_case():
    from landtrack.server import answering

    every = set(questions.Question.__subclasses__())
    every |= {own for each in every for own in each.__subclasses__()}
    asked = {each for each in every if "[" not in each.__name__}
    assert asked == set(questions.ANSWERS) == set(answering.ANSWERS)


# --- what it says ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """Two plots and a parcel, judged."""
    site = Site(tmp_path_factory.mktemp("judged") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [
        site.plot(key, box(200 * at, 0, 200 * at + 100, 100), fixed_investment_cny=1e6)
        for at, key in enumerate("AB")
    ])
    site.layer("parcels", [(box(0, 200, 100, 300), {"parcel_id": "Z", "state": "approved"})])
    folder = site.catalog().folder
    (folder / "scan.pdf").write_bytes(b"%PDF-1.4 a scan")
    (folder / "build").mkdir()
    store.write(vet.vet(catalog.place(folder)), folder / "build" / "project.gpkg")
    return folder


@pytest.fixture
def park(judged, tmp_path):
    """The same once more, to be changed."""
    return Path(shutil.copytree(judged, tmp_path / "park"))


def listed(park) -> Listed:
    return desks.SHARED.ask(questions.Plots(out=str(park / "build"), most=9))


def announce(park):
    return questions.Enter(
        out=str(park / "build"), action="announce", keys=("Z",), told=Told("2006-12-20", "1"),
        evidence=str(park / "scan.pdf"), lang="en",
    )


@pytest.mark.parametrize(
    ("brought_in", "dated_back"), [(False, False), (True, False), (True, True)]
)
def test_a_store_that_another_program_edited_is_not_shown_as_judged(
    park, brought_in, dated_back
):
    path = park / "build" / "project.gpkg"
    there = path.stat()
    assert {each.verdict for each in listed(park).shown} == {"fail"}

    with closing(sqlite3.connect(path)) as other:  # such as a desktop GIS that stays open
        other.execute("update findings set outcome = 'pass'")
        other.commit()
        if brought_in:
            other.execute("pragma wal_checkpoint(truncate)")
        if dated_back:  # of the same size, and as if nobody had written it
            os.utime(path, ns=(there.st_atime_ns, there.st_mtime_ns))
            assert path.stat().st_size == there.st_size
        with pytest.raises(errors.SourceError, match="findings was edited"):
            listed(park)


def test_a_run_that_replaces_the_store_is_seen_at_once(park):
    assert {each.verdict for each in listed(park).shown} == {"fail"}
    plots = park / "plots.geojson"
    plots.write_text(plots.read_text(encoding="utf-8").replace("1000000.0", "90000000.0"))

    vet.run(park, out=park / "build")

    assert {each.verdict for each in listed(park).shown} != {"fail"}


def test_a_step_whose_worker_is_killed_is_entered_whole_or_not_at_all(park):
    """Before and after the log has it: the scan is then kept, or not."""
    path = park / "build" / "project.gpkg"
    before = len(log.proven(path))
    for killed, more in (("before", 0), ("after", 1)):
        code = f"""
import os
from landtrack import store
from landtrack.server import answering
real = store.log.append
def append(*given, **named):
    if {killed!r} == "after":
        real(*given, **named)
    os._exit(9)
store.log.append = append
answering.serve()
"""
        worker = Worker(command=("-c", code))
        with pytest.raises(errors.OutputError, match="broke off"):
            worker.ask(announce(park))
        worker.close()
        assert len(log.proven(path)) == before + more

    state = desks.SHARED.ask(questions.History(out=str(park / "build"), key="Z", lang="en"))
    assert "2006-12-20" in {each.at for each in state.events}
    with pytest.raises(errors.TableError):  # it is announced: not once more
        desks.SHARED.ask(announce(park))
    kept = [each.name for each in Path(park / "build" / "project.evidence").iterdir()]
    assert [name.partition(".")[2] for name in kept] == ["pdf"]


@pytest.mark.skipif(sys.platform == "win32", reason="there its class of priority is another")
def test_a_job_lets_what_answers_pages_go_first():
    waits = [sys.executable, "-c", "input()"]
    with subprocess.Popen(waits, stdin=subprocess.PIPE, text=True) as job:  # noqa: S603
        jobs._step_back(job)

        assert os.getpriority(os.PRIO_PROCESS, job.pid) > os.getpriority(os.PRIO_PROCESS, 0)
        job.communicate("")
    jobs._step_back(job)  # one that has ended is let be
