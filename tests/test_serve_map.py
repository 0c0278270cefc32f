"""The map as the desk serves it: the page of the run, with ways into the desk and back."""

import asyncio
import contextlib
import json
import re
from html import unescape
from urllib.parse import quote

import browser
import desk_forms
import desks
import pytest
from builders import Site, box
from test_browser import ON_SCREEN, degrees

from landtrack.app import notes, vet
from landtrack.model.errors import SourceError
from landtrack.server import maps
from landtrack.store import log

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
        (box(0, 0, 150, 100), {"parcel_id": "Z1", "state": "approved", "state_on": "2005-01-01"}),
        (box(150, 0, 300, 100), {"parcel_id": "Z2", "state": "notified", "state_on": "2004-06-01"}),
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
    without = without.replace("; img-src 'self' data:", "; img-src data:", 1)
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


@pytest.mark.parametrize("when", ["before anything", "in the middle"])
def test_the_file_is_let_go_also_where_the_page_is_not_taken_whole(park, when):
    async def given_up(message):
        if when == "before anything" or message.get("body"):
            raise OSError

    async def asked():
        return {"type": "http.request"}

    source = (park / "build" / "map.html").open("rb")
    page = maps._Page(b"<html>", source, headers={})
    with contextlib.suppress(Exception):
        asyncio.run(page({"type": "http", "asgi": {"spec_version": "2.4"}}, asked, given_up))

    assert source.closed


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


def drawn_around(page, box):
    """Draw a box of the working CRS by clicks, and end it."""
    west, south, east, north = box
    for x, y in ((west, south), (east, south), (east, north), (west, north)):
        page.mouse.click(*page.evaluate(ON_SCREEN, degrees(x, y)))
        page.wait_for_timeout(350)  # two clicks are no double click
    page.keyboard.press("Enter")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_step_is_entered_for_all_that_one_draws_around(opened, lang):
    page = opened("", lang)
    page.locator('[data-tool="choose"]').click()
    page.locator(".lt-tool-box select").select_option("parcels")
    drawn_around(page, (20, -20, 320, 140))  # the middle of the third one lies at 150 m

    told = page.locator(".lt-tool-box .lt-told").first
    told.filter(has_text="Z1, Z2").wait_for()
    assert "2" in told.inner_text()
    page.screenshot(path=f"tests/output/served-choose-{lang}.png")
    page.locator('[data-do="tool.choose_go"]').click()

    ticked = page.locator('input[name="key"]:checked')
    ticked.first.wait_for()
    shown = {each.get_attribute("value") for each in ticked.all()}
    apart = page.locator("p.mark a")
    assert len(shown) == apart.count() == 1  # one is approved, the other notified: each is said
    apart.click()
    ticked.first.wait_for()
    assert shown | {each.get_attribute("value") for each in ticked.all()} == {"Z1", "Z2"}


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


# --- what happens while the map is open -------------------------------------------------------


def step(visitor, park, action, key, **told):
    answer = desk_forms.send(visitor, desks.of_place(park, "/step"), {
        "action": action, "key": key, "at": "2026-01-05", "document": "文 1", **told,
    })
    assert answer.status == 303, answer.seen


def take_back(visitor, park):
    last = [*log.proven(park / "build" / "project.gpkg")][-1].event
    answer = desk_forms.send(visitor, desks.of_place(park, "/undo"), {"event": last, "why": "x"})
    assert answer.status == 303, answer.seen


def counted(page, kind):
    """The classes of a layer in the legend, with their counts; those without any left out."""
    page.locator('[data-tab="legend"]').click()
    rows = page.locator(f'.lt-layer[data-kind="{kind}"] .lt-class')
    pairs = [each.split("\n") for each in rows.all_inner_texts()]
    return {name: int(count) for name, count in pairs if count != "0"}


def says(page, text):
    page.locator(".lt-live", has_text=text).wait_for()


def test_a_step_entered_elsewhere_is_seen_on_the_open_map_and_what_was_judged_is_said_to_be_so(
    opened, visitor, park
):
    page = opened("#feature=parcels:Z1")
    says(page, "Judged 20")
    assert "Judge again" not in page.locator(".lt-live").inner_text()
    assert page.locator(".lt-to-desk").get_attribute("href") == desks.of_place(park)
    before = counted(page, "parcels")
    assert before == {"Approved": 2, "Holders notified": 1}

    step(visitor, park, "announce", "Z1")
    page.locator(".lt-card .lt-company", has_text="Acquisition announced").wait_for()

    assert counted(page, "parcels") == {
        "Approved": 1, "Holders notified": 1, "Acquisition announced": 1,
    }
    timeline = page.locator(".lt-steps").inner_text()
    assert "2026-01-05" in timeline
    assert "文 1" in timeline
    says(page, "Since then steps of 1 feature")
    assert page.locator(".lt-live button").inner_text() == "Judge again"
    assert counted(page, "plots") == {"fail": 1, "pass": 1}  # no rule asks for states of parcels
    page.locator('.lt-card .lt-item[data-key="A"]').click()
    page.get_by_text("What lies on it has changed since the judging").wait_for()
    page.screenshot(path="tests/output/served-news.png")

    take_back(visitor, park)
    until_counted(page, "parcels", before)
    page.locator(".lt-card", has_text="Plot A").wait_for()
    assert page.get_by_text("What lies on it has changed").count() == 1  # there were steps since


def until_new(page):
    """Wait until the page was loaded anew."""
    from playwright.sync_api import Error

    def is_new():
        try:
            return page.evaluate("!window.before && typeof landtrack !== 'undefined' "
                                 "&& landtrack.ready")
        except Error:
            return False  # it is being loaded

    desks.until(is_new, 30)


def until_counted(page, kind, wanted):
    desks.until(lambda: page.wait_for_timeout(50) or counted(page, kind) == wanted, 15)


def test_a_verdict_that_may_rest_on_a_step_is_shown_as_none(opened, visitor, park):
    page = opened(f"#plot={quote(ODD, safe='')}")
    assert counted(page, "plots") == {"fail": 1, "pass": 1}

    step(visitor, park, "start_works", "b1")

    until_counted(page, "plots", {"pass": 1, "to be judged again": 1})
    page.locator(".lt-card .lt-badge.lt-stale").first.wait_for()


def test_the_states_of_a_day_stay_those_of_the_day(opened, visitor, park):
    page = opened("#asof=2004-12-31")
    page.locator('[data-tab="legend"]').click()
    assert page.locator(".lt-day").inner_text() == "2004-12-31"

    step(visitor, park, "survey", "Z2")

    says(page, "(the last")
    page.wait_for_timeout(300)
    assert "Surveyed and demarcated" not in counted(page, "parcels")
    page.locator("#lt-time").focus()
    page.keyboard.press("End")
    assert counted(page, "parcels")["Surveyed and demarcated"] == 1


def test_after_a_run_the_open_map_is_the_new_one_at_the_same_place(opened, park):
    page = opened("#plot=A&layers=plots,parcels")
    page.evaluate("landtrack.map.setView(landtrack.map.getCenter(), 15, {animate: false})")
    centre = page.evaluate("landtrack.map.getCenter()")
    page.evaluate("window.before = true")

    vet.run(park, out=park / "build")

    until_new(page)
    now = page.evaluate("landtrack.map.getCenter()")
    assert abs(now["lat"] - centre["lat"]) + abs(now["lng"] - centre["lng"]) < 1e-5
    assert page.evaluate("landtrack.map.getZoom()") == 15
    assert "Plot A" in page.locator(".lt-card").inner_text()
    assert not page.locator("#lt-show-buildings").is_checked()


def test_who_is_at_something_is_only_told_of_the_newer_map(opened, park):
    page = opened("")
    page.locator('[data-tool="trial"]').click()
    page.evaluate("window.before = true")

    vet.run(park, out=park / "build")

    says(page, "A newer judging is there")
    assert page.evaluate("window.before")
    page.locator(".lt-live button").click()
    until_new(page)


def test_a_judging_that_was_not_done_is_said_where_it_was_asked_for_and_can_be_asked_again(
    opened, visitor, park
):
    page = opened("")
    step(visitor, park, "announce", "Z1")
    says(page, "Since then steps of 1 feature")
    catalog_of = park / "catalog.toml"
    before = catalog_of.read_text("utf-8")
    catalog_of.write_text("this is no catalog", "utf-8")

    page.locator(".lt-live button").click()

    says(page, "The last judging was not done: see why")
    goes_on = page.locator(".lt-live a:not(.lt-to-desk)")
    assert re.fullmatch(r"/jobs/\d+", goes_on.get_attribute("href"))
    catalog_of.write_text(before, "utf-8")
    page.evaluate("window.before = true")
    page.locator(".lt-live button", has_text="Judge again").click()
    until_new(page)
    goes_on.wait_for(state="detached")  # the job ends after its map is there
    take_back(visitor, park)


def test_a_link_where_the_notes_are_does_not_make_the_map_deaf(opened, park, tmp_path):
    home = notes.home(park)
    home.parent.mkdir(parents=True, exist_ok=True)
    try:
        home.symlink_to(tmp_path, target_is_directory=True)
    except OSError:
        pytest.skip("links are for administrators here")
    try:
        page = opened("")
        says(page, "Judged 20")
        page.locator(".lt-toast", has_text="link").wait_for()
        page.said[:] = [each for each in page.said if "409" not in each]
    finally:
        home.unlink()


def test_without_a_script_the_map_says_why_nothing_is_seen(park, running):
    context = running.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((park / "build" / "map.html").as_uri())

    said = page.locator(".lt-no-script").inner_text()
    assert "This map needs JavaScript" in said
    assert "本地图需要 JavaScript" in said
    context.close()
