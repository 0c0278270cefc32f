"""The pack: whole, of the same bytes, proved by its manifest, and caught where it was tampered."""

import datetime as dt
import errno
import hashlib
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import openpyxl
import pytest
import shapely
import stores
from builders import Site, box
from sheets import SIGNED, copied, make_store, printed

from landtrack import tracking
from landtrack.app import package, track, vet
from landtrack.model import catalog, translations
from landtrack.model.errors import CatalogError, OutputError, SourceError
from landtrack.output.sheets import verify
from landtrack.output.sheets.make import Order
from landtrack.store import assessment, evidence, log, sheet_register

WORDS = translations.load("zh")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a pack once: the place's result, its store, and the zip."""
    folder = tmp_path_factory.mktemp("place")
    store = make_store(folder)
    result = vet.vet(catalog.place(folder / "site"))
    manifest = package.write(
        result, store, "A", package.load("plain"), Order(stated=SIGNED), folder / "pack.zip"
    )
    return result, store, (folder / "pack.zip").read_bytes(), manifest


def test_a_pack_holds_what_its_template_says_and_a_manifest_of_it(made):
    _, _, data, manifest = made

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        names = packed.namelist()
        for each in manifest["files"]:
            assert hashlib.sha256(packed.read(each["name"])).hexdigest() == each["sha256"]
        book = openpyxl.load_workbook(io.BytesIO(packed.read("A/04 界址点成果表.xlsx")))
    assert names == [*(each["name"] for each in manifest["files"]), "manifest.json"]
    assert {each["path"] for each in manifest["inputs"]} >= {"plots.geojson", "parcels.geojson"}
    assert manifest["versions"]["landtrack"]
    rows = list(book.active.iter_rows(min_row=4, values_only=True))
    assert [row[1] for row in rows] == ["J1", "J2", "J3", "J4", "J1"]
    assert [row[4] for row in rows] == [100, 100, 100, 100, None]


def test_same_input_same_bytes(made, tmp_path):
    result, store, data, _ = made
    again = tmp_path / "pack.zip"

    package.write(result, store, "A", package.load("plain"), Order(stated=SIGNED), again)

    assert again.read_bytes() == data


def test_a_pack_as_it_was_made_verifies(made):
    _, store, data, _ = made

    assert package.verify(data, WORDS, assessment.load(store))[1:4] == ([], [], [])


def rebuilt(data, change):
    """Make the zip again with other members."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
        comment = packed.comment
    members = change(files)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        for name, content in members.items() if isinstance(members, dict) else members:
            packed.writestr(name, content)
        packed.comment = comment
    return made.getvalue()


def test_a_byte_changed_in_any_part_is_caught(made):
    _, _, data, manifest = made

    for name in [*(each["name"] for each in manifest["files"]), "manifest.json"]:
        def change(files, name=name):
            content = bytearray(files[name])
            content[len(content) // 2] ^= 1
            return files | {name: bytes(content)}

        faults = package.verify(rebuilt(data, change), WORDS).faults
        assert faults, name


def leaves(value, at=()):
    """Give the way to every single value of a manifest."""
    if isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(each, (*at, key))
    else:
        yield at


def altered(manifest, way):
    """Change one value, keeping its type."""
    made = json.loads(json.dumps(manifest))
    *path, last = way
    inner = made
    for key in path:
        inner = inner[key]
    inner[last] = inner[last] + 1 if isinstance(inner[last], int) else f"{inner[last]}x"
    return made


def test_every_entry_of_the_manifest_that_is_altered_is_caught(made, monkeypatch):
    """The sheets are as they were, and looked at once."""
    _, store, data, _ = made
    seen = {}

    def looked_at(sheet, words, source, look=verify.pdf):
        known = (sheet, source is None)
        if known not in seen:
            seen[known] = look(sheet, words, source)
        return seen[known]

    monkeypatch.setattr(verify, "pdf", looked_at)
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    manifest = json.loads(files["manifest.json"])
    own = assessment.load(store)
    ways = list(leaves(manifest))
    of_each = {name: [way for way in ways if way[0] == name] for name in manifest}

    assert all(of_each.values())
    for way in (each[at] for each in of_each.values() for at in {0, len(each) // 2, len(each) - 1}):
        told = json.dumps(altered(manifest, way), ensure_ascii=False, indent=1, sort_keys=True)
        new = files | {"manifest.json": told.encode()}
        assert package.verify(rebuilt(data, lambda _, new=new: new), WORDS).faults, way
        forged = package.zipped(new)  # with a comment that agrees
        assert package.verify(forged, WORDS, own).faults, way


@pytest.mark.parametrize("way", ["files", "inputs", "features", "events"])
def test_a_manifest_that_lacks_a_part_is_told(made, way):
    def change(files):
        manifest = json.loads(files["manifest.json"])
        del manifest[way]
        return files | {"manifest.json": json.dumps(manifest).encode()}

    assert any(
        "没有可读的清单" in each for each in package.verify(rebuilt(made[2], change), WORDS).faults
    )


def entered(store, action, at, **more):
    told = tracking.Event(event=0, layer="", feature_id="", track="", at=at, action=action,
                        document_no="辽政地〔2007〕3号", by="张三")
    return track.apply(store, action, ["P1"], told, today=dt.date(2007, 12, 31), **more)


@pytest.fixture
def documented(tmp_path):
    """Enter a step with its document in a store, and give place and store."""
    store = make_store(tmp_path)
    (tmp_path / "批复.pdf").write_bytes(b"%PDF- scan")
    entered(store, "announce", "2007-01-15", evidence=tmp_path / "批复.pdf")
    return tmp_path / "site", store


def packed_of(place, store, out):
    result = vet.vet(catalog.place(place), log=log.read(store).events)
    return package.write(result, store, "A", package.load("plain"), Order(stated=SIGNED), out)


def test_the_history_is_packed_with_its_documents_under_their_hashes(documented, tmp_path):
    place, store = documented
    digest = hashlib.sha256(b"%PDF- scan").hexdigest()

    manifest = packed_of(place, store, tmp_path / "pack.zip")

    with zipfile.ZipFile(tmp_path / "pack.zip") as packed:
        history = packed.read("A/08 状态沿革.csv").decode("utf-8-sig")
        assert packed.read(f"A/12 文件/{digest}.pdf") == b"%PDF- scan"
    assert digest in history
    assert "辽政地〔2007〕3号" in history
    assert manifest["features"] == ["plots:A", "parcels:P1"]
    data = (tmp_path / "pack.zip").read_bytes()
    assert package.verify(data, WORDS, assessment.load(store))[1:4] == ([], [], [])


@pytest.mark.parametrize(("spoil", "said"), [
    (lambda path: path.unlink(), "vanished"), (lambda path: path.write_bytes(b"else"), "altered"),
])
def test_a_document_that_is_lost_is_named_and_there_is_no_pack(documented, tmp_path, spoil, said):
    place, store = documented
    (kept,) = [each for each in evidence.folder_of(store).iterdir() if each.suffix == ".pdf"]
    spoil(kept)

    with pytest.raises(SourceError, match=rf"(?s)document of event \d+.*{said}.*log verify"):
        packed_of(place, store, tmp_path / "pack.zip")
    assert not (tmp_path / "pack.zip").exists()


def test_an_event_that_was_entered_since_is_told(documented, tmp_path):
    place, store = documented
    packed_of(place, store, tmp_path / "pack.zip")
    entered(store, "demarcate", "2007-02-01")

    data = (tmp_path / "pack.zip").read_bytes()
    changes = package.verify(data, WORDS, assessment.load(store)).changes

    assert any("P1，2007-02-01" in each for each in changes), changes


@pytest.mark.parametrize(("change", "said"), [
    (lambda files: files | {"A/other.txt": b"x"}, "清单之外的文件：A/other.txt"),
    (lambda files: {k: v for k, v in files.items() if "05" not in k}, "缺少或已损坏：A/05"),
    (lambda files: {k: v for k, v in files.items() if k != "manifest.json"}, "没有可读的清单"),
    (lambda files: files | {"manifest.json": b"{}"}, "没有可读的清单"),
    (lambda files: files | {"manifest.json": files["manifest.json"] + b" "}, "清单被改动"),
    (lambda files: {k.replace("/05", "/5"): v for k, v in files.items()}, "清单之外的文件"),
])
def test_what_was_added_taken_out_or_renamed_is_named(made, change, said):
    faults = package.verify(rebuilt(made[2], change), WORDS).faults

    assert any(said in each for each in faults), faults


def test_a_member_that_is_there_twice_is_named(made):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = rebuilt(made[2], lambda files: [*files.items(), ("A/05 核查意见表.html", b"else")])

    faults = package.verify(data, WORDS).faults

    assert "文件重复：A/05 核查意见表.html" in faults


def test_a_forged_manifest_is_caught_by_the_register(made):
    _, store, data, _ = made

    def forge(files):
        form = files["A/05 核查意见表.html"].replace("不符合".encode(), "符合".encode()) + b" "
        manifest = json.loads(files["manifest.json"])
        for each in manifest["files"]:
            if each["name"] == "A/05 核查意见表.html":
                each |= {"sha256": hashlib.sha256(form).hexdigest(), "bytes": len(form)}
        told = json.dumps(manifest).encode()
        return files | {"A/05 核查意见表.html": form, "manifest.json": told}

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        files = forge({name: packed.read(name) for name in packed.namelist()})
    forged = package.zipped(files)  # every hash in it agrees

    assert package.verify(forged, WORDS).faults == []
    found = package.verify(forged, WORDS, assessment.load(store))
    assert "该材料包不在数据库的登记中" in found.faults


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"", b"PK\x03\x04" + b"x" * 99])
def test_what_is_no_zip_is_told(data):
    with pytest.raises(SourceError, match="The pack cannot be opened"):
        package.verify(data, WORDS)


def test_a_store_of_other_inputs_is_refused(made, tmp_path):
    result, store, _, _ = made
    other = copied(store, tmp_path / "other")
    with sqlite3.connect(other) as connection:
        connection.execute("UPDATE runs SET inputs = '[]'")
    stores.sealed(other)

    with pytest.raises(SourceError, match=r"(?s)made from other inputs.*landtrack run"):
        package.write(
            result, other, "A", package.load("plain"), Order(stated=SIGNED), tmp_path / "p.zip"
        )
    assert not (tmp_path / "p.zip").exists()


def test_one_sheet_that_may_not_be_issued_and_there_is_no_pack(made, tmp_path):
    result, store, _, _ = made
    own = copied(store, tmp_path / "own")
    before = sheet_register.rows(own)

    with pytest.raises(SourceError, match="may not be issued"):
        package.write(result, own, "B", package.load("plain"), Order(), tmp_path / "p.zip")

    assert not (tmp_path / "p.zip").exists()
    assert sheet_register.rows(own) == before


def test_a_disk_that_fills_up_leaves_no_pack_and_no_entry(made, tmp_path, monkeypatch):
    result, store, _, _ = made
    own = copied(store, tmp_path / "own")
    before = sheet_register.rows(own)

    def full(_path, _data):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="the disk is full"):
        package.write(
            result, own, "A", package.load("plain"), Order(stated=SIGNED), tmp_path / "p.zip"
        )

    assert not (tmp_path / "p.zip").exists()
    assert sheet_register.rows(own) == before


@pytest.mark.parametrize(("file", "said"), [
    ('name = "a.pdf"\nwriter = "painter"', r"(?s)'painter'.*sheet, ledger"),
    ('name = "../a.pdf"\nwriter = "ledger"', "leads out of the pack"),
    ('name = "/a.pdf"\nwriter = "ledger"', "leads out of the pack"),
    ('name = "manifest.json"\nwriter = "ledger"', "names a file twice, or manifest"),
    ('name = "a"\nwriter = "evidence"', "hold {document}"),
    ('name = "{document}"\nwriter = "ledger"', "hold {document}"),
    ('name = "a"\nwriter = "ledger"\nsize = 3', "unknown field `size`"),
])
def test_a_template_with_a_fault_is_refused_and_told(tmp_path, file, said):
    path = tmp_path / "own.toml"
    path.write_text(f'id = "own"\ntitle = {{ en = "own" }}\n[[file]]\n{file}\n', encoding="utf-8")

    with pytest.raises(CatalogError, match=said):
        package.load(str(path))


# --- what has changed since -----------------------------------------------------------------


def without_triggers(connection, table):
    """Let plain SQLite write a layer: its triggers call functions that only GDAL has."""
    named = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?"
    for (name,) in connection.execute(named, (table,)).fetchall():
        connection.execute(f"DROP TRIGGER {name}")


def moved(store, table, key, shape):
    """Give a feature of a store another shape."""
    import geopandas as gpd

    frame = gpd.read_file(store, layer=table)
    column = "plot_id" if table == "plots" else "parcel_id"
    frame.loc[frame[column] == key, "geometry"] = shape
    frame.to_file(store, layer=table)
    stores.sealed(store)


def test_a_point_that_moved_is_told_by_how_much(made, tmp_path):
    own = copied(made[1], tmp_path / "own")
    pdf = printed(own, "parcel", "plots:A").pdf
    found = assessment.load(own)
    corners = [*found.layers["plots"].loc["A"].geometry.exterior.coords]
    shape = shapely.Polygon([
        (x + (0.5 if (x, y) == corners[0] else 0), y) for x, y in corners[:-1]
    ])
    assert verify.pdf(pdf, WORDS, found)[1:3] == ([], [])

    moved(own, "plots", "A", shape)
    _, faults, changes, *_ = verify.pdf(pdf, WORDS, assessment.load(own))

    assert faults == []
    assert any("移动了 0.500 m" in each for each in changes), changes
    assert any("界址点坐标表" in each for each in changes)


def test_a_neighbour_that_changed_is_told(made, tmp_path):
    own = copied(made[1], tmp_path / "own")
    pdf = printed(own, "demarcation", "plots:A").pdf
    with sqlite3.connect(own) as connection:
        without_triggers(connection, "parcels")
        connection.execute("UPDATE parcels SET owner = '新村' WHERE parcel_id = 'P1'")

    changes = verify.pdf(pdf, WORDS, assessment.load(stores.sealed(own))).changes

    assert any("图层征地地块在图幅内有变化" in each for each in changes)
    assert any("权属面积表" in each for each in changes)


def test_a_file_that_is_not_the_registered_one_is_told(made, tmp_path):
    own = copied(made[1], tmp_path / "own")
    pdf = printed(own, "parcel", "plots:A").pdf
    printed(own, "parcel", "plots:A", stated={"owner": "乙"})

    faults = verify.pdf(pdf + b"\n", WORDS, assessment.load(own)).faults

    assert any("与登记的" in each for each in faults)
    assert any("已被第 2 版取代" in each for each in faults)


def test_a_subject_that_is_gone_is_told(made, tmp_path):
    own = copied(made[1], tmp_path / "own")
    pdf = printed(own, "parcel", "plots:A").pdf
    with sqlite3.connect(own) as connection:
        without_triggers(connection, "plots")
        connection.execute("DELETE FROM plots WHERE plot_id = 'A'")

    changes = verify.pdf(pdf, WORDS, assessment.load(stores.sealed(own))).changes

    assert any("对象已不在数据库中" in each for each in changes)


def test_a_pack_holds_nothing_of_a_parcel_that_has_the_key_of_its_plot(tmp_path):
    """Plot 1 lies on parcel P; parcel 1 is somebody else's, far away."""
    store = make_store(
        tmp_path, [Site.plot("1", box(0, 0, 100, 100))],
        parcels=[
            (box(0, 0, 100, 100), {"parcel_id": "P", "state": "approved"}),
            (box(900, 0, 1000, 100), {"parcel_id": "1", "state": "approved"}),
        ],
    )
    (tmp_path / "secret.pdf").write_bytes(b"%PDF- of somebody else")
    told = tracking.Event(event=0, layer="parcels", feature_id="1", track="", at="2007-01-15",
                        action="announce", document_no="3", by="张三")
    track.apply(store, "announce", ["parcels:1"], told, today=dt.date(2007, 12, 31),
                  evidence=tmp_path / "secret.pdf")
    place = tmp_path / "site"
    result = vet.vet(catalog.place(place), log=log.read(store).events)

    manifest = package.write(
        result, store, "1", package.load("plain"), Order(stated=SIGNED), tmp_path / "pack.zip"
    )

    events = {each.event: each for each in log.read(store).events}
    assert manifest["features"] == ["plots:1", "parcels:P"]
    assert {events[each].feature for each in manifest["events"]} <= {
        ("plots", "1"), ("parcels", "P"),
    }
    assert not any("文件/" in each["name"] for each in manifest["files"])
    assert package.verify(
        (tmp_path / "pack.zip").read_bytes(), WORDS, assessment.load(store)
    )[1:4] == ([], [], [])
