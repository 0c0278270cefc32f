"""Notes pinned to a point or a feature: kept whole, changed as seen, and nothing of a picture but
what is seen."""

import base64
import io
import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time

import desk_forms
import desks
import photos
import pytest
from builders import Site, box
from PIL import Image

from landtrack.app import note_taking, notes, pictures, places, vet
from landtrack.app.notes import Typed
from landtrack.ingest import apart
from landtrack.model import catalog, disk, whole_file
from landtrack.model.errors import LandtrackError, LimitError, OutputError, SourceError

HERE = Typed(text="A heap of soil", by="Li", lat=29.5, lng=106.5)
SIGHTING = {
    "id": "0" * 31 + "1", "at": "2026-11-30T08:00:00Z", "text": "Fence moved", "by": "Wang",
    "lat": 29.5, "lng": 106.5, "accuracy_m": 6.5, "layer": "plots", "key": "A",
    "pictures": [base64.b64encode(photos.photo()).decode()],
}


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A judged place of one plot."""
    site = Site(tmp_path_factory.mktemp("served") / "park 1")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    vet.run(site.folder, out=site.folder / places.OUT)
    return site.folder


@pytest.fixture
def park(judged):
    """The same place, without notes."""
    yield judged
    home = notes.home(judged)
    for each in home.iterdir() if home.is_dir() else ():
        each.unlink()


@pytest.fixture(scope="module")
def desk(judged, tmp_path_factory):
    with desks.desk(judged, tmp_path_factory.mktemp("state")) as made:
        yield made


@pytest.fixture
def visitor(desk):
    return desk.visitor()


def added(park, typed=HERE, brought=()):
    return note_taking.add(park, places.out_of(park), typed, brought)


def files(park):
    home = notes.home(park)
    return sorted(each.name for each in home.iterdir()) if home.is_dir() else []


def visit(*sightings, **head):
    told = {"format": "landtrack-visit", "version": 1, "place": "place", "notes": list(sightings)}
    return json.dumps(told | head).encode()


# --- pictures -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_written_anew_as_a_jpeg_of_what_is_seen(kind):
    took = pictures.taken(photos.photo(kind) + b"<script>alert(1)</script>", "x")

    with Image.open(io.BytesIO(took.data)) as image:
        assert (image.format, image.size, image.mode) == ("JPEG", (64, 48), "RGB")
        red, black = image.getpixel((10, 20)), image.getpixel((60, 20))
        assert not image.getexif()
    assert red[0] > 150
    assert max(black) < 40
    assert b"script" not in took.data


def test_a_picture_is_made_upright_and_small_and_says_where_it_was_taken_no_more():
    took = pictures.taken(photos.taken_at(29.5078, -106.25, orientation=6), "x")

    assert took.lat == pytest.approx(29.5078, abs=1e-6)
    assert took.lng == pytest.approx(-106.25, abs=1e-6)
    with Image.open(io.BytesIO(took.data)) as image:
        assert image.size == (48, 64)
        assert image.getpixel((20, 10))[0] > 150  # what was left is up
    assert b"Exif" not in took.data
    large = pictures.taken(photos.photo(size=(5000, 2500)), "x")
    with Image.open(io.BytesIO(large.data)) as image:
        assert image.size == (notes.LONG_SIDE, notes.LONG_SIDE // 2)


def test_what_one_sees_through_is_white():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")

    with Image.open(io.BytesIO(pictures.taken(out.getvalue(), "x").data)) as image:
        assert min(image.getpixel((10, 10))) > 250


@pytest.mark.parametrize(("lat", "lng"), [(0.0, 0.0), (95.0, 10.0), (10.0, 200.0)])
def test_a_position_that_cannot_be_is_none(lat, lng):
    assert pictures.taken(photos.taken_at(lat, lng), "x")[1:] == (None, None)


@pytest.mark.parametrize("data", photos.HOSTILE.values(), ids=photos.HOSTILE)
def test_what_is_no_picture_is_refused_in_words(data):
    with pytest.raises(SourceError) as refused:
        pictures.taken(data, "picture 1")

    assert refused.value.cause.startswith("picture 1 ")


def test_a_heic_says_how_to_have_a_jpeg_and_too_large_ones_how_large_they_may_be(monkeypatch):
    with pytest.raises(SourceError, match="HEIC") as refused:
        pictures.taken(photos.HEIC, "x")
    assert "JPEG" in refused.value.mend
    with pytest.raises(LimitError, match="100 million pixels"):
        pictures.taken(photos.HOSTILE["png of too many pixels"], "x")
    monkeypatch.setattr(pictures, "MOST_PICTURE", 10)
    with pytest.raises(LimitError, match="MB"):
        pictures.taken(photos.photo(), "x")


def test_no_picture_is_decoded_where_the_desk_is_at_work(tmp_path, monkeypatch):
    """Only what is called apart decodes one, and it is told all that it reads."""
    called, taken = [], pictures.taken

    def call(function, *arguments, inputs):
        called.append(inputs)
        monkeypatch.setattr(pictures, "taken", taken)
        return function(*arguments)

    def not_here(*_):
        raise AssertionError

    monkeypatch.setattr(apart, "call", call)
    picture, seen = tmp_path / "p.jpg", tmp_path / "visit.json"
    picture.write_bytes(photos.photo())
    seen.write_bytes(visit(SIGHTING))
    for brings, file in (
        (lambda: pictures.brought([picture]), picture),
        (lambda: note_taking._seen(seen, "visit.json", "place", set()), seen),
    ):
        monkeypatch.setattr(pictures, "taken", not_here)
        brings()
        assert called.pop() == (file,)


# --- what is kept -------------------------------------------------------------------------------


def test_a_note_lies_in_one_file_of_the_place_beside_its_pictures_and_no_run_reads_it(
    park, tmp_path
):
    first, second = tmp_path / "1", tmp_path / "2"
    first.write_bytes(photos.photo())
    second.write_bytes(photos.photo(colour=(0, 200, 0)))

    made = added(park, brought=[first, second, first])

    assert notes.read(park) == (made,)
    assert len({each.file for each in made.pictures}) == 2
    assert files(park) == sorted({"notes.json", *(each.file for each in made.pictures)})
    before = notes.path_of(park).read_bytes()
    assert set(vet.run(park, out=tmp_path / "build").layers["plots"].index) == {"A"}
    assert notes.path_of(park).read_bytes() == before


@pytest.mark.parametrize(("typed", "why"), [
    (HERE._replace(text=" \u200b\n "), "says nothing"),
    (HERE._replace(lat=None, lng=None), "neither"), (HERE._replace(lng=None), "neither"),
    (HERE._replace(feature=("plots", "")), "neither"),
    (HERE._replace(feature=("plots", "B")), "no plots:B"),
    (HERE._replace(feature=("nothing", "A")), "no nothing:A"),
    (HERE._replace(feature=("runs", "1")), "no runs:1"),
    (HERE._replace(text="x" * 2001), "2000 signs"), (HERE._replace(by="x" * 61), "60"),
])
def test_a_note_that_says_nothing_or_hangs_nowhere_is_refused(park, typed, why):
    with pytest.raises(SourceError, match=why):
        added(park, typed)
    assert notes.read(park) == ()


def test_a_note_is_what_is_seen_of_it(park):
    made = added(park, HERE._replace(
        text="a\u202eb\r\n\x00c\ufeff  ", by=" Li\n Wei\u200b", lat=None, lng=None,
        feature=(" plots ", "A"),
    ))

    assert (made.text, made.by, made.feature, made.lat) == ("ab\nc", "Li Wei", "plots:A", None)


def test_what_becomes_of_a_note_says_who_and_when_and_of_two_windows_the_second_is_told(park):
    made = added(park)
    assert note_taking.change(park, "resolve", [made.mark], "Wang") == 1
    resolved = notes.read(park)[0]
    assert (resolved.state, resolved.changes[0].by) == ("resolved", "Wang")

    for what, mark in (("resolve", made.mark), ("reopen", made.mark), ("accept", resolved.mark),
                       ("reopen", "0" * 32 + ".0")):
        with pytest.raises(OutputError, match="meanwhile"):
            note_taking.change(park, what, [mark], "Li")
    note_taking.change(park, "reopen", [resolved.mark], "Li")
    assert [each.to for each in notes.read(park)[0].changes] == ["resolved", "open"]


def test_of_many_notes_all_are_changed_or_none(park):
    one, other = added(park), added(park)
    note_taking.change(park, "resolve", [other.mark], "")

    with pytest.raises(OutputError, match="meanwhile"):
        note_taking.change(park, "resolve", [one.mark, other.mark], "")

    assert [each.state for each in notes.read(park)] == ["open", "resolved"]


def _adds(folder, count):
    """Add notes, in a process of its own."""
    for at in range(count):
        added(folder, HERE._replace(text=f"{os.getpid()} {at}"))


def test_whoever_adds_at_once_loses_nothing(park):
    apart = multiprocessing.get_context("spawn")
    others = [apart.Process(target=_adds, args=(park, 8)) for _ in range(2)]
    for each in others:
        each.start()
    own = [threading.Thread(target=_adds, args=(park, 8)) for _ in range(2)]
    for each in own:
        each.start()
    for each in [*own, *others]:
        each.join()

    assert [each.exitcode for each in others] == [0, 0]
    assert len({each.text for each in notes.read(park)}) == 24  # threads of a process share a name
    assert len(notes.read(park)) == 32
    assert files(park) == ["notes.json"]


def test_who_is_at_it_for_too_long_is_told(park, monkeypatch):
    monkeypatch.setattr(note_taking, "WAIT_S", 0.2)
    with note_taking._held(park), pytest.raises(OutputError, match="being changed"):
        added(park)


def test_a_note_that_was_killed_half_way_is_not_there_and_leaves_nothing(park):
    made = added(park)
    code = f"""
import os, signal
from pathlib import Path
from landtrack.app import note_taking, notes, places
from landtrack.model import whole_file
whole = whole_file.os.fsync
def killed(file):
    whole(file)
    os.kill(os.getpid(), signal.SIGKILL)
whole_file.os.fsync = killed
park = Path({str(park)!r})
note_taking.add(park, places.out_of(park), notes.Typed("x", "", 1.0, 1.0), [])
"""
    ended = subprocess.run([sys.executable, "-c", code], check=False)  # noqa: S603  ourselves

    assert ended.returncode == -signal.SIGKILL
    assert notes.read(park) == (made,)
    assert any(each.endswith(".half") for each in files(park))
    other = added(park)
    assert notes.read(park) == (made, other)
    assert files(park) == ["notes.json"]


@pytest.mark.parametrize("at", ["picture", "notes"])
def test_a_disk_that_takes_no_more_is_told_and_all_is_as_it_was(park, tmp_path, monkeypatch, at):
    made = added(park)
    (tmp_path / "1").write_bytes(photos.photo())
    write = whole_file.write

    def full(path, data):
        if path.name.endswith(".jpg" if at == "picture" else ".json"):
            raise OSError(next(iter(disk.FULL)), "No space left on device", str(path))
        write(path, data)

    monkeypatch.setattr(whole_file, "write", full)
    with pytest.raises(OutputError):
        added(park, brought=[tmp_path / "1"])

    assert notes.read(park) == (made,)
    assert files(park) == ["notes.json"]


@pytest.mark.parametrize("data", [
    b"", b"{", b"[]", b'{"version": 2, "notes": []}', b'{"version": 1, "notes": [{"id": "x"}]}',
    b'{"version": 1, "notes": [{"id": "%s", "text": "", "by": "", "at": "x"}]}' % (b"0" * 32),
    b"\xff",
])
def test_a_file_that_somebody_else_wrote_is_told_and_never_written_over(park, data):
    path = notes.path_of(park)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)

    for call in (lambda: notes.read(park), lambda: added(park)):
        with pytest.raises(SourceError, match="no notes as landtrack keeps them"):
            call()
    assert path.read_bytes() == data


@pytest.mark.skipif(os.name == "nt", reason="links are for administrators there")
def test_no_link_leads_out_of_the_place(park, tmp_path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    made = added(park)
    name = f"{'0' * 64}.jpg"
    (notes.home(park) / name).symlink_to(secret)
    assert notes.picture(park, name) is None
    notes.path_of(park).unlink()
    notes.path_of(park).symlink_to(secret)
    for call in (lambda: notes.read(park), lambda: added(park)):
        with pytest.raises(SourceError, match="link that leads out"):
            call()
    assert secret.read_bytes() == b"secret"
    assert made.text


def test_notes_are_handed_on_as_a_table_and_as_points(park):
    added(park, HERE._replace(text='=cmd|"x"\nsecond line'))
    added(park, Typed("of it", "", feature=("plots", "A")))

    rows = notes.as_csv(notes.read(park)).decode("utf-8-sig")
    assert "'=cmd" in rows
    assert rows.startswith("id,state,layer,feature_id,latitude,longitude")
    points = json.loads(notes.as_geojson(notes.read(park)))["features"]
    assert [each["geometry"] for each in points] == [
        {"type": "Point", "coordinates": [106.5, 29.5]}, None,
    ]


# --- visits -------------------------------------------------------------------------------------


def taken_in(park, tmp_path, data):
    (tmp_path / "visit.json").write_bytes(data)
    return note_taking.take_visit(park, tmp_path / "visit.json", "visit-1.json", "place")


def test_what_a_visit_brings_is_a_draft_until_somebody_accepts_or_rejects_it(park, tmp_path):
    other = SIGHTING | {"id": "2" * 32, "pictures": [], "layer": "", "key": ""}
    assert taken_in(park, tmp_path, visit(SIGHTING, other)) == (SIGHTING["id"], other["id"])

    first, second = notes.read(park)
    assert (first.state, first.by, first.at, first.accuracy_m) == (
        "draft", "Wang", SIGHTING["at"], 6.5)
    assert first.came
    assert notes.picture(park, first.pictures[0].file).is_file()
    assert notes.of_feature(park, "plots", "A") == ()
    note_taking.change(park, "accept", [first.mark], "Li")
    note_taking.change(park, "reject", [second.mark], "Li")
    assert [each.state for each in notes.read(park)] == ["open", "rejected"]
    assert [each.id for each in notes.of_feature(park, "plots", "A")] == [first.id]


def test_a_visit_that_comes_twice_is_there_once_whatever_became_of_it(park, tmp_path):
    taken_in(park, tmp_path, visit(SIGHTING))
    note_taking.change(park, "reject", [notes.read(park)[0].mark], "")
    more = SIGHTING | {"id": "3" * 32}

    assert taken_in(park, tmp_path, visit(SIGHTING, more)) == (SIGHTING["id"], more["id"])

    assert [each.state for each in notes.read(park)] == ["rejected", "draft"]


def sighting(**changes):
    return SIGHTING | changes


@pytest.mark.parametrize("data", [
    b"", b"{", b"\xff\xfe", b"null", b"[" * 100_000, visit(), visit(SIGHTING, version=2),
    visit(SIGHTING, format="other"), visit(SIGHTING, place="elsewhere"),
    visit(SIGHTING, more=1), visit(SIGHTING, SIGHTING),
    visit(sighting(id="../../x")), visit(sighting(id="x" * 32)), visit(sighting(more=1)),
    visit(sighting(lat=91)), visit(sighting(lng="106")), visit(sighting(lng=None)),
    visit(sighting(at="yesterday")), visit(sighting(at="2026-11-30T08:00:00Z\n")),
    visit(sighting(at="2026-13-30T08:00:00Z")), visit(sighting(id="0" * 32 + "\n")),
    visit(sighting(accuracy_m=-1)), visit(sighting(text=7)),
    visit(sighting(text="", pictures=[])), visit(sighting(text="x" * 2001)),
    visit(sighting(by="x" * 61)), visit(sighting(key="")), visit(sighting(key="x" * 201)),
    visit(sighting(layer="x" * 201)), visit(sighting(pictures=["!"])),
    visit(sighting(pictures=[7])),
    visit(sighting(pictures=[base64.b64encode(photos.HEIC).decode()])),
    visit(sighting(pictures=SIGHTING["pictures"] * 7)),
    visit(SIGHTING, sighting(id="2" * 32, pictures=["AAAA"])),
    visit(*(sighting(id=f"{at:032x}", pictures=[]) for at in range(201))),
    visit(SIGHTING).replace(b"29.5", b"NaN"), visit(SIGHTING).replace(b"29.5", b"1e999"),
    visit(SIGHTING)[:-40], visit(SIGHTING).decode().encode("utf-16"),
])
def test_a_visit_that_is_none_is_refused_in_words_and_nothing_of_it_is_taken(park, tmp_path, data):
    with pytest.raises(SourceError) as refused:
        taken_in(park, tmp_path, data)

    assert "visit-1.json" in refused.value.cause or "note" in refused.value.cause.lower()
    assert notes.read(park) == ()
    assert [each for each in files(park) if each.endswith(".jpg")] == []


def test_a_visit_with_more_than_it_may_hold_is_refused(park, tmp_path, monkeypatch):
    monkeypatch.setattr(notes, "MOST_VISIT_PICTURES", 0)
    with pytest.raises(LimitError, match="pictures"):
        taken_in(park, tmp_path, visit(SIGHTING))
    monkeypatch.setattr(notes, "MOST_VISIT", 100)
    with pytest.raises(SourceError, match="MB"):
        taken_in(park, tmp_path, visit(SIGHTING))
    monkeypatch.undo()
    monkeypatch.setattr(notes, "MOST", 0)
    with pytest.raises(OutputError, match="keeps"):
        taken_in(park, tmp_path, visit(SIGHTING))
    assert notes.read(park) == ()


# --- the pages ----------------------------------------------------------------------------------


def at(park, more=""):
    return desks.of_place(park, f"/notes{more}")


def test_a_note_is_added_resolved_and_found_without_a_script(visitor, park):
    sent = desk_forms.send_files(
        visitor, at(park), [("image.jpg", photos.photo()), ("image.jpg", photos.photo("PNG"))],
        text="Line one\r\n<b>two</b>", layer="plots", key="A", by="Li",
    )
    assert sent.status == 303, sent.seen
    made = notes.read(park)[0]
    assert sent.headers["location"] == f"{at(park)}?of=plots%3AA#note-{made.id}".replace(
        "park 1", "park%201")
    assert len(made.pictures) == 2

    page = visitor.ask(at(park))
    assert "Line one" in page.text
    assert "&lt;b&gt;two" in page.text
    assert "! open" in page.seen
    assert f"map.html#note={made.id}" in page.text
    case = visitor.ask(desks.of_place(park, "/case?plot=A"))
    assert "Line one" in case.text
    done = desk_forms.send(
        visitor, at(park, "/change"), {"resolve": made.mark, "by": "Wang", "back": "?state=open"}
    )
    assert done.headers["location"].endswith("/notes?state=open")
    assert "0 of 1 note" in visitor.ask(at(park, "?state=open")).seen
    assert "✓ resolved" in visitor.ask(at(park, "?of=plots%3AA")).seen
    assert "0 of 1 note" in visitor.ask(at(park, "?of=plots%3AB")).seen
    assert "meanwhile" in desk_forms.send(visitor, at(park, "/change"), {"resolve": made.mark}).seen


def test_what_is_refused_is_said_beside_what_was_typed(desk, park):
    for lang, why in (("en", "no picture that is read"), ("zh", "不是可以读取的图片")):
        refused = desk_forms.send_files(
            desk.visitor(lang), at(park), [("a.jpg", b"<html>")], text="my words", layer="plots",
            key="A",
        )
        assert refused.status == 409
        assert why in refused.seen
        assert "my words" in refused.text
    assert notes.read(park) == ()
    assert [*(desk.home.state / ".landtrack").rglob("*")] == []


@pytest.mark.parametrize(("fields", "why"), [
    ({"lat": "x", "lng": "1"}, "no coordinate"), ({"lat": "nan", "lng": "1"}, "no coordinate"),
    ({"lat": "91", "lng": "1"}, "no coordinate"), ({"lat": "1"}, "neither"), ({}, "neither"),
    ({"lat": "1", "lng": "1", "text": "甲" * 2001}, "2000 signs"),
    ({"lat": "1", "lng": "1", "text": "x" * 70_000}, "2000 signs"),
])
def test_what_a_script_sends_is_answered_in_plain_values(visitor, park, fields, why):
    def sent(fields):
        return visitor.ask(
            at(park), "POST", body=desk_forms.of_files([], **{"text": "words", **fields}),
            Content_Type=f"multipart/form-data; boundary={desk_forms.EDGE}",
            Accept="application/json",
        )

    refused = sent(fields)
    assert refused.status == 409
    assert why in json.loads(refused.text)["cause"]
    made = json.loads(sent({"lat": "29.5", "lng": "106.5"}).text)
    told = json.loads(visitor.ask(at(park, "/list")).text)
    assert [(each["id"], each["text"], each["state"], each["lat"]) for each in told] == [
        (made["id"], "words", "open", 29.5)
    ]


def test_a_picture_is_given_as_nothing_but_a_picture(visitor, park):
    desk_forms.send_files(
        visitor, at(park), [("a.html", photos.photo())], text="", layer="plots", key="A"
    )
    name = notes.read(park)[0].pictures[0].file

    given = visitor.ask(at(park, f"/pictures/{name}"))

    assert given.status == 200
    assert given.headers["content-type"] == "image/jpeg"
    assert given.headers["content-disposition"].startswith("attachment")
    assert given.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert given.headers["x-content-type-options"] == "nosniff"
    for other in ("notes.json", "..%2fnotes.json", "0" * 64 + ".jpg", "x"):
        assert visitor.ask(at(park, f"/pictures/{other}")).status == 404
    for file, kind in (("notes.csv", "text/csv"), ("notes.geojson", "application/geo+json")):
        told = visitor.ask(at(park, f"/as/{file}"))
        assert told.headers["content-type"].startswith(kind)
        assert told.headers["content-disposition"].startswith("attachment")
    assert visitor.ask(at(park, "/as/notes.json")).status == 404


def test_the_drafts_of_a_visit_are_accepted_one_or_all(visitor, park):
    every = [SIGHTING | {"id": f"{at:032x}", "text": f"seen {at}"} for at in range(4)]
    sent = desk_forms.send_files(visitor, at(park, "/visit"), [
        ("visit-1.json", visit(*every, place=catalog.place(park).id)),
    ])
    assert sent.status == 303, sent.seen
    page = visitor.ask(at(park))
    assert "Drafts of site visits: 4" in page.seen
    marks = [each.mark for each in notes.read(park)]

    desk_forms.send(visitor, at(park, "/change"), {"accept": marks[0], "by": "Li"})
    desk_forms.send(visitor, at(park, "/change"), [
        ("reject", "ticked"), ("tick", marks[1]), ("tick", marks[2]), ("by", "Li"),
    ])

    assert [each.state for each in notes.read(park)] == ["open", "rejected", "rejected", "draft"]
    nothing = desk_forms.send(visitor, at(park, "/change"), {"accept": "ticked"})
    assert (nothing.status, "No note was ticked" in nothing.seen) == (409, True)
    refused = desk_forms.send_files(visitor, at(park, "/visit"), [("visit-2.json", b"{")])
    assert "visit-2.json is no file of a site visit" in refused.seen


def test_an_open_map_is_told_of_a_note(visitor, park):
    news = json.loads(visitor.ask(
        desks.of_place(park, "/map/news"), first=True
    ).text.removeprefix("data: "))
    added(park)
    time.sleep(0.01)
    other = json.loads(visitor.ask(
        desks.of_place(park, "/map/news"), first=True
    ).text.removeprefix("data: "))

    assert news["notes"] != other["notes"]
    assert news["drawn"] == other["drawn"]


def test_a_place_that_nobody_judged_has_notes_at_points(tmp_path):
    site = Site(tmp_path / "new")
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100))])
    made = added(site.folder)
    assert notes.read(site.folder) == (made,)
    with pytest.raises(LandtrackError, match="no plots:A"):
        added(site.folder, Typed("x", "", feature=("plots", "A")))
