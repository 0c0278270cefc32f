"""A site visit with the map on a phone: own position, what is near, what waits and is handed on."""

import json
from pathlib import Path

import browser
import desk_forms
import desks
import photos
import pytest
from browser import PHONE, open_map, until
from builders import Site, box
from test_browser import ON_SCREEN, card, click, degrees

from landtrack.app import notes, places, vet
from landtrack.model import catalog

GRANT = ["geolocation"]
COUNT = "landtrack.app.visits.all.length"
PICTURE = {"name": "image.jpg", "mimeType": "image/jpeg", "buffer": photos.taken_at(29.5, 106.5)}


@pytest.fixture(scope="module")
def running():
    with browser.browser() as made:
        yield made


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A judged place of two plots, 100 m from each other."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), name="Works"), site.plot("B", box(200, 0, 300, 100)),
    ])
    vet.run(site.folder, out=site.folder / places.OUT)
    return site.folder


@pytest.fixture
def park(judged):
    yield judged
    home = notes.home(judged)
    for each in home.iterdir() if home.is_dir() else ():
        each.unlink()


@pytest.fixture(scope="module")
def desk(judged, tmp_path_factory):
    with desks.desk(judged.parent, tmp_path_factory.mktemp("state")) as made:
        made.visitor().follow("/")  # its worker starts with what is first asked
        yield made


def on_disk(park, running, **how):
    return open_map(park / "build" / "map.html", size=PHONE, running=running, **how)


def served(desk, running, **how):
    door = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en"
    return open_map("/places/park/map.html", running=running, door=door, **how)


def stand(page, x, y):
    lat, lng = degrees(x, y)
    page.context.grant_permissions(GRANT)
    page.context.set_geolocation({"latitude": lat, "longitude": lng, "accuracy": 8})


def begin(page):
    page.locator('[data-tool="visit"]').click()


def keep(page, text="Fence moved", count=1):
    page.locator('[data-note="text"]').fill(text)
    page.locator('[data-do="visit.keep"]').click()
    until(page, f"{COUNT} === {count}")


def saved(page, folder):
    with page.expect_download() as given:
        page.locator('[data-do="visit.save"]').click()
    path = folder / given.value.suggested_filename
    given.value.save_as(path)
    return path


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_who_stands_somewhere_sees_it_on_the_map_and_which_plots_are_near(park, running, lang):
    with on_disk(park, running, fragment=f"#lang={lang}") as page:
        stand(page, 150, 50)
        begin(page)
        page.locator('[data-do="visit.locate"]').click()
        near = page.locator(".lt-near").first.locator("li")
        near.nth(1).wait_for()

        x, y = page.evaluate(ON_SCREEN, degrees(150, 50))
        assert 0 < x < PHONE[0]
        assert y < page.locator(".lt-tool-box").bounding_box()["y"]
        said = {"en": ["A · Works 50 m to the west", "B 50 m to the east"],
                "zh": ["A · Works 在西方向 50 m", "B 在东方向 50 m"]}[lang]
        assert sorted(each.replace("\n", " ") for each in near.all_inner_texts()) == said
        assert "8 m" in page.locator(".lt-told").first.inner_text()
        stand(page, 50, 50)
        page.locator('[data-do="visit.locate"]').click()
        inside = {"en": "A · Works you are in it", "zh": "A · Works 您在其中"}[lang]
        near.filter(has_text=inside.partition("Works ")[2]).wait_for()
        assert near.first.inner_text() == inside


def test_a_browser_that_gives_no_position_says_so_and_one_taps_where_one_stands(park, running):
    with on_disk(park, running) as page:
        begin(page)
        page.locator('[data-do="visit.locate"]').click()
        page.locator(".lt-told", has_text="tap on the map").or_(
            page.locator(".lt-told", has_text="点选您所在的位置")).wait_for()
        page.evaluate("landtrack.map.panBy([0, 180], { animate: false })")  # from under the tool
        click(page, 150, 50)
        page.locator(".lt-near").first.locator("li").nth(1).wait_for()
        keep(page)
        held = page.evaluate("landtrack.app.visits.all[0]")
        assert [held["lat"], held["lng"]] == pytest.approx(degrees(150, 50), abs=1e-4)
        assert held["accuracy_m"] is None
        page.evaluate("Object.defineProperty(window, 'isSecureContext', { value: false })")
        page.locator('[data-do="visit.locate"]').click()
        page.locator(".lt-told", has_text="http").wait_for()


def test_a_visit_goes_from_the_disk_to_the_desk_as_one_file(desk, park, running, tmp_path):
    with on_disk(park, running, fragment="#lang=en") as page:
        stand(page, 50, 50)
        begin(page)
        page.locator('[data-do="visit.locate"]').click()
        page.locator("[data-about]").wait_for()
        page.locator('[data-note="photo"]').set_input_files(PICTURE)
        page.locator(".lt-pinned-pictures img").wait_for()
        page.locator('[data-note="pictures"]').set_input_files([PICTURE, {
            **PICTURE, "buffer": photos.photo(size=(4000, 3000)), "name": "large.jpg"}])
        until(page, "document.querySelectorAll('.lt-pinned-pictures img').length === 3")
        page.locator('[data-note="by"]').fill("Wang")
        keep(page)
        page.locator('[data-do="visit.locate"]').click()
        keep(page, "Second", 2)
        assert page.locator('[data-tool="visit"]').get_attribute("data-count") == "2"

        browser.again(page, "#lang=en")
        until(page, f"{COUNT} === 2")
        begin(page)
        assert "Kept in this browser" in page.locator(".lt-tool-box").inner_text()
        file = saved(page, tmp_path)
        until(page, f"{COUNT} === 2")
        told = json.loads(file.read_text("utf-8"))
        assert b"Exif" not in file.read_bytes()
        assert [len(each["pictures"]) for each in told["notes"]] == [3, 0]

        page.locator('[data-do="visit.forget"]').click()
        page.locator('dialog [data-do="visit.remove"]').click()
        until(page, f"{COUNT} === 0")
    brought = [(file.name, file.read_bytes())]
    sent = desk_forms.send_files(desk.visitor(), "/places/park/notes/visit", brought)
    assert sent.status == 303, sent.seen
    first, second = notes.read(park)
    assert (first.state, first.text, first.by, first.feature, first.accuracy_m) == (
        "draft", "Fence moved", "Wang", "plots:A", 8)
    assert len(first.pictures) == 3
    assert second.by == "Wang"


def test_what_is_no_picture_is_said_and_what_was_taken_can_be_put_away(park, running):
    with on_disk(park, running, fragment="#lang=en") as page:
        begin(page)
        page.locator('[data-do="visit.keep"]').click()
        page.get_by_text("Click on the map where", exact=False).last.wait_for()
        page.locator('[data-note="photo"]').set_input_files(
            {"name": "x.heic", "mimeType": "image/heic", "buffer": photos.HEIC})
        page.get_by_text("x.heic is no picture").wait_for()
        page.locator('[data-note="photo"]').set_input_files(PICTURE)
        page.get_by_role("button", name="Remove picture 1").click()
        assert page.locator(".lt-pinned-pictures img").count() == 0
        page.locator('[data-do="middle"]').click()
        page.locator('[data-do="visit.keep"]').click()
        page.get_by_text("Write something").wait_for()
        keep(page)
        page.get_by_role("button", name="Remove: Fence moved").click()
        page.locator('dialog [data-do="visit.remove"]').click()
        until(page, f"{COUNT} === 0")


def test_a_browser_that_keeps_nothing_says_so_before_anything_is_lost(park, running, tmp_path):
    without = "Object.defineProperty(window, 'indexedDB', { get() { throw new Error('denied'); } })"
    with on_disk(park, running, fragment="#lang=en") as page:
        page.context.add_init_script(without)
        browser.again(page, "#lang=en")
        begin(page)
        page.get_by_text("This browser keeps nothing").wait_for()
        page.locator('[data-do="middle"]').click()
        keep(page)
        assert len(json.loads(saved(page, tmp_path).read_text("utf-8"))["notes"]) == 1


def test_the_card_of_a_plot_begins_a_note_of_it_on_a_visit(park, running):
    with on_disk(park, running, fragment="#lang=en&plot=B") as page:
        card(page).locator('[data-do="tool.note"]').click()
        keep(page, "Of B")
        assert page.evaluate("landtrack.app.visits.all[0].key") == "B"


def test_from_the_map_of_the_desk_it_is_handed_on_at_once_and_waits_while_the_desk_is_away(
    desk, park, running
):
    with served(desk, running) as page:
        begin(page)
        page.locator('[data-do="middle"]').click()
        page.locator('[data-note="text"]').fill("First")
        page.locator('[data-do="visit.keep"]').click()
        page.locator(".lt-told", has_text="Handed on to the desk").wait_for()
        assert [each.text for each in notes.read(park)] == ["First"]
        page.locator(".lt-pin-draft").wait_for()

        page.context.set_offline(True)
        page.locator('[data-do="middle"]').click()
        page.locator('[data-note="photo"]').set_input_files(PICTURE)
        page.locator(".lt-pinned-pictures img").wait_for()
        keep(page, "While away")
        page.get_by_text("The desk does not answer: it waits here").wait_for()
        assert "Waiting to be handed on: 1" in page.locator(".lt-tool-box").inner_text()
        assert page.locator('[data-tool="visit"]').get_attribute("data-count") == "1"
        page.context.set_offline(False)
        until(page, f"{COUNT} === 0")
        page.heard.errors.clear()  # the browser says that it was offline
    assert [(each.text, each.state, len(each.pictures)) for each in notes.read(park)] == [
        ("First", "draft", 0), ("While away", "draft", 1)]


def test_what_waits_is_handed_on_when_the_desk_is_heard_again(desk, park, running):
    with served(desk, running) as page:
        page.route("**/notes/visit", lambda route: route.abort())
        begin(page)
        page.locator('[data-do="middle"]').click()
        keep(page)
        page.get_by_text("it waits here").wait_for()
        page.unroute("**/notes/visit")
        desk_forms.send_files(desk.visitor(), "/places/park/notes", [], text="x", lat="1", lng="1")
        until(page, f"{COUNT} === 0")
        page.heard.errors.clear()  # the browser says that it was not sent at first
    assert sorted((each.state, each.text) for each in notes.read(park)) == [
        ("draft", "Fence moved"), ("open", "x")]


def test_what_the_desk_refuses_waits_and_is_told(desk, park, running):
    home = notes.home(park)
    home.mkdir(parents=True, exist_ok=True)
    with served(desk, running) as page:
        (home / "notes.json").write_text("{")
        begin(page)
        page.locator('[data-do="middle"]').click()
        keep(page)
        page.get_by_text("holds no notes as landtrack keeps them").first.wait_for()
        assert page.evaluate(COUNT) == 1
        (home / "notes.json").unlink()
        page.locator('[data-do="visit.hand_on"]').click()
        until(page, f"{COUNT} === 0")
        page.heard.errors.clear()  # the browser says that there were 409
    assert [each.text for each in notes.read(park)] == ["Fence moved"]


def test_drafts_are_brought_by_dropping_the_file_and_accepted_all_at_once(
    desk, park, running, tmp_path
):
    file = tmp_path / "visit-1.json"
    file.write_bytes(photos.visit(catalog.place(park).id, *degrees(50, 50), count=3))
    door = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en"
    with open_map("/places/park/notes", size=PHONE, running=running, door=door) as page:
        page.evaluate("""(text) => {
          const held = new DataTransfer();
          held.items.add(new File([text], "visit-1.json", { type: "application/json" }));
          document.dispatchEvent(new DragEvent("drop", { dataTransfer: held, cancelable: true }));
        }""", file.read_text("utf-8"))
        page.locator("#drafts").wait_for()
        page.get_by_label("all").check()
        page.locator("#drafts_by").fill("Li")
        page.get_by_role("button", name="Accept those ticked").click()
        page.locator("#drafts").wait_for(state="detached")
        until(page, f"document.documentElement?.scrollWidth <= {PHONE[0]}")
    assert [(each.state, each.changes[0].by) for each in notes.read(park)] == [("open", "Li")] * 3


def test_the_file_that_the_page_writes_is_named_so_that_files_sort_by_time(park, running, tmp_path):
    with on_disk(park, running, fragment="#lang=en") as page:
        begin(page)
        page.locator('[data-do="middle"]').click()
        keep(page)
        name = saved(page, tmp_path).name
    assert Path(name).match("visit-20??????-??????.json")
