"""What a store and a sheet say was not altered since: told where it was, refused where drawn."""

import datetime as dt
import hashlib
import subprocess
import sys

import msgspec
import pikepdf
import pytest
import stores
from builders import Site, box
from click.testing import CliRunner

import landtrack
from landtrack import store, tracking
from landtrack.app import track
from landtrack.cli.main import main
from landtrack.model.errors import SourceError
from landtrack.output.sheets import untouched
from landtrack.store import digests, seals

STATED = ["--by", "a", "--checked", "b", "--draft"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Give the store of a small place with two parcels and a plot that fails."""
    site = Site(tmp_path_factory.mktemp("trust") / "site")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=1_000)])
    site.layer("parcels", [
        (box(0, 0, 60, 100), {"parcel_id": "ZD-002", "village": "甲"}),
        (box(60, 0, 100, 100), {"parcel_id": "ZD-003", "village": "乙"}),
    ])
    out = tmp_path_factory.mktemp("run")
    landtrack.run(site.folder, out=out)
    sheet = out / "true.pdf"
    store_of = out / "project.gpkg"
    said = told("sheet", "parcel", "ZD-002", "--store", store_of, "--out", sheet, *STATED)
    assert said.exit_code == 0, said.output
    return out


@pytest.fixture
def kept(made, tmp_path):
    """Give a copy of the store and its sheet."""
    path = tmp_path / "project.gpkg"
    store.geopackage.snapshot(made / "project.gpkg", path)
    (tmp_path / "true.pdf").write_bytes((made / "true.pdf").read_bytes())
    return path


@pytest.fixture(params=stores.KINDS)
def either(request, made, tmp_path):
    """Give the same store, in a file and in a database."""
    yield from stores.kept(request.param, made / "project.gpkg", tmp_path)


def told(*words):
    return CliRunner().invoke(main, [str(each) for each in words])


def ran(script, *given):
    subprocess.run([sys.executable, str(script), *map(str, given)], check=True,  # noqa: S603
                   capture_output=True)


# --- 56: results edited behind landtrack's back -----------------------------------------------


@pytest.mark.fault("56-verdicts-edited")
def test_edited_verdicts_are_told_and_nothing_is_drawn_from_them(fault, kept, tmp_path):
    assert told("log", "verify", "--store", kept).exit_code == 0
    ran(fault / "edit.py", kept)

    verified = told("log", "verify", "--store", kept)
    drawn = [
        told("map", "--store", kept, "--out", tmp_path / "map"),
        told("sheet", "parcel", "ZD-002", "--store", kept, "--out", tmp_path / "s.pdf", *STATED),
        told("atlas", "parcel", "--store", kept, "--out", tmp_path / "a.pdf", *STATED),
        told("verify", tmp_path / "true.pdf", "--store", kept),
    ]

    assert verified.exit_code == 1
    assert "findings" in verified.output
    for each in drawn:
        assert each.exit_code == 2
        assert "findings was edited" in each.output
        assert "landtrack run" in each.output
    assert not list(tmp_path.glob("map/map.html")) + list(tmp_path.glob("[as].pdf"))


EDITS = {
    "a figure of a measure": ("measures", "UPDATE measures SET value = value + 1"),
    "a finding taken out": ("findings", "DELETE FROM findings WHERE outcome = 'fail'"),
    "a limit": ("rules", "UPDATE rules SET content = replace(content, '0', '1')"),
    "an issue": ("issues", "INSERT INTO issues (issue) VALUES ('none')"),
    "an owner": ("parcels", "UPDATE parcels SET owner = '丙' WHERE parcel_id = 'ZD-002'"),
    "the verdict of a plot": ("plots", "UPDATE plots SET verdict = 'pass'"),
    "a figure of a plot": ("plots", "UPDATE plots SET fixed_investment_cny = 1e9"),
    "a shape": ("parcels", "UPDATE parcels SET geom = (SELECT geom FROM plots)"),
    "two rows that change places": (
        "parcels", "UPDATE parcels SET fid = 3 - fid + 100; UPDATE parcels SET fid = fid - 100"),
    "the CRS of a layer": (
        "plots", "UPDATE gpkg_geometry_columns SET srs_id = 4326 WHERE table_name = 'plots'"),
    "a column more": ("plots", "ALTER TABLE plots ADD COLUMN mine TEXT"),
    "the run": ("runs", "UPDATE runs SET as_of = '2001-01-01'"),
}


@pytest.mark.fault("56-verdicts-edited")
@pytest.mark.parametrize("edit", EDITS)
def test_any_edit_of_what_a_run_wrote_is_told_by_its_table(kept, edit):
    table, statements = EDITS[edit]
    stores.meddled(kept, *statements.split("; "))

    assert ("table_edited", {"table": table}) in track.faults(kept)


@pytest.mark.fault("57-sheet-of-edited-store")
@pytest.mark.parametrize("said", ["document_no = 'forged'", "at = '2001-01-01'"])
def test_nothing_is_drawn_or_vetted_by_events_that_were_altered(either, tmp_path, said):
    track.apply(either, "demarcate", ["ZD-002", "ZD-003"], tracking.Event(
        event=0, layer="", feature_id="", track="", at="2006-12-01", action="", document_no="d",
    ))
    stores.meddled(either, f"UPDATE status_log SET {said} WHERE feature_id = 'ZD-002'")  # noqa: S608
    of_store = ("--store", stores.written(either))

    found = [
        told("map", *of_store, "--out", tmp_path / "map"),
        told("report", *of_store, "--out", tmp_path / "report"),
        told("run", *(of_store if isinstance(either, store.Shared) else ()), "--out", tmp_path),
        told("sheet", "parcel", "ZD-002", *of_store, "--out", tmp_path / "s" / "s.html", *STATED),
    ]

    for each in found:
        assert each.exit_code == 2
        assert "is not as it was entered (events: 1" in each.output
        assert "landtrack log verify" in each.output
    assert not list(tmp_path.glob("*/*.html"))


@pytest.mark.parametrize("said", [
    "document_no = 'forged'", "at = '2001-01-01'", "to_state = 'acquired'", "sha256 = previous",
    "note = 'x'",
])
@pytest.mark.parametrize("typed", [
    ("show", "ZD-002"), ("show", "parcels:ZD-002"), ("lineage", "ZD-002"), ("overdue",),
    ("check",), ("apply", "survey", "ZD-002", "--at", "2006-12-02", "--document", "e"),
], ids=" ".join)
def test_nothing_is_shown_of_an_event_that_was_altered_nor_entered_upon_it(either, typed, said):
    track.apply(either, "demarcate", ["ZD-002", "ZD-003"], tracking.Event(
        event=0, layer="", feature_id="", track="", at="2006-12-01", action="", document_no="d",
    ))
    stores.meddled(either, f"UPDATE status_log SET {said} WHERE feature_id = 'ZD-002'")  # noqa: S608

    ended = told("status", *typed, "--store", stores.written(either), "--lang", "en")

    assert ended.exit_code == 2
    assert "is not as it was entered (events: 1" in ended.output
    assert "landtrack log verify" in ended.output
    verified = told("log", "verify", "--store", stores.written(either), "--lang", "en")
    assert verified.exit_code == 1
    assert "event 1: " in verified.output


@pytest.mark.parametrize("edit", [
    "DELETE FROM status_log WHERE event = 1", "DELETE FROM status_log WHERE event = 2",
    "UPDATE status_log SET event = 7 WHERE event = 2",
    "UPDATE status_log SET sha256 = previous WHERE event = 1",
    "UPDATE landtrack_store SET value = '3' WHERE key = 'count'",
    "UPDATE landtrack_store SET value = 'f' WHERE key = 'head'",
    "DELETE FROM status_log",
])
def test_a_log_that_lost_or_gained_an_event_is_read_by_nobody_in_either_store(either, edit):
    track.apply(either, "demarcate", ["ZD-002", "ZD-003"], tracking.Event(
        event=0, layer="", feature_id="", track="", at="2006-12-01", action="", document_no="d",
    ))
    assert len(store.log.proven(either)) == 2
    stores.meddled(either, edit)

    with pytest.raises(SourceError, match=r"not as it was entered(.|\n)*log verify"):
        store.log.proven(either)
    with pytest.raises(SourceError, match="not as it was entered"):
        track.clocks(either, dt.date(2006, 12, 31))


def test_what_is_about_others_is_shown_though_an_event_was_altered(either):
    """No more of the log is read than is asked for."""
    track.apply(either, "demarcate", ["ZD-002", "ZD-003"], tracking.Event(
        event=0, layer="", feature_id="", track="", at="2006-12-01", action="", document_no="d",
    ))
    stores.meddled(either, "UPDATE status_log SET note = 'x' WHERE feature_id = 'ZD-002'")

    assert told("status", "show", "ZD-003", "--store", stores.written(either)).exit_code == 0


@pytest.mark.fault("56-verdicts-edited")
@pytest.mark.filterwarnings("ignore")  # GDAL says of a table that is gone that it is
@pytest.mark.parametrize("edit", [
    ["UPDATE landtrack_seals SET said = '{}'"], ["UPDATE landtrack_seals SET said = 'none'"],
    ["DELETE FROM landtrack_seals"], ["DROP TABLE issues"], ["DROP TABLE findings"],
])
def test_however_a_store_was_edited_verifying_and_drawing_say_so(kept, edit):
    stores.meddled(kept, *edit)

    assert track.faults(kept)
    with pytest.raises(landtrack.LandtrackError, match="is not as its run wrote it"):
        seals.insist(kept)


def test_a_store_without_its_guards_is_not_drawn_from(kept):
    stores.execute(kept, "DROP TRIGGER status_log_no_delete")

    with pytest.raises(landtrack.LandtrackError, match="guard status_log_no_delete is missing"):
        seals.insist(kept)


def test_a_table_that_is_gone_and_one_that_no_run_wrote_are_told(kept):
    stores.execute(kept, "DROP TABLE issues",
                   "DELETE FROM gpkg_contents WHERE table_name = 'issues'",
                   "CREATE TABLE project_findings (fid INTEGER PRIMARY KEY, outcome TEXT)",
                   "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
                   "VALUES ('project_findings', 'attributes', 'project_findings')")

    found = track.faults(kept)

    assert ("table_gone", {"table": "issues"}) in found
    assert ("table_added", {"table": "project_findings"}) in found


def test_what_a_desktop_gis_keeps_in_the_store_is_no_fault(kept):
    """QGIS puts styles and projects beside the layers."""
    stores.execute(
        kept, "CREATE TABLE layer_styles (id INTEGER PRIMARY KEY, styleQML TEXT)",
        "INSERT INTO gpkg_contents (table_name, data_type, identifier) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles')",
        "CREATE TABLE qgis_projects (name TEXT PRIMARY KEY, metadata BLOB, content BLOB)",
    )

    assert track.faults(kept) == []


def test_events_entered_and_sheets_issued_after_a_run_leave_its_seal_whole(kept, tmp_path):
    track.apply(kept, "demarcate", ["ZD-002"], tracking.Event(
        event=0, layer="", feature_id="", track="", at="2006-12-01", action="", document_no="d",
    ))
    said = told("sheet", "parcel", "ZD-003", "--store", kept, "--out", tmp_path / "s.pdf", *STATED)

    assert said.exit_code == 0, said.output
    assert track.faults(kept) == []
    assert [each.kind for each in seals.read(kept)] == ["run", "sheet", "sheet"]


@pytest.mark.parametrize("made_anew", ["findings", "said"])
def test_a_seal_that_was_altered_or_made_anew_is_told(kept, made_anew):
    head = seals.read(kept)[-1].sha256
    first = seals.read(kept)[0]
    assert track.checked(kept, head=head).faults == []
    stores.meddled(kept, "UPDATE findings SET outcome = 'pass'")
    now = store.geopackage.digests_of(kept, ["findings"])["findings"]
    said = first.said.replace(first.holds["tables"]["findings"], now)
    if made_anew == "said":
        stores.meddled(
            kept, f"UPDATE landtrack_seals SET said = '{said}' WHERE seal = 1"  # noqa: S608
        )
        assert ("seal_altered", {"seal": "1"}) in track.faults(kept)
        return
    with store.geopackage.writing(kept) as db:  # who can write everything makes a chain anew
        sheets = seals.rows(db)[1:]
        db.drop("landtrack_seals")
        tables = {**first.holds["tables"], "findings": now}
        seals.enter(db, "run", {**first.holds, "tables": tables})
        for each in sheets:
            seals.enter(db, each.kind, each.holds)
    assert track.faults(kept) == []
    assert track.checked(kept, head=head).faults == [("replaced", {"event": 0})]


def test_a_log_that_was_made_anew_is_not_the_one_of_the_run(kept):
    track.apply(kept, "demarcate", ["ZD-002"], tracking.Event(
        event=0, layer="", feature_id="", track="", at="2006-12-01", action="", document_no="d",
    ))
    with store.geopackage.writing(kept) as db:
        seals.of_run(db, seals.rows(db)[0].holds["tables"])
    with store.geopackage.writing(kept) as db:
        of, events = store.log.meta(db), store.log.grown(db).events
        forged = [msgspec.structs.replace(each, note="forged") for each in events]
        for name in ("status_log", "states", "landtrack_store"):
            db.drop(name)
        store.log.install(
            db, list(zip(forged, tracking.links(forged), strict=True)), of,
        )

    assert track.faults(kept) == [("other_log", {})]


def test_the_guards_of_a_file_are_missed(kept):
    stores.execute(kept, "DROP TRIGGER status_log_no_delete")

    assert track.faults(kept) == [("unguarded", {"guard": "status_log_no_delete"})]


def test_a_run_makes_an_edited_store_true_again(tmp_path):
    site = Site(tmp_path / "site")
    out = tmp_path / "out"
    landtrack.run(site.folder, out=out)
    stores.execute(out / "project.gpkg", "UPDATE findings SET outcome = 'pass'")
    assert track.faults(out / "project.gpkg") != []

    landtrack.run(site.folder, out=out)

    assert track.faults(out / "project.gpkg") == []
    assert [each.kind for each in seals.read(out / "project.gpkg")] == ["run", "run"]


# --- 57: a sheet alone proves that it agrees with itself ---------------------------------------


@pytest.mark.fault("57-sheet-of-edited-store")
@pytest.mark.parametrize(("lang", "words"), [
    ("zh", "不证明它是正式出具的"), ("en", "not that it was issued"),
])
def test_verify_without_a_store_says_what_it_does_not_prove(made, lang, words):
    said = told("verify", made / "true.pdf", "--lang", lang)

    assert said.exit_code == 0
    assert words in said.output
    assert "✓" not in said.output


@pytest.mark.fault("57-sheet-of-edited-store")
def test_a_sheet_of_an_edited_copy_is_not_in_the_register_of_the_true_store(
    fault, made, kept, tmp_path, monkeypatch
):
    ran(fault / "edit.py", kept)
    forged = tmp_path / "forged.pdf"
    command = ("sheet", "parcel", "ZD-002", "--store", kept, "--out", forged, *STATED)
    assert told(*command).exit_code == 2
    monkeypatch.setattr(seals, "insist", lambda *_: None)  # a landtrack that draws it all the same
    assert told(*command).exit_code == 0
    monkeypatch.undo()

    assert "not that it was issued" in told("verify", forged, "--lang", "en").output
    said = told("verify", forged, "--store", made / "project.gpkg", "--lang", "en")

    assert said.exit_code == 1
    assert "is not in the register of the store" in said.output


# --- 58: a sheet that was painted over --------------------------------------------------------


@pytest.mark.fault("58-sheet-painted-over")
def test_a_sheet_painted_over_is_told_without_a_store_too(fault, kept, tmp_path):
    over = tmp_path / "over.pdf"
    ran(fault / "overlay.py", tmp_path / "true.pdf", over)

    alone = told("verify", over, "--lang", "en")
    registered = told("verify", over, "--store", kept, "--lang", "en")

    assert alone.exit_code == registered.exit_code == 1
    assert "painted over" in alone.output
    assert "not the registered one" in registered.output


@pytest.mark.fault("58-sheet-painted-over")
def test_a_register_edited_to_fit_is_told(fault, kept, tmp_path):
    over = tmp_path / "over.pdf"
    ran(fault / "overlay.py", tmp_path / "true.pdf", over)
    digest = hashlib.sha256(over.read_bytes()).hexdigest()
    stores.execute(kept, f"UPDATE sheets SET file_sha256 = '{digest}'")  # noqa: S608

    said = told("verify", over, "--store", kept, "--lang", "en")
    logged = told("log", "verify", "--store", kept)

    assert said.exit_code == logged.exit_code == 1
    assert "register of sheets" in said.output
    assert "register of sheets" in logged.output


@pytest.mark.parametrize("statement", [
    "UPDATE sheets SET superseded_by = '7'", "DELETE FROM sheets", "UPDATE sheets SET scale = 1",
    "UPDATE sheets SET drawn_by = 'x'",
    "INSERT INTO sheets (number, revision, file_sha256) VALUES ('forged', 1, 'x')",
])
def test_any_edit_of_the_register_is_told(kept, statement):
    stores.execute(kept, statement)

    assert [code for code, _ in track.faults(kept)] == ["sheet_edited"]


def annotated(pdf):
    page = pdf.pages[0]
    page.obj["/Annots"] = pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary(
        Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Square, Rect=[0, 0, 200, 200],
        IC=pikepdf.Array([1, 1, 1]),
    ))])


def prefixed(pdf):
    page = pdf.pages[0]
    page.contents_add(b"q 1 0 0 RG 0 0 m 300 300 l S Q", prepend=True)


def turned(pdf):
    pdf.pages[0].obj["/Rotate"] = 90


def cropped(pdf):
    pdf.pages[0].obj["/CropBox"] = pikepdf.Array([0, 0, 100, 100])


def another_font(pdf):
    font = next(iter(pdf.pages[0].resources["/Font"].values()))
    deep = font["/FontDescriptor"] if "/FontDescriptor" in font else (
        font["/DescendantFonts"][0]["/FontDescriptor"])
    deep["/FontFile2"].write(deep["/FontFile2"].read_bytes() + b"\0")


def another_word(pdf):
    page = pdf.pages[0]
    contents = page.obj["/Contents"]
    stream = contents[0] if isinstance(contents, pikepdf.Array) else contents
    stream.write(stream.read_bytes().replace(b" l\n", b" l \n", 1) + b"\n")


def with_form(pdf):
    pdf.Root["/AcroForm"] = pikepdf.Dictionary(Fields=pikepdf.Array([]))


def with_script(pdf):
    pdf.Root["/OpenAction"] = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")


@pytest.mark.fault("58-sheet-painted-over")
@pytest.mark.parametrize("change", [
    annotated, prefixed, turned, cropped, another_font, another_word, with_form, with_script,
])
def test_whatever_another_program_does_to_a_page_is_told(made, tmp_path, change):
    with pikepdf.open(made / "true.pdf") as pdf:
        change(pdf)
        pdf.save(tmp_path / "other.pdf")

    assert told("verify", tmp_path / "other.pdf").exit_code == 1


def test_changes_appended_to_a_file_are_told(made, tmp_path):
    data = (made / "true.pdf").read_bytes()
    (tmp_path / "more.pdf").write_bytes(data + b"\n%\nstartxref\n0\n%%EOF\n")

    said = told("verify", tmp_path / "more.pdf", "--lang", "en")

    assert said.exit_code != 0


def test_a_sheet_saved_by_another_program_without_a_change_is_as_it_was_drawn(made, tmp_path):
    with pikepdf.open(made / "true.pdf") as pdf:
        pdf.save(tmp_path / "saved.pdf", linearize=False)

    assert told("verify", tmp_path / "saved.pdf").exit_code == 0


def test_a_page_that_does_not_say_what_was_drawn_needs_its_register(made, monkeypatch):
    """As those of an earlier version."""
    monkeypatch.setattr(untouched, "DRAWN", "of_another_time")

    assert told("verify", made / "true.pdf").exit_code == 1
    assert told("verify", made / "true.pdf", "--store", made / "project.gpkg").exit_code == 0


# --- the digest itself ------------------------------------------------------------------------


def test_the_digest_of_a_table_does_not_depend_on_the_pieces_it_is_read_in():
    pa = pytest.importorskip("pyarrow")
    table = pa.table({
        "a": ["x", None, "", "中文"], "b": [1.5, None, -0.0, 2.0], "c": [1, 2, None, 4],
        "d": pa.array([b"1", b"", None, b"22"]),
    })
    whole = digests.of_table("", "", table.to_batches())

    assert digests.of_table("", "", table.to_batches(max_chunksize=1)) == whole
    assert digests.of_table("", "", table.to_batches(max_chunksize=3)) == whole
    assert digests.of_table("", "", table.select(["d", "c", "b", "a"]).to_batches()) == whole
    assert digests.of_table("", "", table.slice(0, 3).to_batches()) != whole
    assert digests.of_table("Polygon", "", table.to_batches()) != whole


@pytest.mark.parametrize(("one", "other"), [
    (["ab", "c"], ["a", "bc"]), (["", None], [None, ""]), (["1"], [1]), ([1.0], [1]),
    ([None, "a"], ["a", None]), ([0.0], [None]),
])
def test_what_is_not_the_same_has_another_digest(one, other):
    pa = pytest.importorskip("pyarrow")

    made = [digests.of_table("", "", pa.table({"a": each}).to_batches()) for each in (one, other)]

    assert made[0] != made[1]
