"""Notes on the map of the desk: written, seen by others, resolved, found again."""

import browser
import desks
import photos
import pytest
from browser import open_map, until
from builders import Site, box
from test_browser import card, click, degrees

from landtrack.app import note_taking, notes, places, vet
from landtrack.app.notes import Typed


@pytest.fixture(scope="module")
def running():
    with browser.browser() as made:
        yield made


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    """A judged place of two plots on a parcel."""
    site = Site(tmp_path_factory.mktemp("served") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100), company="Works"), site.plot("B", box(200, 0, 300, 100)),
    ])
    site.layer("parcels", [(box(0, 0, 300, 100), {"parcel_id": "Z", "state": "approved"})])
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


def opened(desk, running, *, lang="en", size=browser.DESKTOP, fragment=""):
    door = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang={lang}"
    return open_map(
        "/places/park/map.html", size=size, fragment=fragment, running=running, door=door
    )


def note(park, text="Look here", **where):
    lat, lng = degrees(150, 50)
    typed = Typed(text, "Li", **(where or {"lat": lat, "lng": lng}))
    return note_taking.add(park, places.out_of(park), typed, [])


def pins(page):
    return page.locator(".lt-pin")


def test_a_note_is_written_where_one_clicks_and_seen_in_another_window(desk, running, park):
    with opened(desk, running) as page, opened(desk, running, lang="zh") as other:
        until(other, "landtrack.app.pins.heardOf !== null")
        page.locator('[data-tool="note"]').click()
        click(page, 250, 50)
        page.locator(".lt-tool-box [data-about]").wait_for()
        page.locator('[data-note="text"]').fill("Wall cracked\n<b>")
        page.locator('[data-note="by"]').fill("Li")
        page.locator('[data-note="pictures"]').set_input_files([
            {"name": "image.jpg", "mimeType": "image/jpeg", "buffer": photos.photo()},
            {"name": "image.jpg", "mimeType": "image/jpeg", "buffer": photos.photo("PNG")},
        ])
        page.locator('[data-do="pin.add"]').click()
        page.locator(".lt-told", has_text="The note is added").wait_for()
        until(other, "landtrack.app.pins.all.length === 1")

        made = notes.read(park)[0]
        assert (made.text, made.by, made.feature) == ("Wall cracked\n<b>", "Li", "plots:B")
        assert [made.lat, made.lng] == pytest.approx(degrees(250, 50), abs=2e-5)
        assert len(made.pictures) == 2
        page.keyboard.press("Escape")
        assert pins(page).inner_text() == "!"
        assert pins(other).get_attribute("aria-label").startswith("备注, 未办结: Wall cracked")

        pins(page).click()
        said = page.locator(".leaflet-popup .lt-pinned")
        assert "Wall cracked\n<b>" in said.inner_text()
        until(page, "[...document.querySelectorAll('.lt-pinned img')].every((each) => "
                    "each.complete && each.naturalWidth === 64)")
        page.locator('.leaflet-popup [data-do="resolve"]').click()
        page.locator(".lt-pin-resolved", has_text="✓").wait_for()
        until(other, "landtrack.app.pins.all[0].state === 'resolved'")
        assert notes.read(park)[0].changes[0].by == "Li"


def test_of_two_windows_the_second_is_told_that_somebody_was_first(desk, running, park):
    note(park)
    with opened(desk, running) as page:
        pins(page).click()
        note_taking.change(park, "resolve", [notes.read(park)[0].mark], "Wang")
        page.locator('.leaflet-popup [data-do="resolve"]').click()
        page.locator(".lt-toast", has_text="changed meanwhile").wait_for()
        page.locator(".lt-pin-resolved").wait_for()
        page.heard.errors.clear()  # the browser says that there was a 409
    assert len(notes.read(park)[0].changes) == 1


def test_a_note_of_a_feature_hangs_at_it_and_stands_on_its_card(desk, running, park):
    made = note(park, "Ask the owner", feature=("plots", "A"))
    with opened(desk, running, fragment="#plot=A") as page:
        own = card(page).locator('[data-block="pin.title"]')
        assert "Ask the owner" in own.text_content()
        card(page).locator('[data-do="tool.note"]').click()
        page.locator('[data-note="text"]').fill("Again")
        page.locator('[data-do="pin.add"]').click()
        own.get_by_text("Again", exact=True).wait_for()
        assert notes.read(park)[1].feature == "plots:A"
        assert notes.read(park)[1].lat is None

        browser.again(page, f"#note={made.id}")
        page.locator(".leaflet-popup", has_text="Ask the owner").wait_for()
        browser.again(page, "#note=" + "0" * 32)
        page.locator(".lt-toast", has_text="not here any more").wait_for()


@pytest.mark.usefixtures("park")
def test_a_note_is_written_and_resolved_by_the_keyboard_alone(desk, running):
    with opened(desk, running) as page:
        page.locator('[data-tool="note"]').focus()
        page.keyboard.press("Enter")
        page.locator('[data-do="middle"]').focus()
        page.keyboard.press("Enter")
        page.locator(".lt-told", has_text="At 4").wait_for()
        page.locator('[data-note="text"]').focus()
        page.keyboard.type("By keys")
        page.locator('[data-do="pin.add"]').focus()
        page.keyboard.press("Enter")
        page.locator(".lt-told", has_text="added").wait_for()
        page.keyboard.press("Escape")
        pins(page).focus()
        page.keyboard.press("Enter")
        page.locator(".leaflet-popup").wait_for()
        page.locator('.leaflet-popup [data-do="resolve"]').focus()
        page.keyboard.press("Enter")
        page.locator(".lt-pin-resolved").wait_for()


def test_what_lacks_or_is_refused_is_said_and_nothing_typed_is_lost(desk, running, park):
    with opened(desk, running, size=browser.PHONE) as page:
        page.locator('[data-tool="note"]').click()
        add, told = page.locator('[data-do="pin.add"]'), page.locator(".lt-told").last
        add.click()
        assert "Click on the map" in told.inner_text()
        page.locator('[data-do="middle"]').click()
        add.click()
        assert "Write something" in told.inner_text()
        page.locator('[data-note="text"]').fill("Words")
        page.locator('[data-note="pictures"]').set_input_files(
            {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": photos.HEIC})
        page.heard.errors.clear()
        add.click()
        page.get_by_text("is a HEIC or AVIF picture").wait_for()
        assert page.locator('[data-note="text"]').input_value() == "Words"
        assert len(page.heard.errors) == 1  # of the browser: there was a 409
        page.heard.errors.clear()
        page.context.set_offline(True)
        page.locator('[data-note="pictures"]').set_input_files([])
        add.click()
        page.get_by_text("The desk does not answer").wait_for()
        assert page.locator('[data-note="text"]').input_value() == "Words"
        page.heard.errors.clear()
    assert notes.read(park) == ()


def test_which_notes_are_drawn_is_chosen(desk, running, park):
    note(park)
    note_taking.change(park, "resolve", [note(park, "Done").mark], "")
    with opened(desk, running) as page:
        page.locator('[data-tool="note"]').click()
        for shown, count in (("open", 1), ("none", 0), ("all", 2)):
            page.locator(".lt-tool-box select").last.select_option(shown)
            assert pins(page).count() == count


def test_a_pin_that_stays_is_the_same_pin_for_whoever_tabs_through_the_map(desk, running, park):
    note(park, "One")
    note(park, "Two")
    with opened(desk, running) as page:
        pins(page).nth(1).wait_for()
        page.evaluate("[...document.querySelectorAll('.lt-pin')].forEach((p, i) => { p.i = i; })")
        pins(page).last.focus()
        page.evaluate("""new Promise((done) => {
          landtrack.app.map.once('moveend', done).panBy([40, 20], {animate: false});
        })""")
        page.evaluate("landtrack.app.map.fire('landtrack:relabel')")
        after = page.evaluate("[...document.querySelectorAll('.lt-pin')].map((each) => each.i)")
        assert after == [0, 1]
        assert page.evaluate("document.activeElement.i") == 1


def test_from_the_disk_there_is_no_list_of_notes(running, park):
    with open_map(park / "build" / "map.html", running=running, fragment="#plot=A") as page:
        assert page.locator('[data-tool="note"]').count() == 0
        assert page.evaluate("landtrack.app.pins") is None
