"""Two browsers at one shared desk: one person submits, another decides; all can use it."""

import importlib.resources
import re

import browser
import pytest
import shared_desks
import stores
from builders import Site, box
from test_accessible import BY_LOOK, GRAVE, HOW

from landtrack.app import desk_roles
from landtrack.store import sign_off

ROLES = {"pan": ["planner"], "chen": ["checker"], "rita": ["reader"], "ada": ["administrator"]}
NO_PAGES = {"map/news", "map-blocks/{file}", "gis/project", "ogc/api",
            "ogc/collections/{collection}/file/{kind}"}
"""What is answered of a place that is no page."""
SHOWN = {
    "nobody": ["/sign-in", "/sign-in?next=/account&chosen=yes"],
    "pan": ["/account", "/account/second", "/again", "/places/park", "/places/park/steps",
            "/places/park/history?key=P", "/places/park/history", "/places/park/undo?event=1",
            "/places/park/sign-offs", "/places/park/plots", "/places/park/overview",
            "/places/park/issues", "/places/park/behind?of=land:", "/places/park/gis",
            "/places/park/what-if?plot=A&fixed_investment_cny=1", "/places/park/decision?plot=A", *(
                f"/places/park/ogc{each}" for each in (
                    "", "/conformance", "/collections", "/collections/parcels",
                    "/collections/parcels/queryables", "/collections/parcels/items",
                    "/collections/parcels/items/P")),
            "/places/park/case?plot=A",
            "/places/park/sign-offs?plot=A", "/people", "/places/park/map.html", "/help/people"],
    "chen": ["/places/park", "/places/park/sign-offs", "/places/park/sign-offs?plot=A"],
    "ada": ["/people", "/people/pan", "/audit"],
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """A shared desk as its proxy shows it; the origin stands in ``origin``."""
    site = Site(tmp_path_factory.mktemp("place") / "park")
    site.head["workflow"] = "cn-2006"
    site.layer("plots", [site.plot("A", box(0, 0, 100, 100), fixed_investment_cny=None),
                         site.plot("B", box(200, 0, 300, 9))])
    site.layer("parcels", [(box(0, 0, 60, 100), {"parcel_id": "P"})])
    path, ports = stores.judged(site.folder) / "build" / "project.gpkg", []
    folder = tmp_path_factory.mktemp("state")
    with (
        stores.opened_desk(path, roles=ROLES) as (owner, at),
        shared_desks.with_tls(folder, lambda: ports[0]) as tls,
        shared_desks.opened(
            site.folder, owner, at, folder, origin=f"https://localhost:{tls}"
        ) as own,
    ):
        ports.append(own.port)
        shared_desks.with_passwords(owner, ROLES)
        own.origin = f"https://localhost:{tls}"
        yield own


@pytest.fixture(scope="module")
def running():
    with browser.browser() as made:
        yield made


@pytest.fixture
def comes(desk, running):
    """Let somebody come to the desk with a browser of their own."""
    contexts = []

    def come(name=None, lang="en"):
        context = running.new_context(
            ignore_https_errors=True, locale=lang, reduced_motion="reduce"
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(f"{desk.origin}/?lang={lang}")
        if name:
            page.fill("#name", name)
            page.fill("#password", shared_desks.PASSWORD)
            page.click("main button")
            page.wait_for_url(lambda url: "sign-in" not in url)
        return page

    yield come
    for each in contexts:
        each.close()


def test_one_submits_and_the_other_accepts_and_the_first_one_sees_why_they_may_not(desk, comes):
    pan, chen, rita = comes("pan"), comes("chen"), comes("rita")

    pan.goto(f"{desk.origin}/places/park/sign-offs?plot=A")
    for each in pan.query_selector_all("input[name^='reason:']"):
        each.fill("being measured")
    pan.fill("#submit_text", "please look")
    pan.click("#submit button")
    case = pan.locator("section.waits")
    assert case.get_by_role("button", name="Accept").is_disabled()
    assert case.get_by_role("button", name="Refuse").is_disabled()
    assert "You submitted this yourself. Who may: Chen (chen)." in case.inner_text()
    described = case.get_by_role("button", name="Accept").get_attribute("aria-describedby")
    assert "Chen (chen)" in pan.locator(f"#{described}").inner_text()
    assert case.get_by_role("button", name="Withdraw").is_enabled()

    rita.goto(f"{desk.origin}/places/park/sign-offs")
    assert rita.get_by_role("button", name="Accept").is_disabled()
    assert "Only a checker decides" in rita.locator("main").inner_text()

    chen.goto(f"{desk.origin}/places/park")
    waits = chen.locator("main li").first
    assert "you may decide" in waits.inner_text()
    waits.locator("a").click()
    assert chen.get_by_role("button", name="Withdraw").count() == 0
    chen.get_by_role("button", name="Accept").click()
    chen.wait_for_load_state()

    ((number, done),) = sign_off.read(desk.owner).items()
    assert (done.by, done.end.by, done.text, done.four_eyes) == ("pan", "chen", "please look", True)
    pan.reload()
    assert re.search(rf"Case {number}: .*accepted", pan.locator("main").inner_text())
    assert pan.get_by_role("button", name="Accept").count() == 0


def test_what_one_person_enters_another_sees_on_the_map_that_is_open(desk, comes):
    rita, pan = comes("rita"), comes("pan")
    rita.goto(f"{desk.origin}/places/park/map.html#feature=parcels:P")
    rita.locator(".lt-live", has_text="Judged 20").wait_for()
    ways = rita.locator(".lt-card [data-way]")
    assert [each.get_attribute("data-way") for each in ways.all()] == ["history"]
    for tool in ("choose", "note"):
        assert rita.locator(f'[data-tool="{tool}"]').count() == 0

    pan.goto(f"{desk.origin}/places/park/map.html#feature=parcels:P")
    pan.locator('.lt-card [data-way="step"]').click()
    pan.wait_for_url("**/steps?**")
    pan.check('[name="action"][value="survey"]')
    pan.fill("#at", "2006-12-01")
    pan.fill("#document", "文 7")
    pan.locator("#enter button").first.click()
    pan.wait_for_url("**said=**")

    rita.locator(".lt-card .lt-company", has_text="Surveyed and demarcated").wait_for()
    assert "文 7" in rita.locator(".lt-steps").inner_text()
    live = rita.locator(".lt-live", has_text="Since then steps of 1 feature")
    live.wait_for()
    assert live.locator("button").count() == 0  # who reads has nothing judged again
    rita.screenshot(path="tests/output/shared-map.png")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_axe_finds_nothing_serious_on_any_page_of_a_shared_desk(desk, comes, lang):
    script = (importlib.resources.files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    found = []
    for name, addresses in SHOWN.items():
        page = comes(None if name == "nobody" else name, lang)
        for address in addresses:
            page.goto(f"{desk.origin}{address}")
            page.evaluate(script)
            for (scheme, (width, height)), rules in zip(HOW[lang], ({}, BY_LOOK), strict=True):
                page.emulate_media(color_scheme=scheme)
                page.set_viewport_size({"width": width, "height": height})
                told = page.evaluate(
                    "(asked) => axe.run(asked)", {"resultTypes": ["violations"], **rules})
                found += [
                    (address, scheme, each["id"], node["target"], node["failureSummary"])
                    for each in told["violations"] if each["impact"] in GRAVE
                    for node in each["nodes"]
                ]
                wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, (address, width)
    assert not found, "\n".join(map(str, found))


def test_no_page_of_a_shared_desk_is_left_out():
    pages = {path for method, path in desk_roles.may() if method == "GET"}
    pages -= {"/", "/static/{file}", "/audit/export", "/first"}  # the link of one is used by a test
    pages = {each for each in pages if each.removeprefix("/places/{name}/") not in NO_PAGES}
    seen = {re.sub(r"\?.*", "", each) for own in SHOWN.values() for each in own}
    named = {"{name}": "park", "{topic}": "people", "{person}": "pan", "{collection}": "parcels",
             "{feature:path}": "P"}
    assert {re.sub(r"\{[\w:]+\}", lambda each: named[each[0]], path) for path in pages} <= seen
