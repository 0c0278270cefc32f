"""A table of many steps in the desk: shown with what is refused before it counts, then entered."""

import csv
import hashlib
import io
import re
import zipfile

import desk_forms
import desks
import pytest
import stores
from builders import Site, box
from click.testing import CliRunner

from landtrack.app import track
from landtrack.cli.main import main
from landtrack.server import jobs, uploads
from landtrack.store import log
from landtrack.tracking import Event

APART = jobs.Jobs._call
"""Calls a command in a process of its own, as a desk does."""
HEAD = "feature_id,action,at,document_no\n"
GOOD = "Z0,announce,2006-12-20,d1\nZ1,announce,2006-12-20,d1\n"
BAD = "Z2,announce,2006-12-20,\nnone,announce,2006-12-20,=1+1\n"


pytestmark = pytest.mark.usefixtures("read_here")


@pytest.fixture(scope="module")
def made(tmp_path_factory, read_here):  # noqa: ARG001
    """Four parcels that were approved, and one plot."""
    site = Site(tmp_path_factory.mktemp("made") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("parcels", [
        (box(100 * at, 200, 100 * at + 100, 300), {"parcel_id": f"Z{at}", "state": "approved"})
        for at in range(4)
    ])
    return stores.judged(site.catalog().folder)


@pytest.fixture(scope="module")
def served(made, tmp_path_factory):
    """One desk for all, and a fresh copy of the place for each."""
    with desks.of_many(
        made, tmp_path_factory.mktemp("served"), tmp_path_factory.mktemp("state")
    ) as own:
        yield own


@pytest.fixture
def park(served):
    return served[1]()


@pytest.fixture
def visitor(served):
    desk = served[0]
    made = desk.visitor()
    made.desk = desk
    return made


def brings(visitor, park, rows, name="steps.csv"):
    """Bring a table, and give its address once it was looked at."""
    answer = desk_forms.send_files(
        visitor, desks.of_place(park, "/tables"), [(name, (HEAD + rows).encode())]
    )
    assert answer.status == 303, answer.seen
    visitor.until_done(answer.headers["location"])
    return answer.headers["location"]


def enters(visitor, address, **more):
    """Press the button that the page of a table shows."""
    page = visitor.ask(address)
    fields = dict(re.findall(r'name="(mark|others)" value="(\w+)"', page.text)) | more
    answer = desk_forms.send(visitor, f"{address}/enter", fields)
    return visitor.until_done(answer.headers["location"]) if answer.status == 303 else answer


def states(park):
    store = park / "build" / "project.gpkg"
    return {row[1]: row[3] for row in log.read_states(store) if row[2] == "approval"}


def events(park):
    return len(log.proven(park / "build" / "project.gpkg"))


def test_a_table_is_shown_before_it_counts_and_entered_by_one_button(visitor, park):
    before = events(park)

    address = brings(visitor, park, GOOD)
    page = visitor.ask(address)

    assert "2 would be entered 0 refused 0 there already" in page.seen
    assert "Announce the acquisition 2006-12-20 d1 Approved → Acquisition announced" in page.seen
    assert events(park) == before
    done = enters(visitor, address)
    assert 'class="state done"' in done.text, done.seen
    assert "2 entered" in done.seen
    assert [states(park)[f"Z{n}"] for n in range(3)] == ["announced", "announced", "approved"]
    assert 'action="' not in done.text.partition("<main")[2]  # there is nothing left to enter
    assert "0 would be entered 0 refused 2 there already" in visitor.ask(
        brings(visitor, park, GOOD)
    ).seen


@pytest.mark.parametrize(("lang", "why"), [
    ("en", "missing a document number"), ("zh", "缺少文号"),
])
def test_rows_that_are_refused_are_told_by_number_and_reason_and_can_be_kept(
    visitor, park, lang, why
):
    address = brings(visitor.desk.visitor(lang), park, GOOD + BAD)
    page = visitor.desk.visitor(lang).ask(address)

    assert why in page.seen
    assert '<th scope="row">4</th>' in page.text
    kept = visitor.ask(f"{address}/refused.csv")
    assert "attachment" in kept.headers["content-disposition"]
    assert kept.headers["content-security-policy"] == "sandbox"
    listed = list(csv.reader(io.StringIO(kept.text.removeprefix("\ufeff"))))
    assert [row[0] for row in listed[1:]] == ["4", "5"]
    assert why in listed[1][-1]
    assert listed[2][5] == "'=1+1"  # a spreadsheet runs nothing of it


def test_the_others_are_entered_where_rows_are_refused_and_only_then_by_that_button(
    visitor, park
):
    before = events(park)
    address = brings(visitor, park, GOOD + BAD)
    assert "Enter the 2 rows that may be, without the refused ones" in visitor.ask(address).seen

    whole = enters(visitor, address, others="")
    assert 'class="state refused"' in whole.text
    assert events(park) == before
    done = enters(visitor, address)

    assert 'class="state done"' in done.text, done.seen
    assert events(park) == before + 2
    again = visitor.ask(brings(visitor, park, GOOD + "Z2,announce,2006-12-20,d2\n"))
    assert "1 would be entered 0 refused 2 there already" in again.seen


def test_what_would_no_longer_be_what_was_shown_is_shown_again(visitor, park):
    address = brings(visitor, park, GOOD)
    told = Event(event=0, layer="", feature_id="", track="", action="", at="2006-12-20",
                 document_no="d1")
    track.apply(park / "build" / "project.gpkg", "announce", ["Z1"], told)
    before = events(park)

    second = enters(visitor, address)

    assert 'class="state refused"' in second.text
    assert "it would not be what was shown any more" in second.seen
    assert events(park) == before
    assert "1 would be entered 0 refused 1 there already" in second.seen
    assert 'class="state done"' in enters(visitor, address).text
    assert events(park) == before + 1


def test_what_others_entered_of_other_features_meanwhile_keeps_nobody_out(visitor, park):
    address = brings(visitor, park, GOOD)
    told = Event(event=0, layer="", feature_id="", track="", action="", at="2006-12-20",
                 document_no="d1")
    track.apply(park / "build" / "project.gpkg", "announce", ["Z3"], told)

    assert 'class="state done"' in enters(visitor, address).text


def test_a_table_is_read_and_entered_by_a_process_of_its_own(visitor, park, monkeypatch):
    monkeypatch.setattr(jobs.Jobs, "_call", APART)

    assert 'class="state done"' in enters(visitor, brings(visitor, park, GOOD)).text


def test_what_is_no_table_says_so_and_can_be_looked_at_again(visitor, park):
    answer = desk_forms.send_files(
        visitor, desks.of_place(park, "/tables"), [("steps.xlsx", b"no workbook")]
    )
    page = visitor.until_done(answer.headers["location"])

    assert 'class="state refused"' in page.text
    assert 'formaction="' not in page.text
    assert "/look" in page.text
    assert desk_forms.send(visitor, f"{answer.headers['location']}/look").status == 303


@pytest.mark.parametrize("files", [[], [("a.csv", b"1"), ("b.csv", b"2")]])
def test_no_table_or_several_are_refused_and_nothing_is_left(visitor, park, files):
    before = {*visitor.desk.home.state.rglob("*")}

    answer = desk_forms.send_files(visitor, desks.of_place(park, "/tables"), files)

    assert answer.status == 409
    assert {*visitor.desk.home.state.rglob("*")} == before


@pytest.mark.parametrize("more", ["", "/refused.csv"])
@pytest.mark.parametrize("number", ["1", "..", "%2e%2e", "%00", "x" * 300])
def test_no_other_file_is_looked_at(visitor, park, number, more):
    assert visitor.ask(desks.of_place(park, f"/tables/{number}{more}")).status == 404


@pytest.mark.parametrize("mark", ["", "0" * 63, "--look", "g" * 64])
def test_nothing_is_entered_by_what_is_no_mark(visitor, park, mark):
    before = events(park)
    address = brings(visitor, park, GOOD)

    assert desk_forms.send(visitor, f"{address}/enter", {"mark": mark}).status == 404
    assert events(park) == before


def test_a_table_of_one_place_is_none_of_another(visitor, park):
    address = brings(visitor, park, GOOD)
    number = address.rpartition("/")[2]

    assert [each.name for each in visitor.desk.home.shown(park).iterdir()] == [number]
    assert visitor.ask(address.replace(park.name, "made")).status == 404


def test_a_job_that_is_stopped_while_a_table_is_entered_leaves_all_or_nothing(
    visitor, park, monkeypatch
):
    """It is ended at once; the page says so, and what is there says what is left to do."""
    before = events(park)
    address = brings(visitor, park, GOOD)
    monkeypatch.setattr(jobs.Jobs, "_call", APART)
    mark = re.search(r'name="mark" value="(\w+)"', visitor.ask(address).text)[1]
    answer = desk_forms.send(visitor, f"{address}/enter", {"mark": mark})
    job = re.search(r'data-news="/jobs/(\d+)/news"', visitor.ask(answer.headers["location"]).text)
    if job:
        desk_forms.send(visitor, f"/jobs/{job[1]}/stop")
    visitor.until_done(address)

    assert events(park) in {before, before + 2}
    desk_forms.send(visitor, f"{address}/look")
    page = visitor.until_done(address)
    left = before + 2 - events(park)
    assert f"{left} would be entered 0 refused {2 - left} there already" in page.seen


def test_the_oldest_of_what_was_brought_goes(tmp_path):
    for n in range(25):
        (tmp_path / f"{n:02}").mkdir()

    uploads.forget(tmp_path)

    assert len(list(tmp_path.iterdir())) == uploads.KEPT


# --- the command ----------------------------------------------------------------------------


def typed(park, rows, *more):
    file = park / "steps.csv"
    file.write_text(HEAD + rows, encoding="utf-8")
    return CliRunner().invoke(main, [
        "status", "import", str(file), "--store", str(park / "build" / "project.gpkg"),
        "--lang", "en", *more,
    ])


def test_the_command_shows_what_it_would_enter_and_enters_that_alone(park):
    before = events(park)

    shown = typed(park, GOOD + BAD, "--look", "--refused", str(park / "refused.csv"))

    assert shown.exit_code == 1
    assert "row 4, Z2" in shown.stdout
    assert "would be entered: 2; refused: 2" in shown.stdout
    assert events(park) == before
    assert len((park / "refused.csv").read_text("utf-8-sig").splitlines()) == 3
    mark = shown.stdout.split()[-1]
    assert typed(park, GOOD + BAD, "--shown", mark).exit_code == 2
    other = typed(park, GOOD, "--shown", mark, "--leave-refused")
    assert other.exit_code == 2
    assert "not be what was shown any more" in other.stderr
    assert events(park) == before
    entered = typed(park, GOOD + BAD, "--shown", mark, "--leave-refused")
    assert entered.exit_code == 0
    assert "2 rows were refused and are not entered" in entered.stdout
    assert "left out: the log" not in entered.stdout  # they are not there already
    assert events(park) == before + 2
    assert "2 rows left out: the log" in typed(park, GOOD).stdout
    assert typed(park, GOOD, "--look").exit_code == 0


def drops(visitor, park, name, data, **at):
    return desk_forms.send_files(visitor, desks.of_place(park, "/tables"), [(name, data)], **at)


def zipped(*names):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for each in names:
            file.writestr(each, "<x/>")
    return made.getvalue()


@pytest.mark.parametrize("data", [
    b"%PDF-1.4 a scan", b"\xff\xd8\xff\xe0 a photo", b"\x89PNG\r\n\x1a\n a picture",
    b"II*\x00 a scan", zipped("Doc_0/Document.xml", "OFD.xml"),
], ids=["pdf", "jpeg", "png", "tiff", "ofd"])
def test_a_scan_that_is_dropped_is_offered_as_the_evidence_of_the_step(visitor, park, data):
    before = events(park)
    name = "<b>批复.csv"  # what it is its bytes say, not its name

    sent = drops(visitor, park, name, data, track="approval", state="approved")
    page = visitor.ask(sent.headers["location"].partition("#")[0])
    scan = re.search(r'<option value="(brought:[^"]+)" selected>', page.text)[1]
    answer = desk_forms.send(visitor, desks.of_place(park, "/step"), {
        "track": "approval", "state": "approved", "action": "announce", "at": "2006-12-20",
        "document": "d", "scan": scan, "key": "Z0",
        "seen": re.search(r'name="seen" value="(\d+)"', page.text)[1],
    })
    last = log.proven(park / "build" / "project.gpkg")[-1]

    assert "/steps?track=approval&state=approved&scan=" in sent.headers["location"]
    assert "<b>批复" not in page.text
    assert "is a scan: it is offered as the evidence" in page.seen
    assert answer.status == 303
    assert events(park) == before + 1
    assert last.evidence_sha256 == hashlib.sha256(data).hexdigest()
    assert not [each for each in park.rglob("*批复*") if each.suffix == ".csv"]


@pytest.mark.parametrize("data", [b"\x7fELF\0\0\0", b"\0" * 90, b"MZ\0\0"])
def test_what_is_neither_table_nor_scan_is_refused_with_words(visitor, park, data):
    answer = drops(visitor, park, "steps.csv", data)

    assert answer.status == 409
    assert "steps.csv is neither a table nor a scan" in answer.seen
    assert "Bring a table of steps" in answer.seen
    assert not [*visitor.desk.home.shown(park).glob("*/*/steps.csv")]


def test_a_table_is_shown_and_not_taken_for_a_scan_whatever_it_is_called(visitor, park):
    address = brings(visitor, park, GOOD, name="scan.txt")

    assert "2 would be entered" in visitor.ask(address).seen


@pytest.mark.parametrize("scan", ["brought:none", "brought:../../x", "nothing.pdf"])
def test_a_scan_that_is_not_there_is_none(visitor, park, scan):
    answer = desk_forms.send(visitor, desks.of_place(park, "/step"), {
        "action": "announce", "at": "2006", "key": "Z0", "scan": scan, "seen": "1",
    })

    assert answer.status == 404
