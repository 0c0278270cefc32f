"""A GeoPackage that several have open: readers wait for nobody, one writes, a run replaces it."""

import datetime as dt
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import holders
import kill_writer
import pyogrio
import pytest
import writer
from builders import Site, box
from holders import holding

import landtrack
from landtrack import store, tracking
from landtrack.app import draw_map, track, vet
from landtrack.model.errors import OutputError, SourceError
from landtrack.store import assessment, journal, sheet_register

TODAY = dt.date(2007, 12, 31)


pytestmark = pytest.mark.usefixtures("store_alone")


@pytest.fixture
def park(tmp_path):
    """Give a place of three parcels."""
    return of_three_parcels(tmp_path / "site")


def of_three_parcels(folder):
    site = Site(folder)
    site.head["as_of"] = dt.date(2006, 12, 31)
    site.layer("parcels", [parcel(site, key) for key in "PQR"])
    return site


def parcel(_site, key):
    return box(100 * ord(key), 0, 100 * ord(key) + 60, 100), {"parcel_id": key, "owner": "X村"}


@pytest.fixture(scope="module")
def built(tmp_path_factory, store_alone):  # noqa: ARG001
    """Give the outputs of a run of it."""
    site = of_three_parcels(tmp_path_factory.mktemp("built") / "site")
    landtrack.run(site.folder, out=site.folder.with_name("build"))
    return site.folder.with_name("build")


@pytest.fixture
def path(built, tmp_path):
    """Give its store, beside its other outputs."""
    return Path(shutil.copytree(built, tmp_path / "build")) / "project.gpkg"


def surveyed(path, *keys):
    told = tracking.Event(event=0, layer="", feature_id="", track="", at="2006-06-01", action="",
                        document_no="文1")
    return track.apply(path, "survey", keys, told, today=TODAY)


def one_more(path, wait):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.session, "WAIT_S", wait)
        surveyed(path, "P")


def seen_by_gdal(path):
    return (len(pyogrio.read_dataframe(path, layer="parcels")),
            len(pyogrio.read_dataframe(path, layer="status_log")))


def seen_by_us(path):
    with store.backends.of(path).reading(path) as db:
        return db.count("parcels"), db.count("status_log")


def held(path):
    with store.backends.of(path).reading(path) as db:
        return [db.db.execute(f'SELECT * FROM "{name}"').fetchall()  # noqa: S608
                for name in ("parcels", "plots", "measures", "counts", "runs")]


def files_of(path):
    return sorted(each.name for each in path.parent.iterdir() if each.name.startswith(path.name))


def in_rollback_mode(path):
    """Give the store as landtrack made it before it kept a write-ahead log."""
    db = sqlite3.connect(path)
    assert db.execute("PRAGMA journal_mode = DELETE").fetchone() == ("delete",)
    db.close()
    return path


def keeps_a_log(path):
    return path.read_bytes()[18:20] == b"\x02\x02"


# --- readers and a writer -----------------------------------------------------------------


@pytest.mark.parametrize("long", [holders.reader_of_ours, holders.reader_of_a_gis])
def test_a_long_reader_keeps_out_neither_a_writer_nor_other_readers(path, long, monkeypatch):
    monkeypatch.setattr(store.session, "WAIT_S", 0.2)
    with holding(long, path) as (first, more):
        surveyed(path, "P")

        assert seen_by_us(path) == seen_by_gdal(path) == (3, 1)
        if long is holders.reader_of_ours:
            assert first == more() == [3, 0]  # as it stood when it began
        else:
            assert more() == ["P", "Q", "R"]


def test_readers_go_on_while_a_writer_is_at_its_commit(path, monkeypatch):
    """Also while what it writes goes into files already, because memory does not hold it."""
    monkeypatch.setattr(store.session, "WAIT_S", 0.2)
    with holding(holders.writer_of_much, path) as (_, more):
        assert seen_by_us(path) == seen_by_gdal(path) == (3, 0)
        assert more() == "in"
    assert len(store.log.read_states(path)) == 5_000


def test_a_second_writer_is_told_and_readers_go_on(path, monkeypatch):
    monkeypatch.setattr(store.session, "WAIT_S", 0.2)
    with holding(holders.editor, path) as (_, more):
        with pytest.raises(OutputError, match=r"locked(.|\n)*Close the program"):
            surveyed(path, "P")
        assert seen_by_us(path) == seen_by_gdal(path) == (3, 0)
        assert more() == "kept"
    surveyed(path, "P")
    assert "hand" in set(store.read(path, "landtrack_store")["value"])
    assert track.faults(path) == []


def test_a_layer_read_while_another_thread_writes_loses_nothing(path):
    """GDAL's own SQLite does not see the locks of the one that writes in the same process."""
    log = path.with_name("project.gpkg-wal")
    with store.backends.of(path).writing(path) as db:
        db.insert(store.session.META, [("a", "1")])
        other = threading.Thread(target=store.read, args=(path, "parcels"))
        other.start()
        other.join(2)
        assert log.exists()  # the one that left would have taken it along
        db.insert(store.session.META, [("b", "2")])
    other.join()

    assert {("a", "1"), ("b", "2")} <= set(
        store.read(path, "landtrack_store")[["key", "value"]].itertuples(index=False, name=None))


def test_a_store_without_a_log_gets_one_from_the_first_writer_who_is_alone(path):
    in_rollback_mode(path)
    with holding(holders.reader_of_ours, path) as (first, _):
        with pytest.raises(OutputError, match="locked"):
            one_more(path, wait=0.2)
        assert not keeps_a_log(path)
        assert first == [3, 0]
    surveyed(path, "P")

    assert keeps_a_log(path)
    assert seen_by_us(path) == seen_by_gdal(path) == (3, 1)


def test_after_the_last_one_has_left_the_file_alone_is_the_whole_store(path, tmp_path):
    with holding(holders.viewer, path) as (first, more):
        surveyed(path, "P")
        assert (first, more()) == ([3, 0], [3, 1])
    surveyed(path, "Q")
    alone = shutil.copy(path, tmp_path / "alone.gpkg")

    assert files_of(path) == ["project.gpkg"]
    assert len(store.log.read(alone).rows) == 2
    if ogrinfo := shutil.which("ogrinfo"):
        said = subprocess.run(  # noqa: S603
            [ogrinfo, "-ro", "-q", str(alone), "status_log"], capture_output=True, text=True,
            check=True,
        )
        assert said.stdout.count("survey") >= 2


# --- a run that replaces it ---------------------------------------------------------------


def run_with(park, path, *keys):
    park.layer("parcels", [parcel(park, key) for key in keys])
    landtrack.run(park.folder, out=path.parent)


@pytest.mark.parametrize("before", [in_rollback_mode, surveyed])
def test_who_has_a_store_open_sees_it_as_it_was_or_as_it_is_and_never_mixed(park, path, before):
    """Also who opened it before it kept a log, and reads on when it does."""
    before(path, *([] if before is in_rollback_mode else ["P"]))
    events = len(store.log.read(path).rows)
    with (
        holding(holders.viewer, path) as (first, look),
        holding(holders.viewer, path) as (_, look_too),
    ):
        run_with(park, path, *"PQRST")
        surveyed(path, "Q")

        assert (first, look(), look_too()) == ([3, events], [5, events + 1], [5, events + 1])
        run_with(park, path, *"PQ")
        assert look() == [2, events + 1]
    assert files_of(path) == ["project.gpkg"]
    assert track.faults(path) == []


def test_a_run_replaces_a_store_that_is_being_read_and_all_others_see_the_new_one(park, path):
    with holding(holders.reader_of_ours, path) as (first, more):
        run_with(park, path, *"PQRST")

        assert seen_by_us(path) == seen_by_gdal(path) == (5, 0)
        assert more() == first == [3, 0]
        surveyed(path, "T")
    assert seen_by_us(path) == seen_by_gdal(path) == (5, 1)


@pytest.mark.parametrize("read", [
    assessment.load, lambda path: draw_map.draw(path, path.with_name("map"))])
def test_what_was_read_partly_before_and_partly_after_a_run_is_refused(
    park, path, monkeypatch, read
):
    first = store.reads.read

    def meanwhile(address, name):
        found = first(address, name)
        if name == "issues":
            monkeypatch.setattr(store.reads, "read", first)
            run_with(park, path, *"PQRST")
        return found

    monkeypatch.setattr(store.reads, "read", meanwhile)
    with pytest.raises(SourceError, match=r"replaced .* while it was read(.|\n)*again"):
        read(path)
    assert not path.with_name("map").joinpath("map.html").exists()


def test_a_run_waits_for_another_program_that_is_changing_the_store_then_leaves_all_as_it_was(
    park, path, monkeypatch
):
    page = path.with_name("map.html").read_bytes()
    monkeypatch.setattr(store.session, "WAIT_S", 0.2)
    with holding(holders.editor, path) as (_, more):
        with pytest.raises(OutputError, match=r"project.gpkg cannot be replaced(.|\n)*QGIS"):
            run_with(park, path, *"PQRST")
        assert more() == "kept"

    assert path.with_name("map.html").read_bytes() == page
    assert seen_by_us(path) == (3, 0)
    assert "hand" in set(store.read(path, "landtrack_store")["value"])
    run_with(park, path, *"PQRST")
    assert seen_by_gdal(path) == (5, 0)


def test_what_is_entered_while_a_run_draws_its_map_is_not_lost(park, path, monkeypatch):
    """Events keep the run out; sheets go along."""
    row = {"number": "S-1", "revision": 1}
    events = [tracking.Event(event=1, layer="parcels", feature_id="P", track="approval",
                           at="2006-06-01", action="survey", to_state="surveyed")]
    drawn = vet.webmap.build

    def meanwhile(result):
        if events:
            store.log.append(path, [events.pop()], after=0)
        else:
            with sheet_register.opened(path) as db:
                sheet_register.enter(db, row)
        return drawn(result)

    monkeypatch.setattr(vet.webmap, "build", meanwhile)
    with pytest.raises(OutputError, match="Events were entered meanwhile: run again"):
        run_with(park, path, *"PQRST")
    assert seen_by_us(path) == (3, 1)
    run_with(park, path, *"PQRST")

    assert seen_by_us(path) == (5, 1)
    assert [each["number"] for each in sheet_register.rows(path)] == ["S-1"]


def test_a_store_that_was_deleted_leaves_nothing_to_the_next_one(park, path):
    """Its log, left by a writer that was killed, would else be taken for the new one's."""
    subprocess.run([sys.executable, "-c", (  # noqa: S603
        "import os, sqlite3, sys\n"
        "db = sqlite3.connect(sys.argv[1])\n"
        "db.execute(\"UPDATE landtrack_store SET value = 'old'\")\n"
        "db.commit()\n"
        "os._exit(9)\n"
    ), str(path)], check=False)
    assert len(files_of(path)) > 1
    path.unlink()
    run_with(park, path, *"PQRST")

    assert files_of(path) == ["project.gpkg"]
    assert "old" not in set(store.read(path, "landtrack_store")["value"])
    assert seen_by_us(path) == (5, 0)


def test_a_run_killed_while_it_replaces_a_store_leaves_all_of_the_old_or_of_the_new(
    park, path, tmp_path
):
    files = []
    for keys in ("PQ", "PQRST"):
        folder = tmp_path / keys
        run_with(park, folder / "project.gpkg", *keys)
        files.append(folder / "project.gpkg")
    known = [held(each) for each in (path, *files)]

    def whole(_):
        assert held(path) in known
        with store.backends.of(path).reading(path) as db:
            assert db.db.execute("PRAGMA integrity_check").fetchone() == ("ok",)

    assert kill_writer.interrupted(writer.replace, (files, path), whole, 20, seed=8) > 0


# --- copies -------------------------------------------------------------------------------


def test_a_copy_and_a_backup_hold_what_is_in_the_log_only(path, tmp_path):
    with holding(holders.reader_of_ours, path):
        surveyed(path, "P")
        surveyed(path, "Q")
        assert path.with_name("project.gpkg-wal").stat().st_size > 0
        store.copy(path, tmp_path / "copy.gpkg")
        store.geopackage.snapshot(path, tmp_path / "backup.gpkg")

    for made in (tmp_path / "copy.gpkg", tmp_path / "backup.gpkg"):
        assert files_of(made) == [made.name]
        assert len(store.log.read(made).rows) == 2
        assert track.faults(made) == []


# --- network drives -----------------------------------------------------------------------


@pytest.fixture
def drive(tmp_path, monkeypatch):
    """Make every folder of this machine one of another machine."""
    def made():
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "shares.toml").write_text('file_systems = ["*"]\n', "utf-8")
        monkeypatch.setenv("LANDTRACK_DATA", str(tmp_path / "data"))
        journal._shares.cache_clear()

    yield made
    monkeypatch.undo()
    journal._shares.cache_clear()


def test_a_store_made_on_a_network_drive_keeps_no_log(park, tmp_path, drive):
    drive()
    path = tmp_path / "build" / "project.gpkg"
    run_with(park, path, *"PQR")
    surveyed(path, "P")
    run_with(park, path, *"PQRST")

    assert not keeps_a_log(path)
    assert seen_by_us(path) == seen_by_gdal(path) == (5, 1)
    assert files_of(path) == ["project.gpkg"]


@pytest.mark.parametrize("first", [
    seen_by_us, lambda path: store.read(path, "parcels"), store.names,
    lambda path: surveyed(path, "Q"), lambda path: store.copy(path, path.with_name("c.gpkg")),
])
def test_a_store_that_came_to_a_network_drive_gives_its_log_up_before_all_else(
    path, drive, first
):
    surveyed(path, "P")
    drive()
    first(path)

    assert not keeps_a_log(path)
    assert seen_by_us(path) == seen_by_gdal(path) >= (3, 1)


def test_a_store_that_another_machine_has_open_with_a_log_is_refused(path, drive, monkeypatch):
    monkeypatch.setattr(store.session, "WAIT_S", 0.2)
    with holding(holders.viewer, path) as (_, look):
        surveyed(path, "P")
        drive()
        for each in (seen_by_us, store.names, lambda path: store.read(path, "parcels"),
                     lambda path: surveyed(path, "Q")):
            with pytest.raises(SourceError, match=(
                r"network drive, and another machine(.|\n)*QGIS(.|\n)*landtrack store copy"
            )):
                each(path)
        assert look() == [3, 1]
    assert seen_by_us(path) == (3, 1)


@pytest.mark.parametrize(("kind", "options", "shared"), [
    ("ext4", "rw,relatime", False), ("tmpfs", "rw", False), ("apfs", "rw,local", False),
    ("NTFS", "rw,fixed", False), ("fuseblk", "rw", False),
    ("nfs4", "rw", True), ("cifs", "rw", True), ("smbfs", "rw", True), ("fuse.sshfs", "rw", True),
    ("NTFS", "rw,remote", True), ("9p", "rw", True),
])
def test_a_network_drive_is_known_by_its_file_system(
    tmp_path, monkeypatch, kind, options, shared
):
    mounted = tmp_path / "planning"
    mounted.mkdir()
    there = [
        SimpleNamespace(mountpoint=str(mounted), fstype=kind, opts=options),
        SimpleNamespace(mountpoint=tmp_path.anchor, fstype="ext4", opts="rw"),
    ]
    monkeypatch.setattr(journal.psutil, "disk_partitions", lambda **_: there)
    journal._mounts.cache_clear()
    try:
        assert journal.on_share(mounted / "build" / "project.gpkg") is shared
        assert not journal.on_share(tmp_path / "project.gpkg")
    finally:
        journal._mounts.cache_clear()


# --- folders in which nothing may be written ----------------------------------------------


READ = """
import os, sys
from pathlib import Path
from landtrack import store
from landtrack.app import draw_map, track
from landtrack.model.errors import LandtrackError


def read(path, out):
    try:
        print(len(track.tracked(path).log), len(store.read(path, "parcels")))
        print(draw_map.draw(path, out).name)
    except LandtrackError as error:
        print(error)


sealed, out = (Path(each) for each in sys.argv[1:])
if os.geteuid() == 0:  # whom no mode keeps out
    read(out / "project.gpkg", out / "first")  # so that all is loaded: others may not read it
    print("sealed:")
    os.setegid(65534)
    os.seteuid(65534)
read(sealed, out)
"""


def read_only(path):
    """Read a store in a process that may not write into its folder."""
    said = subprocess.run(  # noqa: S603
        [sys.executable, "-W", "error", "-c", READ, str(path), str(path.parent.parent / "open")],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )
    return said.stdout.rpartition("sealed:\n")[2] + said.stderr


@pytest.fixture
def sealed(path, tmp_path_factory):
    """Give a store in a folder that may not be written, beside one that may."""
    if not hasattr(os, "geteuid"):
        pytest.skip("here a folder is not sealed by its mode")
    surveyed(path, "P")
    folder = tmp_path_factory.mktemp("sealed")
    for each in (*folder.parents, folder):
        if each.owner() == path.owner() and each != Path(each.anchor):
            each.chmod(each.stat().st_mode | 0o055)
    for each in ("open", "shut"):
        (folder / each).mkdir()
        shutil.copy(path, folder / each / path.name)
    (folder / "open").chmod(0o777)
    yield folder / "shut" / "project.gpkg"
    (folder / "shut").chmod(0o755)


def test_a_store_is_read_where_nothing_may_be_written(sealed):
    sealed.parent.chmod(0o555)

    assert read_only(sealed) == "1 3\nmap.html\n"
    assert files_of(sealed) == ["project.gpkg"]


def test_changes_beside_a_store_that_cannot_be_read_where_nothing_may_be_written_are_told(sealed):
    with holding(holders.viewer, sealed):
        surveyed(sealed, "Q")
        left = sealed.with_name("project.gpkg-wal").read_bytes()
    sealed.with_name("project.gpkg-wal").write_bytes(left)
    sealed.parent.chmod(0o555)

    assert "has changes beside it, in project.gpkg-wal" in read_only(sealed)
    assert "Copy both files" in read_only(sealed)
