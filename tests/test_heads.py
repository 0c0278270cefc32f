"""A sheet and a pack carry the log's head to where nobody reaches who forges the store."""

import json
import shutil
import zipfile

import pypdfium2
import pytest
import zxingcpp
from builders import Site, box
from click.testing import CliRunner
from sheets import SIGNED, opened, printed, text_of

import landtrack
from landtrack import store, tracking
from landtrack.app import track, verify_file
from landtrack.cli.main import main
from landtrack.store import assessment, heads, sheet_register

BY = ("--by", SIGNED["drawn_by"], "--checked", SIGNED["checked_by"], "--on", SIGNED["drawn_on"])


def placed(folder):
    """Run a place of two parcels far from one another, and give its store."""
    site = Site(folder / "site")
    site.head |= {"language": "zh", "as_of": "2006-12-31", "workflow": "cn-2006"}
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), project_id="A")])
    site.layer("parcels", [
        (box(0, 0, 100, 100), {"parcel_id": "P1", "owner": "Da"}),
        (box(5000, 0, 5100, 100), {"parcel_id": "P2", "owner": "Xia"}),
    ])
    return ran(folder)


def ran(folder):
    landtrack.run(folder / "site", out=folder / "build")
    return folder / "build" / "project.gpkg"


@pytest.fixture
def known(tmp_path):
    path = placed(tmp_path)
    step(path, "P1", "survey", "2006-05-04")
    return path


def step(path, parcel, action, at):
    track.apply(path, action, [parcel], tracking.Event(
        event=0, layer="", feature_id="", track="", at=at, action=action, document_no="d",
    ))


def anew(folder, path, at):
    """Make the whole store anew, with another event than there was."""
    shutil.rmtree(path.parent)
    ran(folder)
    step(path, "P1", "survey", at)


def packed(folder, path):
    out = folder / "pack.zip"
    landtrack_ = CliRunner().invoke(main, [
        "pack", "A", str(folder / "site"), "--store", str(path), "--out", str(out), *BY, "--draft",
    ], catch_exceptions=False)
    assert landtrack_.exit_code == 0, landtrack_.output
    return out


def sheet(path, parcel="P1"):
    return printed(path, "parcel", f"parcels:{parcel}", draft=True).pdf


def verified(path, data, lang="en"):
    source = assessment.load(path, lang=lang)
    return verify_file.of(data, source.words, source)


def test_a_sheet_prints_the_hash_of_the_last_event_that_it_speaks_of(known):
    step(known, "P2", "survey", "2006-05-05")

    pdf = sheet(known)

    head = store.log.read(known).rows[0][1].sha256
    assert f"日志：1:{head[:32]}" in text_of(pdf)
    (code,) = zxingcpp.read_barcodes(pypdfium2.PdfDocument(pdf)[0].render(scale=3).to_pil())
    assert code.text.endswith(f":1:{head[:32]}")


def test_a_sheet_speaks_of_all_that_its_run_knew(known, tmp_path):
    step(known, "P2", "survey", "2006-05-05")
    ran(tmp_path)

    assert f"日志：2:{store.log.read(known).head[:32]}" in text_of(sheet(known))


def test_of_a_store_without_events_no_head_is_printed(tmp_path):
    pdf = sheet(placed(tmp_path))

    assert "日志" not in text_of(pdf)
    assert verified(ran(tmp_path), pdf).proved == []


def test_the_same_sheet_is_the_same_bytes_whatever_others_have_entered_since(known, tmp_path):
    ran(tmp_path)
    first = sheet(known)
    step(known, "P2", "survey", "2006-05-05")
    ran(tmp_path)

    assert sheet(known) == first
    assert [row["revision"] for row in sheet_register.rows(known)] == [1]
    assert verified(known, first).faults == []


def test_a_sheet_proves_that_its_head_is_in_the_log(known):
    found = verified(known, sheet(known))

    head = store.log.read(known).head
    assert found.faults == []
    assert [each.partition(": ")[2] for each in found.proved] == [f"1:{head[:32]}"]


def test_a_chain_that_was_made_anew_is_found_by_an_old_sheet(known, tmp_path):
    pdf = sheet(known)
    anew(tmp_path, known, "2005-05-04")

    assert track.faults(known) == [], "in itself it holds"
    found = verified(known, pdf)
    assert found.proved == []
    assert any("event 1 of the log is not 1:" in each for each in found.faults)


def test_a_store_that_was_put_back_to_an_earlier_day_is_found_by_a_sheet(known, tmp_path):
    shutil.copy(known, tmp_path / "before.gpkg")
    step(known, "P1", "assemble_dossier", "2006-06-04")
    pdf = sheet(known)
    shutil.copy(tmp_path / "before.gpkg", known)

    assert any("the log has no event 2" in each for each in verified(known, pdf).faults)


def test_an_event_that_was_altered_under_its_hash_is_found_by_a_sheet(known):
    from stores import meddled

    pdf = sheet(known)
    meddled(known, "UPDATE status_log SET at = '2005-05-04'")

    assert "event 1: altered" in verified(known, pdf).faults


def test_a_sheet_of_an_earlier_day_speaks_of_the_events_up_to_it(known):
    step(known, "P1", "assemble_dossier", "2006-06-04")
    typed = ["sheet", "parcel", "parcels:P1", "--store", str(known), "--out",
             str(known.parent / "then.pdf"), *BY, "--draft", "--as-of", "2006-05-31"]

    made = CliRunner().invoke(main, typed, catch_exceptions=False)

    assert made.exit_code == 0, made.output
    head = store.log.read(known).rows[0][1].sha256
    assert f"日志：1:{head[:32]}" in text_of((known.parent / "then.pdf").read_bytes())


def test_what_a_sheet_prints_of_its_log_can_be_asked_for(known, tmp_path):
    def asked(head):
        return CliRunner().invoke(
            main, ["log", "verify", "--store", str(known), "--lang", "en", "--head", head],
            catch_exceptions=False,
        )

    head = str(heads.Head(1, store.log.read(known).head))
    step(known, "P1", "assemble_dossier", "2006-06-04")
    holds = asked(head)
    anew(tmp_path, known, "2005-05-04")
    other, gone = asked(head), asked(f"7:{head[2:]}")

    assert (holds.exit_code, other.exit_code, gone.exit_code) == (0, 1, 1)
    assert f"event 1 of the log is not {head}" in other.output
    assert "the log has no event 7" in gone.output


def test_a_pack_carries_the_head_and_stays_the_same_bytes(known, tmp_path):
    first = packed(tmp_path, known).read_bytes()

    assert packed(tmp_path, known).read_bytes() == first
    head = store.log.read(known).head
    with zipfile.ZipFile(tmp_path / "pack.zip") as made:
        assert json.loads(made.read("manifest.json"))["log"] == [1, head]
    assert any(each.endswith(f"1:{head[:32]}") for each in verified(known, first).proved)


def test_a_chain_that_was_made_anew_is_found_by_an_old_pack(known, tmp_path):
    pack = packed(tmp_path, known).read_bytes()
    anew(tmp_path, known, "2005-05-04")

    assert any(each.startswith("event 1 of the log is not 1:")
               for each in verified(known, pack).faults)


def test_the_line_of_the_log_lies_on_no_other(known):
    """In every template that has a stamp, each line of it has room of its own."""
    for named, selection in (("parcel", "parcels:P1"), ("status", "*"), ("overview", "*")):
        with opened(printed(known, named, selection, draft=True).pdf) as document:
            chars = [each for each in document.pages[0].chars if each["text"].strip()]
            (top,) = {round(each["top"], 1) for each in chars if each["text"] == "志"}
            line = [each for each in chars if round(each["top"], 1) == top]
            others = [each for each in chars if each not in line]
            left, right = min(c["x0"] for c in line), max(c["x1"] for c in line)
            low, high = max(c["bottom"] for c in line), min(c["top"] for c in line)
            assert [c["text"] for c in others if c["x0"] < right and c["x1"] > left
                    and c["top"] < low - 0.6 and c["bottom"] > high + 0.6] == []
