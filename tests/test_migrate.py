"""A store of an earlier version is brought up to this one, whenever it is stopped in between."""

import errno
import itertools
import os
import shutil
import sqlite3
import uuid
from pathlib import Path

import pytest
import stores
from builders import Site, box
from click.testing import CliRunner

import landtrack
from landtrack import store, tracking
from landtrack.app import track
from landtrack.cli.main import main
from landtrack.model.errors import OutputError, SourceError
from landtrack.store import seals

META = {"place": "site", "workflow": "cn-2006", "language": "zh"}
LOG_OF_1 = (
    ("CREATE TABLE status_log (fid INTEGER PRIMARY KEY, feature_id TEXT, track TEXT, at TEXT, "
     "action TEXT, from_state TEXT, to_state TEXT, document_no TEXT, evidence_sha256 TEXT, "
     "by TEXT)"),
    ("INSERT INTO status_log VALUES (1, 'Q', 'approval', '2006-11-20T00:00:00', 'recorded', '', "
     "'approved', '2006-7', '', 'parcels.geojson')"),
    ("INSERT INTO gpkg_contents (table_name, data_type, identifier) "
     "VALUES ('status_log', 'attributes', 'status_log')"),
)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Give a store of this version with an event."""
    site = Site(tmp_path_factory.mktemp("migrate") / "site")
    site.layer("parcels", [(box(0, 0, 50, 100), {"parcel_id": "P"}),
                           (box(50, 0, 100, 100), {"parcel_id": "Q"})])
    out = tmp_path_factory.mktemp("run")
    landtrack.run(site.folder, out=out)
    entered(out / "project.gpkg", "P")
    return out / "project.gpkg"


def few_tables(path):
    """Leave what a migration is about: it is stopped often, and each time goes through all."""
    with sqlite3.connect(path) as db:
        for name in ("measures", "issues", "counts", "rules", "project_findings"):
            db.execute(f"DROP TABLE IF EXISTS {name}")
            db.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (name,))
            db.execute("DELETE FROM gpkg_ogr_contents WHERE table_name = ?", (name,))
    db.close()
    return path


@pytest.fixture
def of_1(run, tmp_path):
    """Give a store of version 1: its log has no chain."""
    path = tmp_path / "old.gpkg"
    store.geopackage.snapshot(run, path)
    own = ("status_log", "states", "landtrack_store", "landtrack_seals")
    with sqlite3.connect(path) as db:
        for (name,) in db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_%'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {name}")
        for each in own:
            db.execute(f"DROP TABLE {each}")
            db.execute("DELETE FROM gpkg_contents WHERE table_name = ?", (each,))
        for each in LOG_OF_1:
            db.execute(each)
    db.close()
    return path


@pytest.fixture
def of_2(run, tmp_path):
    """Give a store of version 2: it has no seals."""
    path = tmp_path / "second.gpkg"
    store.geopackage.snapshot(run, path)
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE landtrack_seals")
        db.execute("DELETE FROM gpkg_contents WHERE table_name = 'landtrack_seals'")
        db.execute("ALTER TABLE status_log DROP COLUMN entered_by")
        db.execute("UPDATE landtrack_store SET value = '2' WHERE key = 'format'")
    db.close()
    return path


def entered(path, key):
    return track.apply(path, "demarcate", [key], tracking.Event(
        event=0, layer="", feature_id="", track="", at="2006-12-01", action="", document_no="d",
    ))


class PowerCut(BaseException):
    """What a program that is cut off raises: from then on nothing that it does takes effect."""


def cut_off_at(point, path):
    """Migrate, cut off before one change of files or one statement; say if it was."""
    done = itertools.count(1)

    def counted(call):
        def counting(*given, **named):
            if next(done) >= point:
                raise PowerCut
            return call(*given, **named)
        return counting

    class Connection(sqlite3.Connection):
        execute = counted(sqlite3.Connection.execute)
        executemany = counted(sqlite3.Connection.executemany)
        backup = counted(sqlite3.Connection.backup)

    connect = sqlite3.connect
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sqlite3, "connect",
                        lambda *given, **named: connect(*given, factory=Connection, **named))
        for name in ("replace", "rename", "unlink"):
            patched.setattr(os, name, counted(getattr(os, name)))
        try:
            store.migrate(path, meta=META)
        except PowerCut:
            return True
    return False


@pytest.mark.fault("62-migrate-killed")
@pytest.mark.parametrize("version", ["of_1", "of_2"])
def test_whenever_a_migration_is_cut_off_the_next_call_goes_on_and_leaves_one_backup(
    request, version, tmp_path
):
    """Cut off before every third statement and change of a file; LANDTRACK_EVERY states others."""
    old = few_tables(request.getfixturevalue(version))
    held = store.geopackage.digests_of(old, ["parcels", "findings"])
    for point in itertools.count(1, int(os.environ.get("LANDTRACK_EVERY", "3"))):
        path = shutil.copy(old, made(tmp_path, point))
        killed = cut_off_at(point, path)

        store.migrate(path, meta=META)

        assert track.faults(path) == []
        assert store.geopackage.digests_of(path, held) == held
        names = {each.name for each in path.parent.iterdir()}
        backups = {name for name in names if ".v" in name}
        assert backups == {f"project.v{version[-1]}.gpkg"}
        assert names <= {"project.gpkg", *backups, "project.gpkg-wal", "project.gpkg-shm"}
        shutil.rmtree(path.parent)
        if not killed:
            break
    assert point > 30


def made(folder, point):
    (folder / f"at-{point}").mkdir()
    return folder / f"at-{point}" / "project.gpkg"


@pytest.mark.fault("62-migrate-killed")
def test_a_backup_of_something_else_is_kept_and_does_not_block(of_1):
    other = of_1.with_suffix(".v1.gpkg")
    other.write_bytes(b"another backup")

    said = CliRunner().invoke(main, ["store", "migrate", str(of_1), "--workflow", "cn-2006"])

    assert said.exit_code == 0, said.output
    assert other.read_bytes() == b"another backup"
    assert of_1.with_name("old.v1-2.gpkg").exists()
    assert track.faults(of_1) == []


def test_the_workflow_of_a_store_that_names_none_is_asked_and_never_assumed(of_1):
    before = of_1.read_bytes()

    said = CliRunner().invoke(main, ["store", "migrate", str(of_1)])

    assert said.exit_code == 2
    assert "--workflow" in said.stderr
    assert "cn-2006" in said.stderr
    assert "cn-now" in said.stderr
    assert of_1.read_bytes() == before
    assert [each.name for each in of_1.parent.glob("*.v1*")] == []


def test_a_store_of_version_2_is_sealed_as_it_is_found(of_2):
    with pytest.raises(SourceError, match="landtrack store migrate"):
        entered(of_2, "Q")

    said = CliRunner().invoke(main, ["store", "migrate", str(of_2)])

    assert said.exit_code == 0, said.output
    assert [each.kind for each in seals.read(of_2)] == ["found"]
    entered(of_2, "Q")
    assert track.faults(of_2) == []
    stores.execute(of_2, "UPDATE findings SET outcome = 'edited'")
    assert ("table_edited", {"table": "findings"}) in track.faults(of_2)


@pytest.fixture
def shared_of_2(run):
    """Give a shared store of version 2 with a keeper of then, who owns its layers."""
    shared, ken = stores.fresh(), f"ken_{uuid.uuid4().hex[:8]}"
    role = f"landtrack_landtrack_{shared.schema}"
    store.copy(run, shared)
    s = shared.schema
    stores.execute(
        shared, f"CREATE ROLE {ken} LOGIN", f"CREATE ROLE {role}", f"GRANT {role} TO {ken}",
        f"GRANT USAGE, CREATE ON SCHEMA {s} TO {role}", f"GRANT USAGE ON SCHEMA {s} TO {ken}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA {s} TO {ken}",
        f"GRANT INSERT ON status_log TO {ken}",
        "DROP TABLE landtrack_seals", "DROP TRIGGER log_grows ON status_log",
        "ALTER TABLE landtrack_evidence DROP CONSTRAINT hash_is_of_content",
        *(f"DROP FUNCTION {each}" for each in (
            "seals_grow()", "log_grows()", "layer_make(text, jsonb)", "layer_swap(text, text)",
            "layer_drop(text)")),
        "ALTER TABLE status_log DROP COLUMN entered_by",
        "UPDATE landtrack_store SET value = '2' WHERE key = 'format'",
        f"ALTER TABLE plots OWNER TO {role}", f"ALTER TABLE landtrack_layers OWNER TO {role}",
    )
    yield shared, ken
    stores.dropped(shared)
    stores.execute(shared, *(f"DROP OWNED BY {each}" for each in (ken, role)),
                   *(f"DROP ROLE {each}" for each in (ken, role)))


def test_a_shared_store_of_version_2_gets_its_guards_and_its_keepers_lose_the_schema(shared_of_2):
    shared, ken = shared_of_2

    said = CliRunner().invoke(main, ["store", "migrate", stores.written(shared)])

    assert said.exit_code == 0, said.output
    assert track.faults(shared) == []
    keeper = stores.as_user(shared, ken)
    with pytest.raises(Exception, match="permission denied for schema"):
        stores.execute(keeper, f"CREATE TABLE {shared.schema}.mine (a int)")
    with pytest.raises(Exception, match=r"must be owner|permission denied"):
        stores.execute(keeper, "CREATE RULE no AS ON INSERT TO plots DO INSTEAD NOTHING")
    entered(keeper, "Q")
    assert track.faults(shared) == []


def test_what_others_put_into_a_shared_store_is_named_before_it_is_guarded(shared_of_2):
    shared, _ = shared_of_2
    stores.execute(shared, "CREATE FUNCTION lag_s() RETURNS int LANGUAGE sql AS 'SELECT 1'")

    with pytest.raises(OutputError, match="lag_s"):
        store.migrate(shared, meta=META)


def test_a_folder_that_may_not_be_written_any_more_is_told(of_1, monkeypatch):
    """From the moment on at which the backup is to get its name, or to be cleared away."""
    whole = of_1.read_bytes()

    def refused(path, *_, **__):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    snapshot = store.geopackage.snapshot

    def then(path, target):
        snapshot(path, target)
        monkeypatch.setattr(Path, "replace", refused)
        monkeypatch.setattr(Path, "unlink", refused)

    monkeypatch.setattr(store.geopackage, "snapshot", then)
    result = CliRunner().invoke(
        main, ["store", "migrate", str(of_1), "--workflow", "cn-2006", "--lang", "en"]
    )

    assert result.exit_code == 2
    assert "cannot be written: you have no right to write" in result.stderr
    assert "fault of landtrack" not in result.stderr
    assert of_1.read_bytes() == whole


def test_a_disk_that_fills_up_while_a_store_is_backed_up_keeps_nothing_of_the_backup(
    of_1, monkeypatch
):
    whole = of_1.read_bytes()

    def half(_path, target):
        target.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(store.geopackage, "snapshot", half)
    result = CliRunner().invoke(
        main, ["store", "migrate", str(of_1), "--workflow", "cn-2006", "--lang", "en"]
    )

    assert result.exit_code == 2
    assert f"{of_1} cannot be written: the disk is full" in result.stderr
    assert {each.name for each in of_1.parent.iterdir()} == {of_1.name}
    assert of_1.read_bytes() == whole


@pytest.mark.parametrize("there", [False, True])
def test_a_disk_that_fills_up_while_the_store_changes_leaves_all_as_it_was(
    of_2, monkeypatch, there
):
    """Also a backup that was there before, of a call that was killed."""
    tables = sorted(store.names(of_2))
    held, backup = store.geopackage.digests_of(of_2, tables), of_2.with_suffix(".v2.gpkg")
    if there:
        shutil.copy(of_2, backup)

    def full(*_):
        raise OutputError("The disk is full.", mend="Make room.")

    monkeypatch.setattr(seals, "of_run", full)
    with pytest.raises(OutputError):
        store.migrate(of_2, meta={})

    assert backup.exists() is there
    assert sorted(store.names(of_2)) == tables
    assert store.geopackage.digests_of(of_2, tables) == held
