"""Outputs appear whole or not at all, one run at a time."""

import errno
import multiprocessing
import os
import signal
import time
from contextlib import nullcontext
from pathlib import Path

import pytest
from builders import box

import landtrack
from landtrack import store
from landtrack.model.errors import OutputError
from landtrack.store import locks, staging


def listing(folder):
    files = (path for path in folder.iterdir() if path.is_file() and path.name != staging.LOCK_NAME)
    return {path.name: path.read_text() for path in files}


def test_all_files_come_into_place_together(tmp_path):
    out = tmp_path / "new" / "build"

    with staging.staging(out) as folder:
        (folder / "map.html").write_text("map")
        assert listing(out) != {"map.html": "map"}

    assert listing(out) == {"map.html": "map"}


def test_a_failure_leaves_what_was_there(tmp_path):
    (tmp_path / "map.html").write_text("earlier")

    with pytest.raises(RuntimeError, match="midway"), staging.staging(tmp_path) as folder:
        (folder / "map.html").write_text("half")
        raise RuntimeError("midway")

    assert listing(tmp_path) == {"map.html": "earlier"}


def test_a_file_that_cannot_be_replaced_leaves_every_file_as_it_was(tmp_path, monkeypatch):
    """As when a spreadsheet has the ledger open on Windows."""
    for name in ("findings.csv", "ledger.xlsx", "map.html"):
        (tmp_path / name).write_text("earlier")
    replace = Path.replace

    def locked(source, target):
        if target.name == "ledger.xlsx":
            raise PermissionError(13, "The process cannot access the file", str(target))
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", locked)
    with (
        pytest.raises(OutputError, match=r"ledger.xlsx cannot be replaced(.|\n)*Close the program"),
        staging.staging(tmp_path) as folder,
    ):
        for name in ("findings.csv", "ledger.xlsx", "map.html", "new.txt"):
            (folder / name).write_text("fresh")

    assert listing(tmp_path) == dict.fromkeys(
        ("findings.csv", "ledger.xlsx", "map.html"), "earlier"
    )


def test_a_full_disk_is_told_and_leaves_what_was_there(tmp_path):
    (tmp_path / "map.html").write_text("earlier")

    with (
        pytest.raises(OutputError, match=r"disk is full(.|\n)*Make room"),
        staging.staging(tmp_path),
    ):
        raise OSError(28, "No space left on device")

    assert listing(tmp_path) == {"map.html": "earlier"}


@pytest.mark.parametrize("own", [True, False])
def test_a_disk_that_is_full_when_all_is_in_place_leaves_nothing_half(tmp_path, monkeypatch, own):
    """That all is there is noted in a file, too; a store that was put in place last tells it."""
    names = ("index.pdf", "sheet.pdf", "store")
    for name in names:
        (tmp_path / name).write_text("earlier")
    last = staging.Last("store", Path.replace, lambda fresh, _: not fresh.exists())
    note, noted = staging._note, []

    def full(out, journal):
        noted.append(journal.done)
        if journal.done:
            raise OSError(errno.ENOSPC, "No space left on device")
        note(out, journal)

    monkeypatch.setattr(staging, "_note", full)
    said = nullcontext() if own else pytest.raises(OutputError, match="disk is full")
    with said, staging.staging(tmp_path, last=last if own else None) as folder:
        for name in names:
            (folder / name).write_text("fresh")

    assert noted == [False, True]
    assert listing(tmp_path) == dict.fromkeys(names, "fresh" if own else "earlier")
    assert {each.name for each in tmp_path.iterdir()} <= {*names, staging.LOCK_NAME}


def test_a_place_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "build").write_text("a file")

    with (
        pytest.raises(OutputError, match=r"build cannot be written(.|\n)*--out"),
        staging.staging(tmp_path / "build"),
    ):
        pass


def test_a_second_run_into_the_same_folder_is_told_to_wait(tmp_path):
    with (
        staging.staging(tmp_path) as folder,
        pytest.raises(OutputError, match=r"Another run is writing(.|\n)*Wait"),
        staging.staging(tmp_path),
    ):
        pytest.fail(f"two runs in {folder}")


def test_the_lock_of_a_folder_goes_with_who_held_it(tmp_path):
    with staging.staging(tmp_path) as folder:
        (folder / "map.html").write_text("map")

    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def _often(path, seen):
    """Hold a lock again and again; ``seen`` counts how often another was in it too."""
    for _ in range(300):
        with locks.held(path, wait_s=30):
            try:
                os.close(os.open(path.with_name("in"), os.O_CREAT | os.O_EXCL))
            except FileExistsError:
                seen.value += 1
            else:
                path.with_name("in").unlink()


def test_a_lock_that_goes_with_its_holder_is_never_held_by_two(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    seen = spawn.Value("i", 0)
    several = [spawn.Process(target=_often, args=(tmp_path / "lock", seen)) for _ in range(4)]
    for each in several:
        each.start()
    for each in several:
        each.join()

    assert [each.exitcode for each in several] == [0] * 4
    assert seen.value == 0
    assert [*tmp_path.iterdir()] == []


def _slowly(out):
    with staging.staging(out) as folder:
        (folder / "map.html").write_text("half")
        time.sleep(60)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no way to kill a process at once here")
def test_a_run_killed_midway_leaves_what_was_there_and_no_lock(tmp_path):
    (tmp_path / "map.html").write_text("earlier")
    run = multiprocessing.get_context("spawn").Process(target=_slowly, args=(tmp_path,))
    run.start()
    while not list(tmp_path.glob(".landtrack-*/map.html")):
        time.sleep(0.02)
    os.kill(run.pid, signal.SIGKILL)
    run.join()
    assert (tmp_path / "map.html").read_text() == "earlier"

    with staging.staging(tmp_path) as folder:
        (folder / "map.html").write_text("after")

    assert listing(tmp_path) == {"map.html": "after"}
    assert not list(tmp_path.glob(f"{staging.PREFIX}*"))


def test_files_of_a_folder_come_into_place_and_go_back_with_the_others(tmp_path, monkeypatch):
    (tmp_path / "map-blocks").mkdir()
    (tmp_path / "map-blocks" / "a.js").write_text("earlier")
    with staging.staging(tmp_path) as folder:
        (folder / "map-blocks").mkdir()
        (folder / "map-blocks" / "a.js").write_text("fresh")
    assert (tmp_path / "map-blocks" / "a.js").read_text() == "fresh"

    replace = Path.replace

    def locked(source, target):
        if target.name == "map.html":
            raise PermissionError(13, "The process cannot access the file", str(target))
        return replace(source, target)

    monkeypatch.setattr(Path, "replace", locked)
    with pytest.raises(OutputError), staging.staging(tmp_path) as folder:
        (folder / "map-blocks").mkdir()
        (folder / "map-blocks" / "a.js").write_text("newer")
        (folder / "map.html").write_text("newer")
    assert (tmp_path / "map-blocks" / "a.js").read_text() == "fresh"


def test_what_an_earlier_run_left_in_a_folder_is_removed_and_nothing_else(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    for names in (("a.js", "b.js"), ("a.js",)):
        with staging.staging(tmp_path) as folder:
            (folder / "map-blocks").mkdir()
            for name in names:
                (folder / "map-blocks" / name).write_text("fresh")

    assert [path.name for path in (tmp_path / "map-blocks").iterdir()] == ["a.js"]
    assert (tmp_path / "mine.txt").read_text() == "mine"


def test_each_output_is_on_the_disk_before_it_is_put_in_its_place(site, tmp_path, monkeypatch):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    site.catalog()
    there, put = set(), []
    to_disk, replace = staging.to_disk, Path.replace

    def waited(path):
        to_disk(path)
        there.add((path, path.stat().st_mtime_ns))

    def moved(path, target):
        put.append((path, path.stat().st_mtime_ns))
        return replace(path, target)

    monkeypatch.setattr(staging, "to_disk", waited)
    monkeypatch.setattr(Path, "replace", moved)
    landtrack.run(site.folder, out=tmp_path / "out")

    outputs = {each for each in put if each[0].name != staging.UNFINISHED}
    made = {each.name for each in (tmp_path / "out").iterdir() if not each.name.startswith(".")}
    assert {path.name for path, _ in outputs} == made
    assert outputs <= there, "as it was written, to the last byte"


def test_a_copy_of_a_store_is_on_the_disk_before_it_is_put_in_its_place(
    site, tmp_path, monkeypatch
):
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    landtrack.run(site.catalog().folder, out=tmp_path / "out")
    scan = tmp_path / "out" / "project.evidence" / f"{'ab' * 32}.pdf"
    scan.parent.mkdir()
    scan.write_bytes(b"a letter")
    waited = []
    monkeypatch.setattr(staging, "to_disk", lambda path: waited.append(path.stat().st_ino))

    store.copy(tmp_path / "out" / "project.gpkg", tmp_path / "copy.gpkg")

    copied = tmp_path / "copy.evidence" / scan.name
    assert waited == [path.stat().st_ino for path in (copied, tmp_path / "copy.gpkg")], (
        "evidence first: the file says that all is there"
    )
