"""The map as the desk serves it: the page of the run, with ways into the desk and back."""

import json
import re
from html import unescape
from urllib.parse import quote

import browser
import desks
import pytest
from builders import Site, box

from landtrack.app import vet
from landtrack.model.errors import SourceError
from landtrack.server import maps

ODD = "甲/1 &<\"'#"
META = re.compile(r'<meta name="landtrack-desk" content="([^"]*)">\n')


@pytest.fixture(scope="module")
def park(tmp_path_factory):
    """Two plots on three parcels, one with a key of odd signs, and a building."""
    site = Site(tmp_path_factory.mktemp("served") / "park 1")
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)),
        site.plot(ODD, box(200, 0, 300, 100), fixed_investment_cny=1_000_000),
    ])
    site.layer("parcels", [
        (box(0, 0, 150, 100), {"parcel_id": "Z1", "state": "approved"}),
        (box(150, 0, 300, 100), {"parcel_id": "Z2", "state": "notified"}),
        (box(0, 100, 300, 200), {"parcel_id": ODD, "state": "approved"}),
    ])
    site.layer("buildings", [
        (box(0, 0, 60, 100), {"building_id": "b0", "class": "building", "storeys": 2}),
        (box(200, 0, 240, 40), {"building_id": "b1", "class": "building", "storeys": 2}),
    ])
    vet.run(site.folder, out=site.folder / "build")
    return site.folder


@pytest.fixture(scope="module")
def running():
    with browser.browser() as made:
        yield made


@pytest.fixture
def opened(desk, park, running):
    """Open the map in the desk, at what follows the #."""
    contexts = []

    def at(fragment="", lang="en", size=browser.DESKTOP):
        context = running.new_context(viewport={"width": size[0], "height": size[1]})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(browser.PATIENCE)
        page.said = []
        page.on("pageerror", lambda error: page.said.append(str(error)))
        page.on("console", lambda told: told.type == "error" and page.said.append(told.text))
        page.goto(f"http://127.0.0.1:{desk.port}/?token={quote(desk.keys.token())}&lang={lang}")
        page.goto(f"http://127.0.0.1:{desk.port}{desks.of_place(park, '/map.html')}{fragment}")
        browser.until(page, browser.READY)
        return page

    yield at
    for each in contexts:
        for page in each.pages:
            assert page.said == []
        each.close()


def served(visitor, park):
    answer = visitor.ask(desks.of_place(park, "/map.html"))
    assert answer.status == 200
    return answer


def test_the_map_of_the_desk_is_the_file_but_for_what_the_desk_says_of_itself(visitor, park):
    answer = served(visitor, park)

    told = META.search(answer.text)
    without = answer.text.replace(told[0], "").replace("; connect-src 'self'\">", '">', 1)
    assert without == (park / "build" / "map.html").read_text(encoding="utf-8")
    assert json.loads(unescape(told[1]))["place"] == desks.of_place(park)
    assert int(answer.headers["content-length"]) == len(answer.text.encode())
    assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"


POLICY = '<meta http-equiv="Content-Security-Policy" content="'


@pytest.mark.parametrize("page", [
    "", "<html>", "<!DOCTYPE html>\n<html>\n<head>\n<title>x</title>",
    f"<!DOCTYPE html>\n<html>\n<head>\n<title></title>{POLICY}default-src 'none'\">\n",
    f'<!DOCTYPE html>\n<html>\n<head>\n{POLICY}connect-src *">\n',
    f'<script>"<head>\n{POLICY}x">\n',
])
def test_what_is_no_map_of_ours_is_not_told_anything(page):
    with pytest.raises(SourceError, match=r"none that landtrack wrote(.|\n)*Judge the place again"):
        maps.told(page.encode(), {})


def test_a_map_that_was_changed_is_refused_and_another_one_told_apart(visitor, park):
    path = park / "build" / "map.html"
    before = path.read_bytes()
    first = META.search(served(visitor, park).text)[1]
    try:
        path.write_bytes(before + b"\n")
        assert META.search(served(visitor, park).text)[1] != first
        path.write_bytes(b"<html>" + before)
        assert visitor.ask(desks.of_place(park, "/map.html")).status == 409
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize(("fragment", "ways"), [
    ("plot", {"case", "what_if", "form", "sheet", "history"}),
    ("feature", {"step", "history", "sheet"}),
])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_card_leads_into_the_desk_and_the_keyboard_reaches_each_way(
    opened, visitor, lang, fragment, ways
):
    key = quote(ODD if fragment == "plot" else f"parcels:{ODD}", safe="")
    page = opened(f"#{fragment}={key}", lang)

    links = page.locator(".lt-ways a")
    found = {each.get_attribute("data-way"): each.get_attribute("href") for each in links.all()}
    assert set(found) == ways
    page.locator(".lt-card h2").focus()
    reached = set()
    for _ in range(20):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.dataset.way"))
    assert ways <= reached
    for address in found.values():
        answer = visitor.ask(address.partition("#")[0])
        assert answer.status == 200
        assert ODD in unescape(answer.text)
    page.screenshot(path=f"tests/output/served-{fragment}-{lang}.png")


def test_a_step_is_entered_for_the_parcel_of_the_card(opened):
    page = opened(f"#feature={quote(f'parcels:{ODD}', safe='')}")

    page.locator('[data-way="step"]').click()

    ticked = page.locator('input[name="key"]:checked')
    assert ticked.count() == 1
    assert ticked.get_attribute("value") == ODD


def test_a_page_from_the_disk_leads_nowhere(park, running):
    with browser.open_map(
        park / "build" / "map.html", running=running, fragment="#plot=A"
    ) as page:
        assert page.locator(".lt-card").is_visible()
        assert page.locator(".lt-ways").count() == 0


@pytest.mark.parametrize("path", ["/plots", "/case?plot=A", "/steps?state=approved", "/issues"])
def test_pages_of_the_desk_lead_to_the_map_at_their_features(visitor, park, path):
    page = visitor.ask(desks.of_place(park, path))

    shown = re.findall(r'href="([^"]*/map\.html#[^"]+)"', page.text)
    rows = page.text.count("<tr><td>")
    assert len(shown) == (rows if path != "/case?plot=A" else 1)
    assert all(each.startswith(f"{desks.of_place(park)}/map.html#") for each in shown)


def test_the_address_of_a_feature_opens_its_card_whatever_its_key(opened):
    from landtrack.server.addresses import on_map

    assert ODD in opened(f"#{on_map('plots', ODD)}").locator(".lt-plot-id").inner_text()
    assert ODD in opened(f"#{on_map('parcels', ODD)}").locator(".lt-card").inner_text()


def test_the_land_of_a_state_is_shown_on_the_map_alone(opened, visitor, park):
    page = visitor.ask(desks.of_place(park, "/behind?of=land:approved"))
    [address] = set(re.findall(r'class="button" href="[^"]*/map\.html(#[^"]+)"', page.text))

    shown = opened(address)

    shown.locator("#lt-kind").select_option("parcels")
    kept = shown.locator(".lt-list .lt-item")
    desks.until(lambda: kept.count() == 2, 15)
    assert sorted(each.get_attribute("data-key") for each in kept.all()) == sorted(["Z1", ODD])
