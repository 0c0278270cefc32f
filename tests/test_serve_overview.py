"""What one who answers for a place asks of it, on one page; each figure opens what is behind it."""

import re
import shutil
import sqlite3
import time
from contextlib import closing
from html import unescape

import browser
import desks
import pypdfium2
import pytest
from builders import Site, box

from landtrack import store
from landtrack.app import overview, since_last_run, vet
from landtrack.model import catalog

AS_A_LINK = re.compile(r'<a href="([^"]*/behind\?[^"]*)">([^<]*)</a>')


def judge(folder):
    """Judge a place into its store."""
    kept = folder / "build" / "project.gpkg"
    kept.parent.mkdir(exist_ok=True)
    made = kept.with_name("new.gpkg")
    store.write(vet.vet(catalog.place(folder)), made, earlier=kept)
    made.replace(kept)


def invested(site, money):
    """Write a place of two plots, of which the second has some money."""
    site.layer("plots", [
        site.plot("A", box(0, 0, 100, 100)),
        site.plot("B", box(200, 0, 300, 100), fixed_investment_cny=money),
    ])
    site.layer("buildings", [
        (box(200 * at, 0, 200 * at + 60, 100),
         {"building_id": f"b{at}", "class": "building", "storeys": 2})
        for at in range(2)
    ])
    judge(site.folder)


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """A place of two plots, of which nothing is known but their money."""
    site = Site(tmp_path_factory.mktemp("served") / "bare")
    invested(site, 1_000_000)
    return site


@pytest.fixture(scope="module")
def served(bare):
    """The bare place, and the demo place beside it."""
    folder = bare.folder.parent
    shutil.copytree(catalog.demo_place(), folder / "demo")
    vet.run(folder / "demo", out=folder / "demo" / "build")
    return folder


@pytest.fixture(scope="module")
def desk(served, tmp_path_factory):
    with desks.desk(served, tmp_path_factory.mktemp("state")) as made:
        yield made


@pytest.fixture(scope="module")
def demo(desk, served):
    """A visitor, and the page on the demo place."""
    visitor = desk.visitor()
    page = visitor.ask(desks.of_place(served / "demo", "/overview"))
    assert page.status == 200, page.seen
    return visitor, page


def test_every_figure_opens_as_many_features_as_it_says(demo):
    visitor, page = demo
    links = AS_A_LINK.findall(page.text)

    assert {re.search(r"of=(\w+)", link).group(1) for link, _ in links} == {
        "land", "target", "money", "lacking", "blocking", "overdue", "steps"
    }
    for link, said in links:
        behind = visitor.ask(unescape(link))
        assert behind.status == 200
        if "of=money" in link:
            assert re.search(r"Investment: (.*\(100 million\)|no figure)", behind.seen), behind.seen
        number = re.match(r"[\d,]+", said)
        if number:
            assert f"Features: {number[0]} " in behind.seen, link
            assert behind.text.count('<tr><th scope="row">') == int(number[0].replace(",", ""))


def test_figures_are_those_of_the_store(demo, served):
    """The store is asked by SQL, without a line of what made the page."""
    seen = demo[1].seen
    with closing(sqlite3.connect(served / "demo" / "build" / "project.gpkg")) as db:
        verdicts = dict(db.execute("select verdict, count(*) from plots group by 1"))
        states = dict(db.execute(
            "select state, count(*) from states where layer = 'parcels' and track = 'approval' "
            "group by 1"
        ))
        [(every,)] = db.execute("select count(*) from parcels")
    titles = {each.code: each.title["en"]
              for each in catalog.workflow("cn-2006").track("approval").state}

    for verdict, count in verdicts.items():
        assert f"{count} {verdict}" in seen
    for state, count in states.items():
        assert f"{titles[state]} {count} " in seen
    assert sum(states.values()) == every
    assert f"Total {every} " in seen


def test_a_target_says_what_was_reached_and_when(demo):
    assert "50 projects to secure: 40 projects (125 %): met on 2006-09-22" in demo[1].seen


@pytest.mark.parametrize(("lang", "no_data"), [("en", "No data."), ("zh", "无数据。")])
def test_what_nobody_stated_is_no_data_and_no_nought(desk, served, lang, no_data):
    page = desk.visitor(lang).ask(desks.of_place(served / "bare", "/overview"))

    told = overview.of(served / "bare" / "build" / "project.gpkg", served / "bare")
    assert [told[each] for each in ("projects", "land", "targets", "money", "blocking",
                                    "overdue")] == [None] * 6
    assert page.seen.count(no_data) == 6  # and the run before
    assert not AS_A_LINK.findall(page.text)


@pytest.mark.usefixtures("served")
def test_plots_that_are_judged_otherwise_than_before_are_named(desk, bare):
    visitor, address = desk.visitor(), desks.of_place(bare.folder, "/overview")
    before = visitor.ask(address)
    time.sleep(1)  # a run is told from another by the second in which it was
    invested(bare, 26_000_000)
    after = visitor.ask(address)

    assert "This desk knows of no earlier judging" in before.seen
    assert "1 fail → pass" in after.seen
    [(link, said)] = AS_A_LINK.findall(after.text)
    assert said == "1"
    assert "Plots that are judged otherwise: fail → pass Features: 1 " in visitor.ask(
        unescape(link)).seen


@pytest.mark.parametrize(("before", "now", "told"), [
    ({"A": "fail"}, {"A": "fail"}, []),
    ({"A": "fail", "B": "fail", "C": "pass"}, {"A": "pass", "B": "pass", "C": "unknown"},
     [("fail", "pass", ("A", "B")), ("pass", "unknown", ("C",))]),
    ({"A": "pass"}, {"B": "pass"}, [("", "pass", ("B",)), ("pass", "", ("A",))]),
])
def test_a_verdict_turned_when_it_is_another_or_its_plot_came_or_went(before, now, told):
    assert list(since_last_run.turned({"by_plot": before}, {"by_plot": now})) == told


def test_states_and_issues_are_compared_by_what_they_are():
    before = {"states_judged": [["parcels", "approval", "a", 3], ["parcels", "approval", "b", 1]],
              "asked": [{"severity": "error", "issue": "x", "rows": [{}], "more": 4},
                        {"severity": "error", "issue": "x", "rows": [{}], "more": 0},
                        {"severity": "warning", "issue": "y", "rows": [{}], "more": 0}]}
    now = {"states_judged": [["parcels", "approval", "a", 2], ["parcels", "approval", "b", 1],
                      ["roads", "works", "c", 1]],
           "asked": [{"severity": "error", "issue": "x", "rows": [{}], "more": 0},
                     {"severity": "warning", "issue": "y", "rows": [{}], "more": 0}]}

    assert since_last_run.states(before, now) == (
        (("parcels", "approval", "a"), 3, 2), (("roads", "works", "c"), 0, 1),
    )
    assert since_last_run.states({}, now) == ()  # kept by a version that did not say
    assert since_last_run.issues(before, now) == ((("error", "x"), 6, 1),)
    assert since_last_run.issues(now, now) == ()


@pytest.mark.parametrize("of", ["", "land", "land:no such", "../x", "turned:pass:fail", "\0"])
def test_there_is_nothing_behind_what_is_no_figure(demo, served, of):
    address = desks.of_place(served / "demo", f"/behind?of={desks.quote(of)}")

    assert demo[0].ask(address).status == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_prints_on_one_a4_page(desk, served, lang, tmp_path):
    address = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang={lang}"
    with browser.open_served(address) as page:
        page.goto(address.partition("?")[0] + desks.of_place(served / "demo", "/overview")[1:])
        page.pdf(path=tmp_path / "overview.pdf", prefer_css_page_size=True)

    printed = pypdfium2.PdfDocument(tmp_path / "overview.pdf")
    assert len(printed) == 1
    assert [round(each * 25.4 / 72) for each in printed[0].get_size()] == [210, 297]
    said = printed[0].get_textpage().get_text_bounded()
    assert "ZD-056" in said
    assert ("打印本页" if lang == "zh" else "Print this page") not in said


def test_a_feature_behind_a_figure_is_shown_on_the_map(desk, served):
    """One click from the figure to its features, one more to the map at one of them."""
    folder = served / "demo"
    address = f"http://127.0.0.1:{desk.port}/?token={desk.keys.token()}&lang=en"
    with browser.open_served(address) as page:
        page.goto(address.partition("?")[0] + desks.of_place(folder, "/overview")[1:])
        page.locator('a[href*="of=overdue"]').first.click()
        key = page.locator("tbody th").first.inner_text()
        page.locator("tbody td a").first.click()
        browser.until(page, browser.READY)
        browser.until(page, f"document.querySelector('.lt-card')?.textContent.includes({key!r})")


def test_targets_that_are_written_meanwhile_are_shown(desk, served):
    visitor, path = desk.visitor(), served / "demo" / "targets.toml"
    before = path.read_text(encoding="utf-8")
    try:
        path.write_text(before.replace("secure = 40", "secure = 60"), encoding="utf-8")
        seen = visitor.ask(desks.of_place(served / "demo", "/overview")).seen
    finally:
        path.write_text(before, encoding="utf-8")

    assert "to secure: 60 projects (83 %)" in seen
